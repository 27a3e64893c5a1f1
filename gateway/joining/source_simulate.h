/* SPDX-License-Identifier: MIT */
/* source_simulate: the gateway's side, for a vendor whose server is under way: one question asked
 * as an overview asks it, or wrongly in one way, and whether the server did what it must. It is
 * joining/conformance_ask that asks, and joining/conformance that judges; what went over the wire
 * is shown. It blocks, as a test of a source does. */
#ifndef JOINING_SOURCE_SIMULATE_H
#define JOINING_SOURCE_SIMULATE_H

#include "joining/conformance_ask.h"

/* X(enumerator, name, what is done) */
#define SIMULATE_FAULTS(X)                                                                         \
    X(SIMULATE_NONE, "none", "asks as an overview does")                                           \
    X(SIMULATE_NO_CERTIFICATE, "no-certificate", "shows no client certificate: refuse it")         \
    X(SIMULATE_NO_TOKEN, "no-token", "sends no token: refuse it")                                  \
    X(SIMULATE_FORGED, "forged-token", "one bit of the signature is another: refuse it")           \
    X(SIMULATE_EXPIRED, "expired-token", "the token is an hour old: refuse it")                    \
    X(SIMULATE_OTHERS, "others-token", "the token is for another source: refuse it")               \
    X(SIMULATE_STOLEN, "stolen-token", "the token is bound to another certificate: refuse it")     \
    X(SIMULATE_LEVEL, "low-level", "the login's level is too low: refuse it")                      \
    X(SIMULATE_CITIZEN, "wrong-citizen", "asks for a number that nobody has: hold nothing")        \
    X(SIMULATE_SLOW, "slow-reader", "reads in small sips, as a busy gateway: send all the same")   \
    X(SIMULATE_CUT, "cut", "goes away while you answer, and asks again: answer the second")        \
    X(SIMULATE_AT_ONCE, "at-once", "asks twenty times at once, or in_flight_max: answer all")

enum simulate_fault {
#define X(name, text, what) name,
    SIMULATE_FAULTS(X)
#undef X
        SIMULATE_FAULT_COUNT
};
struct str simulate_fault_name(enum simulate_fault fault);
struct str simulate_fault_what(enum simulate_fault fault);
bool simulate_fault_parse(struct str name, enum simulate_fault *fault)
    __attribute__((warn_unused_result));

struct simulated {
    struct observed observed;             /* of the question that counts */
    struct conformance_exchange exchange; /* what went over the wire */
    enum conformance_state state;
    char seen[CONFORMANCE_SEEN_MAX]; /* what was seen, for people; no personal number */
};

/* `spec` has one test citizen at least, and one municipality where the source is asked for each;
 * the first of each is asked for. What is observed lies in the arena. */
void source_simulate(const struct conformance_spec *spec, enum simulate_fault fault,
                     struct arena *arena, struct simulated *simulated);

/* For a terminal: the question and how the answer came. The token is cut short. */
void source_simulate_print(const struct simulated *simulated, enum simulate_fault fault,
                           struct buf *out);

#endif
