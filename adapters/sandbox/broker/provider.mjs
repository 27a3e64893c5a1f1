// SPDX-License-Identifier: MIT
//
// The OpenID provider: code with PKCE for public clients, no consent page (a broker has agreed the
// scopes with the service), the login page, and Nets eID Broker's userinfo_token beside the ID token.

import { randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { Provider, interactionPolicy } from 'oidc-provider';
import { LEVELS, levelOf, loginClaims, personClaims } from './citizens.mjs';
import { ALGORITHMS } from './keys.mjs';
import { PAGE_POLICY, chooseLanguage, loginPage } from './login_page.mjs';

const TOKEN_SECONDS = 300;
const FORM_BYTES = 4096;
const SCOPES = ['openid', 'mitid', 'ssn', 'nemid.pid', 'userinfo_token'];

/** One portal per algorithm. A native client may be called back on any port of loopback (RFC 8252). */
const CLIENTS = ALGORITHMS.map((alg) => ({
  client_id: alg === 'RS256' ? 'demo-portal' : `demo-portal-${alg.toLowerCase()}`,
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
  post_logout_redirect_uris: ['http://localhost/', 'http://127.0.0.1/'],
  id_token_signed_response_alg: alg,
}));

function policyWithoutConsent() {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  return policy;
}

async function grantEverything(ctx) {
  const { client, session, provider } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPES.join(' '));
  await grant.save();
  return grant;
}

function configuration({ citizens, keys, store, cookieKey }) {
  return {
    adapter: store,
    clients: CLIENTS,
    jwks: { keys: keys.list },
    cookies: { keys: [cookieKey] },
    scopes: SCOPES,
    acrValues: LEVELS,
    claims: { openid: ['sub', 'idp', 'identity_type', 'loa', 'ial', 'aal', 'transaction_id'], acr: null, amr: null },
    conformIdTokenClaims: false, // the login's claims belong in the ID token, as at the real broker
    enabledJWA: { idTokenSigningAlgValues: ALGORITHMS },
    pkce: { required: () => true },
    responseTypes: ['code'],
    clientAuthMethods: ['none'],
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: false },
    },
    findAccount: (ctx, sub) => {
      const citizen = citizens.find((one) => one.sub === sub);
      return citizen && {
        accountId: sub,
        claims: () => ({ sub, ...loginClaims(citizen), transaction_id: randomUUID() }),
      };
    },
    interactions: { policy: policyWithoutConsent(), url: (ctx, interaction) => `/login/${interaction.uid}` },
    loadExistingGrant: grantEverything,
    ttl: { AccessToken: TOKEN_SECONDS, IdToken: TOKEN_SECONDS, Grant: 3600, Interaction: 600, Session: 3600 },
    renderError: (ctx, out) => {
      ctx.type = 'json';
      ctx.body = out;
    },
  };
}

/** The signed token that carries the CPR number: what a portal sends to Overblik. */
async function userinfoToken(code, alg, { issuer, citizens, keys }) {
  const citizen = citizens.find((one) => one.sub === code.accountId);
  const { kid, key } = await keys.signer(alg);
  const transaction = randomUUID();
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    ...loginClaims(citizen),
    ...personClaims(citizen, code.scopes),
    sub: citizen.sub,
    acr: code.acr,
    amr: code.amr,
    auth_time: String(code.authTime),
    transaction_id: transaction,
    'mitid.transaction_id': transaction,
  })
    .setProtectedHeader({ alg, typ: 'at+jwt', kid })
    .setIssuer(issuer)
    .setAudience(code.clientId)
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + TOKEN_SECONDS)
    .sign(key);
}

async function readForm(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > FORM_BYTES) throw Object.assign(new Error('form too large'), { status: 413, expose: true });
  }
  return new URLSearchParams(text);
}

/** Answers the pages under /login/; everything else goes on to the provider. */
function loginRoutes(provider, citizens) {
  const showPage = (ctx, interaction, path) => {
    const wishes = [ctx.query.lang, interaction.params.ui_locales, ctx.get('accept-language')];
    ctx.type = 'html';
    ctx.set({ 'content-security-policy': PAGE_POLICY, 'cache-control': 'no-store' });
    ctx.body = loginPage({
      citizens,
      path,
      service: interaction.params.client_id,
      language: chooseLanguage(wishes.flatMap((wish) => String(wish ?? '').split(/[\s,]+/))),
    });
  };
  const finish = async (ctx, result) => {
    ctx.status = 303;
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }));
  };
  const logIn = async (ctx) => {
    const id = (await readForm(ctx.req)).get('citizen');
    const citizen = citizens.find((one) => one.id === id);
    if (!citizen) ctx.throw(400, 'no such citizen');
    await finish(ctx, { login: { accountId: citizen.sub, acr: levelOf(citizen), amr: citizen.amr, remember: false } });
  };
  const abort = (ctx) =>
    finish(ctx, { error: 'access_denied', error_description: 'mitid_user_aborted' });

  return async (ctx, next) => {
    const [, path, action] = /^(\/login\/[\w-]+)(?:\/(login|abort))?$/.exec(ctx.path) ?? [];
    if (!path) return next();
    const interaction = await provider.interactionDetails(ctx.req, ctx.res);
    if (ctx.method === 'GET' && !action) return showPage(ctx, interaction, path);
    if (ctx.method !== 'POST' || !action) return ctx.throw(405);
    return action === 'login' ? logIn(ctx) : abort(ctx);
  };
}

/** A portal over TLS on any port of this machine, as the demo's and the tests' are, beside what RFC 8252 allows. */
function allowLocalPortals(provider) {
  const allowed = provider.Client.prototype.redirectUriAllowed;
  provider.Client.prototype.redirectUriAllowed = function (uri) {
    return /^https:\/\/localhost:\d+\/callback$/.test(uri) || allowed.call(this, uri);
  };
}

/** A koa middleware: adds the userinfo_token to a token answer when its scope was asked for. */
function addUserinfoToken(world) {
  return async (ctx, next) => {
    await next();
    const code = ctx.oidc?.entities?.AuthorizationCode;
    if (ctx.oidc?.route !== 'token' || ctx.status !== 200 || !code?.scopes.has('userinfo_token')) return;
    ctx.body.userinfo_token = await userinfoToken(code, ctx.oidc.client.idTokenSignedResponseAlg, world);
  };
}

/** A handler of node:https requests. A provider keeps its keys for life: call again after a rotation. */
export function createProvider(world) {
  const provider = new Provider(world.issuer, configuration(world));
  allowLocalPortals(provider);
  provider.use(loginRoutes(provider, world.citizens));
  provider.use(addUserinfoToken(world));
  provider.on('server_error', (ctx, error) => console.error(`broker: ${ctx.path}: ${error.stack}`));
  return provider.callback();
}

export const newCookieKey = () => randomBytes(32).toString('hex');
