/* SPDX-License-Identifier: MIT */
#include "policy/hint.h"

#include <stdint.h>
#include <string.h>

enum { NAME_MAX_COMPARED = 48 };

static unsigned least_of(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* How many characters must change to make b of a (Levenshtein). */
static unsigned distance(const char *a, const char *b)
{
    size_t length = strlen(b);
    unsigned row[NAME_MAX_COMPARED + 1];

    if (length > NAME_MAX_COMPARED || strlen(a) > NAME_MAX_COMPARED)
        return UINT32_MAX;
    for (unsigned j = 0; j <= length; j++)
        row[j] = j;
    for (unsigned i = 1; a[i - 1]; i++) {
        unsigned corner = row[0];

        row[0] = i;
        for (unsigned j = 1; j <= length; j++) {
            unsigned above = row[j];

            row[j] = least_of(row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]));
            corner = above;
        }
    }
    return row[length];
}

const char *hint_find(const char *name, const char *const *known, size_t count)
{
    unsigned nearest = (unsigned)strlen(name) / 3 + 1;
    const char *found = NULL;

    for (size_t i = 0; i < count; i++) {
        unsigned far = distance(name, known[i]);

        if (far <= nearest && (!found || far < nearest)) {
            nearest = far;
            found = known[i];
        }
    }
    return found;
}
