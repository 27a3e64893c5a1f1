/* SPDX-License-Identifier: MIT */
/* limit: the lower bound to measure against, not a model of code. It does the same work as
 * everybody (verify the token, ask all sources, filter, merge, a status per source) and leaves out
 * what a product owes: partial writes, ceilings, guards against its sources, records, logs. */
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include "base/buf.h"
#include "base/die.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <event2/event_struct.h>

enum { SOURCES_MAX = 128, CPR_BYTES = 10 };

struct limit {
    bool by_curl, is_cached;
    uint16_t port, mock_port;
    int sources;
    struct timeval timeout;
    struct event_base *base;
};
extern struct limit limit;

enum state { PENDING, OK, LATE, FAILED };

struct part {
    struct overview *overview;
    int source;
    enum state state;
    uint64_t ended_us;
    struct buf in; /* the answer's body */
    struct upstream *upstream;
    CURL *easy;
};

struct overview {
    struct overview *next;
    struct client *client;
    struct event deadline;
    uint64_t began_us;
    char cpr[CPR_BYTES];
    char body[128], id[64];
    size_t body_len;
    struct curl_slist header;
    int pending;
    size_t items;
    struct buf out;
    struct part parts[];
};

/* The citizen of a bearer token, or false. */
void token_init(const char *key_file);
bool token_authorize(struct str token, char cpr[CPR_BYTES]);

struct overview *overview_start(struct client *client, const char cpr[CPR_BYTES]);
void part_end(struct part *part, enum state state); /* its answer is in part->in */

/* The two ways to ask a source. */
void curl_init(void);
void curl_start(struct part *part);
void curl_cancel(struct part *part);
void raw_start(struct part *part);
void raw_cancel(struct part *part);

/* One validating pass over a source's answer that copies what is kept: strict JSON grammar, UTF-8,
 * a limit of depth. An item is kept when the citizen is its primary party; `parter` and
 * `itSystemID` are left out, `source` is put in. False: not JSON; *out holds part of it. */
bool splice(struct str json, int source, struct buf *out, size_t *items);

void clients_listen(void);
void client_answer(struct client *client, const struct buf *out);

#endif
