// SPDX-License-Identifier: MIT
//
// Between the gateway and two authorities, one that speaks JSON and one that speaks XML, stands a proxy
// that bends their true answers: broken texts, wrong types, bombs, strange heads, and hundreds of random
// wounds. Whatever comes, it costs that source alone.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { Gateway, waitUntil } from './gateway.mjs';

const SOURCE_MS = 20000; // nothing here is late, on no machine
const RANDOM_WOUNDS = 250;

/** Asks an authority what it was asked, and gives the answer after `bend`. */
class Bender {
  bend = null;
  async start(gateway, authority) {
    const file = (name) => readFileSync(path.join(gateway.certs, name));
    const client = { ca: file('ca.pem'), cert: file('gateway-client.pem'), key: file('gateway-client.key') };
    const server = { ca: client.ca, cert: file(`${authority}.pem`), key: file(`${authority}.key`), requestCert: true };
    this.agent = new https.Agent({ keepAlive: true, ...client });
    this.server = https.createServer(server, async (request, reply) => {
      const { status, headers, body } = await this.ask(gateway.sandbox.ports[authority], request);
      const bent = this.bend?.(body, headers) ?? body;
      const answer = { status, headers: {}, ...(typeof bent === 'string' || Buffer.isBuffer(bent) ? { body: bent } : bent) };
      const fields = { 'Content-Type': headers['content-type'], ...answer.headers };
      for (const name of Object.keys(fields)) if (fields[name] === undefined) delete fields[name];
      reply.on('error', () => {}).writeHead(answer.status, fields).end(answer.body ?? body);
    });
    this.server.on('tlsClientError', () => {});
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `https://127.0.0.1:${this.server.address().port}`;
    return this;
  }
  async ask(port, { method, url, headers, ...request }) {
    const asked = https.request({ host: '127.0.0.1', port, servername: 'localhost', method, path: url, headers, agent: this.agent });
    arguments[1].pipe(asked);
    const answer = await new Promise((resolve, reject) => asked.on('response', resolve).on('error', reject));
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(await answer.toArray()).toString('utf8') };
  }
  stop() {
    this.agent.destroy();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

const [json, xml] = [new Bender(), new Bender()];
let gateway;
let usual;
before(async () => {
  gateway = await Gateway.start({
    name: 'gateway_hostile',
    settings: { time: { soft_ms: 21000, hard_ms: 22000 } },
    sources: async (starting) => {
      await json.start(starting, 'atp');
      await xml.start(starting, 'municipal');
      return {
        '*': { timers: { connect_ms: SOURCE_MS, first_byte_ms: SOURCE_MS, silence_ms: SOURCE_MS, total_ms: SOURCE_MS } },
        'atp.pension': { endpoints: { test: { url: json.url } } },
        'kommuner.sager': { endpoints: { test: { url: xml.url } } },
      };
    },
  });
  usual = (await gateway.overview('jens')).json;
  assert.equal(usual.summary.complete, true);
});
afterEach(() => (json.bend = xml.bend = null));
after(async () => {
  await json.stop();
  await xml.stop();
  assert.equal(await gateway?.stop(), 0);
});

const handlesOf = (document, id) => document.items.filter(({ source }) => source === id).map(({ handle }) => handle);
const stateOf = (document, id) => document.sources.find((source) => source.id === id).state;

/** Asks while the proxies bend; the faulty source's part. Everything else must be as usual. */
async function ask(faulty, what) {
  const { status, json: document, text } = await gateway.overview('jens');
  assert.equal(status, 200, what);
  for (const { id, state } of usual.sources.filter((source) => source.id !== faulty)) {
    assert.equal(stateOf(document, id), state, `${what}: ${id}`);
    assert.deepEqual(handlesOf(document, id), handlesOf(usual, id), `${what}: ${id}`);
  }
  const items = document.items.filter(({ source }) => source === faulty);
  return { state: stateOf(document, faulty), items, text, source: document.sources.find(({ id }) => id === faulty) };
}

const replace = (from, to) => (text) => {
  const changed = text.replaceAll(from, to);
  assert.notEqual(changed, text, `${from} is in the answer`);
  return changed;
};
const once = (from, to) => (text) => {
  const changed = text.replace(from, to);
  assert.notEqual(changed, text, `${from} is in the answer`);
  return changed;
};
const bytes = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const cutAt = (fraction) => (text) => text.slice(0, Math.floor(text.length * fraction));
const withHead = (headers, status) => (body) => ({ body, headers, ...(status && { status }) });
const change = (how) => (text) => {
  const answer = JSON.parse(text);
  how(answer, answer.BorgervendtOekonomiskYdelse[0]);
  return JSON.stringify(answer);
};
const nested = (open, close, depth) => open.repeat(depth) + close.repeat(depth);

/* What both contracts share: what is done to the answer, and the state of the source; "invalid" when
 * nothing else stands there. */
const BOTH = [
  ['nothing at all', () => ''],
  ['blanks', () => ' \r\n\t'],
  ['a quarter of it', cutAt(0.25)],
  ['half of it', cutAt(0.5)],
  ['all but the last byte', (text) => text.slice(0, -1)],
  ['something behind it', (text) => `${text}x`],
  ['a NUL behind it', (text) => `${text}\0`],
  ['itself twice', (text) => text + text],
  ['a NUL inside', (text) => text.slice(0, 300) + '\0' + text.slice(300)],
  ['UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['a byte that no UTF-8 has', once(/Livslang|sygedagpenge/, (word) => `${word}\uffff`), undefined,
    (body) => Buffer.from(body.toString().replace('\uffff', '\xff'), 'latin1')],
  ['HTML', () => '<!DOCTYPE html><html><body>Velkommen</body></html>'],
  ['nothing but the type of HTML', withHead({ 'Content-Type': 'text/html' })],
  ['no type', withHead({ 'Content-Type': undefined })],
  ['a compressed body', withHead({ 'Content-Encoding': 'br' })],
  ['part of a body, by its status', withHead({}, 206)],
  ['not modified', () => ({ status: 304, body: '' })],
  ['a teapot', withHead({}, 418), 'failed'],
  ['a gateway\'s fault', withHead({}, 502), 'failed'],
  ['a request id of another', withHead({ 'X-Request-Id': '01a1fff3-0000-7000-8000-000000000000' })],
  ['a header of 100 kB', withHead({ 'X-Large': 'x'.repeat(100000) })],
  ['300 header fields', withHead(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`X-${i}`, 'x'])))],
  ['cookies and hints', withHead({ 'Set-Cookie': ['a=b', 'c=d'], 'Alt-Svc': 'h3=":443"', Link: '</x>; rel=preload',
    'Strict-Transport-Security': 'max-age=1', Refresh: '0; url=https://example.org' }), 'answered'],
  ['3 MB of blanks', (text) => text + ' '.repeat(3 << 20)],
];

const JSON_ONLY = [
  ['an array', (text) => `[${text}]`],
  ['a text', () => '"BorgervendtOekonomiskYdelse"'],
  ['null', () => 'null'],
  ['true', () => 'true'],
  ['an empty object', () => '{}'],
  ['a byte order mark', (text) => `\ufeff${text}`],
  ['single quotes', (text) => text.replaceAll('"', "'")],
  ['a comment', (text) => `/* */${text}`],
  ['a comma too many', once('}]}', '}],}')],
  ['a comma too few', once(',"datoTid"', '"datoTid"')],
  ['not a number', once('"1512.00"', 'NaN')],
  ['a control character in a text', once('Livslang', 'Livs\u0001lang')],
  ['half a surrogate', once('Livslang', '\\ud800')],
  ['an unknown escape', once('Livslang', '\\x41')],
  ['an overlong byte', once('Livslang', 'Livs@lang'), undefined, (body) =>
    bytes(body.toString().split('@')[0], [0xc0, 0xaf], body.toString().split('@')[1])],
  ['neither citizen nor request', change((answer) => { delete answer['CPR-nr']; delete answer.anmodningsID; })],
  ['neither, as null', change((answer) => { answer['CPR-nr'] = answer.anmodningsID = null; })],
  ['the citizen as a number', change((answer) => (answer['CPR-nr'] = 6101709995))],
  ['the citizen with a hyphen', change((answer) => (answer['CPR-nr'] = '610170-9995')), 'answered'],
  ['half a citizen', change((answer) => (answer['CPR-nr'] = '610170'))],
  ['another request', change((answer) => (answer.anmodningsID = '01a1fff3-0000-7000-8000-000000000000'))],
  ['a citizen twice', once('{"CPR-nr"', '{"CPR-nr":"6101709995","CPR-nr"')],
  ['a citizen twice, once in escapes', once('{"CPR-nr"', '{"CPR\\u002dnr":"6101709995","CPR-nr"')],
  ['no list', change((answer) => delete answer.BorgervendtOekonomiskYdelse)],
  ['the list as an object', change((answer) => (answer.BorgervendtOekonomiskYdelse = {}))],
  ['the list as a text', change((answer) => (answer.BorgervendtOekonomiskYdelse = 'x'))],
  ['an item as null', change((answer) => answer.BorgervendtOekonomiskYdelse.push(null))],
  ['an item as an array', change((answer) => answer.BorgervendtOekonomiskYdelse.push([]))],
  ['a list of another kind', change((answer) => (answer.BorgervendtSag = []))],
  ['no id', change((_, item) => delete item.id)],
  ['an empty id', change((_, item) => (item.id = ''))],
  ['an id that is a number', change((_, item) => (item.id = 1))],
  ['an id of 10 kB', change((_, item) => (item.id = 'x'.repeat(10000)))],
  ['a title that is a number', change((_, item) => (item.titel = 1))],
  ['a title of 1 MB', change((_, item) => (item.titel = 'x'.repeat(1 << 20)))],
  ['an amount with a comma', change((_, item) => (item.bruttobeloeb = '1512,00'))],
  ['an amount of 400 digits', change((_, item) => (item.bruttobeloeb = '9'.repeat(400)))],
  ['an amount beyond numbers', once('"1512.00"', '1e999')],
  ['a month 13', change((_, item) => (item.periodeFra = '2026-13-01'))],
  ['a date of another order', change((_, item) => (item.periodeFra = '01-12-2026'))],
  ['a time without a zone', change((_, item) => (item.aendret = '2026-01-01 10:00'))],
  ['an unknown sensitivity', change((_, item) => (item.foelsomhed = 'HEMMELIGT'))],
  ['an authority that was not asked', change((_, item) => (item.OffentligOrganisation['CVR-nr'] = '33236072'))],
  ['101 contacts', change((_, item) => (item.kontaktinformation = Array(101).fill(item.kontaktinformation[0])))],
  ['10,000 links', change((_, item) => (item.henvisninger = Array(10000).fill(item.henvisninger[0])))],
  ['2,001 items', change((answer, item) => {
    answer.BorgervendtOekonomiskYdelse = Array.from({ length: 2001 }, (_, i) => ({ ...item, id: `${i}` }));
  })],
  ['a cursor of 1 kB', change((answer) => (answer.naesteSide = 'x'.repeat(1000)))],
  ['a cursor that is a number', change((answer) => (answer.naesteSide = 2))],
  ['nesting of 100,000', once('{"CPR-nr"', `{"x":${nested('[', ']', 100000)},"CPR-nr"`)],
  ['nesting of objects', once('{"CPR-nr"', `{"x":${nested('{"a":', '}', 5000).replace('}', '1}')},"CPR-nr"`)],
  ['a number of 1 MB', once('{"CPR-nr"', `{"x":${'9'.repeat(1 << 20)},"CPR-nr"`), 'answered'],
  ['unknown members', change((answer, item) => { answer.nyt = { a: [1, { b: null }] }; item.nyt = ['x']; }), 'answered'],
  ['a problem with status 200', () => ({ body: '{"type":"Data-source-error","status":500}', headers: { 'Content-Type': 'application/problem+json' } })],
  ['busy, with nonsense for when', () => ({ status: 503, headers: { 'Retry-After': 'soon' } }), 'busy'],
  ['busy for a year', () => ({ status: 503, headers: { 'Retry-After': '31536000' } }), 'busy'],
];

const UUID = '01a1fff3-0000-7000-8000-000000000000';
const XML_ONLY = [
  ['JSON', () => '{"CPR-nr":null}'],
  ['no envelope', once(/^.*<soap:Body>/s, '')],
  ['another envelope', replace('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope')],
  ['another namespace', replace('urn:oio:sts:sagdok:sagdokumentindeks:6', 'urn:oio:sts:sagdok:sagdokumentindeks:5')],
  ['an undeclared prefix', once(' xmlns:sag="urn:oio:sts:sagdok:sag:6"', '')],
  ['no body', once(/<soap:Body>.*<\/soap:Body>/s, '')],
  ['two bodies', once(/<soap:Body>.*<\/soap:Body>/s, (body) => body + body)],
  ['a fault with status 200', once(/<soap:Body>.*<\/soap:Body>/s,
    '<soap:Body><soap:Fault><faultcode>soap:Server</faultcode><faultstring>x</faultstring></soap:Fault></soap:Body>'), 'failed'],
  ['a document type', once('?>', '?><!DOCTYPE soap:Envelope>')],
  ['a thousand million laughs', once('?>', `?><!DOCTYPE x [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, i) =>
    `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>`)],
  ['an entity from a file', once('?>', '?><!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>')],
  ['an unknown entity', once('Opfølgning', '&nbsp;')],
  ['a NUL by its number', once('Opfølgning', '&#0;')],
  ['a processing instruction', once('?>', '?><?php exit ?>')],
  ['Latin-1', (text) => Buffer.from(text.replace('UTF-8', 'ISO-8859-1'), 'latin1')],
  ['Latin-1 that says UTF-8', (text) => Buffer.from(text, 'latin1')],
  ['two roots', (text) => `${text}${text.replace(/^<\?xml.*?\?>/, '')}`],
  ['a tag that is not closed', once('</sdi:SagFiltreretOejebliksbillede>', '')],
  ['tags that cross', once('</sag:Titel></sag:Egenskaber>', '</sag:Egenskaber></sag:Titel>')],
  ['an attribute twice', once('<sag:Titel>', '<sag:Titel a="1" a="2">')],
  ['10,000 attributes', once('<sag:Titel>', `<sag:Titel ${Array.from({ length: 10000 }, (_, i) => `a${i}="x"`).join(' ')}>`)],
  ['an unknown element', once('<sag:Titel>', '<sag:Undertitel>x</sag:Undertitel><sag:Titel>'), 'answered'],
  ['a title twice', once(/<sag:Titel>.*?<\/sag:Titel>/, (title) => title + title)],
  ['a title of 1 MB', once('Opfølgning', 'x'.repeat(1 << 20))],
  ['an element inside a text', once('Opfølgning', '<b>Opfølgning</b>')],
  ['nesting of 10,000', once('<sdi:SagFiltreretOejebliksbillede>', `<sdi:SagFiltreretOejebliksbillede>${nested('<sag:X>', '</sag:X>', 10000)}`)],
  ['no transaction', once(/<soap:Header>.*<\/soap:Header>/s, '')],
  ['another transaction', once(/(?<=TransactionUUID>)[^<]*/, UUID)],
  ['a transaction that is none', once(/(?<=TransactionUUID>)[^<]*/, 'x')],
  ['a status that nobody knows', once('StatusKode>20<', 'StatusKode>99<'), 'failed'],
  ['a status that is no number', once('StatusKode>20<', 'StatusKode>x<')],
  ['no status', once(/<sd:StandardRetur>.*?<\/sd:StandardRetur>/s, '')],
  ['nothing found, and yet cases', once('StatusKode>20<', 'StatusKode>44<')],
  ['a UUID that is none', once(/ca5e0001-0001-4000-8000-000000000001/, 'ca5e')],
  ['a time that is none', once(/(?<=<sd:Tidspunkt>)[^<]*/, 'in the morning')],
  ['400 times the same case under other names', once(/<sdi:SagFiltreretOejebliksbillede>.*?<\/sdi:SagFiltreretOejebliksbillede>/s,
    (one) => Array.from({ length: 400 }, (_, i) => one.replaceAll('ca5e0001-0001-4000-8000-000000000001',
      `ca5e0001-0001-4000-8000-${String(i).padStart(12, '0')}`)).join(''))],
  ['a text in a CDATA section', once(/(?<=<sag:Titel>)[^<]*/, (title) => `<![CDATA[${title}]]>`), 'answered'],
  ['a comment', once('<sdi:Antal>', '<!-- x --><sdi:Antal>'), 'answered'],
  ['other prefixes', (text) => text.replaceAll(/(<\/?)sag:/g, '$1s:').replace('xmlns:sag=', 'xmlns:s='), 'answered'],
];

for (const [bender, id, wounds] of [
  [json, 'atp.pension', [...BOTH, ...JSON_ONLY]],
  [xml, 'kommuner.sager', [...BOTH, ...XML_ONLY]],
])
  for (const [what, wound, expected = 'invalid', then] of wounds)
    test(`${id}: ${what}: ${expected}`, async () => {
      bender.bend = (body) => (then ? then(Buffer.from(wound(body))) : wound(body));
      const { state, items } = await ask(id, what);
      assert.equal(state, expected);
      assert.equal(items.length > 0, expected === 'answered', 'all or nothing');
    });

test(`the table is long enough, and the sources are well after it`, async () => {
  assert.ok(2 * BOTH.length + JSON_ONLY.length + XML_ONLY.length >= 120);
  for (const id of ['atp.pension', 'kommuner.sager']) assert.equal((await ask(id, 'afterwards')).state, 'answered');
});

test('links lead to the web only', async () => {
  json.bend = change((_, item) => {
    item.henvisninger = ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', ' https://x', 'https://ok.example/']
      .map((url) => ({ type: 'Selvbetjening', url }));
  });
  const { state, items, text } = await ask('atp.pension', 'links');
  assert.ok(!/javascript:|data:text|file:/.test(text));
  if (state === 'answered') assert.deepEqual(items[0].links.map(({ url }) => url), ['https://ok.example/']);
  else assert.equal(state, 'invalid');
});

test('what looks like markup or framing stays text, in every format', async () => {
  const title = '</script>\u2028"\\\n\ndata: x\r\nevent: done\x1e\u202e';
  json.bend = change((_, item) => (item.titel = title));
  for (const format of ['json', 'ndjson', 'json-seq', 'sse']) {
    const { document, records } = await gateway.read('jens', format);
    assert.equal(document.items.find(({ source }) => source === 'atp.pension').title, title, format);
    if (format !== 'json') assert.equal(records.at(-1).record, 'done');
  }
});

test('how long a busy source wants to be left alone is bounded', async () => {
  json.bend = () => ({ status: 503, headers: { 'Retry-After': '31536000' } });
  assert.ok((await ask('atp.pension', 'a year')).source.retry_after <= 86400);
  json.bend = () => ({ status: 503, headers: { 'Retry-After': '-5' } });
  assert.equal((await ask('atp.pension', 'the past')).source.retry_after, null);
});

// --- random wounds -----------------------------------------------------------------------------------

/** Numbers that a seed repeats (xorshift). */
const chances = (seed) => () => {
  seed ^= seed << 13;
  seed ^= seed >>> 17;
  seed ^= seed << 5;
  return (seed >>> 0) / 2 ** 32;
};

function woundAt(random, body) {
  const text = Buffer.from(body);
  const at = Math.floor(random() * text.length);
  const length = 1 + Math.floor(random() ** 3 * 200);
  const piece = text.subarray(at, at + length);
  switch (Math.floor(random() * 5)) {
    case 0: text[at] ^= 1 << Math.floor(random() * 8); return text;
    case 1: return bytes(text.subarray(0, at), text.subarray(at + length));
    case 2: return bytes(text.subarray(0, at + length), piece, text.subarray(at + length));
    case 3: return bytes(text.subarray(0, at), Buffer.from(piece).reverse(), text.subarray(at + length));
    default: {
      const to = Math.floor(random() * text.length);
      return bytes(text.subarray(0, to), piece, text.subarray(to));
    }
  }
}

test(`${RANDOM_WOUNDS} random wounds of both`, async (t) => {
  const seed = Number(process.env.OVERBLIK_SEED ?? (Date.now() & 0x7fffffff) + 1);
  t.diagnostic(`OVERBLIK_SEED=${seed}`);
  const random = chances(seed);
  const states = {};
  for (let i = 0; i < RANDOM_WOUNDS; i++) {
    const [bender, id] = i % 2 ? [json, 'atp.pension'] : [xml, 'kommuner.sager'];
    bender.bend = (body) => woundAt(random, body);
    const { state, items } = await ask(id, `seed ${seed}, wound ${i}`);
    bender.bend = null;
    assert.ok(['answered', 'empty', 'invalid', 'failed', 'foreign', 'open', 'stale'].includes(state), `seed ${seed}, wound ${i}: ${state}`);
    if (!['answered', 'stale'].includes(state)) assert.equal(items.length, 0);
    states[state] = (states[state] ?? 0) + 1;
    if (state === 'foreign') await rearm(); // a wound made another's number of the citizen's
  }
  t.diagnostic(JSON.stringify(states));
  assert.ok(states.invalid > RANDOM_WOUNDS / 10 && states.answered > RANDOM_WOUNDS / 20, JSON.stringify(states));
});

/** As a human does who has looked into it. */
async function rearm() {
  await gateway.rearm();
  await waitUntil(async () => (await gateway.overview('jens')).json.summary.complete);
}

test('the gateway is well', async () => {
  assert.equal((await gateway.get('/readyz')).status, 200);
  const { json: document } = await gateway.overview('jens');
  assert.deepEqual(document.items.map(({ handle }) => handle), usual.items.map(({ handle }) => handle));
});
