/* SPDX-License-Identifier: MIT */
/* source_file: a manifest that may stand anywhere, read as the gateway of a configuration would
 * read it: for whoever writes one. */
#ifndef COMMAND_SOURCE_FILE_H
#define COMMAND_SOURCE_FILE_H

#include "policy/snapshot.h"

struct source_file {
    struct arena *arena;
    struct snapshot *snapshot;
    struct document *manifest;
    struct str name;
    struct route route;
    struct test_citizens citizens; /* its own, else those of the configuration */
};

/* False with faults. source_file_clear is due in any case. */
bool source_file_read(const char *config, const char *path, bool insecure_sources,
                      struct source_file *file, struct faults *faults)
    __attribute__((warn_unused_result));
void source_file_clear(struct source_file *file);

/* Leaves of its citizens this one alone. False: there is no such one, which is told. */
bool source_file_choose(struct source_file *file, const char *citizen, struct faults *faults)
    __attribute__((warn_unused_result));

/* Bytes to a new file, or to one that is replaced; NULL: stdout. False: told on stderr. */
bool source_file_write(const char *path, struct str bytes) __attribute__((warn_unused_result));

#endif
