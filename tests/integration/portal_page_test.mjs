// SPDX-License-Identifier: MIT
//
// The page that tells a portal's developer the first call. What stands on it as a command is run as it
// stands, by a shell, and answers.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, Gateway } from './gateway.mjs';

const NOBODY = 66; // EX_NOINPUT
const USAGE = 64;

let gateway;
before(async () => {
  gateway = await Gateway.start({
    name: 'gateway-portal-page',
    settings: { listen: { address: '127.0.0.1' } },
    policies: {
      'agreements.json': (content) => {
        content.portals.push({ id: 'strict', name: { da: 'Den <strenge>', en: 'The <strict>' }, clients: ['strict-web'],
          certificates: ['ab'.repeat(32)] });
        content.agreements.push({ portal: 'strict', sources: ['atp.pension'], from: '2026-01-01', contract: '2026-9' });
      },
    },
  });
});
after(() => gateway?.stop());

/** Runs a program to its end without stopping this one, which answers nothing but must not hang. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, out, err }));
  });
}
const page = (id, ...options) => run(path.join(build, 'overblik'), ['portal', 'page', id, '-c', gateway.conf, ...options]);

/** The commands on a page of text: from "curl" to the line that ends without a backslash. */
const commandsOf = (text) => text.match(/^curl (?:.*\\\n)*.*$/gm);

for (const language of ['da', 'en'])
  test(`the commands on the page answer as they stand: ${language}`, async () => {
    const { status, out, err } = await page('demo-portal', '--language', language);
    assert.equal(status, 0, err);
    const commands = commandsOf(out);
    assert.equal(commands.length, 2, out);
    const env = { TOKEN: gateway.token('jens'), CURL_CA_BUNDLE: path.join(gateway.certs, 'ca.pem'), no_proxy: '*' };
    const whole = await run('sh', ['-c', commands[0]], env);
    assert.equal(whole.status, 0, whole.err + whole.out);
    const overview = JSON.parse(whole.out);
    assert.ok(overview.items.length > 0, 'there is something');
    for (const member of ['items', 'sources', 'attention', 'summary', 'receipt', 'declaration'])
      assert.ok(member in overview && new RegExp(`^${member} `, 'm').test(out), `the page tells of ${member}`);
    for (const { state } of overview.sources) assert.match(out, new RegExp(`^${state} `, 'm'), 'and of each state');
    const stream = await run('sh', ['-c', commands[1]], env);
    assert.equal(stream.status, 0, stream.err);
    assert.equal(stream.out.trimEnd().split('\n').map((line) => JSON.parse(line).type ?? Object.keys(JSON.parse(line))[0]).length >= 3, true);
    const refused = await run('sh', ['-c', commands[0]], { ...env, TOKEN: 'none' });
    assert.notEqual(refused.status, 0);
    assert.match(out, new RegExp(`^${JSON.parse(refused.out).type.split('/').pop()} `, 'm'), 'and of each error');
  });

test('it tells who the portal is, whom it may log in as, and what was agreed', async () => {
  const { out } = await page('demo-portal');
  assert.match(out, /^Overblik: Demoportalen\n/);
  for (const what of ['demo-portal-ps256', gateway.issuer, 'atp.pension/jens', 'Jens Testesen', 'sandbox: synthetic data',
    'i miljøet: test', `https://127.0.0.1:${gateway.ports.tls}/v1/overview`])
    assert.ok(out.includes(what), `${what}\n${out}`);
  assert.doesNotMatch(out, /[0-9]{10}/, 'no personal number, not even a made-up one');
  const strict = await page('strict', '--language', 'en');
  assert.match(strict.out, /--cert portal\.pem --key portal\.key/);
  assert.match(strict.out, /^2026-9 +atp\.pension \(1 January 2026 - \)$/m);
});

test('for a browser it is HTML, and what is configured is text in it', async () => {
  const { out } = await page('strict', '--html');
  assert.match(out, /^<!doctype html>\n<html lang="da">/);
  assert.match(out, /<h1>Overblik: Den &lt;strenge&gt;<\/h1>/);
  assert.doesNotMatch(out, /<strenge>/);
});

test('the operators\' door serves it in both languages', async () => {
  const { status, text } = await gateway.admin('GET', '/portals/demo-portal/page');
  assert.equal(status, 200);
  const { portal, da, en } = JSON.parse(text);
  assert.equal(portal, 'demo-portal');
  for (const one of [da, en]) assert.ok(one.text.includes('curl') && one.html.startsWith('<!doctype html>'));
  assert.notEqual(da.text, en.text);
  assert.equal((await gateway.admin('GET', '/portals/nobody/page')).status, 404);
  assert.equal((await gateway.admin('POST', '/portals/demo-portal/page')).status, 405);
});

test('what portals call the door can be said', async () => {
  gateway.change((main) => void (main.listen.url = 'https://overblik.example'));
  assert.equal((await gateway.admin('POST', '/reload', {})).status, 200);
  assert.match((await page('demo-portal')).out, /"https:\/\/overblik\.example\/v1\/overview\?municipality=0710"/);
});

test('the command says what it does not know', async () => {
  const nobody = await page('nobody');
  assert.equal(nobody.status, NOBODY);
  assert.match(nobody.err, /no portal of this id/);
  assert.equal((await page('a/b')).status, USAGE);
  assert.equal((await page('demo-portal', '--language', 'de')).status, USAGE);
  assert.equal((await run(path.join(build, 'overblik'), ['portal'])).status, USAGE);
  const help = await run(path.join(build, 'overblik'), ['portal', '--help']);
  assert.match(help.out, /usage: overblik portal page ID/);
});
