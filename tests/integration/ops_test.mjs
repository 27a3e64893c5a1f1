// SPDX-License-Identifier: MIT
//
// The operators' page, as Debian's Chromium shows it to an operator and to a viewer, by their certificates:
// it changes by itself, what is decided is recorded with who and why, a viewer and another site's page may
// decide nothing, its policy is never broken, and it can be used by everybody. Pictures: build/…/screenshots.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { build, Gateway, root, waitUntil } from './gateway.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const screenshots = path.join(build, 'screenshots');
const PATIENCE_MS = 60000;
mkdirSync(screenshots, { recursive: true });

let gateway, browser, origin;
before(async () => {
  gateway = await Gateway.start({
    name: 'ops',
    settings: { admin: { port: 0 }, time: { soft_ms: 26000, hard_ms: 28000 } },
    sources: { '*': { timers: { connect_ms: 25000, first_byte_ms: 25000, silence_ms: 25000, total_ms: 25000 } } },
    configure: (main) => (main.admin.client_ca = main.tls.certificate.replace('gateway.pem', 'ca.pem')),
    policies: () => ({
      'operators.json': (content) => (content.operators = [
        { name: 'olga', common_name: 'operator', role: 'operator' },
        { name: 'viggo', common_name: 'viewer', role: 'viewer' },
      ]),
    }),
  });
  origin = `https://localhost:${gateway.ports.admin}`;
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'] });
});
after(async () => {
  await browser?.close();
  assert.equal(await gateway?.stop(), 0);
});

/** A page of a browser with this certificate; `complaints` are its errors, also of its policy. */
async function open(as, { language = 'en', where = '/', ...options } = {}) {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true, locale: language, ...options,
    clientCertificates: [{ origin, certPath: path.join(gateway.certs, `${as}.pem`), keyPath: path.join(gateway.certs, `${as}.key`) }],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(() => addEventListener('securitypolicyviolation', (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`)));
  const answer = await page.goto(origin + where);
  return { page, context, complaints, answer };
}
const isLive = (page) => page.getByText(/The gateway is ready|Gatewayen er klar/).waitFor();
const row = (page, id) => page.locator(`tr[data-source="${id}"]`);
const stateIs = (page, id, state) => page.locator(`tr[data-source="${id}"][data-state="${state}"]`).waitFor();
const shoot = (page, name) => page.screenshot({ path: path.join(screenshots, `ops-${name}.png`), fullPage: true });

/** Nothing that axe-core finds. It is no part of the page, so it goes in beside its policy. */
async function isAccessible(page, what) {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', { awaitPromise: true, returnByValue: true,
    expression: 'axe.run().then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])))' });
  assert.equal(exceptionDetails, undefined, what);
  assert.deepEqual(JSON.parse(result.value), [], what);
  await session.detach();
}

test('a change is seen without asking for it', async () => {
  const { page, context, complaints, answer } = await open('operator');
  assert.match(answer.headers()['content-security-policy'], /default-src 'none'; script-src 'self'; style-src 'self'/);
  await isLive(page);
  assert.equal(await page.locator('tr[data-source]').count(), JSON.parse((await gateway.admin('GET', '/sources')).text).sources.length);
  await isAccessible(page, 'the page at rest');
  await gateway.admin('POST', '/sources/atp.pension/disable', { reason: 'by the command' });
  await stateIs(page, 'atp.pension', 'disabled');
  await page.locator('#live', { hasText: 'is switched off by an operator' }).waitFor();
  await gateway.admin('POST', '/sources/atp.pension/enable', { reason: 'done' });
  await stateIs(page, 'atp.pension', 'well');

  await gateway.overview('jens');
  await page.waitForFunction(() => Number(document.querySelector('tr[data-source="atp.pension"] [data-cell=calls]').textContent) > 0);
  await row(page, 'atp.pension').locator('svg rect').first().waitFor();
  assert.match(await row(page, 'atp.pension').locator('[data-cell=times]').textContent(), /^\d+ \/ \d+ \/ \d+$/);
  assert.match(await row(page, 'atp.pension').locator('[data-cell=certificate]').textContent(), /^[\d,.]+$/);
  await shoot(page, 'operator');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'a laptop shows all of it');
  await isAccessible(page, 'with pictures');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what fails is told in words', async () => {
  const { page, context, complaints } = await open('operator');
  await isLive(page);
  await gateway.sandbox.fault({ authority: 'atp', fault: 'reset' });
  await gateway.overview('jens');
  await gateway.overview('jens');
  await gateway.sandbox.fault({ authority: 'atp', fault: 'garbage' });
  await gateway.overview('jens');
  await gateway.sandbox.clear();
  const errors = row(page, 'atp.pension').locator('[data-cell=errors]');
  await errors.getByText('Could not be reached (2)').waitFor();
  await errors.getByText('Did not answer with valid HTTP (1)').waitFor();
  await shoot(page, 'errors');
  await isAccessible(page, 'with errors');
  const { last_error, last_errors } = JSON.parse((await gateway.admin('GET', '/sources/atp.pension')).text);
  assert.deepEqual([last_error, ...last_errors.map(({ code, times }) => `${code} ${times}`)], ['protocol', 'protocol 1', 'unreachable 2']);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('maintenance by one click, a reason and the keyboard alone, recorded with who and why', async () => {
  const { page, context, complaints } = await open('operator');
  await isLive(page);
  const button = row(page, 'atp.pension').getByRole('button', { name: /Maintenance/ });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await isAccessible(page, 'the dialog');
  await page.screenshot({ path: path.join(screenshots, 'ops-dialog.png') });
  await page.keyboard.press('Enter'); // without a reason
  assert.equal(await page.getByRole('dialog').isVisible(), true, 'a reason is demanded');
  assert.equal(await row(page, 'atp.pension').getAttribute('data-state'), 'well');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('dialog').isVisible(), false);
  assert.equal(await button.evaluate((element) => element === document.activeElement), true, 'the focus comes back');

  await page.keyboard.press('Enter');
  await page.keyboard.type('planned, ticket 4711');
  await page.getByLabel('Message to citizens, Danish').fill('ATP holder lukket');
  await page.keyboard.press('Enter'); // one language alone
  await page.getByText(/both languages/).waitFor();
  await isAccessible(page, 'a refusal in the dialog');
  await page.getByLabel('Message to citizens, English').fill('ATP is closed');
  await page.keyboard.press('Enter');
  await stateIs(page, 'atp.pension', 'maintenance');
  await isAccessible(page, 'a source in maintenance');
  const state = (await gateway.overview('jens', { language: 'en' })).json.sources.find(({ id }) => id === 'atp.pension');
  assert.equal(state.state, 'closed');
  const noted = gateway.recorded().filter(({ event, what }) => event === 'admin' && what === 'maintenance').at(-1);
  assert.deepEqual([noted.who, noted.target, noted.why], ['olga', 'atp.pension', 'planned, ticket 4711']);

  await row(page, 'atp.pension').getByRole('button', { name: /Switch on/ }).click();
  await page.getByLabel('Why? (needed)').fill('finished');
  await page.getByRole('button', { name: 'Do it' }).click();
  await stateIs(page, 'atp.pension', 'well');
  for (const [name, what] of [['Drain', 'draining'], ['Switch on', 'well']]) {
    await row(page, 'atp.pension').getByRole('button', { name: new RegExp(name) }).click();
    await page.getByLabel('Why? (needed)').fill('moving');
    await page.getByRole('button', { name: 'Do it' }).click();
    await stateIs(page, 'atp.pension', what);
  }
  assert.deepEqual(complaints.filter((text) => !/400/.test(text)), []);
  await context.close();
});

test('a viewer sees, has no buttons, and is refused', async () => {
  const { page, context } = await open('viewer');
  await isLive(page);
  await page.getByText('you may look, not change.').waitFor();
  assert.equal(await page.locator('button[data-action]:visible').count(), 0);
  await isAccessible(page, 'as a viewer');
  const refused = await page.evaluate(async () => (await fetch('/sources/atp.pension/disable', { method: 'POST',
    headers: { 'Overblik-Operator': 'page' }, body: '{"reason": "x"}' })).status);
  assert.equal(refused, 403);
  assert.equal(await row(page, 'atp.pension').getAttribute('data-state'), 'well');
  await context.close();
});

test('plan, explanation, report and configuration, with their pictures', async () => {
  const { page, context, complaints } = await open('operator');
  await isLive(page);
  await page.locator('#plan [name=citizen]').selectOption('jens');
  await page.locator('#plan [name=portal]').selectOption('demo-portal');
  await page.locator('#plan [name=municipalities]').fill('0710');
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await page.locator('#plan table').getByText('kommuner.sager/0710').waitFor();

  const { receipt } = (await gateway.overview('jens')).json;
  await page.getByLabel('Receipt').fill(receipt);
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.locator('#explain svg').waitFor();
  assert.ok(await page.locator('#explain svg rect').count() >= 10, 'a line for each call');
  await page.locator('#explain table').getByText('atp.pension').waitFor();

  await page.getByRole('button', { name: 'Show the report' }).click();
  await page.locator('#report svg').first().waitFor();
  await page.locator('#report table').getByText('atp.pension').waitFor();

  await page.getByRole('button', { name: 'Compare with the files' }).click();
  await page.getByText('The files are those in force.').waitFor();
  await shoot(page, 'forms');
  await isAccessible(page, 'all forms answered');

  await page.getByLabel('Receipt').fill('019ac9f0-0000-7000-8000-000000000000');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.locator('#explain .refusal').waitFor();
  await isAccessible(page, 'a form refused');
  assert.deepEqual(complaints.filter((text) => !/404/.test(text)), []);
  await context.close();
});

test('another configuration: what would be otherwise, its faults, and that it is in force', async () => {
  const { page, context, complaints } = await open('operator');
  await isLive(page);
  const compare = page.getByRole('button', { name: 'Compare with the files' });
  gateway.changePolicies({ 'routing.json': (content) => (content.sources = { ...content.sources, 'atp.pension': { enabled: false } }) });
  await compare.click();
  await page.locator('#configuration table').getByText('atp.pension').first().waitFor();
  await shoot(page, 'difference');
  gateway.changePolicies({ 'operators.json': (content) => (content.nonsense = true) });
  await compare.click();
  await page.locator('#configuration li').getByText(/nonsense/).waitFor();
  await isAccessible(page, 'faults in the files');
  gateway.changePolicies({ 'operators.json': (content) => delete content.nonsense });
  assert.equal((await gateway.admin('POST', '/reload', { reason: 'test' })).status, 200);
  await page.getByText('Another configuration is in force.').waitFor();
  await stateIs(page, 'atp.pension', 'not_enabled');
  await isAccessible(page, 'after a reload');
  await page.getByRole('link', { name: 'Fetch the page again' }).click();
  await isLive(page);
  assert.equal(await page.locator('#changed').isVisible(), false);
  assert.deepEqual(complaints, []);
  gateway.changePolicies({ 'routing.json': (content) => delete content.sources['atp.pension'] });
  assert.equal((await gateway.admin('POST', '/reload', { reason: 'test' })).status, 200);
  await context.close();
});

test('in Danish, at 320 pixels, in the dark, and without JavaScript', async () => {
  const narrow = await open('operator', { language: 'da', viewport: { width: 320, height: 640 }, colorScheme: 'dark' });
  await isLive(narrow.page);
  assert.equal(await narrow.page.locator('html').getAttribute('lang'), 'da');
  await narrow.page.getByRole('button', { name: 'Vis rapporten' }).click();
  await narrow.page.locator('#report table').waitFor();
  const width = await narrow.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 320, `nothing is wider than the page, not ${width}`);
  await isAccessible(narrow.page, 'narrow and dark');
  await shoot(narrow.page, 'narrow');
  await narrow.page.getByRole('link', { name: 'In English' }).click();
  await narrow.page.getByRole('heading', { name: 'Sources' }).waitFor();
  await narrow.context.close();

  const bare = await open('operator', { javaScriptEnabled: false });
  await row(bare.page, 'atp.pension').getByText('is asked').waitFor();
  assert.equal(await bare.page.locator('button:visible, form:visible').count(), 0, 'nothing that does not work');
  assert.deepEqual(await bare.page.locator('nav a:visible').evaluateAll((links) => links.filter(({ hash }) => !document.querySelector(hash)?.checkVisibility()).map(({ hash }) => hash)), []);
  await shoot(bare.page, 'no-script');
  await bare.context.close();
});

test('a page of another site makes no operator decide', async () => {
  const site = http.createServer((asked, answer) => answer.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>x</title>'));
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  const { page, context } = await open('operator');
  await page.goto(`http://localhost:${site.address().port}/`);
  await page.evaluate((where) => fetch(`${where}/sources/atp.pension/disable`, { method: 'POST', mode: 'no-cors', credentials: 'include',
    headers: { 'Content-Type': 'text/plain' }, body: '{"reason": "forged"}' }).catch(() => undefined), origin);
  const left = page.waitForNavigation();
  await page.evaluate((where) => {
    const form = document.createElement('form');
    form.method = 'POST';
    form.enctype = 'text/plain';
    form.action = `${where}/sources/atp.pension/disable`;
    form.innerHTML = '<input name=\'{"reason":"\' value=\'forged"}\'>';
    document.body.append(form);
    form.submit();
  }, origin);
  await left;
  assert.match(await page.content(), /page of another site/);
  assert.equal(JSON.parse((await gateway.admin('GET', '/sources/atp.pension')).text).mode, 'on');
  await context.close();
  site.close();
});

// --- without a browser -------------------------------------------------------------------------------

function asOperator(method, where, headers = {}, body) {
  const identity = { cert: readFileSync(path.join(gateway.certs, 'operator.pem')), key: readFileSync(path.join(gateway.certs, 'operator.key')) };
  return new Promise((resolve, reject) => {
    const asked = https.request({ host: 'localhost', port: gateway.ports.admin, family: 4, ca: gateway.ca, agent: false, ...identity,
      method, path: where, headers }, (answer) => resolve({ status: answer.statusCode, answer }));
    asked.on('error', reject);
    asked.end(body);
  });
}
const statusOf = async (...how) => {
  const { status, answer } = await asOperator(...how);
  answer.destroy();
  return status;
};

test('who asks by TLS says that it is meant, and from where', async () => {
  const body = '{"reason": "x", "authority": "1"}'; // refused, but only when it is listened to
  const post = (headers) => statusOf('POST', '/sources/atp.pension/rearm', headers, body);
  const own = { 'Overblik-Operator': 'script' };
  assert.equal(await post({}), 403);
  assert.equal(await post(own), 400);
  assert.equal(await post({ ...own, Origin: origin, 'Sec-Fetch-Site': 'same-origin' }), 400);
  for (const Origin of ['https://elsewhere.example', `${origin}0`, origin.replace('https', 'http'), 'null'])
    assert.equal(await post({ ...own, Origin }), 403, Origin);
  for (const site of ['cross-site', 'same-site', 'nonsense'])
    assert.equal(await post({ ...own, 'Sec-Fetch-Site': site }), 403, site);
  assert.equal(await statusOf('GET', '/log', { 'Sec-Fetch-Site': 'cross-site' }), 403);
  assert.equal(await statusOf('GET', '/', { 'Sec-Fetch-Site': 'cross-site' }), 200, 'a link to the page works');
});

test('listeners have a ceiling, and leave no trace', async () => {
  const listeners = [];
  for (let i = 0; i < 32; i++) listeners.push(await asOperator('GET', '/events'));
  assert.deepEqual([...new Set(listeners.map(({ status }) => status))], [200]);
  assert.equal(await statusOf('GET', '/events'), 503);
  let text = '';
  for await (const chunk of listeners[0].answer.setEncoding('utf8')) if ((text += chunk).includes('\n\nevent: all') && text.endsWith('\n\n')) break;
  const { status, sources } = JSON.parse(/^data: (.*)$/m.exec(text)[1]);
  assert.equal(status.ready, true);
  assert.ok(sources.every(({ last_minute, last_errors, state_text }) => last_minute.bands.length === 14 && last_errors && state_text));
  for (const { answer } of listeners) answer.destroy();
  await waitUntil(async () => (await statusOf('GET', '/events')) === 200);
  assert.equal(await statusOf('HEAD', '/events'), 200);
  assert.equal(await statusOf('GET', '/events?lang=en'), 200);
  for (const where of ['/events?lang=fr', '/events?x', '/?lang=', '/?lang=da&lang=en'])
    assert.equal(await statusOf('GET', where), 400, where);
});

test('however much changes, an event comes at most once a second', async () => {
  const { answer } = await asOperator('GET', '/events?lang=en');
  const began = performance.now();
  let text = '';
  answer.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('error', () => undefined);
  for (let i = 0; performance.now() - began < 4000; i++)
    await gateway.admin('POST', '/sources/star.ydelser/disable', { reason: 'again', until: new Date(Date.now() + 3600000 + i * 1000).toISOString() });
  const seconds = (performance.now() - began) / 1000;
  answer.destroy();
  const changes = text.split('\n\n').filter((event) => event.startsWith('event: changed'));
  assert.ok(changes.length >= 2 && changes.length <= seconds + 2, `${changes.length} events in ${seconds} s`);
  assert.ok(changes.some((event) => event.includes('star.ydelser') && !event.includes('atp.pension')), 'only what differs is told');
  await gateway.admin('POST', '/sources/star.ydelser/enable', { reason: 'done' });
});

test('what is compared keeps nobody waiting, also who leaves', async () => {
  const asked = Array.from({ length: 6 }, () => asOperator('GET', '/configuration/difference'));
  const found = (await Promise.all(asked)).map(({ status, answer }) => (answer.destroy(), status));
  assert.ok(found.includes(200) && found.every((status) => status === 200 || status === 503), found.join());
  for (let i = 0; i < 6; i++) {
    const leaving = https.request({ host: 'localhost', port: gateway.ports.admin, family: 4, ca: gateway.ca, agent: false,
      cert: readFileSync(path.join(gateway.certs, 'viewer.pem')), key: readFileSync(path.join(gateway.certs, 'viewer.key')),
      path: '/configuration/difference' }).on('error', () => undefined);
    leaving.end(() => leaving.destroy());
  }
  await waitUntil(async () => (await statusOf('GET', '/configuration/difference')) === 200);
});
