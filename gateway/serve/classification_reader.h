/* SPDX-License-Identifier: MIT */
/* classification_reader: reads KLE from Klassifikation in the background: at once, then every
 * refresh_s, a reading that failed again after retry_s. A reading is whole or nothing: what was
 * read before stays until a later one has ended well. Nobody waits for it. For one loop. */
#ifndef SERVE_CLASSIFICATION_READER_H
#define SERVE_CLASSIFICATION_READER_H

#include "identity/assertion.h"
#include "net/fetch.h"
#include "policy/snapshot.h"

struct classification_reader_env {
    struct loop *loop;
    struct fetch_pool *pool;
    assertion_sign_fn *sign; /* of our token; it names no citizen */
    void *sign_ctx;
    struct str kid;
    void (*changed)(void *ctx); /* another table was read: the last thing of a turn */
    void *ctx;
};

struct classification_reader;
struct classification_reader *
classification_reader_new(const struct classification_reader_env *env);
void classification_reader_free(struct classification_reader **reader);

/* Reads as this configuration says, from now on; takes a reference. What was read stays when it was
 * read in the same place. */
void classification_reader_use(struct classification_reader *reader, struct snapshot *snapshot);

/* What was read last, borrowed until the next turn of the loop; NULL: nothing. */
const struct classification *
classification_reader_table(const struct classification_reader *reader);

#endif
