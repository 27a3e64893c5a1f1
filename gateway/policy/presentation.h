/* SPDX-License-Identifier: MIT */
/* presentation: what the configuration adds to an item: what the sender's words mean before it is
 * judged; its title, links and expected decision once it may be shown. Pure. */
#ifndef POLICY_PRESENTATION_H
#define POLICY_PRESENTATION_H

#include "policy/snapshot.h"

/* Before exposure_judge. */
void presentation_prepare(const struct snapshot *snapshot, struct item *item);

/* After it, of an item that is shown: `rule` decided (NULL: none). False: arena full. */
bool presentation_complete(const struct snapshot *snapshot, const struct exposure_rule *rule,
                           struct wall now, enum language language, struct item *item,
                           struct arena *arena) __attribute__((warn_unused_result));

#endif
