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

#endif
