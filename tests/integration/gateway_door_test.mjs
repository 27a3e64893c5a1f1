// SPDX-License-Identifier: MIT
//
// What strangers may do at the gateway's own doors, plain and TLS: malformed requests, wrong tokens,
// clients that are slow, flood, idle or leave, and issuers that rotate their keys or are down. Nothing of
// it may cost a good client an answer.

import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, signToken, tokenClaims, waitUntil } from './gateway.mjs';

const HEAD_MS = 3000;
let gateway;
before(async () => (gateway = await Gateway.start({
  name: 'gateway_door',
  settings: {
    door: { head_ms: HEAD_MS, tls_handshake_ms: HEAD_MS, idle_ms: 60000 },
    time: { soft_ms: 6000, hard_ms: 8000 },
  },
  sources: { '*': { timers: { connect_ms: 5000, first_byte_ms: 5000, silence_ms: 5000, total_ms: 5500 } } },
})));
after(async () => assert.equal(await gateway?.stop(), 0));

const assertWell = async () => {
  for (const door of ['tls', 'plain'])
    assert.equal((await gateway.overview('jens', { door, query: '?source=atp.pension' })).status, 200, door);
};

// --- malformed requests ------------------------------------------------------------------------------

const SMUGGLED = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
const get = (line, ...fields) => `${line}\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n`;
/* what, the one status that answers it, bytes; tests/unit/http.c has many more */
const MALFORMED = [
  ['no HTTP at all', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.repeat(4)],
  ['no Host', 400, get('GET /healthz HTTP/1.1')],
  ['two Hosts', 400, get('GET /healthz HTTP/1.1', 'Host: a', 'Host: b')],
  ['two different lengths', 400, `${get('GET /healthz HTTP/1.1', 'Host: a', 'Content-Length: 0', 'Content-Length: 9')}`],
  ['length and chunks', 400, get('POST /healthz HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked')],
  ['a length with a sign', 400, get('POST /healthz HTTP/1.1', 'Host: a', 'Content-Length: +3')],
  ['a length beyond 64 bits', 413, get('POST /healthz HTTP/1.1', 'Host: a', 'Content-Length: 99999999999999999999')],
  ['an unknown coding', 501, get('POST /healthz HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked')],
  ['a space before the colon', 400, get('GET /healthz HTTP/1.1', 'Host: a', 'Content-Length : 9')],
  ['a folded field', 400, get('GET /healthz HTTP/1.1', 'Host: a', 'X: b', ' c')],
  ['a NUL in a field', 400, get('GET /healthz HTTP/1.1', 'Host: a', 'X: \0')],
  ['a bare LF', 400, 'GET /healthz HTTP/1.1\nHost: a\n\n'],
  ['a bare CR in a field', 400, get('GET /healthz HTTP/1.1', 'Host: a', 'X: a\rContent-Length: 9')],
  ['HTTP/2.0 in words', 505, get('GET /healthz HTTP/2.0', 'Host: a')],
  ['an absolute target with a user', 400, get('GET http://u@a/healthz HTTP/1.1', 'Host: a')],
  ['a target of another form', 400, get('GET healthz HTTP/1.1', 'Host: a')],
  ['a fragment', 400, get('GET /healthz#a HTTP/1.1', 'Host: a')],
  ['a wrong escape', 400, get('GET /%zz HTTP/1.1', 'Host: a')],
  ['a target too long', 414, get(`GET /${'a'.repeat(9000)} HTTP/1.1`, 'Host: a')],
  ['fields too large', 431, get('GET /healthz HTTP/1.1', 'Host: a', `X: ${'a'.repeat(30000)}`)],
  ['too many fields', 431, get('GET /healthz HTTP/1.1', 'Host: a', ...Array(150).fill('X: a'))],
  ['a body too large', 413, get('POST /healthz HTTP/1.1', 'Host: a', 'Content-Length: 10000000')],
  ['a chunk that is none', 400, `${get('POST /healthz HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')}x\r\n`],
  ['a chunk larger than it says', 400, `${get('POST /healthz HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')}1\r\nab\r\n0\r\n\r\n`],
  ['another expectation', 417, get('GET /healthz HTTP/1.1', 'Host: a', 'Expect: gold')],
  ['a personal number', 400, get('GET /v1/overview?cpr=6101709995 HTTP/1.1', 'Host: a')],
];
for (const door of ['plain', 'tls'])
  test(`malformed requests at the ${door} door get one answer, and what follows them none`, async () => {
    await Promise.all(MALFORMED.map(async ([what, status, bytes]) => {
      const exchange = await gateway.exchange(Buffer.from(bytes + SMUGGLED, 'latin1'), { door });
      assert.equal(exchange.status, status, what);
      assert.equal(exchange.text.match(/HTTP\/1\.1 \d{3} /g).length, 1, `${what}: one answer`);
      assert.match(exchange.head, /\r\nConnection: close\r\n/, what);
      assert.match(exchange.head, /\r\nContent-Type: application\/problem\+json\r\n/, what);
      assert.ok(!exchange.text.includes('6101709995'), what);
    }));
    await assertWell();
  });

test('requests that come at once are answered one by one, in order', async () => {
  const bytes = ['/healthz', '/nothing', '/readyz'].map((where) => get(`GET ${where} HTTP/1.1`, 'Host: a')).join('');
  const last = get('GET /healthz HTTP/1.1', 'Host: a', 'Connection: close');
  const { text } = await gateway.exchange(bytes + last);
  assert.deepEqual(text.match(/HTTP\/1\.1 \d{3} /g).map((line) => line.slice(9, 12)), ['200', '404', '200', '200']);
});

// --- tokens ------------------------------------------------------------------------------------------

const seconds = (ahead) => Math.floor(Date.now() / 1000) + ahead;
const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const RS256 = { alg: 'RS256', kid: 'token-rs256', typ: 'JWT' };

/** A good token, its claims changed; undefined drops one. */
const claims = (change) => gateway.token('jens', change);
/** A good token under another header. */
const header = (change) => gateway.token('jens', {}, { header: change });
/** Any header and payload, rightly signed. */
const signed = (head, payload, how) => signToken(gateway.certs, head, payload, how);
const good = () => tokenClaims('jens', gateway.issuer);
const changed = (index, how) => {
  const parts = claims().split('.');
  parts[index] = how(parts[index]);
  return parts.join('.');
};
const flip = (text) => text.slice(0, 20) + (text[20] === 'A' ? 'B' : 'A') + text.slice(21);
const hmacToken = () => {
  const key = createPublicKey(createPrivateKey(readFileSync(path.join(gateway.certs, 'token-rs256.key'))))
    .export({ type: 'spki', format: 'pem' });
  const input = `${part({ ...RS256, alg: 'HS256' })}.${part(good())}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
};
const derToken = () => {
  const input = `${part({ alg: 'ES256', kid: 'token-es256' })}.${part(good())}`;
  const key = createPrivateKey(readFileSync(path.join(gateway.certs, 'token-es256.key')));
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
};
const ownKeyToken = () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const input = `${part({ ...RS256, jwk: publicKey.export({ format: 'jwk' }) })}.${part(good())}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
};

/* what, the value of Authorization or an array of several */
const WRONG_TOKENS = {
  'an empty field': () => '',
  'the scheme alone': () => 'Bearer',
  'the scheme and blanks': () => 'Bearer   ',
  'another scheme': () => 'Basic amVuczpqZW5z',
  'the token without its scheme': () => claims(),
  'two tokens in one field': () => `Bearer ${claims()}, Bearer ${claims()}`,
  'two fields': () => [`Bearer ${claims()}`, `Bearer ${claims()}`],
  'a parameter behind it': () => `Bearer ${claims()} realm=x`,
  nonsense: () => 'Bearer abc',
  'one part': () => `Bearer ${part(RS256)}`,
  'two parts': () => `Bearer ${claims().split('.').slice(0, 2).join('.')}`,
  'four parts': () => `Bearer ${claims()}.AAAA`,
  'the five parts of an encrypted one': () => `Bearer ${claims()}.AAAA.AAAA`,
  'padding behind it': () => `Bearer ${claims()}=`,
  'padding inside': () => `Bearer ${changed(0, (text) => `${text}==`)}`,
  'ordinary base64': () => `Bearer ${changed(2, () => '+/+/')}`,
  'bits behind the last byte': () => `Bearer ${signed(RS256, good()).replace(/.$/, 'x')}`,
  'a header that is no JSON': () => `Bearer ${signed('{', good())}`,
  'a header that is an array': () => `Bearer ${signed([RS256], good())}`,
  'claims that are no JSON': () => `Bearer ${signed(RS256, 'claims')}`,
  'claims that are an array': () => `Bearer ${signed(RS256, [good()])}`,
  'claims with something behind them': () => `Bearer ${signed(RS256, `${JSON.stringify(good())} {}`)}`,
  'claims nested too deeply': () => `Bearer ${signed(RS256, `{"a":${'['.repeat(500)}${']'.repeat(500)}}`)}`,
  'the algorithm twice': () => `Bearer ${signed('{"alg":"none","alg":"RS256","kid":"token-rs256"}', good())}`,
  'a claim twice': () => `Bearer ${signed(RS256, JSON.stringify(good()).replace('{', '{"dk.cpr":"7502889996",'))}`,
  'a claim twice, once in escapes': () =>
    `Bearer ${signed(RS256, JSON.stringify(good()).replace('{', '{"dk.cp\\u0072":"7502889996",'))}`,
  'unsigned, by algorithm none': () => `Bearer ${part({ alg: 'none' })}.${part(good())}.`,
  'none in capitals': () => `Bearer ${part({ alg: 'NONE', kid: 'token-rs256' })}.${part(good())}.`,
  'without a signature': () => `Bearer ${changed(2, () => '')}`,
  'HMAC under the public key': () => `Bearer ${hmacToken()}`,
  'no algorithm': () => `Bearer ${header({ alg: undefined })}`,
  'an algorithm that is a number': () => `Bearer ${header({ alg: 256 })}`,
  'a longer digest': () => `Bearer ${header({ alg: 'RS512' })}`,
  'another algorithm than signed': () => `Bearer ${header({ alg: 'PS256' })}`,
  'the key of another algorithm': () => `Bearer ${header({ kid: 'token-es256' })}`,
  'a signature in DER': () => `Bearer ${derToken()}`,
  'an unknown key': () => `Bearer ${header({ kid: 'nobody' })}`,
  'a key without name': () => `Bearer ${header({ kid: '' })}`,
  'a key that is a number': () => `Bearer ${header({ kid: 1 })}`,
  'a critical extension': () => `Bearer ${header({ crit: ['exp'] })}`,
  'unencoded payload': () => `Bearer ${header({ b64: false })}`,
  'compression': () => `Bearer ${header({ zip: 'DEF' })}`,
  'its own key, signed by it': () => `Bearer ${ownKeyToken()}`,
  'where its keys are': () => `Bearer ${header({ jku: 'https://localhost/keys' })}`,
  'where its certificate is': () => `Bearer ${header({ x5u: 'https://localhost/cert' })}`,
  'its certificate': () => `Bearer ${header({ x5c: ['AAAA'] })}`,
  'another type': () => `Bearer ${header({ typ: 'logout+jwt' })}`,
  'a token inside a token': () => `Bearer ${header({ cty: 'JWT' })}`,
  'changed claims': () => `Bearer ${changed(1, (text) => part({ ...JSON.parse(Buffer.from(text, 'base64url')), 'dk.cpr': '7502889996' }))}`,
  'a changed signature': () => `Bearer ${changed(2, flip)}`,
  'the signature of another token': () => `Bearer ${changed(2, () => gateway.token('clara').split('.')[2])}`,
  'the gateway\'s own kind of token': () => `Bearer ${gateway.sandbox.assertion()}`,
  expired: () => `Bearer ${claims({ exp: seconds(-31) })}`,
  'no end': () => `Bearer ${claims({ exp: undefined })}`,
  'an end in words': () => `Bearer ${claims({ exp: String(seconds(300)) })}`,
  'an end too far': () => `Bearer ${claims({ exp: seconds(25 * 3600) })}`,
  'an end beyond numbers': () => `Bearer ${signed(RS256, JSON.stringify({ ...good(), exp: 0 }).replace('"exp":0', '"exp":1e400'))}`,
  'not yet': () => `Bearer ${claims({ nbf: seconds(120) })}`,
  'issued tomorrow': () => `Bearer ${claims({ iat: seconds(86400) })}`,
  'another audience': () => `Bearer ${claims({ aud: 'somebody-else' })}`,
  'no audience': () => `Bearer ${claims({ aud: undefined })}`,
  'an empty list of audiences': () => `Bearer ${claims({ aud: [] })}`,
  'two portals at once': () => `Bearer ${claims({ aud: ['demo-portal', 'demo-portal-es256'] })}`,
  'an audience that is an object': () => `Bearer ${claims({ aud: { 'demo-portal': true } })}`,
  'another issuer': () => `Bearer ${claims({ iss: 'https://localhost:1' })}`,
  'no issuer': () => `Bearer ${claims({ iss: undefined })}`,
  'the issuer with a slash': () => `Bearer ${claims({ iss: `${gateway.issuer}/` })}`,
  'the issuer with a NUL': () => `Bearer ${claims({ iss: `${gateway.issuer}\0` })}`,
  'no subject': () => `Bearer ${claims({ sub: undefined })}`,
  'an empty subject': () => `Bearer ${claims({ sub: '' })}`,
  NemID: () => `Bearer ${claims({ idp: 'nemid' })}`,
  'an unknown way to log in': () => `Bearer ${claims({ idp: 'facebook' })}`,
  'no way to log in': () => `Bearer ${claims({ idp: undefined })}`,
  'no personal number': () => `Bearer ${claims({ 'dk.cpr': undefined })}`,
  'a personal number as a number': () => `Bearer ${claims({ 'dk.cpr': 6101709995 })}`,
  'a personal number of no date': () => `Bearer ${claims({ 'dk.cpr': '9999999999' })}`,
  'a personal number too short': () => `Bearer ${claims({ 'dk.cpr': '610170999' })}`,
  'a personal number among others': () => `Bearer ${claims({ 'dk.cpr': ['6101709995'] })}`,
  'too long': () => `Bearer ${claims({ padding: 'a'.repeat(9000) })}`,
};

test(`${Object.keys(WRONG_TOKENS).length} wrong tokens are all refused alike, and nobody is asked`, async () => {
  const before = JSON.stringify(await gateway.calls());
  const intents = () => gateway.recorded().filter(({ event }) => event === 'intent').length;
  const recorded = intents(); // outcomes of earlier requests may still be on their way
  const ask = async (Authorization) =>
    gateway.get('/v1/overview?municipality=0710', { headers: { Authorization, 'Accept-Language': 'en' } });
  const answers = new Set();
  for (const [what, make] of Object.entries(WRONG_TOKENS)) {
    const { status, headers, json, text } = await ask(make());
    assert.equal(status, 401, what);
    assert.equal(headers['www-authenticate'], 'Bearer realm="overblik", error="invalid_token"', what);
    answers.add(text.replace(json.receipt, ''));
  }
  assert.equal(answers.size, 1, 'the caller is not told why');
  assert.equal(JSON.stringify(await gateway.calls()), before);
  assert.equal(intents(), recorded);
  assert.ok(Object.keys(WRONG_TOKENS).length >= 60);
});

test('a token in the address or in a body is not read', async () => {
  for (const [where, options] of [
    [`/v1/overview?access_token=${claims()}`, {}],
    ['/v1/overview', { headers: { Cookie: `token=${claims()}` } }],
    ['/v1/overview', { headers: { 'Proxy-Authorization': `Bearer ${claims()}` } }],
  ])
    assert.equal((await gateway.get(where, options)).status, 401);
});

test('right tokens are taken, whatever of the four algorithms and of the allowed forms', async () => {
  const right = {
    RS256: () => claims(),
    PS256: () => gateway.token('jens', {}, { alg: 'PS256' }),
    ES256: () => gateway.token('jens', {}, { alg: 'ES256' }),
    EdDSA: () => gateway.token('jens', {}, { alg: 'EdDSA' }),
    'of type at+jwt': () => header({ typ: 'at+jwt' }),
    'without a type': () => header({ typ: undefined }),
    'for one portal among strangers': () => claims({ aud: ['stranger', 'demo-portal'] }),
    'just ended': () => claims({ exp: seconds(-10) }),
    'about to begin': () => claims({ nbf: seconds(30), iat: seconds(30) }),
    'with unknown claims': () => claims({ unknown: { deep: [1, 2, { a: null }] } }),
  };
  for (const [what, make] of Object.entries(right))
    assert.equal((await gateway.overview('jens', { token: make(), query: '?source=atp.pension' })).status, 200, what);
  for (const scheme of ['bearer', 'BEARER'])
    assert.equal((await gateway.get('/v1/overview?source=atp.pension', {
      headers: { Authorization: `${scheme} ${claims()}` } })).status, 200, scheme);
});

test('a token that was good is refused when it has ended, though it was remembered', async () => {
  const token = claims({ exp: seconds(-27) }); // three seconds of leeway are left
  const ask = async () => (await gateway.overview('jens', { token, query: '?source=atp.pension' })).status;
  assert.equal(await ask(), 200);
  await waitUntil(async () => (await ask()) === 401);
});

// --- clients -----------------------------------------------------------------------------------------

test('slow, flooding and idle clients beside good ones', async () => {
  const idle = Array.from({ length: 200 }, (_, i) => gateway.connect(i % 4 ? 'plain' : 'tls'));
  for (const socket of idle) socket.on('error', () => {});
  const slow = Array.from({ length: 30 }, (_, i) => {
    const exchange = gateway.sandbox.send(gateway.connect('plain'), 'GET /healthz HTTP/1.1\r\n');
    exchange.index = i;
    return exchange;
  });
  const flooding = Array.from({ length: 10 }, () =>
    gateway.exchange(`GET /healthz HTTP/1.1\r\nHost: a\r\n${'X-Flood: a\r\n'.repeat(100000)}`));
  const good = await Promise.all(Array.from({ length: 40 }, () => gateway.overview('jens', { query: '?source=atp.pension' })));
  assert.ok(good.every(({ status }) => status === 200));
  assert.ok((await Promise.all(flooding)).every(({ status, state }) => status === 431 || state === 'reset'));
  await waitUntil(() => slow.every(({ state }) => state !== 'open'));
  for (const { status, text } of slow) {
    assert.equal(status, 408);
    assert.equal(text.match(/HTTP\/1\.1/g).length, 1);
  }
  assert.ok(idle.every((socket) => !socket.destroyed), 'idle ones may stay');
  for (const socket of idle) socket.destroy();
  await assertWell();
});

test('a byte now and then does not keep a request open', async () => {
  const socket = gateway.connect('plain');
  const exchange = gateway.sandbox.send(socket, 'GET /healthz HTTP/1.1\r\nHost: a\r\nX: ');
  const drip = setInterval(() => socket.writable && socket.write('a'), 50);
  await waitUntil(() => exchange.state !== 'open');
  clearInterval(drip);
  assert.equal(exchange.status, 408);
  assert.ok(exchange.ms >= HEAD_MS - 100, `${exchange.ms} ms`);
});

test('a connection that never shakes hands is closed', async () => {
  const { Socket } = await import('node:net');
  const socket = new Socket();
  const exchange = gateway.sandbox.send(socket.connect(gateway.ports.tls, '127.0.0.1'), '');
  await waitUntil(() => exchange.state !== 'open');
  assert.equal(exchange.length, 0);
});

/** A look-up that waits for STAR, under way: the request's socket, when STAR has been asked. */
async function lookupUnderWay(door) {
  const asked = (await gateway.calls()).star.calls;
  const socket = gateway.connect(door);
  const exchange = gateway.sandbox.send(socket, `GET /v1/overview?source=star.ydelser HTTP/1.1\r\nHost: a\r\n` +
    `Authorization: Bearer ${gateway.token('jens')}\r\n\r\n`);
  await waitUntil(async () => (await gateway.calls()).star.calls > asked);
  return { socket, exchange };
}

for (const [what, door, leave] of [
  ['closes', 'plain', (socket) => socket.destroy()],
  ['closes', 'tls', (socket) => socket.destroy()],
  ['resets', 'plain', (socket) => socket.resetAndDestroy()],
  ['half-closes', 'plain', (socket) => socket.end()],
  ['half-closes', 'tls', (socket) => socket.end()],
])
  test(`a client that ${what} its ${door} connection takes its questions with it`, async () => {
    await gateway.sandbox.fault({ authority: 'star', fault: 'never' });
    try {
      const { departed } = (await gateway.calls()).star;
      const { socket, exchange } = await lookupUnderWay(door);
      const began = performance.now();
      leave(socket);
      await waitUntil(async () => (await gateway.calls()).star.departed > departed);
      assert.ok(performance.now() - began < 1000, 'at once, not at the deadline');
      const last = () => {
        const lines = gateway.recorded();
        const { receipt } = lines.filter(({ event }) => event === 'intent').at(-1);
        return lines.find((line) => line.event === 'outcome' && line.receipt === receipt);
      };
      await waitUntil(last);
      const { status, sources } = last();
      assert.deepEqual([status, sources[0].state], [0, 'abandoned']);
      assert.equal(exchange.length, 0, 'nothing was answered');
    } finally {
      await gateway.sandbox.clear();
    }
    await assertWell();
  });

test('clients that read nothing of their streams cost the others nothing', async () => {
  const sockets = Array.from({ length: 4 }, () => gateway.connect('plain'));
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.pause();
    socket.write(`GET /v1/overview${gateway.query('mette')} HTTP/1.1\r\nHost: a\r\n` +
      `Authorization: Bearer ${gateway.token('mette')}\r\nAccept: text/event-stream\r\n\r\n`);
  }
  for (const { status, json } of await Promise.all(Array.from({ length: 4 }, () => gateway.overview('jens')))) {
    assert.equal(status, 200);
    assert.ok(json.summary.complete);
  }
  for (const socket of sockets) socket.destroy();
  await assertWell();
});

// --- issuers -----------------------------------------------------------------------------------------

/** An OpenID issuer of this test's own: it counts who asks, rotates, and can be down. */
class Issuer {
  keys = [];
  fetched = 0;
  isDown = false;
  async start(certs) {
    const read = (name) => readFileSync(path.join(certs, name));
    this.server = https.createServer({ key: read('broker.key'), cert: read('broker.pem') }, (request, answer) => {
      if (this.isDown) return answer.destroy();
      if (request.url === '/.well-known/openid-configuration')
        return answer.end(JSON.stringify({ issuer: this.url, jwks_uri: `${this.url}/jwks` }));
      this.fetched++;
      return answer.end(JSON.stringify({ keys: this.keys.map(({ jwk }) => jwk) }));
    });
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `https://localhost:${this.server.address().port}`;
    this.rotate();
  }
  rotate() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const kid = `key-${this.keys.length + 1}`;
    this.keys.push({ kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' } });
  }
  token({ kid, privateKey } = this.keys.at(-1)) {
    const input = `${part({ alg: 'ES256', kid, typ: 'JWT' })}.${part(tokenClaims('jens', this.url))}`;
    return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

test('issuers: down at the start, back, rotating, flooded, down for too long', async () => {
  const issuer = new Issuer();
  await issuer.start(gateway.certs);
  issuer.isDown = true;
  const other = await Gateway.start({
    name: 'gateway_issuer',
    wait: false,
    settings: { keys: { jwks_retry_s: 1, jwks_refresh_s: 2, jwks_stale_max_s: 5 } },
    configure: (main) => {
      main.issuers = [{ ...main.issuers[0], issuer: issuer.url }];
    },
  });
  try {
    const ask = async (token = issuer.token()) =>
      other.overview('jens', { token, query: '?source=atp.pension' });

    const { status, headers, json } = await ask();
    assert.equal(status, 503, 'no keys, no answer');
    assert.equal(json.type, 'https://overblik.dk/problems/unavailable');
    assert.ok(Number(headers['retry-after']) > 0);
    const readiness = await other.get('/readyz');
    assert.deepEqual([readiness.status, readiness.json.keys_loaded], [503, false]);
    assert.equal((await other.get('/healthz')).status, 200);

    issuer.isDown = false;
    await other.ready();
    assert.equal((await ask()).status, 200, 'the issuer is back');

    const [old] = issuer.keys;
    issuer.rotate();
    await waitUntil(async () => (await ask()).status === 200);
    assert.equal((await ask(issuer.token(old))).status, 200, 'the old key is published still');
    issuer.keys.shift();
    await waitUntil(async () => (await ask(issuer.token(old))).status === 401);
    assert.equal((await ask()).status, 200);

    const before = issuer.fetched;
    const began = performance.now();
    const [key] = issuer.keys;
    const flood = await Promise.all(Array.from({ length: 300 }, (_, i) => ask(issuer.token({ ...key, kid: `nobody-${i}` }))));
    assert.ok(flood.every((answer) => answer.status === 401));
    const most = 2 + (performance.now() - began) / 1000;
    assert.ok(issuer.fetched - before <= most, `${issuer.fetched - before} fetches`);

    issuer.isDown = true;
    other.daemon.process.kill('SIGHUP'); // a new configuration makes keys neither older nor younger
    await waitUntil(() => other.logged().includes('event=configuration-in-force'));
    assert.equal((await other.get('/readyz')).status, 200);
    assert.equal((await ask()).status, 200, 'its keys are good for a while');
    await waitUntil(async () => (await ask()).status === 503);
    assert.equal((await other.get('/readyz')).status, 503);
    issuer.isDown = false;
    await waitUntil(async () => (await ask()).status === 200);
    await other.ready();
  } finally {
    await issuer.stop();
    assert.equal(await other.stop(), 0);
  }
});

test('no token and no number came into the log', async () => {
  const log = gateway.logged();
  assert.ok(log.includes('event=token-refused'));
  assert.ok(!/eyJ[\w-]{8}/.test(log));
  assert.ok(!/6101709995|610170-9995|7502889996/.test(log));
});
