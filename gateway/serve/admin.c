/* SPDX-License-Identifier: MIT */
#include "serve/admin.h"

#include "base/die.h"
#include "base/log.h"
#include "serve/admin_call.h"
#include "serve/admin_task.h"
#include "serve/query.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALL_MEMORY_MAX = 32 * 1024 * 1024, MEMBERS_MAX = 8, ROUTE_METHODS_MAX = 64 };

/* ---- the routes ---- */

struct admin_route {
    enum http_method method;
    struct str path; /* a star stands for one segment */
    enum operator_role role;
    void (*run)(struct admin_call *call);
    bool needs_reason;
    const char *members[MEMBERS_MAX]; /* that the body may have */
};
/* In place of members: the body is a document, which the handler reads as it is. */
#define DOCUMENT "*"

static const struct admin_route routes[] = {
    {HTTP_GET, STR_INIT("/status"), OPERATOR_VIEWER, admin_get_status, false, {0}},
    {HTTP_GET, STR_INIT("/sources"), OPERATOR_AUTHORITY, admin_get_sources, false, {0}},
    {HTTP_GET, STR_INIT("/sources/*"), OPERATOR_AUTHORITY, admin_get_source, false, {0}},
    {HTTP_GET, STR_INIT("/sources/*/figures"), OPERATOR_AUTHORITY, admin_get_figures, false, {0}},
    {HTTP_POST,
     STR_INIT("/sources/*/enable"),
     OPERATOR_AUTHORITY,
     admin_post_enable,
     true,
     {"reason"}},
    {HTTP_POST,
     STR_INIT("/sources/*/disable"),
     OPERATOR_OPERATOR,
     admin_post_disable,
     true,
     {"reason", "until", "message"}},
    {HTTP_POST,
     STR_INIT("/sources/*/drain"),
     OPERATOR_OPERATOR,
     admin_post_drain,
     true,
     {"reason", "until", "message"}},
    {HTTP_POST,
     STR_INIT("/sources/*/maintenance"),
     OPERATOR_AUTHORITY,
     admin_post_maintenance,
     true,
     {"reason", "until", "message"}},
    {HTTP_POST,
     STR_INIT("/sources/*/rearm"),
     OPERATOR_OPERATOR,
     admin_post_rearm,
     true,
     {"reason", "authority"}},
    {HTTP_GET, STR_INIT("/portals/*/page"), OPERATOR_VIEWER, admin_get_portal_page, false, {0}},
    {HTTP_POST,
     STR_INIT("/plan"),
     OPERATOR_VIEWER,
     admin_post_plan,
     false,
     {"citizen", "token", "portal", "level", "municipalities", "mandate"}},
    {HTTP_POST,
     STR_INIT("/exposure/preview"),
     OPERATOR_VIEWER,
     admin_post_preview,
     false,
     {"citizen", "portal", "municipality", "configuration"}},
    {HTTP_POST,
     STR_INIT("/exposure/quality"),
     OPERATOR_VIEWER,
     admin_post_quality,
     false,
     {"citizen", "portal", "municipality", "configuration"}},
    {HTTP_GET, STR_INIT("/exposure/*"), OPERATOR_AUTHORITY, admin_get_rules, false, {0}},
    {HTTP_GET,
     STR_INIT("/exposure/*/versions"),
     OPERATOR_AUTHORITY,
     admin_get_rules_versions,
     false,
     {0}},
    {HTTP_PUT, STR_INIT("/exposure/*"), OPERATOR_AUTHORITY, admin_put_rules, true, {DOCUMENT}},
    {HTTP_POST,
     STR_INIT("/exposure/*/preview"),
     OPERATOR_AUTHORITY,
     admin_post_rules_preview,
     false,
     {"version", "citizen", "portal", "reason"}},
    {HTTP_POST,
     STR_INIT("/exposure/*/activate"),
     OPERATOR_AUTHORITY,
     admin_post_rules_activate,
     true,
     {"version", "reason"}},
    {HTTP_POST,
     STR_INIT("/exposure/*/undo"),
     OPERATOR_AUTHORITY,
     admin_post_rules_undo,
     true,
     {"reason"}},
    {HTTP_POST,
     STR_INIT("/exposure/*/retire"),
     OPERATOR_AUTHORITY,
     admin_post_rules_retire,
     true,
     {"reason"}},
    {HTTP_GET, STR_INIT("/registrations"), OPERATOR_AUTHORITY, admin_get_registrations, false, {0}},
    {HTTP_GET,
     STR_INIT("/registrations/*"),
     OPERATOR_AUTHORITY,
     admin_get_registration,
     false,
     {0}},
    {HTTP_GET,
     STR_INIT("/registrations/*/report"),
     OPERATOR_AUTHORITY,
     admin_get_registration_report,
     false,
     {0}},
    {HTTP_PUT,
     STR_INIT("/registrations/*"),
     OPERATOR_AUTHORITY,
     admin_put_registration,
     true,
     {DOCUMENT}},
    {HTTP_POST,
     STR_INIT("/registrations/*/retry"),
     OPERATOR_AUTHORITY,
     admin_post_registration_retry,
     true,
     {"version", "reason"}},
    {HTTP_POST,
     STR_INIT("/registrations/*/withdraw"),
     OPERATOR_AUTHORITY,
     admin_post_registration_withdraw,
     true,
     {"version", "reason"}},
    {HTTP_POST,
     STR_INIT("/registrations/*/approve"),
     OPERATOR_OPERATOR,
     admin_post_registration_approve,
     true,
     {"version", "report", "from", "municipalities", "kle", "reason"}},
    {HTTP_POST,
     STR_INIT("/registrations/*/reject"),
     OPERATOR_OPERATOR,
     admin_post_registration_reject,
     true,
     {"version", "reason"}},
    {HTTP_GET, STR_INIT("/explain/*"), OPERATOR_VIEWER, admin_get_explain, false, {0}},
    {HTTP_GET, STR_INIT("/log"), OPERATOR_OPERATOR, admin_get_log, false, {0}},
    {HTTP_GET, STR_INIT("/log/authority"), OPERATOR_AUTHORITY, admin_get_log_authority, false, {0}},
    {HTTP_GET, STR_INIT("/log/level"), OPERATOR_VIEWER, admin_get_log_level, false, {0}},
    {HTTP_PUT,
     STR_INIT("/log/level"),
     OPERATOR_OPERATOR,
     admin_put_log_level,
     false,
     {"level", "reason"}},
    {HTTP_POST, STR_INIT("/reload"), OPERATOR_OPERATOR, admin_post_reload, false, {"reason"}},
    {HTTP_GET, STR_INIT("/metrics"), OPERATOR_VIEWER, admin_get_metrics, false, {0}},
    {HTTP_GET, STR_INIT("/report"), OPERATOR_VIEWER, admin_get_report, false, {0}},
    {HTTP_GET, STR_INIT("/configuration"), OPERATOR_VIEWER, admin_get_configuration, false, {0}},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

/* Does the path fit? *rest: what stands for the star. */
static bool path_fits(struct str pattern, struct str path, struct str *rest)
{
    size_t star = str_find_byte(pattern, '*');
    struct str behind = str_skip(pattern, star + 1);
    *rest = STR_NONE;
    if (star == pattern.len)
        return str_equal(pattern, path);
    if (!str_starts_with(path, str_head(pattern, star)) || !str_ends_with(path, behind) ||
        path.len <= star + behind.len)
        return false;
    *rest = str_make(path.at + star, path.len - star - behind.len);
    return str_find_byte(*rest, '/') == rest->len;
}

/* The route; NULL: `allow` holds the methods that the path knows, "" when it is no path of ours. */
static const struct admin_route *find_route(const struct http_head *head, struct str *rest,
                                            char allow[ROUTE_METHODS_MAX])
{
    static const char *const names[] = {
        [HTTP_GET] = "GET, HEAD", [HTTP_POST] = "POST", [HTTP_PUT] = "PUT"};
    enum http_method wanted = head->method == HTTP_HEAD ? HTTP_GET : head->method;
    size_t len = 0;
    allow[0] = '\0';
    for (size_t i = 0; i < ROUTES; i++) {
        if (!path_fits(routes[i].path, head->path, rest))
            continue;
        if (routes[i].method == wanted)
            return &routes[i];
        len += (size_t)snprintf(allow + len, ROUTE_METHODS_MAX - len, "%s%s", len ? ", " : "",
                                names[routes[i].method]);
    }
    return NULL;
}

/* ---- answering ---- */

void admin_reply(struct admin_call *call, int status, struct buf *body)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")}};
    buf_add_byte(body, '\n');
    http_reply(call->exchange, status, fields, 2, body);
}

void admin_refuse(struct admin_call *call, enum problem_kind kind, const char *format, ...)
{
    char detail[PROBLEM_DETAIL_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    struct problem problem = problem_make(kind, "%s", detail);
    http_reply_problem(call->exchange, &problem, call->language, STR_NONE, NULL, 0);
}

struct writer admin_begin(struct buf *body)
{
    struct writer w;
    buf_init(body, ADMIN_REPLY_MAX);
    writer_init(&w, body);
    return w;
}

struct str admin_text(const struct admin_call *call, const char *name)
{
    const json_t *value = json_object_get(call->body, name);
    return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value))
                                 : STR_NONE;
}

void admin_note_as(struct admin *admin, struct str who, const char *what, struct str target,
                   struct str why)
{
    struct admin_facts facts;
    struct buf line;
    struct writer w;

    admin->look(admin->ctx, &facts);
    log_warn(STR_NONE, "event=admin who=\"%.*s\" what=%s target=\"%.*s\" why=\"%.*s\"",
             STR_ARG(who), what, STR_ARG(target), STR_ARG(why));
    buf_init(&line, 64 * 1024);
    writer_init(&w, &line);
    writer_object(&w);
    writer_member_str(&w, "event", STR("admin"));
    writer_name(&w, "time");
    writer_wall(&w, loop_wall(admin->loop));
    writer_member_str(&w, "who", who);
    writer_member_str(&w, "what", str_of(what));
    writer_member_str(&w, "target", target);
    writer_member_str(&w, "why", why);
    writer_object_end(&w);
    buf_add_byte(&line, '\n');
    access_log_note(facts.shared->access_log, buf_str(&line));
    buf_clear(&line);
}

void admin_note(const struct admin_call *call, const char *what, struct str target)
{
    admin_note_as(call->admin, call->who, what, target, call->reason);
}

bool admin_owns(const struct admin_call *call, const struct route *route)
{
    return call->role != OPERATOR_AUTHORITY ||
           (call->authority.len > 0 && str_equal(call->authority, route->owner.authority.cvr));
}

const struct route *admin_route_named(struct admin_call *call)
{
    const struct route *route = snapshot_route(call->facts.snapshot, call->rest);
    if (route && !admin_owns(call, route))
        route = NULL; /* in the same words as where there is none */
    if (!route)
        admin_refuse(call, PROBLEM_NOT_FOUND,
                     "the configuration has no source of this id; GET /sources names them all");
    return route;
}

/* ---- who asks ---- */

static struct str local_name(unsigned uid, struct arena *arena)
{
    struct passwd entry, *found = NULL;
    char text[4096];
    if (getpwuid_r(uid, &entry, text, sizeof text, &found) == 0 && found)
        return arena_copy(arena, str_of(found->pw_name));
    return arena_format(arena, "uid %u", uid);
}

/* Who can open the socket may do everything; who comes by TLS, what the policy says. */
static void identify(struct admin_call *call)
{
    const struct http_request *request = call->request;
    if (request->is_local) {
        call->who = local_name(request->uid, call->arena);
        call->role = OPERATOR_OPERATOR;
        return;
    }
    const struct operator_entry *entry = operator_find(
        &call->facts.snapshot->operators, request->client_certificate, request->client_name);
    call->who = entry ? entry->name : request->client_name;
    call->role = entry ? entry->role : OPERATOR_NONE;
    call->authority = entry ? entry->authority : STR_NONE;
}

/* ---- what is asked ---- */

static bool is_document(const struct admin_route *route)
{
    return route->members[0] && strcmp(route->members[0], DOCUMENT) == 0;
}

static bool is_known(const struct admin_route *route, const char *name)
{
    for (size_t i = 0; i < MEMBERS_MAX && route->members[i]; i++)
        if (strcmp(route->members[i], name) == 0)
            return true;
    return false;
}

/* The body as an object of known members, a new reference; NULL: it was refused. */
static json_t *parse_body(struct admin_call *call, const struct admin_route *route)
{
    struct str bytes = call->request->body;
    json_error_t error;
    const char *name;
    json_t *value, *body;

    if (bytes.len == 0)
        return json_object();
    body = json_loadb(bytes.at, bytes.len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(body)) {
        admin_refuse(call, PROBLEM_BAD_REQUEST, "expected the body to be one JSON object: %s",
                     body ? "it is something else" : error.text);
        json_decref(body);
        return NULL;
    }
    json_object_foreach(body, name, value) if (!is_known(route, name))
    {
        admin_refuse(call, PROBLEM_BAD_REQUEST, "the body has an unknown member \"%.60s\"", name);
        json_decref(body);
        return NULL;
    }
    return body;
}

/* By the body, or by the header Overblik-Reason. False: it was refused. */
static bool find_reason(struct admin_call *call, const struct admin_route *route)
{
    bool twice = false;
    struct str reason = admin_text(call, "reason");
    if (!reason.at)
        reason = http_field_find(call->request->head, STR("Overblik-Reason"), &twice);
    reason = str_trim(reason);
    if (route->needs_reason && reason.len == 0) {
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "a reason is needed: \"reason\" in the body, or the field Overblik-Reason");
        return false;
    }
    if (reason.len > ADMIN_REASON_MAX) {
        admin_refuse(call, PROBLEM_BAD_REQUEST, "a reason has at most %d bytes", ADMIN_REASON_MAX);
        return false;
    }
    call->reason = arena_copy(call->arena, reason.at ? reason : STR(""));
    log_mask_cpr((char *)call->reason.at, call->reason.len); /* our copy */
    return true;
}

static void run(struct admin_call *call, const struct admin_route *route)
{
    json_t *body = NULL;

    identify(call);
    if (call->role < route->role) {
        log_warn(STR_NONE, "event=admin-refused who=\"%.*s\" role=%.*s path=\"%.*s\"",
                 STR_ARG(call->who), STR_ARG(operator_role_name(call->role)), STR_ARG(route->path));
        admin_refuse(call, PROBLEM_FORBIDDEN, "this needs the role %.*s; yours is %.*s",
                     STR_ARG(operator_role_name(route->role)),
                     STR_ARG(operator_role_name(call->role)));
        return;
    }
    if (route->method != HTTP_GET && !is_document(route) && !(body = parse_body(call, route)))
        return;
    call->body = body;
    if (route->method == HTTP_GET || find_reason(call, route))
        route->run(call);
    json_decref(body);
}

static void on_request(void *ctx, const struct http_request *request,
                       struct http_exchange *exchange)
{
    struct admin *admin = ctx;
    char allow[ROUTE_METHODS_MAX];
    struct admin_call call = {.admin = admin, .request = request, .exchange = exchange};

    admin->look(admin->ctx, &call.facts);
    call.arena = arena_new(CALL_MEMORY_MAX);
    call.language = language_choose(query_list(request->head, STR("Accept-Language"), call.arena));
    const struct admin_route *route = find_route(request->head, &call.rest, allow);
    if (route) {
        run(&call, route);
    } else if (allow[0]) {
        const struct http_field field = {STR("Allow"), str_of(allow)};
        struct problem problem = problem_make(PROBLEM_METHOD, "this resource knows %s", allow);
        http_reply_problem(exchange, &problem, call.language, STR_NONE, &field, 1);
    } else {
        admin_refuse(
            &call, PROBLEM_NOT_FOUND,
            "there is /status, /sources, /plan, /exposure, /explain, /log, /report, /reload, "
            "/metrics and /configuration; docs/operations.md tells of each");
    }
    arena_free(&call.arena);
}

/* ---- the door ---- */

struct admin *admin_new(struct loop *loop, const struct http_settings *settings,
                        admin_look_fn *look, void *ctx)
{
    struct admin *admin = die_calloc(1, sizeof *admin);
    admin->loop = loop;
    admin->look = look;
    admin->ctx = ctx;
    admin->started = admin->loaded = loop_wall(loop);
    admin->server = http_server_new(loop, settings, on_request, admin);
    return admin;
}

bool admin_listen_local(struct admin *admin, const char *path, const char **why)
{
    return http_server_listen_local(admin->server, path, why);
}

bool admin_listen_tls(struct admin *admin, const char *address, uint16_t port, SSL_CTX *tls,
                      uint16_t *bound, const char **why)
{
    return http_server_listen(admin->server, address, port, false, tls, bound, why);
}

void admin_free(struct admin **slot)
{
    struct admin *admin = *slot;
    if (!admin)
        return;
    http_server_free(&admin->server); /* tells those who wait, who leave the list */
    admin_tasks_free(admin);
    reload_report_free(&admin->refused);
    free(admin);
    *slot = NULL;
}
