/* SPDX-License-Identifier: MIT */
/* Udbetaling Danmark: family benefits, their cases and payments. It pays what it grants. */
#include "adapters/adapters.h"
#include "adapters/borgervendt.h"

static const struct borgervendt_rules rules = {.payer = STR_INIT("Udbetaling Danmark")};

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    return borgervendt_parse_by(&rules, arena, question, answer, parsed, fault);
}

const struct adapter adapter_udbetaling_danmark = {
    .name = STR_INIT("udbetaling_danmark"), .build = borgervendt_build, .parse = parse};
