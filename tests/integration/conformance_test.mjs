// SPDX-License-Identifier: MIT
//
// `overblik source test` against the sandbox: the six authorities are approved, and for each case there is
// a fault that makes this case fail and no other. Then what becomes of the result.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { citizens, root, Sandbox } from './sandbox_client.mjs';

const build = process.env.OVERBLIK_BUILD ?? path.join(root, 'build/asan');
const place = mkdtempSync(path.join(tmpdir(), 'conformance-'));
const file = (name) => path.join(place, name);
const readJson = (name) => JSON.parse(readFileSync(name, 'utf8'));
const writeJson = (name, value) => writeFileSync(name, JSON.stringify(value, null, 1));
let sandbox;

before(async () => {
  sandbox = await Sandbox.start();
  writeJson(file('ports.json'), sandbox.ports);
  const made = spawnSync(path.join(root, 'conf/demo/make-demo-conf'), [file('conf'), sandbox.certs, file('ports.json')]);
  assert.equal(made.status, 0, String(made.stderr));
  // A machine under load answers late; what is tested here is which case fails, and not how fast it is.
  const conf = file('conf/overblikd.json');
  writeJson(conf, { ...readJson(conf), time: { soft_ms: 8000, hard_ms: 20000 } });
  for (const name of readdirSync(file('conf/sources'))) {
    const manifest = readJson(file(`conf/sources/${name}`));
    manifest.timers = { connect_ms: 4000, first_byte_ms: 5000, silence_ms: 2000, total_ms: 6000 };
    writeJson(file(`conf/sources/${name}`), manifest);
  }
});
beforeEach(() => sandbox.clear());
after(async () => {
  assert.equal(await sandbox?.stop(), 0);
  rmSync(place, { recursive: true });
});

/** Runs `overblik source ACTION …`: resolves to status, out, err. */
const overblik = (...args) => new Promise((resolve) => {
  execFile(path.join(build, 'overblik'), ['source', ...args], { maxBuffer: 1 << 26 },
    (error, out, err) => resolve({ status: error ? error.code : 0, out, err }));
});
/** Its manifest says whom to ask for. */
const standard = () => ['-c', file('conf/overblikd.json'), '--municipality', '0710', '--municipality', '0101'];
/** A source as it is tried: status, file and its result. */
async function tried(source, ...more) {
  const { status, out, err } = await overblik('test', source, ...standard(), '--format', 'json', ...more);
  assert.ok(out, err);
  return { status, file: JSON.parse(out), result: JSON.parse(out).result };
}
const unwell = (result) => result.cases.filter((one) => ['failed', 'remark'].includes(one.result));
const told = (list) => list.map((one) => `${one.number} ${one.name}: ${one.seen}`);

// --- the six authorities ---------------------------------------------------------------------------

for (const source of readdirSync(path.join(root, 'conf/sources')).map((name) => path.basename(name, '.json')))
  test(`${source} is approved`, async () => {
    const { status, result } = await tried(source);
    assert.deepEqual(told(unwell(result)), []);
    assert.deepEqual([result.verdict, status], ['approved', 0], JSON.stringify(result.not_tested));
  });

// --- a fault for each case -------------------------------------------------------------------------

/** A source's manifest with another endpoint. */
const changed = (source, change) => () => {
  mkdirSync(file('changed'), { recursive: true });
  const name = file(`changed/${source}.json`);
  const manifest = readJson(file(`conf/sources/${source}.json`));
  Object.assign(manifest.endpoints.test, change);
  writeJson(name, manifest);
  return name;
};
/** A label of more than 63 letters is asked of no name server. */
const unnameable = `https://${'x'.repeat(70)}.example`;
const DETAIL = '/hentydelse/v2.1.0';

/** Each row: the case, the sandbox's fault (as its control port takes it), and what else it takes. */
const faults = [
  ['name', null, { source: changed('atp.pension', { url: unnameable }) }],
  ['address', null, { source: changed('atp.pension', { addresses: '192.0.2.0/24' }) }],
  ['tcp', 'refuse'],
  ['tls', 'silent-door'],
  ['certificate-chain', 'unknown-issuer'],
  ['certificate-name', 'wrong-name'],
  ['certificate-time', 'expired-certificate'],
  ['first-byte', 'never'],
  ['total-time', { fault: 'slow-head', ms: 100 }],
  ['slow-body', { fault: 'drip', ms: 3000 }],
  ['total-time', 'drip'],
  ['size', 'huge'],
  ['size', 'endless'],
  ['http', 'garbage'],
  ['http', 'two-lengths'],
  ['http', 'gzip'],
  ['http', 'cut'],
  ['http', 'cut-head'],
  ['http', 'reset'],
  ['status', 'error-html'],
  ['status', 'error'],
  ['status', '401'],
  ['status', '403'],
  ['status', '404'],
  ['status', '429'],
  ['status', '503-retry-after'],
  ['status', 'redirect'],
  ['status', 'no-content'],
  ['format', 'wrong-type'],
  ['format', 'wrong-charset'],
  ['format', 'duplicate'],
  ['format', 'many', { settings: { limits: { answer_max: 16 << 20 } } }],
  ['format', 'deep'],
  ['foreign-citizen', 'foreign'],
  ['proof', 'unnamed'],
  ['proof', 'wrong-echo'],
  ['echo', 'no-echo'],
  ['fresh', 'stale'],
  ['client-certificate', 'anybody'],
  ['no-token', 'takes-no-token'],
  ['forged-token', 'takes-forged-token'],
  ['expired-token', 'takes-expired-token'],
  ['others-token', 'takes-others-token'],
  ['stolen-token', 'takes-stolen-token'],
  ['wrong-level', 'takes-low-level'],
  ['emptiness', { fault: 'no-content', citizen: 'nikolaj' }],
  ['emptiness', { fault: '404', citizen: 'nikolaj' }],
  ['mapping', 'untitled'],
  ['states', 'odd-status'],
  ['authority', 'other-authority', { at: 'kommuner.sager' }],
  ['paging', 'looping-pages'],
  ['idempotence', 'unstable'],
  ['detail', { fault: 'error', path: DETAIL }],
  ['others-item', { fault: 'any-item', path: DETAIL }],
  ['connection-reuse', 'closes'],
  ['p95', { fault: 'delay', ms: 250 }, { args: ['--p95-ms', '150'] }],
  ['parallel', 'crowd'],
  ['index-case', 'bare', { at: 'kommuner.sager' }],
  ['index-journal-note', 'no-notes', { at: 'kommuner.sager' }],
  ['index-document', 'no-documents', { at: 'kommuner.sager' }],
  ['index-organisation', 'no-organisation', { at: 'kommuner.sager' }],
  ['index-classification', 'no-classification', { at: 'kommuner.sager' }],
  ['index-classification', 'no-classification', { at: 'kommuner.ydelser' }],
  ['index-removal', 'left-behind', { at: 'kommuner.sager' }],
  ['index-fremdrift', 'odd-progress', { at: 'kommuner.sager' }],
];
const AUTHORITIES = { 'atp.pension': 'atp', 'kommuner.sager': 'municipal', 'kommuner.ydelser': 'municipal' };

for (const [name, fault, { at = 'atp.pension', source = () => at, args = [], settings } = {}] of faults)
  test(`${name} alone fails under ${fault ? JSON.stringify(fault) : 'another file'} at ${at}`, async () => {
    const conf = file('conf/overblikd.json');
    const before = readJson(conf);
    if (settings) writeJson(conf, { ...before, ...settings });
    if (fault)
      await sandbox.fault({ authority: AUTHORITIES[at], ...(typeof fault === 'string' ? { fault } : fault) });
    const { status, result } = await tried(source(), ...args);
    writeJson(conf, before);
    assert.deepEqual(unwell(result).map((one) => one.name), [name], told(unwell(result)).join('\n'));
    assert.equal(status, { approved_with_remarks: 1, not_approved: 2 }[result.verdict]);
  });

test('there is a fault for every case', async () => {
  const { result } = await tried('atp.pension');
  assert.deepEqual([...new Set(faults.map(([name]) => name))].sort(), result.cases.map((one) => one.name).sort());
});

// --- the result ------------------------------------------------------------------------------------

test('what is not tested says why, and is in the result', async () => {
  await sandbox.fault({ authority: 'atp', fault: 'refuse' });
  const { result } = await tried('atp.pension');
  assert.equal(result.verdict, 'not_approved');
  assert.deepEqual(result.counts, { passed: 2, remark: 0, failed: 1, not_tested: 40, not_relevant: 0 });
  assert.equal(result.not_tested.length, 40);
  assert.equal(result.not_tested[0].why, 'case 1.3 comes first');
});

test('the result keeps its schema', async () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
    readJson(path.join(root, 'conf/schema/conformance_result.json')));
  for (const source of ['atp.pension', 'kommuner.sager']) {
    const result = (await tried(source)).file;
    assert.ok(validate(result), JSON.stringify(validate.errors));
    assert.ok(!validate({ ...result, more: 1 }) && !validate({ signature: null }));
  }
});

test('the index has its six columns and the vendor\'s states', async () => {
  const { kombit } = (await tried('kommuner.sager')).result;
  assert.deepEqual(kombit.columns.map(({ number }) => number), ['6.1', '6.2', '6.3', '6.4', '6.5', '6.6']);
  for (const column of kombit.columns) assert.ok(column.whole > 0 && column.whole <= column.seen, JSON.stringify(column));
  assert.ok(kombit.fremdrift.some(({ internal, fremdrift }) => internal === 'Under behandling' && fremdrift === 'Oplyst'));
  assert.equal((await tried('atp.pension')).result.kombit, null);
});

test('the signature is verified by a script that knows nothing of ours', async () => {
  const script = path.join(root, 'tests/tools/verify_conformance.mjs');
  const verify = (name) => spawnSync(process.execPath, [script, name, path.join(sandbox.certs, 'checkpoint.jwks.json')],
    { encoding: 'utf8' });
  await overblik('test', 'kommuner.sager', ...standard(), '--result', file('result.json'));
  const good = verify(file('result.json'));
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /^kommuner\.sager: approved, signed /);
  const changes = [
    (whole) => (whole.result.verdict = 'not_approved'),
    (whole) => (whole.result.cases[7].seen += ' '),
    (whole) => (whole.result.made_by.build_sha256 = '0'.repeat(64)),
    (whole) => (whole.signature.text = whole.signature.text.replace('approved', 'not_approved')),
    (whole) => (whole.signature.value = whole.signature.value.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))),
    (whole) => (whole.signature.kid = 'another'),
    (whole) => (whole.signature = null),
  ];
  for (const change of changes) {
    const whole = readJson(file('result.json'));
    change(whole);
    writeJson(file('changed.json'), whole);
    assert.equal(verify(file('changed.json')).status, 1, String(change));
  }
});

test('versions and hashes name what was tested, and by what', async () => {
  const { result } = await tried('atp.pension');
  const sha256 = (name) => spawnSync('sha256sum', [name], { encoding: 'utf8' }).stdout.slice(0, 64);
  assert.equal(result.manifest.sha256, sha256(file('conf/sources/atp.pension.json')));
  assert.equal(result.made_by.build_sha256, sha256(path.join(build, 'overblik')));
  assert.match(result.made_by.version, /^\d+\.\d+\.\d+$/);
});

// --- other forms -----------------------------------------------------------------------------------

/** A result with failures, in any form, of the file. */
async function failedResult() {
  await sandbox.fault({ authority: 'municipal', fault: 'no-notes' });
  await overblik('test', 'kommuner.sager', ...standard(), '--result', file('remarks.json'));
  await sandbox.fault({ authority: 'atp', fault: 'untitled' });
  await overblik('test', 'atp.pension', ...standard(), '--result', file('failed.json'));
}

test('prove takes the TAP', async () => {
  await failedResult();
  for (const [name, status] of [['remarks', 0], ['failed', 1]]) {
    await overblik('report', file(`${name}.json`), '--format', 'tap', '--output', file(`${name}.tap`));
    const ran = spawnSync('prove', ['--source', 'File', '--file-option', 'extensions=.tap', file(`${name}.tap`)],
      { encoding: 'utf8' });
    assert.equal(ran.status, status, ran.stdout + ran.stderr);
    assert.match(ran.stdout, /Tests=43/);
  }
});

test('JUnit is well formed, and counts as the result does', async () => {
  await failedResult();
  const { status, out } = await overblik('report', file('failed.json'), '--format', 'junit', '--language', 'da');
  assert.equal(status, 0);
  const value = (xpath) => spawnSync('xmllint', ['--nonet', '--xpath', xpath, '-'], { encoding: 'utf8', input: out }).stdout.trim();
  const { counts } = readJson(file('failed.json')).result;
  assert.equal(value('count(/testsuites/testsuite/testcase)'), '43');
  assert.equal(value('count(//testcase/failure)'), String(counts.failed));
  assert.equal(value('string(//testsuite/@failures)'), String(counts.failed));
  assert.equal(value('count(//testcase/skipped)'), String(counts.not_tested + counts.not_relevant));
  assert.equal(value('string(//testsuite/@skipped)'), String(counts.not_tested + counts.not_relevant));
  assert.equal(value('string(//testcase[failure]/@name)'), '4.2 Oplysningerne kan vises');
  assert.equal(value('count(//testcase[not(@classname) or not(@name) or not(@time)])'), '0');
});

test('the page is whole in both languages', async () => {
  await failedResult();
  for (const [language, verdict] of [['da', 'Ikke godkendt'], ['en', 'Not approved']]) {
    const { out } = await overblik('report', file('failed.json'), '--language', language);
    const parsed = spawnSync('xmllint', ['--html', '--nonet', '--noout', '-'], { encoding: 'utf8', input: out });
    assert.doesNotMatch(parsed.stderr.replaceAll(/.*Tag (main|section) invalid[^]*?\^\n/g, ''), /error/);
    assert.match(out, new RegExp(`<html lang="${language}">[^]*<h1>[^]*${verdict}`));
    assert.equal([...out.matchAll(/<h3>/g)].length, 43);
    assert.doesNotMatch(out, /<script|https?:\/\/(?!127)|\bsrc=/);
    for (const { cpr } of citizens) assert.ok(!out.includes(cpr));
  }
});

test('a browser prints the PDF; without one, a message says what to do', async () => {
  await failedResult();
  const { status, err } = await overblik('report', file('remarks.json'), '--format', 'pdf', '--output', file('r.pdf'));
  assert.equal(status, 0, err);
  assert.equal(readFileSync(file('r.pdf'), 'latin1').slice(0, 5), '%PDF-');
  const none = spawnSync(path.join(build, 'overblik'), ['source', 'report', file('remarks.json'), '--format', 'pdf',
    '--output', file('none.pdf')], { encoding: 'utf8', env: { ...process.env, PATH: '/nowhere' } });
  assert.equal(none.status, 74);
  assert.match(none.stderr, /install chromium, or take --format html/);
  assert.ok(!existsSync(file('none.pdf')));
});

// --- the command -----------------------------------------------------------------------------------

test('people see a line for each case, and what to do next', async () => {
  await sandbox.fault({ authority: 'atp', fault: 'untitled' });
  const { status, out } = await overblik('test', 'atp.pension', ...standard());
  assert.equal(status, 2);
  assert.equal(out.split('\n').filter((line) => /^\d\.\d+ /.test(line)).length, 43);
  assert.match(out, /^4\.2 +failed .*no title.*\n +-> Fill in the fields/m);
  assert.match(out, /\nNot approved: 34 passed, 0 remarks, 1 failed/);
});

test('a URL is enough, with flags', async () => {
  const certs = (name) => path.join(sandbox.certs, name);
  const { status, out, err } = await overblik('test', `https://localhost:${sandbox.ports.atp}`, '--id', 'atp.pension', '--dialect', 'borgervendt',
    '--path', '/hentydelsesliste/v2.1.0', '--kinds', 'benefit', '--cvr', '43405810', '--ca', certs('ca.pem'),
    '--certificate', certs('gateway-client.pem'), '--key', certs('gateway-client.key'), '--assertion-key',
    certs('assertion.key'), '--issuer', 'https://overblik.example', '--citizens', file('conf/sources/atp.pension.json'),
    '--format', 'json');
  assert.equal(status, 0, out + err);
  const { result, signature } = JSON.parse(out);
  assert.deepEqual([result.verdict, result.manifest.file, signature], ['approved', null, null]);
});

test('a source that is described instead of coded is tested alike, and the broken rule is named', async () => {
  const { borgervendt, ...manifest } = readJson(file('conf/sources/atp.pension.json'));
  assert.ok(borgervendt);
  writeJson(file('mapped.json'), { ...manifest, dialect: 'mapped',
    kinds: ['case', 'document', 'benefit', 'payment', 'credential', 'service', 'appointment'],
    mapping: readJson(path.join(root, 'tests/mapping/borgervendt/mapping.json')) });
  assert.equal((await tried(file('mapped.json'))).result.verdict, 'approved');
  await sandbox.fault({ authority: 'atp', fault: 'wrong-type' });
  const [failed] = unwell((await tried(file('mapped.json'))).result);
  assert.equal(failed.name, 'format');
  assert.match(failed.seen, /, by \/mapping\/answer\/as_of$/);
});

test('without test citizens nobody is asked for, and that is said', async () => {
  writeJson(file('none.json'), { test_citizens: [] });
  const { out } = await overblik('test', 'atp.pension', ...standard(), '--citizens', file('none.json'), '--format', 'json');
  const { result } = JSON.parse(out);
  assert.equal(result.verdict, 'approved_with_remarks');
  assert.deepEqual(result.asked.citizens, []);
  assert.ok(result.not_tested.some(({ number, why }) => number === '4.2' && /no test citizen/.test(why)));
});

test('somebody\'s number is refused, and not repeated', async () => {
  const number = ['010170', '9995'].join('');
  writeJson(file('living.json'), { test_citizens: [{ id: 'x', cpr: number, name: 'X' }] });
  const { status, out, err } = await overblik('test', 'atp.pension', ...standard(), '--citizens', file('living.json'));
  assert.equal(status, 78);
  assert.match(err, /living\.json:\d+:\d+: .*replacement number/);
  assert.ok(!(out + err).includes(number));
});

test('what is wrong is said, with what to do', async () => {
  const conf = standard();
  for (const [args, status, words] of [
    [['test'], 64, /expected one argument/],
    [['test', 'atp.pension', ...conf, '--format', 'xml'], 64, /json, tap, junit, html or pdf/],
    [['test', 'atp.pension', ...conf, '--format', 'pdf'], 64, /--output/],
    [['test', 'atp.pension', ...conf, '--p95-ms', '0'], 64, /milliseconds/],
    [['test', 'atp.nothing', ...conf], 78, /there is no source "atp\.nothing"/],
    [['test', 'atp.pension', ...conf, '--citizen', 'nobody'], 78, /no test citizen "nobody"/],
    [['test', 'kommuner.sager', ...conf, '--municipality', '9999'], 78, /"9999" cannot be asked for/],
    [['test', 'no/such.json'], 78, /no\/such\.json: cannot be opened/],
    [['test', 'https://localhost:1', '--dialect', 'borgervent'], 78, /there is no dialect "borgervent"; did you mean "borgervendt"\?/],
    [['test', path.join(root, 'conf/sources/atp.pension.json'), '--environment', 'nowhere'], 78, /has no endpoint for nowhere; try --environment/],
    [['test', 'http://localhost:1', '--dialect', 'borgervendt'], 78, /--insecure-sources/],
    [['report', file('conf/overblikd.json')], 65, /no result of overblik source test/],
    [['report', '/nowhere.json'], 65, /nowhere\.json/],
  ]) {
    const ran = await overblik(...args);
    assert.equal(ran.status, status, args.join(' ') + ran.err);
    assert.match(ran.err, words);
  }
  assert.match((await overblik('test', '--help')).out, /exit status is 0: approved, 1: with remarks, 2: not approved/);
});
