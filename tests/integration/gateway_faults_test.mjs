// SPDX-License-Identifier: MIT
//
// Every fault of the sandbox, on one source at a time, in every format: the faulty source's state is the
// right one, all others' data arrive complete and in time, and the next request finds a gateway that is
// well.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { build, FORMATS, Gateway, STREAMS, waitUntil } from './gateway.mjs';

const SOURCE_MS = 2500; // longer than a loaded machine takes to answer well
const SOFT_MS = 3000;
const HARD_MS = 3500;
const SLACK_MS = 1000;
let gateway;
let usual; // what jens sees when all is well
before(async () => {
  gateway = await Gateway.start({
    name: 'gateway_faults',
    settings: { time: { soft_ms: SOFT_MS, hard_ms: HARD_MS } },
    sources: { '*': { timers: { connect_ms: SOURCE_MS, first_byte_ms: SOURCE_MS, total_ms: SOURCE_MS } } },
  });
  usual = (await gateway.overview('jens')).json;
  assert.ok(usual.summary.complete);
});
afterEach(() => gateway.sandbox.clear());
after(async () => assert.equal(await gateway?.stop(), 0));

/* What each fault makes of its source. `soap`: where that differs, since SOAP has no word for it. `ms`
 * makes a fault slower than anybody waits; such a one is met at two sources only. `heavy`: making the answer keeps the whole sandbox busy, so the
 * formats ask one after the other. */
const EXPECTED = {
  delay: { state: 'late', ms: 20000 },
  drip: { state: 'late', ms: 100 },
  'slow-head': { state: 'late', ms: 100 },
  cut: { state: 'failed' },
  'cut-head': { state: 'failed' },
  never: { state: 'late' },
  reset: { state: 'failed' },
  garbage: { state: 'invalid' },
  endless: { state: 'invalid' },
  'two-lengths': { state: 'invalid' },
  gzip: { state: 'invalid' },
  'wrong-charset': { state: 'invalid' },
  redirect: { state: 'invalid' },
  'no-content': { state: 'invalid' },
  401: { state: 'refused' },
  403: { state: 'refused' },
  404: { state: 'failed' },
  429: { state: 'busy', retryAfter: 7 },
  '503-retry-after': { state: 'busy', retryAfter: 30 },
  'error-html': { state: 'failed' },
  error: { state: 'failed' },
  unnamed: { state: 'invalid' },
  'wrong-echo': { state: 'invalid' },
  'wrong-type': { state: 'invalid' },
  duplicate: { state: 'invalid' },
  huge: { state: 'invalid', heavy: true },
  many: { state: 'invalid', heavy: true },
  deep: { state: 'invalid' },
  'looping-pages': { state: 'invalid' },
  stale: { state: 'stale', soap: 'answered' },
  refuse: { state: 'failed' },
  'expired-certificate': { state: 'failed' },
  'silent-door': { state: 'late' },
  'unknown-issuer': { state: 'failed' },
  'wrong-name': { state: 'failed' },
  'no-echo': { state: 'answered', soap: 'invalid' },
  closes: { state: 'answered' },
};
const DOORS = new Set(['refuse', 'expired-certificate', 'silent-door', 'unknown-issuer', 'wrong-name']);
/* With these a source answers well, as far as an overview can tell: conformance_test.mjs finds them. */
const UNSEEN = ['any-item', 'anybody', 'bare', 'crowd', 'left-behind', 'no-classification', 'no-documents', 'no-notes',
  'no-organisation', 'odd-progress', 'odd-status', 'other-authority', 'takes-expired-token', 'takes-forged-token',
  'takes-low-level', 'takes-no-token', 'takes-others-token', 'takes-stolen-token', 'unstable', 'untitled'];

/* Where a fault is put, and which sources of jens it reaches when it is a door's. */
const TARGETS = {
  'atp.pension': { authority: 'atp', sources: ['atp.pension'] },
  'kommuner.sager': { authority: 'municipal', path: '/sagdokumentindeks/6', sources: ['kommuner.sager', 'kommuner.ydelser'] },
  'kommuner.ydelser': { authority: 'municipal', path: '/ydelsesindeks/6', sources: ['kommuner.sager', 'kommuner.ydelser'] },
};

const handlesOf = (document, id) =>
  document.items.filter(({ source }) => source === id).map(({ handle }) => handle);

function assertOthersWhole(document, faulty, what) {
  for (const { id, state } of document.sources)
    if (!faulty.includes(id)) {
      assert.equal(state, 'answered', `${what}: ${id}`);
      assert.deepEqual(handlesOf(document, id), handlesOf(usual, id), `${what}: all of ${id}`);
    }
}

async function assertWell(what) {
  assert.equal((await gateway.get('/readyz')).status, 200, what);
  const { status, json } = await gateway.overview('jens');
  assert.equal(status, 200, what);
  assertOthersWhole(json, [], `after ${what}`);
}

test('every fault that the sandbox knows is met here', () => {
  const { stdout } = spawnSync(path.join(build, 'overblik-sandbox'), ['--faults'], { encoding: 'utf8' });
  const known = [...stdout.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
  assert.ok(known.length > 30);
  assert.deepEqual([...Object.keys(EXPECTED), ...UNSEEN, 'late-extra', 'foreign'].sort(), known.sort());
});

for (const [id, { authority, path: where, sources }] of Object.entries(TARGETS))
  for (const [fault, { state: json, soap = json, ms, retryAfter, heavy }] of Object.entries(EXPECTED)) {
    if (json === 'late' && id === 'kommuner.ydelser') continue;
    const state = where ? soap : json;
    const isPositive = ['answered', 'stale'].includes(state);
    test(`${id}, ${fault}: ${state}`, async () => {
      const isDoor = DOORS.has(fault);
      await gateway.sandbox.fault({ authority, fault, ...(ms && { ms }), ...(where && !isDoor && { path: where }) });
      const faulty = isDoor ? sources : [id];
      const ask = async (format) => {
        const { status, document, records, ms: took } = await gateway.read('jens', format);
        const what = `${fault} as ${format}`;
        assert.equal(status, 200, what);
        for (const one of document.sources.filter((source) => faulty.includes(source.id))) {
          assert.equal(one.state, state, what);
          assert.equal(one.retry_after, retryAfter ?? null, what);
          const gave = isPositive ? handlesOf(usual, one.id) : [];
          assert.deepEqual(handlesOf(document, one.id), gave, `${what}: all or nothing`);
          assert.equal(one.problem === null, isPositive, what);
        }
        assertOthersWhole(document, faulty, what);
        assert.equal(document.summary.complete, isPositive, what);
        assert.ok(took < (format === 'json' ? SOFT_MS : HARD_MS) + SLACK_MS, `${what}: ${took} ms`);
        if (STREAMS.includes(format)) assert.equal(records.at(-1).record, 'done', what);
      };
      if (heavy) for (const format of Object.keys(FORMATS)) await ask(format);
      else await Promise.all(Object.keys(FORMATS).map(ask));
      await gateway.sandbox.clear();
      await assertWell(fault);
    });
  }

test('all authorities at fault at once, each in its own way', async () => {
  const faults = { municipal: 'garbage', 'udbetaling-danmark': 'deep', star: 'endless', atp: 'never', rigspolitiet: 'two-lengths' };
  for (const [authority, fault] of Object.entries(faults)) await gateway.sandbox.fault({ authority, fault });
  const answers = await Promise.all(Object.keys(FORMATS).map((format) => gateway.read('jens', format)));
  for (const { document } of answers)
    assert.deepEqual(document.sources.filter(({ state }) => state === 'answered').map(({ id }) => id), ['digst.akkreditiver']);
  await gateway.sandbox.clear();
  await assertWell('all of them');
});

/* An authority that answers twice spoils what comes next over that connection: the second answer may be
 * met by a question already on its way. It is never taken for the answer to that question. */
test('an answer that comes once more, unasked, is never taken for the next one', async () => {
  const ids = ['jens', 'else', 'jens', 'karen', 'birthe', 'jens', 'ida', 'else'];
  const own = {};
  for (const id of ids) own[id] ??= (await gateway.overview(id)).json;
  for (const authority of ['atp', 'municipal']) await gateway.sandbox.fault({ authority, fault: 'late-extra', ms: 1 });
  for (const id of ids) {
    const { json } = await gateway.overview(id);
    for (const source of json.sources) {
      const spoiled = source.state === 'invalid' && /^(atp|kommuner)\./.test(source.id);
      assert.ok(spoiled || ['answered', 'empty'].includes(source.state), `${id}, ${source.id}: ${source.state}`);
      assert.deepEqual(handlesOf(json, source.id), spoiled ? [] : handlesOf(own[id], source.id), `${id}, ${source.id}`);
    }
  }
  await gateway.sandbox.clear();
  await waitUntil(async () => (await gateway.overview('jens')).json.summary.complete);
  await assertWell('late-extra');
});

test('another citizen\'s data switch the source off until a human has looked', async () => {
  await gateway.sandbox.fault({ authority: 'atp', fault: 'foreign' });
  const states = [];
  for (const format of Object.keys(FORMATS)) {
    const { status, document, text } = await gateway.read('jens', format);
    assert.equal(status, 200);
    states.push(document.sources.find(({ id }) => id === 'atp.pension').state);
    assert.deepEqual(handlesOf(document, 'atp.pension'), []);
    assert.ok(!text.includes('Livslang Pension'));
    assertOthersWhole(document, ['atp.pension'], `foreign as ${format}`);
  }
  assert.deepEqual(states, ['foreign', 'open', 'open', 'open']);
  await gateway.sandbox.clear();
  const before = (await gateway.calls()).atp.calls;
  const { json } = await gateway.overview('else');
  assert.equal(json.sources.find(({ id }) => id === 'atp.pension').state, 'open', 'for every citizen');
  assert.equal(json.summary.complete, false);
  assert.equal((await gateway.calls()).atp.calls, before, 'and it is not asked');
  assert.match(gateway.logged(), /event=foreign-answer source=atp\.pension /);
});

test('another citizen\'s case from one municipality leaves the other municipality on', async () => {
  const where = { authority: 'municipal', path: '/sagdokumentindeks/6' };
  await gateway.sandbox.fault({ ...where, fault: 'foreign', times: 1 });
  const stateOf = ({ json }) => Object.fromEntries(json.sources.filter(({ id }) => id === 'kommuner.sager')
    .map(({ authority, state }) => [authority.code, state]));
  const first = stateOf(await gateway.overview('mads'));
  assert.deepEqual(Object.values(first).sort(), ['answered', 'foreign']);
  const [off] = Object.entries(first).find(([, state]) => state === 'foreign');
  const next = stateOf(await gateway.overview('mads'));
  assert.deepEqual(next, { '0710': 'answered', '0101': 'answered', [off]: 'open' });
});

test('what is off stays off through a restart, until a human re-arms it', async () => {
  assert.equal(await gateway.daemon.end(), 0);
  await gateway.launch();
  await gateway.ready();
  const stateOfAtp = async () => (await gateway.overview('jens')).json.sources.find(({ id }) => id === 'atp.pension').state;
  assert.equal(await stateOfAtp(), 'open');
  assert.ok(gateway.switches().some(({ source, authority }) => source === 'atp.pension' && authority === ''));
  await gateway.rearm();
  await waitUntil(async () => (await stateOfAtp()) === 'answered');
  await assertWell('being armed again');
});
