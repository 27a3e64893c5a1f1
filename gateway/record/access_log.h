/* SPDX-License-Identifier: MIT */
/* access_log: makes records durable: one writer thread appends what all workers hand in and syncs
 * once for the batch (group commit; a line that comes while it writes waits two milliseconds for
 * more). No overview's first byte leaves before its intent is durable;
 * when a write or sync fails the log is unwell, new requests get 503, and once a second a probe
 * line tries whether it is well again.
 *
 * Today a plain file of JSON lines; the chained, signed store comes behind this same interface.
 * tests/simulation links a second implementation that can delay and fail. */
#ifndef RECORD_ACCESS_LOG_H
#define RECORD_ACCESS_LOG_H

#include "net/loop.h"

struct access_log;
struct access_append; /* one line under way */

/* Opens (creates, mode 0600) and appends; cuts a torn last line off first. NULL: *why tells. */
struct access_log *access_log_open(const char *path, const char **why);
/* Writes what is waiting and stops the thread; every append must have been told or cancelled. */
void access_log_close(struct access_log **log);
bool access_log_is_well(struct access_log *log);
size_t access_log_queued(struct access_log *log); /* lines that are not written yet */

typedef void access_done_fn(void *ctx, bool is_durable);

/* Appends one line (copied; it ends in a newline). `done` is called once, later, on `loop`, unless
 * the slot is cancelled first, in which case the line is still written. */
void access_log_append(struct access_log *log, struct loop *loop, struct str line,
                       struct access_append **slot, access_done_fn *done, void *ctx);
void access_log_cancel(struct access_append **slot);
/* Appends without anybody waiting, within a tenth of a second; a failure shows in
 * access_log_is_well. */
void access_log_note(struct access_log *log, struct str line);

#endif
