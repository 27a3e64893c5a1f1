/* SPDX-License-Identifier: MIT */
/* access_log: makes records durable: one writer thread appends what all workers hand in to the
 * chain of this node and commits once for the batch (group commit; a line that comes while it
 * writes waits three milliseconds for more). No overview's first byte leaves before its intent is
 * durable; when a write fails the log is unwell, new requests get 503, and once a second (less
 * often, down to every eight, while the store cannot be reached) the store is opened anew and a
 * probe record tries whether it is well again.
 *
 * Several processes may append to one chain, each with its own log: a command does while the
 * gateway runs.
 *
 * The writer signs a checkpoint every so many records or seconds, and deletes the content of what
 * is older than the retention: their hashes stay, and a record says how far the deletion went. What
 * records add to monthly reports (record/report_count.h) is counted in their own transaction.
 *
 * tests/simulation links a second implementation that can delay and fail. */
#ifndef RECORD_ACCESS_LOG_H
#define RECORD_ACCESS_LOG_H

#include "identity/assertion.h"
#include "net/loop.h"
#include "record/log_store.h"

struct access_log;
struct access_append; /* one line under way */

struct access_log_spec {
    struct log_store_spec store;
    struct assertion_signer *signer; /* of checkpoints; outlives the log */
    int64_t checkpoint_records, checkpoint_ms;
    int64_t keep_days;     /* 0: for ever */
    int64_t report_months; /* what reports are made of, so long; 0: for ever */
};

enum { ACCESS_WHY_MAX = 512 };

/* Opens the store and proves its newest records. NULL: `why` tells; what is damaged is left as it
 * is. */
struct access_log *access_log_open(const struct access_log_spec *spec, char why[ACCESS_WHY_MAX]);
/* Writes what is waiting and stops the thread; every append must have been told or cancelled. */
void access_log_close(struct access_log **log);
bool access_log_is_well(struct access_log *log);
size_t access_log_queued(struct access_log *log); /* lines that are not written yet */

typedef void access_done_fn(void *ctx, bool is_durable);

/* Appends one line (copied): a JSON object, of whose members "receipt", "time", "subject" and
 * "actor" are what it is found by. `done` is called once, later, on `loop`, unless
 * the slot is cancelled first, in which case the line is still written. */
void access_log_append(struct access_log *log, struct loop *loop, struct str line,
                       struct access_append **slot, access_done_fn *done, void *ctx);
void access_log_cancel(struct access_append **slot);
/* Appends without anybody waiting, within a tenth of a second; a failure shows in
 * access_log_is_well. */
void access_log_note(struct access_log *log, struct str line);

#endif
