/* SPDX-License-Identifier: MIT */
/* The worked example of docs/adapters.md, between the two marks: it compiles, does what the page
 * says, and stands there word for word. */
#include "tests/config.h"

/* ---- the example ---- */
/* SPDX-License-Identifier: MIT */
/* harbour: the berths of a harbour as lines of text. What is due for a berth is a number of
 * quarters times a price, which no mapping computes. */
#include "adapters/settle.h"

enum { QUARTERS_MAX = 40, PRICE_MAX = 100 * 1000 * 1000 };

/* "<request id>;<personal number>" */
static bool harbour_build(struct arena *arena, const struct question *question, struct ask *ask)
{
    (void)arena;
    ask->path = question->source->path;
    ask->headers[ask->header_count++] = STR("Content-Type: text/plain; charset=utf-8");
    return buf_format(ask->body, "%.*s;%.*s\n", STR_ARG(question->request_id),
                      STR_ARG(cpr_str(question->subject)));
}

static enum outcome invalid(struct answer_fault *fault, const char *why)
{
    *fault = (struct answer_fault){.why = why};
    return OUTCOME_INVALID;
}

/* "BERTH;B 12;2026-12-01;4;31250": id, due date, quarters, øre each. NULL, or what is wrong. */
static const char *read_berth(struct str line, struct arena *arena, const struct question *question,
                              struct item *item)
{
    struct str id = str_split(&line, ';'), due = str_split(&line, ';');
    struct str quarters = str_split(&line, ';');
    uint64_t count, price;

    if (id.len == 0 || !date_parse(due, &item->date) ||
        !str_to_u64(quarters, QUARTERS_MAX, &count) || !str_to_u64(line, PRICE_MAX, &price))
        return "a berth is not as it must be";
    item->kind = ITEM_PAYMENT;
    item->id = id;
    item->title = arena_format(arena, "Bådplads %.*s", STR_ARG(id));
    item->net = (struct money){(int64_t)(count * price), true};
    item->direction = DIRECTION_FROM_CITIZEN;
    item->status = STATUS_DUE;
    return item->title.at ? settle_authority(item, question) : "there is no room for a title";
}

/* "ANSWER;<request id>;<personal number>", the berths, and "END;<how many>", without which the
 * answer was cut. */
static enum outcome read_lines(struct str body, struct arena *arena,
                               const struct question *question, size_t items_max,
                               struct parsed *parsed, struct answer_fault *fault)
{
    struct str line = str_split(&body, '\n');
    uint64_t count;

    if (!str_equal(str_split(&line, ';'), STR("ANSWER")))
        return invalid(fault, "the answer has no head");
    parsed->request_id = str_split(&line, ';');
    if (!cpr_parse(line, &parsed->subject))
        return invalid(fault, "the answer names nobody");
    while (body.len > 0) {
        line = str_split(&body, '\n');
        struct str word = str_split(&line, ';');
        if (str_equal(word, STR("END"))) {
            bool fits = str_to_u64(line, items_max, &count) && count == parsed->items.count &&
                        body.len == 0;
            if (!fits)
                return invalid(fault, "the end does not fit what came before");
            return count > 0 ? OUTCOME_ANSWERED : OUTCOME_EMPTY;
        }
        struct item *item =
            str_equal(word, STR("BERTH")) ? item_list_add(&parsed->items, arena, items_max) : NULL;
        const char *why = item ? read_berth(line, arena, question, item)
                               : "a line that is unknown, or one too many";
        if (why)
            return invalid(fault, why);
    }
    return invalid(fault, "the answer has no end");
}

static enum outcome harbour_parse(struct arena *arena, const struct question *question,
                                  const struct answer *answer, struct parsed *parsed,
                                  struct answer_fault *fault)
{
    *parsed = (struct parsed){.subject = CPR_NONE};
    *fault = (struct answer_fault){.why = "by its HTTP status"};
    item_list_init(&parsed->items);
    switch (answer->http_status) {
    case 200:
        return read_lines(answer->body, arena, question, answer->items_max, parsed, fault);
    case 401:
    case 403:
        return OUTCOME_REFUSED;
    case 429:
    case 503:
        return OUTCOME_BUSY;
    default:
        return OUTCOME_FAILED;
    }
}

const struct adapter adapter_harbour = {
    .name = STR_INIT("harbour"), .build = harbour_build, .parse = harbour_parse};
/* ---- the end of the example ---- */

#define HEAD "ANSWER;r-1;6101709995\n"

static struct cpr subject = {"6101709995"};
static const struct source source = {.id = STR_INIT("harbour.berths"),
                                     .authority = {.cvr = STR_INIT("99000001")},
                                     .adapter = &adapter_harbour,
                                     .path = STR_INIT("/berths")};
static const struct question question = {.source = &source,
                                         .subject = &subject,
                                         .authorities = &source.authority.cvr,
                                         .authority_count = 1,
                                         .request_id = STR_INIT("r-1")};

static void test_question(void)
{
    struct arena *arena = arena_new(1 << 16);
    struct buf body;
    struct ask ask = {.body = &body};

    buf_init(&body, 1000);
    ok(adapter_harbour.build(arena, &question, &ask), "the question is built");
    is_bytes(body.at, body.len, "r-1;6101709995\n", 15, "its body");
    ok(str_equal(ask.path, STR("/berths")) && ask.header_count == 1, "its path and header");
    buf_clear(&body);
    arena_free(&arena);
}

static void test_answers(void)
{
    static const struct {
        int status;
        struct str body;
        enum outcome outcome;
        int64_t oere; /* of the last item */
    } rows[] = {
        {200, STR_INIT(HEAD "BERTH;B 12;2026-12-01;4;31250\nEND;1\n"), OUTCOME_ANSWERED, 125000},
        {200, STR_INIT(HEAD "END;0\n"), OUTCOME_EMPTY, 0},
        {200, STR_INIT(HEAD "BERTH;B 12;2026-12-01;4;31250\n"), OUTCOME_INVALID, 0},
        {200, STR_INIT(HEAD "BERTH;B 12;2026-12-01;4;31250\nEND;2\n"), OUTCOME_INVALID, 0},
        {200, STR_INIT(HEAD "BERTH;B 12;2026-12-01;41;31250\nEND;1\n"), OUTCOME_INVALID, 0},
        {200, STR_INIT(HEAD "BERTH;;2026-12-01;4;31250\nEND;1\n"), OUTCOME_INVALID, 0},
        {200, STR_INIT(HEAD "BERTH;B;31.12.2026;4;1\nEND;1\n"), OUTCOME_INVALID, 0},
        {200, STR_INIT(HEAD "END;0\nmore"), OUTCOME_INVALID, 0},
        {200, STR_INIT(HEAD "SHIP;B\nEND;1\n"), OUTCOME_INVALID, 0},
        {200, STR_INIT("ANSWER;r-1;nobody\nEND;0\n"), OUTCOME_INVALID, 0},
        {200, STR_INIT("ANSWER\0;r-1;6101709995\nEND;0\n"), OUTCOME_INVALID, 0},
        {200, STR_INIT(""), OUTCOME_INVALID, 0},
        {403, STR_INIT(HEAD "END;0\n"), OUTCOME_REFUSED, 0},
        {404, STR_INIT(""), OUTCOME_FAILED, 0},
        {503, STR_INIT("<html>"), OUTCOME_BUSY, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct arena *arena = arena_new(1 << 16);
        struct answer answer = {
            .http_status = rows[i].status, .body = rows[i].body, .items_max = 10};
        struct answer_fault fault;
        struct parsed parsed;
        enum outcome outcome = adapter_harbour.parse(arena, &question, &answer, &parsed, &fault);

        is_int(outcome, rows[i].outcome, "row %zu: the outcome", i);
        if (outcome == OUTCOME_ANSWERED)
            is_int(parsed.items.first->net.oere, rows[i].oere, "row %zu: what is due", i);
        ok(outcome_is_positive(outcome) || fault.why, "row %zu: a reason", i);
        arena_free(&arena);
    }
}

/* The page holds the lines between the marks, and nothing else as C. */
static void test_page(void)
{
    struct str file = config_read("tests/unit/adapter_example.c");
    struct str page = config_read("docs/adapters.md");
    static const struct str begins = STR_INIT("/* ---- the example ---- */\n");
    static const struct str ends = STR_INIT("/* ---- the end of the example ---- */\n");
    struct str example = str_skip(file, str_find(file, begins) + begins.len);
    struct str block = str_skip(page, str_find(page, STR("```c\n")) + 5);

    example = str_head(example, str_find(example, ends));
    block = str_head(block, str_find(block, STR("```\n")));
    is_bytes(block.at, block.len, example.at, example.len, "docs/adapters.md shows this example");
    free((void *)(uintptr_t)file.at);
    free((void *)(uintptr_t)page.at);
}

int main(void)
{
    test_question();
    test_answers();
    test_page();
    return done_testing();
}
