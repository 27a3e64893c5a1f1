// SPDX-License-Identifier: MIT
//
// Who may be asked for whom: portals by client id and certificate, agreements by source, kind,
// authority and date, municipalities from a date, and what each authority says of itself.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway } from './gateway.mjs';

let gateway;
const day = (offset) => new Date(Date.now() + offset * 86400000).toISOString().slice(0, 10);
const CONTRACT = { contract: 'of the test' };

const policies = ({ certs }) => ({
  'agreements.json': (content) => {
    const { fingerprint256 } = new X509Certificate(readFileSync(path.join(certs, 'gateway-client.pem')));
    content.portals.push({ id: 'by-certificate', clients: ['shown'], certificates: [fingerprint256] });
    content.agreements.push(
      { portal: 'pension', sources: ['atp.pension'], ...CONTRACT },
      { portal: 'by-certificate', sources: ['*'], ...CONTRACT },
      { portal: 'over', sources: ['*'], to: day(-2), ...CONTRACT },
      { portal: 'cases', sources: ['kommuner.sager', 'udk.sager'], kinds: ['case'], authorities: ['0710'], ...CONTRACT },
    );
  },
  'municipalities.json': (content) => {
    content.rollout = [
      { source: 'kommuner.ydelser', from: day(-2), municipalities: ['0710'] },
      { source: 'kommuner.ydelser', from: day(30) },
    ];
  },
  'authorities.json': (content) => {
    content.authorities.push({ ...content.municipalities, municipality: '0710', breach: 'https://favrskov.example/brud' });
  },
});

before(async () => {
  gateway = await Gateway.start({
    name: 'agreements',
    policies,
    configure: (main) => {
      main.tls.client_ca = main.tls.certificate.replace('gateway.pem', 'ca.pem');
      main.issuers[0].audiences.push('pension', 'shown', 'over', 'cases');
    },
  });
});
after(() => gateway?.stop());

const ask = (portal, options = {}) =>
  gateway.overview('jens', { token: gateway.token('jens', { aud: portal }), ...options });
const statesOf = (json) => Object.fromEntries(json.sources.map((source) =>
  [source.authority.code ? `${source.id}/${source.authority.code}` : source.id, source.state]));

test('a portal is asked about what its agreement names, and nothing else is asked', async () => {
  const { status, json } = await ask('pension');
  assert.equal(status, 200);
  assert.deepEqual(statesOf(json), { 'atp.pension': 'answered' }, 'what none of its agreements names is no part of it');
  assert.equal(json.summary.asked, 1);
  assert.equal(json.summary.complete, true);
  const { json: { sources } } = await gateway.get('/v1/sources');
  assert.equal(json.summary.left_out, sources.length - 1, 'and how many that is, it says');
  const other = await ask('pension', { query: '?source=udk.sager' });
  assert.deepEqual(statesOf(other.json), { 'udk.sager': 'not_agreed' }, 'but where it is asked for by name');
});

test('by kind and authority: only that is shown', async () => {
  const { json } = await ask('cases', { query: '?municipality=0710&municipality=0101' });
  const states = statesOf(json);
  assert.equal(states['kommuner.sager/0710'], 'answered');
  assert.equal(states['kommuner.sager/0101'], 'not_agreed');
  assert.deepEqual([...new Set(json.items.map(({ kind }) => kind))], ['case']);
  assert.deepEqual([...new Set(json.items.map(({ authority }) => authority.code))], ['0710']);
});

test('an agreement that is over lets nobody be asked', async () => {
  const { status, json } = await ask('over');
  assert.equal(status, 200);
  assert.equal(json.summary.asked, 0);
  assert.deepEqual([...new Set(Object.values(statesOf(json)))], ['not_agreed']);
});

test('a portal that is known by its certificate must show it', async () => {
  for (const [portal, client, status, detail] of [
    ['shown', 'gateway-client', 200],
    ['shown', undefined, 403, /client certificate; connect with it/],
    ['pension', 'gateway-client', 403, /issued to another portal/],
    ['pension', undefined, 200],
  ]) {
    const answer = await ask(portal, { client });
    assert.equal(answer.status, status, `${portal} ${client}`);
    if (detail) assert.match(answer.json.detail, detail);
  }
});

test('a municipality that shows nothing yet says so, and nobody asks it', async () => {
  const before = await gateway.calls();
  const { json } = await ask('demo-portal', { query: '?municipality=0101&source=kommuner.ydelser' });
  assert.deepEqual(statesOf(json), { 'kommuner.ydelser/0101': 'not_shown' });
  assert.equal(json.summary.complete, true);
  assert.deepEqual(await gateway.calls(), before);
  const pilot = await ask('demo-portal', { query: '?municipality=0710&source=kommuner.ydelser' });
  assert.deepEqual(statesOf(pilot.json), { 'kommuner.ydelser/0710': 'answered' });
});

test('/v1/sources says of each authority how it is reached, and which municipality shows what', async () => {
  const { json } = await gateway.get('/v1/sources');
  const find = (wanted) => json.municipalities.find(({ code }) => code === wanted);
  assert.deepEqual(find('0710').shown, ['kommuner.sager', 'kommuner.ydelser']);
  assert.deepEqual(find('0101').shown, ['kommuner.sager']);
  assert.equal(find('0710').breach, 'https://favrskov.example/brud');
  const cards = [...json.municipalities, ...json.sources.filter((one) => !one.per_municipality).map((one) => one.authority)];
  assert.ok(cards.length > 100);
  for (const card of cards) {
    assert.ok(card.contacts.length && card.breach.startsWith('https://'), card.name);
    assert.ok(card.data_protection.da && card.data_protection.en, card.name);
  }
});

test('Server-Timing goes to portals that may see it', async () => {
  const { headers, json } = await ask('demo-portal');
  const entries = headers['server-timing'].split(', ');
  assert.equal(entries.length, json.sources.filter(({ elapsed_ms: ms }) => ms !== null).length + 1);
  for (const entry of entries) assert.match(entry, /^[a-z0-9._-]+;dur=\d+(;desc=[a-z_]+)?$/);
  assert.equal((await ask('pension')).headers['server-timing'], undefined);
});
