/* SPDX-License-Identifier: MIT */
/* rules: the faults asked for through the control port: which authority, for whom, how often. The
 * newest rule that fits counts; without one, the citizen's own fault (citizens.json). */
#ifndef SANDBOX_RULES_H
#define SANDBOX_RULES_H

#include "adapters/sandbox/fault.h"

enum { RULES_MAX = 64, RULES_MORE_MAX = 4, RULE_TEXT_MAX = 96, RULE_WHY_MAX = 160 };

struct sandbox_rule {
    struct sandbox_effect effect;
    const struct sandbox_authority *authority; /* NULL: all of them */
    char citizen[RULE_TEXT_MAX];               /* id; "": everybody */
    char path[RULE_TEXT_MAX];                  /* of the service; "": all of them */
    unsigned times;                            /* calls it still strikes; 0: until cleared */
};

struct sandbox_rules {
    struct sandbox_rule at[RULES_MAX];
    size_t count;
    const struct sandbox_authority *more[RULES_MORE_MAX]; /* beside the explicit list; borrowed */
    size_t more_count;
};

/* {"authority":"atp","fault":"delay","ms":1000,"times":1,"citizen":"jens","path":"/…"}: only
 * `fault` is needed. False: `why` says what is wrong. */
bool sandbox_rules_add(struct sandbox_rules *rules, const json_t *wish, const json_t *citizens,
                       char why[RULE_WHY_MAX]) __attribute__((warn_unused_result));
/* What strikes this call; a rule with `times` has one less then. `citizen` NULL: not known. */
struct sandbox_effect sandbox_rules_take(struct sandbox_rules *rules,
                                         const struct sandbox_authority *authority, struct str path,
                                         const json_t *citizen);
/* What an authority does not look at in our token: a mask of sandbox_pardon. */
unsigned sandbox_rules_pardons(const struct sandbox_rules *rules,
                               const struct sandbox_authority *authority);
enum sandbox_door sandbox_rules_door(const struct sandbox_rules *rules,
                                     const struct sandbox_authority *authority);
/* {"faults":[…]}: a new reference. */
json_t *sandbox_rules_json(const struct sandbox_rules *rules);

/* Is every fault of citizens.json one of the table, at an authority that exists? */
bool sandbox_rules_check_citizens(const json_t *citizens, char why[RULE_WHY_MAX])
    __attribute__((warn_unused_result));

#endif
