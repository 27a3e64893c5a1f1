// SPDX-License-Identifier: MIT
//
// verify_conformance.mjs RESULT JWKS
//
// Verifies a result of `overblik source test`, with nothing of the product's: that "result" is what was
// signed, by a key of JWKS. By RFC 8785 (what it holds is texts, whole numbers, true, false and null) and
// node's own cryptography.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [resultFile, jwksFile] = process.argv.slice(2);
const { result, signature } = JSON.parse(readFileSync(resultFile, 'utf8'));
const { keys } = JSON.parse(readFileSync(jwksFile, 'utf8'));
const need = (holds, what) => {
  if (holds) return;
  console.error(`not proven: ${what}`);
  process.exit(1);
};

/** The one form of a value that is signed: RFC 8785, 3. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(',')}}`;
}

need(signature, 'nobody has signed it');
const jwk = keys.find((key) => key.kid === signature.kid);
need(jwk, `no key ${signature.kid}`);
need(signature.alg === 'ES256', 'the algorithm');
const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
need(verify('sha256', Buffer.from(signature.text, 'utf8'), key, Buffer.from(signature.value, 'base64url')), 'the signature');
const [title, source, verdict, digest, time, rest] = signature.text.split('\n');
need(title === 'overblik conformance result' && rest === '', 'the form of what was signed');
need(source === result.source.id && verdict === result.verdict, 'another source or verdict');
need(digest === createHash('sha256').update(canonical(result), 'utf8').digest('hex'), 'the result is another');
console.log(`${source}: ${verdict}, signed ${time}`);
