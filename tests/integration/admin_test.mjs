// SPDX-License-Identifier: MIT
//
// The operators' door: by its socket and by TLS, with the right role and the wrong one; every route and
// every command against the running product; what is decided counts, survives a restart and is recorded;
// metrics tell exactly what was asked; an overview can be explained and holds nobody's data.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, citizenOf, Gateway, Program, waitUntil } from './gateway.mjs';

const thumbprint = (certs, name) => new X509Certificate(readFileSync(path.join(certs, `${name}.pem`)))
  .fingerprint256.replaceAll(':', '').toLowerCase();

let gateway;
// Every line of the log is read as JSON: none of an earlier run.
if (process.env.OVERBLIK_LOGS) rmSync(path.join(process.env.OVERBLIK_LOGS, 'admin.log'), { force: true });
before(async () => (gateway = await Gateway.start({
  name: 'admin',
  // Nothing here is about patience, and other programs share the machine.
  settings: { log: { format: 'json' }, admin: { port: 0 }, time: { soft_ms: 26000, hard_ms: 28000 } },
  sources: { '*': { timers: { connect_ms: 25000, first_byte_ms: 25000, silence_ms: 25000, total_ms: 25000 } } },
  configure: (main) => (main.admin.client_ca = main.tls.certificate.replace('gateway.pem', 'ca.pem')),
  policies: ({ certs }) => ({
    'operators.json': (content) => (content.operators = [
      { name: 'olga', thumbprint: thumbprint(certs, 'operator'), role: 'operator' },
      { name: 'viggo', common_name: 'viewer', role: 'viewer' },
      { name: 'atp', common_name: 'authority', role: 'authority', authority: '43405810' },
    ]),
  }),
})));
after(async () => assert.equal(await gateway?.stop(), 0));

// --- asking ------------------------------------------------------------------------------------------

const socketOf = () => path.join(path.dirname(gateway.conf), 'admin.sock');

/** Resolves to status, headers, text and json. `as`: the name of a certificate; without, by the socket. */
function admin(method, where, { body, headers = {}, as } = {}) {
  const tls = as !== undefined && {
    host: 'localhost', port: gateway.ports.admin, family: 4, ca: gateway.ca, agent: false,
    ...(as && { cert: readFileSync(path.join(gateway.certs, `${as}.pem`)), key: readFileSync(path.join(gateway.certs, `${as}.key`)) }),
  };
  const bytes = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = (tls ? https : http).request({ ...(tls || { socketPath: socketOf(), agent: false }), method, path: where,
      headers: { 'Accept-Language': 'en', ...headers } }, async (answer) => {
      let text = '';
      for await (const chunk of answer.setEncoding('utf8')) text += chunk;
      resolve({ status: answer.statusCode, headers: answer.headers, text, json: text.startsWith('{') ? JSON.parse(text) : undefined });
    });
    asked.on('error', reject);
    asked.end(bytes);
  });
}
const get = (where, options) => admin('GET', where, options);
const post = (where, body, options) => admin('POST', where, { body, ...options });

/** A command's exit status, output and complaints. */
function overblik(...words) {
  const { status, stdout, stderr } = spawnSync(path.join(build, 'overblik'), [...words, '-c', gateway.conf], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}
const overblikAsync = (...words) => new Promise((resolve) => {
  const program = spawn(path.join(build, 'overblik'), [...words, '-c', gateway.conf], { stdio: 'ignore' });
  program.once('exit', resolve);
});

const lines = () => gateway.logged().split('\n').filter(Boolean).map((line) => JSON.parse(line));
const stateOf = async (id, citizen = 'jens') =>
  (await gateway.overview(citizen)).json.sources.find((source) => source.id === id);
const planned = async (id, body = {}) => (await post('/plan', { citizen: 'jens', portal: 'demo-portal', municipalities: ['0710'], ...body }))
  .json.sources.find(({ source }) => source === id);

// --- the door ----------------------------------------------------------------------------------------

test('the socket is for the process\'s user alone, and every resource answers there', async () => {
  const { mode } = statSync(socketOf());
  assert.equal(mode & 0o777, 0o600);
  for (const where of ['/status', '/sources', '/sources/atp.pension', '/log/level', '/metrics', '/configuration']) {
    const { status, headers } = await get(where);
    assert.equal(status, 200, where);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal((await admin('HEAD', where)).status, 200, where);
  }
  assert.equal((await get('/status')).json.ready, true);
  assert.equal((await get('/configuration')).json.revision, (await gateway.get('/readyz')).json.revision);
});

test('what is not there, and methods that are not', async () => {
  for (const where of ['/', '/nothing', '/sources/', '/sources/a/b', '/sources/nobody', '/explain/short', '/v1/overview',
    '/explain/019ac9f0-0000-7000-8000-000000000000', '/sources/atp.pension/explode'])
    assert.equal((await get(where)).status, 404, where);
  const { status, headers } = await admin('DELETE', '/log/level');
  assert.equal(status, 405);
  assert.equal(headers.allow, 'GET, HEAD, PUT');
  assert.equal((await admin('PUT', '/sources/atp.pension/disable')).headers.allow, 'POST');
  assert.equal((await gateway.get('/status')).status, 404, 'nor is any of it at the portals\' door');
});

test('by TLS: a certificate, and the role that it has', async () => {
  await assert.rejects(get('/status', { as: '' }), 'nobody without a certificate');
  await assert.rejects(get('/status', { as: 'other-client' }), 'nor with a stranger\'s');
  const { status, json } = await get('/status', { as: 'gateway-client' });
  assert.equal(status, 403, 'nor with one that the policy does not name');
  assert.match(json.detail, /needs the role viewer; yours is none/);
  assert.equal((await get('/status', { as: 'viewer' })).status, 200);
  assert.equal((await get('/report', { as: 'viewer' })).status, 200);
  assert.equal((await get('/report', { as: 'gateway-client' })).status, 403);
  assert.equal((await post('/plan', { citizen: 'jens', portal: 'demo-portal' }, { as: 'viewer' })).status, 200);
  for (const [method, where] of [['POST', '/sources/atp.pension/disable'], ['POST', '/sources/atp.pension/rearm'],
    ['PUT', '/log/level'], ['POST', '/reload']]) {
    const refused = await admin(method, where, { body: { reason: 'x' }, as: 'viewer' });
    assert.equal(refused.status, 403, where);
  }
  assert.equal((await get('/sources/atp.pension')).json.mode, 'on', 'nothing came of it');
  const done = await post('/sources/atp.pension/enable', { reason: 'by olga' }, { as: 'operator' });
  assert.equal(done.status, 200);
  await waitUntil(() => gateway.recorded().some(({ event, who, why }) => event === 'admin' && who === 'olga' && why === 'by olga'));
});

test('an operator reads the whole record, page by page; who else may not', async () => {
  const { json: { receipt } } = await gateway.overview('jens', { query: '?source=atp.pension' });
  await waitUntil(() => gateway.recorded().filter((line) => line.receipt === receipt).length === 2);
  const its = await get(`/log?receipt=${receipt}&limit=1`, { as: 'operator' });
  assert.deepEqual(its.json.records.map(({ event }) => event), ['intent', 'outcome']);
  assert.equal(its.json.next, null);
  assert.equal(its.headers['cache-control'], 'no-store');

  const before = gateway.recorded();
  const seen = [];
  for (let next = '?limit=3'; next;) {
    const { status, json } = await get(`/log${next}`);
    assert.equal(status, 200);
    assert.ok(json.records.length <= 3);
    seen.push(...json.records);
    next = seen.length < before.length ? json.next : null;
  }
  assert.deepEqual(seen.slice(0, before.length), before);
  await waitUntil(() => gateway.recorded().some(({ event, who, what }) => event === 'admin' && who === 'olga' && what === 'log-read'));
  assert.ok(lines().some(({ event, who, what }) => event === 'admin' && who === 'olga' && what === 'log-read'));
  for (const as of ['viewer', 'authority', 'gateway-client'])
    assert.equal((await get(`/log?receipt=${receipt}`, { as })).status, 403, as);
  for (const wrong of ['limit=0', 'limit=1001', 'limit=x', 'from=-1', 'node=', 'receipt=1', 'cvr=43405810', 'limit=%zz', `node=${'n'.repeat(65)}`])
    assert.equal((await get(`/log?${wrong}`)).status, 400, wrong);
  assert.deepEqual((await get('/log?node=nobody')).json, { records: [], next: null });
  assert.deepEqual((await get('/log?from=999999&node=node-1')).json, { records: [], next: null });
});

test('an authority reads when its own data were shown, and nothing else; the certificate says whose', async () => {
  const { json: { receipt, sources } } = await gateway.overview('jens');
  assert.ok(sources.filter(({ items }) => items > 0).length > 2);
  await waitUntil(() => gateway.recorded().filter((line) => line.receipt === receipt).length === 2);
  const read = async (query, as) => {
    const disclosures = [];
    for (let next = query; next;) {
      const { status, json } = await get(`/log/authority${next}`, { as });
      assert.equal(status, 200);
      disclosures.push(...json.disclosures);
      next = json.next;
    }
    return disclosures;
  };
  const own = await read('?limit=1', 'authority');
  assert.ok(own.length > 0);
  for (const line of own) {
    assert.deepEqual(Object.keys(line).sort(), ['items', 'receipt', 'source', 'time']);
    assert.equal(line.source, 'atp.pension');
  }
  assert.deepEqual(own.filter((line) => line.receipt === receipt).map(({ source }) => source), ['atp.pension']);
  assert.deepEqual(await read('?cvr=43405810', 'authority'), own);
  const other = await get('/log/authority?cvr=29189714', { as: 'authority' });
  assert.equal(other.status, 403, 'nobody sees another\'s');
  assert.match(other.json.detail, /that of authority 43405810/);
  assert.ok((await read('?cvr=29189714')).length > 0, 'which there is');
  assert.deepEqual(await read('?cvr=43405810', 'viewer'), own);
  assert.deepEqual(await read('?first=2999-01-01', 'authority'), []);
  assert.deepEqual(await read('?last=2000-01-01', 'authority'), []);
  assert.deepEqual(await read('?first=2000-01-01&last=2999-01-01&limit=2', 'authority'), own);
  for (const where of ['/status', '/explain/x', '/metrics', '/configuration', '/log/level', '/log'])
    assert.equal((await get(where, { as: 'authority' })).status, 403, where);
  assert.deepEqual((await get('/sources', { as: 'authority' })).json.sources.map(({ id }) => id), ['atp.pension']);
  assert.equal((await get('/sources/star.ydelser', { as: 'authority' })).status, 404);
  assert.equal((await post('/plan', { citizen: 'jens', portal: 'demo-portal' }, { as: 'authority' })).status, 403);
  for (const wrong of ['', '?cvr=1', '?cvr=abcdefgh', '?first=today', '?receipt=x', '?limit=0'])
    assert.equal((await get(`/log/authority${wrong}`)).status, 400, wrong);
  await waitUntil(() => gateway.recorded().some(({ event, who, what, target }) =>
    event === 'admin' && who === 'atp' && what === 'log-authority' && target === '43405810'));
});

test('a write says why, in words without personal numbers, and is noted twice', async () => {
  assert.equal((await post('/sources/atp.pension/enable', {})).status, 400);
  assert.equal((await post('/sources/atp.pension/enable')).status, 400);
  assert.equal((await post('/sources/atp.pension/enable', { reason: ' ' })).status, 400);
  assert.equal((await post('/sources/atp.pension/enable', { reason: 'x'.repeat(401) })).status, 400);
  assert.equal((await post('/sources/atp.pension/enable', undefined, { headers: { 'Overblik-Reason': 'in a field' } })).status, 200);
  assert.equal((await post('/sources/atp.pension/enable', { reason: 'asked by 610170-9995 "himself"' })).status, 200);
  const why = 'asked by ******-**** "himself"';
  assert.ok(lines().some((line) => line.event === 'admin' && line.what === 'on' && line.target === 'atp.pension' && line.why === why));
  await waitUntil(() => gateway.recorded().some((line) => line.event === 'admin' && line.why === why && line.who && line.time));
});

test('bad bodies are refused, and change nothing', async () => {
  const reason = 'a test';
  const source = '/sources/udk.sager';
  for (const [where, body, detail] of [
    [`${source}/disable`, 'no json', /one JSON object/],
    [`${source}/disable`, '[]', /one JSON object/],
    [`${source}/disable`, '{"reason":"a","reason":"b"}', /one JSON object/],
    [`${source}/disable`, { reason, authority: '12345678' }, /unknown member "authority"/],
    [`${source}/enable`, { reason, until: '2030-01-01T00:00:00Z' }, /unknown member "until"/],
    [`${source}/maintenance`, { reason, until: 'tomorrow' }, /a time to come/],
    [`${source}/maintenance`, { reason, until: '2020-01-01T00:00:00Z' }, /a time to come/],
    [`${source}/maintenance`, { reason, until: 5 }, /a time to come/],
    [`${source}/maintenance`, { reason, message: 'closed' }, /both languages/],
    [`${source}/maintenance`, { reason, message: { da: 'lukket' } }, /both languages/],
    [`${source}/maintenance`, { reason, message: { da: 'lukket', en: '' } }, /both languages/],
    [`${source}/rearm`, { reason, authority: '1234' }, /eight digits/],
    [`${source}/rearm`, { reason, authority: 12345678 }, /eight digits/],
    ['/plan', {}, /one of the two/],
    ['/plan', { citizen: 'jens', token: 'x', portal: 'demo-portal' }, /one of the two/],
    ['/plan', { citizen: 'nobody', portal: 'demo-portal' }, /test_citizens/],
    ['/plan', { citizen: 'jens' }, /id of a portal/],
    ['/plan', { citizen: 'jens', portal: 'nobody' }, /id of a portal/],
    ['/plan', { citizen: 'jens', portal: 'demo-portal', level: 'best' }, /low, substantial or high/],
    ['/plan', { citizen: 'jens', portal: 'demo-portal', municipalities: ['9999'] }, /municipality 1 of the list/],
    ['/plan', { citizen: 'jens', portal: 'demo-portal', municipalities: [710] }, /municipality 1 of the list/],
    ['/plan', { citizen: 'jens', portal: 'demo-portal', municipalities: '0710' }, /a list of at most/],
    ['/plan', { citizen: 'jens', portal: 'demo-portal', municipalities: Array(6).fill('0710') }, /at most 5/],
    ['/plan', { token: 'a.b.c', portal: 'demo-portal' }, /token is refused/],
  ]) {
    const { status, json } = await post(where, body);
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(json.detail, detail, JSON.stringify(body));
  }
  assert.equal((await post('/sources/nobody/disable', { reason })).status, 404);
  assert.equal((await post(`${source}/rearm`, { reason, authority: '12345678' })).status, 404, 'it was not off');
  assert.equal((await get(source)).json.mode, 'on');
  assert.equal((await admin('PUT', '/log/level', { body: { level: 'loud' } })).status, 400);
});

// --- sources -----------------------------------------------------------------------------------------

test('disable, drain and maintenance: the plan, the citizen and a restart', async () => {
  const until = '2031-05-01T08:00:00+02:00';
  const message = { da: 'ATP flytter lige nu', en: 'ATP is moving house' };
  for (const [action, body, mode, state] of [
    ['disable', {}, 'disabled', 'open'],
    ['drain', {}, 'draining', 'open'],
    ['maintenance', { until, message }, 'maintenance', 'closed'],
  ]) {
    const { status, json } = await post(`/sources/atp.pension/${action}`, { reason: 'planned', ...body });
    assert.equal(status, 200);
    assert.equal(json.mode, mode);
    const row = await planned('atp.pension');
    assert.deepEqual([row.ask, row.skip, row.rule], [false, state, mode]);
    const asked = (await gateway.calls()).atp.calls;
    assert.equal((await stateOf('atp.pension')).state, state);
    assert.equal((await gateway.calls()).atp.calls, asked, 'it is not asked');
  }
  await gateway.daemon.end();
  await gateway.launch();
  await gateway.ready();
  const { json } = await get('/sources/atp.pension');
  assert.deepEqual([json.mode, json.until, json.message], ['maintenance', until, message]);
  assert.equal((await stateOf('atp.pension')).state, 'closed');
  const page = (await get('/metrics')).text;
  assert.match(page, /^overblik_source_mode\{source="atp\.pension",mode="maintenance"\} 1$/m);
  assert.equal((await post('/sources/atp.pension/enable', { reason: 'moved' })).json.mode, 'on');
  assert.equal((await stateOf('atp.pension')).state, 'answered');
  assert.deepEqual((await planned('atp.pension')).ask, true);
});

test('a source that answered with a foreign citizen\'s data is re-armed by a human', async () => {
  await gateway.sandbox.fault({ authority: 'atp', fault: 'foreign', times: 1 });
  assert.equal((await stateOf('atp.pension')).state, 'foreign');
  await gateway.sandbox.clear();
  assert.equal((await stateOf('atp.pension')).state, 'open');
  assert.match(overblik('sources').out, /atp\.pension +(OFF: foreign answer|on; 1 authorities OFF)/);
  assert.equal((await planned('atp.pension')).rule, 'foreign');
  const { status, out } = overblik('source', 'rearm', 'atp.pension', '--reason', 'ATP has mended it');
  assert.equal(status, 0);
  assert.match(out, /atp\.pension.*: on/);
  assert.equal((await stateOf('atp.pension')).state, 'answered');
  await gateway.daemon.end();
  await gateway.launch();
  await gateway.ready();
  assert.equal((await stateOf('atp.pension')).state, 'answered', 'also after a restart');
});

test('one authority of a source is re-armed alone', async () => {
  await gateway.sandbox.fault({ authority: 'municipal', path: '/sagdokumentindeks/6', fault: 'foreign', times: 1 });
  await gateway.overview('mads', { query: '?municipality=0710' });
  await gateway.sandbox.clear();
  const { authorities_off: off } = (await get('/sources/kommuner.sager')).json;
  assert.equal(off.length, 1);
  const done = overblik('source', 'rearm', 'kommuner.sager', '--authority', off[0], '--reason', 'seen');
  assert.equal(done.status, 0, done.err);
  assert.deepEqual((await get('/sources/kommuner.sager')).json.authorities_off, []);
});

// --- explaining --------------------------------------------------------------------------------------

test('an overview is explained by its receipt, without anybody\'s data', async () => {
  await gateway.sandbox.fault({ authority: 'star', fault: 'error-html' });
  const { json: document, text: shown } = await gateway.overview('jens');
  await gateway.sandbox.clear();
  const { status, json, text } = await get(`/explain/${document.receipt}`);
  assert.equal(status, 200);
  assert.equal(json.receipt, document.receipt);
  assert.equal(json.revision, (await get('/configuration')).json.revision);
  assert.deepEqual(json.sources.map(({ source, state }) => [source, state]), document.sources.map(({ id, state }) => [id, state]));
  for (const { source, planned: asked, state, timeline, started_us: began, settled_us: settled } of json.sources) {
    assert.equal(asked, true, source);
    assert.ok(timeline.length > 0, source);
    for (const { started_us, connected_us, first_byte_us, ended_us, http_status } of timeline) {
      assert.ok(began <= started_us && started_us <= connected_us && connected_us <= first_byte_us && first_byte_us <= ended_us
        && ended_us <= settled + 1000, `${source}: ${JSON.stringify(timeline)}`);
      assert.equal(http_status, source.startsWith('star.') ? 500 : 200);
    }
    assert.equal(state === 'failed', source.startsWith('star.'));
  }
  const jens = citizenOf('jens');
  for (const secret of [jens.cpr, jens.name, ...document.items.flatMap(({ handle, title }) => [handle, title])])
    assert.ok(shown.includes(secret) || secret === jens.cpr ? !text.includes(secret) : true, secret);
  for (const { subject } of gateway.recorded().filter((line) => line.subject)) assert.ok(!text.includes(subject));

  const told = overblik('explain', document.receipt);
  assert.equal(told.status, 0);
  assert.match(told.out, /^star\.ydelser +FA failed +\d+\.\d ms/m);
  assert.match(told.out, /^ +page 1 first: started \d+\.\d, (reused|connected) \d+\.\d, first byte \d+\.\d, ended \d+\.\d ms; ok, HTTP 500/m);
  assert.deepEqual(JSON.parse(overblik('explain', document.receipt, '--json').out), json);
  assert.equal(overblik('explain', 'nonsense').status, 64);
  const gone = overblik('explain', '019ac9f0-0000-7000-8000-000000000000');
  assert.equal(gone.status, 66);
  assert.match(gone.err, /the newest 10000 are/);
});

test('a client that left is explained too', async () => {
  await gateway.sandbox.fault({ authority: 'atp', fault: 'never' });
  const asked = (await gateway.calls()).atp.calls;
  const { answer } = await gateway.begin(`/v1/overview${gateway.query('jens')}`, {
    headers: { Authorization: `Bearer ${gateway.token('jens')}`, Accept: 'application/x-ndjson' } });
  const receipt = answer.headers['overblik-receipt'];
  await waitUntil(async () => (await gateway.calls()).atp.calls > asked);
  answer.on('error', () => {}).destroy();
  let explained;
  await waitUntil(async () => (explained = await get(`/explain/${receipt}`)).status === 200);
  await gateway.sandbox.clear();
  assert.equal(explained.json.status, null);
  assert.equal(explained.json.sources.find(({ source }) => source === 'atp.pension').state, 'abandoned');
  assert.match(overblik('explain', receipt).out, /the client had left/);
});

// --- planning ----------------------------------------------------------------------------------------

test('a dry run asks nobody, and says why not', async () => {
  const before = await gateway.calls();
  const { json } = await post('/plan', { citizen: 'jens', portal: 'demo-portal', level: 'low', municipalities: ['0710', '0101'] });
  assert.equal(json.level, 'low');
  assert.ok(json.sources.every(({ ask, skip }) => !ask && skip === 'level'));
  const { json: alone } = await post('/plan', { token: gateway.token('jens') });
  assert.equal(alone.portal, 'demo-portal', 'a token says its portal itself');
  assert.ok(alone.sources.filter(({ source }) => source.startsWith('kommuner.')).every(({ skip }) => skip === 'municipality'));
  assert.ok(alone.sources.find(({ source }) => source === 'atp.pension').ask);
  const { status, out } = overblik('plan', '--citizen', 'jens', '--portal', 'demo-portal', '--municipality', '0710', '0101');
  assert.equal(status, 0);
  assert.match(out, /kommuner\.sager\/0101 +ask/);
  assert.equal(overblik('plan', '--citizen', 'jens').status, 64);
  assert.equal(overblik('plan', '--citizen', 'nobody', '--portal', 'demo-portal').status, 64);
  assert.deepEqual(Object.values(await gateway.calls()).map(({ calls }) => calls), Object.values(before).map(({ calls }) => calls));
});

test('a dry run of acting for another: what the mandate opens, and what it does not', async () => {
  const asker = { citizen: 'jens', portal: 'demo-portal', municipalities: ['0710'] };
  const { json } = await post('/plan', { ...asker, mandate: { privileges: ['urn:dk:overblik:pension'] } });
  const of = (id) => json.sources.find(({ source }) => source === id);
  assert.deepEqual([of('atp.pension').ask, of('atp.pension').covered], [true, ['benefit']]);
  assert.deepEqual([of('politi.akkreditiver').skip, of('politi.akkreditiver').rule, of('politi.akkreditiver').covered],
    ['not_covered', 'mandate', []]);
  const { json: own } = await post('/plan', asker);
  assert.ok(own.sources.every(({ covered }) => covered === null));
  for (const mandate of [true, 'x', [], {}, { privileges: [] }, { privileges: 'urn:x' }, { privileges: [1] },
    { privileges: ['urn:x'], kle: '27.*' }, { privileges: ['urn:x'], kle: ['x'] }, { privileges: ['urn:x'], person: 'jens' },
    { privileges: Array(33).fill('urn:x') }])
    assert.equal((await post('/plan', { ...asker, mandate })).status, 400, JSON.stringify(mandate));
  const { status, out } = overblik('plan', '--citizen', 'jens', '--portal', 'demo-portal', '--municipality', '0710',
    '--privilege', 'urn:dk:overblik:sager', '--kle', '27.*');
  assert.equal(status, 0);
  assert.match(out, /kommuner\.sager\/0710 +ask +at most \d+ ms; the mandate opens case, document\n/);
  assert.match(out, /politi\.akkreditiver +skip +not_covered, by rule mandate\n/);
  assert.equal(overblik('plan', '--citizen', 'jens', '--portal', 'demo-portal', '--kle', '27.*').status, 64);
});

// --- metrics -----------------------------------------------------------------------------------------

/** {"name{labels}": value} */
const scrape = async () => Object.fromEntries((await get('/metrics')).text.split('\n')
  .filter((line) => line && !line.startsWith('#')).map((line) => {
    const at = line.lastIndexOf(' ');
    return [line.slice(0, at), Number(line.slice(at + 1))];
  }));

test('fifty overviews are fifty in every sum, over both workers', async () => {
  const COUNT = 50;
  const sources = (await get('/sources')).json.sources.map(({ id }) => id);
  const before = await scrape();
  const token = gateway.token('jens');
  for (let i = 0; i < COUNT; i += 10) {
    const answers = await Promise.all(Array.from({ length: 10 }, () => gateway.overview('jens', { token })));
    for (const { json } of answers) assert.equal(json.summary.complete, true);
  }
  await gateway.overview('jens', { token: 'nonsense' });
  const now = await scrape();
  const grown = (name) => now[name] - (before[name] ?? 0);
  for (const id of sources) {
    assert.equal(grown(`overblik_source_requests_total{source="${id}",outcome="answered"}`), COUNT, id);
    assert.equal(grown(`overblik_source_duration_seconds_count{source="${id}"}`), COUNT, id);
    assert.equal(grown(`overblik_source_duration_seconds_bucket{source="${id}",le="+Inf"}`), COUNT, id);
    assert.ok(grown(`overblik_source_calls_total{source="${id}"}`) >= COUNT, id);
    assert.ok(grown(`overblik_source_received_bytes_total{source="${id}"}`) > 100 * COUNT, id);
    assert.equal(now[`overblik_source_in_flight{source="${id}"}`], 0, id);
    assert.equal(now[`overblik_source_breaker{source="${id}",state="closed"}`], 1, id);
  }
  assert.equal(grown('overblik_http_replies_total{status="200"}'), COUNT);
  assert.equal(grown('overblik_http_replies_total{status="401"}'), 1);
  assert.equal(grown('overblik_tokens_refused_total'), 1);
  assert.equal(grown('overblik_token_cache_hits_total') + grown('overblik_token_cache_misses_total'), COUNT + 1);
  assert.ok(grown('overblik_token_cache_misses_total') <= 3);
  assert.equal(grown('overblik_explain_entries'), COUNT);
  assert.ok(now['overblik_issuer_keys_age_seconds{issuer="demo-issuer"}'] >= 0);
  assert.ok(now['overblik_certificate_left_seconds{use="door",holder=""}'] > 86400);
  assert.ok(now['overblik_certificate_left_seconds{use="client",holder="atp.pension"}'] > 86400);
  assert.ok(now['overblik_worker_loop_lag_seconds_count{worker="1"}'] > 0);
  assert.equal(now[`overblik_configuration_info{revision="${(await get('/configuration')).json.revision}"}`], 1);
});

test('promtool finds no fault, and no label is a person\'s', async () => {
  const { text, headers } = await get('/metrics');
  assert.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
  const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  assert.equal(error, undefined);
  assert.equal(status, 0, stdout + stderr);
  assert.equal(stderr + stdout, '');
  const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, name]) => name));
  assert.deepEqual([...labels].sort(), ['holder', 'issuer', 'kind', 'le', 'mode', 'outcome', 'result', 'revision', 'source', 'state',
    'status', 'use', 'version', 'worker']);
});

test('reads are answered while overviews are under way', async () => {
  let running = 8;
  const client = async () => {
    for (let i = 0; i < 15; i++) assert.equal((await gateway.overview('jens')).status, 200);
    running--;
  };
  const reader = async (where) => {
    let reads = 0;
    for (; running > 0; reads++) assert.equal((await get(where)).status, 200, where);
    assert.ok(reads > 3, where);
  };
  await Promise.all([...Array.from({ length: 8 }, client), ...['/metrics', '/status', '/sources', '/configuration'].map(reader)]);
});

// --- the log, the configuration ----------------------------------------------------------------------

test('a request is one line of JSON with two letters a source', async () => {
  const { json } = await gateway.overview('jens');
  const line = lines().find(({ receipt, event }) => receipt === json.receipt && event === 'overview');
  assert.equal(line.status, 200);
  assert.equal(line.level, 'info');
  assert.equal(line.revision, (await get('/configuration')).json.revision);
  assert.ok(Number.isInteger(line.ms));
  assert.match(line.sources, /^kommuner\.sager\/0710:AN:\d+ kommuner\.ydelser\/0710:AN:\d+ udk\.sager:AN:\d+ /);
});

test('how much is logged changes at once; what operators do is recorded all the same', async () => {
  assert.equal(overblik('log', 'level').out, 'info\n');
  assert.equal(overblik('log', 'level', 'error').out, 'error\n');
  const { length } = lines();
  const { json } = await gateway.overview('jens');
  assert.equal((await post('/sources/atp.pension/enable', { reason: 'unheard' })).status, 200);
  assert.ok(!lines().slice(length).some(({ receipt }) => receipt === json.receipt));
  await waitUntil(() => gateway.recorded().some(({ why }) => why === 'unheard'));
  assert.equal(overblik('log', 'level', 'info').out, 'info\n');
  assert.equal(lines().at(-1).what, 'log-level');
  assert.equal(overblik('log', 'level', 'loud').status, 64);
  assert.equal(overblik('log').status, 64);
});

test('reload: each who asks is told what came of it', async () => {
  const source = gateway.file('conf/sources/atp.pension.json');
  const good = readFileSync(source);
  const { revision } = (await get('/configuration')).json;
  const { reloads_accepted: before } = (await get('/configuration')).json;
  const answers = await Promise.all(Array.from({ length: 5 }, () => post('/reload')));
  for (const { status, json } of answers) assert.deepEqual([status, json.accepted, json.revision], [200, true, revision]);
  try {
    writeFileSync(source, good.toString().replace(/("dialect" ?: ?)"borgervendt"/, '$1"nobody"'));
    const { status, err } = overblik('reload');
    assert.equal(status, 78);
    assert.match(err, /atp\.pension\.json:\d+:\d+: .*dialect/);
    const { json } = await get('/configuration');
    assert.equal(json.revision, revision, 'the old one stays');
    assert.match(json.last_refused.faults[0].where, /atp\.pension\.json:\d+:\d+$/);
    assert.equal(json.reloads_refused, 1);
    assert.ok(json.reloads_accepted > before);
    assert.equal((await gateway.overview('jens')).status, 200);
    assert.match(overblik('status').out, /the last reload was REFUSED/);
  } finally {
    writeFileSync(source, good);
  }
  assert.match(overblik('reload').out, /^in force: [0-9a-f]{16}$/m);
  assert.equal((await get('/configuration')).json.last_refused, null);
});

// --- the commands ------------------------------------------------------------------------------------

test('commands say what they need, and what to do when it is missing', async () => {
  assert.match(overblik('status').out, /^ready, version /);
  assert.equal(JSON.parse(overblik('status', '--json').out).ready, true);
  assert.equal(JSON.parse(overblik('sources', '--json').out).sources.length, 10);
  assert.match(overblik('source', 'show', 'atp.pension').out, /^atp\.pension \(ATP\): on$/m);
  for (const words of [['source'], ['source', 'explode', 'atp.pension'], ['source', 'disable', 'atp.pension'],
    ['source', 'disable', '../status', '--reason', 'x'], ['source', 'maintenance', 'atp.pension', '--reason', 'x', '--message-da', 'y']])
    assert.equal(overblik(...words).status, 64, words.join(' '));
  assert.equal(overblik('source', 'disable', 'nobody', '--reason', 'x').status, 66);
  for (const command of ['status', 'sources', 'source', 'plan', 'explain', 'log', 'reload']) {
    const { status, out } = overblik(command, '--help');
    assert.equal(status, 0);
    assert.match(out, new RegExp(`^usage: overblik ${command}`));
  }
  const nobody = overblik('status', '--socket', '/nowhere/admin.sock');
  assert.equal(nobody.status, 69);
  assert.match(nobody.err, /nobody listens at \/nowhere\/admin\.sock\. Is overblikd running\?/);
});

test('commands at once, while the gateway works', async () => {
  const statuses = await Promise.all(Array.from({ length: 8 }, (_, i) =>
    overblikAsync(['status', 'sources', 'reload', 'log'][i % 4], ...(i % 4 === 3 ? ['level'] : []))));
  assert.deepEqual(statuses, Array(8).fill(0));
});

test('a socket in use is not taken over; one that a killed process left is', async () => {
  const second = new Program([path.join(build, 'overblikd'), '-c', gateway.conf], gateway.log('admin-second'));
  assert.equal(await second.ended, 69);
  assert.equal((await get('/status')).status, 200, 'the first one\'s socket stays');
  await gateway.daemon.end('SIGKILL');
  assert.ok(existsSync(socketOf()));
  await gateway.launch();
  await gateway.ready();
  assert.equal((await get('/status')).status, 200);
  assert.equal(await gateway.daemon.end(), 0);
  assert.ok(!existsSync(socketOf()), 'it goes with its process');
  assert.equal(overblik('status').status, 69);
  await gateway.launch();
  await gateway.ready();
});

test('no personal number, no token and no name came into the log', () => {
  const log = gateway.logged();
  const { cpr, name } = citizenOf('jens');
  for (const secret of [cpr, `${cpr.slice(0, 6)}-${cpr.slice(6)}`, name]) assert.ok(!log.includes(secret));
  assert.ok(!/eyJ[\w-]{8}/.test(log));
});
