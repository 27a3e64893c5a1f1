// SPDX-License-Identifier: MIT
//
// Debian's Chromium, driven by its own DevTools protocol: opens a page, runs what a person would do there, and
// notes what the console and the page's policy complain of. It may ask nobody but this machine.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program, waitUntil } from './gateway.mjs';

const OPTIONS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--remote-debugging-port=0',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'];

export class Chromium {
  #next = 0;
  #waiting = new Map();
  /** What went wrong on the page: errors of scripts and of the console, and what a policy stopped. */
  complaints = [];

  static async start(log) {
    const browser = new Chromium();
    browser.folder = mkdtempSync(path.join(tmpdir(), 'chromium-'));
    browser.program = new Program(['chromium', ...OPTIONS, `--user-data-dir=${browser.folder}`, 'about:blank'], log);
    const portFile = path.join(browser.folder, 'DevToolsActivePort');
    await waitUntil(() => existsSync(portFile) && readFileSync(portFile, 'utf8').includes('\n'));
    const [port] = readFileSync(portFile, 'utf8').split('\n');
    let page;
    await waitUntil(async () =>
      (page = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()).find(({ type }) => type === 'page')));
    browser.socket = new WebSocket(page.webSocketDebuggerUrl);
    browser.socket.onmessage = ({ data }) => browser.#take(JSON.parse(data));
    await new Promise((resolve, reject) => Object.assign(browser.socket, { onopen: resolve, onerror: reject }));
    for (const domain of ['Page', 'Runtime', 'Log']) await browser.send(`${domain}.enable`);
    return browser;
  }

  #take({ id, method, params, result, error }) {
    if (id) {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      return error ? reject(new Error(error.message)) : resolve(result);
    }
    if (method === 'Runtime.exceptionThrown') this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Log.entryAdded' && params.entry.level === 'error') this.complaints.push(params.entry.text);
    if (method === 'Runtime.consoleAPICalled' && params.type === 'error') this.complaints.push(params.args.map(({ value }) => value).join(' '));
    return undefined;
  }
  send(method, params = {}) {
    return new Promise((resolve, reject) => {
      this.#waiting.set(++this.#next, { resolve, reject });
      this.socket.send(JSON.stringify({ id: this.#next, method, params }));
    });
  }

  open(url) {
    this.complaints = [];
    return this.send('Page.navigate', { url });
  }
  /** The value of an expression on the page, where promises are awaited. */
  async run(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
  /** Waits until an expression is true on the page. */
  until(expression) {
    return waitUntil(() => this.run(expression).catch(() => false)); // while a page loads there is none
  }

  async stop() {
    this.socket?.close();
    await this.program.end();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
