/* SPDX-License-Identifier: MIT */
#include "joining/source_preview.h"

#include "serve/configuration.h"
#include "tests/config.h"

enum { ARENA_MAX = 256 << 20, OUT_MAX = 16 << 20 };

static struct arena *arena;
static struct snapshot *snapshot;
static const struct wall now = {INT64_C(1795254120000), true};

/* A source whose mapping is `mapping`, and what becomes of an answer of it. A new reference. */
static json_t *preview_of(const char *mapping, struct answer answer, const char *citizens)
{
    const struct rules standard = rules_standard();
    const struct route_reading reading = {&snapshot->settings, STR("conf"), &standard,
                                          &snapshot->test_citizens, NULL};
    struct faults faults;
    struct route route;
    struct buf text;

    faults_init(&faults, arena);
    buf_init(&text, 1 << 20);
    buf_format(&text,
               "{\"id\": \"a.b\", \"name\": {\"da\": \"Myndighed\", \"en\": \"Authority\"},\n"
               "\"asked_for\": {\"da\": \"ting\", \"en\": \"things\"},\n"
               "\"owner\": {\"cvr\": \"99000001\", \"name\": \"Myndighed\"},\n"
               "\"dialect\": \"mapped\", \"path\": \"/x\", \"kinds\": [\"case\", \"payment\"],\n"
               "\"endpoints\": {\"test\": {\"url\": \"https://a.example\", \"tls\": {\"ca\": "
               "\"ca.pem\"}}},\n"
               "\"test_citizens\": %s,\n\"mapping\": %s}",
               citizens, mapping);
    struct document *document = document_parse(STR("m.json"), buf_str(&text), &faults);
    bool is_read =
        document && route_parse(document_node(document), &reading, arena, &route, &faults);
    for (const struct fault *fault = faults.first; fault; fault = fault->next)
        printf("# %.*s: %.*s\n", STR_ARG(fault->where), STR_ARG(fault->what));
    json_t *preview = NULL;
    if (is_read) {
        answer.items_max = 100;
        const struct source_preview_spec spec = {.snapshot = snapshot,
                                                 .route = &route,
                                                 .manifest = document,
                                                 .manifest_file = STR("m.json"),
                                                 .citizens = &route.test_citizens,
                                                 .answer = answer,
                                                 .answer_file = STR("answer"),
                                                 .now = now};
        preview = source_preview_make(&spec, arena);
    }
    document_free(&document);
    buf_clear(&text);
    return preview;
}

static const char mapping[] =
    "{\"format\": \"json\",\n"
    "\"request\": {\"list\": {\"json\": {\"p\": \"{cpr}\"}}},\n"
    "\"answer\": {\"subject\": \"/p\", \"request_id\": \"/r\"},\n"
    "\"items\": [{\"at\": \"/l/*\", \"kind\": \"case\", \"fields\": {\n"
    "\"id\": \"/id\",\n"
    "\"title\": [\"/title\", {\"text\": \"Case {/id}\"}],\n"
    "\"status\": {\"at\": \"/s\", \"table\": {\"1\": \"created\"}, \"strict\": true}}}]}";
static const char both[] = "[{\"id\": \"karen\", \"cpr\": \"6101709995\", \"name\": \"Karen\"},"
                           " {\"id\": \"jens\", \"cpr\": \"6507819980\", \"name\": \"Jens\"}]";

static struct answer ok_answer(const char *body)
{
    return (struct answer){.http_status = 200, .body = str_of(body)};
}

static const char *text_at(const json_t *json, const char *a, const char *b)
{
    const json_t *one = json_object_get(json, a);
    return json_string_value(b ? json_object_get(one, b) : one);
}

static void test_good(void)
{
    json_t *preview = preview_of(mapping,
                                 ok_answer("{\"p\": \"6507819980\", \"l\": [{\"id\": 7, \"s\": 1, "
                                           "\"x\": 1}, {\"id\": 8, \"s\": 1, \"x\": 2}]}"),
                                 both);
    const json_t *item = json_array_get(json_object_get(preview, "items"), 0);
    const json_t *title = json_array_get(json_object_get(item, "fields"), 1);
    const json_t *unmapped = json_array_get(json_object_get(preview, "unmapped"), 0);

    is_str(text_at(preview, "outcome", NULL), "answered", "it is an answer");
    ok(json_is_true(json_object_get(preview, "is_good")), "and a good one");
    is_str(text_at(preview, "citizen", NULL), "jens", "of the citizen whom it names");
    is_str(text_at(preview, "proof", "verdict"), "proven", "which is proven");
    ok(json_array_size(json_object_get(preview, "items")) == 2, "all its items");
    is_str(text_at(title, "text", NULL), "Case 7", "a field's text");
    is_str(text_at(title, "rule", NULL), "/mapping/items/0/fields/title/1", "by the rule chosen");
    is_str(text_at(title, "rule_at", NULL), "m.json:12:21", "at its line");
    is_str(text_at(unmapped, "path", NULL), "/l/*/x", "what nobody mapped");
    is_int(json_integer_value(json_object_get(unmapped, "count")), 2, "how often");
    const json_t *card = json_object_get(item, "card");
    is_str(text_at(json_object_get(card, "da"), "kind", NULL), "sag", "the card in Danish");
    is_str(text_at(json_object_get(card, "en"), "kind", NULL), "case", "and in English");
    ok(json_is_object(json_object_get(item, "item")), "the item as an overview has it");
    json_decref(preview);
}

static void test_bad(void)
{
    static const struct {
        struct answer answer;
        const char *outcome, *verdict, *why_at, *rule_at;
    } rows[] = {
        {{200, {0}, STR_INIT("{\"p\": \"6507819980\",\n \"l\": [{\"id\": 7, \"s\": 2}]}"), 0},
         "invalid",
         NULL,
         "answer:2:23",
         "m.json:13:11"},
        {{200, {0}, STR_INIT("{\"p\": \"6507819980\",\n\"l\": 1}"), 0},
         "invalid",
         NULL,
         "answer:2:6",
         NULL},
        {{200, {0}, STR_INIT("{"), 0}, "invalid", NULL, "answer:1:2", NULL},
        {{503, {0}, STR_INIT("x"), 0}, "busy", NULL, "answer:1:1", NULL},
        {{200, {0}, STR_INIT("{\"p\": \"6102709994\", \"l\": []}"), 0},
         "empty",
         "foreign",
         NULL,
         NULL},
        {{200, {0}, STR_INIT("{\"l\": []}"), 0}, "empty", "unproven", NULL, NULL},
        {{200, {0}, STR_INIT("{\"r\": \"r-1\", \"l\": []}"), 0}, "empty", "proven", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *preview = preview_of(mapping, rows[i].answer, both);
        bool is_good = rows[i].verdict && strcmp(rows[i].verdict, "proven") == 0;

        is_str(text_at(preview, "outcome", NULL), rows[i].outcome, "row %zu: the outcome", i);
        is_str(text_at(preview, "proof", "verdict"), rows[i].verdict, "row %zu: the proof", i);
        is_str(text_at(preview, "fault", "answer_at"), rows[i].why_at, "row %zu: where", i);
        is_str(text_at(preview, "fault", "rule_at"), rows[i].rule_at, "row %zu: which rule", i);
        ok(json_is_true(json_object_get(preview, "is_good")) == is_good, "row %zu: good or not", i);
        char *text = json_dumps(preview, 0);
        ok(is_good || !strstr(text, "\"card\""), "row %zu: nothing is shown", i);
        free(text);
        json_decref(preview);
    }
}

/* Nothing that a terminal or a browser obeys comes through, whatever stands where. */
static void test_hostile(void)
{
    static const char *const texts[] = {"\\u001b[2J",
                                        "\\u009b31m",
                                        "<script>alert(1)</script>",
                                        "\\\" onload=\\\"x",
                                        "\\u202e",
                                        "&lt;",
                                        "%s%n",
                                        "--><b>"};
    struct buf body, out;
    bool is_plain = true, is_markup = true;

    buf_init(&body, 1 << 20);
    buf_init(&out, OUT_MAX);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        buf_reset(&body);
        buf_format(&body,
                   "{\"p\": \"6507819980\", \"%s\": 1, \"l\": [{\"id\": \"%s\", \"title\": \"%s\", "
                   "\"s\": 1, \"%s\": \"%s\"}]}",
                   texts[i], texts[i], texts[i], texts[i], texts[i]);
        const struct answer answer = {.http_status = 200, .body = buf_str(&body)};
        json_t *preview = preview_of(mapping, answer, both);
        ok(json_is_true(json_object_get(preview, "is_good")), "text %zu is shown", i);
        for (size_t width = 0; width < 200; width += 20) {
            buf_reset(&out);
            source_preview_text(preview, &(struct preview_look){.width = width}, &out);
            for (size_t at = 0; at < out.len; at++) {
                unsigned char c = (unsigned char)out.at[at];
                is_plain &= (c >= 0x20 || c == '\n') && c != 0x7f;
                is_plain &= c != 0xc2 || (unsigned char)out.at[at + 1] >= 0xa0;
            }
            is_plain &= !out.failed && out.len > 0 && str_is_utf8(buf_str(&out)) &&
                        str_find(buf_str(&out), STR("\xe2\x80\xae")) == out.len;
        }
        buf_reset(&out);
        source_preview_html(preview, &out);
        struct str page = buf_str(&out);
        is_markup &= !out.failed && str_find(page, STR("<script")) == page.len &&
                     str_find(page, STR("\" onload")) == page.len &&
                     str_find(page, STR("--><b>")) == page.len &&
                     str_find_byte(page, '\033') == page.len &&
                     str_find(page, STR("default-src 'none'")) < page.len;
        json_decref(preview);
    }
    ok(is_plain, "no control character reaches a terminal, at any width");
    ok(is_markup, "no markup reaches a page");
    buf_clear(&body);
    buf_clear(&out);
}

static void test_expected(void)
{
    static const struct {
        const char *expected;
        size_t differences;
    } rows[] = {
        {"{\"items\": [{\"kind\": \"case\", \"id\": \"7\", \"shown\": true}]}", 0},
        {"{\"items\": [{\"title\": \"Case 7\", \"status\": {\"code\": \"created\"}}]}", 0},
        {"{\"items\": [{\"comment\": \"c\", \"links\": []}]}", 0},
        {"{\"items\": [{\"title\": \"Case 8\", \"kind\": \"payment\"}]}", 2},
        {"{\"items\": [{\"status\": {\"code\": \"decided\"}}]}", 1},
        {"{\"items\": [{\"nowhere\": null}]}", 1},
        {"{\"items\": []}", 1},
        {"{\"items\": [{}, {}]}", 1},
        {"{}", 1},
        {"[]", 1},
    };
    json_t *preview = preview_of(
        mapping, ok_answer("{\"p\": \"6507819980\", \"l\": [{\"id\": 7, \"s\": 1}]}"), both);
    struct buf out;

    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *expected = json_loads(rows[i].expected, 0, NULL);
        buf_reset(&out);
        is_int((long long)source_preview_differences(preview, expected, &out),
               (long long)rows[i].differences, "expectation %zu", i);
        ok((out.len > 0) == (rows[i].differences > 0), "expectation %zu: in words", i);
        json_decref(expected);
    }
    buf_clear(&out);
    json_decref(preview);
}

int main(void)
{
    const char *root = getenv("OVERBLIK_ROOT");
    char path[4096];
    struct faults faults;

    arena = arena_new(ARENA_MAX);
    faults_init(&faults, arena);
    snprintf(path, sizeof path, "%s/conf/joining.json", root ? root : ".");
    snapshot = configuration_read(path, false, &faults);
    ok(snapshot, "conf/joining.json is without fault");
    configuration_complain(&faults);
    if (snapshot) {
        test_good();
        test_bad();
        test_hostile();
        test_expected();
    }
    snapshot_unref(&snapshot);
    arena_free(&arena);
    return done_testing();
}
