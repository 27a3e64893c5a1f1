/* SPDX-License-Identifier: MIT */
/* page_lists: the pages beside the overview, each made of one answer of the gateway: what stands
 * between page_begin and page_end. Pure. */
#ifndef PORTAL_PAGE_LISTS_H
#define PORTAL_PAGE_LISTS_H

#include "portal/json.h"
#include "portal/page.h"

typedef void page_list_fn(struct buf *out, const struct page *page, const json_t *answer);

page_list_fn page_log;            /* GET /v1/access-log: who has seen it; own look-ups folded */
page_list_fn page_others;         /* GET /v1/mandates: whom one may act for */
page_list_fn page_consents;       /* GET /v1/consents: which services may read along */
page_list_fn page_consent_given;  /* POST /v1/consents: the token, once */
page_list_fn page_about;          /* GET /v1/sources: the declaration */
page_list_fn page_municipalities; /* GET /v1/sources: where one lives; chosen ones: below */
page_list_fn page_corrected;      /* POST /v1/corrections: what became of it */
page_list_fn page_export;         /* no answer: the forms of a copy */

/* The form that says that something is wrong with the item of this handle; `fault`: an earlier try
 * was empty. */
void page_correction(struct buf *out, const struct page *page, struct str handle, bool is_fault);

#endif
