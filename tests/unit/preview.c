/* SPDX-License-Identifier: MIT */
/* Previews: the real fan-out on a real loop, with authorities of our own behind net/fetch.h. */
#include "overview/preview.h"

#include <jansson.h>

#include "tests/config.h"
#include "tests/overview.h"

enum { MINUTE_MS = 60000, HEX_KEY = 128 };
#define TOWN  "29189714"
#define OTHER "64942212"

/* ---- an authority ---- */

/* The second implementation of net/fetch.h: each question is answered from the loop, or never. */
struct fetch {
    struct fetch **slot;
    fetch_done_fn *done;
    void *ctx;
    struct deferred answer;
};
struct fetch_pool {
    struct loop *loop;
    unsigned asked, with_notes, cancelled;
    bool is_silent, is_broken;
    bool is_starting; /* inside preview_start */
};
static struct fetch_pool pool;

static void answer(void *ctx)
{
    struct fetch *fetch = ctx;
    const struct fetch_result result = {
        .status = pool.is_broken ? FETCH_CUT : FETCH_OK, .http_status = 200, .body = STR("x")};
    fetch_done_fn *done = fetch->done;
    void *done_ctx = fetch->ctx;
    *fetch->slot = NULL;
    free(fetch);
    done(done_ctx, &result);
}

void fetch_start(struct fetch_pool *from, const struct fetch_spec *spec, struct fetch **slot,
                 fetch_done_fn *done, void *ctx)
{
    struct fetch *fetch = calloc(1, sizeof *fetch);
    *fetch = (struct fetch){.slot = slot, .done = done, .ctx = ctx};
    *slot = fetch;
    from->asked++;
    from->with_notes += str_equal(spec->body, STR("notes"));
    if (!from->is_silent)
        loop_defer(from->loop, &fetch->answer, answer, fetch);
}

void fetch_cancel(struct fetch **slot)
{
    if (!*slot)
        return;
    loop_defer_cancel(pool.loop, &(*slot)->answer);
    pool.cancelled++;
    free(*slot);
    *slot = NULL;
}

struct fetch_times fetch_progress(const struct fetch *fetch)
{
    (void)fetch;
    return FETCH_TIMES_NONE;
}

void fetch_distrust(struct fetch_pool *from)
{
    (void)from;
}

/* ---- what it holds ---- */

static bool build(struct arena *arena, const struct question *question, struct ask *ask)
{
    (void)arena;
    ask->path = STR("/");
    return buf_add_str(ask->body, question->journal_notes ? STR("notes") : STR("plain"));
}

/* A case of each kind that a rule decides on otherwise, and a letter. */
static const struct {
    const char *title, *kle, *system;
    enum item_kind kind;
    enum sensitivity sensitivity;
    enum item_status status;
} held[] = {
    {"open", "32.24.04", "a", ITEM_CASE, SENSITIVITY_ORDINARY, STATUS_OPENED},
    {"closed", "33.01.01", "a", ITEM_CASE, SENSITIVITY_ORDINARY, STATUS_OPENED},
    {"VIP", "32.24.04", "a", ITEM_CASE, SENSITIVITY_VIP, STATUS_UNKNOWN},
    {NULL, NULL, "b", ITEM_CASE, SENSITIVITY_ORDINARY, STATUS_UNKNOWN},
    {"tried", "34.01.01", "b", ITEM_BENEFIT, SENSITIVITY_ORDINARY, STATUS_ACTIVE},
    {"elsewhere", "32.24.04", NULL, ITEM_CREDENTIAL, SENSITIVITY_ORDINARY, STATUS_VALID},
};
enum { HELD = sizeof held / sizeof *held };

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answered, struct parsed *parsed,
                          struct answer_fault *fault)
{
    (void)fault;
    parsed->subject = *question->subject;
    parsed->request_id = question->request_id;
    for (size_t i = 0; i < HELD; i++) {
        struct item *item = item_list_add(&parsed->items, arena, answered->items_max);
        struct party *party = ARENA_NEW(arena, struct party);
        struct item *next = item->next;
        *party = (struct party){.role = PARTY_PRIMARY, .cpr = *question->subject};
        *item = (struct item){.kind = held[i].kind,
                              .id = arena_format(arena, "id-%zu", i),
                              .title = str_of(held[i].title),
                              .kle = str_of(held[i].kle),
                              .sending_system = str_of(held[i].system),
                              .sensitivity = held[i].sensitivity,
                              .status = held[i].status,
                              .parties = party,
                              .next = next};
    }
    return OUTCOME_ANSWERED;
}

static const struct adapter adapter = {.name = STR_INIT("held"), .build = build, .parse = parse};

/* ---- a gateway ---- */

static struct arena *arena, *scratch;
static struct snapshot *snapshot;
static struct fanout_env env;
static struct uuid_source uuids;
static struct municipality towns[] = {{STR_INIT("0101"), STR_INIT(OTHER), STR_INIT("K")},
                                      {STR_INIT("0710"), STR_INIT(TOWN), STR_INIT("F")}};
/* Nobody has been rolled out yet. */
static struct rollout rollouts[] = {{.source = STR_INIT("kommuner.sager"), .from = {9000, 1, 1}}};
static const struct str codes[] = {STR_INIT("0710"), STR_INIT("0101")};

static bool sign(void *ctx, struct str bytes, unsigned char signature[64])
{
    (void)ctx, (void)bytes;
    memset(signature, 7, 64);
    return true;
}

static void open_gateway(void)
{
    static struct route routes[2];
    static struct config exposure_file, agreements_file;
    static char key[HEX_KEY + 1];
    const char *why;

    struct rules rules = rules_standard();
    rules.connect_ms = rules.first_byte_ms = rules.silence_ms = rules.total_ms = MINUTE_MS;

    arena = arena_new((size_t)4 * 1024 * 1024);
    scratch = arena_new((size_t)4 * 1024 * 1024);
    snapshot = overview_snapshot(arena);
    snapshot->settings.gateway_id = STR("https://gateway.example");
    snapshot->municipalities =
        (struct municipalities){.at = towns, .count = 2, .rollouts = rollouts, .rollout_count = 1};
    for (int i = 0; i < 2; i++)
        routes[i] = (struct route){.source = {.id = i ? STR("state") : STR("kommuner.sager"),
                                              .adapter = &adapter,
                                              .kinds = (1u << ITEM_KIND_COUNT) - 1,
                                              .per_municipality = i == 0},
                                   .rules = rules,
                                   .enabled = true};
    snapshot->routes = routes;
    snapshot->route_count = 2;
    struct node root = config_parse(
        &exposure_file,
        "{'default': {'rules': []}, 'authorities': [{'municipality': '0710', 'rules': ["
        "{'id': 'r', 'kle': '32.*', 'journal_notes': true},\n"
        "{'kle': '33.*', 'open': false}, {'id': 't', 'kle': '34.*', 'mode': 'observe'}]}]}");
    exposure_parse(root, &snapshot->municipalities, &snapshot->exposure, arena,
                   &exposure_file.faults);
    is_str(config_faults(&exposure_file), "", "rules");
    root = config_parse(&agreements_file,
                        "{'portals': [{'id': 'preview', 'clients': ['preview']}], 'agreements': "
                        "[{'portal': 'preview', 'contract': 'c', 'sources': ['*']}]}");
    agreements_parse(root, &snapshot->agreements, arena, &agreements_file.faults);
    is_str(config_faults(&agreements_file), "", "an agreement");

    memset(key, 'a', HEX_KEY);
    uuid_source_init(&uuids);
    pool.loop = loop_new();
    env = (struct fanout_env){.loop = pool.loop,
                              .pool = &pool,
                              .health = health_new(),
                              .uuids = &uuids,
                              .handles = handle_maker_new(str_of(key), &why),
                              .scratch = scratch,
                              .sign = sign,
                              .assertion_kid = STR("kid"),
                              .pairwise_key = STR("0123456789abcdef0123456789abcdef")};
}

static const struct citizen *citizen_of(const char *cpr)
{
    struct citizen_facts facts = {.portal = STR("preview"),
                                  .issuer = STR("test"),
                                  .level = LEVEL_HIGH,
                                  .name = STR("Synthetic")};
    snprintf(facts.subject.digits, sizeof facts.subject.digits, "%s", cpr);
    return citizen_make(arena, &facts);
}

/* ---- looking ---- */

struct look {
    struct preview *preview;
    int calls;
    bool was_wrong, again;
    char report[65536], quality[16384];
};

static struct preview_spec spec_of(const struct preview_citizen *citizens, size_t count)
{
    return (struct preview_spec){.snapshot = snapshot,
                                 .citizens = citizens,
                                 .citizen_count = count,
                                 .portal = snapshot->agreements.portals,
                                 .municipalities = codes,
                                 .municipality_count = 2,
                                 .wait_ms = MINUTE_MS};
}

static void write(struct preview_report *report, bool quality_only, char *out, size_t room)
{
    struct buf text;
    buf_init(&text, room);
    preview_write(report, quality_only, &text);
    snprintf(out, room, "%.*s", STR_ARG(buf_str(&text)));
    buf_clear(&text);
}

static void on_done(void *ctx, struct preview_report *report)
{
    struct look *look = ctx;
    look->calls++;
    look->was_wrong |= pool.is_starting || look->preview;
    write(report, false, look->report, sizeof look->report);
    write(report, true, look->quality, sizeof look->quality);
    loop_stop(pool.loop);
}

static bool begin(struct look *look, const struct preview_spec *spec)
{
    pool.is_starting = true;
    bool has_begun = preview_start(&env, spec, &look->preview, on_done, look);
    pool.is_starting = false;
    return has_begun;
}

/* "a.b.0" of a report as text. */
static const char *at(const char *report, const char *path)
{
    static char text[4096];
    json_t *root = json_loads(report, JSON_REJECT_DUPLICATES, NULL), *value = root;
    char name[64];
    while (value && *path) {
        size_t len = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        value = json_is_array(value) ? json_array_get(value, strtoul(name, NULL, 10))
                                     : json_object_get(value, name);
        path += path[len] ? len + 1 : len;
    }
    size_t len =
        value ? json_dumpb(value, text, sizeof text - 1, JSON_ENCODE_ANY | JSON_COMPACT) : 0;
    text[len] = '\0';
    json_decref(root);
    return value ? text : "absent";
}

static size_t count_at(const char *report, const char *name)
{
    json_t *root = json_loads(report, JSON_REJECT_DUPLICATES, NULL);
    size_t count = json_array_size(json_object_get(root, name));
    json_decref(root);
    return count;
}

static void shows_what_is_shown(void)
{
    static struct look look;
    const struct preview_citizen citizens[] = {{STR("anna"), citizen_of("6101709995")},
                                               {STR("bo"), citizen_of("7502889996")}};
    struct preview_spec spec = spec_of(citizens, 2);

    ok(begin(&look, &spec) && look.preview, "a preview of two citizens begins");
    loop_run(pool.loop);
    is_int(look.calls, 1, "it ends once");
    ok(!look.was_wrong && !look.preview, "later, and its slot is empty");
    is_int(pool.asked, 4, "two citizens, two municipalities; the state is not asked");
    is_int(pool.with_notes, 2, "journal notes where a rule opens them");

    static const struct {
        const char *path, *value;
    } wanted[] = {
        {"revision", "\"0123456789abcdef\""},
        {"left_out", "0"},
        {"sources.0", "{\"citizen\":\"anna\",\"id\":\"kommuner.sager\",\"municipality\":\"0710\","
                      "\"state\":\"answered\",\"held\":6,\"shown\":2}"},
        {"sources.1.municipality", "\"0101\""},
        {"sources.1.shown", "1"},
        {"sources.2.citizen", "\"bo\""},
        {"items.0.citizen", "\"anna\""},
        {"items.0.title", "\"open\""},
        {"items.0.shown", "true"},
        {"items.0.verdict", "\"shown\""},
        {"items.0.rule.id", "\"r\""},
        {"items.0.rule.kle", "\"32.*\""},
        {"items.0.system", "\"a\""},
        {"items.0.kind", "\"case\""},
        {"items.1.title", "\"closed\""},
        {"items.1.shown", "false"},
        {"items.1.verdict", "\"kle-not-open\""},
        {"items.1.rule", "{\"id\":null,\"at\":\"t.json:2:1\",\"kle\":\"33.*\"}"},
        {"items.2.verdict", "\"sensitivity\""},
        {"items.2.rule", "null"},
        {"items.3.verdict", "\"no-kle\""},
        {"items.3.kle", "null"},
        {"items.4.verdict", "\"kle-not-open\""},
        {"items.4.rule", "null"},
        {"items.4.would_be", "\"shown\""},
        {"items.4.observed.id", "\"t\""},
        {"items.5.shown", "true"},
        {"items.6.municipality", "\"0101\""},
        {"items.6.verdict", "\"kle-not-open\""},
        {"quality.0.kle", "null"},
        {"quality.0.system", "\"b\""},
        {"quality.0.items", "4"},
        {"quality.0.without_kle", "4"},
        {"quality.0.without_title", "4"},
        {"quality.0.without_status", "4"},
        {"quality.0.without_history", "4"},
        {"quality.0.withheld", "{\"no-kle\":4}"},
        {"quality.1.kle", "\"32.24.04\""},
        {"quality.1.items", "8"},
        {"quality.1.shown", "2"},
        {"quality.1.withheld", "{\"sensitivity\":4,\"kle-not-open\":2}"},
        {"quality.3.kle", "\"34.01.01\""},
        {"quality.3.cases", "0"},
        {"quality.3.without_history", "0"},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        is_str(at(look.report, wanted[i].path), wanted[i].value, "%s", wanted[i].path);
    is_int((long long)count_at(look.report, "items"), 4 * HELD, "items");
    is_int((long long)count_at(look.report, "quality"), 4, "combinations");
    is_str(at(look.quality, "items"), "absent", "the counts alone have no items");
    is_int((long long)count_at(look.quality, "quality"), 4, "but the combinations");
    ok(!strstr(look.report, "6101709995") && !strstr(look.report, "7502889996"),
       "no number stands in a report");
}

static void tells_who_failed(void)
{
    static struct look look;
    const struct preview_citizen citizen = {STR("anna"), citizen_of("6101709995")};
    struct preview_spec spec = spec_of(&citizen, 1);

    look = (struct look){0};
    pool.is_broken = true;
    ok(begin(&look, &spec), "a preview begins");
    loop_run(pool.loop);
    pool.is_broken = false;
    is_str(at(look.report, "sources.0.state"), "\"failed\"", "a source that fails is told");
    is_str(at(look.report, "sources.0.held"), "null", "and what it holds is unknown");
    is_int((long long)count_at(look.report, "items"), 0, "no items");

    look = (struct look){0};
    pool.is_silent = true;
    spec.wait_ms = 1;
    ok(begin(&look, &spec), "a preview begins");
    loop_run(pool.loop);
    pool.is_silent = false;
    is_str(at(look.report, "sources.0.state"), "\"late\"", "a source that says nothing is late");
    is_int(look.calls, 1, "and the preview ends");
}

static void on_turn(void *ctx)
{
    (void)ctx;
    loop_stop(pool.loop);
}

static void is_cancelled(void)
{
    static struct look look;
    struct deferred turn = {0};
    const struct preview_citizen citizen = {STR("anna"), citizen_of("6101709995")};
    struct preview_spec spec = spec_of(&citizen, 1);

    look = (struct look){0};
    preview_cancel(&look.preview);
    unsigned before = pool.cancelled;
    ok(begin(&look, &spec), "a preview begins");
    preview_cancel(&look.preview);
    ok(!look.preview && pool.cancelled == before + 2, "its calls are cancelled");
    loop_defer(pool.loop, &turn, on_turn, NULL);
    loop_run(pool.loop);
    is_int(look.calls, 0, "and nothing is told of it");
}

static void refuses(void)
{
    static struct look look;
    /* not written as one number: nobody's may stand in a file */
    const struct preview_citizen test = {STR("anna"), citizen_of("6101709995")};
    const struct preview_citizen real = {STR("real"), citizen_of("01"
                                                                 "01709995")};
    const struct preview_citizen both[] = {test, real};
    struct preview_spec spec = spec_of(both, 2);
    unsigned before = pool.asked;

    ok(!begin(&look, &spec) && !look.preview, "somebody who is no test citizen");
    spec = spec_of(&test, 0);
    ok(!begin(&look, &spec), "nobody");
    spec = spec_of(&test, PREVIEW_CITIZENS_MAX + 1);
    ok(!begin(&look, &spec), "too many");
    spec = spec_of(&test, 1);
    spec.municipality_count = 0;
    ok(!begin(&look, &spec), "no municipality");
    is_int(pool.asked, before, "and nobody was asked");
}

/* ---- counts beyond the ceiling ---- */

static void is_bounded(void)
{
    struct arena *own = arena_new((size_t)16 * 1024 * 1024);
    struct quality quality;
    const struct exposure_finding finding = {0};
    struct buf out;
    struct writer w;

    buf_init(&out, (size_t)4 * 1024 * 1024);
    ok(quality_init(&quality, own), "empty counts");
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < QUALITY_ROWS_MAX + 50; i++) {
            char system[16];
            snprintf(system, sizeof system, "s%d", i);
            struct item item = {.kind = ITEM_CASE, .sending_system = str_of(system)};
            quality_count(&quality, &item, &finding);
        }
    is_int((long long)quality.count, QUALITY_ROWS_MAX, "rows up to the ceiling");
    is_int((long long)quality.others.items, 100, "the rest together");
    is_int((long long)quality.rows[7].items, 2, "each row is found again");
    writer_init(&w, &out);
    quality_write(&quality, &w);
    ok(!out.failed && str_find(buf_str(&out), STR("\"others\":true,\"items\":100")) < out.len,
       "and written as such");
    buf_clear(&out);
    arena_free(&own);
}

int main(void)
{
    open_gateway();
    shows_what_is_shown();
    tells_who_failed();
    is_cancelled();
    refuses();
    is_bounded();
    handle_maker_free(&env.handles);
    health_free(&env.health);
    loop_free(&pool.loop);
    arena_free(&scratch);
    arena_free(&arena);
    return done_testing();
}
