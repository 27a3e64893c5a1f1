// SPDX-License-Identifier: MIT
//
// The programs as they are shipped, typed as people type them: help, versions, wrong usage, the check of a
// configuration, tokens and overviews on the command line. And what a hostile source may cost in memory,
// which only a build without a sanitizer can say.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, Gateway, root, waitUntil } from './gateway.mjs';

const MEMORY_KB = 16 * 1024;
const ENDED_MS = 60000;
const [OK, USAGE, NO_INPUT, UNAVAILABLE, TRY_AGAIN, NO_PERMISSION, CONFIG] = [0, 64, 66, 69, 75, 77, 78]; // sysexits.h

let gateway;
before(async () => (gateway = await Gateway.start({ name: 'smoke' })));
after(async () => assert.equal(await gateway?.stop(), 0));

/** Runs a program to its end. */
const run = (program, ...args) => new Promise((resolve) => {
  execFile(path.join(build, program), args, { timeout: ENDED_MS, maxBuffer: 1 << 26, cwd: root },
    (error, out, err) => resolve({ status: error ? (error.code ?? error.signal) : OK, out, err }));
});
const overblik = (command, ...args) => run('overblik', command, '--demo', gateway.place, '--certs', gateway.certs, ...args);

test('every program tells its usage', async () => {
  for (const [program, ...args] of [['overblikd'], ['overblik'], ['overblik-sandbox'], ['overblik', 'overview'],
    ['overblik', 'mandates'], ['overblik', 'token'], ['overblik', 'check']]) {
    const { status, out, err } = await run(program, ...args, '--help');
    assert.equal(status, OK, program);
    assert.match(out, /usage:/, program);
    assert.ok(out.split('\n').every((line) => line.length <= 100), `${program}: no line is too long`);
    assert.equal(err, '');
  }
});

test('every version is told, the libraries\' too', async () => {
  for (const program of ['overblikd', 'overblik']) {
    const { status, out } = await run(program, '--version');
    assert.equal(status, OK);
    assert.match(out, new RegExp(`^${program} \\d+\\.\\d+\\.\\d+`));
    for (const library of ['libevent', 'libcurl', 'OpenSSL', 'jansson', 'expat', 'libpq']) assert.match(out, new RegExp(`^${library} `, 'm'));
  }
});

test('wrong usage is told as such', async () => {
  for (const [program, ...args] of [
    ['overblikd', '--no-such-option'],
    ['overblikd', 'argument'],
    ['overblikd', '-c'],
    ['overblik'],
    ['overblik', 'no-such-command'],
    ['overblik', 'overview'],
    ['overblik', 'overview', '--no-such-option'],
    ['overblik', 'token'],
    ['overblik', 'token', '--citizen', 'jens', '--life', 'long'],
    ['overblik-sandbox'],
    ['overblik-sandbox', '--no-such-option'],
  ]) {
    const { status, out, err } = await run(program, ...args);
    assert.equal(status, USAGE, [program, ...args].join(' '));
    assert.equal(out, '');
    assert.ok(err.length > 10);
  }
});

test('every setting is described', async () => {
  const { status, out } = await run('overblikd', '--help-settings');
  assert.equal(status, OK);
  for (const name of ['time.soft_ms', 'limits.items_max', 'door.head_ms', 'record.checkpoint_key', 'keys.jwks_refresh_s'])
    assert.ok(out.includes(`${name}  (`), name);
});

test('overblikd -t: a good configuration', async () => {
  const { status, out, err } = await run('overblikd', '-t', '-c', gateway.conf);
  assert.equal(status, OK, err);
  assert.match(out, /overblikd\.json: ok: 10 sources, revision [0-9a-f]{16}\n/);
});

test('overblikd -t: every fault at once, each with its place', async () => {
  const source = (id) => gateway.file(`conf/sources/${id}.json`);
  const files = [gateway.conf, source('atp.pension'), source('udk.sager')];
  const good = files.map((file) => readFileSync(file, 'utf8'));
  const change = (file, from, to) => {
    const text = readFileSync(file, 'utf8');
    assert.match(text, from);
    writeFileSync(file, text.replace(from, to));
  };
  try {
    change(gateway.conf, /"soft_ms" ?: ?\d+/, '"soft_ms": "two"');
    change(gateway.conf, /"heartbeat_ms"/, '"heartbeet_ms"');
    change(source('atp.pension'), /"dialect" ?: ?"borgervendt"/, '"dialect": "nobody"');
    change(source('udk.sager'), /"position" ?: ?\d+/, '"position": -1');
    const { status, out, err } = await run('overblikd', '-t', '-c', gateway.conf);
    assert.equal(status, CONFIG);
    assert.equal(out, '');
    const faults = err.trimEnd().split('\n');
    assert.match(faults.pop(), /^overblikd: 4 faults in the configuration$/);
    assert.equal(faults.length, 4);
    for (const fault of faults) assert.match(fault, /^\/\S+\.json:\d+:\d+: /);
    for (const what of ['soft_ms', 'heartbeet_ms', 'dialect', 'position'])
      assert.ok(faults.some((fault) => fault.includes(what)), what);
  } finally {
    files.forEach((file, i) => writeFileSync(file, good[i]));
  }
});

test('overblik check: what cannot be read hides no other fault', async () => {
  const source = gateway.file('conf/sources/atp.pension.json');
  const good = [gateway.conf, source].map((file) => readFileSync(file, 'utf8'));
  const policies = gateway.file('policies');
  cpSync(path.join(root, 'policies'), policies, { recursive: true });
  try {
    gateway.change((main) => (main.folders.policies = policies));
    rmSync(path.join(policies, 'exposure.json'));
    writeFileSync(path.join(policies, 'agreements.json'),
      '{"agreements": [{"portal": "p", "sources": ["atp.pensoin"], "contract": "c"}]}');
    writeFileSync(source, good[1].replace(/("dialect" ?: ?)"borgervendt"/, '$1"borgervent"').replace(/"substantial"/, '"substantiel"'));
    const wanted = [
      [/exposure\.json$/, null, /^cannot be opened: /],
      [/atp\.pension\.json$/, 'number', /^\/level: expected low, substantial or high; did you mean "substantial"\?$/],
      [/atp\.pension\.json$/, 'number', /^\/dialect: there is no dialect "borgervent"; did you mean "borgervendt"\?$/],
      [/agreements\.json$/, 'number', /there is no source "atp\.pensoin"; did you mean "atp\.pension"\?$/],
    ];
    for (const command of [['overblik', 'check'], ['overblikd', '-t']]) {
      const { status, out } = await run(...command, '--json', '-c', gateway.conf);
      assert.equal(status, CONFIG);
      const { ok, revision, faults } = JSON.parse(out);
      assert.deepEqual([ok, revision, faults.length], [false, null, wanted.length], out);
      for (const [file, kind, message] of wanted)
        assert.ok(faults.some((fault) => file.test(fault.file) && message.test(fault.message) &&
          (kind ? typeof fault.line === kind && typeof fault.column === kind : fault.line === null)), `${message}: ${out}`);
    }
    writeFileSync(source, good[1]);
    const told = await run('overblik', 'check', '-c', gateway.conf);
    assert.equal(told.status, CONFIG);
    assert.match(told.err, /there is no source "atp\.pensoin"; did you mean "atp\.pension"\?\n/);
    assert.match(told.err, /overblik check: 2 faults in the configuration\n$/);
    cpSync(path.join(root, 'policies'), policies, { recursive: true });
    const { status, out } = await run('overblik', 'check', '--json', '-c', gateway.conf);
    assert.equal(status, OK, out);
    const { ok, revision, summary, faults } = JSON.parse(out);
    assert.deepEqual([ok, faults, summary.sources, summary.municipalities], [true, [], 10, 98]);
    assert.match(revision, /^[0-9a-f]{16}$/);
    const line = await run('overblikd', '-t', '-c', gateway.conf);
    assert.ok(line.out.includes(`revision ${revision}\n`), 'both say the same revision');
  } finally {
    writeFileSync(gateway.conf, good[0]);
    writeFileSync(source, good[1]);
  }
});

test('overblikd: no configuration, no keys, no port', async () => {
  assert.equal((await run('overblikd', '-c', '/nonexistent/overblikd.json')).status, CONFIG);
  const good = readFileSync(gateway.conf, 'utf8');
  try {
    gateway.change((main) => (main.keys.handle = '/nonexistent/handle.key'));
    const { status, err } = await run('overblikd', '-t', '-c', gateway.conf);
    assert.equal(status, CONFIG);
    assert.match(err, /handle\.key/);
    gateway.change((main) => (main.keys.handle = `${gateway.certs}/handle.key`));
    gateway.change((main) => (main.listen.address = '192.0.2.1'));
    assert.equal((await run('overblikd', '-c', gateway.conf)).status, UNAVAILABLE);
  } finally {
    writeFileSync(gateway.conf, good);
  }
});

// --- the command line --------------------------------------------------------------------------------

test('overblik token: a login of the sandbox', async () => {
  const ask = async (...args) => {
    const { status, out, err } = await overblik('token', '--citizen', 'jens', ...args);
    assert.equal(status, OK, err);
    return (await gateway.overview('jens', { token: out.trim(), query: '?source=atp.pension' })).status;
  };
  assert.equal(await ask(), 200);
  assert.equal(await ask('--alg', 'ES256'), 200);
  assert.equal(await ask('--life', '-60'), 401);
  assert.equal(await ask('--audience', 'stranger'), 401);
  const nobody = await overblik('token', '--citizen', 'nobody');
  assert.equal(nobody.status, NO_INPUT);
  assert.match(nobody.err, /jens/, 'who there is');
});

test('overblik overview: for people', async () => {
  const { status, out, err } = await overblik('overview', '--citizen', 'jens');
  assert.equal(status, OK, err);
  for (const text of ['Jens Testesen', 'Sygedagpenge', 'Livslang Pension', 'Opfølgning på dine sygedagpenge', 'NemKonto',
    'Favrskov Kommune', 'Kvittering'])
    assert.ok(out.includes(text), text);
  assert.ok(!out.includes('\x1b'), 'no colours but on a terminal');
  const english = await overblik('overview', '--citizen', 'jens', '--language', 'en', '--stream');
  assert.equal(english.status, OK, english.err);
  for (const text of ['Overview for Jens Testesen', 'Receipt', 'Sygedagpenge']) assert.ok(english.out.includes(text), text);
  const down = await overblik('overview', '--citizen', 'clara');
  assert.equal(down.status, OK);
  assert.match(down.out, /Vi kunne ikke hente dine oplysninger fra ATP/);
});

test('overblik overview --json: for programs', async () => {
  const document = await overblik('overview', '--citizen', 'mads', '--json');
  assert.equal(document.status, OK);
  assert.equal(JSON.parse(document.out).summary.asked, 12);
  const stream = await overblik('overview', '--citizen', 'mads', '--json', '--stream', '--municipality', '0101');
  const records = stream.out.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(records[0].record, 'plan');
  assert.equal(records.at(-1).summary.asked, 10);
});

test('overblik mandates, and overblik overview --act-for: a daughter sees her mother\'s', async () => {
  const { status, out, err } = await overblik('mandates', '--citizen', 'karen');
  assert.equal(status, OK, err);
  assert.match(out, /may act for\n(.*\n)*  Else Hansen: power_of_attorney, in_force, until \d{4}-/);
  assert.match(out, /  Peter Byggesag: power_of_attorney, expired.*\n      [^-]/, 'without a handle');
  assert.match(out, /may be acted for by\n  Lone Travl/);
  assert.match((await overblik('mandates', '--citizen', 'jens')).out, /may act for\n  nobody\nmay be acted for by\n  nobody\n/);
  const listed = JSON.parse((await overblik('mandates', '--citizen', 'karen', '--json')).out);
  const { mandate } = listed.may_act_for.find(({ name }) => name === 'Else Hansen');
  assert.ok(out.includes(`--act-for ${mandate}`));

  const shown = await overblik('overview', '--citizen', 'karen', '--act-for', mandate, '--municipality', '0710');
  assert.equal(shown.status, OK, shown.err);
  for (const text of ['Overblik for Else Hansen', 'Folkepension', 'den, du handler for']) assert.ok(shown.out.includes(text), text);
  const json = await overblik('overview', '--citizen', 'karen', '--act-for', mandate, '--json');
  assert.match(JSON.parse(json.out).subject.on_behalf_of.mandate, /^[0-9a-f]{32}$/);
  assert.ok(JSON.parse(json.out).sources.every(({ authority }) => !authority.code), 'no municipality of hers is asked about her mother');
  const stolen = await overblik('overview', '--citizen', 'jens', '--act-for', mandate);
  assert.equal(stolen.status, NO_PERMISSION);
  assert.match(stolen.err, /Fuldmagten kan ikke bruges/);
  assert.equal((await overblik('mandates')).status, USAGE);
  assert.equal((await overblik('mandates', '--citizen', 'karen', '--audience', 'stranger')).status, NO_PERMISSION);
});

test('overblik overview: what goes wrong has its status', async () => {
  const ask = async (...args) => (await overblik('overview', ...args)).status;
  assert.equal(await ask('--citizen', 'nobody'), NO_INPUT);
  assert.equal(await ask('--citizen', 'jens', '--demo', '/nonexistent'), NO_INPUT);
  assert.equal(await ask('--citizen', 'jens', '--gateway', 'https://localhost:1'), UNAVAILABLE);
  assert.equal(await ask('--citizen', 'aqqaluk'), NO_PERMISSION);
  assert.equal(await ask('--citizen', 'jens', '--audience', 'stranger'), NO_PERMISSION);
  await gateway.sandbox.fault({ fault: 'error-html' });
  assert.equal(await ask('--citizen', 'jens', '--json'), TRY_AGAIN);
  await gateway.sandbox.clear();
});

test('./run demo --check: one overview, and an exit status that judges it', async (t) => {
  if (path.resolve(build) !== path.join(root, 'build/release')) return t.skip('it would build build/release');
  const demo = async (citizen) => {
    const ended = await run('../../run', 'demo', '--check', citizen);
    appendFileSync(gateway.log('demo'), ended.err); // it logs there
    return ended;
  };
  const [jens, clara, nobody] = [await demo('jens'), await demo('clara'), await demo('nobody')];
  assert.equal(jens.status, OK, jens.err);
  assert.equal(JSON.parse(jens.out).summary.complete, true);
  assert.equal(clara.status, 1);
  assert.equal(JSON.parse(clara.out).summary.answered, 9);
  assert.match(clara.err, /atp\.pension: failed/);
  assert.equal(nobody.status, 1);
  assert.equal(nobody.out, '');
  return undefined;
});

// --- memory ------------------------------------------------------------------------------------------

test('hostile sources cost at most 16 MB, and good ones nothing over time', async (t) => {
  if (/lib[at]san/.test(readFileSync(`/proc/${gateway.daemon.process.pid}/maps`, 'utf8')))
    return t.skip('a sanitizer keeps memory back');
  const ask = async (times) => {
    for (let i = 0; i < times; i++) assert.equal((await gateway.overview('jens')).status, 200);
  };
  await ask(40); // connections, arenas and caches are warm
  const before = gateway.memory();
  for (const fault of ['huge', 'many', 'deep', 'endless', 'looping-pages', 'garbage', 'drip']) {
    await gateway.sandbox.fault({ authority: 'atp', fault });
    await ask(4);
    await gateway.sandbox.clear();
    const grown = gateway.memory() - before;
    assert.ok(grown < MEMORY_KB, `${fault}: ${grown} kB more`);
  }
  await waitUntil(async () => (await gateway.overview('jens')).json.summary.complete);
  const middle = gateway.memory();
  await ask(300);
  const grown = gateway.memory() - middle;
  assert.ok(grown < MEMORY_KB / 4, `300 good overviews: ${grown} kB more`);
});
