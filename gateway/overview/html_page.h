/* SPDX-License-Identifier: MIT */
/* html_page: a page to keep or print that is opened from a file, too: no script, nothing loaded
 * from anywhere, one style sheet inside, which the page's own policy (CSP 3) names by its hash.
 * Pure. */
#ifndef OVERVIEW_HTML_PAGE_H
#define OVERVIEW_HTML_PAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"

/* All up to and with <body>. `style`: a literal of ours. */
void html_page_begin(struct buf *out, enum language language, struct str title, struct str style);

/* The same policy as a header; frame-ancestors counts there only. STR_NONE: arena full. */
struct str html_page_policy(struct arena *arena, struct str style);

#endif
