/* SPDX-License-Identifier: MIT */
/* label: threads */
/* Which numbers the records of the access log add to, and that they are durable with them. */
#include "record/report_count.h"

#include "base/uuid.h"
#include "tests/record_log.h"

#include <sys/resource.h>

enum { GIVE_UP_MS = 20000 };

/* 2026-11-30T23:59:59.900+01:00, just before December. */
#define LATE_NOVEMBER ((struct wall){1796079599900, true})
#define DECEMBER      ((struct wall){1796079600000, true})

/* ---- lines ---- */

static const char *receipt_at(struct wall time)
{
    static char text[UUID_TEXT];
    struct uuid_source uuids;
    uuid_source_init(&uuids);
    uuid_make(&uuids, time, text);
    return text;
}

static struct str intent(const char *receipt, const char *operation, const char *rows)
{
    static char line[8192];
    int len = snprintf(line, sizeof line,
                       "{\"event\":\"intent\",\"receipt\":\"%s\",\"time\":"
                       "\"2026-12-01T00:00:01+01:00\",\"operation\":\"%s\",\"plan\":[%s]}\n",
                       receipt, operation, rows);
    return str_make(line, (size_t)len);
}

static struct str outcome(const char *receipt, const char *operation, const char *rows)
{
    static char line[8192];
    int len = snprintf(line, sizeof line,
                       "{\"event\":\"outcome\",\"receipt\":\"%s\",\"time\":"
                       "\"2026-12-01T00:00:02+01:00\",\"operation\":\"%s\",\"status\":200,"
                       "\"elapsed_ms\":9,\"sources\":[%s]}\n",
                       receipt, operation, rows);
    return str_make(line, (size_t)len);
}

static long long count_of(const struct report_count *count, int month, const char *municipality,
                          unsigned what)
{
    const struct report_tally *tally = report_count_tally(count);
    for (size_t i = 0; i < tally->count; i++) {
        const struct report_cell *cell = &tally->cells[i];
        if (cell->month == month && cell->what == what && str_equal(cell->source, STR("s")) &&
            str_equal(cell->municipality, str_of(municipality)))
            return (long long)cell->count;
    }
    return 0;
}

static void counts_what_became_of_a_row(void)
{
    static const struct {
        const char *state;
        int items;
        unsigned what; /* REPORT_WHAT_COUNT: nothing */
        bool is_timed;
    } cases[] = {
        {"answered", 2, REPORT_WITH_DATA, true},
        {"answered", 0, REPORT_WITHOUT_DATA, true}, /* all of it was withheld */
        {"empty", 0, REPORT_WITHOUT_DATA, true},
        {"stale", 1, REPORT_WITH_DATA, true},
        {"stale", 0, REPORT_WITHOUT_DATA, true},
        {"late", 0, REPORT_LATE, true},
        {"failed", 0, REPORT_FAILED, false},
        {"invalid", 0, REPORT_INVALID, false},
        {"foreign", 0, REPORT_FOREIGN, false},
        {"refused", 0, REPORT_REFUSED, false},
        {"busy", 0, REPORT_BUSY, false},
        {"open", 0, REPORT_HELD_BACK, false},
        {"abandoned", 0, REPORT_ABANDONED, false},
        {"closed", 0, REPORT_WHAT_COUNT, false},
        {"not_agreed", 0, REPORT_WHAT_COUNT, false},
        {"not_needed", 0, REPORT_WHAT_COUNT, false},
        {"level", 0, REPORT_WHAT_COUNT, false},
        {"municipality", 0, REPORT_WHAT_COUNT, false},
        {"not_shown", 0, REPORT_WHAT_COUNT, false},
        {"not_covered", 0, REPORT_WHAT_COUNT, false},
    };
    struct report_count *count = report_count_new();
    char row[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t cells;
        report_count_begin(count);
        snprintf(row, sizeof row,
                 "{\"source\":\"s\",\"authority\":\"0710\",\"state\":\"%s\",\"items\":%d,"
                 "\"withheld\":{\"not_open\":4},\"pages\":3,\"elapsed_ms\":40}",
                 cases[i].state, cases[i].items);
        ok(report_count_take(count, outcome(receipt_at(DECEMBER), "overview", row)), "%s",
           cases[i].state);
        if (cases[i].what != REPORT_WHAT_COUNT)
            is_int(count_of(count, 202612, "0710", cases[i].what), 1, "%s, %d items",
                   cases[i].state, cases[i].items);
        is_int(count_of(count, 202612, "0710", REPORT_BUCKET + report_bucket(40)),
               cases[i].is_timed, "%s: its time", cases[i].state);
        cells = cases[i].what != REPORT_WHAT_COUNT;
        cells += cases[i].is_timed;
        is_int((long long)report_count_tally(count)->count, (long long)cells,
               "%s: and nothing else", cases[i].state);
    }
    report_count_free(&count);
}

static void counts_what_begins(void)
{
    static const char rows[] = "{\"source\":\"s\",\"authority\":\"0710\",\"ask\":true},"
                               "{\"source\":\"s\",\"authority\":\"0101\",\"ask\":true},"
                               "{\"source\":\"s\",\"shadow\":true,\"ask\":true},"
                               "{\"source\":\"s\",\"ask\":true},"
                               "{\"source\":\"s\",\"authority\":\"0001\",\"skip\":\"busy\"},"
                               "{\"source\":\"s\",\"authority\":\"0002\",\"skip\":\"open\"},"
                               "{\"source\":\"s\",\"authority\":\"0003\",\"skip\":\"closed\"}";
    static const struct {
        const char *municipality;
        int begun;
    } cases[] = {{"0710", 1}, {"0101", 1}, {"", 1}, {"0001", 1}, {"0002", 1}, {"0003", 0}};
    struct report_count *count = report_count_new();
    const char *receipt = receipt_at(LATE_NOVEMBER);

    report_count_begin(count);
    ok(report_count_take(count, intent(receipt, "overview", rows)), "taken");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_int(count_of(count, 202611, cases[i].municipality, REPORT_BEGUN), cases[i].begun,
               "%s begins", cases[i].municipality);
    ok(report_count_take(count, outcome(receipt, "overview",
                                        "{\"source\":\"s\",\"authority\":\"0710\",\"state\":"
                                        "\"answered\",\"items\":1,\"elapsed_ms\":5},"
                                        "{\"source\":\"s\",\"shadow\":true,\"state\":"
                                        "\"answered\",\"items\":1,\"elapsed_ms\":5}")),
       "its outcome");
    is_int(count_of(count, 202611, "0710", REPORT_WITH_DATA), 1,
           "counts in the month of the start, though December has come");
    is_int(count_of(count, 202611, "", REPORT_WITH_DATA), 0, "a shadow does not count");

    report_count_begin(count);
    ok(report_count_take(count, intent(receipt, "correction", rows)) &&
           report_count_take(
               count, outcome(receipt, "correction", "{\"source\":\"s\",\"state\":\"answered\"}")),
       "a correction");
    ok(report_count_take(count, intent(receipt, "probe", rows)) &&
           report_count_take(count,
                             outcome(receipt, "probe", "{\"source\":\"s\",\"state\":\"empty\"}")),
       "a probe");
    is_int((long long)report_count_tally(count)->count, 0, "does not count");
    ok(report_count_take(count, intent(receipt, "item", "{\"source\":\"s\",\"ask\":true}")) &&
           report_count_take(count, outcome(receipt, "item",
                                            "{\"source\":\"s\",\"state\":\"answered\","
                                            "\"items\":1,\"elapsed_ms\":1}")),
       "one item");
    is_int(count_of(count, 202611, "", REPORT_DETAILS), 1, "is counted apart");
    is_int((long long)report_count_tally(count)->count, 1, "and that alone");
    report_count_free(&count);
}

static void takes_whatever_comes(void)
{
    static const char *const lines[] = {
        "",
        "{}",
        "[]",
        "nothing",
        "{\"event\":\"pruned\"}",
        "{\"event\":\"intent\"}",
        "{\"event\":\"intent\",\"receipt\":\"x\",\"plan\":[{\"source\":\"s\",\"ask\":true}]}",
        "{\"event\":\"intent\",\"receipt\":null,\"plan\":[{\"source\":\"s\",\"ask\":true}]}",
        "{\"event\":\"outcome\",\"sources\":[{\"state\":\"answered\"}]}",
        ("{\"event\":\"outcome\",\"receipt\":\"zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz\","
         "\"sources\":[{\"source\":\"s\",\"state\":\"answered\"}]}"),
        "{\"event\":\"mandates\",\"receipt\":null,\"plan\":7,\"sources\":\"none\"}"};
    struct report_count *count = report_count_new();
    report_count_begin(count);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        ok(report_count_take(count, str_of(lines[i])), "%s", lines[i]);
    is_int((long long)report_count_tally(count)->count, 0, "and counts nothing of it");
    report_count_free(&count);
}

/* ---- with the store ---- */

static struct report_sums {
    long long begun, with_data, late, other;
} sums;

static bool add_cell(void *ctx, const struct report_cell *cell)
{
    (void)ctx;
    long long n = (long long)cell->count;
    if (cell->what == REPORT_BEGUN)
        sums.begun += n;
    else if (cell->what == REPORT_WITH_DATA)
        sums.with_data += n;
    else if (cell->what == REPORT_LATE)
        sums.late += n;
    else if (cell->what < REPORT_WHAT_COUNT)
        sums.other += n;
    return true;
}

static void read_sums(int month)
{
    const char *why = NULL;
    const struct log_store_spec spec = {.sqlite = record_path};
    struct log_store *store = log_store_open(&spec, &why);
    sums = (struct report_sums){0};
    ok(store && log_store_counts(store, month, add_cell, NULL), "the month is read");
    log_store_close(&store);
}

static void wait_for_notes(struct access_log *log)
{
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (access_log_queued(log) > 0 && clock_instant() < deadline)
        usleep(1000);
}

static void wait_until_well(struct access_log *log, bool is_well)
{
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    while (access_log_is_well(log) != is_well && clock_instant() < deadline)
        usleep(1000);
}

#define ASKED    "{\"source\":\"s\",\"ask\":true}"
#define ANSWERED "{\"source\":\"s\",\"state\":\"answered\",\"items\":1,\"elapsed_ms\":5}"

static void note_look_up(struct access_log *log, const char *receipt)
{
    access_log_note(log, intent(receipt, "overview", ASKED));
    access_log_note(log, outcome(receipt, "overview", ANSWERED));
}

static void is_durable_with_the_records(void)
{
    const struct access_log_spec spec = record_spec();
    record_forget();
    struct access_log *log = record_open(&spec);
    for (int i = 0; i < 300; i++)
        note_look_up(log, receipt_at(i % 3 ? LATE_NOVEMBER : DECEMBER));
    access_log_note(log, intent(receipt_at(DECEMBER), "overview", ASKED));
    access_log_close(&log);
    read_sums(202611);
    is_int(sums.begun, 200, "begun in November");
    is_int(sums.with_data, 200, "and ended");
    read_sums(202612);
    is_int(sums.begun, 101, "begun in December");
    is_int(sums.with_data, 100, "one has not ended");

    log = record_open(&spec);
    note_look_up(log, receipt_at(DECEMBER));
    access_log_close(&log);
    read_sums(202612);
    is_int(sums.begun, 102, "counted on, opened again");
    read_sums(202701);
    is_int(sums.begun, 0, "another month is empty");
}

static void set_size_limit(rlim_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        exit(EXIT_FAILURE);
    limit.rlim_cur = bytes;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        exit(EXIT_FAILURE);
}

/* The disk is full when three look-ups begin: their answers are 503, and their outcomes come when
 * it has room again. They never began. */
static void does_not_end_what_never_began(void)
{
    const struct access_log_spec spec = record_spec();
    char receipts[3][UUID_TEXT];
    record_forget();
    struct access_log *log = record_open(&spec);
    note_look_up(log, receipt_at(DECEMBER));
    wait_for_notes(log);
    set_size_limit(0);
    for (int i = 0; i < 3; i++) {
        strcpy(receipts[i], receipt_at(DECEMBER));
        access_log_note(log, intent(receipts[i], "overview", ASKED));
    }
    wait_for_notes(log);
    wait_until_well(log, false);
    set_size_limit(RLIM_INFINITY);
    wait_until_well(log, true);
    for (int i = 0; i < 3; i++)
        access_log_note(log, outcome(receipts[i], "overview", ANSWERED));
    note_look_up(log, receipt_at(DECEMBER));
    access_log_close(&log);
    read_sums(202612);
    is_int(sums.begun, 2, "what could not be recorded did not begin");
    is_int(sums.with_data, 2, "nor end, though its outcome is there");
}

/* A server that commits and is gone before it says so: the intent is there, though its batch counts
 * as failed. Its outcome counts. */
static void looks_up_what_is_in_doubt(void)
{
    const struct access_log_spec spec = record_spec();
    const char *why = NULL;
    char there[UUID_TEXT], lost[UUID_TEXT];
    record_forget();
    strcpy(there, receipt_at(DECEMBER));
    strcpy(lost, receipt_at(DECEMBER));
    struct access_log *log = record_open(&spec);
    access_log_note(log, intent(there, "overview", ASKED));
    access_log_close(&log);

    const struct log_store_spec store_spec = {.sqlite = record_path};
    struct log_store *store = log_store_open(&store_spec, &why);
    struct report_count *count = report_count_new();
    report_count_lost(count, intent(there, "overview", ASKED));
    report_count_lost(count, intent(lost, "overview", ASKED));
    report_count_lost(count, intent(lost, "overview", ASKED));
    report_count_lost(count, outcome(receipt_at(DECEMBER), "overview", ANSWERED));
    is_int((long long)report_count_doubts(count), 2, "two are in doubt, each once");
    report_count_begin(count);
    struct str both[] = {STR_NONE, STR_NONE};
    char lines[2][512];
    for (int i = 0; i < 2; i++) {
        struct str line = outcome(i ? lost : there, "overview", ANSWERED);
        memcpy(lines[i], line.at, line.len);
        both[i] = str_make(lines[i], line.len);
        ok(report_count_look_up(count, both[i], store), "looked up");
    }
    for (int i = 0; i < 2; i++)
        ok(report_count_take(count, both[i]), "taken");
    is_int(count_of(count, 202612, "", REPORT_WITH_DATA), 1, "whose intent is there counts");
    is_int((long long)report_count_doubts(count), 0, "and no doubt is left");
    report_count_lost(count, intent(lost, "overview", ASKED));
    report_count_lost(count, outcome(lost, "overview", ANSWERED));
    is_int((long long)report_count_doubts(count), 0, "an outcome that is lost ends it too");
    report_count_free(&count);
    log_store_close(&store);
}

/* ---- retention ---- */

static void forgets_old_months(void)
{
    struct access_log_spec spec = record_spec();
    const struct wall now = clock_wall();
    int month = report_month(now);
    struct wall old = {now.unix_ms - (int64_t)70 * 24 * 3600 * 1000, true};
    char line[256], time[WALL_TEXT];
    record_forget();
    struct access_log *log = record_open(&spec);
    note_look_up(log, receipt_at(old));
    note_look_up(log, receipt_at(now));
    snprintf(line, sizeof line, "{\"event\":\"probe\",\"time\":\"%.*s\"}",
             STR_ARG(wall_format(now, time)));
    access_log_note(log, str_of(line));
    access_log_close(&log);

    spec.report_months = 1;
    log = record_open(&spec);
    instant deadline = instant_after_ms(clock_instant(), GIVE_UP_MS);
    do {
        usleep(2000);
        read_sums(report_month(old));
    } while (sums.begun > 0 && clock_instant() < deadline);
    access_log_close(&log);
    is_int(sums.begun, 0, "an old month is gone");
    read_sums(month);
    is_int(sums.begun, 1, "this one is not");
    ok(record_holds(STR("\"outcome\"")), "nor are the records");
}

int main(void)
{
    record_start();
    counts_what_became_of_a_row();
    counts_what_begins();
    takes_whatever_comes();
    is_durable_with_the_records();
    does_not_end_what_never_began();
    looks_up_what_is_in_doubt();
    forgets_old_months();
    record_end();
    return done_testing();
}
