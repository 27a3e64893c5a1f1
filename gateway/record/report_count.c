/* SPDX-License-Identifier: MIT */
#include "record/report_count.h"

#include "adapters/outcome.h"
#include "base/die.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/reader.h"
#include "base/uuid.h"

#include <stdlib.h>

enum { SCRATCH_MAX = 8 * 1024 * 1024, ROWS_MAX = 4096, RECEIPT_BYTES = 16 };

struct receipt {
    unsigned char bytes[RECEIPT_BYTES];
};

struct row {
    struct str source, municipality, state; /* of a plan: "ask", or why it is skipped */
    bool is_shadow;
    int64_t items, ms;
};

enum event { EVENT_OTHER, EVENT_INTENT, EVENT_OUTCOME };

struct line {
    enum event event;
    struct str operation;
    struct str receipt_text;
    struct receipt receipt;
    int month;
    size_t row_count;
};

struct report_count {
    struct report_tally tally;
    struct arena *scratch;
    struct row *rows;         /* of one line */
    struct receipt *doubtful; /* at most as many as look-ups are under way */
    size_t doubtful_count, doubtful_cap;
};

struct report_count *report_count_new(void)
{
    struct report_count *count = die_calloc(1, sizeof *count);
    report_tally_init(&count->tally);
    count->scratch = arena_new(SCRATCH_MAX);
    count->rows = die_calloc(ROWS_MAX, sizeof *count->rows);
    return count;
}

void report_count_free(struct report_count **slot)
{
    struct report_count *count = *slot;
    if (!count)
        return;
    report_tally_clear(&count->tally);
    arena_free(&count->scratch);
    free(count->rows);
    free(count->doubtful);
    free(count);
    *slot = NULL;
}

void report_count_begin(struct report_count *count)
{
    report_tally_reset(&count->tally);
}

const struct report_tally *report_count_tally(const struct report_count *count)
{
    return &count->tally;
}

size_t report_count_doubts(const struct report_count *count)
{
    return count->doubtful_count;
}

/* ---- a line ---- */

/* "0199…-…": its bytes, which begin with the milliseconds of its time (RFC 9562). */
static bool parse_receipt(struct str text, struct receipt *receipt)
{
    char hex[2 * RECEIPT_BYTES];
    size_t digits = 0, len = 0;
    if (text.len != UUID_TEXT - 1)
        return false;
    for (size_t i = 0; i < text.len && digits < sizeof hex; i++)
        if (text.at[i] != '-')
            hex[digits++] = text.at[i];
    return digits == sizeof hex &&
           hex_decode(str_make(hex, digits), receipt->bytes, RECEIPT_BYTES, &len) &&
           len == RECEIPT_BYTES;
}

static struct wall receipt_time(const struct receipt *receipt)
{
    int64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | receipt->bytes[i];
    return (struct wall){ms, true};
}

static void read_row(struct reader *r, struct row *row)
{
    enum { SOURCE, AUTHORITY, SHADOW, ASK, SKIP, STATE, ITEMS, MS, FIELDS };
    static const struct str fields[FIELDS] = {
        STR_INIT("source"), STR_INIT("authority"), STR_INIT("shadow"), STR_INIT("ask"),
        STR_INIT("skip"),   STR_INIT("state"),     STR_INIT("items"),  STR_INIT("elapsed_ms")};
    struct str name;
    uint64_t seen = 0;

    *row = (struct row){.municipality = STR("")};
    reader_object(r);
    while (reader_member(r, &name))
        switch (reader_field(r, name, fields, FIELDS, &seen)) {
        case SOURCE:
            row->source = reader_string(r);
            break;
        case AUTHORITY:
            row->municipality = reader_string(r);
            break;
        case SHADOW:
            row->is_shadow = reader_bool(r);
            break;
        case ASK:
            row->state = reader_bool(r) ? STR("ask") : STR_NONE;
            break;
        case SKIP:
        case STATE:
            row->state = reader_string(r);
            break;
        case ITEMS:
            row->items = reader_int(r, 0, INT64_MAX);
            break;
        case MS:
            row->ms = reader_int(r, 0, INT64_MAX);
            break;
        default:
            reader_skip(r);
        }
    if (!row->source.at)
        reader_fail(r, "no source");
}

static size_t read_rows(struct reader *r, struct row *rows)
{
    size_t count = 0;
    reader_array(r);
    while (reader_element(r)) {
        if (count == ROWS_MAX) {
            reader_fail(r, "too many rows");
            break;
        }
        read_row(r, &rows[count++]);
    }
    return count;
}

/* Probes are ours; a correction asks nobody for data. */
static bool is_call(struct str operation)
{
    return !str_equal(operation, STR("probe")) && !str_equal(operation, STR("correction"));
}

/* False: it is no look-up's. */
static bool read_line(struct report_count *count, struct str text, struct line *line)
{
    enum { EVENT, RECEIPT, OPERATION, PLAN, SOURCES, FIELDS };
    static const struct str fields[FIELDS] = {STR_INIT("event"), STR_INIT("receipt"),
                                              STR_INIT("operation"), STR_INIT("plan"),
                                              STR_INIT("sources")};
    struct reader r;
    struct str name, event = STR_NONE;
    uint64_t seen = 0;

    *line = (struct line){0};
    arena_reset(count->scratch);
    reader_init(&r, text, count->scratch);
    if (reader_object(&r))
        while (reader_member(&r, &name))
            switch (reader_field(&r, name, fields, FIELDS, &seen)) {
            case EVENT:
                event = reader_string(&r);
                break;
            case RECEIPT:
                line->receipt_text = reader_string_or_null(&r);
                break;
            case OPERATION:
                line->operation = reader_string(&r);
                break;
            case PLAN:
                if (str_equal(event, STR("intent")))
                    line->row_count = read_rows(&r, count->rows);
                else
                    reader_skip(&r);
                break;
            case SOURCES:
                if (str_equal(event, STR("outcome")))
                    line->row_count = read_rows(&r, count->rows);
                else
                    reader_skip(&r);
                break;
            default:
                reader_skip(&r);
            }
    line->event = str_equal(event, STR("intent"))    ? EVENT_INTENT
                  : str_equal(event, STR("outcome")) ? EVENT_OUTCOME
                                                     : EVENT_OTHER;
    if (!reader_end(&r) || line->event == EVENT_OTHER || line->row_count == 0 ||
        !is_call(line->operation))
        return false;
    if (!parse_receipt(line->receipt_text, &line->receipt)) {
        log_error(STR_NONE, "event=report-uncounted action=\"report this fault\"");
        return false;
    }
    line->month = report_month(receipt_time(&line->receipt));
    return true;
}

/* ---- what a row counts ---- */

/* Of an outcome's row; REPORT_WHAT_COUNT: it was not asked. */
static enum report_what what_became(const struct row *row)
{
    static const struct {
        enum outcome outcome;
        enum report_what what;
    } table[] = {
        {OUTCOME_LATE, REPORT_LATE},       {OUTCOME_FAILED, REPORT_FAILED},
        {OUTCOME_INVALID, REPORT_INVALID}, {OUTCOME_FOREIGN, REPORT_FOREIGN},
        {OUTCOME_REFUSED, REPORT_REFUSED}, {OUTCOME_BUSY, REPORT_BUSY},
        {OUTCOME_OPEN, REPORT_HELD_BACK},
    };
    static const enum outcome positive[] = {OUTCOME_ANSWERED, OUTCOME_EMPTY, OUTCOME_STALE};

    for (size_t i = 0; i < sizeof positive / sizeof *positive; i++)
        if (str_equal(row->state, outcome_name(positive[i])))
            return row->items > 0 ? REPORT_WITH_DATA : REPORT_WITHOUT_DATA;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_equal(row->state, outcome_name(table[i].outcome)))
            return table[i].what;
    return str_equal(row->state, STR("abandoned")) ? REPORT_ABANDONED : REPORT_WHAT_COUNT;
}

/* Of an intent's row. The plan skips some rows for reasons that others meet when their turn comes,
 * and nobody can tell the two apart afterwards: so these begin as well, and end as they say. */
static bool may_begin(const struct row *row)
{
    return str_equal(row->state, STR("ask")) || str_equal(row->state, outcome_name(OUTCOME_BUSY)) ||
           str_equal(row->state, outcome_name(OUTCOME_OPEN));
}

static bool add(struct report_count *count, const struct line *line, const struct row *row,
                unsigned what)
{
    const struct report_cell cell = {line->month, row->municipality, row->source, what, 1};
    return report_tally_add(&count->tally, &cell);
}

static bool take_outcome(struct report_count *count, const struct line *line, const struct row *row)
{
    enum report_what what = what_became(row);
    bool is_timed = what == REPORT_WITH_DATA || what == REPORT_WITHOUT_DATA || what == REPORT_LATE;
    return what == REPORT_WHAT_COUNT ||
           (add(count, line, row, what) &&
            (!is_timed || add(count, line, row, REPORT_BUCKET + report_bucket(row->ms))));
}

static bool take_row(struct report_count *count, const struct line *line, const struct row *row)
{
    if (row->is_shadow)
        return true;
    if (str_equal(line->operation, STR("item")))
        return line->event != EVENT_INTENT || !str_equal(row->state, STR("ask")) ||
               add(count, line, row, REPORT_DETAILS);
    if (line->event == EVENT_OUTCOME)
        return take_outcome(count, line, row);
    return !may_begin(row) || add(count, line, row, REPORT_BEGUN);
}

/* ---- doubts ---- */

static struct receipt *find_doubt(const struct report_count *count, const struct receipt *receipt)
{
    for (size_t i = 0; i < count->doubtful_count; i++)
        if (memcmp(&count->doubtful[i], receipt, sizeof *receipt) == 0)
            return &count->doubtful[i];
    return NULL;
}

static void forget_doubt(struct report_count *count, struct receipt *doubt)
{
    *doubt = count->doubtful[--count->doubtful_count];
}

static void add_doubt(struct report_count *count, const struct receipt *receipt)
{
    if (count->doubtful_count == count->doubtful_cap) {
        count->doubtful_cap = count->doubtful_cap ? 2 * count->doubtful_cap : 64;
        count->doubtful = realloc(count->doubtful, count->doubtful_cap * sizeof *count->doubtful);
        if (!count->doubtful)
            die("out of memory");
    }
    count->doubtful[count->doubtful_count++] = *receipt;
}

static bool note_intent(void *ctx, const struct log_row *row)
{
    bool *is_there = ctx;
    *is_there = row->body.at && str_find(row->body, STR("\"event\":\"intent\"")) < row->body.len;
    return !*is_there;
}

bool report_count_look_up(struct report_count *count, struct str text, struct log_store *store)
{
    struct line line;
    bool is_there = false;

    if (count->doubtful_count == 0 || !read_line(count, text, &line) || line.event != EVENT_OUTCOME)
        return true;
    struct receipt *doubt = find_doubt(count, &line.receipt);
    if (!doubt)
        return true;
    if (!log_store_receipt(store, line.receipt_text, note_intent, &is_there))
        return false;
    if (is_there)
        forget_doubt(count, doubt);
    return true;
}

void report_count_lost(struct report_count *count, struct str text)
{
    struct line line;
    if (!read_line(count, text, &line))
        return;
    struct receipt *doubt = find_doubt(count, &line.receipt);
    if (line.event == EVENT_INTENT && !doubt)
        add_doubt(count, &line.receipt);
    else if (line.event == EVENT_OUTCOME && doubt)
        forget_doubt(count, doubt);
}

/* ---- a batch ---- */

bool report_count_take(struct report_count *count, struct str text)
{
    struct line line;
    bool is_well = true;

    if (!read_line(count, text, &line))
        return true;
    struct receipt *doubt = line.event == EVENT_OUTCOME ? find_doubt(count, &line.receipt) : NULL;
    if (doubt) { /* its call never began */
        forget_doubt(count, doubt);
        return true;
    }
    for (size_t i = 0; i < line.row_count && is_well; i++)
        is_well = take_row(count, &line, &count->rows[i]);
    return is_well;
}

bool report_count_write(const struct report_count *count, struct log_store *store)
{
    return count->tally.count == 0 ||
           log_store_count(store, count->tally.cells, count->tally.count);
}
