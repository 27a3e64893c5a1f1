/* SPDX-License-Identifier: MIT */
/* outcome: what became of one row of the plan. Each row ends in exactly one. A missing source is
 * never EMPTY: that is a positive answer. One table gives the names portals see, the verdict each
 * one counts for, and the Orkestreringskomponent's error type (reference: orchestration). */
#ifndef ADAPTERS_OUTCOME_H
#define ADAPTERS_OUTCOME_H

#include "base/str.h"

enum verdict_class {
    VERDICT_POSITIVE,   /* asked and answered */
    VERDICT_UNANSWERED, /* asked, no answer */
    VERDICT_NOT_ASKED
};

/* X(enumerator, name, class, does the overview stay complete?, incumbent type, incumbent status) */
#define OUTCOMES(X)                                                                                \
    X(OUTCOME_ANSWERED, "answered", VERDICT_POSITIVE, true, "", 200)                               \
    X(OUTCOME_EMPTY, "empty", VERDICT_POSITIVE, true, "", 200)                                     \
    X(OUTCOME_STALE, "stale", VERDICT_POSITIVE, true, "", 200)                                     \
    X(OUTCOME_LATE, "late", VERDICT_UNANSWERED, false, "Data-source-timeout-error", 408)           \
    X(OUTCOME_FAILED, "failed", VERDICT_UNANSWERED, false, "Data-source-internal-error", 500)      \
    X(OUTCOME_INVALID, "invalid", VERDICT_UNANSWERED, false, "Data-source-format-error", 422)      \
    X(OUTCOME_FOREIGN, "foreign", VERDICT_UNANSWERED, false, "Data-validation-error", 400)         \
    X(OUTCOME_REFUSED, "refused", VERDICT_UNANSWERED, false, "Data-source-security-error", 400)    \
    X(OUTCOME_BUSY, "busy", VERDICT_UNANSWERED, false, "Data-source-error", 503)                   \
    X(OUTCOME_OPEN, "open", VERDICT_NOT_ASKED, false, "Circuit-breaker-error", 502)                \
    X(OUTCOME_CLOSED, "closed", VERDICT_NOT_ASKED, false, "Circuit-breaker-error", 502)            \
    X(OUTCOME_NOT_AGREED, "not_agreed", VERDICT_NOT_ASKED, true, "Agreement-error", 500)           \
    X(OUTCOME_NOT_NEEDED, "not_needed", VERDICT_NOT_ASKED, true, "", 200)                          \
    X(OUTCOME_LEVEL, "level", VERDICT_NOT_ASKED, false, "Input-param-error", 400)                  \
    X(OUTCOME_MUNICIPALITY, "municipality", VERDICT_NOT_ASKED, false, "Input-param-error", 400)    \
    X(OUTCOME_NOT_SHOWN, "not_shown", VERDICT_NOT_ASKED, true, "", 200)                            \
    X(OUTCOME_NOT_COVERED, "not_covered", VERDICT_NOT_ASKED, true, "Agreement-error", 500)

enum outcome {
    OUTCOME_PENDING, /* not settled yet; never shown */
#define X(name, ...) name,
    OUTCOMES(X)
#undef X
        OUTCOME_COUNT
};

struct str outcome_name(enum outcome outcome);
enum verdict_class outcome_class(enum outcome outcome);
bool outcome_is_positive(enum outcome outcome);
bool outcome_keeps_complete(enum outcome outcome);
struct str outcome_incumbent_type(enum outcome outcome); /* "" when it is no error there */
int outcome_incumbent_status(enum outcome outcome);

#endif
