/* SPDX-License-Identifier: MIT */
#include "serve/openapi.h"

#include "serve/query.h"

/* If-None-Match: a list of tags, or "*"; a weak one is as good (RFC 9110, 13.1.2). */
static bool is_known(struct str list)
{
    while (list.at) {
        struct str tag = str_trim(str_split(&list, ','));
        if (str_starts_with(tag, STR("W/")))
            tag = str_skip(tag, 2);
        if (str_equal(tag, STR("*")) || str_equal(tag, str_of(openapi_etag)))
            return true;
    }
    return false;
}

void openapi_get(struct worker *worker, const struct http_request *request,
                 struct http_exchange *exchange)
{
    const struct http_field fields[] = {
        {STR("Cache-Control"), STR("public, max-age=3600")},
        {STR("ETag"), str_of(openapi_etag)},
        {STR("Content-Type"), STR("application/json")},
    };
    struct arena *arena = worker_take_arena(worker);
    bool has_it = is_known(query_list(request->head, STR("If-None-Match"), arena));
    struct buf body;

    worker_give_arena(worker, arena);
    if (has_it) {
        http_reply(exchange, 304, fields, 2, NULL);
        return;
    }
    buf_init(&body, openapi_document.len);
    buf_add_str(&body, openapi_document);
    http_reply(exchange, 200, fields, 3, &body);
}
