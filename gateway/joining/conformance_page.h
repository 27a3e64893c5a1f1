/* SPDX-License-Identifier: MIT */
/* conformance_page: a result file as a page for people, by itself: no script, nothing fetched. And
 * what it shares with the other forms of a report: reading the file's members. */
#ifndef JOINING_CONFORMANCE_PAGE_H
#define JOINING_CONFORMANCE_PAGE_H

#include "base/buf.h"
#include "base/text.h"

#include <jansson.h>

void conformance_page_write(const json_t *file, enum language language, struct buf *out);

/* A member's text, "" when there is none; the one in this language. */
const char *result_text(const json_t *object, const char *member);
const char *result_text_in(const json_t *object, const char *member, enum language language);
bool result_is(const json_t *one, const char *state); /* of a case */

#endif
