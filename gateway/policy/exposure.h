/* SPDX-License-Identifier: MIT */
/* exposure: what an authority shows of what it holds, by the display rules of Borgerblikket
 * (reference: municipal-indexes). Pure.
 *
 * First the built-in rules, the floor that no configuration lifts (decision 0012): only the primary
 * party (building cases: the owner of the property), never an exempt title, documents by title
 * only, internal and foreign letters never, nothing with a security profile or a display class, no
 * VIP cases. Then the authority's own rules (policy/exposure_rules, decision 0030), which open the
 * subjects one by one: cases and benefits by their KLE number, documents and payments with what
 * they belong to. */
#ifndef POLICY_EXPOSURE_H
#define POLICY_EXPOSURE_H

#include "policy/exposure_rules.h"

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
    /* the authority's own rules */                                                                \
    X(EXPOSURE_NO_KLE, "no-kle")            /* no number, and no rule for all */                   \
    X(EXPOSURE_NOT_OPEN, "kle-not-open")    /* no rule names it, or the rule is closed */          \
    X(EXPOSURE_TOO_OLD, "before-from-date") /* created before the rule's date, or nobody knows */  \
    X(EXPOSURE_SYSTEM, "sending-system")    /* not among those that are shown */                   \
    X(EXPOSURE_DOCUMENT, "document-not-open") /* this direction or type of letter */               \
    X(EXPOSURE_JOURNAL_NOTE, "journal-note")

enum exposure_verdict {
#define X(name, code) name,
    EXPOSURE_RULES(X)
#undef X
        EXPOSURE_VERDICT_COUNT
};
struct str exposure_code(enum exposure_verdict verdict);

/* When are places and contact points taken out of what is shown, to keep an address secret [D]? */
enum address_protection {
    ADDRESS_WHEN_KNOWN, /* where the citizen or the item is known to be protected */
    ADDRESS_ON_BEHALF,  /* … and for everybody who looks on behalf of another */
    ADDRESS_ALWAYS
};

/* policies/exposure.json. Zeroed memory: the built-in rules alone. */
struct exposure {
    const struct str *building_kle; /* KLE prefixes of building cases [D], e.g. "02.34." */
    size_t building_kle_count;
    bool owner_role_is_set; /* which role is the property owner's is known [D]; else not shown */
    enum address_protection address_protection;
    struct exposure_sets sets;
};
void exposure_parse(struct node root, const struct municipalities *municipalities,
                    struct exposure *exposure, struct arena *arena, struct faults *faults);

/* Whose eyes, and when. */
struct exposure_view {
    const struct cpr *subject;
    bool parties_needed; /* the source proves by parties (the indexes), so an item without the
                            subject as a party is not shown */
    struct wall now;
    bool is_on_behalf;         /* somebody else looks */
    bool is_address_protected; /* the subject is known to be */
};

/* What was found of an item, and which rule decided. */
struct exposure_finding {
    enum exposure_verdict verdict;
    const struct exposure_rule *rule; /* that decided; NULL: a built-in one, or none names it */
    enum exposure_verdict would_be;   /* with the rules that are only observed; else = verdict */
    const struct exposure_rule *observed; /* that would decide; NULL: none of those */
};

/* May the citizen see this item? Also takes away what must not be shown of an item that may: a
 * document's title that its sensitivity forbids, a place that tells a protected address. (An exempt
 * item's title is the one the public may see, by both contracts; adapters never read the other:
 * decision 0012.) The rules are those of the item's own authority, by CVR number or else code. */
struct exposure_finding exposure_judge(const struct exposure *exposure,
                                       const struct exposure_view *view, struct item *item);

/* The rules that count for an authority; NULL: the built-in ones alone. */
const struct exposure_set *exposure_set_of(const struct exposure *exposure,
                                           const struct authority *authority);
/* Does any rule of the authority open journal notes? Else they are not even asked for. */
bool exposure_wants_notes(const struct exposure *exposure, const struct authority *authority);
/* Does a name of a login say that the person's address is protected, as MitID writes it? */
bool exposure_is_protected_name(struct str name);

#endif
