/* SPDX-License-Identifier: MIT */
#include "serve/route.h"

#include "serve/access.h"
#include "serve/catalogue.h"
#include "serve/mandates.h"
#include "serve/overview.h"
#include "serve/status.h"
#include "serve/worker.h"

struct route_entry {
    struct str path;
    bool is_prefix; /* what follows is the resource's own name */
    void (*get)(struct worker *worker, const struct http_request *request,
                struct http_exchange *exchange);
};

static const struct route_entry entries[] = {
    {STR_INIT("/v1/overview"), false, overview_get},
    {STR_INIT("/v1/items/"), true, item_get},
    {STR_INIT("/v1/mandates"), false, mandates_get},
    {STR_INIT("/v1/sources"), false, catalogue_get},
    {STR_INIT("/v1/access-log"), false, access_get},
    {STR_INIT("/v1/access-log/tracker/findUsage"), false, access_get_usage},
    {STR_INIT("/v1/access-log/tracker/usagePeriod"), false, access_get_period},
    {STR_INIT("/v1/access-log/tracker/heartbeat"), false, access_get_heartbeat},
    {STR_INIT("/healthz"), false, status_get_health},
    {STR_INIT("/readyz"), false, status_get_readiness},
};

static const struct route_entry *find_entry(struct str path)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        const struct route_entry *entry = &entries[i];
        if (entry->is_prefix ? str_starts_with(path, entry->path) && path.len > entry->path.len
                             : str_equal(path, entry->path))
            return entry;
    }
    return NULL;
}

void route_request(void *ctx, const struct http_request *request, struct http_exchange *exchange)
{
    static const struct http_field allow = {STR_INIT("Allow"), STR_INIT("GET, HEAD")};
    const struct http_head *head = request->head;
    const struct route_entry *entry = find_entry(head->path);
    bool twice = false;
    enum language language = language_choose(http_field_find(head, STR("Accept-Language"), &twice));

    if (!entry) {
        struct problem problem = problem_make(
            PROBLEM_NOT_FOUND, "there is /v1/overview, /v1/items/{handle}, /v1/mandates, "
                               "/v1/access-log, "
                               "/v1/sources, /healthz and /readyz");
        http_reply_problem(exchange, &problem, language, STR_NONE, NULL, 0);
    } else if (head->method != HTTP_GET && head->method != HTTP_HEAD) {
        struct problem problem = problem_make(PROBLEM_METHOD, "this resource is read by GET");
        http_reply_problem(exchange, &problem, language, STR_NONE, &allow, 1);
    } else {
        entry->get(ctx, request, exchange);
    }
}
