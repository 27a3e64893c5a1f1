// SPDX-License-Identifier: MIT
//
// Consents at two gateways on one PostgreSQL database: what is given or withdrawn at one holds at the
// other at once; and no store, or no record, means no answer and no consent.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Gateway, waitUntil } from './gateway.mjs';
import { Postgres } from './postgres.mjs';

const NODES = ['north', 'south'];
const gateways = {};
const until = new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10);
let server;

before(async () => {
  server = new Postgres();
  server.start();
  await Promise.all(NODES.map(async (node) => {
    gateways[node] = await Gateway.start({
      name: `consents_postgres_${node}`,
      settings: { record: { postgres: server.connection, node }, consents: { active_max: 3 } },
    });
  }));
});
after(async () => {
  const ends = await Promise.all(Object.values(gateways).map((gateway) => gateway.stop()));
  server?.end();
  assert.deepEqual(ends, NODES.map(() => 0));
});

const send = (node, method, where, body) =>
  gateways[node].get(where, {
    method,
    body: body && JSON.stringify(body),
    headers: { Authorization: `Bearer ${gateways[node].token('jens')}`, ...(body && { 'Content-Length': JSON.stringify(body).length }) },
  });
const give = (node) => send(node, 'POST', '/v1/consents', { service: 'budget', kinds: ['benefit'], until });
const withdraw = (node, id) => send(node, 'DELETE', `/v1/consents/${id}`);
const read = (node, token) =>
  gateways[node].get('/v1/overview?source=atp.pension', { client: 'service-budget', headers: { Authorization: `Bearer ${token}` } });
const count = () => Number(server.query('SELECT count(*) FROM overblik.consent'));

test('given at one, read at the other, withdrawn at the first: refused at both at once', async () => {
  for (const [a, b] of [NODES, [...NODES].reverse()]) {
    const { status, json, text } = await give(a);
    assert.equal(status, 201, text);
    const shown = await read(b, json.token);
    assert.equal(shown.status, 200, shown.text);
    assert.ok(shown.json.items.length > 0);
    assert.equal((await withdraw(a, json.consent.id)).status, 204);
    for (const node of [b, a]) assert.equal((await read(node, json.token)).status, 401);
    const found = (await send(b, 'GET', '/v1/consents')).json.consents.find(({ id }) => id === json.consent.id);
    assert.equal(found.state, 'withdrawn');
    assert.notEqual(found.used, null);
  }
});

test('so many in force, however many nodes are asked at once', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => give(NODES[i % 2])));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(3).fill(201), ...Array(9).fill(409)]);
  for (const { json } of answers) if (json.consent) await withdraw('north', json.consent.id);
});

// Each node finds the server again in its own time.
const untilAllRead = (token) => Promise.all(NODES.map((node) =>
  waitUntil(async () => (await read(node, token)).status === 200)));

test('without the server nothing is given, shown or withdrawn; with it, it goes on by itself', async () => {
  const { json } = await give('north');
  assert.equal((await read('south', json.token)).status, 200);
  const before_ = count();
  server.stop('fast');
  for (const node of NODES) {
    const refused = await read(node, json.token);
    assert.equal(refused.status, 503, refused.text);
    assert.ok(!/Livslang|ATP/.test(refused.text), 'never a stale yes');
    assert.equal((await give(node)).status, 503);
    assert.equal((await send(node, 'GET', '/v1/consents')).status, 503);
    assert.equal((await withdraw(node, json.consent.id)).status, 503);
  }
  server.start();
  await Promise.all(NODES.map((node) => gateways[node].ready()));
  await untilAllRead(json.token);
  assert.equal(count(), before_, 'what was refused is not there');
  assert.equal((await withdraw('north', json.consent.id)).status, 204);
});

test('a record that cannot be written: no consent', async () => {
  const before_ = count();
  server.query('ALTER TABLE overblik.log RENAME COLUMN body TO away');
  for (const node of NODES) assert.equal((await give(node)).status, 503);
  assert.equal(count(), before_);
  server.query('ALTER TABLE overblik.log RENAME COLUMN away TO body');
  await Promise.all(NODES.map((node) => waitUntil(async () => (await give(node)).status === 201)));
  assert.equal(count(), before_ + 2);
});

test('the store fails and the record does not: no consent, no reading, and the record says how it ended', async () => {
  const { json } = await give('north');
  server.query('ALTER TABLE overblik.consent RENAME COLUMN level TO away');
  const refused = await give('north');
  assert.equal(refused.status, 503);
  assert.equal((await read('south', json.token)).status, 503);
  server.query('ALTER TABLE overblik.consent RENAME COLUMN away TO level');
  let ended;
  await waitUntil(() => (ended = gateways.north.overblikLog(['list', '--json']).lines
    .find(({ event, receipt }) => event === 'outcome' && receipt === refused.json.receipt)));
  assert.equal(ended.status, 503);
  await untilAllRead(json.token);
});

test('what ended long ago is deleted, and nothing else', async () => {
  const { json } = await give('south').then((one) => (one.status === 201 ? one : withdrawOne().then(() => give('south'))));
  server.query(`UPDATE overblik.consent SET until_ms = until_ms - 3000 * 86400000::bigint,
    withdrawn_ms = withdrawn_ms - 3000 * 86400000::bigint WHERE id <> '${json.consent.id}'`);
  assert.equal(await gateways.south.daemon.end(), 0);
  await gateways.south.launch();
  await gateways.south.ready();
  await waitUntil(() => count() === 1);
  assert.equal((await read('north', json.token)).status, 200);
});

async function withdrawOne() {
  const { consents } = (await send('north', 'GET', '/v1/consents')).json;
  await withdraw('north', consents.find(({ state }) => state === 'active').id);
}
