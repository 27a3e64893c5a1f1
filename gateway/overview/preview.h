/* SPDX-License-Identifier: MIT */
/* preview: what a municipality's rules show of what its systems hold about test citizens: the real
 * fan-out, plan, guard and exposure, with an observer that notes each item, shown or withheld, and
 * the rule that decided. Only test citizens (replacement numbers) are looked at, and only the
 * municipal sources are asked, also those whose rollout has not begun: a preview comes before it.
 * The caller records who looks before it starts.
 *
 * Four promises: `done` is called once, later, from the loop, never from inside start, never nested
 * and never after cancel; the slot is empty then. */
#ifndef OVERVIEW_PREVIEW_H
#define OVERVIEW_PREVIEW_H

#include "overview/fanout.h"
#include "overview/quality.h"

enum { PREVIEW_ITEMS_MAX = 5000, PREVIEW_CITIZENS_MAX = 100, PREVIEW_MUNICIPALITIES_MAX = 98 };

/* One answer: a citizen asked for at a source of a municipality. */
struct preview_row {
    struct str citizen; /* the caller's name for the test citizen */
    struct str source, municipality;
    enum outcome outcome;
    size_t held, shown;
};

/* One item as it was judged. */
struct preview_item {
    struct str citizen, source, municipality;
    enum item_kind kind;
    struct str title; /* the source's, whether shown or not; STR_NONE: none, or forbidden */
    struct str kle, facet, system;
    enum item_status status;
    struct wall created;
    enum exposure_verdict verdict, would_be;
    const struct exposure_rule *rule,
        *observed; /* of the snapshot; NULL: a built-in one, or none */
};

struct preview_report {
    const struct snapshot *snapshot;
    struct preview_row *rows;
    size_t row_count;
    struct preview_item *items;
    size_t item_count, left_out; /* beyond PREVIEW_ITEMS_MAX */
    struct quality quality;
};

struct preview_citizen {
    struct str name; /* as the caller calls them */
    const struct citizen *citizen;
};

struct preview_spec {
    const struct snapshot *snapshot; /* held by the caller until the end, as all of this is */
    const struct preview_citizen *citizens; /* looked at one after another */
    size_t citizen_count;
    const struct portal *portal;      /* through whose eyes: its agreements count */
    const struct str *municipalities; /* codes */
    size_t municipality_count;
    enum language language;
    int64_t wait_ms; /* for each citizen */
};

/* The report is valid during the call. */
typedef void preview_done_fn(void *ctx, struct preview_report *report);

struct preview;
/* False, and nothing started: nobody or too many to look at, somebody who is no test citizen, or no
 * memory. `env` must outlive the preview. */
bool preview_start(const struct fanout_env *env, const struct preview_spec *spec,
                   struct preview **slot, preview_done_fn *done, void *ctx)
    __attribute__((warn_unused_result));
void preview_cancel(struct preview **slot);

/* {"revision", "sources": […], "items": […], "left_out", "quality": […]}; with `quality_only`
 * without the items. Pure. */
void preview_write(struct preview_report *report, bool quality_only, struct buf *out);

#endif
