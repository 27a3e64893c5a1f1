/* SPDX-License-Identifier: MIT */
#include "joining/conformance_result.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "base/base64url.h"
#include "base/die.h"
#include "base/hex.h"
#include "base/log.h"

enum { SHA256 = 32, SIGNATURE = 64, WORDS_MAX = 512 };

void conformance_digest(struct str bytes, char text[CONFORMANCE_DIGEST_TEXT])
{
    unsigned char digest[SHA256];

    if (EVP_Digest(bytes.at ? bytes.at : "", bytes.len, digest, NULL, EVP_sha256(), NULL) != 1)
        die("no memory for a digest");
    hex_encode(digest, sizeof digest, text);
}

/* ---- pieces ---- */

/* Words of a source: cut, without control characters, and nothing that reads as a personal number.
 */
static json_t *words(struct str text)
{
    char clean[WORDS_MAX + 1];
    size_t len = 0, step;

    if (!text.at)
        return json_null();
    for (; text.len > 0; text = str_skip(text, step)) {
        step = str_utf8_sequence(text);
        bool is_well =
            step > 1 || (step == 1 && (unsigned char)text.at[0] >= ' ' && text.at[0] < 127);

        if (len + (step ? step : 1) > WORDS_MAX)
            break;
        if (is_well)
            memcpy(clean + len, text.at, step);
        else
            clean[len] = ' ';
        step = step ? step : 1;
        len += step;
    }
    log_mask_cpr(clean, len);
    return json_stringn(clean, len);
}

static json_t *both_languages(struct text text)
{
    return json_pack("{s:o,s:o}", "da", words(text.in[LANGUAGE_DA]), "en",
                     words(text.in[LANGUAGE_EN]));
}

static json_t *time_text(struct wall wall)
{
    char text[WALL_TEXT];
    return words(wall_format(wall, text));
}

static json_t *kinds_of(unsigned mask)
{
    json_t *kinds = json_array();
    for (unsigned i = 0; i < ITEM_KIND_COUNT; i++)
        if (mask & ITEM_KIND_BIT(i))
            json_array_append_new(kinds, words(item_kind_name((enum item_kind)i)));
    return kinds;
}

/* ---- what it is about ---- */

static json_t *source_json(const struct route *route)
{
    const struct source *source = &route->source;
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b}", "id", words(source->id), "name",
                     both_languages(source->name), "authority", words(source->authority.cvr),
                     "dialect", words(source->adapter->name), "url", words(route->target.url),
                     "path", words(source->path), "kinds", kinds_of(source->kinds), "level",
                     words(level_name(route->level)), "per_municipality", source->per_municipality);
}

static json_t *declared_json(const struct conformance_spec *spec)
{
    const struct rules *rules = &spec->route->rules;
    return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "connect_ms",
                     (json_int_t)rules->connect_ms, "first_byte_ms",
                     (json_int_t)rules->first_byte_ms, "silence_ms", (json_int_t)rules->silence_ms,
                     "total_ms", (json_int_t)rules->total_ms, "p95_ms",
                     (json_int_t)(spec->p95_ms > 0 ? spec->p95_ms : rules->first_byte_ms),
                     "in_flight_max", (json_int_t)spec->route->in_flight_max, "answer_max",
                     (json_int_t)spec->settings->limits_answer_max, "pages_max",
                     (json_int_t)spec->settings->limits_pages_max);
}

static json_t *asked_json(const struct conformance_spec *spec)
{
    json_t *citizens = json_array(), *municipalities = json_array();

    for (size_t i = 0; i < spec->citizens->count; i++)
        json_array_append_new(citizens, words(spec->citizens->at[i].id));
    for (size_t i = 0; spec->route->source.per_municipality && i < spec->municipality_count; i++)
        json_array_append_new(municipalities, words(spec->municipalities[i]->code));
    return json_pack("{s:o,s:o}", "citizens", citizens, "municipalities", municipalities);
}

static json_t *digest_json(const char *digest)
{
    return digest[0] ? json_string(digest) : json_null();
}

/* ---- what was found ---- */

static json_t *case_json(const struct conformance *c, enum conformance_id id)
{
    const struct conformance_case *one = &conformance_cases[id];
    const struct conformance_result *result = &c->results[id];
    return json_pack("{s:o,s:o,s:b,s:o,s:o,s:o,s:o,s:o,s:o,s:I}", "number",
                     words(conformance_number(id)), "name", words(conformance_name(id)), "advice",
                     one->is_advice, "testcase", both_languages(one->title), "description",
                     both_languages(one->what), "verification", both_languages(one->how), "mend",
                     both_languages(one->mend), "result",
                     words(conformance_state_name(result->state)), "seen",
                     words(str_of(result->seen)), "took_us", (json_int_t)result->took_us);
}

static json_t *cases_json(const struct conformance *c)
{
    json_t *cases = json_array();
    for (unsigned id = 0; id < CONFORMANCE_COUNT; id++)
        json_array_append_new(cases, case_json(c, (enum conformance_id)id));
    return cases;
}

static json_t *counts_json(const struct conformance *c)
{
    json_t *counts = json_object();
    for (unsigned i = CONFORMANCE_PASSED; i < CONFORMANCE_STATES; i++) {
        enum conformance_state state = (enum conformance_state)i;
        json_object_set_new(counts, conformance_state_name(state).at,
                            json_integer((json_int_t)conformance_count(c, state)));
    }
    return counts;
}

/* Whoever reads only this knows what the verdict does not speak of. */
static json_t *not_tested_json(const struct conformance *c)
{
    json_t *list = json_array();
    for (unsigned id = 0; id < CONFORMANCE_COUNT; id++) {
        const struct conformance_result *result = &c->results[id];
        if (result->state == CONFORMANCE_NOT_TESTED || result->state == CONFORMANCE_NOT_RELEVANT)
            json_array_append_new(list,
                                  json_pack("{s:o,s:o,s:o}", "number",
                                            words(conformance_number((enum conformance_id)id)),
                                            "testcase", both_languages(conformance_cases[id].title),
                                            "why", words(str_of(result->seen))));
    }
    return list;
}

/* KOMBIT's six columns. */
static json_t *columns_json(const struct conformance *c)
{
    json_t *columns = json_array();
    for (unsigned id = CASE_INDEX_CASE; id <= CASE_INDEX_REMOVAL; id++)
        json_array_append_new(columns,
                              json_pack("{s:o,s:o,s:I,s:I,s:o}", "number",
                                        words(conformance_number((enum conformance_id)id)), "name",
                                        both_languages(conformance_cases[id].title), "seen",
                                        (json_int_t)c->columns[id].seen, "whole",
                                        (json_int_t)c->columns[id].whole, "result",
                                        words(conformance_state_name(c->results[id].state))));
    return columns;
}

static struct str progress_name(enum item_status status)
{
    switch (status) {
    case STATUS_OPENED:
        return STR("Opstaaet");
    case STATUS_IN_PROGRESS:
        return STR("Oplyst");
    case STATUS_DECIDED:
        return STR("Afgjort");
    case STATUS_CLOSED:
        return STR("Afsluttet");
    default:
        return STR_NONE;
    }
}

static json_t *progress_json(const struct conformance *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->progress_count; i++) {
        const struct conformance_progress *one = &c->progress[i];
        json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:I}", "system", words(one->system),
                                              "internal", words(one->internal), "fremdrift",
                                              words(progress_name(one->status)), "count",
                                              (json_int_t)one->count));
    }
    return list;
}

static json_t *kombit_json(const struct conformance *c)
{
    return c->is_index
               ? json_pack("{s:o,s:o}", "columns", columns_json(c), "fremdrift", progress_json(c))
               : json_null();
}

json_t *conformance_result(const struct conformance *c, const struct conformance_about *about)
{
    return json_pack(
        "{s:s,s:o,s:o,s:o,s:o,s:{s:s,s:s,s:o},s:{s:o,s:o},s:o,s:o,s:o,s:o,s:o,s:o}", "format",
        "overblik-conformance-1", "source", source_json(about->spec->route), "verdict",
        words(conformance_verdict_name(conformance_verdict(c))), "began", time_text(about->began),
        "ended", time_text(about->ended), "made_by", "version", about->version, "openssl",
        OpenSSL_version(OPENSSL_FULL_VERSION_STRING), "build_sha256",
        digest_json(about->build_digest), "manifest", "file", words(about->manifest), "sha256",
        digest_json(about->manifest_digest), "asked", asked_json(about->spec), "declared",
        declared_json(about->spec), "counts", counts_json(c), "cases", cases_json(c), "not_tested",
        not_tested_json(c), "kombit", kombit_json(c));
}

/* ---- the signature ---- */

static json_t *sign(const json_t *result, struct assertion_signer *signer, struct wall now)
{
    char digest[CONFORMANCE_DIGEST_TEXT], time[WALL_TEXT];
    char encoded[BASE64URL_LENGTH(SIGNATURE) + 1];
    unsigned char signature[SIGNATURE];
    char *canonical = json_dumps(result, JSON_COMPACT | JSON_SORT_KEYS);
    struct buf text;
    json_t *signed_by = NULL;

    if (!canonical)
        die("no memory for a result");
    conformance_digest(str_of(canonical), digest);
    free(canonical);
    buf_init(&text, WORDS_MAX);
    buf_format(&text, "overblik conformance result\n%s\n%s\n%s\n%.*s\n",
               json_string_value(json_object_get(json_object_get(result, "source"), "id")),
               json_string_value(json_object_get(result, "verdict")), digest,
               STR_ARG(wall_format(now, time)));
    if (assertion_signer_sign(signer, buf_str(&text), signature)) {
        struct str value = base64url_encode(signature, sizeof signature, encoded);
        struct str kid = assertion_signer_kid(signer);
        signed_by = json_pack("{s:s,s:s%,s:s%,s:s%}", "alg", "ES256", "kid", kid.at, kid.len,
                              "text", text.at, text.len, "value", value.at, value.len);
    }
    buf_clear(&text);
    return signed_by;
}

json_t *conformance_sign(json_t *result, struct assertion_signer *signer, struct wall now)
{
    json_t *signature = signer ? sign(result, signer, now) : NULL;
    return json_pack("{s:o,s:o}", "result", result, "signature",
                     signature ? signature : json_null());
}
