/* SPDX-License-Identifier: MIT */
/* A small server on the door, for tests with foreign clients and proxies:
 *   http_echo PORTFILE [CERT KEY]
 * listens on 127.0.0.1, writes the port to PORTFILE, and ends when its standard input does.
 *   /          says what was asked: method, target, body
 *   /stream    the same in five pieces, one per 20 ms
 *   /later     the same after 50 ms
 *   /large     8 MB of "x"
 *   /counters  what the door has counted */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/die.h"
#include "net/http.h"
#include "net/tls.h"

enum { PIECES = 5, PIECE_MS = 20, LATER_MS = 50, LARGE = 8 << 20, TEXT_MAX = 1 << 20 };

struct echo {
    struct loop *loop;
    struct http_server *server;
};

struct later {
    struct echo *echo;
    struct http_exchange *exchange;
    struct timer timer;
    struct buf text;
    int pieces_left; /* 0: a whole reply */
};

static const struct http_field fields[] = {{STR_INIT("Content-Type"), STR_INIT("text/plain")}};

static void later_free(struct later *later)
{
    buf_clear(&later->text);
    free(later);
}

static void on_gone(void *ctx)
{
    struct later *later = ctx;
    timer_cancel(later->echo->loop, &later->timer);
    later_free(later);
}

static void later_wait(struct later *later, int64_t ms, loop_fn *done)
{
    struct loop *loop = later->echo->loop;
    timer_start(loop, &later->timer, instant_after_ms(loop_now(loop), ms), done, later);
}

static void on_reply(void *ctx)
{
    struct later *later = ctx;
    http_reply(later->exchange, 200, fields, 1, &later->text);
    later_free(later);
}

static void on_piece(void *ctx)
{
    struct later *later = ctx;
    http_stream_write(later->exchange, buf_str(&later->text));
    if (--later->pieces_left > 0) {
        later_wait(later, PIECE_MS, on_piece);
        return;
    }
    http_stream_end(later->exchange);
    later_free(later);
}

static void reply_later(struct echo *echo, struct http_exchange *exchange, struct buf *text,
                        int pieces)
{
    struct later *later = die_calloc(1, sizeof *later);
    later->echo = echo;
    later->pieces_left = pieces;
    buf_init(&later->text, TEXT_MAX);
    buf_move(&later->text, text);
    http_keep(exchange, &later->exchange, on_gone, later);
    if (pieces > 0)
        http_stream_start(exchange, 200, fields, 1);
    later_wait(later, pieces ? PIECE_MS : LATER_MS, pieces ? on_piece : on_reply);
}

static void add_counters(struct echo *echo, struct buf *text)
{
    struct http_counters x = http_server_counters(echo->server);
    buf_format(text, "accepted=%llu requests=%llu malformed=%llu departed=%llu timed_out=%llu\n",
               (unsigned long long)x.accepted, (unsigned long long)x.requests,
               (unsigned long long)x.malformed, (unsigned long long)x.departed,
               (unsigned long long)x.timed_out);
}

static void on_request(void *ctx, const struct http_request *request,
                       struct http_exchange *exchange)
{
    struct echo *echo = ctx;
    const struct http_head *head = request->head;
    struct buf text;
    buf_init(&text, LARGE);
    if (str_equal(head->path, STR("/counters"))) {
        add_counters(echo, &text);
    } else if (str_equal(head->path, STR("/large"))) {
        char *to = buf_reserve(&text, LARGE);
        if (!to)
            die("no memory");
        memset(to, 'x', LARGE);
        buf_commit(&text, LARGE);
    } else {
        buf_format(&text, "%.*s %.*s HTTP/1.%d\n", STR_ARG(head->method_text),
                   STR_ARG(head->target), head->minor);
        buf_add_str(&text, request->body);
    }
    if (str_equal(head->path, STR("/stream")))
        reply_later(echo, exchange, &text, PIECES);
    else if (str_equal(head->path, STR("/later")))
        reply_later(echo, exchange, &text, 0);
    else
        http_reply(exchange, 200, fields, 1, &text);
}

static void on_end(evutil_socket_t fd, short what, void *ctx)
{
    char bytes[64];
    (void)what;
    if (read(fd, bytes, sizeof bytes) <= 0)
        loop_stop(ctx);
}

static void write_port(const char *path, uint16_t port)
{
    char draft[4096];
    snprintf(draft, sizeof draft, "%s.new", path);
    FILE *file = fopen(draft, "w");
    if (!file || fprintf(file, "%u\n", port) < 0 || fclose(file) != 0 || rename(draft, path) != 0)
        die("%s cannot be written", path);
}

int main(int argc, char **argv)
{
    struct echo echo;
    const char *why;
    uint16_t port;
    SSL_CTX *tls = NULL;
    if (argc != 2 && argc != 4)
        die("usage: http_echo PORTFILE [CERT KEY]");
    signal(SIGPIPE, SIG_IGN);
    if (argc == 4 &&
        !(tls = tls_server_new(&(struct tls_server_spec){.cert_file = argv[2], .key_file = argv[3]},
                               &why)))
        die("%s", why);
    struct http_settings settings = http_settings_standard();
    echo.loop = loop_new();
    echo.server = http_server_new(echo.loop, &settings, on_request, &echo);
    if (!http_server_listen(echo.server, "127.0.0.1", 0, false, tls, &port, &why))
        die("%s", why);
    struct event *end =
        event_new(loop_base(echo.loop), STDIN_FILENO, EV_READ | EV_PERSIST, on_end, echo.loop);
    event_add(end, NULL);
    write_port(argv[1], port);
    loop_run(echo.loop);
    event_free(end);
    http_server_free(&echo.server);
    loop_free(&echo.loop);
    tls_server_free(&tls);
    return 0;
}
