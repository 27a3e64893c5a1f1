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

/* X(enumerator, name, code in logs, class, does the overview stay complete?, incumbent type,
 * incumbent status) */
#define OUTCOMES(X)                                                                                \
    X(OUTCOME_ANSWERED, "answered", "AN", VERDICT_POSITIVE, true, "", 200)                         \
    X(OUTCOME_EMPTY, "empty", "EM", VERDICT_POSITIVE, true, "", 200)                               \
    X(OUTCOME_STALE, "stale", "ST", VERDICT_POSITIVE, true, "", 200)                               \
    X(OUTCOME_LATE, "late", "LA", VERDICT_UNANSWERED, false, "Data-source-timeout-error", 408)     \
    X(OUTCOME_FAILED, "failed", "FA", VERDICT_UNANSWERED, false, "Data-source-internal-error",     \
      500)                                                                                         \
    X(OUTCOME_INVALID, "invalid", "IN", VERDICT_UNANSWERED, false, "Data-source-format-error",     \
      422)                                                                                         \
    X(OUTCOME_FOREIGN, "foreign", "FO", VERDICT_UNANSWERED, false, "Data-validation-error", 400)   \
    X(OUTCOME_REFUSED, "refused", "RE", VERDICT_UNANSWERED, false, "Data-source-security-error",   \
      400)                                                                                         \
    X(OUTCOME_BUSY, "busy", "BU", VERDICT_UNANSWERED, false, "Data-source-error", 503)             \
    X(OUTCOME_OPEN, "open", "OP", VERDICT_NOT_ASKED, false, "Circuit-breaker-error", 502)          \
    X(OUTCOME_CLOSED, "closed", "CL", VERDICT_NOT_ASKED, false, "Circuit-breaker-error", 502)      \
    X(OUTCOME_NOT_AGREED, "not_agreed", "NA", VERDICT_NOT_ASKED, true, "Agreement-error", 500)     \
    X(OUTCOME_NOT_NEEDED, "not_needed", "NN", VERDICT_NOT_ASKED, true, "", 200)                    \
    X(OUTCOME_LEVEL, "level", "LE", VERDICT_NOT_ASKED, false, "Input-param-error", 400)            \
    X(OUTCOME_MUNICIPALITY, "municipality", "MU", VERDICT_NOT_ASKED, false, "Input-param-error",   \
      400)                                                                                         \
    X(OUTCOME_NOT_SHOWN, "not_shown", "NS", VERDICT_NOT_ASKED, true, "", 200)                      \
    X(OUTCOME_NOT_COVERED, "not_covered", "NC", VERDICT_NOT_ASKED, true, "Agreement-error", 500)

enum outcome {
    OUTCOME_PENDING, /* not settled yet; never shown */
#define X(name, ...) name,
    OUTCOMES(X)
#undef X
        OUTCOME_COUNT
};

struct str outcome_name(enum outcome outcome);
struct str outcome_code(enum outcome outcome); /* two letters; "AB": abandoned before it settled */
enum verdict_class outcome_class(enum outcome outcome);
bool outcome_is_positive(enum outcome outcome);
bool outcome_keeps_complete(enum outcome outcome);
struct str outcome_incumbent_type(enum outcome outcome); /* "" when it is no error there */
int outcome_incumbent_status(enum outcome outcome);

/* What the status of a source's HTTP answer says by itself. 200: ANSWERED, the body must be read;
 * others: *why is a constant text. */
enum outcome outcome_of_http(int status, const char **why);

#endif
