// SPDX-License-Identifier: MIT
//
// An authority registers a source by its own certificate: handed in, checked, tried for conformance by
// the real test, observed for test citizens only, approved by an operator who has read the report, and
// shown from a day, to municipalities and of subjects that the approval names. Nobody else sees it, and
// no address that leads into our own network is asked.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { waitUntil } from './gateway.mjs';
import { CVR, ask, startGateway } from './owners.mjs';

const ID = 'star.selv';
let gateway;
const sourceFile = (id) => JSON.parse(readFileSync(gateway.file(`conf/sources/${id}.json`), 'utf8'));
before(async () => (gateway = await startGateway({
  name: 'self_service_sources',
  configure: (main) => (main.registration = { poll_s: 1, ca: main.tls.certificate.replace('gateway.pem', 'ca.pem'),
    certificate: main.tls.certificate.replace('gateway.pem', 'gateway-client.pem'),
    key: main.tls.certificate.replace('gateway.pem', 'gateway-client.key'), addresses_allowed: '127.0.0.0/8' }),
})));
after(async () => assert.equal(await gateway?.stop(), 0));

const must = (answer, status = 200) => (assert.equal(answer.status, status, answer.text), answer.json);
const as = (who) => ({
  put: (body, id = ID, reason = 'our new source') => ask(gateway, who, 'PUT', `/registrations/${id}`, { body, reason }),
  get: (id = ID) => ask(gateway, who, 'GET', `/registrations/${id}`),
  list: () => ask(gateway, who, 'GET', '/registrations'),
  report: (id = ID) => ask(gateway, who, 'GET', `/registrations/${id}/report`),
  post: (step, body = {}, id = ID) => ask(gateway, who, 'POST', `/registrations/${id}/${step}`, { body: { reason: `to ${step}`, ...body } }),
});
const star = as('star-owner');
const atp = as('atp-owner');
const olga = as('operator');

/** A manifest as STAR would hand it in: of its sandbox, without what is the operator's to say. */
function manifest(change = {}, url) {
  const { $schema, position, ...source } = sourceFile('star.ydelser');
  const [environment] = Object.keys(source.endpoints);
  return {
    ...source, id: ID, owner: { cvr: source.owner.cvr, name: source.owner.name },
    endpoints: { [environment]: { url: url ?? source.endpoints[environment].url } }, ...change,
  };
}
const stateOf = async (version, who = star) => must(await who.get()).versions.find((one) => one.version === version);
const settled = async (version) => {
  await waitUntil(async () => (await stateOf(version)).state !== 'checked');
  return stateOf(version);
};
const shownAt = async (query, citizen = 'jens') => {
  const { json } = await gateway.overview(citizen, { query });
  return json.sources.find(({ id }) => id === ID);
};
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

test('a manifest with faults is told where, and is not kept', async () => {
  const rows = [
    [{ owner: { cvr: CVR['atp-owner'], name: 'x' } }, /\/owner\/cvr: is not yours: your certificate is that of 55568510/],
    [{ owner: { cvr: CVR['star-owner'], name: 'x', corrections: { url: 'https://169.254.169.254', path: '/x', tls: { ca: '/etc/passwd' } } } },
      /\/owner\/corrections\/url: is the operator's to say/],
    [{ id: 'other' }, /\/id: expected the file's name/],
    [{ kinds: ['nonsense'] }, /\/kinds/],
    [{ test_citizens: [] }, /\/test_citizens: is needed/],
    [{ stage: 'approved' }, /\/stage/],
  ];
  for (const [change, fault] of rows) {
    const answer = await star.put(manifest(change));
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.json.faults.map(({ what }) => what).join('\n'), fault);
    assert.ok(answer.json.faults.every(({ where }) => /^\d+:\d+$/.test(where)), answer.text);
  }
  const [environment] = Object.keys(manifest().endpoints);
  const { url } = manifest().endpoints[environment];
  for (const own of [{ tls: { ca: '/etc/passwd' } }, { tls: { certificate: '/a', key: '/b' } }, { addresses: '0.0.0.0/0' }]) {
    const answer = await star.put(manifest({ endpoints: { [environment]: { url, ...own } } }));
    assert.match(answer.text, /is the operator's to say/, 'no owner names our files');
  }
  assert.equal((await star.put(manifest(), 'atp.pension')).status, 422, 'the id of an operator\'s own source');
  assert.equal((await star.put('{')).status, 422);
  assert.deepEqual(must(await star.list()).registrations, []);
});

test('no address that leads into our own network is taken', async () => {
  for (const host of ['169.254.169.254', '10.0.0.1', '[::1]', '[fd00:ec2::254]', '[::ffff:10.0.0.1]', '0x0a000001', '167772161',
    '192.168.1.1:8443', '100.100.100.200', '0.0.0.0', '[64:ff9b::a9fe:a9fe]']) {
    const answer = await star.put(manifest({}, `https://${host}`));
    assert.equal(answer.status, 422, `${host}: ${answer.text}`);
    assert.match(answer.text, /is not on the open internet|expected \\"https/, host);
  }
  assert.equal((await star.put(manifest({}, 'http://127.0.0.1:80'))).status, 422, 'and no plain http');
});

test('a manifest is checked, tried and observed: asked for test citizens, shown to nobody', async () => {
  assert.deepEqual(must(await star.put(manifest()), 202), { accepted: true, id: ID, version: 1, state: 'checked' });
  const tried = await settled(1);
  assert.equal(tried.state, 'observe', JSON.stringify(tried));
  assert.match(tried.why, /^approved/);
  await waitUntil(async () => {
    const { sources } = must(await ask(gateway, 'operator', 'GET', '/sources'));
    return sources.find(({ id }) => id === `${ID}@1`)?.calls > 0;
  });
  assert.equal(await shownAt(gateway.query('jens')), undefined);
  const catalogue = await gateway.get('/v1/sources', { headers: { Authorization: `Bearer ${gateway.token('jens')}` } });
  assert.ok(!catalogue.text.includes(ID), 'nor told of');
  assert.equal((await gateway.overview('jens', { query: `?source=${ID}` })).status, 400, 'as if it were not there');
  assert.equal((await gateway.overview('jens', { query: `?source=${encodeURIComponent(`${ID}@1`)}` })).json?.items?.length ?? 0, 0);
});

test('only an operator approves, and only by the hash of the report that belongs to it', async () => {
  const report = await star.report();
  assert.equal(must(report).result.source.id ?? must(report).result.id, `${ID}@1`);
  const hash = sha256(report.text);
  assert.equal((await stateOf(1)).report, hash);
  const terms = { version: 1, report: hash, from: '2020-01-01' };
  for (const who of [star, atp, as('viewer'), as('favrskov')]) assert.equal((await who.post('approve', terms)).status, 403);
  for (const wrong of [{ report: sha256('x') }, { report: undefined }, { from: undefined }, { from: 'today' }, { municipalities: ['9999'] },
    { municipalities: [] }, { kle: ['32'] }, { version: 2 }, { version: '1' }, { stage: 1 }])
    assert.ok([400, 404].includes((await olga.post('approve', { ...terms, ...wrong })).status), JSON.stringify(wrong));
  assert.equal(await shownAt(gateway.query('jens')), undefined);
  assert.deepEqual(must(await olga.post('approve', terms)), { accepted: true, id: ID, version: 1, state: 'approved' });
  assert.equal((await shownAt(gateway.query('jens'))).state, 'answered');
  assert.equal((await olga.post('approve', terms)).status, 400, 'once');
});

test('an approval holds from its day, for its municipalities and for its subjects', async () => {
  let version = 1;
  const approve = async (terms) => {
    version = must(await star.put(manifest()), 202).version;
    const tried = await settled(version);
    assert.equal(tried.state, 'observe', tried.why);
    must(await olga.post('approve', { version, report: tried.report, from: '2020-01-01', ...terms }));
    return version;
  };
  await approve({ from: '2099-01-01' });
  assert.equal((await shownAt(gateway.query('jens'))).state, 'not_shown');
  await approve({ municipalities: ['0101'] });
  assert.equal((await shownAt('?municipality=0710')).state, 'not_shown');
  assert.equal((await shownAt('')).state, 'not_shown', 'of a municipality that nobody knows');
  assert.equal((await shownAt('?municipality=0101')).state, 'answered');
  await approve({ kle: ['99.*'] });
  const { state, items } = await shownAt('?municipality=0710');
  assert.deepEqual([state, items], ['answered', 0]);
  const states = must(await star.get()).versions.map((one) => one.state);
  assert.deepEqual(states, ['superseded', 'superseded', 'superseded', 'approved']);
});

test('nobody sees or touches another\'s source, and nothing tells that it is there', async () => {
  for (const who of ['atp-owner', 'favrskov', 'koebenhavn']) {
    const other = as(who);
    const nobodys = await other.get('no.such.source');
    assert.equal(nobodys.status, 404);
    assert.deepEqual(must(await other.list()).registrations, []);
    for (const answer of [await other.get(), await other.report(), await other.post('retry'), await other.post('withdraw'),
      await other.post('withdraw', { version: 1 }), await other.post('retry', { version: 4 })]) {
      assert.equal(answer.status, 404, answer.text);
      assert.equal(answer.text, nobodys.text);
    }
    assert.equal((await other.post('approve')).status, 403);
    assert.equal((await other.post('reject')).status, 403);
  }
  const taken = await atp.put({ ...manifest(), owner: { cvr: CVR['atp-owner'], name: 'ATP' } });
  assert.equal(taken.status, 403, 'an id is its first owner\'s');
  assert.equal((await olga.put(manifest())).status, 403, 'an operator registers nothing in an owner\'s name');
});

test('an owner sees its own figures and sets its own maintenance, and nothing of others\'', async () => {
  const own = must(await ask(gateway, 'star-owner', 'GET', '/sources')).sources.map(({ id }) => id);
  assert.deepEqual(own.sort(), ['star.aftaler', ID, 'star.ydelser']);
  const figures = must(await ask(gateway, 'star-owner', 'GET', `/sources/${ID}/figures`));
  assert.ok(figures.outcomes.asked >= 2 && figures.outcomes.answered >= 1, JSON.stringify(figures));
  assert.deepEqual(figures.breaker, { state: 'closed', opened: 0, not_closed_ms: 0 });
  assert.equal(figures.error_budget.objective_permille, 995);
  assert.equal(figures.error_budget.left, figures.error_budget.allowed - figures.error_budget.failures);
  assert.ok(figures.certificate_days.ours > 0 && figures.certificate_days.roots > 0);
  for (const name of ['empty', 'late', 'failed', 'not_shown']) assert.equal(typeof figures.outcomes[name], 'number');

  const set = (who, step, id = ID, body = {}) => ask(gateway, who, 'POST', `/sources/${id}/${step}`, { body: { reason: 'new version', ...body } });
  must(await set('star-owner', 'maintenance', ID, { message: { da: 'Vi skifter system.', en: 'We change systems.' } }));
  assert.equal((await shownAt('?municipality=0710')).state, 'closed');
  must(await set('star-owner', 'enable'));
  assert.equal((await set('star-owner', 'disable')).status, 403);
  assert.equal((await set('star-owner', 'rearm')).status, 403);
  must(await set('operator', 'disable'));
  for (const step of ['enable', 'maintenance']) assert.equal((await set('star-owner', step)).status, 403, 'what an operator decides stands');
  must(await set('operator', 'enable'));
  const nobodys = await ask(gateway, 'atp-owner', 'GET', '/sources/no.such');
  assert.equal(nobodys.status, 404);
  for (const who of ['atp-owner', 'favrskov'])
    for (const answer of [await ask(gateway, who, 'GET', `/sources/${ID}`), await ask(gateway, who, 'GET', `/sources/${ID}/figures`),
      await ask(gateway, who, 'GET', '/sources/star.ydelser/figures'), await set(who, 'maintenance'), await set(who, 'enable')]) {
      assert.equal(answer.status, 404);
      assert.equal(answer.text, nobodys.text);
    }
  assert.deepEqual(must(await ask(gateway, 'favrskov', 'GET', '/sources')).sources, []);
  assert.equal((await set('viewer', 'maintenance')).status, 403);
});

test('a source that does not conform fails, and its report says why', async () => {
  const [environment] = Object.keys(manifest().endpoints);
  const wrong = new URL(sourceFile('atp.pension').endpoints[environment].url);
  const { version } = must(await star.put(manifest({}, wrong.origin)), 202);
  const tried = await settled(version);
  assert.equal(tried.state, 'failed', JSON.stringify(tried));
  assert.equal((await stateOf(4)).state, 'approved', 'the version in force stays');
  assert.equal((await olga.post('approve', { version, report: tried.report, from: '2020-01-01' })).status, 400);
  must(await star.post('retry', { version }), 202);
  assert.equal((await settled(version)).state, 'failed');
  must(await olga.post('reject', { version, reason: 'that is another authority\'s server' }));
  assert.equal((await stateOf(version)).why, 'that is another authority\'s server');
});

test('a name that leads into our network is not asked, also when it is a name', async () => {
  await gateway.daemon.end();
  gateway.change((main) => { main.registration.addresses_allowed = '10.0.0.0/8'; });
  await gateway.launch();
  await gateway.ready();
  assert.notEqual((await shownAt('?municipality=0710')).state, 'answered', 'what was approved is guarded too, at each connection');
  const [environment] = Object.keys(manifest().endpoints);
  const { port } = new URL(manifest().endpoints[environment].url);
  const { version } = must(await star.put(manifest({}, `https://localhost:${port}`)), 202);
  const tried = await settled(version);
  assert.equal(tried.state, 'failed', JSON.stringify(tried));
  assert.match((await star.report()).text, /address/);
  await gateway.daemon.end();
  gateway.change((main) => { main.registration.addresses_allowed = '127.0.0.0/8'; });
  await gateway.launch();
  await gateway.ready();
});

test('killed while a manifest is tried, a gateway tries it again', async () => {
  const { version } = must(await star.put(manifest()), 202);
  await gateway.daemon.end('SIGKILL');
  await gateway.launch();
  await gateway.ready();
  assert.equal((await settled(version)).state, 'observe');
});

test('an owner ends its source, and each step is recorded', async () => {
  must(await star.post('withdraw', { version: 4 }));
  assert.equal(await shownAt('?municipality=0710'), undefined);
  await waitUntil(() => gateway.recorded().some(({ what }) => what === 'registration-withdraw'));
  const notes = gateway.recorded().filter(({ event, what }) => event === 'admin' && what.startsWith('registration-'));
  assert.deepEqual([...new Set(notes.map(({ what }) => what))].sort(), ['registration-approve', 'registration-reject',
    'registration-retry', 'registration-submit', 'registration-withdraw']);
  assert.ok(notes.every(({ who, why, target }) => who && why && target.startsWith(ID)));
});
