// SPDX-License-Identifier: MIT
//
// docs/self-service.md: its commands, run as they are written, each by whom its chapter is for; its two
// documents, but for the address of the sandbox. And the commands' answers to what is wrong.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, root, waitUntil } from './gateway.mjs';
import { ask, startGateway } from './owners.mjs';

const text = readFileSync(path.join(root, 'docs/self-service.md'), 'utf8');
const chapter = (name) => text.split(/^## /m).find((part) => part.startsWith(name));
const blocks = (part, language) => [...part.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, body]) => body);
const MUNICIPALITY = chapter('A municipality');
const AUTHORITY = chapter('An authority');
const OPERATOR = chapter('An operator');

let gateway;
before(async () => {
  gateway = await startGateway({
    name: 'self_service_docs',
    configure: (main) => (main.registration = { poll_s: 1, ca: main.tls.certificate.replace('gateway.pem', 'ca.pem'),
      certificate: main.tls.certificate.replace('gateway.pem', 'gateway-client.pem'),
      key: main.tls.certificate.replace('gateway.pem', 'gateway-client.key'), addresses_allowed: '127.0.0.0/8' }),
  });
  writeFileSync(gateway.file('rules.json'), blocks(MUNICIPALITY, 'json')[0]);
  const [environment, { url }] = Object.entries(JSON.parse(readFileSync(gateway.file('conf/sources/star.ydelser.json'), 'utf8')).endpoints)[0];
  writeFileSync(gateway.file('star.selv.json'), JSON.stringify({ ...JSON.parse(blocks(AUTHORITY, 'json')[0]), endpoints: { [environment]: { url } } }));
});
after(async () => assert.equal(await gateway?.stop(), 0));

const doorOf = (who) => `--url https://localhost:${gateway.ports.admin} --certificate ${gateway.certs}/${who}.pem --key ${gateway.certs}/${who}.key --ca ${gateway.certs}/ca.pem`;

/** Runs lines of a shell as somebody: {status, out, err}. */
function shell(who, script, env = {}) {
  const ran = spawnSync('/bin/sh', ['-e', '-c', script], { encoding: 'utf8', cwd: gateway.place,
    env: { ...process.env, PATH: `${build}:${process.env.PATH}`, DOOR: doorOf(who), ...env } });
  return { status: ran.status, out: ran.stdout, err: ran.stderr };
}
const run = (who, script, env) => {
  const ran = shell(who, script, env);
  assert.equal(ran.status, 0, `${script}\n${ran.out}${ran.err}`);
  return ran.out;
};
const stateOf = async () => (await ask(gateway, 'star-owner', 'GET', '/registrations/star.selv')).json.versions.at(-1);

test('a municipality\'s way', () => {
  const [show, submit, undo] = blocks(MUNICIPALITY, 'sh');
  assert.match(run('favrskov', show), /^Favrskov Kommune \(0710\), rules of the default\n/);
  const submitted = run('favrskov', submit);
  assert.match(submitted, /^0710 version 1: draft$/m);
  assert.match(submitted, /jens kommuner\.sager\/0710 .*: shown by demo -> withheld \(kle-not-open\)$/m);
  assert.match(submitted, /^0710 version 1: active$/m);
  const undone = run('favrskov', undo);
  assert.match(undone, /^0710 version 1: retired$/m);
  assert.match(undone, /version 1 {2}draft {6}favrskov: social matters from 2024$/m);
  assert.match(run('favrskov', show), /rules of the municipality, version 1/);
});

test('an authority\'s way, and an operator\'s', async () => {
  const [submit, report, live] = blocks(AUTHORITY, 'sh');
  assert.match(run('star-owner', submit), /^star\.selv version 1: checked$/m);
  await waitUntil(async () => (await stateOf()).state !== 'checked');
  const { state, report: hash } = await stateOf();
  assert.equal(state, 'observe');
  assert.equal(JSON.parse(run('star-owner', report)).result.verdict !== 'not_approved', true);
  const approved = run('operator', blocks(OPERATOR, 'sh')[0], { HASH: hash });
  assert.ok(approved.includes(`report ${hash}`), approved);
  assert.match(approved, /^star\.selv version 1: approved$/m);
  const { json } = await gateway.overview('jens', { query: '?municipality=0710' });
  assert.equal(json.sources.find(({ id }) => id === 'star.selv').state, 'answered');
  const lived = run('star-owner', live);
  assert.match(lived, /^ {2}answered +1$/m);
  assert.match(lived, /^ {2}error budget/m);
  assert.match(lived, /^star\.selv .*: maintenance$/m);
  assert.match(lived, /^star\.selv version 1: withdrawn$/m);
});

test('what is wrong is told, with where and what to do', () => {
  writeFileSync(gateway.file('wrong.json'), '{"rules": [\n  {"kle": "x"}\n]}');
  const rows = [
    ['favrskov', 'overblik rules submit 0710 wrong.json --reason x $DOOR', 1, /^wrong\.json:2:11: \/rules\/0\/kle: expected a subject number/m],
    ['favrskov', 'overblik rules submit 0710 nofile.json --reason x $DOOR', 66, /nofile\.json: No such file/],
    ['favrskov', 'overblik rules submit 0710 wrong.json $DOOR', 64, /a reason is needed/],
    ['favrskov', 'overblik rules submit 0101 wrong.json --reason x $DOOR', 66, /no municipality of this code that is yours/],
    ['favrskov', 'overblik rules activate 0710 99 --reason x $DOOR', 66, /there is no version 99/],
    ['favrskov', 'overblik rules activate 0710 x --reason x $DOOR', 64, /a version is a number/],
    ['favrskov', 'overblik rules show ../status $DOOR', 64, /a name has letters/],
    ['favrskov', 'overblik rules dance 0710 $DOOR', 64, /expected one of its verbs/],
    ['favrskov', 'overblik rules show 0710 --url https://localhost:1', 69, /localhost:1: /],
    ['favrskov', 'overblik rules submit 0710 rules.json --reason "a\nb" $DOOR', 64, /one line/],
    ['star-owner', 'overblik registration approve star.selv 1 --report x --from 2026-01-01 --reason x $DOOR', 77, /role operator/],
    ['operator', 'overblik registration approve star.selv 1 --report x --from 2026-01-01 --reason x $DOOR', 64, /64 hexadecimal digits/],
    ['star-owner', 'overblik registration show atp.pension $DOOR', 66, /no registration of this id that is yours/],
  ];
  for (const [who, line, status, complaint] of rows) {
    const ran = shell(who, line);
    assert.equal(ran.status, status, `${line}\n${ran.out}${ran.err}`);
    assert.match(ran.err, complaint, line);
  }
  assert.match(run('favrskov', 'overblik rules --help; overblik registration --help'), /usage: overblik rules VERB/);
});
