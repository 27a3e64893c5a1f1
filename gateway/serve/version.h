/* SPDX-License-Identifier: MIT */
/* version: ours and every library's, running and built with. */
#ifndef SERVE_VERSION_H
#define SERVE_VERSION_H

/* One line each on stdout. */
void version_print(const char *program);

#endif
