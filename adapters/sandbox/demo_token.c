/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/demo_token.h"

#include <jwt.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>

#include "identity/cpr.h"

#define PROTECTED_NAME "NAVNE & ADRESSEBESKYTTET"

enum { KEY_BYTES_MAX = 16384, SUB_BYTES = 16, UUID_TEXT = 37 };

static const struct signing {
    const char *name;
    jwt_alg_t alg;
    const char *kid;
} signings[] = {
    {"RS256", JWT_ALG_RS256, "token-rs256"},
    {"ES256", JWT_ALG_ES256, "token-es256"},
};

static const struct signing *signing_find(const char *name)
{
    for (size_t i = 0; i < sizeof signings / sizeof signings[0]; i++)
        if (strcmp(signings[i].name, name) == 0)
            return &signings[i];
    return NULL;
}

static const char *member(const json_t *citizen, const char *name)
{
    return json_string_value(json_object_get(citizen, name));
}

/* The broker's name for a person: stable, and not the UUID itself. */
static void write_sub(const char *uuid, char sub[2 * SUB_BYTES + 1])
{
    char text[64];
    unsigned char digest[SHA256_DIGEST_LENGTH];
    int len = snprintf(text, sizeof text, "subject|%s", uuid);
    SHA256((const unsigned char *)text, (size_t)len, digest);
    for (int i = 0; i < SUB_BYTES; i++)
        snprintf(sub + 2 * i, 3, "%02x", digest[i]);
}

static bool write_random_uuid(char uuid[UUID_TEXT])
{
    unsigned char b[16];
    if (RAND_bytes(b, sizeof b) != 1)
        return false;
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(uuid, UUID_TEXT,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
    return true;
}

/* Nets eID Broker's claims, with its odd types: numbers and booleans as text. NULL: the citizen is
 * not whole. */
static json_t *claims_make(const json_t *citizen, const char *issuer, const char *audience,
                           struct wall now, int life_s, int login_age_s)
{
    const char *uuid = member(citizen, "uuid"), *level = member(citizen, "level");
    const char *number = member(citizen, "cpr"), *name = member(citizen, "name");
    struct cpr cpr;
    char sub[2 * SUB_BYTES + 1], transaction[UUID_TEXT];
    if (!uuid || strlen(uuid) != UUID_TEXT - 1 || !level || !name || !number ||
        !cpr_parse(str_of(number), &cpr) || !write_random_uuid(transaction))
        return NULL;
    if (json_is_true(json_object_get(citizen, "address_protection")))
        name = PROTECTED_NAME;
    write_sub(uuid, sub);

    json_int_t now_s = now.unix_ms / 1000;
    json_int_t issued_s = life_s < 0 ? now_s + 2 * (json_int_t)life_s : now_s;
    char acr[80], age[12], birth[DATE_TEXT], auth_time[24];
    snprintf(acr, sizeof acr, "https://data.gov.dk/concept/core/nsis/%.30s", level);
    snprintf(age, sizeof age, "%d", cpr_age(&cpr, wall_date(now)));
    snprintf(auth_time, sizeof auth_time, "%lld", (long long)issued_s - login_age_s);
    date_format(cpr_birth(&cpr), birth);
    return json_pack(
        "{s:s, s:I, s:I, s:I, s:s, s:s, s:O, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, "
        "s:s, s:s, s:s, s:s}",
        "iss", issuer, "nbf", issued_s, "iat", issued_s, "exp", now_s + life_s, "aud", audience,
        "sub", sub, "amr", json_object_get(citizen, "amr"), "auth_time", auth_time, "acr", acr,
        "loa", acr, "ial", acr, "aal", acr, "idp", "mitid", "identity_type", "private",
        "idp_identity_id", uuid, "mitid.uuid", uuid, "mitid.age", age, "mitid.date_of_birth", birth,
        "mitid.has_cpr", "true", "mitid.identity_name", name, "dk.cpr", number);
}

static char *sign(const char *certs_dir, const struct signing *signing, const char *claims)
{
    char path[4096];
    unsigned char key[KEY_BYTES_MAX];
    snprintf(path, sizeof path, "%s/%s.key", certs_dir, signing->kid);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t len = fread(key, 1, sizeof key, file);
    fclose(file);

    jwt_t *jwt = NULL;
    char *token = NULL;
    if (jwt_new(&jwt) == 0 && jwt_set_alg(jwt, signing->alg, key, (int)len) == 0 &&
        jwt_add_header(jwt, "kid", signing->kid) == 0 && jwt_add_grants_json(jwt, claims) == 0)
        token = jwt_encode_str(jwt);
    jwt_free(jwt);
    OPENSSL_cleanse(key, sizeof key);
    return token;
}

bool demo_token_make(const char *certs_dir, const json_t *citizen, const char *issuer,
                     const char *audience, const char *alg, struct wall now, int life_s,
                     int login_age_s, char **token)
{
    *token = NULL;
    const struct signing *signing = signing_find(alg);
    json_t *claims = claims_make(citizen, issuer, audience, now, life_s, login_age_s);
    char *text = claims ? json_dumps(claims, JSON_COMPACT) : NULL;
    if (signing && text)
        *token = sign(certs_dir, signing, text);
    free(text);
    json_decref(claims);
    return *token != NULL;
}
