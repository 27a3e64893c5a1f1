/* SPDX-License-Identifier: MIT */
/* What judging costs: an authority with 5,000 rules, items as a municipality's index gives them,
 * and each of them judged as a request would. Prints nanoseconds an item; the bar is 2,000.
 *
 *     build/release/tests/bench/exposure */
#include "policy/exposure.h"

#include "base/die.h"
#include "policy/presentation.h"

#include <stdio.h>
#include <stdlib.h>

enum { RULES = 5000, ITEMS = 1000, ROUNDS = 200, BAR_NS = 2000, TEXT_MAX = 2 * 1024 * 1024 };
#define TOWN "29189714"

static struct municipality towns[] = {
    {STR_INIT("0710"), STR_INIT(TOWN), STR_INIT("Favrskov Kommune")}};
static const struct municipalities municipalities = {.at = towns, .count = 1};

/* Subjects of 50 groups, groups, and facets; sending systems, dates and letters as in practice. */
static void write_rules(struct buf *out)
{
    buf_format(out, "{\"building_cases\": {\"kle\": [\"02.34.\"], \"owner_role_is_set\": true}, "
                    "\"default\": {\"rules\": []}, \"authorities\": [{\"municipality\": \"0710\", "
                    "\"rules\": [{\"kle\": \"*\"}");
    for (int i = 1; i < RULES; i++) {
        int a = i / 100, b = i % 100;
        if (i % 10 == 9)
            buf_format(out, ",{\"kle\": \"%02d.%02d.*\", \"from\": \"2020-01-01\"", a, b);
        else
            buf_format(out, ",{\"kle\": \"%02d.%02d.04%s\", \"from\": \"2020-01-01\"", a, b,
                       i % 3 ? "" : "/G01");
        buf_format(out, ", \"active_regardless\": true, \"systems\": [\"KMD Aktiv\", "
                        "\"7b0f723e-84a4-4c3a-8fff-954dc4174223\"], \"documents\": "
                        "[{\"direction\": \"to_citizen\", \"types\": [\"Brev, udgaaende\"]}]}");
    }
    buf_format(out, "], \"links\": []}]}");
}

static void read_rules(struct exposure *exposure, struct arena *arena)
{
    struct buf text;
    struct faults faults;
    faults_init(&faults, arena);
    buf_init(&text, TEXT_MAX);
    write_rules(&text);
    struct document *document = document_parse(STR("exposure.json"), buf_str(&text), &faults);
    if (document)
        exposure_parse(document_node(document), &municipalities, exposure, arena, &faults);
    if (faults.count > 0)
        die("%.*s: %.*s", STR_ARG(faults.first->where), STR_ARG(faults.first->what));
    document_free(&document);
    buf_clear(&text);
}

/* A case, two of its letters, a benefit and its payment, over and over. */
static void make_items(struct item *items, struct party *party, struct arena *arena)
{
    for (int i = 0; i < ITEMS; i++) {
        struct item *item = &items[i];
        int number = (i * 7919) % RULES;
        *item =
            (struct item){.kle = arena_format(arena, "%02d.%02d.04", number / 100, number % 100),
                          .facet = i % 2 ? STR("G01") : STR("Ø30"),
                          .title = STR("Titel"),
                          .created = wall_of_unix(1500000000 + i * 1000000LL % 300000000),
                          .status = STATUS_IN_PROGRESS,
                          .sending_system = STR("7b0f723e-84a4-4c3a-8fff-954dc4174223"),
                          .sensitivity = SENSITIVITY_ORDINARY,
                          .parties = party};
        item->authority.cvr = STR(TOWN);
        if (i % 5 == 1 || i % 5 == 2) {
            item->kind = ITEM_DOCUMENT;
            item->direction = DIRECTION_TO_CITIZEN;
            item->type = STR("Brev, udgaaende");
        } else if (i % 5 >= 3) {
            item->kind = i % 5 == 3 ? ITEM_BENEFIT : ITEM_PAYMENT;
        }
        const struct item *owner = i % 5 == 4 ? &items[i - 1] : &items[i - i % 5];
        if (item->kind != ITEM_CASE && item->kind != ITEM_BENEFIT && !item_own(item, owner, arena))
            die("no room");
    }
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int main(void)
{
    struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
    struct snapshot snapshot = {.municipalities = municipalities};
    const struct cpr subject = {"6101709995"};
    const struct exposure_view view = {
        .subject = &subject, .parties_needed = true, .now = wall_of_unix(1800000000)};
    struct party other = {.role = PARTY_SECONDARY, .cpr = {"7502889996"}};
    struct party party = {.role = PARTY_PRIMARY, .cpr = subject, .next = &other};
    static struct item items[ITEMS];
    static int64_t rounds[ROUNDS];
    size_t shown = 0;

    read_rules(&snapshot.exposure, arena);
    make_items(items, &party, arena);
    for (int round = 0; round < ROUNDS; round++) {
        instant start = clock_instant();
        for (int i = 0; i < ITEMS; i++) {
            struct item item = items[i];
            struct exposure_finding finding = exposure_judge(&snapshot.exposure, &view, &item);
            shown +=
                finding.verdict == EXPOSURE_SHOWN &&
                presentation_complete(&snapshot, finding.rule, view.now, LANGUAGE_DA, &item, arena);
        }
        rounds[round] = (clock_instant() - start) * 1000 / ITEMS;
    }
    qsort(rounds, ROUNDS, sizeof *rounds, compare);
    printf(
        "exposure: %lld ns an item (median of %d rounds; worst %lld), %d rules, %zu of %d shown; "
        "the bar is %d ns: %s\n",
        (long long)rounds[ROUNDS / 2], ROUNDS, (long long)rounds[ROUNDS - 1], RULES, shown / ROUNDS,
        ITEMS, BAR_NS, rounds[ROUNDS / 2] <= BAR_NS ? "held" : "NOT HELD");
    arena_free(&arena);
    return rounds[ROUNDS / 2] <= BAR_NS ? EXIT_SUCCESS : EXIT_FAILURE;
}
