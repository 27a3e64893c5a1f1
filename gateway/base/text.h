/* SPDX-License-Identifier: MIT */
/* text: the languages people are spoken to in. Codes are for programs, texts for people; each text
 * exists in every language of the table. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/str.h"

enum language { LANGUAGE_DA, LANGUAGE_EN, LANGUAGES };

/* One text in each language: text.in[LANGUAGE_EN]. */
struct text {
    struct str in[LANGUAGES];
};

struct str language_tag(enum language language); /* "da", "en" */

/* The language to answer in, by Accept-Language (RFC 9110, 12.5.4: ranges with weights); Danish
 * where the header is absent, unreadable or names neither. */
enum language language_choose(struct str accept_language);

#endif
