/* SPDX-License-Identifier: MIT */
/* load: asks a gateway for overviews and says how long they took, with exact percentiles.
 *
 *   load -p PORT [-u PATH] [-t TOKENS] [-c CONNECTIONS] [-d SECONDS] [-w WARM_UP_S] [-r RATE]
 *
 * TOKENS holds one bearer token a line; each request takes the next. Without -r: a closed loop,
 * every connection asks again at once. With -r: an open loop at RATE per second; a latency counts
 * from when its request was due, so that a gateway that stalls cannot hide its queue.
 *
 * Writes one line of JSON on stdout. */
#include "base/buf.h"
#include "base/die.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MAX = 4096, TOKENS_MAX = 100000, DUE_MAX = 1 << 20, EVENTS = 256, TICK_NS = 250000 };

struct conn {
    int fd;
    bool is_busy, in_body, is_chunked;
    size_t head_len;
    size_t left;    /* of a body whose length is known */
    size_t matched; /* of a chunked body's end */
    uint64_t asked_us, first_us;
    char head[HEAD_MAX];
};

static struct {
    uint16_t port;
    const char *path, *tokens;
    int connections;
    double seconds, warm_up_s, rate;
} options = {.path = "/v1/overview", .connections = 16, .seconds = 5, .warm_up_s = 0.5};

static struct conn *conns;
static int epoll_fd;
static struct buf requests[TOKENS_MAX];
static size_t request_count, request_next;
static uint64_t measured_from, measured_to;

/* An open loop: connections with nothing to do, and requests that found none. */
static struct conn **idle;
static int idle_count;
static uint64_t *due;
static size_t due_first, due_end;

static struct samples {
    uint32_t *at;
    size_t len, cap;
} latencies, first_bytes;
static unsigned long errors, not_200, body_bytes;

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000;
}

/* ---- what was seen ---- */

static void samples_add(struct samples *samples, uint64_t us)
{
    if (samples->len == samples->cap) {
        samples->cap = samples->cap ? samples->cap * 2 : 65536;
        samples->at = realloc(samples->at, samples->cap * sizeof *samples->at);
        if (!samples->at)
            die("no memory for samples");
    }
    samples->at[samples->len++] = (uint32_t)us;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static uint32_t samples_at(const struct samples *samples, double quantile)
{
    return samples->len ? samples->at[(size_t)((double)(samples->len - 1) * quantile)] : 0;
}

static void samples_print(const char *name, struct samples *samples)
{
    if (samples->len)
        qsort(samples->at, samples->len, sizeof *samples->at, compare);
    printf(
        ", \"%s\": {\"min\": %u, \"p50\": %u, \"p90\": %u, \"p99\": %u, \"p999\": %u, \"max\": %u}",
        name, samples_at(samples, 0), samples_at(samples, .5), samples_at(samples, .9),
        samples_at(samples, .99), samples_at(samples, .999), samples_at(samples, 1));
}

/* ---- asking ---- */

static void conn_open(struct conn *conn)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(options.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};
    int one = 1;

    conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (conn->fd < 0 || connect(conn->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("cannot connect to port %u", options.port);
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, conn->fd, &event);
}

static void conn_ask(struct conn *conn, uint64_t asked_us)
{
    const struct buf *request = &requests[request_next++ % request_count];

    conn->is_busy = true;
    conn->in_body = false;
    conn->head_len = conn->matched = 0;
    conn->asked_us = asked_us;
    conn->first_us = 0;
    if (send(conn->fd, request->at, request->len, MSG_NOSIGNAL) != (ssize_t)request->len)
        errors++;
}

static void conn_next(struct conn *conn)
{
    uint64_t now = now_us();

    conn->is_busy = false;
    if (now >= measured_to)
        return;
    if (options.rate == 0)
        conn_ask(conn, now);
    else if (due_first != due_end)
        conn_ask(conn, due[due_first++ % DUE_MAX]);
    else
        idle[idle_count++] = conn;
}

static void conn_done(struct conn *conn)
{
    uint64_t now = now_us();

    if (conn->asked_us >= measured_from && now <= measured_to) {
        samples_add(&latencies, now - conn->asked_us);
        samples_add(&first_bytes, (conn->first_us ? conn->first_us : now) - conn->asked_us);
    }
    conn_next(conn);
}

/* ---- answers ---- */

/* A chunked body has ended when CR LF 0 CR LF CR LF has passed; our bodies hold no such bytes. */
static bool has_ended(struct conn *conn, struct str bytes)
{
    static const char end[] = "\r\n0\r\n\r\n";

    if (!conn->is_chunked) {
        conn->left -= bytes.len < conn->left ? bytes.len : conn->left;
        return conn->left == 0;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.at[i] != end[conn->matched])
            conn->matched = 0;
        conn->matched += bytes.at[i] == end[conn->matched];
        if (conn->matched == sizeof end - 1)
            return true;
    }
    return false;
}

static void take_body(struct conn *conn, struct str bytes)
{
    if (bytes.len > 0 && !conn->first_us)
        conn->first_us = now_us();
    body_bytes += bytes.len;
    if (has_ended(conn, bytes))
        conn_done(conn);
}

static void take_head(struct conn *conn, struct str bytes)
{
    size_t room = sizeof conn->head - 1 - conn->head_len, before = conn->head_len;
    struct str part = str_head(bytes, bytes.len < room ? bytes.len : room);

    memcpy(conn->head + before, part.at, part.len);
    conn->head_len += part.len;
    conn->head[conn->head_len] = '\0';
    char *end = strstr(conn->head, "\r\n\r\n");
    if (!end)
        return;
    *end = '\0';
    not_200 += strncmp(conn->head, "HTTP/1.1 200", 12) != 0;
    const char *length = strcasestr(conn->head, "\r\ncontent-length:");
    conn->left = length ? strtoul(length + 17, NULL, 10) : 0;
    conn->is_chunked = strcasestr(conn->head, "\r\ntransfer-encoding: chunked") != NULL;
    conn->in_body = true;
    /* The last CR LF of the head may be the first of a chunked body's end. */
    take_body(conn, str_skip(bytes, (size_t)(end + 4 - conn->head) - before));
}

static void conn_read(struct conn *conn)
{
    static char bytes[262144];
    ssize_t n = recv(conn->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        errors += conn->is_busy;
        close(conn->fd);
        if (now_us() < measured_to) {
            conn_open(conn);
            conn_next(conn);
        }
    } else if (conn->in_body) {
        take_body(conn, str_make(bytes, (size_t)n));
    } else {
        take_head(conn, str_make(bytes, (size_t)n));
    }
}

/* ---- the whole ---- */

static void make_request(struct str token)
{
    struct buf *request = &requests[request_count++];
    buf_init(request, 65536);
    buf_format(request, "GET %s HTTP/1.1\r\nHost: gateway.example\r\nAccept: application/json\r\n",
               options.path);
    if (token.at)
        buf_format(request, "Authorization: Bearer %.*s\r\n", STR_ARG(token));
    buf_format(request, "\r\n");
}

static void make_requests(void)
{
    char line[16384];
    FILE *file = options.tokens ? fopen(options.tokens, "r") : NULL;

    if (options.tokens && !file)
        die("cannot read %s", options.tokens);
    while (file && request_count < TOKENS_MAX && fgets(line, sizeof line, file))
        make_request(str_trim(str_head(str_of(line), strcspn(line, "\n"))));
    if (file)
        fclose(file);
    if (request_count == 0)
        make_request(STR_NONE);
}

static void parse_options(int argc, char **argv)
{
    int option;
    while ((option = getopt(argc, argv, "p:u:t:c:d:w:r:")) != -1)
        switch (option) {
        case 'p':
            options.port = (uint16_t)atoi(optarg);
            break;
        case 'u':
            options.path = optarg;
            break;
        case 't':
            options.tokens = optarg;
            break;
        case 'c':
            options.connections = atoi(optarg);
            break;
        case 'd':
            options.seconds = atof(optarg);
            break;
        case 'w':
            options.warm_up_s = atof(optarg);
            break;
        case 'r':
            options.rate = atof(optarg);
            break;
        default:
            exit(64);
        }
    if (options.port == 0 || options.connections < 1)
        die("load: -p PORT is needed");
}

static int start_ticking(void)
{
    struct itimerspec every = {{0, TICK_NS}, {0, TICK_NS}};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

    timerfd_settime(fd, 0, &every, NULL);
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    return fd;
}

static void tick(int fd, double *next_us)
{
    uint64_t ticks;
    if (read(fd, &ticks, sizeof ticks) != sizeof ticks)
        return;
    for (double now = (double)now_us(); *next_us <= now; *next_us += 1e6 / options.rate) {
        if (idle_count > 0)
            conn_ask(idle[--idle_count], (uint64_t)*next_us);
        else
            due[due_end++ % DUE_MAX] = (uint64_t)*next_us;
    }
}

static void run(void)
{
    struct epoll_event events[EVENTS];
    double next_us = (double)now_us();
    int timer = -1;

    measured_from = (uint64_t)(next_us + options.warm_up_s * 1e6);
    measured_to = measured_from + (uint64_t)(options.seconds * 1e6);
    if (options.rate > 0)
        timer = start_ticking();
    for (int i = 0; i < options.connections; i++) {
        if (options.rate > 0)
            idle[idle_count++] = &conns[i];
        else
            conn_ask(&conns[i], now_us());
    }
    while (now_us() < measured_to) {
        int n = epoll_wait(epoll_fd, events, EVENTS, 50);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr)
                conn_read(events[i].data.ptr);
            else
                tick(timer, &next_us);
        }
    }
}

int main(int argc, char **argv)
{
    parse_options(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    make_requests();
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    conns = die_calloc((size_t)options.connections, sizeof *conns);
    idle = die_calloc((size_t)options.connections, sizeof(struct conn *));
    due = die_calloc(DUE_MAX, sizeof *due);
    for (int i = 0; i < options.connections; i++)
        conn_open(&conns[i]);
    run();

    double all = (double)latencies.len * (options.seconds + options.warm_up_s) / options.seconds;
    printf("{\"n\": %zu, \"rps\": %.1f, \"errors\": %lu, \"non200\": %lu, \"bytes_per\": %.0f",
           latencies.len, (double)latencies.len / options.seconds, errors, not_200,
           all > 0 ? (double)body_bytes / all : 0);
    samples_print("lat", &latencies);
    samples_print("ttfb", &first_bytes);
    printf("}\n");
    return 0;
}
