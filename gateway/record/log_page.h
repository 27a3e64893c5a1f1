/* SPDX-License-Identifier: MIT */
/* log_page: the access record page by page, oldest first, chain after chain: every record for the
 * operator, or one authority's disclosures. A page ends at its limit, when LOG_PAGE_LOOKED records
 * were looked at, so that nobody waits long behind who reads much, or when it is half full of
 * bytes: a record is at most the other half. */
#ifndef RECORD_LOG_PAGE_H
#define RECORD_LOG_PAGE_H

#include "base/uuid.h"
#include "record/disclosure.h"

enum {
    LOG_PAGE_ENTRIES = 1000, /* at most */
    LOG_PAGE_LOOKED = 5000,
    LOG_PAGE_BYTES = 8 * 1024 * 1024,
    LOG_CVR_TEXT = 9
};

struct log_page_ask {
    struct snapshot *snapshot;   /* borrowed */
    char cvr[LOG_CVR_TEXT];      /* "": every record; else that authority's disclosures */
    struct date first, last;     /* of disclosures; unknown: open */
    char receipt[UUID_TEXT];     /* "": all; else the records of this one */
    char node[LOG_NODE_MAX + 1]; /* where it begins: "" with the first chain, */
    uint64_t from;               /* at this record */
    size_t limit;
};

struct log_page {
    struct buf entries; /* JSON values, a comma between; the reader's to clear */
    size_t count;
    bool has_more;
    char node[LOG_NODE_MAX + 1]; /* where the next begins */
    uint64_t from;
};

/* False: the store could not be read, or the page is full of bytes. */
bool log_page_read(struct log_store *store, const struct log_page_ask *ask, struct log_page *page)
    __attribute__((warn_unused_result));

#endif
