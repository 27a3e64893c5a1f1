/* SPDX-License-Identifier: MIT */
/* conformance: does a source keep the contract? One table of numbered cases, and the judgement of
 * what was observed of a source, case by case. Pure: joining/conformance_run observes, by the same
 * fetch, adapters, guard and timers as an overview; joining/conformance_report tells.
 *
 * A case is tried only when those it needs were well, so that one fault makes one case fail and not
 * all that follow; what was not tried says why. */
#ifndef JOINING_CONFORMANCE_H
#define JOINING_CONFORMANCE_H

#include "net/dial.h"
#include "overview/guard.h"

/* X(enumerator, number, name): in the order in which they are tried. */
#define CONFORMANCE_CASES(X)                                                                       \
    /* 1 the connection */                                                                         \
    X(CASE_NAME, "1.1", "name")                                                                    \
    X(CASE_ADDRESS, "1.2", "address")                                                              \
    X(CASE_TCP, "1.3", "tcp")                                                                      \
    X(CASE_TLS, "1.4", "tls")                                                                      \
    X(CASE_CHAIN, "1.5", "certificate-chain")                                                      \
    X(CASE_HOST, "1.6", "certificate-name")                                                        \
    X(CASE_TIME, "1.7", "certificate-time")                                                        \
    /* 2 the answer */                                                                             \
    X(CASE_FIRST_BYTE, "2.1", "first-byte")                                                        \
    X(CASE_SILENCE, "2.2", "slow-body")                                                            \
    X(CASE_TOTAL, "2.3", "total-time")                                                             \
    X(CASE_SIZE, "2.4", "size")                                                                    \
    X(CASE_HTTP, "2.5", "http")                                                                    \
    X(CASE_STATUS, "2.6", "status")                                                                \
    X(CASE_FORMAT, "2.7", "format")                                                                \
    X(CASE_FOREIGN, "2.8", "foreign-citizen")                                                      \
    X(CASE_PROOF, "2.9", "proof")                                                                  \
    X(CASE_ECHO, "2.10", "echo")                                                                   \
    X(CASE_FRESH, "2.11", "fresh")                                                                 \
    /* 3 who may ask */                                                                            \
    X(CASE_CERTIFICATE, "3.1", "client-certificate")                                               \
    X(CASE_NO_TOKEN, "3.2", "no-token")                                                            \
    X(CASE_FORGED, "3.3", "forged-token")                                                          \
    X(CASE_EXPIRED, "3.4", "expired-token")                                                        \
    X(CASE_AUDIENCE, "3.5", "others-token")                                                        \
    X(CASE_BINDING, "3.6", "stolen-token")                                                         \
    X(CASE_LEVEL, "3.7", "wrong-level")                                                            \
    /* 4 what is held */                                                                           \
    X(CASE_EMPTY, "4.1", "emptiness")                                                              \
    X(CASE_MAPPING, "4.2", "mapping")                                                              \
    X(CASE_STATES, "4.3", "states")                                                                \
    X(CASE_AUTHORITY, "4.4", "authority")                                                          \
    X(CASE_PAGING, "4.5", "paging")                                                                \
    X(CASE_SAME, "4.6", "idempotence")                                                             \
    X(CASE_DETAIL, "4.7", "detail")                                                                \
    X(CASE_OTHERS_ITEM, "4.8", "others-item")                                                      \
    /* 5 load */                                                                                   \
    X(CASE_REUSE, "5.1", "connection-reuse")                                                       \
    X(CASE_P95, "5.2", "p95")                                                                      \
    X(CASE_PARALLEL, "5.3", "parallel")                                                            \
    /* 6 the municipal indexes */                                                                  \
    X(CASE_INDEX_CASE, "6.1", "index-case")                                                        \
    X(CASE_INDEX_NOTE, "6.2", "index-journal-note")                                                \
    X(CASE_INDEX_DOCUMENT, "6.3", "index-document")                                                \
    X(CASE_INDEX_ORGANISATION, "6.4", "index-organisation")                                        \
    X(CASE_INDEX_CLASSIFICATION, "6.5", "index-classification")                                    \
    X(CASE_INDEX_REMOVAL, "6.6", "index-removal")                                                  \
    X(CASE_INDEX_PROGRESS, "6.7", "index-fremdrift")

enum conformance_id {
#define X(id, number, name) id,
    CONFORMANCE_CASES(X)
#undef X
        CONFORMANCE_COUNT
};
#define CASE_BIT(id) (UINT64_C(1) << (id))

struct conformance_case {
    bool is_advice; /* not well is a remark, and no hindrance */
    uint64_t needs; /* CASE_BITs of those that must be well before it is tried */
    struct text title;
    struct text what; /* what is asked of the source, and why */
    struct text how;  /* how it is verified */
    struct text mend; /* what to do when it is not well */
};
extern const struct conformance_case conformance_cases[CONFORMANCE_COUNT];
struct str conformance_number(enum conformance_id id); /* "2.7" */
struct str conformance_name(enum conformance_id id);   /* "format" */

enum conformance_state {
    CONFORMANCE_UNTRIED, /* not yet */
    CONFORMANCE_PASSED,
    CONFORMANCE_REMARK,
    CONFORMANCE_FAILED,
    CONFORMANCE_NOT_TESTED,   /* it could not be tried: `seen` says why */
    CONFORMANCE_NOT_RELEVANT, /* this source does not offer it */
    CONFORMANCE_STATES
};
struct str conformance_state_name(enum conformance_state state); /* "passed", "not_tested" … */

enum { CONFORMANCE_SEEN_MAX = 300 };

struct conformance_result {
    enum conformance_state state;
    int64_t took_us;                 /* 0: nothing that was waited for */
    char seen[CONFORMANCE_SEEN_MAX]; /* what was seen, for people; no personal number */
};

/* What the vendor's inner states become, as the test citizens' cases show it. */
struct conformance_progress {
    struct str system, internal; /* STR_NONE: not said */
    enum item_status status;
    size_t count;
};
enum { CONFORMANCE_PROGRESS_MAX = 100 };

/* A column of KOMBIT's report: of so many seen, so many were whole. */
struct conformance_column {
    size_t seen, whole;
};

struct conformance {
    struct conformance_result results[CONFORMANCE_COUNT];
    struct conformance_column columns[CONFORMANCE_COUNT]; /* of the cases 6.1 to 6.6 */
    struct conformance_progress progress[CONFORMANCE_PROGRESS_MAX];
    size_t progress_count;
    bool is_index;  /* a municipal index: the cases 6 are of it */
    bool has_cases; /* … of cases, else of benefits */
    /* Told of each case as it is settled; NULL: nobody. */
    void (*settled)(void *ctx, enum conformance_id id, const struct conformance_result *result);
    void *ctx;
};

/* May it be tried? False: settled as not tested, since a case it needs was not well. */
bool conformance_may(struct conformance *c, enum conformance_id id);
/* Settles it, once. Not well is a remark or a failure, as the table says. */
void conformance_settle(struct conformance *c, enum conformance_id id, bool is_well,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));
void conformance_remark(struct conformance *c, enum conformance_id id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Settles it as `state`: not tested or not relevant. */
void conformance_leave(struct conformance *c, enum conformance_id id, enum conformance_state state,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Settles what is left as not tested. */
void conformance_end(struct conformance *c, const char *why);

enum conformance_verdict { VERDICT_APPROVED, VERDICT_REMARKS, VERDICT_NOT_APPROVED };
/* One failure: not approved. A remark, or what could not be tested: with remarks. */
enum conformance_verdict conformance_verdict(const struct conformance *c);
struct str conformance_verdict_name(enum conformance_verdict verdict); /* "approved" … */
struct text conformance_verdict_text(enum conformance_verdict verdict);
size_t conformance_count(const struct conformance *c, enum conformance_state state);

/* ---- what is observed, and its judgement ---- */

/* One question and what became of it. */
struct observed {
    struct str citizen, municipality; /* by name and code, for people; STR_NONE: none */
    struct question question;
    enum fetch_status status;
    int http_status;
    struct fetch_times times;
    bool reused;
    const char *why; /* of the fetch or of the adapter: constant text */
    struct str rule; /* of a mapping: the place in the manifest that the answer broke; STR_NONE */
    /* With FETCH_OK: */
    enum outcome outcome;
    struct guard_finding guard; /* with ANSWERED and EMPTY, as `parsed` */
    struct parsed parsed;
    bool echoes; /* the answer names our request */
};
/* ANSWERED or EMPTY, and proven. */
bool observed_is_good(const struct observed *o);
bool observed_has_items(const struct observed *o);
int64_t observed_took_us(const struct observed *o);
/* "HTTP 500, failed: the source failed" */
void observed_print(const struct observed *o, char *text, size_t size);

struct conformance_limits {
    int64_t connect_ms, first_byte_ms, silence_ms, total_ms; /* the source's timers */
    int64_t p95_ms;                                          /* declared */
    size_t answer_max, pages_max, items_max;
    struct wall now;
};

void conformance_judge_dial(struct conformance *c, const struct dial_report *report);
/* The first answer, by all of group 2. */
void conformance_judge_answer(struct conformance *c, const struct observed *o,
                              const struct conformance_limits *limits);
/* A question that the source must refuse. */
void conformance_judge_refusal(struct conformance *c, enum conformance_id id,
                               const struct observed *o);
/* First pages of all test citizens, and of one whom nobody knows (NULL: was not needed). */
void conformance_judge_empty(struct conformance *c, const struct observed *all, size_t count,
                             const struct observed *nobody);
void conformance_judge_items(struct conformance *c, const struct observed *all, size_t count);
/* All pages of one citizen, in order; fewer than two: there was nothing to page. */
void conformance_judge_pages(struct conformance *c, const struct observed *pages, size_t count,
                             const struct conformance_limits *limits);
void conformance_judge_same(struct conformance *c, const struct observed *first,
                            const struct observed *again);
void conformance_judge_detail(struct conformance *c, const struct observed *o);
void conformance_judge_others_item(struct conformance *c, const struct observed *o);
void conformance_judge_series(struct conformance *c, const struct observed *all, size_t count,
                              bool keeps_connections, const struct conformance_limits *limits);
void conformance_judge_parallel(struct conformance *c, const struct observed *all, size_t count);
/* All pages of all citizens, by group 6. */
void conformance_judge_index(struct conformance *c, const struct observed *all, size_t count);

#endif
