/* SPDX-License-Identifier: MIT */
#include "policy/operator.h"

#include "tests/config.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C64 "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static void test_roles(void)
{
    struct config config;
    struct operators list;
    operators_parse(
        config_parse(&config, "{'operators': ["
                              "{'name': 'anna', 'thumbprint': '" A64 "', 'role': 'operator'},"
                              "{'name': 'bo', 'common_name': 'bo.example', 'role': 'viewer'},"
                              "{'name': 'cille', 'thumbprint': '" C64 "', 'role': 'viewer'},"
                              "{'name': 'her name', 'common_name': 'cille', 'role': 'operator'},"
                              "{'name': 'atp', 'common_name': 'atp.example', 'role': 'authority',"
                              " 'authority': '43405810'}]}"),
        &list, &config.faults);
    is_str(config_faults(&config), "", "without a fault");
    static const struct {
        const char *thumbprint, *common_name, *name;
        enum operator_role role;
    } cases[] = {
        {A64, "anything", "anna", OPERATOR_OPERATOR},
        {B64, "bo.example", "bo", OPERATOR_VIEWER},
        {C64, "cille", "cille", OPERATOR_VIEWER}, /* a thumbprint goes before a name */
        {B64, "cille", "her name", OPERATOR_OPERATOR},
        {B64, "atp.example", "atp", OPERATOR_AUTHORITY},
        {B64, "bo.example.evil", NULL, OPERATOR_NONE},
        {B64, "BO.EXAMPLE", NULL, OPERATOR_NONE},
        {B64, "", NULL, OPERATOR_NONE},
        {"", "bo.example", NULL, OPERATOR_NONE}, /* no certificate was verified */
        {"", "", NULL, OPERATOR_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct operator_entry *entry =
            operator_find(&list, str_of(cases[i].thumbprint), str_of(cases[i].common_name));
        is_str(entry ? entry->name.at : NULL, cases[i].name, "%zu: who", i);
        is_int(entry ? entry->role : OPERATOR_NONE, cases[i].role, "%zu: may what", i);
    }
    config_clear(&config);
}

static void test_faults(void)
{
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"{'operators': []}", ""},
        {"{}", ""},
        {"{'operators': [{'name': 'a', 'role': 'viewer'}]}",
         "t.json:1:16: /operators/0: expected a thumbprint or a common_name, one of the two\n"},
        {"{'operators': [{'name': 'a', 'role': 'viewer', 'common_name': 'x',"
         " 'thumbprint': '" A64 "'}]}",
         "t.json:1:16: /operators/0: expected a thumbprint or a common_name, one of the two\n"},
        {"{'operators': [{'name': 'a', 'role': 'king', 'common_name': 'x'}]}",
         "t.json:1:38: /operators/0/role: expected viewer, operator or authority\n"},
        {"{'operators': [{'name': 'a', 'role': 'authority', 'common_name': 'x'}]}",
         "t.json:1:16: /operators/0/authority: expected the authority's CVR number, eight "
         "digits\n"},
        {"{'operators': [{'name': 'a', 'role': 'operator', 'common_name': 'x',\n"
         "'authority': '43405810'}]}",
         "t.json:2:14: /operators/0/authority: stands with the role authority only\n"},
        {"{'operators': [{'name': 'a', 'role': 'viewer', 'thumbprint': 'AA'}]}",
         "t.json:1:62: /operators/0/thumbprint: expected the certificate's SHA-256 as 64 "
         "hexadecimal digits, small letters\n"},
        {"{'operators': [{'name': 'a', 'role': 'viewer', 'common_name': 'x'},\n"
         "{'name': 'b', 'role': 'operator', 'common_name': 'x'}]}",
         "t.json:2:1: /operators/1: is the same certificate as operator 0\n"},
        {"{'operator': []}", "t.json:1:14: /operator: is unknown; did you mean \"operators\"?\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct operators list;
        operators_parse(config_parse(&config, cases[i].text), &list, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "text %zu", i);
        config_clear(&config);
    }
}

int main(void)
{
    test_roles();
    test_faults();
    return done_testing();
}
