// SPDX-License-Identifier: MIT
//
// docs/openapi.yaml and the running gateway say the same: every operation is asked, in every way that ends
// in another status, and every answer is judged by the document. What the document promises is seen here,
// or named here as not to be had on loopback.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { FORMATS, Gateway, root, STREAMS } from './gateway.mjs';
import { document, judge, judgeAnswer, judgeExamples, operations, promised, seen } from './openapi.mjs';

const SERVICE = 'service-budget'; // its certificate, of certs/make-certs
const DAY = 86400000;
const day = (offset) => new Date(Date.now() + offset * DAY).toISOString().slice(0, 10);
const NUMBER = '010170' + '9995';
const LOW = { loa: 'https://data.gov.dk/concept/core/nsis/Low', ial: 'https://data.gov.dk/concept/core/nsis/Low',
  aal: 'https://data.gov.dk/concept/core/nsis/Low', acr: 'https://data.gov.dk/concept/core/nsis/Low' };
let gateway;
const seenStates = new Set();

before(async () => {
  gateway = await Gateway.start({
    name: 'openapi',
    sources: { '*': { timers: { connect_ms: 1000, first_byte_ms: 1900, total_ms: 1950 } } },
    settings: { time: { soft_ms: 4000, heartbeat_ms: 500 }, consents: { active_max: 2 }, corrections: { total_ms: 1500 } },
    configure: (main) => {
      for (const service of main.mandates) service.enabled = true;
      main.issuers[0].audiences.push('stranger');
    },
  });
});
beforeEach(() => gateway.sandbox.clear());
after(async () => assert.equal(await gateway?.stop(), 0));

// --- asking ------------------------------------------------------------------------------------------

/** Sends a request of an operation, and judges the answer by the document. */
async function ask(operationId, where, { as, token = as && gateway.token(as), body, headers = {}, method, to = gateway, format, ...options } = {}) {
  const one = operations[operationId];
  assert.match(where, one.pattern, operationId);
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const fields = { ...(token && { Authorization: `Bearer ${token}` }), ...(text !== undefined && { 'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text) }), ...headers };
  const answer = format
    ? await to.read(as, format, { query: where.slice(one.path.length), token, headers: fields, ...options })
    : await to.get(where, { method: method ?? one.method, headers: fields, body: text, ...options });
  judgeAnswer(operationId, answer, { isHead: method === 'HEAD' });
  return answer;
}
/** The same, with the status that it must have. */
async function askFor(status, operationId, where, options) {
  const answer = await ask(operationId, where, options);
  assert.equal(answer.status, status, `${operationId}: ${answer.text.slice(0, 300)}`);
  return answer;
}
const problemOf = ({ json }) => json.type.split('/').at(-1);
const fail = (authority, fault) => gateway.sandbox.control('POST', '/faults', { authority, fault });
const AUTHORITIES = ['municipal', 'udbetaling-danmark', 'star', 'atp', 'rigspolitiet', 'digitaliseringsstyrelsen'];
const HOME = '?municipality=0710';
const itemOf = async (as, source) => (await gateway.overview(as)).json.items.find((item) => item.source === source);
const correction = { source: 'atp.pension', text: 'The amount is wrong.' };
const consent = (change) => ({ service: 'budget', kinds: ['benefit'], until: day(30), ...change });

/** A good request of each operation: its path, and who asks. */
const GOOD = {
  getOverview: [`/v1/overview${HOME}`, { as: 'jens' }],
  getItem: ['/v1/items/x', { as: 'jens' }],
  getExport: ['/v1/export', { as: 'jens' }],
  sendCorrection: ['/v1/corrections', { as: 'jens', body: correction }],
  listMandates: ['/v1/mandates', { as: 'karen' }],
  listConsents: ['/v1/consents', { as: 'jens' }],
  giveConsent: ['/v1/consents', { as: 'jens', body: consent() }],
  withdrawConsent: ['/v1/consents/0199c3a0-0000-7000-8000-000000000000', { as: 'jens' }],
  readAccessLog: ['/v1/access-log', { as: 'jens' }],
  findUsage: ['/v1/access-log/tracker/findUsage', { as: 'jens' }],
  getUsagePeriod: ['/v1/access-log/tracker/usagePeriod', {}],
  getTrackerHeartbeat: ['/v1/access-log/tracker/heartbeat', {}],
  listSources: ['/v1/sources', {}],
  getOpenapi: ['/openapi.json', {}],
  getHealth: ['/healthz', {}],
  getReadiness: ['/readyz', {}],
};
const needsToken = (operationId) => operations[operationId].operation.security.length > 0;

// --- the document ------------------------------------------------------------------------------------

test('redocly finds no fault by its strictest rules', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'node_modules/@redocly/cli/bin/cli.js'),
    'lint', '--extends', 'recommended-strict', path.join(root, 'docs/openapi.yaml')],
  { encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } });
  assert.equal(status, 0, stdout + stderr);
});

test('the gateway routes what the document names, and nothing else', () => {
  const source = readFileSync(path.join(root, 'gateway/serve/route.c'), 'utf8');
  const routed = [...source.matchAll(/\{HTTP_(\w+), STR_INIT\("([^"]+)"\), (true|false),/g)]
    .map(([, method, where, isPrefix]) => `${method} ${where}${isPrefix === 'true' ? '{}' : ''}`);
  assert.ok(routed.length > 10);
  const named = Object.values(operations).map(({ method, path: where }) => `${method} ${where.replace(/\{\w+\}/, '{}')}`);
  assert.deepEqual(named.sort(), routed.sort());
  assert.deepEqual(Object.keys(GOOD).sort(), Object.keys(operations).sort());
});

test('each code of the document is one of the code, and the other way round', () => {
  const rows = (file, macro, column) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    const [table] = source.slice(source.indexOf(`#define ${macro}(X)`)).split(/[^\\]\n/);
    const codes = [...table.matchAll(/X\((\w+(?:,\s*\\?\s*"[^"]*")+)/g)].map(([, row]) => [...row.matchAll(/"([^"]*)"/g)][column][1]);
    assert.ok(codes.length > 1, macro);
    return codes.sort();
  };
  const { schemas } = document.components;
  const member = (schema, name) => schemas[schema].properties[name].enum;
  for (const [wanted, file, macro, column = 0] of [
    [schemas.State.enum, 'adapters/outcome.h', 'OUTCOMES'],
    [schemas.Kind.enum, 'adapters/item.h', 'ITEM_KINDS'],
    [schemas.ItemStatusCode.enum, 'adapters/item.h', 'ITEM_STATUSES'],
    [member('Attention', 'type'), 'gateway/policy/texts.h', 'ATTENTION_TYPES'],
    [schemas.MandateKind.enum, 'gateway/identity/mandate.h', 'MANDATE_KINDS'],
    [member('CommonMandate', 'state'), 'gateway/identity/mandate.h', 'MANDATE_STATES'],
    [member('Consent', 'state'), 'gateway/identity/consent.h', 'CONSENT_STATES'],
    [operations.getExport.operation.parameters[0].schema.enum, 'gateway/overview/export.h', 'EXPORT_FORMS'],
    [Object.keys(operations.getOverview.operation.responses['200'].content), 'gateway/serve/framing.h', 'FORMATS'],
  ]) assert.deepEqual([...wanted].sort(), rows(file, macro, column), macro);
  assert.equal(document.info.version, /VERSION ([\d.]+)/.exec(readFileSync(path.join(root, 'CMakeLists.txt'), 'utf8').split('project(')[1])[1]);
  // States and problems stand in tables for people, too.
  for (const state of schemas.State.enum) assert.ok(schemas.State.description.includes(`| \`${state}\` |`), state);
  const problems = readFileSync(path.join(root, 'gateway/base/problem.h'), 'utf8');
  const slugs = [...problems.matchAll(/X\(PROBLEM_\w+, "([a-z-]+)", (\d+),/g)].map(([, slug, status]) => `| \`${slug}\` | ${status} |`);
  assert.ok(slugs.length > 20);
  assert.deepEqual(schemas.Problem.description.match(/^\| `.*$/gm), slugs);
});

test('examples are what their schemas say', () => assert.ok(judgeExamples() > 20));

test('the judge takes nothing more, and nothing less', () => {
  const good = document.components.examples.Overview.value;
  const overview = (value) => judge(value, '#/components/schemas/Overview', 'overview');
  overview(good);
  for (const spoil of [
    (one) => { one.more = 1; },
    (one) => { one.items[0].more = 1; },
    (one) => { one.items[0].amount = '1.00'; }, // of another kind
    (one) => { one.items[0].status.more = 1; },
    (one) => { one.sources[1].problem.more = 1; },
    (one) => { delete one.sources[0].until; },
    (one) => { delete one.items[0].history; },
    (one) => { one.sources[0].state = 'fine'; },
    (one) => { one.summary.asked = null; },
    (one) => { one.attention[0].date = '2026-13-04'; },
  ]) {
    const bad = structuredClone(good);
    spoil(bad);
    assert.throws(() => overview(bad), /overview/, spoil.toString());
  }
  const answer = { status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, text: '', json: { status: 'alive' } };
  judgeAnswer('getHealth', answer);
  assert.throws(() => judgeAnswer('getHealth', { ...answer, status: 201 }), /undocumented status/);
  assert.throws(() => judgeAnswer('getHealth', { ...answer, headers: { ...answer.headers, 'x-more': '1' } }), /undocumented header/);
  assert.throws(() => judgeAnswer('getHealth', { ...answer, headers: { 'content-type': 'application/json' } }), /no cache-control/);
});

test('it is served as JSON, and not sent again to who has it', async () => {
  const { json, headers } = await askFor(200, 'getOpenapi', '/openapi.json');
  assert.deepEqual(json, document);
  assert.match(headers['cache-control'], /public/);
  for (const known of [headers.etag, `W/${headers.etag}`, `"x", ${headers.etag}`, '*']) {
    const again = await askFor(304, 'getOpenapi', '/openapi.json', { headers: { 'If-None-Match': known } });
    assert.equal(again.headers.etag, headers.etag);
  }
  for (const other of ['"x"', headers.etag.slice(1), ''])
    await askFor(200, 'getOpenapi', '/openapi.json', { headers: { 'If-None-Match': other } });
});

// --- good answers ------------------------------------------------------------------------------------

test('an overview in each form, for each citizen', async () => {
  for (const as of ['jens', 'mads', 'amina', 'clara', 'karen', 'soeren']) {
    await askFor(200, 'getOverview', `/v1/overview${gateway.query(as)}`, { as });
    for (const format of STREAMS) {
      const { records, headers } = await askFor(200, 'getOverview', `/v1/overview${gateway.query(as)}`, { as, format });
      assert.equal(headers['content-type'], FORMATS[format]);
      assert.equal(records.at(-1).record, 'done');
    }
  }
});

test('with the fields that a portal may send', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const { headers } = await askFor(200, 'getOverview', `/v1/overview${HOME}`, { as: 'jens',
    headers: { Prefer: 'wait=3', 'Overblik-Priority': 'background', traceparent, 'Accept-Language': 'en' } });
  assert.equal(headers['preference-applied'], 'wait=3');
  assert.equal(headers['content-language'], 'en');
  assert.ok(headers['server-timing']);
  assert.match(headers.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad)/);
});

test('items of every kind that the sandbox holds', async () => {
  const handles = new Map();
  for (const as of ['jens', 'amina'])
    for (const { kind, handle } of (await gateway.overview(as)).json.items) handles.set(kind, { as, handle });
  assert.ok(handles.size >= 6, [...handles.keys()]);
  for (const { as, handle } of handles.values()) await askFor(200, 'getItem', `/v1/items/${handle}`, { as });
});

test('a stream while a source is silent has heartbeats', async () => {
  await fail('atp', 'never');
  const { records } = await askFor(200, 'getOverview', `/v1/overview${HOME}`, { as: 'jens', format: 'ndjson' });
  assert.ok(records.some(({ source }) => source?.state === 'late'));
  assert.ok(records.some(({ record }) => record === 'heartbeat'));
});

test('an export in each form', async () => {
  for (const format of ['json', 'html', 'csv', 'ics'])
    await askFor(200, 'getExport', `/v1/export${HOME}&format=${format}`, { as: 'jens' });
});

test('mandates, and an overview under one', async () => {
  const { json } = await askFor(200, 'listMandates', '/v1/mandates', { as: 'karen' });
  const { mandate } = json.may_act_for.find((one) => one.mandate);
  const headers = { 'Act-For': mandate };
  await askFor(200, 'getOverview', `/v1/overview${HOME}`, { as: 'karen', headers });
  await askFor(200, 'getOverview', `/v1/overview${HOME}`, { as: 'karen', headers, format: 'sse' });
  await askFor(403, 'getOverview', '/v1/overview', { as: 'jens', headers });
  await fail('digital-fuldmagt', 'error-html');
  assert.equal(problemOf(await askFor(502, 'getOverview', '/v1/overview', { as: 'karen', headers })), 'source-failed');
  await askFor(502, 'getItem', `/v1/items/${(await itemOf('jens', 'atp.pension')).handle}`, { as: 'karen', headers });
  await askFor(502, 'listMandates', '/v1/mandates', { as: 'karen' });
  await gateway.sandbox.clear();
  await fail('digital-fuldmagt', 'never');
  assert.equal(problemOf(await askFor(504, 'getOverview', '/v1/overview', { as: 'karen', headers })), 'source-late');
  await askFor(504, 'getItem', '/v1/items/x', { as: 'karen', headers });
  await askFor(504, 'listMandates', '/v1/mandates', { as: 'karen' });
});

test('consents, and what a service reads by one', async () => {
  const { json, headers } = await askFor(201, 'giveConsent', '/v1/consents', { as: 'jens', body: consent() });
  await askFor(201, 'giveConsent', '/v1/consents', { as: 'jens', body: consent({ sources: ['atp.pension'], until: new Date(Date.now() + DAY).toISOString() }) });
  await askFor(409, 'giveConsent', '/v1/consents', { as: 'jens', body: consent() });
  await askFor(200, 'listConsents', '/v1/consents', { as: 'jens' });
  const read = { token: json.token, client: SERVICE };
  const { json: document } = await askFor(200, 'getOverview', `/v1/overview${HOME}`, read);
  assert.equal(document.subject.consent.id, json.consent.id);
  await askFor(200, 'getItem', `/v1/items/${document.items[0].handle}`, read);
  const { handle } = await itemOf('jens', 'politi.akkreditiver');
  const refused = await askFor(403, 'getItem', `/v1/items/${handle}`, read);
  assert.equal(refused.json.item, null);
  await askFor(204, 'withdrawConsent', headers.location, { as: 'jens' });
  await askFor(204, 'withdrawConsent', headers.location, { as: 'jens' });
  await askFor(401, 'getOverview', '/v1/overview', read);
  await askFor(200, 'listConsents', '/v1/consents', { as: 'jens' });
});

test('the access log, as pages and as a data tracker', async () => {
  const { json } = await askFor(200, 'readAccessLog', '/v1/access-log?limit=2', { as: 'jens' });
  await askFor(200, 'readAccessLog', `/v1/access-log${json.next}`, { as: 'jens' });
  await askFor(200, 'readAccessLog', '/v1/access-log?limit=200', { as: 'jens' });
  await askFor(200, 'readAccessLog', '/v1/access-log', { as: 'karen' });
  const from = encodeURIComponent(new Date(Date.now() - DAY).toISOString());
  await askFor(200, 'findUsage', `/v1/access-log/tracker/findUsage?periodStart=${from}&offset=1&limit=5`, { as: 'jens' });
  await askFor(200, 'getUsagePeriod', '/v1/access-log/tracker/usagePeriod');
  await askFor(200, 'getTrackerHeartbeat', '/v1/access-log/tracker/heartbeat');
});

test('corrections: forwarded, or whom to write to', async () => {
  const { handle } = await itemOf('jens', 'atp.pension');
  const headers = { 'Idempotency-Key': 'letter-0001' };
  const { headers: got } = await askFor(202, 'sendCorrection', '/v1/corrections', { as: 'jens', body: { handle, text: 'No.' }, headers });
  assert.equal(got['idempotency-key'], 'letter-0001');
  await askFor(200, 'sendCorrection', '/v1/corrections', { as: 'jens', body: { source: 'kommuner.sager', municipality: '0710', text: 'No.' } });
  for (const [fault, status] of [['error-html', 502], ['503-retry-after', 503], ['never', 504]]) {
    await gateway.sandbox.clear();
    await fail('atp', fault);
    await askFor(status, 'sendCorrection', '/v1/corrections', { as: 'jens', body: correction });
  }
});

test('what tells of nobody', async () => {
  for (const operationId of ['listSources', 'getHealth', 'getReadiness']) await askFor(200, operationId, GOOD[operationId][0]);
});

test('HEAD is GET without the body', async () => {
  for (const [operationId, [where, options]] of Object.entries(GOOD))
    if (operations[operationId].method === 'GET') await ask(operationId, where, { ...options, method: 'HEAD' });
});

test('whatever sources answer, the overview is what the document says', async () => {
  for (const fault of ['stale', 'any-item', 'untitled', 'odd-status', 'odd-progress', 'bare', 'unstable', 'no-organisation', 'no-classification',
    'left-behind', 'other-authority', 'no-notes', 'no-documents', 'no-echo', 'unnamed', 'wrong-echo', 'wrong-type', 'duplicate', 'deep', 'many',
    'foreign', 'redirect', 'garbage', 'cut', 'gzip', 'no-content']) {
    await gateway.sandbox.clear();
    for (const authority of AUTHORITIES) await fail(authority, fault);
    const { status, json } = await ask('getOverview', `/v1/overview${HOME}`, { as: 'jens' });
    assert.ok([200, 502].includes(status), `${fault}: ${status}`);
    for (const { state } of json.sources) seenStates.add(state);
    for (const item of json.items.slice(0, 3)) await ask('getItem', `/v1/items/${item.handle}`, { as: 'jens' });
    await gateway.rearm();
    await askFor(200, 'getOverview', `/v1/overview${HOME}`, { as: 'jens', format: 'ndjson' });
    await gateway.rearm();
  }
  for (const state of ['answered', 'stale', 'failed', 'invalid', 'foreign']) assert.ok(seenStates.has(state), `${state} was seen`);
});

/** Numbers that are the same in every run. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

test('whatever a portal asks, the answer is one that the document names', async () => {
  const random = numbers(20261128);
  const pick = (list) => list[Math.floor(random.next().value * list.length)];
  const some = (list) => list.filter(() => random.next().value < 0.25);
  const { handle } = await itemOf('jens', 'atp.pension');
  const tokens = [gateway.token('jens'), gateway.token('jens'), gateway.token('karen'), gateway.token('jens', LOW), 'nonsense', undefined];
  const parameters = ['municipality=0710', 'municipality=0101', 'municipality=9999', 'source=atp.pension', 'source=nowhere', 'source=', 'format=csv',
    'format=pdf', 'limit=3', 'limit=-1', 'before=x', 'offset=2', 'periodStart=soon', '%zz', '&&', '=', `x=${'y'.repeat(300)}`];
  const fields = Object.entries({ Accept: ['text/event-stream', 'application/x-ndjson;q=0.1, application/json', '*/*', 'image/*', ''],
    'Accept-Language': ['en', 'da;q=0.1, en;q=0.9', 'xx', ''], Prefer: ['wait=1', 'wait=0', 'wait=99999', 'respond-async'], 'Act-For': ['x', ''],
    'Overblik-Priority': ['background', 'first'], traceparent: ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'nonsense'],
    'Idempotency-Key': ['short', 'long-enough'], 'If-None-Match': ['*', '"x"'] });
  const bodies = [correction, consent(), {}, [], '', 'null', '{"text":"\\u0000"}', { ...correction, more: 1 }, { handle, text: 'No.' }];
  for (let i = 0; i < 400; i++) {
    const operationId = pick(Object.keys(GOOD));
    const [good, { body }] = GOOD[operationId];
    const where = operationId === 'getItem' ? `/v1/items/${pick([handle, 'x', 'x%20y', handle.slice(1)])}` : good.split('?')[0];
    const query = some(parameters).join('&');
    const headers = Object.fromEntries(some(fields).map(([name, values]) => [name, pick(values)]));
    const isStream = operationId === 'getOverview' && /event-stream|ndjson/.test(headers.Accept ?? '');
    if (isStream) delete headers.Accept; // read as a stream by the tests above
    await ask(operationId, query ? `${where}?${query}` : where, { token: pick(tokens), headers, ...(body && { body: pick(bodies) }) });
  }
});

// --- problems ------------------------------------------------------------------------------------------

test('401: no token, and one that is none', async () => {
  for (const [operationId, [where, { body }]] of Object.entries(GOOD)) {
    if (!needsToken(operationId)) continue;
    await askFor(401, operationId, where, { body });
    assert.equal(problemOf(await askFor(401, operationId, where, { body, token: 'nonsense' })), 'unauthorized');
  }
});

test('401: a login that is too weak, or too old', async () => {
  const token = gateway.token('jens', LOW);
  const weak = await askFor(401, 'getOverview', `/v1/overview${HOME}`, { token });
  assert.equal(problemOf(weak), 'insufficient-level');
  assert.match(weak.headers['www-authenticate'], /acr_values="/);
  await askFor(401, 'sendCorrection', '/v1/corrections', { token, body: correction });
  const old = gateway.token('jens', { auth_time: String(Math.floor(Date.now() / 1000) - 3600) });
  assert.equal(problemOf(await askFor(401, 'getExport', '/v1/export', { token: old })), 'login-too-old');
});

test('403: a portal without an agreement', async () => {
  for (const [operationId, [where, { body }]] of Object.entries(GOOD))
    if (needsToken(operationId))
      assert.equal(problemOf(await askFor(403, operationId, where, { body, token: gateway.token('jens', { aud: 'stranger' }) })), 'forbidden');
});

test('400: a personal number in the address, and what each takes', async () => {
  for (const [operationId, [where, options]] of Object.entries(GOOD)) {
    const answer = await askFor(400, operationId, `${where}${where.includes('?') ? '&' : '?'}x=${NUMBER}`, options);
    assert.equal(problemOf(answer), 'personal-number-in-url');
  }
  for (const operationId of ['getOverview', 'getItem', 'getExport', 'sendCorrection', 'listMandates', 'listConsents', 'giveConsent',
    'withdrawConsent', 'readAccessLog', 'findUsage']) {
    const [where, options] = GOOD[operationId];
    assert.equal(problemOf(await askFor(400, operationId, `${where.split('?')[0]}?nonsense=1`, options)), 'bad-parameter');
  }
  await askFor(400, 'sendCorrection', '/v1/corrections', { as: 'jens', body: '{' });
  await askFor(400, 'giveConsent', '/v1/consents', { as: 'jens', body: consent({ kinds: ['car'] }) });
});

test('404, 406, 413', async () => {
  await askFor(404, 'getItem', '/v1/items/nothing', { as: 'jens' });
  await askFor(404, 'sendCorrection', '/v1/corrections', { as: 'jens', body: { handle: 'nothing', text: 'No.' } });
  await askFor(404, 'withdrawConsent', ...GOOD.withdrawConsent);
  for (const operationId of ['getOverview', 'getExport'])
    await askFor(406, operationId, GOOD[operationId][0], { as: 'jens', headers: { Accept: 'image/png' } });
  await askFor(413, 'sendCorrection', '/v1/corrections', { as: 'jens', body: { ...correction, text: 'x'.repeat(4001) } });
  await askFor(413, 'giveConsent', '/v1/consents', { as: 'jens', body: JSON.stringify(consent()) + ' '.repeat(5000) });
});

test('502 and 504: no source answered', async () => {
  const { handle } = await itemOf('jens', 'atp.pension');
  for (const [fault, status] of [['error-html', 502], ['never', 504]]) {
    await gateway.sandbox.clear();
    for (const authority of AUTHORITIES) await fail(authority, fault);
    const { json } = await askFor(status, 'getOverview', `/v1/overview${HOME}`, { as: 'jens' });
    assert.equal(json.summary.answered, 0);
    await askFor(200, 'getOverview', `/v1/overview${HOME}`, { as: 'jens', format: 'ndjson' });
    await askFor(status, 'getItem', `/v1/items/${handle}`, { as: 'jens' });
    await askFor(status, 'getExport', `/v1/export${HOME}`, { as: 'jens' });
  }
});

test('503: a source under maintenance, told in a document', async () => {
  const { handle } = await itemOf('jens', 'atp.pension');
  const until = new Date(Date.now() + DAY).toISOString().replace(/\.\d+/, '');
  const { status, text } = await gateway.admin('POST', '/sources/atp.pension/maintenance',
    { reason: 'of the test', until, message: { da: 'Lukket', en: 'Closed' } });
  assert.equal(status, 200, text);
  const { json } = await askFor(503, 'getItem', `/v1/items/${handle}`, { as: 'jens' });
  assert.equal(json.source.message, 'Lukket');
  await askFor(200, 'getOverview', `/v1/overview${HOME}`, { as: 'jens' });
  await gateway.admin('POST', '/sources/atp.pension/enable', { reason: 'of the test' });
});

test('503: the issuer\'s keys are not known', async () => {
  const other = await Gateway.start({ name: 'openapi-keyless', wait: false,
    configure: (main) => { main.issuers[0].issuer = 'https://localhost:1'; } });
  try {
    other.issuer = 'https://localhost:1';
    for (const [operationId, [where, { as = 'jens', body }]] of Object.entries(GOOD)) {
      if (!needsToken(operationId) && operationId !== 'getReadiness') continue;
      await askFor(503, operationId, where, { token: other.token(as), body, to: other });
    }
  } finally {
    assert.equal(await other.stop(), 0);
  }
});

test('what the door says, of any path', async () => {
  const says = async (status, head, options) => {
    const { status: got, head: fields, body } = await gateway.exchange(`${head}\r\n\r\n`, options);
    assert.equal(got, status, head.slice(0, 80));
    const headers = Object.fromEntries(fields.split('\r\n').slice(1).filter(Boolean).map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }));
    judgeAnswer('getHealth', { status: got, headers, text: body.toString(), json: JSON.parse(body) });
  };
  const to = 'Host: localhost\r\nConnection: close';
  await says(404, `GET /nowhere HTTP/1.1\r\n${to}`);
  await says(405, `PUT /healthz HTTP/1.1\r\n${to}\r\nContent-Length: 0`);
  await says(414, `GET /${'x'.repeat(20000)} HTTP/1.1\r\n${to}`);
  await says(417, `GET /healthz HTTP/1.1\r\n${to}\r\nExpect: wonders`);
  await says(431, `GET /healthz HTTP/1.1\r\n${to}\r\nX: ${'x'.repeat(60000)}`);
  await says(501, `POST /v1/consents HTTP/1.1\r\n${to}\r\nTransfer-Encoding: gzip, chunked`);
  await says(505, `GET /healthz HTTP/3.0\r\n${to}`);
  await says(413, `POST /v1/consents HTTP/1.1\r\n${to}\r\nContent-Length: 999999999`);
});

// --- the balance ---------------------------------------------------------------------------------------

/** Promised, and not to be had here: why. */
const UNSEEN = {
  'getItem 404 application/json': 'the sandbox never loses an item',
};

test('everything that the document promises has been seen', () => {
  const missing = promised().filter((one) => !seen.has(one) && !/ default /.test(one) && !UNSEEN[one]);
  assert.deepEqual(missing, []);
});
