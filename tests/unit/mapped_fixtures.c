/* SPDX-License-Identifier: MIT */
/* Whole mappings: three made-up authorities whose answers resemble none of ours, and the contract
 * of the state's authorities, which a mapping must read exactly as the adapter in C does. */
#include "adapters/adapters.h"
#include "tests/mapping.h"

#include <dirent.h>

enum { ARENA_MAX = 8 << 20, ITEMS_MAX = 500 };

static struct cpr subject = {"6101709995"};
static struct source source = {
    .id = STR_INIT("skov.tilskud"),
    .authority = {.cvr = STR_INIT("99000001"), .name = STR_INIT("Registret")},
    .adapter = &adapter_mapped,
    .path = STR_INIT("/liste"),
    .detail_path = STR_INIT("/en"),
    .kinds = MAPPED_ANY_KIND,
};
static const struct str authorities[] = {STR_INIT("99000001"), STR_INIT("0710")};
static struct question question = {
    .kind = QUESTION_LIST,
    .source = &source,
    .subject = &subject,
    .authorities = authorities,
    .authority_count = 2,
    .request_id = STR_INIT("01990000-0000-7000-8000-000000000001"),
    .now = {INT64_C(1795254120000), true},
};

static void dump_ask(struct buf *out, const struct question *asked)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct buf body;
    struct ask ask = {.body = &body};

    buf_init(&body, 65536);
    buf_reset(out);
    if (!source.adapter->build(arena, asked, &ask))
        buf_format(out, "not built\n");
    else
        buf_format(out, "POST %.*s\n", STR_ARG(ask.path));
    for (size_t i = 0; i < ask.header_count; i++)
        buf_format(out, "%.*s\n", STR_ARG(ask.headers[i]));
    buf_format(out, "\n%.*s\n", STR_ARG(buf_str(&body)));
    buf_clear(&body);
    arena_free(&arena);
}

/* Compares with a stored text; OVERBLIK_REWRITE=1 stores what is there now, to be read by a human.
 */
static void is_stored(const char *path, const struct buf *out, const char *what)
{
    if (getenv("OVERBLIK_REWRITE")) {
        FILE *file = fopen(path, "wb");
        fwrite(out->at, 1, out->len, file);
        fclose(file);
    }
    struct str stored = config_read(path);
    is_bytes(out->at, out->len, stored.at, stored.len, "%s", what);
    free((void *)(uintptr_t)stored.at);
}

static void test_fixture(const char *name, const char *answer_name)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct mapping mapping;
    struct answer_fault fault = {0};
    struct parsed parsed;
    struct buf out, all;
    char path[256];

    buf_init(&out, 1 << 20);
    buf_init(&all, 1 << 20);
    snprintf(path, sizeof path, "tests/mapping/%s/manifest.json", name);
    mapping_read(arena, path, &mapping);
    source.mapping = &mapping;

    dump_ask(&all, &question);
    struct question page = question;
    page.cursor = STR("næste & \"2\"<");
    page.authority_count = 0;
    dump_ask(&out, &page);
    buf_add_str(&all, buf_str(&out));
    struct question detail = question;
    detail.kind = QUESTION_DETAIL;
    detail.item_id = STR("B 12/4\0371");
    dump_ask(&out, &detail);
    buf_add_str(&all, buf_str(&out));
    snprintf(path, sizeof path, "tests/mapping/%s/requests.txt", name);
    is_stored(path, &all, tap_name("%s: what it is asked", name));

    snprintf(path, sizeof path, "tests/mapping/%s/%s", name, answer_name);
    struct str body = config_read(path);
    struct answer answer = {.http_status = 200, .body = body, .items_max = ITEMS_MAX};
    enum outcome outcome = adapter_mapped.parse(arena, &question, &answer, &parsed, &fault);
    dump_parsed(&out, outcome, &parsed, &fault);
    snprintf(path, sizeof path, "tests/mapping/%s/items.txt", name);
    is_stored(path, &out, tap_name("%s: what is understood of it", name));

    /* Cut at every byte: never items, never a crash, always a reason. */
    bool is_refused = true;
    for (size_t len = 0; len < body.len - 1; len++) {
        struct arena *small = arena_new(ARENA_MAX);
        char *cut = malloc(len + 1); /* of exactly this length, for the sanitizer */
        memcpy(cut, body.at, len);
        answer.body = str_make(cut, len);
        outcome = adapter_mapped.parse(small, &question, &answer, &parsed, &fault);
        is_refused &= outcome == OUTCOME_INVALID && fault.why && fault.offset <= len;
        free(cut);
        arena_free(&small);
    }
    ok(is_refused, "%s: cut anywhere, it is refused with a reason", name);

    /* Each byte spoilt in turn: an outcome, and no item of somebody else. */
    char *spoilt = malloc(body.len);
    bool is_whole = true;
    for (size_t at = 0; at < body.len; at++) {
        static const char bytes[] = {'\0', '"', '<', '9', '\x80'};
        for (size_t i = 0; i < sizeof bytes; i++) {
            struct arena *small = arena_new(ARENA_MAX);
            memcpy(spoilt, body.at, body.len);
            spoilt[at] = bytes[i];
            answer.body = str_make(spoilt, body.len);
            outcome = adapter_mapped.parse(small, &question, &answer, &parsed, &fault);
            is_whole &= outcome_is_positive(outcome) || fault.why != NULL;
            arena_free(&small);
        }
    }
    free(spoilt);
    ok(is_whole, "%s: with any byte spoilt it has an outcome", name);
    free((void *)(uintptr_t)body.at);
    buf_clear(&out);
    buf_clear(&all);
    arena_free(&arena);
}

/* ---- the same as the adapter in C ---- */

static struct answer sample(struct str body)
{
    return (struct answer){.http_status = 200,
                           .content_type = STR("application/json"),
                           .body = body,
                           .items_max = ITEMS_MAX};
}

/* How many of the samples both take. */
static int compare(const char *name, struct str body)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct answer answer = sample(body);
    struct answer_fault fault;
    struct parsed parsed;
    struct buf by_c, by_mapping;

    buf_init(&by_c, 1 << 24);
    buf_init(&by_mapping, 1 << 24);
    enum outcome outcome = adapter_borgervendt.parse(arena, &question, &answer, &parsed, &fault);
    dump_parsed(&by_c, outcome, &parsed, &fault);
    if (outcome_is_positive(outcome)) {
        outcome = adapter_mapped.parse(arena, &question, &answer, &parsed, &fault);
        dump_parsed(&by_mapping, outcome, &parsed, &fault);
        is_bytes(by_mapping.at, by_mapping.len, by_c.at, by_c.len, "the same items: %s", name);
    }
    int taken = by_mapping.len > 0;
    buf_clear(&by_c);
    buf_clear(&by_mapping);
    arena_free(&arena);
    return taken;
}

static void test_same_as_adapter(void)
{
    static const struct str anybody[] = {STR_INIT("33236072"), STR_INIT("0710")};
    struct arena *arena = arena_new(ARENA_MAX);
    struct mapping mapping;
    const char *root = getenv("OVERBLIK_ROOT");
    char folder[4096];
    int taken = 0;

    mapping_read(arena, "tests/mapping/borgervendt/mapping.json", &mapping);
    source.mapping = &mapping;
    source.authority = (struct authority){STR("33236072"), STR_NONE, STR("Udbetaling Danmark")};
    question.authorities = anybody;
    for (int i = 0; i < 2; i++) {
        const char *folders[] = {"tests/fuzz/corpus/borgervendt", "tests/mapping/borgervendt"};
        snprintf(folder, sizeof folder, "%s/%s", root ? root : ".", folders[i]);
        DIR *all = opendir(folder);
        for (struct dirent *one; (one = readdir(all));) {
            char path[1024];
            if (one->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", folders[i], one->d_name);
            struct str body = config_read(path);
            taken += compare(one->d_name, body);
            free((void *)(uintptr_t)body.at);
        }
        closedir(all);
    }
    ok(taken >= 8, "enough samples are taken by both: %d", taken);
    arena_free(&arena);
}

int main(void)
{
    test_fixture("skovregistret", "answer.json");
    test_fixture("havneregistret", "answer.xml");
    test_fixture("leistungsregister", "answer.json");
    test_same_as_adapter();
    return done_testing();
}
