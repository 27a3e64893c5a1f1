/* SPDX-License-Identifier: MIT */
/* mapped_request: the question as a mapping's template says it, each value escaped for where it
 * stands. Pure. */
#ifndef ADAPTERS_MAPPED_REQUEST_H
#define ADAPTERS_MAPPED_REQUEST_H

#include "adapters/adapter.h"
#include "adapters/mapping.h"

/* False: arena or body full, or the citizen's number would stand
 * in the path or a header (as part of the source's own id, for instance). */
bool mapped_request_build(struct arena *arena, const struct question *question, struct ask *ask)
    __attribute__((warn_unused_result));

#endif
