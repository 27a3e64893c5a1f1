/* SPDX-License-Identifier: MIT */
#include "identity/cpr.h"

enum { REPLACEMENT_DAYS = 60, DATE_DIGITS = 6 };

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

/* The seventh digit and the two of the year give the century (reference: identity). */
static int full_year(int year, char seventh)
{
    if (seventh <= '3')
        return 1900 + year;
    if (seventh == '4' || seventh == '9')
        return (year <= 36 ? 2000 : 1900) + year;
    return (year <= 57 ? 2000 : 1800) + year;
}

bool cpr_is_replacement(const struct cpr *cpr)
{
    return cpr_is_known(cpr) && two_digits(cpr->digits) > REPLACEMENT_DAYS;
}

struct date cpr_birth(const struct cpr *cpr)
{
    if (!cpr_is_known(cpr))
        return DATE_NONE;
    int day = two_digits(cpr->digits);
    return (struct date){
        .year = (int16_t)full_year(two_digits(cpr->digits + 4), cpr->digits[DATE_DIGITS]),
        .month = (uint8_t)two_digits(cpr->digits + 2),
        .day = (uint8_t)(day > REPLACEMENT_DAYS ? day - REPLACEMENT_DAYS : day),
    };
}

bool cpr_parse(struct str s, struct cpr *cpr)
{
    *cpr = CPR_NONE;
    bool hyphen = s.len == CPR_DIGITS + 1 && s.at[DATE_DIGITS] == '-';
    if (!hyphen && s.len != CPR_DIGITS)
        return false;
    struct str date = str_head(s, DATE_DIGITS);
    struct str serial = str_skip(s, DATE_DIGITS + hyphen);
    if (!str_is_digits(date) || !str_is_digits(serial))
        return false;

    struct cpr candidate = CPR_NONE;
    memcpy(candidate.digits, date.at, date.len);
    memcpy(candidate.digits + date.len, serial.at, serial.len);
    if (!date_is_valid(cpr_birth(&candidate)))
        return false;
    *cpr = candidate;
    return true;
}

bool cpr_equal(const struct cpr *a, const struct cpr *b)
{
    unsigned char differs = 0;
    for (size_t i = 0; i < CPR_DIGITS; i++)
        differs |= (unsigned char)(a->digits[i] ^ b->digits[i]);
    return (differs == 0) & cpr_is_known(a);
}

struct str cpr_str(const struct cpr *cpr)
{
    return str_make(cpr->digits, cpr_is_known(cpr) ? CPR_DIGITS : 0);
}

int cpr_age(const struct cpr *cpr, struct date today)
{
    struct date birth = cpr_birth(cpr);
    bool birthday_ahead =
        today.month < birth.month || (today.month == birth.month && today.day < birth.day);
    return today.year - birth.year - birthday_ahead;
}
