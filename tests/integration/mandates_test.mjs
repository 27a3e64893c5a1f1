// SPDX-License-Identifier: MIT
//
// Acting for another: who may, on what, until when; every case in which one may not; and that no answer
// ever holds two persons.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { citizenOf, citizens, Gateway, root, statesOf, waitUntil } from './gateway.mjs';

const DATA = JSON.parse(readFileSync(path.join(root, 'adapters/sandbox/data/digital-fuldmagt.json'), 'utf8'));
const CLAIM = 'https://data.gov.dk/model/core/eid/privilegesIntermediate';
const ELSE = 'f0000001-0000-4000-8000-000000000001';
const OMAR = 'f0000001-0000-4000-8000-000000000002';
const LONE = 'f0000001-0000-4000-8000-000000000006';
let gateway;

before(async () => {
  gateway = await Gateway.start({
    name: 'mandates',
    sandbox: {},
    sources: { '*': { timers: { connect_ms: 1000, first_byte_ms: 1900, total_ms: 1950 } } },
    settings: { time: { soft_ms: 4000 } },
    configure: (main) => { for (const service of main.mandates) service.enabled = true; },
  });
});
beforeEach(() => gateway.sandbox.clear());
after(async () => assert.equal(await gateway.stop(), 0));

const change = (id, times) => gateway.sandbox.control('POST', '/mandates', { id, ...times });
const bearer = (id, token = gateway.token(id)) => ({ Authorization: `Bearer ${token}` });
const mandates = (id, token) => gateway.get('/v1/mandates', { headers: bearer(id, token) });
const calls = async () => (await gateway.calls())['digital-fuldmagt'].calls;

/** The handle by which `actor` acts for the person of this name. */
async function handleFor(actor, name) {
  const { json } = await mandates(actor);
  return json.may_act_for.find((one) => one.name === name && one.mandate).mandate;
}
const actFor = (actor, handle, options = {}) =>
  gateway.overview(actor, { query: '?municipality=0710', ...options, headers: { 'Act-For': handle, ...options.headers } });

/** Asks until the record has what is looked for: it is written within a tenth of a second. */
async function recordedOf(receipt, event, count = 1) {
  let found;
  await waitUntil(async () => (found = gateway.recorded().filter((line) => line.receipt === receipt && line.event === event)).length >= count);
  return found;
}

// --- whom I may act for ----------------------------------------------------------------------------------

test('both directions are told, each mandate with its state and what it opens', async () => {
  const { status, json, headers } = await mandates('karen');
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(json.complete, true);
  const states = Object.fromEntries(json.may_act_for.map(({ name, state, kind }) => [name, `${kind} ${state}`]));
  assert.deepEqual(states, {
    'Else Hansen': 'power_of_attorney in_force',
    'Omar Rodesen': 'power_of_attorney in_force',
    'Peter Byggesag': 'power_of_attorney expired',
    'Ida Dobbelt': 'power_of_attorney revoked',
    'Bo Hansen': 'power_of_attorney age',
    'Viggo Hansen': 'custody in_force',
    'Freja Hansen': 'custody age',
  });
  for (const { state, mandate } of json.may_act_for) assert.equal(mandate !== null, state === 'in_force');
  const [mother] = json.may_act_for;
  assert.deepEqual(mother.covers.find(({ source }) => source === 'atp.pension').kinds, ['benefit']);
  assert.ok(!mother.covers.some(({ source }) => source === 'politi.akkreditiver'));
  const omar = json.may_act_for.find(({ name }) => name === 'Omar Rodesen');
  assert.deepEqual(omar.subjects, ['99.10.*']);
  assert.equal(omar.ends_with_case, true);

  assert.deepEqual(json.may_act_for_me.map(({ name, state }) => [name, state]), [['Lone Travl', 'in_force']]);
  assert.equal(json.may_act_for_me[0].mandate, undefined, 'a handle is for the one who may act');
  // What is not understood opens nothing: the group with another constraint names all of it.
  assert.deepEqual(json.may_act_for_me[0].covers.map(({ source, kinds }) => [source, kinds]),
    [['udk.ydelser', ['benefit']], ['atp.pension', ['benefit']]]);
});

test('the look at mandates is on record, with no number in the answer', async () => {
  const { json, text } = await mandates('karen');
  for (const { cpr } of [...citizens, ...Object.values(DATA.persons)]) assert.ok(!text.includes(cpr));
  const [intent] = await recordedOf(json.receipt, 'intent');
  assert.equal(intent.operation, 'mandates');
  assert.equal((await recordedOf(json.receipt, 'mandate', 2)).length, 2);
  const log = (await gateway.get('/v1/access-log', { headers: { Authorization: `Bearer ${gateway.token('karen')}`,
    'Accept-Language': 'da' } })).json.entries;
  const texts = log.filter(({ receipt }) => receipt === json.receipt).map((entry) => entry.text);
  assert.ok(texts.length > 0, 'she reads of it herself');
  for (const told of texts) assert.match(told, /hvem du kan handle for/, 'in words');
});

test('who has none is told so', async () => {
  const { json } = await mandates('jens');
  assert.deepEqual([json.may_act_for, json.may_act_for_me, json.by_token, json.complete], [[], [], [], true]);
  assert.deepEqual(json.services.map(({ id, state }) => [id, state]),
    [['mandat.fuldmagt', 'empty'], ['mandat.foraeldremyndighed', 'empty']]);
});

test('a token is needed, of a portal with an agreement, and no parameter', async () => {
  assert.equal((await gateway.get('/v1/mandates')).status, 401);
  assert.equal((await gateway.get('/v1/mandates?x=1', { headers: bearer('karen') })).status, 400);
});

// --- the overview of another ------------------------------------------------------------------------------

test('a daughter sees her mother’s overview: what the mandate covers, and nothing of her own', async () => {
  const { status, json, headers } = await actFor('karen', await handleFor('karen', 'Else Hansen'));
  assert.equal(status, 200);
  assert.equal(json.subject.name, 'Else Hansen');
  assert.match(json.subject.on_behalf_of.mandate, /^[0-9a-f]{32}$/);
  assert.match(headers.vary, /Act-For/);
  assert.deepEqual(statesOf(json), {
    'kommuner.sager/0710': 'answered', 'kommuner.ydelser/0710': 'answered', 'udk.sager': 'empty',
    'udk.ydelser': 'answered', 'udk.betalinger': 'answered', 'star.ydelser': 'empty', 'star.aftaler': 'empty',
    'atp.pension': 'answered', 'politi.akkreditiver': 'not_covered', 'digst.akkreditiver': 'not_covered',
  });
  assert.ok(json.items.some(({ title }) => title === 'Folkepension'));

  const said = (document, id) => document.sources.find((source) => source.id === id).text;
  assert.equal(said(json, 'atp.pension'), 'Her er det, ATP har om den, du handler for.');
  const readable = [json.declaration, ...json.sources.flatMap(({ text, asked_for: askedFor, shows }) => [text, askedFor, shows ?? '']),
    ...json.items.map(({ status }) => status?.text ?? ''), ...json.attention.map(({ text }) => text)];
  for (const text of readable) assert.doesNotMatch(text, /\b(dig|din|dit|dine)\b|Du får/, 'it is not about her who reads');
  assert.ok(json.items.some(({ status }) => status?.text === 'Den, du handler for, får det nu'));

  const own = (await gateway.overview('karen')).json;
  assert.equal(said(own, 'atp.pension'), 'Her er det, ATP har om dig.');
  const mother = (await gateway.overview('else')).json;
  assert.equal(own.subject.on_behalf_of, null);
  const handles = new Set(mother.items.map(({ handle }) => handle));
  assert.ok(json.items.every(({ handle }) => handles.has(handle)), 'handles are bound to the subject');
  const ownHandles = new Set(own.items.map(({ handle }) => handle));
  assert.ok(!json.items.some(({ handle }) => ownHandles.has(handle)));
});

test('an explanation names the mandate by its reference, and what it did not cover', async () => {
  const { json } = await actFor('karen', await handleFor('karen', 'Omar Rodesen'), { query: '?municipality=0101' });
  const { text } = await gateway.admin('GET', `/explain/${json.receipt}`);
  const explained = JSON.parse(text);
  assert.equal(explained.mandate, json.subject.on_behalf_of.mandate);
  const passport = explained.sources.find(({ source }) => source === 'politi.akkreditiver');
  assert.deepEqual([passport.state, passport.rule, passport.planned], ['not_covered', 'mandate', false]);
  const cases = explained.sources.find(({ source }) => source === 'kommuner.sager');
  assert.equal(cases.state, 'answered');
  assert.ok(cases.withheld['not-covered'] > 0, 'what is outside its subjects');
  const own = JSON.parse((await gateway.admin('GET', `/explain/${(await gateway.overview('karen')).json.receipt}`)).text);
  assert.equal(own.mandate, null);
});

test('subject and actor are on record, and the mandate under which it happened', async () => {
  const { json } = await actFor('karen', await handleFor('karen', 'Else Hansen'));
  const [mandate] = await recordedOf(json.receipt, 'mandate');
  const [intent] = await recordedOf(json.receipt, 'intent');
  assert.equal(mandate.state, 'in_force');
  assert.equal(intent.on_behalf, true);
  assert.notEqual(intent.subject, intent.actor);
  assert.deepEqual([intent.subject, intent.actor], [mandate.subject, mandate.actor]);
  assert.equal(intent.mandate, json.subject.on_behalf_of.mandate);
  assert.equal(mandate.mandate, intent.mandate);
  const own = (await gateway.overview('else')).json;
  assert.equal((await recordedOf(own.receipt, 'intent'))[0].subject, intent.subject);
});

test('subjects narrow a mandate: other cases are withheld, sources without subjects not asked', async () => {
  const query = '?municipality=0101';
  const { json } = await actFor('karen', await handleFor('karen', 'Omar Rodesen'), { query });
  const all = (await gateway.overview('omar', { query })).json;
  const cases = (document) => document.items.filter(({ kind, source }) => kind === 'case' && source === 'kommuner.sager');
  const covered = cases(all).filter(({ kle }) => kle?.startsWith('99.10.'));
  assert.ok(cases(all).some(({ kle }) => kle === null), 'a case whose subject is missing');
  assert.ok(covered.length > 0 && covered.length < cases(all).length);
  assert.deepEqual(cases(json).map(({ handle }) => handle), covered.map(({ handle }) => handle));
  assert.equal(statesOf(json)['star.aftaler'], 'not_covered');
  assert.equal(statesOf(json)['atp.pension'], 'not_covered');
  const [outcome] = await recordedOf(json.receipt, 'outcome');
  assert.ok(outcome.sources.find(({ source }) => source === 'kommuner.sager').withheld['not-covered'] > 0);
});

test('an item of another is opened by its handle and the mandate, and by nothing less', async () => {
  const handle = await handleFor('karen', 'Else Hansen');
  const { json } = await actFor('karen', handle);
  const item = json.items.find(({ title }) => title === 'Folkepension' );
  const open = (as, headers) => gateway.get(`/v1/items/${item.handle}`, { headers: { ...bearer(as), ...headers } });
  const seen = await open('karen', { 'Act-For': handle });
  assert.equal(seen.status, 200);
  assert.equal(seen.json.item.title, 'Folkepension');
  assert.equal((await open('karen')).status, 404, 'the handle is her mother’s');
  assert.equal((await open('lone', { 'Act-For': handle })).status, 403, 'the mandate is Karen’s');
});

test('an item outside the mandate stays closed', async () => {
  const own = (await gateway.overview('else')).json;
  const credential = own.items.find(({ kind }) => kind === 'credential');
  const answer = await gateway.get(`/v1/items/${credential.handle}`,
    { headers: { ...bearer('karen'), 'Act-For': await handleFor('karen', 'Else Hansen') } });
  assert.equal(answer.status, 403);
  assert.equal(answer.json.item, null);
  assert.equal(answer.json.source.state, 'not_covered');
});

test('a stream says the same as the document', async () => {
  const { document } = await gateway.read('karen', 'ndjson',
    { query: '?municipality=0710', headers: { 'Act-For': await handleFor('karen', 'Else Hansen') } });
  assert.equal(document.subject.name, 'Else Hansen');
  assert.equal(statesOf(document)['digst.akkreditiver'], 'not_covered');
});

test('custody opens a child’s overview', async () => {
  const { status, json } = await actFor('karen', await handleFor('karen', 'Viggo Hansen'));
  assert.equal(status, 200);
  assert.equal(json.subject.name, 'Viggo Hansen');
  assert.equal(statesOf(json)['udk.ydelser'], 'empty');
  assert.equal(statesOf(json)['atp.pension'], 'not_covered');
});

// --- it ends ----------------------------------------------------------------------------------------------

const soon = (ms) => new Date(Date.now() + ms).toISOString();

test('the service is asked on every call, and a revocation counts from the next one on', async () => {
  const handle = await handleFor('karen', 'Else Hansen');
  const before = await calls();
  assert.equal((await actFor('karen', handle)).status, 200);
  assert.equal((await actFor('karen', handle)).status, 200);
  assert.equal(await calls(), before + 2);
  await change(ELSE, { revoked: soon(-1000) });
  const refused = await actFor('karen', handle);
  assert.equal(refused.status, 403);
  assert.match(refused.json.detail, /revoked/);
  assert.match(refused.json.type, /\/mandate$/);
  assert.equal((await recordedOf(refused.json.receipt, 'mandate'))[0].state, 'revoked');
  assert.deepEqual(gateway.recorded().filter(({ receipt, event }) => receipt === refused.json.receipt && event === 'intent'), []);
  await change(ELSE, { revoked: null });
  assert.equal((await actFor('karen', handle)).status, 200);
});

test('a mandate given until a case closes ends with it', async () => {
  const handle = await handleFor('karen', 'Omar Rodesen');
  await change(OMAR, { case_closed: soon(-1000) });
  const refused = await actFor('karen', handle);
  assert.equal(refused.status, 403);
  assert.match(refused.json.detail, /case closed/);
  await change(OMAR, { case_closed: null });
});

for (const [what, times, why] of [
  ['has expired', { to: soon(-1000) }, /expired/],
  ['is not in force yet', { from: soon(3600000) }, /not in force yet/],
])
  test(`a mandate that ${what} opens nothing`, async () => {
    const [was] = DATA['/fuldmagt/1'];
    const handle = await handleFor('karen', 'Else Hansen');
    await change(ELSE, times);
    const refused = await actFor('karen', handle);
    await change(ELSE, { from: was.from, to: was.to });
    assert.equal(refused.status, 403);
    assert.match(refused.json.detail, why);
  });

// --- handles ----------------------------------------------------------------------------------------------

test('a handle is worthless in another’s hands, damaged, empty, twice, or when it is an item’s', async () => {
  const handle = await handleFor('karen', 'Else Hansen');
  const item = (await gateway.overview('karen')).json.items[0].handle;
  const before = await calls();
  for (const wrong of [`${handle.slice(0, -2)}AA`, '', 'x', item, citizenOf('else').cpr]) {
    const answer = await actFor('karen', wrong);
    assert.equal(answer.status, 403, `"${wrong}"`);
    assert.equal(answer.json.items, undefined);
  }
  assert.equal((await actFor('jens', handle)).status, 403);
  assert.equal((await actFor('else', handle)).status, 403);
  assert.equal((await actFor('karen', [handle, handle])).status, 400);
  assert.equal(await calls(), before, 'nobody was asked');
  const asItem = await gateway.get(`/v1/items/${handle}`, { headers: bearer('karen') });
  assert.equal(asItem.status, 404);
});

// --- the service fails ------------------------------------------------------------------------------------

for (const [fault, status] of [['never', 504], ['delay', 504], ['error', 502], ['error-html', 502], ['cut', 502], ['401', 502],
  ['503-retry-after', 502], ['refuse', 502], ['foreign', 502], ['unnamed', 502], ['wrong-echo', 502], ['wrong-type', 502],
  ['duplicate', 502], ['huge', 502], ['many', 502], ['deep', 502], ['garbage', 502]])
  test(`it fails closed: the service’s ${fault}`, async () => {
    const handle = await handleFor('karen', 'Else Hansen');
    await gateway.sandbox.fault({ authority: 'digital-fuldmagt', fault, ...(fault === 'delay' && { ms: 5000 }) });
    const answer = await actFor('karen', handle);
    // A busy machine may not get as far as the ceiling in time.
    const fits = (got) => got === status || (fault === 'huge' && got === 504);
    assert.ok(fits(answer.status), `${answer.status}`);
    assert.equal(answer.json.items, undefined, 'nothing of anybody');
    const list = await mandates('karen');
    assert.ok(fits(list.status) || fault === 'huge', `${list.status}`);
    assert.deepEqual([list.json.complete, list.json.may_act_for], [false, []]);
    await gateway.sandbox.clear();
    await waitUntil(async () => (await actFor('karen', handle)).status === 200);
  });

test('one’s own overview needs no mandate service', async () => {
  await gateway.sandbox.fault({ authority: 'digital-fuldmagt', fault: 'refuse' });
  assert.equal((await gateway.overview('karen')).status, 200);
});

// --- what the token says ----------------------------------------------------------------------------------

const bpp = (cpr, privileges, kle) => Buffer.from(
  '<bpp:PrivilegeList xmlns:bpp="http://itst.dk/oiosaml/basic_privilege_profile">' +
  `<PrivilegeGroup Scope="urn:dk:gov:saml:cprNumberIdentifier:${cpr}">` +
  (kle ? `<Constraint Name="urn:dk:kombit:KLE">${kle}</Constraint>` : '') +
  privileges.map((privilege) => `<Privilege>${privilege}</Privilege>`).join('') +
  '</PrivilegeGroup></bpp:PrivilegeList>').toString('base64');

test('a token’s privileges count as far as the service confirms them, and no further', async () => {
  const token = gateway.token('karen', { [CLAIM]: bpp(citizenOf('else').cpr, ['urn:dk:overblik:oekonomi', 'urn:dk:overblik:alt']) });
  const { json } = await mandates('karen', token);
  assert.deepEqual(json.by_token.map(({ name, state }) => [name, state]), [['Else Hansen', 'in_force']]);
  const answer = await actFor('karen', json.by_token[0].mandate, { token });
  assert.equal(answer.status, 200);
  assert.equal(answer.json.subject.name, 'Else Hansen');
  assert.equal(statesOf(answer.json)['digst.akkreditiver'], 'not_covered', 'the service does not give "alt"');

  const narrow = gateway.token('karen', { [CLAIM]: bpp(citizenOf('else').cpr, ['urn:dk:overblik:oekonomi']) });
  const less = await actFor('karen', (await mandates('karen', narrow)).json.by_token[0].mandate, { token: narrow });
  assert.equal(statesOf(less.json)['udk.ydelser'], 'answered');
  assert.equal(statesOf(less.json)['star.aftaler'], 'not_covered', 'the token does not say "sager"');
  assert.ok(less.json.items.every(({ kind }) => ['benefit', 'payment'].includes(kind)));

  const without = await actFor('karen', json.by_token[0].mandate);
  assert.equal(without.status, 200);
  assert.ok(without.json.sources.every(({ state }) => state === 'not_covered'), 'a token without privileges opens nothing');
});

test('a token’s word alone opens nothing', async () => {
  const token = gateway.token('jens', { [CLAIM]: bpp(citizenOf('else').cpr, ['urn:dk:overblik:alt']) });
  const { json } = await mandates('jens', token);
  assert.deepEqual(json.by_token.map(({ mandate, name, state }) => [mandate, name, state]), [[null, null, 'unconfirmed']]);
});

test('a weak login acts for nobody', async () => {
  const handle = await handleFor('karen', 'Else Hansen');
  const token = gateway.token('karen', { loa: 'https://data.gov.dk/concept/core/nsis/Low' });
  const answer = await actFor('karen', handle, { token });
  assert.equal(answer.status, 401);
  assert.match(answer.headers['www-authenticate'], /insufficient_user_authentication.*Substantial/);
});

test('a mandate whose client leaves costs nothing', async () => {
  const handle = await handleFor('karen', 'Else Hansen');
  await gateway.sandbox.fault({ authority: 'digital-fuldmagt', fault: 'never' });
  const before = await calls();
  const leaving = new AbortController();
  const socket = gateway.connect();
  socket.write(`GET /v1/overview HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${gateway.token('karen')}\r\nAct-For: ${handle}\r\n\r\n`);
  await waitUntil(async () => (await calls()) > before);
  socket.destroy();
  leaving.abort();
  await waitUntil(async () => (await gateway.calls())['digital-fuldmagt'].departed > 0);
  await gateway.sandbox.clear();
  assert.equal((await actFor('karen', handle)).status, 200);
});

test('no number of anybody is in the log or the record', () => {
  const numbers = [...['else', 'karen', 'omar', 'lone'].map((id) => citizenOf(id).cpr),
    ...Object.values(DATA.persons).map(({ cpr }) => cpr)];
  const kept = gateway.logged() + JSON.stringify(gateway.recorded());
  for (const number of numbers) assert.ok(!kept.includes(number));
  assert.ok(LONE && kept.includes('event=mandate'));
});
