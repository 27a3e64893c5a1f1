/* SPDX-License-Identifier: MIT */
/* export_html: an overview as one page to print or keep: no script, nothing loaded from anywhere,
 * one style sheet inside, which the page's own policy names by its hash. What is missing stands on
 * top. Headings, table captions and header cells are there for those who listen to it. Pure. */
#ifndef OVERVIEW_EXPORT_HTML_H
#define OVERVIEW_EXPORT_HTML_H

#include "overview/export_visit.h"

bool export_html(const struct export *export, struct buf *out) __attribute__((warn_unused_result));

/* The policy of the HTML form (CSP 3), as the header that goes with it. */
struct str export_html_policy(struct arena *arena);

#endif
