// SPDX-License-Identifier: MIT
//
// A page on which a developer tries the API, for the demo and the tests alone: Swagger UI over the running
// gateway, the examples, the reference.
//
//   node playground.mjs --gateway URL --ca FILE [--reference FILE] [--port N] [--ports-file FILE]
//
// Listens on loopback, in plain HTTP; port 0 takes a free one, which it writes as JSON ("playground") when it
// is ready. What is asked of the API it hands on to the gateway, so that page and API are of one origin, as
// they are at a portal; it keeps and logs nothing of it. A browser that was sent here by a stranger's page is
// refused: by Host (a name that was bound to this address) and by Sec-Fetch-Site.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { parseArgs } from 'node:util';

const USAGE = 'usage: playground.mjs --gateway URL --ca FILE [--reference FILE] [--port N] [--ports-file FILE]';
const root = path.join(import.meta.dirname, '../../..');
const swagger = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** Fields of a request that the gateway knows, and of an answer that do not belong to the connection. */
const ASKED = ['authorization', 'accept', 'accept-language', 'act-for', 'content-type', 'content-length', 'idempotency-key',
  'if-none-match', 'overblik-priority', 'prefer', 'traceparent'];
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding']);

function readOptions() {
  const text = { type: 'string' };
  try {
    const { values } = parseArgs({ options: { gateway: text, ca: text, reference: text, port: { ...text, default: '0' }, 'ports-file': text } });
    if (!values.gateway || !values.ca) throw new Error('--gateway and --ca are needed');
    return { ...values, gateway: new URL(values.gateway) };
  } catch (error) {
    console.error(`playground: ${error.message}\n${USAGE}`);
    return process.exit(64);
  }
}

const PAGE = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Overblik: try the API</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/swagger-ui.css"></head>
<body><p><a href="/reference">The reference</a> · <a href="/examples/stream.html">An overview as it lands</a></p>
<div id="api"></div><script src="/swagger-ui-bundle.js"></script><script src="/start.js"></script></body></html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: false, validatorUrl: null });
`;

/** The pages and files by path: media type and content. */
function readFiles({ reference }) {
  const html = 'text/html; charset=utf-8', script = 'text/javascript; charset=utf-8';
  const files = new Map([
    ['/', [html, PAGE]],
    ['/start.js', [script, START]],
    ['/swagger-ui.css', ['text/css; charset=utf-8', readFileSync(path.join(swagger, 'swagger-ui.css'))]],
    ['/swagger-ui-bundle.js', [script, readFileSync(path.join(swagger, 'swagger-ui-bundle.js'))]],
    ['/examples/stream.html', [html, readFileSync(path.join(root, 'docs/examples/stream.html'))]],
    ['/examples/stream.js', [script, readFileSync(path.join(root, 'docs/examples/stream.js'))]],
  ]);
  if (reference) files.set('/reference', [html, readFileSync(reference)]);
  return files;
}

function serve(answer, method, [type, content]) {
  // The reference brings a stricter policy of its own, with the hash of its style sheet.
  const policy = String(content).includes('http-equiv="Content-Security-Policy"') ? "frame-ancestors 'none'" : POLICY;
  answer.writeHead(200, { 'content-type': type, 'content-security-policy': policy, 'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  answer.end(method === 'HEAD' ? undefined : content);
}

/** The document, which names this server instead of the operator's. */
function serveDocument(answer, body) {
  const document = JSON.parse(body);
  document.servers = [{ url: '/' }];
  answer.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  answer.end(JSON.stringify(document));
}

function handOn(request, answer, { gateway, agent }) {
  const headers = Object.fromEntries(ASKED.filter((name) => request.headers[name]).map((name) => [name, request.headers[name]]));
  const isDocument = request.url === '/openapi.json';
  if (isDocument) delete headers['if-none-match'];
  const asked = https.request({ agent, host: gateway.hostname, port: gateway.port, method: request.method, path: request.url, headers },
    async (came) => {
      if (isDocument && request.method === 'GET' && came.statusCode === 200) {
        const chunks = await came.toArray().catch(() => null);
        return chunks ? serveDocument(answer, Buffer.concat(chunks)) : answer.destroy();
      }
      answer.writeHead(came.statusCode, Object.fromEntries(Object.entries(came.headers).filter(([name]) => !HOP.has(name))));
      return pipeline(came, answer, () => {});
    });
  asked.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502, { 'content-type': 'text/plain' }).end('The gateway cannot be reached.\n')));
  answer.on('close', () => asked.destroy()); // who leaves does not keep the gateway at work
  pipeline(request, asked, () => {});
}

function start(options) {
  const files = readFiles(options);
  const world = { gateway: options.gateway, agent: new https.Agent({ ca: readFileSync(options.ca), keepAlive: true }) };
  const server = http.createServer((request, answer) => {
    const { port } = server.address();
    const isOurs = [`localhost:${port}`, `127.0.0.1:${port}`].includes(request.headers.host) &&
      ['same-origin', 'none', undefined].includes(request.headers['sec-fetch-site']);
    const file = files.get(request.url);
    if (!isOurs) answer.writeHead(403, { 'content-type': 'text/plain' }).end('Open this page by its own address.\n');
    else if (file && ['GET', 'HEAD'].includes(request.method)) serve(answer, request.method, file);
    else if (/^\/(v1\/|openapi\.json$|healthz$|readyz$)/.test(request.url)) handOn(request, answer, world);
    else answer.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.\n');
  });
  server.once('error', (error) => {
    console.error(`playground: ${error.message}`);
    process.exit(1);
  });
  server.listen(Number(options.port), '127.0.0.1', () => {
    const { port } = server.address();
    if (options['ports-file']) { // whole or not at all
      writeFileSync(`${options['ports-file']}.new`, `${JSON.stringify({ playground: port })}\n`);
      renameSync(`${options['ports-file']}.new`, options['ports-file']);
    }
    console.error(`playground: http://localhost:${port}`);
  });
}

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
start(readOptions());
