/* SPDX-License-Identifier: MIT */
/* conformance_run: tries a source, case by case: asks it as an overview would, by the same fetch,
 * adapter, guard and timers, for test citizens only, and as somebody whom it must refuse. Each
 * answer is judged by joining/conformance and forgotten with the arena.
 *
 * It blocks for as long as the source takes, on a loop of its own: for commands and threads of
 * their own. Whoever runs it ignores SIGPIPE. */
#ifndef JOINING_CONFORMANCE_RUN_H
#define JOINING_CONFORMANCE_RUN_H

#include "identity/assertion.h"
#include "joining/conformance.h"
#include "policy/municipality.h"
#include "policy/routing.h"
#include "policy/test_citizen.h"

enum {
    CONFORMANCE_SERIES = 20,   /* questions in a row, and at once */
    CONFORMANCE_PAIRS_MAX = 60 /* of a citizen and a municipality */
};

struct conformance_spec {
    const struct route *route;
    const struct settings *settings;
    const struct test_citizens *citizens;             /* none: nobody's number alone is asked for */
    const struct municipality *const *municipalities; /* of a source that is asked for each */
    size_t municipality_count;
    int64_t p95_ms; /* the owner's word; 0: the source's first_byte_ms */
    struct str issuer, pairwise_key;
    struct assertion_signer *signer;
};

/* What a source is measured against. */
struct conformance_limits conformance_limits_of(const struct conformance_spec *spec);

/* Settles every case of *c, whose `settled` is told of each. */
void conformance_run(const struct conformance_spec *spec, struct arena *arena,
                     struct conformance *c);

#endif
