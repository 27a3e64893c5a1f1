/* SPDX-License-Identifier: MIT */
/* What cells add up to, and how it is written down. */
#include "record/report_output.h"

#include <jansson.h>

#include "tests/tap.h"

static struct route routes[] = {
    {.source = {.id = STR_INIT("kommuner.sager"),
                .name = {{STR_INIT("Kommunernes sager"), STR_INIT("Municipal cases")}},
                .kinds = ITEM_KIND_BIT(ITEM_CASE) | ITEM_KIND_BIT(ITEM_DOCUMENT)}},
    {.source = {.id = STR_INIT("kommuner.ydelser"),
                .name = {{STR_INIT("Kommunernes ydelser"), STR_INIT("Municipal benefits")}},
                .kinds = ITEM_KIND_BIT(ITEM_BENEFIT) | ITEM_KIND_BIT(ITEM_PAYMENT)}},
    {.source = {.id = STR_INIT("atp.pension"),
                .name = {{STR_INIT("ATP <&>"), STR_INIT("ATP <&>")}},
                .kinds = ITEM_KIND_BIT(ITEM_BENEFIT)}},
};
static struct municipality municipalities[] = {
    {STR_INIT("0101"), STR_INIT("64942212"), STR_INIT("Københavns Kommune")},
    {STR_INIT("0710"), STR_INIT("29189714"), STR_INIT("Favrskov, \"Kommune\"")}};
static const struct snapshot snapshot = {.routes = routes,
                                         .route_count = sizeof routes / sizeof *routes,
                                         .municipalities = {.at = municipalities, .count = 2}};

enum { AUGUST = 202008 };

/* ---- times ---- */

static void tells_times_within_its_error(void)
{
    int wrong = 0, backwards = 0;
    for (int64_t ms = 0; ms < 262000; ms = ms < 3000 ? ms + 1 : ms + 37) {
        int64_t told = report_bucket_ms(report_bucket(ms));
        int64_t off = told > ms ? told - ms : ms - told;
        wrong += (double)off > (double)ms * REPORT_TIME_ERROR;
        backwards += ms > 0 && report_bucket(ms) < report_bucket(ms - 1);
    }
    is_int(wrong, 0, "each time is told within its error");
    is_int(backwards, 0, "longer times stand in later buckets");
    is_int(report_bucket(-5), 0, "nothing takes less than nothing");
    is_int(report_bucket(INT64_MAX), REPORT_BUCKETS - 1, "and the longest have a bucket");
    is_int(report_bucket(31), 31, "below 32 each millisecond has its own");
}

/* ---- months ---- */

static void knows_months_in_denmark(void)
{
    static const struct {
        const char *time;
        int month;
    } cases[] = {
        {"2026-11-30T23:59:59+01:00", 202611}, {"2026-12-01T00:00:00+01:00", 202612},
        {"2026-11-30T22:59:59Z", 202611},      {"2026-11-30T23:00:00Z", 202612},
        {"2026-06-30T21:59:59Z", 202606},      {"2026-06-30T22:00:00Z", 202607},
        {"2026-12-31T23:00:00Z", 202701},      {"2026-10-31T23:00:00+01:00", 202610},
    };
    static const struct {
        const char *text;
        int month; /* 0: refused */
    } texts[] = {{"2026-11", 202611}, {"2026-01", 202601}, {"2026-13", 0}, {"2026-00", 0},
                 {"2026-1", 0},       {"202611", 0},       {"", 0},        {"2026-11-01", 0},
                 {"0000-01", 0},      {"2O26-11", 0}};
    static const struct {
        int month, months, later;
    } steps[] = {{202611, 1, 202612},
                 {202612, 1, 202701},
                 {202601, -1, 202512},
                 {202611, -120, 201611},
                 {202611, 14, 202801}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wall time;
        ok(wall_parse(str_of(cases[i].time), &time) && report_month(time) == cases[i].month, "%s",
           cases[i].time);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int month = 0;
        bool is_month = report_month_parse(str_of(texts[i].text), &month);
        is_int(is_month ? month : 0, texts[i].month, "\"%s\"", texts[i].text);
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        is_int(report_month_later(steps[i].month, steps[i].months), steps[i].later, "%d and %d",
               steps[i].month, steps[i].months);
}

/* ---- a tally ---- */

static void adds_up_cells(void)
{
    struct report_tally tally;
    char source[32];
    report_tally_init(&tally);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 5000; i++) {
            snprintf(source, sizeof source, "source%d", i % 1000);
            const struct report_cell cell = {202611, STR("0710"), str_of(source),
                                             (unsigned)(i / 1000), 1};
            if (!report_tally_add(&tally, &cell))
                ok(false, "room");
        }
    is_int((long long)tally.count, 5000, "each cell once");
    uint64_t least = UINT64_MAX, most = 0;
    for (size_t i = 0; i < tally.count; i++) {
        least = tally.cells[i].count < least ? tally.cells[i].count : least;
        most = tally.cells[i].count > most ? tally.cells[i].count : most;
    }
    ok(least == 3 && most == 3, "each counted thrice");
    report_tally_reset(&tally);
    is_int((long long)tally.count, 0, "and forgotten");
    report_tally_clear(&tally);
}

/* ---- a table ---- */

struct given {
    const char *municipality, *source;
    unsigned what;
    uint64_t count;
};

static struct report *make(const struct given *given, size_t count, const char *only_municipality,
                           const char *only_source, int64_t least)
{
    struct report *report = report_new(AUGUST, str_of(only_municipality), str_of(only_source));
    for (size_t i = 0; i < count; i++) {
        const struct report_cell cell = {AUGUST, str_of(given[i].municipality),
                                         str_of(given[i].source), given[i].what, given[i].count};
        if (!report_take(report, &cell))
            ok(false, "taken");
    }
    report_finish(report, &snapshot, least);
    return report;
}
#define MAKE(given, municipality, source, least)                                                   \
    make(given, sizeof(given) / sizeof *(given), municipality, source, least)

/* In the order in which a store tells them. */
static const struct given month[] = {
    {"", "atp.pension", REPORT_BEGUN, 10},
    {"", "atp.pension", REPORT_WITH_DATA, 4},
    {"", "atp.pension", REPORT_WITHOUT_DATA, 1},
    {"", "atp.pension", REPORT_LATE, 1},
    {"", "atp.pension", REPORT_HELD_BACK, 2},
    {"", "atp.pension", REPORT_DETAILS, 3},
    {"", "atp.pension", 77, 1000}, /* of a newer version */
    {"", "atp.pension", REPORT_BUCKET + 10, 5},
    {"", "atp.pension", REPORT_BUCKET + 31, 1},
    {"", "gone.away", REPORT_BEGUN, 1},
    {"", "gone.away", REPORT_FAILED, 1},
    {"0101", "kommuner.sager", REPORT_BEGUN, 9},
    {"0101", "kommuner.sager", REPORT_WITHOUT_DATA, 2},
    {"0101", "kommuner.sager", REPORT_FAILED, 1},
    {"0101", "kommuner.sager", REPORT_INVALID, 1},
    {"0101", "kommuner.sager", REPORT_FOREIGN, 1},
    {"0101", "kommuner.sager", REPORT_REFUSED, 1},
    {"0101", "kommuner.sager", REPORT_BUSY, 1},
    {"0101", "kommuner.sager", REPORT_ABANDONED, 1},
    {"0101", "kommuner.sager", REPORT_BUCKET + 20, 2},
    {"0710", "kommuner.sager", REPORT_BEGUN, 1133},
    {"0710", "kommuner.sager", REPORT_WITH_DATA, 615},
    {"0710", "kommuner.sager", REPORT_WITHOUT_DATA, 518},
    {"0710", "kommuner.sager", REPORT_BUCKET + 5, 1000},
    {"0710", "kommuner.sager", REPORT_BUCKET + 25, 133},
    {"0710", "kommuner.ydelser", REPORT_BEGUN, 3},
    {"0710", "kommuner.ydelser", REPORT_WITH_DATA, 3},
};

static const struct report_line *line_of(const struct report *report, const char *municipality,
                                         const char *source)
{
    for (size_t i = 0; i < report->row_count; i++)
        if (str_equal(report->rows[i].municipality, str_of(municipality)) &&
            str_equal(report->rows[i].source, str_of(source)))
            return &report->rows[i].line;
    ok(false, "a row of %s %s", municipality, source);
    exit(EXIT_FAILURE);
}

static bool adds_up(const struct report_line *line)
{
    int64_t sum = 0;
    for (int i = COLUMN_WITH; i <= COLUMN_UNFINISHED; i++)
        sum += line->counts[i];
    return sum == line->counts[COLUMN_CALLS];
}

static void makes_a_table(void)
{
    struct report *report = MAKE(month, "", "", 0);
    is_int((long long)report->row_count, 5, "a row for each municipality and source");
    for (size_t i = 0; i < report->row_count; i++)
        ok(adds_up(&report->rows[i].line), "row %zu adds up", i);
    const struct report_line *seed = line_of(report, "0710", "kommuner.sager");
    is_int(seed->counts[COLUMN_CALLS], 1133, "calls");
    is_int(seed->counts[COLUMN_WITH], 615, "with data");
    is_int(seed->counts[COLUMN_WITHOUT], 518, "without data");
    is_int(seed->counts[COLUMN_UNFINISHED], 0, "none unfinished");
    is_int(seed->p50_ms, 5, "p50");
    is_int(seed->p95_ms, 25, "p95");
    is_int(seed->p99_ms, 25, "p99");

    const struct report_line *atp = line_of(report, "", "atp.pension");
    is_int(atp->counts[COLUMN_CALLS], 8, "what was held back is no call");
    is_int(atp->counts[COLUMN_UNFINISHED], 2, "what did not end is unfinished");
    is_int(atp->counts[COLUMN_DETAILS], 3, "details are apart");
    is_int(atp->p50_ms, 10, "p50");
    is_int(atp->p99_ms, 31, "p99");
    const struct report_line *other = line_of(report, "0101", "kommuner.sager");
    is_int(other->counts[COLUMN_CALLS], 9, "every way to end is in the sum");
    is_int(other->counts[COLUMN_UNFINISHED], 1, "and what did not end");

    is_int((int)report->rows[0].group, GROUP_CASES, "cases first");
    is_int((int)report->rows[4].group, GROUP_UNKNOWN, "what the configuration has not, last");
    is_int(report->groups[GROUP_CASES].line.counts[COLUMN_CALLS], 1142, "the sum of cases");
    is_int(report->groups[GROUP_BENEFITS].line.counts[COLUMN_CALLS], 11, "the sum of benefits");
    is_int((long long)report->groups[GROUP_CASES].line.timed, 1135, "their times together");
    ok(str_equal(report->sources[0].source, STR("kommuner.sager")) &&
           report->sources[0].line.counts[COLUMN_WITH] == 615 &&
           report->sources[0].line.p99_ms == 25,
       "a source over all municipalities");
    report_free(&report);
    ok(!report, "freed");
}

static void shows_a_part(void)
{
    struct report *report = MAKE(month, "0710", "", 0);
    is_int((long long)report->row_count, 2, "one municipality's rows");
    report_free(&report);
    report = MAKE(month, "", "atp.pension", 0);
    is_int((long long)report->row_count, 1, "one source's rows");
    report_free(&report);
    report = MAKE(month, "0999", "", 0);
    is_int((long long)report->row_count, 0, "nobody's");
    report_free(&report);
}

static void groups_by_kinds(void)
{
    static const struct {
        unsigned kinds;
        enum report_group group;
    } cases[] = {
        {ITEM_KIND_BIT(ITEM_CASE), GROUP_CASES},
        {ITEM_KIND_BIT(ITEM_DOCUMENT), GROUP_CASES},
        {ITEM_KIND_BIT(ITEM_BENEFIT) | ITEM_KIND_BIT(ITEM_PAYMENT), GROUP_BENEFITS},
        {ITEM_KIND_BIT(ITEM_SERVICE), GROUP_BENEFITS},
        {ITEM_KIND_BIT(ITEM_CASE) | ITEM_KIND_BIT(ITEM_PAYMENT), GROUP_BOTH},
        {ITEM_KIND_BIT(ITEM_APPOINTMENT) | ITEM_KIND_BIT(ITEM_CASE), GROUP_CASES},
        {ITEM_KIND_BIT(ITEM_CREDENTIAL), GROUP_OTHER},
        {0, GROUP_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_int((int)report_group_of(cases[i].kinds), (int)cases[i].group, "kinds %#x",
               cases[i].kinds);
}

/* ---- small numbers ---- */

static void withholds_what_is_small(void)
{
    static const struct given few[] = {
        {"0101", "kommuner.sager", REPORT_BEGUN, 4},
        {"0101", "kommuner.sager", REPORT_WITH_DATA, 4},
        {"0101", "kommuner.sager", REPORT_HELD_BACK, 1},
        {"0101", "kommuner.ydelser", REPORT_BEGUN, 20},
        {"0101", "kommuner.ydelser", REPORT_WITH_DATA, 17},
        {"0101", "kommuner.ydelser", REPORT_WITHOUT_DATA, 3},
        {"0101", "kommuner.ydelser", REPORT_BUCKET + 1, 20},
        {"0710", "kommuner.sager", REPORT_BEGUN, 20},
        {"0710", "kommuner.sager", REPORT_WITHOUT_DATA, 18},
        {"0710", "kommuner.sager", REPORT_LATE, 2},
        {"0710", "kommuner.sager", REPORT_DETAILS, 1},
        {"0710", "kommuner.sager", REPORT_BUCKET + 2, 20},
    };
    const struct report_context context = {&snapshot, LANGUAGE_DA, {1598918400000, true}};
    struct report *report = MAKE(few, "", "", 5);
    struct buf out;
    ok(report->has_withheld, "something is withheld");
    const struct report_line *line = line_of(report, "0101", "kommuner.sager");
    for (int i = 0; i < COLUMN_COUNT; i++)
        is_int(line->counts[i], REPORT_WITHHELD, "of few calls nothing is told");
    line = line_of(report, "0101", "kommuner.ydelser");
    is_int(line->counts[COLUMN_CALLS], 20, "of many calls their number is");
    is_int(line->counts[COLUMN_WITHOUT], REPORT_WITHHELD, "a small part is not");
    is_int(line->counts[COLUMN_WITH], REPORT_WITHHELD, "nor what it could be reckoned from");
    is_int(line->p50_ms, 1, "times tell of nobody");
    line = line_of(report, "0710", "kommuner.sager");
    is_int(line->counts[COLUMN_WITHOUT], 18, "large parts are told");
    is_int(line->counts[COLUMN_WITH], 0, "and none at all");
    is_int(line->counts[COLUMN_LATE], 2, "and failures, which are the source's");
    is_int(line->counts[COLUMN_DETAILS], REPORT_WITHHELD, "few details are not");

    buf_init(&out, 1 << 20);
    report_write(report, &context, REPORT_JSON, &out);
    json_t *root = json_loadb(out.at, out.len, 0, NULL);
    is_int((long long)json_array_size(json_object_get(root, "sources")), 0, "no sums of sources");
    is_int((long long)json_array_size(json_object_get(root, "groups")), 0, "nor of groups");
    ok(json_is_true(json_object_get(root, "withheld")), "which is said");
    json_decref(root);
    buf_reset(&out);
    report_write(report, &context, REPORT_CSV, &out);
    ok(str_find(buf_str(&out), STR("2020-08,cases,0101,Københavns Kommune,kommuner.sager"
                                   ",,,,,,,,,,,,,,,,\r\n")) < out.len,
       "withheld fields are empty");
    buf_reset(&out);
    report_write(report, &context, REPORT_HTML, &out);
    ok(str_find(buf_str(&out), STR("<tfoot>")) == out.len, "nor on the page");
    buf_clear(&out);
    report_free(&report);

    report = MAKE(few, "", "", 1);
    ok(!report->has_withheld && report->least == 0, "under one there is nothing to withhold");
    report_free(&report);
}

/* ---- written down ---- */

static void writes_the_seed(void)
{
    const struct report_context context = {&snapshot, LANGUAGE_DA, {1598918400000, true}};
    struct report *report = MAKE(month, "", "", 0);
    struct buf out;
    buf_init(&out, 1 << 20);

    report_write(report, &context, REPORT_CSV, &out);
    struct str csv = buf_str(&out);
    ok(str_starts_with(csv, STR("month,group,municipality,municipality_name,source,calls,with_data,"
                                "without_data,late,failed,invalid,foreign,refused,busy,abandoned,"
                                "unfinished,held_back,details,p50_ms,p95_ms,p99_ms\r\n")),
       "CSV: its head");
    ok(str_find(csv, STR("\r\n2020-08,cases,0710,\"Favrskov, \"\"Kommune\"\"\",kommuner.sager,1133,"
                         "615,518,0,0,0,0,0,0,0,0,0,0,5,25,25\r\n")) < csv.len,
       "CSV: the seed's row, quoted where it must be");
    ok(str_find(csv, STR("\r\n2020-08,unknown,,,gone.away,1,0,0,0,1,0,0,0,0,0,0,0,0,,,\r\n")) <
           csv.len,
       "CSV: what was not timed has no times");

    buf_reset(&out);
    report_write(report, &context, REPORT_JSON, &out);
    json_t *root = json_loadb(out.at, out.len, JSON_REJECT_DUPLICATES, NULL);
    ok(root != NULL, "JSON");
    is_str(json_string_value(json_object_get(root, "month")), "2020-08", "its month");
    is_str(json_string_value(json_object_get(root, "last")), "2020-08-31", "its last day");
    ok(json_is_true(json_object_get(root, "over")), "it is over");
    json_t *row = json_array_get(json_object_get(root, "rows"), 1);
    is_str(json_string_value(json_object_get(json_object_get(row, "municipality"), "code")), "0710",
           "the row's municipality");
    is_int(json_integer_value(json_object_get(row, "with_data")), 615, "the row's number");
    is_int((long long)json_array_size(json_object_get(root, "groups")), GROUP_COUNT, "groups");
    json_decref(root);

    buf_reset(&out);
    report_write(report, &context, REPORT_HTML, &out);
    struct str page = buf_str(&out);
    static const char *const pieces[] = {
        "<html lang=\"da\">",
        "<title>Månedsrapport 2020-08</title>",
        "<caption>Sager: kald pr. kommune og datakilde</caption>",
        ("<th scope=\"row\">Favrskov, &quot;Kommune&quot;</th><td>Kommunernes sager<br>"
         "<code>kommuner.sager</code></td>"),
        "<td class=\"n\">1133</td><td class=\"n\">615</td><td class=\"n\">518</td>",
        "aria-label=\"Med data: 615 af 1133\"",
        "<td>ATP &lt;&amp;&gt;<br>",
        "<dt>Uden data</dt>"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        ok(str_find(page, str_of(pieces[i])) < page.len, "page: %s", pieces[i]);
    ok(str_find(page, STR("<script")) == page.len && str_find(page, STR("http")) == page.len,
       "page: loads and runs nothing");

    buf_reset(&out);
    report_write(report, &context, REPORT_TEXT, &out);
    ok(str_find(buf_str(&out),
                STR("0710 kommuner.sager              1133        615           518  ")) < out.len,
       "lines: the seed's");
    buf_clear(&out);
    report_free(&report);
}

static void writes_nothing_well(void)
{
    const struct report_context context = {&snapshot, LANGUAGE_EN, {1597000000000, true}};
    struct report *report = make(month, 0, "", "", 0);
    struct buf out;
    buf_init(&out, 1 << 20);
    for (int format = 0; format < REPORT_FORMAT_COUNT; format++) {
        buf_reset(&out);
        report_write(report, &context, (enum report_format)format, &out);
        ok(!out.failed && out.len > 0, "format %d of an empty month", format);
    }
    ok(!report_is_over(report, &context), "a month that goes on");
    buf_clear(&out);
    report_free(&report);
}

static void is_bounded(void)
{
    struct report *report = report_new(AUGUST, STR(""), STR(""));
    char source[32];
    bool is_taken = true;
    int taken = 0;
    for (; taken <= REPORT_ROWS_MAX && is_taken; taken++) {
        snprintf(source, sizeof source, "%05d", taken);
        const struct report_cell cell = {AUGUST, str_of(source), STR("one"), REPORT_BEGUN, 1};
        is_taken = report_take(report, &cell);
    }
    ok(!is_taken && report->is_full, "more rows than any configuration has are not taken");
    is_int(taken, REPORT_ROWS_MAX + 1, "that many are");
    report_free(&report);
}

int main(void)
{
    tells_times_within_its_error();
    knows_months_in_denmark();
    adds_up_cells();
    makes_a_table();
    shows_a_part();
    groups_by_kinds();
    withholds_what_is_small();
    writes_the_seed();
    writes_nothing_well();
    is_bounded();
    return done_testing();
}
