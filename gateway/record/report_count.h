/* SPDX-License-Identifier: MIT */
/* report_count: which numbers of the monthly reports a record of the access log adds to. The
 * access log's writer counts each batch and hands the sums to the store in the batch's own
 * transaction: a record and what it counts are durable together or not at all.
 *
 * A look-up's intent begins a call for each row of its plan that is asked, its outcome says how
 * each ended: begun and not ended is what a crash left (report.h: unfinished). Both count in the
 * month, in Denmark, of the receipt's own time, whenever they are written. Not counted: shadows,
 * probes of sources, what is no look-up. The look-up of one item is counted apart.
 *
 * An outcome may come whose intent could not be written (the answer was 503, and the store is well
 * again). The receipts of intents in batches that failed are therefore in doubt, until their
 * outcomes come: these count only if the store holds the intent. */
#ifndef RECORD_REPORT_COUNT_H
#define RECORD_REPORT_COUNT_H

#include "record/log_store.h"
#include "record/report_tally.h"

struct report_count;

struct report_count *report_count_new(void);
void report_count_free(struct report_count **count);

/* Begins a batch. */
void report_count_begin(struct report_count *count);
/* Before the first record of a batch is handed to the store, for each of its lines: an outcome in
 * doubt is looked up. False: the store failed. */
bool report_count_look_up(struct report_count *count, struct str line, struct log_store *store)
    __attribute__((warn_unused_result));
/* Counts a record's line; what is none of a look-up counts nothing. False: there is no room. */
bool report_count_take(struct report_count *count, struct str line)
    __attribute__((warn_unused_result));
/* Hands the sums over. */
bool report_count_write(const struct report_count *count, struct log_store *store)
    __attribute__((warn_unused_result));
/* For each line of a batch that failed. */
void report_count_lost(struct report_count *count, struct str line);

/* For those who count without a store, and for tests. */
const struct report_tally *report_count_tally(const struct report_count *count);
size_t report_count_doubts(const struct report_count *count);

#endif
