/* SPDX-License-Identifier: MIT */
/* agreement: which portal may ask which source. Nobody without an agreement is asked. Read from
 * policies/agreements.json; the policy engine will add kinds, authorities and dates to it. */
#ifndef POLICY_AGREEMENT_H
#define POLICY_AGREEMENT_H

#include "policy/document.h"

struct agreement {
    struct str portal;         /* the token's client id */
    const struct str *sources; /* source ids; "*" names all */
    size_t source_count;
    const struct str
        *authorities; /* myndighedsliste sent to the sources; empty: the source's own */
    size_t authority_count;
};
struct agreements {
    struct agreement *at;
    size_t count;
};
void agreements_parse(struct node root, struct agreements *list, struct arena *arena,
                      struct faults *faults);
/* Complains of sources that do not exist; `ids` are all that do. */
void agreements_check(struct node root, const struct str *ids, size_t id_count,
                      struct faults *faults);
/* The agreement that lets this portal ask this source, or NULL. */
const struct agreement *agreement_find(const struct agreements *list, struct str portal,
                                       struct str source);
bool agreement_knows(const struct agreements *list, struct str portal);

#endif
