// SPDX-License-Identifier: MIT
//
// Two municipalities and two authorities with certificates of their own, an operator and a viewer, and
// the operators' door as each of them opens it.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { Gateway } from './gateway.mjs';

export const CVR = { favrskov: '29189714', koebenhavn: '64942212', 'atp-owner': '43405810', 'star-owner': '55568510' };

const thumbprint = (certs, name) => new X509Certificate(readFileSync(path.join(certs, `${name}.pem`)))
  .fingerprint256.replaceAll(':', '').toLowerCase();

/** policies/operators.json with all of them. */
export const owners = (certs) => (content) => (content.operators = [
  { name: 'olga', thumbprint: thumbprint(certs, 'operator'), role: 'operator' },
  { name: 'viggo', common_name: 'viewer', role: 'viewer' },
  ...Object.entries(CVR).map(([name, authority]) => ({ name, thumbprint: thumbprint(certs, name), role: 'authority', authority })),
]);

/** A gateway whose operators' door knows them. */
export const startGateway = ({ settings = {}, policies = () => ({}), configure, ...options }) => Gateway.start({
  ...options,
  settings: { admin: { port: 0 }, registration: { poll_s: 1 }, ...settings },
  configure: (main) => {
    main.admin.client_ca = main.tls.certificate.replace('gateway.pem', 'ca.pem');
    configure?.(main);
  },
  policies: (gateway) => ({ 'operators.json': owners(gateway.certs), ...policies(gateway) }),
});

/** Asks as somebody ("socket": by the Unix socket): {status, headers, text, json}. */
export function ask(gateway, as, method, where, { body, reason, headers = {} } = {}) {
  const tls = as !== 'socket' && {
    host: 'localhost', port: gateway.ports.admin, family: 4, ca: gateway.ca, agent: false,
    cert: readFileSync(path.join(gateway.certs, `${as}.pem`)), key: readFileSync(path.join(gateway.certs, `${as}.key`)),
  };
  const bytes = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const socketPath = path.join(path.dirname(gateway.conf), 'admin.sock');
  return new Promise((resolve, reject) => {
    const asked = (tls ? https : http).request({ ...(tls || { socketPath, agent: false }), method, path: where,
      headers: { 'Accept-Language': 'en', ...(reason && { 'Overblik-Reason': reason }), ...headers } }, async (answer) => {
      let text = '';
      for await (const chunk of answer.setEncoding('utf8')) text += chunk;
      resolve({ status: answer.statusCode, headers: answer.headers, text, json: text.startsWith('{') ? JSON.parse(text) : undefined });
    });
    asked.on('error', reject);
    asked.end(bytes);
  });
}
