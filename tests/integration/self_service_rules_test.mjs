// SPDX-License-Identifier: MIT
//
// A municipality, known by its certificate's CVR number, reads, hands in, previews, activates and undoes
// its own rules of what it shows, and nobody else's. What it activates counts without a restart, is
// recorded with who and why, and survives a kill between handing in and activating.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitUntil } from './gateway.mjs';
import { CVR, ask, startGateway } from './owners.mjs';

let gateway;
before(async () => (gateway = await startGateway({ name: 'self_service_rules' })));
after(async () => assert.equal(await gateway?.stop(), 0));

const CODE = { favrskov: '0710', koebenhavn: '0101' };
const NOTHING = { rules: [] };
const as = (who) => ({
  rules: () => ask(gateway, who, 'GET', `/exposure/${CODE[who] ?? CODE.favrskov}`),
  versions: () => ask(gateway, who, 'GET', `/exposure/${CODE[who] ?? CODE.favrskov}/versions`),
  put: (body, reason = 'new rules') => ask(gateway, who, 'PUT', `/exposure/${CODE[who] ?? CODE.favrskov}`, { body, reason }),
  post: (step, body = {}, code = CODE[who] ?? CODE.favrskov) =>
    ask(gateway, who, 'POST', `/exposure/${code}/${step}`, { body: { reason: `to ${step}`, ...body } }),
});
const favrskov = as('favrskov');
const shown = async () => {
  const { json } = await gateway.overview('jens', { query: '?municipality=0710&source=kommuner.sager' });
  return json.items.length;
};
const must = (answer, status = 200) => (assert.equal(answer.status, status, answer.text), answer.json);

test('before it hands anything in, it reads the rules that count for it: the operator\'s', async () => {
  const { origin, version, document, municipality } = must(await favrskov.rules());
  assert.deepEqual([municipality, origin, version], ['0710', 'default', null]);
  assert.equal(document.rules[0].id, 'demo');
  assert.deepEqual(must(await favrskov.versions()).versions, []);
});

test('a draft with faults is told where, and is not kept', async () => {
  const answer = await favrskov.put('{"rules": [\n  {"kle": "32.*"},\n  {"kle": "thirty"}\n]}');
  assert.equal(answer.status, 422, answer.text);
  assert.deepEqual(answer.json.faults.map(({ where }) => where), ['3:11']);
  assert.match(answer.json.faults[0].what, /^\/rules\/1\/kle: expected a subject number/);
  for (const text of ['', '{', '[]', '"x"', '{"rules": []} x', '{"rules": [], "rules": []}', '{"rules": [], "cvr": "29189714"}',
    '{"rules": [], "default": {"rules": []}}', '{"rules": [], "authorities": []}', '{"rules": [], "municipality": "0101"}',
    '{"links": []}', '\0'.repeat(100), '['.repeat(60000)])
    assert.equal((await favrskov.put(text)).status, 422, text.slice(0, 60));
  assert.deepEqual(must(await favrskov.versions()).versions, []);
  assert.equal((await favrskov.put(JSON.stringify(NOTHING), '')).status, 400, 'a reason is needed');
});

test('too many rules, and more bytes than the door takes, are refused', async () => {
  const many = { rules: Array.from({ length: 1001 }, (_, i) => ({ kle: `32.${String(i % 90 + 10)}.${String(i % 90 + 10)}`,
    valid_from: '2020-01-01' })) };
  assert.match((await favrskov.put(JSON.stringify(many))).text, /at most 1000 rules/);
  const answer = await favrskov.put(JSON.stringify({ rules: [{ kle: '*', comment: 'x'.repeat(2_000_000) }] })).catch(() => ({ status: 413 }));
  assert.equal(answer.status, 413);
});

test('a draft counts for nothing until it is activated; a preview says what would change', async () => {
  const before = await shown();
  assert.ok(before > 0);
  assert.deepEqual(must(await favrskov.put(NOTHING, 'close all'), 201),
    { accepted: true, municipality: '0710', version: 1, state: 'draft' });
  assert.equal(await shown(), before);
  const preview = must(await favrskov.post('preview', { version: 1 }));
  assert.notEqual(preview.from, preview.to);
  const cases = preview.changes.filter(({ citizen, kind }) => citizen === 'jens' && kind === 'case');
  assert.ok(cases.length > 0);
  for (const { before: was, after: becomes } of cases.filter(({ before: { shown: is } }) => is))
    assert.deepEqual([was.shown, becomes.shown], [true, false]);
  assert.equal(await shown(), before, 'a preview changes nothing');

  must(await favrskov.post('activate', { version: 1 }));
  assert.equal(await shown(), 0);
  const now = must(await favrskov.rules());
  assert.deepEqual([now.origin, now.version, now.document], ['municipality', 1, NOTHING]);
  assert.equal((await favrskov.post('activate', { version: 1 })).status, 400, 'it is active already');
});

test('each activation can be undone, back to the operator\'s rules', async () => {
  const open = { rules: [{ kle: '*', documents: [{ direction: 'to_citizen' }] }] };
  must(await favrskov.put(open, 'open all'), 201);
  must(await favrskov.post('activate', { version: 2 }));
  assert.ok((await shown()) > 0);
  must(await favrskov.post('undo'));
  assert.deepEqual(must(await favrskov.rules()).version, 1);
  assert.equal(await shown(), 0);
  assert.deepEqual(must(await favrskov.post('undo')), { accepted: true, municipality: '0710', version: 1, state: 'retired' });
  assert.equal(must(await favrskov.rules()).origin, 'default');
  assert.ok((await shown()) > 0);
  assert.equal((await favrskov.post('undo')).status, 400, 'nothing is left to undo');
  must(await favrskov.post('activate', { version: 1 }));
  assert.equal(await shown(), 0, 'any earlier version can be put back');
  const { versions, steps } = must(await favrskov.versions());
  assert.deepEqual(versions.map(({ version, state }) => [version, state]), [[1, 'active'], [2, 'retired']]);
  assert.deepEqual(steps.map(({ version, state, why }) => `${version} ${state}: ${why}`), [
    '1 draft: close all', '1 active: to activate', '2 draft: open all', '1 retired: to activate', '2 active: to activate',
    '2 retired: to undo', '1 active: to undo', '1 retired: to undo', '1 active: to activate']);
  assert.deepEqual([...new Set(steps.map(({ who }) => who))], ['favrskov']);
});

test('nobody touches another\'s rules, and nothing tells that they are there', async () => {
  const nobodys = await ask(gateway, 'koebenhavn', 'GET', '/exposure/9999');
  for (const [who, code] of [['koebenhavn', '0710'], ['atp-owner', '0710'], ['star-owner', '0101'], ['favrskov', '0101']])
    for (const [method, path, body] of [['GET', ''], ['GET', '/versions'], ['PUT', '', NOTHING], ['POST', '/preview', { version: 1 }],
      ['POST', '/activate', { version: 1, reason: 'x' }], ['POST', '/undo', { reason: 'x' }], ['POST', '/retire', { reason: 'x' }]]) {
      const answer = await ask(gateway, who, method, `/exposure/${code}${path}`, { body, reason: 'x' });
      assert.equal(answer.status, 404, `${who} ${method} ${code}${path}: ${answer.text}`);
      assert.equal(answer.text, nobodys.text);
    }
  for (const who of ['favrskov', 'koebenhavn'])
    for (const [method, path] of [['GET', '/status'], ['GET', '/metrics'], ['POST', '/reload'], ['GET', '/configuration'],
      ['POST', '/exposure/preview'], ['POST', '/plan'], ['GET', '/log'], ['PUT', '/log/level']])
      assert.equal((await ask(gateway, who, method, path, { body: method === 'GET' ? undefined : {} })).status, 403, path);
});

test('an operator sees all, writes no municipality\'s rules, and may take them out of force', async () => {
  for (const who of ['operator', 'viewer', 'socket']) {
    assert.equal(must(await ask(gateway, who, 'GET', '/exposure/0710')).version, 1);
    assert.equal((await ask(gateway, who, 'PUT', '/exposure/0710', { body: NOTHING, reason: 'x' })).status, 403);
    assert.equal((await as(who).post('activate', { version: 2 })).status, 403);
  }
  assert.equal((await as('viewer').post('retire')).status, 403);
  must(await as('operator').post('retire'));
  assert.equal(must(await favrskov.rules()).origin, 'default');
  must(await favrskov.post('activate', { version: 1 }));
});

test('each step is in the access record, with who and why', async () => {
  const noted = () => gateway.recorded().filter(({ event, what }) => event === 'admin' && what.startsWith('rules-'));
  await waitUntil(() => noted().some(({ what }) => what === 'rules-retire'));
  const notes = noted();
  assert.deepEqual([...new Set(notes.map(({ what }) => what))].sort(),
    ['rules-activate', 'rules-draft', 'rules-preview', 'rules-retire', 'rules-undo']);
  assert.deepEqual(notes.find(({ what }) => what === 'rules-draft'), { ...notes.find(({ what }) => what === 'rules-draft'),
    who: 'favrskov', target: '0710 v1', why: 'close all' });
  assert.ok(notes.some(({ what, who }) => what === 'rules-retire' && who === 'olga'));
});

test('two municipalities\' rules stand beside each other', async () => {
  const koebenhavn = as('koebenhavn');
  must(await koebenhavn.put({ municipality: '0101', rules: [{ kle: '32.*' }] }), 201);
  must(await koebenhavn.post('activate', { version: 1 }));
  assert.equal(must(await koebenhavn.rules()).document.rules[0].kle, '32.*');
  assert.deepEqual(must(await favrskov.rules()).document, NOTHING);
  assert.equal(await shown(), 0);
});

test('a kill loses no draft and no activation', async () => {
  must(await favrskov.put({ rules: [{ id: 'after', kle: '*' }] }, 'before the kill'), 201);
  await gateway.daemon.end('SIGKILL');
  await gateway.launch();
  await gateway.ready();
  assert.equal(must(await favrskov.rules()).version, 1, 'what was active is');
  const { versions } = must(await favrskov.versions());
  assert.deepEqual(versions.at(-1).state, 'draft');
  must(await favrskov.post('activate', { version: versions.at(-1).version }));
  await gateway.daemon.end('SIGKILL');
  await gateway.launch();
  await gateway.ready();
  assert.equal(must(await favrskov.rules()).version, versions.at(-1).version);
  assert.equal(CVR.favrskov, '29189714');
});

test('a flood of drafts is served one after the other, or refused, and nothing is lost', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => as('koebenhavn').put({ rules: [] }, `draft ${i}`)));
  const kept = answers.filter(({ status }) => status === 201).map(({ json }) => json.version);
  assert.ok(answers.every(({ status }) => status === 201 || status === 503), JSON.stringify(answers.map(({ status }) => status)));
  assert.equal(new Set(kept).size, kept.length);
  const { versions } = must(await as('koebenhavn').versions());
  assert.deepEqual(versions.slice(1).map(({ version }) => version), kept.sort((a, b) => a - b));
});
