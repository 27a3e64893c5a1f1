/* SPDX-License-Identifier: MIT */
/* switches: what is switched off until a human re-arms it survives a restart: health is what the
 * process knows, the store what outlives it. */
#ifndef SERVE_SWITCHES_H
#define SERVE_SWITCHES_H

#include "overview/health.h"
#include "record/store.h"

/* At the start: what stands in the store is off. False: the store cannot be read to its end. */
bool switches_load(struct store *store, struct health *health) __attribute__((warn_unused_result));

/* Remembers that a foreign answer has switched this off; `cvr` "" or STR_NONE: the whole source.
 * False: it could not be written. */
bool switches_keep_foreign(struct store *store, struct str source, struct str cvr, struct wall now)
    __attribute__((warn_unused_result));

/* What an operator has decided of a source; MODE_ON forgets it. False: it could not be written. */
struct switches_decision {
    struct str source;
    enum source_mode mode;
    struct wall until;          /* unknown: until somebody says otherwise */
    const struct text *message; /* NULL: none */
    struct str who, why;
    struct wall now;
};
bool switches_keep_decision(struct store *store, const struct switches_decision *decision)
    __attribute__((warn_unused_result));

/* A human has re-armed the source (`cvr` STR_NONE), or one authority of it. */
bool switches_forget_foreign(struct store *store, struct str source, struct str cvr)
    __attribute__((warn_unused_result));

#endif
