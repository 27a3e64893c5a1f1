// SPDX-License-Identifier: MIT
//
// conf/monitoring: promtool takes every rule and every panel's query, each alert fires when it should, each
// metric is one that the running gateway has, with the labels it has, and each runbook is there.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { Gateway, root } from './gateway.mjs';

const PLACE = 'conf/monitoring';
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const rules = parse(read(`${PLACE}/alerts.yml`)).groups.flatMap((group) => group.rules);
const alerts = rules.filter(({ alert }) => alert);
const recorded = new Set(rules.map(({ record }) => record).filter(Boolean));
const dashboard = JSON.parse(read(`${PLACE}/dashboard.json`));
const panels = dashboard.panels.filter(({ targets }) => targets);
const folder = mkdtempSync(path.join(tmpdir(), 'monitoring-'));
let gateway, metrics;

before(async () => {
  gateway = await Gateway.start({ name: 'monitoring' });
  await gateway.overview('jens');
  metrics = (await gateway.admin('GET', '/metrics')).text;
});
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  assert.equal(await gateway?.stop(), 0);
});

function promtool(...args) {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8', cwd: root });
  assert.equal(error, undefined);
  assert.equal(status, 0, stdout + stderr);
}

/** What Grafana puts in place of its variables. */
const filled = (expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*').replaceAll('$source', '.*');
const queries = [
  ...rules.map(({ alert, record, expr }) => [alert ?? record, expr]),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, filled(expr)])),
  ...dashboard.annotations.list.map(({ name, expr }) => [name, expr]),
];

// --- promtool ----------------------------------------------------------------------------------------

test('promtool takes the rules, and how the metrics are read', () => {
  promtool('check', 'rules', `${PLACE}/alerts.yml`);
  promtool('check', 'config', '--syntax-only', `${PLACE}/prometheus.yml`);
});

test('promtool takes each query of the dashboard', () => {
  const file = path.join(folder, 'dashboard.yml');
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard',
    rules: queries.map(([, expr], i) => ({ record: `query:${i}`, expr })) }] }));
  promtool('check', 'rules', file);
});

test('each alert fires when it should, for whom it should, and not before', () => {
  promtool('test', 'rules', 'tests/monitoring/alerts.yml');
  const cases = parse(read('tests/monitoring/alerts.yml')).tests;
  for (const { alert } of alerts) {
    const checks = cases.find(({ name }) => name === alert)?.promql_expr_test ?? [];
    const counts = checks.map(({ exp_samples: samples }) => samples.length > 0);
    assert.deepEqual(counts, [false, true], `${alert} is tested silent, then firing`);
  }
});

// --- the gateway -------------------------------------------------------------------------------------

test('each metric is one of the gateway\'s, with the labels that it has', () => {
  const families = new Set([...metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name, type]) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((end) => `${name}_${end}`) : [name]));
  const labels = new Map();
  for (const [, name, list] of metrics.matchAll(/^(overblik_\w+)(?:\{(.*?)\})? \S+$/gm))
    labels.set(name, new Set([...(list ?? '').matchAll(/(\w+)="/g)].map(([, label]) => label)));
  let count = 0;
  for (const [where, expr] of queries)
    for (const [, name, list] of expr.matchAll(/\b(overblik(?:_|:)[\w:]+)(?:\{([^}]*)\})?/g)) {
      if (recorded.has(name)) continue;
      assert.ok(families.has(name), `${where}: ${name}`);
      for (const [, label] of (list ?? '').matchAll(/(\w+)\s*(?:=~|!=|=)/g))
        assert.ok(label === 'instance' || !labels.has(name) || labels.get(name).has(label), `${where}: ${name} has no label ${label}`);
      count++;
    }
  assert.ok(count > 50, `${count}`);
  for (const name of recorded) assert.ok(queries.some(([, expr]) => expr.includes(name)), `${name} is used`);
  for (const { definition, query } of dashboard.templating.list)
    for (const [, name] of (definition ?? query.query ?? '').matchAll(/label_values\((\w+),/g)) assert.ok(families.has(name), name);
});

test('the values of labels are words of the gateway', () => {
  const values = (label) => new Set([...metrics.matchAll(new RegExp(`\\b${label}="([^"]*)"`, 'g'))].map(([, value]) => value));
  const source = read('adapters/outcome.h');
  const outcomes = [...source.matchAll(/X\(OUTCOME_\w+, "(\w+)"/g)].map(([, name]) => name);
  for (const [where, expr] of queries)
    for (const [, label, , list] of expr.matchAll(/\b(outcome|state|mode|result)\s*(=~|!=|=)\s*"([^"]*)"/g))
      for (const word of list.split('|'))
        assert.ok(label === 'outcome' ? outcomes.includes(word) : values(label).has(word), `${where}: ${label}="${word}"`);
});

// --- people ------------------------------------------------------------------------------------------

test('each alert tells in two languages, and its runbook is there', () => {
  const anchors = new Set([...read('docs/operations.md').matchAll(/^#+ (.*)$/gm)]
    .map(([, title]) => title.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-')));
  assert.ok(alerts.length > 15);
  for (const { alert, labels, annotations } of alerts) {
    assert.match(labels.severity, /^(critical|warning|info)$/, alert);
    assert.deepEqual(Object.keys(annotations).sort(), ['description', 'description_da', 'runbook_url', 'summary', 'summary_da'], alert);
    const { summary, summary_da: danish } = annotations;
    assert.notEqual(summary, danish, alert);
    const holes = (text) => [...text.matchAll(/\{\{.*?\}\}/g)].map(([hole]) => hole).sort();
    assert.deepEqual(holes(danish), holes(summary), `${alert} tells the same in both`);
    const [file, anchor] = annotations.runbook_url.split('#');
    assert.equal(file, 'docs/operations.md', alert);
    assert.ok(anchors.has(anchor), `${alert}: no section ${anchor}`);
    assert.equal(anchor, alert.toLowerCase());
  }
});

test('the dashboard is one that Grafana can import: ids once, nothing over another, no machine\'s name', () => {
  const ids = dashboard.panels.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const taken = new Set();
  for (const { title, gridPos: { x, y, w, h } } of dashboard.panels)
    for (let i = x; i < x + w; i++)
      for (let j = y; j < y + h; j++) {
        assert.ok(i < 24 && !taken.has(`${i},${j}`), title);
        taken.add(`${i},${j}`);
      }
  for (const { title, description, datasource, targets } of panels) {
    assert.equal(datasource.uid, '${datasource}', title);
    assert.match(description, / · /, `${title}: English and Danish`);
    assert.ok(targets.length > 0);
  }
});
