/* SPDX-License-Identifier: MIT */
/* digital_fuldmagt: how Digitaliseringsstyrelsen's Digital Fuldmagt, and a custody source that
 * speaks the same way, are asked who may act for whom (docs/mandate-contract.md, [D]). Two pure
 * functions, as of every adapter, but what comes is mandates and not items.
 *
 * An answer counts only when it echoes our request's id and every mandate in it is between those
 * who were asked about: a mandate that cannot be proven opens nothing. */
#ifndef ADAPTERS_DIGITAL_FULDMAGT_H
#define ADAPTERS_DIGITAL_FULDMAGT_H

#include "adapters/adapter.h"
#include "identity/mandate.h"

enum { MANDATES_MAX = 100, MANDATE_ID_MAX = 64 };

/* Either what one person gave another, or (`giver` absent) all that `receiver` has or gave. */
struct mandate_question {
    enum mandate_kind kind;
    struct str path;
    struct cpr giver;
    struct cpr receiver;
    struct str request_id;
};

struct mandate_list {
    struct mandate *at;
    size_t count;
};

/* False: arena or body full. */
bool digital_fuldmagt_build(struct arena *arena, const struct mandate_question *question,
                            struct ask *ask) __attribute__((warn_unused_result));

/* ANSWERED or EMPTY with *list in the arena; FAILED, REFUSED, BUSY as of other adapters; INVALID
 * (broke the contract, unproven); FOREIGN (a mandate of somebody else). */
enum outcome digital_fuldmagt_parse(struct arena *arena, const struct mandate_question *question,
                                    const struct answer *answer, struct mandate_list *list,
                                    struct answer_fault *fault) __attribute__((warn_unused_result));

#endif
