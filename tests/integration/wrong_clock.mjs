// SPDX-License-Identifier: MIT
//
// A calendar's clock that is wrong, for a program in the background: tests/tools/preload/wrong_clock.c. Its
// monotonic clock, by which it waits, stays right.

import { spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from './gateway.mjs';

export const DAY_S = 86400;

/** A sanitizer wants to come first. */
function preloaded() {
  const linked = spawnSync('ldd', [path.join(build, 'overblikd')], { encoding: 'utf8' }).stdout;
  const sanitizer = /=> (\S*lib[at]san\S*)/.exec(linked)?.[1];
  return [sanitizer, path.join(build, 'tests/tools/wrong_clock.so')].filter(Boolean).join(':');
}
const environmentOf = (clock) => ({ LD_PRELOAD: preloaded(), WRONG_CLOCK: `${clock}` });

/** The environment of a program whose clock is so many days off. */
export const clockOff = (days) => environmentOf(days * DAY_S);

/** A clock that may be set while the program runs. */
export class WrongClock {
  constructor(file) {
    this.file = file;
    this.set(0);
  }
  set(days) {
    writeFileSync(`${this.file}.new`, `${days * DAY_S}\n`);
    renameSync(`${this.file}.new`, this.file);
  }
  get environment() {
    return environmentOf(this.file);
  }
}
