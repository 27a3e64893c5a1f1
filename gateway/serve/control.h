/* SPDX-License-Identifier: MIT */
/* control: the thread beside the workers: fetches issuers' keys, looks names up, and hands every
 * worker what has changed through its loop. */
#ifndef SERVE_CONTROL_H
#define SERVE_CONTROL_H

#include "serve/worker.h"

struct control;

/* Starts the thread; `workers` live until control_stop has returned. */
struct control *control_start(struct shared *shared, struct worker **workers, size_t count,
                              struct snapshot *snapshot);
/* Ends the thread; nothing is posted to the workers afterwards. */
void control_stop(struct control **control);

/* A new configuration for this thread and all workers; takes a reference. From any thread. */
void control_use_snapshot(struct control *control, struct snapshot *snapshot);

#endif
