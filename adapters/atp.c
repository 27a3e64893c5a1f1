/* SPDX-License-Identifier: MIT */
/* ATP: lifelong pension. It pays what it grants. */
#include "adapters/adapters.h"
#include "adapters/borgervendt.h"

static const struct borgervendt_rules rules = {.payer = STR_INIT("ATP")};

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    return borgervendt_parse_by(&rules, arena, question, answer, parsed, fault);
}

const struct adapter adapter_atp = {
    .name = STR_INIT("atp"), .build = borgervendt_build, .parse = parse};
