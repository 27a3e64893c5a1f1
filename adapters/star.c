/* SPDX-License-Identifier: MIT */
/* STAR: unemployment benefit, early retirement and holiday benefit. STAR knows of them, but the
 * unemployment fund pays, and it is the fund that a citizen must turn to: so it has to be named. */
#include "adapters/adapters.h"
#include "adapters/borgervendt.h"

static const struct borgervendt_rules rules = {.must_name_payer = true};

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    return borgervendt_parse_by(&rules, arena, question, answer, parsed, fault);
}

const struct adapter adapter_star = {
    .name = STR_INIT("star"), .build = borgervendt_build, .parse = parse};
