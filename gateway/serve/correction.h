/* SPDX-License-Identifier: MIT */
/* correction: what a citizen says is wrong, as it comes in, and as the authority gets it
 * (docs/correction-contract.md). Pure. Its text is never logged, recorded or kept. */
#ifndef SERVE_CORRECTION_H
#define SERVE_CORRECTION_H

#include "base/buf.h"
#include "base/problem.h"
#include "base/reader.h"
#include "identity/cpr.h"

enum { CORRECTION_REPLY_TO_MAX = 200, CORRECTION_RECEIPT_MAX = 100, CORRECTION_KEY_MAX = 100 };

/* What the citizen wrote. Strings are borrowed from the body or lie in the arena. */
struct correction {
    struct str handle;               /* of the item that is wrong; STR_NONE: see source */
    struct str source, municipality; /* whom it is about, when no item; else STR_NONE */
    struct str text;
    struct str reply_to; /* how the authority may answer, in the citizen's words; STR_NONE */
};

/* False: *problem says which member is wrong and what was expected, and nothing of what it held. */
bool correction_parse(struct str body, int64_t text_max, struct arena *arena,
                      struct correction *correction, struct problem *problem)
    __attribute__((warn_unused_result));

/* What the authority gets. */
struct correction_letter {
    struct str id;        /* the same for the same correction, sent again: see Idempotency-Key */
    struct str source;    /* what it is about: one of the authority's sources, */
    struct str authority; /* as this authority's: CVR number, */
    struct str item;      /* and this item, by the source's own id; STR_NONE: all of it */
    const struct cpr *citizen;
    enum language language;
    struct wall sent;
    const struct correction *correction;
};
void correction_write(const struct correction_letter *letter, struct buf *out);

/* The receipt in an authority's answer, or STR_NONE: none that can be handed on. */
struct str correction_receipt(struct str body, struct arena *arena);

/* Is it a key that a portal may name a correction by: 8 to 100 visible ASCII characters? */
bool correction_key_is_good(struct str key);

#endif
