/* SPDX-License-Identifier: MIT */
#include "record/pseudonym.h"

#include "base/die.h"
#include "base/hex.h"
#include "base/hmac.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

bool pseudonym_key_parse(struct str hex, struct pseudonym_key *key)
{
    return hex_decode(hex, key->bytes, sizeof key->bytes, &key->len) &&
           key->len >= PSEUDONYM_KEY_MIN;
}

void pseudonym_key_clear(struct pseudonym_key *key)
{
    OPENSSL_cleanse(key, sizeof *key);
}

/* Under a key of its own for each use. */
static void make_for(const struct pseudonym_key *key, const struct cpr *cpr, struct str use,
                     char text[PSEUDONYM_TEXT])
{
    unsigned char of_use[HMAC_BYTES], digest[HMAC_BYTES];

    hmac_make(str_make((const char *)key->bytes, key->len), use, of_use);
    hmac_make(str_make((const char *)of_use, sizeof of_use), cpr_str(cpr), digest);
    hex_encode(digest, (PSEUDONYM_TEXT - 1) / 2, text);
    OPENSSL_cleanse(of_use, sizeof of_use);
}

static void make_of_month(const struct pseudonym_key *key, const struct cpr *cpr, int year,
                          int month_of_year, char text[PSEUDONYM_TEXT])
{
    char month[48];

    snprintf(month, sizeof month, "pseudonym %04d-%02d", year, month_of_year);
    make_for(key, cpr, str_of(month), text);
}

void pseudonym_make_lasting(const struct pseudonym_key *key, const struct cpr *cpr,
                            char text[PSEUDONYM_TEXT])
{
    make_for(key, cpr, STR("pseudonym of consents"), text);
}

void pseudonym_make(const struct pseudonym_key *key, const struct cpr *cpr, struct wall now,
                    char text[PSEUDONYM_TEXT])
{
    struct date today = wall_date(now);
    make_of_month(key, cpr, today.year, today.month, text);
}

enum { MONTHS_WITHOUT_END = 120 };

static int month_number(struct date date)
{
    return date.year * 12 + date.month - 1;
}

void pseudonym_set_make(const struct pseudonym_key *key, const struct cpr *cpr, struct wall now,
                        int64_t keep_days, struct pseudonym_set *set)
{
    int64_t today = date_to_days(wall_date(now));
    int64_t newest = month_number(wall_date(now)) + 1;
    int64_t oldest = keep_days > 0 ? month_number(date_of_days(today - keep_days)) - 1
                                   : newest - MONTHS_WITHOUT_END;
    if (newest - oldest >= PSEUDONYM_MONTHS_MAX)
        oldest = newest - PSEUDONYM_MONTHS_MAX + 1;
    set->count = (size_t)(newest - oldest + 1);
    set->at = die_calloc(set->count, sizeof *set->at);
    for (size_t i = 0; i < set->count; i++) {
        int month = (int)newest - (int)i;
        make_of_month(key, cpr, month / 12, month % 12 + 1, set->at[i]);
    }
}

void pseudonym_set_clear(struct pseudonym_set *set)
{
    free(set->at);
    *set = (struct pseudonym_set){0};
}
