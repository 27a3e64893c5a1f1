/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "policy/snapshot.h"

#include <pthread.h>

#include "tests/config.h"

static const char *const source_files[] = {
    "conf/sources/kommuner.sager.json",      "conf/sources/kommuner.ydelser.json",
    "conf/sources/udk.sager.json",           "conf/sources/udk.ydelser.json",
    "conf/sources/udk.betalinger.json",      "conf/sources/star.ydelser.json",
    "conf/sources/star.aftaler.json",        "conf/sources/atp.pension.json",
    "conf/sources/politi.akkreditiver.json", "conf/sources/digst.akkreditiver.json",
};
enum { SOURCES = sizeof source_files / sizeof *source_files };
enum { ATP = 7 };

static struct config_file sources[SOURCES + 1];
static struct config_files shipped; /* with the first issuer enabled */

static struct config_file file_of(const char *path)
{
    return (struct config_file){str_of(path), STR("conf"), config_read(path)};
}

/* `bytes` with `what` at its first place replaced; the caller frees it. */
static struct str replace(struct str bytes, const char *what, const char *with)
{
    size_t at = str_find(bytes, str_of(what)), len = bytes.len + strlen(with);
    char *text = malloc(len + 1);
    int wrote = snprintf(text, len + 1, "%.*s%s%.*s", (int)at, bytes.at, with,
                         (int)(bytes.len - at - strlen(what)), bytes.at + at + strlen(what));
    ok(at < bytes.len, "the file holds %s", what);
    return str_make(text, (size_t)wrote);
}

static void enable_first_issuer(void)
{
    struct str read = shipped.main.bytes;
    struct str enabled = replace(read, "\"enabled\": false", "\"enabled\": true");
    shipped.main.bytes = replace(enabled, "<client id of your portal>", "portal");
    free((void *)read.at);
    free((void *)enabled.at);
}

static struct snapshot *parse(const struct config_files *files, const char *faults,
                              const char *name)
{
    struct arena *arena = arena_new((size_t)1024 * 1024);
    struct faults found;
    struct buf lines;
    buf_init(&lines, (size_t)1024 * 1024);
    faults_init(&found, arena);
    struct snapshot *snapshot = snapshot_parse(files, false, &found);
    is_str(config_lines(&lines, &found), faults, "%s", name);
    is_int(snapshot != NULL, found.count == 0, "%s: a snapshot or faults", name);
    buf_clear(&lines);
    arena_free(&arena);
    return snapshot;
}

static void refuse(const struct config_files *files, const char *faults, const char *name)
{
    struct snapshot *snapshot = parse(files, faults, name);
    snapshot_unref(&snapshot);
}

/* ---- what is shipped ---- */

static void ships_a_whole_configuration(void)
{
    struct snapshot *snapshot = parse(&shipped, "", "the shipped files with an issuer enabled");
    if (!snapshot)
        return;
    is_int((long long)snapshot->route_count, SOURCES, "ten sources");
    for (size_t i = 0; i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        ok(str_find(str_of(source_files[i]), route->source.id) < strlen(source_files[i]),
           "%.*s has its place in the plan", STR_ARG(route->source.id));
        ok(snapshot_route(snapshot, route->source.id) == route, "and is found");
        ok(route->enabled && route->level == LEVEL_SUBSTANTIAL, "enabled, at level Substantial");
        is_int(route->source.per_municipality, i < 2, "per municipality or not");
        for (int client = 0; client < 4; client++) {
            static const char *const clients[] = {"demo-portal", "demo-portal-ps256",
                                                  "demo-portal-es256", "demo-portal-eddsa"};
            const struct portal *portal;
            ok(portal_find(&snapshot->agreements, str_of(clients[client]), STR(""), &portal) ==
                       PORTAL_KNOWN &&
                   portal_kinds(portal, route->source.id, NULL, (struct date){2026, 11, 28}),
               "agreed for %s", clients[client]);
        }
    }
    ok(!snapshot_route(snapshot, STR("atp")) && !snapshot_route(snapshot, STR_NONE), "no other");
    ok(snapshot->profile_count == 1 && str_equal(snapshot->profiles[0].name, STR("nets-eid")),
       "the enabled issuer only");
    is_int((long long)snapshot->municipalities.count, 98, "municipalities");
    ok(snapshot->exposure.building_kle_count > 0 && snapshot->exposure.owner_role_is_set,
       "building cases");
    for (enum language l = 0; l < LANGUAGES; l++) {
        struct str shows = snapshot_shows(snapshot, &snapshot->municipalities.at[97])->in[l];
        ok(str_find(shows, snapshot->municipalities.at[97].name) < shows.len,
           "what a municipality shows is told");
    }
    const struct municipality stranger = {.code = STR("0710")};
    ok(!snapshot_shows(snapshot, &stranger)->in[LANGUAGE_DA].at, "of no other list's");
    ok(!snapshot->settings.insecure_sources, "the command line's switch");
    snapshot_unref(&snapshot);
    ok(!snapshot, "unref clears the slot");
    snapshot_unref(&snapshot);
}

static void ships_no_issuer(void)
{
    struct config_files files = shipped;
    files.main = file_of("conf/overblikd.json");
    struct arena *arena = arena_new(65536);
    struct faults faults;
    faults_init(&faults, arena);
    ok(!snapshot_parse(&files, false, &faults) && faults.count == 1 &&
           str_ends_with(faults.first->what,
                         STR("no issuer is enabled, so every token would be refused")),
       "as shipped, an issuer and nothing else is missing");
    arena_free(&arena);
    free((void *)files.main.bytes.at);
}

/* ---- faults of several files ---- */

/* Without lines and columns, so that the shipped files may change. */
static void finds_all_faults(void)
{
    static const struct {
        const char *file, *what;
    } wanted[] = {
        {"conf/overblikd.json:", "/time/hard_ms: expected a whole number from 50 to 120000"},
        {"conf/sources/kommuner.sager.json:", "not JSON: unexpected end"},
        {"conf/sources/atp.pension.json:", "/position: expected a whole number from 0 to 1000000"},
        {"policies/agreements.json:", "/agreements/0/sources/1: there is no source \"x\""},
        {"policies/municipalities.json", "empty"},
        {"policies/exposure.json:", "expected an object"},
        {"policies/texts.json:",
         "/outcome/stale/da: holds an unknown placeholder; known are {source}, {authority}, "
         "{time}, {until} and {date}"},
    };
    struct arena *arena = arena_new((size_t)1024 * 1024);
    struct config_files files = shipped;
    struct config_file changed[SOURCES + 1];
    struct faults faults;
    faults_init(&faults, arena);
    memcpy(changed, sources, sizeof sources);
    files.sources = changed;
    changed[0].bytes = STR("{");
    changed[ATP].bytes = replace(sources[ATP].bytes, "\"position\": 80", "\"position\": -1");
    files.main.bytes = replace(shipped.main.bytes, "\"hard_ms\": 8000", "\"hard_ms\": 1");
    files.agreements.bytes =
        STR("{\"agreements\": [{\"portal\": \"p\", \"sources\": [\"kommuner.sager\", \"x\"], "
            "\"contract\": \"c\"}]}");
    files.exposure.bytes = STR("[]");
    files.municipalities.bytes = STR("");
    files.texts.bytes = replace(shipped.texts.bytes, "{time}", "{tiem}");

    ok(!snapshot_parse(&files, false, &faults), "no snapshot with faults in seven files");
    const struct fault *fault = faults.first;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        ok(fault && str_starts_with(fault->where, str_of(wanted[i].file)) &&
               str_equal(fault->what, str_of(wanted[i].what)),
           "%s %s", wanted[i].file, wanted[i].what);
        fault = fault ? fault->next : NULL;
    }
    ok(!fault, "agreements are not blamed for a source that could not be read");
    arena_free(&arena);
    free((void *)changed[ATP].bytes.at);
    free((void *)files.main.bytes.at);
    free((void *)files.texts.bytes.at);

    files = shipped;
    files.main.bytes = STR("not at all");
    files.exposure.bytes = STR("[]");
    refuse(&files,
           "conf/overblikd.json:1:1: not JSON: expected null\n"
           "policies/exposure.json:1:1: expected an object\n",
           "a main file that is none hides no other fault");
}

static void checks_what_files_say_of_each_other(void)
{
    struct config_files files = shipped;
    struct config_file changed[SOURCES + 1];
    memcpy(changed, sources, sizeof sources);
    files.sources = changed;
    files.source_count = SOURCES + 1;

    changed[SOURCES] = sources[ATP];
    changed[SOURCES].name = STR("elsewhere/atp.pension.json");
    refuse(&files, "elsewhere/atp.pension.json:3:9: /id: there is another source of this id\n",
           "an id twice");

    changed[SOURCES].name = STR("conf/sources/xatp.pension.json");
    refuse(&files,
           "conf/sources/xatp.pension.json:3:9: /id: expected the file's name without \".json\"\n"
           "conf/sources/xatp.pension.json:3:9: /id: there is another source of this id\n",
           "another file's name");

    changed[SOURCES].name = STR("conf/sources/atp.other.json");
    changed[SOURCES].bytes = replace(sources[ATP].bytes, "\"atp.pension\"", "\"atp.other\"");
    refuse(&files,
           "conf/sources/atp.other.json:6:12: /owner: the card of this owner stands in the "
           "manifest of atp.pension, and in one alone\n",
           "an owner's card twice");
    free((void *)changed[SOURCES].bytes.at);

    files.source_count = SOURCES; /* where the card of three sources stood is another owner's */
    changed[2].bytes = replace(sources[2].bytes, "33236072", "43405811");
    refuse(
        &files,
        "conf/sources/udk.ydelser.json:6:12: /owner: CVR 33236072 answers here and has no card: "
        "\"contacts\", \"data_protection\" and \"breach\"\n"
        "conf/sources/udk.betalinger.json:6:12: /owner: CVR 33236072 answers here and has no card: "
        "\"contacts\", \"data_protection\" and \"breach\"\n",
        "an owner without a card");
    free((void *)changed[2].bytes.at);
    memcpy(changed, sources, sizeof sources);

    files.source_count = 0;
    refuse(&files, "conf/overblikd.json: there is no source at all\n", "no source");

    files = shipped;
    files.agreements.bytes =
        STR("{\"agreements\": [{\"portal\": \"p\", \"sources\": [\"atp\"], \"contract\": "
            "\"c\"}]}");
    refuse(&files,
           "policies/agreements.json:1:45: /agreements/0/sources/0: there is no source \"atp\"\n",
           "an agreement on nothing");
}

/* Plan order is the operator's, and a portal's sources are known by their places in it. */
static void finds_what_a_portal_asks(void)
{
    struct config_files files = shipped;
    files.routing = (struct config_file){
        .name = STR("policies/routing.json"),
        .bytes = STR("{\"sources\": {\"atp.pension\": {\"position\": 1, \"enabled\": false}}}")};
    files.agreements.bytes = STR(
        "{\"agreements\": [{\"portal\": \"p\", \"sources\": [\"udk.sager\", \"atp.pension\"], "
        "\"contract\": \"1\"}, {\"portal\": \"p\", \"sources\": [\"udk.sager\"], \"contract\": "
        "\"2\"}, {\"portal\": \"q\", \"sources\": [\"udk.sager\", \"*\"], \"contract\": \"3\"}]}");
    struct snapshot *snapshot = parse(&files, "", "an order of the operator's");
    if (!snapshot)
        return;
    const struct portal *p = &snapshot->agreements.portals[0],
                        *q = &snapshot->agreements.portals[1];
    ok(str_equal(snapshot->routes[0].source.id, STR("atp.pension")) &&
           !snapshot->routes[0].enabled &&
           snapshot_route(snapshot, STR("atp.pension")) == &snapshot->routes[0],
       "routing.json puts a source first, and switches it off");
    if (is_int((long long)p->route_count, 2, "a portal's sources, each once"))
        ok(p->routes[0] == 0 &&
               str_equal(snapshot->routes[p->routes[1]].source.id, STR("udk.sager")),
           "in plan order");
    ok(!q->routes, "or all");
    const struct test_citizen *jens = snapshot_test_citizen(snapshot, STR("udk.sager/jens"));
    ok(jens && str_equal(jens->name, STR("Jens Testesen")), "a source's own test citizen");
    ok(!snapshot_test_citizen(snapshot, STR("jens")) &&
           !snapshot_test_citizen(snapshot, STR("udk.sager/eva")) &&
           !snapshot_test_citizen(snapshot, STR("nobody/jens")) &&
           !snapshot_test_citizen(snapshot, STR_NONE),
       "and nobody else");
    snapshot_unref(&snapshot);
}

/* ---- the revision ---- */

static void names_its_revision(void)
{
    struct snapshot *first = parse(&shipped, "", "once");
    struct snapshot *again = parse(&shipped, "", "again");
    struct config_files files = shipped;
    struct config_file moved[SOURCES];
    memcpy(moved, sources, sizeof moved);
    moved[0].name = STR("/etc/overblik/sources/kommuner.sager.json");
    files.sources = moved;
    struct snapshot *elsewhere = parse(&files, "", "in another folder");
    files = shipped;
    files.texts.bytes = replace(shipped.texts.bytes, "lige nu", "just nu");
    struct snapshot *changed = parse(&files, "", "with one word changed");
    free((void *)files.texts.bytes.at);

    if (first && again && elsewhere && changed) {
        is_int((long long)strspn(first->revision, "0123456789abcdef"), 16, "16 hex digits");
        is_str(again->revision, first->revision, "the same files have the same revision");
        is_str(elsewhere->revision, first->revision, "in any folder");
        ok(strcmp(changed->revision, first->revision) != 0, "a word makes another");
    }
    snapshot_unref(&first);
    snapshot_unref(&again);
    snapshot_unref(&elsewhere);
    snapshot_unref(&changed);
}

/* ---- the classification ---- */

static void holds_the_classification(void)
{
    struct config_files files = shipped;
    files.kle.bytes = STR_NONE;
    struct snapshot *without = parse(&files, "", "without a list of subjects");
    files.kle = (struct config_file){.name = STR("policies/kle.json"),
                                     .bytes = STR("{\"numbers\": [{\"number\": \"G01\", "
                                                  "\"title\": \"T\"}]}")};
    files.units = (struct config_file){
        .name = STR("policies/units.json"),
        .bytes = STR("{\"units\": [{\"uuid\": \"0a17e000-0000-4000-8000-000000000001\", "
                     "\"name\": \"U\"}]}")};
    struct snapshot *with = parse(&files, "", "with one");
    struct date today = {2026, 11, 21};

    if (without && with) {
        const struct classification_entry *entry =
            classification_find(&with->classification, STR("G01"), today);
        ok(entry && str_equal(entry->title, STR("T")), "its subjects are found");
        ok(str_equal(units_name(&with->units, STR("0a17e000-0000-4000-8000-000000000001")),
                     STR("U")),
           "so are units");
        is_int((long long)without->classification.count, 0, "without one there are none");
        ok(strcmp(with->revision, without->revision) != 0, "it is part of the revision");
    }
    snapshot_unref(&with);
    snapshot_unref(&without);
    files.kle.bytes = STR("[]");
    refuse(&files,
           "policies/kle.json:1:1: expected an object\n"
           "policies/kle.json:1:1: /numbers: expected a list of numbers\n",
           "its faults are told");
    files.kle.bytes = STR("");
    refuse(&files, "policies/kle.json: empty\n", "an empty file is not an absent one");
}

/* What Klassifikation said lies over the file, in a snapshot that needs neither of them later. */
static void takes_what_was_read(void)
{
    struct config_files files = shipped;
    struct date today = {2026, 11, 21};
    struct classification_entry entries[] = {
        {.number = STR_INIT("G01"), .title = STR_INIT("read")},
        {.number = STR_INIT("G03"), .title = STR_INIT("new")},
    };
    struct arena *arena = arena_new(4096);
    struct classification read;
    files.kle = (struct config_file){
        .name = STR("policies/kle.json"),
        .bytes =
            STR("{\"edition\": \"E\", \"numbers\": [{\"number\": \"G01\", \"title\": \"file\"},"
                "{\"number\": \"G02\", \"title\": \"file\"}]}")};
    struct snapshot *base = parse(&files, "", "with a file");
    is_int((long long)classification_make(&read, STR_NONE, entries, 2, arena), 0, "read");
    struct snapshot *both = base ? snapshot_with_classification(base, &read) : NULL;
    arena_free(&arena);
    memset(entries, 0, sizeof entries);
    if (ok(both, "a snapshot with both")) {
        static const struct {
            struct str number, title;
        } want[] = {{STR_INIT("G01"), STR_INIT("read")},
                    {STR_INIT("G02"), STR_INIT("file")},
                    {STR_INIT("G03"), STR_INIT("new")}};
        is_str(both->revision, base->revision, "is the same configuration");
        ok(snapshot_route(both, STR("atp.pension")) == snapshot_route(base, STR("atp.pension")),
           "with the same sources");
        ok(strcmp(both->classification.digest, base->classification.digest) != 0,
           "and another classification");
        snapshot_unref(&base);
        for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
            const struct classification_entry *entry =
                classification_find(&both->classification, want[i].number, today);
            ok(entry && str_equal(entry->title, want[i].title), "%.*s, after its base was let go",
               STR_ARG(want[i].number));
        }
        ok(snapshot_route(both, STR("atp.pension")), "which it keeps alive");
    }
    snapshot_unref(&base);
    snapshot_unref(&both);
}

static void checks_where_it_is_read(void)
{
#define WITH(members)                                                                              \
    "\"gateway_id\": \"https://overblik.example\", \"classification\": {" members "}"
#define FACETS "\"facets\": [\"fa5e7000-0000-4000-8000-000000000001\"]"
    static const struct {
        const char *members, *fault;
    } cases[] = {
        {"\"url\": \"https://k.example\", \"path\": \"/k\", \"tls\": {\"ca\": \"c\"}, " FACETS,
         NULL},
        {"\"path\": \"/k\", \"tls\": {\"ca\": \"c\"}, " FACETS, "/classification/url: is needed"},
        {"\"url\": \"https://k.example/x\", \"path\": \"/k\", \"tls\": {\"ca\": \"c\"}, " FACETS,
         "/classification/url: expected \"https://host:port\" and nothing behind it"},
        {"\"url\": \"http://k.example\", \"path\": \"/k\", " FACETS,
         "/classification/url: expected https (http only with --insecure-sources)"},
        {"\"url\": \"https://k.example\", \"path\": \"k\", \"tls\": {\"ca\": \"c\"}, " FACETS,
         "/classification/path: expected a path that begins with \"/\", without a query"},
        {"\"url\": \"https://k.example\", \"path\": \"/k\", " FACETS,
         "/classification/tls/ca: is needed: the only roots that are trusted for this source"},
        {"\"url\": \"https://k.example\", \"path\": \"/k\", \"tls\": {\"ca\": \"c\"}",
         "/classification/facets: expected the UUIDs of 1 to 8 facets"},
        {"\"url\": \"https://k.example\", \"path\": \"/k\", \"tls\": {\"ca\": \"c\"}, \"facets\": [\"emne\"]",
         "/classification/facets/0: expected a UUID"},
        {"\"url\": \"https://k.example\", \"path\": \"/k\", \"tls\": {\"ca\": \"c\"}, \"refresh_s\": 0, " FACETS,
         "/classification/refresh_s: expected a whole number from 1 to 2678400"},
        {"\"url\": \"https://k.example\", \"path\": \"/k\", \"tls\": {\"ca\": \"c\"}, \"refresh\": 1, " FACETS,
         "/classification/refresh: is unknown; did you mean \"refresh_s\"?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];
        struct config_files files = shipped;
        struct arena *arena = arena_new((size_t)1024 * 1024);
        struct faults faults;
        faults_init(&faults, arena);
        snprintf(text, sizeof text, WITH("%s"), cases[i].members);
        files.main.bytes =
            replace(shipped.main.bytes, "\"gateway_id\": \"https://overblik.example\"", text);
        struct snapshot *snapshot = snapshot_parse(&files, false, &faults);
        is_int((long long)faults.count, cases[i].fault ? 1 : 0, "%s", cases[i].members);
        ok(!cases[i].fault ||
               (faults.first && str_equal(faults.first->what, str_of(cases[i].fault))),
           "%s", cases[i].fault ? cases[i].fault : "no fault");
        if (snapshot)
            ok(snapshot->classification_source.refresh_s == 86400 &&
                   snapshot->classification_source.facet_count == 1 &&
                   snapshot->classification_source.target.url.at,
               "it is known where it is read");
        snapshot_unref(&snapshot);
        free((void *)files.main.bytes.at);
        arena_free(&arena);
    }
}

/* ---- shared by threads ---- */

enum { THREADS = 4, TURNS = 1000 };

static void *hold_and_let_go(void *ctx)
{
    struct snapshot *mine = ctx;
    bool good = true;
    for (int i = 0; i < TURNS; i++) {
        struct snapshot *held = snapshot_ref(mine);
        good = good && snapshot_route(held, STR("atp.pension"));
        snapshot_unref(&held);
    }
    snapshot_unref(&mine);
    return good ? NULL : ctx;
}

static void outlives_its_maker(void)
{
    struct snapshot *snapshot = parse(&shipped, "", "to share");
    pthread_t threads[THREADS];
    int good = 0;
    if (!snapshot)
        return;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, hold_and_let_go, snapshot_ref(snapshot)) != 0)
            abort();
    snapshot_unref(&snapshot);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        good += result == NULL;
    }
    is_int(good, THREADS, "threads keep what its maker has let go");
}

int main(void)
{
    for (int i = 0; i < SOURCES; i++)
        sources[i] = file_of(source_files[i]);
    shipped = (struct config_files){
        .main = file_of("conf/overblikd.json"), .sources = sources, .source_count = SOURCES};
#define X(name, is_needed) shipped.name = file_of("policies/" #name ".json");
    POLICY_FILES(X)
#undef X
    enable_first_issuer();
    ships_a_whole_configuration();
    ships_no_issuer();
    finds_all_faults();
    checks_what_files_say_of_each_other();
    finds_what_a_portal_asks();
    names_its_revision();
    holds_the_classification();
    takes_what_was_read();
    checks_where_it_is_read();
    outlives_its_maker();
    for (int i = 0; i < SOURCES; i++)
        free((void *)sources[i].bytes.at);
    free((void *)shipped.main.bytes.at);
    free((void *)shipped.agreements.bytes.at);
    free((void *)shipped.exposure.bytes.at);
    free((void *)shipped.municipalities.bytes.at);
    free((void *)shipped.texts.bytes.at);
    return done_testing();
}
