/* SPDX-License-Identifier: MIT */
#include "overview/part.h"

int64_t part_elapsed_ms(const struct part *part)
{
    return (part->settled - part->started) / INSTANT_PER_MS;
}
