// SPDX-License-Identifier: MIT
//
// Starts the whole product on free ports, configured as the demo is: sandbox, gateway and, when wanted,
// the login broker. Asks it as a portal would, and reads each of its four formats.

import { spawn, spawnSync } from 'node:child_process';
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';
import { levelOf, loginClaims, personClaims, readCitizens } from '../../adapters/sandbox/broker/citizens.mjs';
import { root, Sandbox, waitUntil } from './sandbox_client.mjs';

export { waitUntil } from './sandbox_client.mjs';
export { root } from './sandbox_client.mjs';

const START_MS = 60000;
export const build = process.env.OVERBLIK_BUILD ?? path.join(root, 'build/asan');
export const citizens = readCitizens(path.join(root, 'adapters/sandbox/citizens.json'));
export const citizenOf = (id) => citizens.find((citizen) => citizen.id === id);

/** The media type of each format. */
export const FORMATS = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  'json-seq': 'application/json-seq',
  sse: 'text/event-stream',
};
export const STREAMS = ['ndjson', 'json-seq', 'sse'];

// --- tokens ----------------------------------------------------------------------------------------

const base64url = (value) => Buffer.from(value).toString('base64url');

/** How each algorithm signs, with which key of certs/make-certs. */
const SIGNERS = {
  RS256: { key: 'token-rs256', digest: 'sha256' },
  PS256: { key: 'token-ps256', digest: 'sha256', padding: 6 /* RSA_PKCS1_PSS_PADDING */, saltLength: 32 },
  ES256: { key: 'token-es256', digest: 'sha256', dsaEncoding: 'ieee-p1363' },
  EdDSA: { key: 'token-eddsa', digest: null },
};

/** A compact JWS over any header and payload; texts are taken as they are. */
export function signToken(certs, header, payload, { alg = 'RS256', key } = {}) {
  const { key: name, digest, ...how } = SIGNERS[alg];
  const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
  const input = `${base64url(text(header))}.${base64url(text(payload))}`;
  const privateKey = createPrivateKey(readFileSync(path.join(certs, `${key ?? name}.key`)));
  return `${input}.${base64url(sign(digest, Buffer.from(input), { key: privateKey, ...how }))}`;
}

/** What a login broker says of a citizen to a portal. */
export function tokenClaims(id, issuer, change = {}) {
  const citizen = citizenOf(id);
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    aud: 'demo-portal',
    sub: citizen.sub,
    iat: now,
    nbf: now,
    exp: now + 300,
    auth_time: String(now), // as Nets eID Broker writes it
    acr: levelOf(citizen),
    amr: citizen.amr,
    ...loginClaims(citizen),
    ...personClaims(citizen, new Set(['ssn'])),
    ...change,
  };
}

// --- a program ---------------------------------------------------------------------------------------

/** Merges a change into configuration; arrays and plain values replace. */
function merge(into, change) {
  for (const [name, value] of Object.entries(change))
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) merge((into[name] ??= {}), value);
    else into[name] = value;
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
export const writeJson = (file, value) => writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);

/** A program in the background: its output goes to a file, and it is ended by its process id. */
export class Program {
  constructor(command, log, options = {}) {
    const out = openSync(log, 'a');
    this.process = spawn(command[0], command.slice(1), { stdio: ['ignore', out, out], ...options });
    closeSync(out);
    this.ended = new Promise((resolve, reject) => {
      this.process.once('exit', (code, signal) => resolve(signal ?? code));
      this.process.once('error', reject);
    });
  }
  get runs() {
    return this.process.exitCode === null && this.process.signalCode === null;
  }
  /** The ports it writes to a file once it listens. */
  async ports(file) {
    for (const limit = Date.now() + START_MS; !existsSync(file); await pause(20))
      if (!this.runs || Date.now() > limit) throw new Error(`${this.process.spawnargs[0]} does not start`);
    return readJson(file);
  }
  /** The exit status, or the signal's name. */
  async end(signal = 'SIGTERM') {
    if (this.runs) this.process.kill(signal);
    return this.ended;
  }
}

/** Each fault is looked at alone, unless a test is about what follows from many. */
const ALONE = { breaker: { mode: 'off' }, retry: { mode: 'off' } };

// --- the product -------------------------------------------------------------------------------------

export class Gateway {
  /**
   * Starts everything and waits until the gateway is ready.
   *
   * name      of its log and access record
   * settings  merged into overblikd.json; `sources` into each source's file, by id or '*'; a function of
   *           the gateway, where its sandbox runs already, may give them. Breakers and retries are off
   * policies  by file of policies/, a function that changes its content; or a function of the gateway that gives them
   * manifests more sources: a function of the gateway that gives their files
   * configure called with the whole of overblikd.json last
   * broker    whether the login broker runs too
   * wait      false: return as soon as it listens
   * environment of the gateway's process, beside the test's own
   */
  static async start({ name = 'gateway', settings = {}, sources = {}, policies, manifests, configure, broker = false, wait = true,
    sandbox = {}, environment = {} } = {}) {
    const gateway = new Gateway();
    gateway.environment = environment;
    gateway.name = name;
    gateway.place = mkdtempSync(path.join(tmpdir(), 'gateway-'));
    try {
      gateway.sandbox = await Sandbox.start(sandbox);
      gateway.certs = gateway.sandbox.certs;
      gateway.ca = gateway.sandbox.ca;
      gateway.issuer = `https://localhost:${gateway.sandbox.ports['demo-issuer']}`;
      writeJson(gateway.file('sandbox.json'), gateway.sandbox.ports);
      if (broker) await gateway.startBroker();
      const changes = typeof sources === 'function' ? await sources(gateway) : sources;
      gateway.makeConfiguration(settings, changes, configure);
      for (const manifest of manifests?.(gateway) ?? [])
        writeJson(gateway.file(`conf/sources/${manifest.id}.json`), manifest);
      if (policies) gateway.changePolicies(typeof policies === 'function' ? policies(gateway) : policies);
      await gateway.launch();
      if (wait) await gateway.ready();
    } catch (error) {
      await gateway.stop();
      throw error;
    }
    return gateway;
  }

  file(name) {
    return path.join(this.place, name);
  }
  log(name) {
    return path.join(process.env.OVERBLIK_LOGS ?? this.place, `${name}.log`);
  }

  async startBroker() {
    this.broker = new Program(
      [process.execPath, path.join(root, 'adapters/sandbox/broker/broker.mjs'), '--certs', this.certs, '--citizens',
        path.join(root, 'adapters/sandbox/citizens.json'), '--ports-file', this.file('broker.json')],
      this.log('broker'),
    );
    const { broker, control } = await this.broker.ports(this.file('broker.json'));
    this.brokerUrl = `https://localhost:${broker}`;
    this.brokerControl = `http://127.0.0.1:${control}`;
  }

  makeConfiguration(settings, sources, configure) {
    this.conf = this.file('conf/overblikd.json');
    const script = path.join(root, 'conf/demo/make-demo-conf');
    const broker = this.broker ? [this.brokerUrl, path.join(this.certs, 'ca.pem')] : [];
    const made = spawnSync(script, [this.file('conf'), this.certs, this.file('sandbox.json'), ...broker]);
    if (made.status !== 0) throw new Error(`make-demo-conf: ${made.stderr}`);
    this.change((main) => {
      merge(main, { listen: { workers: 2 }, log: { file: this.log(this.name), format: 'text' } });
      merge(main, settings);
      configure?.(main);
    });
    const folder = this.file('conf/sources');
    for (const file of readdirSync(folder)) {
      const source = readJson(path.join(folder, file));
      merge(source, ALONE);
      merge(source, sources['*'] ?? {});
      merge(source, sources[source.id] ?? {});
      writeJson(path.join(folder, file), source);
    }
  }

  /** Changes policies, in a copy of the demo's. */
  changePolicies(policies) {
    const folder = this.file('policies');
    if (!existsSync(folder)) cpSync(this.file('conf/demo-policies'), folder, { recursive: true });
    for (const [name, how] of Object.entries(policies)) {
      const content = readJson(path.join(folder, name));
      how(content);
      writeJson(path.join(folder, name), content);
    }
    this.change((main) => { main.folders.policies = folder; });
  }

  /** Changes overblikd.json. */
  change(how) {
    const main = readJson(this.conf);
    how(main);
    writeJson(this.conf, main);
  }

  /** Starts overblikd with the configuration as it stands. */
  async launch() {
    rmSync(this.file('overblikd.json'), { force: true });
    this.daemon = new Program(
      [path.join(build, 'overblikd'), '-c', this.conf, '--ports-file', this.file('overblikd.json')],
      this.log(this.name),
      { env: { ...process.env, ...this.environment } },
    );
    this.ports = await this.daemon.ports(this.file('overblikd.json'));
  }

  ready() {
    return waitUntil(async () => (await this.get('/readyz')).status === 200);
  }

  /** Ends all of it, and that alone; the gateway's exit status. */
  async stop() {
    const status = await this.daemon?.end();
    this.keepRecord();
    await this.broker?.end();
    await this.sandbox?.stop();
    rmSync(this.place, { recursive: true, force: true });
    return status;
  }

  // --- asking ----------------------------------------------------------------------------------------

  token(id, change = {}, { alg = 'RS256', header = {}, key } = {}) {
    const kid = SIGNERS[alg].key;
    return signToken(this.certs, { alg, kid, typ: 'JWT', ...header }, tokenClaims(id, this.issuer, change), { alg, key });
  }

  /** "?municipality=…" of where a citizen lives and lived. */
  query(id) {
    return `?${citizenOf(id).municipalities.map((code) => `municipality=${code}`).join('&')}`;
  }

  /** Begins a request; resolves to its answer's head, while the body still comes. */
  begin(where, { headers = {}, method = 'GET', door = 'tls', agent = false, client, body } = {}) {
    const { request } = door === 'tls' ? https : http;
    const identity = client && {
      cert: readFileSync(path.join(this.certs, `${client}.pem`)),
      key: readFileSync(path.join(this.certs, `${client}.key`)),
    };
    return new Promise((resolve, reject) => {
      const asked = request({ host: 'localhost', port: this.ports[door], path: where, method, headers, agent,
        ca: this.ca, family: 4, ...identity }, (answer) => resolve({ answer, asked }));
      asked.on('error', reject);
      asked.end(body);
    });
  }

  /** Resolves to status, headers, text and, when it is JSON, json. */
  async get(where, options) {
    const began = performance.now();
    const { answer } = await this.begin(where, options);
    let text = '';
    answer.setEncoding('utf8');
    for await (const chunk of answer) text += chunk;
    const { statusCode: status, headers } = answer;
    const isJson = /[/+]json$/.test(headers['content-type'] ?? '') && text.startsWith('{');
    return { status, headers, text, ms: performance.now() - began, json: isJson ? JSON.parse(text) : undefined };
  }

  /** The overview of a citizen as one document. */
  overview(id, { query = this.query(id), headers = {}, token = this.token(id), language = 'da', ...options } = {}) {
    return this.get(`/v1/overview${query}`, {
      ...options,
      headers: { Authorization: `Bearer ${token}`, 'Accept-Language': language, ...headers },
    });
  }

  /** The same in any format: {status, headers, records, document}; each record has `at`, ms after the question. */
  async read(id, format, { query = this.query(id), headers = {}, token = this.token(id), ...options } = {}) {
    const began = performance.now();
    const { answer } = await this.begin(`/v1/overview${query}`, {
      ...options,
      headers: { Authorization: `Bearer ${token}`, Accept: FORMATS[format], 'Accept-Language': 'da', ...headers },
    });
    const { statusCode: status, headers: fields } = answer;
    const unframe = new Unframer(format);
    const records = [];
    let text = '';
    answer.setEncoding('utf8');
    for await (const chunk of answer) {
      text += chunk;
      if (format === 'json') continue;
      const at = performance.now() - began;
      for (const record of unframe.take(chunk)) records.push(Object.assign(record, { at }));
    }
    if (format !== 'json') unframe.end();
    const document = format === 'json' ? JSON.parse(text) : fold(records);
    return { status, headers: fields, text, records, document, ms: performance.now() - began };
  }

  /** A raw connection to a door; what comes of it is noted by sandbox.send. */
  connect(door = 'tls') {
    const where = { host: '127.0.0.1', port: this.ports[door] };
    return door === 'tls' ? tls.connect({ ...where, servername: 'localhost', ca: this.ca }) : net.connect(where);
  }

  /** Sends bytes over a connection of their own; resolves when the other end has closed it, or `isOver`. */
  async exchange(bytes, { door = 'plain', isOver = () => false } = {}) {
    const socket = this.connect(door);
    const exchange = this.sandbox.send(socket, bytes);
    await waitUntil(() => exchange.state !== 'open' || isOver(exchange));
    socket.destroy();
    return exchange;
  }

  /** Asks at the operators' socket; resolves to status and text. */
  admin(method, where, body) {
    const socketPath = path.join(path.dirname(this.conf), 'admin.sock');
    return new Promise((resolve, reject) => {
      const asked = http.request({ socketPath, method, path: where, agent: false }, async (answer) => {
        let text = '';
        for await (const chunk of answer.setEncoding('utf8')) text += chunk;
        resolve({ status: answer.statusCode, text });
      });
      asked.on('error', reject);
      asked.end(body && JSON.stringify(body));
    });
  }

  /** What the sources were asked; Klassifikation, which no request asks, is apart. */
  async calls() {
    const { klassifikation, ...sources } = (await this.sandbox.control('GET', '/calls')).json;
    return sources;
  }

  /** What is switched off, as the store has it. */
  switches() {
    return this.#store((store) => store.prepare('SELECT source, authority FROM switch ORDER BY 1, 2').all());
  }
  /** As a human who has looked: all that foreign answers have switched off is on again. */
  async rearm() {
    for (const source of new Set(this.switches().map((row) => row.source))) {
      const { status, text } = await this.admin('POST', `/sources/${source}/rearm`, { reason: 'looked into' });
      if (status !== 200) throw new Error(`rearm ${source}: ${status} ${text}`);
    }
  }
  get storeFile() {
    return path.resolve(path.dirname(this.conf), readJson(this.conf).record.store);
  }
  #store(how) {
    const store = new DatabaseSync(this.storeFile);
    try {
      store.exec('PRAGMA busy_timeout = 10000');
      return how(store);
    } finally {
      store.close();
    }
  }

  /** The access record, as text and taken apart; what is pruned is left out. */
  recordLines() {
    return this.#store((store) => store.prepare('SELECT body FROM log WHERE body IS NOT NULL ORDER BY seq').all())
      .map(({ body }) => body);
  }
  recorded() {
    return this.recordLines().map((line) => JSON.parse(line));
  }
  /** The record outlives its store, for the test that reads what all tests have written. */
  keepRecord() {
    if (this.conf && existsSync(this.storeFile) && process.env.OVERBLIK_LOGS)
      writeFileSync(this.log(`${this.name}.access`), this.recordLines().map((line) => `${line}\n`).join(''));
  }
  /** Runs `overblik log …` with this configuration: {status, out, err}; `lines` its output as JSON lines. */
  overblikLog(args, { input = '', environment = {} } = {}) {
    const ran = spawnSync(path.join(build, 'overblik'), ['log', args[0], '-c', this.conf, ...args.slice(1)],
      { encoding: 'utf8', input, maxBuffer: 1 << 28, env: { ...process.env, ...environment } });
    return { status: ran.status, out: ran.stdout, err: ran.stderr,
      get lines() { return ran.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)); } };
  }
  /** The log as it was written: text, unless a test's settings say json. */
  logged() {
    return readFileSync(this.log(this.name), 'utf8');
  }

  /** Kilobytes of memory in use. */
  memory() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.daemon.process.pid}/status`, 'utf8'))[1]);
  }
}

// --- formats -----------------------------------------------------------------------------------------

/** Takes a stream's text apart; throws where the framing is not what the format says. */
class Unframer {
  #format;
  #rest = '';
  count = 0;
  constructor(format) {
    this.#format = format;
  }
  #one(frame) {
    this.count++;
    if (this.#format === 'ndjson') return JSON.parse(frame);
    if (this.#format === 'json-seq') {
      if (!frame.startsWith('\x1e')) throw new Error('a record without its separator');
      return JSON.parse(frame.slice(1));
    }
    const lines = frame.split('\n');
    if (this.count === 1 && /^retry: \d+$/.test(lines[0])) lines.shift();
    const [id, event, data] = lines;
    const record = JSON.parse(/^data: (.*)$/s.exec(data)[1]);
    if (lines.length !== 3 || id !== `id: ${this.count}` || event !== `event: ${record.record}`)
      throw new Error(`a wrong event: ${id} ${event}`);
    return record;
  }
  take(text) {
    const end = this.#format === 'sse' ? '\n\n' : '\n';
    const frames = (this.#rest + text).split(end);
    this.#rest = frames.pop();
    return frames.map((frame) => this.#one(frame));
  }
  end() {
    if (this.#rest !== '') throw new Error('the stream broke off inside a record');
  }
}

/** What the records of a stream say, as the one document that they are (docs/architecture.md). */
export function fold(records) {
  const [plan] = records;
  const done = records.find((record) => record.record === 'done');
  const landed = records.filter((record) => record.record === 'source');
  const keyOf = (source) => `${source.id}/${source.authority.code ?? source.authority.cvr}`;
  const inOrder = plan.sources.map((row) => landed.find(({ source }) => keyOf(source) === keyOf(row)));
  const dropped = new Set(done?.duplicates.map((duplicate) => duplicate.dropped));
  return {
    receipt: plan.receipt,
    revision: plan.revision,
    subject: plan.subject,
    summary: done?.summary,
    attention: done?.attention,
    items: inOrder.flatMap((one) => one?.items ?? []).filter((item) => !dropped.has(item.handle)),
    sources: inOrder.map((one) => one?.source),
    duplicates: done?.duplicates,
    declaration: done?.declaration,
  };
}

/** The states of a document's sources: {"atp.pension": "answered", "kommuner.sager/0710": …}. */
export const statesOf = (document) =>
  Object.fromEntries(document.sources.map(({ id, authority, state }) => [
    id.startsWith('kommuner.') && authority.code ? `${id}/${authority.code}` : id, state]));
