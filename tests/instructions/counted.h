/* SPDX-License-Identifier: MIT */
/* counted: which of the program's work is the product's. Counting is on while product code runs and
 * off while the fakes around it do their part; instructions are counted by callgrind, allocations
 * by the program itself, and both only while counting is on. */
#ifndef INSTRUCTIONS_COUNTED_H
#define INSTRUCTIONS_COUNTED_H

#include <stdint.h>

void counted_on(void);
void counted_off(void);

/* What was allocated so far: calls of malloc, calloc and realloc, the libraries' among them. */
uint64_t counted_allocations(void);
/* Ends one measurement: callgrind writes what it has counted under this name, and starts anew. */
void counted_end(const char *name);

#endif
