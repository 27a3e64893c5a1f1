// SPDX-License-Identifier: MIT
//
// The sandbox, spoken to as the gateway does: it answers those who may ask, refuses the others, and
// every fault can be seen on the wire. A fault without a look at it here fails the test.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { citizens, numberOf, root, Sandbox, waitUntil } from './sandbox_client.mjs';
import { vendorLooks } from './sandbox_vendor_faults.mjs';

const BENEFITS = '/hentydelsesliste/v2.1.0';
const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-test-'));
const log = path.join(process.env.OVERBLIK_LOGS ?? folder, 'sandbox.log');
let sandbox;
let captured;

before(async () => {
  captured = path.join(folder, 'captured');
  mkdirSync(captured);
  sandbox = await Sandbox.start({ options: ['--capture', captured], log });
});
beforeEach(() => sandbox.clear());
after(() => rmSync(folder, { recursive: true }));

const atp = (citizen = 'jens', options) => sandbox.call('atp', BENEFITS, citizen, options);
const callsOf = async (authority) => (await sandbox.control('GET', '/calls')).json[authority];

// --- who may ask -----------------------------------------------------------------------------------

test('an answer names the citizen and the request', async () => {
  const answer = await atp('jens', { fields: { 'X-Request-Id': 'r-1' } });
  assert.equal(answer.status, 200);
  assert.equal(answer.json['CPR-nr'], numberOf('jens'));
  assert.equal(answer.json.anmodningsID, 'r-1');
  assert.ok(answer.json.BorgervendtOekonomiskYdelse.length > 0);
});

test('each authority listens on a port of its own and asks for the token', async () => {
  const { 'demo-issuer': issuer, control, ...authorities } = sandbox.ports;
  assert.deepEqual(Object.keys(authorities), ['municipal', 'udbetaling-danmark', 'star', 'atp', 'rigspolitiet',
    'digitaliseringsstyrelsen', 'klassifikation', 'digital-fuldmagt']);
  assert.equal(new Set(Object.values(sandbox.ports)).size, 10);
  for (const authority of Object.keys(authorities)) {
    const refused = await sandbox.call(authority, '/', 'jens', { fields: { Authorization: undefined } });
    assert.equal(refused.status, 401, authority);
    const admitted = await sandbox.call(authority, '/', 'jens');
    assert.equal(admitted.status, 404, authority);
  }
});

test('the municipal services speak SOAP', async () => {
  for (const [authority, index] of [['municipal', '/sagdokumentindeks/6'], ['municipal', '/ydelsesindeks/6'],
    ['klassifikation', '/klassifikation/klasse/7'], ['digital-fuldmagt', '/fuldmagt/1']]) {
    const fields = { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: '"fremsoeg"' };
    const answer = await sandbox.call(authority, index, 'jens', { body: '<wrong/>', fields });
    assert.equal(answer.status, 500);
    assert.match(answer.head, /Content-Type: text\/xml/);
    assert.match(answer.text, /faultcode/);
  }
});

test('curl is served with the certificates of make-certs', () => {
  const args = (...more) => ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '--cacert',
    path.join(sandbox.certs, 'ca.pem'), ...more, `https://localhost:${sandbox.ports.atp}${BENEFITS}`];
  const pair = ['--cert', path.join(sandbox.certs, 'gateway-client.pem'), '--key',
    path.join(sandbox.certs, 'gateway-client.key')];
  assert.equal(spawnSync('curl', args(...pair), { encoding: 'utf8' }).stdout, '401');
  const nobody = spawnSync('curl', args(), { encoding: 'utf8' });
  assert.notEqual(nobody.status, 0);
  assert.match(nobody.stderr, /certificate required/);
});

test('without a client certificate, or with a stranger\'s, there is no answer', async () => {
  for (const client of [null, 'other-client']) {
    const answer = await atp('jens', { client });
    assert.equal(answer.bytes.length, 0);
    assert.notEqual(answer.state, 'open');
  }
});

test('a wrong token is refused with 401 and a problem', async () => {
  const now = Math.floor(Date.now() / 1000);
  const tokens = {
    'another issuer': sandbox.assertion({ iss: 'https://other.example' }),
    'another audience': sandbox.assertion({ aud: ['star.ydelser'] }),
    expired: sandbox.assertion({ iat: now - 120, exp: now - 60 }),
    'living too long': sandbox.assertion({ exp: now + 3600 }),
    'another certificate': sandbox.assertion({ cnf: { 'x5t#S256': 'A'.repeat(43) } }),
    unbound: sandbox.assertion({ cnf: undefined }),
    'another key': sandbox.assertion({}, { key: 'token-es256.key' }),
    'another algorithm': sandbox.assertion({}, { header: { alg: 'none' } }),
    nonsense: 'a.b.c',
  };
  const before = (await callsOf('atp')).unauthorized;
  for (const [what, token] of Object.entries(tokens)) {
    const answer = await atp('jens', { fields: { Authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 401, what);
    assert.match(answer.head, /WWW-Authenticate: Bearer/);
    assert.match(answer.head, /Content-Type: application\/problem\+json/);
    assert.equal(answer.json.type, 'Data-source-security-error');
  }
  assert.equal((await callsOf('atp')).unauthorized, before + Object.keys(tokens).length);
});

test('other wrong requests are refused by their own status', async () => {
  const head = async (options, service = BENEFITS) => (await sandbox.call('atp', service, 'jens', options)).status;
  assert.equal(await head({ fields: { 'X-Request-Id': undefined } }), 400);
  assert.equal(await head({}, '/hentsagsliste/v2.0.0'), 404);
  assert.equal(await head({ method: 'GET', body: '' }), 405);
  assert.equal(await head({ body: 'no JSON' }), 400);
});

test('one connection serves call after call', async () => {
  const socket = sandbox.connect('atp');
  for (let i = 0; i < 3; i++) {
    const exchange = sandbox.send(socket, sandbox.request(BENEFITS, 'jens'));
    await waitUntil(() => exchange.isWhole);
    assert.equal(exchange.status, 200);
    socket.removeAllListeners('data');
  }
  const last = sandbox.send(socket, sandbox.request(BENEFITS, 'jens', { fields: { Connection: 'close' } }));
  await waitUntil(() => last.state === 'closed');
  assert.equal(last.status, 200);
});

test('a malformed request ends its connection only', async () => {
  for (const bytes of ['GARBAGE\r\n\r\n', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n']) {
    const exchange = sandbox.send(sandbox.connect('atp'), bytes);
    await waitUntil(() => exchange.state !== 'open');
    assert.equal(exchange.bytes.length, 0);
  }
  assert.equal((await atp()).status, 200);
});

// --- faults ----------------------------------------------------------------------------------------

const problem = (status, type) => (answer) => {
  assert.equal(answer.status, status);
  assert.match(answer.head, /Content-Type: application\/problem\+json/);
  assert.deepEqual([answer.json.status, answer.json.type], [status, type]);
};
/** Has the connection ended, so that nothing more can come? */
const ended = (exchange) => exchange.state !== 'open';

/** Asks for a fault, once; the answer to the call under it. */
async function under(fault, { ms, times = 1, citizen = 'jens', ...options } = {}) {
  await sandbox.fault({ authority: 'atp', fault, ...(ms !== undefined && { ms }), times });
  return atp(citizen, options);
}

/** The call gets nothing while another one, begun later, is served. */
async function getsNothing(fault) {
  await sandbox.fault({ authority: 'atp', fault, times: 1 });
  const { calls } = await callsOf('atp');
  const socket = sandbox.connect('atp');
  const waiting = sandbox.send(socket, sandbox.request(BENEFITS, 'jens'));
  await waitUntil(async () => (await callsOf('atp')).calls > calls);
  assert.equal((await atp('lone')).status, 200);
  assert.deepEqual([waiting.state, waiting.bytes.length], ['open', 0]);
  const { departed } = await callsOf('atp');
  socket.destroy();
  await waitUntil(async () => (await callsOf('atp')).departed === departed + 1);
}

/** Looks at each fault on the wire. */
const looks = {
  async delay() {
    const answer = await under('delay', { ms: 200 });
    assert.equal(answer.status, 200);
    assert.ok(answer.took >= 199, `${answer.took} ms`);
  },
  async drip() {
    const answer = await under('drip', { ms: 1 });
    assert.equal(answer.json['CPR-nr'], numberOf('jens'));
    assert.ok(answer.took >= answer.body.length - 1, `${answer.took} ms for ${answer.body.length} bytes`);
    assert.ok(answer.pieces > 5, `${answer.pieces} pieces`);
  },
  async 'slow-head'() {
    const answer = await under('slow-head', { ms: 1 });
    assert.equal(answer.json['CPR-nr'], numberOf('jens'));
    assert.ok(answer.took >= answer.head.length - 1, `${answer.took} ms`);
  },
  async cut() {
    const answer = await under('cut', { isOver: ended });
    assert.equal(answer.status, 200);
    assert.ok(answer.body.length > 0 && !answer.isWhole);
    assert.equal(answer.state, 'closed');
  },
  async 'cut-head'() {
    const answer = await under('cut-head', { isOver: ended });
    assert.match(answer.text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.ok(!answer.text.includes('\r\n\r\n'));
  },
  never: () => getsNothing('never'),
  async reset() {
    // Node's TLS does not always tell a reset from an end; the test without TLS looks closer.
    const answer = await under('reset', { isOver: ended });
    assert.deepEqual([ended(answer), answer.bytes.length], [true, 0]);
  },
  async garbage() {
    const answer = await under('garbage', { isOver: ended });
    assert.equal(answer.bytes.length, 600);
    assert.ok(!answer.text.startsWith('HTTP/'));
  },
  async endless() {
    const answer = await under('endless', { isOver: ({ length }) => length > 8e6 });
    assert.equal(answer.status, 200);
    assert.deepEqual([answer.state, answer.isWhole], ['open', false]);
  },
  async 'late-extra'() {
    await sandbox.fault({ authority: 'atp', fault: 'late-extra', times: 1, ms: 20 });
    const exchange = sandbox.send(sandbox.connect('atp'), sandbox.request(BENEFITS, 'jens'));
    await waitUntil(() => exchange.isWhole);
    const once = exchange.head.length + Number(/Content-Length: (\d+)/.exec(exchange.head)[1]);
    await waitUntil(() => exchange.bytes.length === 2 * once);
    assert.deepEqual(exchange.bytes.subarray(0, once), exchange.bytes.subarray(once));
    assert.equal(exchange.state, 'open');
  },
  async 'two-lengths'() {
    const answer = await under('two-lengths', { isOver: (one) => one.text.endsWith('}') });
    const lengths = [...answer.head.matchAll(/\r\nContent-Length: (\d+)/g)].map(([, length]) => length);
    assert.deepEqual([lengths.length, new Set(lengths).size], [2, 2]);
  },
  async gzip() {
    const answer = await under('gzip');
    assert.match(answer.head, /Content-Encoding: gzip/);
    assert.equal(JSON.parse(gunzipSync(answer.body))['CPR-nr'], numberOf('jens'));
  },
  async 'wrong-charset'() {
    const answer = await under('wrong-charset');
    assert.equal(answer.status, 200);
    assert.throws(() => new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
  },
  async redirect() {
    const answer = await under('redirect');
    assert.equal(answer.status, 307);
    assert.match(answer.head, /\r\nLocation: \//);
  },
  async 'no-content'() {
    const answer = await under('no-content');
    assert.deepEqual([answer.status, answer.body.length], [204, 0]);
    assert.doesNotMatch(answer.head, /Content-Length/);
  },
  async 401() {
    problem(401, 'Data-source-security-error')(await under('401'));
  },
  async 403() {
    problem(403, 'Data-source-security-error')(await under('403'));
  },
  async 404() {
    problem(404, 'Data-source-error')(await under('404'));
  },
  async 429() {
    const answer = await under('429');
    problem(429, 'Data-source-error')(answer);
    assert.match(answer.head, /Retry-After: 7/);
  },
  async '503-retry-after'() {
    const answer = await under('503-retry-after');
    problem(503, 'Data-source-error')(answer);
    assert.match(answer.head, /Retry-After: 30/);
  },
  async 'error-html'() {
    const answer = await under('error-html');
    assert.equal(answer.status, 500);
    assert.match(answer.head, /Content-Type: text\/html/);
    assert.match(answer.text, /<html>/);
  },
  async error() {
    problem(500, 'Data-source-internal-error')(await under('error'));
  },
  async foreign() {
    const { json } = await under('foreign');
    assert.notEqual(json['CPR-nr'], numberOf('jens'));
    assert.ok(citizens.some(({ cpr }) => cpr === json['CPR-nr']));
  },
  async unnamed() {
    const { json } = await under('unnamed');
    assert.deepEqual([json['CPR-nr'], json.anmodningsID], [undefined, undefined]);
  },
  async 'wrong-echo'() {
    const { json } = await under('wrong-echo', { fields: { 'X-Request-Id': 'mine' } });
    assert.equal(json['CPR-nr'], undefined);
    assert.ok(json.anmodningsID && json.anmodningsID !== 'mine');
  },
  async 'wrong-type'() {
    assert.notDeepEqual(shapeOf((await under('wrong-type')).json), shapeOf((await atp()).json));
  },
  async duplicate() {
    const names = [...(await under('duplicate')).text.matchAll(/"CPR-nr":/g)];
    assert.equal(names.length, 2);
  },
  async huge() {
    const answer = await under('huge');
    assert.ok(answer.isWhole && answer.body.length >= 20e6, `${answer.body.length} bytes`);
  },
  async many() {
    const { json } = await under('many');
    assert.ok(json.BorgervendtOekonomiskYdelse.length > 10000);
  },
  async deep() {
    assert.match((await under('deep')).text, /\[{10000}/);
  },
  async 'looping-pages'() {
    await sandbox.fault({ authority: 'atp', fault: 'looping-pages' });
    const page = (sidemarkoer) =>
      atp('jens', {
        body: JSON.stringify({ 'CPR-nr': numberOf('jens'), myndighedsliste: ['43405810'], sidemarkoer }),
      });
    let next;
    for (let i = 0; i < 5; i++) {
      next = (await page(next)).json.naesteSide;
      assert.ok(next, `page ${i} names a next one`);
    }
  },
  async stale() {
    const { json } = await under('stale');
    assert.ok(new Date(json.datoTid) < Date.now() - 23 * 3600e3);
  },
  async refuse() {
    const idle = sandbox.send(sandbox.connect('atp'), sandbox.request(BENEFITS, 'jens'));
    await waitUntil(() => idle.isWhole);
    await sandbox.fault({ authority: 'atp', fault: 'refuse' });
    assert.equal((await atp('jens', { isOver: ended })).state, 'refused');
    await waitUntil(() => idle.state !== 'open');
    await sandbox.clear();
    assert.equal((await atp()).status, 200, 'the door is open again, at the same port');
  },
  async 'expired-certificate'() {
    const idle = sandbox.send(sandbox.connect('atp'), sandbox.request(BENEFITS, 'jens'));
    await waitUntil(() => idle.isWhole);
    await sandbox.fault({ authority: 'atp', fault: 'expired-certificate' });
    await waitUntil(() => idle.state !== 'open');
    assert.equal((await atp('jens', { isOver: ended })).state, 'CERT_HAS_EXPIRED');
    await sandbox.clear();
    assert.equal((await atp()).status, 200);
  },
  async 'silent-door'() {
    await sandbox.fault({ authority: 'atp', fault: 'silent-door' });
    const { connections } = await callsOf('atp');
    const raw = createConnection(sandbox.ports.atp, '127.0.0.1');
    const exchange = sandbox.send(raw, 'ClientHello');
    await waitUntil(async () => (await callsOf('atp')).connections > connections);
    assert.equal((await sandbox.call('star', BENEFITS, 'jens')).status, 200);
    assert.deepEqual([exchange.state, exchange.bytes.length], ['open', 0]);
    await sandbox.clear();
    await waitUntil(() => exchange.state !== 'open');
  },
  ...vendorLooks({ sandbox: () => sandbox, under, atp, ended }),
};

/** The types of a value's members, as one comparable value. */
function shapeOf(value) {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
  return typeof value;
}

const program = path.join(process.env.OVERBLIK_BUILD ?? path.join(root, 'build/asan'), 'overblik-sandbox');
const table = execFileSync(program, ['--faults'], { encoding: 'utf8' });
for (const [, fault] of table.matchAll(/^\| `([^`]+)` \|/gm))
  test(`fault ${fault} can be seen`, async () => {
    assert.ok(looks[fault], 'this test has a look at it');
    await looks[fault]();
    await sandbox.clear();
    assert.equal((await atp()).status, 200, 'and is over when it is ended');
  });

// --- control ---------------------------------------------------------------------------------------

test('a fault strikes whom it is for, as often as was asked', async () => {
  await sandbox.fault({ authority: 'atp', fault: '403', citizen: 'lone', times: 2 });
  assert.deepEqual((await sandbox.control('GET', '/faults')).json, {
    faults: [{ fault: '403', authority: 'atp', citizen: 'lone', times: 2 }],
  });
  const statuses = [];
  for (const citizen of ['lone', 'jens', 'lone', 'lone']) statuses.push((await atp(citizen)).status);
  assert.deepEqual(statuses, [403, 200, 403, 200]);
  assert.deepEqual((await sandbox.control('GET', '/faults')).json, { faults: [] });
});

test('a fault of one path leaves the others alone', async () => {
  await sandbox.fault({ authority: 'udbetaling-danmark', fault: '429', path: BENEFITS });
  assert.equal((await sandbox.call('udbetaling-danmark', BENEFITS, 'jens')).status, 429);
  assert.equal((await sandbox.call('udbetaling-danmark', '/hentsagsliste/v2.0.0', 'jens')).status, 200);
});

test('a citizen\'s own fault tells the story', async () => {
  assert.equal((await atp('clara')).status, 500);
  assert.equal((await sandbox.call('star', BENEFITS, 'clara')).status, 200);
  const { calls } = await callsOf('star');
  const slow = sandbox.connect('star');
  const waiting = sandbox.send(slow, sandbox.request(BENEFITS, 'soeren'));
  await waitUntil(async () => (await callsOf('star')).calls > calls);
  assert.equal((await sandbox.call('star', BENEFITS, 'jens')).status, 200);
  assert.deepEqual([waiting.state, waiting.bytes.length], ['open', 0]);
  slow.destroy();
});

test('the control port refuses wishes it cannot fulfil', async () => {
  for (const wish of ['no JSON', '{}', { fault: 'nothing' }, { fault: 'refuse', times: 1 },
    { fault: 'takes-no-token', citizen: 'jens' }]) {
    const { status, json } = await sandbox.control('POST', '/faults', wish);
    assert.equal(status, 400);
    assert.ok(json.detail);
  }
  assert.equal((await sandbox.control('GET', '/nothing')).status, 404);
  assert.equal((await sandbox.control('PUT', '/faults', '{}')).status, 404);
});

test('calls are counted, and told without numbers', async () => {
  const before = await callsOf('atp');
  await atp();
  const now = await callsOf('atp');
  assert.equal(now.calls, before.calls + 1);
  assert.equal(now.connections, before.connections + 1);
  assert.equal(now.paths[BENEFITS], before.paths[BENEFITS] + 1);
  assert.deepEqual(now.last_headers, ['Host', 'Authorization', 'X-Request-Id', 'Content-Type', 'Content-Length']);
});

test('captured calls are whole', async () => {
  const before = readdirSync(captured).length;
  const answer = await atp();
  const files = readdirSync(captured).sort().slice(-3);
  assert.equal(readdirSync(captured).length, before + 3);
  const read = Object.fromEntries(
    files.map((file) => [path.extname(file), readFileSync(path.join(captured, file), 'utf8')]),
  );
  assert.match(read['.head'], /^POST \/hentydelsesliste/);
  assert.equal(JSON.parse(read['.request'])['CPR-nr'], numberOf('jens'));
  assert.deepEqual(read['.answer'], answer.body.toString('utf8'));
});

// --- the issuer of demo tokens ---------------------------------------------------------------------

test('the issuer publishes discovery and the public keys', () => {
  const get = (where) =>
    spawnSync('curl', ['-sS', '-w', '\n%{http_code}', '--cacert', path.join(sandbox.certs, 'ca.pem'), where], {
      encoding: 'utf8',
    }).stdout.split(/\n(?=\d+$)/);
  const base = `https://localhost:${sandbox.ports['demo-issuer']}`;
  const [discovery, status] = get(`${base}/.well-known/openid-configuration`);
  assert.equal(status, '200');
  const { issuer, jwks_uri: keysAt } = JSON.parse(discovery);
  assert.equal(issuer, base);
  const { keys } = JSON.parse(get(keysAt)[0]);
  assert.deepEqual(keys.map(({ kid }) => kid).sort(), ['token-eddsa', 'token-es256', 'token-ps256', 'token-rs256']);
  for (const key of keys) assert.equal(key.d, undefined, 'no private half');
  assert.equal(get(`${base}/nothing`)[1], '404');
});

// --- the end ---------------------------------------------------------------------------------------

test('without TLS the contract is the same, tokens are bound to no certificate, a reset is a reset', async () => {
  const plain = await Sandbox.start({ options: ['--insecure'], log });
  const call = async () => {
    const fields = { Authorization: `Bearer ${plain.assertion({ cnf: undefined })}`, Connection: 'close' };
    const socket = createConnection(plain.ports.atp, '127.0.0.1');
    const exchange = plain.send(socket, plain.request(BENEFITS, 'jens', { fields }));
    await waitUntil(() => ended(exchange));
    return exchange;
  };
  const answer = await call();
  assert.deepEqual([answer.status, answer.state], [200, 'closed']);
  await plain.fault({ fault: 'reset' });
  const reset = await call();
  assert.deepEqual([reset.length, reset.state], [0, 'reset']);
  assert.equal(await plain.stop(), 0);
});

test('two sandboxes never share a port', () => {
  const second = spawnSync(program, ['--certs', sandbox.certs, '--data', path.join(root, 'adapters/sandbox'),
    '--port-base', String(sandbox.ports.municipal)], { encoding: 'utf8' });
  assert.equal(second.status, 1);
  assert.match(second.stderr, /municipal: .*in use/);
});

test('wrong options and missing files are said in words', () => {
  for (const [args, status, words] of [
    [[], 64, /usage/],
    [['--certs', folder, '--port-base', 'x'], 64, /no port/],
    [['--certs', '/nonexistent', '--data', path.join(root, 'adapters/sandbox')], 1, /assertion\.jwks\.json/],
    [['--certs', sandbox.certs, '--data', '/nonexistent'], 1, /citizens\.json/],
  ]) {
    const result = spawnSync(program, args, { encoding: 'utf8' });
    assert.equal(result.status, status);
    assert.match(result.stderr, words);
  }
});

test('the sandbox ends when asked, and its log holds no number', async () => {
  sandbox.send(sandbox.connect('atp'), sandbox.request(BENEFITS, 'jens').slice(0, 50));
  assert.equal(await sandbox.stop(), 0);
  const text = readFileSync(log, 'utf8');
  assert.match(text, /authority=atp path=\/hentydelsesliste\/v2\.1\.0 citizen=jens status=200 fault=-/);
  for (const { cpr } of citizens)
    for (const number of [cpr, `${cpr.slice(0, 6)}-${cpr.slice(6)}`]) assert.ok(!text.includes(number));
});
