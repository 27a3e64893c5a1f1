// SPDX-License-Identifier: MIT
//
// Logs a citizen in at the broker as a portal and a browser together would: authorization request
// with PKCE, login page, code, token. The command prints the userinfo_token alone:
//
//   node broker_login.mjs --issuer URL --ca FILE --citizen ID [--client ID]

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const REDIRECT = 'http://127.0.0.1/callback';
const SCOPES = 'openid mitid ssn userinfo_token';

/** A browser that knows one authority and keeps cookies; it follows no redirect by itself. */
export class Browser {
  constructor({ issuer, ca }) {
    this.issuer = issuer;
    this.ca = ca;
    this.cookies = new Map();
  }

  async request(url, { form } = {}) {
    const body = form && new URLSearchParams(form).toString();
    const headers = { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
    const answer = await new Promise((resolve, reject) => {
      const options = { method: body === undefined ? 'GET' : 'POST', ca: this.ca, headers, agent: false };
      https.request(new URL(url, this.issuer), options, resolve).on('error', reject).end(body);
    });
    let text = '';
    for await (const chunk of answer) text += chunk;
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return { status: answer.statusCode, headers: answer.headers, location: answer.headers.location, text };
  }
}

/**
 * Opens the login page; resolves to its path, its HTML, and the verifier that redeems the code. Who is logged in
 * already goes straight back: `path` is the portal's then, and there is no page.
 */
export async function openLogin(browser, { client, scope = SCOPES, ...parameters }) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: client,
    response_type: 'code',
    scope,
    redirect_uri: REDIRECT,
    state: 'state',
    nonce: 'nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  });
  const { location: path } = await browser.request(`/auth?${query}`);
  return { path, verifier, page: path.startsWith(REDIRECT) ? undefined : await browser.request(path) };
}

/** Posts a form of the login page and goes on; resolves to the query that comes back to the portal. */
export async function submitLogin(browser, path, form) {
  const answer = await browser.request(path, { form });
  if (!answer.location) return { status: answer.status };
  const back = await browser.request(answer.location);
  return Object.fromEntries(new URL(back.location).searchParams);
}

/** Redeems a code; resolves to the token endpoint's answer with its status. */
export async function redeemCode(browser, { client, code, verifier }) {
  const form = {
    grant_type: 'authorization_code',
    client_id: client,
    code,
    code_verifier: verifier,
    redirect_uri: REDIRECT,
  };
  const { status, text } = await browser.request('/token', { form });
  return { status, ...JSON.parse(text) };
}

/** One complete login; resolves to id_token, userinfo_token and access_token. */
export async function logIn({ issuer, ca, citizen, client = 'demo-portal', ...parameters }) {
  const browser = new Browser({ issuer, ca });
  const { path, verifier } = await openLogin(browser, { client, ...parameters });
  const { code, error } = await submitLogin(browser, `${path}/login`, { citizen });
  if (!code) throw new Error(`no login as ${citizen}: ${error ?? 'refused'}`);
  return redeemCode(browser, { client, code, verifier });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = { type: 'string' };
  const { values } = parseArgs({ options: { issuer: text, ca: text, citizen: text, client: text } });
  const tokens = await logIn({ ...values, ca: readFileSync(values.ca) });
  console.log(tokens.userinfo_token);
}
