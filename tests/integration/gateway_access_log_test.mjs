// SPDX-License-Identifier: MIT
//
// The access record as those read it who may: the citizen their own, the authority what was shown of its
// data, the operator all of it; and proofs, by a script that shares nothing with the product.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { build, citizenOf, Gateway, root, waitUntil, writeJson } from './gateway.mjs';

const ONE = '?source=atp.pension';
let gateway;
before(async () => (gateway = await Gateway.start({
  name: 'gateway_access_log',
  settings: { record: { checkpoint_records: 7, checkpoint_s: 1 } },
})));
after(async () => assert.equal(await gateway?.stop(), 0));

const ask = (id, where = '/v1/access-log', { headers = {}, token = gateway.token(id) } = {}) =>
  gateway.get(where, { headers: { Authorization: `Bearer ${token}`, ...headers } });
const linesOf = (receipt) => gateway.recorded().filter((line) => line.receipt === receipt);
/** The receipt of an overview whose outcome is recorded as well. */
async function look(id, query = ONE) {
  const { json, status } = await gateway.overview(id, { query });
  assert.equal(status, 200);
  await waitUntil(() => linesOf(json.receipt).length === 2);
  return json.receipt;
}
const node = (...args) => spawnSync(process.execPath, args, { encoding: 'utf8' });

// --- the citizen -------------------------------------------------------------------------------------

test('a citizen reads who had their data, and nobody else\'s', async () => {
  const mine = [await look('jens'), await look('jens', gateway.query('jens'))];
  const other = await look('vera');
  const { status, headers, json } = await ask('jens');
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['overblik-receipt'], json.receipt);
  const receipts = json.entries.map(({ receipt }) => receipt);
  assert.deepEqual(receipts, [json.receipt, mine[1], mine[0]], 'newest first; this reading is one itself');
  assert.ok(!receipts.includes(other));
  const [, all, one] = json.entries;
  assert.deepEqual({ ...one, time: null }, {
    receipt: mine[0], time: null, operation: 'overview', portal: 'demo-portal', purpose: 'citizen\'s own overview',
    by: 'you', mandate: null, service: null, consent: null, status: 200, text: 'Samlet overblik: ATP',
    sources: [{ id: 'atp.pension', name: one.sources[0].name, authority: null, state: 'answered', items: one.sources[0].items }],
  });
  assert.ok(one.sources[0].items > 0);
  assert.match(one.sources[0].name, /ATP/);
  assert.ok(Math.abs(Date.parse(one.time) - Date.now()) < 60000);
  assert.ok(all.sources.length > 5);
  assert.ok(all.sources.some(({ authority }) => authority === 'Favrskov Kommune'));
  assert.equal(json.next, null);
  assert.equal(json.kept_days, 1825);
});

test('reading it is recorded, durably, before it is shown', async () => {
  const { json } = await ask('jens');
  const [intent] = linesOf(json.receipt);
  assert.equal(intent.operation, 'access-log');
  assert.equal(intent.purpose, 'citizen reads the access log');
  assert.match(intent.subject, /^[0-9a-f]{32}$/);
  await waitUntil(() => linesOf(json.receipt).length === 2);
  assert.equal(linesOf(json.receipt)[1].status, 200);
});

test('pages follow each other without a gap', async () => {
  for (let i = 0; i < 5; i++) await look('lone');
  const all = (await ask('lone')).json.entries.map(({ receipt }) => receipt);
  const paged = [];
  for (let next = '?limit=2'; next;) {
    const { status, json } = await ask('lone', `/v1/access-log${next}`);
    assert.equal(status, 200, next);
    assert.ok(json.entries.length <= 2);
    paged.push(...json.entries.map(({ receipt }) => receipt));
    next = json.next;
  }
  assert.deepEqual(paged.filter((receipt) => all.includes(receipt)), all);
  assert.deepEqual(paged, [...new Set(paged)].sort().reverse());
});

test('the data tracker\'s form', async () => {
  await look('soeren');
  await look('soeren', gateway.query('soeren'));
  const tracker = '/v1/access-log/tracker';
  const { status, json } = await ask('soeren', `${tracker}/findUsage`);
  assert.equal(status, 200);
  assert.equal(json.totalUsages, 3);
  assert.equal(json.usages.length, 3);
  for (const usage of json.usages)
    for (const name of ['logtime', 'action', 'receiverCode', 'receiverSystem']) assert.equal(typeof usage[name], 'string', name);
  assert.match(json.usages[2].action, /^Samlet overblik: .*ATP/);
  assert.equal(json.usages[2].receiverCode, 'demo-portal');
  assert.match((await ask('soeren', `${tracker}/findUsage`, { headers: { 'Accept-Language': 'en' } })).json.usages.at(-1).action,
    /^Overview: /);
  const window = await ask('soeren', `${tracker}/findUsage?offset=1&limit=1`);
  assert.equal(window.json.usages.length, 1);
  assert.equal(window.json.totalUsages, 5, 'neither offset nor limit changes it');
  const late = new Date(Date.now() + 3600000).toISOString().replace(/\.\d+/, '');
  assert.equal((await ask('soeren', `${tracker}/findUsage?periodStart=${late}`)).json.totalUsages, 0);
  assert.ok((await ask('soeren', `${tracker}/findUsage?periodEnd=${late}`)).json.totalUsages >= 6);
  const period = await gateway.get(`${tracker}/usagePeriod`);
  assert.ok(Math.abs(Date.now() - 1825 * 86400000 - Date.parse(period.json.periodStart)) < 86400000);
  assert.deepEqual((await gateway.get(`${tracker}/heartbeat`)).json, { status: 'OK' });
});

test('who may not is refused, and nothing is recorded', async () => {
  const readings = () => gateway.recorded().filter(({ event, operation }) => event === 'intent' && operation === 'access-log').length;
  const recorded = readings();
  const cases = [
    ['no token', { headers: {} }, '/v1/access-log', 401],
    ['a damaged token', { headers: { Authorization: `Bearer ${gateway.token('jens').slice(0, -3)}AAA` } }, '/v1/access-log', 401],
    ['an unknown parameter', null, '/v1/access-log?subject=somebody', 400],
    ['a limit that is no number', null, '/v1/access-log?limit=x', 400],
    ['a limit that is too large', null, '/v1/access-log?limit=201', 400],
    ['something else than a receipt', null, '/v1/access-log?before=x', 400],
    ['the person in the address', null, '/v1/access-log/tracker/findUsage?userCode=EE1', 400],
    ['a personal number in the address', null, `/v1/access-log?before=${citizenOf('vera').cpr}`, 400],
    ['a time that is none', null, '/v1/access-log/tracker/findUsage?periodStart=yesterday', 400],
    ['another method of the tracker', null, '/v1/access-log/tracker/findAll', 404],
  ];
  for (const [what, options, where, status] of cases) {
    const answer = await gateway.get(where, options ?? { headers: { Authorization: `Bearer ${gateway.token('jens')}` } });
    assert.equal(answer.status, status, what);
    assert.equal(answer.headers['content-type'], 'application/problem+json', what);
  }
  const stranger = await ask('jens', '/v1/access-log', { token: gateway.token('jens', { aud: 'demo-portal-es256' }) });
  assert.ok([200, 403].includes(stranger.status));
  assert.equal(readings(), recorded + (stranger.status === 200 ? 1 : 0));
});

// --- proofs ------------------------------------------------------------------------------------------

/** What `prove` prints of a receipt, once a checkpoint has come. */
async function proofOf(receipt) {
  let proved;
  await waitUntil(() => (proved = gateway.overblikLog(['prove', receipt])).status !== 75);
  assert.equal(proved.status, 0, proved.err);
  return JSON.parse(proved.out);
}

test('each record is proven by a script of its own against the signed checkpoint', async () => {
  const script = path.join(root, 'tests/tools/verify_proof.mjs');
  const jwks = path.join(gateway.certs, 'checkpoint.jwks.json');
  const file = gateway.file('proof.json');
  for (let i = 0; i < 20; i++) await look('jens');
  for (const receipt of [await look('jens'), gateway.recorded()[0].receipt]) {
    const proof = await proofOf(receipt);
    assert.equal(proof.proofs.length, 2, 'intent and outcome');
    writeJson(file, proof);
    const verified = node(script, file, jwks);
    assert.equal(verified.status, 0, verified.stderr);
    assert.match(verified.stdout, /^intent .*\noutcome /);

    const [one] = proof.proofs;
    const wrong = {
      'a changed record': { ...one, record: one.record.replace('"portal"', '"Portal"') },
      'another index': { ...one, index: one.index + 1 },
      'a changed path': { ...one, path: [...one.path.slice(1), one.path[0]] },
      'a path cut short': { ...one, path: one.path.slice(1) },
      'a changed checkpoint': { ...one, checkpoint: { ...one.checkpoint, text: one.checkpoint.text.replace('node-1', 'node-2') } },
      'another key': { ...one, checkpoint: { ...one.checkpoint, kid: 'other' } },
    };
    for (const [what, forged] of Object.entries(wrong)) {
      writeJson(file, { ...proof, proofs: [forged] });
      assert.equal(node(script, file, jwks).status, 1, what);
    }
  }
  assert.equal(gateway.overblikLog(['prove', '0199aaaa-0000-7000-8000-000000000001']).status, 66);
  assert.ok(readFileSync(script, 'utf8').split('\n').length <= 100);
});

test('the whole record is proven while the gateway runs', async () => {
  const verified = gateway.overblikLog(['verify']);
  assert.equal(verified.status, 0, verified.out + verified.err);
  assert.match(verified.out, /^node-1: \d+ records are right; \d+ checkpoints, the newest of /);
  const [kept] = gateway.overblikLog(['checkpoint']).lines;
  assert.match(kept.text, /^overblik access record\nnode-1\n\d+\n[0-9a-f]{64}\n/);
  const other = gateway.file('other.jwks.json');
  copyFileSync(path.join(gateway.certs, 'assertion.jwks.json'), other);
  const unknown = gateway.overblikLog(['verify', '--keys', other]);
  assert.equal(unknown.status, 65);
  assert.match(unknown.out, /signed by a key that is not known here/);
});

// --- operators and authorities -----------------------------------------------------------------------

test('the operator lists records, all or those of a receipt', async () => {
  const receipt = await look('jens');
  assert.deepEqual(gateway.overblikLog(['list', '--json']).lines, gateway.recorded());
  const some = gateway.overblikLog(['list', '--json', '--receipt', receipt]).lines;
  assert.deepEqual(some.map(({ event }) => event), ['intent', 'outcome']);
  const [line] = gateway.overblikLog(['list', '--from', '1', '--limit', '1']).out.split('\n');
  assert.match(line, /^node-1 1 \S+ outcome/);
});

test('one person\'s records are exported: the number comes by standard input, and it is recorded', async () => {
  const receipt = await look('else');
  const { cpr } = citizenOf('else');
  const exported = gateway.overblikLog(['export', '--citizen'], { input: `${cpr}\n` });
  assert.equal(exported.status, 0, exported.err);
  assert.ok(exported.lines.every(({ role }) => role === 'subject' || role === 'actor'));
  const records = exported.lines.map(({ record }) => record);
  const subjects = new Set(records.filter(({ event }) => event === 'intent').map(({ subject }) => subject));
  assert.equal(subjects.size, 1);
  assert.deepEqual(records.filter((record) => record.receipt === receipt).map(({ event }) => event), ['intent', 'outcome']);
  assert.equal(records[0].operation, 'export', 'the export is in the person\'s own record');
  assert.ok(!exported.out.includes(cpr));
  assert.deepEqual((await ask('else')).json.entries.slice(1).map(({ by, operation }) => `${by} ${operation}`),
    ['operator export', 'you overview']);
  assert.equal(gateway.overblikLog(['verify']).status, 0, 'two processes have written one chain');
  await look('else');

  assert.equal(gateway.overblikLog(['export']).status, 64);
  assert.equal(gateway.overblikLog(['export', '--citizen'], { input: 'no number' }).status, 65);
  const nobody = gateway.overblikLog(['export', '--citizen'], { input: '6101010000' });
  assert.deepEqual(nobody.lines.map(({ record }) => record.operation), ['export']);
});

test('an authority reads when its data were shown, and no person', async () => {
  const receipt = await look('jens', gateway.query('jens'));
  const atp = gateway.get('/v1/sources').then(({ json }) => json.sources.find(({ id }) => id === 'atp.pension').authority.cvr);
  const told = gateway.overblikLog(['authority', await atp]);
  assert.equal(told.status, 0, told.err);
  const its = told.lines.filter((line) => line.receipt === receipt);
  assert.deepEqual(its.map(({ source }) => source), ['atp.pension']);
  assert.ok(its[0].items > 0 && Date.parse(its[0].time) > 0);
  const favrskov = gateway.overblikLog(['authority', '29189714']).lines.filter((line) => line.receipt === receipt);
  assert.ok(favrskov.length > 0);
  assert.ok(favrskov.every(({ source }) => source.startsWith('kommuner.')));
  for (const line of [...told.lines, ...favrskov]) assert.deepEqual(Object.keys(line).sort(), ['items', 'receipt', 'source', 'time']);
  assert.deepEqual(gateway.overblikLog(['authority', '12345678']).lines, []);
  assert.deepEqual(gateway.overblikLog(['authority', await atp, '--first', '2999-01-01']).lines, []);
  assert.equal(gateway.overblikLog(['authority', 'atp']).status, 64);
});

// --- backup, damage, restore -------------------------------------------------------------------------

test('a backup made under load is whole, and a gateway goes on from it', async () => {
  const copy = gateway.file('copy.db');
  const busy = Array.from({ length: 40 }, () => gateway.overview('jens', { query: ONE }));
  const made = gateway.overblikLog(['backup', copy]);
  assert.equal(made.status, 0, made.err);
  assert.equal(statSync(copy).mode & 0o077, 0, 'nobody else may read it');
  assert.notEqual(gateway.overblikLog(['backup', copy]).status, 0, 'it replaces nothing');
  await Promise.all(busy);
  const receipt = gateway.recorded()[0].receipt;

  await gateway.daemon.end();
  const store = gateway.file('conf/overblik.db');
  for (const end of ['-wal', '-shm']) rmSync(`${store}${end}`, { force: true });
  copyFileSync(copy, store);
  chmodSync(store, 0o600);
  const verified = gateway.overblikLog(['verify']);
  assert.equal(verified.status, 0, verified.out);
  await gateway.launch();
  await gateway.ready();
  await look('jens');
  assert.equal(linesOf(receipt).length, 2);
  assert.equal(gateway.overblikLog(['verify']).status, 0);
});

test('a changed record is named, and a gateway does not go on from it', async () => {
  await gateway.daemon.end();
  const store = gateway.file('conf/overblik.db');
  const good = readFileSync(store);
  const change = (sql) => {
    const db = new DatabaseSync(store);
    db.exec(sql);
    db.close();
  };
  change(`UPDATE log SET body = replace(body, '"demo-portal"', '"somebody"') WHERE seq = 4`);
  let verified = gateway.overblikLog(['verify']);
  assert.equal(verified.status, 65);
  assert.match(verified.out, /^node-1: record 4 is wrong: its content was changed/);

  const start = () => spawnSync(path.join(build, 'overblikd'), ['-c', gateway.conf], { encoding: 'utf8', timeout: 60000 });
  const refusals = [
    ['the end cut off', () => change('DELETE FROM log WHERE seq > (SELECT max(seq) - 3 FROM log)'), /records are missing at the end/],
    ['a page overwritten', () => {
      const bytes = Buffer.from(good);
      bytes.fill(0x5a, 8192, 8192 + 4096);
      writeFileSync(store, bytes);
    }, /is damaged|cannot be read|wrong/],
    ['half a file', () => writeFileSync(store, good.subarray(0, good.length / 2)), /is damaged|cannot be read/],
    ['no store at all', () => writeFileSync(store, 'this is no store'.repeat(1000)), /is damaged, or no store/],
    ['another node', () => {
      writeFileSync(store, good);
      gateway.change((main) => { main.record.node = 'node-2'; });
    }, /another node/],
  ];
  for (const [what, damage, says] of refusals) {
    for (const end of ['-wal', '-shm']) rmSync(`${store}${end}`, { force: true });
    writeFileSync(store, good);
    damage();
    const refused = start();
    assert.equal(refused.status, 74, `${what}: ${refused.stderr}`);
    assert.match(refused.stderr, says, what);
  }
  gateway.change((main) => { main.record.node = 'node-1'; });
  for (const end of ['-wal', '-shm']) rmSync(`${store}${end}`, { force: true });
  writeFileSync(store, good);
  await gateway.launch();
  await gateway.ready();
  verified = gateway.overblikLog(['verify']);
  assert.equal(verified.status, 0, verified.out);
});

test('a log at its end torn off in the middle: what was committed before it is there', async () => {
  await gateway.daemon.end('SIGKILL');
  const wal = gateway.file('conf/overblik.db-wal');
  assert.ok(existsSync(wal));
  const before = gateway.recordLines().length;
  await gateway.launch();
  await gateway.ready();
  await look('jens');
  await gateway.daemon.end('SIGKILL');
  const bytes = readFileSync(wal);
  writeFileSync(wal, Buffer.concat([bytes, Buffer.from('half a frame that a crash has left behind')]));
  await gateway.launch();
  await gateway.ready();
  assert.ok(gateway.recordLines().length >= before + 2);
  assert.equal(gateway.overblikLog(['verify']).status, 0);
});
