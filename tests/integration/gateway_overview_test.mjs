// SPDX-License-Identifier: MIT
//
// What each citizen of the sandbox sees, through the real programs; what nobody may ever see; items by
// their handles; and the resources beside the overview.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { citizenOf, citizens, Gateway, root, statesOf } from './gateway.mjs';

let gateway;
before(async () => (gateway = await Gateway.start({
  name: 'gateway_overview',
  configure: (main) => main.issuers[0].audiences.push('stranger-portal'),
})));
after(async () => assert.equal(await gateway?.stop(), 0));

const bearer = (id, ...more) => ({ Authorization: `Bearer ${gateway.token(id, ...more)}` });

// --- stories -----------------------------------------------------------------------------------------

/** Every source of a citizen of one municipality, all with this state but for the others. */
const states = (municipality, others = {}, usual = 'answered') => ({
  [`kommuner.sager/${municipality}`]: usual,
  [`kommuner.ydelser/${municipality}`]: usual,
  'udk.sager': usual,
  'udk.ydelser': usual,
  'udk.betalinger': usual,
  'star.ydelser': usual,
  'star.aftaler': usual,
  'atp.pension': usual,
  'politi.akkreditiver': usual,
  'digst.akkreditiver': usual,
  ...others,
});
const empty = (...ids) => Object.fromEntries(ids.map((id) => [id, 'empty']));

/* What of adapters/sandbox/data each citizen sees: counted there by hand. `attention` is type, title
 * and days from today. */
const STORIES = {
  jens: {
    states: states('0710'),
    summary: { open_cases: 2, awaiting_you: 0, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 3, document: 6, benefit: 7, payment: 10, credential: 6, appointment: 2 },
    titles: ['Opfølgning på dine sygedagpenge', 'Oplysningsskema', 'Sygedagpenge', 'Kontanthjælp', 'Enkeltydelser',
      'Familieydelse', 'Dagpenge', 'Feriedagpenge', 'Livslang Pension', 'Pas', 'MitID', 'NemID', 'NemSMS', 'NemKonto',
      'Digital Fuldmagt givet til en revisor', 'Jobsamtale'],
    attention: [['attend', 'Jobsamtale', 6]],
    withheld: ['Afgørelse om sygedagpenge', 'Telefonsamtale', 'Syntetisk Sagsbehandler'],
  },
  clara: {
    states: states('0710', { 'atp.pension': 'failed', ...empty('udk.sager', 'star.aftaler') }),
    summary: { open_cases: 1, awaiting_you: null, complete: false, answered: 9, asked: 10, left_out: 0 },
    kinds: { case: 1, document: 1, benefit: 3, payment: 5, credential: 4 },
    titles: ['Dit fleksjob', 'Ledighedsydelse', 'Dagpenge'],
    attention: [],
    withheld: ['Livslang Pension', 'Intern serverfejl'],
  },
  mads: {
    states: {
      ...states('0710', empty('udk.sager', 'udk.betalinger', 'star.aftaler', 'atp.pension')),
      'kommuner.sager/0101': 'answered',
      'kommuner.ydelser/0101': 'answered',
    },
    summary: { open_cases: 1, awaiting_you: null, complete: true, answered: 12, asked: 12, left_out: 0 },
    kinds: { case: 2, document: 2, benefit: 4, payment: 5, credential: 4 },
    titles: ['Indskrivning i skole', 'Plads i daginstitution', 'Flekslønstilskud', 'Kontanthjælp'],
    attention: [],
  },
  amina: {
    states: states('0101', empty('udk.sager', 'udk.betalinger', 'star.ydelser', 'star.aftaler', 'atp.pension')),
    summary: { open_cases: 1, awaiting_you: null, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 1, document: 1, benefit: 3, payment: 3, credential: 4 },
    titles: ['Din uddannelsesplan', 'Et dokument uden titel', 'Uddannelseshjælp'],
    attention: [],
    withheld: ['Amina', 'Beskyttet', 'BESKYTTET'],
  },
  nikolaj: {
    states: states('0710', {}, 'empty'),
    summary: { open_cases: 0, awaiting_you: 0, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: {},
    titles: [],
    attention: [],
  },
  mette: {
    states: states('0101', empty('udk.sager', 'star.ydelser', 'star.aftaler', 'atp.pension')),
    summary: { open_cases: 300, awaiting_you: null, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 300, document: 1, benefit: 2, payment: 131, credential: 4 },
    titles: ['Henvendelse nr. 100', 'Henvendelse nr. 397', 'Klage over parkeringsafgift'],
    attention: [],
  },
  soeren: {
    states: states('0710', { 'star.ydelser': 'late', 'star.aftaler': 'late',
      ...empty('udk.sager', 'udk.ydelser', 'udk.betalinger') }),
    summary: { open_cases: 1, awaiting_you: null, complete: false, answered: 8, asked: 10, left_out: 0 },
    kinds: { case: 1, document: 1, benefit: 2, payment: 4, credential: 4 },
    titles: ['Dit ressourceforløb', 'Ressourceforløbsydelse', 'Livslang Pension'],
    attention: [],
    withheld: ['Tilbygning til enfamiliehus', 'Kvittering for ansøgning om byggetilladelse', 'Efterløn'],
  },
  else: {
    states: states('0710', empty('udk.sager', 'star.ydelser', 'star.aftaler', 'politi.akkreditiver')),
    summary: { open_cases: 1, awaiting_you: null, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 2, document: 1, benefit: 3, payment: 2, credential: 5 },
    titles: ['Hjælp i hjemmet', 'Folkepension', 'Digital Fuldmagt givet til Karen Hansen'],
    attention: [],
  },
  karen: {
    states: states('0101', empty('kommuner.ydelser/0101', 'udk.sager', 'udk.ydelser', 'udk.betalinger', 'star.aftaler')),
    summary: { open_cases: 0, awaiting_you: 0, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 1, benefit: 2, credential: 6 },
    titles: ['Beboerlicens til parkering', 'Efterløn', 'Digital Fuldmagt til at handle for Else Hansen'],
    attention: [],
    withheld: ['Hjælp i hjemmet', 'Folkepension'],
  },
  peter: {
    states: states('0710', empty('kommuner.ydelser/0710', 'udk.ydelser', 'udk.betalinger', 'star.ydelser',
      'star.aftaler', 'atp.pension')),
    summary: { open_cases: 2, awaiting_you: null, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 2, document: 1, credential: 4 },
    titles: ['Tilbygning til enfamiliehus', 'Kvittering for ansøgning om byggetilladelse', 'Ansøgning om befordring'],
    attention: [],
    withheld: ['Samværssag', 'Bevilling af rollator'],
  },
  lone: {
    states: states('0710', empty('atp.pension')),
    summary: { open_cases: 3, awaiting_you: 2, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 3, document: 3, benefit: 3, payment: 8, credential: 4, appointment: 3 },
    titles: ['Ansøgning om økonomisk hjælp', 'Særligt børnetilskud', 'Tilbagebetaling af boligstøtte'],
    attention: [['reply', 'Ansøgning om økonomisk hjælp', null], ['reply', 'Særligt børnetilskud', null],
      ['pay', 'Tilbagebetaling af børnetilskud', -12], ['deadline', 'Opfølgende samtale i jobcentret', 2],
      ['deadline', 'Opdatér dit CV', 7], ['pay', 'Tilbagebetaling af børnetilskud', 9], ['renew', 'Pas', 20]],
  },
  omar: {
    states: states('0101', empty('udk.betalinger', 'star.aftaler', 'atp.pension')),
    summary: { open_cases: 7, awaiting_you: null, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 7, benefit: 4, credential: 4 },
    titles: ['Sag uden emne', 'Sag uden status', 'Sag med emnet på forkert plads', 'Sag med håndskrevet myndighed',
      'En sag uden titel', 'En ydelse uden navn'],
    attention: [],
  },
  ida: {
    states: states('0710', empty('kommuner.ydelser/0710', 'star.ydelser', 'star.aftaler')),
    summary: { open_cases: 2, awaiting_you: null, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 2, document: 1, benefit: 2, payment: 1, credential: 4 },
    titles: ['Ansøgning om familieydelse', 'Plads i dagpleje'],
    attention: [],
  },
  birthe: {
    states: states('0710', empty('star.aftaler')),
    summary: { open_cases: 0, awaiting_you: 0, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 4, document: 1, benefit: 6, payment: 1, credential: 5 },
    titles: ['Revalidering til ny uddannelse', 'Familieydelse: ophør', 'NemID', 'Revalidering', 'Uddannelseshjælp'],
    attention: [],
    withheld: ['Sag der er gjort passiv'],
  },
  vera: {
    states: states('0710', empty('udk.betalinger', 'star.ydelser', 'star.aftaler', 'atp.pension')),
    summary: { open_cases: 3, awaiting_you: null, complete: true, answered: 10, asked: 10, left_out: 0 },
    kinds: { case: 4, document: 7, benefit: 3, credential: 5 },
    titles: ['Støtte til dit barn', 'Samlet indsats', 'Underretning', 'Børnebidrag', 'Ansøgning om støtte', 'Kvittering'],
    attention: [],
    withheld: ['Anmodning om udtalelse', 'Intern vurdering', 'Brev om din sag', 'oplysninger om en anden person',
      'Bilag uden retning', 'Kladde, som ikke er sendt', 'Følsom udtalelse', 'navngiven nabo', 'Sag om en kendt person',
      'Sag med visningsklasse', 'Sag med sikkerhedsprofil', 'Sag hvor du ikke længere er part', 'Internt notat',
      'Anmodning om oplysninger fra en anden myndighed', 'Fornyet behandling af børnebidrag', 'Syntetisk Sagsbehandler'],
  },
};

/** The text of every data file, so that no marker below can have gone out of use unnoticed. */
const dataFolder = path.join(root, 'adapters/sandbox/data');
const dataFiles = readdirSync(dataFolder).map((file) => readFileSync(path.join(dataFolder, file), 'utf8'));
const data = dataFiles.join('\n');

/** What leaves the house for nobody: the sources' own ids, who works there, numbers of persons. */
const NEVER = new Set(['Syntetisk Sagsbehandler', 'U3ludGV0aXNrIG5vdGF0', 'Internt notat', 'Intern vurdering',
  'oplysninger om en anden person', 'navngiven nabo', 'FORTROLIGE_PERSONOPLYSNINGER', 'FOELSOMME_PERSONOPLYSNINGER',
  'VIP_SAGER', 'Skjult for borger', 'Sandkassens']);
(function collectIds(value) {
  for (const [name, one] of Object.entries(value ?? {}))
    if (typeof one === 'object') collectIds(one);
    else if (['id', 'uuid', 'sagsUUID', 'itSystemID'].includes(name) && one.length > 5) NEVER.add(one.replace(/\{n\}.*/, ''));
})(dataFiles.map((text) => JSON.parse(text)));
const numbers = citizens.flatMap(({ cpr }) => [cpr, `${cpr.slice(0, 6)}-${cpr.slice(6)}`]);

function assertNothingLeaks(text, withheld, what) {
  for (const marker of [...NEVER, ...withheld, ...numbers])
    assert.ok(!text.includes(marker), `${what} holds ${numbers.includes(marker) ? 'a number' : marker}`);
}

test('what must be withheld is in the data', () => {
  assert.ok(NEVER.size > 100);
  const others = ['Amina', 'Beskyttet', 'BESKYTTET', 'Intern serverfejl']; // of the token, of a fault
  for (const marker of [...NEVER, ...Object.values(STORIES).flatMap(({ withheld }) => withheld ?? [])])
    assert.ok(data.includes(marker) || others.includes(marker), marker);
});

const inDays = (date) => {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Copenhagen' }).format(new Date());
  return date === null ? null : (Date.parse(date) - Date.parse(today)) / 86400e3;
};
const count = (items) => items.reduce((all, { kind }) => ({ ...all, [kind]: (all[kind] ?? 0) + 1 }), {});

for (const [id, story] of Object.entries(STORIES))
  test(`${id}: ${citizenOf(id).story_en}`, async () => {
    const { status, json, text } = await gateway.overview(id);
    assert.equal(status, 200);
    assert.deepEqual(statesOf(json), story.states);
    assert.deepEqual(json.summary, story.summary);
    assert.deepEqual(count(json.items), story.kinds);
    for (const title of story.titles)
      assert.ok(json.items.some((item) => item.title === title), title);
    assert.deepEqual(json.attention.map(({ type, title, date }) => [type, title, inDays(date)]), story.attention);
    assert.equal(json.subject.name, citizenOf(id).address_protection ? null : citizenOf(id).name);
    assertNothingLeaks(text, story.withheld ?? [], id);
    const shown = json.sources.filter(({ items }) => items !== null).reduce((sum, { items }) => sum + items, 0);
    assert.equal(shown, json.items.length + json.duplicates.length, 'each source says how many it gave');
    for (const source of json.sources) {
      assert.equal(source.problem === null, ['answered', 'empty'].includes(source.state), source.id);
      assert.ok(source.text.length > 10);
    }
    assert.equal(new Set(json.items.map(({ handle }) => handle)).size, json.items.length, 'a handle names one item');
  });

test('a story is told of every citizen', () => {
  assert.deepEqual(Object.keys(STORIES).concat('aqqaluk').sort(), citizens.map(({ id }) => id).sort());
});

test('aqqaluk: a login that is too weak is sent back for a better one', async () => {
  const { status, headers, json } = await gateway.overview('aqqaluk');
  assert.equal(status, 401);
  assert.match(headers['www-authenticate'], /error="insufficient_user_authentication"/);
  assert.match(headers['www-authenticate'], /acr_values="https:\/\/data\.gov\.dk\/concept\/core\/nsis\/Substantial"/);
  assert.equal(json.type, 'https://overblik.dk/problems/insufficient-level');
});

test('ida: a case in two sources is shown once, where it comes first in the plan', async () => {
  const { json } = await gateway.overview('ida');
  assert.equal(json.items.filter(({ number }) => number === 'FY-1013').length, 1);
  const [duplicate] = json.duplicates;
  assert.equal(duplicate.kept_source, 'kommuner.sager');
  assert.equal(duplicate.dropped_source, 'udk.sager');
  assert.ok(json.items.some(({ handle }) => handle === duplicate.kept));
  assert.ok(!json.items.some(({ handle }) => handle === duplicate.dropped));
});

test('vera: a history is in order, and ends where the next step is still to come', async () => {
  const { json } = await gateway.overview('vera');
  const { history, status } = json.items.find(({ title }) => title === 'Støtte til dit barn');
  const codes = history.map(({ code }) => code);
  assert.deepEqual(codes.slice(0, 6), ['opened', 'in_progress', 'decided', 'in_progress', 'decided', 'in_progress']);
  assert.deepEqual(history.map(({ from }) => from), history.map(({ from }) => from).sort((a, b) => Date.parse(a) - Date.parse(b)));
  assert.equal(status.code, 'in_progress');
});

test('two askings give the same items in the same order', async () => {
  const [one, two] = [await gateway.overview('mads'), await gateway.overview('mads')];
  const handles = ({ json }) => json.items.map(({ handle }) => handle);
  assert.deepEqual(handles(one), handles(two));
  assert.notEqual(one.json.receipt, two.json.receipt);
});

// --- what the request may say ------------------------------------------------------------------------

test('the words are Danish or English, the items the same', async () => {
  const danish = await gateway.overview('jens', { language: 'da' });
  const english = await gateway.overview('jens', { language: 'en-GB,en;q=0.9,da;q=0.1' });
  assert.equal(danish.headers['content-language'], 'da');
  assert.equal(english.headers['content-language'], 'en');
  assert.match(danish.json.declaration, /myndighederne/);
  assert.match(english.json.declaration, /authorities/);
  assert.deepEqual(danish.json.items.map(({ handle }) => handle), english.json.items.map(({ handle }) => handle));
  const status = ({ json }) => json.items.find(({ title }) => title === 'Pas').status.text;
  assert.notEqual(status(danish), status(english));
  const other = await gateway.overview('jens', { language: 'fr' });
  assert.equal(other.headers['content-language'], 'da');
});

test('an overview is nobody else\'s and is not kept', async () => {
  const { headers, json } = await gateway.overview('jens');
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['overblik-receipt'], json.receipt);
  assert.match(json.receipt, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const field of ['Accept', 'Accept-Language', 'Authorization', 'Prefer'])
    assert.ok(headers.vary.split(/, */).includes(field), field);
});

test('without a municipality the indexes are not asked, and say so', async () => {
  const { status, json } = await gateway.overview('jens', { query: '' });
  assert.equal(status, 200);
  assert.equal(statesOf(json)['kommuner.sager'], 'municipality');
  assert.equal(statesOf(json)['kommuner.ydelser'], 'municipality');
  assert.equal(json.summary.complete, false);
  assert.equal(json.summary.asked, 8);
});

test('a municipality that holds nothing is empty, and one named twice is asked once', async () => {
  const { json } = await gateway.overview('jens', { query: '?municipality=0710&municipality=0101&municipality=0710' });
  assert.equal(json.sources.length, 12);
  assert.equal(statesOf(json)['kommuner.sager/0101'], 'empty');
  assert.equal(statesOf(json)['kommuner.sager/0710'], 'answered');
});

test('one source alone can be asked', async () => {
  const before = await gateway.calls();
  const { json } = await gateway.overview('jens', { query: '?source=atp.pension' });
  assert.deepEqual(statesOf(json), { 'atp.pension': 'answered' });
  const calls = await gateway.calls();
  assert.equal(calls.atp.calls, before.atp.calls + 1);
  assert.equal(calls.star.calls, before.star.calls);
});

test('Prefer: wait moves the deadline, within what is allowed', async () => {
  const quick = await gateway.overview('soeren', { headers: { Prefer: 'wait=1' } });
  assert.equal(quick.headers['preference-applied'], 'wait=1');
  assert.ok(quick.ms < 1400, `${quick.ms} ms`);
  assert.equal(statesOf(quick.json)['star.ydelser'], 'late');
  assert.equal(statesOf(quick.json)['atp.pension'], 'answered');
  const nonsense = await gateway.overview('jens', { headers: { Prefer: 'wait=soon, handling=strict' } });
  assert.equal(nonsense.status, 200);
  assert.equal(nonsense.headers['preference-applied'], undefined);
});

test('a trace goes on under a new parent, to the sources too', async () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const asked = (traceparent) => gateway.overview('jens', { query: '?source=atp.pension', headers: { traceparent } });
  const { headers } = await asked(`00-${trace}-b7ad6b7169203331-01`);
  assert.match(headers.traceparent, new RegExp(`^00-${trace}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
  assert.ok((await gateway.calls()).atp.last_headers.includes('traceparent'));
  await gateway.overview('jens', { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
  for (const [authority, { calls, last_headers: fields }] of Object.entries(await gateway.calls()))
    if (calls > 0) assert.ok(fields.includes('traceparent'), authority);
  for (const wrong of ['00-0-0-00', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `ff-${trace}-b7ad6b7169203331-01`])
    assert.equal((await asked(wrong)).headers.traceparent, undefined, wrong);
});

test('HEAD tells the same head without a body', async () => {
  const asked = await gateway.get('/v1/overview?source=atp.pension', { method: 'HEAD', headers: bearer('jens') });
  assert.equal(asked.status, 200);
  assert.equal(asked.text, '');
  assert.ok(Number(asked.headers['content-length']) > 500);
});

// --- refusals ----------------------------------------------------------------------------------------

/* what, where, options, status, the problem's name */
const REFUSALS = [
  ['no token', '/v1/overview', { headers: {} }, 401, 'unauthorized'],
  ['no such resource', '/v1/nothing', {}, 404, 'not-found'],
  ['no name of an item', '/v1/items/', {}, 404, 'not-found'],
  ['a path that only begins like one', '/v1/overviews', {}, 404, 'not-found'],
  ['another method', '/v1/overview', { method: 'POST' }, 405, 'method-not-allowed'],
  ['DELETE', '/healthz', { method: 'DELETE' }, 405, 'method-not-allowed'],
  ['no format of ours', '/v1/overview', { headers: { Accept: 'text/html' } }, 406, 'not-acceptable'],
  ['formats refused by weight', '/v1/overview', { headers: { Accept: '*/*;q=0' } }, 406, 'not-acceptable'],
  ['an unknown parameter', '/v1/overview?cvr=1', {}, 400, 'bad-parameter'],
  ['no such municipality', '/v1/overview?municipality=9999', {}, 400, 'bad-parameter'],
  ['a municipality that is none', '/v1/overview?municipality=710', {}, 400, 'bad-parameter'],
  ['too many municipalities', `/v1/overview?${['0101', '0147', '0151', '0153', '0155', '0157'].map((code) =>
    `municipality=${code}`).join('&')}`, {}, 400, 'bad-parameter'],
  ['no such source', '/v1/overview?source=nobody', {}, 400, 'bad-parameter'],
  ['two sources', '/v1/overview?source=atp.pension&source=udk.sager', {}, 400, 'bad-parameter'],
  ['a wrong escape', '/v1/overview?source=%zz', { headers: { 'Accept-Language': 'da' } }, 400, 'bad-request'],
  ['a number in the query', '/v1/overview?cpr=6101709995', {}, 400, 'personal-number-in-url'],
  ['a number with its hyphen', '/v1/overview?x=610170-9995', {}, 400, 'personal-number-in-url'],
  ['a number in the path', '/v1/items/6101709995', {}, 400, 'personal-number-in-url'],
  ['a number in escapes', '/v1/overview?x=%361%301709995', {}, 400, 'personal-number-in-url'],
  ['a damaged handle', '/v1/items/HHHHHHHHHHHHHHHHHHHHHHHHHHHHHH', {}, 404, 'not-found'],
];
for (const [what, where, options, expected, problem] of REFUSALS)
  test(`refused with ${expected}: ${what}`, async () => {
    const headers = { 'Accept-Language': 'en', ...(what === 'no token' ? {} : bearer('jens')),
      ...options.headers };
    const { status, headers: fields, json, text } = await gateway.get(where, { ...options, headers });
    assert.equal(status, expected, text);
    assert.equal(fields['content-type'], 'application/problem+json');
    assert.equal(fields['content-language'], headers['Accept-Language']);
    assert.equal(fields['cache-control'], 'no-store');
    assert.equal(json.type, `https://overblik.dk/problems/${problem}`);
    assert.equal(json.status, expected);
    assert.ok(json.title && json.next && json.detail.length > 5);
    assert.equal(fields['overblik-receipt'], json.receipt);
    assertNothingLeaks(text, [], what);
    if (expected === 405) assert.equal(fields.allow, 'GET, HEAD');
    if (expected === 401) assert.match(fields['www-authenticate'], /^Bearer realm="overblik"/);
  });

test('a portal without an agreement gets nothing', async () => {
  const { status, json } = await gateway.overview('jens', { token: gateway.token('jens', { aud: 'stranger-portal' }) });
  assert.equal(status, 403);
  assert.equal(json.type, 'https://overblik.dk/problems/forbidden');
});

// --- items -------------------------------------------------------------------------------------------

test('every item of an overview is found again by its handle', async () => {
  const { json } = await gateway.overview('jens');
  const found = new Set();
  for (const item of json.items) {
    const detail = await gateway.get(`/v1/items/${item.handle}`, { headers: { ...bearer('jens'), 'Accept-Language': 'da' } });
    assert.equal(detail.status, 200, `${item.source} ${item.kind} ${item.title}: ${detail.json?.source?.state}`);
    assert.deepEqual({ ...detail.json.item, as_of: null }, { ...item, as_of: null });
    assert.equal(detail.json.source.id, item.source);
    assertNothingLeaks(detail.text, STORIES.jens.withheld, item.title);
    found.add(item.kind);
  }
  assert.deepEqual([...found].sort(), ['appointment', 'benefit', 'case', 'credential', 'document', 'payment']);
});

test('an item asks one source only', async () => {
  const { json } = await gateway.overview('jens');
  const before = await gateway.calls();
  await gateway.get(`/v1/items/${json.items.find(({ source }) => source === 'udk.sager').handle}`, { headers: bearer('jens') });
  const calls = await gateway.calls();
  for (const authority of ['municipal', 'star', 'atp', 'rigspolitiet', 'digitaliseringsstyrelsen'])
    assert.equal(calls[authority].calls, before[authority].calls, authority);
  assert.equal(calls['udbetaling-danmark'].calls, before['udbetaling-danmark'].calls + 1);
});

test('a handle is worthless to another citizen, and when it is damaged', async () => {
  const { json } = await gateway.overview('jens');
  const { handle } = json.items[0];
  const ask = async (which, id = 'jens') =>
    (await gateway.get(`/v1/items/${which}`, { headers: bearer(id) })).status;
  assert.equal(await ask(handle), 200);
  assert.equal(await ask(handle, 'clara'), 404);
  for (let i = 0; i < handle.length; i += 5) {
    const other = handle[i] === 'A' ? 'B' : 'A';
    assert.equal(await ask(`${handle.slice(0, i)}${other}${handle.slice(i + 1)}`), 404, `changed at ${i}`);
  }
  assert.equal(await ask(handle.slice(0, -1)), 404);
  assert.equal(await ask(`${handle}A`), 404);
  assert.equal(await ask('A'.repeat(4000)), 404);
});

test('items that an overview withholds are withheld by handle too', async () => {
  // Vera's case is shown with its letters, but not with what exposure withholds.
  const { json } = await gateway.overview('vera');
  for (const { handle } of json.items.filter(({ kind }) => kind === 'case')) {
    const { status, text } = await gateway.get(`/v1/items/${handle}`, { headers: bearer('vera') });
    assert.equal(status, 200);
    assertNothingLeaks(text, STORIES.vera.withheld, 'the case');
  }
});

test('an item whose authority is down says so', async () => {
  const { json } = await gateway.overview('jens');
  const { handle } = json.items.find(({ source }) => source === 'atp.pension');
  const ask = () => gateway.get(`/v1/items/${handle}`, { headers: bearer('jens') });
  try {
    for (const [fault, status, state] of [['error-html', 502, 'failed'], ['never', 504, 'late'], ['429', 503, 'busy']]) {
      await gateway.sandbox.fault({ authority: 'atp', fault, times: 1 });
      const answer = await ask();
      assert.equal(answer.status, status, fault);
      assert.equal(answer.json.source.state, state);
      assert.equal(answer.json.item, null);
    }
  } finally {
    await gateway.sandbox.clear();
  }
  assert.equal((await ask()).status, 200);
});

// --- beside the overview -----------------------------------------------------------------------------

test('/v1/sources says who is asked for what, in both languages, to anybody', async () => {
  const { status, headers, json } = await gateway.get('/v1/sources');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/json');
  assert.deepEqual(json.sources.map(({ id }) => id), Object.keys(states('x')).map((id) => id.replace('/x', '')));
  for (const source of json.sources) {
    for (const text of [source.name, source.asked_for]) assert.ok(text.da && text.en, source.id);
    assert.ok(source.kinds.length && source.level === 'substantial' && source.waits_at_most_ms > 0);
  }
  assert.ok(json.municipalities.some(({ code, can_be_asked: can }) => code === '0710' && can));
  assert.ok(json.declaration.da && json.declaration.en);
  const head = await gateway.get('/v1/sources', { method: 'HEAD' });
  assert.equal(head.headers['content-length'], headers['content-length']);
});

test('/healthz and /readyz answer without a token, by both doors', async () => {
  for (const door of ['tls', 'plain']) {
    const health = await gateway.get('/healthz', { door });
    assert.equal(health.status, 200);
    assert.deepEqual(health.json, { status: 'alive' });
    const { status, json } = await gateway.get('/readyz', { door });
    assert.equal(status, 200);
    const { revision, ...flags } = json;
    assert.deepEqual(flags, { ready: true, keys_loaded: true, access_log_writable: true, draining: false });
    assert.match(revision, /^[0-9a-f]{16}$/);
  }
});

test('the plain door gives the same overview', async () => {
  const [plain, secure] = [await gateway.overview('peter', { door: 'plain' }), await gateway.overview('peter')];
  assert.deepEqual(plain.json.items.map(({ handle }) => handle), secure.json.items.map(({ handle }) => handle));
});

test('no number, no name and no token is in the log or the record', async () => {
  const written = gateway.logged() + gateway.recordLines().join('\n');
  assert.ok(written.length > 10000);
  for (const number of numbers) assert.ok(!written.includes(number), 'a number');
  for (const { name } of citizens) assert.ok(!written.includes(name), name);
  assert.ok(!/eyJ[\w-]{10}/.test(written), 'a token');
});
