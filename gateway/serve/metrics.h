/* SPDX-License-Identifier: MIT */
/* metrics: the page that Prometheus reads, from values; pure. Labels are bounded: sources, issuers
 * and files by the configuration, outcomes and states by our tables. */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include "overview/health.h"
#include "serve/counters.h"

enum { METRICS_STATUSES = 600 };

struct metrics_source {
    struct health_report report;
};

struct metrics_issuer {
    struct str name;
    int64_t keys_age_s; /* -1: none */
};

struct metrics_certificate {
    struct str use;    /* "door", "client", "source-ca", … */
    struct str holder; /* the source or issuer it belongs to; "": the gateway */
    int days;          /* negative: it has expired */
};

struct metrics_page {
    struct str version, revision;
    struct wall loaded;
    uint64_t reloads_accepted, reloads_refused;
    bool has_keys, is_draining, is_record_well;
    size_t record_queued, explain_entries, explain_bytes;

    struct counters *sum; /* of all workers; sources of the configuration are added */
    const struct counters *const *workers; /* each, for what is told by worker */
    size_t worker_count;
    uint64_t replies[METRICS_STATUSES]; /* by HTTP status */

    const struct metrics_source *sources; /* all that health knows */
    size_t source_count;
    const struct metrics_issuer *issuers;
    size_t issuer_count;
    const struct metrics_certificate *certificates;
    size_t certificate_count;
};

/* In the text format 0.0.4. */
void metrics_write(const struct metrics_page *page, struct buf *out);

#endif
