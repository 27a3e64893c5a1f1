/* SPDX-License-Identifier: MIT */
/* mock: a cheap stand-in for the authorities: `mock COUNT [JWKS_FILE]`.
 *
 * Listens on COUNT ports of loopback in a row, chosen by the kernel, and prints the first. A POST
 * to port FIRST + i is answered as source i, by the source contract (docs/source-contract.yaml):
 * the envelope names the citizen of the request's body and echoes X-Request-Id; see template.h.
 *
 *   GET /jwks                              JWKS_FILE
 *   GET /ctl?src=all&delay=20&size=2048    changes behaviour (src=N: one source); delay in ms,
 *                                          -1: never answers; status=503: answers that status;
 *                                          errors=50: to so many percent with status 500;
 *                                          drip=1: a byte a second
 *   GET /stats                             {"served":…, "connections":…}
 *
 * One thread on epoll. */
#include "tests/bench/template.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOURCES_MAX = 256, IN_MAX = 8192, EVENTS = 512 };

/* ---- connections ---- */

struct conn {
    int fd, source;
    bool waits; /* for its timer */
    bool wants_out;
    uint32_t generation; /* tells a timer that the descriptor has another owner now */
    char cpr[CPR_BYTES];
    char id[REQUEST_ID_MAX];
    size_t id_len;
    size_t dripped; /* bytes, of an answer that drips */
    char *unsent;   /* what the socket did not take at once */
    size_t unsent_at, unsent_len;
    size_t in_len;
    char in[IN_MAX];
};

struct source {
    int delay_ms, size, status, error_percent, drips;
    struct template template;
};
static struct source sources[SOURCES_MAX];
static int source_count, epoll_fd;
static struct conn **conns; /* by descriptor; NULL: none, or a listener */
static int *listeners;      /* by descriptor: source, or -1 */
static int fd_max;
static struct buf jwks;
static unsigned long served, conns_open;

static void conn_drop(struct conn *conn)
{
    conns[conn->fd] = NULL;
    close(conn->fd);
    free(conn->unsent);
    free(conn);
    conns_open--;
}

static void conn_watch(struct conn *conn, bool wants_out)
{
    struct epoll_event event = {.events = EPOLLIN | (wants_out ? (unsigned)EPOLLOUT : 0),
                                .data.fd = conn->fd};
    if (conn->wants_out != wants_out)
        epoll_ctl(epoll_fd, EPOLL_CTL_MOD, conn->fd, &event);
    conn->wants_out = wants_out;
}

/* False: the connection is gone. */
static bool conn_flush(struct conn *conn)
{
    while (conn->unsent_at < conn->unsent_len) {
        ssize_t n = send(conn->fd, conn->unsent + conn->unsent_at,
                         conn->unsent_len - conn->unsent_at, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            conn_watch(conn, true);
            return true;
        }
        if (n < 0) {
            conn_drop(conn);
            return false;
        }
        conn->unsent_at += (size_t)n;
    }
    free(conn->unsent);
    conn->unsent = NULL;
    conn->unsent_at = conn->unsent_len = 0;
    conn_watch(conn, false);
    return true;
}

static bool conn_send(struct conn *conn, struct str bytes)
{
    ssize_t n = send(conn->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) {
        conn_drop(conn);
        return false;
    }
    struct str rest = str_skip(bytes, n > 0 ? (size_t)n : 0);
    if (rest.len == 0)
        return true;
    conn->unsent = die_malloc(rest.len);
    memcpy(conn->unsent, rest.at, rest.len);
    conn->unsent_len = rest.len;
    return conn_flush(conn);
}

static void heap_push_after(struct conn *conn, int ms);

/* The next byte of an answer, and the next a second later. */
static bool conn_drip(struct conn *conn)
{
    struct template *template = &sources[conn->source].template;
    template_fill(template, conn->cpr, str_make(conn->id, conn->id_len));
    struct str rest = str_skip(buf_str(&template->bytes), conn->dripped);
    if (!conn_send(conn, str_head(rest, 1)))
        return false;
    conn->dripped++;
    conn->waits = rest.len > 1;
    if (conn->waits)
        heap_push_after(conn, 1000);
    return true;
}

static bool conn_answer(struct conn *conn)
{
    struct source *source = &sources[conn->source];
    struct template *template = &source->template;
    if (source->drips)
        return conn_drip(conn);
    if (source->error_percent > 0 && rand() % 100 < source->error_percent)
        return conn_send(conn, STR("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"));
    template_fill(template, conn->cpr, str_make(conn->id, conn->id_len));
    return conn_send(conn, buf_str(&template->bytes));
}

/* ---- timers: a heap ---- */

struct due {
    uint64_t at_us;
    int fd;
    uint32_t generation;
};
static struct due *heap;
static size_t heap_len, heap_cap;

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000;
}

static void heap_push(struct due due)
{
    if (heap_len == heap_cap) {
        heap_cap = heap_cap ? heap_cap * 2 : 1024;
        heap = realloc(heap, heap_cap * sizeof *heap);
        if (!heap)
            die("no memory for timers");
    }
    size_t i = heap_len++;
    for (; i > 0 && heap[(i - 1) / 2].at_us > due.at_us; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = due;
}

static void heap_push_after(struct conn *conn, int ms)
{
    heap_push((struct due){now_us() + (uint64_t)ms * 1000, conn->fd, conn->generation});
}

static struct due heap_pop(void)
{
    struct due first = heap[0], last = heap[--heap_len];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < heap_len; i = child) {
        if (child + 1 < heap_len && heap[child + 1].at_us < heap[child].at_us)
            child++;
        if (heap[child].at_us >= last.at_us)
            break;
        heap[i] = heap[child];
    }
    heap[i] = last;
    return first;
}

/* ---- requests ---- */

static long argument(struct str query, const char *name, long standard)
{
    size_t at = str_find(query, str_of(name));
    return at < query.len ? strtol(query.at + at + strlen(name), NULL, 10) : standard;
}

static void control(struct str query)
{
    long only = str_find(query, STR("src=all")) < query.len ? -1 : argument(query, "src=", -2);

    for (int i = 0; i < source_count; i++) {
        struct source *source = &sources[i];
        if (only != -1 && only != i)
            continue;
        source->delay_ms = (int)argument(query, "delay=", source->delay_ms);
        source->size = (int)argument(query, "size=", source->size);
        source->status = (int)argument(query, "status=", source->status);
        source->error_percent = (int)argument(query, "errors=", source->error_percent);
        source->drips = (int)argument(query, "drip=", source->drips);
        template_write(&source->template, i, source->size, source->status, time(NULL));
    }
}

/* A field of the head; our clients write one blank behind the colon. */
static struct str field_of(struct str head, const char *name)
{
    struct str wanted = str_of(name);
    while (head.len > 0) {
        struct str line = str_split(&head, '\r');
        head = str_skip(head, 1); /* the LF */
        if (line.len > wanted.len && str_equal_nocase(str_head(line, wanted.len), wanted))
            return str_skip(line, wanted.len);
    }
    return STR_NONE;
}

static struct str cpr_of(struct str body)
{
    struct str rest = str_skip(body, str_find(body, STR("\"CPR-nr\":\"")));
    return str_head(str_skip(rest, sizeof "\"CPR-nr\":\"" - 1), CPR_BYTES);
}

static bool reply(struct conn *conn, int status, struct str body)
{
    struct buf out;
    buf_init(&out, ANSWER_MAX);
    buf_format(&out,
               "HTTP/1.1 %d x\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
               status, body.len);
    buf_add_str(&out, body);
    bool is_there = conn_send(conn, buf_str(&out));
    buf_clear(&out);
    return is_there;
}

static bool ask(struct conn *conn, struct str head, struct str body)
{
    struct str cpr = cpr_of(body), id = field_of(head, "X-Request-Id: ");
    const struct source *source = &sources[conn->source];

    if (cpr.len != CPR_BYTES || id.len == 0 || id.len > REQUEST_ID_MAX)
        return reply(conn, 400, STR("{}"));
    served++;
    memcpy(conn->cpr, cpr.at, CPR_BYTES);
    memcpy(conn->id, id.at, id.len);
    conn->id_len = id.len;
    conn->dripped = 0;
    if (source->delay_ms == 0)
        return conn_answer(conn);
    conn->waits = true;
    if (source->delay_ms > 0)
        heap_push_after(conn, source->delay_ms);
    return true;
}

static bool serve(struct conn *conn, struct str head, struct str body)
{
    char stats[80];
    if (str_starts_with(head, STR("POST ")))
        return ask(conn, head, body);
    if (str_starts_with(head, STR("GET /jwks ")))
        return reply(conn, 200, buf_str(&jwks));
    if (str_starts_with(head, STR("GET /ctl?")))
        control(str_head(head, str_find_byte(head, '\r')));
    snprintf(stats, sizeof stats, "{\"served\":%lu,\"connections\":%lu}\n", served, conns_open);
    return reply(conn, 200, str_of(stats));
}

/* Serves what has come, as far as the one before is answered. */
static void conn_serve(struct conn *conn)
{
    while (!conn->waits && !conn->unsent && conn->in_len > 0) {
        struct str in = str_make(conn->in, conn->in_len);
        size_t end = str_find(in, STR("\r\n\r\n"));
        if (end == in.len)
            return;
        struct str head = str_head(in, end + 2), length = field_of(head, "Content-Length: ");
        size_t body = length.at ? strtoul(length.at, NULL, 10) : 0, used = end + 4 + body;
        if (used > in.len)
            return;
        if (!serve(conn, head, str_make(in.at + end + 4, body)))
            return;
        memmove(conn->in, conn->in + used, conn->in_len - used);
        conn->in_len -= used;
    }
}

static void conn_read(struct conn *conn)
{
    ssize_t n = recv(conn->fd, conn->in + conn->in_len, IN_MAX - conn->in_len, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) { /* gone, or a request that is too large */
        conn_drop(conn);
        return;
    }
    conn->in_len += (size_t)n;
    conn_serve(conn);
}

/* ---- the loop ---- */

static void watch(int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd >= fd_max || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        die("too many connections");
}

static void accept_all(int listener)
{
    static uint32_t generation;
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(fd);
        struct conn *conn = die_calloc(1, sizeof *conn);
        conn->fd = fd;
        conn->source = listeners[listener];
        conn->generation = ++generation;
        conns[fd] = conn;
        conns_open++;
    }
}

static int listen_on(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 4096) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Ports in a row from one that the kernel chose; 0: a neighbour was taken. */
static uint16_t listen_in_a_row(int fds[SOURCES_MAX])
{
    struct sockaddr_in address = {0};
    socklen_t len = sizeof address;
    int count = 1;

    fds[0] = listen_on(0);
    if (fds[0] < 0 || getsockname(fds[0], (struct sockaddr *)&address, &len) != 0)
        die("cannot listen on loopback");
    uint16_t first = ntohs(address.sin_port);
    while (count < source_count && first + count <= UINT16_MAX &&
           (fds[count] = listen_on((uint16_t)(first + count))) >= 0)
        count++;
    if (count == source_count)
        return first;
    while (count > 0)
        close(fds[--count]);
    return 0;
}

static void start(void)
{
    int fds[SOURCES_MAX];
    uint16_t first = 0;
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    fd_max = limit.rlim_cur < 200000 ? (int)limit.rlim_cur : 200000;
    conns = die_calloc((size_t)fd_max, sizeof(struct conn *));
    listeners = die_calloc((size_t)fd_max, sizeof *listeners);
    memset(listeners, -1, (size_t)fd_max * sizeof *listeners);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    for (int attempt = 0; first == 0 && attempt < 100; attempt++)
        first = listen_in_a_row(fds);
    if (first == 0)
        die("no %d free ports in a row", source_count);
    for (int i = 0; i < source_count; i++) {
        sources[i] = (struct source){.size = 2048, .status = 200};
        template_write(&sources[i].template, i, sources[i].size, sources[i].status, time(NULL));
        listeners[fds[i]] = i;
        watch(fds[i]);
    }
    printf("%u\n", first);
    fflush(stdout);
}

static void ring(void)
{
    for (uint64_t now = now_us(); heap_len > 0 && heap[0].at_us <= now;) {
        struct due due = heap_pop();
        struct conn *conn = conns[due.fd];
        if (!conn || conn->generation != due.generation || !conn->waits)
            continue;
        conn->waits = false;
        if (conn_answer(conn))
            conn_serve(conn);
    }
}

static int next_wait_ms(void)
{
    uint64_t now = now_us();
    if (heap_len == 0)
        return -1;
    return heap[0].at_us <= now ? 0 : (int)((heap[0].at_us - now + 999) / 1000);
}

static void read_jwks(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        die("cannot read %s", path);
    buf_init(&jwks, 1 << 20);
    for (int c; (c = fgetc(file)) != EOF;)
        buf_add_byte(&jwks, (char)c);
    fclose(file);
}

int main(int argc, char **argv)
{
    struct epoll_event events[EVENTS];

    source_count = argc > 1 ? atoi(argv[1]) : 0;
    if (source_count < 1 || source_count > SOURCES_MAX || argc > 3)
        die("usage: mock COUNT [JWKS_FILE]");
    if (argc == 3)
        read_jwks(argv[2]);
    signal(SIGPIPE, SIG_IGN);
    start();
    for (;;) {
        int n = epoll_wait(epoll_fd, events, EVENTS, next_wait_ms());
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            struct conn *conn = conns[fd];
            if (listeners[fd] >= 0)
                accept_all(fd);
            else if (conn && (events[i].events & (EPOLLERR | EPOLLHUP)))
                conn_drop(conn);
            else if (conn && (events[i].events & EPOLLOUT) && !conn_flush(conn))
                continue;
            else if (conn && (events[i].events & EPOLLIN))
                conn_read(conn);
            else if (conn)
                conn_serve(conn);
        }
        ring();
    }
}
