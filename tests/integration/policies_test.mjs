// SPDX-License-Identifier: MIT
//
// What operators try a configuration with before it is in force: `overblik policy` test, diff and replay.
// And the examples of docs/policies.md, each in the demo's configuration.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { DemoConfiguration, run } from './demo_configuration.mjs';
import { root } from './gateway.mjs';

const [OK, FAILED, USAGE, NO_INPUT, CONFIG] = [0, 1, 64, 66, 78]; // sysexits.h, but for 1
const shared = (name) => path.join(root, 'tests/configuration', name);

let demo;
let other;
before(() => {
  demo = new DemoConfiguration();
  other = new DemoConfiguration();
});
after(() => {
  demo?.remove();
  other?.remove();
});

/** Changes a JSON file of a configuration for as long as `what` runs. */
function during(configuration, changes, what) {
  const good = Object.keys(changes).map((file) => [file, configuration.text(file)]);
  try {
    for (const [file, change] of Object.entries(changes)) {
      const value = configuration.json(file);
      configuration.write(file, JSON.stringify(change(value) ?? value));
    }
    return what();
  } finally {
    for (const [file, text] of good) configuration.write(file, text);
  }
}

const policyTest = (...args) => run('overblik', 'policy', 'test', '-c', demo.main, ...args);
const policyDiff = (...args) => run('overblik', 'policy', 'diff', '-c', demo.main, ...args, other.main);

test('usage', () => {
  for (const args of [[], ['nonsense'], ['test'], ['test', 'a', 'b'], ['diff'], ['replay', 'x'], ['replay', '--log', 'x']]) {
    const { status, out, err } = run('overblik', 'policy', ...args);
    assert.equal(status, USAGE, args.join(' '));
    assert.equal(out, '');
    assert.ok(err.length > 10);
  }
  for (const args of [['--help'], ['test', '--help'], ['diff', '--help'], ['replay', '--help']]) {
    const { status, out, err } = run('overblik', 'policy', ...args);
    assert.equal(status, OK);
    assert.match(out, /usage:/);
    assert.equal(err, '');
  }
});

// --- test --------------------------------------------------------------------------------------------

test('policy test: cases that hold', () => {
  const { status, out, err } = policyTest(shared('policy_cases.json'));
  assert.equal(status, OK, out + err);
  const { plan, exposure } = JSON.parse(readFileSync(shared('policy_cases.json'), 'utf8'));
  assert.equal(out.match(/^ok /gm).length, plan.length + exposure.length);
  assert.match(out, new RegExp(`^TAP version 13\n1\\.\\.${plan.length + exposure.length}\n`));
});

test('policy test: cases that do not, each with what came instead', () => {
  const { status, out } = policyTest(shared('policy_cases_failing.json'));
  assert.equal(status, FAILED);
  assert.equal(out.match(/^ok /gm), null, out);
  assert.equal(out.match(/^not ok /gm).length, 6);
  for (const line of [
    '#   atp.pension: asked, not level', '#   udk.sager is asked as well', '#   atp.pension is not asked: open',
    '#   display-class by a built-in rule, not shown', '#   shown, but by demo', '#   politi.akkreditiver: not_covered, not asked', '# 6 of 6 failed'])
    assert.ok(out.split('\n').includes(line), `${line}\n${out}`);
  assert.match(out, /#   at .*policy_cases_failing\.json:4:5\n/);
});

test('policy test: faults of the cases, with their places', () => {
  const plan = (change) => ({ plan: [{ name: 'n', portal: 'demo-portal', asked: [], ...change }] });
  const exposure = (change, item) =>
    ({ exposure: [{ name: 'n', authority: '0710', item: { kind: 'case', ...item }, expect: 'shown', ...change }] });
  for (const [cases, fault] of [
    [{}, /cases\.json:1:1: expected "plan" or "exposure" with cases/],
    [{ plans: [] }, /\/plans: is unknown; did you mean "plan"\?/],
    [plan({ name: undefined }), /\/plan\/0\/name: is needed/],
    [plan({ portal: undefined }), /\/plan\/0\/portal: is needed/],
    [plan({ asked: undefined }), /\/plan\/0: expects nothing/],
    [plan({ level: 'hihg' }), /\/plan\/0\/level: expected low, substantial or high; did you mean "high"\?/],
    [plan({ municipalities: ['0711'] }), /\/municipalities\/0: is no municipality's code; did you mean "0710"\?|"07/],
    [plan({ municipalities: ['0101', '0147', '0151', '0153', '0155', '0157'] }), /is more than limits\.municipalities_max/],
    [plan({ time: 'tomorrow' }), /\/plan\/0\/time: expected "2026-11-21T10:42:00\+01:00", or a day/],
    [plan({ health: { 'atp.pensions': 'open' } }), /\/health\/atp\.pensions: is unknown; did you mean "atp\.pension"\?/],
    [plan({ health: { 'atp.pension': 'opne' } }), /\/health\/atp\.pension: expected open, off, .*did you mean "open"\?/],
    [plan({ mandate: {} }), /\/plan\/0\/mandate\/privileges: expected a list of privileges/],
    [plan({ mandate: { privileges: ['urn:x'], kle: ['x'] } }), /\/mandate\/kle\/0: expected a subject number/],
    [plan({ mandate: { privilege: 'urn:x' } }), /\/mandate\/privilege: is unknown; did you mean "privileges"\?/],
    [plan({ asked: ['atp.pensoin'] }), /\/asked\/0: is no row of this plan; did you mean "atp\.pension"\?/],
    [plan({ rows: { 'kommuner.sager/0710': 'level' } }), /is no row of this plan/],
    [plan({ rows: { 'atp.pension': 'tired' } }), /is no state, such as "level"/],
    [exposure({ expect: undefined }), /\/exposure\/0\/expect: is needed/],
    [exposure({ expect: 'show' }), /is neither "shown" nor a reason to withhold; did you mean "shown"\?/],
    [exposure({ authority: '9999' }), /\/exposure\/0\/authority: is no municipality's code/],
    [exposure({}, { kind: 'cases' }), /\/item\/kind: is no kind of item; did you mean "case"\?/],
    [exposure({}, { citizen_is: 'primry' }), /\/item\/citizen_is: expected primary, .*did you mean "primary"\?/],
    [exposure({}, { sensitivity: 'secret' }), /\/item\/sensitivity: expected unknown, ordinary/],
    [exposure({ item: undefined }), /\/exposure\/0\/item: is needed/],
  ]) {
    demo.write('cases.json', JSON.stringify(cases));
    const { status, out, err } = policyTest(demo.file('cases.json'));
    assert.equal(status, CONFIG, JSON.stringify(cases));
    assert.equal(out, '');
    assert.match(err, fault);
    assert.match(err, /cases\.json:1:\d+: /);
  }
  assert.equal(policyTest(demo.file('no such file')).status, CONFIG);
  during(demo, { 'policies/exposure.json': () => ({ nothing: 1 }) }, () =>
    assert.equal(policyTest(shared('policy_cases.json')).status, CONFIG, 'faults of the configuration'));
});

// --- diff --------------------------------------------------------------------------------------------

test('policy diff: nothing', () => {
  const { status, out } = policyDiff();
  assert.equal(status, OK);
  assert.match(out, /^revision [0-9a-f]{16} -> [0-9a-f]{16}\nwhom it asks: as before/);
  const { from, to, asked, shown } = JSON.parse(policyDiff('--json').out);
  assert.match(from, /^[0-9a-f]{16}$/);
  assert.match(to, /^[0-9a-f]{16}$/);
  assert.deepEqual([asked, shown], [[], null]);
});

test('policy diff: whom each portal would ask otherwise', () => {
  const changes = {
    'conf/sources/atp.pension.json': (source) => void (source.level = 'high'),
    'conf/sources/star.ydelser.json': (source) => void (source.enabled = false),
    'conf/sources/udk.sager.json': (source) => void (source.timers.total_ms = 1450),
    'policies/municipalities.json': (list) =>
      void (list.rollout = [{ source: 'kommuner.sager', from: '2000-01-01', municipalities: ['0101'] }]),
    'policies/agreements.json': (list) =>
      void list.agreements.push({ portal: 'pension', sources: ['atp.pension'], contract: 'c' }),
  };
  during(other, changes, () => {
    const { asked } = JSON.parse(policyDiff('--json').out);
    const of = (portal, source) => asked.filter((one) => one.portal === portal && one.source === source)
      .map(({ levels, municipalities, before: was, after: is }) => [levels.join(), municipalities.length, was, is]);
    const ASKED = 'asked; waits at most 1500 ms; for 43405810';
    assert.deepEqual(of('demo-portal', 'atp.pension'), [['substantial', 0, ASKED, 'level']]);
    assert.deepEqual(of('pension', 'atp.pension'), [['high', 0, 'absent', ASKED]]);
    assert.deepEqual(of('demo-portal', 'star.ydelser').map(([levels, , , is]) => [levels, is]),
      [['substantial,high', 'absent']]);
    assert.deepEqual(of('demo-portal', 'udk.sager').map(([, , was, is]) => [/\d+ ms/.exec(was)[0], /\d+ ms/.exec(is)[0]]),
      [['1500 ms', '1450 ms']]);
    const towns = of('demo-portal', 'kommuner.sager');
    assert.ok(towns.every(([, , , is]) => is === 'not_shown'));
    assert.equal(towns.reduce((sum, [, count]) => sum + count, 0), 97, 'all but the one that shows');
    assert.deepEqual(of('budget', 'star.ydelser').map(([levels, , , is]) => [levels, is]), [['substantial,high', 'absent']],
      'a service is a portal to agreements');
    assert.equal(asked.length, 6 + towns.length, JSON.stringify(asked));
    const { out } = policyDiff();
    assert.match(out, /^portal pension\n {2}atp\.pension at high\n {4}was: absent\n/m);
    assert.match(out, /kommuner\.sager\/0147, 0151, 0153, 0155 and \d+ more/);
  });
  during(other, { 'policies/exposure.json': () => ({ nothing: 1 }) }, () => assert.equal(policyDiff().status, CONFIG));
});

// --- replay ------------------------------------------------------------------------------------------

const outcome = (ms, sources) => JSON.stringify({ event: 'outcome', receipt: 'r', time: '2026-11-21T10:42:00+01:00',
  operation: 'overview', portal: 'demo-portal', stream: false, revision: '0123456789abcdef', status: 200,
  elapsed_ms: ms, sources });
const row = (source, state, ms) => ({ source, state, items: 1, pages: 1, elapsed_ms: ms });

test('policy replay: lost, kept, and what nobody knows', () => {
  const lines = [
    '{"event":"intent","receipt":"r","plan":[]}',
    outcome(410, [row('atp.pension', 'answered', 400), row('udk.sager', 'answered', 100)]),
    outcome(910, [row('atp.pension', 'answered', 900)]),
    outcome(710, [row('udk.sager', 'late', 700)]),
    'x'.repeat(3 << 20),
    'half a li\0ne',
    outcome(20, [row('udk.sager', 'failed', 10)]),
  ];
  demo.write('access.jsonl', `${lines.join('\n')}\n{"event":"outc`);
  during(other, { 'conf/sources/atp.pension.json': (source) =>
    void Object.assign(source.timers, { connect_ms: 100, first_byte_ms: 400, total_ms: 500 }) }, () => {
    const { status, out, err } = run('overblik', 'policy', 'replay', '--log', demo.file('access.jsonl'), '--json', other.main);
    assert.equal(status, OK, err);
    const { sources, ms, revision, ...counts } = JSON.parse(out);
    assert.match(revision, /^[0-9a-f]{16}$/);
    assert.deepEqual(counts, { lines: 8, unreadable: 3, overviews: 4, left: 0, lost: 1, could_gain: 1 });
    assert.deepEqual(sources.map(({ source, kept, lost, could_gain: could, unanswered }) => [source, kept, lost, could, unanswered]),
      [['udk.sager', 1, 0, 1, 1], ['atp.pension', 1, 1, 0, 0]]);
    assert.deepEqual(ms.recorded, { p50: 410, p99: 910 });
    assert.deepEqual([ms.at_least.p99, ms.at_most.p99], [710, 1510]);
    const told = run('overblik', 'policy', 'replay', '--log', demo.file('access.jsonl'), other.main);
    assert.equal(told.status, OK);
    for (const line of told.out.split('\n')) assert.ok(line.length <= 110, line);
    assert.match(told.out, /against 4 recorded overviews/);
  });
  assert.equal(run('overblik', 'policy', 'replay', '--log', demo.file('nothing'), other.main).status, NO_INPUT);
});

// --- docs/policies.md --------------------------------------------------------------------------------

/** JSON Merge Patch, but that lists are replaced and null stays null. */
function merge(into, from) {
  for (const [name, value] of Object.entries(from))
    if (value && typeof value === 'object' && !Array.isArray(value) && into[name] && typeof into[name] === 'object')
      merge(into[name], value);
    else into[name] = value;
  return into;
}

/** The fenced blocks of the document, each with the cases that stand behind it, by section. */
function examples() {
  const found = [];
  let section = '';
  let block;
  for (const line of readFileSync(path.join(root, 'docs/policies.md'), 'utf8').split('\n')) {
    if (line.startsWith('## ')) section = line.slice(3);
    const [, info] = /^```(.*)$/.exec(line) ?? [];
    if (info !== undefined && !block) block = { info, lines: [] };
    else if (info !== undefined) {
      const [, target] = /^json (\S+)$/.exec(block.info) ?? [];
      const text = block.lines.join('\n');
      if (target === 'case') found.at(-1).cases.push(text);
      else if (target) found.push({ section, file: target, text, cases: [] });
      block = undefined;
    } else block?.lines.push(line);
  }
  return found;
}

test('docs/policies.md has examples', () => assert.ok(examples().length >= 3));

for (const [i, { section, file, text, cases }] of examples().entries())
  test(`docs/policies.md, ${section}: ${file} (${i + 1})`, () => {
    const copy = new DemoConfiguration();
    try {
      assert.match(file, /^(policies|conf)\/[a-z0-9_./-]+\.json$/);
      if (file.startsWith('policies/')) copy.write(file, text);
      else copy.write(file, JSON.stringify(merge(copy.json(file), JSON.parse(text)), null, 2));
      const { ok, faults } = copy.check();
      assert.ok(ok, JSON.stringify(faults, null, 1));
      for (const one of cases) {
        copy.write('cases.json', one);
        const { status, out, err } = run('overblik', 'policy', 'test', '-c', copy.main, copy.file('cases.json'));
        assert.equal(status, OK, out + err);
      }
    } finally {
      copy.remove();
    }
  });
