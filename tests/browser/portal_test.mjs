// SPDX-License-Identifier: MIT
//
// The reference portal as citizens meet it, in Chromium: every page, in both languages, with a slow and
// a failed source, without script, on a narrow screen, by the keyboard, and after logging out.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { waitUntil } from '../integration/gateway.mjs';
import { launchBrowser, Portal, Visitor } from './portal.mjs';

let portal, browser;
before(async () => {
  portal = await Portal.start({ settings: { time: { soft_ms: 5000 } },
    sources: { '*': { timers: { connect_ms: 1000, first_byte_ms: 4000, total_ms: 4200 } } } });
  browser = await launchBrowser();
});
beforeEach(() => portal.gateway.sandbox.clear());
after(async () => {
  await browser?.close();
  assert.equal(await portal?.stop(), 0);
});

const fault = (authority, what, more) => portal.gateway.sandbox.control('POST', '/faults', { authority, fault: what, ...more });
const section = (page, source) => page.locator('section.source').filter({ has: page.locator('h3', { hasText: source }) });

/** Opens a visitor for the time of `what`; nothing they saw may have been complained about. */
async function visit(what, options) {
  const visitor = await Visitor.open(browser, portal, options);
  try {
    await what(visitor, visitor.page);
  } finally {
    await visitor.context.close();
  }
}

test('login: before, as a citizen, and what the page says', () => visit(async (visitor, page) => {
  await page.goto(portal.url);
  await visitor.judge('welcome');
  await visitor.logIn('lone');
  await visitor.whole();
  assert.equal(await page.locator('.name').textContent(), 'Lone Travl');
  assert.equal(await page.locator('#lead').textContent(), 'Der er 7 ting at gøre og 3 sager i gang.');
  assert.equal(await page.locator('.task').count(), 7);
  assert.match(await page.locator('#state').textContent(), /Alle 10 svar er kommet\./);
  assert.equal(await page.locator('section.source').count(), 10);
  const order = await page.evaluate(() => ['lead', 'todo', 'state', 'cases', 'payments', 'dates', 's0', 's9', 'end']
    .map((slot) => document.querySelector(`[slot=${slot}]`).getBoundingClientRect().top));
  assert.deepEqual(order, [...order].sort((a, b) => a - b), 'things to do first, the rest by area');
  assert.match(await page.locator('#end').textContent(), /Digital Post/);
  await visitor.judge('overview');
}));

test('a slow source: the others show before it, in their places, also for who has no script', async () => {
  for (const javaScriptEnabled of [true, false])
    await visit(async (visitor, page) => {
      await visitor.logIn('jens');
      await visitor.whole();
      await fault('atp', 'delay', { ms: 3000 });
      await page.goto(portal.url, { waitUntil: 'commit' });
      await section(page, 'Politiet').waitFor();
      assert.equal(await section(page, 'ATP').count(), 0, 'it has not come');
      await section(page, 'ATP').waitFor();
      await visitor.whole();
      const tops = await page.locator('section.source').evaluateAll((all) =>
        all.map((one) => [Number(one.slot.slice(1)), one.getBoundingClientRect().top]));
      assert.deepEqual(tops.toSorted((a, b) => a[1] - b[1]).map(([place]) => place), tops.map(([place]) => place).toSorted((a, b) => a - b));
      await portal.gateway.sandbox.clear();
      assert.equal(await page.locator('.waiting:visible').count(), 0, 'no place goes on waiting');
    }, { javaScriptEnabled });
});

test('a failed source: an honest sentence, and it alone is asked again', () => visit(async (visitor, page) => {
  await fault('atp', 'error-html');
  await visitor.logIn('jens');
  await visitor.whole();
  assert.match(await page.locator('#state').textContent(), /9 af 10 svar er kommet\./);
  assert.match(await page.locator('#lead').textContent(), /mindst/);
  const atp = section(page, 'ATP');
  assert.match(await atp.textContent(), /Det betyder ikke, at du ikke har nogen/);
  await visitor.judge('failed');
  const before = await portal.gateway.calls();
  await portal.gateway.sandbox.clear();
  await page.locator('section.source', { hasText: 'Politiet' }).evaluate((one) => { one.dataset.mine = 'kept'; });
  await atp.locator('a[data-retry]').click();
  await page.locator('section.source[data-state=answered]').filter({ hasText: 'ATP: pension' }).waitFor();
  assert.equal(await section(page, 'Politiet').getAttribute('data-mine'), 'kept', 'the rest stays');
  const after = await portal.gateway.calls();
  assert.ok(before && after);
  assert.match(await page.locator('#progress').textContent(), /ATP/);
  await visitor.judge('retried');
}));

test('for another: the bar is on every page, and the two are never mixed', () => visit(async (visitor, page) => {
  await visitor.logIn('karen');
  await visitor.whole();
  const own = await page.locator('.item h4').allTextContents();
  await fault('atp', 'error-html');
  await page.reload();
  await visitor.whole();
  const stale = await page.locator('a[data-retry]').first().getAttribute('data-retry');
  await portal.gateway.sandbox.clear();
  await page.goto(`${portal.url}/others`);
  await visitor.judge('others');
  await page.locator('form[action="/act-for"] button', { hasText: 'Else Hansen' }).click();
  await visitor.whole();
  assert.match(await page.locator('.other-bar').textContent(), /Du ser oplysninger om Else Hansen/);
  assert.match(await page.locator('.other-bar').textContent(), /Gælder til 12\. maj/);
  assert.equal(await page.locator('.name').textContent(), 'Else Hansen');
  assert.match(await section(page, 'Politiet').textContent(), /ikke lov til at se/);
  await visitor.judge('for-another');
  const status = await page.evaluate(async (path) => (await fetch(path)).status, stale);
  assert.equal(status, 409, 'a page of before is not filled with another person');
  await page.goto(`${portal.url}/log`);
  assert.equal(await page.locator('.other-bar').count(), 1);
  await page.locator('.other-bar button').click();
  await visitor.whole();
  assert.equal(await page.locator('.other-bar').count(), 0);
  assert.equal(await page.locator('.name').textContent(), 'Karen Hansen');
  assert.deepEqual(await page.locator('.item h4').allTextContents(), own);
}));

test('language: all of it in English, and it stays', () => visit(async (visitor, page) => {
  await visitor.logIn('lone');
  await visitor.whole();
  await page.locator('a[hreflang=en]').click();
  await visitor.whole();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  assert.equal(await page.locator('#lead').textContent(), 'There are 7 things to do and 3 cases in progress.');
  assert.match(await page.locator('.item', { hasText: 'Kontanthjælp' }).first().textContent(), /DKK 16,448\.00/);
  await visitor.judge('english');
}));

test('a copy: each form is a file', () => visit(async (visitor, page) => {
  await visitor.logIn('lone');
  await page.goto(`${portal.url}/export`);
  await visitor.judge('export');
  for (const [format, begins] of [['html', '<!doctype html>'], ['csv', '\ufeff'], ['ics', 'BEGIN:VCALENDAR'], ['json', '{']]) {
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator(`a[href$="format=${format}"]`).click()]);
    assert.equal(file.suggestedFilename(), `overblik.${format}`);
    const text = readFileSync(await file.path(), 'utf8');
    assert.ok(text.toLowerCase().startsWith(begins.toLowerCase()), `${format}: ${text.slice(0, 40)}`);
  }
}));

test('something is wrong: to the authority, or whom to write to', () => visit(async (visitor, page) => {
  await visitor.logIn('jens');
  await visitor.whole();
  await section(page, 'ATP').locator('summary', { hasText: 'Tidligere' }).click();
  await section(page, 'ATP').locator('a', { hasText: 'Er noget forkert?' }).first().click();
  await visitor.judge('correction');
  await page.locator('#text').fill('Beløbet er forkert.');
  await page.locator('main form button').click();
  await page.locator('h1', { hasText: 'Myndigheden har fået det' }).waitFor();
  assert.match(await page.locator('main').textContent(), /ATP/);
  await visitor.judge('corrected');
}));

test('a service may read along, and is stopped', () => visit(async (visitor, page) => {
  await visitor.logIn('mads');
  await page.goto(`${portal.url}/consents`);
  await visitor.judge('consents');
  await page.locator('input[value=payment]').press('Space');
  const day = new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10);
  await page.locator('input[type=date]').fill(day);
  await page.locator('button', { hasText: 'Giv lov til Budgethjælpen' }).click();
  assert.match(await page.locator('code.token').textContent(), /^obc_/);
  await visitor.judge('consent-given');
  await page.goto(`${portal.url}/consents`);
  await page.locator('button', { hasText: 'Stop Budgethjælpen' }).click();
  await page.locator('.item', { hasText: 'Er stoppet' }).waitFor();
  await visitor.judge('consent-stopped');
}));

test('who has seen it, and what is here', () => visit(async (visitor, page) => {
  await visitor.logIn('clara');
  await visitor.whole();
  await page.goto(`${portal.url}/log`);
  assert.match(await page.locator('main').textContent(), /Ingen andre end dig/);
  assert.ok((await page.locator('details tbody tr').count()) >= 2, 'own look-ups are folded');
  await visitor.judge('log');
  await page.goto(`${portal.url}/about`);
  assert.match(await page.locator('main').textContent(), /Ulæst post og beskeder er ikke med/);
  await visitor.judge('about');
}));

test('logging out leaves nothing: storage, cookie, cache, back button, another window', () => visit(async (visitor, page) => {
  await visitor.logIn('lone');
  await visitor.whole();
  const other = await visitor.context.newPage();
  await other.goto(portal.url);
  assert.equal(await other.locator('.name').textContent(), 'Lone Travl');
  const ours = async () => (await visitor.context.cookies(portal.url)).filter(({ name }) => name.startsWith('__Host-'));
  const [cookie] = await ours();
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite, cookie.path],
    ['__Host-session', true, true, 'Lax', '/']);
  await page.locator('.log-off').click();
  await page.locator('h1', { hasText: 'Du er logget ud' }).waitFor();
  await visitor.judge('goodbye');
  assert.deepEqual(await ours(), []);
  const left = await page.evaluate(async () => ({ local: localStorage.length, session: sessionStorage.length,
    caches: (await caches.keys()).length, databases: (await indexedDB.databases()).length }));
  assert.deepEqual(left, { local: 0, session: 0, caches: 0, databases: 0 });
  await page.goBack().catch(() => {});
  await page.waitForLoadState();
  assert.doesNotMatch(await page.content(), /Lone Travl|Kontanthjælp/);
  await other.reload();
  assert.doesNotMatch(await other.content(), /Lone Travl|Kontanthjælp/);
  await visitor.context.addCookies([cookie]); // the id is worth nothing any more
  await page.goto(portal.url);
  assert.doesNotMatch(await page.content(), /Lone Travl/);
}));

test('an id that somebody else knows is not used, and a login that nobody set out for is refused', () =>
  visit(async (visitor, page) => {
    await visitor.context.addCookies([{ name: '__Host-session', value: 'A'.repeat(43), domain: 'localhost', path: '/', secure: true }]);
    await visitor.logIn('jens', { municipalities: [] });
    const cookie = (await visitor.context.cookies(portal.url)).find(({ name }) => name === '__Host-session');
    assert.notEqual(cookie.value, 'A'.repeat(43));
    for (const path of ['/callback?code=x&state=y', '/callback', '/callback?error=access_denied&state=' + 'B'.repeat(43)])
      await visit(async (stranger, theirs) => {
        assert.equal((await theirs.goto(portal.url + path)).status(), 400);
        assert.equal((await theirs.goto(portal.url)).status(), 200);
        assert.equal(await theirs.locator('.name').count(), 0);
      });
    const statuses = await page.evaluate(async () => Promise.all(['/logout', '/act-for', '/municipality', '/consents', '/correction']
      .map(async (path) => (await fetch(path, { method: 'POST', body: new URLSearchParams({ csrf: 'x', mandate: 'm' }) })).status)));
    assert.deepEqual(statuses, [403, 403, 403, 403, 403], 'a form without its secret');
  }));

test('by the keyboard alone: to the content, and out', () => visit(async (visitor, page) => {
  await visitor.logIn('jens');
  await visitor.whole();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skipnav');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() => document.getElementById('content').contains(document.activeElement)));
  const seen = new Set();
  for (let i = 0; i < 200; i++) {
    seen.add(await page.evaluate(() => document.activeElement.outerHTML));
    await page.keyboard.press('Tab');
  }
  assert.ok([...seen].some((html) => html.startsWith('<summary')), 'folds are reached');
  await page.locator('.log-off').focus();
  await page.keyboard.press('Enter');
  await page.locator('h1', { hasText: 'Du er logget ud' }).waitFor();
}));

test('320 px wide, 200 % text, reduced motion, print: nothing scrolls sideways, nothing is lost', () =>
  visit(async (visitor, page) => {
    await visitor.logIn('lone');
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    for (const where of ['/', '/others', '/log', '/consents', '/export', '/about', '/municipality']) {
      await page.goto(portal.url + where);
      if (where === '/') await visitor.whole();
      assert.equal(await sideways(), 0, where);
    }
    await page.goto(portal.url);
    await visitor.whole();
    await visitor.judge('narrow');
    await page.setViewportSize({ width: 640, height: 800 }); // a screen of 1280 at 200 %
    await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    assert.equal(await sideways(), 0, '200 % text');
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('.task').first().isVisible());
    assert.ok(!(await page.locator('.menu').isVisible()));
  }, { viewport: { width: 320, height: 800 }, reducedMotion: 'reduce' }));

test('without script: login, overview, a refresh, and out', () => visit(async (visitor, page) => {
  await fault('atp', 'error-html');
  await visitor.logIn('jens');
  await visitor.whole();
  assert.match(await section(page, 'ATP').textContent(), /Det betyder ikke/);
  await portal.gateway.sandbox.clear();
  await section(page, 'ATP').locator('a', { hasText: 'Prøv igen' }).click(); // one link refreshes
  await visitor.whole();
  assert.equal(await section(page, 'ATP').getAttribute('data-state'), 'answered');
  await page.locator('.log-off').click();
  await page.locator('h1', { hasText: 'Du er logget ud' }).waitFor();
}, { javaScriptEnabled: false }));

test('a stream that breaks off says so, and no place goes on waiting', () => visit(async (visitor, page) => {
  await visitor.logIn('soeren');
  await page.goto(portal.url, { waitUntil: 'commit' });
  await section(page, 'Politiet').waitFor();
  await portal.gateway.daemon.end('SIGKILL');
  await visitor.whole();
  assert.match(await page.locator('#state').textContent(), /Vi mistede forbindelsen/);
  await visitor.judge('cut');
  assert.equal((await page.goto(portal.url)).status(), 502);
  await visitor.judge('fault');
  const { tls } = portal.gateway.ports;
  portal.gateway.change((main) => { main.listen.port = tls; });
  await portal.gateway.launch();
  await portal.gateway.ready();
  await waitUntil(async () => (await page.goto(portal.url)).status() === 200);
}));

test('a first visit loads little', () => visit(async (visitor, page) => {
  const session = await visitor.context.newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await visitor.logIn('jens');
  await visitor.whole();
  await page.waitForLoadState('networkidle');
  assert.ok(bytes > 20000 && bytes <= 250 * 1024, `${bytes} bytes`);
}));

test('the log of the portal names nobody', () => {
  const log = readFileSync(portal.gateway.log('portal'), 'utf8');
  assert.match(log, /event=started/);
  assert.doesNotMatch(log, /Lone|Jens|Else|\d{10}|eyJ/);
});
