// SPDX-License-Identifier: MIT
//
// The login page: the sandbox's citizens with their stories, in Danish or English, without script.

import { createHash } from 'node:crypto';

const TEXTS = {
  da: {
    title: 'Log på som testborger',
    lead: 'Her er ingen rigtige mennesker. Vælg, hvem du vil være.',
    service: 'Du logger på',
    level: 'Sikringsniveau',
    cancel: 'Annullér',
    other: 'English',
  },
  en: {
    title: 'Log in as a test citizen',
    lead: 'Nobody here is real. Choose who you want to be.',
    service: 'You are logging in to',
    level: 'Assurance level',
    cancel: 'Cancel',
    other: 'Dansk',
  },
};

const STYLE = `
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; color: #1a1a1a; background: #f5f5f5; }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem; background: #fff; min-height: 100vh; }
ul { list-style: none; padding: 0; }
button { font: inherit; width: 100%; text-align: left; padding: .75rem 1rem; margin: 0 0 .5rem;
  border: 1px solid #767676; border-radius: 4px; background: #fff; cursor: pointer; }
button:hover, button:focus-visible { outline: 3px solid #0059b3; }
strong, small { display: block; }
`;

/** Everything from this page only: no script, no frame, the one style sheet. */
export const PAGE_POLICY =
  `default-src 'none'; frame-ancestors 'none'; base-uri 'none'; ` +
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

const escape = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** The first of the wished languages (RFC 5646 tags) that the page speaks; Danish otherwise. */
export function chooseLanguage(wishes) {
  return wishes.map((tag) => tag.trim().slice(0, 2).toLowerCase()).find((tag) => tag in TEXTS) ?? 'da';
}

function citizenEntry(citizen, path, language) {
  const level = `${TEXTS[language].level}: ${citizen.level}`;
  return `<li><form method="post" action="${path}/login">
<button name="citizen" value="${escape(citizen.id)}"><strong>${escape(citizen.name)}</strong>
<span>${escape(citizen[`story_${language}`])}</span><small>${escape(level)}</small></button></form></li>`;
}

/** The page as HTML; path is the interaction's, without a slash at its end. */
export function loginPage({ citizens, path, service, language }) {
  const text = TEXTS[language];
  const other = language === 'da' ? 'en' : 'da';
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${text.title}</title><style>${STYLE}</style></head>
<body><main>
<p><a href="${path}?lang=${other}" lang="${other}" hreflang="${other}">${text.other}</a></p>
<h1>${text.title}</h1>
<p>${text.lead}</p>
<p>${text.service}: ${escape(service)}</p>
<ul>
${citizens.map((citizen) => citizenEntry(citizen, path, language)).join('\n')}
</ul>
<form method="post" action="${path}/abort"><button>${text.cancel}</button></form>
</main></body></html>
`;
}
