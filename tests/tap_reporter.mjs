// SPDX-License-Identifier: MIT
//
// node:test as plain TAP 13: what prove can read also when a test fails (Node's own reporter writes
// YAML that prove stops at). Subtests are told by their parent.

import { inspect } from 'node:util';

const comment = (text) => text.replace(/^/gm, '#   ');

function line({ name, skip }, number, held) {
  const reason = skip === undefined ? '' : ` # SKIP ${skip === true ? 'no reason given' : skip}`;
  return `${held ? 'ok' : 'not ok'} ${number} - ${name.replaceAll('#', '\\#')}${reason}\n`;
}

export default async function* report(events) {
  let count = 0;
  yield 'TAP version 13\n';
  for await (const { type, data } of events) {
    const held = type === 'test:pass';
    if (!held && type !== 'test:fail') continue;
    if (data.nesting === 0) yield line(data, ++count, held);
    if (!held) yield `${comment(inspect(data.details.error.cause ?? data.details.error))}\n`;
  }
  if (count > 0) yield `1..${count}\n`; // without a plan prove fails: a file without tests is a fault
}
