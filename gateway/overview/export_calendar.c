/* SPDX-License-Identifier: MIT */
#include "overview/export_calendar.h"

#include <inttypes.h>
#include <openssl/sha.h>

#include "base/hex.h"
#include "overview/export_words.h"
#include "overview/handle.h"

enum { LINE_OCTETS = 75, UID_BYTES = 16, STAMP_TEXT = 48, DESCRIPTION_MAX = 64 * 1024 };

#define CALENDAR_KINDS                                                                             \
    (ITEM_KIND_BIT(ITEM_PAYMENT) | ITEM_KIND_BIT(ITEM_CREDENTIAL) | ITEM_KIND_BIT(ITEM_APPOINTMENT))

struct calendar {
    const struct export *export;
    enum language language;
    struct settings no_horizon; /* what is a thing to do one day is a date today */
    char stamp[STAMP_TEXT];     /* when the file was made */
    size_t entries;
    struct buf *out;
};

/* ---- content lines ---- */

/* A line that grows: where in it the next octet stands. */
struct line {
    struct buf *out;
    size_t octets;
};

static void line_add(struct line *line, struct str character)
{
    if (line->octets + character.len > LINE_OCTETS) {
        buf_add_str(line->out, STR("\r\n "));
        line->octets = 1;
    }
    buf_add_str(line->out, character);
    line->octets += character.len;
}

/* TEXT (3.3.11): backslash, semicolon, comma and newline are escaped; a control character and what
 * is no UTF-8 may not stand there. */
static struct str escaped(struct str character)
{
    switch (character.at[0]) {
    case '\\':
        return STR("\\\\");
    case ';':
        return STR("\\;");
    case ',':
        return STR("\\,");
    case '\n':
        return STR("\\n");
    default:
        break;
    }
    unsigned char byte = (unsigned char)character.at[0];
    return byte == '\t' || (byte >= ' ' && byte != 0x7f) ? character : STR("");
}

void export_calendar_line(struct str name, struct str text, struct buf *out)
{
    struct line line = {.out = out};

    line_add(&line, name);
    line_add(&line, STR(":"));
    while (text.len > 0) {
        size_t len = str_utf8_sequence(text);
        line_add(&line, len > 0 ? escaped(str_head(text, len)) : STR("\xef\xbf\xbd"));
        text = str_skip(text, len > 0 ? len : 1);
    }
    buf_add_str(out, STR("\r\n"));
}

static void add_day(const struct calendar *calendar, const char *name, struct date day)
{
    buf_format(calendar->out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, day.year, day.month, day.day);
}

/* In UTC: so no calendar has to know the Danish rule of summer time. */
static void write_stamp(struct wall time, char text[STAMP_TEXT])
{
    int64_t seconds = time.unix_ms / 1000, of_day = ((seconds % 86400) + 86400) % 86400;
    struct date day = date_of_days((seconds - of_day) / 86400);

    snprintf(text, STAMP_TEXT, "%04d%02d%02dT%02d%02d%02dZ", day.year, day.month, day.day,
             (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60));
}

static void add_time(const struct calendar *calendar, const char *name, struct wall time)
{
    char stamp[STAMP_TEXT];

    write_stamp(time, stamp);
    buf_format(calendar->out, "%s:%s\r\n", name, stamp);
}

/* ---- entries ---- */

/* A handle is the same for the same item and person; its hash tells even less. */
static void begin_entry(struct calendar *calendar, struct str of, struct str what)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    char uid[2 * UID_BYTES + 1];
    struct buf name;

    buf_init(&name, HANDLE_TEXT_MAX + 64);
    buf_format(&name, "%.*s/%.*s", STR_ARG(what), STR_ARG(of));
    SHA256((const unsigned char *)buf_str(&name).at, name.len, digest);
    buf_clear(&name);
    hex_encode(digest, UID_BYTES, uid);
    buf_format(calendar->out, "BEGIN:VEVENT\r\nUID:%s@overblik.dk\r\nDTSTAMP:%s\r\n", uid,
               calendar->stamp);
    calendar->entries++;
}

static void end_entry(const struct calendar *calendar)
{
    buf_add_str(calendar->out, STR("CLASS:PRIVATE\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n"));
}

/* To the day after: DTEND is exclusive, and a whole day without it is one day long. */
static void add_when(const struct calendar *calendar, const struct attention *attention,
                     const struct item *item)
{
    if (attention->type != ATTENTION_ATTEND || !item->starts.known) {
        add_day(calendar, "DTSTART", attention->date);
        return;
    }
    add_time(calendar, "DTSTART", item->starts);
    if (item->ends.known && item->ends.unix_ms > item->starts.unix_ms)
        add_time(calendar, "DTEND", item->ends);
}

static void add_item(void *ctx, const struct part *part, const struct export_item *of)
{
    struct calendar *calendar = ctx;
    const struct output_context *context = calendar->export->context;
    const struct item *item = &of->item;
    struct date today = wall_date(calendar->export->now);
    struct attention attention;
    struct buf text;

    if (!attention_find(item, &calendar->no_horizon, today, &attention) ||
        !date_is_known(attention.date) || date_compare(attention.date, today) < 0)
        return;
    begin_entry(calendar, of->handle, attention_type_name(attention.type));
    add_when(calendar, &attention, item);
    buf_init(&text, DESCRIPTION_MAX);
    buf_format(&text, "%.*s: %.*s", STR_ARG(item->title),
               STR_ARG(output_attention_sentence(context, &attention)));
    export_calendar_line(STR("SUMMARY"), buf_str(&text), calendar->out);
    buf_reset(&text);
    buf_format(&text, "%.*s\n%.*s: %.*s\n%.*s: %.*s", STR_ARG(of->status),
               STR_ARG(export_word(WORD_AUTHORITY, calendar->language)),
               STR_ARG(item->authority.name), STR_ARG(export_word(WORD_SOURCE, calendar->language)),
               STR_ARG(output_source_name(context, part)));
    if (attention.link.len > 0)
        buf_format(&text, "\n%.*s", STR_ARG(attention.link));
    export_calendar_line(STR("DESCRIPTION"), buf_str(&text), calendar->out);
    if (item->place.len > 0)
        export_calendar_line(STR("LOCATION"), item->place, calendar->out);
    buf_clear(&text);
    end_entry(calendar);
}

/* What no calendar would show else: that sources are missing, or that there is nothing ahead. */
static void add_remark(struct calendar *calendar, enum export_word summary)
{
    const struct export *export = calendar->export;
    struct buf text;

    buf_init(&text, DESCRIPTION_MAX);
    for (size_t i = 0; i < export->count; i++)
        if (export_is_missing(&export->parts[i]))
            buf_format(&text, "%s%.*s", text.len > 0 ? "\n" : "",
                       STR_ARG(output_source_sentence(export->context, &export->parts[i])));
    if (text.len == 0)
        buf_add_str(&text,
                    export_word(export->merged->asked > 0 ? WORD_COMPLETE : WORD_NOBODY_ASKED,
                                calendar->language));
    begin_entry(calendar, export->context->receipt, STR("remark"));
    add_day(calendar, "DTSTART", wall_date(export->now));
    export_calendar_line(STR("SUMMARY"), export_word(summary, calendar->language), calendar->out);
    export_calendar_line(STR("DESCRIPTION"), buf_str(&text), calendar->out);
    buf_clear(&text);
    end_entry(calendar);
}

static void begin_calendar(const struct calendar *calendar)
{
    const struct export *export = calendar->export;

    buf_add_str(calendar->out, STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\n"
                                   "METHOD:PUBLISH\r\n"));
    buf_format(calendar->out, "PRODID:-//Overblik//Overblik//%s\r\n",
               calendar->language == LANGUAGE_DA ? "DA" : "EN");
    export_calendar_line(STR("X-WR-CALNAME"), export_word(WORD_CALENDAR, calendar->language),
                         calendar->out);
    for (size_t i = 0; i < export->count; i++)
        if (export_is_missing(&export->parts[i]))
            export_calendar_line(STR("X-OVERBLIK-MISSING"),
                                 output_source_sentence(export->context, &export->parts[i]),
                                 calendar->out);
}

bool export_calendar(const struct export *export, struct buf *out)
{
    enum { FOR_EVER_DAYS = 366 * 10000 };
    struct calendar calendar = {.export = export,
                                .language = export->context->language,
                                .no_horizon = {.attention_credential_days = FOR_EVER_DAYS,
                                               .attention_payment_days = FOR_EVER_DAYS,
                                               .attention_appointment_days = FOR_EVER_DAYS},
                                .out = out};

    write_stamp(export->now, calendar.stamp);
    begin_calendar(&calendar);
    if (export_missing_count(export) > 0)
        add_remark(&calendar, WORD_CALENDAR_INCOMPLETE);
    if (!export_visit(export, CALENDAR_KINDS, add_item, &calendar))
        return false;
    if (calendar.entries == 0)
        add_remark(&calendar, WORD_CALENDAR_EMPTY);
    buf_add_str(out, STR("END:VCALENDAR\r\n"));
    return true;
}
