// SPDX-License-Identifier: MIT
//
// A made-up authority whose JSON resembles none of ours joins by its manifest alone: the real gateway
// asks it over mutual TLS, pages and all, and shows what it holds; and the guard stands before it as
// before every other.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, root } from './gateway.mjs';

const folder = path.join(root, 'tests/mapping/skovregistret');
const ID = 'skov.tilskud';
const AUTHORITY = 'skovregistret';
let gateway;

/** The manifest as it is shipped, with the sandbox's address in place of the authority's. */
function manifest({ certs, sandbox }) {
  const source = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  delete source.$schema;
  return {
    ...source,
    endpoints: {
      test: {
        url: `https://127.0.0.1:${sandbox.ports[AUTHORITY]}`,
        addresses: '127.0.0.0/8',
        tls: {
          ca: path.join(certs, 'ca.pem'),
          certificate: path.join(certs, 'gateway-client.pem'),
          key: path.join(certs, 'gateway-client.key'),
        },
      },
    },
    timers: { connect_ms: 1000 },
    breaker: { mode: 'off' },
    retry: { mode: 'off' },
  };
}

before(async () => {
  gateway = await Gateway.start({
    name: 'mapped',
    sandbox: { options: ['--file-set', path.join(folder, 'sandbox.json')] },
    manifests: (one) => [manifest(one)],
  });
});
after(() => gateway?.stop());

const ask = async (citizen, options = {}) => {
  const { status, json } = await gateway.overview(citizen, options);
  assert.equal(status, 200);
  return {
    source: json.sources.find(({ id }) => id === ID),
    items: json.items.filter(({ source }) => source === ID),
  };
};
const fault = (name) => gateway.sandbox.fault({ authority: AUTHORITY, fault: name });

test('its items are shown like those of every other authority, of both pages', async () => {
  const { source, items } = await ask('jens', { language: 'en' });
  assert.equal(source.state, 'answered', JSON.stringify(source));
  assert.equal(source.name, 'The Forest Register');
  assert.deepEqual(items.filter(({ kind }) => kind === 'case').map(({ number }) => number).sort(),
    ['SKOV-2018/0003', 'SKOV-2020/0007', 'SKOV-2026/0042']);
  const [forest] = items.filter(({ number }) => number === 'SKOV-2026/0042');
  assert.equal(forest.title, 'Tilskud til privat skovrejsning');
  assert.equal(forest.status.code, 'in_progress');
  assert.equal(forest.awaiting, 'you');
  assert.deepEqual(forest.links.map(({ type, url, single_sign_on: single }) => ({ type, url, single })),
    [{ type: 'self_service', url: 'https://selvbetjening.skov.example/sag/SKOV-2026%2F0042', single: true }]);
  const amounts = items.filter(({ kind }) => kind === 'payment').map(({ amount }) => amount).sort();
  assert.deepEqual(amounts, ['-1000.00', '12500.00', '31250.50'].sort());
  assert.equal(items.filter(({ kind }) => kind === 'document').length, 1);
});

test('one item is asked for by its handle', async () => {
  const { items } = await ask('jens');
  const { handle } = items.find(({ number }) => number === 'SKOV-2026/0042');
  const { status, json } = await gateway.get(`/v1/items/${handle}`, {
    headers: { Authorization: `Bearer ${gateway.token('jens')}`, 'Accept-Language': 'da' },
  });
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal((json.item ?? json.items[0]).number, 'SKOV-2026/0042');
});

test('nothing is nothing: by an empty list, and by its own word for it', async () => {
  for (const citizen of ['lone', 'mads']) {
    const { source, items } = await ask(citizen);
    assert.equal(source.state, 'empty', `${citizen}: ${JSON.stringify(source)}`);
    assert.deepEqual(items, []);
  }
});

for (const [name, state] of Object.entries({
  unnamed: 'invalid', // neither the citizen nor our id is named
  'wrong-echo': 'invalid', // another's request id
  error: 'failed',
  404: 'failed',
  429: 'busy',
  403: 'refused',
  'error-html': 'failed',
  garbage: 'invalid',
  cut: 'failed',
}))
  test(`${name}: ${state}, and nothing of it is shown`, async () => {
    await fault(name);
    const { source, items } = await ask('jens');
    assert.equal(source.state, state, JSON.stringify(source));
    assert.deepEqual(items, []);
    await gateway.sandbox.clear();
  });

test('the log names the rule that an answer broke, and no data', async () => {
  const { items } = await ask('vera');
  assert.deepEqual(items, []);
  const log = readFileSync(gateway.log('mapped'), 'utf8');
  assert.match(log, /event=mapping-broken source=skov\.tilskud rule=\/mapping\/items\/0\/fields\/created why="expected a date and time"/);
  assert.doesNotMatch(log, /32\.13\.2018/);
});

test('another citizen: foreign, and the authority is off until a human re-arms it', async () => {
  await fault('foreign');
  const { source, items } = await ask('jens');
  assert.equal(source.state, 'foreign', JSON.stringify(source));
  assert.deepEqual(items, []);
  await gateway.sandbox.clear();
  const again = await ask('jens');
  assert.notEqual(again.source?.state, 'answered');
  await gateway.rearm();
  assert.equal((await ask('jens')).source.state, 'answered');
});
