/* SPDX-License-Identifier: MIT */
/* source_test: what `overblik source test` is told, and what a run needs made of it: the route, the
 * test citizens, the keys. */
#ifndef COMMAND_SOURCE_TEST_H
#define COMMAND_SOURCE_TEST_H

#include "joining/conformance_report.h"
#include "joining/conformance_result.h"
#include "policy/snapshot.h"

enum { SOURCE_TEST_CHOICES_MAX = 32 };

/* Of the command line; borrowed. NULL: not said. */
struct source_test_options {
    const char *what;        /* a source's id, its file or its URL */
    const char *config;      /* NULL: the standard one for an id, else none */
    const char *environment; /* of a file or URL: which endpoint is asked */
    const char *citizens_file, *assertion_key, *sign_key, *issuer;
    const char *citizens[SOURCE_TEST_CHOICES_MAX], *municipalities[SOURCE_TEST_CHOICES_MAX];
    size_t citizen_count, municipality_count;
    /* of a URL: members of a source's file */
    const char *id, *dialect, *path, *detail_path, *kinds, *cvr, *level, *addresses;
    const char *ca, *certificate, *key;
    int64_t p95_ms;
    bool insecure_sources;
};

/* What a run is made of; source_subject_clear frees it. */
struct source_subject {
    struct arena *arena;
    struct snapshot *snapshot; /* NULL: no configuration */
    struct settings settings;
    struct route route;
    struct test_citizens citizens;
    const struct municipality *municipalities[SOURCE_TEST_CHOICES_MAX];
    size_t municipality_count;
    struct assertion_signer *signer, *result_signer; /* result_signer NULL: nobody signs */
    struct str issuer;
    unsigned char pairwise_key[32];
    struct str manifest; /* the source's file; STR_NONE: made of a URL */
    char manifest_digest[CONFORMANCE_DIGEST_TEXT];
};

/* False with faults. source_subject_clear is due in any case. */
bool source_subject_make(const struct source_test_options *options, struct source_subject *subject,
                         struct faults *faults) __attribute__((warn_unused_result));
void source_subject_clear(struct source_subject *subject);

#endif
