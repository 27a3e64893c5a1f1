// SPDX-License-Identifier: MIT
//
// A PostgreSQL server of a test's own, on a socket in its own folder.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A PostgreSQL server in a folder of its own; it does not run as root. */
export class Postgres {
  constructor() {
    const versions = '/usr/lib/postgresql';
    this.bin = path.join(versions, readdirSync(versions).sort((a, b) => b - a)[0], 'bin');
    this.place = mkdtempSync(path.join(tmpdir(), 'postgres-'));
    chmodSync(this.place, 0o755);
    this.isRoot = process.getuid() === 0;
    if (this.isRoot) {
      const id = (which) => Number(spawnSync('id', [which, 'postgres'], { encoding: 'utf8' }).stdout);
      chownSync(this.place, id('-u'), id('-g'));
    }
    this.data = path.join(this.place, 'data');
    this.#run('initdb', '-D', this.data, '-A', 'trust', '-U', 'postgres', '--locale=C.UTF-8');
  }
  #run(program, ...args) {
    const command = [path.join(this.bin, program), ...args];
    const [name, ...rest] = this.isRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    const { status, stderr } = spawnSync(name, rest, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], cwd: this.place });
    assert.equal(status, 0, `${program}: ${stderr}`);
  }
  start() {
    this.#run('pg_ctl', '-D', this.data, '-w', '-l', path.join(this.place, 'log'), '-o', `-k ${this.place} -h ''`, 'start');
    this.runs = true;
  }
  stop(how = 'fast') {
    this.#run('pg_ctl', '-D', this.data, '-w', '-m', how, 'stop');
    this.runs = false;
  }
  end() {
    if (this.runs) this.stop('immediate');
    rmSync(this.place, { recursive: true, force: true });
  }
  get connection() {
    return `host=${this.place} user=postgres dbname=postgres`;
  }
  query(sql) {
    const { status, stdout, stderr } = spawnSync('psql', ['-h', this.place, '-U', 'postgres', '-Atqc', sql], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }
}
