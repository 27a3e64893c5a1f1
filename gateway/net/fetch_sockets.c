/* SPDX-License-Identifier: MIT */
#include "net/fetch_sockets.h"

#include <assert.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/die.h"

enum { TABLE_FIRST = 64 };

struct socket {
    struct event event;
    struct fetch_sockets *sockets;
    void *owner;
    short what;     /* the event is registered for; 0: it is not */
    bool is_waited; /* libcurl waits for something; else it lies idle */
    bool is_ours;   /* a connection, opened here */
    bool is_up;     /* reading from it has been waited for */
};

struct fetch_sockets {
    struct loop *loop;
    fetch_ready_fn *ready;
    struct socket **table; /* by descriptor */
    size_t room;
    size_t count;
};

struct fetch_sockets *fetch_sockets_new(struct loop *loop, fetch_ready_fn *ready)
{
    struct fetch_sockets *sockets = die_calloc(1, sizeof *sockets);
    *sockets = (struct fetch_sockets){.loop = loop, .ready = ready};
    return sockets;
}

static struct socket *socket_find(const struct fetch_sockets *sockets, int fd)
{
    return (size_t)fd < sockets->room ? sockets->table[fd] : NULL;
}

static struct socket *socket_new(struct fetch_sockets *sockets, int fd, void *owner)
{
    assert(fd >= 0 && !socket_find(sockets, fd));
    if ((size_t)fd >= sockets->room) {
        size_t room = sockets->room ? sockets->room : TABLE_FIRST;
        while (room <= (size_t)fd)
            room *= 2;
        struct socket **table = die_calloc(room, sizeof(struct socket *));
        if (sockets->room)
            memcpy(table, sockets->table, sockets->room * sizeof(struct socket *));
        free(sockets->table);
        sockets->table = table;
        sockets->room = room;
    }
    struct socket *socket = die_calloc(1, sizeof *socket);
    socket->sockets = sockets;
    socket->owner = owner;
    return sockets->table[fd] = socket;
}

static void on_event(evutil_socket_t fd, short what, void *ctx)
{
    struct socket *socket = ctx;
    if (socket->is_waited)
        socket->sockets->ready(socket->owner, fd, what & EV_READ, what & EV_WRITE);
    else
        fetch_sockets_sever(socket->sockets, fd);
}

static void socket_register(struct socket *socket, int fd, short what)
{
    if (socket->what == what)
        return;
    if (socket->what)
        event_del(&socket->event);
    socket->what = what;
    if (!what)
        return;
    struct event_base *base = loop_base(socket->sockets->loop);
    if (event_assign(&socket->event, base, fd, (short)(what | EV_PERSIST), on_event, socket) < 0 ||
        event_add(&socket->event, NULL) < 0)
        die("a connection cannot be watched");
}

/* Should libcurl have closed a socket of this number without a word, it is forgotten here. */
void fetch_sockets_open(struct fetch_sockets *sockets, int fd, void *owner)
{
    fetch_sockets_close(sockets, fd);
    socket_new(sockets, fd, owner)->is_ours = true;
    sockets->count++;
}

void fetch_sockets_close(struct fetch_sockets *sockets, int fd)
{
    struct socket *socket = socket_find(sockets, fd);
    if (!socket)
        return;
    socket_register(socket, fd, 0);
    sockets->count -= socket->is_ours;
    sockets->table[fd] = NULL;
    free(socket);
}

/* libcurl closes a connection that is not up yet by itself, without calling us again: it is only
 * kept once it has been up. */
void fetch_sockets_watch(struct fetch_sockets *sockets, int fd, void *owner, bool readable,
                         bool writable)
{
    struct socket *socket = socket_find(sockets, fd);
    if (!socket)
        socket = socket_new(sockets, fd, owner);
    socket->is_waited = readable || writable;
    socket->is_up |= readable;
    if (socket->is_waited)
        socket_register(socket, fd, (short)((readable ? EV_READ : 0) | (writable ? EV_WRITE : 0)));
    else if (socket->is_ours && socket->is_up)
        socket_register(socket, fd, EV_READ);
    else
        fetch_sockets_close(sockets, fd);
}

/* Dissolving the association drops what has been received and resets the connection; shutdown(2)
 * would leave an unread answer readable. One that libcurl still waits on (HTTP/2 with other
 * streams) stays registered, so that it learns of the end. */
void fetch_sockets_sever(struct fetch_sockets *sockets, int fd)
{
    struct socket *socket = socket_find(sockets, fd);
    if (!socket)
        return;
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    if (connect(fd, &nobody, sizeof nobody) < 0)
        shutdown(fd, SHUT_RDWR);
    if (!socket->is_waited)
        socket_register(socket, fd, 0);
}

size_t fetch_sockets_count(const struct fetch_sockets *sockets)
{
    return sockets->count;
}

void fetch_sockets_free(struct fetch_sockets **slot)
{
    struct fetch_sockets *sockets = *slot;
    if (!sockets)
        return;
    *slot = NULL;
    for (size_t fd = 0; fd < sockets->room; fd++)
        fetch_sockets_close(sockets, (int)fd);
    free(sockets->table);
    free(sockets);
}
