/* SPDX-License-Identifier: MIT */
/* The line about a question whether one may act for another, and what it calls a mandate. */
#include "record/mandate_record.h"

#include "tests/overview.h"

#include <jansson.h>

static const struct pseudonym_key key = {"0123456789abcdef0123456789abcdef", 32},
                                  other_key = {"fedcba9876543210fedcba9876543210", 32};

static void refers_to_mandates(void)
{
    char a[MANDATE_REFERENCE_TEXT], b[MANDATE_REFERENCE_TEXT];
    struct str first = mandate_reference(&key, STR("mandat.fuldmagt"), STR("7205399984-1"), a);

    is_int((long long)first.len, MANDATE_REFERENCE_TEXT - 1, "128 bits in hex");
    ok(str_equal(first, mandate_reference(&key, STR("mandat.fuldmagt"), STR("7205399984-1"), b)),
       "the same mandate has the same reference");
    static const struct {
        const struct pseudonym_key *key;
        const char *service, *id;
    } others[] = {
        {&other_key, "mandat.fuldmagt", "7205399984-1"},
        {&key, "mandat.anden", "7205399984-1"},
        {&key, "mandat.fuldmagt", "7205399984-2"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ok(!str_equal(first, mandate_reference(others[i].key, str_of(others[i].service),
                                               str_of(others[i].id), b)),
           "another has another, %zu", i);
    ok(str_find(first, STR("7205399984")) == first.len, "without what the id holds");
}

static void writes_a_line(bool is_pair)
{
    struct arena *arena = arena_new(1 << 16);
    struct buf out;
    struct mandate_note note = {.receipt = STR("the-receipt"),
                                .actor = overview_citizen(arena, NULL),
                                .service = STR("mandat.fuldmagt"),
                                .reference = is_pair ? STR("the-reference") : STR_NONE,
                                .state = STR("revoked"),
                                .elapsed_ms = 12,
                                .key = &key,
                                .now = {1795254120000, true}};
    char actor[PSEUDONYM_TEXT], giver[PSEUDONYM_TEXT];
    struct cpr else_hansen = {"7205399984"};
    if (is_pair)
        note.giver = else_hansen;
    pseudonym_make(&key, citizen_actor(note.actor), note.now, actor);
    pseudonym_make(&key, &else_hansen, note.now, giver);

    buf_init(&out, 4096);
    mandate_record_write(&note, &out);
    json_t *root = json_loadb(out.at, out.len, JSON_REJECT_DUPLICATES, NULL);
    ok(root && out.at[out.len - 1] == '\n', "one line of JSON");
    const char *const wanted[][2] = {{"event", "mandate"},
                                     {"receipt", "the-receipt"},
                                     {"service", "mandat.fuldmagt"},
                                     {"state", "revoked"},
                                     {"actor", actor},
                                     {"subject", is_pair ? giver : actor},
                                     {"mandate", is_pair ? "the-reference" : NULL}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        is_str(json_string_value(json_object_get(root, wanted[i][0])), wanted[i][1], "%s",
               wanted[i][0]);
    ok(overview_count(buf_str(&out), "7205399984") == 0 &&
           overview_count(buf_str(&out), "6101709995") == 0,
       "nobody's number");
    json_decref(root);
    buf_clear(&out);
    arena_free(&arena);
}

int main(void)
{
    refers_to_mandates();
    writes_a_line(true);
    writes_a_line(false);
    return done_testing();
}
