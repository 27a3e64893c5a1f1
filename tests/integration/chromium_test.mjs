// SPDX-License-Identifier: MIT
//
// Chromium, as Debian has it, reads the gateway by both doors. It may ask nobody but this machine.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Gateway } from './gateway.mjs';

const LOAD_MS = 60000;
const folder = mkdtempSync(path.join(tmpdir(), 'chromium-'));
let gateway;
before(async () => (gateway = await Gateway.start({ name: 'chromium' })));
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  assert.equal(await gateway?.stop(), 0);
});

/** What a page holds when it has loaded. */
async function load(url) {
  const { stdout } = await promisify(execFile)('chromium', [
    '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--ignore-certificate-errors',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost', `--user-data-dir=${folder}`, '--dump-dom', url,
  ], { timeout: LOAD_MS, maxBuffer: 1 << 24 });
  return stdout;
}

for (const door of ['tls', 'plain'])
  test(`Chromium shows /v1/sources by the ${door} door`, async () => {
    const page = await load(`${door === 'tls' ? 'https' : 'http'}://localhost:${gateway.ports[door]}/v1/sources`);
    const [, text] = /<pre[^>]*>(.*)<\/pre>/s.exec(page) ?? assert.fail(page);
    const { sources } = JSON.parse(text.replaceAll('&amp;', '&'));
    assert.equal(sources.length, 10);
    assert.equal(sources[0].asked_for.en, 'cases and letters at the municipality');
  });
