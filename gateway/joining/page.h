/* SPDX-License-Identifier: MIT */
/* page: a short document of headings, paragraphs, commands and lists, written as plain text or as
 * HTML by the same calls. What it is given is text: whatever HTML would read into it is escaped. */
#ifndef JOINING_PAGE_H
#define JOINING_PAGE_H

#include "base/buf.h"
#include "base/text.h"

struct page {
    struct buf *out; /* the caller's, with its ceiling */
    bool is_html;
};

void page_begin(struct page *page, enum language language, struct str title);
void page_heading(struct page *page, struct str title);
void page_paragraph(struct page *page, struct str text);
void page_command(struct page *page, struct str command); /* as it is typed; lines kept */
/* Rows of a name and what is said of it, between list and list_end. */
void page_list(struct page *page);
void page_row(struct page *page, struct str name, struct str text);
void page_list_end(struct page *page);
void page_end(struct page *page);

#endif
