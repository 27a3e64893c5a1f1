/* SPDX-License-Identifier: MIT */
/* url: the few forms of URL that configuration holds: http or https, a host, perhaps a port and a
 * path. Pure; no query, no fragment, no user name, no escapes are taken. */
#ifndef POLICY_URL_H
#define POLICY_URL_H

#include "base/str.h"

struct url {
    bool is_plain;   /* http */
    struct str host; /* without the brackets of an IPv6 address */
    uint64_t port;   /* 0: not said */
    struct str path; /* "" or what begins with "/" */
};

bool url_parse(struct str text, struct url *url) __attribute__((warn_unused_result));
bool url_is_loopback(const struct url *url); /* localhost, 127.x.x.x, ::1 */

#endif
