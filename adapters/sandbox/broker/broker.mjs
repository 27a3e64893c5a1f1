// SPDX-License-Identifier: MIT
//
// A login broker in the manner of Nets eID Broker, for the demo and the tests: everyone may log in as
// any citizen of the sandbox.
//
//   node broker.mjs --certs DIR --citizens FILE [--port N] [--ports-file FILE]
//
// Listens on loopback with DIR/broker.pem and broker.key; port 0 takes a free one. When it is ready it
// writes its ports as JSON: "broker" speaks OpenID Connect over TLS; "control" is plain HTTP for
// tests: POST /rotate makes new signing keys and keeps publishing the old, POST /retire withdraws the
// old; both answer the published kids; POST /age?seconds=N lets all logins be N seconds older.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readCitizens } from './citizens.mjs';
import { Keys } from './keys.mjs';
import { createProvider, newCookieKey } from './provider.mjs';
import { createStore } from './store.mjs';

const USAGE = 'usage: broker.mjs --certs DIR --citizens FILE [--port N] [--ports-file FILE]';

function readOptions() {
  const text = { type: 'string' };
  const options = { certs: text, citizens: text, port: { ...text, default: '0' }, 'ports-file': text };
  try {
    const { values } = parseArgs({ options });
    if (!values.certs || !values.citizens) throw new Error('--certs and --citizens are needed');
    return values;
  } catch (error) {
    console.error(`broker: ${error.message}\n${USAGE}`);
    return process.exit(64);
  }
}

const listen = (server, port) =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server.address().port));
  });

/** Whole or not at all: whoever waits for the file never reads half of it. */
function writePorts(file, ports) {
  writeFileSync(`${file}.new`, `${JSON.stringify(ports)}\n`);
  renameSync(`${file}.new`, file);
}

async function start(options) {
  const read = (name) => readFileSync(path.join(options.certs, name));
  const server = https.createServer({ key: read('broker.key'), cert: read('broker.pem') });
  const port = await listen(server, Number(options.port)); // the issuer's name needs the port

  const world = {
    issuer: `https://localhost:${port}`,
    citizens: readCitizens(options.citizens),
    keys: await Keys.create(),
    store: createStore(),
    cookieKey: newCookieKey(),
  };
  let handle = createProvider(world);
  server.on('request', (req, res) => handle(req, res));

  const control = http.createServer(async (req, res) => {
    const [, seconds] = /^\/age\?seconds=(\d+)$/.exec(req.url) ?? [];
    if (req.method === 'POST' && seconds) {
      world.store.age(Number(seconds));
      return res.writeHead(204).end();
    }
    if (req.method !== 'POST' || !['/rotate', '/retire'].includes(req.url)) return res.writeHead(404).end();
    await (req.url === '/rotate' ? world.keys.rotate() : world.keys.retire());
    handle = createProvider(world);
    return res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(world.keys.kids));
  });
  const controlPort = await listen(control, 0);

  if (options['ports-file']) writePorts(options['ports-file'], { broker: port, control: controlPort });
  console.error(`broker: ${world.issuer}, ${world.citizens.length} citizens`);
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
await start(readOptions()).catch((error) => {
  console.error(`broker: ${error.message}`);
  process.exit(1);
});
