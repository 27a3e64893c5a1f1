/* SPDX-License-Identifier: MIT */
/* conformance_result: a run as one file: what was tried of which source by which build, and a
 * signature over it. conf/schema/conformance_result.json is its schema.
 *
 *     {"result": {…}, "signature": {"alg":"ES256", "kid":…, "text":…, "value":…}}
 *
 * The text that is signed is five lines, in the manner of record/checkpoint, its last end included:
 *
 *     overblik conformance result
 *     <id of the source>
 *     <verdict>
 *     <SHA-256 of "result" in the form of RFC 8785, hex>
 *     <time, RFC 3339>
 *
 * "result" holds texts, whole numbers, true, false and null only, so that its canonical form
 * (RFC 8785) is compact JSON with sorted members. tests/tools/verify_conformance.mjs verifies it
 * with nothing of ours. */
#ifndef JOINING_CONFORMANCE_RESULT_H
#define JOINING_CONFORMANCE_RESULT_H

#include "joining/conformance_run.h"

#include <jansson.h>

enum { CONFORMANCE_DIGEST_TEXT = 65, CONFORMANCE_FILE_MAX = 4 * 1024 * 1024 };

/* What a run was about and who ran it. Borrowed. */
struct conformance_about {
    const struct conformance_spec *spec;
    struct str manifest;                           /* the source's file, by name; STR_NONE: none */
    char manifest_digest[CONFORMANCE_DIGEST_TEXT]; /* SHA-256, hex; "": none */
    char build_digest[CONFORMANCE_DIGEST_TEXT];    /* of the program that ran it */
    const char *version;
    struct wall began, ended;
};

/* A new reference. */
json_t *conformance_result(const struct conformance *c, const struct conformance_about *about);
/* {"result", "signature"}: a new reference, which takes `result` over. `signer` NULL: the signature
 * is null. */
json_t *conformance_sign(json_t *result, struct assertion_signer *signer, struct wall now);

/* SHA-256 as 64 hex digits. */
void conformance_digest(struct str bytes, char text[CONFORMANCE_DIGEST_TEXT]);

#endif
