// SPDX-License-Identifier: MIT
//
// A citizen says that something is wrong: where it goes, what the authority gets, every way in which that
// can fail, and that nothing of what it says stays here.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { build, citizenOf, Gateway, waitUntil } from './gateway.mjs';

const PATH = '/rettelser/1';
const folder = mkdtempSync(path.join(tmpdir(), 'corrections-'));
const captured = path.join(folder, 'captured');
mkdirSync(captured);
let gateway;

/** The municipality 0710 has an endpoint of its own; in the sandbox it is the index's server. */
const ownEndpoint = ({ sandbox, certs }) => ({
  'authorities.json': (content) => (content.authorities ??= []).push({
    municipality: '0710',
    contacts: [{ type: 'phone', value: '89 64 10 10' }],
    data_protection: { da: 'Skriv til rådgiveren.', en: 'Write to the officer.' },
    breach: 'https://favrskov.example/brud',
    corrections: {
      url: `https://127.0.0.1:${sandbox.ports.municipal}`,
      path: PATH,
      addresses: '127.0.0.0/8',
      tls: { ca: path.join(certs, 'ca.pem'), certificate: path.join(certs, 'gateway-client.pem'),
        key: path.join(certs, 'gateway-client.key') },
    },
  }),
  'agreements.json': (content) => {
    content.agreements = content.agreements.flatMap((row) => row.sources.includes('*')
      ? [{ ...row, sources: ['kommuner.sager', 'atp.pension', 'politi.akkreditiver', 'udk.ydelser'] }] : []);
  },
});

before(async () => {
  gateway = await Gateway.start({
    name: 'corrections',
    sandbox: { options: ['--capture', captured] },
    settings: { corrections: { total_ms: 1500 }, listen: { workers: 1 } },
    policies: ownEndpoint,
  });
});
beforeEach(() => gateway.sandbox.clear());
after(async () => {
  assert.equal(await gateway?.stop(), 0);
  rmSync(folder, { recursive: true, force: true });
});

const post = (id, body, { headers = {}, token = gateway.token(id), ...options } = {}) =>
  gateway.get('/v1/corrections', {
    ...options,
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Accept-Language': 'en', ...headers },
  });
const itemOf = async (id, source) =>
  (await gateway.overview(id)).json.items.find((item) => item.source === source);
const callsOf = async (authority) => (await gateway.calls())[authority].paths[PATH] ?? 0;

/** The last letter that an authority got: its fields and its body. */
function lastLetter() {
  const last = readdirSync(captured).filter((file) => file.endsWith('.request')).sort().at(-1);
  return {
    head: readFileSync(path.join(captured, last.replace(/request$/, 'head')), 'utf8'),
    body: JSON.parse(readFileSync(path.join(captured, last), 'utf8')),
  };
}
async function recordedOf(receipt, event) {
  let found;
  await waitUntil(() => (found = gateway.recorded().find((line) => line.receipt === receipt && line.event === event)));
  return found;
}

// --- where it goes -----------------------------------------------------------------------------------

test('an item is corrected at its authority, which gives a receipt', async () => {
  const item = await itemOf('jens', 'atp.pension');
  const text = 'The amount is wrong.\nIt was 1.000 kr.';
  const { status, json, headers } = await post('jens', { handle: item.handle, text, reply_to: '70 12 34 56' });
  assert.equal(status, 202);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(json.state, 'forwarded');
  assert.equal(json.authority.name, 'ATP');
  assert.equal(json.authority.breach, 'https://www.datatilsynet.dk');
  const { head, body } = lastLetter();
  assert.deepEqual({ ...body, id: '', sent: '', item: '' }, {
    id: '', sent: '', cpr: citizenOf('jens').cpr, authority: '43405810', source: 'atp.pension', item: '',
    language: 'en', text, reply_to: '70 12 34 56',
  });
  assert.equal(json.authority_receipt, `R-${body.id.slice(0, 8)}`);
  assert.match(head, new RegExp(`\nIdempotency-Key: "${body.id}"\n`));
  assert.match(head, /\nContent-Type: application\/json\n/);
  assert.ok(body.item.length > 0 && !item.handle.includes(body.item));
  const [, claims] = /Authorization: Bearer [^.]+\.([^.]+)/.exec(head);
  const token = JSON.parse(Buffer.from(claims, 'base64url'));
  assert.deepEqual([token.aud, token.jti, token.on_behalf], [['atp.pension'], json.receipt, false]);

  const intent = await recordedOf(json.receipt, 'intent');
  assert.equal(intent.operation, 'correction');
  assert.deepEqual(intent.plan, [{ source: 'atp.pension', ask: true }]);
  const outcome = await recordedOf(json.receipt, 'outcome');
  assert.equal(outcome.status, 202);
  assert.equal(outcome.sources[0].state, 'answered');
});

test('a municipality\'s own endpoint is known by its card', async () => {
  const { status, json } = await post('jens', { source: 'kommuner.sager', municipality: '0710', text: 'Not my case' });
  assert.equal(status, 202);
  assert.equal(json.authority.code, '0710');
  assert.equal(json.authority.contacts[0].value, '89 64 10 10');
  const { body } = lastLetter();
  assert.deepEqual([body.authority, body.source, body.item], ['29189714', 'kommuner.sager', null]);
  const item = await itemOf('jens', 'kommuner.sager');
  assert.equal((await post('jens', { handle: item.handle, text: 'Nor this' })).status, 202);
  assert.ok(lastLetter().body.item.length > 0);
});

test('an authority without an endpoint is reached by its contacts, and nothing is sent', async () => {
  const before = await gateway.calls();
  for (const body of [{ source: 'politi.akkreditiver', text: 'My passport' },
    { source: 'kommuner.sager', municipality: '0101', text: 'My case' }]) {
    const { status, json } = await post('jens', body);
    assert.equal(status, 200);
    assert.equal(json.state, 'contact');
    assert.equal(json.authority_receipt, null);
    assert.ok(json.authority.contacts.length > 0 && json.authority.data_protection && json.authority.breach);
    assert.deepEqual((await recordedOf(json.receipt, 'intent')).plan.map(({ skip }) => skip), ['not_needed']);
  }
  assert.deepEqual(await gateway.calls(), before);
});

test('the catalogue says who takes corrections, and how each authority is reached', async () => {
  const { json } = await gateway.get('/v1/sources');
  const takes = Object.fromEntries(json.sources.filter(({ per_municipality: per }) => !per)
    .map(({ id, authority }) => [id, authority.takes_corrections]));
  assert.equal(takes['atp.pension'], true);
  assert.equal(takes['politi.akkreditiver'], false);
  for (const { authority, per_municipality: per } of json.sources)
    if (!per) assert.ok(authority.contacts.length && authority.data_protection.en && authority.breach);
  const favrskov = json.municipalities.find(({ code }) => code === '0710');
  assert.equal(favrskov.takes_corrections, true);
  assert.equal(favrskov.breach, 'https://favrskov.example/brud');
});

// --- who may say what --------------------------------------------------------------------------------

test('what is refused is never sent', async () => {
  const { handle } = await itemOf('jens', 'atp.pension');
  const before = await callsOf('atp');
  const text = 'SECRET words of a citizen';
  const good = { handle, text };
  for (const [what, want, id, body, options] of [
    ['no token', 401, 'jens', good, { token: 'x' }],
    ['another\'s item', 404, 'lone', good],
    ['a damaged handle', 404, 'jens', { handle: `${handle.slice(0, -2)}AA`, text }],
    ['a mandate', 403, 'jens', good, { headers: { 'Act-For': 'x' } }],
    ['a source without agreement', 403, 'jens', { source: 'star.ydelser', text }],
    ['an unknown source', 400, 'jens', { source: 'x', text }],
    ['a municipality that is needed', 400, 'jens', { source: 'kommuner.sager', text }],
    ['one that does not exist', 400, 'jens', { source: 'kommuner.sager', municipality: '9999', text }],
    ['one that makes no sense', 400, 'jens', { source: 'atp.pension', municipality: '0710', text }],
    ['no text', 400, 'jens', { handle }],
    ['an unknown member', 400, 'jens', { ...good, more: 1 }],
    ['too long a text', 413, 'jens', { handle, text: 'æ'.repeat(4001) }],
    ['no JSON', 400, 'jens', text],
    ['a form', 400, 'jens', `text=${text}`, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }],
    ['a short key', 400, 'jens', good, { headers: { 'Idempotency-Key': 'x' } }],
  ]) {
    const answer = await post(id, body, options);
    assert.equal(answer.status, want, `${what}: ${answer.text}`);
    assert.ok(!answer.text.includes('SECRET'), what);
  }
  assert.equal((await gateway.get('/v1/corrections')).headers.allow, 'POST');
  assert.equal((await post('jens', good, { door: 'plain' })).status, 202, 'and a good one is');
  assert.equal(await callsOf('atp'), before + 1);
});

test('a text of the longest kind goes through', async () => {
  for (const character of ['æ', '"', '\n', '\u{1f600}']) {
    const text = `x${character.repeat(3999)}`;
    assert.equal((await post('jens', { source: 'atp.pension', text })).status, 202, character);
    assert.equal(lastLetter().body.text, text);
  }
});

test('a weak login is asked for a better one', async () => {
  const { status, headers } = await post('jens', { source: 'atp.pension', text: 'x' },
    { token: gateway.token('jens', { loa: 'Low', ial: 'Low', aal: 'Low' }) });
  assert.equal(status, 401);
  assert.match(headers['www-authenticate'], /insufficient_user_authentication.*acr_values/);
});

// --- the same one sent again -------------------------------------------------------------------------

test('what is sent again under the same key has the same id, and only then', async () => {
  const send = async (id, key) => {
    const { status, json, headers } = await post(id, { source: 'atp.pension', text: 'x' }, key && { headers: { 'Idempotency-Key': key } });
    assert.equal(status, 202);
    return { id: lastLetter().body.id, receipt: json.authority_receipt, key: headers['idempotency-key'] };
  };
  const first = await send('jens');
  const again = await send('jens', first.key);
  assert.deepEqual(again, first, 'an answer without a key of the portal\'s names one');
  const others = [await send('jens'), await send('jens', 'another-key'), await send('lone', first.key)];
  assert.equal(new Set([first, ...others].map(({ id }) => id)).size, 4);
});

// --- when it fails -----------------------------------------------------------------------------------

for (const [fault, want, state, said] of [
  ['refuse', 502, 'failed', /could not be reached, so it has not got it/],
  ['silent-door', 502, 'late', /could not be reached, so it has not got it/],
  ['expired-certificate', 502, 'failed', /could not be reached, so it has not got it/],
  ['never', 504, 'late', /may have got it/],
  ['reset', 502, 'failed', /may have got it/],
  ['cut', 502, 'failed', /may have got it/],
  ['garbage', 502, 'invalid', /may have got it/],
  ['endless', 502, 'invalid', /may have got it/],
  ['huge', 502, 'invalid', /may have got it/],
  ['deep', 502, 'invalid', /may have got it/],
  ['redirect', 502, 'failed', /may have got it/],
  ['error-html', 502, 'failed', /may have got it/],
  ['401', 502, 'refused', /did not take/],
  ['403', 502, 'refused', /did not take/],
  ['404', 502, 'refused', /did not take/],
  ['error', 502, 'refused', /did not take/],
  ['429', 503, 'busy', /no room for it now/],
  ['503-retry-after', 503, 'busy', /no room for it now/],
])
  test(`${fault}: says how far it came, and is not sent twice`, async () => {
    await gateway.sandbox.control('POST', '/faults', { authority: 'atp', fault });
    const before = await callsOf('atp');
    const { status, json, headers } = await post('jens', { source: 'atp.pension', text: 'x' });
    assert.equal(status, want);
    assert.match(json.detail, said);
    assert.ok(headers['idempotency-key']);
    if (fault === '503-retry-after') assert.equal(headers['retry-after'], '30');
    const outcome = await recordedOf(json.receipt, 'outcome');
    assert.deepEqual([outcome.status, outcome.sources[0].state], [want, state]);
    assert.ok((await callsOf('atp')) <= before + 1);
  });

for (const [fault, receipt] of [['no-content', null], ['wrong-type', null], ['duplicate', 'R-']])
  test(`${fault}: it was taken, whatever the receipt looks like`, async () => {
    await gateway.sandbox.control('POST', '/faults', { authority: 'atp', fault });
    const { status, json } = await post('jens', { source: 'atp.pension', text: 'x' });
    assert.equal(status, 202);
    assert.equal(json.authority_receipt?.slice(0, 2) ?? null, receipt);
  });

test('who leaves gets no answer, and the record says that nobody knows how it ended', async () => {
  await gateway.sandbox.control('POST', '/faults', { authority: 'atp', fault: 'never' });
  const socket = gateway.connect('tls');
  const body = JSON.stringify({ source: 'atp.pension', text: 'x' });
  socket.write(`POST /v1/corrections HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${gateway.token('jens')}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const calls = await callsOf('atp');
  await waitUntil(async () => (await callsOf('atp')) > calls);
  socket.destroy();
  let left;
  await waitUntil(() => (left = gateway.recorded()
    .find(({ operation, event, status }) => operation === 'correction' && event === 'outcome' && status === 0)));
  assert.equal(left.sources[0].state, 'abandoned');
});

// --- nothing of it stays -----------------------------------------------------------------------------

/** How often bytes stand in what a process may write to. */
function countInMemory(pid, needle) {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  let count = 0;
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      const CHUNK = 1 << 24, SHADOW = 2 ** 32; // of a sanitizer: terabytes that hold no data
      if (!from || parseInt(to, 16) - parseInt(from, 16) > SHADOW) continue;
      for (let at = parseInt(from, 16); at < parseInt(to, 16); at += CHUNK) {
        const bytes = Buffer.alloc(Math.min(CHUNK, parseInt(to, 16) - at));
        let got = 0;
        try { got = readSync(memory, bytes, 0, bytes.length, at); } catch { continue; }
        const part = bytes.subarray(0, got);
        for (let found = part.indexOf(needle); found >= 0; found = part.indexOf(needle, found + 1)) count++;
      }
    }
  } finally {
    closeSync(memory);
  }
  return count;
}

test('nothing of it is in the log, the record, the explanation or the memory', async (t) => {
  const words = () => `MARK-${Math.random().toString(36).slice(2)}-${Math.random().toString(36).slice(2)}`;
  const marks = [];
  for (const [fault, door] of [[null, 'tls'], [null, 'plain'], ['never', 'tls'], ['refuse', 'plain'], ['error', 'tls']]) {
    const [text, reply] = [words(), words()];
    marks.push(text, reply);
    await gateway.sandbox.clear();
    if (fault) await gateway.sandbox.control('POST', '/faults', { authority: 'atp', fault });
    const { json } = await post('jens', { source: 'atp.pension', text, reply_to: reply }, { door });
    assert.ok(!JSON.stringify(json).includes(text));
    const { text: explained } = await gateway.admin('GET', `/explain/${json.receipt}`);
    assert.ok(!explained.includes(text));
    await recordedOf(json.receipt, 'outcome');
  }
  const refused = words();
  marks.push(refused);
  assert.equal((await post('jens', { source: 'x', text: refused })).status, 400);
  const everywhere = [gateway.logged(), ...gateway.recordLines()].join('\n');
  for (const mark of marks) assert.ok(!everywhere.includes(mark));
  const { pid } = gateway.daemon.process;
  try { countInMemory(pid, Buffer.from(marks[0])); } catch (error) { return t.skip(`another's memory cannot be read: ${error.code}`); }
  // While it is under way, it is there: so the search finds what there is.
  const mark = words();
  await gateway.sandbox.clear();
  await gateway.sandbox.control('POST', '/faults', { authority: 'atp', fault: 'never' });
  const calls = await callsOf('atp');
  const answer = post('jens', { source: 'atp.pension', text: mark });
  await waitUntil(async () => (await callsOf('atp')) > calls);
  assert.ok(countInMemory(pid, Buffer.from(mark)) > 0);
  assert.equal((await answer).status, 504);
  marks.push(mark);
  const left = marks.map((mark) => countInMemory(pid, Buffer.from(mark)));
  assert.deepEqual(left, marks.map(() => 0));
  return undefined;
});

// --- by the command ----------------------------------------------------------------------------------

const command = (args, input) => spawnSync(path.join(build, 'overblik'), ['correct', '--certs', gateway.certs,
  '--gateway', `https://localhost:${gateway.ports.tls}`, '--issuer', gateway.issuer, '--language', 'en', ...args],
{ encoding: 'utf8', input });

test('overblik correct sends what it reads, or says whom to write to', async () => {
  const sent = command(['--citizen', 'jens', '--source', 'atp.pension', '--reply-to', '70 12 34 56'], 'Beløbet er "forkert"\n');
  assert.equal(sent.status, 0, sent.stderr);
  assert.match(sent.stdout, /^Sent to ATP\. Its receipt: R-[0-9a-f]{8}\n/);
  assert.equal(lastLetter().body.text, 'Beløbet er "forkert"');
  const told = command(['--citizen', 'jens', '--source', 'politi.akkreditiver'], 'x');
  assert.equal(told.status, 0);
  assert.match(told.stdout, /^Rigspolitiet takes no corrections here\. Write to it:\n {2}website: https:\/\/politi\.dk\n/);
  const wrong = command(['--citizen', 'jens', '--source', 'x'], 'x');
  assert.notEqual(wrong.status, 0);
  assert.match(wrong.stderr, /there is no such source/);
  assert.notEqual(command(['--citizen', 'jens'], 'x').status, 0);
});
