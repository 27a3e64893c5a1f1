/* SPDX-License-Identifier: MIT */
/* source_words: how a source is, in one word for programs and one sentence for operators, and what
 * its errors mean. Pure. */
#ifndef SERVE_SOURCE_WORDS_H
#define SERVE_SOURCE_WORDS_H

#include "overview/health.h"
#include "policy/routing.h"

/* X(enumerator, code, da, en): the first that is true is told. */
#define SOURCE_STATES(X)                                                                           \
    X(SOURCE_ELSEWHERE, "elsewhere", "har ingen adresse i dette miljø",                            \
      "has no address in this environment")                                                        \
    X(SOURCE_NOT_ENABLED, "not_enabled", "er slået fra i konfigurationen",                         \
      "is switched off in the configuration")                                                      \
    X(SOURCE_OFF, "off", "er slået fra: et svar handlede om en anden borger",                      \
      "is off: an answer was about another citizen")                                               \
    X(SOURCE_MAINTENANCE, "maintenance", "er lukket for vedligehold", "is closed for maintenance") \
    X(SOURCE_DRAINING, "draining", "tømmes: intet nyt kald", "is draining: no new call")           \
    X(SOURCE_DISABLED, "disabled", "er slået fra af en operatør",                                  \
      "is switched off by an operator")                                                            \
    X(SOURCE_CLOSED, "closed", "har lukket efter sin egen tidsplan",                               \
      "is closed by its own timetable")                                                            \
    X(SOURCE_FAILING, "failing", "fejler og får fred lidt",                                        \
      "fails, and is left alone for a while")                                                      \
    X(SOURCE_TRYING, "trying", "prøves igen", "is being tried again")                              \
    X(SOURCE_PARTLY_OFF, "partly_off", "svarer, men en myndighed er slået fra",                    \
      "answers, but an authority of it is off")                                                    \
    X(SOURCE_WELL, "well", "bliver spurgt", "is asked")

enum source_state {
#define X(name, code, da, en) name,
    SOURCE_STATES(X)
#undef X
};

struct source_state_now {
    enum source_state state;
    struct wall until; /* when that is known to end */
};
struct source_state_now source_state_of(const struct route *route,
                                        const struct health_report *report, struct wall now);
struct str source_state_code(enum source_state state);
struct str source_state_text(enum source_state state, enum language language);

/* A call's error (struct health_error.why) as a sentence; the error itself when it has none. */
struct str source_error_text(const char *why, enum language language);

#endif
