/* SPDX-License-Identifier: MIT */
/* mapped_moment: dates and times as other people write them. Pure. */
#ifndef ADAPTERS_MAPPED_MOMENT_H
#define ADAPTERS_MAPPED_MOMENT_H

#include "adapters/mapping.h"

/* A text in a form (NULL: ISO 8601) as a date and as a time: of a date alone the time is its first
 * moment, of a time the date is Denmark's. */
bool mapped_moment_parse(const struct mapping_moment *form, struct str text, struct date *date,
                         struct wall *wall) __attribute__((warn_unused_result));

/* %Y %m %d %H %M %S with all their digits, %-d %-m with one or two, %f a second's decimals, %z an
 * offset; all else stands for itself. Year, month and day are needed, each once. */
bool mapped_pattern_is_valid(struct str pattern);

#endif
