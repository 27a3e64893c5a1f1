/* SPDX-License-Identifier: MIT */
/* disclosure: that data of one authority were shown: when, of which of its sources, how many items.
 * It is what an authority may know of the access record: no person, no pseudonym, no portal. Pure.
 */
#ifndef RECORD_DISCLOSURE_H
#define RECORD_DISCLOSURE_H

#include "policy/snapshot.h"
#include "record/log_store.h"

/* Whose disclosures are told: those of sources that this CVR number answers for, and of its
 * municipality in the indexes. */
struct disclosures {
    const struct snapshot *snapshot; /* borrowed */
    struct str cvr;
    struct date first, last; /* Danish days; unknown: open */
};

/* Tells each disclosure of one record as an object, {"time","receipt","source","items"}; how many
 * there were. */
typedef void disclosure_fn(void *ctx, struct str object);
size_t disclosures_of(const struct disclosures *wanted, const struct log_row *row,
                      disclosure_fn *each, void *ctx);

#endif
