/* SPDX-License-Identifier: MIT */
/* html: markup of our own, and text of others between it. Pure. */
#ifndef BASE_HTML_H
#define BASE_HTML_H

#include "base/buf.h"

/* Text of an element or of a quoted attribute: markup escaped, what no HTML may hold replaced. */
void html_text(struct buf *out, struct str text);

/* Markup as it is: a literal of ours. */
void html_add(struct buf *out, const char *markup);
/* <tag>text</tag>. `tag` may have attributes: "th scope=\"row\"". */
void html_element(struct buf *out, const char *tag, struct str text);
/* A link, when it is https; else the text alone: nobody is led out of a page to anything else. */
void html_link(struct buf *out, struct str url, struct str text);

#endif
