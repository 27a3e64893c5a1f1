// SPDX-License-Identifier: MIT
//
// The running gateway reads KLE from the sandbox's Klassifikation, keeps what it read when the service
// fails in whatever way, takes it up again, and lets nobody wait for it.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Gateway, waitUntil } from './gateway.mjs';

const FILE_NUMBERS = 22; // policies/kle.json
const BOTH_NUMBERS = 24; // 99.90.01 is known to the service alone, 99.50.01 has an older name there
let gateway;

const linesOf = (event) => gateway.logged().split('\n').filter((line) => line.includes(`event=${event} `));
const more = async (event, count) => {
  await waitUntil(() => linesOf(event).length > count);
  return linesOf(event).at(-1);
};
const service = async () => (await gateway.calls()).klassifikation;

before(async () => {
  gateway = await Gateway.start({
    name: 'classification',
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
