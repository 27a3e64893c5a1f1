/* SPDX-License-Identifier: MIT */
/* source_skeleton: what a source begins with: a manifest that tells in comments what each member is
 * for, a first answer, and what its items must be. Of somebody's own answer the mapping lists every
 * path that was found, unmapped. Pure. */
#ifndef JOINING_SOURCE_SKELETON_H
#define JOINING_SOURCE_SKELETON_H

#include "base/arena.h"
#include "base/buf.h"

enum skeleton_file { SKELETON_MANIFEST, SKELETON_ANSWER, SKELETON_ITEMS, SKELETON_FILES };

struct source_skeleton {
    struct str names[SKELETON_FILES]; /* within the source's folder */
    struct buf bytes[SKELETON_FILES];
    size_t left_out; /* of paths, beyond the ceilings */
    bool is_ready;   /* its preview shows items at once; else it is to be filled in first */
};

struct skeleton_spec {
    struct str id;      /* of the source, well-formed */
    struct str dialect; /* "mapped", "borgervendt" */
    struct str schema;  /* where conf/schema/manifest.json is, as the manifest names it */
    struct str answer;  /* STR_NONE: a made-up one */
};

/* False: no such skeleton can be made, and *why says it for people. source_skeleton_clear is due in
 * any case. */
bool source_skeleton_make(const struct skeleton_spec *spec, struct arena *arena,
                          struct source_skeleton *skeleton, struct str *why)
    __attribute__((warn_unused_result));
void source_skeleton_clear(struct source_skeleton *skeleton);

#endif
