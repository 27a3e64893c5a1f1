/* SPDX-License-Identifier: MIT */
/* Who asks. */
#include "tests/bench/limit/limit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { IN_MAX = 8192 };

struct client {
    int fd;
    struct event readable;
    struct overview *overview;
    size_t in_len;
    char in[IN_MAX];
};

static void client_serve(struct client *client)
{
    struct str in = str_make(client->in, client->in_len);
    size_t end = str_find(in, STR("\r\n\r\n")) + 4;
    char cpr[CPR_BYTES];

    if (client->overview || end > in.len)
        return;
    struct str token = str_skip(in, str_find(in, STR("Authorization: Bearer ")) + 22);
    bool is_known = token_authorize(str_head(token, str_find_byte(token, '\r')), cpr);
    memmove(client->in, client->in + end, client->in_len - end);
    client->in_len -= end;
    if (is_known)
        client->overview = overview_start(client, cpr);
    else if (send(client->fd, "HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n", 37, MSG_NOSIGNAL) < 0)
        die("a client left");
}

void client_answer(struct client *client, const struct buf *out)
{
    char header[256];
    int len = snprintf(header, sizeof header,
                       "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                       "Cache-Control: no-store\r\nContent-Length: %zu\r\n\r\n",
                       out->len);
    struct iovec parts[] = {{header, (size_t)len}, {out->at, out->len}};
    size_t all = (size_t)len + out->len;

    ssize_t sent = writev(client->fd, parts, 2);
    if (sent != (ssize_t)all && sent > len) { /* a large one: in a blocking way */
        struct str rest = str_skip(buf_str(out), (size_t)(sent - len));
        for (ssize_t n; rest.len > 0; rest = str_skip(rest, n > 0 ? (size_t)n : 0))
            if ((n = send(client->fd, rest.at, rest.len, MSG_NOSIGNAL)) < 0 && errno != EAGAIN)
                break;
    }
    client->overview = NULL;
    client_serve(client);
}

static void client_read(evutil_socket_t fd, short what, void *ctx)
{
    struct client *client = ctx;
    ssize_t n = recv(fd, client->in + client->in_len, IN_MAX - client->in_len, 0);
    (void)what;
    if (n < 0 && errno == EAGAIN)
        return;
    if (n > 0) {
        client->in_len += (size_t)n;
        client_serve(client);
        return;
    }
    if (client->overview)
        client->overview->client = NULL;
    event_del(&client->readable);
    close(fd);
    free(client);
}

static void on_connection(evutil_socket_t listener, short what, void *ctx)
{
    int one = 1, fd = accept4((int)listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    (void)what, (void)ctx;
    if (fd < 0)
        return;
    struct client *client = die_calloc(1, sizeof *client);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    client->fd = fd;
    event_assign(&client->readable, limit.base, fd, EV_READ | EV_PERSIST, client_read, client);
    event_add(&client->readable, NULL);
}

void clients_listen(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(limit.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    static struct event readable;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4096) != 0)
        die("cannot listen on port %u", limit.port);
    event_assign(&readable, limit.base, fd, EV_READ | EV_PERSIST, on_connection, NULL);
    event_add(&readable, NULL);
}
