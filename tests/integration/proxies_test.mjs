// SPDX-License-Identifier: MIT
//
// The door (tests/tools/http_echo) as others meet it: curl and Node directly, and both through nginx
// and HAProxy, which speak to it over HTTP/1.0 and 1.1, plain and TLS, with and without kept
// connections. The proxies listen on sockets in a temporary folder.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const build = process.env.OVERBLIK_BUILD ?? path.join(root, 'build/asan');
const NGINX = '/usr/sbin/nginx';
const HAPROXY = '/usr/sbin/haproxy';
const PATIENCE_MS = 20000;
const LARGE = 8 << 20;

const folder = mkdtempSync(path.join(tmpdir(), 'overblik-proxies-'));
const inFolder = (name) => path.join(folder, name);
const run = promisify(execFile);

/** Waits until `ask` gives something true, and returns that. */
async function until(what, ask) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
    await pause(5);
  }
}

// --- programs ----------------------------------------------------------------------------------------

const started = [];

function start(name, program, args) {
  const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  child.name = name;
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (child.output += bytes));
  child.ended = new Promise((done) => child.on('close', (code, signal) => done({ code, signal })));
  child.ended.then((how) => (child.how = how));
  started.push(child);
  return child;
}

async function startEcho(name, ...certificate) {
  const portFile = inFolder(`${name}.port`);
  const echo = start(name, path.join(build, 'tests/tools/http_echo'), [portFile, ...certificate]);
  await until(name, () => {
    assert.equal(echo.how, undefined, echo.output);
    return existsSync(portFile);
  });
  return Number(readFileSync(portFile, 'utf8'));
}

const listens = (socketPath) =>
  new Promise((done) => {
    const socket = net.connect(socketPath, () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });

async function startProxy(name, program, args, sockets) {
  const proxy = start(name, program, args);
  for (const socket of sockets)
    await until(`${name} at ${socket}`, () => {
      assert.equal(proxy.how, undefined, `${name}: ${proxy.output}`);
      return listens(inFolder(socket));
    });
}

function nginxConfig(plain, tls) {
  const location = (upstream, more) => `proxy_pass ${upstream}; proxy_buffering off; ${more}`;
  const kept = 'proxy_http_version 1.1; proxy_set_header Connection "";';
  const server = (socket, body) =>
    `server { listen unix:${inFolder(socket)}; location / { ${body} } }`;
  const user = process.getuid() === 0 ? 'user root;' : ''; // the folder is ours alone
  return `
${user} daemon off; worker_processes 1; pid ${inFolder('nginx.pid')}; error_log stderr warn;
events { worker_connections 2000; }
http {
  access_log off; client_max_body_size 0; proxy_temp_path ${inFolder('nginx.proxy')};
  client_body_temp_path ${inFolder('nginx.body')}; fastcgi_temp_path ${inFolder('nginx.f')};
  scgi_temp_path ${inFolder('nginx.s')}; uwsgi_temp_path ${inFolder('nginx.u')};
  upstream plain { server 127.0.0.1:${plain}; keepalive 16; }
  upstream tls { server 127.0.0.1:${tls}; keepalive 16; }
  ${server('nginx-1.0', location(`http://127.0.0.1:${plain}`, ''))}
  ${server('nginx-1.1', location('http://plain', kept))}
  ${server('nginx-tls', location('https://tls', `${kept} proxy_ssl_session_reuse on;`))}
  ${server('nginx-unbuffered', location('http://plain', `${kept} proxy_request_buffering off;`))}
}`;
}

function haproxyConfig(plain, tls) {
  const part = (socket, server, more) => `
frontend ${socket}-front
  bind ${inFolder(socket)}
  default_backend ${socket}-back
backend ${socket}-back
  ${more}
  server door 127.0.0.1:${server}`;
  return `
global
  maxconn 2000
defaults
  mode http
  timeout connect 10s
  timeout client 20s
  timeout server 20s
  option abortonclose
${part('haproxy', plain, 'http-reuse always')}
${part('haproxy-close', plain, 'option httpclose')}
${part('haproxy-tls', `${tls} ssl verify none alpn http/1.1`, 'http-reuse always')}
`;
}

// --- clients -----------------------------------------------------------------------------------------

/** One request through `way`; resolves when the answer is whole. */
function ask(way, target, { method = 'GET', body, chunked = false, headers = {}, onData, signal } = {}) {
  return new Promise((done, fail) => {
    const all = { host: 'localhost', ...headers };
    if (body !== undefined && !chunked) all['content-length'] = Buffer.byteLength(body);
    const client = way.tls ? https : http;
    const request = client.request(
      { ...way.to, agent: way.agent, method, path: target, headers: all, rejectUnauthorized: false, signal },
      (answer) => {
        const pieces = [];
        answer.on('data', (piece) => {
          pieces.push(piece);
          onData?.(piece);
        });
        answer.on('end', () =>
          done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces).toString() }));
        answer.on('error', fail);
      },
    );
    request.on('error', fail);
    if (body !== undefined && chunked) for (let i = 0; i < body.length; i += 1000) request.write(body.slice(i, i + 1000));
    request.end(chunked ? undefined : body);
  });
}

const ways = [];

function way(name, to, { tls = false, kept = false, upstream = 'plain' } = {}) {
  const Agent = tls ? https.Agent : http.Agent;
  ways.push({ name, to, tls, kept, upstream, agent: new Agent({ keepAlive: true, maxSockets: 16 }) });
}

let doors;

async function counters(upstream) {
  const { plain, tls } = doors;
  const to = { host: '127.0.0.1', port: upstream === 'tls' ? tls : plain };
  const { body } = await ask({ to, tls: upstream === 'tls', agent: false }, '/counters');
  return Object.fromEntries(body.trim().split(' ').map((pair) => pair.split('=')).map(([k, v]) => [k, Number(v)]));
}

// --- the tests ---------------------------------------------------------------------------------------

const missing = [NGINX, HAPROXY].filter((program) => !existsSync(program));

before(async () => {
  const certs = process.env.OVERBLIK_CERTS ?? inFolder('certs');
  await run(path.join(root, 'certs/make-certs'), [certs]);
  doors = {
    plain: await startEcho('door'),
    tls: await startEcho('door-tls', path.join(certs, 'gateway.pem'), path.join(certs, 'gateway.key')),
  };
  doors.ca = path.join(certs, 'ca.pem');
  way('Node', { host: '127.0.0.1', port: doors.plain }, { kept: true });
  way('Node over TLS', { host: '127.0.0.1', port: doors.tls }, { tls: true, kept: true, upstream: 'tls' });
  if (missing.length) return;
  writeFileSync(inFolder('nginx.conf'), nginxConfig(doors.plain, doors.tls));
  writeFileSync(inFolder('haproxy.conf'), haproxyConfig(doors.plain, doors.tls));
  const nginx = { 'nginx-1.0': {}, 'nginx-1.1': { kept: true }, 'nginx-tls': { kept: true, upstream: 'tls' }, 'nginx-unbuffered': { kept: true } };
  const haproxy = { haproxy: { kept: true }, 'haproxy-close': {}, 'haproxy-tls': { kept: true, upstream: 'tls' } };
  await startProxy('nginx', NGINX, ['-p', folder, '-c', inFolder('nginx.conf'), '-e', 'stderr'], Object.keys(nginx));
  await startProxy('haproxy', HAPROXY, ['-db', '-f', inFolder('haproxy.conf')], Object.keys(haproxy));
  for (const [name, how] of Object.entries({ ...nginx, ...haproxy })) way(name, { socketPath: inFolder(name) }, how);
});

after(async () => {
  for (const { agent } of ways) agent.destroy();
  for (const child of started) {
    if (child.name.startsWith('door')) child.stdin.end();
    else child.kill('SIGTERM');
    const how = await child.ended;
    if (child.name.startsWith('door')) assert.deepEqual(how, { code: 0, signal: null }, child.output);
  }
  rmSync(folder, { recursive: true, force: true });
});

/** The same test over every way to the door. */
function overEveryWay(name, check) {
  test(name, async () => {
    for (const each of ways) {
      try {
        await check(each);
      } catch (error) {
        error.message = `${each.name}: ${error.message}`;
        throw error;
      }
    }
  });
}

test('nginx and HAProxy are here', (context) => {
  if (missing.length) context.skip(`${missing.join(' and ')} missing`);
});

overEveryWay('requests of every kind', async (each) => {
  const got = await ask(each, '/a?b=%C3%A6');
  assert.equal(got.status, 200);
  assert.match(got.body, /^GET \/a\?b=%C3%A6 HTTP\/1\.[01]\n$/);

  const head = await ask(each, '/x', { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.body, '');

  const body = 'hello '.repeat(9000);
  for (const chunked of [false, true]) {
    const posted = await ask(each, '/p', { method: 'POST', body, chunked });
    assert.ok(posted.body.endsWith(`\n${body}`), `chunked ${chunked}: ${posted.status} ${posted.body.slice(0, 200)}`);
  }
  const refused = await ask(each, '/6101709995');
  assert.equal(refused.status, 400);
  assert.equal(JSON.parse(refused.body).type.split('/').pop(), 'personal-number-in-url');
  const large = await ask(each, '/x', { method: 'POST', body: 'y'.repeat(65537) }).catch((error) => error);
  assert.ok(large.status === 413 || large.code === 'EPIPE' || large.code === 'ECONNRESET', `${large.status} ${large.code}`);
});

overEveryWay('large answers arrive whole', async (each) => {
  const { body } = await ask(each, '/large');
  assert.equal(body.length, LARGE);
  assert.ok(/^x+$/.test(body));
});

overEveryWay('a stream arrives piece by piece', async (each) => {
  let pieces = 0;
  const { body } = await ask(each, '/stream', { onData: () => pieces++ });
  assert.equal(body.trim().split('\n').length, 5);
  assert.ok(pieces > 1, `in ${pieces} pieces`);
});

overEveryWay('many at once, each its own answer', async (each) => {
  const targets = Array.from({ length: 120 }, (_, i) => [`/${['now', 'later', 'stream'][i % 3]}`, i]);
  await Promise.all(
    targets.map(async ([target, i]) => {
      const text = `${i}-`.repeat(50);
      const { body } = await ask(each, target, { method: 'POST', body: text });
      assert.ok(body.startsWith(`POST ${target} `) && body.includes(`\n${text}`), `${target} ${i}: ${body.slice(0, 60)}`);
    }),
  );
});

overEveryWay('connections are kept where both sides want it', async (each) => {
  const first = await counters(each.upstream);
  for (let i = 0; i < 40; i++) await ask(each, '/now');
  const last = await counters(each.upstream);
  assert.equal(last.requests - first.requests, 41);
  const connections = last.accepted - first.accepted - 1; /* one for the counters themselves */
  if (each.kept) assert.ok(connections <= 4, `${connections} connections for 40 requests`);
  else assert.equal(connections, 40);
});

overEveryWay('a client that leaves is noticed', async (each) => {
  const first = await counters(each.upstream);
  const leaving = new AbortController();
  await assert.rejects(
    ask({ ...each, agent: false }, '/stream', { signal: leaving.signal, onData: () => leaving.abort() }),
    { name: 'AbortError' },
  );
  await until('departed', async () => (await counters(each.upstream)).departed > first.departed);
});

describe('curl', () => {
  const curl = async (...args) => (await run('curl', ['-sS', '--max-time', '20', ...args], { maxBuffer: 2 * LARGE })).stdout;

  test('several requests on one connection', async () => {
    const url = `http://127.0.0.1:${doors.plain}`;
    const out = await curl('-w', '%{num_connects}\n', `${url}/1`, `${url}/2`, `${url}/stream`, '-o', '-', '-o', '-', '-o', '-');
    assert.match(out, /^GET \/1 HTTP\/1\.1\n1\nGET \/2 HTTP\/1\.1\n0\n(GET \/stream HTTP\/1\.1\n){5}0\n$/);
  });

  test('HTTP/1.0, HEAD, Expect, chunks', async () => {
    const url = `http://127.0.0.1:${doors.plain}`;
    assert.equal(await curl('-0', `${url}/old`), 'GET /old HTTP/1.0\n');
    assert.match(await curl('-I', `${url}/x`), /^HTTP\/1\.1 200 OK\r\n/);
    const body = 'x'.repeat(60000);
    writeFileSync(inFolder('body'), body);
    for (const how of ['Expect: 100-continue', 'Transfer-Encoding: chunked'])
      assert.ok((await curl('-H', how, '--data-binary', `@${inFolder('body')}`, `${url}/b`)).endsWith(`\n${body}`), how);
  });

  test('TLS, http/1.1 by ALPN, the certificate verified', async () => {
    const url = `https://localhost:${doors.tls}`;
    const args = ['--cacert', doors.ca, '--resolve', `localhost:${doors.tls}:127.0.0.1`];
    const out = await curl(...args, '--http2', '-w', '%{http_version}', `${url}/t`);
    assert.equal(out, 'GET /t HTTP/1.1\n1.1');
    assert.equal((await curl(...args, `${url}/large`)).length, LARGE);
    assert.equal(await curl(...args, '--tls-max', '1.2', `${url}/t`), 'GET /t HTTP/1.1\n');
  });
});

test('nothing was misread on any of these ways', async () => {
  for (const upstream of ['plain', 'tls']) {
    const { malformed, timed_out } = await counters(upstream);
    assert.equal(timed_out, 0);
    /* One POST of 65,537 bytes on each way is 413. */
    assert.ok(malformed <= ways.length, `${malformed} malformed`);
  }
});
