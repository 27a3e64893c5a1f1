/* SPDX-License-Identifier: MIT */
#include "policy/exposure_links.h"

#include "tests/config.h"

#define CASE_ID "ca5e0001-0001-4000-8000-000000000001"

static struct exposure_links parse(struct config *config, const char *text)
{
    struct exposure_links links;
    struct node root = config_parse(config, text);
    exposure_links_parse(root, &links, config->arena, &config->faults);
    return links;
}

static void complains(void)
{
#define URL(url) "[{'kle': '*', 'self_service': {'url': '" url "'}}]"
#define HOST     "t.json:1:39: /0/self_service/url: expected a host's name behind https://\n"
    static const struct {
        const char *text, *faults;
    } cases[] = {
        {"[]", ""},
        {URL("https://example.dk/{case_id}?n={case_number}&k={municipality}"), ""},
        {"{}", "t.json:1:1: expected a list of at most 5000 links\n"},
        {URL("http://example.dk"),
         "t.json:1:39: /0/self_service/url: expected an address that begins with https://, at "
         "most 2000 bytes\n"},
        {URL("https://{municipality}.dk/"), HOST},
        {URL("https://example.dk/{cpr}"),
         "t.json:1:39: /0/self_service/url: holds the unknown place {cpr}; known are {case_id}, "
         "{case_number} and {municipality}\n"},
        {URL("https://example.dk/{case_id"),
         "t.json:1:39: /0/self_service/url: holds a brace that is no place\n"},
        {URL("https://example.dk/}"),
         "t.json:1:39: /0/self_service/url: holds a brace that is no place\n"},
        {URL("https://example.dk/6101709995"),
         "t.json:1:39: /0/self_service/url: holds ten digits that look like a CPR number\n"},
        {"[{'kle': '32', 'decision': {'url': 'https://a.dk'}}]",
         "t.json:1:10: /0/kle: " KLE_PATTERN_EXPECTED "\n"},
        {"[{'kle': '*', 'decision': {}}]", "t.json:1:27: /0/decision/url: is needed\n"},
        {"[{'kle': '32.*'},\n{'kle': '32.*'}]",
         "t.json:2:1: /1: another entry has the same pattern and sending system\n"},
        {"[{'kle': '32.*', 'system': 'a'}, {'kle': '32.*'}, {'kle': '32.*', 'system': 'b'}]", ""},
        {"[{'kle': '*', 'decission': {'url': 'https://a.dk'}}]",
         "t.json:1:28: /0/decission: is unknown; did you mean \"decision\"?\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        parse(&config, cases[i].text);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].text);
        config_clear(&config);
    }
}

#define ALL                                                                                        \
    "[{'kle': '*', 'digital_post': {'url': 'https://post.dk/{municipality}', 'single_sign_on': "   \
    "true}},"                                                                                      \
    "{'kle': '32.*', 'self_service': {'url': 'https://all.dk/{case_id}'}},"                        \
    "{'kle': '32.*', 'system': 'sys', 'self_service': {'url': 'https://sys.dk/{case_number}'}},"   \
    "{'kle': '32.24.04', 'decision': {'url': 'https://decision.dk/{case_id}'}}]"

/* "type url sso" of each link, in order. */
static const char *links_of(const struct item *item)
{
    static char text[8192];
    size_t len = 0;
    text[0] = '\0';
    for (const struct item_link *link = item->links; link; link = link->next)
        len += (size_t)snprintf(text + len, sizeof text - len, "%d %.*s %d\n", (int)link->type,
                                STR_ARG(link->url), (int)link->sign_on);
    return text;
}

static void fills(void)
{
#define POST "2 https://post.dk/0710 1\n"
    static const struct {
        const char *name, *number, *kle, *system;
        enum item_status status;
        const char *links;
    } cases[] = {
        {"a pattern for all", "1", "33.01.01", NULL, STATUS_OPENED, POST},
        {"a longer one first, then the rest", "1", "32.01.01", NULL, STATUS_OPENED,
         "0 https://all.dk/" CASE_ID " 2\n" POST},
        {"by the sending system", "2026-1", "32.01.01", "sys", STATUS_OPENED,
         "0 https://sys.dk/2026-1 2\n" POST},
        {"by the sending system, written otherwise", "2026-1", "32.01.01", "SYS", STATUS_OPENED,
         "0 https://sys.dk/2026-1 2\n" POST},
        {"another system", "2026-1", "32.01.01", "syst", STATUS_OPENED,
         "0 https://all.dk/" CASE_ID " 2\n" POST},
        {"a decision of a case that is not decided", "1", "32.24.04", NULL, STATUS_OPENED,
         "0 https://all.dk/" CASE_ID " 2\n" POST},
        {"a decision", "1", "32.24.04", NULL, STATUS_DECIDED,
         "1 https://decision.dk/" CASE_ID " 2\n0 https://all.dk/" CASE_ID " 2\n" POST},
        {"a number with signs of its own", "a b/ø?&=%", "32.01.01", "sys", STATUS_OPENED,
         "0 https://sys.dk/a%20b%2F%C3%B8%3F%26%3D%25 2\n" POST},
        {"no number to tell: the one for all systems", NULL, "32.01.01", "sys", STATUS_OPENED,
         "0 https://all.dk/" CASE_ID " 2\n" POST},
        {"a number that is a CPR number", "6101709995", "32.01.01", "sys", STATUS_OPENED,
         "0 https://all.dk/" CASE_ID " 2\n" POST},
        {"a number that holds one", "sag-610170-9995-1", "32.01.01", "sys", STATUS_OPENED,
         "0 https://all.dk/" CASE_ID " 2\n" POST},
        {"no subject", "1", NULL, NULL, STATUS_OPENED, POST},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct exposure_links links = parse(&config, ALL);
        struct item item = {.kind = ITEM_CASE,
                            .id = STR(CASE_ID),
                            .number = str_of(cases[i].number),
                            .kle = str_of(cases[i].kle),
                            .sending_system = str_of(cases[i].system),
                            .status = cases[i].status};
        ok(exposure_links_add(&links, STR("0710"), &item, config.arena), "links are added");
        is_str(links_of(&item), cases[i].links, "%s", cases[i].name);
        config_clear(&config);
    }
}

static void keeps_the_source_s(void)
{
    struct config config;
    struct exposure_links links = parse(&config, ALL), none = {0};
    struct item_link own = {.type = LINK_SELF_SERVICE, .url = STR("https://own")};
    struct item item = {
        .kind = ITEM_CASE, .id = STR(CASE_ID), .kle = STR("32.01.01"), .links = &own};
    ok(exposure_links_add(&none, STR("0710"), &item, config.arena) && !own.next, "none to add");
    ok(exposure_links_add(&links, STR("0710"), &item, config.arena), "links are added");
    is_str(links_of(&item), "0 https://own 0\n" POST, "the source's own link stays alone");

    struct item document = {.kind = ITEM_DOCUMENT, .id = STR(CASE_ID "/x"), .number = STR("no")};
    item.links = NULL;
    ok(item_own(&document, &item, config.arena) &&
           exposure_links_add(&links, STR("0710"), &document, config.arena),
       "links of a document");
    is_str(links_of(&document), "0 https://all.dk/" CASE_ID " 2\n" POST, "are its case's");

    struct item stateless = {.kind = ITEM_CASE, .id = STR(CASE_ID)};
    ok(exposure_links_add(&links, STR_NONE, &stateless, config.arena), "no municipality");
    is_str(links_of(&stateless), "", "no link that names it");
    struct arena *full = arena_new(1);
    item.links = NULL;
    ok(!exposure_links_add(&links, STR("0710"), &item, full), "a full arena is told");
    arena_free(&full);
    config_clear(&config);
}

static void finds_numbers(void)
{
    static const struct {
        const char *text;
        bool holds;
    } cases[] = {
        {"6101709995", true},
        {"610170-9995", true},
        {"01"
         "01709995",
         true},
        {"31"
         "12991234",
         true},
        {"x6101709995y", true},
        {"2"
         "6101709995",
         true},
        {"610170%2D9995", true},
        {"610170 - 9995", true},
        {"610170/9995", true},
        {"610170%209995", true},
        {"6101709 995", false},
        {"610170999", false},
        {"6113709995", false},
        {"3201709995", false},
        {"0001709995", false},
        {"9201709995", false},
        {"610170-----9995", false},
        {"", false},
        {"2026-12345", false},
        {"29189714", false},
        {CASE_ID, false},
        {"61017", false},
        {"610170%", false},
        {"9999999999", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        is_int(link_holds_cpr(str_of(cases[i].text)), cases[i].holds, "'%s'", cases[i].text);
}

int main(void)
{
    complains();
    fills();
    keeps_the_source_s();
    finds_numbers();
    return done_testing();
}
