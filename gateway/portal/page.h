/* SPDX-License-Identifier: MIT */
/* page: what is around every page: head, header with language and logout, the bar of who acts for
 * another, the menu, the footer. Pages are pure: values in, HTML out. */
#ifndef PORTAL_PAGE_H
#define PORTAL_PAGE_H

#include "base/clock.h"
#include "portal/words.h"

/* Who is logged in; borrowed while the page is written. */
struct page_visitor {
    struct str csrf;         /* goes with every form that posts */
    struct wall ends;        /* the session, if nothing more is asked for */
    struct str other;        /* acts for this person; "": for nobody */
    struct wall other_until; /* unknown: no end is set */
    unsigned view;
};

struct page {
    enum language language;
    enum word title;
    const struct page_visitor *visitor; /* NULL: nobody is logged in */
};

void page_begin(struct buf *out, const struct page *page); /* up to and including <main> */
void page_end(struct buf *out, const struct page *page);

/* ---- for what stands in between ---- */

/* <tag>word</tag>; `tag` may have attributes. */
void page_say(struct buf *out, const struct page *page, const char *tag, enum word word);
/* A form that posts to `action`, with its secret; ended by </form>. */
void page_form(struct buf *out, const struct page *page, const char *action);
/* <button>word</button>, with `name` in place of its "{}". */
void page_button(struct buf *out, const struct page *page, enum word word, struct str name);

/* A box to tick, with its label. `name` and `value` together are of the page once only. */
void page_choice(struct buf *out, const char *name, struct str value, struct str label);

/* A row of a list of facts (<dl>): nothing when there is no value. */
void page_fact(struct buf *out, const struct page *page, enum word name, struct str value);

/* A whole page of a heading and one sentence, with a way to log in when nobody is. */
void page_notice(struct buf *out, const struct page *page, enum word lead, struct str receipt);

#endif
