/* SPDX-License-Identifier: MIT */
/* access_output: a page of the access record as JSON, in our own form and in the data tracker's.
 * Pure. */
#ifndef SERVE_ACCESS_OUTPUT_H
#define SERVE_ACCESS_OUTPUT_H

#include "base/buf.h"
#include "policy/snapshot.h"
#include "record/access_reader.h"

struct access_output {
    const struct snapshot *snapshot;
    enum language language;
    struct str receipt; /* of this reading */
};

/* {"receipt","entries":[{"receipt","time","operation","portal","purpose","by","mandate","status",
 *   "sources":[{"id","name","authority","state","items"}]}],"next","kept_days"}
 * by: "you", "another" (see mandate), "operator". next: the query of the page before; null: none.
 */
void access_output_page(const struct access_output *output, const struct access_page *page,
                        struct buf *out);
/* FindUsageResponse of the data tracker v2. */
void access_output_usage(const struct access_output *output, const struct access_page *page,
                         struct buf *out);

#endif
