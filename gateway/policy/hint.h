/* SPDX-License-Identifier: MIT */
/* hint: which of the known names somebody meant who mistyped one. Pure. */
#ifndef POLICY_HINT_H
#define POLICY_HINT_H

#include <stddef.h>

/* The nearest of `known`, where at most a third of the letters differ (and one); else NULL. */
const char *hint_find(const char *name, const char *const *known, size_t count);

#endif
