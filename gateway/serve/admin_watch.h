/* SPDX-License-Identifier: MIT */
/* admin_watch: what operators see change. Looks at every source once in TREND_EVERY_S seconds, so
 * that the last minute can be told, and at certificates once a minute; while somebody listens,
 * tells once a second which sources are otherwise than they were. On the control thread's loop. */
#ifndef SERVE_ADMIN_WATCH_H
#define SERVE_ADMIN_WATCH_H

#include "serve/source_view.h"

struct admin;
struct admin_watch;

/* `admin` is borrowed and asked by its `look`. */
struct admin_watch *admin_watch_new(struct admin *admin);
void admin_watch_free(struct admin_watch **watch); /* after the last listener has left */

/* The sources as they are now: lent until the loop's turn ends. False: the arena is full. */
bool admin_watch_view(struct admin_watch *watch, const struct snapshot *snapshot,
                      struct health *health, struct arena *arena, struct source_view *view)
    __attribute__((warn_unused_result));

#endif
