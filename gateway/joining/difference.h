/* SPDX-License-Identifier: MIT */
/* difference: what another configuration would do otherwise than the one in force, over a grid of
 * who could ask: every portal, every level, no municipality and each municipality of either. The
 * plan half: whom it would ask. Equal differences of many askers are one, so that the list can be
 * read. What would be shown otherwise needs what sources hold: difference_write leaves the member
 * "shown" to who has previewed both. Pure. */
#ifndef JOINING_DIFFERENCE_H
#define JOINING_DIFFERENCE_H

#include "base/buf.h"
#include "policy/snapshot.h"

/* What became of one source for a portal. */
struct plan_change {
    struct str portal, source;
    struct str before, after; /* "asked; …", why not, or "absent" */
    unsigned levels;          /* 1 << enum level, of the logins it is so for */
    struct str *codes;        /* municipalities it is so for; none: it is not asked for one */
    size_t code_count;
};
struct difference {
    const struct snapshot *before, *after;
    struct plan_change *at; /* by portal, source, then as found */
    size_t count;
};

/* False: arena full. */
bool difference_make(struct arena *arena, const struct snapshot *before,
                     const struct snapshot *after, struct wall now, struct difference *difference)
    __attribute__((warn_unused_result));

/* {"from","to","asked":[{"portal","source","levels":[],"municipalities":[],"before","after"}],
 * "shown":…}. `shown`: one JSON value; STR_NONE: null, nobody looked. */
void difference_write(const struct difference *difference, struct str shown, struct buf *out);
/* For people. */
void difference_print(const struct difference *difference, struct buf *out);

#endif
