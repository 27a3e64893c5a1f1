/* SPDX-License-Identifier: MIT */
#include "record/replay.h"

#include "tests/tap.h"

#include <jansson.h>

/* A configuration made by hand. */
static struct route routes[] = {
    {.source = {.id = STR_INIT("atp")}, .rules = {.total_ms = 500}, .enabled = true},
    {.source = {.id = STR_INIT("index"), .per_municipality = true},
     .rules = {.total_ms = 1500},
     .enabled = true},
    {.source = {.id = STR_INIT("resting")}, .rules = {.total_ms = 1500}, .enabled = false},
};
static struct municipality municipalities[] = {
    {STR_INIT("0710"), STR_INIT("29189714"), STR_INIT("Favrskov Kommune")}};
static const struct str all[] = {STR_INIT("*")}, only_atp[] = {STR_INIT("atp")};
static struct agreement agreements[] = {
    {.portal = STR_INIT("p"), .sources = all, .source_count = 1, .kinds = ~0u},
    {.portal = STR_INIT("pension"), .sources = only_atp, .source_count = 1, .kinds = ~0u}};
static const struct str p[] = {STR_INIT("p")}, pension[] = {STR_INIT("pension")};
static struct portal portals[] = {{.id = STR_INIT("p"),
                                   .clients = p,
                                   .client_count = 1,
                                   .agreements = &agreements[0],
                                   .agreement_count = 1},
                                  {.id = STR_INIT("pension"),
                                   .clients = pension,
                                   .client_count = 1,
                                   .agreements = &agreements[1],
                                   .agreement_count = 1}};
static const struct snapshot snapshot = {
    .revision = "0123456789abcdef",
    .routes = routes,
    .route_count = 3,
    .municipalities = {.at = municipalities, .count = 1},
    .agreements = {.portals = portals, .portal_count = 2, .at = agreements, .count = 2},
    .settings = {.time_soft_ms = 1000, .time_hard_ms = 8000}};
static const struct wall now = {1795254120000, true};

#define OUTCOME(portal, stream, ms, sources)                                                       \
    "{'event':'outcome','receipt':'r','time':'2026-11-21T10:42:00+01:00','operation':'overview',"  \
    "'portal':'" portal "','stream':" stream ",'status':200,'elapsed_ms':" ms                      \
    ",'sources':[" sources "]}"
#define ROW(source, state, ms)                                                                     \
    "{'source':'" source "','state':'" state "','items':1,'pages':1,'elapsed_ms':" ms "}"
#define TOWN(state, ms)                                                                            \
    "{'source':'index','authority':'0710','state':'" state "','items':1,'elapsed_ms':" ms "}"

static json_t *report_of(const char *const *lines, size_t count)
{
    struct replay *replay = replay_new(&snapshot, now);
    struct buf out;
    char line[4096];

    for (size_t i = 0; i < count; i++) {
        snprintf(line, sizeof line, "%s", lines[i]);
        for (char *c = line; *c; c++)
            *c = *c == '\'' ? '"' : *c;
        replay_line(replay, str_of(line));
    }
    buf_init(&out, 1 << 20);
    replay_write(replay, &out);
    json_t *root = json_loadb(out.at, out.len, JSON_REJECT_DUPLICATES, NULL);
    buf_reset(&out);
    replay_print(replay, &out);
    ok(root && !out.failed && out.len > 0, "both reports are written");
    buf_clear(&out);
    replay_free(&replay);
    return root;
}

static long long number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return value ? (long long)json_integer_value(value) : -1;
}

/* What is said of the first source: "asked kept lost not_asked late could_gain unanswered". */
static const char *first_source(const json_t *root)
{
    static char text[256];
    const json_t *one = json_array_get(json_object_get(root, "sources"), 0);

    if (!one)
        return "none";
    snprintf(text, sizeof text, "%s %lld %lld %lld %lld %lld %lld %lld",
             json_string_value(json_object_get(one, "source")), number(one, "asked"),
             number(one, "kept"), number(one, "lost"), number(one, "not_asked"),
             number(one, "late"), number(one, "could_gain"), number(one, "unanswered"));
    return text;
}

static const char *times(const json_t *root)
{
    static char text[128];
    const json_t *ms = json_object_get(root, "ms");

    if (!json_is_object(ms))
        return "none";
    snprintf(text, sizeof text, "%lld %lld-%lld", number(json_object_get(ms, "recorded"), "p50"),
             number(json_object_get(ms, "at_least"), "p50"),
             number(json_object_get(ms, "at_most"), "p50"));
    return text;
}

/* ATP is cut at 500 ms, the index at 1500; a document ends at 1000 ms, a stream at 8000. */
static void replays_one_overview(void)
{
    static const struct {
        const char *name, *line, *source, *times;
        int lost, could_gain;
    } cases[] = {
        {"in time", OUTCOME("p", "false", "410", ROW("atp", "answered", "400")),
         "atp 1 1 0 0 0 0 0", "410 410-410", 0, 0},
        {"an empty answer counts as one", OUTCOME("p", "false", "410", ROW("atp", "empty", "400")),
         "atp 1 1 0 0 0 0 0", "410 410-410", 0, 0},
        {"exactly in time", OUTCOME("p", "false", "505", ROW("atp", "answered", "500")),
         "atp 1 1 0 0 0 0 0", "505 505-505", 0, 0},
        {"a millisecond too late", OUTCOME("p", "false", "506", ROW("atp", "answered", "501")),
         "atp 1 0 1 0 0 0 0", "506 505-505", 1, 0},
        {"cut before, and cut earlier now",
         OUTCOME("p", "false", "1505", ROW("atp", "late", "1500")), "atp 1 0 0 0 1 0 0",
         "1505 505-505", 0, 0},
        {"cut before, and cut then now", OUTCOME("p", "false", "505", ROW("atp", "late", "500")),
         "atp 1 0 0 0 1 0 0", "505 505-505", 0, 0},
        {"cut before, and waited for longer now",
         OUTCOME("p", "false", "305", ROW("atp", "late", "300")), "atp 1 0 0 0 0 1 0",
         "305 305-505", 0, 1},
        {"a failure stays one", OUTCOME("p", "false", "25", ROW("atp", "failed", "20")),
         "atp 1 0 0 0 0 0 1", "25 25-25", 0, 0},
        {"a document ends before the source does",
         OUTCOME("p", "false", "1210", TOWN("answered", "1200")), "index 1 0 1 0 0 0 0",
         "1210 1010-1010", 1, 0},
        {"a stream waits for it", OUTCOME("p", "true", "1210", TOWN("answered", "1200")),
         "index 1 1 0 0 0 0 0", "1210 1210-1210", 0, 0},
        {"the slowest counts",
         OUTCOME("p", "false", "910", ROW("atp", "answered", "100") "," TOWN("answered", "900")),
         "atp 1 1 0 0 0 0 0", "910 910-910", 0, 0},
        {"one that is disabled", OUTCOME("p", "false", "410", ROW("resting", "answered", "400")),
         "resting 1 0 0 1 0 0 0", "410 10-10", 1, 0},
        {"one that is no more", OUTCOME("p", "false", "410", ROW("gone", "answered", "400")),
         "gone 1 0 0 1 0 0 0", "410 10-10", 1, 0},
        {"one that is not agreed any more",
         OUTCOME("pension", "false", "410", TOWN("answered", "400")), "index 1 0 0 1 0 0 0",
         "410 10-10", 1, 0},
        {"one that was not agreed", OUTCOME("p", "false", "10", ROW("atp", "not_agreed", "0")),
         "atp 0 0 0 0 0 1 0", "10 10-510", 0, 1},
        {"one that is not agreed still",
         OUTCOME("pension", "false", "10",
                 "{'source':'index','authority':'0710','state':'not_agreed','elapsed_ms':0}"),
         "none", "10 10-10", 0, 0},
        {"a portal that is no more", OUTCOME("q", "false", "410", ROW("atp", "answered", "400")),
         "atp 1 0 0 1 0 0 0", "410 10-10", 1, 0},
        {"one whose breaker was open", OUTCOME("p", "false", "10", ROW("atp", "open", "0")), "none",
         "10 10-10", 0, 0},
        {"a client that left", OUTCOME("p", "false", "100", ROW("atp", "abandoned", "0")), "none",
         "none", 0, 0},
        {"an older record says less",
         "{'event':'outcome','receipt':'r','time':null,'status':200,'elapsed_ms':410,'sources':["
         "{'source':'atp','state':'answered','elapsed_ms':400}]}",
         "atp 1 1 0 0 0 0 0", "410 410-410", 0, 0},
        {"an item is no overview",
         "{'event':'outcome','operation':'item','status':200,'elapsed_ms':410,'sources':["
         "{'source':'atp','state':'answered','elapsed_ms':400}]}",
         "none", "none", 0, 0},
        {"nor is an intent",
         "{'event':'intent','receipt':'r','plan':[{'source':'atp','ask':true}]}", "none", "none", 0,
         0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *root = report_of(&cases[i].line, 1);

        is_str(first_source(root), cases[i].source, "%s", cases[i].name);
        is_str(times(root), cases[i].times, "%s: how long", cases[i].name);
        is_int(number(root, "lost"), cases[i].lost, "%s: overviews that lose", cases[i].name);
        is_int(number(root, "could_gain"), cases[i].could_gain, "%s: that could gain",
               cases[i].name);
        is_int(number(root, "unreadable"), 0, "%s: read", cases[i].name);
        json_decref(root);
    }
}

static void counts_garbage(void)
{
    static const char *const lines[] = {
        "",
        "{",
        "not a record",
        "[]",
        "{'event':'outcome','status':'two hundred'}",
        "{'event':'outcome','elapsed_ms':-1}",
        "{'event':'outcome','sources':[{'state':'answered'}]}",
        "{'event':'outcome','event':'outcome'}",
        OUTCOME("p", "false", "410", ROW("atp", "answered", "400")) "}",
        OUTCOME("p", "false", "410", ROW("atp", "answered", "400")),
    };
    size_t count = sizeof lines / sizeof *lines;
    json_t *root = report_of(lines, count);

    is_int(number(root, "lines"), (long long)count, "every line is counted");
    is_int(number(root, "unreadable"), (long long)count - 1, "those that are no records too");
    is_int(number(root, "overviews"), 1, "the good one is replayed");
    json_decref(root);
}

/* Whatever a record names, memory and report stay bounded. */
static void bounds_strangers(void)
{
    enum { STRANGERS = 1000 };
    struct replay *replay = replay_new(&snapshot, now);
    struct buf out;
    char line[512];

    for (int i = 0; i < STRANGERS; i++) {
        snprintf(line, sizeof line,
                 "{\"event\":\"outcome\",\"status\":200,\"elapsed_ms\":5,\"sources\":[{\"source\":"
                 "\"stranger-%d\",\"state\":\"answered\",\"elapsed_ms\":5}]}",
                 i);
        replay_line(replay, str_of(line));
    }
    buf_init(&out, 1 << 20);
    replay_write(replay, &out);
    json_t *root = json_loadb(out.at, out.len, 0, NULL);
    const json_t *sources = json_object_get(root, "sources");
    size_t named = json_array_size(sources);
    const json_t *rest = json_array_get(sources, named - 1);
    is_int((long long)named, 257, "256 of them by name, and the rest together");
    is_str(json_string_value(json_object_get(rest, "source")), "(others)", "which has a name");
    is_int(number(rest, "asked"), STRANGERS - 256, "and counts them");
    is_int(number(root, "lost"), STRANGERS, "all of them would be lost");
    json_decref(root);
    buf_clear(&out);
    replay_free(&replay);
}

static void tells_percentiles(void)
{
    struct replay *replay = replay_new(&snapshot, now);
    struct buf out;
    char line[512];

    for (int ms = 1; ms <= 1000; ms++) {
        snprintf(line, sizeof line,
                 "{\"event\":\"outcome\",\"status\":200,\"elapsed_ms\":%d,\"sources\":[{\"source\":"
                 "\"atp\",\"state\":\"answered\",\"elapsed_ms\":%d}]}",
                 ms, ms);
        replay_line(replay, str_of(line));
    }
    replay_skip(replay);
    buf_init(&out, 1 << 20);
    replay_write(replay, &out);
    json_t *root = json_loadb(out.at, out.len, 0, NULL), *ms = json_object_get(root, "ms");
    is_int(number(json_object_get(ms, "recorded"), "p50"), 500, "p50 as it was");
    is_int(number(json_object_get(ms, "recorded"), "p99"), 990, "p99 as it was");
    is_int(number(json_object_get(ms, "at_least"), "p99"), 500, "p99 with ATP cut at 500 ms");
    is_int(number(root, "lost"), 500, "half of the overviews lose it");
    is_int(number(root, "unreadable"), 1, "a line that was skipped");
    json_decref(root);
    buf_clear(&out);
    replay_free(&replay);
}

int main(void)
{
    replays_one_overview();
    counts_garbage();
    bounds_strangers();
    tells_percentiles();
    return done_testing();
}
