/* SPDX-License-Identifier: MIT */
/* What senders mean by their words, and how long municipalities say that cases take. */
#include "policy/case_status.h"
#include "policy/processing_time.h"
#include "tests/config.h"

static void complains_of_words(void)
{
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{'systems': []}", ""},
        {"{'systems': [{'system': 'a', 'texts': [{'text': 'x', 'awaiting': 'citizen'}]}]}", ""},
        {"{}", "t.json:1:1: /systems: expected a list of at most 500 systems\n"},
        {"{'systems': [{'texts': []}]}", "t.json:1:14: /systems/0/system: is needed\n"},
        {"{'systems': [{'system': 'a'}]}",
         "t.json:1:14: /systems/0/texts: expected a list of texts and what they mean\n"},
        {"{'systems': [{'system': 'a', 'texts': [{'text': 'x'}]}]}",
         "t.json:1:40: /systems/0/texts/0: says nothing: expected \"awaiting\", \"status\" or "
         "both\n"},
        {"{'systems': [{'system': 'a', 'texts': [{'text': 'x', 'awaiting': 'you'}]}]}",
         "t.json:1:66: /systems/0/texts/0/awaiting: expected citizen, authority or nobody\n"
         "t.json:1:40: /systems/0/texts/0: says nothing: expected \"awaiting\", \"status\" or "
         "both\n"},
        {"{'systems': [{'system': 'a', 'texts': [{'text': 'x', 'status': 'paid'}]}]}",
         "t.json:1:64: /systems/0/texts/0/status: expected created, opened, in_progress, decided, "
         "closed or rejected\n"
         "t.json:1:40: /systems/0/texts/0: says nothing: expected \"awaiting\", \"status\" or "
         "both\n"},
        {"{'systems': [{'system': 'a', 'texts': [{'text': 'x', 'status': 'closed'}, {'text': 'X', "
         "'awaiting': 'nobody'}]}]}",
         "t.json:1:13: /systems: the text \"X\" of system a comes twice\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct case_status table;
        struct node root = config_parse(&config, cases[i].text);
        case_status_parse(root, &table, config.arena, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        config_clear(&config);
    }
}

static void knows_words(void)
{
    static const struct {
        const char *name, *system, *text;
        enum item_kind kind;
        enum item_status status;
        enum awaiting awaiting;
        enum item_status wanted;
        enum awaiting wanted_awaiting;
    } cases[] = {
        {"a word that is known", "a", "Afventer borger", ITEM_CASE, STATUS_OPENED, AWAITING_UNKNOWN,
         STATUS_OPENED, AWAITING_CITIZEN},
        {"written otherwise", "A", "AFVENTER borger", ITEM_CASE, STATUS_OPENED, AWAITING_UNKNOWN,
         STATUS_OPENED, AWAITING_CITIZEN},
        {"another system's word", "b", "Afventer borger", ITEM_CASE, STATUS_OPENED,
         AWAITING_UNKNOWN, STATUS_OPENED, AWAITING_UNKNOWN},
        {"an unknown word", "a", "Afventer", ITEM_CASE, STATUS_OPENED, AWAITING_UNKNOWN,
         STATUS_OPENED, AWAITING_UNKNOWN},
        {"no word", "a", NULL, ITEM_CASE, STATUS_OPENED, AWAITING_UNKNOWN, STATUS_OPENED,
         AWAITING_UNKNOWN},
        {"no system", NULL, "Afventer borger", ITEM_CASE, STATUS_OPENED, AWAITING_UNKNOWN,
         STATUS_OPENED, AWAITING_UNKNOWN},
        {"what the source said of awaiting stays", "a", "Afventer borger", ITEM_CASE, STATUS_OPENED,
         AWAITING_NOBODY, STATUS_OPENED, AWAITING_NOBODY},
        {"opened is more precisely under way", "a", "I gang", ITEM_CASE, STATUS_OPENED,
         AWAITING_UNKNOWN, STATUS_IN_PROGRESS, AWAITING_AUTHORITY},
        {"an unknown status is filled", "a", "I gang", ITEM_CASE, STATUS_UNKNOWN, AWAITING_UNKNOWN,
         STATUS_IN_PROGRESS, AWAITING_AUTHORITY},
        {"what is decided stays so", "a", "I gang", ITEM_CASE, STATUS_DECIDED, AWAITING_UNKNOWN,
         STATUS_DECIDED, AWAITING_AUTHORITY},
        {"another kind has no such words", "a", "I gang", ITEM_BENEFIT, STATUS_UNKNOWN,
         AWAITING_UNKNOWN, STATUS_UNKNOWN, AWAITING_UNKNOWN},
    };
    struct config config;
    struct case_status table, empty = {0};
    struct node root =
        config_parse(&config, "{'systems': [{'system': 'a', 'texts': ["
                              "{'text': 'Afventer borger', 'awaiting': 'citizen'},"
                              "{'text': 'I gang', 'awaiting': 'authority', 'status': "
                              "'in_progress'}]}, {'system': 'b', 'texts': []}]}");
    case_status_parse(root, &table, config.arena, &config.faults);
    is_str(config_faults(&config), "", "no fault");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct item item = {.kind = cases[i].kind,
                            .sending_system = str_of(cases[i].system),
                            .status_text = str_of(cases[i].text),
                            .status = cases[i].status,
                            .awaiting = cases[i].awaiting};
        struct item same = item;
        case_status_apply(&table, &item);
        is_int(item.status, cases[i].wanted, "%s: the status", cases[i].name);
        is_int(item.awaiting, cases[i].wanted_awaiting, "%s: whom it waits for", cases[i].name);
        case_status_apply(&empty, &same);
        ok(same.status == cases[i].status && same.awaiting == cases[i].awaiting,
           "%s: an empty table changes nothing", cases[i].name);
    }
    config_clear(&config);
}

/* ---- processing times ---- */

static struct municipality towns[] = {{STR_INIT("0710"), STR_INIT("29189714"), STR_INIT("F")},
                                      {STR_INIT("0751"), {NULL, 0}, STR_INIT("A")}};
static const struct municipalities municipalities = {.at = towns, .count = 2};

static void complains_of_times(void)
{
#define TIMES(times) "{'processing_times': [{'municipality': '0710',\n'times': [" times "]}]}"
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {TIMES("{'kle': '32.*', 'days': 30}, {'kle': '*', 'working_weeks': 8}"), ""},
        {"{}", "t.json:1:1: /processing_times: expected a list of at most 1000 municipalities\n"},
        {TIMES("{'kle': '32.*'}"), "t.json:2:11: /processing_times/0/times/0: expected \"days\" or "
                                   "\"working_weeks\", and not both\n"},
        {TIMES("{'kle': '32.*', 'days': 3, 'working_weeks': 1}"),
         "t.json:2:11: /processing_times/0/times/0: expected \"days\" or \"working_weeks\", and "
         "not both\n"},
        {TIMES("{'kle': '32.*', 'days': 0}"),
         "t.json:2:35: /processing_times/0/times/0/days: expected a whole number from 1 to "
         "3650\n"},
        {TIMES("{'kle': '32', 'days': 3}"),
         "t.json:2:19: /processing_times/0/times/0/kle: " KLE_PATTERN_EXPECTED "\n"},
        {TIMES("{'kle': '32.*', 'days': 3}, {'kle': '32.*', 'days': 4}"),
         "t.json:2:47: /processing_times/0/times/1/kle: another time of this municipality has the "
         "same pattern\n"},
        {"{'processing_times': [{'municipality': '0711', 'times': []}]}",
         "t.json:1:40: /processing_times/0/municipality: there is no municipality \"0711\"\n"},
        {"{'processing_times': [{'municipality': '0710', 'times': []}, {'municipality': '0710', "
         "'times': []}]}",
         "t.json:1:22: /processing_times: the municipality 0710 comes twice\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct processing_times times;
        struct node root = config_parse(&config, cases[i].text);
        processing_times_parse(root, &municipalities, &times, config.arena, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        config_clear(&config);
    }
}

static void expects_decisions(void)
{
    static const struct {
        const char *name, *code, *kle, *created;
        enum item_status status;
        const char *expected;
    } cases[] = {
        {"days", "0710", "32.24.04", "2026-01-31T12:00:00+01:00", STATUS_OPENED, "2026-03-02"},
        {"the longest pattern", "0710", "32.24.05", "2026-01-31T12:00:00+01:00", STATUS_OPENED,
         "2026-02-10"},
        {"weeks from a Wednesday", "0710", "99.01.01", "2026-01-07T12:00:00+01:00",
         STATUS_IN_PROGRESS, "2026-01-21"},
        {"weeks from a Saturday begin on Monday", "0710", "99.01.01", "2026-01-10T12:00:00+01:00",
         STATUS_IN_PROGRESS, "2026-01-26"},
        {"weeks from a Sunday", "0710", "99.01.01", "2026-01-11T12:00:00+01:00", STATUS_CREATED,
         "2026-01-26"},
        {"weeks from a Monday", "0710", "99.01.01", "2026-01-12T12:00:00+01:00", STATUS_CREATED,
         "2026-01-26"},
        {"a leap day", "0710", "32.24.04", "2024-01-30T12:00:00+01:00", STATUS_OPENED,
         "2024-02-29"},
        {"the day is Denmark's", "0710", "32.24.05", "2025-12-31T23:30:00Z", STATUS_OPENED,
         "2026-01-11"},
        {"a decided case", "0710", "32.24.04", "2026-01-31T12:00:00+01:00", STATUS_DECIDED, NULL},
        {"a closed case", "0710", "32.24.04", "2026-01-31T12:00:00+01:00", STATUS_CLOSED, NULL},
        {"a case of unknown status", "0710", "32.24.04", "2026-01-31T12:00:00+01:00",
         STATUS_UNKNOWN, NULL},
        {"a case of unknown age", "0710", "32.24.04", NULL, STATUS_OPENED, NULL},
        {"another subject of 0751", "0751", "99.01.01", "2026-01-31T12:00:00+01:00", STATUS_OPENED,
         NULL},
        {"another municipality", "0101", "32.24.04", "2026-01-31T12:00:00+01:00", STATUS_OPENED,
         NULL},
        {"no municipality", NULL, "32.24.04", "2026-01-31T12:00:00+01:00", STATUS_OPENED, NULL},
    };
    struct config config;
    struct processing_times times;
    struct node root = config_parse(
        &config, "{'processing_times': [{'municipality': '0751', 'times': [{'kle': '32.*', "
                 "'days': 1}]}, {'municipality': '0710', 'times': [{'kle': '32.*', 'days': 30}, "
                 "{'kle': '32.24.05', 'days': 10}, {'kle': '*', 'working_weeks': 2}]}]}");
    processing_times_parse(root, &municipalities, &times, config.arena, &config.faults);
    is_str(config_faults(&config), "", "no fault");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[DATE_TEXT];
        struct item item = {
            .kind = ITEM_CASE, .kle = str_of(cases[i].kle), .status = cases[i].status};
        if (cases[i].created)
            ok(wall_parse(str_of(cases[i].created), &item.created), "a time");
        processing_time_apply(&times, str_of(cases[i].code), &item);
        struct str expected = date_format(item.decision_expected, text);
        is_bytes(expected.at, expected.len, cases[i].expected,
                 cases[i].expected ? strlen(cases[i].expected) : 0, "%s", cases[i].name);
        is_int(item.is_decision_published, cases[i].expected != NULL, "%s: published or none",
               cases[i].name);
    }
    struct item own = {.kind = ITEM_CASE,
                       .kle = STR("32.24.04"),
                       .status = STATUS_OPENED,
                       .created = wall_of_unix(1700000000),
                       .decision_expected = {2026, 1, 1}};
    processing_time_apply(&times, STR("0710"), &own);
    ok(own.decision_expected.year == 2026 && !own.is_decision_published,
       "what the source expects itself stays");
    config_clear(&config);
}

int main(void)
{
    complains_of_words();
    knows_words();
    complains_of_times();
    expects_decisions();
    return done_testing();
}
