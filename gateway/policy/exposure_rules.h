/* SPDX-License-Identifier: MIT */
/* exposure_rules: the rules by which authorities open what they hold, subject by subject (KLE), as
 * `policies/exposure.json` says them, compiled so that the one rule that decides on an item is
 * found at once. They only ever narrow what the built-in rules of policy/exposure let through.
 * Pure.
 *
 * A set belongs to one authority; `default` is the set of all that have none. In a set the most
 * specific pattern wins; two rules of one pattern, one mode and overlapping validity are a fault.
 */
#ifndef POLICY_EXPOSURE_RULES_H
#define POLICY_EXPOSURE_RULES_H

#include "policy/exposure_links.h"
#include "policy/kle.h"
#include "policy/municipality.h"

enum {
    EXPOSURE_RULES_MAX = 20000,    /* of the operator's file */
    EXPOSURE_OWN_RULES_MAX = 1000, /* of one municipality's own document */
    EXPOSURE_SETS_MAX = 1000,
    EXPOSURE_NAMES_MAX = 100
};

/* off: as if it were not written. observe: judged beside the others and counted, but not followed.
 */
enum exposure_mode { EXPOSURE_OFF, EXPOSURE_OBSERVE, EXPOSURE_ENFORCE };

/* Letters of one direction. */
struct exposure_letters {
    bool is_open;
    const struct str *types; /* of document; none: all */
    size_t type_count;
};

struct exposure_rule {
    struct str id;      /* the operator's name for it; STR_NONE: none */
    struct str where;   /* "policies/exposure.json:12:5" */
    struct str pattern; /* as written */
    struct kle kle;
    enum exposure_mode mode;
    bool is_open;
    struct date from;                 /* cases created before are not shown; none: all */
    bool active_regardless;           /* … but for those that are active */
    struct date valid_from, valid_to; /* of the KLE number, the last day included; none: open */
    bool title_from_kle;              /* the subject's title instead of the source's */
    const struct str *systems; /* sending systems that are shown, by UUID or name; none: all */
    size_t system_count;
    enum sensitivity sensitivity; /* the highest that is shown */
    struct exposure_letters to_citizen, from_citizen;
    bool journal_notes;
    struct exposure_rule *next; /* of the same pattern */
};

struct exposure_set {
    struct str cvr, code;        /* of its authority; STR_NONE: not known */
    struct exposure_rule *rules; /* in the order of the file, without those that are off */
    size_t rule_count;
    struct kle_table table; /* of chains of rules */
    bool is_enforced;       /* any rule is: else the default set counts */
    bool is_observing;      /* any rule is only observed */
    bool opens_notes;       /* an enforced rule opens journal notes */
    struct exposure_links links;
};

struct exposure_sets {
    struct exposure_set *at; /* in the order of the file */
    size_t count;
    const struct exposure_set **by_cvr, **by_code; /* sorted; those that have one */
    size_t cvr_count, code_count;
    struct exposure_set *standard; /* `default`; NULL: only the built-in rules count */
};

/* `default` and `authorities` of the file. Municipalities are named by code and found by both. */
void exposure_sets_parse(struct node root, const struct municipalities *municipalities,
                         struct exposure_sets *sets, struct arena *arena, struct faults *faults);

/* What a municipality has handed in itself: {"rules", "links"}, and perhaps "municipality", its own
 * code. It stands in place of what the operator's file says of it, and speaks of nobody else. */
struct exposure_own {
    const struct municipality *municipality;
    struct node root;
};
void exposure_sets_own(struct exposure_sets *sets, const struct exposure_own *own, size_t count,
                       struct arena *arena, struct faults *faults);

/* The set of an authority, by its CVR number or else its code: NULL: it has none of its own. */
const struct exposure_set *exposure_set_find(const struct exposure_sets *sets, struct str cvr,
                                             struct str code);

/* The rule of the set that decides on a case of this number and day (of its creation); of the rules
 * that are followed, or with `observing` of all. NULL: no rule names the number. */
const struct exposure_rule *exposure_rule_find(const struct exposure_set *set, struct kle kle,
                                               struct date day, bool observing);

/* How a rule is called in reports: its id, else where it stands. */
struct str exposure_rule_name(const struct exposure_rule *rule);

#endif
