/* SPDX-License-Identifier: MIT */
#include "policy/test_citizen.h"

#include "tests/config.h"

static void reads_a_list(void)
{
    struct config config;
    struct test_citizens list;
    struct node root = config_parse(
        &config, "{'test_citizens': [{'id': 'jens', 'cpr': '610170-9995', 'name': 'Jens'},"
                 "{'id': 'clara', 'cpr': '7502889996', 'name': 'Clara', 'comment': 'x'}]}");
    test_citizens_parse(root, &list, &config.faults);
    is_str(config_faults(&config), "", "no fault");
    is_int((long long)list.count, 2, "two");
    const struct test_citizen *jens = test_citizen_find(&list, STR("jens"));
    ok(jens && str_equal(cpr_str(&jens->cpr), STR("6101709995")) &&
           str_equal(jens->name, STR("Jens")),
       "found by id");
    ok(!test_citizen_find(&list, STR("jen")) && !test_citizen_find(&list, STR("")), "nobody else");
    config_clear(&config);
}

static void complains(void)
{
#define NUMBER "expected a replacement number: ten digits, of which the day is 61 to 91\n"
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{}", ""},
        {"{'test_citizens': []}", ""},
        {"{'test_citizens': {}}", "t.json:1:19: /test_citizens: expected a list\n"},
        {"{'test_citizens': [{'id': 'a', 'cpr': '010170"
         "9995', 'name': 'A'}]}",
         "t.json:1:39: /test_citizens/0/cpr: " NUMBER},
        {"{'test_citizens': [{'id': 'a', 'cpr': '6001709995', 'name': 'A'}]}",
         "t.json:1:39: /test_citizens/0/cpr: " NUMBER},
        {"{'test_citizens': [{'id': 'a', 'cpr': '61017099', 'name': 'A'}]}",
         "t.json:1:39: /test_citizens/0/cpr: " NUMBER},
        {"{'test_citizens': [{'id': 'a', 'cpr': '6101709995'}]}",
         "t.json:1:20: /test_citizens/0/name: is needed\n"},
        {"{'test_citizens': [{'id': 'a', 'cpr': '6101709995', 'name': 'A'},"
         "{'id': 'a', 'cpr': '6101709995', 'name': 'A'}]}",
         "t.json:1:73: /test_citizens/1/id: there is another test citizen of this id\n"},
        {"{'test_citizens': [{'id': 'a', 'cpr': '6101709995', 'name': 'A', 'birth': 1}]}",
         "t.json:1:75: /test_citizens/0/birth: is unknown\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct test_citizens list;
        struct node root = config_parse(&config, cases[i].text);
        test_citizens_parse(root, &list, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        config_clear(&config);
    }
}

int main(void)
{
    reads_a_list();
    complains();
    return done_testing();
}
