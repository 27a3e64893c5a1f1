/* SPDX-License-Identifier: MIT */
/* borgervendt: the source contract of docs/source-contract.yaml, spoken by every state authority:
 * JSON in, JSON out, one service per data domain. Towards the source it is strict about what it
 * sends; what comes is read tolerantly (unknown members, known differences in spelling) and decided
 * strictly: an answer that breaks the contract gives no items at all.
 *
 * The authorities' own adapters (atp.c, rigspolitiet.c, …) are this one with rules of their own. */
#ifndef ADAPTERS_BORGERVENDT_H
#define ADAPTERS_BORGERVENDT_H

#include "adapters/adapter.h"

/* How many items we ask for at once [D]. */
enum { BORGERVENDT_PAGE_SIZE = 100 };

/* What one authority may say beyond what every source may. */
struct borgervendt_rules {
    const struct str *credential_types; /* "pas", … ; others are a breach. None listed: any */
    size_t credential_type_count;
    struct str payer;     /* who pays a benefit that names nobody; STR_NONE: unknown */
    bool must_name_payer; /* a benefit without one is a breach */
};

bool borgervendt_build(struct arena *arena, const struct question *question, struct ask *ask);
enum outcome borgervendt_parse_by(const struct borgervendt_rules *rules, struct arena *arena,
                                  const struct question *question, const struct answer *answer,
                                  struct parsed *parsed, struct answer_fault *fault);

#endif
