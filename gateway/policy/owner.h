/* SPDX-License-Identifier: MIT */
/* owner: who answers for a source: "owner" and "answers_for" of its manifest. The owner's card, how
 * it is reached and what its data-protection officer says, stands in one of its manifests; in the
 * others its number and name are enough. */
#ifndef POLICY_OWNER_H
#define POLICY_OWNER_H

#include "policy/authorities.h"

enum { ANSWERS_FOR_MAX = 500, CVR_DIGITS = 8 };

struct owner {
    struct authority authority;
    struct authority_card *card;   /* NULL: another of its manifests holds it */
    bool is_for_municipalities;    /* it answers for each of them by itself */
    const struct str *answers_for; /* CVR numbers; none: for itself */
    size_t answers_for_count;
};

/* `root` is the manifest. */
void owner_parse(const struct card_reading *reading, struct node root, struct owner *owner);

#endif
