/* SPDX-License-Identifier: MIT */
/* mapping: what a manifest's "mapping" says, compiled for the dialect "mapped". docs/mapping.md is
 * the language. Whatever is wrong with it is found here, all of it at once, and nothing while
 * citizens wait. */
#ifndef POLICY_MAPPING_H
#define POLICY_MAPPING_H

#include "adapters/mapping.h"
#include "policy/document.h"

/* `kinds`: what the source declares to hold (ITEM_KIND_BIT). All of *mapping lies in the arena.
 * False: faults were added. */
bool mapping_parse(struct node root, unsigned kinds, struct arena *arena, struct mapping *mapping,
                   struct faults *faults);

#endif
