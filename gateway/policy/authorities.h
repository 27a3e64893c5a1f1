/* SPDX-License-Identifier: MIT */
/* authorities: what each authority is owed a citizen's turning to it with: how it is reached, what
 * its data-protection officer says, and where a breach is told (an owner's
 * manifest, conf/sources, or policies/authorities.json). Each authority has a card, not each
 * source: one index serves 98 municipalities. Pure. */
#ifndef POLICY_AUTHORITIES_H
#define POLICY_AUTHORITIES_H

#include "policy/contacts.h"
#include "policy/correction_endpoint.h"

struct authority_card {
    struct str key; /* whose: a CVR number, or a municipality's code */
    const struct contact *contacts;
    struct text data_protection; /* the data-protection officer's text */
    struct str breach;           /* https: where a breach of data protection is told */
    const struct correction_endpoint *corrections; /* NULL: write to its contacts */
};

struct authorities {
    struct authority_card *at; /* sorted by key */
    size_t count;
    struct authority_card municipalities; /* of those without their own */
};
/* What cards are read with: `base` is the folder that file names are resolved against. */
struct card_reading {
    const struct settings *settings;
    struct str base;
    struct arena *arena;
    struct faults *faults;
};
/* What a card says, for the authority of this key. `is_owner`: it stands in the manifest of a
 * source, whose server may take its corrections. */
void authority_card_parse(const struct card_reading *reading, struct node node, struct str key,
                          bool is_owner, struct authority_card *card);
/* policies/authorities.json, and the cards that manifests hold, each of another authority. */
void authorities_parse(const struct card_reading *reading, struct node root,
                       const struct authority_card *const *owners, size_t owner_count,
                       struct authorities *list);
/* Its own card, by CVR number or municipality code; else a municipality's; else NULL. */
const struct authority_card *authorities_find(const struct authorities *list,
                                              const struct authority *authority);

#endif
