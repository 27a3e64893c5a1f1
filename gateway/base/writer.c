/* SPDX-License-Identifier: MIT */
#include "base/writer.h"

#include "base/scan.h"

void writer_init(struct writer *w, struct buf *out)
{
    *w = (struct writer){.out = out};
}

static inline void separate(struct writer *w)
{
    if (w->comma)
        buf_add_byte(w->out, ',');
    w->comma = true;
}

static void open_with(struct writer *w, char opening)
{
    separate(w);
    buf_add_byte(w->out, opening);
    w->comma = false;
}

static void close_with(struct writer *w, char closing)
{
    buf_add_byte(w->out, closing);
    w->comma = true;
}

void writer_object(struct writer *w)
{
    open_with(w, '{');
}

void writer_object_end(struct writer *w)
{
    close_with(w, '}');
}

void writer_array(struct writer *w)
{
    open_with(w, '[');
}

void writer_array_end(struct writer *w)
{
    close_with(w, ']');
}

void writer_name_raw(struct writer *w, struct str quoted_with_colon)
{
    separate(w);
    buf_add_str(w->out, quoted_with_colon);
    w->comma = false;
}

/* One byte that cannot stand as it is. */
static void add_escape(struct buf *out, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};

    switch (byte) {
    case '"':
    case '\\':
        text[1] = (char)byte;
        break;
    case '\n':
        text[1] = 'n';
        break;
    case '\r':
        text[1] = 'r';
        break;
    case '\t':
        text[1] = 't';
        break;
    case '\b':
        text[1] = 'b';
        break;
    case '\f':
        text[1] = 'f';
        break;
    default:
        buf_add(out, text, 6);
        return;
    }
    buf_add(out, text, 2);
}

/* Quotes what is more than itself in some place, from `special`, the first such place, on. */
static void add_escaped(struct buf *out, struct str s, const char *special)
{
    const char *at = special, *end = s.at + s.len, *span = s.at;

    buf_add_byte(out, '"');
    for (; at < end; at = scan_plain(at, end)) {
        size_t sequence =
            (unsigned char)*at < 0x80 ? 0 : str_utf8_sequence(str_make(at, (size_t)(end - at)));

        if (sequence) {
            at += sequence;
            continue;
        }
        buf_add(out, span, (size_t)(at - span));
        if ((unsigned char)*at < 0x80)
            add_escape(out, (unsigned char)*at);
        else
            buf_add_str(out, STR("\xEF\xBF\xBD")); /* U+FFFD */
        span = ++at;
    }
    buf_add(out, span, (size_t)(end - span));
    buf_add_byte(out, '"');
}

static inline void add_quoted(struct buf *out, struct str s)
{
    const char *special = scan_plain(s.at, s.at + s.len);
    char *to;

    if (special < s.at + s.len) {
        add_escaped(out, s, special);
        return;
    }
    to = s.len <= SIZE_MAX - 2 ? buf_reserve(out, s.len + 2) : NULL;
    if (!to)
        return;
    to[0] = '"';
    memcpy(to + 1, s.at, s.len);
    to[s.len + 1] = '"';
    buf_commit(out, s.len + 2);
}

void writer_name_text(struct writer *w, struct str name)
{
    separate(w);
    add_quoted(w->out, name.at ? name : STR(""));
    buf_add_byte(w->out, ':');
    w->comma = false;
}

void writer_str(struct writer *w, struct str s)
{
    if (!s.at) {
        writer_null(w);
        return;
    }
    separate(w);
    add_quoted(w->out, s);
}

enum { OERE_TEXT = 24 }; /* "-92233720368547758.08", quoted */

/* Writes the digits of `value` backwards from `end`, at least `least` of them; where they begin. */
static char *put_digits(char *end, uint64_t value, int least)
{
    for (; value > 0 || least > 0; value /= 10, least--)
        *--end = (char)('0' + value % 10);
    return end;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

void writer_int(struct writer *w, int64_t value)
{
    separate(w);
    buf_add_int(w->out, value);
}

void writer_oere(struct writer *w, int64_t oere)
{
    char text[OERE_TEXT], *end = text + sizeof text, *at = end;

    *--at = '"';
    at = put_digits(at, magnitude(oere) % 100, 2);
    *--at = '.';
    at = put_digits(at, magnitude(oere) / 100, 1);
    if (oere < 0)
        *--at = '-';
    *--at = '"';
    writer_raw(w, str_make(at, (size_t)(end - at)));
}

void writer_bool(struct writer *w, bool value)
{
    writer_raw(w, value ? STR("true") : STR("false"));
}

void writer_null(struct writer *w)
{
    writer_raw(w, STR("null"));
}

void writer_raw(struct writer *w, struct str json)
{
    separate(w);
    buf_add_str(w->out, json);
}

void writer_date(struct writer *w, struct date d)
{
    char text[DATE_TEXT];

    writer_str(w, date_format(d, text));
}

void writer_wall(struct writer *w, struct wall t)
{
    char text[WALL_TEXT];

    writer_str(w, wall_format(t, text));
}
