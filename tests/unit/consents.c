/* SPDX-License-Identifier: MIT */
/* label: threads */
/* Consents in the store, and the thread that asks it: what is given is found by whose it is, what
 * is withdrawn or long over is so for every connection, and a store that is gone is no answer. */
#include "record/consents.h"

#include "adapters/item.h"
#include "tests/record_log.h"

/* 2026-11-28T12:00:00+01:00 */
#define NOON       INT64_C(1795863600)
#define AT(offset) ((struct wall){(NOON + (offset)) * 1000, true})
#define ANNA       STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
#define BO         STR("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")

enum { DAY_S = 86400, GIVE_UP_MS = 20000 };

static const struct str two_sources[] = {STR_INIT("atp.pension"), STR_INIT("udk.ydelser")};

static struct consent consent_of(struct str id, struct str subject, struct wall until)
{
    return (struct consent){.id = id,
                            .subject = subject,
                            .service = STR("budget"),
                            .kinds = ITEM_KIND_BIT(ITEM_BENEFIT) | ITEM_KIND_BIT(ITEM_PAYMENT),
                            .sources = two_sources,
                            .source_count = 2,
                            .level = LEVEL_SUBSTANTIAL,
                            .given = AT(0),
                            .until = until};
}

static struct consent_store *open_store(void)
{
    const struct log_store_spec spec = {.sqlite = record_path};
    const char *why = NULL;
    struct consent_store *store = consent_store_open(&spec, &why);
    if (!store) {
        fprintf(stderr, "%s\n", why);
        exit(EXIT_FAILURE);
    }
    return store;
}

static bool note(void *ctx, const struct consent *row)
{
    char kinds[CONSENT_KINDS_TEXT], scope[CONSENT_SOURCES_TEXT];
    buf_format(ctx, "%.*s %.*s %.*s [%.*s] [%.*s] %s %lld %lld %lld;", STR_ARG(row->id),
               STR_ARG(str_head(row->subject, 1)), STR_ARG(row->service),
               STR_ARG(consent_kinds_text(row->kinds, kinds)),
               STR_ARG(consent_sources_text(row, scope)), level_name(row->level).at,
               (long long)(row->until.unix_ms / 1000 - NOON),
               row->withdrawn.known ? (long long)(row->withdrawn.unix_ms / 1000 - NOON) : -1,
               row->used.known ? (long long)(row->used.unix_ms / 1000 - NOON) : -1);
    return true;
}

static const char *listed(struct consent_store *store, struct str subject, struct buf *out)
{
    buf_reset(out);
    bool is_read = consent_store_list(store, subject, note, out);
    buf_add_byte(out, '\0');
    return is_read ? out->at : "cannot be read";
}

static bool add(struct consent_store *store, struct str id, struct str subject, struct wall until,
                size_t most)
{
    const struct consent consent = consent_of(id, subject, until);
    bool is_kept = false;
    return consent_store_add(store, &consent, most, AT(0), &is_kept) && is_kept;
}

#define ROW(id, until, withdrawn, used)                                                            \
    id " a budget [benefit payment] [atp.pension udk.ydelser] substantial " until " " withdrawn    \
       " " used ";"

static void keeps_what_is_given(void)
{
    struct consent_store *store = open_store(), *other = open_store();
    struct buf out;
    size_t count = 9;
    buf_init(&out, 65536);

    ok(add(store, STR("1"), ANNA, AT(60), 2), "given");
    ok(add(other, STR("2"), ANNA, AT(DAY_S), 2), "and at another connection");
    ok(!add(store, STR("3"), ANNA, AT(60), 2), "no more than may be");
    ok(add(store, STR("4"), BO, AT(60), 2), "by another person");
    is_str(listed(other, ANNA, &out), ROW("2", "86400", "-1", "-1") ROW("1", "60", "-1", "-1"),
           "found by whose they are, newest first");
    ok(consent_store_withdraw(other, STR("1"), AT(5)), "withdrawn");
    ok(consent_store_withdraw(store, STR("1"), AT(7)), "and once more");
    ok(consent_store_use(store, STR("2"), AT(9)), "used");
    ok(consent_store_withdraw(store, STR("nothing"), AT(7)), "nothing to withdraw is no fault");
    is_str(listed(store, ANNA, &out), ROW("2", "86400", "-1", "9") ROW("1", "60", "5", "-1"),
           "the first withdrawal counts, at every connection");
    ok(add(store, STR("5"), ANNA, AT(-1), 2), "what has ended makes room");
    ok(add(store, STR("6"), ANNA, AT(60), 2), "and does not count itself");
    buf_reset(&out);
    ok(consent_store_find(other, STR("2"), note, &out), "looked for");
    buf_add_byte(&out, '\0');
    is_str(out.at, ROW("2", "86400", "-1", "9"), "found by its id");
    buf_reset(&out);
    ok(consent_store_find(other, STR("none"), note, &out) && out.len == 0, "or not");

    ok(consent_store_prune(store, AT(-1), &count) && count == 0, "nothing ended before");
    ok(consent_store_prune(store, AT(6), &count), "deleted");
    is_int((long long)count, 2, "what was withdrawn or over");
    is_str(listed(other, ANNA, &out), ROW("6", "60", "-1", "-1") ROW("2", "86400", "-1", "9"),
           "and nothing else");
    consent_store_close(&store);
    consent_store_close(&other);
    buf_clear(&out);
}

static void reads_scopes(void)
{
    static const struct {
        const char *kinds, *sources;
        bool want;
        size_t count;
    } cases[] = {
        {"benefit", "", true, 0},   {"benefit case", "a", true, 1}, {"benefit", "a b", true, 2},
        {"", "", false, 0},         {"car", "", false, 0},          {"benefit  case", "", false, 0},
        {"benefit", NULL, true, 0}, {NULL, "a", false, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str list[CONSENT_SOURCES_MAX];
        struct consent consent;
        is_int(
            consent_scope_parse(str_of(cases[i].kinds), str_of(cases[i].sources), list, &consent),
            cases[i].want, "scope %zu", i);
        is_int((long long)consent.source_count, (long long)cases[i].count, "scope %zu: sources", i);
    }
    struct str list[CONSENT_SOURCES_MAX];
    char many[2 * CONSENT_SOURCES_MAX + 2];
    struct consent consent;
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = i % 2 ? ' ' : 'a';
    ok(!consent_scope_parse(STR("benefit"), str_make(many, sizeof many - 1), list, &consent),
       "more sources than there can be");
    ok(consent_scope_parse(STR("benefit"), str_make(many, sizeof many - 3), list, &consent),
       "as many");
}

/* ---- the thread ---- */

struct waiter {
    struct loop *loop;
    struct consent_query *slot;
    struct timer gives_up;
    int told;
    bool is_answered, is_kept;
    size_t count;
    struct wall used;
};

static void stop_loop(void *ctx)
{
    loop_stop(ctx);
}

static void on_answer(void *ctx, const struct consent_answer *answer)
{
    struct waiter *waiter = ctx;
    waiter->told++;
    waiter->is_answered = answer;
    waiter->is_kept = answer && answer->is_kept;
    waiter->count = answer ? answer->count : 0;
    waiter->used = waiter->count > 0 ? answer->list[0].used : WALL_NONE;
    loop_stop(waiter->loop);
}

static bool ask(struct consents *consents, struct waiter *waiter, const struct consent_ask *ask)
{
    int told = waiter->told;
    if (!consent_query_start(consents, waiter->loop, ask, &waiter->slot, on_answer, waiter))
        return false;
    timer_start(waiter->loop, &waiter->gives_up,
                instant_after_ms(loop_now(waiter->loop), GIVE_UP_MS), stop_loop, waiter->loop);
    loop_run(waiter->loop);
    timer_cancel(waiter->loop, &waiter->gives_up);
    return waiter->told == told + 1 && !waiter->slot && waiter->is_answered;
}

static void answers_workers(void)
{
    const struct log_store_spec spec = {.sqlite = record_path};
    struct consents *consents = consents_start(&spec, 36500);
    struct waiter waiter = {.loop = loop_new()};
    struct consent given = consent_of(STR("7"), BO, AT(DAY_S));
    struct consent_ask give = {.question = CONSENT_GIVE, .given = &given, .most = 5, .now = AT(0)};
    struct consent_ask use = {.question = CONSENT_USE, .id = STR("7"), .now = AT(60)};
    const struct consent_ask list = {.question = CONSENT_LIST, .subject = BO, .now = AT(0)};
    struct consent_ask withdraw = {.question = CONSENT_WITHDRAW, .id = STR("7"), .now = AT(90)};

    ok(ask(consents, &waiter, &give) && waiter.is_kept, "given");
    ok(ask(consents, &waiter, &list) && waiter.count == 2, "listed");
    ok(ask(consents, &waiter, &use) && waiter.count == 1 && !waiter.used.known, "used first");
    use.now = AT(119);
    ok(ask(consents, &waiter, &use) && waiter.used.unix_ms == AT(60).unix_ms, "which is noted");
    use.now = AT(120);
    ok(ask(consents, &waiter, &use) && waiter.used.unix_ms == AT(60).unix_ms,
       "and not noted again within a minute");
    ok(ask(consents, &waiter, &use) && waiter.used.unix_ms == AT(120).unix_ms, "but after it");
    ok(ask(consents, &waiter, &withdraw), "withdrawn");
    use.now = AT(240);
    ok(ask(consents, &waiter, &use) && waiter.count == 1, "found still");
    ok(ask(consents, &waiter, &use) && waiter.used.unix_ms == AT(120).unix_ms,
       "what is not in force is not used");
    give.most = 0;
    given.id = STR("8");
    ok(ask(consents, &waiter, &give) && !waiter.is_kept, "too many");

    ok(consent_query_start(consents, waiter.loop, &list, &waiter.slot, on_answer, &waiter),
       "asked");
    int told = waiter.told;
    consent_query_cancel(&waiter.slot);
    ok(!waiter.slot && ask(consents, &waiter, &list), "another question");
    is_int(waiter.told, told + 1, "what was cancelled is not told");
    consents_stop(&consents);
    loop_free(&waiter.loop);
}

static void says_when_it_cannot_ask(void)
{
    const struct log_store_spec spec = {.sqlite = "/nowhere/store.db"};
    struct consents *consents = consents_start(&spec, 365);
    struct waiter waiter = {.loop = loop_new()};
    const struct consent_ask use = {.question = CONSENT_USE, .id = STR("7"), .now = AT(0)};
    for (int i = 0; i < 3; i++) {
        ok(!ask(consents, &waiter, &use), "no store, no answer");
        is_int(waiter.told, i + 1, "which is told");
    }
    consents_stop(&consents);
    loop_free(&waiter.loop);
}

int main(void)
{
    record_start();
    keeps_what_is_given();
    reads_scopes();
    answers_workers();
    says_when_it_cannot_ask();
    record_end();
    return done_testing();
}
