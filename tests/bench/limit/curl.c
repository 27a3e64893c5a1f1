/* SPDX-License-Identifier: MIT */
/* What libcurl can reach: pooled handles, connections kept, sockets that stay registered while
 * idle. */
#include "tests/bench/limit/limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FDS_MAX = 1 << 17, SPARES_MAX = 64 };

struct watched {
    struct event event;
    int what;
    bool is_idle;
};

static CURLM *multi;
static struct event curl_timer;
static struct watched *watched[FDS_MAX];
static CURL *easy_spares[SOURCES_MAX][SPARES_MAX];
static int easy_spare_count[SOURCES_MAX];
static struct curl_slist content_type = {(char *)"Content-Type: application/json", NULL};

static void easy_give(CURL *easy, int source)
{
    if (easy_spare_count[source] < SPARES_MAX)
        easy_spares[source][easy_spare_count[source]++] = easy;
    else
        curl_easy_cleanup(easy);
}

static void take_messages(void)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(multi, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        struct part *part;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&part);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        curl_multi_remove_handle(multi, easy);
        part->easy = NULL;
        easy_give(easy, part->source);
        part_end(part, code == CURLE_OK && status == 200 ? OK : FAILED);
    }
}

static void on_socket(evutil_socket_t fd, short what, void *ctx)
{
    struct watched *socket = ctx;
    int running;
    if (socket->is_idle) {
        event_del(&socket->event);
        socket->what = 0;
        return;
    }
    curl_multi_socket_action(multi, fd,
                             (what & EV_READ ? CURL_CSELECT_IN : 0) |
                                 (what & EV_WRITE ? CURL_CSELECT_OUT : 0),
                             &running);
    take_messages();
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *assigned)
{
    struct watched *socket = watched[fd];
    (void)easy, (void)ctx, (void)assigned;
    if (what == CURL_POLL_REMOVE) {
        if (socket)
            socket->is_idle = true;
        return 0;
    }
    if (!socket)
        socket = watched[fd] = die_calloc(1, sizeof *socket);
    socket->is_idle = false;
    if (socket->what == what)
        return 0;
    if (socket->what)
        event_del(&socket->event);
    socket->what = what;
    event_assign(&socket->event, limit.base, fd,
                 (short)((what & CURL_POLL_IN ? EV_READ : 0) |
                         (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST),
                 on_socket, socket);
    event_add(&socket->event, NULL);
    return 0;
}

static int close_socket(void *ctx, curl_socket_t fd)
{
    (void)ctx;
    if (watched[fd] && watched[fd]->what)
        event_del(&watched[fd]->event);
    free(watched[fd]);
    watched[fd] = NULL;
    return close(fd);
}

static void on_curl_timer(evutil_socket_t fd, short what, void *ctx)
{
    int running;
    (void)fd, (void)what, (void)ctx;
    curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    take_messages();
}

static int set_timer(CURLM *of, long ms, void *ctx)
{
    struct timeval in = {ms / 1000, ms % 1000 * 1000};
    (void)of, (void)ctx;
    evtimer_del(&curl_timer);
    if (ms == 0)
        event_active(&curl_timer, EV_TIMEOUT, 0);
    else if (ms > 0)
        evtimer_add(&curl_timer, &in);
    return 0;
}

static size_t take_bytes(char *at, size_t size, size_t count, void *ctx)
{
    struct part *part = ctx;
    buf_add(&part->in, at, size * count);
    return size * count;
}

static CURL *easy_new(int source)
{
    CURL *easy = curl_easy_init();
    char url[SPARES_MAX];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/s", limit.mock_port + source);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    return easy;
}

void curl_start(struct part *part)
{
    struct overview *overview = part->overview;
    int *spare = &easy_spare_count[part->source];
    CURL *easy = *spare > 0 ? easy_spares[part->source][--*spare] : easy_new(part->source);

    overview->header = (struct curl_slist){overview->id, &content_type};
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, &overview->header);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, overview->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)overview->body_len);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, part);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, part);
    part->easy = easy;
    curl_multi_add_handle(multi, easy);
}

void curl_cancel(struct part *part)
{
    if (!part->easy)
        return;
    curl_multi_remove_handle(multi, part->easy);
    easy_give(part->easy, part->source);
    part->easy = NULL;
}

void curl_init(void)
{
    curl_global_init(CURL_GLOBAL_ALL);
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 20000L);
    evtimer_assign(&curl_timer, limit.base, on_curl_timer, NULL);
}
