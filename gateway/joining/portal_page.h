/* SPDX-License-Identifier: MIT */
/* portal_page: the page that tells a portal's developer the first call: where tokens come from, the
 * command as it is typed, what comes back, what may go wrong, and whom one may log in as to try it.
 * Made of the configuration, so that it is never out of date. Pure. */
#ifndef JOINING_PORTAL_PAGE_H
#define JOINING_PORTAL_PAGE_H

#include "base/buf.h"
#include "policy/snapshot.h"

struct portal_page {
    const struct snapshot *snapshot;
    const struct portal *portal;
    struct str url; /* what portals call the door: "https://overblik.example:8443" */
    enum language language;
    bool is_html;
};
/* Into `out`, whose ceiling it keeps. */
void portal_page_write(const struct portal_page *spec, struct buf *out);

#endif
