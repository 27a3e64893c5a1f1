/* SPDX-License-Identifier: MIT */
/* A real server and real sockets in one thread: the tests' clients live on the server's own loop,
 * so a test runs the loop until it has seen what it waits for. Nothing here waits for a fixed time.
 */
#ifndef TESTS_DOOR_H
#define TESTS_DOOR_H

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http.h"
#include "tests/tap.h"

#define DOOR_MAYBE __attribute__((unused))

enum { KEPT_MAX = 512, DOOR_PATIENCE_MS = 20000 };

/* A request whose reply the test decides on. */
struct kept {
    struct door *door;
    struct http_exchange *exchange; /* the slot */
    char target[64];
    int gone; /* how often on_gone came */
};

/* The handler replies at once with what it was asked, but keeps /keep... and begins a stream for
 * /stream... */
struct door {
    struct loop *loop;
    struct http_server *server;
    uint16_t port;
    struct timer tick;
    instant patience;
    int asked; /* requests the handler has seen */
    struct kept kept[KEPT_MAX];
    int kept_count;
    char last_target[64], last_peer[64], last_certificate[65];
    bool last_tls;
};

struct caller {
    struct door *door;
    int fd;
    SSL *ssl;
    struct event *event;
    struct buf got;
    bool ended; /* nothing more will come: FIN or worse, */
    bool reset; /* worse, */
    bool shut;  /* or TLS's close_notify */
    bool deaf;  /* does not read */
    bool ready; /* TLS: the handshake is done */
};

/* --- the server ----------------------------------------------------------------------------------
 */

static void door_on_gone(void *ctx)
{
    struct kept *kept = ctx;
    kept->gone++;
}

static const struct http_field door_fields[] = {{STR_INIT("Content-Type"), STR_INIT("text/plain")}};

static void door_reply(struct http_exchange *exchange, const char *text, struct str body)
{
    struct buf buf;
    buf_init(&buf, 1 << 20);
    buf_add_str(&buf, str_of(text));
    buf_add_str(&buf, body);
    http_reply(exchange, 200, door_fields, 1, &buf);
}

static void door_copy(char to[64], struct str text)
{
    size_t len = text.len < 63 ? text.len : 63;
    memcpy(to, text.at, len);
    to[len] = '\0';
}

static void door_handle(void *ctx, const struct http_request *request,
                        struct http_exchange *exchange)
{
    struct door *door = ctx;
    struct str path = request->head->path;
    char text[256];
    door->asked++;
    door_copy(door->last_target, request->head->target);
    door_copy(door->last_peer, request->peer);
    memcpy(door->last_certificate, request->client_certificate.at,
           request->client_certificate.len + 1);
    door->last_tls = request->is_tls;
    if (str_starts_with(path, STR("/keep")) || str_starts_with(path, STR("/stream"))) {
        struct kept *kept = &door->kept[door->kept_count++ % KEPT_MAX];
        *kept = (struct kept){.door = door};
        door_copy(kept->target, request->head->target);
        http_keep(exchange, &kept->exchange, door_on_gone, kept);
        if (str_starts_with(path, STR("/stream")))
            http_stream_start(exchange, 200, door_fields, 1);
        return;
    }
    if (str_equal(path, STR("/nothing"))) {
        http_reply(exchange, 204, NULL, 0, NULL);
        return;
    }
    snprintf(text, sizeof text, "%.*s %.*s ", STR_ARG(request->head->method_text),
             STR_ARG(request->head->target));
    door_reply(exchange, text, request->body);
}

static DOOR_MAYBE void door_open(struct door *door, const struct http_settings *settings,
                                 SSL_CTX *tls)
{
    const char *why;
    *door = (struct door){.loop = loop_new()};
    door->server = http_server_new(door->loop, settings, door_handle, door);
    if (!http_server_listen(door->server, "127.0.0.1", 0, false, tls, &door->port, &why)) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
}

static DOOR_MAYBE void door_close(struct door *door)
{
    http_server_free(&door->server);
    loop_free(&door->loop);
}

static void door_on_tick(void *ctx)
{
    loop_stop(ctx);
}

/* One look at the sockets, or half a millisecond without any news. */
static DOOR_MAYBE void door_turn(struct door *door)
{
    timer_start(door->loop, &door->tick, loop_now(door->loop) + 500, door_on_tick, door->loop);
    loop_run(door->loop);
}

/* Runs the loop until `condition` holds; a test that must not wait for ever fails instead. */
#define RUN_UNTIL(door, condition)                                                                 \
    do {                                                                                           \
        (door)->patience = instant_after_ms(loop_now((door)->loop), DOOR_PATIENCE_MS);             \
        while (!(condition) && loop_now((door)->loop) < (door)->patience)                          \
            door_turn(door);                                                                       \
        if (!(condition))                                                                          \
            ok(false, "line %d: came in time: %s", __LINE__, #condition);                          \
    } while (0)

/* --- clients -------------------------------------------------------------------------------------
 */

static void caller_take_tls(struct caller *caller)
{
    char bytes[16384];
    size_t len;
    if (!caller->ready) {
        int done = SSL_do_handshake(caller->ssl);
        caller->ready = done == 1;
        if (!caller->ready) {
            caller->ended |= SSL_get_error(caller->ssl, done) != SSL_ERROR_WANT_READ;
            ERR_clear_error();
            return;
        }
    }
    while (SSL_read_ex(caller->ssl, bytes, sizeof bytes, &len) == 1)
        buf_add(&caller->got, bytes, len);
    int error = SSL_get_error(caller->ssl, 0);
    caller->shut |= error == SSL_ERROR_ZERO_RETURN;
    caller->ended |= error != SSL_ERROR_WANT_READ;
    ERR_clear_error();
}

static void caller_take(struct caller *caller)
{
    char bytes[16384];
    ssize_t len;
    while ((len = recv(caller->fd, bytes, sizeof bytes, 0)) > 0)
        buf_add(&caller->got, bytes, (size_t)len);
    caller->reset |= len < 0 && errno != EAGAIN;
    caller->ended |= len == 0 || caller->reset;
}

static void caller_on_event(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd, (void)what;
    struct caller *caller = ctx;
    if (caller->ssl)
        caller_take_tls(caller);
    else
        caller_take(caller);
    if (caller->ended)
        event_del(caller->event);
}

static DOOR_MAYBE void caller_listen(struct caller *caller)
{
    caller->deaf = false;
    event_add(caller->event, NULL);
}

static DOOR_MAYBE struct caller *caller_open(struct door *door, SSL_CTX *tls)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(door->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct caller *caller = calloc(1, sizeof *caller);
    if (!caller)
        abort();
    caller->door = door;
    caller->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (caller->fd < 0 || connect(caller->fd, (struct sockaddr *)&to, sizeof to) < 0) {
        perror("client");
        abort();
    }
    fcntl(caller->fd, F_SETFL, O_NONBLOCK);
    buf_init(&caller->got, 64 << 20);
    caller->event =
        event_new(loop_base(door->loop), caller->fd, EV_READ | EV_PERSIST, caller_on_event, caller);
    event_add(caller->event, NULL);
    if (tls) {
        caller->ssl = SSL_new(tls);
        SSL_set_fd(caller->ssl, caller->fd);
        SSL_set_connect_state(caller->ssl);
        caller_take_tls(caller);
    }
    return caller;
}

static DOOR_MAYBE void caller_close(struct caller **slot)
{
    struct caller *caller = *slot;
    *slot = NULL;
    event_free(caller->event);
    if (caller->ssl) /* or its session could not be resumed */
        SSL_set_shutdown(caller->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(caller->ssl);
    close(caller->fd);
    buf_clear(&caller->got);
    free(caller);
}

/* Goes with RST instead of FIN. */
static DOOR_MAYBE void caller_reset(struct caller **slot)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt((*slot)->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    caller_close(slot);
}

/* Sends what the kernel takes at once; returns how much that was. */
static DOOR_MAYBE size_t caller_send(struct caller *caller, struct str bytes)
{
    size_t put = 0;
    if (caller->ssl) {
        if (SSL_write_ex(caller->ssl, bytes.at, bytes.len, &put) != 1)
            put = 0;
        ERR_clear_error();
        return put;
    }
    ssize_t len = send(caller->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
    return len < 0 ? 0 : (size_t)len;
}

static DOOR_MAYBE void caller_ask(struct caller *caller, const char *text)
{
    size_t len = strlen(text);
    if (caller_send(caller, str_make(text, len)) != len)
        ok(false, "the request could be sent");
}

static DOOR_MAYBE bool caller_has(const struct caller *caller, const char *text)
{
    struct str got = buf_str(&caller->got);
    return str_find(got, str_of(text)) < got.len;
}

/* --- replies -------------------------------------------------------------------------------------
 */

struct answer {
    int status;
    struct str head, body;
    bool is_chunked, closes;
};

/* Takes one whole reply off *rest; false when there is none (yet). Chunked bodies are left as sent.
 */
static DOOR_MAYBE bool answer_take(struct str *rest, bool to_head, struct answer *reply)
{
    size_t head = str_find(*rest, STR("\r\n\r\n"));
    if (head == rest->len || !str_starts_with(*rest, STR("HTTP/1.1 ")))
        return false;
    uint64_t status = 0; /* 0: not three digits */
    if (!str_to_u64(str_head(str_skip(*rest, 9), 3), 999, &status))
        status = 0;
    *reply = (struct answer){.status = (int)status, .head = str_head(*rest, head + 2)};
    size_t field = str_find(reply->head, STR("\r\nContent-Length: "));
    size_t length = 0;
    if (field < reply->head.len)
        length = (size_t)strtoul(reply->head.at + field + 18, NULL, 10);
    reply->is_chunked = str_find(reply->head, STR("\r\nTransfer-Encoding: chunked\r\n")) < head;
    reply->closes = str_find(reply->head, STR("\r\nConnection: close\r\n")) < head;
    struct str body = str_skip(*rest, head + 4);
    if (reply->is_chunked) {
        size_t last = str_find(body, STR("0\r\n\r\n"));
        if (last == body.len)
            return false;
        length = last + 5;
    }
    if (to_head)
        length = 0;
    if (body.len < length)
        return false;
    reply->body = str_head(body, length);
    *rest = str_skip(body, length);
    return true;
}

/* How many whole replies have come, the last one in *reply; -1: something else came too. */
static DOOR_MAYBE int caller_replies(const struct caller *caller, struct answer *reply)
{
    struct str rest = buf_str(&caller->got);
    int count = 0;
    while (answer_take(&rest, false, reply))
        count++;
    return rest.len ? -1 : count;
}

#endif
