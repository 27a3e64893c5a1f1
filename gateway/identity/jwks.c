/* SPDX-License-Identifier: MIT */
#include "identity/jwks.h"

#include <assert.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/die.h"
#include "base/log.h"

enum { URL_MAX = 2048, DIGEST_BYTES = 32, MS_PER_S = 1000 };

#define WELL_KNOWN "/.well-known/openid-configuration"

/* One issuer and its keys. A timer for the next fetch runs whenever none is in flight. */
struct issuer {
    struct jwks *jwks;
    const struct token_profile *profile;
    size_t index;
    char discovery[URL_MAX]; /* "": the profile knows where the keys are */
    char url[URL_MAX];       /* what is being asked, or was last; `target` points into it */
    struct fetch_target target;
    struct fetch *fetch;                /* in flight */
    struct timer next;                  /* starts a fetch */
    struct timer stale;                 /* gives the keys up */
    instant not_before;                 /* of the next fetch */
    struct key_set *keys;               /* the last good set; NULL: none, or given up */
    instant good;                       /* when they were last seen to be */
    unsigned char digest[DIGEST_BYTES]; /* of the text of `keys` */
};

struct jwks {
    struct loop *loop;
    struct fetch_pool *pool;
    struct jwks_settings settings;
    jwks_fn *changed;
    void *ctx;
    size_t count;
    struct issuer issuers[];
};

static instant after_s(const struct issuer *issuer, unsigned seconds)
{
    return instant_after_ms(loop_now(issuer->jwks->loop), (int64_t)seconds * MS_PER_S);
}

static void on_next(void *ctx);

/* The next fetch is due then; an earlier one stays. */
static void plan(struct issuer *issuer, instant due)
{
    if (due < issuer->not_before)
        due = issuer->not_before;
    if (!timer_is_running(&issuer->next) || due < issuer->next.due)
        timer_start(issuer->jwks->loop, &issuer->next, due, on_next, issuer);
}

/* Nothing of it is believed; what we have stays until it is stale. */
static void fail(struct issuer *issuer, const char *what, const char *why)
{
    log_event(issuer->keys ? LOG_WARN : LOG_ERROR, STR_NONE,
              "event=keys issuer=%.*s fault=%s why=\"%s\"", STR_ARG(issuer->profile->issuer), what,
              why);
    plan(issuer, issuer->not_before);
}

/* --- what a good answer changes --- */

static void on_stale(void *ctx)
{
    struct issuer *issuer = ctx;
    struct jwks *jwks = issuer->jwks;
    log_error(STR_NONE, "event=keys issuer=%.*s fault=stale", STR_ARG(issuer->profile->issuer));
    key_set_unref(&issuer->keys);
    jwks->changed(jwks->ctx, issuer->index, NULL);
}

/* The set is good as of now. `changed` comes last: it may do anything. */
static void accept_keys(struct issuer *issuer, struct str text)
{
    struct jwks *jwks = issuer->jwks;
    unsigned char digest[DIGEST_BYTES];
    const char *why = "";
    if (!EVP_Q_digest(NULL, "SHA256", NULL, text.at, text.len, digest, NULL))
        die("jwks: no SHA-256");
    bool is_new = !issuer->keys || memcmp(digest, issuer->digest, DIGEST_BYTES) != 0;
    if (is_new) {
        struct key_set *keys = key_set_parse(text, &why);
        if (!keys) {
            fail(issuer, "keys", why);
            return;
        }
        key_set_unref(&issuer->keys);
        issuer->keys = keys;
        memcpy(issuer->digest, digest, DIGEST_BYTES);
        log_info(STR_NONE, "event=keys issuer=%.*s keys=%zu", STR_ARG(issuer->profile->issuer),
                 key_set_count(keys));
    }
    issuer->good = loop_now(jwks->loop);
    timer_start(jwks->loop, &issuer->stale, after_s(issuer, jwks->settings.stale_max_s), on_stale,
                issuer);
    plan(issuer, after_s(issuer, jwks->settings.refresh_s));
    if (is_new)
        jwks->changed(jwks->ctx, issuer->index, issuer->keys);
}

/* --- asking --- */

/* True: a whole answer with status 200. */
static bool is_good(struct issuer *issuer, const char *what, const struct fetch_result *result)
{
    char why[128];
    if (result->status == FETCH_OK && result->http_status == 200)
        return true;
    if (result->status == FETCH_OK)
        snprintf(why, sizeof why, "status %d", result->http_status);
    else
        snprintf(why, sizeof why, "%.*s", STR_ARG(fetch_status_code(result->status)));
    fail(issuer, what, why);
    return false;
}

/* Splits `url` into the target's part and the path. False: not a URL that we ask. */
static bool split_url(struct str url, bool insecure, struct str *server, struct str *path)
{
    struct str scheme = STR("https://"), plain = STR("http://");
    if (!str_starts_with(url, scheme)) {
        if (!insecure || !str_starts_with(url, plain))
            return false;
        scheme = plain;
    }
    for (size_t i = 0; i < url.len; i++)
        if (url.at[i] <= ' ' || url.at[i] >= 0x7f || strchr("@#\\", url.at[i]))
            return false;
    size_t host_len = str_find_byte(str_skip(url, scheme.len), '/');
    *server = str_head(url, scheme.len + host_len);
    *path = str_skip(url, server->len);
    if (path->len == 0)
        *path = STR("/");
    return host_len > 0 && str_find_byte(*server, '?') == server->len;
}

static void ask(struct issuer *issuer, struct str url, fetch_done_fn *done)
{
    static const struct str headers[] = {STR_INIT("Accept: application/json")};
    const struct jwks_settings *settings = &issuer->jwks->settings;
    struct str server, path;
    if (url.len >= sizeof issuer->url || !split_url(url, settings->insecure, &server, &path)) {
        fail(issuer, "address", "not an https address");
        return;
    }
    memmove(issuer->url, url.at, url.len);
    split_url(str_make(issuer->url, url.len), settings->insecure, &server, &path);
    issuer->target = (struct fetch_target){
        .url = server,
        .ca_file = issuer->profile->ca_file,
        .insecure = str_starts_with(server, STR("http://")),
        .connections_max = 1,
    };
    issuer->target.identity = fetch_target_identity(&issuer->target);
    instant late = instant_after_ms(loop_now(issuer->jwks->loop), settings->timeout_ms);
    struct fetch_spec spec = {
        .target = &issuer->target,
        .path = path,
        .headers = headers,
        .header_count = 1,
        .answer_max = KEYS_BYTES_MAX,
        .connected_by = late,
        .first_byte_by = late,
        .done_by = late,
    };
    fetch_start(issuer->jwks->pool, &spec, &issuer->fetch, done, issuer);
}

static void on_keys(void *ctx, const struct fetch_result *result)
{
    struct issuer *issuer = ctx;
    if (is_good(issuer, "keys", result))
        accept_keys(issuer, result->body);
}

/* The document must speak for this issuer and no other (OpenID Connect Discovery 1.0, 4.3). */
static void on_discovery(void *ctx, const struct fetch_result *result)
{
    struct issuer *issuer = ctx;
    if (!is_good(issuer, "discovery", result))
        return;
    json_t *root = json_loadb(result->body.at, result->body.len, JSON_REJECT_DUPLICATES, NULL);
    struct str names = str_of(json_string_value(json_object_get(root, "issuer")));
    struct str keys = str_of(json_string_value(json_object_get(root, "jwks_uri")));
    if (!root)
        fail(issuer, "discovery", "not JSON, or a member comes twice");
    else if (!str_equal(names, issuer->profile->issuer))
        fail(issuer, "discovery", "it names another issuer");
    else if (!keys.at)
        fail(issuer, "discovery", "no jwks_uri");
    else
        ask(issuer, keys, on_keys);
    json_decref(root);
}

static void on_next(void *ctx)
{
    struct issuer *issuer = ctx;
    issuer->not_before = after_s(issuer, issuer->jwks->settings.retry_s);
    if (issuer->discovery[0])
        ask(issuer, str_of(issuer->discovery), on_discovery);
    else
        ask(issuer, issuer->profile->jwks_uri, on_keys);
}

/* --- all of them --- */

static void find_discovery(struct issuer *issuer)
{
    const struct token_profile *profile = issuer->profile;
    struct str base = profile->issuer;
    int len = 0;
    if (base.len && base.at[base.len - 1] == '/')
        base.len--;
    if (profile->jwks_uri.len)
        return;
    if (profile->discovery.len)
        len = snprintf(issuer->discovery, URL_MAX, "%.*s", STR_ARG(profile->discovery));
    else
        len = snprintf(issuer->discovery, URL_MAX, "%.*s" WELL_KNOWN, STR_ARG(base));
    if (len < 0 || len >= URL_MAX)
        die("jwks: the address of issuer %.*s is too long", STR_ARG(profile->name));
}

struct jwks *jwks_new(struct loop *loop, struct fetch_pool *pool,
                      const struct jwks_settings *settings, const struct token_profile *profiles,
                      size_t count, jwks_fn *changed, void *ctx)
{
    struct jwks *jwks = die_calloc(1, sizeof *jwks + count * sizeof jwks->issuers[0]);
    jwks->loop = loop;
    jwks->pool = pool;
    jwks->settings = *settings;
    jwks->changed = changed;
    jwks->ctx = ctx;
    jwks->count = count;
    for (size_t i = 0; i < count; i++) {
        struct issuer *issuer = &jwks->issuers[i];
        issuer->jwks = jwks;
        issuer->profile = &profiles[i];
        issuer->index = i;
        find_discovery(issuer);
        plan(issuer, loop_now(loop));
    }
    return jwks;
}

void jwks_free(struct jwks **jwks)
{
    struct jwks *gone = *jwks;
    *jwks = NULL;
    for (size_t i = 0; gone && i < gone->count; i++) {
        struct issuer *issuer = &gone->issuers[i];
        timer_cancel(gone->loop, &issuer->next);
        timer_cancel(gone->loop, &issuer->stale);
        fetch_cancel(&issuer->fetch);
        key_set_unref(&issuer->keys);
    }
    free(gone);
}

static bool is_asked_alike(const struct token_profile *a, const struct token_profile *b)
{
    return str_equal(a->issuer, b->issuer) && str_equal(a->jwks_uri, b->jwks_uri) &&
           str_equal(a->discovery, b->discovery) && str_equal(a->ca_file, b->ca_file);
}

void jwks_adopt(struct jwks *jwks, const struct jwks *before)
{
    for (size_t i = 0; i < jwks->count * before->count; i++) {
        struct issuer *issuer = &jwks->issuers[i / before->count];
        const struct issuer *old = &before->issuers[i % before->count];
        if (issuer->keys || !old->keys || !is_asked_alike(issuer->profile, old->profile))
            continue;
        issuer->keys = key_set_ref(old->keys);
        issuer->good = old->good;
        memcpy(issuer->digest, old->digest, DIGEST_BYTES);
        timer_start(jwks->loop, &issuer->stale,
                    instant_min(old->stale.due, after_s(issuer, jwks->settings.stale_max_s)),
                    on_stale, issuer);
    }
}

void jwks_want(struct jwks *jwks, size_t issuer_index)
{
    assert(issuer_index < jwks->count);
    struct issuer *issuer = &jwks->issuers[issuer_index];
    if (!issuer->fetch) /* else its answer may know the kid */
        plan(issuer, loop_now(jwks->loop));
}

bool jwks_is_loaded(const struct jwks *jwks)
{
    for (size_t i = 0; i < jwks->count; i++)
        if (!jwks->issuers[i].keys)
            return false;
    return true;
}

int64_t jwks_age_s(const struct jwks *jwks, size_t issuer_index)
{
    assert(issuer_index < jwks->count);
    const struct issuer *issuer = &jwks->issuers[issuer_index];
    return issuer->keys ? (loop_now(jwks->loop) - issuer->good) / (INSTANT_PER_MS * MS_PER_S) : -1;
}

struct key_set *jwks_keys(const struct jwks *jwks, size_t issuer_index)
{
    assert(issuer_index < jwks->count);
    return jwks->issuers[issuer_index].keys;
}
