/* SPDX-License-Identifier: MIT */
/* dial: tries how a target can be reached, one step after another, each timed and judged by itself:
 * the name, the addresses, TCP, TLS, and of its certificate the chain, the name and the time. What
 * net/fetch sums up in one word is taken apart here, by the same rules: the target's roots,
 * revocation list, client certificate and address ranges.
 *
 * It blocks, as long as the name service takes and `timeout_ms` for the rest: for commands and
 * threads of their own, never on a loop. */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include "net/fetch.h"

enum dial_step {
    DIAL_NAME,    /* its name has addresses */
    DIAL_ADDRESS, /* all of them are allowed */
    DIAL_TCP,     /* one of them accepts */
    DIAL_TLS,     /* the handshake ends well, but for what follows */
    DIAL_CHAIN,   /* the certificate leads to one of our roots, and is not revoked */
    DIAL_HOST,    /* it is this name's */
    DIAL_TIME,    /* it is valid today */
    DIAL_STEPS
};

enum { DIAL_WHY_MAX = 160, DIAL_ADDRESSES_MAX = 512 };

struct dial_finding {
    bool is_tried, is_well;
    int64_t took_us;        /* of the steps that are waited for */
    char why[DIAL_WHY_MAX]; /* what was seen, well or not; no personal data */
};

struct dial_report {
    struct dial_finding steps[DIAL_STEPS];
    char resolved[DIAL_ADDRESSES_MAX]; /* "host:port:addr[,addr]", for fetch_pool_resolve */
    bool is_plain;                     /* http: the steps of TLS are not tried */
    int days_left;                     /* of the certificate, once TLS was well */
};

void dial(const struct fetch_target *target, unsigned timeout_ms, struct dial_report *report);
bool dial_is_well(const struct dial_report *report); /* every step that there is */

#endif
