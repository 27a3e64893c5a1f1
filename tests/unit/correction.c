/* SPDX-License-Identifier: MIT */
#include "serve/correction.h"

#include "tests/tap.h"

#include <jansson.h>

static struct arena *arena;

static void judges_what_comes_in(void)
{
    static const struct {
        const char *name, *body;
        enum problem_kind problem;
        const char *detail; /* a part of it */
    } rows[] = {
        {"an item", "{'handle':'h','text':'wrong'}", PROBLEM_NONE, NULL},
        {"a source", "{'source':'atp.pension','text':'wrong'}", PROBLEM_NONE, NULL},
        {"a municipality's", "{'source':'s','municipality':'0710','text':'wrong'}", PROBLEM_NONE,
         NULL},
        {"how to answer", "{'handle':'h','text':'wrong','reply_to':'70 12 34 56'}", PROBLEM_NONE,
         NULL},
        {"nulls", "{'handle':'h','source':null,'municipality':null,'reply_to':null,'text':'t'}",
         PROBLEM_NONE, NULL},
        {"lines", "{'handle':'h','text':'a\\\\r\\\\n\\\\tb'}", PROBLEM_NONE, NULL},
        {"ten characters of two bytes", "{'handle':'h','text':'ææææææææææ'}", PROBLEM_NONE, NULL},
        {"one more", "{'handle':'h','text':'æææææææææææ'}", PROBLEM_TOO_LARGE, "text"},
        {"no text", "{'handle':'h'}", PROBLEM_BAD_REQUEST, "text: is needed"},
        {"an empty text", "{'handle':'h','text':''}", PROBLEM_BAD_REQUEST, "text: is needed"},
        {"blanks", "{'handle':'h','text':' \\\\n\\\\t '}", PROBLEM_BAD_REQUEST, "text: is needed"},
        {"a text of null", "{'handle':'h','text':null}", PROBLEM_BAD_REQUEST, "the body"},
        {"a bell", "{'handle':'h','text':'a\\\\u0007'}", PROBLEM_BAD_REQUEST, "control"},
        {"NUL", "{'handle':'h','text':'a\\\\u0000'}", PROBLEM_BAD_REQUEST, "the body"},
        {"two lines to answer to", "{'handle':'h','text':'t','reply_to':'a\\\\nb'}",
         PROBLEM_BAD_REQUEST, "reply_to"},
        {"nothing to answer to", "{'handle':'h','text':'t','reply_to':' '}", PROBLEM_BAD_REQUEST,
         "reply_to"},
        {"about nothing", "{'text':'t'}", PROBLEM_BAD_REQUEST, "either handle"},
        {"about both", "{'handle':'h','source':'s','text':'t'}", PROBLEM_BAD_REQUEST,
         "either handle"},
        {"a municipality beside a handle", "{'handle':'h','municipality':'0710','text':'t'}",
         PROBLEM_BAD_REQUEST, "municipality"},
        {"an unknown member", "{'handle':'h','text':'t','cpr':'x'}", PROBLEM_BAD_REQUEST,
         "unknown member"},
        {"a member twice", "{'handle':'h','handle':'h','text':'t'}", PROBLEM_BAD_REQUEST,
         "the body"},
        {"a number", "{'handle':1,'text':'t'}", PROBLEM_BAD_REQUEST, "the body"},
        {"an array", "['handle']", PROBLEM_BAD_REQUEST, "the body"},
        {"cut short", "{'handle':'h','text':'t'", PROBLEM_BAD_REQUEST, "the body"},
        {"more behind", "{'handle':'h','text':'t'} x", PROBLEM_BAD_REQUEST, "the body"},
        {"nothing", "", PROBLEM_BAD_REQUEST, "the body"},
        {"no UTF-8", "{'handle':'h','text':'\xff'}", PROBLEM_BAD_REQUEST, "the body"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct correction correction;
        struct problem problem = {.kind = PROBLEM_NONE};
        char body[256];
        size_t len = 0;
        for (const char *at = rows[i].body; *at; at++)
            if (at[0] != '\\' || at[1] != '\\')
                body[len++] = *at == '\'' ? '"' : *at;
        bool is_read = correction_parse(str_make(body, len), 10, arena, &correction, &problem);
        ok(is_read == (rows[i].problem == PROBLEM_NONE), "%s", rows[i].name);
        is_int(problem.kind, rows[i].problem, "problem");
        ok(is_read || strstr(problem.detail, rows[i].detail) != NULL, "says so: %s",
           problem.detail);
    }
}

static void writes_the_letter(void)
{
    static const struct cpr cpr = {"6101709995"};
    const struct correction correction = {
        .handle = STR("h"), .text = STR("It is \"wrong\"\n\\ æ"), .reply_to = STR("70 12 34 56")};
    const struct correction_letter letter = {.id = STR("0123"),
                                             .source = STR("atp.pension"),
                                             .authority = STR("43405810"),
                                             .item = STR_NONE,
                                             .citizen = &cpr,
                                             .language = LANGUAGE_EN,
                                             .sent = {1795254120000, true},
                                             .correction = &correction};
    struct buf out;
    buf_init(&out, 4096);
    correction_write(&letter, &out);
    json_t *root = json_loadb(out.at, out.len, JSON_REJECT_DUPLICATES, NULL);
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    is_str(
        text,
        "{\"authority\":\"43405810\",\"cpr\":\"6101709995\",\"id\":\"0123\",\"item\":null,"
        "\"language\":\"en\",\"reply_to\":\"70 12 34 56\",\"sent\":\"2026-11-21T10:42:00+01:00\","
        "\"source\":\"atp.pension\",\"text\":\"It is \\\"wrong\\\"\\n\\\\ æ\"}",
        "what the authority gets");
    free(text);
    json_decref(root);
    buf_clear(&out);
}

static void takes_receipts(void)
{
    static const struct {
        const char *body, *receipt;
    } rows[] = {
        {"{\"receipt\":\"R-17\"}", "R-17"},
        {"{\"a\":[{}],\"receipt\":\"R 17/\\u00e6\"}", "R 17/æ"},
        {"", NULL},
        {"{}", NULL},
        {"null", NULL},
        {"{\"receipt\":17}", NULL},
        {"{\"receipt\":\"\"}", NULL},
        {"{\"receipt\":\" \"}", NULL},
        {"{\"receipt\":\"a\\nb\"}", NULL},
        {"{\"receipt\":\"R-17\"", NULL},
        {"<receipt/>", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str got = correction_receipt(str_of(rows[i].body), arena);
        is_bytes(got.at, got.len, rows[i].receipt, rows[i].receipt ? strlen(rows[i].receipt) : 0,
                 "receipt in %s", rows[i].body);
        ok(!got.at == !rows[i].receipt, "or none");
    }
    struct str long_one = arena_format(arena, "{\"receipt\":\"%0*d\"}", CORRECTION_RECEIPT_MAX, 1);
    ok(correction_receipt(long_one, arena).at, "as long as may be");
    long_one = arena_format(arena, "{\"receipt\":\"%0*d\"}", CORRECTION_RECEIPT_MAX + 1, 1);
    ok(!correction_receipt(long_one, arena).at, "a byte too long");
}

static void judges_keys(void)
{
    ok(correction_key_is_good(STR("01a222ae-b8e4-7fc5-8cc4-9bd3cb7accfc")), "a UUID");
    ok(correction_key_is_good(STR("\"8e03978e\"")), "in quotes");
    ok(!correction_key_is_good(STR("")) && !correction_key_is_good(STR("1234567")), "too short");
    ok(!correction_key_is_good(STR("1234 5678")), "with a blank");
    ok(!correction_key_is_good(STR("1234567\xc3\xa6")), "no ASCII");
    ok(!correction_key_is_good(arena_format(arena, "%0101d", 1)), "too long");
}

int main(void)
{
    arena = arena_new(1 << 20);
    judges_what_comes_in();
    writes_the_letter();
    takes_receipts();
    judges_keys();
    arena_free(&arena);
    return done_testing();
}
