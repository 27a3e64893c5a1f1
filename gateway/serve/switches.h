/* SPDX-License-Identifier: MIT */
/* switches: what is switched off until a human re-arms it survives a restart: health is what the
 * process knows, the store what outlives it. */
#ifndef SERVE_SWITCHES_H
#define SERVE_SWITCHES_H

#include "overview/health.h"
#include "record/store.h"

/* Makes health what the store says: off what stands there, armed what does not. False: the store
 * cannot be read; health is unchanged. */
bool switches_load(struct store *store, struct health *health) __attribute__((warn_unused_result));

/* Remembers that a foreign answer has switched this off; `cvr` "" or STR_NONE: the whole source.
 * False: it could not be written. */
bool switches_keep_foreign(struct store *store, struct str source, struct str cvr, struct wall now)
    __attribute__((warn_unused_result));

#endif
