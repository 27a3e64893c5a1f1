/* SPDX-License-Identifier: MIT */
/* hint: which of the known names somebody meant who mistyped one. Pure. */
#ifndef POLICY_HINT_H
#define POLICY_HINT_H

#include "base/arena.h"

#include <stddef.h>

/* The nearest of `known`, where at most a third of the letters differ (and one); else NULL. */
const char *hint_find(const char *name, const char *const *known, size_t count);
/* The same for a fault's text: "; did you mean \"x\"?", or "" when none is near. */
struct str hint_text(struct arena *arena, struct str name, const struct str *known, size_t count);

#endif
