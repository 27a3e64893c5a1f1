/* SPDX-License-Identifier: MIT */
/* template: a text with places in braces, "https://example.dk/{case_id}", that a caller's own list
 * of names fills. Pure. */
#ifndef POLICY_TEMPLATE_H
#define POLICY_TEMPLATE_H

#include "base/buf.h"

/* Is every brace of the text half of a place whose name is in the list? Else says which name is
 * not, or STR("") for a brace that is no place; STR_NONE: the template is well. */
struct str template_fault(struct str template, const char *const *names, size_t count);

/* Takes the text up to the next place, and the place's index in `names`: `count` at the end.
 *     while ((i = template_next(&rest, names, count, &plain)) < count) … */
size_t template_next(struct str *rest, const char *const *names, size_t count, struct str *plain);

/* Fills all places with the values, as they are. */
void template_fill(struct str template, const char *const *names, const struct str *values,
                   size_t count, struct buf *out);

#endif
