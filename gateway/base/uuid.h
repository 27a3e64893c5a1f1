/* SPDX-License-Identifier: MIT */
/* uuid: identifiers that sort by time and tell nothing of a person (UUIDv7, RFC 9562): receipts and
 * the request ids sent to sources. Random bits come from the kernel in batches; the simulation
 * hands in a seeded source instead. */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/clock.h"

enum { UUID_TEXT = 37 }; /* with the terminating NUL */

/* Fills `len` random bytes. */
typedef void uuid_random_fn(void *ctx, unsigned char *bytes, size_t len);

struct uuid_source {
    uuid_random_fn *random;
    void *ctx;
    unsigned char pool[512];
    size_t left;
};

void uuid_source_init(struct uuid_source *source); /* getrandom(2) */
void uuid_source_init_with(struct uuid_source *source, uuid_random_fn *random, void *ctx);
void uuid_make(struct uuid_source *source, struct wall now, char text[UUID_TEXT]);

#endif
