// SPDX-License-Identifier: MIT
//
// What the provider remembers (sessions, codes, grants), in memory. One store outlives the provider
// instances, so that a key rotation, which needs a new instance, logs nobody out.

const now = () => Math.floor(Date.now() / 1000);

/** A factory of oidc-provider adapters, one per model, on one map; age() makes its logins older. */
export function createStore() {
  const records = new Map();
  const live = (key) => {
    const record = records.get(key);
    if (record && record.expires <= now()) records.delete(key);
    return records.get(key)?.payload;
  };
  const findBy = (model, property, value) => {
    for (const key of records.keys()) {
      if (key.startsWith(`${model}:`) && live(key)?.[property] === value) return live(key);
    }
    return undefined;
  };

  const age = (seconds) => {
    for (const [key, { payload }] of records)
      if (key.startsWith('Session:') && payload.loginTs) payload.loginTs -= seconds;
  };
  const adapter = (model) => ({
    async upsert(id, payload, expiresIn) {
      records.set(`${model}:${id}`, { payload, expires: now() + expiresIn });
    },
    async find(id) {
      return live(`${model}:${id}`);
    },
    async findByUid(uid) {
      return findBy(model, 'uid', uid);
    },
    async findByUserCode(userCode) {
      return findBy(model, 'userCode', userCode);
    },
    async consume(id) {
      live(`${model}:${id}`).consumed = now();
    },
    async destroy(id) {
      records.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of records) {
        if (payload.grantId === grantId) records.delete(key);
      }
    },
  });
  return Object.assign(adapter, { age });
}
