// SPDX-License-Identifier: MIT
//
// Two judges of a configuration file: the gateway's own check, and the JSON Schema that an editor
// uses. They must agree on every file of tests/configuration/cases.json, or the row says why only one
// of them can know. Every file that is shipped is good to both.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import { DemoConfiguration, run } from './demo_configuration.mjs';
import { root } from './gateway.mjs';

const CONFIG = 78; // sysexits.h
const read = (...names) => readFileSync(path.join(root, ...names), 'utf8');
const schemas = readdirSync(path.join(root, 'conf/schema')).map((name) => [name, JSON.parse(read('conf/schema', name))]);
const cases = JSON.parse(read('tests/configuration/cases.json')).cases;

/** policies/agreements.json -> agreements.json, conf/sources/atp.pension.json -> manifest.json */
const schemaOf = (file) => (file.startsWith('conf/sources/') ? 'manifest.json' : path.basename(file));

let ajv;
let demo;
before(() => {
  ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false, strictTypes: false });
  for (const [name, schema] of schemas) ajv.addSchema(schema, name);
  demo = new DemoConfiguration();
});
after(() => demo?.remove());

/** What the schema says against a value: a text, or '' when it is good. */
function refusal(file, value) {
  const validate = ajv.getSchema(schemaOf(file));
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

/** Changes a value at a JSON Pointer; undefined takes it away. */
function set(tree, pointer, value) {
  const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop();
  const at = steps.reduce((object, step) => (object[step] ??= {}), tree);
  if (value === undefined) delete at[last];
  else at[last] = value;
}

/** The file's text in one case. */
function textOf({ text, content, set: changes = {}, remove = [] }, good) {
  if (text !== undefined) return text;
  const tree = content ?? structuredClone(good);
  for (const [pointer, value] of Object.entries(changes)) set(tree, pointer, value);
  for (const pointer of remove) set(tree, pointer, undefined);
  return JSON.stringify(tree, null, 2);
}

test('the schema of the settings is the table of the settings', () => {
  const { status, out } = run('overblik', 'schema', 'settings');
  assert.equal(status, 0);
  assert.equal(out, read('conf/schema/overblikd.json'),
    'run: overblik schema settings > conf/schema/overblikd.json');
});

test('every schema compiles', () => {
  for (const [name] of schemas) assert.equal(typeof ajv.getSchema(name), 'function', name);
});

test('the demo\'s configuration is good', () => {
  const { ok, faults } = demo.check();
  assert.ok(ok, JSON.stringify(faults));
});

const shipped = ['conf/overblikd.json'];
for (const [folder] of [['conf/sources'], ['policies']])
  for (const name of readdirSync(path.join(root, folder)).sort())
    if (name.endsWith('.json')) shipped.push(`${folder}/${name}`);
for (const file of shipped)
  test(`${file} names its schema, which it keeps`, () => {
    const value = JSON.parse(read(file));
    const named = path.resolve(root, path.dirname(file), value.$schema ?? 'nothing');
    assert.equal(path.relative(root, named), `conf/schema/${schemaOf(file)}`);
    assert.equal(refusal(file, value), '');
  });

test('the demo\'s own files keep them too', () => {
  for (const file of ['conf/overblikd.json', ...readdirSync(demo.file('conf/sources')).map((name) => `conf/sources/${name}`)])
    assert.equal(refusal(file, demo.json(file)), '', file);
});

test('the example of docs/manifest.md is good to both', () => {
  const found = /^```json (conf\/sources\/\S+)\n(.*?)^```$/ms.exec(read('docs/manifest.md'));
  const [, file, text] = found;
  const id = path.basename(file, '.json');
  assert.equal(refusal(file, JSON.parse(text)), '');
  demo.write(file, text);
  try {
    const { ok, faults, summary } = demo.check();
    assert.ok(ok, JSON.stringify(faults));
    assert.equal(summary.sources, shipped.filter((name) => name.startsWith('conf/sources/')).length + 1);
    const manifest = JSON.parse(text);
    const told = read('docs/manifest.md').split(text)[1];
    for (const name of Object.keys(ajv.getSchema('manifest.json').schema.properties))
      if (!['$schema', 'comment'].includes(name)) assert.match(told, new RegExp(`^\\|.*\`${name}\``, 'm'), `the page tells of ${name}`);
    assert.equal(manifest.id, id);
  } finally {
    rmSync(demo.file(file));
  }
});

// --- the shared table --------------------------------------------------------------------------------

for (const one of cases)
  test(`${one.file}: ${one.name}`, () => {
    const good = demo.text(one.file);
    const text = textOf(one, JSON.parse(good));
    try {
      demo.write(one.file, text);
      const { status, ok, faults } = demo.check();
      const told = faults.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
      const isRefused = one.fault !== undefined && one.only !== 'schema';
      assert.equal(status, isRefused ? CONFIG : 0, told.join('\n') || 'the checker takes it');
      assert.equal(ok, !isRefused);
      if (isRefused) {
        assert.ok(told.some((line) => line.includes(one.fault)), `${one.fault}\n${told.join('\n')}`);
        const own = faults.filter(({ message }) => message.includes(one.fault));
        assert.ok(own.some(({ file, line }) => file.endsWith(path.basename(one.file)) && line > 0), 'with its place');
      }
      const unlike = one.only ? !one.why : Boolean(one.why);
      assert.ok(!unlike, 'a row that only one can judge says why, and no other');
      let value;
      try {
        value = JSON.parse(text);
      } catch {
        assert.equal(one.only, undefined, 'what is not JSON is refused by every editor');
        return;
      }
      const refused = refusal(one.file, value);
      if (one.fault !== undefined && one.only !== 'checker') assert.notEqual(refused, '', 'the schema takes it');
      else assert.equal(refused, '');
    } finally {
      demo.write(one.file, good);
    }
  });

test('the table has good and bad rows for every file', () => {
  for (const file of shipped.map((name) => (name.startsWith('conf/sources/') ? 'conf/sources/atp.pension.json' : name))) {
    const own = cases.filter((one) => one.file === file);
    assert.ok(own.some(({ fault }) => fault === undefined), `${file}: a good one`);
    assert.ok(own.some(({ fault }) => fault !== undefined), `${file}: a bad one`);
  }
});
