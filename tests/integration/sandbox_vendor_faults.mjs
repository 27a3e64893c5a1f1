// SPDX-License-Identifier: MIT
//
// Looks on the wire at the faults that vendors make: in what they hold, in whom they let in, and in how
// many they bear. For sandbox_test.mjs, which sees that each fault is looked at.

import assert from 'node:assert/strict';
import { numberOf, waitUntil } from './sandbox_client.mjs';

const BENEFITS = '/hentydelsesliste/v2.1.0';
const DETAIL = '/hentydelse/v2.1.0';
const MODEL = 'BorgervendtOekonomiskYdelse';

const namespaces = {
  soap: 'http://schemas.xmlsoap.org/soap/envelope/', rh: 'http://kombit.dk/xml/schemas/RequestHeader/1/',
  sd: 'urn:oio:sagdok:3.0.0', gd: 'urn:oio:sts:generelledefinitioner:6', sag: 'urn:oio:sts:sagdok:sag:6',
  sdi: 'urn:oio:sts:sagdok:sagdokumentindeks:6',
};
const seen = (parts) => parts.map((part) => `<sdi:SagVis><sdi:Vis>${part}</sdi:Vis></sdi:SagVis>`).join('');

/** A search for all cases in which a citizen is the primary party. */
const search = (citizen) => `<soap:Envelope ${Object.entries(namespaces).map(([name, uri]) => `xmlns:${name}="${uri}"`).join(' ')}>
<soap:Header><rh:RequestHeader><rh:TransactionUUID>0199b3a0-0000-7000-8000-000000000001</rh:TransactionUUID></rh:RequestHeader></soap:Header>
<soap:Body><sdi:FremsoegSagDokumentIndeksInput><sdi:SoegUdtryk><sdi:operation>OR</sdi:operation><sdi:SoegSag>
<sd:FoersteResultatReference>0</sd:FoersteResultatReference><sd:MaksimalAntalKvantitet>100</sd:MaksimalAntalKvantitet>
<sag:AttributListe/><sag:TilstandListe/><sag:RelationListe><sag:Sagspart><gd:Rolle>
<sd:UUIDIdentifikator>d839f26a-d4d1-4441-b2d6-3dbbb12a9404</sd:UUIDIdentifikator></gd:Rolle><gd:ReferenceID>
<sd:URNIdentifikator>urn:oio:cpr-nr:${numberOf(citizen)}</sd:URNIdentifikator></gd:ReferenceID></sag:Sagspart></sag:RelationListe>
</sdi:SoegSag></sdi:SoegUdtryk><sdi:Filter>${seen(['egenskaber', 'fremdrift', 'sagsklasse', 'sagsaktoer', 'sagspart',
    'journalpost', 'journalpost-journalnote', 'itsystem'])}<sdi:DokumentVis><sdi:Vis>egenskaber</sdi:Vis></sdi:DokumentVis>
<sdi:SagInkluder>journalpost</sdi:SagInkluder></sdi:Filter></sdi:FremsoegSagDokumentIndeksInput></soap:Body></soap:Envelope>`;

const count = (text, pattern) => [...text.matchAll(pattern)].length;

/** `sandbox`: gives the one that runs; `under`, `atp`, `ended`: as sandbox_test.mjs has them. */
export function vendorLooks({ sandbox, under, atp, ended }) {
  /** What the index says of Jens with a fault and without: how often a pattern stands there. */
  async function atIndex(fault, pattern) {
    const ask = async () => {
      const answer = await sandbox().call('municipal', '/sagdokumentindeks/6', 'jens', {
        body: search('jens'),
        fields: {
          'Content-Type': 'text/xml; charset=utf-8',
          SOAPAction: '"http://kombit.dk/sts/sagdokumentindeks/fremsoeg"',
        },
      });
      assert.equal(answer.status, 200, answer.text);
      return count(answer.body.toString('utf8'), pattern);
    };
    const ordinary = await ask();
    await sandbox().fault({ authority: 'municipal', fault, times: 1 });
    return [ordinary, await ask()];
  }
  async function takes(fault, token, { client } = {}) {
    const fields = { Authorization: token && `Bearer ${token}` };
    assert.equal((await atp('jens', { fields, client })).status, 401);
    await sandbox().fault({ authority: 'atp', fault });
    assert.equal((await atp('jens', { fields, client })).status, 200);
  }
  async function door(fault, state) {
    const idle = sandbox().send(sandbox().connect('atp'), sandbox().request(BENEFITS, 'jens'));
    await waitUntil(() => idle.isWhole);
    await sandbox().fault({ authority: 'atp', fault });
    await waitUntil(() => idle.state !== 'open');
    assert.equal((await atp('jens', { isOver: ended })).state, state);
  }
  const items = async (fault) => (await under(fault)).json[MODEL];

  return {
    async closes() {
      const answer = await under('closes', { isOver: ended });
      assert.deepEqual([answer.status, answer.isWhole, answer.state], [200, true, 'closed']);
    },
    async crowd() {
      await sandbox().fault({ authority: 'atp', fault: 'crowd' });
      const open = Array.from({ length: 9 }, () => sandbox().connect('atp'));
      const first = sandbox().send(open[0], sandbox().request(BENEFITS, 'jens'));
      await waitUntil(() => first.isWhole);
      await Promise.all(open.map((socket) => socket.authorized || new Promise((resolve) => socket.once('secureConnect', resolve))));
      const last = sandbox().send(open[8], sandbox().request(BENEFITS, 'jens'));
      await waitUntil(() => last.isWhole);
      open.forEach((socket) => socket.destroy());
      assert.equal(last.status, 429);
    },
    async 'no-echo'() {
      const { json } = await under('no-echo');
      assert.deepEqual([json['CPR-nr'], json.anmodningsID], [numberOf('jens'), undefined]);
    },
    async 'any-item'() {
      const ask = () => sandbox().call('atp', DETAIL, 'jens', {
        body: JSON.stringify({ 'CPR-nr': numberOf('jens'), myndighedsliste: ['43405810'], id: 'atp-else' }),
      });
      assert.equal((await ask()).json[MODEL].length, 0);
      await sandbox().fault({ authority: 'atp', fault: 'any-item', times: 1 });
      const { json } = await ask();
      assert.deepEqual([json['CPR-nr'], json[MODEL][0].id], [numberOf('jens'), 'atp-else']);
    },
    async untitled() {
      for (const item of await items('untitled')) assert.equal(item.titel, undefined);
    },
    async 'odd-status'() {
      for (const item of await items('odd-status')) assert.equal(item.ydelsesstatus, 'Uden for listen');
    },
    async unstable() {
      const [[first], [second]] = [await items('unstable'), await items('unstable')];
      assert.notEqual(first.titel, second.titel);
      assert.equal(first.id, second.id);
    },
    async 'other-authority'() {
      assert.deepEqual(await atIndex('other-authority', /CVR-Nummer>33236072</g), [0, 2]);
    },
    async bare() {
      assert.deepEqual(await atIndex('bare', /Sagsnummer>|OprettetTidspunkt>/g), [8, 0]);
    },
    async 'no-notes'() {
      assert.deepEqual(await atIndex('no-notes', /<sag:JournalnotatEgenskaber>/g), [1, 0]);
    },
    async 'no-documents'() {
      assert.deepEqual(await atIndex('no-documents', /<sdi:DokumentFiltreretOejebliksbillede>/g), [4, 0]);
    },
    async 'no-organisation'() {
      assert.deepEqual(await atIndex('no-organisation', /a1263342-d348-44ba-a566-233f37c4cb67/g), [2, 0]);
    },
    async 'no-classification'() {
      assert.deepEqual(await atIndex('no-classification', /a86c6581-ec85-412d-a655-31a1f1d5b14f/g), [2, 0]);
    },
    async 'left-behind'() {
      assert.deepEqual(await atIndex('left-behind', /<sdi:SagFiltreretOejebliksbillede>/g), [2, 3]);
    },
    async 'odd-progress'() {
      assert.deepEqual(await atIndex('odd-progress', /Sagsstatus>Under behandling</g), [1, 2]);
    },
    'takes-no-token': () => takes('takes-no-token', undefined),
    'takes-forged-token': () => takes('takes-forged-token', sandbox().assertion({}, { key: 'token-es256.key' })),
    'takes-expired-token': () => {
      const now = Math.floor(Date.now() / 1000);
      return takes('takes-expired-token', sandbox().assertion({ iat: now - 120, exp: now - 60 }));
    },
    'takes-others-token': () => takes('takes-others-token', sandbox().assertion({ aud: ['star.ydelser'] })),
    'takes-stolen-token': () =>
      takes('takes-stolen-token', sandbox().assertion({ cnf: { 'x5t#S256': 'A'.repeat(43) } })),
    'takes-low-level': () =>
      takes('takes-low-level', sandbox().assertion({ acr: 'https://data.gov.dk/concept/core/nsis/Low' })),
    'unknown-issuer': () => door('unknown-issuer', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    'wrong-name': () => door('wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'),
    async anybody() {
      assert.equal((await atp('jens', { client: null })).bytes.length, 0);
      await sandbox().fault({ authority: 'atp', fault: 'anybody' });
      assert.equal((await atp('jens', { client: null })).status, 200);
    },
  };
}
