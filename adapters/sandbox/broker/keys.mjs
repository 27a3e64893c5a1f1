// SPDX-License-Identifier: MIT
//
// The broker's signing keys: one of each algorithm, made at start. The newest of an algorithm signs;
// those before it stay published until they are retired, so that tokens under way still verify.

import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK } from 'jose';

export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

async function newKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `${alg.toLowerCase()}-${randomBytes(4).toString('hex')}`;
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

const newSet = () => Promise.all(ALGORITHMS.map(newKey));

/** Private JSON Web Keys, newest first. */
export class Keys {
  static async create() {
    return new Keys(await newSet());
  }

  constructor(list) {
    this.list = list;
  }

  /** New keys sign from now on; the old ones only verify. */
  async rotate() {
    this.list = [...(await newSet()), ...this.list];
  }

  /** Only the newest key of each algorithm stays. */
  retire() {
    this.list = this.list.slice(0, ALGORITHMS.length);
  }

  get kids() {
    return this.list.map((key) => key.kid);
  }

  /** The key that signs now: what jose needs of it. */
  async signer(alg) {
    const jwk = this.list.find((key) => key.alg === alg);
    return { kid: jwk.kid, key: await importJWK(jwk, alg) };
  }
}
