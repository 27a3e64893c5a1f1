/* SPDX-License-Identifier: MIT */
/* stream_client: asks the gateway as a portal would and hands its records over as they land. Blocks
 * the calling thread: a command has nothing else to do. (net/fetch hands out whole answers only.)
 */
#ifndef COMMAND_STREAM_CLIENT_H
#define COMMAND_STREAM_CLIENT_H

#include "base/str.h"

#include <jansson.h>

struct stream_request {
    const char *url, *ca_file, *token, *language;
    const char *accept;  /* media type */
    struct str body;     /* JSON, sent by POST; STR_NONE: GET */
    const char *key;     /* Idempotency-Key; NULL: none */
    const char *act_for; /* a mandate's handle; NULL: for oneself */
    const char *method;  /* NULL: GET or POST */
};

struct stream_events {
    void (*on_line)(void *ctx, struct str line); /* one line of the body, without its newline */
    void (*on_tick)(void *ctx);                  /* about ten times a second while it waits */
    void *ctx;
};

/* The HTTP status, or -1: *why says in words what went wrong. */
int stream_client_get(const struct stream_request *request, const struct stream_events *events,
                      const char **why);

/* Says on stderr what a problem (RFC 9457) tells, when `json` is one. */
bool stream_client_print_problem(const json_t *json);
/* The exit status (sysexits) that goes with an HTTP status. */
int stream_client_exit(int http_status);

#endif
