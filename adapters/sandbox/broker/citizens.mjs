// SPDX-License-Identifier: MIT
//
// The sandbox's citizens as the MitID broker knows them, and the claims it makes of them: the names
// and odd types (numbers and booleans as text) are Nets eID Broker's.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const NSIS = 'https://data.gov.dk/concept/core/nsis/';
export const LEVELS = ['Low', 'Substantial', 'High'].map((level) => NSIS + level);

/** How a name reads when name and address are protected. */
const PROTECTED_NAME = 'NAVNE & ADRESSEBESKYTTET';

const hash = (text) => createHash('sha256').update(text).digest('hex');

/** The number a citizen had as NemID user: still told, though NemID is closed. */
const nemidPid = (uuid) => `9208-2002-2-${BigInt(`0x${hash(uuid)}`).toString().slice(0, 12)}`;

function ageOn(birth, today) {
  const passed = today.toISOString().slice(5, 10) >= birth.slice(5);
  return today.getUTCFullYear() - Number(birth.slice(0, 4)) - (passed ? 0 : 1);
}

/** The citizens of citizens.json, each with the broker's own name of it. */
export function readCitizens(file) {
  const citizens = JSON.parse(readFileSync(file, 'utf8'));
  return citizens.map((citizen) => ({ ...citizen, sub: hash(`subject|${citizen.uuid}`).slice(0, 32) }));
}

/** The level of assurance of a citizen's login, as the broker spells it. */
export const levelOf = (citizen) => NSIS + citizen.level;

/** Claims about the login itself: in the ID token and in the userinfo token. */
export function loginClaims(citizen) {
  const level = levelOf(citizen);
  return { idp: 'mitid', identity_type: 'private', loa: level, ial: level, aal: level };
}

/** Claims about the person: in the userinfo token only. */
export function personClaims(citizen, scopes) {
  return {
    'mitid.uuid': citizen.uuid,
    'mitid.age': String(ageOn(citizen.birth, new Date())),
    'mitid.date_of_birth': citizen.birth,
    'mitid.has_cpr': 'true',
    'mitid.identity_name': citizen.address_protection ? PROTECTED_NAME : citizen.name,
    idp_identity_id: citizen.uuid,
    ...(scopes.has('nemid.pid') && { 'nemid.pid': nemidPid(citizen.uuid), 'nemid.pid_status': 'success' }),
    ...(scopes.has('ssn') && { 'dk.cpr': citizen.cpr, 'ssn.details.status': 'unable_to_lookup' }),
  };
}
