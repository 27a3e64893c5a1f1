/* SPDX-License-Identifier: MIT */
/* cpr: a Danish personal number (DDMMYY and four digits). Replacement numbers have the day + 60.
 * Never judged by modulus 11: numbers without it are issued since 1 October 2007. */
#ifndef IDENTITY_CPR_H
#define IDENTITY_CPR_H

#include "base/clock.h"

enum { CPR_DIGITS = 10 };

struct cpr {
    char digits[CPR_DIGITS + 1]; /* terminated; "" is the absent number */
};

#define CPR_NONE ((struct cpr){""})

/* "DDMMYYNNNN", or "DDMMYY-NNNN"; the date must exist (the century follows from digit 7). */
bool cpr_parse(struct str s, struct cpr *cpr) __attribute__((warn_unused_result));
static inline bool cpr_is_known(const struct cpr *cpr)
{
    return cpr->digits[0] != '\0';
}
bool cpr_is_replacement(const struct cpr *cpr); /* nobody's number: given out for tests */
/* In constant time: numbers are secrets. Two absent numbers are not equal. */
bool cpr_equal(const struct cpr *a, const struct cpr *b);
struct str cpr_str(const struct cpr *cpr);    /* borrowed from *cpr; for request bodies only */
struct date cpr_birth(const struct cpr *cpr); /* also of a replacement number */
int cpr_age(const struct cpr *cpr, struct date today);

#endif
