// SPDX-License-Identifier: MIT
//
// A citizen logs in at the broker, a real OpenID provider, with PKCE; the portal gets the userinfo token
// and shows the overview. By each of the four algorithms.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logIn } from './broker_login.mjs';
import { citizens, Gateway, waitUntil } from './gateway.mjs';

let gateway;
before(async () => (gateway = await Gateway.start({
  name: 'login',
  broker: true,
  settings: { keys: { jwks_retry_s: 1, jwks_refresh_s: 2 } },
})));
after(async () => assert.equal(await gateway?.stop(), 0));

const logInAs = (citizen, more) => logIn({ issuer: gateway.brokerUrl, ca: gateway.ca, citizen, ...more });
const alg = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).alg;

for (const [client, algorithm] of [
  ['demo-portal', 'RS256'],
  ['demo-portal-ps256', 'PS256'],
  ['demo-portal-es256', 'ES256'],
  ['demo-portal-eddsa', 'EdDSA'],
])
  test(`${algorithm}: login, token, overview`, async () => {
    const { userinfo_token: token, id_token: idToken, access_token: accessToken } = await logInAs('jens', { client });
    assert.equal(alg(token), algorithm);
    const { status, json } = await gateway.overview('jens', { token });
    assert.equal(status, 200);
    assert.equal(json.subject.name, 'Jens Testesen');
    assert.deepEqual(json.summary, { open_cases: 2, awaiting_you: 0, complete: true, answered: 10, asked: 10, left_out: 0 });
    assert.ok(json.items.some(({ title }) => title === 'Sygedagpenge'));

    const { records } = await gateway.read('jens', 'sse', { token });
    assert.equal(records.at(-1).summary.complete, true);

    for (const [what, wrong] of [['the ID token has no number', idToken], ['the access token is opaque', accessToken]])
      assert.equal((await gateway.overview('jens', { token: wrong })).status, 401, what);
    await waitUntil(() => gateway.recorded().some(({ portal, issuer }) =>
      portal === client && issuer === gateway.brokerUrl));
  });

test('every citizen logs in; each sees their own', async () => {
  const names = await Promise.all(citizens.map(async ({ id }) => {
    const { userinfo_token: token } = await logInAs(id);
    const { status, json } = await gateway.overview(id, { token, query: '?source=digst.akkreditiver' });
    return [id, status, json.subject?.name ?? null];
  }));
  for (const [id, status, name] of names) {
    const citizen = citizens.find((one) => one.id === id);
    assert.equal(status, citizen.level === 'Low' ? 401 : 200, id);
    assert.equal(name, citizen.level === 'Low' || citizen.address_protection ? null : citizen.name, id);
  }
});

test('a login by the sandbox\'s issuer and one by the broker are the same citizen', async () => {
  const { userinfo_token: token } = await logInAs('lone');
  const [one, two] = [await gateway.overview('lone', { token }), await gateway.overview('lone')];
  assert.deepEqual(one.json.items.map(({ handle }) => handle), two.json.items.map(({ handle }) => handle));
});

test('new keys of the broker are taken, and keys that it withdrew are refused', async () => {
  const ask = async (token) => (await gateway.overview('jens', { token, query: '?source=atp.pension' })).status;
  const { userinfo_token: old } = await logInAs('jens');
  await fetch(`${gateway.brokerControl}/rotate`, { method: 'POST' });
  const { userinfo_token: fresh } = await logInAs('jens');
  assert.notEqual(old.split('.')[0], fresh.split('.')[0]);
  await waitUntil(async () => (await ask(fresh)) === 200);
  assert.equal(await ask(old), 200);
  await fetch(`${gateway.brokerControl}/retire`, { method: 'POST' });
  await waitUntil(async () => (await ask(old)) === 401);
  assert.equal(await ask(fresh), 200);
});
