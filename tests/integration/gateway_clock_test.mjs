// SPDX-License-Identifier: MIT
//
// The calendar's clock jumps by years, forwards and backwards, while the gateway runs and between two runs:
// every answer has its record, the chain is whole, and retention does not take more than a week of what is
// oldest.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { citizenOf, Gateway, waitUntil } from './gateway.mjs';
import { clockOff, DAY_S, WrongClock } from './wrong_clock.mjs';

const ONE = '?source=atp.pension';
const place = mkdtempSync(path.join(tmpdir(), 'clock-'));
const clock = new WrongClock(path.join(place, 'clock'));
const { cpr } = citizenOf('jens');
let gateway;
const exportAt = (days) => {
  const { status, err } = gateway.overblikLog(['export', '--citizen'], { input: cpr, environment: clockOff(days) });
  assert.equal(status, 0, err);
};
before(async () => {
  gateway = await Gateway.start({
    name: 'gateway_clock',
    settings: { record: { keep_days: 30, checkpoint_s: 1 } },
    environment: clock.environment,
  });
  await gateway.daemon.end();
  for (const days of [-20, -20, -17, -12]) exportAt(days);
  await gateway.launch();
  await gateway.ready();
});
after(async () => {
  const status = await gateway?.stop();
  rmSync(place, { recursive: true, force: true });
  assert.equal(status, 0);
});

/** The receipts of answers, by the clock that is so many days off; what was answered is recorded. */
async function look(days, count = 5) {
  const now = Math.floor(Date.now() / 1000) + days * DAY_S;
  const token = gateway.token('jens', { iat: now, nbf: now, exp: now + 300 });
  const receipts = [];
  for (let i = 0; i < count; i++) {
    const { status, headers } = await gateway.overview('jens', { query: ONE, token });
    assert.ok([200, 502, 504].includes(status), `${status}: certificates are not valid at every time`);
    receipts.push(headers['overblik-receipt']);
  }
  const recorded = new Set(gateway.recorded().filter(({ event }) => event === 'intent').map(({ receipt }) => receipt));
  for (const receipt of receipts) assert.ok(receipt && recorded.has(receipt), receipt);
  return receipts;
}
const verify = () => {
  const { status, out, err } = gateway.overblikLog(['verify']);
  assert.equal(status, 0, out + err);
  return out;
};
const waitUntilSigned = () => waitUntil(() => !/wait for a checkpoint/.test(verify()));
const yearOf = (receipt) => new Date(gateway.recorded().find((one) => one.receipt === receipt).time).getUTCFullYear();
const thisYear = new Date().getUTCFullYear();

for (const days of [0, 5 * 365, -9 * 365, 1, -1, 0])
  test(`${days} days off while it runs: every answer is recorded, and the chain is whole`, async () => {
    clock.set(days);
    const [receipt] = await look(days);
    assert.ok(Math.abs(yearOf(receipt) - thisYear - Math.trunc(days / 365)) <= 1, `${yearOf(receipt)}`);
    await waitUntilSigned();
    assert.doesNotMatch(verify(), /deleted by retention/);
  });

test('started anew while the clock is years ahead, after records that say so: a week of the oldest goes, no more', async () => {
  clock.set(5 * 365);
  await look(5 * 365);
  await gateway.daemon.end();
  await gateway.launch(); // certificates have expired by then, so it is never ready
  await waitUntil(() => /the content of the first 3 was deleted/.test(verify()));
  await waitUntilSigned();
  assert.match(verify(), /the content of the first 3 was deleted/);
  await gateway.daemon.end();
  clock.set(0);
  await gateway.launch();
  await gateway.ready();
  await look(0);
  assert.match(verify(), /the content of the first 3 was deleted/);
});
