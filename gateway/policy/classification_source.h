/* SPDX-License-Identifier: MIT */
/* classification_source: where KLE is read from while the gateway runs: "classification" in
 * conf/overblikd.json. Without it policies/kle.json is all there is. */
#ifndef POLICY_CLASSIFICATION_SOURCE_H
#define POLICY_CLASSIFICATION_SOURCE_H

#include "net/fetch.h"
#include "policy/settings.h"

enum { CLASSIFICATION_FACETS_MAX = 8 };

/* X(name, default, least, most, help) */
#define CLASSIFICATION_NUMBERS(X)                                                                  \
    X(refresh_s, 86400, 1, 2678400, "how often it is read")                                        \
    X(retry_s, 300, 1, 86400, "pause after a reading that failed")                                 \
    X(timeout_ms, 10000, 50, 120000, "time for one of its answers")

struct classification_source {
    struct fetch_target target; /* url STR_NONE: there is none */
    struct str path;
    const struct str *facets; /* UUIDs: of subjects, of what is done */
    size_t facet_count;
#define X(name, standard, least, most, help) int64_t name;
    CLASSIFICATION_NUMBERS(X)
#undef X
};

/* Of the member `node`; absent: none. `base` is the folder that file names are resolved against. */
void classification_source_parse(struct node node, const struct settings *settings, struct str base,
                                 struct classification_source *source, struct faults *faults);

#endif
