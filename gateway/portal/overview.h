/* SPDX-License-Identifier: MIT */
/* overview: the front page of who is logged in: one question to the gateway, whose stream becomes a
 * page while it comes; and one source of it, asked again alone. */
#ifndef PORTAL_OVERVIEW_H
#define PORTAL_OVERVIEW_H

#include "portal/visit.h"

void overview_get(struct visit *visit);
/* The section of one source, for the page that lacks it. */
void overview_source(struct visit *visit);

/* "?municipality=0710&municipality=0101", or ""; borrowed from the arena. */
struct str overview_query(struct visit *visit);

#endif
