// SPDX-License-Identifier: MIT
//
// What happens over many requests when a source fails for a while: its breaker opens, nobody asks it, a
// probe or a citizen finds it well again. And the other rules of policies/routing.json, each once.

import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { Gateway, root, statesOf, waitUntil, writeJson } from './gateway.mjs';

const SOURCE_MS = 2500; // longer than a loaded machine takes to answer well
const breaker = { mode: 'enforce', failures: 3, open_ms: 400, open_max_ms: 2000, trials: 2 };
let gateway;

before(async () => {
  gateway = await Gateway.start({
    name: 'gateway_resilience',
    settings: {
      time: { soft_ms: 3000, hard_ms: 3500 },
      limits: { background_max: 0 },
      folders: { policies: 'policies' },
    },
    sources: (made) => {
      cpSync(path.join(root, 'policies'), made.file('conf/policies'), { recursive: true });
      const portals = { 'demo-portal': 'demo-portal', jobs: 'demo-portal-ps256', letters: 'demo-portal-es256' };
      writeJson(made.file('conf/policies/agreements.json'), {
        portals: Object.entries(portals).map(([id, client]) => ({ id, clients: [client] })),
        agreements: Object.keys(portals).map((portal) => ({ portal, sources: ['*'], contract: 'a test' })),
      });
      writeJson(made.file('conf/policies/routing.json'), {
        sources: {
          'udk.sager': { windows: { closed: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] }] } },
          'udk.betalinger': { maintenance: { message: { da: 'Vi flytter.', en: 'We are moving.' } } },
          'digst.akkreditiver': { required: false },
          'star.aftaler': { canary: { percent: 0 } },
          'atp.pension': { hedge: { mode: 'observe' } },
        },
        portals: {
          jobs: { default: { level: 'high' }, priority: 'background' },
          letters: { sources: { 'kommuner.sager': { kinds: ['document'] } } },
        },
      });
      return {
        '*': { timers: { connect_ms: SOURCE_MS, first_byte_ms: SOURCE_MS, total_ms: SOURCE_MS } },
        'atp.pension': { breaker },
        // Without it a question that met a connection's end would be asked once more than is counted here.
        'politi.akkreditiver': { retry: { mode: 'enforce' }, endpoints: { test: { no_reuse: true } } },
        'star.ydelser': { breaker, probe: { citizen: 'mads', every_s: 3600 } },
      };
    },
  });
});
afterEach(() => gateway.sandbox.clear());
after(async () => assert.equal(await gateway?.stop(), 0));

const sourceOf = async (id, options) =>
  (await gateway.overview('jens', options)).json.sources.find((source) => source.id === id);
const callsOf = async (authority) => (await gateway.calls())[authority].calls;
const opened = (id) => gateway.logged().split(`event=breaker-opened source=${id} `).length - 1;
const closed = (id) => gateway.logged().match(new RegExp(`event=breaker-closed source=${id}$`, 'gm'))?.length ?? 0;

async function trip(id, fault) {
  await gateway.sandbox.fault(fault);
  for (let i = 0; i < 3; i++) assert.equal((await sourceOf(id)).state, 'failed', `failure ${i}`);
}

test('a breaker opens, leaves its source alone, closes again, and does all of it a second time', async () => {
  for (let round = 1; round <= 2; round++) {
    await trip('atp.pension', { authority: 'atp', fault: 'error-html' });
    await waitUntil(() => opened('atp.pension') === round);
    const calls = await callsOf('atp');
    const { json: document } = await gateway.overview('jens');
    const open = document.sources.find(({ id }) => id === 'atp.pension');
    if (open.state === 'open') { // else this machine took longer than it was open
      assert.ok(open.retry_after >= 1, JSON.stringify(open));
      assert.equal(document.summary.complete, false);
      assert.equal(await callsOf('atp'), calls, 'it was asked while its breaker was open');
    }
    assert.equal(statesOf(document)['star.ydelser'], 'answered');
    await gateway.sandbox.clear();
    await waitUntil(async () => (await sourceOf('atp.pension')).state === 'answered');
    await waitUntil(async () => (await sourceOf('atp.pension')) && closed('atp.pension') === round);
  }
});

test('a probe tries a breaker that was open, before any citizen does', async () => {
  await trip('star.ydelser', { authority: 'star', fault: 'error-html' });
  await waitUntil(() => opened('star.ydelser') >= 1);
  await waitUntil(() => /event=probe source=star\.ydelser outcome=failed/.test(gateway.logged()));
  assert.equal((await sourceOf('star.ydelser')).state, 'open', 'a citizen tries it before the probe has succeeded');
  await gateway.sandbox.clear();
  await waitUntil(() => closed('star.ydelser') === 1); // and nobody has asked meanwhile
  assert.equal((await sourceOf('star.ydelser')).state, 'answered');
  const probes = gateway.recorded().filter(({ event, operation }) => event === 'intent' && operation === 'probe');
  assert.ok(probes.length >= 2);
  for (const { event, portal, issuer, plan, purpose } of probes)
    assert.deepEqual([event, portal, issuer, purpose, plan],
      ['intent', 'probe', 'test', 'check of a source', [{ source: 'star.ydelser', ask: true }]]);
});

test('a call that failed before anything came back is repeated once', async () => {
  await gateway.sandbox.fault({ authority: 'rigspolitiet', fault: 'reset', times: 1 });
  assert.equal((await sourceOf('politi.akkreditiver')).state, 'answered');
  await gateway.sandbox.fault({ authority: 'rigspolitiet', fault: 'reset', times: 2 });
  assert.equal((await sourceOf('politi.akkreditiver')).state, 'failed');
  await gateway.sandbox.clear();
  const calls = await callsOf('rigspolitiet');
  await gateway.sandbox.fault({ authority: 'rigspolitiet', fault: 'cut', times: 1 });
  assert.equal((await sourceOf('politi.akkreditiver')).state, 'failed', 'it had begun to answer');
  assert.equal(await callsOf('rigspolitiet'), calls + 1);
});

test('a source is closed by its timetable, and for maintenance', async () => {
  const window = await sourceOf('udk.sager');
  assert.equal(window.state, 'closed');
  assert.ok(Date.parse(window.until) > Date.now());
  assert.match(window.text, /lukket/);
  const maintenance = await sourceOf('udk.betalinger');
  assert.deepEqual([maintenance.state, maintenance.message, maintenance.until], ['closed', 'Vi flytter.', null]);
  const { message } = await sourceOf('udk.betalinger', { language: 'en' });
  assert.equal(message, 'We are moving.');
});

test('a source that is not required may be missing', async () => {
  // Two others are closed here: only those who are required count against the whole.
  const missing = (document) => document.sources
    .filter(({ state, required }) => required && !['answered', 'empty', 'stale', 'not_needed'].includes(state))
    .map(({ id }) => id).sort();
  await gateway.sandbox.fault({ authority: 'digitaliseringsstyrelsen', fault: 'error-html' });
  const { json: document } = await gateway.overview('jens');
  assert.equal(statesOf(document)['digst.akkreditiver'], 'failed');
  assert.equal(document.sources.find(({ id }) => id === 'digst.akkreditiver').required, false);
  assert.deepEqual(missing(document), ['udk.betalinger', 'udk.sager']);
  assert.equal(document.summary.awaiting_you, null);
});

test('who is not among a canary\'s share does not ask', async () => {
  assert.equal((await sourceOf('star.aftaler')).state, 'not_needed');
});

test('the background gives way', async () => {
  const refused = await gateway.overview('jens', { headers: { 'Overblik-Priority': 'background' } });
  assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '10']);
  assert.equal((await gateway.overview('jens')).status, 200);
  const portal = gateway.token('jens', { aud: 'demo-portal-ps256' });
  assert.equal((await gateway.overview('jens', { token: portal })).status, 503, 'its portal is of the background');
});

test('a portal sees the kinds it asks for', async () => {
  const token = gateway.token('jens', { aud: 'demo-portal-es256' });
  const { json: document } = await gateway.overview('jens', { token });
  const kinds = new Set(document.items.filter(({ source }) => source === 'kommuner.sager').map(({ kind }) => kind));
  assert.ok(!kinds.has('case'), [...kinds].join());
});

test('a shadow is asked, compared and recorded, and never shown', async () => {
  const routing = gateway.file('conf/policies/routing.json');
  const whole = JSON.parse(readFileSync(routing, 'utf8'));
  const source = JSON.parse(readFileSync(gateway.file('conf/sources/atp.pension.json'), 'utf8'));
  writeJson(gateway.file('conf/sources/atp.skygge.json'), { ...source, id: 'atp.skygge', owner: { cvr: source.owner.cvr, name: source.owner.name }, position: 1 });
  whole.sources['atp.skygge'] = { shadow: { of: 'atp.pension' } };
  writeJson(routing, whole);
  gateway.daemon.process.kill('SIGHUP');
  await waitUntil(() => /event=configuration-in-force/.test(gateway.logged()));
  // Whoever of the two is first: until both have come there is nothing to compare.
  await waitUntil(async () => {
    const { json: document } = await gateway.overview('jens');
    assert.ok(!JSON.stringify(document).includes('atp.skygge'));
    return /event=shadow source=atp\.skygge of=atp\.pension comparable=1 equal=[1-9]\d* different=0$/m.test(gateway.logged());
  });
  const last = gateway.recorded().findLast(({ event, operation }) => event === 'intent' && operation === 'overview');
  assert.deepEqual(last.plan.at(-1), { source: 'atp.skygge', shadow: true, ask: true });
  const { status } = await gateway.overview('jens', { query: `${gateway.query('jens')}&source=atp.skygge` });
  assert.equal(status, 200);
  assert.ok(!(await gateway.get('/v1/sources')).text.includes('atp.skygge'));
});

test('what a faulty file of rules says is told with its place, and the old ones stay', async () => {
  const file = gateway.file('conf/policies/routing.json');
  const whole = JSON.parse(readFileSync(file, 'utf8'));
  writeJson(file, { sources: { 'udk.sager': { timers: { total_ms: 3500 } } } });
  gateway.daemon.process.kill('SIGHUP');
  await waitUntil(() => /event=configuration-refused/.test(gateway.logged()));
  assert.match(gateway.logged(), /must fit into time\.hard_ms 3500/);
  assert.equal((await sourceOf('udk.sager')).state, 'closed');
  writeJson(file, whole);
});
