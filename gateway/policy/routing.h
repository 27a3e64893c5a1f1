/* SPDX-License-Identifier: MIT */
/* routing: how each source is reached and when we stop waiting: conf/sources/<id>.json, one file a
 * source. Plan order is the order of `position`, then of ids. */
#ifndef POLICY_ROUTING_H
#define POLICY_ROUTING_H

#include "adapters/adapter.h"
#include "net/fetch.h"
#include "policy/settings.h"

/* The timers of one source.  X(name, default, least, most, help) */
#define ROUTE_TIMERS(X)                                                                            \
    X(connect_ms, 300, 1, 60000, "TCP and TLS are up")                                             \
    X(first_byte_ms, 1400, 1, 60000, "the answer begins")                                          \
    X(silence_ms, 500, 1, 60000, "longest pause inside an answer")                                 \
    X(total_ms, 1500, 1, 120000, "the whole of it, all pages")

enum { ROUTE_ID_MAX = 64 };

struct route {
    struct source source; /* what adapters and output see of it */
    struct fetch_target target;
    int64_t position;
#define X(name, standard, least, most, help) int64_t name;
    ROUTE_TIMERS(X)
#undef X
    int64_t in_flight_max; /* the owner's declared maximum; 0: the general setting */
    enum level level;      /* least level of login */
    bool enabled;
    struct contact *contacts; /* of the authority, for when it fails and for "this is wrong" */
};

/* "url", "tls", "addresses" and "no_reuse" of whatever is asked over TLS; a path that is asked for.
 */
void route_target_parse(struct node root, const struct settings *settings, struct str base,
                        struct fetch_target *target, struct faults *faults);
struct str route_path_parse(struct node node, bool is_needed, struct faults *faults);

/* Parses one file of conf/sources into *route. Checks: total + margin <= hard, first byte + margin
 * <= soft, https (http only with insecure_sources), a known adapter, both languages. `base` is the
 * folder that relative file names are resolved against. */
bool route_parse(struct node root, const struct settings *settings, struct str base,
                 struct arena *arena, struct route *route, struct faults *faults);

#endif
