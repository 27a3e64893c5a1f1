// SPDX-License-Identifier: MIT
//
// The operators' page: what changes comes by /events, what is decided goes by the same requests as the
// command's. Everything is put in as text or as elements made here; nothing is ever parsed as markup.

const da = document.documentElement.lang === 'da';
const say = (danish, english) => (da ? danish : english);
const locale = da ? 'da-DK' : 'en-GB';
const language = document.documentElement.lang;
const $ = (selector, under = document) => under.querySelector(selector);
const $$ = (selector, under = document) => [...under.querySelectorAll(selector)];
const mayChange = document.body.dataset.role === 'operator';

// --- elements --------------------------------------------------------------------------------------

const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== ''));
  return element;
};
const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const draw = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

/** A picture whose numbers stand beside it, or in its name. */
const picture = (width, height, name, ...shapes) =>
  draw('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': name }, ...shapes);

const number = (value) => (value === null || value === undefined ? '–' : value.toLocaleString(locale));
const times = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Europe/Copenhagen' });
const time = (text) => make('time', { datetime: text }, times.format(new Date(text)));

/** A table that may be wider than the page, which then scrolls alone. */
function table(caption, heads, rows) {
  const cell = (tag, value, isNumber, scope) => make(tag, { class: isNumber ? 'number' : null, scope }, value);
  return make('div', { class: 'wide', role: 'region', tabindex: 0, 'aria-label': caption },
    make('table', {}, make('caption', {}, caption),
      make('thead', {}, make('tr', {}, ...heads.map(([text, isNumber]) => cell('th', text, isNumber, 'col')))),
      make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map((value, i) =>
        cell(i === 0 ? 'th' : 'td', value, heads[i][1], i === 0 ? 'row' : null)))))));
}

// --- asking ----------------------------------------------------------------------------------------

/** The answer's JSON; throws what people may read. */
async function ask(method, where, body) {
  const answer = await fetch(where, {
    method,
    headers: { 'Accept-Language': language, ...(body && { 'Content-Type': 'application/json', 'Overblik-Operator': 'page' }) },
    body: body && JSON.stringify(body),
  }).catch(() => { throw new Error(say('Gatewayen svarer ikke.', 'The gateway does not answer.')); });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.detail ?? json.title ?? `HTTP ${answer.status}`);
  return json;
}

// --- the sources, live -----------------------------------------------------------------------------

// The upper bounds of a histogram's buckets, as in gateway/serve/counters.h.
const BOUNDS_MS = [2, 5, 10, 25, 50, 100, 250, 500, 1000, 1500, 2500, 5000, 10000, Infinity];

function bandsPicture(bands) {
  const most = Math.max(...bands);
  if (most === 0) return '–';
  const WIDTH = 112, HEIGHT = 24, STEP = WIDTH / bands.length;
  const name = bands.map((count, i) => [count, i]).filter(([count]) => count > 0)
    .map(([count, i]) => `${i < 13 ? `≤ ${BOUNDS_MS[i]}` : '> 10000'} ms: ${count}`).join(', ');
  return picture(WIDTH, HEIGHT, name, draw('path', { class: 'axis', d: `M0 ${HEIGHT}H${WIDTH}` }),
    ...bands.map((count, i) => count > 0 && draw('rect', { class: BOUNDS_MS[i] > 1000 ? 'bar-bad' : 'bar', x: i * STEP + 1,
      y: HEIGHT - Math.max(2, HEIGHT * count / most), width: STEP - 2, height: Math.max(2, HEIGHT * count / most) })).filter(Boolean));
}

const BREAKERS = { closed: say('lukket', 'closed'), open: say('åben', 'open'), 'half-open': say('prøver', 'trying') };

/** What stands in each cell of a source's row. */
const CELLS = {
  state: ({ state_text, state_until, authorities_off, window }) => [make('span', { class: 'state' }, state_text),
    authorities_off.length > 0 ? make('small', {}, authorities_off.join(', ')) : '',
    state_until ? make('small', {}, say('indtil ', 'until '), time(state_until)) : '',
    window && !window.closed ? make('small', {}, say('har en tidsplan, åben nu', 'has a timetable, open now')) : ''],
  calls: ({ last_minute }) => [number(last_minute.calls)],
  failures: ({ last_minute }) => [number(last_minute.failures)],
  times: ({ last_minute: { p50_ms, p95_ms, p99_ms } }) => [[p50_ms, p95_ms, p99_ms].map(number).join(' / ')],
  bands: ({ last_minute }) => [bandsPicture(last_minute.bands)],
  in_flight: ({ in_flight }) => [number(in_flight)],
  breaker: ({ breaker, breaker_left_ms }) => [BREAKERS[breaker] ?? breaker,
    breaker_left_ms ? make('small', {}, `${Math.ceil(breaker_left_ms / 1000)} s`) : ''],
  certificate: ({ certificate_days }) => [certificate_days !== null && certificate_days < 14
    ? make('strong', { class: 'bad' }, number(certificate_days)) : number(certificate_days)],
  errors: ({ last_errors }) => last_errors.length === 0 ? ['–'] : last_errors.flatMap(({ text, times: count, at }) =>
    [`${text} (${number(count)})`, make('small', {}, time(at))]),
};

/** Which decisions make sense now. */
const FITS = {
  maintenance: ({ mode }) => mode !== 'maintenance',
  drain: ({ mode }) => mode === 'on',
  disable: ({ mode }) => mode !== 'disabled',
  enable: ({ mode }) => mode !== 'on',
  rearm: ({ switched_off, authorities_off, breaker }) => switched_off || authorities_off.length > 0 || breaker !== 'closed',
};

const rows = new Map($$('tr[data-source]').map((row) => [row.dataset.source, row]));
const known = new Map(); // the newest of each source

function show(source) {
  const row = rows.get(source.id);
  if (!row) return; // another configuration: the page says so
  const before = known.get(source.id);
  known.set(source.id, source);
  row.dataset.state = source.state;
  for (const [name, content] of Object.entries(CELLS)) $(`[data-cell=${name}]`, row).replaceChildren(...content(source).filter((one) => one !== ''));
  if (mayChange)
    for (const button of $$('button[data-action]', row)) {
      const fits = FITS[button.dataset.action](source);
      if (!fits && button === document.activeElement) row.querySelector('button:not([hidden])')?.focus();
      button.hidden = !fits;
      button.setAttribute('aria-label', `${button.textContent}: ${source.id}`);
    }
  return before && before.state !== source.state ? `${source.name} ${source.state_text}` : undefined;
}

const live = $('#live');
function tell(text) {
  if (live.textContent !== text) live.textContent = text;
}

function take(event) {
  const { status, sources } = JSON.parse(event.data);
  const news = sources.map(show).filter(Boolean);
  $('#changed').hidden = status.revision === document.body.dataset.revision;
  const ready = status.ready ? say('Gatewayen er klar.', 'The gateway is ready.')
    : status.record_writable ? say('Gatewayen er ikke klar.', 'The gateway is not ready.')
      : say('Adgangsprotokollen kan ikke skrives: intet vises.', 'The access record cannot be written: nothing is shown.');
  tell([ready, ...news, status.last_reload_refused ? say('Den seneste konfiguration blev afvist.', 'The last configuration was refused.') : '']
    .filter(Boolean).join(' '));
}

const events = new EventSource(`/events?lang=${language}`);
events.addEventListener('all', take);
events.addEventListener('changed', take);
events.addEventListener('error', () => tell(say('Forbindelsen er afbrudt; tallene er gamle. Prøver igen.',
  'The connection is broken; the numbers are old. Trying again.')));

// --- deciding --------------------------------------------------------------------------------------

const dialog = $('#decide');
const decision = $('form', dialog);
let decides; // {source, action}

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-action]');
  if (!button) return;
  decides = { source: button.closest('tr').dataset.source, action: button.dataset.action };
  decision.reset();
  $('.refusal', decision).textContent = '';
  $('h2', decision).textContent = `${button.textContent}: ${decides.source}`;
  for (const label of $$('label[data-for]', decision)) label.hidden = !label.dataset.for.split(' ').includes(decides.action);
  dialog.showModal();
  decision.elements.reason.focus();
});

$('button[value=cancel]', decision).addEventListener('click', () => dialog.close());

decision.addEventListener('submit', async (event) => {
  event.preventDefault();
  const refusal = $('.refusal', decision);
  const { reason, until, da: danish, en: english } = decision.elements;
  const body = { reason: reason.value.trim() };
  if (!until.closest('label').hidden && until.value) body.until = new Date(until.value).toISOString().replace(/\.\d+Z$/, 'Z');
  if (!danish.closest('label').hidden && (danish.value.trim() || english.value.trim()))
    body.message = { da: danish.value.trim(), en: english.value.trim() };
  try {
    show(await ask('POST', `/sources/${encodeURIComponent(decides.source)}/${decides.action}`, body));
    dialog.close();
    $('button:not([hidden])', rows.get(decides.source))?.focus();
  } catch (error) {
    refusal.textContent = error.message;
  }
});

// --- forms -----------------------------------------------------------------------------------------

function planResult({ sources, level, revision }) {
  const why = ({ ask: isAsked, skip, rule }) => (isAsked ? say('spørges', 'is asked') : `${skip}${rule ? ` (${rule})` : ''}`);
  return [make('p', {}, say(`${sources.filter((row) => row.ask).length} af ${sources.length} spørges; niveau ${level}, konfiguration ${revision}.`,
    `${sources.filter((row) => row.ask).length} of ${sources.length} are asked; level ${level}, configuration ${revision}.`)),
  table(say('Planen', 'The plan'), [[say('Datakilde', 'Source')], [say('Myndighed', 'Authority')], [say('Bliver', 'Becomes')],
    [say('Tålmodighed, ms', 'Patience, ms'), true], [say('Kun iagttaget', 'Only observed')]],
  sources.map((row) => [row.municipality ? `${row.source}/${row.municipality}` : row.source, row.authority ?? '', why(row),
    row.ask ? number(row.total_ms) : '–', row.would_skip.join(', ')]))];
}

/** One line a call: connecting is light, waiting for and reading the answer is dark, what failed is red. */
function timeline({ sources }) {
  const calls = sources.flatMap((row) => row.timeline.map((call) => ({ ...call, source: row.municipality ? `${row.source}/${row.municipality}` : row.source })))
    .filter((call) => call.started_us !== null);
  if (calls.length === 0) return make('p', {}, say('Ingen blev spurgt.', 'Nobody was asked.'));
  const end = Math.max(1, ...calls.map((call) => call.ended_us ?? call.first_byte_us ?? call.started_us));
  const LEFT = 190, WIDTH = 640, LINE = 18, AXIS = 20;
  const x = (us) => LEFT + (WIDTH - LEFT - 60) * us / end;
  const height = calls.length * LINE + AXIS;
  const lines = calls.flatMap((call, i) => {
    const y = i * LINE + 3;
    const ended = call.ended_us ?? end;
    const connected = call.connected_us ?? (call.first_byte_us === null ? ended : call.started_us);
    const isBad = call.ended !== 'ok' || call.http_status >= 400;
    const label = `${call.source}${call.kind === 'first' ? '' : `, ${call.kind}`}${call.page > 1 ? `, ${say('side', 'page')} ${call.page}` : ''}`;
    return [draw('text', { x: 0, y: y + 10 }, label),
      draw('rect', { class: 'bar-light', x: x(call.started_us), y, width: Math.max(1, x(connected) - x(call.started_us)), height: 12 }),
      draw('rect', { class: isBad ? 'bar-bad' : 'bar', x: x(connected), y, width: Math.max(1, x(ended) - x(connected)), height: 12 }),
      draw('text', { x: x(ended) + 4, y: y + 10 }, `${number(Math.round((ended - call.started_us) / 1000))} ms`)];
  });
  return picture(WIDTH, height, say(`Tidslinje over ${calls.length} kald; tallene står i tabellen.`,
    `Timeline of ${calls.length} calls; the numbers stand in the table.`), ...lines,
  draw('path', { class: 'axis', d: `M${LEFT} ${height - AXIS + 2}H${WIDTH - 60}` }),
  draw('text', { x: LEFT, y: height - 4 }, '0'), draw('text', { x: WIDTH - 60, y: height - 4, 'text-anchor': 'end' }, `${number(Math.round(end / 1000))} ms`));
}

function explainResult(explanation) {
  const { operation, portal, status, ended, sources, revision, mandate } = explanation;
  const last = (row) => row.timeline.at(-1);
  return [make('p', {}, `${operation}, ${portal ?? '–'}, ${status ?? say('klienten gik', 'the client left')}, `, time(ended), `, ${revision}`,
    mandate ? `, ${say('fuldmagt', 'mandate')} ${mandate}` : ''),
  timeline(explanation),
  make('p', { class: 'legend' }, say('Lys: forbindelse. Mørk: fra spørgsmål til svar. Rød: endte ikke med et svar.',
    'Light: connecting. Dark: from question to answer. Red: did not end with an answer.')),
  table(say('Kilderne', 'The sources'), [[say('Datakilde', 'Source')], [say('Endte som', 'Ended as')], [say('Regel', 'Rule')],
    [say('Hvorfor', 'Why')], [say('Kald', 'Calls'), true], ['ms', true], [say('Havde', 'Held'), true], [say('Vist', 'Shown'), true]],
  sources.map((row) => [row.municipality ? `${row.source}/${row.municipality}` : row.source, row.state, row.rule ?? '', row.why ?? '',
    number(row.attempts), number(last(row)?.ended_us == null ? null : Math.round((last(row).ended_us - row.timeline[0].started_us) / 1000)),
    number(row.held), number(row.shown)]))];
}

/** What became of the calls: with data dark, without light, no answer red. */
function shareBar({ calls, with_data, without_data }) {
  if (!calls || with_data === null || without_data === null) return '–';
  const WIDTH = 120, HEIGHT = 14;
  return picture(WIDTH, HEIGHT, say(`${with_data} med data, ${without_data} uden, af ${calls}`, `${with_data} with data, ${without_data} without, of ${calls}`),
    draw('rect', { class: 'bar-bad', width: WIDTH, height: HEIGHT }),
    draw('rect', { class: 'bar-light', width: WIDTH * (with_data + without_data) / calls, height: HEIGHT }),
    draw('rect', { class: 'bar', width: WIDTH * with_data / calls, height: HEIGHT }));
}

/** From the median to 99 in 100, with a line at 95, on one scale for all rows. */
function spreadBar({ p50_ms, p95_ms, p99_ms }, most) {
  if (p50_ms === null || p99_ms === null) return '–';
  const WIDTH = 120, HEIGHT = 14, x = (ms) => (WIDTH - 4) * ms / Math.max(1, most);
  return picture(WIDTH, HEIGHT, `${p50_ms}–${p99_ms} ms`, draw('path', { class: 'axis', d: `M0 ${HEIGHT - 1}H${WIDTH}` }),
    draw('rect', { class: 'bar-light', x: x(p50_ms), y: 2, width: Math.max(3, x(p99_ms) - x(p50_ms)), height: HEIGHT - 4 }),
    draw('rect', { class: 'bar', x: x(p95_ms ?? p99_ms), y: 1, width: 3, height: HEIGHT - 2 }));
}

function reportResult({ month, first, last, over, withheld, sources, rows: lines }) {
  const list = sources.length > 0 ? sources : lines;
  const most = Math.max(1, ...list.map((line) => line.p99_ms ?? 0));
  return [make('p', {}, `${first} – ${last}. `, over ? '' : say('Måneden er ikke slut: tallene er indtil nu. ', 'The month is not over: the numbers are so far. '),
    withheld ? say('Små tal er holdt tilbage.', 'Small numbers are withheld.') : ''),
  list.length === 0 ? make('p', {}, say('Ingen kald er talt.', 'No call was counted.'))
    : table(`${say('Kald', 'Calls')} ${month}`, [[say('Datakilde', 'Source')], [say('Kald', 'Calls'), true], [say('Fordeling', 'Share')],
      [say('Med data', 'With data'), true], [say('Uden', 'Without'), true], [say('For sent', 'Late'), true], [say('Fejl', 'Failed'), true],
      ['50 % ms', true], ['95 % ms', true], ['99 % ms', true], [say('Svartider', 'Times')]],
    list.map((line) => [line.source, number(line.calls), shareBar(line), number(line.with_data), number(line.without_data), number(line.late),
      number(line.failed), number(line.p50_ms), number(line.p95_ms), number(line.p99_ms), spreadBar(line, most)])),
  make('p', { class: 'legend' }, say('Fordeling: mørk er med data, lys er uden data, rød er intet svar. Svartider: fra 50 % til 99 %, streg ved 95 %.',
    'Share: dark is with data, light is without data, red is no answer. Times: from 50% to 99%, a line at 95%.'))];
}

function configurationResult([{ loaded, reloads_accepted, reloads_refused, last_refused }, { in_force, files, same, fault_count, faults, difference }]) {
  const list = (title, found) => [make('h3', {}, title), make('ul', {}, ...found.map(({ where, what }) => make('li', {}, make('code', {}, where ?? ''), ` ${what}`)))];
  const result = [make('p', {}, say(`Genindlæst ${reloads_accepted} gange, afvist ${reloads_refused}; i kraft siden `,
    `Reloaded ${reloads_accepted} times, refused ${reloads_refused}; in force since `), time(loaded))];
  if (last_refused) result.push(...list(say('Den seneste afviste havde fejl', 'The last refused one had faults'), last_refused.faults));
  if (fault_count > 0) return [...result, ...list(say(`Filerne har ${fault_count} fejl`, `The files have ${fault_count} faults`), faults)];
  if (same) return [...result, make('p', {}, say('Filerne er dem, der er i kraft.', 'The files are those in force.'))];
  result.push(make('p', {}, say(`I kraft ${in_force}, filerne ${files}.`, `In force ${in_force}, the files ${files}.`)));
  const asked = difference?.asked ?? [];
  if (asked.length === 0) return [...result, make('p', {}, say('Ingen ville blive spurgt anderledes.', 'Nobody would be asked otherwise.'))];
  return [...result, table(say('Hvem der ville blive spurgt anderledes', 'Who would be asked otherwise'),
    [[say('Datakilde', 'Source')], ['Portal'], [say('Niveauer', 'Levels')], [say('Kommuner', 'Municipalities')], [say('Nu', 'Now')], [say('Efter', 'After')]],
    asked.map((row) => [row.source, row.portal, row.levels.join(', '), row.municipalities.join(' '), row.before, row.after]))];
}

const FORMS = {
  plan: async ({ citizen, portal, municipalities, level }) => planResult(await ask('POST', '/plan',
    { citizen, portal, level, municipalities: municipalities.split(/[\s,]+/).filter(Boolean) })),
  explain: async ({ receipt }) => explainResult(await ask('GET', `/explain/${encodeURIComponent(receipt)}`)),
  report: async ({ month }) => reportResult(await ask('GET', `/report?month=${encodeURIComponent(month)}`)),
  configuration: async () => configurationResult([await ask('GET', '/configuration'), await ask('GET', '/configuration/difference')]),
};

for (const element of $$('.scripted')) element.hidden = false;
for (const form of $$('form[data-form]'))
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const result = $('.result', form.parentElement);
    const button = $('button', form);
    button.setAttribute('aria-busy', 'true');
    try {
      result.replaceChildren(...await FORMS[form.dataset.form](Object.fromEntries(new FormData(form))));
    } catch (error) {
      result.replaceChildren(make('p', { class: 'refusal' }, error.message));
    }
    button.removeAttribute('aria-busy');
  });
