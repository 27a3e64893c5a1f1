/* SPDX-License-Identifier: MIT */
/* coverage: what a mandate or a consent opens. Of mandates: which privileges let somebody see what
 * of another's overview (policies/mandates.json), and how old the giver of each kind must be. What
 * is not open is not asked for and not shown. Pure. */
#ifndef POLICY_COVERAGE_H
#define POLICY_COVERAGE_H

#include "adapters/item.h"
#include "identity/mandate.h"
#include "policy/document.h"

enum { COVERAGE_GRANTS_MAX = 512 };

/* What one privilege opens; a privilege may have several rules. */
struct mandate_rule {
    struct str privilege;      /* its URN [D] */
    const struct str *sources; /* source ids; "*" names all */
    size_t source_count;
    unsigned kinds;                /* ITEM_KIND_BITs */
    const struct str *authorities; /* CVR numbers or municipality codes; none: all */
    size_t authority_count;
    const struct str *kle; /* patterns of subject numbers; none: any, also unknown ones */
    size_t kle_count;
};

struct mandate_rules {
    struct mandate_rule *at;
    size_t count;
    struct mandate_ages ages[MANDATE_KIND_COUNT];
};
void mandate_rules_parse(struct node root, struct mandate_rules *rules, struct arena *arena,
                         struct faults *faults);
/* Complains of sources that do not exist; `ids` are all that do. */
void mandate_rules_check(struct node root, const struct str *ids, size_t id_count,
                         struct faults *faults);

/* A rule that a group of the mandate brings in, and the group's own subjects. */
struct coverage_grant {
    const struct mandate_rule *rule;
    const struct str *kle;
    size_t kle_count;
};
struct coverage {
    struct coverage_grant *grants;
    size_t count;
    const struct coverage *within; /* what must cover it too; NULL: nothing more */
};

/* What these groups open, in the arena; they and the rules are borrowed. False: arena full, or more
 * than COVERAGE_GRANTS_MAX. */
bool coverage_make(struct arena *arena, const struct mandate_rules *rules,
                   const struct privilege_group *groups, size_t group_count,
                   struct coverage *coverage) __attribute__((warn_unused_result));

/* These kinds at these sources (none: all), in the arena; what is borrowed must outlive it. False:
 * arena full. */
bool coverage_of_kinds(struct arena *arena, unsigned kinds, const struct str *sources,
                       size_t source_count, struct coverage *coverage)
    __attribute__((warn_unused_result));

/* The kinds that it opens at this source about this authority (NULL: any); 0: nothing. Only kinds
 * that carry a subject number are open where subjects are named. */
unsigned coverage_kinds(const struct coverage *coverage, struct str source,
                        const struct authority *authority);
/* May this be shown? A subject number that is missing is outside every named subject. */
bool coverage_has(const struct coverage *coverage, struct str source, enum item_kind kind,
                  const struct authority *authority, struct str kle);

#endif
