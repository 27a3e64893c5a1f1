/* SPDX-License-Identifier: MIT */
/* state_data: the data of the state authorities are written in the contract's own JSON, with a few
 * words that keep the stories young and personal numbers in one place:
 *   "+20d" "-3m" "-1y"       a date that far from today (m: months, within the month's days)
 *   "-3dT10:30"              a point of time, Danish
 *   "@self" "@else"          the personal number of the one asked about, of the citizen "else"
 *   {"gentag": 130, ...}     stands for 130 items; "{n}" in their texts is 0, 1, 2 …
 * An item without OffentligOrganisation is the authority's own ("authority" in the file). */
#ifndef SANDBOX_STATE_DATA_H
#define SANDBOX_STATE_DATA_H

#include "adapters/sandbox/service.h"
#include "base/writer.h"

/* What the words mean in one answer. */
struct state_words {
    const struct sandbox_data *data;
    struct arena *arena;
    struct wall now;
    const json_t *self; /* the person asked about */
    long n;             /* of "{n}" */
};

/* What a text of the data stands for; lies in the data or the arena. STR_NONE: nobody of that id,
 * or the arena is full. */
struct str state_text(const struct state_words *words, struct str text);

/* How many items this one stands for. */
long state_count(const json_t *item);

/* Writes an item, with its authority. */
void state_write_item(const struct state_words *words, struct writer *w, const json_t *item);

/* The CVR number of the authority responsible for this item. */
struct str state_cvr(const struct state_words *words, const json_t *item);

#endif
