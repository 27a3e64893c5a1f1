/* SPDX-License-Identifier: MIT */
#include "policy/issuer.h"

#include "tests/config.h"

static const char *const whole[] = {
    "'name': 'broker'",        "'issuer': 'https://broker.example/op'",
    "'ca': 'ca.pem'",          "'algorithms': ['RS256', 'EdDSA']",
    "'audiences': ['portal']", "'audience_is_client': true",
    "'cpr_claim': 'dk.cpr'",   "'level_claims': ['loa', 'ial']",
};
enum { LINES = sizeof whole / sizeof *whole };
enum { NAME = 1, ISSUER, CA, ALGORITHMS, AUDIENCES, CLIENT, CPR, LEVELS, MORE };

static void write_issuer(int line, const char *instead, char *text, size_t room)
{
    size_t len = (size_t)snprintf(text, room, "{'issuers': [");
    for (int i = 1; i <= LINES; i++)
        len += (size_t)snprintf(text + len, room - len, "%c%s\n", i == 1 ? '{' : ',',
                                i == line ? instead : whole[i - 1]);
    snprintf(text + len, room - len, line == MORE ? ",%s}]}" : "}]}", instead);
}

static struct token_profile *parse(struct config *config, const char *text, bool insecure,
                                   size_t *count)
{
    struct settings settings;
    struct node root = config_parse(config, text);
    settings_parse((struct node){0}, STR(""), &settings, &config->faults);
    settings.insecure_sources = insecure;
    return issuers_parse(root, &settings, STR("conf"), count, &config->faults);
}

static void complains(void)
{
#define ONE_OF                                                                                     \
    "which portal asks is said by the audience (\"audience_is_client\": true) or by a claim: "     \
    "expected one of the two\n"
#define HTTPS "expected https (http only on loopback and with --insecure-sources)\n"
#define NONE  "t.json:1:13: /issuers: no issuer is enabled, so every token would be refused\n"
    static const struct {
        int line;
        const char *instead, *faults;
        bool insecure;
    } cases[] = {
        {.instead = "", .faults = ""},
        {NAME, "'comment': 1", "t.json:1:14: /issuers/0/name: is needed\n", false},
        {ISSUER, "'issuer': 'broker.example'",
         "t.json:2:12: /issuers/0/issuer: expected an https URL\n", false},
        {ISSUER, "'issuer': 'http://localhost:4000'", "t.json:2:12: /issuers/0/issuer: " HTTPS,
         false},
        {ISSUER, "'issuer': 'http://localhost:4000'", "", true},
        {ISSUER, "'issuer': 'http://broker.example'", "t.json:2:12: /issuers/0/issuer: " HTTPS,
         true},
        {CA, "'comment': 1",
         "t.json:1:14: /issuers/0/ca: is needed: the only roots that are trusted for fetching "
         "keys\n",
         false},
        {ALGORITHMS, "'algorithms': ['RS256', 'none']",
         "t.json:4:26: /issuers/0/algorithms/1: expected RS256, PS256, ES256 or EdDSA\n", false},
        {ALGORITHMS, "'algorithms': ['HS256']",
         "t.json:4:17: /issuers/0/algorithms/0: expected RS256, PS256, ES256 or EdDSA; did you mean \"RS256\"?\n"
         "t.json:4:16: /issuers/0/algorithms: expected a list of algorithms, such as "
         "[\"RS256\"]\n",
         false},
        {AUDIENCES, "'audiences': []",
         "t.json:5:15: /issuers/0/audiences: expected a list of those the tokens are meant for\n",
         false},
        {AUDIENCES, "'audiences': ['portal', '<client id>']",
         "t.json:5:26: /issuers/0/audiences/1: is a placeholder: fill it in before this issuer is "
         "enabled\n",
         false},
        {CLIENT, "'audience_is_client': false", "t.json:1:14: /issuers/0/client_claim: " ONE_OF,
         false},
        {CLIENT, "'client_claim': 'azp'", "", false},
        {MORE, "'client_claim': 'azp'", "t.json:9:18: /issuers/0/client_claim: " ONE_OF, false},
        {CPR, "'comment': 1", "t.json:1:14: /issuers/0/cpr_claim: is needed\n", false},
        {LEVELS, "'comment': 1",
         "t.json:1:14: /issuers/0/level_claims: expected a list of claims that hold the level of "
         "login\n",
         false},
        {MORE, "'nemid_until': '31-10-2023'",
         "t.json:9:17: /issuers/0/nemid_until: expected a date as \"2026-11-21\"\n", false},
        {MORE, "'only_until': '9999-12-31'",
         "t.json:9:16: /issuers/0/only_until: is too late a day\n", false},
        {MORE, "'audience': 'x'",
         "t.json:9:14: /issuers/0/audience: is unknown; did you mean \"audiences\"?\n", false},
        {MORE, "'enabled': false", NONE, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        char text[4096];
        size_t count;
        write_issuer(cases[i].line, cases[i].instead, text, sizeof text);
        (void)parse(&config, text, cases[i].insecure, &count);
        is_str(config_faults(&config), cases[i].faults, "%s", cases[i].instead);
        config_clear(&config);
    }
}

static void complains_of_the_list(void)
{
#define TWIN                                                                                       \
    "'issuer': 'https://b.example', 'ca': 'c', 'algorithms': ['ES256'], 'audiences': ['p'],"       \
    " 'audience_is_client': true, 'cpr_claim': 'cpr', 'level_claims': ['loa']}"
    static const struct {
        const char *text, *faults;
        size_t count;
    } cases[] = {
        {"{}", "t.json:1:1: /issuers: no issuer is enabled, so every token would be refused\n", 0},
        {"{'issuers': []}", NONE, 0},
        {"{'issuers': {}}", NONE, 0},
        {"{'issuers': [{'name': 'one', " TWIN ",\n{'name': 'two', " TWIN "]}",
         "t.json:2:27: /issuers/1/issuer: is also that of \"one\"\n", 2},
        {"{'issuers': [{'name': 'one', " TWIN ",\n{'name': 'two', 'enabled': false, " TWIN "]}", "",
         1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        size_t count;
        (void)parse(&config, cases[i].text, false, &count);
        is_str(config_faults(&config), cases[i].faults, "list %zu", i);
        is_int((long long)count, (long long)cases[i].count, "its profiles");
        config_clear(&config);
    }
}

static void reads_a_profile(void)
{
    struct config config;
    char text[4096];
    size_t count;
    write_issuer(MORE,
                 "'jwks_uri': 'https://broker.example/jwks', 'name_claim': 'name',"
                 " 'scheme_claim': 'idp', 'protected_suffix': 'PROTECTED',"
                 " 'nemid_until': '2023-10-31', 'only_until': '2026-03-28'",
                 text, sizeof text);
    const struct token_profile *profile = parse(&config, text, false, &count);
    is_str(config_faults(&config), "", "no fault");
    if (ok(profile && count == 1, "one profile")) {
        is_str(profile->name.at, "broker", "name");
        is_str(profile->issuer.at, "https://broker.example/op", "issuer");
        is_str(profile->jwks_uri.at, "https://broker.example/jwks", "where its keys are");
        is_str(profile->discovery.at, "https://broker.example/op/.well-known/openid-configuration",
               "discovery follows from the issuer");
        is_str(profile->ca_file.at, "conf/ca.pem", "roots");
        is_int(profile->algorithms, ALGORITHM_RS256 | ALGORITHM_EDDSA, "algorithms");
        ok(profile->audience_count == 1 && profile->audience_is_client, "audience");
        ok(profile->level_claim_count == 2 && str_equal(profile->level_claims[1], STR("ial")),
           "levels");
        is_str(profile->cpr_claim.at, "dk.cpr", "number");
        is_str(profile->name_claim.at, "name", "name of the citizen");
        is_str(profile->scheme_claim.at, "idp", "scheme");
        is_str(profile->protected_suffix.at, "PROTECTED", "address protection");
        is_int(profile->nemid_until.unix_ms, INT64_C(1698793200000),
               "NemID until the end of its last day in Denmark");
        is_int(profile->only_until.unix_ms, INT64_C(1774738800000), "the profile's last day");
    }
    config_clear(&config);

    write_issuer(ISSUER, "'issuer': 'https://broker.example/', 'discovery': 'https://d.example/x'",
                 text, sizeof text);
    profile = parse(&config, text, false, &count);
    is_str(profile->discovery.at, "https://d.example/x", "discovery as it is set");
    config_clear(&config);
    write_issuer(ISSUER, "'issuer': 'https://broker.example/'", text, sizeof text);
    profile = parse(&config, text, false, &count);
    is_str(profile->discovery.at, "https://broker.example/.well-known/openid-configuration",
           "one slash is enough");
    config_clear(&config);
}

int main(void)
{
    complains();
    complains_of_the_list();
    reads_a_profile();
    return done_testing();
}
