// SPDX-License-Identifier: MIT
//
// What the page does better with a script; without it everything still reads. It tells how many answers
// have come, asks one source again alone, counts a wait down, and says when the session is about to end.

const SOON_MS = 120000;
const fill = (text, ...values) => values.reduce((rest, value) => rest.replace('{}', value), text);

/** One polite live region; the focus stays where it is. */
function say(text) {
  const region = document.getElementById('progress');
  if (region) region.textContent = text;
}

function watchProgress(overview) {
  const count = Number(overview.dataset.count);
  const tell = () => {
    const landed = overview.querySelectorAll(':scope > section.source').length;
    say(fill(overview.dataset.progress, landed, count));
    return landed === count && document.getElementById('end');
  };
  const observer = new MutationObserver(() => tell() && observer.disconnect());
  if (!tell()) observer.observe(overview, { childList: true });
}

/** A link that says how long to wait, until it may be used. */
function countDown(link) {
  let left = Number(link.dataset.after);
  if (!left) return;
  const label = link.firstChild;
  link.setAttribute('aria-disabled', 'true');
  const timer = setInterval(() => {
    left -= 1;
    label.textContent = left > 0 ? fill(link.dataset.wait, left) : link.dataset.word;
    if (left > 0 && link.isConnected) return;
    clearInterval(timer);
    link.removeAttribute('aria-disabled');
  }, 1000);
}

async function retry(link) {
  const section = link.closest('section.source');
  section.setAttribute('aria-busy', 'true');
  const answer = await fetch(link.dataset.retry, { credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) {
    location.assign('/'); // logged out, or another person is shown: the whole page is made anew
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('section.source');
  section.replaceWith(fresh);
  say(fill(document.getElementById('overview').dataset.retried, fresh.querySelector('h3').textContent));
  fresh.setAttribute('tabindex', '-1');
  fresh.focus({ preventScroll: true }); // the link that had it is gone
  fresh.querySelectorAll('a[data-retry]').forEach(countDown);
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[data-retry]');
  if (!link) return;
  event.preventDefault();
  if (!link.hasAttribute('aria-disabled')) retry(link);
});

/** A link into the page opens what is folded around its place. */
function unfold() {
  const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = place; at; at = at.parentElement) if (at.localName === 'details') at.open = true;
  if (place) place.scrollIntoView();
}
addEventListener('hashchange', unfold);

const session = document.getElementById('session');
if (session) {
  const left = Number(session.dataset.ends) - Date.now();
  setTimeout(() => { session.textContent = session.dataset.soon; say(session.dataset.soon); }, Math.max(0, left - SOON_MS));
  setTimeout(() => location.assign('/'), Math.max(0, left) + 1000);
}
// A page that the browser kept whole is asked for again: the session may have ended since.
addEventListener('pageshow', (event) => event.persisted && location.reload());

const overview = document.getElementById('overview');
if (overview) {
  watchProgress(overview);
  document.querySelectorAll('a[data-retry]').forEach(countDown);
}
