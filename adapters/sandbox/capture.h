/* SPDX-License-Identifier: MIT */
/* capture: keeps calls as files for tests that look at what was really sent. They hold personal
 * numbers of synthetic citizens, so the folder is not the one of the logs. */
#ifndef SANDBOX_CAPTURE_H
#define SANDBOX_CAPTURE_H

#include "adapters/sandbox/connection.h"

/* Writes <number>-<authority>.head, .request (the body) and .answer (the body) into the folder. */
void sandbox_capture(const char *folder, unsigned number, struct str authority,
                     const struct sandbox_call *call, struct str answer);

#endif
