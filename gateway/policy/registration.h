/* SPDX-License-Identifier: MIT */
/* registration: what owners hand in themselves, and how it comes into force: manifests of sources,
 * which are checked, tried and watched before an operator approves them, and municipalities' own
 * rules of what they show. One table says who may take which step from which state. Pure.
 *
 *   source:  submitted ─ checked ─ observe ─ approved ─ superseded      rules:  draft ─ active ─
 * retired └──── failed ┘ (again)                                          └──────<──────┘
 */
#ifndef POLICY_REGISTRATION_H
#define POLICY_REGISTRATION_H

#include "policy/document.h"
#include "policy/kle.h"

enum registration_kind { REGISTRATION_SOURCE, REGISTRATION_RULES, REGISTRATION_KINDS };

/* X(enumerator, name) */
#define REGISTRATION_STATES_(X)                                                                    \
    X(REGISTRATION_NONE, "none")           /* not handed in */                                     \
    X(REGISTRATION_SUBMITTED, "submitted") /* the manifest is right; nothing was asked yet */      \
    X(REGISTRATION_CHECKED, "checked")     /* beside all others too; conformance is being tried */ \
    X(REGISTRATION_FAILED, "failed")       /* it does not conform; its report says why */          \
    X(REGISTRATION_OBSERVE, "observe")     /* asked for test citizens, shown to nobody */          \
    X(REGISTRATION_APPROVED, "approved")   /* an operator's word: shown, by its terms */           \
    X(REGISTRATION_SUPERSEDED, "superseded") /* another version was approved */                    \
    X(REGISTRATION_REJECTED, "rejected")                                                           \
    X(REGISTRATION_WITHDRAWN, "withdrawn")                                                         \
    X(REGISTRATION_DRAFT, "draft")     /* rules that are looked at */                              \
    X(REGISTRATION_ACTIVE, "active")   /* rules that are followed */                               \
    X(REGISTRATION_RETIRED, "retired") /* rules that were, and may be again */

enum registration_state {
#define X(name, text) name,
    REGISTRATION_STATES_(X)
#undef X
        REGISTRATION_STATES
};
#define REGISTRATION_BIT(state) (1u << (state))

enum registration_step {
    STEP_SUBMIT, /* a new version */
    STEP_CHECK,
    STEP_CONFORM, /* the conformance test was passed */
    STEP_FAIL,    /* … was not */
    STEP_RETRY,
    STEP_APPROVE,
    STEP_SUPERSEDE,
    STEP_REJECT,
    STEP_WITHDRAW,
    STEP_ACTIVATE,
    STEP_RETIRE,
    REGISTRATION_STEPS
};

/* Who takes a step. */
enum registration_actor { ACTOR_OWNER = 1, ACTOR_OPERATOR = 2, ACTOR_GATEWAY = 4 };

/* The state after the step; REGISTRATION_NONE: it cannot be taken from there, or not by them. */
enum registration_state registration_after(enum registration_kind kind,
                                           enum registration_state state,
                                           enum registration_step step,
                                           enum registration_actor actor);

/* Does a version in this state belong to the configuration? */
bool registration_counts(enum registration_state state);
struct str registration_state_name(enum registration_state state);
bool registration_state_parse(struct str name, enum registration_state *state)
    __attribute__((warn_unused_result));
struct str registration_kind_name(enum registration_kind kind);
bool registration_kind_parse(struct str name, enum registration_kind *kind)
    __attribute__((warn_unused_result));

/* ---- what an operator approves ---- */

enum { REGISTRATION_MUNICIPALITIES_MAX = 98, REGISTRATION_KLE_MAX = 500, REGISTRATION_REPORT = 64 };

/* {"report", "from", "municipalities", "kle"}: from which day what of it is shown. */
struct registration_terms {
    struct str report;       /* SHA-256 of the conformance report that was read, hexadecimal */
    struct date from;        /* before it, not shown */
    const struct str *codes; /* municipalities that show it; none: all */
    size_t code_count;
    const struct kle *kle; /* patterns of the subjects that are shown; none: all */
    size_t kle_count;
};
/* It lies in the faults' arena. */
void registration_terms_parse(struct node root, struct registration_terms *terms,
                              struct faults *faults);

#endif
