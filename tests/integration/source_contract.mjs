// SPDX-License-Identifier: MIT
//
// The source contract is a document that authorities build from. Here it is held against the two
// programs that we have: every request of our adapters and every answer of the sandbox must be what
// the document says, and no member of them may be missing in it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const root = process.env.OVERBLIK_ROOT ?? join(dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.OVERBLIK_BUILD ?? join(root, 'build/asan');
const contract = parse(readFileSync(join(root, 'docs/source-contract.yaml'), 'utf8'));
const schemas = contract.components.schemas;

// Schemas that others take in by allOf; all the rest name every member they may have.
const OPEN = ['Svar', 'Element', 'Listeforespoergsel'];

function closed(name, schema) {
  const isObject = schema.properties && !OPEN.includes(name);
  return isObject ? { ...schema, unevaluatedProperties: false } : schema;
}

const definitions = Object.fromEntries(Object.entries(schemas).map(([n, s]) => [n, closed(n, s)]));
const ajv = new Ajv({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false, allErrors: true });
ajv.addFormat('date', /^\d{4}-\d{2}-\d{2}$/);
ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
ajv.addSchema(JSON.parse(
  JSON.stringify({ $id: 'contract', $defs: definitions }).replaceAll('#/components/schemas/', '#/$defs/')));

const reference = (node) => {
  const at = node.content['application/json'] ?? node.content['application/problem+json'];
  return at.schema.$ref.split('/').at(-1);
};
const validator = (name) => ajv.getSchema(`contract#/$defs/${name}`);

function faultsOf(name, value) {
  const validate = validator(name);
  return validate(value) ? [] : validate.errors.map((e) => `${e.instancePath} ${e.message}`);
}

const samples = execFileSync(join(build, 'tests/tools/state_samples'), [join(root, 'adapters/sandbox')],
  { maxBuffer: 1 << 28, encoding: 'utf8' }).trimEnd().split('\n').map((line) => JSON.parse(line));
const answered = samples.filter((sample) => sample.status === 200);

test('every schema is JSON Schema 2020-12', () => {
  for (const name of Object.keys(schemas)) assert.ok(validator(name), name);
});

test('every operation, parameter and member is marked as fact or decision', () => {
  const unmarked = [];
  const check = (where, node) => {
    if (!/\[[FD]\]/.test(node.description ?? '')) unmarked.push(where);
  };
  for (const [path, { post }] of Object.entries(contract.paths)) check(path, post);
  for (const [name, node] of Object.entries(contract.components.parameters)) check(name, node);
  for (const [name, node] of Object.entries(contract.components.responses)) check(name, node);
  for (const [name, node] of Object.entries(contract.components.securitySchemes)) check(name, node);
  for (const [name, schema] of Object.entries(schemas))
    for (const [member, node] of Object.entries(schema.properties ?? {})) check(`${name}.${member}`, node);
  assert.deepEqual(unmarked, []);
});

test('every service of the contract but one domain is in the sandbox', () => {
  const offered = new Set(samples.map((sample) => sample.path));
  const missing = Object.keys(contract.paths).filter((path) => !offered.has(path));
  assert.deepEqual(missing, ['/hentserviceydelsesliste/v3.0.0', '/hentserviceydelse/v3.0.0']);
});

test('every request that we send is as the contract says', () => {
  for (const { path, request } of samples)
    assert.deepEqual(faultsOf(reference(contract.paths[path].post.requestBody), request), [], path);
});

test('every answer of the sandbox is as the contract says', () => {
  assert.ok(answered.length > 500);
  for (const { path, request, answer } of answered) {
    const faults = faultsOf(reference(contract.paths[path].post.responses['200']), answer);
    assert.deepEqual(faults, [], `${path} for ${request['CPR-nr']}`);
    assert.equal(answer['CPR-nr'], request['CPR-nr']);
    assert.equal(answer.anmodningsID, '0199-sample');
  }
});

test('every problem of the sandbox is as the contract says', () => {
  const problems = samples.filter((sample) => sample.status !== 200);
  assert.ok(problems.length > 0);
  for (const { status, answer } of problems) {
    assert.deepEqual(faultsOf('Problem', answer), []);
    assert.equal(answer.status, status);
  }
});

// A schema that takes everything would pass all of the above.
const BREACHES = [
  ['no citizen', (a) => { delete a['CPR-nr']; }],
  ['no request id', (a) => { delete a.anmodningsID; }],
  ['no list', (a) => { delete a.BorgervendtSag; }],
  ['a time that is none', (a) => { a.datoTid = '21/11/2026'; }],
  ['an unknown member', (a) => { a.BorgervendtSag[0].nyt = 1; }],
  ['no id', (a) => { delete a.BorgervendtSag[0].id; }],
  ['no parties', (a) => { delete a.BorgervendtSag[0].parter; }],
  ['an unknown status', (a) => { a.BorgervendtSag[0].sagstatus = 6; }],
  ['a role of its own', (a) => { a.BorgervendtSag[0].parter[0].rolle = 'Ven'; }],
  ['an http link', (a) => { a.BorgervendtSag[0].henvisninger[0].url = 'http://x.dk'; }],
  ['a long title', (a) => { a.BorgervendtSag[0].titel = 'x'.repeat(256); }],
  ['a document out of form', (a) => { a.BorgervendtSag[0].dokumenter[0].retning = 'Op'; }],
];
test('the contract refuses what breaks it', () => {
  const { path, answer } = answered.find((sample) => sample.answer.BorgervendtSag?.[0]?.dokumenter);
  const name = reference(contract.paths[path].post.responses['200']);
  for (const [what, breach] of BREACHES) {
    const broken = structuredClone(answer);
    breach(broken);
    assert.notDeepEqual(faultsOf(name, broken), [], what);
  }
  assert.notDeepEqual(faultsOf('BorgervendtOekonomiskYdelse', { id: '1', nettobeloeb: 5 }), []);
  assert.notDeepEqual(faultsOf('BorgervendtAkkreditiv', { id: '1', akkreditivtype: 'pas', nummer: '201234567' }), []);
});
