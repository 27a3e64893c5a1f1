/* SPDX-License-Identifier: MIT */
/* configuration: reads the files a snapshot is made of: the main file, one file a source, and the
 * policies. All or nothing, and every fault of every file at once. */
#ifndef SERVE_CONFIGURATION_H
#define SERVE_CONFIGURATION_H

#include "policy/snapshot.h"

enum { CONFIGURATION_FILE_MAX = 4 * 1024 * 1024, CONFIGURATION_SOURCES_MAX = 10000 };

/* The snapshot with one reference, or NULL with faults added. */
struct snapshot *configuration_read(const char *path, bool insecure_sources, struct faults *faults);
/* One line per fault on stderr, "file:line:column: what". */
void configuration_complain(const struct faults *faults);

/* A whole small file (a key) into the arena; a fault when it cannot be read. */
struct str configuration_file(struct str path, struct arena *arena, struct faults *faults);

#endif
