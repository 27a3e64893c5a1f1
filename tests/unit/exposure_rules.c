/* SPDX-License-Identifier: MIT */
/* What an authority's own rules show: each row is a configuration, an item and the rule that
 * decides. The built-in rules have their table in exposure.c. */
#include "policy/exposure.h"

#include "tests/config.h"

#define SUBJECT "6101709995"
#define OTHER   "7502889996"
#define TOWN    "29189714" /* 0710, whose rules the rows write */
#define UUID    "7b0f723e-84a4-4c3a-8fff-954dc4174223"
enum { NOW_S = 1800000000 }; /* 2027-01-15 */

static struct municipality towns[] = {
    {STR_INIT("0101"), STR_INIT("64942212"), STR_INIT("Københavns Kommune")},
    {STR_INIT("0710"), STR_INIT(TOWN), STR_INIT("Favrskov Kommune")},
    {STR_INIT("0751"), {NULL, 0}, STR_INIT("Aarhus Kommune")}};
static const struct municipalities municipalities = {.at = towns, .count = 3};

/* What a row says of its item: kinds have standards that an open rule shows. */
struct row {
    const char *name, *rules;          /* of 0710, between the brackets */
    const char *kle, *facet, *created; /* NULL: none */
    enum item_kind kind;
    enum item_status status;
    const char *system, *type;
    enum direction direction;
    enum sensitivity sensitivity;
    const char *cvr;  /* NULL: 0710's; "": none */
    const char *code; /* NULL: none */
    bool has_case;    /* a document or payment whose case or benefit the members above are of */
    bool is_note;
    enum sensitivity case_sensitivity;
    const char *valid_from; /* of a benefit */
    /* what is wanted */
    enum exposure_verdict verdict;
    const char *rule; /* id of the rule that decided; NULL: none */
    enum exposure_verdict would_be;
    const char *observed;
    bool keeps_title; /* asked of documents only */
};

#define OPEN(kle)   "{'id': 'r', 'kle': '" kle "'}"
#define CLOSED(kle) "{'id': 'c', 'kle': '" kle "', 'open': false}"
#define LETTERS                                                                                    \
    "{'id': 'r', 'kle': '*', 'documents': [{'direction': 'to_citizen'}, {'direction': "            \
    "'from_citizen'}]}"

static const struct row rows[] = {
    /* patterns */
    {"all subjects", OPEN("*"), "32.24.04", .rule = "r"},
    {"a main group", OPEN("32.*"), "32.24.04", .rule = "r"},
    {"a group", OPEN("32.24.*"), "32.24.04", .rule = "r"},
    {"a subject", OPEN("32.24.04"), "32.24.04", .rule = "r"},
    {"another main group", OPEN("32.*"), "33.24.04", .verdict = EXPOSURE_NOT_OPEN},
    {"another group", OPEN("32.24.*"), "32.25.04", .verdict = EXPOSURE_NOT_OPEN},
    {"another subject", OPEN("32.24.04"), "32.24.05", .verdict = EXPOSURE_NOT_OPEN},
    {"no rule at all", "", "32.24.04", .verdict = EXPOSURE_NOT_OPEN},
    {"no number, and a rule for all", OPEN("*"), NULL, .rule = "r"},
    {"no number, and a rule for some", OPEN("32.*"), NULL, .verdict = EXPOSURE_NO_KLE},
    {"a broken number, and a rule for some", OPEN("32.*"), "32.24", .verdict = EXPOSURE_NO_KLE},
    {"a broken number, and a rule for all", OPEN("*"), "32-24-04", .rule = "r"},
    {"a closed subject", CLOSED("32.24.04"), "32.24.04", .verdict = EXPOSURE_NOT_OPEN, .rule = "c"},
    {"a closed subject in an open group", OPEN("32.*") "," CLOSED("32.24.04"), "32.24.04",
     .verdict = EXPOSURE_NOT_OPEN, .rule = "c"},
    {"its neighbour", OPEN("32.*") "," CLOSED("32.24.04"), "32.24.05", .rule = "r"},
    {"an open subject in a closed group", CLOSED("32.*") "," OPEN("32.24.04"), "32.24.04",
     .rule = "r"},
    {"the order of rules is nothing", OPEN("32.24.04") "," CLOSED("32.*"), "32.24.04", .rule = "r"},
    {"its closed neighbour", CLOSED("32.*") "," OPEN("32.24.04"), "32.24.05",
     .verdict = EXPOSURE_NOT_OPEN, .rule = "c"},
    {"four patterns at once, the longest wins",
     CLOSED("*") "," OPEN("32.*") ",{'id': 'c2', 'kle': '32.24.*', 'open': false},"
                                  "{'id': 'r4', 'kle': '32.24.04'}",
     "32.24.04", .rule = "r4"},
    {"four patterns at once, the second",
     CLOSED("*") "," OPEN("32.*") ",{'id': 'c2', 'kle': '32.24.*', 'open': false},"
                                  "{'id': 'r4', 'kle': '32.24.04'}",
     "32.24.05", .verdict = EXPOSURE_NOT_OPEN, .rule = "c2"},
    {"four patterns at once, the third",
     CLOSED("*") "," OPEN("32.*") ",{'id': 'c2', 'kle': '32.24.*', 'open': false},"
                                  "{'id': 'r4', 'kle': '32.24.04'}",
     "32.25.04", .rule = "r"},
    {"four patterns at once, the last",
     CLOSED("*") "," OPEN("32.*") ",{'id': 'c2', 'kle': '32.24.*', 'open': false},"
                                  "{'id': 'r4', 'kle': '32.24.04'}",
     "33.25.04", .verdict = EXPOSURE_NOT_OPEN, .rule = "c"},
    /* facets */
    {"a facet", OPEN("32.24.04/G01"), "32.24.04", "G01", .rule = "r"},
    {"another facet", OPEN("32.24.04/G01"), "32.24.04", "G02", .verdict = EXPOSURE_NOT_OPEN},
    {"no facet, and a rule for one", OPEN("32.24.04/G01"), "32.24.04",
     .verdict = EXPOSURE_NOT_OPEN},
    {"a facet that is not ASCII", OPEN("32.24.04/Ø30"), "32.24.04", "Ø30", .rule = "r"},
    {"another that is not ASCII", OPEN("32.24.04/Å30"), "32.24.04", "Ø30",
     .verdict = EXPOSURE_NOT_OPEN},
    {"a facet of every subject", OPEN("*/Ø30"), "32.24.04", "Ø30", .rule = "r"},
    {"a facet closes", OPEN("32.24.04") "," CLOSED("32.24.04/G01"), "32.24.04", "G01",
     .verdict = EXPOSURE_NOT_OPEN, .rule = "c"},
    {"a longer number beats a facet", OPEN("32.24.04") "," CLOSED("32.*/G01"), "32.24.04", "G01",
     .rule = "r"},
    {"a facet beats the same number", CLOSED("32.*") "," OPEN("32.*/G01"), "32.24.04", "G01",
     .rule = "r"},
    {"a benefit has no facet", OPEN("32.24.04/G01"), "32.24.04", .kind = ITEM_BENEFIT,
     .verdict = EXPOSURE_NOT_OPEN},
#define FROM "{'id': 'r', 'kle': '*', 'from': '2024-03-01'}"
    /* the from-date */
    {"created on the day", FROM, "32.24.04", NULL, "2024-03-01T00:00:00+01:00", .rule = "r"},
    {"created later", FROM, "32.24.04", NULL, "2026-03-01T12:00:00+01:00", .rule = "r"},
    {"created the day before", FROM, "32.24.04", NULL, "2024-02-29T23:59:59+01:00",
     .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"the day is Denmark's: already March there", FROM, "32.24.04", NULL, "2024-02-29T23:30:00Z",
     .rule = "r"},
    {"the day is Denmark's: still February there", FROM, "32.24.04", NULL,
     "2024-03-01T00:30:00+03:00", .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"nobody knows when it was created", FROM, "32.24.04", .verdict = EXPOSURE_TOO_OLD,
     .rule = "r"},
    {"an old case that is open is old", FROM, "32.24.04", NULL, "2020-03-01T12:00:00+01:00",
     .status = STATUS_IN_PROGRESS, .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"a new case that is closed is new", FROM, "32.24.04", NULL, "2025-03-01T12:00:00+01:00",
     .status = STATUS_CLOSED, .rule = "r"},
#define ACTIVE "{'id': 'r', 'kle': '*', 'from': '2024-03-01', 'active_regardless': true}"
    {"an old active case", ACTIVE, "32.24.04", NULL, "2020-03-01T12:00:00+01:00",
     .status = STATUS_IN_PROGRESS, .rule = "r"},
    {"an old case just opened", ACTIVE, "32.24.04", NULL, "2020-03-01T12:00:00+01:00",
     .status = STATUS_OPENED, .rule = "r"},
    {"an old case that is decided, not closed", ACTIVE, "32.24.04", NULL,
     "2020-03-01T12:00:00+01:00", .status = STATUS_DECIDED, .rule = "r"},
    {"an old closed case", ACTIVE, "32.24.04", NULL, "2020-03-01T12:00:00+01:00",
     .status = STATUS_CLOSED, .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"an old rejected case", ACTIVE, "32.24.04", NULL, "2020-03-01T12:00:00+01:00",
     .status = STATUS_REJECTED, .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"an old case of which nobody knows whether it is active", ACTIVE, "32.24.04", NULL,
     "2020-03-01T12:00:00+01:00", .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"an active case of unknown age", ACTIVE, "32.24.04", .status = STATUS_OPENED, .rule = "r"},
    {"a from-date of one subject is none of another", FROM ",{'id': 'x', 'kle': '32.24.04'}",
     "32.24.04", NULL, "2020-03-01T12:00:00+01:00", .rule = "x"},
    {"an old benefit that runs", ACTIVE, "32.24.04", .kind = ITEM_BENEFIT, .status = STATUS_ACTIVE,
     .valid_from = "2020-01-01", .rule = "r"},
    {"an old benefit that has ended", ACTIVE, "32.24.04", .kind = ITEM_BENEFIT,
     .status = STATUS_INACTIVE, .valid_from = "2020-01-01", .verdict = EXPOSURE_TOO_OLD,
     .rule = "r"},
    {"a benefit's first day stands for its creation", FROM, "32.24.04", .kind = ITEM_BENEFIT,
     .valid_from = "2024-03-01", .rule = "r"},
    {"a benefit from before", FROM, "32.24.04", .kind = ITEM_BENEFIT, .valid_from = "2024-02-29",
     .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"a benefit of unknown age", FROM, "32.24.04", .kind = ITEM_BENEFIT,
     .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
#define VALID                                                                                      \
    "{'id': 'old', 'kle': '32.24.04', 'valid_to': '2021-12-31'},"                                  \
    "{'id': 'new', 'kle': '32.24.04', 'valid_from': '2022-01-01'}"
    /* validity of the number */
    {"the number's last day", VALID, "32.24.04", NULL, "2021-12-31T12:00:00+01:00", .rule = "old"},
    {"the next number's first day", VALID, "32.24.04", NULL, "2022-01-01T00:00:00+01:00",
     .rule = "new"},
    {"a number that ended, on a later case",
     "{'id': 'r', 'kle': '32.24.04', 'valid_to': "
     "'2021-12-31'}",
     "32.24.04", NULL, "2022-01-01T12:00:00+01:00", .verdict = EXPOSURE_NOT_OPEN},
    {"a number that has not begun", "{'id': 'r', 'kle': '32.24.04', 'valid_from': '2022-01-01'}",
     "32.24.04", NULL, "2021-12-31T12:00:00+01:00", .verdict = EXPOSURE_NOT_OPEN},
    {"out of its time, a shorter pattern counts",
     "{'id': 'r', 'kle': '32.24.04', 'valid_to': '2021-12-31'}," CLOSED("32.*"), "32.24.04", NULL,
     "2022-01-01T12:00:00+01:00", .verdict = EXPOSURE_NOT_OPEN, .rule = "c"},
    {"a case of unknown age is judged by today", VALID, "32.24.04", .rule = "new"},
#define SYSTEMS "{'id': 'r', 'kle': '*', 'systems': ['" UUID "', 'KMD Aktiv']}"
    /* sending systems */
    {"a system by its UUID", SYSTEMS, "32.24.04", .system = UUID, .rule = "r"},
    {"a system by its name", SYSTEMS, "32.24.04", .system = "KMD Aktiv", .rule = "r"},
    {"a system, written otherwise", SYSTEMS, "32.24.04",
     .system = "7B0F723E-84A4-4C3A-8FFF-954DC4174223", .rule = "r"},
    {"another system", SYSTEMS, "32.24.04", .system = "KMD Nova", .verdict = EXPOSURE_SYSTEM,
     .rule = "r"},
    {"the beginning of a system's name", SYSTEMS, "32.24.04", .system = "KMD",
     .verdict = EXPOSURE_SYSTEM, .rule = "r"},
    {"no system told", SYSTEMS, "32.24.04", .verdict = EXPOSURE_SYSTEM, .rule = "r"},
    {"a benefit's system", SYSTEMS, "32.24.04", .kind = ITEM_BENEFIT, .system = UUID, .rule = "r"},
    {"another benefit's system", SYSTEMS, "32.24.04", .kind = ITEM_BENEFIT, .system = "x",
     .verdict = EXPOSURE_SYSTEM, .rule = "r"},
    {"a system of one subject", SYSTEMS ",{'id': 'x', 'kle': '32.*', 'systems': ['KMD Nova']}",
     "32.24.04", .system = "KMD Nova", .rule = "x"},
    {"a system of all, not of this subject",
     SYSTEMS ",{'id': 'x', 'kle': '32.*', 'systems': ['KMD Nova']}", "32.24.04", .system = UUID,
     .verdict = EXPOSURE_SYSTEM, .rule = "x"},
    /* sensitivity */
    {"sensitive, as is standard", OPEN("*"), "32.24.04", .sensitivity = SENSITIVITY_SENSITIVE,
     .rule = "r"},
    {"sensitive where only confidential shows",
     "{'id': 'r', 'kle': '*', 'sensitivity': 'confidential'}", "32.24.04",
     .sensitivity = SENSITIVITY_SENSITIVE, .verdict = EXPOSURE_SENSITIVITY, .rule = "r"},
    {"confidential where confidential shows",
     "{'id': 'r', 'kle': '*', 'sensitivity': 'confidential'}", "32.24.04",
     .sensitivity = SENSITIVITY_CONFIDENTIAL, .rule = "r"},
    {"confidential where only ordinary shows", "{'id': 'r', 'kle': '*', 'sensitivity': 'ordinary'}",
     "32.24.04", .sensitivity = SENSITIVITY_CONFIDENTIAL, .verdict = EXPOSURE_SENSITIVITY,
     .rule = "r"},
    {"ordinary where ordinary shows", "{'id': 'r', 'kle': '*', 'sensitivity': 'ordinary'}",
     "32.24.04", .sensitivity = SENSITIVITY_ORDINARY, .rule = "r"},
    {"of unknown sensitivity", "{'id': 'r', 'kle': '*', 'sensitivity': 'ordinary'}", "32.24.04",
     .rule = "r"},
    {"VIP stays hidden, whatever is opened", OPEN("*"), "32.24.04", .sensitivity = SENSITIVITY_VIP,
     .verdict = EXPOSURE_SENSITIVITY},
    /* letters */
    {"a letter where letters are open", LETTERS, "32.24.04", .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .has_case = true, .rule = "r", .keeps_title = true},
    {"a letter from the citizen", LETTERS, "32.24.04", .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_FROM_CITIZEN, .has_case = true, .rule = "r", .keeps_title = true},
    {"a letter where none are", OPEN("*"), "32.24.04", .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .has_case = true, .verdict = EXPOSURE_DOCUMENT,
     .rule = "r"},
    {"a letter of the other direction",
     "{'id': 'r', 'kle': '*', 'documents': [{'direction': 'to_citizen'}]}", "32.24.04",
     .kind = ITEM_DOCUMENT, .direction = DIRECTION_FROM_CITIZEN, .has_case = true,
     .verdict = EXPOSURE_DOCUMENT, .rule = "r"},
    {"a letter of the open direction",
     "{'id': 'r', 'kle': '*', 'documents': [{'direction': 'from_citizen'}]}", "32.24.04",
     .kind = ITEM_DOCUMENT, .direction = DIRECTION_FROM_CITIZEN, .has_case = true, .rule = "r",
     .keeps_title = true},
#define TYPES                                                                                      \
    "{'id': 'r', 'kle': '*', 'documents': [{'direction': 'to_citizen', 'types': ['Afgørelse', "   \
    "'Brev, udgaaende']}]}"
    {"a letter of an open type", TYPES, "32.24.04", .kind = ITEM_DOCUMENT, .type = "Afgørelse",
     .direction = DIRECTION_TO_CITIZEN, .has_case = true, .rule = "r", .keeps_title = true},
    {"a letter of another type", TYPES, "32.24.04", .kind = ITEM_DOCUMENT, .type = "Notat",
     .direction = DIRECTION_TO_CITIZEN, .has_case = true, .verdict = EXPOSURE_DOCUMENT,
     .rule = "r"},
    {"a letter of no type", TYPES, "32.24.04", .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .has_case = true, .verdict = EXPOSURE_DOCUMENT,
     .rule = "r"},
    {"an internal note, whatever is opened", LETTERS, "32.24.04", .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_OTHER, .has_case = true, .verdict = EXPOSURE_DIRECTION},
    {"a letter to another authority named as a type",
     "{'id': 'r', 'kle': '*', 'documents': [{'direction': 'to_citizen', 'types': ['Høring']}]}",
     "32.24.04", .kind = ITEM_DOCUMENT, .type = "Høring", .direction = DIRECTION_OTHER,
     .has_case = true, .verdict = EXPOSURE_DIRECTION},
    {"a document of unknown direction", LETTERS, "32.24.04", .kind = ITEM_DOCUMENT,
     .has_case = true, .verdict = EXPOSURE_DIRECTION},
    {"a confidential letter loses its title", LETTERS, "32.24.04", .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .sensitivity = SENSITIVITY_CONFIDENTIAL, .has_case = true,
     .rule = "r"},
    {"a sensitive letter of a rule for ordinary ones",
     "{'id': 'r', 'kle': '*', 'sensitivity': 'ordinary', 'documents': [{'direction': "
     "'to_citizen'}]}",
     "32.24.04", .kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN,
     .sensitivity = SENSITIVITY_SENSITIVE, .has_case = true, .verdict = EXPOSURE_SENSITIVITY,
     .rule = "r"},
    {"an ordinary letter of a sensitive case that is not shown",
     "{'id': 'r', 'kle': '*', 'sensitivity': 'ordinary', 'documents': [{'direction': "
     "'to_citizen'}]}",
     "32.24.04", .kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN,
     .sensitivity = SENSITIVITY_ORDINARY, .case_sensitivity = SENSITIVITY_SENSITIVE,
     .has_case = true, .verdict = EXPOSURE_SENSITIVITY, .rule = "r"},
    {"a letter of a VIP case", LETTERS, "32.24.04", .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .case_sensitivity = SENSITIVITY_VIP, .has_case = true,
     .verdict = EXPOSURE_SENSITIVITY},
    {"a letter of a case that is closed to all", CLOSED("*"), "32.24.04", .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .has_case = true, .verdict = EXPOSURE_NOT_OPEN,
     .rule = "c"},
    {"a letter of a case that no rule names", OPEN("33.*"), "32.24.04", .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .has_case = true, .verdict = EXPOSURE_NOT_OPEN},
    {"a letter of a case without number", OPEN("33.*"), NULL, .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .has_case = true, .verdict = EXPOSURE_NO_KLE},
#define OLD_LETTERS                                                                                \
    "{'id': 'r', 'kle': '*', 'from': '2024-03-01', 'documents': [{'direction': 'to_citizen'}]}"
    {"a letter of an old case", OLD_LETTERS, "32.24.04", NULL, "2020-03-01T12:00:00+01:00",
     .kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN, .has_case = true,
     .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"a letter of a new case", OLD_LETTERS, "32.24.04", NULL, "2025-03-01T12:00:00+01:00",
     .kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN, .has_case = true, .rule = "r",
     .keeps_title = true},
    {"a letter of a case that is not there", OLD_LETTERS, NULL, .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"a letter of no case, where all shows", LETTERS, NULL, .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .rule = "r", .keeps_title = true},
    {"a letter of no case, where some shows", OPEN("32.*"), NULL, .kind = ITEM_DOCUMENT,
     .direction = DIRECTION_TO_CITIZEN, .verdict = EXPOSURE_NO_KLE},
    {"letters of one subject only", LETTERS ",{'id': 'x', 'kle': '32.24.04'}", "32.24.04",
     .kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN, .has_case = true,
     .verdict = EXPOSURE_DOCUMENT, .rule = "x"},
    {"a letter of another system than is shown",
     "{'id': 'r', 'kle': '*', 'systems': ['a'], 'documents': [{'direction': 'to_citizen'}]}",
     "32.24.04", .kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN, .system = "b",
     .has_case = true, .verdict = EXPOSURE_SYSTEM, .rule = "r"},
    /* journal notes */
    {"a journal note", LETTERS, "32.24.04", .kind = ITEM_DOCUMENT, .direction = DIRECTION_OTHER,
     .is_note = true, .has_case = true, .verdict = EXPOSURE_JOURNAL_NOTE, .rule = "r"},
    {"a journal note where they are open", "{'id': 'r', 'kle': '*', 'journal_notes': true}",
     "32.24.04", .kind = ITEM_DOCUMENT, .direction = DIRECTION_OTHER, .is_note = true,
     .has_case = true, .rule = "r", .keeps_title = true},
    {"a letter where only notes are open", "{'id': 'r', 'kle': '*', 'journal_notes': true}",
     "32.24.04", .kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN, .has_case = true,
     .verdict = EXPOSURE_DOCUMENT, .rule = "r"},
    {"a note of a case that is too old",
     "{'id': 'r', 'kle': '*', 'from': '2024-03-01', 'journal_notes': true}", "32.24.04", NULL,
     "2020-03-01T12:00:00+01:00", .kind = ITEM_DOCUMENT, .direction = DIRECTION_OTHER,
     .is_note = true, .has_case = true, .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"a sensitive note has no title", "{'id': 'r', 'kle': '*', 'journal_notes': true}", "32.24.04",
     .kind = ITEM_DOCUMENT, .direction = DIRECTION_OTHER, .sensitivity = SENSITIVITY_SENSITIVE,
     .is_note = true, .has_case = true, .rule = "r"},
    {"notes of one subject only", OPEN("*") ",{'id': 'x', 'kle': '32.*', 'journal_notes': true}",
     "33.24.04", .kind = ITEM_DOCUMENT, .direction = DIRECTION_OTHER, .is_note = true,
     .has_case = true, .verdict = EXPOSURE_JOURNAL_NOTE, .rule = "r"},
    /* payments and benefits */
    {"a payment of an open benefit", OPEN("32.24.04"), "32.24.04", .kind = ITEM_PAYMENT,
     .has_case = true, .rule = "r"},
    {"a payment of a closed benefit", CLOSED("32.24.04"), "32.24.04", .kind = ITEM_PAYMENT,
     .has_case = true, .verdict = EXPOSURE_NOT_OPEN, .rule = "c"},
    {"a payment of a benefit that is too old", FROM, "32.24.04", .kind = ITEM_PAYMENT,
     .has_case = true, .valid_from = "2020-01-01", .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"a payment of a benefit that is new", FROM, "32.24.04", .kind = ITEM_PAYMENT, .has_case = true,
     .valid_from = "2025-01-01", .rule = "r"},
    {"a payment of nothing, where all shows", OPEN("*"), NULL, .kind = ITEM_PAYMENT, .rule = "r"},
    {"a payment of nothing, where some shows", OPEN("32.*"), NULL, .kind = ITEM_PAYMENT,
     .verdict = EXPOSURE_NO_KLE},
    {"a payment of nothing, from a date", FROM, NULL, .kind = ITEM_PAYMENT,
     .verdict = EXPOSURE_TOO_OLD, .rule = "r"},
    {"a payment's own sensitivity", "{'id': 'r', 'kle': '*', 'sensitivity': 'ordinary'}",
     "32.24.04", .kind = ITEM_PAYMENT, .sensitivity = SENSITIVITY_SENSITIVE, .has_case = true,
     .verdict = EXPOSURE_SENSITIVITY, .rule = "r"},
    {"a benefit by its number", OPEN("32.24.04"), "32.24.04", .kind = ITEM_BENEFIT, .rule = "r"},
    {"the grant's other benefit", OPEN("32.24.04"), "99.32.02", .kind = ITEM_BENEFIT,
     .verdict = EXPOSURE_NOT_OPEN},
    /* kinds that have no number */
    {"a credential", "", NULL, .kind = ITEM_CREDENTIAL},
    {"a service", "", NULL, .kind = ITEM_SERVICE},
    {"an appointment", "", NULL, .kind = ITEM_APPOINTMENT},
    /* whose rules count */
    {"an authority without rules has the default", OPEN("32.24.04"), "99.99.99", .cvr = "64942212",
     .rule = "d"},
    {"the default says what it does not show", OPEN("*"), "77.01.01", .cvr = "64942212",
     .verdict = EXPOSURE_NOT_OPEN, .rule = "d77"},
    {"the default is none of ours", OPEN("32.*"), "99.99.99", .verdict = EXPOSURE_NOT_OPEN},
    {"ours by its code", OPEN("32.*"), "99.99.99", .cvr = "", .code = "0710",
     .verdict = EXPOSURE_NOT_OPEN},
    {"ours by its CVR number, whatever the code", OPEN("32.*"), "99.99.99", .code = "0101",
     .verdict = EXPOSURE_NOT_OPEN},
    {"an authority that nobody knows", OPEN("32.*"), "99.99.99", .cvr = "", .rule = "d"},
    {"a municipality without CVR number, by its code", OPEN("32.*"), "55.01.01", .cvr = "",
     .code = "0751", .rule = "aarhus"},
    {"the state's authorities, by CVR number", OPEN("32.*"), "66.01.01", .cvr = "33236072",
     .verdict = EXPOSURE_NOT_OPEN, .rule = "udk"},
    /* modes */
    {"a rule that is off is not there", "{'id': 'r', 'kle': '*', 'mode': 'off'}", "32.24.04",
     .rule = "d"},
    {"beside one that is on", "{'id': 'o', 'kle': '32.*', 'mode': 'off', 'open': false}," OPEN("*"),
     "32.24.04", .rule = "r"},
    {"a rule that is observed is not followed",
     "{'id': 'o', 'kle': '32.*', 'mode': 'observe', 'open': false}," OPEN("*"), "32.24.04",
     .rule = "r", .would_be = EXPOSURE_NOT_OPEN, .observed = "o"},
    {"an observed rule that would show",
     "{'id': 'o', 'kle': '32.*', 'mode': 'observe'}," CLOSED("*"), "32.24.04",
     .verdict = EXPOSURE_NOT_OPEN, .rule = "c", .would_be = EXPOSURE_SHOWN, .observed = "o"},
    {"an observed rule of another subject",
     "{'id': 'o', 'kle': '32.*', 'mode': 'observe', 'open': false}," OPEN("*"), "33.24.04",
     .rule = "r"},
    {"an observed rule beside one of the same pattern",
     "{'id': 'o', 'kle': '32.*', 'mode': 'observe', 'from': '2024-03-01'}," OPEN("32.*"),
     "32.24.04", NULL, "2020-03-01T12:00:00+01:00", .rule = "r", .would_be = EXPOSURE_TOO_OLD,
     .observed = "o"},
    {"a longer rule that is followed beats an observed one",
     "{'id': 'o', 'kle': '32.*', 'mode': 'observe', 'open': false}," OPEN("32.24.04"), "32.24.04",
     .rule = "r"},
    {"where all is observed the default is followed",
     "{'id': 'o', 'kle': '32.*', 'mode': 'observe'}", "32.24.04", .rule = "d",
     .would_be = EXPOSURE_SHOWN, .observed = "o"},
    {"… and what it leaves out would be withheld", "{'id': 'o', 'kle': '32.*', 'mode': 'observe'}",
     "33.24.04", .rule = "d", .would_be = EXPOSURE_NOT_OPEN},
    {"an observed rule on letters", "{'id': 'o', 'kle': '32.*', 'mode': 'observe'}," LETTERS,
     "32.24.04", .kind = ITEM_DOCUMENT, .direction = DIRECTION_TO_CITIZEN, .has_case = true,
     .rule = "r", .keeps_title = true, .would_be = EXPOSURE_DOCUMENT, .observed = "o"},
    {"an observed rule cannot lift what is built in", "{'id': 'o', 'kle': '*', 'mode': 'observe'}",
     "32.24.04", .sensitivity = SENSITIVITY_VIP, .verdict = EXPOSURE_SENSITIVITY},
    {"what is followed is said", "{'id': 'r', 'kle': '*', 'mode': 'enforce'}", "32.24.04",
     .rule = "r"},
};

/* The default and other authorities' rules, the same for all rows. */
#define FRAME                                                                                      \
    "{'default': {'rules': [{'id': 'd', 'kle': '*', 'documents': [{'direction': 'to_citizen'}]}, " \
    "{'id': 'd77', 'kle': '77.*', 'open': false}]}, 'authorities': [{'municipality': '0710', "     \
    "'rules': [%s]}, {'municipality': '0751', 'rules': [{'id': 'aarhus', 'kle': '55.*'}]}, "       \
    "{'cvr': '33236072', 'rules': [{'id': 'udk', 'kle': '66.*', 'open': false}]}]}"

static void parse(struct config *config, const char *text, struct exposure *exposure)
{
    struct node root = config_parse(config, text);
    exposure_parse(root, &municipalities, exposure, config->arena, &config->faults);
}

static const char *id_of(const struct exposure_rule *rule)
{
    return rule ? rule->id.at : NULL;
}

static struct wall time_of(const char *text)
{
    struct wall wall = WALL_NONE;
    if (text)
        ok(wall_parse(str_of(text), &wall), "%s is a time", text);
    return wall;
}

static struct item item_of(const struct row *row, struct party *party)
{
    struct item item = {.kind = row->kind,
                        .title = STR("Titel"),
                        .status = row->status,
                        .kle = str_of(row->kle),
                        .facet = str_of(row->facet),
                        .created = time_of(row->created),
                        .sending_system = str_of(row->system),
                        .sensitivity = row->sensitivity,
                        .type = str_of(row->type),
                        .direction = row->direction,
                        .is_journal_note = row->is_note,
                        .parties = party};
    item.authority.cvr = row->cvr ? str_of(row->cvr) : STR(TOWN);
    item.authority.code = str_of(row->code);
    if (row->valid_from)
        ok(date_parse(str_of(row->valid_from), &item.valid_from), "a date");
    return item;
}

static void judge(const struct row *row)
{
    static char text[8192];
    const struct cpr subject = {SUBJECT};
    const struct exposure_view view = {
        .subject = &subject, .parties_needed = true, .now = wall_of_unix(NOW_S)};
    struct party party = {.role = PARTY_PRIMARY, .cpr = subject};
    struct exposure exposure = {0};
    struct config config;

    snprintf(text, sizeof text, FRAME, row->rules);
    parse(&config, text, &exposure);
    is_str(config_faults(&config), "", "%s: no fault", row->name);

    struct item item = item_of(row, &party), owner = item;
    struct item_owner owners = {&owner, NULL};
    if (row->has_case) {
        owner.kind = row->kind == ITEM_PAYMENT ? ITEM_BENEFIT : ITEM_CASE;
        owner.direction = DIRECTION_UNKNOWN;
        owner.is_journal_note = false;
        owner.sensitivity = row->case_sensitivity;
        item.owners = &owners;
        item.created = WALL_NONE;
        item.kle = item.facet = STR_NONE;
    }
    struct exposure_finding finding = exposure_judge(&exposure, &view, &item);
    enum exposure_verdict would_be = row->observed || row->would_be ? row->would_be : row->verdict;
    is_str(exposure_code(finding.verdict).at, exposure_code(row->verdict).at, "%s", row->name);
    is_str(id_of(finding.rule), row->rule, "%s: by which rule", row->name);
    is_str(exposure_code(finding.would_be).at, exposure_code(would_be).at, "%s: would be",
           row->name);
    is_str(id_of(finding.observed), row->observed, "%s: by an observed rule", row->name);
    if (row->kind == ITEM_DOCUMENT && finding.verdict == EXPOSURE_SHOWN)
        is_int(item.title.at != NULL, row->keeps_title, "%s: the title", row->name);
    config_clear(&config);
}

/* A payment of two benefits, one of them closed. */
static void needs_every_owner(void)
{
    const struct cpr subject = {SUBJECT};
    const struct exposure_view view = {
        .subject = &subject, .parties_needed = true, .now = wall_of_unix(NOW_S)};
    struct party party = {.role = PARTY_PRIMARY, .cpr = subject};
    struct party stranger = {.role = PARTY_PRIMARY, .cpr = {OTHER}};
    struct item open = {.kind = ITEM_BENEFIT, .kle = STR("32.24.04"), .parties = &party};
    struct item closed = {.kind = ITEM_BENEFIT, .kle = STR("33.24.04"), .parties = &party};
    struct item elsewhere = {.kind = ITEM_BENEFIT, .kle = STR("32.24.04"), .parties = &party};
    struct item foreign = {.kind = ITEM_BENEFIT, .kle = STR("32.24.04"), .parties = &stranger};
    struct exposure exposure = {0};
    elsewhere.authority.cvr = STR(TOWN);
    struct config config;
    parse(&config,
          "{'default': {'rules': [{'kle': '32.*'}]}, 'authorities': [{'municipality': "
          "'0710', 'rules': []}]}",
          &exposure);
    const struct {
        const char *name;
        const struct item *first, *second;
        enum exposure_verdict verdict;
    } cases[] = {
        {"two open benefits", &open, &open, EXPOSURE_SHOWN},
        {"the first is closed", &closed, &open, EXPOSURE_NOT_OPEN},
        {"the second is closed", &open, &closed, EXPOSURE_NOT_OPEN},
        {"the second is somebody else's", &open, &foreign, EXPOSURE_NO_PROOF},
        {"the second is another authority's, which shows nothing", &open, &elsewhere,
         EXPOSURE_NOT_OPEN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct item payment = {.kind = ITEM_PAYMENT, .parties = &party};
        ok(item_own(&payment, cases[i].second, config.arena) &&
               item_own(&payment, cases[i].first, config.arena),
           "a payment of two benefits");
        is_str(exposure_code(exposure_judge(&exposure, &view, &payment).verdict).at,
               exposure_code(cases[i].verdict).at, "%s", cases[i].name);
    }
    config_clear(&config);
}

/* ---- addresses ---- */

static void protects_addresses(void)
{
    static const struct {
        const char *setting;
        bool is_known, is_marked, is_on_behalf, hides;
    } cases[] = {
        {"known", false, false, false, false},   {"known", true, false, false, true},
        {"known", false, true, false, true},     {"known", false, false, true, false},
        {"on_behalf", false, false, true, true}, {"on_behalf", false, false, false, false},
        {"on_behalf", true, false, false, true}, {"always", false, false, false, true},
    };
    const struct cpr subject = {SUBJECT};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        struct config config;
        struct exposure exposure = {0};
        struct contact site = {.type = CONTACT_WEBSITE};
        struct contact phone = {.type = CONTACT_PHONE, .next = &site};
        struct contact post = {.type = CONTACT_DIGITAL_POST, .next = &phone};
        struct item item = {.kind = ITEM_APPOINTMENT,
                            .place = STR("Rådhuset"),
                            .contacts = &post,
                            .has_protected_address = cases[i].is_marked};
        const struct exposure_view view = {.subject = &subject,
                                           .now = wall_of_unix(NOW_S),
                                           .is_on_behalf = cases[i].is_on_behalf,
                                           .is_address_protected = cases[i].is_known};
        snprintf(text, sizeof text, "{'address_protection': '%s', 'default': {'rules': []}}",
                 cases[i].setting);
        parse(&config, text, &exposure);
        is_int(exposure_judge(&exposure, &view, &item).verdict, EXPOSURE_SHOWN, "it shows");
        is_int(!item.place.at, cases[i].hides, "address protection %zu: the place", i);
        ok(item.contacts == &post && post.next == (cases[i].hides ? &site : &phone),
           "address protection %zu: the telephone", i);
        config_clear(&config);
    }
    ok(exposure_is_protected_name(STR("NAVNE & ADRESSEBESKYTTET")) &&
           exposure_is_protected_name(STR("Navne- og adressebeskyttet")),
       "MitID's name for people whose address is protected");
    ok(!exposure_is_protected_name(STR("Anna Testesen")) && !exposure_is_protected_name(STR_NONE),
       "other names");
}

/* ---- who is asked for notes ---- */

static void asks_for_notes(void)
{
    static const struct {
        const char *rules;
        bool ours, others;
    } cases[] = {
        {"{'kle': '*', 'journal_notes': true}", true, false},
        {"{'kle': '32.24.04', 'journal_notes': true}, {'kle': '*'}", true, false},
        {"{'kle': '*'}", false, false},
        {"{'kle': '*', 'journal_notes': true, 'mode': 'observe'}, {'kle': '32.*'}", false, false},
        {"{'kle': '*', 'journal_notes': true, 'mode': 'off'}", false, false},
        {"", false, false},
    };
    const struct authority ours = {.cvr = STR(TOWN)}, others = {.cvr = STR("64942212")};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[2048];
        struct config config;
        struct exposure exposure = {0};
        snprintf(text, sizeof text, FRAME, cases[i].rules);
        parse(&config, text, &exposure);
        is_int(exposure_wants_notes(&exposure, &ours), cases[i].ours, "notes %zu: ours", i);
        is_int(exposure_wants_notes(&exposure, &others), cases[i].others, "notes %zu: others", i);
        config_clear(&config);
    }
    const struct exposure built_in = {0};
    ok(!exposure_wants_notes(&built_in, &ours), "the built-in rules ask for none");
}

/* ---- faults ---- */

static void complains(void)
{
#define RULE(members)                                                                              \
    "{'default': {'rules': []}, 'authorities': [{'municipality': '0710',\n'rules': [" members "]}]}"
#define AT(column, pointer) "t.json:2:" column ": /authorities/0/rules/" pointer ": "
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {RULE("{'kle': '32.24.*'}"), ""},
        {RULE("{'kle': '32.24'}"), AT("19", "0/kle") KLE_PATTERN_EXPECTED "\n"},
        {RULE("{}"), AT("11", "0/kle") "is needed\n"},
        {RULE("{'kle': '*', 'mode': 'on'}"),
         AT("32", "0/mode") "expected off, observe or enforce\n"},
        {RULE("{'kle': '*', 'title': 'case'}"), AT("33", "0/title") "expected source or kle\n"},
        {RULE("{'kle': '*', 'sensitivity': 'vip'}"),
         AT("39", "0/sensitivity") "expected ordinary, confidential or sensitive\n"},
        {RULE("{'kle': '*', 'form': '2020-01-01'}"),
         AT("32", "0/form") "is unknown; did you mean \"from\"?\n"},
        {RULE("{'kle': '*', 'from': '1/1-2020'}"),
         AT("32", "0/from") "expected a date as \"2026-11-21\"\n"},
        {RULE("{'kle': '*', 'valid_from': '2020-01-01', 'valid_to': '2019-12-31'}"),
         AT("64", "0/valid_to") "ends before it begins\n"},
        {RULE("{'kle': '*', 'systems': []}"),
         AT("35", "0/systems") "is an empty list, which means nothing; leave it out for all\n"},
        {RULE("{'kle': '*', 'active_regardless': true}"),
         AT("45", "0/active_regardless") "means something only beside \"from\"\n"},
        {RULE("{'kle': '*', 'open': false, 'from': '2020-01-01'}"),
         AT("47", "0/from") "means nothing in a rule that is closed\n"},
        {RULE("{'kle': '*', 'documents': true}"),
         AT("37", "0/documents") "expected a list of letters, one for each direction\n"},
        {RULE("{'kle': '*', 'documents': [{'direction': 'other'}]}"),
         AT("52", "0/documents/0/direction") "expected to_citizen or from_citizen\n"},
        {RULE("{'kle': '*', 'documents': [{}]}"),
         AT("38", "0/documents/0/direction") "is needed\n"},
        {RULE("{'kle': '*', 'documents': [{'direction': 'to_citizen'}, {'direction': "
              "'to_citizen'}]}"),
         AT("81", "0/documents/1/direction") "this direction comes twice\n"},
        /* ties */
        {RULE("{'kle': '32.*'},\n{'kle': '32.*', 'open': false}"),
         "t.json:3:9: /authorities/0/rules/1/kle: ties with the rule at t.json:2:11: both name "
         "32.*, and neither is longer\n"},
        {RULE("{'kle': '32.*/G01'}, {'kle': '32.*'}"), ""},
        {RULE("{'kle': '32.*'}, {'kle': '32.*', 'mode': 'observe'}"), ""},
        {RULE("{'kle': '32.*'}, {'kle': '32.*', 'mode': 'off'}"), ""},
        {RULE("{'kle': '32.*', 'valid_to': '2020-12-31'}, {'kle': '32.*', 'valid_from': "
              "'2021-01-01'}"),
         ""},
        {RULE("{'kle': '32.*', 'valid_to': '2021-01-01'},\n{'kle': '32.*', 'valid_from': "
              "'2021-01-01'}"),
         "t.json:3:9: /authorities/0/rules/1/kle: ties with the rule at t.json:2:11: both name "
         "32.*, and neither is longer\n"},
        /* whose they are */
        {"{'default': {'rules': []}, 'authorities': [{'municipality': '0711', 'rules': []}]}",
         "t.json:1:61: /authorities/0/municipality: there is no municipality \"0711\"\n"},
        {"{'default': {'rules': []}, 'authorities': [{'cvr': '1234', 'rules': []}]}",
         "t.json:1:52: /authorities/0/cvr: expected eight digits\n"},
        {"{'default': {'rules': []}, 'authorities': [{'rules': []}]}",
         "t.json:1:44: /authorities/0: expected \"municipality\" (its code) or \"cvr\", and not "
         "both\n"},
        {"{'default': {'rules': []}, 'authorities': [{'municipality': '0710', 'rules': []},\n"
         "{'cvr': '29189714', 'rules': []}]}",
         "t.json:2:1: /authorities/1: is the second entry of this authority; the first is at "
         "/authorities/0\n"},
        {"{'default': {}}",
         "t.json:1:13: /default/rules: expected a list of rules; an empty one shows nothing\n"},
        {"{'default': {'rules': []}, 'authorities': {}}",
         "t.json:1:43: /authorities: expected a list of at most 1000 authorities\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct exposure exposure = {0};
        parse(&config, cases[i].text, &exposure);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        config_clear(&config);
    }
}

static void names_rules(void)
{
    struct config config;
    struct exposure exposure = {0};
    parse(&config,
          "{'default': {'rules': [{'kle': '32.*'},\n"
          " {'id': 'mine', 'kle': '33.*'}]}}",
          &exposure);
    const struct exposure_rule *rule = exposure.sets.standard->rules;
    is_str(exposure_rule_name(&rule[0]).at, "t.json:1:24", "a rule by its place");
    is_str(exposure_rule_name(&rule[1]).at, "mine", "a rule by its name");
    is_str(rule[1].where.at, "t.json:2:2", "whose place is known too");
    config_clear(&config);
}

/* What a municipality hands in stands in place of what the file says of it, and of nobody else. */
static void takes_own_rules(void)
{
    static const struct {
        const char *text, *fault;
    } rows_own[] = {
        {"{'rules': [{'id': 'own', 'kle': '32.*'}]}", ""},
        {"{'municipality': '0710', 'rules': [], 'links': []}", ""},
        {"{'municipality': '0101', 'rules': []}",
         "t.json:1:18: /municipality: is not yours: these are the rules of 0710\n"},
        {"{'cvr': '64942212', 'rules': []}", "t.json:1:2: /cvr: is unknown\n"},
        {"{}", "t.json:1:1: /rules: expected a list of rules; an empty one shows nothing\n"},
    };
    for (size_t i = 0; i < sizeof rows_own / sizeof *rows_own; i++) {
        struct config file, document;
        struct exposure exposure = {0};
        char text[2048];
        snprintf(text, sizeof text, FRAME, "{'id': 'file', 'kle': '*'}");
        parse(&file, text, &exposure);
        const struct exposure_own own = {&towns[1], config_parse(&document, rows_own[i].text)};
        exposure_sets_own(&exposure.sets, &own, 1, file.arena, &document.faults);
        if (rows_own[i].fault[0] && strstr(rows_own[i].fault, "unknown"))
            ok(strstr(config_faults(&document), "/cvr: is unknown"), "own %zu: another's", i);
        else
            is_str(config_faults(&document), rows_own[i].fault, "own %zu", i);
        const struct exposure_set *set = exposure_set_find(&exposure.sets, STR(TOWN), STR("0710"));
        is_int((long long)exposure.sets.count, 3, "own %zu: nobody is added", i);
        ok(set && (set->rule_count == 0 || strcmp(id_of(set->rules), "own") == 0),
           "own %zu: in place of the file's", i);
        set = exposure_set_find(&exposure.sets, STR_NONE, STR("0751"));
        is_str(set ? id_of(set->rules) : NULL, "aarhus", "own %zu: others keep theirs", i);
        set = exposure_set_find(&exposure.sets, STR("33236072"), STR_NONE);
        is_str(set ? id_of(set->rules) : NULL, "udk", "own %zu: by number too", i);
        config_clear(&document);
        config_clear(&file);
    }
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        judge(&rows[i]);
    needs_every_owner();
    protects_addresses();
    asks_for_notes();
    complains();
    names_rules();
    takes_own_rules();
    return done_testing();
}
