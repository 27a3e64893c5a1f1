// SPDX-License-Identifier: MIT
//
// The running gateway reads KLE from the sandbox's Klassifikation, keeps what it read when the service
// fails in whatever way, takes it up again, and lets nobody wait for it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { build, Gateway, root, waitUntil, writeJson } from './gateway.mjs';

const FILE_NUMBERS = 22; // policies/kle.json
const BOTH_NUMBERS = 24; // 99.90.01 is known to the service alone, 99.50.01 has an older name there
let gateway;

const linesOf = (event) => gateway.logged().split('\n').filter((line) => line.includes(`event=${event} `));
const more = async (event, count) => {
  await waitUntil(() => linesOf(event).length > count);
  return linesOf(event).at(-1);
};
const service = async () => (await gateway.sandbox.control('GET', '/calls')).json.klassifikation;

before(async () => {
  gateway = await Gateway.start({
    name: `classification-${process.pid}`,
    settings: { classification: { refresh_s: 1, retry_s: 1, timeout_ms: 2000 } },
  });
});
afterEach(() => gateway.sandbox.clear());
after(async () => assert.equal(await gateway?.stop(), 0));

test('it begins with the file and goes on with what was read', async () => {
  const read = await more('classification-in-force', 1);
  const [file] = linesOf('classification-in-force');
  assert.match(file, new RegExp(`edition="TEST 2026-4" digest=[0-9a-f]{16} numbers=${FILE_NUMBERS} read=false`));
  assert.match(read, new RegExp(`edition="TEST 2026-4" digest=[0-9a-f]{16} numbers=${BOTH_NUMBERS} read=true`));
  assert.notEqual(/digest=\w+/.exec(file)[0], /digest=\w+/.exec(read)[0]);
  assert.equal((await service()).unauthorized, 0, 'with a token of ours that is good');
});

test('what has not changed is not put in force again', async () => {
  const count = linesOf('classification-read').length;
  await more('classification-read', count);
  await more('classification-read', count + 1);
  assert.equal(linesOf('classification-in-force').length, 2);
});

test("a case shows its unit's name; a unit without one is told once, a caseworker never", async () => {
  await waitUntil(() => linesOf('classification-in-force').length > 1); // after it all is told anew
  const overviews = [];
  for (let i = 0; i < 3; i++) overviews.push(await gateway.overview('jens'));
  const units = overviews[0].json.items.filter((item) => item.kind === 'case' && item.source === 'kommuner.sager')
    .map((item) => item.authority.unit);
  assert.ok(units.includes('Ydelsescenter (prøveenhed)'));
  assert.ok(units.includes(null), 'what has no name shows none');
  for (const { text } of overviews) assert.doesNotMatch(text, /Syntetisk Sagsbehandler|0a17e000/);
  const missed = linesOf('classification-miss');
  assert.equal(missed.length, 1);
  assert.match(missed[0], /kind=unit key=0a17e000-0000-4000-8000-000000000009 /);
});

const FAULTS = {
  'cut': /outcome=cut /,
  'cut-head': /outcome=\S+ /,
  'reset': /outcome=\S+ /,
  'garbage': /outcome=protocol /,
  'endless': /outcome=too-large /,
  'never': /outcome=late /,
  'two-lengths': /outcome=protocol /,
  'gzip': /outcome=protocol /,
  'wrong-charset': /outcome=invalid /,
  'redirect': /outcome=invalid why="an unexpected HTTP status"/,
  'no-content': /outcome=(invalid|protocol) /,
  '401': /outcome=refused /,
  '404': /outcome=failed /,
  '503-retry-after': /outcome=busy /,
  'error-html': /outcome=failed /,
  'error': /outcome=failed /,
  'foreign': /outcome=invalid why="a class that was not asked for"/,
  'unnamed': /outcome=invalid why="it does not name our request"/,
  'wrong-echo': /outcome=invalid why="it does not name our request"/,
  'wrong-type': /outcome=invalid why="a StatusKode is no number"/,
  'duplicate': /outcome=invalid why="an element comes twice"/,
  'huge': /outcome=(invalid|too-large) /,
  'many': /outcome=(invalid|too-large) /,
  'deep': /outcome=invalid why="nested too deeply"/,
  'looping-pages': /outcome=invalid why="its pages begin anew"/,
  'expired-certificate': /outcome=tls /,
  'refuse': /outcome=unreachable /,
};
for (const [fault, expected] of Object.entries(FAULTS))
  test(`${fault}: what was read stays, and nobody waits`, async () => {
    const failures = linesOf('classification-not-read').length;
    await gateway.sandbox.fault({ authority: 'klassifikation', fault });
    const line = await more('classification-not-read', failures);
    assert.match(line, expected);
    assert.match(line, new RegExp(`numbers=${BOTH_NUMBERS} action=`), 'what was read before is still there');
    const { json } = await gateway.overview('jens');
    assert.ok(json.summary.complete, 'an overview is none the worse');
    assert.equal(linesOf('classification-in-force').length, 2);
  });

test('once the service is well it is read again', async () => {
  await more('classification-read', linesOf('classification-read').length);
  assert.equal(linesOf('classification-in-force').length, 2, 'and nothing has changed');
});

test('rules whose subjects have expired are reported', () => {
  const policies = gateway.file('policies');
  cpSync(path.join(root, 'policies'), policies, { recursive: true });
  const exposure = JSON.parse(readFileSync(path.join(policies, 'exposure.json'), 'utf8'));
  exposure.default.rules.push({ kle: '99.32.02' }, { kle: '99.32.*' }, { kle: '98.*' });
  writeJson(path.join(policies, 'exposure.json'), exposure);
  const conf = gateway.file('conf/other.json');
  const main = JSON.parse(readFileSync(gateway.conf, 'utf8'));
  writeJson(conf, { ...main, folders: { ...main.folders, policies } });
  const overblik = (...args) => spawnSync(path.join(build, 'overblik'), args, { encoding: 'utf8' });

  const report = overblik('classification', 'report', '-c', conf);
  assert.equal(report.status, 0, report.stderr);
  const lines = report.stdout.trim().split('\n');
  assert.match(lines[0], /^edition TEST 2026-4, 22 entries, digest [0-9a-f]{16}, as of [0-9-]{10}: 2 remarks$/);
  assert.match(lines[1], /exposure\.json:\d+:\d+: 99\.32\.02 \(Uddannelseshjælp\) has expired: it held until 2025-07-01$/);
  assert.match(lines[2], /exposure\.json:\d+:\d+: no number of 98\.\* is in this edition$/);
  const before = overblik('classification', 'report', '--date', '2025-06-30', '-c', conf);
  assert.match(before.stdout, /: 1 remark\n/, 'as of an earlier day');

  const check = overblik('check', '-c', conf, '--json');
  assert.equal(check.status, 0, 'they are no faults');
  assert.deepEqual(JSON.parse(check.stdout).remarks.map(({ line, message }) => [line > 0, message.split(' ')[0]]),
    [[true, '99.32.02'], [true, 'no']]);
  assert.match(overblik('check', '-c', conf).stdout, /: remark: 99\.32\.02 /);
  assert.equal(overblik('classification', '-c', conf).status, 64);
  assert.equal(overblik('classification', 'report', '--date', 'soon').status, 64);
  assert.equal(overblik('classification', 'report', '-c', '/nothing').status, 78);
  assert.equal(overblik('classification', '--help').status, 0);
});

test('a configuration without it falls back to the file, one with it reads again', async () => {
  let where;
  gateway.change((main) => {
    where = main.classification;
    main.classification = null;
  });
  gateway.daemon.process.kill('SIGHUP');
  assert.match(await more('classification-in-force', 2), new RegExp(`numbers=${FILE_NUMBERS} read=false`));
  const { calls } = await service();
  gateway.change((main) => (main.classification = where));
  gateway.daemon.process.kill('SIGHUP');
  assert.match(await more('classification-in-force', 3), new RegExp(`numbers=${BOTH_NUMBERS} read=true`));
  assert.ok((await service()).calls > calls);
});

test('a facet that is empty is a failure, not an empty classification', async () => {
  const failures = linesOf('classification-not-read').length;
  gateway.change((main) => (main.classification.facets = ['fa5e7000-0000-4000-8000-00000000000f']));
  gateway.daemon.process.kill('SIGHUP');
  assert.match(await more('classification-not-read', failures), /outcome=empty why="its facets have no classes" numbers=0/);
  assert.match(await more('classification-in-force', 4), new RegExp(`numbers=${FILE_NUMBERS} read=false`));
});
