/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/bearer.h"

#include <jansson.h>
#include <stdio.h>

#include "base/base64url.h"
#include "identity/assertion.h"
#include "identity/token.h"

enum { LEEWAY_S = 5 };

/* A part of the token as a JSON object; NULL: it is none. */
static json_t *part_json(struct str part)
{
    char bytes[TOKEN_BYTES_MAX];
    size_t len;
    if (part.len > sizeof bytes || !base64url_decode(part, bytes, &len))
        return NULL;
    json_t *json = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(json))
        return json;
    json_decref(json);
    return NULL;
}

static struct str member(const json_t *json, const char *name)
{
    return str_of(json_string_value(json_object_get(json, name)));
}

/* A gateway that publishes one key means that one, whatever it is called here and there. */
static const struct key *key_find(const struct key_set *keys, struct str kid)
{
    const struct key *key = key_set_find(keys, kid);
    return key ? key : key_set_find(keys, STR(""));
}

static const char *header_refuse(const struct sandbox_bearer *demand, const json_t *header,
                                 struct str signed_bytes, struct str signature_text)
{
    char signature[TOKEN_BYTES_MAX];
    size_t len;
    if (!str_equal(member(header, "alg"), STR("ES256")))
        return "alg is not ES256";
    const struct key *key = key_find(demand->keys, member(header, "kid"));
    if (demand->pardons & PARDON_SIGNATURE)
        return NULL;
    if (!key)
        return "kid is unknown";
    if (!base64url_decode(signature_text, signature, &len) ||
        !key_verify(key, ALGORITHM_ES256, signed_bytes, str_make(signature, len)))
        return "the signature is wrong";
    return NULL;
}

static bool audience_is_here(const json_t *aud, struct str sources)
{
    size_t i;
    const json_t *one;
    json_array_foreach(
        aud, i, one) if (json_is_string(one) &&
                         str_starts_with(str_of(json_string_value(one)), sources)) return true;
    return false;
}

/* Is x5t#S256 (base64url, RFC 8705) the certificate's SHA-256 (hex)? */
static bool is_thumbprint(struct str x5t, struct str hex)
{
    unsigned char digest[BASE64URL_LENGTH(32)];
    char text[2 * 32 + 1];
    size_t len;
    if (x5t.len != BASE64URL_LENGTH(32) || !base64url_decode(x5t, digest, &len))
        return false;
    for (size_t i = 0; i < 32; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return str_equal(str_make(text, 2 * 32), hex);
}

static const char *claims_refuse(const struct sandbox_bearer *demand, const json_t *claims)
{
    const json_t *exp = json_object_get(claims, "exp"), *iat = json_object_get(claims, "iat");
    int64_t now = demand->now.unix_ms / 1000;
    if (!str_equal(member(claims, "iss"), demand->issuer))
        return "iss is not the gateway";
    if (!json_is_integer(exp) || !json_is_integer(iat))
        return "exp or iat is missing";
    if (json_integer_value(exp) + LEEWAY_S < now && !(demand->pardons & PARDON_EXPIRY))
        return "the token has expired";
    if (json_integer_value(iat) > now + LEEWAY_S)
        return "the token is of the future";
    if (json_integer_value(exp) - json_integer_value(iat) > ASSERTION_LIFE_S)
        return "the token lives too long";
    if (!audience_is_here(json_object_get(claims, "aud"), demand->sources) &&
        !(demand->pardons & PARDON_AUDIENCE))
        return "aud names no source of this authority";
    struct str bound = member(json_object_get(claims, "cnf"), "x5t#S256");
    if (demand->certificate.at && !is_thumbprint(bound, demand->certificate) &&
        !(demand->pardons & PARDON_BINDING))
        return "cnf does not name the client certificate";
    if (level_parse(member(claims, "acr")) < demand->level && !(demand->pardons & PARDON_LEVEL))
        return "acr is too low a level";
    return NULL;
}

const char *sandbox_bearer_refuse(const struct sandbox_bearer *demand, struct str authorization)
{
    struct str rest = token_of_authorization(authorization);
    if (!rest.at)
        return demand->pardons & PARDON_ABSENCE ? NULL : "there is no bearer token";
    const char *start = rest.at;
    struct str header_text = str_split(&rest, '.');
    struct str claims_text = rest.at ? str_split(&rest, '.') : STR_NONE;
    if (!rest.at)
        return "it is no JWS";
    struct str signed_bytes = str_make(start, header_text.len + 1 + claims_text.len);

    json_t *header = part_json(header_text), *claims = part_json(claims_text);
    const char *why = "header or claims are no JSON";
    if (header && claims)
        why = header_refuse(demand, header, signed_bytes, rest);
    if (!why)
        why = claims_refuse(demand, claims);
    json_decref(header);
    json_decref(claims);
    return why;
}
