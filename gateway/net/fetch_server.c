/* SPDX-License-Identifier: MIT */
#include "net/fetch_server.h"

#include <arpa/inet.h>
#include <curl/urlapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/die.h"

/* ---- the URL ---- */

/* What stands in it, and the port that it implies. No user, and only what we may ask. */
static void take_url(struct fetch_server *server, CURLU *url, bool may_be_plain)
{
    char *scheme = NULL, *user = NULL, *host = NULL, *port = NULL;
    if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_NO_USER &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
        (strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && may_be_plain))) {
        size_t len = strlen(host);
        struct str bare = host[0] == '[' ? str_make(host + 1, len - 2) : str_make(host, len);
        server->is_plain = strcmp(scheme, "http") == 0;
        server->port = (uint16_t)strtoul(port, NULL, 10);
        server->host = strndup(bare.at, bare.len);
        if (!server->host || asprintf(&server->name, "%s:%s:", host, port) < 0)
            die("no memory for a target");
    }
    curl_free(scheme);
    curl_free(user);
    curl_free(host);
    curl_free(port);
}

void fetch_server_init(struct fetch_server *server, const struct fetch_target *target)
{
    char *text = strndup(target->url.at, target->url.len);
    CURLU *url = curl_url();
    if (!text || !url)
        die("no memory for a target");
    if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK)
        take_url(server, url, target->insecure);
    if (server->host)
        server->authority = die_strdup(strstr(text, "://") + 3);
    curl_url_cleanup(url);
    free(text);
    server->is_anywhere = !target->addresses.at;
    /* Ranges that cannot be read hold no address: the target cannot be reached. */
    if (!server->is_anywhere && !address_ranges_parse(target->addresses, &server->ranges))
        server->ranges.count = 0;
    server->is_public_only = target->is_public_only;
    if (target->public_exceptions.at &&
        !address_ranges_parse(target->public_exceptions, &server->exceptions))
        server->exceptions.count = 0;
}

void fetch_server_clear(struct fetch_server *server)
{
    free(server->host);
    free(server->name);
    free(server->authority);
    server->host = server->name = server->authority = NULL;
}

/* ---- addresses ---- */

static bool address_parse(struct str text, uint16_t port, struct sockaddr_storage *address)
{
    char figures[INET6_ADDRSTRLEN + 1];
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    if (str_starts_with(text, STR("[")) && str_ends_with(text, STR("]")))
        text = str_make(text.at + 1, text.len - 2);
    if (text.len >= sizeof figures)
        return false;
    memcpy(figures, text.at, text.len);
    figures[text.len] = '\0';
    *address = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, figures, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        return true;
    }
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return inet_pton(AF_INET6, figures, &v6->sin6_addr) == 1;
}

/* What a resolver has found; else what the name itself says (of localhost: RFC 6761, 6.3). */
static struct str addresses_of(const struct fetch_server *server)
{
    const char *found = fetch_addresses_find(server->addresses, str_of(server->name));
    struct str host = str_of(server->host);
    if (found)
        return str_skip(str_of(found), strlen(server->name));
    if (address_is_literal(host))
        return host;
    return str_equal_nocase(host, STR("localhost")) ? STR("127.0.0.1,::1") : STR_NONE;
}

bool fetch_server_is_found(const struct fetch_server *server)
{
    return addresses_of(server).at;
}

bool fetch_server_address(const struct fetch_server *server, size_t n,
                          struct sockaddr_storage *address)
{
    struct str rest = addresses_of(server);
    while (rest.at) {
        struct str one = str_split(&rest, ',');
        if (n-- == 0)
            return address_parse(one, server->port, address);
    }
    return false;
}

bool fetch_server_allows(const struct fetch_server *server, const struct sockaddr *address)
{
    static const struct address_ranges loopback = {
        .at = {{.bytes = {[10] = 0xff, [11] = 0xff, [12] = 127}, .bits = 104, .is_v4 = true},
               {.bytes = {[15] = 1}, .bits = 128}},
        .count = 2,
    };
    return (!server->is_plain || address_is_within(address, &loopback)) &&
           (server->is_anywhere || address_is_within(address, &server->ranges)) &&
           (!server->is_public_only || address_is_public(address) ||
            address_is_within(address, &server->exceptions));
}
