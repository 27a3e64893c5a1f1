/* SPDX-License-Identifier: MIT */
/* mapped_value: what a rule of a mapping makes of an answer: which value it means, whether a
 * condition holds, and the text of a value as the field's own type. Pure. */
#ifndef ADAPTERS_MAPPED_VALUE_H
#define ADAPTERS_MAPPED_VALUE_H

#include "adapters/mapped_reading.h"

/* The value of a rule for an element; NOTHING: absent. *rule becomes the one among its alternatives
 * that gave the value. Arena full: NOTHING, and arena_is_full. */
struct taken mapped_value_find(const struct mapped_reading *in, const struct instance *instance,
                               const struct mapping_value **rule);

/* Does it hold? NULL: always. */
bool mapped_condition_holds(const struct instance *instance,
                            const struct mapping_condition *condition);

/* Puts the value into the field at `at`. NULL: done (or the value means nothing); else a constant
 * text that says what is wrong.*/
const char *mapped_value_put(struct arena *arena, const struct cpr *subject,
                             const struct field_type *type, const struct mapping_value *rule,
                             struct taken value, void *at) __attribute__((warn_unused_result));

/* Adds s with all but RFC 3986's unreserved characters percent-encoded. */
void mapped_percent_encode(struct buf *out, struct str s);

#endif
