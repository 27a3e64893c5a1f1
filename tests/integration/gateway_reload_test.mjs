// SPDX-License-Identifier: MIT
//
// Two configurations that differ in their words and in one source, put in force in turn while 16 connections
// ask all the time. No request is lost, and no answer is of both: each names its revision, and all that it
// says is of that one. So do the access record and the log.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Gateway, root, STREAMS, waitUntil } from './gateway.mjs';

const [RELOADS, CLIENTS] = [10, 16];
const RESTING = 'star.ydelser'; // disabled in the second configuration
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

let gateway;
before(async () => {
  gateway = await Gateway.start({
    name: 'reload',
    settings: { folders: { policies: '../policies' }, log: { format: 'json' } },
    sources: (starting) => { // before it starts
      cpSync(path.join(root, 'policies'), starting.file('policies'), { recursive: true });
      return {};
    },
  });
});
after(async () => assert.equal(await gateway?.stop(), 0));

/** Every text of a tree begins with a word of its configuration. */
const worded = (texts, word) => Object.fromEntries(Object.entries(texts).map(([name, text]) =>
  [name, typeof text === 'string' ? `${word} ${text}` : worded(text, word)]));

/** Writes one of the two; it is in force after the next HUP. */
function write(which) {
  const texts = readJson(path.join(root, 'policies/texts.json'));
  for (const group of ['outcome', 'declaration', 'nothing_shown']) texts[group] = worded(texts[group], which.word);
  writeFileSync(gateway.file('policies/texts.json'), JSON.stringify(texts));
  const source = gateway.file(`conf/sources/${RESTING}.json`);
  writeFileSync(source, JSON.stringify({ ...readJson(source), enabled: !which.rests }));
}

/** Puts what was written in force, in every worker; resolves to its revision. */
async function reload() {
  const { length } = gateway.logged();
  const line = /"?event"?[=:]"?configuration-in-force"?.*?revision"?[=:]"?([0-9a-f]{16})/;
  gateway.daemon.process.kill('SIGHUP');
  await waitUntil(() => line.test(gateway.logged().slice(length)));
  return line.exec(gateway.logged().slice(length))[1];
}

/** Is all of the answer of one configuration? */
function judge(document, which) {
  const told = JSON.stringify([which.word, document.revision]);
  assert.ok(document.declaration.startsWith(`${which.word} `), told);
  for (const { id, state, text } of document.sources) {
    assert.ok(text.startsWith(`${which.word} `), `${told}: ${id}: ${text}`);
    assert.equal(state === 'answered' || state === 'empty', true, `${told}: ${id}: ${state}`);
  }
  assert.equal(document.sources.some(({ id }) => id === RESTING), !which.rests, told);
  assert.equal(document.items.some(({ source }) => source === RESTING) && which.rests, false, told);
}

test(`${RELOADS} reloads beside ${CLIENTS} busy connections`, async () => {
  const two = [{ word: 'Alfa:', rests: false }, { word: 'Beta:', rests: true }];
  for (const which of two) {
    write(which);
    which.revision = await reload();
  }
  assert.notEqual(two[0].revision, two[1].revision);

  const answers = new Map(); // receipt -> revision
  const counts = new Map(two.map(({ revision }) => [revision, 0]));
  let isOver = false;
  const client = async (number) => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    const token = gateway.token('jens');
    for (let turn = number; !isOver; turn++) {
      const format = ['json', ...STREAMS][turn % 4];
      const { status, document, records } = await gateway.read('jens', format, { agent, token });
      assert.equal(status, 200);
      const which = two.find(({ revision }) => revision === document.revision);
      assert.ok(which, `an unknown revision ${document.revision}`);
      judge(document, which);
      for (const record of records.filter(({ revision }) => revision !== undefined))
        assert.equal(record.revision, document.revision, 'plan and done are of one revision');
      answers.set(document.receipt, document.revision);
      counts.set(document.revision, counts.get(document.revision) + 1);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: CLIENTS }, (_, number) => client(number));
  const failed = Promise.all(clients);
  failed.catch(() => (isOver = true)); // awaited below
  for (let turn = 0; turn < RELOADS && !isOver; turn++) {
    const which = two[turn % 2];
    write(which);
    assert.equal(await reload(), which.revision, 'the same files are the same revision');
    const before = counts.get(which.revision);
    await waitUntil(() => isOver || counts.get(which.revision) >= before + CLIENTS);
  }
  isOver = true;
  await failed;
  for (const [revision, count] of counts)
    assert.ok(count > RELOADS / 2 * CLIENTS, `${revision}: ${count} answers`);

  await waitUntil(() => gateway.recorded().filter(({ event }) => event === 'outcome').length >= answers.size);
  const lines = gateway.recorded().filter(({ receipt }) => answers.has(receipt));
  assert.equal(lines.length, 2 * answers.size, 'an intent and an outcome for each answer');
  for (const { event, receipt, revision } of lines) assert.equal(revision, answers.get(receipt), event);
  const logged = gateway.logged().split('\n').filter((line) => line.includes('"overview"')).map((line) => JSON.parse(line));
  assert.ok(logged.length >= answers.size);
  for (const { receipt, revision } of logged)
    if (answers.has(receipt)) assert.equal(revision, answers.get(receipt), 'the log line');
});

test('a reload with a fault changes nothing', async () => {
  const { json: { revision } } = await gateway.get('/readyz');
  const { length } = gateway.logged();
  writeFileSync(gateway.file('policies/exposure.json'), '{"nothing": 1}');
  gateway.daemon.process.kill('SIGHUP');
  await waitUntil(() => gateway.logged().slice(length).includes('configuration-refused'));
  assert.match(gateway.logged().slice(length), /exposure\.json:1:\d+/);
  assert.equal((await gateway.overview('jens')).json.revision, revision);
});
