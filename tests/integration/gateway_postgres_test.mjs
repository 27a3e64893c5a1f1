// SPDX-License-Identifier: MIT
//
// Three gateways share one access record in PostgreSQL, a chain each; the server is this test's own, on a
// socket in its own folder. It is stopped and killed, gateways are killed, and no answer lacks its record.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { citizenOf, Gateway, root, waitUntil, writeJson } from './gateway.mjs';
import { Postgres } from './postgres.mjs';
import { clockOff } from './wrong_clock.mjs';

const ONE = '?source=atp.pension';
const NODES = ['north', 'south', 'west'];
const gateways = {};

let server;
before(async () => {
  server = new Postgres();
  server.start();
  await Promise.all(NODES.map(async (node) => {
    gateways[node] = await Gateway.start({
      name: `gateway_postgres_${node}`,
      // Nothing here is about patience, and other programs share the machine.
      settings: { record: { postgres: server.connection, node, checkpoint_records: 10, checkpoint_s: 1 },
        time: { soft_ms: 26000, hard_ms: 28000 } },
      sources: { '*': { timers: { connect_ms: 25000, first_byte_ms: 25000, silence_ms: 25000, total_ms: 25000 } } },
    });
  }));
});
after(async () => {
  const ends = await Promise.all(Object.values(gateways).map((gateway) => gateway.stop()));
  server?.end();
  assert.deepEqual(ends, NODES.map(() => 0));
});

const records = () => gateways.north.overblikLog(['list', '--json']).lines;
const verify = () => {
  const { status, out, err } = gateways.north.overblikLog(['verify']);
  assert.equal(status, 0, out + err);
  return out;
};
async function look(gateway, id = 'jens') {
  const { status, json, text } = await gateway.overview(id, { query: ONE });
  assert.equal(status, 200, text);
  return json.receipt;
}

/** How many calls began and ended, as the monthly numbers have it, and as the records tell. */
const counted = () => server.query(`SELECT sum(counted) FILTER (WHERE what = 0), sum(counted) FILTER (WHERE what BETWEEN 1 AND 9)
  FROM overblik.report`).split('|').map(Number);
function countedOf(lines) {
  const looks = lines.filter(({ operation }) => operation === 'overview');
  const begun = new Set(looks.filter(({ event }) => event === 'intent').map(({ receipt }) => receipt));
  return [begun.size, looks.filter(({ event, receipt }) => event === 'outcome' && begun.has(receipt)).length];
}

// --- the tests ---------------------------------------------------------------------------------------

test('each node has a chain of its own, and all are proven', async () => {
  const receipts = {};
  await Promise.all(NODES.map(async (node) => {
    receipts[node] = [];
    for (let i = 0; i < 15; i++) receipts[node].push(await look(gateways[node]));
  }));
  await waitUntil(() => records().filter(({ event }) => event === 'outcome').length === 45);
  for (const node of NODES) {
    const its = records().filter((record) => record.node === node);
    assert.deepEqual(its.map(({ seq }) => seq), its.map((_, i) => i));
    assert.deepEqual(its.filter(({ event }) => event === 'intent').map(({ receipt }) => receipt), receipts[node]);
  }
  const out = verify();
  for (const node of NODES) assert.match(out, new RegExp(`^${node}: 30 records are right`, 'm'));
});

test('a citizen reads at one node what was shown at another', async () => {
  const receipt = await look(gateways.south, 'vera');
  const { status, json } = await gateways.west.get('/v1/access-log',
    { headers: { Authorization: `Bearer ${gateways.west.token('vera')}` } });
  assert.equal(status, 200);
  assert.deepEqual(json.entries.map((entry) => entry.receipt), [json.receipt, receipt]);
});

test('more than a page of the database is read to its end', async () => {
  for (let round = 0; round < 6; round++)
    await Promise.all(Array.from({ length: 100 }, () => look(gateways.north, 'lone')));
  const seen = [];
  for (let next = '?limit=200'; next;) {
    const { json } = await gateways.south.get(`/v1/access-log${next}`,
      { headers: { Authorization: `Bearer ${gateways.south.token('lone')}` } });
    seen.push(...json.entries.filter(({ operation }) => operation === 'overview').map(({ receipt }) => receipt));
    next = json.next;
  }
  assert.equal(new Set(seen).size, 600);
  assert.equal(seen.length, 600);
  verify();
});

test('a proof from the database is verified by the script of its own', async () => {
  const receipt = await look(gateways.west);
  let proved;
  await waitUntil(() => (proved = gateways.north.overblikLog(['prove', receipt])).status === 0);
  const file = gateways.north.file('proof.json');
  writeJson(file, JSON.parse(proved.out));
  const verified = spawnSync(process.execPath, [path.join(root, 'tests/tools/verify_proof.mjs'), file,
    path.join(gateways.north.certs, 'checkpoint.jwks.json')], { encoding: 'utf8' });
  assert.equal(verified.status, 0, verified.stderr);
  assert.match(verified.stdout, / of west, signed /);
});

test('an export finds a person at all nodes', () => {
  const { cpr } = citizenOf('jens');
  const exported = gateways.north.overblikLog(['export', '--citizen'], { input: cpr });
  assert.equal(exported.status, 0, exported.err);
  assert.deepEqual([...new Set(exported.lines.map(({ record }) => record.node))].sort(), NODES);
  verify();
});

test('a changed row is named, with its node', () => {
  server.query(`UPDATE overblik.log SET body = replace(body, 'demo-portal', 'somebody') WHERE node = 'south' AND seq = 4`);
  const { status, out } = gateways.north.overblikLog(['verify']);
  assert.equal(status, 65);
  assert.match(out, /^south: record 4 is wrong: its content was changed/m);
  assert.match(out, /^north: \d+ records are right/m);
  server.query(`UPDATE overblik.log SET body = replace(body, 'somebody', 'demo-portal') WHERE node = 'south' AND seq = 4`);
  verify();
});

test('without the server nothing is shown; with it, it goes on by itself', async () => {
  const receipts = [];
  for (const how of ['fast', 'immediate']) {
    let refused = 0;
    let isOver = false;
    const client = async (gateway) => {
      while (!isOver) {
        const { status, json, text } = await gateway.overview('jens', { query: ONE });
        if (status === 200) receipts.push(json.receipt);
        else refused++;
        assert.ok(status === 200 || (status === 503 && !/Livslang/.test(text)), text);
      }
    };
    const clients = NODES.flatMap((node) => [client(gateways[node]), client(gateways[node])]);
    const seen = receipts.length;
    await waitUntil(() => receipts.length > seen + 10);
    server.stop(how);
    await waitUntil(() => refused > 20);
    server.start();
    await Promise.all(NODES.map((node) => gateways[node].ready()));
    const then = receipts.length;
    await waitUntil(() => receipts.length > then + 10);
    isOver = true;
    await Promise.all(clients);
  }
  const recorded = new Set(records().filter(({ event }) => event === 'intent').map(({ receipt }) => receipt));
  for (const receipt of receipts) assert.ok(recorded.has(receipt), receipt);
  verify();
  await waitUntil(async () => (await Promise.all(NODES.map((node) => gateways[node].admin('GET', '/status'))))
    .every(({ text }) => JSON.parse(text).record_queued === 0));
  assert.deepEqual(counted(), countedOf(records()), 'and the monthly numbers are those of the records');
});

test('gateways are killed under load: every answer has its record', async () => {
  const gateway = gateways.south;
  for (let round = 0; round < 5; round++) {
    const receipts = [];
    const client = async () => {
      for (;;) {
        const answer = await gateway.overview('jens', { query: ONE }).catch(() => null);
        if (!answer) return;
        assert.equal(answer.status, 200, answer.text);
        receipts.push(answer.json.receipt);
      }
    };
    const clients = Array.from({ length: 6 }, client);
    await waitUntil(() => receipts.length > round * 3);
    await gateway.daemon.end('SIGKILL');
    await Promise.all(clients);
    const recorded = new Set(records().filter(({ event }) => event === 'intent').map(({ receipt }) => receipt));
    for (const receipt of receipts) assert.ok(recorded.has(receipt), receipt);
    await gateway.launch();
    await gateway.ready();
  }
  verify();
});

const headsOf = (text) => Object.fromEntries(text.split('\n').slice(5, -1).map((line) => line.split(' ')).map(([node, size]) => [node, Number(size)]));

test('each checkpoint signs the heads of all chains, and a chain that goes back or is gone is told by the others', async () => {
  for (const node of NODES) await look(gateways[node]);
  await waitUntil(() => gateways.north.overblikLog(['checkpoint']).lines.every(({ text }) => Object.keys(headsOf(text)).length === 2));
  for (const { text } of gateways.north.overblikLog(['checkpoint']).lines)
    assert.deepEqual([text.split('\n')[1], ...Object.keys(headsOf(text))].sort(), NODES);
  await waitUntil(() => !/wait for a checkpoint/.test(verify()));
  for (const node of NODES) await look(gateways[node]); // whose checkpoints sign all that were before
  await waitUntil(() => !/wait for a checkpoint/.test(verify()));
  await Promise.all(NODES.map((node) => gateways[node].daemon.end()));

  const tables = ['chain', 'log', 'tree', 'checkpoint'];
  for (const table of tables) server.query(`CREATE TABLE kept_${table} AS TABLE overblik.${table}`);
  const cases = [
    ['its whole chain', tables.map((table) => `DELETE FROM overblik.${table} WHERE node = 'west'`), /chain of west has gone back/],
    ['its name alone', [`DELETE FROM overblik.chain WHERE node = 'west'`], /chain of west has gone back/],
    ['its end, with its checkpoints', [
      `DELETE FROM overblik.log WHERE node = 'west' AND seq >= 10`,
      `DELETE FROM overblik.checkpoint WHERE node = 'west' AND size > 10`,
      `DELETE FROM overblik.tree WHERE node = 'west'`], /chain of west has gone back/],
    ['a checkpoint that others signed', [`DELETE FROM overblik.checkpoint WHERE node = 'west'`], /checkpoint of west over \d+ records, which was signed here, is gone/],
  ];
  for (const [name, statements, says] of cases) {
    for (const statement of statements) server.query(statement);
    const { status, out } = gateways.north.overblikLog(['verify']);
    assert.equal(status, 65, name);
    assert.match(out, new RegExp(`^north: record \\d+ is wrong: the ${says.source}`, 'm'), name);
    assert.match(out, new RegExp(`^south: record \\d+ is wrong: the ${says.source}`, 'm'), name);
    for (const table of tables)
      server.query(`DELETE FROM overblik.${table}; INSERT INTO overblik.${table} SELECT * FROM kept_${table}`);
    verify();
  }
  await Promise.all(NODES.map(async (node) => {
    await gateways[node].launch();
    await gateways[node].ready();
  }));
});

test('what is too old is deleted there too, and what is left is proven', async () => {
  const gateway = gateways.west;
  await gateway.daemon.end();
  gateway.change((main) => { main.record.node = 'east'; });
  for (let i = 0; i < 20; i++) {
    const { status, err } = gateway.overblikLog(['export', '--citizen'], { input: citizenOf('vera').cpr, environment: clockOff(-100) });
    assert.equal(status, 0, err);
  }
  gateway.change((main) => { main.record.keep_days = 30; });
  await gateway.launch();
  await gateway.ready();
  await look(gateway); // a clock a hundred days ahead of the newest record is not believed,
  await gateway.daemon.end();
  assert.doesNotMatch(verify(), /east: .* deleted/);
  await gateway.launch(); // until records were made by it
  await gateway.ready();
  await waitUntil(() => /east: \d+ records are right, the content of the first 20 was deleted/.test(verify()));
  assert.equal(server.query(`SELECT count(*) FROM overblik.log WHERE node = 'east' AND seq < 20 AND
    (body IS NOT NULL OR receipt IS NOT NULL OR subject IS NOT NULL OR time_ms IS NOT NULL)`), '0');
  assert.equal(records().filter(({ node, pruned }) => node === 'east' && pruned).length, 20);
});

test('a gateway whose server is not there does not start, and says so', async () => {
  const gateway = gateways.west;
  await gateway.daemon.end();
  gateway.change((main) => { main.record.postgres = `host=${server.place}/nowhere user=postgres`; });
  const { status, err } = gateway.overblikLog(['verify']);
  assert.equal(status, 66);
  assert.match(err, /PostgreSQL server of record\.postgres cannot be used/);
  gateway.change((main) => { main.record.postgres = 'host=x password=secret'; });
  const refused = gateway.overblikLog(['verify']);
  assert.match(refused.err, /\/record\/postgres: holds a password/);
  gateway.change((main) => { main.record.postgres = server.connection; });
  await gateway.launch();
  await gateway.ready();
});
