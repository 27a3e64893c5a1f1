/* SPDX-License-Identifier: MIT */
/* mandate_service: who is asked whether one person may act for another, how it is reached, and how
 * long that may take: the list "mandates" of conf/overblikd.json. A service is off unless it says
 * "enabled". */
#ifndef POLICY_MANDATE_SERVICE_H
#define POLICY_MANDATE_SERVICE_H

#include "identity/mandate.h"
#include "net/fetch.h"
#include "policy/settings.h"

/* The timers of one service.  X(name, default, least, most, help) */
#define MANDATE_TIMERS(X)                                                                          \
    X(connect_ms, 300, 1, 60000, "TCP and TLS are up")                                             \
    X(first_byte_ms, 700, 1, 60000, "the answer begins")                                           \
    X(silence_ms, 500, 1, 60000, "longest pause inside an answer")                                 \
    X(total_ms, 800, 1, 60000, "the whole of it; never longer than time.soft_ms")

enum { MANDATE_SERVICES_MAX = 4 };

struct mandate_service {
    struct str id;    /* names it in our tokens, records and logs */
    struct text name; /* "Digital Fuldmagt", what people call it */
    enum mandate_kind kind;
    struct fetch_target target;
    struct str path;
#define X(name, standard, least, most, help) int64_t name;
    MANDATE_TIMERS(X)
#undef X
    enum level level; /* least level of login for acting for another [D] */
};

/* Those that are enabled, in the file's order, at most one of each kind. `base` is the folder that
 * relative file names are resolved against. */
struct mandate_service *mandate_services_parse(struct node root, const struct settings *settings,
                                               struct str base, size_t *count,
                                               struct faults *faults);

#endif
