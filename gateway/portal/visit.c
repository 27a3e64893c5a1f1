/* SPDX-License-Identifier: MIT */
#include "portal/visit.h"

#include <stdlib.h>

#include "base/die.h"
#include "base/log.h"
#include "portal/form.h"

enum {
    ARENA_MAX = 1024 * 1024,
    QUESTION_MAX = 256 * 1024,
    PATIENCE_MS = 10000,
    CONNECT_MS = 3000,
    HEADERS_MAX = 8,
};

static const struct str cookie_name = STR_INIT("__Host-session=");
static const struct str language_name = STR_INIT("__Host-language=");

/* ---- the beginning ---- */

/* The value of one of our cookies. */
static struct str cookie(const struct http_request *request, struct str name)
{
    bool twice = false;
    struct str rest = http_field_find(request->head, STR("Cookie"), &twice);
    while (rest.at && !twice) {
        struct str one = str_trim(str_split(&rest, ';'));
        if (str_starts_with(one, name))
            return str_skip(one, name.len);
    }
    return STR_NONE;
}

static enum language choose_language(const struct http_request *request)
{
    bool twice;
    struct str chosen = cookie(request, language_name);
    for (int i = 0; i < LANGUAGES; i++)
        if (str_equal(chosen, language_tag((enum language)i)))
            return (enum language)i;
    return language_choose(http_field_find(request->head, STR("Accept-Language"), &twice));
}

static void note_visitor(struct visit *visit, const struct session *session)
{
    const struct portal *portal = visit->portal;
    instant now = loop_now(portal->loop);
    struct wall wall = loop_wall(portal->loop);
    wall.unix_ms += instant_left_ms(now, session_ends(portal->sessions, session));
    memcpy(visit->session_id, session->id, sizeof visit->session_id);
    visit->has_visitor = true;
    visit->visitor = (struct page_visitor){
        .csrf = arena_copy(visit->arena, str_of(session->csrf)),
        .ends = wall,
        .other = arena_copy(visit->arena, str_of(session->other.name)),
        .other_until = session->other.until,
        .view = session->view,
    };
    if (session->other.mandate[0])
        visit->act_for = arena_copy(visit->arena, str_of(session->other.mandate));
}

static void on_gone(void *ctx)
{
    visit_end(ctx);
}

struct visit *visit_new(struct portal *portal, const struct http_request *request,
                        struct http_exchange *exchange)
{
    struct visit *visit = die_calloc(1, sizeof *visit);
    struct str id = cookie(request, cookie_name);
    bool twice;
    visit->portal = portal;
    visit->arena = arena_new(ARENA_MAX);
    visit->language = choose_language(request);
    visit->query = request->head->query;
    visit->form = request->body;
    visit->origin = http_field_find(request->head, STR("Origin"), &twice);
    buf_init(&visit->question, QUESTION_MAX);
    if (id.len == SESSION_SECRET_TEXT - 1)
        memcpy(visit->session_id, id.at, id.len);
    struct session *session =
        session_find(portal->sessions, id, SESSION_LOGGED_IN, loop_now(portal->loop));
    if (session)
        note_visitor(visit, session);
    http_keep(exchange, &visit->exchange, on_gone, visit);
    return visit;
}

void visit_end(struct visit *visit)
{
    if (visit->clear)
        visit->clear(visit);
    fetch_cancel(&visit->fetch);
    buf_clear(&visit->question);
    arena_free(&visit->arena);
    explicit_bzero(visit, sizeof *visit);
    free(visit);
}

/* ---- what it says ---- */

struct session *visit_session(struct visit *visit)
{
    return session_find(visit->portal->sessions, str_of(visit->session_id), SESSION_LOGGED_IN,
                        loop_now(visit->portal->loop));
}

bool visit_is_genuine(struct visit *visit)
{
    const struct session *session = visit_session(visit);
    return session && session_secret_equal(session->csrf, visit_form(visit, "csrf")) &&
           (!visit->origin.at || str_equal(visit->origin, str_of(visit->portal->url)));
}

struct str visit_query(struct visit *visit, const char *name)
{
    return form_value(visit->query, name, 0, visit->arena);
}

struct str visit_form(struct visit *visit, const char *name)
{
    return form_value(visit->form, name, 0, visit->arena);
}

/* ---- replies ---- */

void visit_field(struct visit *visit, struct str name, struct str value)
{
    if (visit->field_count == VISIT_FIELDS_MAX)
        die("more fields than a reply of ours has");
    visit->fields[visit->field_count++] = (struct http_field){name, value};
}

void visit_cookie(struct visit *visit, const char *id)
{
    visit_field(visit, STR("Set-Cookie"),
                arena_format(visit->arena, "%.*s%s; Path=/; Secure; HttpOnly; SameSite=Lax%s",
                             STR_ARG(cookie_name), id, id[0] ? "" : "; Max-Age=0"));
}

/* Everything from this server only, nothing inline, no frame, and nothing kept. */
static void add_policy(struct visit *visit)
{
    visit_field(visit, STR("Content-Security-Policy"),
                STR("default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; "
                    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                    "frame-ancestors 'none'"));
    visit_field(visit, STR("Cache-Control"), STR("no-store"));
    visit_field(visit, STR("Referrer-Policy"), STR("same-origin"));
    visit_field(visit, STR("X-Content-Type-Options"), STR("nosniff"));
    visit_field(visit, STR("Cross-Origin-Opener-Policy"), STR("same-origin"));
    visit_field(visit, STR("Strict-Transport-Security"), STR("max-age=31536000"));
}

void visit_reply(struct visit *visit, int status, struct buf *html)
{
    visit_field(visit, STR("Content-Type"), STR("text/html; charset=utf-8"));
    add_policy(visit);
    http_reply(visit->exchange, status, visit->fields, visit->field_count, html);
    visit_end(visit);
}

void visit_reply_file(struct visit *visit, struct str type, struct str name, struct str bytes)
{
    struct buf body;
    buf_init(&body, VISIT_ANSWER_MAX);
    buf_add_str(&body, bytes);
    visit_field(visit, STR("Content-Type"), arena_copy(visit->arena, type));
    visit_field(visit, STR("Content-Disposition"),
                arena_format(visit->arena, "attachment; filename=\"%.*s\"", STR_ARG(name)));
    add_policy(visit);
    http_reply(visit->exchange, 200, visit->fields, visit->field_count, &body);
    visit_end(visit);
}

void visit_redirect(struct visit *visit, struct str where)
{
    struct buf nothing;
    buf_init(&nothing, 1);
    visit_field(visit, STR("Location"), where);
    add_policy(visit);
    http_reply(visit->exchange, 303, visit->fields, visit->field_count, &nothing);
    visit_end(visit);
}

void visit_stream(struct visit *visit)
{
    visit_field(visit, STR("Content-Type"), STR("text/html; charset=utf-8"));
    visit_field(visit, STR("X-Accel-Buffering"), STR("no"));
    add_policy(visit);
    http_stream_start(visit->exchange, 200, visit->fields, visit->field_count);
}

struct page visit_page(const struct visit *visit, enum word title)
{
    return (struct page){
        .language = visit->language,
        .title = title,
        .visitor = visit->has_visitor ? &visit->visitor : NULL,
    };
}

void visit_notice(struct visit *visit, int status, enum word title, enum word lead,
                  struct str receipt)
{
    struct page page = visit_page(visit, title);
    struct buf html;
    buf_init(&html, VISIT_PAGE_MAX);
    page_notice(&html, &page, lead, receipt);
    visit_reply(visit, status, &html);
}

void visit_fault(struct visit *visit, const struct fetch_result *result)
{
    json_t *problem = json_read(result->body);
    struct str receipt = arena_copy(visit->arena, json_text(problem, "receipt"));
    struct str type = json_text(problem, "type");
    bool is_level = str_ends_with(type, STR("/insufficient-level"));
    json_decref(problem);
    if (result->status != FETCH_OK)
        log_warn(STR_NONE, "event=question status=%.*s why=\"%s\"",
                 STR_ARG(fetch_status_code(result->status)), result->why);
    if (result->status == FETCH_OK && result->http_status == 401) {
        struct session *session = visit_session(visit);
        session_end(visit->portal->sessions, &session);
        visit->has_visitor = false;
        visit_cookie(visit, "");
        visit_notice(visit, 401, is_level ? WORD_LEVEL : WORD_ENDED,
                     is_level ? WORD_LEVEL_LEAD : WORD_ENDED_LEAD, receipt);
        return;
    }
    visit_notice(visit, 502, WORD_FAULT, WORD_FAULT_LEAD, receipt);
}

/* ---- questions ---- */

static void on_answered(void *ctx, const struct fetch_result *result)
{
    struct visit *visit = ctx;
    visit->answered(visit, result);
}

static void on_part(void *ctx, int http_status, struct str part)
{
    struct visit *visit = ctx;
    visit->part(visit, http_status, part);
}

static void start(struct visit *visit, struct fetch_spec *spec, int patience_ms,
                  visit_answered_fn *answered)
{
    instant now = loop_now(visit->portal->loop);
    spec->connected_by = instant_after_ms(now, CONNECT_MS);
    spec->done_by = instant_after_ms(now, patience_ms > 0 ? patience_ms : PATIENCE_MS);
    spec->first_byte_by = spec->done_by;
    spec->answer_max = VISIT_ANSWER_MAX;
    spec->part = visit->part ? on_part : NULL;
    if (visit->question.len > 0)
        spec->body = buf_str(&visit->question);
    visit->answered = answered;
    fetch_start(visit->portal->pool, spec, &visit->fetch, on_answered, visit);
}

void visit_ask(struct visit *visit, const struct visit_ask *ask, visit_answered_fn *answered)
{
    const struct session *session = visit_session(visit);
    struct str headers[HEADERS_MAX];
    size_t count = 0;
    struct buf authorization;
    if (!session) {
        visit->has_visitor = false;
        visit_cookie(visit, "");
        visit_notice(visit, 401, WORD_ENDED, WORD_ENDED_LEAD, STR_NONE);
        return;
    }
    buf_init(&authorization, SESSION_TOKEN_MAX + 64);
    buf_add_str(&authorization, STR("Authorization: Bearer "));
    buf_add_str(&authorization, buf_str(&session->token));
    headers[count++] = buf_str(&authorization);
    headers[count++] =
        arena_format(visit->arena, "Accept: %s", ask->accept ? ask->accept : "application/json");
    headers[count++] =
        arena_format(visit->arena, "Accept-Language: %.*s", STR_ARG(language_tag(visit->language)));
    if (ask->is_for_other && visit->act_for.at)
        headers[count++] = arena_format(visit->arena, "Act-For: %.*s", STR_ARG(visit->act_for));
    if (visit->question.len > 0)
        headers[count++] = STR("Content-Type: application/json");
    struct fetch_spec spec = {.target = &visit->portal->config.gateway.target,
                              .path = ask->path,
                              .headers = headers,
                              .header_count = count,
                              .is_delete = ask->is_delete};
    start(visit, &spec, ask->patience_ms, answered);
    buf_clear(&authorization);
}

void visit_ask_gateway(struct visit *visit, struct str path, visit_answered_fn *answered)
{
    struct fetch_spec spec = {.target = &visit->portal->config.gateway.target, .path = path};
    start(visit, &spec, 0, answered);
}

void visit_ask_broker(struct visit *visit, struct str path, visit_answered_fn *answered)
{
    static const struct str headers[] = {
        STR_INIT("Accept: application/json"),
        STR_INIT("Content-Type: application/x-www-form-urlencoded")};
    struct fetch_spec spec = {.target = &visit->portal->config.broker.target,
                              .path = path,
                              .headers = headers,
                              .header_count = visit->question.len > 0 ? 2 : 1};
    start(visit, &spec, 0, answered);
}
