/* SPDX-License-Identifier: MIT */
#include "command/stream_client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/buf.h"

enum { LINE_MAX_BYTES = 64 * 1024 * 1024, TICK_MS = 100 };

struct client {
    const struct stream_events *events;
    struct buf line;
};

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct client *client = ctx;
    struct str rest = str_make(bytes, size * count);
    size_t newline;

    while ((newline = str_find_byte(rest, '\n')) < rest.len) {
        buf_add_str(&client->line, str_head(rest, newline));
        client->events->on_line(client->events->ctx, buf_str(&client->line));
        buf_reset(&client->line);
        rest = str_skip(rest, newline + 1);
    }
    buf_add_str(&client->line, rest);
    return client->line.failed ? 0 : size * count;
}

int stream_client_get(const struct stream_request *request, const struct stream_events *events,
                      const char **why)
{
    struct client client = {.events = events};
    struct buf line;
    int running = 1, left = 0;
    long status = -1;
    CURLM *multi = curl_multi_init();
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = NULL;

    buf_init(&client.line, LINE_MAX_BYTES);
    buf_init(&line, 64 * 1024);
    const struct {
        const char *name, *value;
    } fields[] = {{"Authorization: Bearer ", request->token},
                  {"Accept: ", request->accept},
                  {"Accept-Language: ", request->language},
                  {"Content-Type: ", request->body.at ? "application/json" : NULL},
                  {"Idempotency-Key: ", request->key},
                  {"Act-For: ", request->act_for}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!fields[i].value)
            continue;
        buf_reset(&line);
        buf_format(&line, "%s%s", fields[i].name, fields[i].value);
        buf_add_byte(&line, '\0');
        headers = curl_slist_append(headers, line.at);
    }
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    if (request->body.at) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.at);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    }
    if (request->method)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &client);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_multi_add_handle(multi, easy);
    while (running > 0 && curl_multi_perform(multi, &running) == CURLM_OK && running > 0) {
        curl_multi_poll(multi, NULL, 0, TICK_MS, NULL);
        events->on_tick(events->ctx);
    }
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
        if (message->data.result == CURLE_OK)
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        else
            *why = curl_easy_strerror(message->data.result);
    }
    if (status > 0 && client.line.len > 0)
        events->on_line(events->ctx, buf_str(&client.line));
    curl_multi_remove_handle(multi, easy);
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    buf_clear(&client.line);
    buf_clear(&line);
    return (int)status;
}

bool stream_client_print_problem(const json_t *json)
{
    const char *title = json_string_value(json_object_get(json, "title"));
    const char *detail = json_string_value(json_object_get(json, "detail"));
    const char *next = json_string_value(json_object_get(json, "next"));

    if (!title || json_object_get(json, "record"))
        return false;
    fprintf(stderr, "%s. %s%s%s\n", title, detail ? detail : "", detail ? ". " : "",
            next ? next : "");
    return true;
}

int stream_client_exit(int http_status)
{
    if (http_status < 400)
        return EX_OK;
    return http_status >= 500 ? EX_TEMPFAIL : EX_NOPERM;
}
