/* SPDX-License-Identifier: MIT */
#include "serve/route.h"

#include "serve/access.h"
#include "serve/catalogue.h"
#include "serve/consents.h"
#include "serve/corrections.h"
#include "serve/mandates.h"
#include "serve/openapi.h"
#include "serve/overview.h"
#include "serve/status.h"
#include "serve/worker.h"

#include <stdio.h>

struct route_entry {
    enum http_method method;
    struct str path;
    bool is_prefix; /* what follows is the resource's own name */
    void (*run)(struct worker *worker, const struct http_request *request,
                struct http_exchange *exchange);
};

/* HEAD is asked as GET. */
static const struct route_entry entries[] = {
    {HTTP_GET, STR_INIT("/v1/overview"), false, overview_get},
    {HTTP_GET, STR_INIT("/v1/items/"), true, item_get},
    {HTTP_GET, STR_INIT("/v1/export"), false, export_get},
    {HTTP_POST, STR_INIT("/v1/corrections"), false, corrections_post},
    {HTTP_GET, STR_INIT("/v1/mandates"), false, mandates_get},
    {HTTP_GET, STR_INIT("/v1/consents"), false, consents_get},
    {HTTP_POST, STR_INIT("/v1/consents"), false, consents_post},
    {HTTP_DELETE, STR_INIT("/v1/consents/"), true, consents_delete},
    {HTTP_GET, STR_INIT("/v1/sources"), false, catalogue_get},
    {HTTP_GET, STR_INIT("/v1/access-log"), false, access_get},
    {HTTP_GET, STR_INIT("/v1/access-log/tracker/findUsage"), false, access_get_usage},
    {HTTP_GET, STR_INIT("/v1/access-log/tracker/usagePeriod"), false, access_get_period},
    {HTTP_GET, STR_INIT("/v1/access-log/tracker/heartbeat"), false, access_get_heartbeat},
    {HTTP_GET, STR_INIT("/openapi.json"), false, openapi_get},
    {HTTP_GET, STR_INIT("/healthz"), false, status_get_health},
    {HTTP_GET, STR_INIT("/readyz"), false, status_get_readiness},
};

enum { ALLOW_MAX = 48 };

/* NULL: `allow` holds the methods that the path knows, "" when it is no path of ours. */
static const struct route_entry *find_entry(const struct http_head *head, char allow[ALLOW_MAX])
{
    static const char *const names[] = {[HTTP_GET] = "GET, HEAD",
                                        [HTTP_POST] = "POST",
                                        [HTTP_PUT] = "PUT",
                                        [HTTP_DELETE] = "DELETE"};
    enum http_method wanted = head->method == HTTP_HEAD ? HTTP_GET : head->method;
    struct str path = head->path;
    size_t len = 0;

    allow[0] = '\0';
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        const struct route_entry *entry = &entries[i];
        if (!(entry->is_prefix ? str_starts_with(path, entry->path) && path.len > entry->path.len
                               : str_equal(path, entry->path)))
            continue;
        if (entry->method == wanted)
            return entry;
        len += (size_t)snprintf(allow + len, ALLOW_MAX - len, "%s%s", len ? ", " : "",
                                names[entry->method]);
    }
    return NULL;
}

void route_request(void *ctx, const struct http_request *request, struct http_exchange *exchange)
{
    const struct http_head *head = request->head;
    char allow[ALLOW_MAX];
    const struct route_entry *entry = find_entry(head, allow);
    bool twice = false;
    enum language language = language_choose(http_field_find(head, STR("Accept-Language"), &twice));

    if (entry) {
        entry->run(ctx, request, exchange);
    } else if (allow[0]) {
        const struct http_field field = {STR("Allow"), str_of(allow)};
        struct problem problem = problem_make(PROBLEM_METHOD, "this resource knows %s", allow);
        http_reply_problem(exchange, &problem, language, STR_NONE, &field, 1);
    } else {
        struct problem problem =
            problem_make(PROBLEM_NOT_FOUND, "there is /v1/overview, /v1/items/{handle}, "
                                            "/v1/export, /v1/corrections, /v1/mandates, "
                                            "/v1/consents, /v1/access-log, /v1/sources, "
                                            "/openapi.json, /healthz and /readyz");
        http_reply_problem(exchange, &problem, language, STR_NONE, NULL, 0);
    }
}
