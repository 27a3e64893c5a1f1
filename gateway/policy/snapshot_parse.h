/* SPDX-License-Identifier: MIT */
/* snapshot_parse: one parse of a configuration under way, for the files that make a snapshot. */
#ifndef POLICY_SNAPSHOT_PARSE_H
#define POLICY_SNAPSHOT_PARSE_H

#include "policy/snapshot.h"

/* One parse under way: everything that is kept lies in the snapshot's arena, the faults too. */
struct parsing {
    struct snapshot *snapshot;
    const struct config_files *files;
    struct faults faults;
    bool has_settings; /* the main file could be read */
};

/* The sources: their manifests, by which rules they are asked, their order. */
void snapshot_parse_routes(struct parsing *parsing);

#endif
