/* SPDX-License-Identifier: MIT */
/* authorization: our token to one recipient alone, as the header line that carries it. */
#ifndef SERVE_AUTHORIZATION_H
#define SERVE_AUTHORIZATION_H

#include "serve/worker.h"

/* "Authorization: Bearer …" in the arena, in the citizen's name. STR_NONE: the arena is full, or it
 * could not be signed. */
struct str authorization_make(const struct worker *worker, struct arena *arena,
                              const struct snapshot *snapshot, struct str audience,
                              struct str receipt, const struct citizen *citizen);

#endif
