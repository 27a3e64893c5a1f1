/* SPDX-License-Identifier: MIT */
#include "serve/origin.h"

#include "tests/tap.h"

#define MEANT                                                                                      \
    {                                                                                              \
        STR_INIT("Overblik-Operator"), STR_INIT("page")                                            \
    }
#define SITE(value)                                                                                \
    {                                                                                              \
        STR_INIT("Sec-Fetch-Site"), STR_INIT(value)                                                \
    }
#define ORIGIN(value)                                                                              \
    {                                                                                              \
        STR_INIT("Origin"), STR_INIT(value)                                                        \
    }

static const struct {
    const char *what;
    struct http_field fields[3];
    size_t count;
    bool is_page, is_change, is_well;
} cases[] = {
    {"a program that looks", {{{NULL, 0}, {NULL, 0}}}, 0, false, false, true},
    {"a program that changes and says so", {MEANT}, 1, false, true, true},
    {"a change that nobody says is meant", {SITE("same-origin")}, 1, false, true, false},
    {"one that says so with nothing",
     {{STR_INIT("Overblik-Operator"), STR_INIT("")}},
     1,
     false,
     true,
     false},
    {"our page", {MEANT, SITE("same-origin"), ORIGIN("https://ops:8443")}, 3, false, true, true},
    {"another site", {MEANT, SITE("cross-site")}, 2, false, true, false},
    {"a neighbour", {MEANT, SITE("same-site")}, 2, false, true, false},
    {"an unknown word", {MEANT, SITE("Same-Origin")}, 2, false, true, false},
    {"another origin", {MEANT, ORIGIN("https://ops:8444")}, 2, false, true, false},
    {"one that begins like ours", {MEANT, ORIGIN("https://ops:84430")}, 2, false, true, false},
    {"without TLS", {MEANT, ORIGIN("http://ops:8443")}, 2, false, true, false},
    {"none that is told", {MEANT, ORIGIN("null")}, 2, false, true, false},
    {"two of them", {MEANT, SITE("same-origin"), SITE("same-origin")}, 3, false, true, false},
    {"another site that looks", {SITE("cross-site")}, 1, false, false, false},
    {"typed by a person", {SITE("none")}, 1, false, false, true},
    {"a link to the page", {SITE("cross-site")}, 1, true, false, true},
    {"a frame of another origin", {SITE("cross-site"), ORIGIN("https://x")}, 2, true, false, false},
};

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_head head = {.host = STR("ops:8443"), .field_count = cases[i].count};
        memcpy(head.fields, cases[i].fields, sizeof cases[i].fields);
        is_int(origin_fault(&head, cases[i].is_page, cases[i].is_change) == NULL, cases[i].is_well,
               "%s", cases[i].what);
    }
    return done_testing();
}
