// SPDX-License-Identifier: MIT
//
// The demo's configuration in a folder of its own, with policies of its own, to be changed and checked:
// nothing runs, so the ports in it are made up.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, root } from './gateway.mjs';

const SERVERS = ['municipal', 'udbetaling-danmark', 'star', 'atp', 'rigspolitiet', 'digitaliseringsstyrelsen',
  'klassifikation', 'demo-issuer', 'control'];

/** Runs a program of the build to its end: {status, out, err}. */
export function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(path.join(build, program), args,
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26, timeout: 60000 });
  return { status, out: stdout, err: stderr };
}

export class DemoConfiguration {
  constructor() {
    this.place = mkdtempSync(path.join(tmpdir(), 'configuration-'));
    const ports = Object.fromEntries(SERVERS.map((name, i) => [name, 41001 + i]));
    const certs = process.env.OVERBLIK_CERTS ?? path.join(root, 'build/certs');
    writeFileSync(path.join(this.place, 'ports.json'), JSON.stringify(ports));
    mkdirSync(path.join(this.place, 'conf'));
    const made = spawnSync(path.join(root, 'conf/demo/make-demo-conf'),
      [path.join(this.place, 'conf'), certs, path.join(this.place, 'ports.json')], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`make-demo-conf: ${made.stderr}`);
    cpSync(path.join(root, 'policies'), path.join(this.place, 'policies'), { recursive: true });
    const main = this.json('conf/overblikd.json');
    main.folders.policies = '../policies';
    this.write('conf/overblikd.json', JSON.stringify(main, null, 2));
    this.main = path.join(this.place, 'conf/overblikd.json');
  }
  file(name) {
    return path.join(this.place, name);
  }
  text(name) {
    return readFileSync(this.file(name), 'utf8');
  }
  json(name) {
    return JSON.parse(this.text(name));
  }
  write(name, text) {
    writeFileSync(this.file(name), text);
  }
  /** What `overblik check --json` says of it, with its exit status. */
  check() {
    const { status, out, err } = run('overblik', 'check', '--json', '-c', this.main);
    try {
      return { status, ...JSON.parse(out) };
    } catch {
      throw new Error(`overblik check: ${status}: ${out}${err}`);
    }
  }
  remove() {
    rmSync(this.place, { recursive: true, force: true });
  }
}
