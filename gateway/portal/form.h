/* SPDX-License-Identifier: MIT */
/* form: what a form or a query says (application/x-www-form-urlencoded). Pure. */
#ifndef PORTAL_FORM_H
#define PORTAL_FORM_H

#include "base/arena.h"
#include "base/buf.h"

/* The n-th value of this name, decoded into the arena; STR_NONE: there are not so many, or it is
 * not well-formed text. */
struct str form_value(struct str form, const char *name, size_t n, struct arena *arena);

/* Adds "name=value", the value percent-encoded, behind a "&" unless it is the first. */
void form_add(struct buf *form, const char *name, struct str value);

#endif
