/* SPDX-License-Identifier: MIT */
#include "serve/query.h"

#include "tests/overview.h"

static struct arena *arena;
static struct snapshot *snapshot;

/* The request's head with this query (NULL: none) and these headers ("Name: value", NULL: none). */
static struct http_head head_of(const char *query, const char *first, const char *second)
{
    struct http_head head = {.query = str_of(query)};
    const char *const lines[] = {first, second};
    for (size_t i = 0; i < 2 && lines[i]; i++) {
        struct str value = str_of(lines[i]), name = str_split(&value, ':');
        head.fields[head.field_count++] = (struct http_field){name, str_trim(value)};
    }
    return head;
}

/* What is asked: "0710 0101 source=atp", or the word that the problem must name. */
static const struct {
    const char *query, *asked, *wrong;
} queries[] = {
    {NULL, "", NULL},
    {"", "", NULL},
    {"municipality=0710", "0710 ", NULL},
    {"municipality=0710&municipality=0101", "0710 0101 ", NULL},
    {"municipality=0101&municipality=0710", "0101 0710 ", NULL},
    {"municipality=0710&municipality=0710", "0710 ", NULL},
    {"municipality=0710&municipality=0101&municipality=0710", "0710 0101 ", NULL},
    {"source=atp.pension", "source=atp.pension", NULL},
    {"source=atp.pension&municipality=0710", "0710 source=atp.pension", NULL},
    {"source=atp%2Epension", "source=atp.pension", NULL},
    {"%6dunicipality=%30710", "0710 ", NULL},
    {"&&municipality=0710&", "0710 ", NULL},
    {"municipality=0147", "0147 ", NULL},

    {"municipality=", NULL, "municipality"},
    {"municipality", NULL, "municipality"},
    {"municipality=710", NULL, "municipality"},
    {"municipality=07100", NULL, "municipality"},
    {"municipality=9999", NULL, "municipality"},
    {"municipality=071O", NULL, "municipality"},
    {"municipality=+710", NULL, "municipality"},
    {"municipality=-710", NULL, "municipality"},
    {"municipality=0710%00", NULL, "percent"},
    {"municipality=07%", NULL, "percent"},
    {"municipality=07%1", NULL, "percent"},
    {"municipality=07%zz", NULL, "percent"},
    {"%zz=0710", NULL, "percent"},
    {"municipality=0710&municipality=0101&municipality=0147", NULL, "at most 2"},
    {"municipality=0710,0101", NULL, "municipality"},
    {"municipality=0710;municipality=0101", NULL, "municipality"},
    {"source=nobody", NULL, "source"},
    {"source=", NULL, "source"},
    {"source=ATP.pension", NULL, "source"},
    {"source=atp.pension&source=atp.pension", NULL, "source"},
    {"sources=atp.pension", NULL, "unknown parameter"},
    {"Municipality=0710", NULL, "unknown parameter"},
    {"municipality=0710&x=1", NULL, "unknown parameter"},
    {"=0710", NULL, "unknown parameter"},
    {"municipality=0710=", NULL, "municipality"},
};

static void reads_the_query(void)
{
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct http_head head = head_of(queries[i].query, NULL, NULL);
        struct problem problem = {0};
        struct query query;
        char asked[256] = "";
        const char *name = queries[i].query ? queries[i].query : "(none)";
        bool is_read = query_parse(&head, snapshot, false, arena, &query, &problem);

        is_int(is_read, queries[i].wrong == NULL, "%s", name);
        if (!is_read) {
            is_int(problem_status(problem.kind), 400, "%s: 400", name);
            ok(queries[i].wrong && strstr(problem.detail, queries[i].wrong), "%s: it says \"%s\"",
               name, problem.detail);
            continue;
        }
        for (size_t j = 0; j < query.municipality_count; j++)
            snprintf(asked + strlen(asked), sizeof asked - strlen(asked), "%.*s ",
                     STR_ARG(query.municipalities[j]));
        if (query.source.at)
            snprintf(asked + strlen(asked), sizeof asked - strlen(asked), "source=%.*s",
                     STR_ARG(query.source));
        is_str(asked, queries[i].asked, "%s: what is asked", name);
    }

    /* What is wrong is not repeated: it may be a personal number. */
    struct http_head head = head_of("municipality=6101709995", NULL, NULL);
    struct problem problem = {0};
    struct query query;
    ok(!query_parse(&head, snapshot, false, arena, &query, &problem) &&
           !strstr(problem.detail, "6101709995"),
       "nothing of the query stands in the problem");
}

/* Soft deadline 2000 ms; wait is 100 ms at least and 8000 at most. */
static const struct {
    const char *prefer, *second;
    int64_t wait_ms;
} prefers[] = {
    {NULL, NULL, 0},
    {"Prefer: wait=2", NULL, 2000},
    {"prefer: Wait=2", NULL, 2000},
    {"Prefer: wait = 2", NULL, 2000},
    {"Prefer: wait=0", NULL, 100},
    {"Prefer: wait=8", NULL, 8000},
    {"Prefer: wait=9", NULL, 8000},
    {"Prefer: wait=86400", NULL, 8000},
    {"Prefer: respond-async, wait=3", NULL, 3000},
    {"Prefer: wait=3, respond-async", NULL, 3000},
    {"Prefer: wait=3, wait=4", NULL, 3000},
    {"Prefer: handling=lenient; wait=3", NULL, 0},
    {"Prefer: wait=3; foo=bar", NULL, 3000},
    {"Prefer: respond-async", "Prefer: wait=4", 4000},
    {"Prefer: wait=3", "prefer: wait=4", 3000},
    /* what makes no sense is ignored, RFC 7240 */
    {"Prefer:", NULL, 0},
    {"Prefer: wait", NULL, 0},
    {"Prefer: wait=", NULL, 0},
    {"Prefer: wait=-1", NULL, 0},
    {"Prefer: wait=1.5", NULL, 0},
    {"Prefer: wait=two", NULL, 0},
    {"Prefer: wait=86401", NULL, 0},
    {"Prefer: wait=99999999999999999999", NULL, 0},
    {"Prefer: wait=\"3\"", NULL, 0},
    {"Prefer: wait; x=3", NULL, 0},
    {"Prefer: waits=3", NULL, 0},
    {"Prefer: await=3", NULL, 0},
};

static void reads_how_long_to_wait(void)
{
    for (size_t i = 0; i < sizeof prefers / sizeof *prefers; i++) {
        struct http_head head = head_of("municipality=0710", prefers[i].prefer, prefers[i].second);
        struct problem problem;
        struct query query;
        const char *name = prefers[i].prefer ? prefers[i].prefer : "no Prefer";
        if (ok(query_parse(&head, snapshot, false, arena, &query, &problem), "%s", name))
            is_int(query.wait_ms, prefers[i].wait_ms, "%s: how long", name);
    }
}

static void joins_fields(void)
{
    struct http_head head = head_of("", "Accept: text/html", "accept: application/json;q=0.5");
    struct str list = query_list(&head, STR("Accept"), arena);
    is_bytes(list.at, list.len, "text/html, application/json;q=0.5", 33, "two fields, one list");
    ok(!query_list(&head, STR("Accept-Language"), arena).at, "no field, no list");
}

#define TRACE  "0af7651916cd43dd8448eb211c80319c"
#define PARENT "b7ad6b7169203331"

static const struct {
    const char *given, *second;
    bool is_taken;
} traces[] = {
    {"traceparent: 00-" TRACE "-" PARENT "-01", NULL, true},
    {"Traceparent: 00-" TRACE "-" PARENT "-00", NULL, true},
    {"traceparent: 00-00000000000000000000000000000001-0000000000000001-ff", NULL, true},
    {NULL, NULL, false},
    {"traceparent: ", NULL, false},
    {"traceparent: 01-" TRACE "-" PARENT "-01", NULL, false},
    {"traceparent: ff-" TRACE "-" PARENT "-01", NULL, false},
    {"traceparent: 00-00000000000000000000000000000000-" PARENT "-01", NULL, false},
    {"traceparent: 00-" TRACE "-0000000000000000-01", NULL, false},
    {"traceparent: 00-0AF7651916CD43DD8448EB211C80319C-" PARENT "-01", NULL, false},
    {"traceparent: 00-" TRACE "-" PARENT "-0g", NULL, false},
    {"traceparent: 00-" TRACE "-" PARENT "-01-more", NULL, false},
    {"traceparent: 00-" TRACE "-" PARENT "-1", NULL, false},
    {"traceparent: 00-" TRACE "_" PARENT "-01", NULL, false},
    {"traceparent: 00-" TRACE "-" PARENT, NULL, false},
    {"traceparent: 00-" TRACE "-" PARENT "-01", "traceparent: 00-" TRACE "-" PARENT "-01", false},
};

static void hands_the_trace_on(void)
{
    static const unsigned char random[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
        struct http_head head = head_of(NULL, traces[i].given, traces[i].second);
        struct str parent = query_traceparent(&head, random, arena);
        const char *name = traces[i].given ? traces[i].given : "no trace";
        is_int(parent.at != NULL, traces[i].is_taken, "%s", name);
        if (!parent.at)
            continue;
        struct str given = str_trim(str_skip(str_of(traces[i].given), sizeof "traceparent:" - 1));
        ok(parent.len == 55 && str_equal(str_head(parent, 36), str_head(given, 36)) &&
               str_equal(str_skip(parent, 52), str_skip(given, 52)) &&
               str_equal(str_head(str_skip(parent, 36), 16), STR("0123456789abcdef")),
           "%s: its trace, with a parent of ours", name);
    }
}

static void ends_at_the_arenas_limit(void)
{
    struct arena *small = arena_new(8);
    struct http_head head = head_of("municipality=0710", NULL, NULL);
    struct problem problem = {0};
    struct query query;
    ok(!query_parse(&head, snapshot, false, small, &query, &problem) &&
           problem.kind != PROBLEM_NONE,
       "no room: a problem");
    arena_free(&small);
}

int main(void)
{
    static struct route route = {.source = {.id = STR_INIT("atp.pension")}};
    static struct municipality municipalities[] = {
        {STR_INIT("0101"), STR_INIT("64942212"), STR_INIT("Københavns Kommune")},
        {STR_INIT("0147"), {NULL, 0}, STR_INIT("Frederiksberg Kommune")},
        {STR_INIT("0710"), STR_INIT("29189714"), STR_INIT("Favrskov Kommune")}};
    arena = arena_new(1 << 20);
    snapshot = overview_snapshot(arena);
    snapshot->routes = &route;
    snapshot->route_count = 1;
    snapshot->municipalities = (struct municipalities){.at = municipalities, .count = 3};
    snapshot->settings.limits_municipalities_max = 2;
    reads_the_query();
    reads_how_long_to_wait();
    joins_fields();
    hands_the_trace_on();
    ends_at_the_arenas_limit();
    arena_free(&arena);
    return done_testing();
}
