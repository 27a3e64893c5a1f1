/* SPDX-License-Identifier: MIT */
/* What the configuration adds to an item: a whole snapshot's files, from the item that an adapter
 * gives to the one that is written. */
#include "policy/presentation.h"

#include "tests/config.h"
#include "tests/overview.h"

static struct arena *arena;
static struct snapshot *snapshot;
static struct config exposure_file, kle_file, times_file, status_file;

static void prepare(void)
{
    static struct municipality towns[] = {
        {STR_INIT("0710"), STR_INIT("29189714"), STR_INIT("Favrskov Kommune")}};
    struct node root;

    arena = arena_new((size_t)1024 * 1024);
    snapshot = overview_snapshot(arena);
    snapshot->municipalities = (struct municipalities){.at = towns, .count = 1};
    snapshot->texts.exposure.at[SAYS_CASE_TITLE] =
        (struct text){{STR("Sagens emne: {title}"), STR("Subject of the case: {title}")}};
    root = config_parse(&exposure_file,
                        "{'default': {'rules': [{'kle': '*', 'title': 'kle'}, {'id': 'source', "
                        "'kle': '33.*'}], 'links': [{'kle': '*', 'self_service': {'url': "
                        "'https://x.dk/{municipality}'}}]}}");
    exposure_parse(root, &snapshot->municipalities, &snapshot->exposure, arena,
                   &exposure_file.faults);
    root = config_parse(
        &kle_file,
        "{'numbers': [{'number': '98.01.01', 'title': 'Støtte', 'to': "
        "'2030-01-01'}, {'number': '98.02.01', 'title': 'Gammelt navn', 'to': '2020-01-01'}, {'number': '98.02.01', 'title': 'Nyt', 'from': '2020-01-01'}]}");
    classification_parse(root, &snapshot->classification, arena, &kle_file.faults);
    root = config_parse(&times_file, "{'processing_times': [{'municipality': '0710', 'times': "
                                     "[{'kle': '*', 'days': 10}]}]}");
    processing_times_parse(root, &snapshot->municipalities, &snapshot->processing_times, arena,
                           &times_file.faults);
    root = config_parse(&status_file, "{'systems': [{'system': 'a', 'texts': [{'text': 'wait', "
                                      "'awaiting': 'citizen'}]}]}");
    case_status_parse(root, &snapshot->case_status, arena, &status_file.faults);
    is_str(config_faults(&exposure_file), "", "rules");
    is_str(config_faults(&kle_file), "", "numbers");
    is_str(config_faults(&times_file), "", "times");
    is_str(config_faults(&status_file), "", "words");
}

static void titles(void)
{
    static const struct {
        const char *name, *kle;
        enum item_kind kind;
        enum language language;
        const char *title;
        int64_t now_s;
    } cases[] = {
        {"a case by its subject", "98.01.01", ITEM_CASE, LANGUAGE_DA, "Sagens emne: Støtte", 0},
        {"in English", "98.01.01", ITEM_CASE, LANGUAGE_EN, "Subject of the case: Støtte", 0},
        {"a benefit by its subject", "98.01.01", ITEM_BENEFIT, LANGUAGE_DA, "Støtte", 0},
        {"a subject that nobody knows: none, and not the source's", "97.01.01", ITEM_CASE,
         LANGUAGE_DA, NULL, 0},
        {"no subject", NULL, ITEM_CASE, LANGUAGE_DA, NULL, 0},
        {"a number that has expired", "98.01.01", ITEM_CASE, LANGUAGE_DA, "Sagens emne: Støtte",
         1900000000},
        {"the name it had when the case was created", "98.02.01", ITEM_CASE, LANGUAGE_DA,
         "Sagens emne: Gammelt navn", 0},
        {"a rule that wants the source's", "33.01.01", ITEM_CASE, LANGUAGE_DA, "Kilden", 0},
        {"a document has its own", "98.01.01", ITEM_DOCUMENT, LANGUAGE_DA, "Kilden", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct item item = {.kind = cases[i].kind,
                            .title = STR("Kilden"),
                            .kle = str_of(cases[i].kle),
                            .created = wall_of_unix(1500000000)};
        struct wall now = wall_of_unix(cases[i].now_s ? cases[i].now_s : 1800000000);
        struct kle kle = kle_of(item.kle, STR_NONE);
        const struct exposure_rule *rule =
            exposure_rule_find(snapshot->exposure.sets.standard, kle, wall_date(now), false);
        ok(presentation_complete(snapshot, rule, now, cases[i].language, &item, arena), "complete");
        is_bytes(item.title.at, item.title.len, cases[i].title,
                 cases[i].title ? strlen(cases[i].title) : 0, "%s", cases[i].name);
    }
    struct item benefit = {.kind = ITEM_BENEFIT, .kle = STR("98.01.01")};
    struct item payment = {.kind = ITEM_PAYMENT, .title = STR("Kilden")};
    ok(item_own(&payment, &benefit, arena) &&
           presentation_complete(snapshot, snapshot->exposure.sets.standard->rules,
                                 wall_of_unix(1800000000), LANGUAGE_DA, &payment, arena),
       "a payment");
    ok(str_equal(payment.title, STR("Støtte")), "is called as what it pays");
}

static void completes(void)
{
    struct item item = {.kind = ITEM_CASE,
                        .kle = STR("33.01.01"),
                        .sending_system = STR("a"),
                        .status_text = STR("wait"),
                        .status = STATUS_OPENED,
                        .created = wall_of_unix(1790000000)};
    item.authority.cvr = STR("29189714");
    presentation_prepare(snapshot, &item);
    is_int(item.awaiting, AWAITING_CITIZEN, "whom it waits for");
    ok(presentation_complete(snapshot, NULL, wall_of_unix(1800000000), LANGUAGE_DA, &item, arena),
       "complete");
    ok(item.is_decision_published && date_is_known(item.decision_expected),
       "the published time, of the municipality by its CVR number");
    ok(item.links && str_equal(item.links->url, STR("https://x.dk/0710")), "a link");

    struct item stateless = {.kind = ITEM_CASE, .status = STATUS_OPENED};
    stateless.authority.cvr = STR("33236072");
    ok(presentation_complete(snapshot, NULL, wall_of_unix(1800000000), LANGUAGE_DA, &stateless,
                             arena) &&
           !stateless.links && !stateless.is_decision_published,
       "an authority that is no municipality has neither");

    struct snapshot *bare = overview_snapshot(arena);
    struct item plain = {.kind = ITEM_CASE, .title = STR("t"), .status_text = STR("wait")};
    presentation_prepare(bare, &plain);
    ok(presentation_complete(bare, NULL, wall_of_unix(1800000000), LANGUAGE_DA, &plain, arena) &&
           str_equal(plain.title, STR("t")) && !plain.links && plain.awaiting == AWAITING_UNKNOWN,
       "a configuration that says nothing adds nothing");
}

int main(void)
{
    prepare();
    titles();
    completes();
    config_clear(&exposure_file);
    config_clear(&kle_file);
    config_clear(&times_file);
    config_clear(&status_file);
    arena_free(&arena);
    return done_testing();
}
