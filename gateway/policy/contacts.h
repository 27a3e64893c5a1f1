/* SPDX-License-Identifier: MIT */
/* contacts: how an authority is reached, as configuration lists it:
 * [{"type": "phone", "value": "…"}]. Pure. */
#ifndef POLICY_CONTACTS_H
#define POLICY_CONTACTS_H

#include "adapters/item.h"
#include "policy/document.h"

/* In the file's order; NULL: none. */
struct contact *contacts_parse(struct node node, struct arena *arena, struct faults *faults);

#endif
