/* SPDX-License-Identifier: MIT */
/* probe: asks sources for a test citizen now and then, from the control thread, so that a fault is
 * seen before a citizen meets it, and so that no citizen is the first to try a breaker that was
 * open. Each probe is recorded as operation "probe" before it is sent; what it brings goes the way
 * of any answer, through adapter, guard and exposure, and is forgotten. */
#ifndef SERVE_PROBE_H
#define SERVE_PROBE_H

#include "serve/worker.h"

struct probes;

/* Of every route of the snapshot (held until probes_free) that names a citizen. NULL: of none. */
struct probes *probes_new(struct loop *loop, struct fetch_pool *pool, struct shared *shared,
                          struct snapshot *snapshot);
/* Ends what is under way. */
void probes_free(struct probes **probes);

#endif
