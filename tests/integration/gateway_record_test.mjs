// SPDX-License-Identifier: MIT
//
// No record, no answer: who asked is durable before anything leaves, on a full disk nothing leaves, and
// no end of the process loses a line that an answer rests on. And the ends that are wished for: TERM
// lets requests finish, HUP takes a new configuration or keeps the old one.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { citizens, Gateway, waitUntil, writeJson } from './gateway.mjs';

const ONE = '?source=atp.pension';
let gateway;
before(async () => (gateway = await Gateway.start({
  name: 'gateway_record',
  settings: { time: { soft_ms: 21000, hard_ms: 22000, drain_ms: 2000 } },
  sources: { '*': { timers: { connect_ms: 20000, first_byte_ms: 20000, silence_ms: 20000, total_ms: 20000 } } },
})));
afterEach(() => gateway.sandbox.clear());
after(async () => assert.equal(await gateway?.stop(), 0));

const linesOf = (receipt) => gateway.recorded().filter((line) => line.receipt === receipt);

// --- what is recorded --------------------------------------------------------------------------------

test('the intent is there when the first byte comes, the outcome after the last', async () => {
  await gateway.sandbox.fault({ authority: 'atp', fault: 'delay', ms: 300 });
  for (const accept of ['application/json', 'application/x-ndjson', 'text/event-stream']) {
    const { answer } = await gateway.begin(`/v1/overview${ONE}`, {
      headers: { Authorization: `Bearer ${gateway.token('jens')}`, Accept: accept },
    });
    const receipt = answer.headers['overblik-receipt'];
    assert.equal(linesOf(receipt)[0].event, 'intent', accept);
    await answer.resume().toArray();
    await waitUntil(() => linesOf(receipt).length === 2);
    const [intent, outcome] = linesOf(receipt);
    assert.equal(outcome.event, 'outcome');
    assert.equal(outcome.status, 200);
    assert.deepEqual(intent.plan, [{ source: 'atp.pension', ask: true }]);
    assert.equal(outcome.sources[0].state, 'answered');
    assert.ok(outcome.sources[0].elapsed_ms >= 290);
  }
});

test('a line says who asked for what, by pseudonym, under which configuration', async () => {
  const ask = async (id, query = gateway.query(id)) => {
    const { json } = await gateway.overview(id, { query });
    await waitUntil(() => linesOf(json.receipt).length === 2);
    return linesOf(json.receipt);
  };
  const [jens, outcome] = await ask('jens');
  const [again] = await ask('jens', ONE);
  const [vera, veras] = await ask('vera');
  assert.match(jens.subject, /^[0-9a-f]{32}$/);
  assert.equal(jens.actor, jens.subject);
  assert.equal(again.subject, jens.subject, 'the same person, the same pseudonym');
  assert.notEqual(vera.subject, jens.subject);
  const { operation, portal, issuer, level, on_behalf: onBehalf, revision } = jens;
  assert.deepEqual({ operation, portal, issuer, level, onBehalf },
    { operation: 'overview', portal: 'demo-portal', issuer: gateway.issuer, level: 'substantial', onBehalf: false });
  assert.equal(revision, (await gateway.get('/readyz')).json.revision);
  assert.equal(jens.plan.length, 10);
  assert.deepEqual(jens.plan[0], { source: 'kommuner.sager', authority: '0710', ask: true });
  assert.equal(outcome.sources.length, 10);
  const cases = veras.sources.find(({ source }) => source === 'kommuner.sager');
  assert.ok(Object.values(cases.withheld).reduce((sum, n) => sum + n, 0) >= 6, 'how much was withheld, and by which rule');
});

test('neither number, name nor title is in the record', async () => {
  for (const id of ['jens', 'vera', 'lone']) await gateway.overview(id);
  const text = gateway.recordLines().join('\n');
  for (const { cpr, name } of citizens)
    for (const marker of [cpr, `${cpr.slice(0, 6)}-${cpr.slice(6)}`, name]) assert.ok(!text.includes(marker));
  assert.ok(!/Sygedagpenge|Livslang|Børnebidrag/.test(text));
});

// --- a full disk -------------------------------------------------------------------------------------

/** The largest file the gateway may write from now on, in bytes. */
function limitFiles(size) {
  const set = spawnSync('prlimit', [`--pid=${gateway.daemon.process.pid}`, `--fsize=${size}:`], { encoding: 'utf8' });
  assert.equal(set.status, 0, set.stderr);
}

test('when the record cannot be written nothing is shown, until it can be again', async () => {
  const before = gateway.recordLines();
  limitFiles(1);
  for (const accept of ['application/json', 'application/x-ndjson', 'text/event-stream', 'application/json-seq']) {
    const { status, headers, text, json } = await gateway.overview('jens', { headers: { Accept: accept } });
    assert.equal(status, 503, accept);
    assert.equal(headers['content-type'], 'application/problem+json');
    assert.ok(Number(headers['retry-after']) > 0);
    assert.equal(json.type, 'https://overblik.dk/problems/unavailable');
    assert.ok(!/Sygedagpenge|Testesen/.test(text));
  }
  const item = await gateway.get('/v1/items/HHHH', { headers: { Authorization: `Bearer ${gateway.token('jens')}` } });
  assert.equal(item.status, 503);
  const readiness = await gateway.get('/readyz');
  assert.deepEqual([readiness.status, readiness.json.access_log_writable], [503, false]);
  assert.equal((await gateway.get('/healthz')).status, 200);
  limitFiles('unlimited');
  await gateway.ready();
  const since = gateway.recorded().slice(before.length);
  assert.deepEqual(since.filter(({ event }) => event === 'intent'), [], 'what was refused is not there');
  const { status, json } = await gateway.overview('jens');
  assert.equal(status, 200);
  await waitUntil(() => linesOf(json.receipt).length === 2);
});

// --- sudden ends -------------------------------------------------------------------------------------

/** Asks over and over until the gateway is gone; the receipts of whole answers go into `receipts`. */
async function askUntilGone(clients, receipts) {
  const client = async () => {
    for (;;) {
      const answer = await gateway.overview('jens', { query: ONE }).catch(() => null);
      if (!answer) return;
      assert.equal(answer.status, 200, answer.text);
      receipts.push(answer.json.receipt);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** How often it is killed: many times in torture. */
const KILLS = Number(process.env.OVERBLIK_KILLS ?? 20);

test(`killed under load at ${KILLS} moments: every answer has its record, and the chain is whole`, async () => {
  let answered = 0;
  for (let round = 0; round < KILLS; round++) {
    const receipts = [];
    const asking = askUntilGone(6, receipts);
    if (round % 3) await waitUntil(() => receipts.length > 0); // else perhaps before the first answer
    const moment = Math.random() * 150;
    await pause(moment);
    assert.equal(await gateway.daemon.end('SIGKILL'), 'SIGKILL');
    await asking;
    const intents = new Set(gateway.recorded().filter(({ event }) => event === 'intent').map(({ receipt }) => receipt));
    for (const receipt of receipts) assert.ok(intents.has(receipt), `${receipt}, killed after ${moment} ms`);
    answered += receipts.length;
    if (round % Math.ceil(KILLS / 20) === 0) {
      const verified = gateway.overblikLog(['verify']);
      assert.equal(verified.status, 0, verified.out + verified.err);
    }
    await gateway.launch();
    await gateway.ready();
  }
  assert.equal(gateway.overblikLog(['verify']).status, 0);
  assert.ok(answered >= KILLS / 2, `${answered} answers`);
});

// --- wished ends -------------------------------------------------------------------------------------

test('TERM: what is under way is answered, nothing new is taken, and then it ends', async () => {
  await gateway.sandbox.fault({ authority: 'atp', fault: 'delay', ms: 800 });
  const asked = (await gateway.calls()).atp.calls;
  const document = gateway.overview('jens', { query: ONE });
  const stream = gateway.read('jens', 'ndjson', { query: ONE });
  await waitUntil(async () => (await gateway.calls()).atp.calls === asked + 2);
  gateway.daemon.process.kill('SIGTERM');
  await waitUntil(async () => {
    const answer = await gateway.get('/healthz').catch(() => null);
    return answer === null;
  });
  const [{ status, json }, { records }] = [await document, await stream];
  assert.equal(status, 200);
  assert.equal(json.summary.complete, true);
  assert.deepEqual(records.map(({ record }) => record), ['plan', 'source', 'done']);
  assert.equal(await gateway.daemon.ended, 0);
  assert.equal(linesOf(json.receipt).length, 2);
  await gateway.launch();
  await gateway.ready();
});

test('TERM: who waits for ever is cut off in time, and that is recorded', async () => {
  await gateway.sandbox.fault({ authority: 'atp', fault: 'never' });
  const asked = (await gateway.calls()).atp.calls;
  const lost = gateway.overview('jens', { query: ONE }).then(({ status }) => status, () => 'cut');
  await waitUntil(async () => (await gateway.calls()).atp.calls > asked);
  const began = performance.now();
  assert.equal(await gateway.daemon.end(), 0);
  const ms = performance.now() - began;
  assert.ok(ms > 1500 && ms < 15000, `${ms} ms`);
  assert.equal(await lost, 'cut');
  assert.equal(gateway.recorded().at(-1).event, 'outcome');
  assert.equal(gateway.recorded().at(-1).sources[0].state, 'abandoned');
  await gateway.launch();
  await gateway.ready();
});

test('TERM twice does not wait for the drain', async () => {
  gateway.change((main) => (main.time.drain_ms = 600000));
  await gateway.daemon.end();
  await gateway.launch();
  await gateway.ready();
  await gateway.sandbox.fault({ authority: 'atp', fault: 'never' });
  const asked = (await gateway.calls()).atp.calls;
  const lost = gateway.overview('jens', { query: ONE }).catch(() => 'cut');
  await waitUntil(async () => (await gateway.calls()).atp.calls > asked);
  gateway.daemon.process.kill('SIGTERM');
  await waitUntil(() => gateway.logged().trimEnd().endsWith('event=draining'));
  assert.equal(await gateway.daemon.end(), 0);
  assert.equal(await lost, 'cut');
  gateway.change((main) => (main.time.drain_ms = 2000));
  await gateway.launch();
  await gateway.ready();
});

// --- a new configuration -----------------------------------------------------------------------------

const revisionNow = async () => (await gateway.get('/readyz')).json.revision;
const since = (length) => gateway.logged().slice(length);

test('HUP: a broken configuration is refused whole, and the log says where', async () => {
  const revision = await revisionNow();
  const good = readFileSync(gateway.conf);
  const source = gateway.file('conf/sources/atp.pension.json');
  const goodSource = readFileSync(source);
  const broken = [
    [gateway.conf, '{"gateway_id": ', /overblikd\.json:1:/],
    [gateway.conf, good.toString().replace(/"soft_ms" ?: ?\d+/, '"soft_ms": 999999'), /soft_ms/],
    [source, goodSource.toString().replace(/"dialect" ?: ?"borgervendt"/, '"dialect":"nobody"'), /atp\.pension\.json:\d+:\d+/],
  ];
  for (const [file, text, where] of broken) {
    assert.notEqual(text, readFileSync(file, 'utf8'));
    const { length } = gateway.logged();
    try {
      writeFileSync(file, text);
      gateway.daemon.process.kill('SIGHUP');
      await waitUntil(() => since(length).includes('event=configuration-refused'));
      assert.match(since(length), where);
    } finally {
      writeFileSync(gateway.conf, good);
      writeFileSync(source, goodSource);
    }
    assert.equal(await revisionNow(), revision);
    assert.equal((await gateway.overview('jens', { query: ONE })).status, 200);
  }
});

test('HUP: a good configuration is taken without losing a request', async () => {
  const source = gateway.file('conf/sources/atp.pension.json');
  const wanted = JSON.parse(readFileSync(source, 'utf8'));
  let isOver = false;
  let answered = 0;
  const client = async () => {
    while (!isOver) {
      const { status, json } = await gateway.overview('jens', { query: ONE });
      assert.equal(status, 200);
      assert.equal(json.summary.complete, true);
      answered++;
    }
  };
  const watcher = async () => {
    while (!isOver) assert.equal((await gateway.get('/readyz')).status, 200, 'ready all the time');
  };
  const clients = [...Array.from({ length: 6 }, client), watcher()];
  for (let round = 1; round <= 10; round++) {
    const revision = await revisionNow();
    wanted.name = { da: `ATP, udgave ${round}`, en: `ATP, version ${round}` };
    writeJson(source, wanted);
    gateway.daemon.process.kill('SIGHUP');
    await waitUntil(async () => (await revisionNow()) !== revision);
    await waitUntil(async () => (await gateway.get('/v1/sources')).json.sources
      .find(({ id }) => id === 'atp.pension').name.en === `ATP, version ${round}`);
  }
  isOver = true;
  await Promise.all(clients);
  assert.ok(answered > 20, `${answered} answers`);
});
