/* SPDX-License-Identifier: MIT */
#include "identity/token.h"

#include "base/base64url.h"
#include "identity/citizen_make.h"
#include "identity/claims.h"

/* NemID was closed at the end of 31 October 2023 (2023-11-01T00:00+01:00): no setting goes beyond.
 */
static const struct wall nemid_end = {INT64_C(1698793200000), true};

/* The largest whole number that every JSON reader holds exactly. */
#define NUMBER_MAX (INT64_C(1) << 53)

struct str token_fault_code(enum token_fault fault)
{
    static const struct str codes[] = {
#define X(name, code) [name] = STR_INIT(code),
        TOKEN_FAULTS(X)
#undef X
    };
    return codes[fault];
}

/* --- the envelope: RFC 7515 --- */

struct jws {
    struct str signed_bytes; /* header "." payload, as sent */
    struct str signature;    /* decoded */
    struct claims header, claims;
};

/* Three parts that are not empty, decoded into the arena. */
static enum token_fault decode(struct str token, struct arena *arena, struct str parts[3])
{
    char *room = arena_alloc(arena, token.len);
    if (!room)
        return TOKEN_FULL;
    struct str rest = token;
    for (size_t i = 0; i < 3; i++) {
        struct str text = str_split(&rest, '.');
        size_t len;
        if (text.len == 0 || !base64url_decode(text, room, &len))
            return TOKEN_SHAPE;
        parts[i] = str_make(room, len);
        room += len;
    }
    return rest.at ? TOKEN_SHAPE : TOKEN_OK;
}

static enum token_fault jws_parse(struct jws *jws, struct str token, struct arena *arena)
{
    struct str parts[3];
    enum token_fault fault = decode(token, arena, parts);
    if (fault != TOKEN_OK)
        return fault;
    if (!claims_parse(&jws->header, parts[0], arena) ||
        !claims_parse(&jws->claims, parts[1], arena))
        return arena_is_full(arena) ? TOKEN_FULL : TOKEN_JSON;
    jws->signature = parts[2];
    size_t header_len = str_find_byte(token, '.');
    size_t claims_len = str_find_byte(str_skip(token, header_len + 1), '.');
    jws->signed_bytes = str_head(token, header_len + 1 + claims_len);
    return TOKEN_OK;
}

static bool has_any(const struct claims *claims, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (claims_find(claims, names[i]))
            return true;
    return false;
}

/* What a header may not say, whatever else the token is. */
static enum token_fault check_header(const struct claims *header)
{
    static const struct str critical[] = {STR_INIT("crit"), STR_INIT("b64"), STR_INIT("zip"),
                                          STR_INIT("enc"), STR_INIT("cty")};
    static const struct str keys[] = {STR_INIT("jwk"), STR_INIT("jku"), STR_INIT("x5u"),
                                      STR_INIT("x5c")};
    if (has_any(header, critical, sizeof critical / sizeof critical[0]))
        return TOKEN_CRITICAL;
    if (has_any(header, keys, sizeof keys / sizeof keys[0]))
        return TOKEN_KEY_IN_TOKEN;
    struct str type = claims_text(header, STR("typ"));
    if (claims_find(header, STR("typ")) && !str_equal(type, STR("JWT")) &&
        !str_equal(type, STR("at+jwt")))
        return TOKEN_TYPE;
    return TOKEN_OK;
}

/* The algorithm is what the profile and the key allow; the token's word must agree with it. */
static enum token_fault check_signature(const struct jws *jws, const struct token_issuer *issuer)
{
    enum signature_algorithm algorithm = algorithm_parse(claims_text(&jws->header, STR("alg")));
    if (!(algorithm & issuer->profile->algorithms))
        return TOKEN_ALGORITHM;
    if (!issuer->keys)
        return TOKEN_NO_KEYS;
    struct str kid = claims_text(&jws->header, STR("kid"));
    bool kid_is_wrong = claims_find(&jws->header, STR("kid")) && kid.len == 0;
    const struct key *key = kid_is_wrong ? NULL : key_set_find(issuer->keys, kid);
    if (!key)
        return TOKEN_KEY;
    if (!(algorithm & key_algorithms(key)))
        return TOKEN_ALGORITHM;
    return key_verify(key, algorithm, jws->signed_bytes, jws->signature) ? TOKEN_OK
                                                                         : TOKEN_SIGNATURE;
}

/* --- the claims: RFC 7519, and the broker's own by its profile --- */

/* A NumericDate, whole seconds; *time stays unknown when it is absent. */
static enum token_fault read_time(const struct claims *claims, struct str name, struct wall *time)
{
    *time = WALL_NONE;
    const struct claim *claim = claims_find(claims, name);
    if (!claim)
        return TOKEN_OK;
    if (claim->type != JSON_TYPE_NUMBER)
        return TOKEN_CLAIM_TYPE;
    struct reader r;
    reader_init(&r, claim->text, NULL);
    int64_t seconds = reader_int(&r, -NUMBER_MAX, NUMBER_MAX);
    if (!reader_end(&r))
        return TOKEN_CLAIM_TYPE;
    *time = wall_of_unix(seconds);
    return TOKEN_OK;
}

static bool is_after(struct wall a, struct wall b, int64_t by_s)
{
    return a.known && a.unix_ms > b.unix_ms + by_s * 1000;
}

static enum token_fault check_times(const struct claims *claims, struct wall now,
                                    struct wall *expires, struct wall *issued)
{
    struct wall not_before;
    if (read_time(claims, STR("exp"), expires) != TOKEN_OK ||
        read_time(claims, STR("iat"), issued) != TOKEN_OK ||
        read_time(claims, STR("nbf"), &not_before) != TOKEN_OK)
        return TOKEN_CLAIM_TYPE;
    if (!is_after(*expires, now, -TOKEN_LEEWAY_S) || is_after(*expires, now, TOKEN_LIFE_MAX_S))
        return TOKEN_EXPIRED;
    if (is_after(not_before, now, TOKEN_FUTURE_S) || is_after(*issued, now, TOKEN_FUTURE_S))
        return TOKEN_NOT_YET;
    return TOKEN_OK;
}

static bool is_audience(const struct token_profile *profile, struct str name)
{
    for (size_t i = 0; i < profile->audience_count; i++)
        if (str_equal(name, profile->audiences[i]))
            return true;
    return false;
}

/* Which of our audiences `aud` names: *named is the first, *count how many. */
static enum token_fault read_audience(const struct claims *claims,
                                      const struct token_profile *profile, struct arena *arena,
                                      struct str *named, size_t *count)
{
    const struct claim *aud = claims_find(claims, STR("aud"));
    *count = 0;
    if (!aud)
        return TOKEN_AUDIENCE;
    if (aud->type == JSON_TYPE_STRING) {
        *named = aud->text;
        *count = is_audience(profile, aud->text);
        return TOKEN_OK;
    }
    struct reader r;
    struct str name;
    reader_init(&r, aud->text, arena);
    reader_array(&r);
    while (reader_element(&r)) {
        name = reader_string(&r);
        if (is_audience(profile, name) && (*count)++ == 0)
            *named = name;
    }
    if (reader_end(&r))
        return TOKEN_OK;
    return arena_is_full(arena) ? TOKEN_FULL : TOKEN_CLAIM_TYPE;
}

/* The token must be meant for us, and say for which portal it was issued. */
static enum token_fault check_audience(const struct claims *claims,
                                       const struct token_profile *profile, struct arena *arena,
                                       struct str *portal)
{
    struct str named = STR_NONE;
    size_t count;
    enum token_fault fault = read_audience(claims, profile, arena, &named, &count);
    if (fault != TOKEN_OK)
        return fault;
    if (count == 0)
        return TOKEN_AUDIENCE;
    if (profile->audience_is_client)
        *portal = named;
    else
        *portal = claims_text(claims, profile->client_claim);
    /* A token for two portals does not say which of them sent it. */
    bool ambiguous = profile->audience_is_client && count > 1;
    bool nameless = profile->client_claim.at && portal->len == 0;
    return ambiguous || nameless ? TOKEN_AUDIENCE : TOKEN_OK;
}

static enum token_fault read_cpr(const struct claims *claims, const struct token_profile *profile,
                                 struct cpr *cpr)
{
    const struct claim *claim = claims_find(claims, profile->cpr_claim);
    if (!claim || claim->type == JSON_TYPE_NULL)
        return TOKEN_NO_CPR;
    if (claim->type != JSON_TYPE_STRING)
        return TOKEN_CLAIM_TYPE;
    return cpr_parse(claim->text, cpr) ? TOKEN_OK : TOKEN_CPR;
}

/* The citizen's name; unknown when it is protected. */
static struct str read_name(const struct claims *claims, const struct token_profile *profile)
{
    struct str name = claims_text(claims, profile->name_claim);
    if (profile->protected_suffix.len && str_ends_with(name, profile->protected_suffix))
        name = str_head(name, name.len - profile->protected_suffix.len);
    name = str_trim(name);
    return name.len ? name : STR_NONE;
}

/* The lowest of those present: a level holds only as far as each of its parts. */
static enum level read_level(const struct claims *claims, const struct token_profile *profile,
                             enum level absent)
{
    bool any = false;
    enum level lowest = LEVEL_HIGH;
    for (size_t i = 0; i < profile->level_claim_count; i++) {
        const struct claim *claim = claims_find(claims, profile->level_claims[i]);
        if (!claim)
            continue;
        enum level level = level_parse(claim->text);
        lowest = level < lowest ? level : lowest;
        any = true;
    }
    return any ? lowest : absent;
}

/* By which means the citizen logged in. Archived NemID logins count as Substantial, as they did
 * under the transition rules, when they were issued before the profile's limit [D]. */
static enum token_fault check_scheme(const struct claims *claims,
                                     const struct token_profile *profile, struct wall issued,
                                     enum level *level_when_absent)
{
    *level_when_absent = LEVEL_NONE;
    if (!profile->scheme_claim.at)
        return TOKEN_OK;
    struct str scheme = claims_text(claims, profile->scheme_claim);
    if (str_equal(scheme, STR("mitid")) || str_equal(scheme, STR("dkmitid")))
        return TOKEN_OK;
    if (!str_equal(scheme, STR("nemid")) && !str_equal(scheme, STR("dknemid")))
        return TOKEN_SCHEME;
    if (!profile->nemid_until.known || !issued.known || is_after(issued, profile->nemid_until, 0) ||
        is_after(issued, nemid_end, 0))
        return TOKEN_NEMID;
    *level_when_absent = LEVEL_SUBSTANTIAL;
    return TOKEN_OK;
}

/* OpenID Connect writes auth_time as a number, Nets eID Broker as text. What cannot be read, or
 * lies ahead, is not known: it opens nothing, and it is no reason to refuse the rest. */
static struct wall read_login(const struct claims *claims, struct wall now)
{
    const struct claim *claim = claims_find(claims, STR("auth_time"));
    uint64_t seconds;
    if (!claim || (claim->type != JSON_TYPE_NUMBER && claim->type != JSON_TYPE_STRING) ||
        !str_to_u64(claim->text, (uint64_t)NUMBER_MAX, &seconds))
        return WALL_NONE;
    struct wall login = wall_of_unix((int64_t)seconds);
    return is_after(login, now, TOKEN_FUTURE_S) ? WALL_NONE : login;
}

static enum token_fault check_claims(const struct claims *claims,
                                     const struct token_profile *profile, struct wall now,
                                     struct arena *arena, struct citizen_facts *facts)
{
    struct wall issued;
    enum level level_when_absent;
    enum token_fault fault = TOKEN_OK;
    if (is_after(now, profile->only_until, 0) && profile->only_until.known)
        return TOKEN_PROFILE_ENDED;
    if ((fault = check_times(claims, now, &facts->expires, &issued)) != TOKEN_OK ||
        (fault = check_audience(claims, profile, arena, &facts->portal)) != TOKEN_OK)
        return fault;
    if (claims_text(claims, STR("sub")).len == 0)
        return TOKEN_SUBJECT;
    if ((fault = check_scheme(claims, profile, issued, &level_when_absent)) != TOKEN_OK ||
        (fault = read_cpr(claims, profile, &facts->subject)) != TOKEN_OK)
        return fault;
    facts->issuer = profile->issuer;
    facts->name = read_name(claims, profile);
    facts->privileges = claims_text(claims, profile->privileges_claim);
    facts->logged_in = read_login(claims, now);
    facts->level = read_level(claims, profile, level_when_absent);
    return TOKEN_OK;
}

static const struct token_issuer *find_issuer(const struct token_issuer *issuers, size_t count,
                                              struct str iss)
{
    for (size_t i = 0; iss.len && i < count; i++)
        if (str_equal(issuers[i].profile->issuer, iss))
            return &issuers[i];
    return NULL;
}

static enum token_fault verify(struct str token, const struct token_issuer *issuers,
                               size_t issuer_count, struct wall now, struct arena *arena,
                               struct citizen_facts *facts, size_t *issuer_index)
{
    struct jws jws;
    enum token_fault fault = jws_parse(&jws, token, arena);
    if (fault != TOKEN_OK || (fault = check_header(&jws.header)) != TOKEN_OK)
        return fault;
    const struct token_issuer *issuer =
        find_issuer(issuers, issuer_count, claims_text(&jws.claims, STR("iss")));
    if (!issuer)
        return TOKEN_ISSUER;
    if (issuer_index)
        *issuer_index = (size_t)(issuer - issuers);
    fault = check_signature(&jws, issuer);
    return fault == TOKEN_OK ? check_claims(&jws.claims, issuer->profile, now, arena, facts)
                             : fault;
}

enum token_fault token_verify(struct str token, const struct token_issuer *issuers,
                              size_t issuer_count, struct wall now, struct arena *arena,
                              const struct citizen **citizen, size_t *issuer_index)
{
    *citizen = NULL;
    if (token.len == 0)
        return TOKEN_MISSING;
    if (token.len > TOKEN_BYTES_MAX)
        return TOKEN_TOO_LONG;
    struct citizen_facts facts = {0};
    enum token_fault fault = verify(token, issuers, issuer_count, now, arena, &facts, issuer_index);
    if (fault == TOKEN_OK && !(*citizen = citizen_make(arena, &facts)))
        fault = TOKEN_FULL;
    explicit_bzero(&facts, sizeof facts);
    return fault;
}

/* b64token of RFC 6750, 2.1, which RFC 9110, 11.2 calls token68. */
static bool is_token68(struct str s)
{
    static const bool is_in_it[256] = {
        ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
        ['-'] = true,         ['.'] = true,         ['_'] = true,
        ['~'] = true,         ['+'] = true,         ['/'] = true,
    };
    size_t len = s.len;
    while (len && s.at[len - 1] == '=')
        len--;
    for (size_t i = 0; i < len; i++)
        if (!is_in_it[(unsigned char)s.at[i]])
            return false;
    return len > 0;
}

struct str token_of_authorization(struct str value)
{
    struct str rest = value;
    if (!str_equal_nocase(str_split(&rest, ' '), STR("Bearer")))
        return STR_NONE;
    while (rest.len && rest.at[0] == ' ')
        rest = str_skip(rest, 1);
    return is_token68(rest) ? rest : STR_NONE;
}
