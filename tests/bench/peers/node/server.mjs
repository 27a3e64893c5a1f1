// SPDX-License-Identifier: MIT
// Peer: Node.js with fastify, undici and jose.
// env: PORT NSRC TIMEOUT_MS MOCK_PORT KEY ISSUER AUDIENCE JWT_CACHE
import { readFileSync } from 'node:fs';
import { randomUUID, createPublicKey } from 'node:crypto';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { jwtVerify } from 'jose';

const env = process.env;
const count = Number(env.NSRC), timeout = Number(env.TIMEOUT_MS), base = Number(env.MOCK_PORT);
const key = createPublicKey(readFileSync(env.KEY));
const rules = { issuer: env.ISSUER, audience: env.AUDIENCE, algorithms: ['RS256'] };
const keepAlive = { pipelining: 1, keepAliveTimeout: 600e3, keepAliveMaxTimeout: 600e3 };
const pools = Array.from({ length: count },
  (_, i) => new Pool(`http://127.0.0.1:${base + i}`, keepAlive));
const models = ['BorgervendtSag', 'BorgervendtOekonomiskYdelse', 'BorgervendtGaeldogBetaling',
  'BorgervendtOekonomiskYdelse', 'BorgervendtAkkreditiv', 'BorgervendtAftaleFrister'];
const cache = new Map();
const app = Fastify({ logger: false });

async function verify(authorization) {
  if (!authorization?.startsWith('Bearer ')) return null;
  const token = authorization.slice(7);
  if (env.JWT_CACHE === 'true') {
    const known = cache.get(token);
    if (known && known.exp * 1000 > Date.now()) return known;
  }
  try {
    const { payload } = await jwtVerify(token, key, rules);
    if (env.JWT_CACHE === 'true') cache.set(token, payload);
    return payload;
  } catch {
    return null;
  }
}

async function ask(i, id, cpr) {
  const began = performance.now();
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout);
  try {
    const answer = await pools[i].request({
      path: '/s', method: 'POST', signal: abort.signal,
      headers: { 'content-type': 'application/json', 'x-request-id': id },
      body: JSON.stringify({ 'CPR-nr': cpr, myndighedsliste: [], sidestoerrelse: 100 }),
    });
    const data = await answer.body.json();
    const status = answer.statusCode !== 200 ? 'error' : data['CPR-nr'] === cpr ? 'ok' : 'foreign';
    return { status, data, ms: performance.now() - began };
  } catch {
    return { status: abort.signal.aborted ? 'timeout' : 'error', ms: performance.now() - began };
  } finally {
    clearTimeout(timer);
  }
}

function isShown(item, cpr) {
  return !item.parter ||
    item.parter.some((party) => party['CPR-nr'] === cpr && party.rolle === 'Primaer');
}

app.get('/v1/overview', async (request, reply) => {
  const claims = await verify(request.headers.authorization);
  if (!claims) {
    reply.code(401);
    return { error: 'unauthorized' };
  }
  const id = randomUUID(), cpr = claims['dk.cpr'], asked = [];
  for (let i = 0; i < count; i++) asked.push(ask(i, id, cpr));
  const items = [], sources = [];
  (await Promise.all(asked)).forEach((answer, i) => {
    const tag = 's' + i;
    if (answer.status === 'ok')
      for (const item of answer.data[models[i % 6]] ?? [])
        if (isShown(item, cpr)) {
          delete item.parter;
          delete item.itSystemID;
          item.source = tag;
          items.push(item);
        }
    sources.push({ id: tag, status: answer.status, elapsedMs: Math.round(answer.ms) });
  });
  reply.header('cache-control', 'no-store');
  return { items, sources };
});
await app.listen({ port: Number(env.PORT), host: '127.0.0.1', backlog: 4096 });
