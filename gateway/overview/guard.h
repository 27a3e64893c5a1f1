/* SPDX-License-Identifier: MIT */
/* guard: does this answer concern the citizen who asked? Every page of every answer passes here
 * before anything of it is kept. It must be PROVEN: by naming the subject, or by echoing our
 * request id. An answer that names somebody else, or holds a case or grant that names persons
 * without the subject among them in any role, is FOREIGN, whatever it echoes. */
#ifndef OVERVIEW_GUARD_H
#define OVERVIEW_GUARD_H

#include "adapters/adapter.h"

enum guard_verdict { GUARD_PROVEN, GUARD_UNPROVEN, GUARD_FOREIGN };

struct guard_finding {
    enum guard_verdict verdict;
    const char *why;      /* for the log; no data */
    struct str owner_cvr; /* FOREIGN: the authority whose item it was; STR_NONE: unknown */
};

/* `header_request_id`: X-Request-Id of the answer, empty when absent. */
struct guard_finding guard_judge(const struct question *question, const struct parsed *parsed,
                                 struct str header_request_id);

#endif
