/* SPDX-License-Identifier: MIT */
/* store_file: opens the SQLite file that record/store and record/log_sqlite share, each over a
 * connection of its own: made when there is none (mode 0600), checked, brought up to this program's
 * version. They alone know SQLite. */
#ifndef RECORD_STORE_FILE_H
#define RECORD_STORE_FILE_H

#include <stdbool.h>

struct sqlite3;

/* NULL: *why tells; a file that is damaged, or made by a newer version, is refused and left as it
 * is. `is_unchecked`: this process has checked it already. */
struct sqlite3 *store_file_open(const char *path, bool is_unchecked, const char **why);

#endif
