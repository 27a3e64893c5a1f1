/* SPDX-License-Identifier: MIT */
/* pseudonym: how records name a person: HMAC-SHA-256 of the CPR number under a key of the month,
 * 128 bits, hex (security, section 5). The operator's key can search it; without the key a list of
 * all numbers does not help. */
#ifndef RECORD_PSEUDONYM_H
#define RECORD_PSEUDONYM_H

#include "base/clock.h"
#include "identity/cpr.h"

enum { PSEUDONYM_TEXT = 33, PSEUDONYM_KEY_MIN = 32, PSEUDONYM_KEY_MAX = 128 };

/* A key from hex text; made once, used from any thread. */
struct pseudonym_key {
    unsigned char bytes[PSEUDONYM_KEY_MAX];
    size_t len;
};
/* At least 32 bytes as hex; white space at the end is ignored. */
bool pseudonym_key_parse(struct str hex, struct pseudonym_key *key)
    __attribute__((warn_unused_result));
void pseudonym_key_clear(struct pseudonym_key *key);

void pseudonym_make(const struct pseudonym_key *key, const struct cpr *cpr, struct wall now,
                    char text[PSEUDONYM_TEXT]);

/* One that stays the same in all months, for what outlives them (consents); it tells nothing of the
 * others. */
void pseudonym_make_lasting(const struct pseudonym_key *key, const struct cpr *cpr,
                            char text[PSEUDONYM_TEXT]);

/* The pseudonyms of one person in the months that records are kept of. */
enum { PSEUDONYM_MONTHS_MAX = 1202 }; /* a hundred years and two ends */
struct pseudonym_set {
    size_t count;
    char (*at)[PSEUDONYM_TEXT]; /* newest month first */
};
/* From the month of `now` back to that of `keep_days` before it (0: ten years), and one more each
 * way, since clocks differ. Freed by pseudonym_set_clear. */
void pseudonym_set_make(const struct pseudonym_key *key, const struct cpr *cpr, struct wall now,
                        int64_t keep_days, struct pseudonym_set *set);
void pseudonym_set_clear(struct pseudonym_set *set);

#endif
