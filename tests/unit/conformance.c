/* SPDX-License-Identifier: MIT */
/* What is judged of what was observed of a source, as tables; the table of cases itself; and that
 * docs/conformance.md tells of it. */
#include "joining/conformance.h"

#include <stdio.h>
#include <stdlib.h>

#include "joining/conformance_report.h"
#include "tests/tap.h"

#define KLE "32.24.04"

static const struct cpr anna = {"6101709995"};
static const struct str cvr = STR_INIT("43405810");

static const struct conformance_limits limits = {
    .first_byte_ms = 1400,
    .silence_ms = 500,
    .total_ms = 1500,
    .p95_ms = 100,
    .answer_max = 1000,
    .pages_max = 3,
    .now = {INT64_C(1800000000000), true},
};

/* Everything up to the proof is well. */
static struct conformance begun(void)
{
    struct conformance c = {0};
    for (unsigned id = 0; id <= CASE_ECHO; id++)
        conformance_settle(&c, (enum conformance_id)id, true, "well");
    return c;
}

static struct observed good(void)
{
    return (struct observed){
        .citizen = STR("anna"),
        .question = {.subject = &anna, .authorities = &cvr, .authority_count = 1},
        .status = FETCH_OK,
        .http_status = 200,
        .times =
            {.started = 1000, .connected = 2000, .first_byte = 3000, .ended = 4000, .bytes = 9},
        .reused = true,
        .outcome = OUTCOME_EMPTY,
        .guard = {.verdict = GUARD_PROVEN},
        .echoes = true,
    };
}

static struct item benefit(const char *id)
{
    return (struct item){.kind = ITEM_BENEFIT,
                         .id = str_of(id),
                         .title = STR("Pension"),
                         .status = STATUS_ACTIVE,
                         .kle = STR(KLE),
                         .payer = STR("ATP"),
                         .authority = {.cvr = cvr}};
}

/* An observation of these items, which are linked. */
static struct observed holding(struct item *items, size_t count)
{
    struct observed o = good();
    for (size_t i = 0; i + 1 < count; i++)
        items[i].next = &items[i + 1];
    o.outcome = OUTCOME_ANSWERED;
    o.parsed.items.first = items;
    o.parsed.items.count = count;
    return o;
}

static const char *state_of(const struct conformance *c, enum conformance_id id)
{
    return conformance_state_name(c->results[id].state).at;
}

/* ---- the table of cases ---- */

static bool is_sentence(struct str text)
{
    return text.len > 10 && text.at[text.len - 1] == '.' && str_is_utf8(text);
}

static void test_cases(void)
{
    for (unsigned id = 0; id < CONFORMANCE_COUNT; id++) {
        const struct conformance_case *one = &conformance_cases[id];
        const char *name = conformance_name((enum conformance_id)id).at;
        bool is_told = true;
        for (int l = 0; l < LANGUAGES; l++)
            is_told &= one->title.in[l].len > 2 && is_sentence(one->what.in[l]) &&
                       is_sentence(one->how.in[l]) && is_sentence(one->mend.in[l]);
        ok(is_told, "%s is told in both languages", name);
        ok(one->needs >> id == 0, "%s needs earlier cases only", name);
        for (unsigned other = 0; other < id; other++)
            if (str_equal(conformance_name((enum conformance_id)id),
                          conformance_name((enum conformance_id)other)) ||
                str_equal(conformance_number((enum conformance_id)id),
                          conformance_number((enum conformance_id)other)))
                ok(false, "%s has a name and number of its own", name);
    }
}

/* docs/conformance.md is made by `overblik source cases`. */
static void test_documentation(void)
{
    static char text[65536];
    char path[4096];
    const char *root = getenv("OVERBLIK_ROOT");
    struct buf told;

    snprintf(path, sizeof path, "%s/docs/conformance.md", root ? root : ".");
    FILE *file = fopen(path, "rb");
    if (!ok(file, "%s can be read", path))
        return;
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    buf_init(&told, sizeof text);
    conformance_describe(LANGUAGE_EN, &told);
    ok(told.len && str_ends_with(str_make(text, len), buf_str(&told)),
       "docs/conformance.md ends with the cases as they are");
    buf_reset(&told);
    conformance_describe(LANGUAGE_DA, &told);
    ok(str_find(buf_str(&told), STR("## 3 Hvem der må spørge")) < told.len, "and so in Danish");
    buf_clear(&told);
}

/* ---- settling ---- */

static size_t told_count;

static void on_settled(void *ctx, enum conformance_id id, const struct conformance_result *result)
{
    (void)ctx, (void)id, (void)result;
    told_count++;
}

static void test_settling(void)
{
    struct conformance c = {.settled = on_settled};

    conformance_settle(&c, CASE_NAME, true, "%s", "well");
    conformance_settle(&c, CASE_ADDRESS, false, "no\x1b[31m %s",
                       "010170"
                       "9995");
    is_str(c.results[CASE_ADDRESS].seen, "no [31m **********",
           "nothing steers a terminal or reads as a number");
    ok(!conformance_may(&c, CASE_TCP), "what builds on a failure is not tried");
    is_str(c.results[CASE_TCP].seen, "case 1.2 comes first", "and says why");
    conformance_end(&c, "no data");
    is_int((long long)told_count, CONFORMANCE_COUNT, "each case is told of once");
    is_int((long long)conformance_count(&c, CONFORMANCE_UNTRIED), 0, "none is left");
    is_int(conformance_verdict(&c), VERDICT_NOT_APPROVED, "a failure: not approved");
}

static void test_verdict(void)
{
    static const struct {
        enum conformance_state state;
        enum conformance_verdict verdict;
    } table[] = {
        {CONFORMANCE_PASSED, VERDICT_APPROVED},     {CONFORMANCE_NOT_RELEVANT, VERDICT_APPROVED},
        {CONFORMANCE_REMARK, VERDICT_REMARKS},      {CONFORMANCE_NOT_TESTED, VERDICT_REMARKS},
        {CONFORMANCE_FAILED, VERDICT_NOT_APPROVED}, {CONFORMANCE_UNTRIED, VERDICT_REMARKS},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance c = {0};
        for (unsigned id = 0; id < CONFORMANCE_COUNT; id++)
            c.results[id].state = CONFORMANCE_PASSED;
        c.results[CASE_PAGING].state = table[i].state;
        is_int(conformance_verdict(&c), table[i].verdict, "one %s",
               conformance_state_name(table[i].state).at);
    }
}

/* ---- the connection ---- */

static void test_connections(void)
{
    static const struct {
        int days_left;
        const char *state;
    } table[] = {{90, "passed"}, {30, "passed"}, {29, "remark"}, {0, "remark"}};
    struct dial_report report = {0};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance c = {0};
        for (int step = 0; step < DIAL_STEPS; step++)
            report.steps[step] = (struct dial_finding){.is_tried = true, .is_well = true};
        report.days_left = table[i].days_left;
        conformance_judge_dial(&c, &report);
        is_str(state_of(&c, CASE_TIME), table[i].state, "%d days left", table[i].days_left);
        ok(conformance_may(&c, CASE_FIRST_BYTE), "and the rest may be tried");
    }
    struct conformance c = {0};
    report.is_plain = true;
    conformance_judge_dial(&c, &report);
    is_str(state_of(&c, CASE_CHAIN), "not_relevant", "plain http has no certificate");
    ok(conformance_may(&c, CASE_FIRST_BYTE), "and needs none");
    c = (struct conformance){0};
    report = (struct dial_report){.steps[DIAL_NAME] = {.is_tried = true, .is_well = true},
                                  .steps[DIAL_ADDRESS] = {.is_tried = true}};
    conformance_judge_dial(&c, &report);
    is_str(state_of(&c, CASE_ADDRESS), "failed", "an address that is not allowed");
    is_str(state_of(&c, CASE_TIME), "not_tested", "leaves the rest untried");
}

/* ---- the answer ---- */

/* Each way in which an answer can fail belongs to exactly one case. */
static void test_answers(void)
{
    static const struct {
        const char *what;
        enum fetch_status status;
        int http_status;
        enum outcome outcome;
        enum guard_verdict guard;
        bool echoes, is_stale;
        enum conformance_id unwell; /* CONFORMANCE_COUNT: none */
    } table[] = {
        {"a good one", FETCH_OK, 200, OUTCOME_EMPTY, GUARD_PROVEN, true, false, CONFORMANCE_COUNT},
        {"late to connect", FETCH_CONNECT_LATE, 0, 0, 0, false, false, CASE_FIRST_BYTE},
        {"late to begin", FETCH_FIRST_BYTE_LATE, 0, 0, 0, false, false, CASE_FIRST_BYTE},
        {"a pause", FETCH_SILENT, 200, 0, 0, false, false, CASE_SILENCE},
        {"late to end", FETCH_LATE, 200, 0, 0, false, false, CASE_TOTAL},
        {"too large", FETCH_TOO_LARGE, 200, 0, 0, false, false, CASE_SIZE},
        {"no HTTP", FETCH_PROTOCOL, 0, 0, 0, false, false, CASE_HTTP},
        {"cut", FETCH_CUT, 200, 0, 0, false, false, CASE_HTTP},
        {"reset", FETCH_UNREACHABLE, 0, 0, 0, false, false, CASE_HTTP},
        {"TLS after all", FETCH_TLS, 0, 0, 0, false, false, CASE_HTTP},
        {"401", FETCH_OK, 401, OUTCOME_REFUSED, 0, false, false, CASE_STATUS},
        {"204", FETCH_OK, 204, OUTCOME_INVALID, 0, false, false, CASE_STATUS},
        {"200 with a fault", FETCH_OK, 200, OUTCOME_FAILED, 0, false, false, CASE_STATUS},
        {"busy", FETCH_OK, 429, OUTCOME_BUSY, 0, false, false, CASE_STATUS},
        {"broken", FETCH_OK, 200, OUTCOME_INVALID, 0, false, false, CASE_FORMAT},
        {"foreign", FETCH_OK, 200, OUTCOME_EMPTY, GUARD_FOREIGN, true, false, CASE_FOREIGN},
        {"unproven", FETCH_OK, 200, OUTCOME_EMPTY, GUARD_UNPROVEN, false, false, CASE_PROOF},
        {"no echo", FETCH_OK, 200, OUTCOME_EMPTY, GUARD_PROVEN, false, false, CASE_ECHO},
        {"stale", FETCH_OK, 200, OUTCOME_EMPTY, GUARD_PROVEN, true, true, CASE_FRESH},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance c = {0};
        struct observed o = good();
        size_t unwell = 0;

        for (unsigned id = 0; id <= CASE_TIME; id++)
            conformance_settle(&c, (enum conformance_id)id, true, "well");
        o.status = table[i].status;
        o.http_status = table[i].http_status;
        o.outcome = table[i].outcome;
        o.guard = (struct guard_finding){.verdict = table[i].guard, .why = "why"};
        o.echoes = table[i].echoes;
        o.parsed.is_stale = table[i].is_stale;
        conformance_judge_answer(&c, &o, &limits);
        for (unsigned id = 0; id < CONFORMANCE_COUNT; id++)
            unwell += c.results[id].state == CONFORMANCE_FAILED ||
                      c.results[id].state == CONFORMANCE_REMARK;
        if (table[i].unwell == CONFORMANCE_COUNT)
            is_int((long long)unwell, 0, "%s: nothing is wrong", table[i].what);
        else
            ok(unwell == 1 && (c.results[table[i].unwell].state == CONFORMANCE_FAILED ||
                               c.results[table[i].unwell].state == CONFORMANCE_REMARK),
               "%s: %s and nothing else", table[i].what, conformance_name(table[i].unwell).at);
    }
}

static void test_times_of_answers(void)
{
    static const struct {
        int64_t ahead_ms;
        const char *state;
    } table[] = {{-1000, "passed"}, {30000, "passed"}, {61000, "remark"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance c = {0};
        struct observed o = good();
        for (unsigned id = 0; id <= CASE_TIME; id++)
            conformance_settle(&c, (enum conformance_id)id, true, "well");
        o.parsed.as_of = (struct wall){limits.now.unix_ms + table[i].ahead_ms, true};
        conformance_judge_answer(&c, &o, &limits);
        is_str(state_of(&c, CASE_FRESH), table[i].state, "as of %lld ms from now",
               (long long)table[i].ahead_ms);
    }
}

/* ---- refusals ---- */

static void test_refusals(void)
{
    static const struct {
        enum conformance_id id;
        enum fetch_status status;
        int http_status;
        const char *state;
    } table[] = {
        {CASE_EXPIRED, FETCH_OK, 401, "passed"},
        {CASE_EXPIRED, FETCH_OK, 403, "passed"},
        {CASE_EXPIRED, FETCH_OK, 200, "failed"},
        {CASE_EXPIRED, FETCH_OK, 204, "failed"},
        {CASE_EXPIRED, FETCH_OK, 302, "failed"},
        {CASE_EXPIRED, FETCH_OK, 400, "remark"},
        {CASE_EXPIRED, FETCH_OK, 500, "remark"},
        {CASE_EXPIRED, FETCH_TLS, 0, "remark"},
        {CASE_EXPIRED, FETCH_FIRST_BYTE_LATE, 0, "remark"},
        {CASE_CERTIFICATE, FETCH_TLS, 0, "passed"},
        {CASE_CERTIFICATE, FETCH_CUT, 0, "passed"},
        {CASE_CERTIFICATE, FETCH_OK, 403, "passed"},
        {CASE_CERTIFICATE, FETCH_OK, 200, "failed"},
        {CASE_CERTIFICATE, FETCH_FIRST_BYTE_LATE, 0, "remark"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance c = begun();
        struct observed o = good();
        o.status = table[i].status;
        o.http_status = table[i].http_status;
        conformance_judge_refusal(&c, table[i].id, &o);
        is_str(state_of(&c, table[i].id), table[i].state, "%s: %s, HTTP %d",
               conformance_name(table[i].id).at, fetch_status_code(table[i].status).at,
               table[i].http_status);
    }
}

/* ---- what is held ---- */

static void test_emptiness(void)
{
    struct item one = benefit("a");
    struct observed empty = good(), full = holding(&one, 1), lost = good();
    lost.outcome = OUTCOME_FAILED;
    lost.http_status = 404;
    const struct {
        const char *what;
        struct observed all[2];
        const struct observed *nobody;
        const char *state;
    } table[] = {
        {"one is empty", {full, empty}, NULL, "passed"},
        {"nobody is empty, a stranger is", {full, full}, &empty, "passed"},
        {"nobody is empty, a stranger is lost", {full, full}, &lost, "failed"},
        {"a stranger has data", {full, full}, &full, "failed"},
        {"one is lost", {empty, lost}, NULL, "failed"},
        {"nobody was asked", {full, full}, NULL, "failed"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance c = begun();
        conformance_judge_empty(&c, table[i].all, 2, table[i].nobody);
        is_str(state_of(&c, CASE_EMPTY), table[i].state, "%s", table[i].what);
    }
}

static void test_items(void)
{
    enum { TITLE, STATUS, OWNER, TWICE, PAYMENT, MEETING, WELL };
    static const struct {
        int change;
        const char *mapping, *states, *authority;
    } table[] = {
        {WELL, "passed", "passed", "passed"},    {TITLE, "failed", "passed", "passed"},
        {STATUS, "passed", "failed", "passed"},  {OWNER, "passed", "passed", "failed"},
        {TWICE, "failed", "passed", "passed"},   {PAYMENT, "failed", "passed", "passed"},
        {MEETING, "failed", "passed", "passed"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct item items[] = {benefit("a"), benefit("b")};
        struct item *last = &items[1];
        struct conformance c = begun();

        if (table[i].change == TITLE)
            last->title = STR_NONE;
        if (table[i].change == STATUS)
            last->status = STATUS_UNKNOWN;
        if (table[i].change == OWNER)
            last->authority.cvr = STR("33236072");
        if (table[i].change == TWICE)
            last->id = STR("a");
        if (table[i].change == PAYMENT)
            last->kind = ITEM_PAYMENT;
        if (table[i].change == MEETING)
            last->kind = ITEM_APPOINTMENT;
        struct observed o = holding(items, 2);
        conformance_judge_items(&c, &o, 1);
        is_str(state_of(&c, CASE_MAPPING), table[i].mapping, "mapping of %d", table[i].change);
        is_str(state_of(&c, CASE_STATES), table[i].states, "states of %d", table[i].change);
        is_str(state_of(&c, CASE_AUTHORITY), table[i].authority, "owner of %d", table[i].change);
    }
    struct conformance c = begun();
    struct observed o = good();
    conformance_judge_items(&c, &o, 1);
    is_str(state_of(&c, CASE_MAPPING), "not_tested", "without data nothing is mapped");
}

static void test_pages(void)
{
    struct item first = benefit("a"), second = benefit("b"), again = benefit("a");
    struct observed one = holding(&first, 1), two = holding(&second, 1);
    struct observed same = holding(&again, 1), more = two, late = good();
    more.parsed.cursor = STR("3");
    late.status = FETCH_LATE;
    const struct {
        const char *what;
        struct observed pages[2];
        size_t count;
        const char *state;
    } table[] = {
        {"one page", {one}, 1, "not_relevant"},      {"two pages", {one, two}, 2, "passed"},
        {"an item twice", {one, same}, 2, "failed"}, {"no end", {one, more}, 2, "failed"},
        {"a late page", {one, late}, 2, "failed"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance c = begun();
        conformance_judge_pages(&c, table[i].pages, table[i].count, &limits);
        is_str(state_of(&c, CASE_PAGING), table[i].state, "%s", table[i].what);
    }
}

static void test_same(void)
{
    struct item first = benefit("a"), again = benefit("a"), other = benefit("a"), both[2];
    other.gross = (struct money){1, true};
    both[0] = benefit("a");
    both[1] = benefit("b");
    const struct {
        const char *what;
        struct observed again;
        const char *state;
    } table[] = {
        {"the same", holding(&again, 1), "passed"},
        {"another amount", holding(&other, 1), "failed"},
        {"one more", holding(both, 2), "failed"},
        {"nothing", good(), "failed"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance c = begun();
        struct observed o = holding(&first, 1);
        conformance_judge_same(&c, &o, &table[i].again);
        is_str(state_of(&c, CASE_SAME), table[i].state, "%s", table[i].what);
    }
}

static void test_single_items(void)
{
    struct item mine = benefit("a"), others = benefit("b");
    struct observed found = holding(&mine, 1), another = holding(&others, 1), none = good();
    struct observed refused = good(), broken = good(), foreign = good();
    found.question.item_id = another.question.item_id = none.question.item_id = STR("a");
    refused.http_status = 403;
    refused.outcome = OUTCOME_REFUSED;
    broken.http_status = 500;
    broken.outcome = OUTCOME_FAILED;
    foreign.guard.verdict = GUARD_FOREIGN;
    const struct {
        const char *what;
        struct observed o;
        const char *own, *others;
    } table[] = {
        {"the item", found, "passed", "failed"}, {"another", another, "failed", "failed"},
        {"nothing", none, "failed", "passed"},   {"403", refused, "failed", "passed"},
        {"500", broken, "failed", "remark"},     {"foreign", foreign, "failed", "failed"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance own = begun(), theirs = begun();
        conformance_judge_detail(&own, &table[i].o);
        conformance_settle(&theirs, CASE_DETAIL, true, "well");
        conformance_judge_others_item(&theirs, &table[i].o);
        is_str(state_of(&own, CASE_DETAIL), table[i].own, "one's own: %s", table[i].what);
        is_str(state_of(&theirs, CASE_OTHERS_ITEM), table[i].others, "another's: %s",
               table[i].what);
    }
}

/* ---- load ---- */

static void test_series(void)
{
    enum { SERIES = 20 };
    static const struct {
        const char *what;
        size_t slow, bad, reused;
        const char *p95, *reuse;
    } table[] = {
        {"all well", 0, 0, SERIES, "passed", "passed"},
        {"one of twenty is slow", 1, 0, SERIES, "passed", "passed"},
        {"two of twenty are slow", 2, 0, SERIES, "failed", "passed"},
        {"one is bad", 0, 1, SERIES, "failed", "passed"},
        {"none is reused", 0, 0, 0, "passed", "remark"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conformance c = begun();
        struct observed all[SERIES];
        for (size_t n = 0; n < SERIES; n++) {
            all[n] = good();
            all[n].reused = n < table[i].reused;
            if (n < table[i].slow)
                all[n].times.ended = all[n].times.started + 101 * 1000;
            if (n < table[i].bad)
                all[n].status = FETCH_CUT;
        }
        conformance_judge_series(&c, all, SERIES, true, &limits);
        is_str(state_of(&c, CASE_P95), table[i].p95, "p95: %s", table[i].what);
        is_str(state_of(&c, CASE_REUSE), table[i].reuse, "connections: %s", table[i].what);
        conformance_judge_parallel(&c, all, SERIES);
        is_str(state_of(&c, CASE_PARALLEL), table[i].bad ? "failed" : "passed", "at once: %s",
               table[i].what);
    }
}

/* ---- the indexes ---- */

static struct party primary = {.role = PARTY_PRIMARY, .cpr = {"6101709995"}};

static struct item municipal_case(const char *id, const char *number, const char *system)
{
    return (struct item){.kind = ITEM_CASE,
                         .id = str_of(id),
                         .number = str_of(number),
                         .title = STR("En sag"),
                         .status = STATUS_IN_PROGRESS,
                         .status_text = STR("I gang"),
                         .created = {1, true},
                         .kle = STR(KLE),
                         .unit = STR("u"),
                         .authority = {.cvr = cvr},
                         .sending_system = str_of(system),
                         .parties = &primary};
}

static void test_index(void)
{
    enum { WELL, NUMBER, UNIT, SUBJECT, LEFT, SPLIT, NOTE, DOCUMENT };
    static const struct {
        int change;
        enum conformance_id unwell; /* CONFORMANCE_COUNT: none */
    } table[] = {
        {WELL, CONFORMANCE_COUNT},       {NUMBER, CASE_INDEX_CASE},
        {UNIT, CASE_INDEX_ORGANISATION}, {SUBJECT, CASE_INDEX_CLASSIFICATION},
        {LEFT, CASE_INDEX_REMOVAL},      {SPLIT, CASE_INDEX_PROGRESS},
        {NOTE, CASE_INDEX_NOTE},         {DOCUMENT, CASE_INDEX_DOCUMENT},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct item items[] = {
            municipal_case("a", "1", "s"),
            municipal_case("b", "2", "s"),
            {.kind = ITEM_DOCUMENT, .is_journal_note = true, .title = STR("Et notat")},
            {.kind = ITEM_DOCUMENT,
             .title = STR("Et brev"),
             .owner_id = STR("a"),
             .date = {2026, 11, 28}},
        };
        struct conformance c = begun();
        int change = table[i].change;
        size_t unwell = 0;

        c.is_index = c.has_cases = true;
        conformance_settle(&c, CASE_PAGING, true, "well");
        if (change == NUMBER)
            items[1].number = STR_NONE;
        if (change == UNIT)
            items[0].unit = items[1].unit = STR_NONE;
        if (change == SUBJECT)
            items[1].kle = STR_NONE;
        if (change == LEFT) {
            items[1].number = STR("1");
            items[1].sending_system = STR("old");
        }
        if (change == SPLIT)
            items[1].status = STATUS_DECIDED;
        if (change == NOTE)
            items[2].is_journal_note = false, items[2].owner_id = STR("a"),
            items[2].date = items[3].date;
        if (change == DOCUMENT)
            items[3].date = DATE_NONE;
        struct observed o = holding(items, 4);
        conformance_judge_index(&c, &o, 1);
        for (unsigned id = CASE_INDEX_CASE; id < CONFORMANCE_COUNT; id++)
            unwell += c.results[id].state != CONFORMANCE_PASSED;
        ok(table[i].unwell == CONFORMANCE_COUNT
               ? unwell == 0
               : unwell == 1 && c.results[table[i].unwell].state != CONFORMANCE_PASSED,
           "index, change %d: %s", change,
           table[i].unwell == CONFORMANCE_COUNT ? "all well"
                                                : conformance_name(table[i].unwell).at);
    }
    struct conformance c = begun();
    conformance_settle(&c, CASE_PAGING, true, "well");
    conformance_judge_index(&c, NULL, 0);
    is_int((long long)conformance_count(&c, CONFORMANCE_NOT_RELEVANT), 7, "others have no columns");
    c = begun();
    conformance_settle(&c, CASE_PAGING, true, "well");
    c.is_index = true;
    struct item grant = benefit("a");
    struct observed o = holding(&grant, 1);
    conformance_judge_index(&c, &o, 1);
    is_str(state_of(&c, CASE_INDEX_CLASSIFICATION), "passed", "benefits have a subject");
    is_str(state_of(&c, CASE_INDEX_REMOVAL), "not_relevant", "but are no cases");
}

int main(void)
{
    test_cases();
    test_documentation();
    test_settling();
    test_verdict();
    test_connections();
    test_answers();
    test_times_of_answers();
    test_refusals();
    test_emptiness();
    test_items();
    test_pages();
    test_same();
    test_single_items();
    test_series();
    test_index();
    return done_testing();
}
