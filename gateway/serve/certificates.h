/* SPDX-License-Identifier: MIT */
/* certificates: how many days each certificate that the configuration names is still good for.
 * Reads the files, each once, however many sources name it. */
#ifndef SERVE_CERTIFICATES_H
#define SERVE_CERTIFICATES_H

#include "policy/snapshot.h"
#include "serve/metrics.h"

struct certificates {
    struct metrics_certificate *at;
    size_t count, max;
    struct index files; /* those that were read, as places in `at` */
};

/* It lies in the arena; empty when that is full. */
void certificates_gather(const struct snapshot *snapshot, struct arena *arena,
                         struct certificates *list);

#endif
