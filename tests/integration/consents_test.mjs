// SPDX-License-Identifier: MIT
//
// A citizen lets a service read: what it gets and what not, by which certificate, until when; that a
// withdrawal holds at once; that both ends are on record and the citizen can read them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, test } from 'node:test';
import { build, citizens, Gateway, root, statesOf, waitUntil } from './gateway.mjs';

const SERVICE = 'service-budget'; // its certificate, of certs/make-certs
const DAY = 86400000;
const day = (offset) => new Date(Date.now() + offset * DAY).toISOString().slice(0, 10);
const fingerprint = (certs, name) => new X509Certificate(readFileSync(path.join(certs, `${name}.pem`))).fingerprint256;
let gateway;

const policies = ({ certs }) => ({
  'services.json': ({ services }) => {
    const [budget] = services;
    services.push(
      { ...budget, id: 'other', client: 'other-app', certificates: [{ sha256: fingerprint(certs, 'viewer') }] },
      { ...budget, id: 'lonely', client: 'lonely-app', certificates: [{ sha256: fingerprint(certs, 'gateway-client') }] },
    );
  },
  'agreements.json': ({ agreements }) => {
    agreements.push({ portal: 'other', sources: ['*'], contract: 'of the test' });
  },
});

before(async () => {
  gateway = await Gateway.start({
    name: 'consents',
    policies,
    settings: { consents: { active_max: 5 } },
    configure: (main) => main.issuers[0].audiences.push('budget', 'budget-app'),
  });
});
beforeEach(() => gateway.sandbox.clear());
after(async () => assert.equal(await gateway.stop(), 0));

const bearer = (token) => ({ Authorization: `Bearer ${token}`, 'Accept-Language': 'da' });

/** Sends a request with a body. */
async function send(method, where, { as, token = as && gateway.token(as), body, headers = {}, client, to = gateway } = {}) {
  const text = typeof body === 'string' ? body : body && JSON.stringify(body);
  const { answer } = await to.begin(where, {
    method,
    client,
    headers: { ...(token && bearer(token)), ...(text && { 'Content-Length': Buffer.byteLength(text) }), ...headers },
    body: text,
  });
  let came = '';
  for await (const chunk of answer.setEncoding('utf8')) came += chunk;
  return { status: answer.statusCode, headers: answer.headers, text: came, json: came.startsWith('{') ? JSON.parse(came) : undefined };
}
const SCOPE = { service: 'budget', kinds: ['benefit', 'payment'], until: day(30) };
const give = (as, change = {}, options = {}) => send('POST', '/v1/consents', { as, body: { ...SCOPE, ...change }, ...options });
const list = (as) => send('GET', '/v1/consents', { as });
const withdraw = (as, id, options) => send('DELETE', `/v1/consents/${id}`, { as, ...options });
/** The service reads. */
const read = (token, { client = SERVICE, query = '?municipality=0710', headers = {}, to = gateway } = {}) =>
  to.get(`/v1/overview${query}`, { client, headers: { ...bearer(token), ...headers } });
async function given(as, change) {
  const { status, json, text } = await give(as, change);
  assert.equal(status, 201, text);
  return json;
}
async function withdrawAll(as) {
  for (const { id, state } of (await list(as)).json.consents) if (state === 'active') await withdraw(as, id);
}
const recordedOf = async (receipt, event) => {
  let found;
  await waitUntil(() => (found = gateway.recorded().find((line) => line.receipt === receipt && line.event === event)));
  return found;
};

// --- giving ----------------------------------------------------------------------------------------------

test('what is given is told, with a token, and found again', async () => {
  const { status, json, headers } = await give('jens', { sources: ['atp.pension', 'udk.ydelser'] });
  assert.equal(status, 201);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers.location, `/v1/consents/${json.consent.id}`);
  assert.match(json.token, /^obc_[A-Za-z0-9_-]{118}$/);
  const certificate = Buffer.from(fingerprint(gateway.certs, SERVICE).replaceAll(':', ''), 'hex');
  assert.deepEqual(json.cnf, { 'x5t#S256': certificate.toString('base64url') });
  const { consents, services, active_max: most } = (await list('jens')).json;
  assert.deepEqual(consents[0], json.consent);
  assert.deepEqual(
    { ...json.consent, id: undefined, given: undefined, until: json.consent.until.slice(0, 10) },
    {
      id: undefined, given: undefined,
      service: { id: 'budget', name: 'Budgethjælpen', purpose: 'Viser dine ydelser og betalinger i dit budget.' },
      kinds: ['benefit', 'payment'], sources: ['atp.pension', 'udk.ydelser'], state: 'active',
      until: day(31), withdrawn: null, used: null,
    },
  );
  assert.match(json.consent.until, /T00:00:00\+0[12]:00$/, 'the last day counts to its end, in Denmark');
  assert.equal(services.find(({ id }) => id === 'budget').max_days, 365);
  assert.equal(most, 5);
  await withdrawAll('jens');
});

test('a body that is not right is refused by name, and nothing is kept', async () => {
  const nobody = (await list('nikolaj')).json.consents.length;
  for (const [change, wanted] of [
    [{ service: 'nobody' }, /^service: there is no such service/],
    [{ service: undefined }, /^service: expected/],
    [{ service: 7 }, /expected a string/],
    [{ kinds: [] }, /^kinds: expected a list/],
    [{ kinds: ['car'] }, /^kinds: expected kinds/],
    [{ kinds: ['benefit', 'benefit'] }, /twice/],
    [{ kinds: ['case'] }, /^kinds: the service may never have "case"/],
    [{ sources: [] }, /^sources: expected at least one/],
    [{ sources: ['nowhere'] }, /^sources: there is no such source/],
    [{ sources: Array.from({ length: 65 }, (_, i) => `s${i}`) }, /more texts/],
    [{ until: undefined }, /^until: expected/],
    [{ until: 'soon' }, /^until: expected/],
    [{ until: day(-1) }, /^until: has passed/],
    [{ until: new Date(Date.now() - 1000).toISOString() }, /^until: has passed/],
    [{ until: day(400) }, /^until: the service may read for at most 365 days/],
    [{ until: '9999-12-31' }, /^until: /],
    [{ more: 1 }, /alone/],
  ]) {
    const { status, json, text } = await give('nikolaj', change);
    assert.equal(status, 400, JSON.stringify(change) + text);
    assert.match(json.detail, wanted);
    assert.equal(json.receipt?.length, 36);
  }
  for (const body of ['', '[]', '{', '{}{}', 'null', '{"service":"budget","service":"budget"}'])
    assert.equal((await send('POST', '/v1/consents', { as: 'nikolaj', body })).status, 400, body);
  const long = await send('POST', '/v1/consents', { as: 'nikolaj', body: `{"service":"budget"${' '.repeat(4096)}}` });
  assert.equal(long.status, 413);
  assert.equal((await list('nikolaj')).json.consents.length, nobody);
});

test('only a citizen gives, for oneself, through a portal with an agreement', async () => {
  assert.equal((await send('POST', '/v1/consents', { body: SCOPE })).status, 401);
  assert.equal((await send('GET', '/v1/consents')).status, 401);
  assert.equal((await give('jens', {}, { headers: { 'Act-For': 'x' } })).status, 400);
  assert.equal((await send('GET', '/v1/consents?all=1', { as: 'jens' })).status, 400);
  const { token } = await given('jens');
  assert.equal((await send('GET', '/v1/consents', { token, client: SERVICE })).status, 401, 'a consent gives no consents');
  assert.equal((await send('POST', '/v1/consents', { token, client: SERVICE, body: SCOPE })).status, 401);
  for (const where of ['/v1/export?format=json', '/v1/mandates', '/v1/access-log'])
    assert.equal((await send('GET', where, { token, client: SERVICE })).status, 401, where);
  assert.equal((await send('POST', '/v1/corrections', { token, client: SERVICE, body: {} })).status, 401);
  const asPortal = gateway.token('jens', { aud: 'budget' });
  const refused = await gateway.overview('jens', { token: asPortal });
  assert.equal(refused.status, 403, 'a service is no portal');
  assert.match(refused.json.detail, /by consent and not by a login/);
  await withdrawAll('jens');
});

test('there may be so many in force and no more; those that ended do not count', async () => {
  const all = [];
  for (let i = 0; i < 5; i++) all.push(await given('mette'));
  const { status, json } = await give('mette');
  assert.equal(status, 409);
  assert.match(json.detail, /withdraw one first/);
  await recordedOf(json.receipt, 'outcome');
  const { entries } = (await gateway.get('/v1/access-log', { headers: bearer(gateway.token('mette')) })).json;
  const told = entries.find(({ receipt }) => receipt === json.receipt);
  assert.equal(told.text, 'Du gav et samtykke (Budgethjælpen). Det lykkedes ikke');
  assert.equal((await withdraw('mette', all[0].consent.id)).status, 204);
  await given('mette');
  assert.equal((await list('mette')).json.consents.length, 6);
  await withdrawAll('mette');

  const many = await Promise.all(Array.from({ length: 12 }, () => give('mette')));
  assert.equal(many.filter((one) => one.status === 201).length, 5, 'also when they come at once');
  assert.equal(many.filter((one) => one.status === 409).length, 7);
  await withdrawAll('mette');
});

// --- reading ---------------------------------------------------------------------------------------------

test('exactly the chosen kinds come; the rest is named as not covered', async () => {
  const { token, consent } = await given('jens');
  const { status, json, headers } = await read(token);
  assert.equal(status, 200);
  assert.deepEqual([...new Set(json.items.map(({ kind }) => kind))].sort(), ['benefit', 'payment']);
  assert.deepEqual(json.subject, { name: null, on_behalf_of: null, consent: { id: consent.id, service: 'budget' } });
  const states = statesOf(json);
  assert.equal(states['atp.pension'], 'answered');
  assert.equal(states['kommuner.ydelser/0710'], 'answered');
  for (const id of ['kommuner.sager', 'udk.sager', 'politi.akkreditiver', 'star.aftaler']) assert.equal(states[id], 'not_agreed', id);
  assert.equal(headers['server-timing'], undefined);

  const own = (await gateway.overview('jens')).json.items.filter(({ kind }) => kind === 'benefit' || kind === 'payment');
  assert.deepEqual(new Set(json.items.map(({ handle }) => handle)), new Set(own.map(({ handle }) => handle)));
  await withdrawAll('jens');
});

test('of one kind at one source: no more, though the agreement allows it', async () => {
  const { token } = await given('jens', { kinds: ['benefit'], sources: ['atp.pension'] });
  const { 'udbetaling-danmark': before } = await gateway.calls();
  const { json } = await read(token);
  const { 'atp.pension': atp, ...others } = statesOf(json);
  assert.equal(atp, 'answered');
  assert.equal(others['udk.ydelser'], 'not_covered');
  assert.equal(others['kommuner.ydelser'], 'not_covered');
  assert.ok(json.items.length > 0 && json.items.every(({ kind, source }) => kind === 'benefit' && source === 'atp.pension'));
  assert.equal(json.sources.find(({ id }) => id === 'udk.ydelser').text, 'Du har ikke lov til at se noget fra Udbetaling Danmark her.');
  assert.equal((await gateway.calls())['udbetaling-danmark'].calls, before.calls, 'what is not covered is not asked for');
  await withdrawAll('jens');
});

test('an item’s detail is shown when its kind is covered, and only then', async () => {
  const { token } = await given('jens', { kinds: ['benefit'] });
  const own = (await gateway.overview('jens')).json.items;
  const item = (kind) => own.find((one) => one.kind === kind && one.source.startsWith('udk.')).handle;
  const ask = (handle) => gateway.get(`/v1/items/${handle}`, { client: SERVICE, headers: bearer(token) });
  const shown = await ask(item('benefit'));
  assert.equal(shown.status, 200);
  assert.equal(shown.json.item?.kind, 'benefit');
  const hidden = await ask(item('payment'));
  assert.ok(!hidden.json.item, hidden.text);
  const other = (await gateway.overview('vera')).json.items[0].handle;
  assert.equal((await ask(other)).status, 404);
  await withdrawAll('jens');
});

test('the token streams as a login does, and acts for nobody', async () => {
  const { token } = await given('jens');
  const { status, document } = await gateway.read('jens', 'ndjson', { token, client: SERVICE });
  assert.equal(status, 200);
  assert.ok(document.items.every(({ kind }) => ['benefit', 'payment'].includes(kind)));
  assert.equal((await read(token, { headers: { 'Act-For': 'x' } })).status, 400);
  await withdrawAll('jens');
});

test('nobody else can use it: no certificate, another, a changed token; all are told the same', async () => {
  const { token } = await given('jens');
  const mine = await give('jens', { service: 'other' });
  const wrong = [
    [token, null], [token, 'viewer'], [token, 'gateway-client'], [mine.json.token, SERVICE],
    [`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, SERVICE], [token.slice(0, 60), SERVICE], [`${token}A`, SERVICE],
    [`obc_${'A'.repeat(118)}`, SERVICE], ['obc_', SERVICE], [token.replace('obc_', 'OBC_'), SERVICE],
  ];
  const answers = [];
  for (const [text, client] of wrong) answers.push(await read(text, { client }));
  const told = ({ status, headers, json }) => [status, headers['www-authenticate'], { ...json, receipt: undefined }];
  for (const answer of answers) assert.deepEqual(told(answer), told(answers[0]));
  assert.equal(answers[0].status, 401);
  assert.match(answers[0].headers['www-authenticate'], /invalid_token/);
  assert.equal((await read(token)).status, 200);
  assert.equal((await read(mine.json.token, { client: 'viewer' })).status, 200);
  await withdrawAll('jens');
});

test('plain connections show no certificate, so they read nothing', async () => {
  const { token } = await given('jens');
  assert.equal((await gateway.get('/v1/overview', { door: 'plain', headers: bearer(token) })).status, 401);
  await withdrawAll('jens');
});

test('a service without an agreement is asked for by nobody', async () => {
  const { json } = await give('jens', { service: 'lonely' });
  const { status, json: problem } = await read(json.token, { client: 'gateway-client' });
  assert.equal(status, 403);
  assert.match(problem.detail, /no agreement/);
  await withdrawAll('jens');
});

test('it ends to the second', async () => {
  const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2000);
  const { token, consent } = await given('jens', { until: until.toISOString() });
  assert.equal((await read(token, { query: '?source=atp.pension' })).status, 200);
  await waitUntil(() => Date.now() >= until.getTime());
  assert.equal((await read(token)).status, 401);
  assert.equal((await list('jens')).json.consents.find(({ id }) => id === consent.id).state, 'expired');
});

test('a renewed certificate, a certificate taken out, a service taken out: what the operator says counts at once', async () => {
  const { json: { token, consent } } = await give('jens', { service: 'other' });
  const as = async (client) => (await read(token, { client, query: '?source=atp.pension' })).status;
  const say = async (change) => {
    const { length } = gateway.logged();
    gateway.changePolicies({ 'services.json': (content) => change(content.services.find(({ id }) => id === 'other'), content) });
    gateway.daemon.process.kill('SIGHUP');
    await waitUntil(() => /event=configuration-in-force/.test(gateway.logged().slice(length)));
  };
  const [old, renewed] = ['viewer', 'operator'].map((name) => fingerprint(gateway.certs, name));
  assert.deepEqual([await as('viewer'), await as('operator')], [200, 401]);
  await say((other) => { other.certificates = [{ sha256: renewed, replaces: [old] }]; });
  assert.deepEqual([await as('viewer'), await as('operator')], [401, 200]);
  await say((other) => { other.certificates = [{ sha256: renewed }]; });
  assert.deepEqual([await as('viewer'), await as('operator')], [401, 401]);
  await say((other) => { other.certificates = [{ sha256: old }]; other.kinds = ['payment']; });
  const { json } = await read(token, { client: 'viewer' });
  assert.deepEqual([...new Set(json.items.map(({ kind }) => kind))], ['payment'], 'what it may have no longer does not come');
  await say((_, content) => { content.services = content.services.filter(({ id }) => id !== 'other'); });
  assert.equal(await as('viewer'), 401);
  const found = (await list('jens')).json.consents.find(({ id }) => id === consent.id);
  assert.deepEqual([found.service, found.state], [{ id: 'other', name: null, purpose: null }, 'active']);
  await withdrawAll('jens');
});

// --- withdrawing -----------------------------------------------------------------------------------------

test('a withdrawal holds at the next call, on every worker, and is told as often as one asks', async () => {
  const { token, consent } = await given('jens');
  for (let i = 0; i < 6; i++) assert.equal((await read(token, { query: '?source=atp.pension' })).status, 200);
  assert.equal((await withdraw('jens', consent.id)).status, 204);
  for (let i = 0; i < 12; i++) assert.equal((await read(token, { query: '?source=atp.pension' })).status, 401);
  assert.equal((await withdraw('jens', consent.id)).status, 204);
  const found = (await list('jens')).json.consents.find(({ id }) => id === consent.id);
  assert.equal(found.state, 'withdrawn');
  assert.notEqual(found.withdrawn, null);
  assert.notEqual(found.used, null);
});

test('somebody else’s consent is no more than one that never was', async () => {
  const { token, consent } = await given('jens');
  const told = ({ status, json }) => [status, { ...json, receipt: undefined }];
  const others = await withdraw('vera', consent.id);
  assert.equal(others.status, 404);
  for (const id of ['0199aaaa-0000-7000-8000-000000000000', 'x', '%20', `${consent.id}x`])
    assert.deepEqual(told(await withdraw('vera', id)), told(others));
  assert.ok(!(await list('vera')).json.consents.some(({ id }) => id === consent.id));
  assert.equal((await read(token, { query: '?source=atp.pension' })).status, 200);
  await withdrawAll('jens');
});

test('other methods are told what there is', async () => {
  assert.equal((await send('PUT', '/v1/consents', { as: 'jens' })).headers.allow, 'GET, HEAD, POST');
  assert.equal((await send('GET', '/v1/consents/x', { as: 'jens' })).headers.allow, 'DELETE');
});

// --- the record ------------------------------------------------------------------------------------------

test('giving, reading and withdrawing are on record, and the citizen reads it in words', async () => {
  const { token, consent, receipt } = await given('lone');
  const overview = await read(token);
  await withdraw('lone', consent.id);

  const gave = await recordedOf(receipt, 'intent');
  assert.deepEqual([gave.operation, gave.service, gave.consent, gave.kinds], ['consent-give', 'budget', consent.id, ['benefit', 'payment']]);
  assert.equal(gave.actor, gave.subject);
  assert.equal((await recordedOf(receipt, 'outcome')).status, 201);
  const used = await recordedOf(overview.json.receipt, 'intent');
  assert.deepEqual([used.actor, used.service, used.consent, used.portal], ['service:budget', 'budget', consent.id, 'budget-app']);
  assert.equal(used.subject, gave.subject);
  assert.equal(used.on_behalf, false);
  assert.equal(used.purpose, 'a service\'s overview, by consent');

  const { json } = await gateway.get('/v1/access-log', { headers: bearer(gateway.token('lone')) });
  const [, last, read_, first] = json.entries;
  assert.deepEqual([first.text, first.by, first.consent], ['Du gav et samtykke (Budgethjælpen)', 'you', consent.id]);
  assert.match(read_.text, /^En tjeneste læste med dit samtykke \(Budgethjælpen\): Kommunernes ydelser/);
  assert.deepEqual([read_.by, read_.service, read_.consent], ['service', { id: 'budget', name: 'Budgethjælpen' }, consent.id]);
  assert.deepEqual([last.text, last.operation], ['Du trak et samtykke tilbage (Budgethjælpen)', 'consent-withdraw']);
  for (const { cpr } of citizens) assert.ok(!JSON.stringify([json, gave, used, overview.json]).includes(cpr));
  const usage = await gateway.get('/v1/access-log/tracker/findUsage', { headers: bearer(gateway.token('lone')) });
  assert.ok(usage.json.usages.some(({ receiverCode }) => receiverCode === 'budget'));
});

test('neither number nor token lies in the store', async () => {
  const { token } = await given('jens');
  const bytes = readFileSync(gateway.storeFile).toString('latin1') + readFileSync(`${gateway.storeFile}-wal`).toString('latin1');
  for (const { cpr } of citizens) assert.ok(!bytes.includes(cpr));
  assert.ok(!bytes.includes(token.slice(4)));
  assert.ok(!gateway.logged().includes(token.slice(4)));
  await withdrawAll('jens');
});

test('a record that cannot be written: 503, and no consent', async () => {
  const many = (await list('jens')).json.consents.length;
  const store = new DatabaseSync(gateway.storeFile);
  store.exec('BEGIN IMMEDIATE');
  const [gave, looked] = await Promise.all([give('jens'), list('jens')]);
  store.exec('ROLLBACK');
  store.close();
  assert.deepEqual([gave.status, looked.status], [503, 503]);
  assert.ok(!gave.text.includes('obc_'));
  await gateway.ready();
  assert.equal((await list('jens')).json.consents.length, many);
});

test('by command: give, list, withdraw', async () => {
  const consent = (verb, ...args) => {
    const ran = spawnSync(path.join(build, 'overblik'), ['consent', verb, '--citizen', 'jens', '--certs', gateway.certs,
      '--gateway', `https://localhost:${gateway.ports.tls}`, '--issuer', gateway.issuer, ...args], { encoding: 'utf8', cwd: root });
    return { status: ran.status, out: ran.stdout, err: ran.stderr };
  };
  const gave = consent('give', '--kinds', 'benefit,payment', '--sources', 'atp.pension', '--until', day(30));
  assert.equal(gave.status, 0, gave.err);
  const token = gave.out.trim();
  assert.match(gave.err, /curl --cacert .*service-budget\.pem/);
  assert.equal((await read(token)).status, 200);
  const listed = consent('list');
  assert.match(listed.out, /^[0-9a-f-]{36} {2}active +Budgethjælpen, until .*: benefit payment$/m);
  const [id] = /^[0-9a-f-]{36}(?=  active)/m.exec(listed.out);
  assert.match(consent('withdraw', id).out, /^withdrawn$/m);
  assert.equal((await read(token)).status, 401);
  assert.match(consent('list', '--language', 'en').out, /withdrawn +Budget helper/);
  const wrong = consent('give', '--kinds', 'car', '--until', day(30));
  assert.equal(wrong.status, 77);
  assert.match(wrong.err, /kinds: expected kinds/);
  assert.equal(consent('give').status, 64);
  assert.equal(consent('take').status, 64);
  assert.equal(JSON.parse(consent('list', '--json').out).consents[0].state, 'withdrawn');
});

test('kill -9 after the answer: the consent is there, and so is the withdrawal', async () => {
  const kept = await given('jens');
  const gone = await given('jens');
  assert.equal((await withdraw('jens', gone.consent.id)).status, 204);
  await gateway.daemon.end('SIGKILL');
  await gateway.launch();
  await gateway.ready();
  assert.equal((await read(kept.token, { query: '?source=atp.pension' })).status, 200);
  assert.equal((await read(gone.token)).status, 401);
  await withdrawAll('jens');
});

test('new keys: old tokens are good as long as their key is there', async () => {
  const { token } = await given('jens');
  const old = readFileSync(path.join(gateway.certs, 'consents.key'), 'utf8');
  const anew = 'ab'.repeat(64);
  const use = async (...keys) => {
    writeFileSync(gateway.file('consents.key'), keys.join('\n'));
    gateway.change((main) => { main.consents.keys = gateway.file('consents.key'); });
    assert.equal(await gateway.daemon.end(), 0);
    await gateway.launch();
    await gateway.ready();
  };
  await use(anew, old);
  assert.equal((await read(token, { query: '?source=atp.pension' })).status, 200);
  const newer = await given('jens');
  await use(anew);
  assert.equal((await read(token)).status, 401);
  assert.equal((await read(newer.token, { query: '?source=atp.pension' })).status, 200);
  await withdrawAll('jens');
});

test('without keys nobody reads and nothing is given; keys that come by a reload wait for a restart', async () => {
  const { token } = await given('jens');
  let services;
  gateway.changePolicies({ 'services.json': (content) => ([services, content.services] = [content.services, []]) });
  gateway.change((main) => { main.consents.keys = null; });
  const restart = async () => {
    assert.equal(await gateway.daemon.end(), 0);
    await gateway.launch();
    await gateway.ready();
  };
  await restart();
  assert.equal((await read(token)).status, 401);
  assert.equal((await list('jens')).status, 200);
  gateway.changePolicies({ 'services.json': (content) => { content.services = services; } });
  gateway.change((main) => { main.consents.keys = gateway.file('consents.key'); });
  const { length } = gateway.logged();
  gateway.daemon.process.kill('SIGHUP');
  await waitUntil(() => /event=configuration-in-force/.test(gateway.logged().slice(length)));
  const { status, json } = await give('jens');
  assert.equal(status, 503);
  assert.match(json.detail, /consents\.keys was not there/);
  await restart();
  assert.equal((await read(token, { query: '?source=atp.pension' })).status, 200);
  await withdrawAll('jens');
});
