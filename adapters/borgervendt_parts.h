/* SPDX-License-Identifier: MIT */
/* borgervendt_parts: what the items of the Borgervendt models are made of: contacts, links,
 * parties, history, relations, the responsible authority. Each reader takes the value that comes
 * next into the field of `struct item` named behind it. */
#ifndef ADAPTERS_BORGERVENDT_PARTS_H
#define ADAPTERS_BORGERVENDT_PARTS_H

#include "adapters/shape.h"

/* Ceilings of the contract in bytes: four for each character that it allows. */
enum { ID_MAX = 800, NAME_MAX = 800, TITLE_MAX = 1020, TEXT_MAX = 4000 };

extern const struct code case_statuses[]; /* Sagstatus 1-5 */

read_fn read_contacts;  /* contacts */
read_fn read_links;     /* links */
read_fn read_parties;   /* parties */
read_fn read_history;   /* history, oldest first */
read_fn read_relations; /* relations */
read_fn read_authority; /* authority */

#endif
