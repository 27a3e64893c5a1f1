/* SPDX-License-Identifier: MIT */
/* kinds: a list of kinds of items in a configuration file, as bits (ITEM_KIND_BIT). */
#ifndef POLICY_KINDS_H
#define POLICY_KINDS_H

#include "adapters/item.h"
#include "policy/document.h"

/* 0: the node is absent or names none that is known. Faults: no list, names that are no kind. */
unsigned kinds_parse(struct node node, struct faults *faults);

#endif
