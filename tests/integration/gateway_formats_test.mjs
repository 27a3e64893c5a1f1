// SPDX-License-Identifier: MIT
//
// One overview in four formats: the framing of each, the order of a stream's records, and that the whole
// document is the fold of the records (docs/architecture.md).

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { citizens, fold, FORMATS, Gateway, statesOf, STREAMS } from './gateway.mjs';

const SOURCE_MS = 1200;
const SOFT_MS = 1500;
const HARD_MS = 3500;
const SLACK_MS = 1500; // a loaded machine's; the bench measures
const timers = (ms) => ({ connect_ms: ms, first_byte_ms: ms, silence_ms: ms, total_ms: ms });
let gateway; // waits as long as it takes
let hasty;
before(async () => {
  gateway = await Gateway.start({
    name: 'gateway_formats',
    settings: { time: { soft_ms: 21000, hard_ms: 22000 } },
    sources: { '*': { timers: timers(20000) } },
  });
  hasty = await Gateway.start({
    name: 'gateway_deadlines',
    settings: { time: { soft_ms: SOFT_MS, hard_ms: HARD_MS, heartbeat_ms: 300 } },
    sources: {
      '*': { timers: timers(SOURCE_MS) },
      'star.ydelser': { timers: { ...timers(SOURCE_MS), total_ms: HARD_MS - 100 } },
    },
  });
});
afterEach(() => hasty.sandbox.clear());
after(async () => {
  assert.equal(await gateway?.stop(), 0);
  assert.equal(await hasty?.stop(), 0);
});

/** What differs from one asking to the next: the receipt, and when things happened. */
function timeless(document) {
  const { receipt, ...rest } = structuredClone(document);
  for (const item of rest.items) delete item.as_of;
  for (const source of rest.sources) {
    delete source.as_of;
    delete source.elapsed_ms;
    delete source.text; // may say at what time
    if (source.problem) delete source.problem.title;
  }
  return rest;
}

for (const format of STREAMS) {
  test(`${format}: the plan first, each source once, done last`, async () => {
    const { status, headers, records } = await gateway.read('mads', format);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], FORMATS[format]);
    assert.equal(headers['content-language'], 'da');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['transfer-encoding'], 'chunked');
    assert.equal(headers['x-accel-buffering'], 'no');
    assert.equal(headers['overblik-receipt'], records[0].receipt);
    assert.equal(records[0].record, 'plan');
    assert.equal(records.at(-1).record, 'done');
    assert.equal(records.at(-1).receipt, records[0].receipt);
    assert.equal(records.at(-1).status, 200);
    const keys = (sources) => sources.map(({ id, authority }) => `${id}/${authority.cvr}`).sort();
    const told = records.filter(({ record }) => record === 'source');
    assert.equal(told.length, 12);
    assert.deepEqual(keys(told.map(({ source }) => source)), keys(records[0].sources));
    assert.ok(records.slice(1, -1).every(({ record }) => ['source', 'heartbeat'].includes(record)));
    assert.ok(records[0].sources.every(({ state, waits_at_most_ms: ms }) => state === 'asked' && ms > 0));
  });

  test(`${format}: the fold of the stream is the document, for every citizen`, async () => {
    for (const { id } of citizens.filter((citizen) => citizen.id !== 'aqqaluk')) {
      const query = id === 'soeren' ? '?source=atp.pension' : gateway.query(id); // his slow one has a test below
      const [document, stream] = [await gateway.read(id, 'json', { query }), await gateway.read(id, format, { query })];
      assert.deepEqual(timeless(stream.document), timeless(document.document), id);
    }
  });

  test(`${format}: a refusal is a problem, not a stream`, async () => {
    const answer = await gateway.overview('jens', { token: 'a.b.c', headers: { Accept: FORMATS[format] } });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
  });
}

test('rows that are not asked stand in the plan with their reason, and come as sources', async () => {
  const { records, document } = await gateway.read('jens', 'ndjson', { query: '' });
  const skipped = records[0].sources.filter(({ state }) => state !== 'asked');
  assert.deepEqual(skipped.map(({ id, state }) => [id, state]),
    [['kommuner.sager', 'municipality'], ['kommuner.ydelser', 'municipality']]);
  assert.equal(statesOf(document)['kommuner.sager'], 'municipality');
  assert.deepEqual(timeless(document), timeless((await gateway.overview('jens', { query: '' })).json));
});

test('a source that never answers ends at its own deadline; the others came at once', async () => {
  await hasty.sandbox.fault({ authority: 'star', fault: 'delay', ms: 10000, path: '/hentydelsesliste/v2.1.0' });
  await hasty.read('jens', 'ndjson'); // warm connections
  const { records, ms } = await hasty.read('jens', 'ndjson');
  assert.equal(records.filter(({ record }) => record === 'source').at(-1).source.id, 'star.ydelser');
  const landed = Object.fromEntries(records.filter(({ record }) => record === 'source').map((record) => [
    record.source.id, record]));
  assert.equal(landed['star.ydelser'].source.state, 'late');
  assert.ok(landed['star.ydelser'].at > SOURCE_MS - 50, `${landed['star.ydelser'].at} ms`);
  const inTime = Object.values(landed).filter(({ source }) => source.id !== 'star.ydelser');
  for (const { source, at } of inTime)
    assert.ok(source.state === 'answered' && at < landed['star.ydelser'].at, `${source.id}: ${source.state} after ${at} ms`);
  assert.ok(ms < HARD_MS);
});

test('a drip that outlasts everybody is cut at the hard deadline, with heartbeats in the silence', async () => {
  await hasty.sandbox.fault({ authority: 'star', fault: 'drip', ms: 400, path: '/hentydelsesliste/v2.1.0' });
  const { records, ms } = await hasty.read('jens', 'sse');
  const late = records.find((record) => record.source?.id === 'star.ydelser');
  assert.equal(late.source.state, 'late');
  assert.ok(late.at >= HARD_MS - 150 && ms < HARD_MS + SLACK_MS, `${late.at} and ${ms} ms`);
  const beats = records.filter(({ record }) => record === 'heartbeat');
  assert.ok(beats.length >= 3 && beats.length <= HARD_MS / 300, `${beats.length} heartbeats`);
  for (let i = 1; i < beats.length; i++) assert.ok(beats[i].elapsed_ms > beats[i - 1].elapsed_ms);
  assert.equal(records.at(-1).record, 'done');
  assert.equal(records.at(-1).summary.complete, false);
});

test('the document leaves at the soft deadline, and is the fold of what had settled by then', async () => {
  await hasty.sandbox.fault({ authority: 'star', fault: 'drip', ms: 400, path: '/hentydelsesliste/v2.1.0' });
  const { document, ms } = await hasty.read('jens', 'json');
  assert.ok(ms >= SOFT_MS - 20 && ms < SOFT_MS + SLACK_MS, `${ms} ms`);
  assert.equal(statesOf(document)['star.ydelser'], 'late');
  const stream = await hasty.read('jens', 'ndjson');
  const settled = stream.records.filter(({ source, at }) => !source || at < HARD_MS - 150);
  const rest = fold(settled).sources.findIndex((source) => source === undefined);
  assert.equal(stream.records[0].sources[rest].id, 'star.ydelser', 'only the drip had not settled');
  assert.deepEqual(timeless(document), timeless(stream.document), 'it gave nothing later either');
});

test('a stream whose every source is late tells 504 in its last record; the document in its status', async () => {
  await hasty.sandbox.fault({ fault: 'never' });
  const { status, json } = await hasty.overview('jens');
  assert.equal(status, 504);
  assert.ok(json.sources.every(({ state }) => state === 'late'));
  const { status: streamed, records } = await hasty.read('jens', 'json-seq');
  assert.equal(streamed, 200);
  assert.equal(records.at(-1).status, 504);
});

test('where nothing positive came and not all was late the document is 502', async () => {
  await hasty.sandbox.fault({ fault: 'error-html' });
  const { status, json } = await hasty.overview('jens');
  assert.equal(status, 502);
  assert.ok(json.sources.every(({ state }) => state === 'failed'));
  assert.equal((await hasty.read('jens', 'sse')).records.at(-1).status, 502);
});

test('Accept decides: the exact, the weight, the wild card, and its absence', async () => {
  const cases = [
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/*', 'text/event-stream'],
    ['application/x-ndjson, */*;q=0.1', 'application/x-ndjson'],
    ['application/json;q=0.5, application/json-seq', 'application/json-seq'],
    ['application/json;q=0, */*', 'application/x-ndjson'],
    ['TEXT/EVENT-STREAM', 'text/event-stream'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
  ];
  for (const [accept, type] of cases) {
    const headers = { Authorization: `Bearer ${gateway.token('karen')}`, ...(accept !== undefined && { Accept: accept }) };
    const { headers: fields } = await gateway.get('/v1/overview?source=atp.pension', { headers });
    assert.equal(fields['content-type'], type, accept);
  }
});

test('HTTP/1.0 gets a stream that the end of the connection ends', async () => {
  const answer = await gateway.exchange(`GET /v1/overview?source=atp.pension HTTP/1.0\r\nHost: localhost\r\n` +
    `Authorization: Bearer ${gateway.token('jens')}\r\nAccept: application/x-ndjson\r\n\r\n`);
  assert.equal(answer.status, 200);
  assert.ok(!/transfer-encoding/i.test(answer.head));
  const records = answer.body.toString('utf8').trim().split('\n').map((line) => JSON.parse(line).record);
  assert.deepEqual(records, ['plan', 'source', 'done']);
  assert.equal(answer.state, 'closed');
});
