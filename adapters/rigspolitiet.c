/* SPDX-License-Identifier: MIT */
/* Rigspolitiet: passports. */
#include "adapters/adapters.h"
#include "adapters/borgervendt.h"

static const struct str types[] = {STR_INIT("pas")};
static const struct borgervendt_rules rules = {
    .credential_types = types, .credential_type_count = sizeof types / sizeof *types};

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    return borgervendt_parse_by(&rules, arena, question, answer, parsed, fault);
}

const struct adapter adapter_rigspolitiet = {
    .name = STR_INIT("rigspolitiet"), .build = borgervendt_build, .parse = parse};
