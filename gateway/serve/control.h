/* SPDX-License-Identifier: MIT */
/* control: the thread beside the workers: fetches issuers' keys, looks names up, hands every worker
 * what has changed through its loop, and serves the operators (serve/admin). */
#ifndef SERVE_CONTROL_H
#define SERVE_CONTROL_H

#include "serve/worker.h"

struct control;

/* Where operators come in. */
struct control_doors {
    SSL_CTX *tls;  /* NULL: not by TLS */
    uint16_t port; /* that the kernel gave */
};

/* Starts the thread; `workers` live until control_stop has returned. NULL: the operators' doors,
 * which the settings name, cannot be opened; *why tells which and why. */
struct control *control_start(struct shared *shared, struct worker **workers, size_t count,
                              struct snapshot *snapshot, struct control_doors *doors,
                              const char **why);
/* Ends the thread and closes its doors; nothing is posted to the workers afterwards. NULL: no-op.
 */
void control_stop(struct control *control);
/* After control_stop, when nobody posts to this thread any more. */
void control_free(struct control **control);

/* A new configuration for this thread and all workers; takes a reference. From any thread. */
void control_use_snapshot(struct control *control, struct snapshot *snapshot);
/* What came of reading the configuration; takes the report over. From any thread, after
 * control_use_snapshot where it was accepted. */
struct reload_report;
void control_take_report(struct control *control, struct reload_report *report);

#endif
