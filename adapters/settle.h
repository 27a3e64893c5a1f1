/* SPDX-License-Identifier: MIT */
/* settle: what an item leaves unsaid, once all of it is read: its authority is the source's, what
 * belongs to another item is as that one is. Pure. */
#ifndef ADAPTERS_SETTLE_H
#define ADAPTERS_SETTLE_H

#include "adapters/adapter.h"

/* Where a source has no service for an item that belongs to another, its id is its owner's, this
 * mark, and its own: whoever asks for it asks for the owner. */
enum { SETTLE_OWNER_MARK = 0x1f };

/* The id that the source knows: of the item asked for, or of the one that it belongs to. */
struct str settle_asked_id(const struct question *question);

/* Whose an item is that names nobody: the source's own. NULL, or why it may not be taken: a source
 * answers for the authorities of the question only. */
const char *settle_authority(struct item *item, const struct question *question)
    __attribute__((warn_unused_result));

/* `item` belongs to `owner`: what it leaves unsaid is its owner's. False: arena full. */
bool settle_owner(struct item *item, const struct item *owner, struct arena *arena)
    __attribute__((warn_unused_result));

/* "pas", "koerekort-c1": a-z, 0-9 and hyphens. */
bool settle_is_word(struct str text);

#endif
