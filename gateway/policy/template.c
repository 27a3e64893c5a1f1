/* SPDX-License-Identifier: MIT */
#include "policy/template.h"

static size_t index_of(struct str name, const char *const *names, size_t count)
{
    size_t i = 0;

    while (i < count && !str_equal(name, str_of(names[i])))
        i++;
    return i;
}

struct str template_fault(struct str template, const char *const *names, size_t count)
{
    while (template.len > 0) {
        char first = template.at[0];

        template = str_skip(template, 1);
        if (first == '}')
            return STR("");
        if (first != '{')
            continue;
        size_t end = str_find_byte(template, '}');
        if (end == template.len)
            return STR("");
        if (index_of(str_head(template, end), names, count) == count)
            return str_head(template, end);
        template = str_skip(template, end + 1);
    }
    return STR_NONE;
}

size_t template_next(struct str *rest, const char *const *names, size_t count, struct str *plain)
{
    size_t opens = str_find_byte(*rest, '{');
    struct str name = str_skip(*rest, opens + 1);
    size_t closes = str_find_byte(name, '}');

    *plain = str_head(*rest, opens);
    *rest = str_skip(name, closes + 1);
    return index_of(str_head(name, closes), names, count);
}

void template_fill(struct str template, const char *const *names, const struct str *values,
                   size_t count, struct buf *out)
{
    while (template.len > 0) {
        struct str plain;
        size_t place = template_next(&template, names, count, &plain);

        buf_add_str(out, plain);
        if (place < count)
            buf_add_str(out, values[place]);
    }
}
