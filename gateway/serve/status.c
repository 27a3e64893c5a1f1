/* SPDX-License-Identifier: MIT */
#include "serve/status.h"

#include "base/writer.h"

static void reply_json(struct http_exchange *exchange, int status, struct buf *body)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")}};
    http_reply(exchange, status, fields, 2, body);
}

void status_get_health(struct worker *worker, const struct http_request *request,
                       struct http_exchange *exchange)
{
    struct buf body;
    (void)worker;
    (void)request;
    buf_init(&body, 256);
    buf_add_str(&body, STR("{\"status\":\"alive\"}\n"));
    reply_json(exchange, 200, &body);
}

void status_get_readiness(struct worker *worker, const struct http_request *request,
                          struct http_exchange *exchange)
{
    struct shared *shared = worker->shared;
    bool is_draining = atomic_load(&shared->is_draining);
    bool has_keys = atomic_load(&shared->has_keys);
    bool records = access_log_is_well(shared->access_log);
    bool is_ready = !is_draining && has_keys && records;
    struct buf body;
    struct writer w;

    (void)request;
    buf_init(&body, 4096);
    writer_init(&w, &body);
    writer_object(&w);
    writer_member_bool(&w, "ready", is_ready);
    writer_member_bool(&w, "keys_loaded", has_keys);
    writer_member_bool(&w, "access_log_writable", records);
    writer_member_bool(&w, "draining", is_draining);
    writer_member_str(&w, "revision", str_of(worker->snapshot->revision));
    writer_object_end(&w);
    reply_json(exchange, is_ready ? 200 : 503, &body);
}
