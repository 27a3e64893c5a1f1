/* SPDX-License-Identifier: MIT */
#include "adapters/outcome.h"

#include <assert.h>

static const struct {
    struct str name, code;
    enum verdict_class verdict;
    bool keeps_complete;
    struct str incumbent_type;
    int incumbent_status;
} outcomes[OUTCOME_COUNT] = {
    /* Asking for the row of what is not settled yet is a fault of ours: it reads as the worst. */
    [OUTCOME_PENDING] = {STR_INIT("pending"), STR_INIT("AB"), VERDICT_UNANSWERED, false,
                         STR_INIT("Data-source-error"), 500},
#define X(outcome, name, code, verdict, complete, type, status)                                    \
    [outcome] = {STR_INIT(name), STR_INIT(code), verdict, complete, STR_INIT(type), status},
    OUTCOMES(X)
#undef X
};

struct str outcome_name(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome].name;
}

struct str outcome_code(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome].code;
}

enum verdict_class outcome_class(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome].verdict;
}

bool outcome_is_positive(enum outcome outcome)
{
    return outcome_class(outcome) == VERDICT_POSITIVE;
}

bool outcome_keeps_complete(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome].keeps_complete;
}

struct str outcome_incumbent_type(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome].incumbent_type;
}

int outcome_incumbent_status(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcomes[outcome].incumbent_status;
}

enum outcome outcome_of_http(int status, const char **why)
{
    switch (status) {
    case 200:
        return OUTCOME_ANSWERED;
    case 401:
    case 403:
        *why = "the source refused us";
        return OUTCOME_REFUSED;
    case 429:
    case 503:
        *why = "the source is busy";
        return OUTCOME_BUSY;
    case 404:
        *why = "the source has no such service";
        return OUTCOME_FAILED;
    default:
        if (status >= 400 && status <= 599) {
            *why = status < 500 ? "the source did not take the request" : "the source failed";
            return OUTCOME_FAILED;
        }
        *why = "a status that is neither data nor an error";
        return OUTCOME_INVALID;
    }
}
