/* SPDX-License-Identifier: MIT */
/* Bare sockets towards the sources. */
#include "tests/bench/limit/limit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct upstream {
    struct upstream *next;
    int fd, source;
    struct event readable;
    struct part *part; /* NULL: idle */
    size_t header_len, left;
};

static struct upstream *idle[SOURCES_MAX];

static void upstream_free(struct upstream *upstream)
{
    event_del(&upstream->readable);
    close(upstream->fd);
    free(upstream);
}

static void upstream_read(evutil_socket_t fd, short what, void *ctx)
{
    struct upstream *upstream = ctx, **at = &idle[upstream->source];
    struct part *part = upstream->part;
    (void)what;

    if (!part) { /* the source closed it */
        while (*at && *at != upstream)
            at = &(*at)->next;
        if (*at)
            *at = upstream->next;
        upstream_free(upstream);
        return;
    }
    size_t room = upstream->left ? upstream->left : 4096;
    char *to = buf_reserve(&part->in, room + 1);
    ssize_t n = recv(fd, to, room, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        part->upstream = NULL;
        upstream_free(upstream);
        part_end(part, FAILED);
        return;
    }
    buf_commit(&part->in, (size_t)n);
    if (upstream->left == 0) {
        size_t end = str_find(buf_str(&part->in), STR("\r\n\r\n"));
        size_t length = str_find(buf_str(&part->in), STR("Content-Length: "));
        if (end == part->in.len)
            return;
        upstream->left = end + 4 + strtoul(part->in.at + length + 16, NULL, 10);
        upstream->header_len = end + 4;
        n = (ssize_t)part->in.len;
    }
    upstream->left -= (size_t)n;
    if (upstream->left > 0)
        return;
    bool is_good = memcmp(part->in.at, "HTTP/1.1 200", 12) == 0;
    buf_drop(&part->in, upstream->header_len);
    upstream->part = NULL;
    part->upstream = NULL;
    upstream->next = idle[upstream->source];
    idle[upstream->source] = upstream;
    part_end(part, is_good ? OK : FAILED);
}

static struct upstream *upstream_open(int source)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)(limit.mock_port + source)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct upstream *upstream = die_calloc(1, sizeof *upstream);
    int one = 1;

    upstream->source = source;
    upstream->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(upstream->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(upstream->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("cannot connect to source %d", source);
    evutil_make_socket_nonblocking(upstream->fd);
    event_assign(&upstream->readable, limit.base, upstream->fd, EV_READ | EV_PERSIST, upstream_read,
                 upstream);
    event_add(&upstream->readable, NULL);
    return upstream;
}

void raw_start(struct part *part)
{
    struct overview *overview = part->overview;
    struct upstream *upstream = idle[part->source];
    char request[1024];

    if (upstream)
        idle[part->source] = upstream->next;
    else
        upstream = upstream_open(part->source);
    upstream->part = part;
    upstream->left = 0;
    part->upstream = upstream;
    int len = snprintf(request, sizeof request,
                       "POST /s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                       "%s\r\nContent-Length: %zu\r\n\r\n%s",
                       overview->id, overview->body_len, overview->body);
    if (send(upstream->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
        die("a request was not taken at once");
}

void raw_cancel(struct part *part)
{
    if (part->upstream)
        upstream_free(part->upstream);
    part->upstream = NULL;
}
