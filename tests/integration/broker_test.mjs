// SPDX-License-Identifier: MIT
//
// The login broker, asked over TLS as a portal would: what its tokens say and who signed them, and
// what it refuses. Citizens are this test's own.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { Browser, logIn, openLogin, redeemCode, submitLogin } from './broker_login.mjs';

const NSIS = 'https://data.gov.dk/concept/core/nsis/';
const START_MS = 20000;
const root = path.join(import.meta.dirname, '../..');
const jens = {
  id: 'jens',
  name: 'Jens Testesen',
  cpr: '6101709995',
  uuid: '0f9960a0-d28d-4353-a3e2-000000000001',
  birth: '1970-01-01',
  level: 'Substantial',
  amr: ['code_app'],
  story_da: 'Alt er vel',
  story_en: 'All is well',
};
const hidden = {
  ...jens,
  id: 'hidden',
  name: 'X <b> & "Y"',
  cpr: '7502889996',
  uuid: '0f9960a0-d28d-4353-a3e2-000000000002',
  birth: '1988-02-15',
  level: 'Low',
  amr: ['password', 'code_reader'],
  address_protection: true,
};

const folder = mkdtempSync(path.join(tmpdir(), 'broker-'));
let broker;
let world; // issuer, ca
let control; // URL of the control port

/** Resolves to the ports a program wrote, by name; fails when it ends or takes too long. */
async function readPorts(file, child) {
  for (const limit = Date.now() + START_MS; !existsSync(file); ) {
    assert.ok(child.exitCode === null && Date.now() < limit, 'the broker starts');
    await pause(20);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

before(async () => {
  const certs = process.env.OVERBLIK_CERTS ?? path.join(folder, 'certs');
  spawnSync(path.join(root, 'certs/make-certs'), [certs]);
  const citizens = path.join(folder, 'citizens.json');
  const ports = path.join(folder, 'ports');
  writeFileSync(citizens, JSON.stringify([jens, hidden]));
  const log = openSync(path.join(process.env.OVERBLIK_LOGS ?? folder, 'broker.log'), 'a');
  const program = path.join(root, 'adapters/sandbox/broker/broker.mjs');
  broker = spawn(process.execPath, [program, '--certs', certs, '--citizens', citizens, '--ports-file', ports], {
    stdio: ['ignore', log, log],
  });
  const { broker: port, control: controlPort } = await readPorts(ports, broker);
  world = { issuer: `https://localhost:${port}`, ca: readFileSync(path.join(certs, 'ca.pem')) };
  control = `http://127.0.0.1:${controlPort}`;
});

after(() => {
  broker?.kill();
  rmSync(folder, { recursive: true });
});

const getJson = async (url) => JSON.parse((await new Browser(world).request(url)).text);
const publishedKeys = async () => createLocalJWKSet(await getJson('/jwks'));
const post = (url) =>
  new Promise((resolve, reject) => {
    http.request(url, { method: 'POST' }, (res) => res.resume().on('end', () => resolve(res.statusCode)))
      .on('error', reject)
      .end();
  });

for (const [client, alg] of [
  ['demo-portal', 'RS256'],
  ['demo-portal-ps256', 'PS256'],
  ['demo-portal-es256', 'ES256'],
  ['demo-portal-eddsa', 'EdDSA'],
]) {
  test(`${alg}: the userinfo token is the real broker's shape, signed by a published key`, async () => {
    const { userinfo_token: token, id_token: idToken } = await logIn({ ...world, citizen: 'jens', client });
    const keys = await publishedKeys();
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: world.issuer,
      audience: client,
      algorithms: [alg],
      typ: 'at+jwt',
    });
    const level = `${NSIS}Substantial`;
    const told = {
      'dk.cpr': jens.cpr,
      'mitid.uuid': jens.uuid,
      'mitid.date_of_birth': '1970-01-01',
      'mitid.has_cpr': 'true',
      'mitid.identity_name': 'Jens Testesen',
      idp: 'mitid',
      identity_type: 'private',
      loa: level,
      ial: level,
      aal: level,
      acr: level,
    };
    for (const [name, value] of Object.entries(told)) assert.equal(payload[name], value, name);
    assert.match(payload['mitid.age'], /^[0-9]+$/);
    assert.match(payload.auth_time, /^[0-9]{10}$/);
    assert.deepEqual(payload.amr, ['code_app']);
    assert.equal(payload.exp - payload.iat, 300);
    assert.equal(protectedHeader.kid, decodeProtectedHeader(idToken).kid);

    const id = (await jwtVerify(idToken, keys, { issuer: world.issuer, audience: client, algorithms: [alg] })).payload;
    assert.equal(id.sub, payload.sub);
    assert.equal(id.nonce, 'nonce');
    assert.equal(id.loa, level);
    assert.equal(JSON.stringify(id).includes(jens.cpr), false, 'the ID token holds no CPR number');
  });
}

test('a tampered token does not verify', async () => {
  const { userinfo_token: token } = await logIn({ ...world, citizen: 'jens' });
  const [head, body, signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url'));
  claims['dk.cpr'] = hidden.cpr;
  const forged = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  await assert.rejects(jwtVerify(forged, await publishedKeys()), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
});

test('levels and protected names are told; the CPR number only for its scope', async () => {
  const { userinfo_token: token } = await logIn({ ...world, citizen: 'hidden', scope: 'openid mitid userinfo_token' });
  const { payload } = await jwtVerify(token, await publishedKeys());
  assert.equal(payload.loa, `${NSIS}Low`);
  assert.equal(payload['mitid.identity_name'], 'NAVNE & ADRESSEBESKYTTET');
  assert.deepEqual(payload.amr, ['password', 'code_reader']);
  assert.equal('dk.cpr' in payload, false);
});

test('no userinfo token without its scope', async () => {
  const tokens = await logIn({ ...world, citizen: 'jens', scope: 'openid mitid ssn' });
  assert.equal(tokens.status, 200);
  assert.equal('userinfo_token' in tokens, false);
});

test('the login page lists the citizens, escaped, in two languages, without script', async () => {
  const danish = (await openLogin(new Browser(world), { client: 'demo-portal' })).page;
  assert.match(danish.text, /<html lang="da">/);
  assert.match(danish.text, /Jens Testesen/);
  assert.match(danish.text, /Alt er vel/);
  assert.match(danish.text, /X &#60;b&#62; &#38; &#34;Y&#34;/);
  assert.doesNotMatch(danish.text, /<script|[0-9]{10}/);
  assert.match(danish.headers['content-security-policy'], /default-src 'none'/);
  const english = (await openLogin(new Browser(world), { client: 'demo-portal', ui_locales: 'en-GB' })).page;
  assert.match(english.text, /<html lang="en">/);
  assert.match(english.text, /All is well/);
});

test('a code is worth nothing without its verifier, and only once', async () => {
  const browser = new Browser(world);
  const { path: page, verifier } = await openLogin(browser, { client: 'demo-portal' });
  const { code } = await submitLogin(browser, `${page}/login`, { citizen: 'jens' });
  const wrong = await redeemCode(browser, { client: 'demo-portal', code, verifier: 'x'.repeat(43) });
  assert.deepEqual([wrong.status, wrong.error], [400, 'invalid_grant']);

  const again = await openLogin(browser, { client: 'demo-portal', prompt: 'login' });
  const second = await submitLogin(browser, `${again.path}/login`, { citizen: 'jens' });
  const redeem = () => redeemCode(browser, { client: 'demo-portal', code: second.code, verifier: again.verifier });
  assert.equal((await redeem()).status, 200);
  assert.equal((await redeem()).error, 'invalid_grant');
  assert.equal(verifier === again.verifier, false);
});

test('an authorization request without PKCE or for a strange address is refused', async () => {
  const ask = (query) => new Browser(world).request(`/auth?${new URLSearchParams(query)}`);
  const good = { client_id: 'demo-portal', response_type: 'code', scope: 'openid', redirect_uri: 'http://127.0.0.1/callback' };
  const noPkce = new URL((await ask(good)).location);
  assert.equal(noPkce.searchParams.get('error'), 'invalid_request');
  const strange = await ask({ ...good, redirect_uri: 'https://example.org/callback' });
  assert.deepEqual([strange.status, strange.location], [400, undefined]);
  const onAnyPort = new URL((await ask({ ...good, redirect_uri: 'http://127.0.0.1:5000/callback' })).location);
  assert.equal(onAnyPort.port, '5000');
});

test('the citizen may abort', async () => {
  const browser = new Browser(world);
  const { path: page } = await openLogin(browser, { client: 'demo-portal' });
  const back = await submitLogin(browser, `${page}/abort`, {});
  assert.equal(back.error, 'access_denied');
  assert.equal(back.error_description, 'mitid_user_aborted');
  assert.equal(back.state, 'state');
});

test('an unknown citizen and a login that nobody asked for are refused', async () => {
  const browser = new Browser(world);
  const { path: page } = await openLogin(browser, { client: 'demo-portal' });
  assert.equal((await submitLogin(browser, `${page}/login`, { citizen: 'nobody' })).status, 400);
  const stranger = await new Browser(world).request(`${page}/login`, { form: { citizen: 'jens' } });
  assert.equal(stranger.location, undefined);
  assert.equal(stranger.status, 400);
});

test('rotation signs with a new key and keeps the old one published until it is retired', async () => {
  const oldLogin = await logIn({ ...world, citizen: 'jens' });
  const waiting = new Browser(world);
  const open = await openLogin(waiting, { client: 'demo-portal' });
  const oldKid = decodeProtectedHeader(oldLogin.userinfo_token).kid;

  assert.equal(await post(`${control}/rotate`), 200);
  const { code } = await submitLogin(waiting, `${open.path}/login`, { citizen: 'jens' });
  const fresh = await redeemCode(waiting, { client: 'demo-portal', code, verifier: open.verifier });
  assert.equal(fresh.status, 200, 'a login begun before the rotation ends well');
  assert.notEqual(decodeProtectedHeader(fresh.userinfo_token).kid, oldKid);
  const both = await publishedKeys();
  await jwtVerify(oldLogin.userinfo_token, both);
  await jwtVerify(fresh.userinfo_token, both);

  assert.equal(await post(`${control}/retire`), 200);
  const newest = await publishedKeys();
  await jwtVerify(fresh.userinfo_token, newest);
  await assert.rejects(jwtVerify(oldLogin.userinfo_token, newest), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
  assert.equal(await post(`${control}/elsewhere`), 404);
});

test('published keys hold no private part', async () => {
  const { keys } = await getJson('/jwks');
  assert.deepEqual(new Set(keys.map((key) => key.alg)), new Set(['RS256', 'PS256', 'ES256', 'EdDSA']));
  for (const key of keys) assert.equal('d' in key, false, key.kid);
});
