/* SPDX-License-Identifier: MIT */
#include "policy/url.h"

static bool is_one_of(char c, const char *others)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(others, c));
}

static bool holds_only(struct str text, const char *others)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_one_of(text.at[i], others))
            return false;
    return true;
}

/* "host", "host:port", "[::1]:port". */
static bool parse_server(struct str server, struct url *url)
{
    struct str port;

    if (server.len > 0 && server.at[0] == '[') {
        size_t closes = str_find_byte(server, ']');

        if (closes == server.len)
            return false;
        url->host = str_make(server.at + 1, closes - 1);
        port = str_skip(server, closes + 1);
        if (port.len > 0 && port.at[0] != ':')
            return false;
        port = port.len > 0 ? str_skip(port, 1) : STR_NONE;
        if (!holds_only(url->host, ":."))
            return false;
    } else {
        url->host = str_split(&server, ':');
        port = server;
        if (!holds_only(url->host, ".-"))
            return false;
    }
    if (url->host.len == 0)
        return false;
    return !port.at || (str_to_u64(port, 65535, &url->port) && url->port > 0);
}

bool url_parse(struct str text, struct url *url)
{
    static const struct str plain = STR_INIT("http://"), safe = STR_INIT("https://");

    *url = (struct url){.is_plain = str_starts_with(text, plain)};
    if (!url->is_plain && !str_starts_with(text, safe))
        return false;
    text = str_skip(text, url->is_plain ? plain.len : safe.len);
    size_t slash = str_find_byte(text, '/');
    url->path = str_skip(text, slash);
    return parse_server(str_head(text, slash), url) && holds_only(url->path, "/-._~");
}

/* 127.x.x.x, all four numbers written out. */
static bool is_loopback_v4(struct str host)
{
    uint64_t number = 0;
    size_t count = 0;

    for (struct str rest = host; rest.at; count++) {
        if (!str_to_u64(str_split(&rest, '.'), 255, &number) || (count == 0 && number != 127))
            return false;
    }
    return count == 4;
}

bool url_is_loopback(const struct url *url)
{
    return str_equal_nocase(url->host, STR("localhost")) || str_equal(url->host, STR("::1")) ||
           is_loopback_v4(url->host);
}
