/* SPDX-License-Identifier: MIT */
/* The text of checkpoints: alone, and with the heads of other nodes; what is not one. */
#include "record/checkpoint.h"

#include "tests/record_log.h"

#define ROOT  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ALONE "overblik access record\nnorth\n7\n" ROOT "\n2026-11-28T10:00:00+01:00\n"

static void parses(void)
{
    static const struct {
        const char *name, *text;
        bool is_one;
        int others;
    } cases[] = {
        {"alone, as it was before there were others", ALONE, true, 0},
        {"one other", ALONE "south 12 " ROOT "\n", true, 1},
        {"two others", ALONE "south 12 " ROOT "\nwest 0 " ROOT "\n", true, 2},
        {"nothing", "", false, 0},
        {"another title", "overblik access recort\nnorth\n7\n" ROOT "\n2026-11-28T10:00:00+01:00\n",
         false, 0},
        {"its last line cut",
         "overblik access record\nnorth\n7\n" ROOT "\n2026-11-28T10:00:00+01:00", false, 0},
        {"no time", "overblik access record\nnorth\n7\n" ROOT "\n", false, 0},
        {"a number that is none",
         "overblik access record\nnorth\n-7\n" ROOT "\n2026-11-28T10:00:00+01:00\n", false, 0},
        {"an other cut", ALONE "south 12 " ROOT, false, 0},
        {"an other without a name", ALONE " 12 " ROOT "\n", false, 0},
        {"an other without a number", ALONE "south " ROOT "\n", false, 0},
        {"an other with half a root", ALONE "south 12 e3b0c4\n", false, 0},
        {"an other with more", ALONE "south 12 " ROOT " x\n", false, 0},
        {"an empty line", ALONE "\n", false, 0},
        {"an empty line between", ALONE "south 12 " ROOT "\n\nwest 0 " ROOT "\n", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct checkpoint_head head;
        bool is_one = checkpoint_parse(str_of(cases[i].text), &head);
        is_int(is_one, cases[i].is_one, "%s", cases[i].name);
        if (!is_one)
            continue;
        struct chain_head other;
        int others = 0;
        for (struct str rest = head.others; checkpoint_next_other(&rest, &other);)
            others++;
        is_int(others, cases[i].others, "%s: others", cases[i].name);
        ok(str_equal(head.own.node, STR("north")) && head.own.size == 7, "%s: its own",
           cases[i].name);
        ok(!checkpoint_find_other(head.others, STR("north"), &other) &&
               checkpoint_find_other(head.others, STR("south"), &other) == (others > 0),
           "%s: found by name", cases[i].name);
    }
}

/* What is made is read as it was meant, and signed whole: the others' lines as well. */
static void signs_others(void)
{
    struct chain_head own = {STR("north"), 7, chain_leaf(STR("a"))}, read;
    const struct chain_head others[] = {{STR("south"), 12, chain_leaf(STR("b"))},
                                        {STR("west"), 1, chain_leaf(STR("c"))}};
    struct checkpoint checkpoint;
    struct checkpoint_head head;
    struct buf lines;
    buf_init(&lines, CHECKPOINT_TEXT_MAX);
    for (size_t i = 0; i < 2; i++)
        checkpoint_add_other(&lines, &others[i]);
    ok(checkpoint_make(record_signer, &own, buf_str(&lines), clock_wall(), &checkpoint), "made");
    buf_clear(&lines);
    struct log_checkpoint row = {7, str_of(checkpoint.text), str_of(checkpoint.kid),
                                 str_of(checkpoint.signature)};
    is_str(checkpoint_fault(&row, STR("north"), record_keys, &head), NULL, "and signed");
    for (size_t i = 0; i < 2; i++)
        ok(checkpoint_find_other(head.others, others[i].node, &read) &&
               read.size == others[i].size && chain_hash_equal(&read.root, &others[i].root),
           "with the head of %.*s", STR_ARG(others[i].node));
    char *line = strstr(checkpoint.text, "west 1");
    line[5] = '2';
    is_str(checkpoint_fault(&row, STR("north"), record_keys, &head), "its signature is wrong",
           "which nobody can change");
    *line = '\0';
    row.text = str_of(checkpoint.text);
    is_str(checkpoint_fault(&row, STR("north"), record_keys, &head), "its signature is wrong",
           "or leave out");
}

int main(void)
{
    record_start();
    parses();
    signs_others();
    record_end();
    return done_testing();
}
