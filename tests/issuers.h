/* SPDX-License-Identifier: MIT */
/*
 * Issuers for the tests of tokens: one for each kind of profile, all with the same keys, made for
 * this run. issuers_start before all, issuers_end after.
 */
#pragma once

#include "identity/token.h"
#include "tests/tokens.h"

enum { NOW_S = 1800000000 };

static struct test_key rsa, rsa_small, pss, ec, ec_twin, ed;
static struct test_key *const every_key[] = {&rsa, &rsa_small, &pss, &ec, &ec_twin, &ed};
enum { KEYS = sizeof every_key / sizeof every_key[0] };
static struct key_set *key_set;

static const struct str portals[] = {STR_INIT("portal-1"), STR_INIT("portal-2")};
static const struct str gateways[] = {STR_INIT("gateway")};
static const struct str levels[] = {STR_INIT("loa"), STR_INIT("ial"), STR_INIT("aal")};
enum { EVERY_ALGORITHM = ALGORITHM_RS256 | ALGORITHM_PS256 | ALGORITHM_ES256 | ALGORITHM_EDDSA };

enum { BROKER, ONLY_RS, DARK, ENDED, NEMID, MITID, CLIENT, NOBODY, LATE, PROFILES };
static struct token_profile profiles[PROFILES];
static struct token_issuer issuers[PROFILES];

static TOKENS_MAYBE void issuers_profiles(void)
{
    static const struct str uris[] = {
        [BROKER] = STR_INIT("https://broker.example/op"),
        [ONLY_RS] = STR_INIT("https://rs.example"),
        [DARK] = STR_INIT("https://dark.example"),
        [ENDED] = STR_INIT("https://ended.example"),
        [NEMID] = STR_INIT("https://nemid.example"),
        [MITID] = STR_INIT("https://mitid.example"),
        [CLIENT] = STR_INIT("https://client.example"),
        [NOBODY] = STR_INIT("https://nobody.example"),
        [LATE] = STR_INIT("https://late.example"),
    };
    for (size_t i = 0; i < PROFILES; i++) {
        profiles[i] = (struct token_profile){
            .issuer = uris[i],
            .algorithms = EVERY_ALGORITHM,
            .audiences = portals,
            .audience_count = 2,
            .audience_is_client = true,
            .cpr_claim = STR("cpr"),
            .name_claim = STR("name"),
            .protected_suffix = STR("NAVNE & ADRESSEBESKYTTET"),
            .level_claims = levels,
            .level_claim_count = 3,
        };
        issuers[i] = (struct token_issuer){&profiles[i], key_set};
    }
    issuers[DARK].keys = NULL;
    profiles[ONLY_RS].algorithms = ALGORITHM_RS256;
    profiles[ENDED].only_until = wall_of_unix(NOW_S - 1);
    profiles[NOBODY].audience_count = 0;
    profiles[NEMID].scheme_claim = profiles[MITID].scheme_claim = STR("idp");
    profiles[LATE].scheme_claim = STR("idp");
    profiles[NEMID].nemid_until = wall_of_unix(1672531200); /* 2023-01-01T00:00Z */
    profiles[LATE].nemid_until = wall_of_unix(NOW_S + 1);   /* a setting beyond NemID's end */
    profiles[CLIENT].audiences = gateways;
    profiles[CLIENT].audience_count = 1;
    profiles[CLIENT].audience_is_client = false;
    profiles[CLIENT].client_claim = STR("azp");
}

#define HEADER     "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"ec\"}"
#define ISS        "\"iss\":\"https://broker.example/op\""
#define AUD        ",\"aud\":\"portal-1\""
#define EXP        ",\"exp\":1800000300"
#define SUB        ",\"sub\":\"3a8f1798\""
#define CPR        ",\"cpr\":\"6101709995\""
#define LOA        ",\"loa\":\"Substantial\""
#define CLAIMS     "{" ISS AUD EXP SUB CPR LOA "}"
#define OF(issuer) "\"iss\":\"https://" issuer "\""

static TOKENS_MAYBE enum token_fault verify(struct arena *arena, struct str token, int64_t now_s,
                                            const struct citizen **citizen)
{
    return token_verify(token, issuers, PROFILES, wall_of_unix(now_s), arena, citizen, NULL);
}

static TOKENS_MAYBE void issuers_start(void)
{
    struct buf jwks;
    const char *why = "";
    rsa = test_key_new("rsa", ALGORITHM_RS256, 2048);
    rsa_small = test_key_new("small", ALGORITHM_RS256, 1024);
    pss = test_key_new("pss", ALGORITHM_PS256, 2048);
    ec = test_key_new("ec", ALGORITHM_ES256, 0);
    ec_twin = test_key_new("twin", ALGORITHM_ES256, 0);
    ed = test_key_new("ed", ALGORITHM_EDDSA, 0);
    buf_init(&jwks, KEYS_BYTES_MAX);
    buf_add_str(&jwks, STR("{\"keys\":["));
    for (size_t i = 0; i < KEYS; i++) {
        char extra[64];
        snprintf(extra, sizeof extra, ",\"alg\":\"%.*s\"",
                 STR_ARG(algorithm_name(every_key[i]->algorithm)));
        if (i)
            buf_add_byte(&jwks, ',');
        test_key_jwk(every_key[i], extra, &jwks);
    }
    buf_add_str(&jwks, STR("]}"));
    key_set = key_set_parse(buf_str(&jwks), &why);
    buf_clear(&jwks);
    if (!key_set)
        abort();
    issuers_profiles();
}

static TOKENS_MAYBE void issuers_end(void)
{
    key_set_unref(&key_set);
    for (size_t i = 0; i < KEYS; i++)
        test_key_free(every_key[i]);
}
