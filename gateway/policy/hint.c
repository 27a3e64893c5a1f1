/* SPDX-License-Identifier: MIT */
#include "policy/hint.h"

#include <stdint.h>

enum { NAME_MAX_COMPARED = 48 };

static unsigned least_of(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* How many bytes must change to make b of a (Levenshtein). */
static unsigned distance(struct str a, struct str b)
{
    unsigned row[NAME_MAX_COMPARED + 1];

    if (b.len > NAME_MAX_COMPARED || a.len > NAME_MAX_COMPARED)
        return UINT32_MAX;
    for (unsigned j = 0; j <= b.len; j++)
        row[j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned corner = row[0];

        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            unsigned above = row[j];

            row[j] = least_of(row[j] + 1, row[j - 1] + 1, corner + (a.at[i - 1] != b.at[j - 1]));
            corner = above;
        }
    }
    return row[b.len];
}

/* A search under way: the nearest so far, and how many letters may differ from it. */
struct search {
    struct str name;
    unsigned nearest;
    bool found;
};

static struct search search_for(struct str name)
{
    unsigned nearest = (unsigned)name.len / 3 + 1;

    if (name.len < 2)
        nearest = 0; /* one letter for another is no resemblance */
    return (struct search){name, nearest, false};
}

/* Is this one nearer than all before? */
static bool search_takes(struct search *search, struct str known)
{
    unsigned far = distance(search->name, known);

    if (far > search->nearest || (search->found && far == search->nearest))
        return false;
    search->nearest = far;
    return search->found = true;
}

const char *hint_find(const char *name, const char *const *known, size_t count)
{
    struct search search = search_for(str_of(name));
    const char *found = NULL;

    for (size_t i = 0; i < count; i++)
        if (search_takes(&search, str_of(known[i])))
            found = known[i];
    return found;
}

struct str hint_text(struct arena *arena, struct str name, const struct str *known, size_t count)
{
    struct search search = search_for(name);
    struct str found = STR_NONE, text = STR_NONE;

    for (size_t i = 0; i < count; i++)
        if (search_takes(&search, known[i]))
            found = known[i];
    if (search.found)
        text = arena_format(arena, "; did you mean \"%.*s\"?", STR_ARG(found));
    return text.at ? text : STR("");
}
