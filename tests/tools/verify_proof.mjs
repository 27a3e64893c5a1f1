// SPDX-License-Identifier: MIT
//
// verify_proof.mjs PROOF JWKS [CHECKPOINT]
//
// Verifies what `overblik log prove RECEIPT` prints, with nothing of the product's: that each record is a
// leaf of the tree whose head was signed. By RFC 9162, section 2.1, and node's own cryptography. With
// CHECKPOINT, one kept from elsewhere, the proof must rest on exactly that one.

import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [proofFile, jwksFile, checkpointFile] = process.argv.slice(2);
const proof = JSON.parse(readFileSync(proofFile, 'utf8'));
const { keys } = JSON.parse(readFileSync(jwksFile, 'utf8'));
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafOf = (record) => sha256(Buffer.from([0]), Buffer.from(record, 'utf8'));
const parentOf = (left, right) => sha256(Buffer.from([1]), left, right);
const need = (holds, what) => {
  if (holds) return;
  console.error(`not proven: ${what}`);
  process.exit(1);
};

/** The head of a signed checkpoint. */
function headOf({ text, kid, signature }) {
  const jwk = keys.find((key) => key.kid === kid);
  need(jwk, `no key ${kid}`);
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  need(verify('sha256', Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64url')), 'the signature');
  const [title, node, size, root, time, ...others] = text.split('\n');
  need(title === 'overblik access record' && others.pop() === '', 'the form of the checkpoint');
  need(others.every((line) => /^\S+ \d+ [0-9a-f]{64}$/.test(line)), 'the heads of other nodes');
  return { node, size: BigInt(size), root: Buffer.from(root, 'hex'), time };
}

/** The root that a leaf's path leads to: RFC 9162, 2.1.3.2. */
function rootOf(leaf, index, size, path) {
  let hash = leaf;
  let at = index;
  let last = size - 1n;
  for (const step of path) {
    need(last > 0n, 'the path is too long');
    if (at & 1n || at === last) {
      hash = parentOf(step, hash);
      while (!(at & 1n) && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = parentOf(hash, step);
    }
    at >>= 1n;
    last >>= 1n;
  }
  need(last === 0n, 'the path is too short');
  return hash;
}

need(proof.proofs.length > 0, 'there is no record');
for (const { index, record, path, checkpoint } of proof.proofs) {
  if (checkpointFile) {
    const kept = JSON.parse(readFileSync(checkpointFile, 'utf8'));
    need(kept.text === checkpoint.text, 'another checkpoint');
  }
  const head = headOf(checkpoint);
  const { node, seq, receipt, event } = JSON.parse(record);
  need(receipt === proof.receipt, 'another receipt');
  need(node === head.node && seq === index, 'another place');
  need(BigInt(index) < head.size, 'the checkpoint is older than the record');
  const root = rootOf(leafOf(record), BigInt(index), head.size, path.map((step) => Buffer.from(step, 'hex')));
  need(root.equals(head.root), 'the record is not in the tree');
  console.log(`${event} ${receipt} is record ${seq} of ${head.size} of ${node}, signed ${head.time}`);
}
