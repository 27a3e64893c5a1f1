/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/control.h"

#include "adapters/sandbox/mandate_services.h"

#include <stdlib.h>

static void reply_json(struct http_exchange *exchange, json_t *json)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
    };
    struct buf body;
    buf_init(&body, 1024 * 1024);
    char *text = json_dumps(json, JSON_INDENT(1));
    buf_add_str(&body, str_of(text));
    buf_add_byte(&body, '\n');
    free(text);
    json_decref(json);
    http_reply(exchange, 200, fields, 1, &body);
}

static void reply_problem(struct http_exchange *exchange, enum problem_kind kind, const char *why)
{
    struct problem problem = problem_make(kind, "%s", why);
    http_reply_problem(exchange, &problem, LANGUAGE_EN, STR_NONE, NULL, 0);
}

static void obey_all(const struct sandbox_control *control)
{
    for (size_t i = 0; i < control->server_count; i++)
        sandbox_server_obey(control->servers[i]);
}

static void faults_add(struct sandbox_control *control, const struct http_request *request,
                       struct http_exchange *exchange)
{
    char why[RULE_WHY_MAX];
    struct sandbox_world *world = control->world;
    json_t *wish = json_loadb(request->body.at, request->body.len, JSON_REJECT_DUPLICATES, NULL);
    if (!wish)
        return reply_problem(exchange, PROBLEM_BAD_REQUEST, "the body is no JSON");
    bool added = sandbox_rules_add(&world->rules, wish, world->citizens, why);
    json_decref(wish);
    if (!added)
        return reply_problem(exchange, PROBLEM_BAD_PARAMETER, why);
    obey_all(control);
    reply_json(exchange, sandbox_rules_json(&world->rules));
}

static void faults_list(struct sandbox_control *control, const struct http_request *request,
                        struct http_exchange *exchange)
{
    (void)request;
    reply_json(exchange, sandbox_rules_json(&control->world->rules));
}

static void faults_clear(struct sandbox_control *control, const struct http_request *request,
                         struct http_exchange *exchange)
{
    (void)request;
    control->world->rules.count = 0;
    obey_all(control);
    http_reply(exchange, 204, NULL, 0, NULL);
}

static void calls_list(struct sandbox_control *control, const struct http_request *request,
                       struct http_exchange *exchange)
{
    (void)request;
    json_t *all = json_object();
    for (size_t i = 0; i < control->server_count; i++)
        json_object_set_new(all, sandbox_server_name(control->servers[i]).at,
                            sandbox_server_calls(control->servers[i]));
    reply_json(exchange, all);
}

static void mandates_change(struct sandbox_control *control, const struct http_request *request,
                            struct http_exchange *exchange)
{
    json_t *wish = json_loadb(request->body.at, request->body.len, JSON_REJECT_DUPLICATES, NULL);
    bool is_changed = false;
    for (size_t i = 0; wish && i < control->server_count; i++)
        if (str_equal(sandbox_server_name(control->servers[i]), STR("digital-fuldmagt")))
            is_changed = mandate_change(sandbox_server_holdings(control->servers[i]), wish);
    json_decref(wish);
    if (is_changed)
        http_reply(exchange, 204, NULL, 0, NULL);
    else
        reply_problem(exchange, PROBLEM_BAD_PARAMETER, "there is no mandate of this id");
}

static const struct {
    enum http_method method;
    struct str path;
    void (*handle)(struct sandbox_control *, const struct http_request *, struct http_exchange *);
} routes[] = {
    {HTTP_POST, STR_INIT("/faults"), faults_add},
    {HTTP_GET, STR_INIT("/faults"), faults_list},
    {HTTP_DELETE, STR_INIT("/faults"), faults_clear},
    {HTTP_GET, STR_INIT("/calls"), calls_list},
    {HTTP_POST, STR_INIT("/mandates"), mandates_change},
};

void sandbox_control_handle(void *ctx, const struct http_request *request,
                            struct http_exchange *exchange)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
        if (routes[i].method == request->head->method &&
            str_equal(routes[i].path, request->head->path))
            return routes[i].handle(ctx, request, exchange);
    reply_problem(exchange, PROBLEM_NOT_FOUND, "there are /faults, /calls and /mandates");
}
