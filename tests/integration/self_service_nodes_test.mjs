// SPDX-License-Identifier: MIT
//
// Two gateways on one PostgreSQL: what a municipality activates at one counts at the other within
// seconds; two who decide at once never decide on each other's back; a database that is gone leaves what
// was in force in force, and no gateway starts without knowing everybody's rules.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Program, build, waitUntil } from './gateway.mjs';
import { ask, startGateway } from './owners.mjs';
import { Postgres } from './postgres.mjs';

const gateways = {};
let server;
before(async () => {
  server = new Postgres();
  server.start();
  for (const node of ['north', 'south'])
    gateways[node] = await startGateway({ name: `self_service_nodes_${node}`, settings: { record: { postgres: server.connection, node } } });
});
after(async () => {
  const ends = await Promise.all(Object.values(gateways).map((gateway) => gateway.stop()));
  server?.end();
  assert.deepEqual(ends, [0, 0]);
});

const must = (answer, status = 200) => (assert.equal(answer.status, status, answer.text), answer.json);
const put = (node, rules, who = 'favrskov', code = '0710') =>
  ask(gateways[node], who, 'PUT', `/exposure/${code}`, { body: { rules }, reason: `at ${node}` });
const post = (node, step, body = {}) =>
  ask(gateways[node], 'favrskov', 'POST', `/exposure/0710/${step}`, { body: { reason: `at ${node}`, ...body } });
const versionAt = async (node) => must(await ask(gateways[node], 'favrskov', 'GET', '/exposure/0710')).version;
const shownAt = async (node) =>
  (await gateways[node].overview('jens', { query: '?municipality=0710&source=kommuner.sager' })).json.items.length;

test('what is activated at one node counts at the other within seconds', async () => {
  must(await put('north', []), 201);
  must(await post('south', 'activate', { version: 1 }));
  assert.equal(await shownAt('south'), 0);
  await waitUntil(async () => (await versionAt('north')) === 1);
  assert.equal(await shownAt('north'), 0);
  const { text: north } = await gateways.north.admin('GET', '/configuration');
  const { text: south } = await gateways.south.admin('GET', '/configuration');
  assert.match(north, /"revision":"[0-9a-f]{16}"/);
  assert.match(south, /"revision":"[0-9a-f]{16}"/);
});

test('two who decide at once: each version has one number, and one version is active', async () => {
  const drafts = await Promise.all(Array.from({ length: 20 }, (_, i) => put(i % 2 ? 'north' : 'south', [{ kle: '32.*' }])));
  const versions = drafts.filter(({ status }) => status === 201).map(({ json }) => json.version);
  assert.ok(drafts.every(({ status }) => [201, 503].includes(status)));
  assert.equal(new Set(versions).size, versions.length);
  await Promise.all(versions.slice(0, 6).map((version, i) => post(i % 2 ? 'north' : 'south', 'activate', { version })));
  const list = must(await ask(gateways.north, 'favrskov', 'GET', '/exposure/0710/versions')).versions;
  assert.equal(list.filter(({ state }) => state === 'active').length, 1);
  await waitUntil(async () => (await versionAt('north')) === (await versionAt('south')));
});

test('a database that is gone: refused, nothing is lost, and what was in force stays', async () => {
  const before = await versionAt('north');
  server.stop('immediate');
  assert.equal((await post('north', 'undo')).status, 503);
  assert.equal((await put('north', [])).status, 503);
  assert.equal(await versionAt('north'), before);
  const second = new Program([`${build}/overblikd`, '-c', gateways.north.conf], gateways.north.log('self_service_nodes_second'));
  assert.equal(await second.ended, 74, 'no gateway starts without knowing everybody\'s rules');
  server.start();
  await waitUntil(async () => (await post('south', 'undo')).status === 200);
  await waitUntil(async () => (await versionAt('north')) !== before);
});

test('killed between handing in and activating, a node finds both again', async () => {
  const { version } = must(await put('north', []), 201);
  await gateways.north.daemon.end('SIGKILL');
  must(await post('south', 'activate', { version }));
  await gateways.north.launch();
  await gateways.north.ready();
  assert.equal(await versionAt('north'), version);
});
