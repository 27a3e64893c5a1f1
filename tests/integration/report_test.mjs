// SPDX-License-Identifier: MIT
//
// Monthly reports against what portals saw: thousands of calls that end in every way, the gateway killed
// in their midst, and every number compared with what stood in the documents that came. What no portal
// can know, how a look-up ended whose answer the kill cut off, is taken of the access record.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import { build, FORMATS, Gateway, root, waitUntil } from './gateway.mjs';
import { Postgres } from './postgres.mjs';

const CALLS = Number(process.env.OVERBLIK_REPORT_CALLS ?? 5000);
const SEED = { all: 1133, withData: 615 };
const SETTLED = ['with_data', 'without_data', 'late', 'failed', 'invalid', 'foreign', 'refused', 'busy', 'abandoned'];
const COLUMNS = ['calls', ...SETTLED, 'unfinished', 'held_back', 'details'];

/** Most sources are given up by their own timers, two by the overview's deadline when it is a second. */
const timers = (ms) => ({ timers: { connect_ms: ms, first_byte_ms: ms, silence_ms: ms, total_ms: ms } });
const SETTINGS = { time: { soft_ms: 2500, hard_ms: 3000 }, limits: { overviews_max: 5000 } };
const SOURCES = { '*': timers(900), 'kommuner.sager': timers(2400), 'star.ydelser': timers(2400) };
const HURRIED = { Prefer: 'wait=1' };

// --- the portals' side -------------------------------------------------------------------------------

/** The month in Denmark in which a receipt (UUIDv7) was made, as the report names it. */
const danish = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Copenhagen', year: 'numeric', month: '2-digit' });
function monthOf(receipt) {
  const parts = danish.formatToParts(Number.parseInt(receipt.replaceAll('-', '').slice(0, 12), 16));
  const part = (type) => parts.find((one) => one.type === type).value;
  return `${part('year')}-${part('month')}`;
}

const keyOf = (source, code) => `${code ?? ''} ${source}`;

/** What portals received, by receipt. */
class Ledger {
  documents = new Map();
  details = new Map(); // by receipt, the key of the source that was asked
  calls = 0;
  withheld = 0; // answers of which nothing was shown

  take(document) {
    const rows = document.sources.map(({ id, authority, state, items, elapsed_ms: ms }) =>
      ({ key: keyOf(id, id.startsWith('kommuner.') ? authority.code : null), state, items: items ?? 0, ms }));
    this.documents.set(document.receipt, rows);
    this.calls += rows.filter(({ state }) => columnOf(state, 0) && state !== 'open').length;
    this.withheld += rows.filter(({ state, items }) => state === 'answered' && items === 0).length;
    return document;
  }
}

/** The column that a row counts in; undefined: it was not asked. */
function columnOf(state, items) {
  if (['answered', 'empty', 'stale'].includes(state)) return items > 0 ? 'with_data' : 'without_data';
  if (state === 'open') return 'held_back';
  return SETTLED.includes(state) ? state : undefined;
}

/** The report as it must be: {key: {column: n, …, times}}, by the ledger and the records of one month. */
function expected(ledger, records, month) {
  const rows = new Map();
  const rowOf = (key) => {
    if (!rows.has(key)) rows.set(key, { ...Object.fromEntries(COLUMNS.map((column) => [column, 0])), times: [] });
    return rows.get(key);
  };
  const outcomes = new Map(records.filter(({ event }) => event === 'outcome').map((line) => [line.receipt, line]));
  const intents = records.filter(({ event, plan, receipt }) => event === 'intent' && plan && monthOf(receipt) === month);
  const known = new Set(intents.map(({ receipt }) => receipt));
  for (const receipt of [...ledger.documents.keys(), ...ledger.details.keys()])
    assert.ok(known.has(receipt) || monthOf(receipt) !== month, `${receipt} was shown and has no record`);

  for (const { receipt, operation, plan } of intents) {
    if (operation === 'item') {
      for (const { source, authority } of plan) rowOf(keyOf(source, authority)).details++;
      continue;
    }
    const outcome = outcomes.get(receipt);
    const seen = ledger.documents.get(receipt);
    if (!outcome) {
      for (const { source, authority, ask, skip } of plan)
        if (ask || skip === 'busy' || skip === 'open') rowOf(keyOf(source, authority)).unfinished++;
      continue;
    }
    const ended = seen ?? outcome.sources.filter(({ shadow }) => !shadow).map(({ source, authority, state, items, elapsed_ms: ms }) =>
      ({ key: keyOf(source, authority), state, items, ms }));
    for (const { key, state, items, ms } of ended) {
      const column = columnOf(state, items);
      if (!column) continue;
      rowOf(key)[column]++;
      if (['with_data', 'without_data', 'late'].includes(column)) rowOf(key).times.push(ms);
    }
  }
  for (const row of rows.values()) row.calls = [...SETTLED, 'unfinished'].reduce((sum, column) => sum + row[column], 0);
  return rows;
}

/** So many hundredths took at most this long. */
function percentile(times, percent) {
  if (times.length === 0) return null;
  return times.toSorted((a, b) => a - b)[Math.ceil((times.length * percent) / 100) - 1];
}

/** Every cell, and no row more. */
function compare(report, rows) {
  const told = new Map(report.rows.map((row) => [keyOf(row.source, row.municipality?.code), row]));
  assert.deepEqual([...told.keys()].sort(), [...rows.keys()].sort());
  for (const [key, want] of rows) {
    const got = told.get(key);
    for (const column of COLUMNS) assert.equal(got[column], want[column], `${key}: ${column}`);
    assert.equal(got.calls, [...SETTLED, 'unfinished'].reduce((sum, column) => sum + got[column], 0), `${key}: the sum`);
    for (const percent of [50, 95, 99]) {
      const exact = percentile(want.times, percent);
      const near = got[`p${percent}_ms`];
      assert.ok(exact === null ? near === null : Math.abs(near - exact) <= exact * 0.016 + 0.5,
        `${key}: p${percent} is ${near}, exactly ${exact}`);
    }
  }
}

// --- asking ------------------------------------------------------------------------------------------

/** Runs `overblik report …` with the gateway's configuration. */
function command(gateway, ...args) {
  const { status, stdout, stderr } = spawnSync(path.join(build, 'overblik'), ['report', '-c', gateway.conf, ...args],
    { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status, out: stdout, err: stderr };
}
function reportOf(gateway, ...args) {
  const { status, out, err } = command(gateway, '--format', 'json', ...args);
  assert.equal(status, 0, err);
  return JSON.parse(out);
}

const OFTEN = ['jens', 'clara', 'mads', 'vera', 'nikolaj', 'amina', 'jens', 'peter', 'ida', 'birthe', 'lone', 'else', 'vera',
  'karen', 'omar'];
const CITIZENS = [...OFTEN, ...OFTEN, 'soeren'];
const MANY = `?${['0710', '0101', '0147', '0151', '0153'].map((code) => `municipality=${code}`).join('&')}`;

/** Look-ups of many kinds from `clients` at once, until `ledger` holds so many calls. */
async function replay(gateway, ledger, calls, { clients = 8, onTake, onFailure = () => assert.fail('no answer') } = {}) {
  let next = 0;
  const formats = Object.keys(FORMATS);
  const client = async () => {
    while (ledger.calls < calls) {
      const n = next++;
      const id = CITIZENS[n % CITIZENS.length];
      const headers = id === 'soeren' ? HURRIED : {};
      const query = n % 2 ? MANY : gateway.query(id);
      const answer = await gateway.read(id, formats[n % 7] ?? 'json', { headers, query }).catch(() => null);
      if (answer?.document.summary) ledger.take(answer.document);
      else await onFailure();
      onTake?.();
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** The same, and halfway the gateway is killed and started again. */
async function replayKilled(gateway, ledger, calls, options = {}) {
  const half = (ledger.calls + calls) / 2;
  let again;
  const kill = () => gateway.daemon.end('SIGKILL').then(() => gateway.launch()).then(() => gateway.ready());
  await replay(gateway, ledger, calls, {
    ...options,
    onTake: () => { if (ledger.calls > half) again ??= kill(); },
    onFailure: () => again ?? assert.fail('no answer'),
  });
  await again;
}

/** When all that was queued is durable. */
async function settled(gateway) {
  await waitUntil(async () => JSON.parse((await gateway.admin('GET', '/status')).text).record_queued === 0);
}

// --- one node ----------------------------------------------------------------------------------------

let gateway;
let month;
const ledger = new Ledger();
before(async () => {
  gateway = await Gateway.start({ name: 'report', settings: SETTINGS, sources: SOURCES });
});
after(async () => assert.equal(await gateway?.stop(), 0));

test('before anything was asked a month is empty', () => {
  const report = reportOf(gateway);
  assert.deepEqual(report.rows, []);
  assert.equal(report.over, false);
  assert.match(command(gateway).out, /No call was counted/);
});

test('1133 calls, of which 615 with data: the seed\'s row', async () => {
  let left = SEED.all;
  const client = async () => {
    while (left > 0) {
      const id = left-- > SEED.all - SEED.withData ? 'jens' : 'nikolaj';
      const { status, json, text } = await gateway.overview(id, { query: '?municipality=0710&source=kommuner.sager' });
      assert.equal(status, 200, text);
      ledger.take(json);
      month = monthOf(json.receipt);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  await settled(gateway);
  compare(reportOf(gateway, '--month', month), expected(ledger, gateway.recorded(), month));
  const [row] = reportOf(gateway, '--month', month).rows;
  assert.deepEqual([row.source, row.group, row.municipality.code], ['kommuner.sager', 'cases', '0710']);
  assert.deepEqual([row.calls, row.with_data, row.without_data], [1133, 615, 518]);
  assert.match(command(gateway, '--month', month, '--format', 'csv').out,
    new RegExp(`^${month},cases,0710,Favrskov Kommune,kommuner\\.sager,1133,615,518,0,0,0,0,0,0,0,0,0,0,`, 'm'));
});

test(`${CALLS} calls in every way, killed in their midst: every cell is exact`, async () => {
  const faults = [
    { authority: 'star', citizen: 'amina', fault: '403' },
    { authority: 'atp', citizen: 'mads', fault: '429' },
    { authority: 'digitaliseringsstyrelsen', citizen: 'peter', fault: 'garbage' },
    { authority: 'municipal', citizen: 'ida', fault: 'duplicate' },
    { authority: 'municipal', citizen: 'omar', fault: 'cut' },
  ];
  for (const fault of faults) await gateway.sandbox.fault(fault);
  await replayKilled(gateway, ledger, ledger.calls + CALLS);
  await settled(gateway);

  const rows = expected(ledger, gateway.recorded(), month);
  compare(reportOf(gateway, '--month', month), rows);
  const sum = (column) => [...rows.values()].reduce((total, row) => total + row[column], 0);
  for (const column of ['with_data', 'without_data', 'late', 'failed', 'invalid', 'refused', 'busy', 'unfinished'])
    assert.ok(sum(column) > 0, `none ${column}: the test does not test it`);
  assert.ok(ledger.withheld > 0, 'no answer was withheld whole');
  assert.equal(gateway.overblikLog(['verify']).status, 0);
});

test('details, portals that leave, and sources that are off have columns of their own', async () => {
  const was = expected(ledger, gateway.recorded(), month);
  const { json } = await gateway.overview('jens');
  ledger.take(json);
  const item = json.items.find(({ source }) => source === 'atp.pension');
  const detail = await gateway.get(`/v1/items/${item.handle}`, { headers: { Authorization: `Bearer ${gateway.token('jens')}` } });
  assert.equal(detail.status, 200, detail.text);
  ledger.details.set(detail.headers['overblik-receipt'], keyOf('atp.pension'));

  await gateway.sandbox.fault({ authority: 'rigspolitiet', fault: 'never', times: 1 });
  const asked = (await gateway.calls()).rigspolitiet.calls;
  const { answer, asked: request } = await gateway.begin('/v1/overview?source=politi.akkreditiver', {
    headers: { Authorization: `Bearer ${gateway.token('jens')}`, Accept: FORMATS.ndjson } });
  answer.on('error', () => {}).resume();
  await waitUntil(async () => (await gateway.calls()).rigspolitiet.calls > asked);
  request.destroy();
  const receipt = answer.headers['overblik-receipt'];
  await waitUntil(() => gateway.recorded().some((line) => line.receipt === receipt && line.event === 'outcome'));

  await gateway.sandbox.fault({ authority: 'atp', fault: 'foreign', citizen: 'jens', times: 1 });
  for (let i = 0; i < 3; i++) ledger.take((await gateway.overview('jens', { query: '?source=atp.pension' })).json);
  await settled(gateway);
  const rows = expected(ledger, gateway.recorded(), month);
  compare(reportOf(gateway, '--month', month), rows);
  const grew = (key, column) => rows.get(key)[column] - was.get(key)[column];
  assert.equal(grew(' atp.pension', 'details'), 1);
  assert.equal(grew(' atp.pension', 'foreign'), 1);
  assert.equal(grew(' atp.pension', 'held_back'), 2);
  assert.equal(grew(' politi.akkreditiver', 'abandoned'), 1);
  await gateway.rearm();
});

// --- the forms ---------------------------------------------------------------------------------------

test('the door gives what the command gives, to the letter', async () => {
  const where = `/report?month=${month}`;
  const door = JSON.parse((await gateway.admin('GET', where)).text);
  const told = reportOf(gateway, '--month', month);
  delete door.made;
  delete told.made;
  assert.deepEqual(door, told);
  for (const format of ['csv', 'text'])
    assert.equal((await gateway.admin('GET', `${where}&format=${format}`)).text,
      command(gateway, '--month', month, '--format', format).out, format);
  const one = JSON.parse((await gateway.admin('GET', `${where}&municipality=0710&source=kommuner.sager`)).text);
  assert.deepEqual(one.rows, told.rows.filter((row) => row.municipality?.code === '0710' && row.source === 'kommuner.sager'));
  assert.deepEqual(reportOf(gateway, '--month', month, '--municipality', '0710', '--source', 'kommuner.sager').rows, one.rows);
});

test('the document is as its schema says', () => {
  const schema = JSON.parse(readFileSync(path.join(root, 'docs/report.schema.json'), 'utf8'));
  const ajv = new Ajv2020({ strict: true, allErrors: true, strictTypes: false });
  for (const format of ['date', 'date-time']) ajv.addFormat(format, /^\d{4}-\d{2}-\d{2}/);
  const validate = ajv.compile(schema);
  for (const args of [['--month', month], ['--month', month, '--least', '20'], ['--month', '2020-08']]) {
    const report = reportOf(gateway, ...args);
    assert.ok(validate(report), ajv.errorsText(validate.errors));
  }
  assert.ok(!validate({ ...reportOf(gateway), more: 1 }));
});

test('the page is one page, in the language that is asked for', async () => {
  const { status, text } = await gateway.admin('GET', `/report?format=html&month=${month}`);
  assert.equal(status, 200);
  assert.match(text, /<html lang="da">/);
  assert.match(text, /<caption>Sager: kald pr\. kommune og datakilde<\/caption>/);
  assert.match(text, /<th scope="row">Favrskov Kommune<\/th>/);
  assert.doesNotMatch(text, /<script|src=|href=/);
  const { out } = command(gateway, '--format', 'html', '--language', 'en', '--month', month);
  assert.match(out, /<html lang="en">/);
  assert.match(out, /Benefits: calls by municipality and source/);
});

test('what is small is withheld when it is asked for', () => {
  const whole = reportOf(gateway, '--month', month);
  const report = reportOf(gateway, '--month', month, '--least', '50');
  assert.equal(report.withheld, true);
  assert.deepEqual([report.sources, report.groups], [[], []]);
  for (const [i, row] of report.rows.entries()) {
    const full = whole.rows[i];
    const isSmall = (column) => full[column] > 0 && full[column] < 50;
    if (isSmall('calls')) assert.equal(row.calls, null);
    if (isSmall('calls') || isSmall('with_data') || isSmall('without_data'))
      assert.deepEqual([row.with_data, row.without_data], [null, null]);
    else assert.deepEqual([row.with_data, row.without_data], [full.with_data, full.without_data]);
  }
});

test('wrong questions are refused with what was expected', async () => {
  const questions = [
    ['month=2026-13', /month: expected a month/], ['month=', /month/], ['format=pdf', /expected json, csv, html or text/],
    ['municipality=71', /four digits/], ['source=', /source/], ['least=-1', /number/], ['colour=red', /expected month, format/],
    ['month=2026-11&month=2026-10', /given twice/]];
  for (const [question, why] of questions) {
    const { status, text } = await gateway.admin('GET', `/report?${question}`);
    assert.equal(status, 400, question);
    assert.match(JSON.parse(text).detail, why);
  }
  assert.equal((await gateway.admin('POST', '/report')).status, 405);
  for (const args of [['--month', '2026'], ['--format', 'pdf'], ['--least', 'few'], ['--language', 'sv'], ['more']])
    assert.equal(command(gateway, ...args).status, 64, args.join(' '));
});

test('the report is in the copy of the store, and outlives the gateway', async () => {
  const told = reportOf(gateway, '--month', month);
  await gateway.daemon.end();
  assert.deepEqual(reportOf(gateway, '--month', month).rows, told.rows);
  await gateway.launch();
  await gateway.ready();
  assert.deepEqual(reportOf(gateway, '--month', month).rows, told.rows);
});

// --- several nodes, one PostgreSQL -------------------------------------------------------------------

test('two nodes on one database, one killed: the report is of both, and exact', async () => {
  const NODES = ['north', 'south'];
  const server = new Postgres();
  const nodes = [];
  const both = new Ledger();
  try {
    server.start();
    nodes.push(...await Promise.all(NODES.map((node) => Gateway.start({
      name: `report_${node}`,
      settings: { ...SETTINGS, record: { postgres: server.connection, node } },
      sources: SOURCES,
    }))));
    const calls = Math.min(CALLS / 5, 5000);
    await Promise.all(nodes.map((node, i) => (i === 0 ? replay : replayKilled)(node, both, calls, { clients: 4 })));
    await Promise.all(nodes.map(settled));
    const records = nodes[0].overblikLog(['list', '--json']).lines;
    const first = monthOf(both.documents.keys().next().value);
    const reports = nodes.map((node) => reportOf(node, '--month', first).rows);
    assert.deepEqual(reports[0], reports[1], 'each node tells of both');
    compare(reportOf(nodes[0], '--month', first), expected(both, records, first));
    assert.deepEqual(JSON.parse((await nodes[1].admin('GET', `/report?month=${first}`)).text).rows, reports[0]);
    for (const node of NODES) assert.ok(Number(server.query(`SELECT sum(counted) FROM overblik.report WHERE node = '${node}'`)) > 0);

    server.query('DELETE FROM overblik.report');
    assert.notDeepEqual(reportOf(nodes[0], '--month', first).rows, reports[0]);
  } finally {
    const ends = await Promise.all(nodes.map((node) => node.stop()));
    server.end();
    assert.deepEqual(ends, nodes.map(() => 0));
  }
});
