/* SPDX-License-Identifier: MIT */
#include "portal/login.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "base/base64url.h"
#include "base/log.h"
#include "portal/form.h"

enum { SKEW_S = 60, ADDRESS_MAX = 4096, CLAIMS_MAX = 16 * 1024 };

/* ---- to the broker ---- */

/* The path of a URL of the broker's; STR_NONE: it is somebody else's. */
static struct str path_at_broker(const struct portal *portal, struct str url)
{
    struct str issuer = str_of(portal->config.broker.url);
    struct str path = str_skip(url, issuer.len);
    return str_starts_with(url, issuer) && str_starts_with(path, STR("/")) ? path : STR_NONE;
}

static void keep(char *into, size_t room, struct str text)
{
    snprintf(into, room, "%.*s", STR_ARG(text));
}

/* base64url(SHA-256(verifier)): RFC 7636, 4.2. */
static struct str challenge_of(const char *verifier, char text[SESSION_SECRET_TEXT])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (EVP_Digest(verifier, strlen(verifier), digest, &len, EVP_sha256(), NULL) != 1)
        return STR_NONE;
    return base64url_encode(digest, len, text);
}

static struct str callback_url(struct visit *visit)
{
    return arena_format(visit->arena, "%s/callback", visit->portal->url);
}

static void send_to_broker(struct visit *visit)
{
    struct portal *portal = visit->portal;
    struct session *session =
        session_start(portal->sessions, SESSION_LOGGING_IN, loop_now(portal->loop));
    char challenge[SESSION_SECRET_TEXT];
    struct buf query;
    if (!session) {
        visit_notice(visit, 503, WORD_FAULT, WORD_FAULT_LEAD, STR_NONE);
        return;
    }
    session_secret_make(session->login_state);
    session_secret_make(session->nonce);
    session_secret_make(session->verifier);
    buf_init(&query, ADDRESS_MAX);
    form_add(&query, "client_id", str_of(portal->config.client));
    form_add(&query, "response_type", STR("code"));
    form_add(&query, "scope", str_of(portal->config.scope));
    form_add(&query, "redirect_uri", callback_url(visit));
    form_add(&query, "state", str_of(session->login_state));
    form_add(&query, "nonce", str_of(session->nonce));
    form_add(&query, "code_challenge", challenge_of(session->verifier, challenge));
    form_add(&query, "code_challenge_method", STR("S256"));
    form_add(&query, "prompt", STR("login")); /* nobody is logged in by the one before */
    form_add(&query, "ui_locales", language_tag(visit->language));
    struct str where =
        arena_format(visit->arena, "%s?%.*s", portal->authorize, STR_ARG(buf_str(&query)));
    buf_clear(&query);
    visit_cookie(visit, session->id);
    visit_redirect(visit, where);
}

/* OpenID Connect Discovery 1.0, 4. */
static void on_discovered(struct visit *visit, const struct fetch_result *result)
{
    struct portal *portal = visit->portal;
    json_t *found =
        result->status == FETCH_OK && result->http_status == 200 ? json_read(result->body) : NULL;
    struct str authorize = json_text(found, "authorization_endpoint"),
               token = json_text(found, "token_endpoint");
    bool is_good = str_equal(json_text(found, "issuer"), str_of(portal->config.broker.url)) &&
                   path_at_broker(portal, authorize).at && path_at_broker(portal, token).at &&
                   authorize.len < sizeof portal->authorize &&
                   token.len < sizeof portal->token_endpoint;
    if (is_good) {
        keep(portal->authorize, sizeof portal->authorize, authorize);
        keep(portal->token_endpoint, sizeof portal->token_endpoint, token);
    }
    json_decref(found);
    if (is_good)
        send_to_broker(visit);
    else
        visit_fault(visit, result);
}

void login_get(struct visit *visit)
{
    if (visit->portal->authorize[0])
        send_to_broker(visit);
    else
        visit_ask_broker(visit, STR("/.well-known/openid-configuration"), on_discovered);
}

/* ---- and back ---- */

const char *login_judge(const json_t *claims, struct str issuer, struct str client,
                        const char *nonce, struct wall now)
{
    int64_t now_s = now.unix_ms / 1000;
    const json_t *audience = json_object_get(claims, "aud");
    struct str aud = json_is_array(audience) && json_array_size(audience) == 1
                         ? str_of(json_string_value(json_array_get(audience, 0)))
                         : json_text(claims, "aud");
    if (!str_equal(json_text(claims, "iss"), issuer))
        return "it is of another issuer";
    if (!str_equal(aud, client))
        return "it is for another client";
    if (!session_secret_equal(nonce, json_text(claims, "nonce")))
        return "it belongs to another login";
    if (json_number(claims, "exp") <= now_s - SKEW_S)
        return "it has expired";
    if (json_number(claims, "iat") > now_s + SKEW_S)
        return "it is from the future";
    return NULL;
}

/* The claims of a compact JWS; a new reference, or NULL. */
static json_t *claims_of(struct str token)
{
    char bytes[CLAIMS_MAX];
    size_t len;
    struct str rest = token, header = str_split(&rest, '.'), payload = str_split(&rest, '.');
    if (!header.at || !payload.at || payload.len > sizeof bytes ||
        !base64url_decode(payload, bytes, &len))
        return NULL;
    json_t *claims = json_read(str_make(bytes, len));
    explicit_bzero(bytes, sizeof bytes);
    return claims;
}

/* What is left of the life of the gateway's token: the session ends with it. */
static int64_t token_left_ms(struct str token, struct wall now)
{
    json_t *claims = claims_of(token);
    int64_t exp = json_number(claims, "exp");
    json_decref(claims);
    return exp < 0 ? INT64_MAX / INSTANT_PER_MS / 2 : exp * 1000 - now.unix_ms;
}

static void fail(struct visit *visit, const char *why)
{
    log_info(STR_NONE, "event=login-failed why=\"%s\"", why);
    visit_cookie(visit, "");
    visit_notice(visit, 400, WORD_LOGIN_FAILED, WORD_LOGIN_FAILED_LEAD, STR_NONE);
}

/* The citizen is known: a session of another id than the one that set out. */
static void welcome(struct visit *visit, struct str token)
{
    struct portal *portal = visit->portal;
    instant now = loop_now(portal->loop);
    struct session *session = session_start(portal->sessions, SESSION_LOGGED_IN, now);
    if (!session) {
        visit_notice(visit, 503, WORD_FAULT, WORD_FAULT_LEAD, STR_NONE);
        return;
    }
    buf_add_str(&session->token, token);
    session->ends = instant_min(
        session->ends, instant_after_ms(now, token_left_ms(token, loop_wall(portal->loop))));
    visit_cookie(visit, session->id);
    visit_redirect(visit, STR("/"));
}

static void on_redeemed(struct visit *visit, const struct fetch_result *result)
{
    struct portal *portal = visit->portal;
    const char *nonce = visit->more;
    json_t *tokens =
        result->status == FETCH_OK && result->http_status == 200 ? json_read(result->body) : NULL;
    struct str token = json_text(tokens, "userinfo_token");
    json_t *claims = claims_of(json_text(tokens, "id_token"));
    const char *why =
        !tokens   ? "the code was refused"
        : !claims ? "there is no ID token"
        : !token.at || token.len > SESSION_TOKEN_MAX
            ? "there is no token for the gateway"
            : login_judge(claims, str_of(portal->config.broker.url), str_of(portal->config.client),
                          nonce, loop_wall(portal->loop));
    struct str kept = why ? STR_NONE : arena_copy(visit->arena, token);
    json_decref(claims);
    json_decref(tokens);
    if (why)
        fail(visit, why);
    else
        welcome(visit, kept);
}

void login_callback(struct visit *visit)
{
    struct portal *portal = visit->portal;
    struct session *session = session_find(portal->sessions, str_of(visit->session_id),
                                           SESSION_LOGGING_IN, loop_now(portal->loop));
    struct str code = visit_query(visit, "code");
    if (!session || !session_secret_equal(session->login_state, visit_query(visit, "state"))) {
        fail(visit, "nobody set out from here");
        return;
    }
    form_add(&visit->question, "grant_type", STR("authorization_code"));
    form_add(&visit->question, "client_id", str_of(portal->config.client));
    form_add(&visit->question, "code", code.at ? code : STR(""));
    form_add(&visit->question, "code_verifier", str_of(session->verifier));
    form_add(&visit->question, "redirect_uri", callback_url(visit));
    visit->more = (void *)arena_copy(visit->arena, str_of(session->nonce)).at;
    session_end(portal->sessions, &session); /* once only */
    if (!code.at) {
        fail(visit, "the broker sent no code");
        return;
    }
    visit_ask_broker(visit, path_at_broker(portal, str_of(portal->token_endpoint)), on_redeemed);
}

void login_logout(struct visit *visit)
{
    struct session *session = visit_session(visit);
    if (session && !visit_is_genuine(visit)) {
        visit_notice(visit, 403, WORD_REFUSED, WORD_REFUSED_LEAD, STR_NONE);
        return;
    }
    session_end(visit->portal->sessions, &session);
    visit_cookie(visit, "");
    visit_field(visit, STR("Clear-Site-Data"), STR("\"cache\", \"storage\""));
    visit_redirect(visit, STR("/goodbye"));
}
