/* SPDX-License-Identifier: MIT */
#include "adapters/link.h"

/* RFC 3986, 2: what may stand in an address as it is. */
static bool is_url_byte(char c)
{
    switch (c) {
    case '"':
    case '<':
    case '>':
    case '\\':
    case '^':
    case '`':
    case '{':
    case '|':
    case '}':
        return false;
    default:
        return c > ' ' && c <= '~';
    }
}

bool link_is_safe(struct str url, const struct cpr *subject)
{
    struct str host = str_skip(url, sizeof "https://" - 1);

    for (size_t i = 0; i < url.len; i++)
        if (!is_url_byte(url.at[i]))
            return false;
    host = str_head(host, str_find_byte(host, '/'));
    return str_starts_with(url, STR("https://")) && host.len > 0 && host.at[0] != '.' &&
           host.at[0] != ':' && str_find_byte(host, '@') == host.len &&
           str_find(url, cpr_str(subject)) == url.len;
}
