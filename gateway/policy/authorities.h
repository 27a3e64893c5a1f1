/* SPDX-License-Identifier: MIT */
/* authorities: what each authority is owed a citizen's turning to it with: how it is reached, what
 * its data-protection officer says, and where a breach is told (an owner's
 * manifest, conf/sources, or policies/authorities.json). Each authority has a card, not each
 * source: one index serves 98 municipalities. Pure. */
#ifndef POLICY_AUTHORITIES_H
#define POLICY_AUTHORITIES_H

#include "policy/contacts.h"

struct authority_card {
    struct str key; /* whose: a CVR number, or a municipality's code */
    const struct contact *contacts;
    struct text data_protection; /* the data-protection officer's text */
    struct str breach;           /* https: where a breach of data protection is told */
};

struct authorities {
    struct authority_card *at; /* sorted by key */
    size_t count;
    struct authority_card municipalities; /* of those without their own */
};
/* What a card says, for the authority of this key. */
void authority_card_parse(struct node node, struct str key, struct authority_card *card,
                          struct arena *arena, struct faults *faults);
/* policies/authorities.json, and the cards that manifests hold, each of another authority. */
void authorities_parse(struct node root, const struct authority_card *const *owners,
                       size_t owner_count, struct authorities *list, struct arena *arena,
                       struct faults *faults);
/* Its own card, by CVR number or municipality code; else a municipality's; else NULL. */
const struct authority_card *authorities_find(const struct authorities *list,
                                              const struct authority *authority);

#endif
