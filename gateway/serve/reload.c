/* SPDX-License-Identifier: MIT */
#include "serve/reload.h"

#include "base/die.h"

#include <stdio.h>
#include <stdlib.h>

enum { REPORT_BYTES_MAX = 1024 * 1024 };

struct reload_report *reload_report_new(uint64_t ticket, const struct faults *faults,
                                        const char *revision, struct wall at)
{
    struct reload_report *report = die_calloc(1, sizeof *report);
    size_t kept = 0;

    report->ticket = ticket;
    report->is_accepted = revision[0] != '\0';
    snprintf(report->revision, sizeof report->revision, "%s", revision);
    report->at = at;
    report->fault_count = faults->count;
    report->arena = arena_new(REPORT_BYTES_MAX);
    faults_init(&report->faults, report->arena);
    for (const struct fault *fault = faults->first; fault && kept < RELOAD_FAULTS_MAX;
         fault = fault->next, kept++)
        faults_add(&report->faults, arena_copy(report->arena, fault->where), "%.*s",
                   STR_ARG(fault->what));
    return report;
}

void reload_report_free(struct reload_report **slot)
{
    struct reload_report *report = *slot;
    *slot = NULL;
    if (!report)
        return;
    arena_free(&report->arena);
    free(report);
}
