/* SPDX-License-Identifier: MIT */
/* mandate: one person may act for another: a Digital Fuldmagt, or custody of a child. Parses and
 * judges; asks nobody. What is in force is decided at a given moment, to the second, so that a
 * mandate is judged anew on every call. It is one of the makers of `struct citizen`: a mandate that
 * is in force makes of the one who logged in (the receiver) a citizen whose subject is another (the
 * giver). How a citizen is made of one stands in identity/mandate_citizen.h. */
#ifndef IDENTITY_MANDATE_H
#define IDENTITY_MANDATE_H

#include "identity/citizen.h"
#include "identity/privilege.h"

/* X(enumerator, name in configuration and answers) */
#define MANDATE_KINDS(X)                                                                           \
    X(MANDATE_POWER_OF_ATTORNEY, "power_of_attorney") /* Digital Fuldmagt */                       \
    X(MANDATE_CUSTODY, "custody")                     /* forældremyndighed */

enum mandate_kind {
#define X(name, text) name,
    MANDATE_KINDS(X)
#undef X
        MANDATE_KIND_COUNT
};
struct str mandate_kind_name(enum mandate_kind kind);
bool mandate_kind_parse(struct str name, enum mandate_kind *kind)
    __attribute__((warn_unused_result));

/* X(enumerator, name in answers, records and logs) */
#define MANDATE_STATES(X)                                                                          \
    X(MANDATE_IN_FORCE, "in_force")                                                                \
    X(MANDATE_NOT_YET, "not_yet") /* its first second lies ahead */                                \
    X(MANDATE_EXPIRED, "expired")                                                                  \
    X(MANDATE_REVOKED, "revoked")                                                                  \
    X(MANDATE_CASE_CLOSED, "case_closed") /* it was given until a case closed */                   \
    X(MANDATE_AGE, "age")                 /* the giver is too young, or too old, for its kind */

enum mandate_state {
#define X(name, text) name,
    MANDATE_STATES(X)
#undef X
        MANDATE_STATE_COUNT
};
struct str mandate_state_name(enum mandate_state state);

struct mandate {
    enum mandate_kind kind;
    struct str id; /* the source's own; leaves as a handle only */
    struct cpr giver, receiver;
    struct str giver_name, receiver_name; /* STR_NONE: unknown or protected */
    struct wall from, to;                 /* from `from` on and before `to`; unknown: open */
    struct wall revoked;                  /* from when on it is; unknown: it is not */
    struct str case_id;                   /* it ends when this case closes; STR_NONE: with none */
    struct wall case_closed;              /* when that case closed; unknown: it is open */
    const struct privilege_group *groups; /* all about the giver */
    size_t group_count;
};

/* How old the giver is: when the mandate was given, at least; today, under (0: no limit). */
struct mandate_ages {
    int giver_at_least, giver_below;
};

enum mandate_state mandate_state(const struct mandate *mandate, const struct mandate_ages *ages,
                                 struct wall now);

#endif
