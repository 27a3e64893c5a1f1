/* SPDX-License-Identifier: MIT */
/* versions: ours and every library's, running and built with. */
#ifndef SERVE_VERSIONS_H
#define SERVE_VERSIONS_H

/* One line each on stdout. */
void versions_print(const char *program);

#endif
