/* SPDX-License-Identifier: MIT */
/* reload: what came of reading the configuration again. The main thread reads and reports; the
 * control thread keeps the newest report and tells whoever asked for it. */
#ifndef SERVE_RELOAD_H
#define SERVE_RELOAD_H

#include "policy/document.h"

#include <stdatomic.h>

enum { RELOAD_FAULTS_MAX = 100 };

/* The faults of a refused configuration, for people; those beyond the ceiling are only counted. */
struct reload_report {
    uint64_t ticket; /* everybody who asked with this number or a lower one is answered by it */
    bool is_accepted;
    char revision[17]; /* in force afterwards */
    struct wall at;
    size_t fault_count;
    struct arena *arena;
    struct faults faults; /* in the arena */
};

/* Copies the faults; `revision` is the new one, or "" when it was refused. */
struct reload_report *reload_report_new(uint64_t ticket, const struct faults *faults,
                                        const char *revision, struct wall at);
void reload_report_free(struct reload_report **report);

#endif
