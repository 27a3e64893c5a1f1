/* SPDX-License-Identifier: MIT */
#include "portal/routes.h"

#include "portal/login.h"
#include "portal/overview.h"
#include "portal/pages.h"
#include "portal/visit.h"

static void front_get(struct visit *visit)
{
    if (visit->has_visitor)
        overview_get(visit);
    else
        visit_notice(visit, 200, WORD_WELCOME, WORD_WELCOME_LEAD, STR_NONE);
}

static void goodbye_get(struct visit *visit)
{
    visit_notice(visit, 200, WORD_GOODBYE, WORD_GOODBYE_LEAD, STR_NONE);
}

/* The language is a cookie that says nothing about anybody. */
static void language_get(struct visit *visit)
{
    bool is_english = str_equal(visit_query(visit, "to"), STR("en"));
    visit_field(visit, STR("Set-Cookie"),
                is_english ? STR("__Host-language=en; Path=/; Secure; HttpOnly; SameSite=Lax")
                           : STR("__Host-language=da; Path=/; Secure; HttpOnly; SameSite=Lax"));
    visit_redirect(visit, STR("/"));
}

static const struct route {
    enum http_method method;
    struct str path;
    bool is_for_visitors; /* who must be logged in */
    void (*handle)(struct visit *visit);
} routes[] = {
    {HTTP_GET, STR_INIT("/"), false, front_get},
    {HTTP_GET, STR_INIT("/login"), false, login_get},
    {HTTP_GET, STR_INIT("/callback"), false, login_callback},
    {HTTP_POST, STR_INIT("/logout"), false, login_logout},
    {HTTP_GET, STR_INIT("/goodbye"), false, goodbye_get},
    {HTTP_GET, STR_INIT("/language"), false, language_get},
    {HTTP_GET, STR_INIT("/source"), true, overview_source},
    {HTTP_GET, STR_INIT("/log"), true, pages_log},
    {HTTP_GET, STR_INIT("/others"), true, pages_others},
    {HTTP_POST, STR_INIT("/act-for"), true, pages_act_for},
    {HTTP_GET, STR_INIT("/consents"), true, pages_consents},
    {HTTP_POST, STR_INIT("/consents"), true, pages_consents_give},
    {HTTP_POST, STR_INIT("/consents/stop"), true, pages_consents_stop},
    {HTTP_GET, STR_INIT("/correction"), true, pages_correction},
    {HTTP_POST, STR_INIT("/correction"), true, pages_correction_send},
    {HTTP_GET, STR_INIT("/export"), true, pages_export},
    {HTTP_GET, STR_INIT("/export/file"), true, pages_export_file},
    {HTTP_GET, STR_INIT("/about"), false, pages_about},
    {HTTP_GET, STR_INIT("/municipality"), true, pages_municipality},
    {HTTP_POST, STR_INIT("/municipality"), true, pages_municipality_choose},
};

static const struct route *find(const struct http_head *head)
{
    enum http_method method = head->method == HTTP_HEAD ? HTTP_GET : head->method;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (routes[i].method == method && str_equal(routes[i].path, head->path))
            return &routes[i];
    return NULL;
}

void routes_handle(void *ctx, const struct http_request *request, struct http_exchange *exchange)
{
    static const struct str assets = STR_INIT("/assets/");
    struct portal *portal = ctx;
    struct str path = request->head->path;
    if (str_starts_with(path, assets) &&
        assets_reply(portal->assets, str_skip(path, assets.len), request, exchange))
        return;
    const struct route *route = find(request->head);
    struct visit *visit = visit_new(portal, request, exchange);
    if (!route)
        visit_notice(visit, 404, WORD_NOT_FOUND, WORD_NOT_FOUND_LEAD, STR_NONE);
    else if (route->is_for_visitors && !visit->has_visitor)
        visit_notice(visit, 401, WORD_ENDED, WORD_ENDED_LEAD, STR_NONE);
    else
        route->handle(visit);
}
