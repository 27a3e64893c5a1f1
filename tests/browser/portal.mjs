// SPDX-License-Identifier: MIT
//
// The reference portal on free ports before a whole product, and Chromium, as Debian has it, in front.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { build, Gateway, Program, root, writeJson } from '../integration/gateway.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = path.join(build, 'pictures');
export const LOAD_MS = 20000;

/** The portal in front of a gateway that has a broker. */
export class Portal {
  static async start({ name = 'portal', sessions = {}, ...options } = {}) {
    const portal = new Portal();
    portal.name = name;
    portal.gateway = await Gateway.start({ name: `${name}-gateway`, broker: true, ...options });
    try {
      await portal.launch(sessions);
    } catch (error) {
      await portal.stop();
      throw error;
    }
    return portal;
  }

  async launch(sessions) {
    const { gateway } = this;
    const made = spawnSync(path.join(root, 'conf/demo/make-portal-conf'), [gateway.file('portal.json'), gateway.certs,
      gateway.brokerUrl, `https://localhost:${gateway.ports.tls}`, path.join(build, 'assets')]);
    if (made.status !== 0) throw new Error(`make-portal-conf: ${made.stderr}`);
    const conf = JSON.parse(readFileSync(gateway.file('portal.json'), 'utf8'));
    Object.assign(conf.sessions, sessions);
    writeJson(gateway.file('portal.json'), conf);
    rmSync(gateway.file('portal-ports.json'), { force: true });
    this.program = new Program([path.join(build, 'overblik-portal'), '-c', gateway.file('portal.json'),
      '--ports-file', gateway.file('portal-ports.json')], gateway.log(this.name));
    const { portal: port } = await this.program.ports(gateway.file('portal-ports.json'));
    this.url = `https://localhost:${port}`;
  }

  /** Ends all of it; the portal's exit status. */
  async stop() {
    const status = await this.program?.end();
    await this.gateway.stop();
    return status;
  }
}

/** One Chromium for a test file; it may ask nobody but this machine. */
export const launchBrowser = () => chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'],
});

/** A visitor: a browser context of their own. What the page complains about is kept in `complaints`. */
export class Visitor {
  static async open(browser, portal, options = {}) {
    const visitor = new Visitor();
    visitor.portal = portal;
    visitor.context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'da-DK',
      viewport: { width: 1280, height: 900 }, ...options });
    visitor.page = await visitor.context.newPage();
    visitor.page.setDefaultTimeout(LOAD_MS);
    visitor.complaints = [];
    visitor.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !/Failed to load resource/.test(message.text()))
        visitor.complaints.push(message.text());
    });
    visitor.page.on('pageerror', (error) => visitor.complaints.push(error.message));
    return visitor;
  }

  /** Logs in as a citizen of the sandbox; resolves when the overview has begun. */
  async logIn(citizen, { municipalities = ['0710'] } = {}) {
    const { page, portal } = this;
    await page.goto(portal.url);
    await page.locator('main a[href="/login"]').click();
    await page.locator(`button[value="${citizen}"]`).click();
    await page.waitForURL(`${portal.url}/`);
    if (municipalities.length) await this.chooseMunicipalities(municipalities);
  }
  async chooseMunicipalities(codes) {
    await this.page.goto(`${this.portal.url}/municipality`);
    for (const code of codes) await this.page.locator(`input[value="${code}"]`).press('Space'); // its picture is the label's
    await this.page.locator('main form button').click();
    await this.page.waitForURL(`${this.portal.url}/`);
  }

  /** All of the overview has come. */
  whole() {
    return this.page.locator('#end').waitFor({ state: 'attached' });
  }

  /** A picture for people, and what axe-core finds: nothing. */
  async judge(name) {
    assert.deepEqual(this.complaints, [], name);
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() => globalThis.axe.run(document,
      { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ').slice(0, 600)}`),
      [], name);
    this.complaints.length = 0; // those of the camera, which puts a style into the page
  }
}
