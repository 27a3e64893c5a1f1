/* SPDX-License-Identifier: MIT */
/* bend: the faults that lie in single items: what an authority holds, changed as a vendor's mistake
 * would change it. Both vocabularies of the data, the contract's and the indexes', are known here.
 */
#ifndef SANDBOX_BEND_H
#define SANDBOX_BEND_H

#include "adapters/sandbox/service.h"

/* A changed copy (a new reference); NULL: this fault changes no item. */
json_t *sandbox_bend_item(const json_t *item, enum sandbox_bend bend, struct str request_id);

#endif
