/* SPDX-License-Identifier: MIT */
#include "portal/form.h"

#include "net/http_parse.h"

static struct str decode(struct str value, struct arena *arena)
{
    char *text = arena_alloc(arena, value.len + 1);
    size_t len;
    if (!text || !http_percent_decode(value, true, text, &len) || !str_is_utf8(str_make(text, len)))
        return STR_NONE;
    return str_make(text, len);
}

struct str form_value(struct str form, const char *name, size_t n, struct arena *arena)
{
    while (form.at) {
        struct str value = str_split(&form, '&'), key = str_split(&value, '=');
        if (str_equal(key, str_of(name)) && n-- == 0)
            return decode(value.at ? value : STR(""), arena);
    }
    return STR_NONE;
}

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

void form_add(struct buf *form, const char *name, struct str value)
{
    if (form->len > 0)
        buf_add_byte(form, '&');
    buf_add_str(form, str_of(name));
    buf_add_byte(form, '=');
    for (size_t i = 0; i < value.len; i++)
        if (is_plain(value.at[i]))
            buf_add_byte(form, value.at[i]);
        else
            buf_format(form, "%%%02X", (unsigned char)value.at[i]);
}
