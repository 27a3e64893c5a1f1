/* SPDX-License-Identifier: MIT */
/* privilege: what somebody may do for whom, as Danish public IT writes it: OIO Basic Privilege
 * Profile 1.1 and 1.2, XML in base64, in a claim of a token and in the answers of Digital Fuldmagt
 * (reference: identity). The text is hostile until proven otherwise: the rules of base/xml hold.
 * Pure.
 *
 * A group that says more than is understood here (a scope that is no person, a constraint other
 * than KLE, an unknown element) is passed over whole: what narrows it must never be lost. */
#ifndef IDENTITY_PRIVILEGE_H
#define IDENTITY_PRIVILEGE_H

#include "base/arena.h"
#include "identity/cpr.h"

enum {
    PRIVILEGE_TEXT_MAX = 64 * 1024, /* of base64 */
    PRIVILEGE_GROUPS_MAX = 64,
    PRIVILEGES_MAX = 32,     /* of one group */
    PRIVILEGE_KLE_MAX = 32,  /* patterns of one group */
    PRIVILEGE_URN_MAX = 255, /* bytes of one privilege */
    KLE_PATTERN_MAX = 16
};

/* PrivilegeGroup: what may be done for one person. */
struct privilege_group {
    struct cpr represented;
    const struct str *privileges; /* URNs */
    size_t privilege_count;
    const struct str *kle; /* patterns; none: any subject */
    size_t kle_count;
};

struct privilege_list {
    struct privilege_group *groups;
    size_t count;
    size_t passed_over; /* groups that were not understood */
};

/* Reads base64 (white space is ignored) of a PrivilegeList into the arena. False: *why is a
 * constant text, never a piece of it. An empty text is a fault; a list without groups is not. */
bool privileges_parse(struct arena *arena, struct str base64, struct privilege_list *list,
                      const char **why) __attribute__((warn_unused_result));

/* "25.*" is every number that begins with "25."; "27.35.16" that one alone; "*" any number. */
bool kle_pattern_is_valid(struct str pattern);
/* Is this subject number among those meant? A missing number never is. */
bool kle_matches(struct str pattern, struct str kle);

#endif
