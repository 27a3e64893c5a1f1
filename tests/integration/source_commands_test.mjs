// SPDX-License-Identifier: MIT
//
// `overblik source new`, `preview` and `simulate` as they are typed: what is written and never overwritten,
// what is told and with which status, and that no answer, however hostile, does anything to a terminal or a
// browser. docs/adapters.md, tried as written, is adapters_test.mjs.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { root, Sandbox } from './sandbox_client.mjs';

const build = process.env.OVERBLIK_BUILD ?? path.join(root, 'build/asan');
const place = mkdtempSync(path.join(tmpdir(), 'source-'));
const file = (name) => path.join(place, name);
const json = (name) => JSON.parse(readFileSync(file(name), 'utf8'));
const write = (name, value) => {
  writeFileSync(file(name), typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value));
  return file(name);
};
const REPLACEMENT = '6101709995';
const LIVING = ['010170', '9995']; // a date of birth and a number: apart, so that this file holds nobody's

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
  write('ports.json', sandbox.ports);
  const demo = spawnSync(path.join(root, 'conf/demo/make-demo-conf'), [file('conf'), sandbox.certs, file('ports.json')]);
  assert.equal(demo.status, 0, String(demo.stderr));
  write('conf/overblikd.json', { ...json('conf/overblikd.json'), time: { soft_ms: 8000, hard_ms: 20000 } });
  write('conf/sources/atp.pension.json', { // a machine under load answers late
    ...json('conf/sources/atp.pension.json'), timers: { connect_ms: 4000, first_byte_ms: 5000, silence_ms: 2000, total_ms: 6000 },
  });
});
after(async () => {
  assert.equal(await sandbox?.stop(), 0);
  rmSync(place, { recursive: true });
});

function overblik(...args) {
  const { status, stdout, stderr } = spawnSync(path.join(build, 'overblik'), ['source', ...args],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, timeout: 60000 });
  return { status, out: stdout, err: stderr };
}
const made = (id, ...more) => overblik('new', id, '--folder', file(id), ...more);
const preview = (id, answer, ...more) => overblik('preview', file(`${id}/${id}.json`), answer, ...more);

const ajv = new Ajv({ strict: false, allErrors: true });
for (const name of readdirSync(path.join(root, 'conf/schema')))
  ajv.addSchema({ ...JSON.parse(readFileSync(path.join(root, 'conf/schema', name), 'utf8')), $id: name });

test('what they read words and rules from is good, and nobody can log in by it', () => {
  const joining = JSON.parse(readFileSync(path.join(root, 'conf/joining.json'), 'utf8'));
  assert.ok(ajv.validate('overblikd.json', joining), JSON.stringify(ajv.errors));
  assert.deepEqual(joining.issuers.map(({ issuer }) => issuer), ['https://nobody.example']);
});

// --- new -------------------------------------------------------------------------------------------

for (const dialect of ['mapped', 'borgervendt'])
  test(`a skeleton of ${dialect} is good as it is: by schema, by preview, by what is expected`, () => {
    const id = `first.${dialect}`;
    const { status, out, err } = made(id, '--dialect', dialect);
    assert.equal(status, 0, err);
    assert.deepEqual(readdirSync(file(id)).sort(), ['answer.json', `${id}.json`, 'items.json'].sort());
    assert.match(out, /^Next:\n {2}overblik source preview /m);
    const manifest = json(`${id}/${id}.json`);
    assert.ok(ajv.validate('manifest.json', manifest), JSON.stringify(ajv.errors));
    assert.match(manifest.$schema, /^file:\/\/.*conf\/schema\/manifest\.json$/);
    assert.ok(existsSync(new URL(manifest.$schema)));
    const seen = preview(id, file(`${id}/answer.json`), '--expect', file(`${id}/items.json`));
    assert.equal(seen.status, 0, seen.err);
  });

test('nothing is overwritten, and nothing is half written', () => {
  assert.equal(made('once.only').status, 0);
  const before = readFileSync(file('once.only/once.only.json'));
  const again = made('once.only');
  assert.equal(again.status, 73);
  assert.match(again.err, /is there already; nothing is overwritten/);
  assert.deepEqual(readFileSync(file('once.only/once.only.json')), before);
  mkdirSync(file('half'));
  write('half/items.json', 'mine');
  assert.equal(made('half').status, 73);
  assert.deepEqual(readdirSync(file('half')), ['items.json']);
  assert.equal(readFileSync(file('half/items.json'), 'utf8'), 'mine');
});

test('what cannot begin is told, and nothing is written', () => {
  const living = write('living.json', `{"a": 1,\n"who": "${LIVING.join('-')}"}`);
  for (const [args, status, told] of [
    [['Wrong id'], 64, /expected an id of at most 64/],
    [['../out'], 64, /expected an id/],
    [[''], 64, /expected an id/],
    [[], 64, /expected the source's id/],
    [['a.b', '--dialect', 'sagdokumentindeks'], 65, /the municipal indexes are shipped/],
    [['a.b', '--from', file('nowhere.json')], 66, /cannot be opened/],
    [['a.b', '--from', living], 65, /line 2 of the answer holds what may be a living person's number/],
    [['a.b', '--from', write('text', 'no markup')], 65, /neither JSON nor XML/],
    [['a.b', '--from', write('bomb', '<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>')], 65, /neither JSON nor XML/],
    [['a.b', '--from', write('deep', '['.repeat(100000))], 65, /neither JSON nor XML/],
    [['a.b', '--folder', '/proc/nobody'], 73, /\/proc\/nobody/],
  ]) {
    const folder = args.includes('--folder') ? [] : ['--folder', file('never')];
    const got = overblik('new', ...args, ...folder);
    assert.equal(got.status, status, `${args}: ${got.err}`);
    assert.match(got.err, told);
    assert.doesNotMatch(got.err + got.out, new RegExp(LIVING[1]));
    assert.ok(!existsSync(file('never')));
  }
});

for (const [name, answer] of [['skovregistret', 'answer.json'], ['leistungsregister', 'answer.json'], ['havneregistret', 'answer.xml']])
  test(`of an answer of ${name} every path is listed, and no value`, () => {
    const id = `of.${name}`;
    const from = path.join(root, 'tests/mapping', name, answer);
    assert.equal(made(id, '--from', from).status, 0);
    assert.deepEqual(readFileSync(file(`${id}/${answer}`)), readFileSync(from));
    const { mapping, test_citizens: citizens } = json(`${id}/${id}.json`);
    assert.equal(citizens[0].cpr, REPLACEMENT);
    const text = JSON.stringify(mapping);
    for (const value of readFileSync(from, 'utf8').matchAll(/"([^"\\]{9,})"(?!\s*:)/g))
      if (answer.endsWith('json')) assert.ok(!text.includes(value[1]), value[1]);
    const { status, err } = preview(id, from);
    assert.equal(status, 78);
    for (const line of err.trim().split('\n'))
      assert.match(line, new RegExp(`${id}\\.json:\\d+:\\d+: /mapping/items/.*/id: expected a text that is not empty$`));
  });

// --- preview ---------------------------------------------------------------------------------------

test('its exit status says what was wrong', () => {
  assert.equal(made('status.x').status, 0);
  const good = file('status.x/answer.json');
  const cut = write('cut.json', readFileSync(good, 'utf8').slice(0, -3));
  const other = write('other.json', readFileSync(good, 'utf8').replace(REPLACEMENT, '6507819980'));
  const manifest = write('bad.json', readFileSync(file('status.x/status.x.json'), 'utf8').replace('"/number"', '"number"'));
  for (const [args, status, told] of [
    [[file('status.x/status.x.json'), good], 0, /answered, 1 items/],
    [[file('status.x/status.x.json'), cut], 65, /invalid, 0 items[^]*at {9}.*cut\.json:\d+:\d+/],
    [[file('status.x/status.x.json'), other], 65, /foreign/],
    [[file('status.x/status.x.json'), good, '--status', '503'], 65, /busy/],
    [[file('status.x/status.x.json'), good, '--expect', write('e.json', { items: [{ title: 'x' }] })], 1,
      /item 1: title is "Ansøgning om fiskekort", expected "x"/],
    [[file('status.x/status.x.json'), good, '--expect', write('no.json', '{')], 66, /no\.json:1:/],
    [[manifest, good], 78, /bad\.json:\d+:\d+: \/mapping\/items\/0\/fields\/id: /],
    [[file('nowhere'), good], 78, /cannot be opened/],
    [[file('status.x/status.x.json'), file('nowhere')], 78, /cannot be opened/],
    [[file('status.x/status.x.json'), good, '--citizen', 'nobody'], 78, /there is no test citizen "nobody"/],
    [[file('status.x/status.x.json'), good, '-c', file('nowhere.json')], 78, /nowhere\.json: cannot be opened/],
    [[file('status.x/status.x.json')], 64, /expected a manifest and an answer/],
    [[file('status.x/status.x.json'), good, '--format', 'pdf'], 64, /--format is text, html or json/],
    [[file('status.x/status.x.json'), good, '--output', '/proc/nobody'], 73, /cannot be written/],
  ]) {
    const got = overblik('preview', ...args);
    assert.equal(got.status, status, `${args.slice(1)}: ${got.out}${got.err}`);
    assert.match(got.out + got.err, told);
  }
});

test('the answers of every dialect are shown', () => {
  const municipal = path.join(root, 'tests/fuzz/corpus/municipal_cases/notes.xml');
  for (const [manifest, answer, ...more] of [
    ['conf/sources/kommuner.sager.json', municipal, '--municipality', '0710'],
    ['tests/mapping/skovregistret/manifest.json', 'tests/mapping/skovregistret/answer.json'],
    ['tests/mapping/havneregistret/manifest.json', 'tests/mapping/havneregistret/answer.xml'],
    ['conf/sources/politi.akkreditiver.json', 'tests/fuzz/corpus/borgervendt/BorgervendtAkkreditiv-jens.json'],
  ]) {
    const { status, out, err } = overblik('preview', manifest, answer, '--format', 'json', ...more);
    assert.equal(status, 0, `${manifest}: ${out.slice(0, 2000)}${err}`);
    assert.ok(JSON.parse(out).items.length > 0);
  }
});

test('an answer larger than the gateway takes is told', () => {
  const large = write('large.json', `{"person": "${REPLACEMENT}", "x": "${'x'.repeat(2097152)}"}`);
  const { status, err } = preview('status.x', large);
  assert.equal(status, 78);
  assert.match(err, /limits\.answer_max/);
});

const HOSTILE = ['\u001b[2J\u001b]0;owned\u0007', '\u009b31m', '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>',
  "' onload='x", '\u202eevil\u2066', 'javascript:alert(1)', '&lt;b&gt;', '%s%n%n', '\r\nX: y', '</pre></style>', '\u2028'];
const hostile = () => ({
  reference: HOSTILE.join(''),
  person: REPLACEMENT,
  matters: HOSTILE.map((text, i) => ({ number: `${i}${text}`, subject: text, state: 'B', received: '14.03.2026', [text]: text })),
});

test('no control character of an answer reaches a terminal, wide, narrow or none', () => {
  const answer = write('hostile.json', hostile());
  for (const args of [[], ['--brief'], ['--format', 'json']]) {
    const { status, out } = preview('status.x', answer, ...args);
    assert.equal(status, 0);
    assert.doesNotMatch(out, args.includes('json') ? /\u001b|\u0007/ : /[^\n\u0020-\u007e\u00a0-\uffff]|[\u202e\u2066\u2028]/);
  }
  const manifest = file('status.x/status.x.json');
  for (const columns of [20, 60, 132]) { // on a terminal of its own
    const line = `stty cols ${columns} && ${path.join(build, 'overblik')} source preview ${manifest} ${answer}`;
    const { stdout, status } = spawnSync('script', ['-qec', line, '/dev/null'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /\u001b\[1m/, 'with colours');
    const text = stdout.replaceAll(/\u001b\[(0|1|2|31|32)m/g, '').replaceAll('\r\n', '\n');
    assert.doesNotMatch(text, /[^\n\u0020-\u007e\u00a0-\uffff]|[\u202e\u2066\u2028]/, 'and only ours');
    if (columns === 132) assert.match(text, /\| da: sag +\| en: case/, 'the cards stand side by side');
  }
});

test('a page holds no markup of an answer, and its policy forbids everything but its own style', () => {
  const { status, out } = preview('status.x', write('hostile.json', hostile()), '--format', 'html');
  assert.equal(status, 0);
  const tags = new Set([...out.matchAll(/<\/?([a-zA-Z!][a-zA-Z0-9]*)/g)].map(([, name]) => name));
  assert.deepEqual([...tags].sort(), ['!DOCTYPE', 'article', 'bdi', 'body', 'caption', 'dd', 'div', 'dl', 'dt', 'h1', 'h2', 'h3',
    'head', 'html', 'li', 'main', 'meta', 'p', 'pre', 'section', 'style', 'table', 'tbody', 'td', 'th', 'thead', 'title', 'tr', 'ul']);
  assert.doesNotMatch(out, /<[^>]*\son\w+=|<[^>]*(src|href)=/);
  const [, style] = /<style>(.*?)<\/style>/s.exec(out);
  const hash = createHash('sha256').update(style).digest('base64');
  assert.ok(out.includes(`default-src 'none'; style-src 'sha256-${hash}'`));
  assert.match(out, /<html lang="en">/);
  assert.match(out, /<article lang="da">/);
  assert.match(out, /<th scope="col">Field<\/th>/);
});

// --- simulate --------------------------------------------------------------------------------------

test('simulate says what it lacks', () => {
  for (const [args, status, told] of [
    [['status.x/status.x.json'], 78, /keys\/assertion\.key: /],
    [['status.x/status.x.json', '--fault', 'nonsense'], 64, /there is no such fault/],
    [[], 64, /expected a source's id or manifest/],
  ]) {
    const got = overblik('simulate', ...args.map((one) => (one.includes('/') ? file(one) : one)));
    assert.equal(got.status, status, got.err);
    assert.match(got.err, told);
  }
});

/** While the sandbox, which this process speaks to, goes on: status, out. */
const simulate = (...args) => new Promise((resolve) => {
  execFile(path.join(build, 'overblik'), ['source', 'simulate', 'atp.pension', '-c', file('conf/overblikd.json'), ...args],
    { maxBuffer: 1 << 26 }, (error, out, err) => resolve({ status: error ? error.code : 0, out: out + err }));
});
const FAULTS = ['none', 'no-certificate', 'no-token', 'forged-token', 'expired-token', 'others-token', 'stolen-token', 'low-level',
  'wrong-citizen', 'slow-reader', 'cut', 'at-once'];

test('a source that does what it must passes whatever the gateway does', async () => {
  const { status, out } = await simulate('--fault', 'all');
  assert.equal(status, 0, out);
  assert.deepEqual([...out.matchAll(/^([a-z-]+): .*\n> POST /gm)].map(([, name]) => name), FAULTS);
  assert.equal([...out.matchAll(/^passed: /gm)].length, FAULTS.length);
  assert.match(out, /^> Authorization: Bearer ey[\w-]{30,40}$/m, 'a token is cut short');
  assert.match(out, /^atp\.pension: answered, [1-9]\d* items$/m);
  assert.match(out, / {2}\| da: ydelse/);
});

for (const [fault, wrong] of [
  ['none', 'garbage'], ['none', '503-retry-after'], ['none', 'foreign'], ['none', 'refuse'], ['no-certificate', 'anybody'],
  ['no-token', 'takes-no-token'], ['forged-token', 'takes-forged-token'], ['expired-token', 'takes-expired-token'],
  ['others-token', 'takes-others-token'], ['stolen-token', 'takes-stolen-token'], ['low-level', 'takes-low-level'],
  ['wrong-citizen', '404'], ['slow-reader', 'garbage'], ['cut', 'garbage'], ['at-once', 'crowd'],
])
  test(`${fault}: a source that is wrong (${wrong}) does not pass`, async () => {
    await sandbox.clear();
    await sandbox.fault({ authority: 'atp', fault: wrong });
    const { status, out } = await simulate('--fault', fault);
    assert.equal(status, 1, out);
    assert.match(out, /^failed: /m);
    assert.doesNotMatch(out, /\| da:/);
    await sandbox.clear();
  });
