// SPDX-License-Identifier: MIT
//
// An overview taken away as a file: each form is read by a reader of somebody else's, each says what is
// missing, and a login that is not fresh is sent back for one.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { parse as parseCsv } from 'csv-parse/sync';
import ICAL from 'ical.js';
import { parse as parseHtml } from 'parse5';
import { Browser, openLogin, redeemCode, submitLogin } from './broker_login.mjs';
import { build, citizenOf, citizens, Gateway, waitUntil } from './gateway.mjs';

const LOAD_MS = 60000;
const FORMS = {
  json: 'application/json',
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  ics: 'text/calendar; charset=utf-8',
};
const folder = mkdtempSync(path.join(tmpdir(), 'exports-'));
let gateway;
before(async () => (gateway = await Gateway.start({ name: 'exports', broker: true,
  sources: { '*': { timers: { connect_ms: 1000, first_byte_ms: 1900, total_ms: 1950 } } },
  settings: { time: { soft_ms: 4000 } } })));
beforeEach(() => gateway.sandbox.clear());
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  assert.equal(await gateway?.stop(), 0);
});

const now = () => Math.floor(Date.now() / 1000);
const take = (id, format, { query = gateway.query(id), language = 'da', token = gateway.token(id), headers = {}, ...options } = {}) =>
  gateway.get(`/v1/export${query}${query ? '&' : '?'}format=${format}`, {
    ...options, headers: { Authorization: `Bearer ${token}`, 'Accept-Language': language, ...headers } });
const fail = (authority, fault = 'error-html') => gateway.sandbox.control('POST', '/faults', { authority, fault });
const kroner = (oere) => Number(oere ?? NaN);

// --- the readers -------------------------------------------------------------------------------------

const readCsv = (text) => parseCsv(text, { bom: true, columns: true, record_delimiter: '\r\n' });

function readCalendar(text) {
  assert.ok(text.endsWith('\r\n'));
  for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75 && !/[\r\n]/.test(line));
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
  assert.equal(new Set(events.map(({ uid }) => uid)).size, events.length);
  return { events, missing: calendar.getAllProperties('x-overblik-missing').map((one) => one.getFirstValue()) };
}

/** A page as text, its headings, tables and links; parse errors are failures. */
function readPage(text) {
  const errors = [], headings = [], links = [], tables = [];
  const page = parseHtml(text, { onParseError: (error) => errors.push(`${error.code} at ${error.startOffset}`) });
  assert.deepEqual(errors, []);
  const textOf = (node) => node.value ?? (node.childNodes ?? []).map(textOf).join('');
  let language, missing = '';
  const visit = (node) => {
    const attribute = (name) => node.attrs?.find((one) => one.name === name)?.value;
    if (node.nodeName === 'html') language = attribute('lang');
    if (/^h[1-6]$/.test(node.nodeName)) headings.push([node.nodeName, textOf(node)]);
    if (node.nodeName === 'a') links.push(attribute('href'));
    if (node.nodeName === 'table') tables.push(node);
    if (attribute('class') === 'missing') missing = textOf(node);
    assert.ok(!['script', 'iframe', 'img', 'link', 'form', 'object'].includes(node.nodeName), node.nodeName);
    for (const { name } of node.attrs ?? []) assert.ok(!name.startsWith('on') && name !== 'style', name);
    for (const child of node.childNodes ?? []) visit(child);
  };
  visit(page);
  for (const table of tables) assert.equal(table.childNodes[0].nodeName, 'caption');
  for (const link of links) assert.match(link, /^https:\/\//);
  return { text: textOf(page), language, headings, links, missing };
}

// --- every form --------------------------------------------------------------------------------------

test('each form is a file that nobody keeps', async () => {
  for (const [format, type] of Object.entries(FORMS)) {
    const { status, headers } = await take('jens', format);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], type);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.match(headers['content-disposition'], new RegExp(`^attachment; filename="overblik-\\d{4}-\\d\\d-\\d\\d\\.${format}"$`));
    await waitUntil(() => gateway.recorded().some((line) => line.receipt === headers['overblik-receipt'] &&
      line.event === 'intent' && line.operation === 'export' && line.format === format));
    await waitUntil(() => gateway.recorded().some((line) => line.receipt === headers['overblik-receipt'] &&
      line.event === 'outcome' && line.operation === 'export' && line.status === 200));
  }
});

test('the citizen finds it in the access log, told apart from an operator\'s export of that log', async () => {
  const { headers } = await take('jens', 'csv', { query: '?source=atp.pension' });
  const log = async () => (await gateway.get('/v1/access-log', { headers: { Authorization: `Bearer ${gateway.token('jens')}` } })).json;
  await waitUntil(async () => JSON.stringify(await log()).includes(headers['overblik-receipt']));
  const { text } = await gateway.get('/v1/access-log/tracker/findUsage', {
    headers: { Authorization: `Bearer ${gateway.token('jens')}`, 'Accept-Language': 'en' } });
  assert.match(text, /Overview, taken away as a file/);
  assert.ok(!text.includes('access log was exported'));
});

test('JSON is the overview', async () => {
  const [file, overview] = [(await take('jens', 'json')).json, (await gateway.overview('jens')).json];
  assert.deepEqual(Object.keys(file), Object.keys(overview));
  assert.deepEqual(file.items.map(({ handle }) => handle), overview.items.map(({ handle }) => handle));
  assert.deepEqual(file.sources.map(({ id, state }) => [id, state]), overview.sources.map(({ id, state }) => [id, state]));
});

for (const { id, level } of citizens.filter((one) => one.level !== 'Low'))
  test(`${id} (${level}): readers of others read each form, and it says what the overview says`, async () => {
    for (const language of ['da', 'en']) {
      const { json: overview } = await gateway.overview(id, { language });
      const files = {};
      for (const format of Object.keys(FORMS)) files[format] = await take(id, format, { language });
      if (files.csv.status !== 200) {
        for (const { status, headers } of Object.values(files)) {
          assert.ok([502, 504].includes(status));
          assert.equal(headers['content-type'], 'application/problem+json');
        }
        continue;
      }
      for (const { text } of Object.values(files))
        for (const { cpr } of citizens) assert.ok(!text.includes(cpr));

      const rows = readCsv(files.csv.text);
      const paid = overview.items.filter(({ kind }) => kind === 'payment');
      const [note, date, , amount, , , title] = Object.keys(rows[0] ?? {});
      assert.deepEqual(rows.filter((row) => row[note] === '').map((row) => [row[date], row[amount], row[title].replace(/^'/, '')]),
        paid.map((item) => [item.date ?? '', item.amount ?? '', item.title.replace(/[\x00-\x1f]/g, ' ')]));

      const { events } = readCalendar(files.ics.text);
      assert.ok(events.length > 0);

      const page = readPage(files.html.text);
      assert.equal(page.language, language);
      assert.deepEqual(page.headings[0], ['h1', language === 'da' ? 'Dit overblik' : 'Your overview']);
      assert.ok(page.headings.slice(1).every(([name]) => name === 'h2'));
      for (const { title: shown } of overview.items) assert.ok(page.text.includes(shown.replace(/\r\n?/g, '\n')), shown);
      for (const { breach } of (await gateway.get('/v1/sources')).json.municipalities.slice(0, 1))
        assert.ok(page.text.includes(breach));
    }
  });

test('amounts are numbers, and a calendar\'s dates are those of the overview', async () => {
  const { json } = await gateway.overview('jens');
  const rows = readCsv((await take('jens', 'csv', { language: 'en' })).text);
  assert.ok(rows.length > 3);
  assert.equal(kroner(rows[0].Amount), kroner(json.items.find(({ kind }) => kind === 'payment').amount));
  assert.equal(rows[0].Currency, 'DKK');
  const { events } = readCalendar((await take('jens', 'ics', { language: 'en' })).text);
  const talk = json.items.find(({ kind, starts }) => kind === 'appointment' && starts);
  const event = events.find(({ summary }) => summary.startsWith(talk.title));
  assert.equal(event.startDate.toJSDate().getTime(), new Date(talk.starts).getTime());
  assert.equal(event.location, talk.place);
  const pass = json.items.find(({ kind, valid_to: to }) => kind === 'credential' && to);
  assert.ok(events.some(({ startDate }) => startDate.isDate && startDate.toString() === pass.valid_to));
  const uids = (text) => readCalendar(text).events.map(({ uid }) => uid);
  assert.deepEqual(uids((await take('jens', 'ics')).text), uids((await take('jens', 'ics')).text));
});

// --- what is missing ---------------------------------------------------------------------------------

for (const language of ['da', 'en'])
  test(`${language}: a failed authority never looks like an empty one`, async () => {
    const whole = {};
    for (const format of ['csv', 'html', 'ics']) whole[format] = (await take('jens', format, { language })).text;
    assert.equal(readPage(whole.html).missing, '');
    assert.deepEqual(readCalendar(whole.ics).missing, []);
    await fail('udbetaling-danmark');
    const { json } = await take('jens', 'json', { language });
    const gone = json.sources.filter(({ state }) => state === 'failed');
    assert.ok(gone.length >= 3);
    assert.equal(json.summary.complete, false);

    const first = readCsv((await take('jens', 'csv', { language })).text)[0];
    assert.match(Object.values(first)[0], language === 'da' ? /^MANGLER: .*betyder ikke/ : /^MISSING: .*does not mean/);
    const page = readPage((await take('jens', 'html', { language })).text);
    for (const { name } of gone) assert.ok(page.missing.includes(name));
    const { events, missing } = readCalendar((await take('jens', 'ics', { language })).text);
    assert.equal(missing.length, gone.length);
    assert.equal(events[0].summary, language === 'da' ? 'Der kan mangle frister' : 'Deadlines may be missing');
    assert.ok(events[0].description.includes(missing[0].replace(/\\(.)/g, '$1')));
  });

test('where nobody answers there is no file', async () => {
  const all = ['municipal', 'udbetaling-danmark', 'star', 'atp', 'rigspolitiet', 'digitaliseringsstyrelsen'];
  for (const authority of all) await fail(authority);
  for (const format of Object.keys(FORMS)) {
    const { status, json, headers } = await take('jens', format);
    assert.equal(status, 502);
    assert.equal(json.type, 'https://overblik.dk/problems/source-failed');
    assert.match(json.detail, /none of the 10 sources/);
    assert.equal(headers['content-disposition'], undefined);
  }
});

// --- which form --------------------------------------------------------------------------------------

test('format decides, else Accept; what is neither is refused', async () => {
  const ask = (query, accept) => gateway.get(`/v1/export${query}`, {
    headers: { Authorization: `Bearer ${gateway.token('jens')}`, ...(accept && { Accept: accept }) } });
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
  const source = '?source=atp.pension';
  for (const [query, accept, type] of [
    [source, undefined, FORMS.json], [source, '*/*', FORMS.json], [source, 'text/csv', FORMS.csv],
    [source, 'text/calendar;q=0.5, text/html;q=0.4', FORMS.ics], [source, browser, FORMS.html],
    [`${source}&format=csv`, browser, FORMS.csv], [`${source}&format=ics`, 'image/png', FORMS.ics],
  ])
    assert.equal((await ask(query, accept)).headers['content-type'], type, `${query} ${accept}`);
  for (const [query, accept, want] of [
    ['?format=pdf', undefined, 400], ['?format=', undefined, 400], ['?format=csv&format=csv', undefined, 400],
    ['?format=CSV', undefined, 400], ['?format=csv&x=1', undefined, 400], ['', 'application/pdf', 406],
    ['?municipality=9999', undefined, 400],
  ])
    assert.equal((await ask(query, accept)).status, want, `${query} ${accept}`);
  assert.equal((await gateway.overview('jens', { query: '?format=json' })).status, 400, 'an overview has no format');
});

// --- the login ---------------------------------------------------------------------------------------

test('a login that is not fresh, or not known, is sent back for one', async () => {
  for (const [what, time, want] of [
    ['now', now(), 200], ['as text', String(now()), 200], ['nearly too old', now() - 280, 200],
    ['too old', now() - 301, 401], ['long ago', 1, 401], ['absent', undefined, 401], ['null', null, 401],
    ['ahead', now() + 600, 401], ['no time', 'yesterday', 401], ['negative', -1, 401],
  ]) {
    const token = gateway.token('jens', { auth_time: time });
    assert.equal((await gateway.overview('jens', { token, query: '?source=atp.pension' })).status, 200, 'to look is enough');
    const { status, json, headers } = await take('jens', 'csv', { token, query: '?source=atp.pension' });
    assert.equal(status, want, what);
    if (want === 200) continue;
    assert.equal(json.type, 'https://overblik.dk/problems/login-too-old');
    assert.match(headers['www-authenticate'], /^Bearer .*error="insufficient_user_authentication".*, max_age="300"$/);
  }
  const before = (await gateway.calls()).atp.calls;
  await take('jens', 'json', { token: gateway.token('jens', { auth_time: 1 }) });
  assert.equal((await gateway.calls()).atp.calls, before, 'nobody is asked');
});

test('the login broker does the step-up: max_age gives a new login where the old one is too old', async () => {
  const browser = new Browser({ issuer: gateway.brokerUrl, ca: gateway.ca });
  const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  const source = '?source=atp.pension';
  /** Resolves to the token; `login` says whether the broker is to ask who it is. */
  const logIn = async (login, parameters = {}) => {
    const { path: where, verifier, page } = await openLogin(browser, { client: 'demo-portal', ...parameters });
    const back = Object.fromEntries(new URL(where, gateway.brokerUrl).searchParams);
    assert.equal(page !== undefined, login, where);
    const { code } = login ? await submitLogin(browser, `${where}/login`, { citizen: 'jens' }) : back;
    return (await redeemCode(browser, { client: 'demo-portal', code, verifier })).userinfo_token;
  };
  assert.equal((await take('jens', 'csv', { token: await logIn(true), query: source })).status, 200);
  assert.equal((await fetch(`${gateway.brokerControl}/age?seconds=400`, { method: 'POST' })).status, 204);

  const old = await logIn(false); // the session is there still: a new token of an old login
  assert.ok(now() - Number(claims(old).auth_time) >= 400);
  const refused = await take('jens', 'csv', { token: old, query: source });
  assert.equal(refused.status, 401);
  const [, maxAge] = /max_age="(\d+)"/.exec(refused.headers['www-authenticate']);

  const fresh = await logIn(true, { max_age: maxAge });
  assert.ok(now() - Number(claims(fresh).auth_time) < 60);
  assert.equal((await take('jens', 'csv', { token: fresh, query: source })).status, 200);
});

test('who acts for another takes away what the mandate opens, and the file says whose it is', async () => {
  const headers = { Authorization: `Bearer ${gateway.token('karen')}` };
  const { json: mandates } = await gateway.get('/v1/mandates', { headers });
  const { mandate } = mandates.may_act_for.find((one) => one.name === 'Else Hansen' && one.mandate);
  const { status, text, headers: fields } = await take('karen', 'html', { query: '?municipality=0710', headers: { 'Act-For': mandate } });
  assert.equal(status, 200);
  const page = readPage(text);
  assert.deepEqual(page.headings[0], ['h1', 'Overblik for en anden']);
  assert.ok(page.text.includes('Else Hansen') && !page.text.includes(citizenOf('karen').name));
  assert.match(page.missing, /Du har ikke lov til at se noget fra/);
  let intent;
  await waitUntil(() => (intent = gateway.recorded().find((line) => line.receipt === fields['overblik-receipt'] && line.event === 'intent')));
  assert.deepEqual([intent.operation, intent.format, intent.on_behalf], ['export', 'html', true]);
  const old = gateway.token('karen', { auth_time: now() - 400 });
  assert.equal((await take('karen', 'html', { query: '', token: old, headers: { 'Act-For': mandate } })).status, 401);
});

// --- in a browser ------------------------------------------------------------------------------------

/** What Chromium has when it has loaded a file, and run what stands in it. */
async function load(file) {
  const { stdout } = await promisify(execFile)('chromium', [
    '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--virtual-time-budget=60000',
    '--host-resolver-rules=MAP * ~NOTFOUND', `--user-data-dir=${folder}/chromium`, '--dump-dom', `file://${file}`,
  ], { timeout: LOAD_MS, maxBuffer: 1 << 26 });
  return stdout;
}

test('the page is accessible, and lets no script run', async () => {
  await fail('atp');
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  for (const language of ['da', 'en']) {
    const { text } = await take('jens', 'html', { language });
    const script = '<script>document.title = "RAN"</script>';
    const kept = path.join(folder, `${language}.html`);
    writeFileSync(kept, text.replace('</body>', `${script}</body>`));
    assert.ok(!(await load(kept)).includes('<title>RAN'), 'the policy inside the file holds without a server');

    const judged = path.join(folder, `${language}-axe.html`);
    writeFileSync(judged, text.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '').replace('</body>',
      `<script>${axe.replaceAll('</script', '<\\/script')}</script><script>
        axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((found) => {
          const list = found.violations.map(({ id, nodes }) => id + ': ' + nodes[0].html);
          document.documentElement.setAttribute('data-found', JSON.stringify({ list, passes: found.passes.length }));
        });</script></body>`));
    const [, found] = /data-found="([^"]*)"/.exec(await load(judged)) ?? assert.fail('axe did not run');
    const { list, passes } = JSON.parse(found.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
    assert.deepEqual(list, []);
    assert.ok(passes > 15, `axe looked at ${passes} things`);
  }
});

// --- by the command ----------------------------------------------------------------------------------

const command = (args) => spawnSync(path.join(build, 'overblik'), ['export', '--certs', gateway.certs,
  '--gateway', `https://localhost:${gateway.ports.tls}`, '--issuer', gateway.issuer, ...args], { encoding: 'utf8' });

test('overblik export writes a file for its owner alone, and overwrites nothing', async () => {
  const file = path.join(folder, 'jens.csv');
  const ran = command(['--citizen', 'jens', '--format', 'csv', '--output', file]);
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(readCsv(readFileSync(file, 'utf8')).length > 3);
  const again = command(['--citizen', 'jens', '--format', 'csv', '--output', file]);
  assert.notEqual(again.status, 0);
  assert.match(again.stderr, /File exists/);
  assert.equal(readPage(command(['--citizen', 'jens', '--format', 'html', '--language', 'en']).stdout).language, 'en');
  const wrong = command(['--citizen', 'jens', '--format', 'pdf']);
  assert.notEqual(wrong.status, 0);
  assert.match(wrong.stderr, /expected json, html, csv or ics/);
});
