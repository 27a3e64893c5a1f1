// SPDX-License-Identifier: MIT
//
// What all tests before this one made the programs write, logs and access records, holds no personal
// number: none of the synthetic citizens', and nothing that has the shape of one. And the repository holds
// no number that could be a living person's.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '../..');
const logs = process.env.OVERBLIK_LOGS ?? path.join(root, 'build/logs');
const data = path.join(root, 'adapters/sandbox');

/* A date (day + 60 is a replacement number's) and four digits, with or without the hyphen, and neither
 * letter nor digit beside it. */
const month = '(?:0[1-9]|1[0-2])';
const shape = (day) => new RegExp(`(?<![0-9A-Za-z])${day}${month}\\d\\d-?\\d{4}(?![0-9A-Za-z])`);
const ANYBODY = shape('(?:[06][1-9]|[1278]\\d|[39][01])');
const LIVING = shape('(?:0[1-9]|[12]\\d|3[01])');

const filesIn = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));

/** "file:line" of each line that fits. */
const find = (file, fits) => readFileSync(file, 'latin1').split('\n')
  .flatMap((line, i) => (fits(line) ? [`${path.relative(root, file)}:${i + 1}`] : []));

const numbers = JSON.parse(readFileSync(path.join(data, 'citizens.json'))).map(({ cpr }) => cpr);
for (const file of filesIn(path.join(data, 'data')))
  numbers.push(...(readFileSync(file, 'utf8').match(new RegExp(ANYBODY, 'g')) ?? []).map((text) => text.replace('-', '')));
const spelled = [...new Set(numbers)].flatMap((number) => [number, `${number.slice(0, 6)}-${number.slice(6)}`]);

test('what is looked for is found where it is', () => {
  assert.ok(spelled.length >= 32);
  const living = `${31}1299-1234`; // made here, since no file may hold one
  for (const text of ['x=6101709995', '"610170-9995"', '910101-4000', `(${living})`, living.replace('-', '')])
    assert.match(text, ANYBODY, text);
  for (const text of ['6001709995', '6100709995', '6113709995', '9201709995', 'a6101709995', '61017099951', '610170 9995',
    '01a1ffbd-7506-7e9f-be3f-610170999500']) assert.doesNotMatch(text, ANYBODY, text);
  assert.doesNotMatch('6101709995', LIVING);
  assert.match(living, LIVING);
});

test('the logs of all processes hold no personal number', (t) => {
  const files = filesIn(logs);
  assert.ok(files.length > 0, `${logs} is empty`);
  const size = files.reduce((sum, file) => sum + readFileSync(file).length, 0);
  t.diagnostic(`${files.length} files, ${size} bytes`);
  assert.ok(size > 0);
  const holds = (line) => ANYBODY.test(line) || spelled.some((number) => line.includes(number));
  assert.deepEqual(files.flatMap((file) => find(file, holds)), []);
});

test('no token and no private key is in the logs', () => {
  const holds = (line) => /eyJ[\w-]{8,}\.[\w-]{8,}/.test(line) || line.includes('PRIVATE KEY');
  assert.deepEqual(filesIn(logs).flatMap((file) => find(file, holds)), []);
});

test('the repository holds no number that could be a living person\'s, and no private key', (t) => {
  let tracked;
  try {
    tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  } catch {
    tracked = ['gateway', 'adapters', 'tests', 'docs', 'conf', 'policies', 'certs', 'run', 'README.md']
      .flatMap((name) => (name.includes('.') || name === 'run' ? [name] : filesIn(path.join(root, name))
        .map((file) => path.relative(root, file))));
    t.diagnostic('not a git repository: its folders instead');
  }
  assert.ok(tracked.length > 100);
  const holds = (line) => LIVING.test(line) || /-----BEGIN (?:\w+ )?PRIVATE KEY-----\s*$/.test(line);
  assert.deepEqual(tracked.flatMap((file) => find(path.join(root, file), holds)), []);
});
