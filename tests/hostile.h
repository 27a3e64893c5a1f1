/* SPDX-License-Identifier: MIT */
/* A server in the test's own process that does exactly what a test tells it, right or wrong: a
 * thread that accepts, a thread for each connection, plain or TLS, on a port from the kernel. */
#pragma once

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-function" /* each test uses its part of it */

enum { HOSTILE_CONNECTIONS_MAX = 4096, TALK_REQUEST_MAX = 65536 };

struct hostile;

/* One connection, seen from the server. */
struct talk {
    struct hostile *server;
    int fd;
    SSL *ssl;   /* NULL: plain */
    int number; /* of the connection, from 0 */
    pthread_t thread;
    char request[TALK_REQUEST_MAX + 1]; /* the last one, head and body */
    size_t request_len;
    char path[256];
};

typedef void talk_fn(struct talk *talk);

struct hostile {
    talk_fn *serve;  /* from accept to close */
    const void *ctx; /* for serve */
    SSL_CTX *tls;
    int fd;
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock;
    struct talk *talks[HOSTILE_CONNECTIONS_MAX];
    atomic_int accepted, requests;
};

/* Writes all of it; false when the other end has gone. */
static bool talk_say(struct talk *talk, const void *bytes, size_t len)
{
    for (const char *at = bytes; len > 0;) {
        ssize_t n = talk->ssl ? SSL_write(talk->ssl, at, (int)(len < 16384 ? len : 16384))
                              : send(talk->fd, at, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

#define talk_say_text(talk, text) talk_say((talk), (text), strlen(text))

static ssize_t talk_hear(struct talk *talk, void *bytes, size_t room)
{
    return talk->ssl ? SSL_read(talk->ssl, bytes, (int)room) : recv(talk->fd, bytes, room, 0);
}

/* Reads one request, head and Content-Length body; false at the end of the connection. */
static bool talk_request(struct talk *talk)
{
    size_t len = 0, want = 0;
    char *end = NULL;
    while (len < TALK_REQUEST_MAX && (!end || len < want)) {
        ssize_t n = talk_hear(talk, talk->request + len, TALK_REQUEST_MAX - len);
        if (n <= 0)
            return false;
        len += (size_t)n;
        talk->request[len] = '\0';
        if (!end && (end = strstr(talk->request, "\r\n\r\n"))) {
            const char *length = strcasestr(talk->request, "\r\nContent-Length:");
            want = (size_t)(end + 4 - talk->request) +
                   (length ? strtoul(length + strlen("\r\nContent-Length:"), NULL, 10) : 0);
        }
    }
    talk->request_len = len;
    talk->path[0] = '\0';
    sscanf(talk->request, "%*s %255s", talk->path);
    atomic_fetch_add(&talk->server->requests, 1);
    return true;
}

/* Says nothing until the other end goes. */
static void talk_hold(struct talk *talk)
{
    char byte;
    while (talk_hear(talk, &byte, 1) > 0)
        ;
}

/* A whole answer with this body. */
static bool talk_answer(struct talk *talk, const char *body)
{
    char head[256];
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
             strlen(body));
    char *all = malloc(strlen(head) + strlen(body) + 1);
    strcat(strcpy(all, head), body); /* in one piece, as servers do */
    bool said = talk_say_text(talk, all);
    free(all);
    return said;
}

/* Ends the connection with a reset. */
static void talk_reset(struct talk *talk)
{
    struct linger now = {.l_onoff = 1};
    setsockopt(talk->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void *talk_run(void *ctx)
{
    struct talk *talk = ctx;
    struct hostile *server = talk->server;
    if (server->tls) {
        talk->ssl = SSL_new(server->tls);
        SSL_set_fd(talk->ssl, talk->fd);
    }
    if (!talk->ssl || SSL_accept(talk->ssl) == 1) {
        server->serve(talk);
    } else { /* lets the alert arrive before the end */
        char bytes[256];
        shutdown(talk->fd, SHUT_WR);
        while (recv(talk->fd, bytes, sizeof bytes, 0) > 0)
            ;
    }
    SSL_free(talk->ssl);
    ERR_clear_error();
    pthread_mutex_lock(&server->lock);
    close(talk->fd);
    talk->fd = -1;
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void *hostile_accept(void *ctx)
{
    struct hostile *server = ctx;
    int fd;
    while ((fd = accept(server->fd, NULL, NULL)) >= 0) {
        int number = atomic_load(&server->accepted);
        struct talk *talk = calloc(1, sizeof *talk);
        if (!talk || number == HOSTILE_CONNECTIONS_MAX)
            abort();
        talk->server = server;
        talk->fd = fd;
        talk->number = number;
        server->talks[number] = talk;
        atomic_store(&server->accepted, number + 1);
        if (pthread_create(&talk->thread, NULL, talk_run, talk) != 0)
            abort();
    }
    return NULL;
}

/* A port of the loopback that is listened on. */
static int hostile_listen(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (void *)&address, sizeof address) < 0 || listen(fd, 1024) < 0 ||
        getsockname(fd, (void *)&address, &len) < 0)
        abort();
    *port = ntohs(address.sin_port);
    return fd;
}

static struct hostile *hostile_start(talk_fn *serve, const void *ctx, SSL_CTX *tls)
{
    struct hostile *server = calloc(1, sizeof *server);
    if (!server)
        abort();
    server->serve = serve;
    server->ctx = ctx;
    server->tls = tls;
    server->fd = hostile_listen(&server->port);
    pthread_mutex_init(&server->lock, NULL);
    if (pthread_create(&server->thread, NULL, hostile_accept, server) != 0)
        abort();
    return server;
}

/* Ends every connection and waits for all threads. */
static void hostile_stop(struct hostile *server)
{
    shutdown(server->fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    int count = atomic_load(&server->accepted);
    pthread_mutex_lock(&server->lock);
    for (int i = 0; i < count; i++)
        if (server->talks[i]->fd >= 0)
            shutdown(server->talks[i]->fd, SHUT_RDWR);
    pthread_mutex_unlock(&server->lock);
    for (int i = 0; i < count; i++) {
        pthread_join(server->talks[i]->thread, NULL);
        free(server->talks[i]);
    }
    close(server->fd);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
