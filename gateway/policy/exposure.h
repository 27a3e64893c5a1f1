/* SPDX-License-Identifier: MIT */
/* exposure: what an authority shows of what it holds, by the display rules of Borgerblikket
 * (reference: municipal-indexes). Pure. These are the built-in rules until each municipality tunes
 * its own: only the primary party (building cases: the owner of the property), never an exempt
 * title, documents by title only, internal and foreign letters never, no journal notes, nothing
 * with a security profile or a display class, no VIP cases. */
#ifndef POLICY_EXPOSURE_H
#define POLICY_EXPOSURE_H

#include "adapters/item.h"
#include "policy/document.h"

/* Why an item is withheld.  X(enumerator, code for explanations) */
#define EXPOSURE_RULES(X)                                                                          \
    X(EXPOSURE_SHOWN, "shown")                                                                     \
    X(EXPOSURE_NOT_PRIMARY, "not-primary-party")                                                   \
    X(EXPOSURE_NOT_OWNER, "not-property-owner")                                                    \
    X(EXPOSURE_BUILDING_UNSET, "building-case-owner-unset")                                        \
    X(EXPOSURE_SECURITY_PROFILE, "security-profile")                                               \
    X(EXPOSURE_DISPLAY_CLASS, "display-class")                                                     \
    X(EXPOSURE_SENSITIVITY, "sensitivity")                                                         \
    X(EXPOSURE_DIRECTION, "direction")                                                             \
    X(EXPOSURE_NO_PROOF, "no-party")                                                               \
    X(EXPOSURE_NOT_AGREED, "not-agreed")                                                           \
    X(EXPOSURE_NOT_COVERED, "not-covered") /* outside the mandate */

enum exposure_verdict {
#define X(name, code) name,
    EXPOSURE_RULES(X)
#undef X
        EXPOSURE_VERDICT_COUNT
};
struct str exposure_code(enum exposure_verdict verdict);

/* policies/exposure.json */
struct exposure {
    const struct str *building_kle; /* KLE prefixes of building cases [D], e.g. "02.34." */
    size_t building_kle_count;
    bool owner_role_is_set; /* which role is the property owner's is known [D]; else not shown */
};
void exposure_parse(struct node root, struct exposure *exposure, struct arena *arena,
                    struct faults *faults);

/* May the citizen see this item? `parties_needed`: the source proves by parties (the indexes), so
 * an item without the subject as a party is not shown. Also takes away what must not be shown of an
 * item that may: a document's title that its sensitivity forbids. (An exempt item's title is the
 * one the public may see, by both contracts; adapters never read the other: decision 0012.) */
enum exposure_verdict exposure_judge(const struct exposure *exposure, const struct cpr *subject,
                                     bool parties_needed, struct wall now, struct item *item);

#endif
