// SPDX-License-Identifier: MIT
//
// What a municipality shows by rules of its own: cases, letters, notes, benefits and payments, titles,
// links and expected decisions, the text that tells of it, and the preview that explains it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, Gateway } from './gateway.mjs';

let gateway;
const day = (offset) => new Date(Date.now() + offset * 86400000).toISOString().slice(0, 10);
const CASE = 'ca5e0001-0001-4000-8000-000000000001';
const FAG = '7b0f723e-84a4-4c3a-8fff-954dc4174223';

const rules = [
  { id: 'sygedagpenge', kle: '99.32.*', title: 'kle', systems: [FAG], journal_notes: true,
    documents: [{ direction: 'to_citizen' }] },
  { id: 'tilskud', kle: '99.16.01', from: day(-100), active_regardless: true },
  { id: 'tilskud-lukket', kle: '99.32.07', open: false },
  { id: 'prøve', kle: '99.32.01', open: false, mode: 'observe' },
];
const links = [
  { kle: '99.*', self_service: { url: 'https://selv.example/{municipality}/{case_id}', single_sign_on: true } },
];
const policies = {
  'exposure.json': (content) => content.authorities.push({ municipality: '0710', rules, links }),
  'processing_times.json': (content) =>
    content.processing_times.push({ municipality: '0710', times: [{ kle: '99.32.*', days: 120 }] }),
};

before(async () => {
  gateway = await Gateway.start({ name: 'exposure', policies });
});
after(() => gateway?.stop());

const overview = async (id, options) => {
  const { status, json } = await gateway.overview(id, options);
  assert.equal(status, 200);
  return json;
};
const municipal = (json, kind) =>
  json.items.filter((item) => item.source.startsWith('kommuner.') && item.authority.code === '0710' && item.kind === kind);
const overblik = (...words) =>
  spawnSync(path.join(build, 'overblik'), [...words, '--socket', gateway.file('conf/admin.sock')], { encoding: 'utf8' });

test('cases show by their rules, with the title, link and expected decision of the configuration', async () => {
  const json = await overview('jens');
  const [one, ...others] = municipal(json, 'case');
  assert.deepEqual(others, [], 'the old case is not shown');
  assert.equal(one.title, 'Sagens emne: Sygedagpenge');
  assert.equal(one.awaiting, 'authority', "the sender's words");
  assert.deepEqual(one.links,
    [{ type: 'self_service', url: `https://selv.example/0710/${CASE}`, single_sign_on: true }]);
  assert.equal(one.decision_expected_basis, 'published_time');
  assert.match(one.decision_expected, /^\d{4}-\d\d-\d\d$/);
  assert.match(one.decision_expected_text, /ikke et løfte/);
});

test('letters of the open direction show, and notes where a rule opens them', async () => {
  const json = await overview('jens');
  const documents = municipal(json, 'document').map(({ type, title }) => [type, title]).sort();
  assert.deepEqual(documents, [
    ['Brev, udgaaende', 'Et dokument uden titel'], // confidential
    ['Brev, udgaaende', 'Indkaldelse til samtale'],
    ['Journalnotat', 'Et dokument uden titel'], // as confidential as its case
  ], 'none from the citizen, none of a case that is withheld');
});

test('a grant shows in part, and payments follow their benefit', async () => {
  const json = await overview('jens');
  const benefits = municipal(json, 'benefit');
  assert.deepEqual(benefits.map((item) => item.kle), ['99.32.01'], 'not the closed one, nor the one that no rule names');
  const payments = municipal(json, 'payment');
  assert.equal(payments.length, 7, 'those of the closed benefit are withheld');
  assert.ok(payments.every((item) => item.title === 'Sygedagpenge'));
});

test('other authorities show what they showed', async () => {
  const bare = await Gateway.start({ name: 'exposure-bare' });
  try {
    const [ours, theirs] = [await overview('jens'), (await bare.overview('jens')).json];
    const of = (json) => json.items.filter((item) => item.authority.code !== '0710').map((item) => item.title).sort();
    assert.deepEqual(of(ours), of(theirs));
    assert.ok(of(ours).length > 0);
    assert.ok(municipal(theirs, 'case').length > municipal(ours, 'case').length);
  } finally {
    await bare.stop();
  }
});

test('the text of what is shown is in the answer and in the catalogue, in both languages', async () => {
  const entry = (json) => json.sources.find((source) => source.id === 'kommuner.sager' && source.authority.code === '0710');
  const danish = entry(await overview('jens')).shows;
  const english = entry(await overview('jens', { language: 'en' })).shows;
  assert.match(danish, /^Du kan se, hvad Favrskov Kommune har om disse emner: .*99\.32.*Legater og tilskud \(99\.16\.01\)/);
  assert.match(english, /^You see what Favrskov Kommune holds on these topics: /);
  const catalogue = (await gateway.get('/v1/sources')).json;
  const favrskov = catalogue.municipalities.find(({ code }) => code === '0710');
  assert.deepEqual(favrskov.shows, { da: danish, en: english });
  assert.match(catalogue.municipalities.find(({ code }) => code === '0101').shows.da, /alle emner/);
});

test('what rules withhold, or would, is counted in the access record', async () => {
  await overview('jens');
  const lines = gateway.recorded();
  const outcome = lines.filter(({ event }) => event === 'outcome').at(-1);
  const cases = outcome.sources.find(({ source, withheld }) => source === 'kommuner.sager' && withheld);
  assert.equal(cases.withheld['before-from-date'], 2, 'the case and its letter');
  assert.equal(cases.withheld['document-not-open'], 1);
  assert.ok(cases.would_withhold['kle-not-open'] >= 1, 'the rule that is only observed');
});

test('a preview tells of each item whether it shows, and which rule decided', () => {
  const { status, stdout, stderr } = overblik('exposure', 'preview', '--municipality', '0710', '--citizen', 'jens', '--json');
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual(report.sources.map(({ id, state }) => [id, state]),
    [['kommuner.sager', 'answered'], ['kommuner.ydelser', 'answered']]);
  const item = (title) => report.items.find((one) => one.title === title);
  const shown = item('Opfølgning på dine sygedagpenge');
  assert.ok(shown.shown);
  assert.equal(shown.rule.id, 'sygedagpenge');
  assert.match(shown.rule.at, /policies\/exposure\.json:\d+:\d+$/);
  assert.deepEqual([shown.would_be, shown.observed.id], ['kle-not-open', 'prøve']);
  const old = item('Ansøgning om tilskud til briller');
  assert.deepEqual([old.shown, old.verdict, old.rule.id], [false, 'before-from-date', 'tilskud']);
  assert.deepEqual([item('Enkeltydelser').verdict, item('Enkeltydelser').rule.id], ['kle-not-open', 'tilskud-lukket']);
});

test('a preview and the quality of data, for people', () => {
  const preview = overblik('exposure', 'preview', '--municipality', '0710', '--citizen', 'jens');
  assert.equal(preview.status, 0, preview.stderr);
  assert.match(preview.stdout, /withheld {2}jens case +99\.16\.01 G01 {2}"Ansøgning om tilskud til briller"/);
  assert.match(preview.stdout, /before-from-date by tilskud \(99\.16\.01, .*exposure\.json:\d+:\d+\)/);
  const quality = overblik('exposure', 'quality', '--municipality', '0710');
  assert.equal(quality.status, 0, quality.stderr);
  assert.match(quality.stdout, new RegExp(`99\\.32\\.01 ${FAG} +\\d+ +\\d+`));
  assert.match(quality.stdout, /mads kommuner\.sager\/0710: /, 'all test citizens');
});

test('what another configuration would show is told before it counts', () => {
  const other = gateway.file('other');
  cpSync(gateway.file('policies'), path.join(other, 'policies'), { recursive: true });
  cpSync(gateway.file('conf'), path.join(other, 'conf'), { recursive: true, filter: (name) => !/[.](db|sock|db-.*)$/.test(name) });
  const change = (name, how) => {
    const file = path.join(other, name);
    const content = JSON.parse(readFileSync(file, 'utf8'));
    how(content);
    writeFileSync(file, JSON.stringify(content));
  };
  change('conf/overblikd.json', (main) => { main.folders.policies = path.join(other, 'policies'); });
  change('policies/exposure.json', (exposure) => {
    exposure.authorities.find(({ municipality }) => municipality === '0710').rules[0] = { kle: '99.32.*', open: false };
  });
  const diff = (...words) =>
    overblik('policy', 'diff', '-c', gateway.conf, '--shown', '--municipality', '0710', ...words, path.join(other, 'conf/overblikd.json'));
  const { status, stdout, stderr } = diff('--json');
  assert.equal(status, 0, stderr);
  const { from, to, asked, shown } = JSON.parse(stdout);
  assert.notEqual(from, to);
  assert.deepEqual(asked, []);
  const mine = shown.filter(({ citizen, kind }) => citizen === 'jens' && kind === 'case');
  assert.deepEqual(mine.map(({ kle, before, after }) => [kle, before.shown, before.rule, after.shown, after.verdict]),
    [['99.32.01', true, 'sygedagpenge', false, 'kle-not-open']]);
  assert.match(diff().stdout, /^ {2}jens kommuner\.sager\/0710 case 99\.32\.01 ".*": shown by sygedagpenge -> withheld \(kle-not-open\)/m);
  change('policies/exposure.json', (exposure) => { exposure.authorities[0].rules[0].kle = 'all'; });
  assert.equal(diff().status, 78);
});

test('what cannot be previewed is refused, and says why', () => {
  const cases = [
    [['preview', '--municipality', '0711'], /policies\/municipalities\.json/],
    [['preview', '--municipality', '0710', '--citizen', 'nobody'], /test_citizens/],
    [['preview', '--municipality', '0710', '--portal', 'nobody'], /policies\/agreements\.json/],
    [['preview'], /--municipality is missing/],
    [['show', '--municipality', '0710'], /expected preview or quality/],
  ];
  for (const [words, message] of cases) {
    const { status, stderr } = overblik('exposure', ...words);
    assert.notEqual(status, 0, words.join(' '));
    assert.match(stderr, message);
  }
});

test('who looks at a preview is recorded', () => {
  const lines = gateway.recorded();
  assert.ok(lines.some(({ event, what, target }) => event === 'admin' && what === 'exposure-preview' && target === '0710'));
});
