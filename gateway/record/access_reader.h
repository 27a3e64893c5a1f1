/* SPDX-License-Identifier: MIT */
/* access_reader: reads the access record for workers and operators, on a thread of its own with its
 * own connection, since a store may keep one waiting. It finds a person's records by the pseudonyms
 * of the months that are kept, pages of the whole record, and the numbers of a monthly report. */
#ifndef RECORD_ACCESS_READER_H
#define RECORD_ACCESS_READER_H

#include "net/loop.h"
#include "record/access_view.h"
#include "record/log_page.h"
#include "record/log_store.h"
#include "record/pseudonym.h"
#include "record/report.h"

enum {
    ACCESS_QUERIES_MAX = 256,  /* waiting at once */
    ACCESS_ENTRIES_MAX = 1000, /* on one page */
    ACCESS_TOTAL_MAX = 100000, /* counted at most */
    ACCESS_PAGE_MAX = 32 * 1024 * 1024
};

struct access_reader;
struct access_query; /* under way */

struct access_reader *access_reader_start(const struct log_store_spec *store);
/* Ends the thread; every query must have been told or cancelled. */
void access_reader_stop(struct access_reader **reader);

struct access_ask {
    const struct pseudonym_set *persons; /* borrowed; newest month first */
    struct str before;                   /* receipts below this one; STR_NONE: from the newest */
    struct wall from, to;                /* unknown: open; `to` itself is not included */
    size_t skip, limit;                  /* limit at most ACCESS_ENTRIES_MAX */
    bool is_counted;                     /* page->total is wanted */
};

struct access_page {
    const struct access_view *entries; /* newest first */
    size_t count;
    bool has_more;
    uint64_t total; /* that fit, whatever skip and limit are; ACCESS_TOTAL_MAX: or more */
};

/* `page` is borrowed; NULL: the record could not be read. */
typedef void access_page_fn(void *ctx, const struct access_page *page);

/* Everything of `ask` is copied. `done` is called once, later, on `loop`, unless the slot is
 * cancelled first. False: too many wait already; nothing was begun. */
bool access_query_start(struct access_reader *reader, struct loop *loop,
                        const struct access_ask *ask, struct access_query **slot,
                        access_page_fn *done, void *ctx) __attribute__((warn_unused_result));
/* The same for a page of the whole record: see record/log_page. `page` NULL: as above. The ask's
 * snapshot is held meanwhile. */
typedef void access_log_page_fn(void *ctx, const struct log_page *page);
bool access_page_start(struct access_reader *reader, struct loop *loop,
                       const struct log_page_ask *ask, struct access_query **slot,
                       access_log_page_fn *done, void *ctx) __attribute__((warn_unused_result));

/* Fills a report that report_new made, and that is taken over; `done` gets it back, to finish it.
 * NULL: it could not be read. The rest as above; when it is not begun, the report is freed. */
typedef void access_report_fn(void *ctx, struct report *report);
bool access_report_start(struct access_reader *reader, struct loop *loop, struct report *report,
                         struct access_query **slot, access_report_fn *done, void *ctx)
    __attribute__((warn_unused_result));

void access_query_cancel(struct access_query **slot);

#endif
