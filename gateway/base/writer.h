/* SPDX-License-Identifier: MIT */
/* writer: writes JSON into a buffer, compact, always valid: commas are its business, strings are
 * escaped as RFC 8259 asks (invalid UTF-8 becomes U+FFFD). Names are literals and written as they
 * are. A ceiling reached shows in the buffer (buf.failed); the writer never fails by itself. */
#ifndef BASE_WRITER_H
#define BASE_WRITER_H

#include "base/buf.h"
#include "base/clock.h"

struct writer {
    struct buf *out;
    bool comma; /* a value stands before, on this level */
};

void writer_init(struct writer *w, struct buf *out);

void writer_object(struct writer *w); /* { */
void writer_object_end(struct writer *w);
void writer_array(struct writer *w); /* [ */
void writer_array_end(struct writer *w);

/* The next member's name, a literal without characters that need escapes: writer_name(w, "title")
 */
#define writer_name(w, literal) writer_name_raw((w), STR("\"" literal "\":"))
void writer_name_raw(struct writer *w, struct str quoted_with_colon);
void writer_name_text(struct writer *w, struct str name); /* any text, escaped */

void writer_str(struct writer *w, struct str s); /* STR_NONE is null */
void writer_int(struct writer *w, int64_t value);
void writer_bool(struct writer *w, bool value);
void writer_null(struct writer *w);
void writer_raw(struct writer *w, struct str json); /* one valid JSON value, as it is */
void writer_date(struct writer *w, struct date d);  /* "2026-11-21" or null */
void writer_wall(struct writer *w, struct wall t);  /* "2026-11-21T10:42:00+01:00" or null */
/* Decimal text with two decimals: "-1234.50". */
void writer_oere(struct writer *w, int64_t oere);

#define writer_member_str(w, literal, s)  (writer_name(w, literal), writer_str((w), (s)))
#define writer_member_int(w, literal, v)  (writer_name(w, literal), writer_int((w), (v)))
#define writer_member_bool(w, literal, v) (writer_name(w, literal), writer_bool((w), (v)))
#define writer_member_null(w, literal)    (writer_name(w, literal), writer_null(w))

#endif
