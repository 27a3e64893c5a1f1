// SPDX-License-Identifier: MIT
//
// The record on a disk that is full, and on one that cannot be written: nothing is shown without its
// record, no half of a record stays, and when there is room again it goes on by itself. Runs in a mount
// namespace of its own (gateway_disk.t).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, Gateway, waitUntil } from './gateway.mjs';

const ONE = '?source=atp.pension';
const disk = mkdtempSync(path.join(tmpdir(), 'disk-'));
const mount = (...args) => {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
};
let gateway;
before(async () => {
  mount('-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', disk);
  gateway = await Gateway.start({
    name: 'gateway_disk',
    settings: { record: { store: path.join(disk, 'overblik.db'), checkpoint_records: 20 } },
  });
});
after(async () => {
  const status = await gateway?.stop();
  spawnSync('umount', [disk]);
  rmdirSync(disk);
  assert.equal(status, 0);
});

const filler = path.join(disk, 'filler');
/** Writes until nothing more fits. */
function fillDisk() {
  const file = openSync(filler, 'w');
  for (let size = 65536; size >= 1; size = Math.floor(size / 2))
    for (;;)
      try {
        writeSync(file, Buffer.alloc(size));
      } catch (error) {
        assert.equal(error.code, 'ENOSPC');
        break;
      }
  fsyncSync(file);
  closeSync(file);
}
const intents = () => new Set(gateway.recorded().filter(({ event }) => event === 'intent').map(({ receipt }) => receipt));
const verify = () => {
  const { status, out, err } = gateway.overblikLog(['verify']);
  assert.equal(status, 0, out + err);
};

test('full in the middle of a load: every answer has its record, the rest is 503, and it recovers by itself', async () => {
  for (let round = 0; round < 5; round++) {
    const receipts = [];
    let refused = 0;
    let isOver = false;
    const client = async () => {
      while (!isOver) {
        const { status, json, text } = await gateway.overview('jens', { query: ONE });
        if (status === 200) receipts.push(json.receipt);
        else refused++;
        assert.ok(status === 200 || (status === 503 && !/Livslang/.test(text)), text);
      }
    };
    const clients = Array.from({ length: 6 }, client);
    await waitUntil(() => receipts.length > 5);
    fillDisk();
    await waitUntil(() => refused > 5);
    assert.equal((await gateway.get('/readyz')).json.access_log_writable, false);
    rmSync(filler);
    await gateway.ready();
    const seen = receipts.length;
    await waitUntil(() => receipts.length > seen + 5);
    isOver = true;
    await Promise.all(clients);
    const recorded = intents();
    for (const receipt of receipts) assert.ok(recorded.has(receipt), receipt);
    verify();
  }
});

test('killed while the disk is full: it starts again when there is room, and all of it is right', async () => {
  fillDisk();
  await waitUntil(async () => (await gateway.overview('jens', { query: ONE })).status === 503);
  await gateway.daemon.end('SIGKILL');
  rmSync(filler);
  await gateway.launch();
  await gateway.ready();
  assert.equal((await gateway.overview('jens', { query: ONE })).status, 200);
  verify();
});

test('on a disk that cannot be written it does not start, and says why', async () => {
  await gateway.daemon.end();
  mount('-o', 'remount,ro', disk);
  const refused = spawnSync(path.join(build, 'overblikd'), ['-c', gateway.conf], { encoding: 'utf8', timeout: 60000 });
  assert.equal(refused.status, 74);
  assert.match(refused.stderr, /overblik\.db: cannot be opened for writing/);
  mount('-o', 'remount,rw', disk);
  await gateway.launch();
  await gateway.ready();
  verify();
});
