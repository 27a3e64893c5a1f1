/* SPDX-License-Identifier: MIT */
/* test_citizen: the citizens that an operator has configured for probes and previews:
 * "test_citizens" in conf/overblikd.json. Only replacement numbers (day + 60) are taken, so that
 * nobody's data can be asked for by a line of configuration. */
#ifndef POLICY_TEST_CITIZEN_H
#define POLICY_TEST_CITIZEN_H

#include "identity/cpr.h"
#include "policy/document.h"

enum { TEST_CITIZENS_MAX = 100 };

struct test_citizen {
    struct str id; /* what the configuration and the command line call it */
    struct cpr cpr;
    struct str name;
};
struct test_citizens {
    struct test_citizen *at;
    size_t count;
};

/* Reads the list under `root`; it lies in the faults' arena. */
void test_citizens_parse(struct node root, struct test_citizens *list, struct faults *faults);
const struct test_citizen *test_citizen_find(const struct test_citizens *list, struct str id);

#endif
