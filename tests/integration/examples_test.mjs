// SPDX-License-Identifier: MIT
//
// docs/examples are run as they stand: the shell script, the C program, the page in Chromium. So is the
// sandbox's playground, with its strict policy, and the reference that the build makes.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { parse } from 'parse5';
import { Chromium } from './chromium.mjs';
import { build, Gateway, Program, root } from './gateway.mjs';
import { document, judge, judgeRecord, operations } from './openapi.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'examples-'));
const reference = path.join(build, 'reference.html');
let gateway, ca, playground, port, chromium;

before(async () => {
  gateway = await Gateway.start({ name: 'examples',
    sources: { '*': { timers: { connect_ms: 1000, first_byte_ms: 1900, total_ms: 1950 } } } });
  ca = path.join(gateway.certs, 'ca.pem');
  playground = new Program([process.execPath, path.join(root, 'adapters/sandbox/playground/playground.mjs'), '--gateway',
    `https://localhost:${gateway.ports.tls}`, '--ca', ca, '--reference', reference, '--ports-file', path.join(folder, 'ports.json')],
  gateway.log('playground'));
  ({ playground: port } = await playground.ports(path.join(folder, 'ports.json')));
  chromium = await Chromium.start(gateway.log('examples-chromium'));
});
beforeEach(() => gateway.sandbox.clear());
after(async () => {
  await chromium?.stop();
  await playground?.end();
  rmSync(folder, { recursive: true, force: true });
  assert.equal(await gateway?.stop(), 0);
});

/** Runs a program to its end, without stopping this one. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, no_proxy: '*', ...env } });
    let out = '', err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, out, err }));
  });
}
const address = () => `https://localhost:${gateway.ports.tls}`;
const fail = (authority, fault) => gateway.sandbox.control('POST', '/faults', { authority, fault });

// --- curl --------------------------------------------------------------------------------------------

const shell = (env = {}) => run(path.join(root, 'docs/examples/overview.sh'), ['0710'],
  { GATEWAY: address(), CA: ca, TOKEN: gateway.token('jens'), ...env });

test('curl reads a stream', async () => {
  const { status, out, err } = await shell();
  assert.equal(status, 0, err);
  const records = out.trim().split('\n').map((line) => JSON.parse(line));
  for (const record of records) judgeRecord(record, 'curl');
  assert.deepEqual([records[0].record, records.at(-1).record], ['plan', 'done']);
});

test('curl asks a source that failed once more, alone', async () => {
  await fail('atp', 'error-html');
  const { status, out } = await shell();
  assert.equal(status, 0);
  const [, again] = out.split('"record":"done"');
  const { sources } = JSON.parse(again.slice(again.indexOf('\n') + 1));
  assert.deepEqual(sources.map(({ id, state }) => [id, state]), [['atp.pension', 'failed']]);
});

test('curl says why there is no overview, and no list of processes shows the token', async () => {
  const { status, out } = await shell({ TOKEN: 'nonsense' });
  assert.notEqual(status, 0);
  judge(JSON.parse(out), '#/components/schemas/Problem', 'problem');
  assert.doesNotMatch(readFileSync(path.join(root, 'docs/examples/overview.sh'), 'utf8'), /--header [^\n]*TOKEN/);
});

// --- C -----------------------------------------------------------------------------------------------

test('a C program prints each source as it lands', async () => {
  const program = path.join(folder, 'overview');
  const flags = (await run('pkg-config', ['--cflags', '--libs', 'libcurl', 'jansson'])).out.trim().split(/\s+/);
  const made = await run('cc', ['-std=gnu17', '-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror', '-fsanitize=address,undefined',
    '-o', program, path.join(root, 'docs/examples/overview.c'), ...flags]);
  assert.equal(made.status, 0, made.err);
  const ask = (token, door = address()) => run(program, [`${door}/v1/overview?municipality=0710`, ca], { TOKEN: token });

  const all = await ask(gateway.token('jens'));
  assert.equal(all.status, 0, all.err);
  assert.equal(all.out.trim().split('\n').length, 10);
  assert.match(all.out, /^atp\.pension +answered +[1-9]/m);
  await fail('atp', 'error-html');
  const some = await ask(gateway.token('jens'));
  assert.equal(some.status, 1, some.err);
  assert.match(some.out, /^atp\.pension +failed +0/m);
  assert.equal((await ask('nonsense')).status, 2);
  assert.equal((await ask(gateway.token('jens'), 'http://localhost:1')).status, 2);
  assert.equal((await run(program, [])).status, 2);
});

// --- a page ------------------------------------------------------------------------------------------

const at = (where) => `http://localhost:${port}${where}`;
/** As a person would: fills in the form and presses the button. */
const fillIn = (token) => chromium.run(`document.querySelector('[name=token]').value = ${JSON.stringify(token)};
  document.querySelector('button').click()`);
const status = () => chromium.run(`document.querySelector('[role=status]').textContent`);
const rows = () => chromium.run(`[...document.querySelectorAll('li')].map((row) => row.textContent)`);

test('a page in Chromium shows each authority as it lands', async () => {
  assert.ok(readFileSync(path.join(root, 'docs/examples/stream.js'), 'utf8').trim().split('\n').length <= 45);
  await fail('atp', 'never');
  await chromium.open(at('/examples/stream.html'));
  await chromium.until(`document.readyState === 'complete' && !!document.querySelector('button')`);
  await fillIn(gateway.token('jens'));
  await chromium.until(`document.querySelectorAll('li').length === 10`);
  // One is never there; the others are shown before it is given up.
  await chromium.until(`[...document.querySelectorAll('li')].filter((row) => row.textContent.endsWith(': asked')).length === 1`);
  assert.equal(await status(), 'Asking …');
  await chromium.until(`document.querySelector('[role=status]').textContent === 'Some did not answer.'`);
  assert.ok((await rows()).some((row) => /Favrskov Kommune: Here is what .* Opfølgning på dine sygedagpenge/.test(row)), await rows());
  await gateway.sandbox.clear();
  await fillIn(gateway.token('jens'));
  await chromium.until(`document.querySelector('[role=status]').textContent === 'Everybody has answered.'`);
  assert.deepEqual(chromium.complaints, []);
  await fillIn('nonsense');
  await chromium.until(`document.querySelector('[role=status]').textContent === 'The token cannot be used'`);
});

// --- the playground ----------------------------------------------------------------------------------

test('Swagger UI reads the document and tries the API, under a strict policy', async () => {
  await chromium.open(at('/'));
  await chromium.until(`document.querySelectorAll('.opblock').length === ${Object.keys(operations).length}`);
  const ask = `document.querySelector('#operations-Health-getReadiness')`;
  await chromium.run(`${ask}.querySelector('button').click()`);
  await chromium.until(`!!${ask}.querySelector('.try-out__btn, .execute')`);
  await chromium.run(`${ask}.querySelector('.try-out__btn')?.click()`);
  await chromium.until(`!!${ask}.querySelector('.execute')`);
  await chromium.run(`${ask}.querySelector('.execute').click()`);
  await chromium.until(`/"ready": true/.test(${ask}.querySelector('.live-responses-table')?.textContent ?? '')`);
  assert.deepEqual(chromium.complaints, []);
});

const get = (where, headers = {}) => new Promise((resolve, reject) => {
  http.get({ host: '127.0.0.1', port, path: where, headers: { Host: `localhost:${port}`, ...headers }, agent: false }, async (answer) => {
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk;
    resolve({ status: answer.statusCode, headers: answer.headers, text });
  }).on('error', reject);
});

test('the playground serves its own pages, by its own name, and hands on the API alone', async () => {
  for (const where of ['/', '/reference', '/examples/stream.html', '/swagger-ui.css']) assert.equal((await get(where)).status, 200, where);
  assert.match((await get('/')).headers['content-security-policy'], /^default-src 'none'; script-src 'self'; style-src 'self';/);
  for (const where of ['/../package.json', '/examples/../../package.json', '/metrics', '/node_modules', '/v2/x', '//v1/overview'])
    assert.equal((await get(where)).status, 404, where);
  for (const headers of [{ Host: `evil.example:${port}` }, { Host: 'localhost' }, { 'Sec-Fetch-Site': 'cross-site' }])
    assert.equal((await get('/v1/sources', headers)).status, 403, JSON.stringify(headers));
  assert.equal((await get('/v1/sources')).status, 200);
  assert.deepEqual(JSON.parse((await get('/openapi.json')).text).servers, [{ url: '/' }]);
  assert.equal((await get('/v1/overview', { Authorization: `Bearer ${gateway.token('jens')}` })).status, 200);
  assert.doesNotMatch(readFileSync(gateway.log('playground'), 'utf8'), /Bearer|v1/);
});

// --- the reference -----------------------------------------------------------------------------------

test('the reference is whole, leads nowhere else, and keeps its own policy', async () => {
  const page = readFileSync(reference, 'utf8');
  const faults = [], ids = new Set(), links = [];
  const walk = (node) => {
    assert.ok(!['script', 'img', 'iframe', 'link'].includes(node.tagName), node.tagName);
    for (const { name, value } of node.attrs ?? []) {
      assert.doesNotMatch(name, /^(on|style)/);
      if (name === 'id') assert.ok(!ids.has(value) && ids.add(value), value);
      if (name === 'href') links.push(value);
    }
    node.childNodes?.forEach(walk);
  };
  walk(parse(page, { onParseError: ({ code }) => faults.push(code) }));
  assert.deepEqual(faults, []);
  for (const link of links) assert.ok(link.startsWith('#') && ids.has(link.slice(1)), link);
  for (const name of [...Object.keys(operations), ...Object.keys(document.components.schemas).map((schema) => `schema-${schema}`)])
    assert.ok(ids.has(name), name);
  await chromium.open(at('/reference'));
  await chromium.until(`document.readyState === 'complete' && !!document.querySelector('#getOverview')`);
  assert.equal(await chromium.run(`getComputedStyle(document.body).display`), 'flex', 'its style sheet counts');
  for (const width of [320, 768, 1280]) {
    await chromium.send('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: false });
    assert.ok(await chromium.run(`document.documentElement.scrollWidth`) <= width, `no sideways scroll at ${width} px`);
  }
  assert.deepEqual(chromium.complaints, []);
});
