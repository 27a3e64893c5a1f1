// SPDX-License-Identifier: MIT
//
// docs/adapters.md, tried as it is written, in a clean folder: each file is written, each change made, each
// command run, and what the page says is told. Then the authority that it made up, whose JSON resembles
// none of ours, is asked by a running gateway and shown to a citizen.
//
// ```json NAME            the file
// ```json NAME change     its members in place of those of the file
// ```sh                   commands that end well; "fails N": with this status;
//                         "ends 0 or 1": with one of them, for a slow machine is remarked upon
// ```text told            lines whose beginnings the last command told, in this order

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { Gateway, root, waitUntil } from './gateway.mjs';

const build = process.env.OVERBLIK_BUILD ?? path.join(root, 'build/asan');
const certs = process.env.OVERBLIK_CERTS ?? path.join(root, 'build/certs');
const place = mkdtempSync(path.join(tmpdir(), 'adapters-'));
const file = (name) => path.join(place, name);
const readJson = (name) => JSON.parse(readFileSync(file(name), 'utf8'));
const env = { ...process.env, PATH: `${build}:${process.env.PATH}` };
const servers = [];
let last = '';

for (const name of ['conf', 'policies', 'certs']) cpSync(path.join(root, name), file(name), { recursive: true });
mkdirSync(file('build'));
symlinkSync(certs, file('build/certs'));
// The sandbox's citizens and data.
mkdirSync(file('adapters'));
symlinkSync(path.join(root, 'adapters/sandbox'), file('adapters/sandbox'));

after(async () => {
  for (const server of servers) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
  rmSync(place, { recursive: true });
});

const page = readFileSync(path.join(root, 'docs/adapters.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)(?: ([^\n]+))?\n(.*?)^```$/gms)]
  .map(([, kind, words = '', text]) => ({ kind, words, text }));

/** The port of a server that the page tells to look up. */
const fill = (text) => text.replaceAll('PORT', () => String(readJson('ports.json').fyrvaesenet));

function change(name, members) {
  writeFileSync(file(name), JSON.stringify({ ...readJson(name), ...members }, null, 2));
}

async function serve(line) {
  const [program, ...args] = line.replace(/ &$/, '').split(' ');
  const log = path.join(process.env.OVERBLIK_LOGS ?? place, 'adapters-sandbox.log');
  servers.push(spawn(program, [...args, '--log', log], { cwd: place, env, stdio: 'inherit' }));
  await waitUntil(() => existsSync(file('ports.json')) && readFileSync(file('ports.json'), 'utf8').trim());
}

/** Runs one line in a shell, as one who reads the page. */
async function type(line, words) {
  if (line.endsWith(' &')) return serve(line);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: place, env, encoding: 'utf8', timeout: 120000 });
  last = stdout + stderr;
  const expected = words ? words.match(/\d+/g).map(Number) : [0];
  assert.ok(expected.includes(status), `${line}: ${status}\n${last}`);
  return undefined;
}

function told(text) {
  let rest = last;
  for (const line of text.trimEnd().split('\n')) {
    const at = rest.indexOf(line);
    assert.ok(at >= 0, `"${line}" is not in, or not behind what came before it:\n${last}`);
    rest = rest.slice(at + line.length);
  }
}

test('the page, from its first line to its last', async () => {
  for (const { kind, words, text } of blocks)
    if (kind === 'sh') {
      for (const line of text.trimEnd().split('\n')) await type(line, words);
    } else if (kind === 'json' && words.endsWith(' change')) {
      change(words.replace(/ change$/, ''), JSON.parse(fill(text)));
    } else if (kind === 'json') {
      writeFileSync(file(words), text);
    } else if (kind === 'text') {
      told(text);
    } else {
      assert.equal(kind, 'c', `a block that nobody tries: ${kind} ${words}`); // tests/unit/adapter_example.c
    }
  assert.ok(existsSync(file('conf/sources/fyr.tilladelser.json')));
  assert.equal(blocks.filter(({ kind }) => kind === 'sh').length, 10);
});

test('the six steps are told by the page and by the command', () => {
  const help = spawnSync(path.join(build, 'overblik'), ['source', '--help'], { encoding: 'utf8' }).stdout;
  for (const word of ['new', 'preview', 'simulate', 'test']) {
    assert.match(help, new RegExp(`overblik source ${word} `));
    assert.match(page, new RegExp(`overblik source ${word}`));
  }
});

test('a citizen sees it in an overview', async () => {
  const manifest = ({ sandbox }) => {
    const source = readJson('conf/sources/fyr.tilladelser.json');
    delete source.$schema;
    source.endpoints.test.url = `https://127.0.0.1:${sandbox.ports.fyrvaesenet}`;
    for (const [name, value] of Object.entries(source.endpoints.test.tls))
      source.endpoints.test.tls[name] = path.join(certs, path.basename(value));
    return { ...source, timers: { connect_ms: 1000 }, breaker: { mode: 'off' }, retry: { mode: 'off' } };
  };
  const gateway = await Gateway.start({
    name: 'adapters',
    sandbox: { options: ['--file-set', file('fyr.sandbox.json')] },
    manifests: (one) => [manifest(one)],
  });
  try {
    const { status, json } = await gateway.overview('jens', { language: 'da' });
    assert.equal(status, 200);
    const source = json.sources.find(({ id }) => id === 'fyr.tilladelser');
    assert.equal(source.state, 'answered', JSON.stringify(source));
    assert.equal(source.name, 'Fyrvæsenet');
    const [item] = json.items.filter(({ source: id }) => id === 'fyr.tilladelser');
    assert.equal(item.title, 'Anløb af Hirsholm');
    assert.equal(item.status.text, 'Vi behandler din sag');
  } finally {
    assert.equal(await gateway.stop(), 0);
  }
});
