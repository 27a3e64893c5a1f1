/* SPDX-License-Identifier: MIT */
/* switches: what is switched off until a human re-arms it survives a restart: a file of lines
 *
 *     source authority
 *
 * where authority is a CVR number, or "*" for the whole source. A foreign answer adds a line; a
 * human takes it away and sends HUP. Lines that begin with "#" say when and why. */
#ifndef SERVE_SWITCHES_H
#define SERVE_SWITCHES_H

#include "base/clock.h"
#include "overview/health.h"

/* Makes health what the file says: off what stands there, armed what does not. False: the file
 * exists and cannot be read, or a line is wrong (*why says which); health is unchanged. */
bool switches_load(const char *path, struct health *health, const char **why)
    __attribute__((warn_unused_result));

/* Adds a line, durably. False: it could not be written. Thread-safe. */
bool switches_add(const char *path, struct str source, struct str cvr, struct wall now)
    __attribute__((warn_unused_result));

#endif
