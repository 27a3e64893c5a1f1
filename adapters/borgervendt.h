/* SPDX-License-Identifier: MIT */
/* borgervendt: the source contract of docs/source-contract.yaml, spoken by every state authority:
 * JSON in, JSON out, one service per data domain. Towards the source it is strict about what it
 * sends; what comes is read tolerantly (unknown members, known differences in spelling) and decided
 * strictly: an answer that breaks the contract gives no items at all.
 *
 * What one authority's answers may say beyond or short of that is data: its manifest's. */
#ifndef ADAPTERS_BORGERVENDT_H
#define ADAPTERS_BORGERVENDT_H

#include "adapters/adapter.h"

/* How many items we ask for at once [D]. */
enum { BORGERVENDT_PAGE_SIZE = 100 };

/* What one source's answers may say; zeroed: all that the dialect may. */
struct borgervendt_rules {
    const struct str *credential_types; /* "pas", … ; others are a breach. None listed: any */
    size_t credential_type_count;
    struct str payer;     /* who pays a benefit that names nobody; STR_NONE: unknown */
    bool must_name_payer; /* a benefit without one is a breach */
};

#endif
