/* SPDX-License-Identifier: MIT */
/* fake_adapter: a source contract as small as can be, both sides of it: the adapter that the
 * gateway asks with, and the authority that answers as the script says.
 *
 *   ask list 6101709995 0101 64942212 2 <request id> -          one line: the question
 *
 *   answer                                                       the answer, a word a line:
 *   subject 6101709995 | echo <request id> | asof <unix ms> | stale | cursor 3
 *   item case in_progress 1 0 <changed ms> <cvr> <uuid|-> <number|-> <date|-> <id> <title>
 *   party 0 6101709995                                           of the item before
 *   end */
#ifndef SIMULATION_FAKE_ADAPTER_H
#define SIMULATION_FAKE_ADAPTER_H

#include "script.h"

extern const struct adapter fake_adapter;

/* A question as the authority reads it. */
struct asked {
    struct str kind, cpr, municipality, municipality_cvr, request_id, item_id;
    uint64_t page;
};
bool asked_parse(struct str body, struct asked *asked) __attribute__((warn_unused_result));

/* Whose mark an item bears: the subject's exactly when the subject may see it. */
unsigned item_owner(const struct script_item *item, const struct script_page *page,
                    unsigned subject);

/* Writes the page's answer to this question. `today`: of the schedule. */
void authority_answer(const struct script *script, unsigned request, unsigned source,
                      unsigned municipality, const struct asked *asked, struct date today,
                      struct buf *out);

#endif
