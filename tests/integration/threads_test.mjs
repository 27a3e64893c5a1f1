// SPDX-License-Identifier: MIT
//
// Everything that threads of the gateway share, used at once: several workers, new configurations, new
// keys, sources that are switched off and armed again, clients that leave, and an end in the midst of it.
// The thread sanitizer judges; here it is seen that every answer is right.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { citizens, FORMATS, Gateway, waitUntil, writeJson } from './gateway.mjs';

const REQUESTS = 300;
const CLIENTS = 8;
let gateway;
before(async () => (gateway = await Gateway.start({
  name: 'threads',
  broker: true,
  settings: { listen: { workers: 4 }, keys: { jwks_refresh_s: 1, jwks_retry_s: 1 }, time: { soft_ms: 26000, hard_ms: 28000 } },
  sources: { '*': { timers: { connect_ms: 25000, first_byte_ms: 25000, silence_ms: 25000, total_ms: 25000 } } },
})));
after(async () => assert.equal(await gateway?.stop(), 0));

const seen = citizens.filter(({ level }) => level !== 'Low').map(({ id }) => id).filter((id) => !['mette', 'soeren'].includes(id));

/** Does something over and over until all clients are through. */
async function meanwhile(isOver, every, what) {
  for (let round = 1; !isOver(); round++) {
    await what(round);
    await pause(every);
  }
}

test(`${REQUESTS} requests while configuration, keys and switches change`, async () => {
  const own = {};
  for (const id of seen) {
    const { json } = await gateway.overview(id);
    assert.equal(json.summary.answered, id === 'clara' ? json.summary.asked - 1 : json.summary.asked, id);
    own[id] = json.items.map(({ handle }) => handle);
  }
  let left = REQUESTS;
  let running = CLIENTS;
  const isOver = () => running === 0;
  const client = async () => {
    while (left-- > 0) {
      const id = seen[left % seen.length];
      const format = Object.keys(FORMATS)[left % 4];
      if (left % 10 === 0) {
        const { answer } = await gateway.begin(`/v1/overview${gateway.query(id)}`, {
          headers: { Authorization: `Bearer ${gateway.token(id)}`, Accept: FORMATS.sse } });
        answer.on('error', () => {}).destroy(); // leaves as soon as it has begun
        continue;
      }
      const { status, document } = await gateway.read(id, format);
      assert.equal(status, 200);
      for (const { handle, source } of document.items)
        assert.ok(source === 'atp.pension' || own[id].includes(handle), `${id} is shown ${source}`);
      for (const { id: source, state } of document.sources)
        if (source !== 'atp.pension' && id !== 'clara') assert.ok(['answered', 'empty'].includes(state), `${source}: ${state}`);
    }
    running--;
  };

  const source = gateway.file('conf/sources/udk.sager.json');
  const { default: wanted } = await import(`file://${source}`, { with: { type: 'json' } });
  const changing = structuredClone(wanted);
  await Promise.all([
    ...Array.from({ length: CLIENTS }, client),
    meanwhile(isOver, 100, (round) => {
      changing.name = { da: `Udgave ${round}`, en: `Version ${round}` };
      changing.endpoints.test.no_reuse = round % 2 === 1; // its connections are other ones each time
      writeJson(source, changing);
      gateway.daemon.process.kill('SIGHUP');
    }),
    meanwhile(isOver, 400, async () => {
      for (const what of ['rotate', 'retire']) await fetch(`${gateway.brokerControl}/${what}`, { method: 'POST' });
    }),
    meanwhile(isOver, 50, () => gateway.overview('jens', { token: gateway.token('jens', {}, { header: { kid: 'nobody' } }) })),
    meanwhile(isOver, 50, async () => assert.ok([200, 503].includes((await gateway.get('/readyz')).status))),
    meanwhile(isOver, 50, async (round) => {
      const receipt = (await gateway.overview('jens')).json.receipt;
      for (const where of ['/metrics', '/sources', '/status', '/configuration', `/explain/${receipt}`])
        assert.equal((await gateway.admin('GET', where)).status, 200, where);
      const level = round % 2 ? 'debug' : 'info';
      assert.equal((await gateway.admin('PUT', '/log/level', { level })).status, 200);
      assert.equal((await gateway.admin('POST', '/sources/star.aftaler/enable', { reason: 'on' })).status, 200);
      if (round % 5 === 0) assert.ok([200, 422].includes((await gateway.admin('POST', '/reload')).status));
    }),
    meanwhile(isOver, 300, async (round) => {
      if (round % 2) return gateway.sandbox.fault({ authority: 'atp', fault: 'foreign', times: 1 });
      await gateway.rearm();
      return gateway.sandbox.clear();
    }),
  ]);
  await gateway.sandbox.clear();
});

test('an end in the midst of requests is clean', async () => {
  await gateway.ready();
  const asking = Array.from({ length: 24 }, () => gateway.overview('jens').then(({ status }) => status, () => 'cut'));
  await waitUntil(async () => Promise.race([Promise.any(asking).then(() => true), pause(1, false)]));
  assert.equal(await gateway.daemon.end(), 0);
  for (const status of await Promise.all(asking)) assert.ok([200, 'cut'].includes(status), status);
});
