/* SPDX-License-Identifier: MIT */
#include "joining/source_skeleton.h"

#include "adapters/mapping.h"
#include "policy/routing.h"
#include "tests/config.h"

enum { ARENA_MAX = 64 << 20 };

static struct arena *arena;

static bool make(const char *dialect, struct str answer, struct source_skeleton *skeleton,
                 struct str *why)
{
    const struct skeleton_spec spec = {.id = STR("made.up"),
                                       .dialect = str_of(dialect),
                                       .schema = STR("schema \"x\""),
                                       .answer = answer};
    return source_skeleton_make(&spec, arena, skeleton, why);
}

/* As the gateway reads manifests; the faults as lines. */
static const char *faults_of(const struct source_skeleton *skeleton, struct buf *lines,
                             struct route *route)
{
    const struct rules standard = rules_standard();
    const struct test_citizens nobody = {0};
    struct settings settings;
    struct faults faults;

    faults_init(&faults, arena);
    settings_parse((struct node){0}, STR("."), &settings, &faults);
    const struct route_reading reading = {&settings, STR("."), &standard, &nobody, NULL};
    struct document *document =
        document_parse(STR("m.json"), buf_str(&skeleton->bytes[SKELETON_MANIFEST]), &faults);
    if (document)
        (void)route_parse(document_node(document), &reading, arena, route, &faults);
    document_free(&document);
    return config_lines(lines, &faults);
}

static void test_made_up(const char *dialect, struct buf *lines)
{
    struct source_skeleton skeleton;
    struct route route;
    struct str why;

    ok(make(dialect, STR_NONE, &skeleton, &why) && skeleton.is_ready, "%s: it is made", dialect);
    is_str(faults_of(&skeleton, lines, &route), "", "%s: the manifest is without fault", dialect);
    ok(str_equal(route.source.id, STR("made.up")) && route.test_citizens.count == 1,
       "%s: id and test citizen", dialect);
    ok(route.is_elsewhere, "%s: it has no endpoint in production", dialect);
    source_skeleton_clear(&skeleton);
}

/* Every fault is a "" that is to be filled in. */
static void test_of_answer(const char *name, const char *dialect, struct str answer, const char *at,
                           struct buf *lines)
{
    struct source_skeleton skeleton;
    struct route route;
    struct str why = STR("");

    ok(make(dialect, answer, &skeleton, &why), "%s: it is made %.*s", name, STR_ARG(why));
    ok(!skeleton.is_ready, "%s: it is to be filled in", name);
    const char *told = faults_of(&skeleton, lines, &route);
    size_t faults = 0, right = 0;
    for (const char *line = told, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        struct str one = str_make(line, (size_t)(end - line));
        faults++;
        right += str_find(one, STR("expected a text that is not empty")) < one.len ||
                 str_find(one, STR("nothing says whom an answer is about")) < one.len;
    }
    ok(faults == right && (faults > 0) == (at != NULL), "%s: what is wrong is to be filled in",
       name);
    struct str manifest = buf_str(&skeleton.bytes[SKELETON_MANIFEST]);
    if (at)
        ok(str_find(manifest, str_of(at)) < manifest.len, "%s: it holds %s", name, at);
    is_bytes(skeleton.bytes[SKELETON_ANSWER].at, skeleton.bytes[SKELETON_ANSWER].len, answer.at,
             answer.len, "%s: the answer is kept", name);
    source_skeleton_clear(&skeleton);
}

static void test_own(struct buf *lines)
{
    static const struct {
        const char *file, *at;
    } rows[] = {
        {"tests/mapping/skovregistret/answer.json", "\"subject\": \"/meta/person_ref/nummer\""},
        {"tests/mapping/leistungsregister/answer.json", "\"at\": \"/antwort/rumpf/ausweise/*\""},
        {"tests/mapping/havneregistret/answer.xml", "\"at\": \"/n1:Svar/n1:Pladser/n1:Plads\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str answer = config_read(rows[i].file);
        test_of_answer(rows[i].file, "mapped", answer, rows[i].at, lines);
        free((void *)(uintptr_t)answer.at);
    }
    test_of_answer("no list", "mapped", STR("{\"who\": \"6101709995\", \"x\": 1}"), "\"at\": \".\"",
                   lines);
    test_of_answer("nobody named", "mapped", STR("[{\"x\": 1}]"), "\"subject\": \"\"", lines);
    test_of_answer("of the contract", "borgervendt", STR("{}"), NULL, lines);
}

/* No value of an answer gets into a manifest, and no name of it breaks one. */
static void test_hostile(struct buf *lines)
{
    static const struct str answer = STR_INIT(
        "{\"a\\\"b\\u001b[31m</script>\": \"secret\", \"p\": \"6101709995\", \"l\": [{\"%s\": "
        "\"secret\", \"\": 1}]}");
    struct source_skeleton skeleton;
    struct route route;
    struct str why;

    ok(make("mapped", answer, &skeleton, &why), "hostile names");
    struct str manifest = buf_str(&skeleton.bytes[SKELETON_MANIFEST]);
    const char *told = faults_of(&skeleton, lines, &route);
    ok(strstr(told, "fields/id") && !strstr(told, "m.json:1:1"),
       "the manifest is JSON all the same");
    ok(str_find(manifest, STR("secret")) == manifest.len, "no value of it is there");
    ok(str_find_byte(manifest, '\033') == manifest.len, "nor a control character");
    source_skeleton_clear(&skeleton);
}

static void test_refused(void)
{
    static const char day[] = "010170", number[] = "9995";
    struct source_skeleton skeleton;
    struct str why;
    char living[64];

    snprintf(living, sizeof living, "{\"a\": 1,\n \"x\": \"%s-%s\"}", day, number);
    ok(!make("mapped", str_of(living), &skeleton, &why), "a number that may be somebody's");
    ok(str_starts_with(why, STR("line 2 ")), "is told by its line: %.*s", STR_ARG(why));
    ok(str_find(why, STR("9995")) == why.len, "and not itself");
    source_skeleton_clear(&skeleton);
    ok(!make("mapped", STR("no JSON"), &skeleton, &why), "what is neither JSON nor XML");
    source_skeleton_clear(&skeleton);
    ok(!make("borgervendt", STR("<a/>"), &skeleton, &why), "XML for a dialect of JSON");
    source_skeleton_clear(&skeleton);
    ok(!make("ydelsesindeks", STR_NONE, &skeleton, &why), "an index");
    source_skeleton_clear(&skeleton);
}

int main(void)
{
    struct buf lines;

    arena = arena_new(ARENA_MAX);
    buf_init(&lines, 1 << 20);
    test_made_up("mapped", &lines);
    test_made_up("borgervendt", &lines);
    test_own(&lines);
    test_hostile(&lines);
    test_refused();
    buf_clear(&lines);
    arena_free(&arena);
    return done_testing();
}
