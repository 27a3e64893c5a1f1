/* SPDX-License-Identifier: MIT */
/* origin: who makes a browser ask. It sends a client certificate along with whatever any page makes
 * it ask, so a certificate alone does not say that its holder means it. Pure. */
#ifndef SERVE_ORIGIN_H
#define SERVE_ORIGIN_H

#include "net/http_parse.h"

/* Why a request by TLS is not to be listened to; NULL: it is. What a page of another site asks is
 * not (Fetch Metadata; RFC 6454), but for a link to a page of ours (`is_page`). A change
 * (`is_change`) says that it is meant by the field Overblik-Operator: no form can send it, and a
 * script of another site would have to ask first. */
const char *origin_fault(const struct http_head *head, bool is_page, bool is_change);

#endif
