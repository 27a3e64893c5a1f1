/* SPDX-License-Identifier: MIT */
/* municipal_grant: one grant (bevilling) of the Ydelsesindeks becomes one item per benefit that it
 * grants, since the subject (KLE) sits on each and a grant may be shown in part. Parties, authority
 * and sensitivity are the grant's. */
#ifndef ADAPTERS_MUNICIPAL_GRANT_H
#define ADAPTERS_MUNICIPAL_GRANT_H

#include "adapters/municipal.h"

/* The id of a benefit, and of a payment's reference to it: "<the grant's UUID>/<BevilgetYdelse
 * Id>". */
struct municipal_benefit {
    struct item item;
    char id[MUNICIPAL_UUID_TEXT]; /* BevilgetYdelse/Id: at most 36 bytes of any text; "" */
    struct municipal_choice choice;
    struct municipal_benefit *next;
};

/* BevillingFiltreretOejebliksbillede as a child of the answer. */
extern const struct soap_type municipal_grant_type;
#define MUNICIPAL_GRANT                                                                            \
    SOAP_MANY(NS_YI, "BevillingFiltreretOejebliksbillede", TAG_GRANTS, &municipal_grant_type)

struct municipal_grant_reader;
struct municipal_grant_reader *
municipal_grant_reader_new(struct municipal_reader *r); /* in arena */
/* For the tags from TAG_GRANTS on. */
const char *municipal_grant_enter(struct municipal_grant_reader *g, int tag);
const char *municipal_grant_leave(struct municipal_grant_reader *g, int tag, struct str text);
/* The benefits of the grant just read, after TAG_GRANTS was left; NULL: none, or it is gone. */
const struct municipal_benefit *municipal_grant_read(const struct municipal_grant_reader *g);

#endif
