/* SPDX-License-Identifier: MIT */
#include "policy/units.h"

#include "tests/config.h"

#define A "0a17e000-0000-4000-8000-00000000000a"
#define B "0a17e000-0000-4000-8000-00000000000b"

static void tells_every_fault(void)
{
    static const struct {
        const char *text, *faults;
        int count;
    } cases[] = {
        {"{'units': []}", "", 0},
        {"{'units': [{'uuid': '" A "', 'name': 'N'}, {'uuid': '" B "', 'name': 'N'}]}", "", 2},
        {"{}", "t.json:1:1: /units: expected a list of at most 20000 units\n", 0},
        {"{'units': {}}", "t.json:1:11: /units: expected a list of at most 20000 units\n", 0},
        {"{'units': [7]}",
         "t.json:1:12: /units/0/uuid: is needed\nt.json:1:12: /units/0: expected an object\n"
         "t.json:1:12: /units/0/name: is needed\n",
         1},
        {"{'units': [{'uuid': '0a17', 'name': 'N'}]}",
         "t.json:1:21: /units/0/uuid: expected a UUID\n", 1},
        {"{'units': [{'uuid': '" A "', 'name': ''}]}",
         "t.json:1:69: /units/0/name: expected a text that is not empty\n", 1},
        {"{'units': [{'uuid': '" A "', 'navn': 'N', 'name': 'N'}]}",
         "t.json:1:69: /units/0/navn: is unknown; did you mean \"name\"?\n", 1},
        {"{'units': [{'uuid': '" A "', 'name': 'N'},\n{'uuid': "
         "'0A17E000-0000-4000-8000-00000000000A', 'name': 'N'}]}",
         "t.json:1:11: /units: " A " comes twice\n", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct units units;
        struct node root = config_parse(&config, cases[i].text);
        units_parse(root, &units, config.arena, &config.faults);
        is_str(config_faults(&config), cases[i].faults, "faults of %s", cases[i].text);
        is_int((long long)units.count, cases[i].count, "units");
        config_clear(&config);
    }
}

static void finds_names(void)
{
    struct config config;
    struct units units, empty = {0};
    struct node root =
        config_parse(&config, "{'units': [{'uuid': '" B "', 'name': 'b'},"
                              " {'uuid': '0A17E000-0000-4000-8000-00000000000A', 'name': 'a'}]}");
    units_parse(root, &units, config.arena, &config.faults);
    is_str(config_faults(&config), "", "no fault");
    ok(str_equal(units_name(&units, STR(A)), STR("a")), "a unit given in capitals");
    ok(str_equal(units_name(&units, STR(B)), STR("b")), "another");
    ok(!units_name(&units, STR("0a17e000-0000-4000-8000-00000000000c")).at, "no other");
    ok(!units_name(&units, STR_NONE).at && !units_name(&units, STR("")).at, "nor of none");
    ok(!units_name(&empty, STR(A)).at, "the empty table has none");
    config_clear(&config);
}

static void keeps_its_ceilings(void)
{
    for (int more = 0; more < 2; more++) {
        struct config config;
        struct units units;
        struct buf text;
        buf_init(&text, (size_t)4 * 1024 * 1024);
        buf_format(&text, "{'units': [");
        for (int i = 0; i < UNITS_MAX + more; i++)
            buf_format(&text, "%s{'uuid': '0a17e000-0000-4000-8000-%012d', 'name': 'N'}",
                       i ? ",\n" : "", i);
        buf_format(&text, "]}");
        buf_add_byte(&text, '\0');
        struct node root = config_parse(&config, text.at);
        units_parse(root, &units, config.arena, &config.faults);
        is_str(config_faults(&config),
               more ? "t.json:1:11: /units: expected a list of at most 20000 units\n" : "",
               "as many as there may be and %d", more);
        ok(more ||
               str_equal(units_name(&units, STR("0a17e000-0000-4000-8000-000000019999")), STR("N")),
           "the last is found");
        config_clear(&config);
        buf_clear(&text);
    }
    struct config config;
    struct units units;
    char text[1024], name[UNIT_NAME_MAX + 2] = {0};
    memset(name, 'x', sizeof name - 1);
    snprintf(text, sizeof text, "{'units': [{'uuid': '" A "', 'name': '%s'}]}", name);
    struct node root = config_parse(&config, text);
    units_parse(root, &units, config.arena, &config.faults);
    is_str(config_faults(&config), "t.json:1:69: /units/0/name: expected at most 200 bytes\n",
           "a name that is too long");
    config_clear(&config);
}

static void ships_a_whole_file(void)
{
    struct str bytes = config_read("policies/units.json");
    struct arena *arena = arena_new((size_t)1024 * 1024);
    struct faults faults;
    struct units units;
    faults_init(&faults, arena);
    struct document *document = document_parse(STR("units.json"), bytes, &faults);
    units_parse(document_node(document), &units, arena, &faults);
    document_free(&document);
    free((void *)bytes.at);
    ok(faults.count == 0 && units.count == 2, "the shipped file holds the sandbox's units");
    arena_free(&arena);
}

int main(void)
{
    tells_every_fault();
    finds_names();
    keeps_its_ceilings();
    ships_a_whole_file();
    return done_testing();
}
