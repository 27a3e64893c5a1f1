/* SPDX-License-Identifier: MIT */
/* claims: the members of one JSON object of a JWT, its header or its payload, read strictly: the
 * grammar of base/reader, and no member twice in any object of it, known to us or not (two readers
 * of one token must not see two tokens), depth and count bounded. Values keep the types they were
 * sent with, since brokers differ; who asks for a value says what it takes. */
#ifndef IDENTITY_CLAIMS_H
#define IDENTITY_CLAIMS_H

#include "base/reader.h"

enum {
    CLAIMS_MAX = 100, /* members of all objects that are open at once */
    CLAIMS_DEPTH_MAX = 16,
};

struct claim {
    struct str name;
    enum json_type type;
    struct str text; /* a string's value; of any other type its JSON */
};

struct claims {
    struct claim of[CLAIMS_MAX];
    size_t count;
};

/* Borrows from `json`; texts with escapes lie in the arena. False: not such an object, or the arena
 * is full. */
bool claims_parse(struct claims *claims, struct str json, struct arena *arena)
    __attribute__((warn_unused_result));

/* NULL: absent. Also for STR_NONE, the name of a claim that a profile does not have. */
const struct claim *claims_find(const struct claims *claims, struct str name);

/* Its text when it is a string, else STR_NONE. */
struct str claims_text(const struct claims *claims, struct str name);

#endif
