/* SPDX-License-Identifier: MIT */
/* The server: its listeners, how many connections it holds, and their end. */
#include "net/http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/die.h"
#include "base/log.h"
#include "net/http_internal.h"

enum {
    ACCEPTS_PER_TURN = 64,
    PAUSE_MS = 100, /* without descriptors; ends sooner when a connection does */
};

struct listener {
    struct listener *next;
    struct http_server *server;
    SSL_CTX *tls;
    struct event event;
    int fd;
    char *path; /* of a Unix socket; else NULL */
};

struct http_settings http_settings_standard(void)
{
    return (struct http_settings){
#define X(name, standard, least, most, help) .name = (standard),
        HTTP_SETTINGS(X)
#undef X
    };
}

/* --- lists ---------------------------------------------------------------------------------------
 */

static void list_remove(struct http_connection *connection)
{
    struct connection_list *list = connection->list;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        list->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    else
        list->last = connection->previous;
    connection->list = NULL;
}

/* To the end of `to`; NULL: out of any. A connection that is there already keeps its place. */
void connection_list_move(struct http_connection *connection, struct connection_list *to)
{
    if (connection->list == to)
        return;
    if (connection->list)
        list_remove(connection);
    connection->list = to;
    if (!to)
        return;
    connection->next = NULL;
    connection->previous = to->last;
    if (to->last)
        to->last->next = connection;
    else
        to->first = connection;
    to->last = connection;
}

/* --- accepting -----------------------------------------------------------------------------------
 */

static void on_connection(evutil_socket_t fd, short what, void *ctx);

static void listeners_watch(struct http_server *server)
{
    for (struct listener *listener = server->listeners; listener; listener = listener->next)
        if (event_add(&listener->event, NULL) < 0)
            die("a listener cannot be watched");
}

static void on_resume(void *ctx)
{
    listeners_watch(ctx);
}

/* A listener that cannot accept would report its readiness for ever. */
static void server_pause(struct http_server *server, const char *why)
{
    if (timer_is_running(&server->resume))
        return;
    if (!server->is_short)
        log_warn(STR_NONE, "event=door-paused why=\"%s\" open=%llu", why,
                 (unsigned long long)server->counters.open);
    server->is_short = true;
    for (struct listener *listener = server->listeners; listener; listener = listener->next)
        event_del(&listener->event);
    timer_start(server->loop, &server->resume, instant_after_ms(loop_now(server->loop), PAUSE_MS),
                on_resume, server);
}

void server_resume(struct http_server *server)
{
    if (timer_is_running(&server->resume))
        timer_start(server->loop, &server->resume, loop_now(server->loop), on_resume, server);
}

/* The longest idle connection gives way to a new one. */
static bool make_room(struct http_server *server)
{
    if (!server->idle.first)
        return false;
    server->counters.refused++;
    connection_close(server->idle.first, false);
    return true;
}

/* The user at the other end when it connected; nobody, where the kernel does not say. */
static unsigned peer_uid(int fd)
{
    struct ucred who = {.uid = UINT_MAX};
    socklen_t len = sizeof who;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 ? who.uid : UINT_MAX;
}

static void welcome(struct listener *listener, int fd, const struct sockaddr *from)
{
    struct http_server *server = listener->server;
    struct connection_peer peer = {.is_local = listener->path != NULL};
    struct client *client =
        client_take(server->clients, from, (size_t)server->settings.connections_per_address);
    server->counters.accepted++;
    server->is_short = false;
    if (!client) {
        server->counters.refused++;
        close(fd);
        return;
    }
    client_format(from, peer.address);
    if (peer.is_local)
        peer.uid = peer_uid(fd);
    if (!connection_start(server, fd, listener->tls, client, &peer))
        server->counters.refused++;
}

static bool is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* accept4 tells of a shortage before it looks whether anybody waits. */
static bool is_somebody_waiting(int listening)
{
    struct pollfd waiting = {.fd = listening, .events = POLLIN};
    return poll(&waiting, 1, 0) == 1;
}

static void on_connection(evutil_socket_t listening, short what, void *ctx)
{
    (void)what;
    struct listener *listener = ctx;
    struct http_server *server = listener->server;
    for (int left = ACCEPTS_PER_TURN; left > 0; left--) {
        struct sockaddr_storage from;
        socklen_t len = sizeof from;
        bool is_full = server->counters.open >= (uint64_t)server->settings.connections_max;
        if (is_full && !server->idle.first) {
            if (is_somebody_waiting(listening))
                server_pause(server, "connections_max");
            return;
        }
        int fd = accept4(listening, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            if (is_full)
                make_room(server);
            welcome(listener, fd, (const struct sockaddr *)&from);
        } else if (is_shortage(errno)) {
            const char *why = strerror(errno);
            if (!is_somebody_waiting(listening))
                return;
            if (!make_room(server)) {
                server_pause(server, why);
                return;
            }
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        } /* else: that client has gone before it was met */
    }
}

/* --- listening -----------------------------------------------------------------------------------
 */

static socklen_t address_parse(const char *text, uint16_t port, struct sockaddr_storage *to)
{
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)to;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)to;
    memset(to, 0, sizeof *to);
    if (inet_pton(AF_INET, text, &ipv4->sin_addr) == 1) {
        ipv4->sin_family = AF_INET;
        ipv4->sin_port = htons(port);
        return sizeof *ipv4;
    }
    if (inet_pton(AF_INET6, text, &ipv6->sin6_addr) == 1) {
        ipv6->sin6_family = AF_INET6;
        ipv6->sin6_port = htons(port);
        return sizeof *ipv6;
    }
    return 0;
}

static bool option(int fd, int level, int name, bool wanted)
{
    int one = 1;
    return !wanted || setsockopt(fd, level, name, &one, sizeof one) == 0;
}

/* Accepted sockets inherit TCP_NODELAY: no system call for each. */
static int listening_socket(const struct sockaddr_storage *to, socklen_t len, bool reuse_port)
{
    int fd = socket(to->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (option(fd, SOL_SOCKET, SO_REUSEADDR, true) &&
        option(fd, SOL_SOCKET, SO_REUSEPORT, reuse_port) &&
        option(fd, IPPROTO_IPV6, IPV6_V6ONLY, to->ss_family == AF_INET6) &&
        option(fd, IPPROTO_TCP, TCP_NODELAY, true) &&
        bind(fd, (const struct sockaddr *)to, len) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static uint16_t bound_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at = {0};
    socklen_t len = sizeof at;
    if (getsockname(fd, &at.any, &len) < 0)
        die("getsockname: errno %d", errno);
    return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}

static void add_listener(struct http_server *server, int fd, SSL_CTX *tls, const char *path)
{
    struct listener *listener = die_malloc(sizeof *listener);
    *listener = (struct listener){.next = server->listeners,
                                  .server = server,
                                  .tls = tls,
                                  .fd = fd,
                                  .path = path ? die_strdup(path) : NULL};
    event_assign(&listener->event, loop_base(server->loop), fd, EV_READ | EV_PERSIST, on_connection,
                 listener);
    if (event_add(&listener->event, NULL) < 0)
        die("a listener cannot be watched");
    server->listeners = listener;
}

bool http_server_listen(struct http_server *server, const char *address, uint16_t port,
                        bool reuse_port, SSL_CTX *tls, uint16_t *bound, const char **why)
{
    static _Thread_local char text[160];
    struct sockaddr_storage to;
    socklen_t len = address_parse(address, port, &to);
    *why = text;
    if (len == 0) {
        snprintf(text, sizeof text, "\"%.60s\" is not an IPv4 or IPv6 address", address);
        return false;
    }
    int fd = listening_socket(&to, len, reuse_port);
    if (fd < 0) {
        snprintf(text, sizeof text, "cannot listen on %.60s port %u: %s", address, port,
                 strerror(errno));
        return false;
    }
    add_listener(server, fd, tls, NULL);
    *bound = bound_port(fd);
    return true;
}

/* Is what stands at the path a socket that nobody listens on any more? */
static bool is_left_behind(const struct sockaddr_un *at)
{
    struct stat stat;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool is_left = fd >= 0 && lstat(at->sun_path, &stat) == 0 && S_ISSOCK(stat.st_mode) &&
                   connect(fd, (const struct sockaddr *)at, sizeof *at) != 0 &&
                   errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return is_left;
}

/* Nobody can connect before the listen, so nobody comes in before the mode is set. */
static int local_socket(const struct sockaddr_un *at)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (is_left_behind(at))
        unlink(at->sun_path);
    if (bind(fd, (const struct sockaddr *)at, sizeof *at) == 0) {
        if (chmod(at->sun_path, 0600) == 0 && listen(fd, SOMAXCONN) == 0)
            return fd;
        int error = errno;
        unlink(at->sun_path);
        errno = error;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

bool http_server_listen_local(struct http_server *server, const char *path, const char **why)
{
    static _Thread_local char text[256];
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    *why = text;
    if (strlen(path) >= sizeof at.sun_path) {
        snprintf(text, sizeof text, "the path of a socket has at most %zu bytes",
                 sizeof at.sun_path - 1);
        return false;
    }
    memcpy(at.sun_path, path, strlen(path));
    int fd = local_socket(&at);
    if (fd < 0) {
        snprintf(text, sizeof text, "cannot listen there: %s", strerror(errno));
        return false;
    }
    add_listener(server, fd, NULL, path);
    return true;
}

static void listeners_close(struct http_server *server)
{
    struct listener *listener;
    timer_cancel(server->loop, &server->resume);
    while ((listener = server->listeners)) {
        server->listeners = listener->next;
        event_del(&listener->event);
        close(listener->fd);
        if (listener->path)
            unlink(listener->path);
        free(listener->path);
        free(listener);
    }
}

/* --- the server ----------------------------------------------------------------------------------
 */

struct http_server *http_server_new(struct loop *loop, const struct http_settings *settings,
                                    http_handler_fn *handler, void *ctx)
{
    struct http_server *server = die_calloc(1, sizeof *server);
    server->loop = loop;
    server->settings = *settings;
    server->limits = (struct http_limits){
        .request_line_max = (size_t)settings->request_line_max,
        .header_max = (size_t)settings->header_max,
        .fields_max = (size_t)settings->fields_max,
        .body_max = (size_t)settings->body_max,
    };
    server->handler = handler;
    server->ctx = ctx;
    server->clients = clients_new();
    return server;
}

static void on_drain(void *ctx)
{
    struct http_server *server = ctx;
    while (server->idle.first)
        connection_work(server->idle.first);
}

/* Idle connections end with the turn: the caller may be a handler of one of them. */
void http_server_drain(struct http_server *server)
{
    server->is_draining = true;
    listeners_close(server);
    loop_defer(server->loop, &server->drain, on_drain, server);
}

bool http_server_is_idle(const struct http_server *server)
{
    return server->counters.open == 0;
}

void http_server_free(struct http_server **slot)
{
    struct http_server *server = *slot;
    if (!server)
        return;
    assert(!server->is_calling);
    *slot = NULL;
    listeners_close(server);
    loop_defer_cancel(server->loop, &server->drain);
    while (server->busy.first)
        connection_close(server->busy.first, false);
    while (server->idle.first)
        connection_close(server->idle.first, false);
    exchange_free_spares(server);
    clients_free(&server->clients);
    free(server);
}

struct http_counters http_server_counters(const struct http_server *server)
{
    return server->counters;
}

uint64_t http_server_replies(const struct http_server *server, int status)
{
    assert(status >= HTTP_STATUS_FIRST && status < HTTP_STATUS_FIRST + HTTP_STATUSES);
    return atomic_load_explicit(&server->replies[status - HTTP_STATUS_FIRST], memory_order_relaxed);
}
