/* SPDX-License-Identifier: MIT */
/* rules: how one source is asked and how its failures are met, as values: timers, breaker, retries,
 * concurrency, hedging, timetable, canary and shadow. What is absent somewhere is as it is in the
 * layer below: the standard, policies/routing.json for all, the source's own file, routing.json for
 * the source, and for a portal (policy/routing). */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include "adapters/item.h"
#include "identity/level.h"
#include "policy/budget.h"
#include "policy/limit.h"
#include "policy/window.h"

/* The timers of one source.  X(name, default, least, most, help) */
#define ROUTE_TIMERS(X)                                                                            \
    X(connect_ms, 300, 1, 60000, "TCP and TLS are up")                                             \
    X(first_byte_ms, 1400, 1, 60000, "the answer begins")                                          \
    X(silence_ms, 500, 1, 60000, "longest pause inside an answer")                                 \
    X(total_ms, 1500, 1, 120000, "the whole of it, all pages")

/* The numbers of the rules.  X(rule, name, default, least, most, help) */
#define RULE_NUMBERS(X)                                                                            \
    X(breaker, failures, 5, 1, 1000, "failures in a row open it")                                  \
    X(breaker, calls_min, 10, 1, 100000, "or, of at least so many calls,")                         \
    X(breaker, failed_percent, 50, 1, 100, "more than this share failed")                          \
    X(breaker, window_s, 30, 1, 3600, "within this time")                                          \
    X(breaker, open_ms, 5000, 100, 3600000, "open for this long, then twice that, ...")            \
    X(breaker, open_max_ms, 300000, 100, 86400000, "... up to this")                               \
    X(breaker, trials, 3, 0, 100, "after one probe so many calls must succeed")                    \
    X(retry, percent, 10, 0, 100, "retries, of the calls within the window")                       \
    X(retry, per_s, 1, 0, 1000, "and so many more each second")                                    \
    X(retry, window_s, 10, 1, 3600, "the window")                                                  \
    X(limit, least, 2, 1, 10000, "the limit is never below this")                                  \
    X(limit, tolerance_percent, 150, 100, 1000, "answers may take this share of the usual time")   \
    X(limit, growth, 4, 1, 1000, "room to grow at each step")                                      \
    X(limit, smoothing_percent, 20, 1, 100, "the weight of what is new")                           \
    X(hedge, after_ms, 0, 0, 60000, "a second call after this; 0: the source's own p95")           \
    X(hedge, percent, 2, 0, 100, "extra calls, of the calls within the window")                    \
    X(hedge, window_s, 60, 1, 3600, "the window")                                                  \
    X(canary, percent, 100, 0, 100, "overviews that ask it at all")

/* X(rule, the mode it has as a standard, may a portal set it?) */
#define RULE_MODES(X)                                                                              \
    X(breaker, RULE_ENFORCE, false)                                                                \
    X(retry, RULE_ENFORCE, false)                                                                  \
    X(limit, RULE_OBSERVE, false)                                                                  \
    X(hedge, RULE_ENFORCE, false)                                                                  \
    X(canary, RULE_ENFORCE, true)                                                                  \
    X(windows, RULE_ENFORCE, false)

/* The rules that let a source be asked or not, or once more.  X(enumerator, name) */
#define RULE_KINDS(X)                                                                              \
    X(RULE_BREAKER, "breaker")                                                                     \
    X(RULE_LIMIT, "limit")                                                                         \
    X(RULE_RETRY, "retry")                                                                         \
    X(RULE_HEDGE, "hedge")                                                                         \
    X(RULE_WINDOW, "window")                                                                       \
    X(RULE_CANARY, "canary")

enum rule_kind {
#define X(name, text) name,
    RULE_KINDS(X)
#undef X
        RULE_KIND_COUNT
};
const char *rule_kind_name(enum rule_kind kind);
#define RULE_BIT(kind) (1u << (kind))

struct rules {
#define X(name, standard, least, most, help) int64_t name;
    ROUTE_TIMERS(X)
#undef X
    enum level level; /* least level of login; NONE: the source's own, which it never lowers */
    unsigned kinds;   /* ITEM_KIND_BITs to ask for; 0: all that the source has */
    bool is_optional; /* an overview without it is complete */
    struct breaker_rule breaker;
    struct budget_rule retry;
    struct limit_rule limit;
    struct hedge_rule {
        enum rule_mode mode;
        bool is_allowed; /* by the source's own file */
        int64_t after_ms, percent, per_s, window_s;
    } hedge;
    struct canary_rule {
        enum rule_mode mode;
        int64_t percent;
    } canary;
    struct {
        enum rule_mode mode;
        struct windows closed;
    } windows;
    struct maintenance {
        struct wall from, until; /* unknown: from always, until somebody says otherwise */
        struct text message;
        bool is_set;
    } maintenance;
    int64_t
        probe_grace_ms;   /* so long citizens leave an open breaker to the probe; 0: none probes */
    bool is_probe;        /* it is the probe that asks */
    struct str shadow_of; /* the source it is compared with, and instead of which it never shows */
};

/* What the tables say. */
struct rules rules_standard(void);
/* The members that `rules` has beside the caller's own, for node_only. */
enum { RULES_MEMBERS = 12 };
extern const char *const rules_members[RULES_MEMBERS];
/* Whose layer is read: a portal may not set what is true of a source for all portals, and only a
 * source's own file allows it to be asked twice. */
enum rules_layer { RULES_ALL, RULES_SOURCE_FILE, RULES_SOURCE, RULES_PORTAL };
/* Reads what stands at `node` over what *rules holds. */
void rules_parse(struct node node, enum rules_layer layer, struct rules *rules,
                 struct faults *faults);

/* Its timetable and maintenance: closed at this time? *until unknown: not said; *message NULL:
 * none; *rule tells which of them it is. */
bool rules_close(const struct rules *rules, struct wall now, struct wall *until,
                 const struct text **message, const char **rule);
/* Is this overview among those that ask the source? Stable for a receipt and a source. */
bool rules_choose(const struct rules *rules, struct str receipt, struct str source);

#endif
