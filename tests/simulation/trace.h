/* SPDX-License-Identifier: MIT */
/* trace: what happened in a schedule, line by line: counted into a hash, so that a replay can be
 * compared bit for bit, and printed when somebody wants to read it. */
#ifndef SIMULATION_TRACE_H
#define SIMULATION_TRACE_H

#include "base/clock.h"

/* A new schedule begins: the hash and the faults are forgotten. */
void trace_begin(bool is_printed);
/* The virtual time that the next lines bear. */
void trace_clock(instant now);
void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t trace_hash(void);

/* Something that must not be: the first of a schedule is kept. */
void fault(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The first fault since trace_begin; NULL: none. */
const char *trace_fault(void);

#endif
