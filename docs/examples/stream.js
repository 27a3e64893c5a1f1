// SPDX-License-Identifier: MIT
// Shows each authority's answer the moment it lands. The page and the API are of one origin, the portal's.

/** The records of an NDJSON stream, one by one. */
async function* records(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let read; !(read = await reader.read()).done; ) {
    const lines = (rest + read.value).split('\n');
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

const status = document.querySelector('[role=status]');
const list = document.querySelector('ul');
const keyOf = ({ id, authority }) => `${id}/${authority.code ?? ''}`;

async function show(token, municipality) {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/x-ndjson', 'Accept-Language': 'en' };
  const response = await fetch(`/v1/overview?municipality=${municipality}`, { headers });
  if (!response.ok) return (await response.json()).title;
  const rows = new Map();
  for await (const { record, ...said } of records(response)) {
    if (record === 'plan')
      for (const source of said.sources) {
        rows.set(keyOf(source), list.appendChild(document.createElement('li')));
        rows.get(keyOf(source)).textContent = `${source.name}: ${source.text ?? 'asked'}`;
      }
    if (record === 'source')
      rows.get(keyOf(said.source)).textContent = `${said.source.name}: ${said.source.text} ${said.items.map((item) => item.title).join(', ')}`;
    if (record === 'done') return said.summary.complete ? 'Everybody has answered.' : 'Some did not answer.';
  }
  return 'The answer was cut short.'; // no "done"
}

document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  list.replaceChildren();
  const { token, municipality } = event.target.elements;
  status.textContent = 'Asking …';
  status.textContent = await show(token.value, municipality.value).catch((error) => `It failed: ${error.message}`);
});
