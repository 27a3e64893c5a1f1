// SPDX-License-Identifier: MIT
//
// At each ceiling there is an outcome: who comes when too much is under way is told so, a source that is
// asked too much is busy, and an answer that is too large costs its source alone.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Gateway, statesOf, STREAMS, waitUntil } from './gateway.mjs';

const SOURCE_MS = 20000;
const timers = { connect_ms: SOURCE_MS, first_byte_ms: SOURCE_MS, silence_ms: SOURCE_MS, total_ms: SOURCE_MS };
const gateways = [];
let narrow; // two overviews at once, and one call to STAR
let small; // little memory for each overview
before(async () => {
  const start = async (name, limits, sources = {}) => {
    const gateway = await Gateway.start({
      name,
      settings: { listen: { workers: 1 }, time: { soft_ms: 21000, hard_ms: 22000 }, limits },
      sources: { '*': { timers }, ...sources },
    });
    gateways.push(gateway);
    return gateway;
  };
  narrow = await start('gateway_narrow', { overviews_max: 2 }, { 'star.ydelser': { in_flight_max: 1 } });
  small = await start('gateway_small', { answer_max: 65536, output_max: 1310720, request_memory_max: 2097152 });
});
afterEach(() => Promise.all(gateways.map((gateway) => gateway.sandbox.clear())));
after(async () => {
  for (const gateway of gateways) assert.equal(await gateway.stop(), 0);
});

test('when too many overviews are under way the next is told to come again', async () => {
  await narrow.sandbox.fault({ authority: 'star', fault: 'delay', ms: 3000 });
  const first = narrow.overview('jens', { query: '?source=star.ydelser' });
  await waitUntil(async () => (await narrow.calls()).star.calls > 0);
  const second = narrow.overview('jens', { query: '?source=star.aftaler' });
  await waitUntil(async () => (await narrow.calls()).star.calls > 1);
  const { status, headers, json } = await narrow.overview('jens', { query: '?source=atp.pension' });
  assert.equal(status, 503);
  assert.equal(json.type, 'https://overblik.dk/problems/unavailable');
  assert.ok(Number(headers['retry-after']) > 0);
  assert.equal((await narrow.get('/healthz')).status, 200, 'the rest of the house is open');
  assert.deepEqual([(await first).status, (await second).status], [200, 200], 'who was there before is served');
  assert.equal((await narrow.overview('jens', { query: '?source=atp.pension' })).status, 200);
});

test('a source that is asked as much as it bears is busy for others, and free again afterwards', async () => {
  await narrow.sandbox.fault({ authority: 'star', fault: 'delay', ms: 3000, times: 1 });
  const asked = (await narrow.calls()).star.calls;
  const first = narrow.overview('jens', { query: '?source=star.ydelser' });
  await waitUntil(async () => (await narrow.calls()).star.calls > asked);
  const { json } = await narrow.overview('jens');
  const { 'star.ydelser': star, ...others } = statesOf(json);
  assert.equal(star, 'busy');
  for (const [id, state] of Object.entries(others)) assert.equal(state, 'answered', id);
  assert.equal(json.summary.complete, false);
  assert.equal(statesOf((await first).json)['star.ydelser'], 'answered');
  assert.equal(statesOf((await narrow.overview('jens')).json)['star.ydelser'], 'answered');
});

test('a client that leaves gives its places back', async () => {
  for (let round = 0; round < 4; round++) {
    await narrow.sandbox.fault({ authority: 'star', fault: 'never', times: 1 });
    const asked = (await narrow.calls()).star.calls;
    const { departed } = (await narrow.calls()).star;
    const socket = narrow.connect('plain');
    socket.write(`GET /v1/overview?source=star.ydelser HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${narrow.token('jens')}\r\n\r\n`);
    await waitUntil(async () => (await narrow.calls()).star.calls > asked);
    socket.destroy();
    await waitUntil(async () => (await narrow.calls()).star.departed > departed);
  }
  const { status, json } = await narrow.overview('jens');
  assert.equal(status, 200);
  assert.equal(json.summary.complete, true);
});

test('an answer that is too large costs its source alone, in every format', async () => {
  const usual = (await small.overview('jens')).json;
  assert.equal(usual.summary.complete, true, 'an ordinary overview fits');
  for (const format of ['json', ...STREAMS]) {
    const { status, document } = await small.read('mette', format);
    assert.equal(status, 200, format);
    const { 'kommuner.sager/0101': cases, ...others } = statesOf(document);
    assert.equal(cases, 'invalid', format);
    for (const [id, state] of Object.entries(others)) assert.ok(['answered', 'empty'].includes(state), `${format}: ${id}: ${state}`);
    assert.equal(document.items.filter(({ source }) => source === 'kommuner.sager').length, 0, 'all or nothing');
    assert.equal(document.items.filter(({ kind }) => kind === 'payment').length, 131, format);
  }
});
