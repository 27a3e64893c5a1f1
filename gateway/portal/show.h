/* SPDX-License-Identifier: MIT */
/* show: dates, times and money as people read them: "28. november 2026", "kl. 10.42",
 * "16.448,00 kr." in Danish; "28 November 2026", "10:42", "DKK 16,448.00" in English. Pure. */
#ifndef PORTAL_SHOW_H
#define PORTAL_SHOW_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

enum { SHOW_TEXT = 64 };

/* As plain text, into `text`; what is absent is "". */
struct str show_date(struct date date, enum language language, char text[SHOW_TEXT]);
struct str show_hour(struct wall wall, enum language language, char text[SHOW_TEXT]);
/* "1234.50" as money; what is not such a number is "". */
struct str show_money(struct str amount, enum language language, char text[SHOW_TEXT]);

/* As <time datetime="…">…</time>. */
void show_date_html(struct buf *out, struct date date, enum language language);
void show_wall_html(struct buf *out, struct wall wall, enum language language);

#endif
