// SPDX-License-Identifier: MIT
//
// Starts the sandbox and speaks to its authorities as the gateway does, but on the bytes themselves:
// what is a fault there must be seen here.

import { spawn, spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';

export const root = path.join(import.meta.dirname, '../..');
const START_MS = 30000;
const CALL_MS = 30000;

const base64url = (value) => Buffer.from(value).toString('base64url');
const json = (value) => base64url(JSON.stringify(value));

export const citizens = JSON.parse(readFileSync(path.join(root, 'adapters/sandbox/citizens.json'), 'utf8'));
export const numberOf = (id) => citizens.find((citizen) => citizen.id === id).cpr;

/** A call's outcome, as far as it has come: what was received and how the connection stands. */
class Exchange {
  #chunks = [];
  length = 0;
  pieces = 0;
  state = 'open'; // or closed, reset, refused, or an OpenSSL code
  began = performance.now();

  add(chunk) {
    this.#chunks.push(chunk);
    this.length += chunk.length;
    this.pieces++;
  }
  get ms() {
    return performance.now() - this.began;
  }
  get bytes() {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0];
  }
  get text() {
    return this.bytes.toString('latin1');
  }
  /** With the empty line that ends it; empty until that has come. */
  get head() {
const end = this.bytes.indexOf('\r\n\r\n');
    return end < 0 ? '' : this.bytes.toString('latin1', 0, end + 4);
  }
  get body() {
    return this.bytes.subarray(this.head.length);
  }
  get status() {
    return Number(/^HTTP\/1\.1 (\d{3}) /.exec(this.bytes.toString('latin1', 0, 13))?.[1]);
  }
  /** Is an answer whole, by its Content-Length or for want of a body? */
  get isWhole() {
    const head = this.head;
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1] ?? (this.status === 204 ? 0 : Infinity);
    return head !== '' && this.length - head.length >= Number(length);
  }
  get json() {
    return JSON.parse(this.body.toString('utf8'));
  }
}

export class Sandbox {
  static async start({ options = [], log } = {}) {
    const sandbox = new Sandbox();
    await sandbox.begin(options, log);
    return sandbox;
  }

  async begin(options, log) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
    this.certs = process.env.OVERBLIK_CERTS ?? path.join(this.folder, 'certs');
    spawnSync(path.join(root, 'certs/make-certs'), [this.certs]);
    this.log = log ?? path.join(process.env.OVERBLIK_LOGS ?? this.folder, 'sandbox.log');
    const portsFile = path.join(this.folder, 'ports.json');
    const program = path.join(process.env.OVERBLIK_BUILD ?? path.join(root, 'build/asan'), 'overblik-sandbox');
    this.process = spawn(
      program,
      ['--certs', this.certs, '--data', path.join(root, 'adapters/sandbox'), '--ports-file', portsFile,
        '--log', this.log, ...options],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    this.ended = new Promise((resolve) => this.process.once('exit', (code, signal) => resolve(signal ?? code)));
    for (const limit = Date.now() + START_MS; !existsSync(portsFile); await pause(20))
      if (this.process.exitCode !== null || Date.now() > limit) throw new Error('the sandbox does not start');
    this.ports = JSON.parse(readFileSync(portsFile, 'utf8'));
    this.ca = this.file('ca.pem');
  }

  file(name) {
    return readFileSync(path.join(this.certs, name));
  }

  /** The exit status, after a polite request to end. */
  async stop() {
    this.process.kill('SIGTERM');
    const status = await this.ended;
    rmSync(this.folder, { recursive: true });
    return status;
  }

  /** The gateway's token; `change` replaces claims. */
  assertion(change = {}, { header = {}, key = 'assertion.key' } = {}) {
    const certificate = new X509Certificate(this.file('gateway-client.pem'));
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: 'https://overblik.example',
      aud: ['kommuner.sager', 'kommuner.ydelser', 'udk.ydelser', 'star.ydelser', 'atp.pension', 'politi.akkreditiver',
        'digst.akkreditiver', 'klassifikation'],
      sub: 'pairwise',
      iat: now,
      exp: now + 60,
      jti: randomUUID(),
      acr: 'https://data.gov.dk/concept/core/nsis/Substantial',
      cnf: { 'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url') },
      ...change,
    };
    const input = `${json({ alg: 'ES256', typ: 'JWT', kid: 'assertion', ...header })}.${json(claims)}`;
    const signature = sign('sha256', Buffer.from(input), {
      key: createPrivateKey(this.file(key)),
      dsaEncoding: 'ieee-p1363',
    });
    return `${input}.${base64url(signature)}`;
  }

  /** A TLS connection to an authority. `client`: whose certificate is shown; null: none. */
  connect(authority, client = 'gateway-client') {
    return tls.connect({
      host: '127.0.0.1',
      port: this.ports[authority],
      servername: 'localhost',
      ca: this.ca,
      ALPNProtocols: ['http/1.1'],
      ...(client && { cert: this.file(`${client}.pem`), key: this.file(`${client}.key`) }),
    });
  }

  /** The bytes of a list request. `fields` replaces header fields; undefined drops one. */
  request(service, citizen, { method = 'POST', fields = {}, body } = {}) {
    const content = body ?? JSON.stringify({ 'CPR-nr': numberOf(citizen), myndighedsliste: ['43405810', '55568510'] });
    const all = {
      Host: 'localhost',
      Authorization: `Bearer ${this.assertion()}`,
      'X-Request-Id': randomUUID(),
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(content),
      ...fields,
    };
    const lines = Object.entries(all).filter(([, value]) => value !== undefined);
    return `${method} ${service} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${content}`;
  }

  /** Sends bytes over a connection and notes what comes; it goes on growing. */
  send(socket, bytes) {
    const exchange = new Exchange();
    socket.on('data', (chunk) => exchange.add(chunk));
    socket.on('error', (error) => {
      const known = { ECONNRESET: 'reset', ECONNREFUSED: 'refused' };
      exchange.state = known[error.code] ?? error.code;
    });
    socket.on('close', () => {
      if (exchange.state === 'open') exchange.state = 'closed';
    });
    socket.write(bytes);
    return exchange;
  }

  /** One call on a connection of its own, until it is over by `isOver` or the connection has ended. */
  async call(authority, service, citizen, { isOver = (one) => one.isWhole, client, ...options } = {}) {
    const socket = this.connect(authority, client);
    const exchange = this.send(socket, this.request(service, citizen, options));
    await waitUntil(() => exchange.state !== 'open' || isOver(exchange));
    exchange.took = exchange.ms;
    socket.destroy();
    return exchange;
  }

  /** Asks the control port. */
  async control(method, where, wish) {
    const answer = await fetch(`http://127.0.0.1:${this.ports.control}${where}`, {
      method,
      ...(wish !== undefined && { body: typeof wish === 'string' ? wish : JSON.stringify(wish) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text ? JSON.parse(text) : undefined };
  }

  async fault(wish) {
    const { status, json: answer } = await this.control('POST', '/faults', wish);
    if (status !== 200) throw new Error(`${JSON.stringify(wish)}: ${answer?.detail}`);
  }

  clear() {
    return this.control('DELETE', '/faults');
  }
}

export async function waitUntil(condition) {
  for (const limit = Date.now() + CALL_MS; !(await condition()); await pause(5))
    if (Date.now() > limit) throw new Error('waited too long');
}
