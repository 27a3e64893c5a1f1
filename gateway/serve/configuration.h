/* SPDX-License-Identifier: MIT */
/* configuration: reads what a snapshot is made of: the main file, one file a source, the policies,
 * and what owners have handed in (record/registry). All or nothing, and every fault of every file
 * at once. */
#ifndef SERVE_CONFIGURATION_H
#define SERVE_CONFIGURATION_H

#include "policy/snapshot.h"
#include "record/registry.h"

enum { CONFIGURATION_FILE_MAX = 4 * 1024 * 1024, CONFIGURATION_SOURCES_MAX = 10000 };

/* The snapshot with one reference, or NULL with faults added. A registry that cannot be read is
 * passed over: for commands, which may be run where the store is not. */
struct snapshot *configuration_read(const char *path, bool insecure_sources, struct faults *faults);

/* The same for who serves by it, and for who looks at what would be. */
struct configuration_spec {
    const char *path;
    bool insecure_sources;
    bool needs_registry;    /* one that cannot be read is a fault: nobody's rules are left out */
    bool *is_registry_read; /* told; NULL: not asked */
    /* In place of the same version, and of the one in force where it is to be in force itself;
     * NULL: as it is. Without bytes: as if it were not there. */
    const struct config_document *candidate;
};
struct snapshot *configuration_compose(const struct configuration_spec *spec,
                                       struct faults *faults);
/* Where the registry is, by the settings; valid as long as they are. */
struct registry_spec configuration_registry(const struct settings *settings);
/* The name that a document goes by in faults and explanations: "registry/rules/v3/0710.json". */
struct str configuration_document_name(const struct config_document *document, struct arena *arena);
/* One line per fault on stderr, "file:line:column: what". */
void configuration_complain(const struct faults *faults);

/* A whole small file (a key) into the arena; a fault when it cannot be read. */
struct str configuration_file(struct str path, struct arena *arena, struct faults *faults);

#endif
