// SPDX-License-Identifier: MIT
//
// docs/openapi.yaml as a judge of answers: it knows no status, header or member that the document does not
// name, although the document lets clients expect more.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { root } from './sandbox_client.mjs';

export const document = parse(readFileSync(path.join(root, 'docs/openapi.yaml'), 'utf8'), { merge: true });
const METHODS = ['get', 'post', 'put', 'delete'];
/** Fields of HTTP itself. */
const TRANSPORT = new Set(['date', 'connection', 'content-type', 'content-length', 'transfer-encoding']);
/** Statuses that the response `default` stands for. */
const DOOR = [404, 405, 408, 413, 414, 417, 431, 500, 501, 505];
const STREAMS = ['application/x-ndjson', 'application/json-seq', 'text/event-stream'];
const ID = 'https://overblik.dk/openapi.json';

export const resolve = (node) =>
  node?.$ref ? resolve(node.$ref.slice(2).split('/').reduce((at, name) => at[name.replaceAll('~1', '/')], document)) : node;

/** {operationId: {path, method, operation, pattern}} */
export const operations = Object.fromEntries(Object.entries(document.paths).flatMap(([where, item]) =>
  METHODS.filter((method) => item[method]).map((method) => [item[method].operationId, {
    path: where,
    method: method.toUpperCase(),
    operation: item[method],
    pattern: new RegExp(`^${where.replace(/[.]/g, '\\$&').replace(/\{\w+\}/g, '[^/?]+')}(\\?|$)`),
  }])));

// --- a schema that takes nothing more ---------------------------------------------------------------

/** Schemas that others are made of by allOf: those close what is added up. */
const parts = new Set(Object.values(document.components.schemas).flatMap(({ allOf = [] }) => allOf.map(({ $ref }) => $ref)));

function close(schema, isPart = false) {
  if (typeof schema !== 'object' || schema === null) return;
  for (const member of schema.allOf ?? []) close(member, true);
  for (const member of [...(schema.oneOf ?? []), ...Object.values(schema.properties ?? {}), schema.items]) close(member);
  if (!isPart && schema.additionalProperties === undefined && (schema.properties || schema.allOf))
    schema.unevaluatedProperties = false;
}

const closed = structuredClone(document);
for (const [name, schema] of Object.entries(closed.components.schemas)) close(schema, parts.has(`#/components/schemas/${name}`));
for (const { path: where, method } of Object.values(operations))
  for (const answer of Object.values(closed.paths[where][method.toLowerCase()].responses))
    for (const { schema } of Object.values(answer.content ?? {})) if (!schema.$ref) close(schema);
// The one answer that is a document of somebody else's making.
delete closed.paths['/openapi.json'].get.responses['200'].content['application/json'].schema.unevaluatedProperties;

const ajv = new Ajv2020({ strict: false, allErrors: true });
const isTime = (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
const isDate = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
ajv.addFormat('date-time', isTime);
ajv.addFormat('date', isDate);
ajv.addFormat('uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
ajv.addFormat('uri', (text) => URL.canParse(text));
ajv.addFormat('uri-reference', (text) => URL.canParse(text, 'https://overblik.dk'));
ajv.addSchema(closed, ID);

const validators = new Map();
/** Fails with each fault of a value by the schema at a pointer into the document. */
export function judge(value, pointer, about) {
  if (!validators.has(pointer)) validators.set(pointer, ajv.compile({ $ref: `${ID}${pointer}` }));
  const validate = validators.get(pointer);
  if (validate(value)) return;
  const faults = validate.errors.slice(0, 8).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  assert.fail(`${about}: ${faults.join('; ')}`);
}

/** Judges a record of a stream: by its name, so that a fault is told once. */
export function judgeRecord(record, about) {
  const { mapping } = document.components.schemas.Record.discriminator;
  assert.ok(mapping[record.record], `${about}: undocumented record ${record.record}`);
  judge(record, mapping[record.record], `${about}, ${record.record}`);
}

const escape = (name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
/** A pointer to a part of an operation's response, which may stand under components. */
function pointerTo({ path: where, method, operation }, key, ...rest) {
  const { $ref } = operation.responses[key];
  const start = $ref ?? `#/paths/${escape(where)}/${method.toLowerCase()}/responses/${key}`;
  return [start, ...rest.map(escape)].join('/');
}

// --- answers ------------------------------------------------------------------------------------------

function judgeHeaders(headers, declared, about) {
  const known = Object.fromEntries(Object.entries(declared ?? {}).map(([name, header]) => [name.toLowerCase(), resolve(header)]));
  for (const name of Object.keys(headers))
    assert.ok(TRANSPORT.has(name) || known[name], `${about}: undocumented header ${name}: ${headers[name]}`);
  for (const [name, { required, schema }] of Object.entries(known)) {
    if (headers[name] === undefined) {
      assert.ok(!required, `${about}: no ${name}`);
      continue;
    }
    const { type } = resolve(schema);
    const validate = ajv.compile(schema.$ref ? { $ref: `${ID}${schema.$ref}` } : schema);
    assert.ok(validate(type === 'integer' ? Number(headers[name]) : headers[name]), `${about}: ${name}: ${headers[name]}`);
  }
}

/** What has been seen: "operationId status media-type". */
export const seen = new Set();

/**
 * Judges an answer {status, headers, text, json, records} of an operation; `isHead`: it has no body.
 */
export function judgeAnswer(operationId, answer, { isHead = false } = {}) {
  const one = operations[operationId];
  const about = `${operationId} ${answer.status}`;
  const key = one.operation.responses[answer.status] ? String(answer.status) : 'default';
  assert.ok(key !== 'default' || DOOR.includes(answer.status), `${about}: undocumented status: ${answer.text}`);
  const response = resolve(one.operation.responses[key]);
  judgeHeaders(answer.headers, response.headers, about);
  const type = answer.headers['content-type']?.split(';')[0];
  seen.add(`${operationId} ${key} ${type ?? '-'}`);
  assert.ok(response.content ? response.content[type] : !type, `${about}: undocumented media type ${type}`);
  if (!response.content || isHead) {
    assert.equal(answer.text, '', `${about}: a body`);
    return;
  }
  const pointer = pointerTo(one, key, 'content', type, 'schema');
  if (STREAMS.includes(type)) { // `at` is the reader's own note of when a record came
    for (const { at, ...record } of answer.records) judgeRecord(record, about);
    return;
  }
  judge(/json$/.test(type) ? answer.json : answer.text, pointer, about);
  if (type === 'application/problem+json') assert.equal(answer.json.status, answer.status, about);
}

/** Judges each example of the document by its own schema; gives how many there are. */
export function judgeExamples() {
  let count = 0;
  const look = (content, pointer, about) => {
    for (const [type, { examples = {} }] of Object.entries(content ?? {}))
      for (const [name, example] of Object.entries(examples)) {
        judge(resolve(example).value, `${pointer}/content/${escape(type)}/schema`, `${about} ${name}`);
        count++;
      }
  };
  for (const [operationId, one] of Object.entries(operations)) {
    const { requestBody, responses } = one.operation;
    look(requestBody?.content, `#/paths/${escape(one.path)}/${one.method.toLowerCase()}/requestBody`, operationId);
    for (const key of Object.keys(responses)) look(resolve(responses[key]).content, pointerTo(one, key), `${operationId} ${key}`);
  }
  return count;
}

/** Every "operationId status media-type" that the document promises. */
export function promised() {
  return Object.entries(operations).flatMap(([operationId, { operation }]) =>
    Object.entries(operation.responses).flatMap(([status, response]) =>
      Object.keys(resolve(response).content ?? { '-': null }).map((type) => `${operationId} ${status} ${type}`)));
}
