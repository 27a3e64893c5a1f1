/* SPDX-License-Identifier: MIT */
#include "policy/document.h"
#include "tests/config.h"

/* ---- what is JSON, and where it is not ---- */

static void tells_what_is_not_json(void)
{
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{}", ""},
        {"  {'a': [1, {'b': null}]}\n", ""},
        {"", "t.json: empty\n"},
        {"{'a': 1,}", "t.json:1:9: not JSON: expected a string\n"},
        {"{\n  'a': tru\n}", "t.json:2:8: not JSON: expected true or false\n"},
        {"{'a': 1} x", "t.json:1:10: not JSON: trailing bytes\n"},
        {"{'\xc3\xa6': 'x\xff'}", "t.json:1:9: not JSON: invalid UTF-8\n"},
        {"{'a': 123456789012345678901234567890}", "t.json:1:36: not JSON: too big integer\n"},
        {"{'a': 1,\n 'b': 2,\n 'a': 3}", "t.json:3:7: /a: comes twice, first in line 1\n"},
        {"{'a': {'b': 1}, 'a': {'b': 2}}", "t.json:1:22: /a: comes twice, first in line 1\n"},
        {"[{'x': 1, 'x': 1}, {'x': 1, 'x': 1}]",
         "t.json:1:16: /0/x: comes twice, first in line 1\n"
         "t.json:1:34: /1/x: comes twice, first in line 1\n"},
        {"{'a': 1, 'a': 2, 'a': 3}", "t.json:1:15: /a: comes twice, first in line 1\n"
                                     "t.json:1:23: /a: comes twice, first in line 1\n"},
        {"{'\\u0061': 1, 'a': 2}", "t.json:1:20: /a: comes twice, first in line 1\n"},
        {"{'a~1': 1, 'a/': 2, 'a~': 3}", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        config_parse(&config, cases[i].text);
        is_str(config_faults(&config), cases[i].faults, "text %zu", i);
        config_clear(&config);
    }
}

static void has_a_ceiling(void)
{
    size_t len = 4 * 1024 * 1024 + 1;
    char *text = malloc(len + 1);
    struct config config;
    memset(text, ' ', len);
    text[0] = '1';
    text[len] = '\0';
    config_parse(&config, text);
    is_str(config_faults(&config), "t.json: larger than 4194304 bytes\n", "too large a file");
    config_clear(&config);

    text[len - 1] = '\0';
    config_parse(&config, text);
    ok(config.document && config.faults.count == 0, "one that is just small enough");
    config_clear(&config);
    free(text);
}

static void counts_faults_without_room(void)
{
    struct arena *arena = arena_new(64);
    struct faults faults;
    faults_init(&faults, arena);
    for (int i = 0; i < 100; i++)
        faults_add(&faults, STR("t.json:1:1"), "fault %d", i);
    is_int((long long)faults.count, 100, "no fault is forgotten where there is no room to tell it");
    arena_free(&arena);
}

/* ---- where values stand ---- */

static void knows_places(void)
{
    struct config config;
    struct node root = config_parse(&config, "{\n"
                                             "  'list': [1, 22,\n"
                                             "    {'\xc3\xa6\xc3\xb8': true, 'x/~y': 5}],\n"
                                             "\t'null': null\n"
                                             "}\n");
    struct faults *faults = &config.faults;
    struct node list = node_member(root, "list", faults);
    struct node object = node_element(list, 2, faults);
    const struct {
        struct node node;
        const char *where, *what;
    } cases[] = {
        {root, "t.json:1:1", "the file"},
        {list, "t.json:2:11", "a list"},
        {node_element(list, 0, faults), "t.json:2:12", "an element"},
        {node_element(list, 1, faults), "t.json:2:15", "the second"},
        {object, "t.json:3:5", "an object"},
        {node_member(object, "\xc3\xa6\xc3\xb8", faults), "t.json:3:12", "characters, not bytes"},
        {node_member(object, "x/~y", faults), "t.json:3:26", "a name with / and ~"},
        {node_member(object, "none", faults), "t.json:3:5", "an absent member: its object"},
        {node_member(node_member(root, "no", faults), "where", faults), "t.json:1:1",
         "absent below absent"},
        {node_element(list, 9, faults), "t.json:2:11", "an absent element: its list"},
        {node_member(root, "null", faults), "t.json:4:10", "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str where = node_where(cases[i].node, faults);
        is_bytes(where.at, where.len, cases[i].where, strlen(cases[i].where), "%s", cases[i].what);
    }
    ok(node_is_present(root) && !node_is_present(node_member(root, "null", faults)),
       "null is absent");
    ok(!node_is_present(node_member(list, "x", faults)), "a list has no members");
    is_int((long long)node_count(list), 3, "elements");
    is_int((long long)node_count(root), 0, "an object has no elements");
    is_int((long long)config.faults.count, 0, "asking where is no fault");
    config_clear(&config);
}

/* ---- values ---- */

enum getter { INT, BOOL, TEXT, NEEDED, TEXTS, BOTH, DATE };

static void get(enum getter getter, struct node node, struct faults *faults)
{
    size_t count;
    switch (getter) {
    case INT:
        (void)node_int(node, 7, 5, 60, faults);
        break;
    case BOOL:
        (void)node_bool(node, true, faults);
        break;
    case TEXT:
        (void)node_str(node, faults);
        break;
    case NEEDED:
        (void)node_str_needed(node, faults);
        break;
    case TEXTS:
        (void)node_strs(node, &count, faults);
        break;
    case BOTH:
        (void)node_text(node, faults);
        break;
    case DATE:
        (void)node_date(node, faults);
        break;
    }
}

static void complains_of_wrong_values(void)
{
#define NUMBER "expected a whole number from 5 to 60\n"
#define DAY    "expected a date as \"2026-11-21\"\n"
    static const struct {
        enum getter getter;
        const char *text, *faults;
    } cases[] = {
        {INT, "{'v': 5}", ""},
        {INT, "{'v': 60}", ""},
        {INT, "{}", ""},
        {INT, "{'v': null}", ""},
        {INT, "{'v': 4}", "t.json:1:7: /v: " NUMBER},
        {INT, "{'v': 61}", "t.json:1:7: /v: " NUMBER},
        {INT, "{'v': 7.0}", "t.json:1:7: /v: " NUMBER},
        {INT, "{'v': '7'}", "t.json:1:7: /v: " NUMBER},
        {INT, "{'v': true}", "t.json:1:7: /v: " NUMBER},
        {INT, "{'v': []}", "t.json:1:7: /v: " NUMBER},
        {BOOL, "{'v': false}", ""},
        {BOOL, "{'v': 0}", "t.json:1:7: /v: expected true or false\n"},
        {TEXT, "{}", ""},
        {TEXT, "{'v': 'x'}", ""},
        {TEXT, "{'v': ''}", "t.json:1:7: /v: expected a text that is not empty\n"},
        {TEXT, "{'v': 1}", "t.json:1:7: /v: expected a text that is not empty\n"},
        {NEEDED, "{}", "t.json:1:1: /v: is needed\n"},
        {NEEDED, "{'v': {}}", "t.json:1:7: /v: expected a text that is not empty\n"},
        {TEXTS, "{}", ""},
        {TEXTS, "{'v': []}", ""},
        {TEXTS, "{'v': 'x'}", "t.json:1:7: /v: expected a list of texts\n"},
        {TEXTS, "{'v': ['x', '', 2, null]}",
         "t.json:1:13: /v/1: expected a text that is not empty\n"
         "t.json:1:17: /v/2: expected a text that is not empty\n"
         "t.json:1:20: /v/3: is needed\n"},
        {BOTH, "{'v': {'da': 'a', 'en': 'b'}}", ""},
        {BOTH, "{}", "t.json:1:1: /v: is needed, in \"da\" and \"en\"\n"},
        {BOTH, "{'v': 'x'}", "t.json:1:7: /v: expected an object\n"},
        {BOTH, "{'v': {'da': 'a'}}", "t.json:1:7: /v/en: is needed\n"},
        {BOTH, "{'v': {'da': 'a', 'en': 'b', 'de': 'c'}}",
         "t.json:1:36: /v/de: is unknown; did you mean \"da\"?\n"},
        {DATE, "{'v': '2026-02-28'}", ""},
        {DATE, "{'v': '2026-02-29'}", "t.json:1:7: /v: " DAY},
        {DATE, "{'v': 20260228}", "t.json:1:7: /v: " DAY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct node root = config_parse(&config, cases[i].text);
        get(cases[i].getter, node_member(root, "v", &config.faults), &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%d of %s", cases[i].getter, cases[i].text);
        config_clear(&config);
    }
}

static void gives_values(void)
{
    struct config config;
    struct node root = config_parse(
        &config, "{'i': 9, 'b': false, 's': 'h\\u00e6', 'l': ['x', 'yy'], 'd': '2026-11-21',"
                 " 't': {'da': 'sag', 'en': 'case'}}");
    struct faults *faults = &config.faults;
    struct node none = node_member(root, "none", faults);
    size_t count = 0;

    is_int(node_int(node_member(root, "i", faults), 7, 5, 60, faults), 9, "a number");
    is_int(node_int(none, 7, 5, 60, faults), 7, "its standard");
    is_int(node_int(node_member(root, "s", faults), 7, 5, 60, faults), 7, "a wrong one's too");
    ok(!node_bool(node_member(root, "b", faults), true, faults), "a bool");
    ok(node_bool(none, true, faults), "its standard");
    struct str text = node_str(node_member(root, "s", faults), faults);
    struct str *list = node_strs(node_member(root, "l", faults), &count, faults);
    struct text both = node_text(node_member(root, "t", faults), faults);
    struct date date = node_date(node_member(root, "d", faults), faults);
    ok(!node_str(none, faults).at, "an absent text");
    document_free(&config.document);
    ok(str_equal(text, STR("h\xc3\xa6")), "a text outlives its document");
    ok(count == 2 && str_equal(list[1], STR("yy")), "so does a list");
    ok(str_equal(both.in[LANGUAGE_DA], STR("sag")) && str_equal(both.in[LANGUAGE_EN], STR("case")),
       "and both languages");
    ok(date.year == 2026 && date.month == 11 && date.day == 21, "a date");
    config_clear(&config);
}

/* ---- unknown members ---- */

static void hints_at_what_was_meant(void)
{
    static const char *const known[] = {"soft_ms", "hard_ms", "margin_ms", "da"};
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{'soft_ms': 1, 'comment': 'x', '$schema': 'y'}", ""},
        {"{'soft_m': 1}", "t.json:1:12: /soft_m: is unknown; did you mean \"soft_ms\"?\n"},
        {"{'softms': 1}", "t.json:1:12: /softms: is unknown; did you mean \"soft_ms\"?\n"},
        {"{'heard_ms': 1}", "t.json:1:14: /heard_ms: is unknown; did you mean \"hard_ms\"?\n"},
        {"{'pension': 1}", "t.json:1:13: /pension: is unknown\n"},
        {"{'soft_ms_of_all_the_sources_together_and_of_each_of_them_alone': 1}",
         "t.json:1:67: /soft_ms_of_all_the_sources_together_and_of_each_of_them_alone: is "
         "unknown\n"},
        {"{'x': null}", "t.json:1:7: /x: is unknown\n"},
        {"[]", "t.json:1:1: expected an object\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct node root = config_parse(&config, cases[i].text);
        node_only(root, known, 4, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        config_clear(&config);
    }
}

int main(void)
{
    tells_what_is_not_json();
    has_a_ceiling();
    counts_faults_without_room();
    knows_places();
    complains_of_wrong_values();
    gives_values();
    hints_at_what_was_meant();
    return done_testing();
}
