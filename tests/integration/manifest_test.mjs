// SPDX-License-Identifier: MIT
//
// What manifests say of sources, and what an operator says of the same ones without touching them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build, Gateway, writeJson } from './gateway.mjs';

let gateway;
before(async () => {
  gateway = await Gateway.start({
    name: 'gateway-manifest',
    policies: {
      'routing.json': (content) => {
        content.sources = { 'digst.akkreditiver': { position: 1 }, 'star.aftaler': { enabled: false } };
      },
    },
  });
});
after(() => gateway?.stop());

const idsOf = async () => [...new Set((await gateway.overview('jens')).json.sources.map(({ id }) => id))];
const manifest = (id) => gateway.file(`conf/sources/${id}.json`);
async function reload(change, id = 'atp.pension') {
  const good = readFileSync(manifest(id));
  const content = JSON.parse(good);
  change(content);
  writeJson(manifest(id), content);
  const { status, text } = await gateway.admin('POST', '/reload', {});
  assert.equal(status, 200, text);
  return () => writeJson(manifest(id), JSON.parse(good));
}

test('an operator puts a source first and switches one off, in routing.json alone', async () => {
  const ids = await idsOf();
  assert.equal(ids[0], 'digst.akkreditiver');
  assert.ok(!ids.includes('star.aftaler'));
  assert.ok(ids.includes('star.ydelser'));
});

test('a source without an endpoint in this environment is registered, and not asked', async () => {
  const restore = await reload((content) => {
    content.endpoints = { production: { ...content.endpoints.test, url: 'https://atp.example' } };
  });
  try {
    assert.ok(!(await idsOf()).includes('atp.pension'));
    const source = JSON.parse((await gateway.admin('GET', '/sources/atp.pension')).text);
    assert.deepEqual([source.enabled, source.has_endpoint, source.dialect], [false, false, 'borgervendt']);
    const { stdout } = spawnSync(path.join(build, 'overblik'), ['check', '--json', '-c', gateway.conf], { encoding: 'utf8' });
    const { summary } = JSON.parse(stdout);
    assert.equal(summary.sources - summary.enabled, 2, 'this one, and the one switched off');
  } finally {
    restore();
  }
});

test('a source is asked for all that it answers for', async () => {
  const card = { contacts: [{ type: 'phone', value: '70111213' }], data_protection: { da: 'd', en: 'e' }, breach: 'https://b.example' };
  gateway.changePolicies({ 'authorities.json': (content) => content.authorities.push({ cvr: '33236072', ...card }) });
  const refused = await gateway.admin('POST', '/reload', {});
  assert.equal(refused.status, 422, 'its owner has a card in its manifest');
  gateway.changePolicies({ 'authorities.json': (content) => void (content.authorities = [{ cvr: '99000027', ...card }]) });
  const restore = await reload((content) => void (content.answers_for = ['43405810', '99000027']));
  try {
    const asked = await gateway.admin('POST', '/plan', { citizen: 'jens', portal: 'demo-portal', municipalities: ['0710'] });
    const row = JSON.parse(asked.text).sources.find(({ source }) => source === 'atp.pension');
    assert.deepEqual(row.authorities, ['43405810', '99000027']);
  } finally {
    restore();
  }
});

test('a source\'s own test citizen is found under the source\'s name', async () => {
  const plan = (citizen) => gateway.admin('POST', '/plan', { citizen, portal: 'demo-portal', municipalities: ['0710'] });
  assert.equal((await plan('atp.pension/jens')).status, 200);
  for (const nobody of ['atp.pension/mads', 'nowhere/jens', '/jens', 'jens/'])
    assert.equal((await plan(nobody)).status, 400, nobody);
});
