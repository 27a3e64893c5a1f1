/* SPDX-License-Identifier: MIT */
/* data: reads the sandbox's citizens and what the authorities hold about them. */
#ifndef SANDBOX_DATA_H
#define SANDBOX_DATA_H

#include "adapters/sandbox/service.h"

enum { DATA_WHY_MAX = 320 };

/* An array of persons, each with id, cpr and the other members of citizens.json. A new reference,
 * or NULL: `why` names the file and what is wrong. */
json_t *sandbox_citizens_load(const char *folder, char why[DATA_WHY_MAX])
    __attribute__((warn_unused_result));
/* data/<authority>.json. A new reference, or NULL as above. */
json_t *sandbox_holdings_load(const char *folder, struct str authority, char why[DATA_WHY_MAX])
    __attribute__((warn_unused_result));

const json_t *sandbox_citizen_by_id(const json_t *citizens, struct str id); /* NULL: nobody */

#endif
