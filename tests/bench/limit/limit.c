/* SPDX-License-Identifier: MIT */
/* limit raw|curl PORT MOCK_PORT SOURCES TIMEOUT_MS PUBLIC_KEY cached|uncached */
#include "tests/bench/limit/limit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 * 1024 * 1024 };

struct limit limit;
static struct overview *spares;

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000;
}

static void part_start(struct part *part)
{
    if (limit.by_curl)
        curl_start(part);
    else
        raw_start(part);
}

static void part_cancel(struct part *part)
{
    if (limit.by_curl)
        curl_cancel(part);
    else
        raw_cancel(part);
}

static void finish(struct overview *overview)
{
    static const char *const states[] = {"pending", "ok", "timeout", "error"};

    event_del(&overview->deadline);
    buf_add_str(&overview->out, STR("],\"sources\":["));
    for (int i = 0; i < limit.sources; i++)
        buf_format(&overview->out, "%s{\"id\":\"s%d\",\"status\":\"%s\",\"elapsedMs\":%llu}",
                   i > 0 ? "," : "", i, states[overview->parts[i].state],
                   (unsigned long long)(overview->parts[i].ended_us - overview->began_us) / 1000);
    buf_add_str(&overview->out, STR("]}"));
    if (overview->client)
        client_answer(overview->client, &overview->out);
    overview->next = spares;
    spares = overview;
}

void part_end(struct part *part, enum state state)
{
    struct overview *overview = part->overview;
    size_t mark = overview->out.len, items = overview->items;

    part->ended_us = now_us();
    part->state = state;
    if (state == OK &&
        !splice(buf_str(&part->in), part->source, &overview->out, &overview->items)) {
        overview->out.len = mark;
        overview->items = items;
        part->state = FAILED;
    }
    if (--overview->pending == 0)
        finish(overview);
}

static void on_deadline(evutil_socket_t fd, short what, void *ctx)
{
    struct overview *overview = ctx;
    (void)fd, (void)what;
    overview->pending++; /* so that it does not end under our hands */
    for (int i = 0; i < limit.sources; i++)
        if (overview->parts[i].state == PENDING) {
            part_cancel(&overview->parts[i]);
            part_end(&overview->parts[i], LATE);
        }
    if (--overview->pending == 0)
        finish(overview);
}

static struct overview *overview_new(void)
{
    size_t size = sizeof(struct overview) + (size_t)limit.sources * sizeof(struct part);
    struct overview *overview = die_calloc(1, size);

    evtimer_assign(&overview->deadline, limit.base, on_deadline, overview);
    buf_init(&overview->out, ANSWER_MAX);
    for (int i = 0; i < limit.sources; i++) {
        overview->parts[i] = (struct part){.overview = overview, .source = i};
        buf_init(&overview->parts[i].in, ANSWER_MAX);
    }
    return overview;
}

struct overview *overview_start(struct client *client, const char cpr[CPR_BYTES])
{
    static unsigned long ids;
    struct overview *overview = spares;

    if (overview)
        spares = overview->next;
    else
        overview = overview_new();
    overview->client = client;
    overview->began_us = now_us();
    memcpy(overview->cpr, cpr, CPR_BYTES);
    overview->body_len = (size_t)snprintf(
        overview->body, sizeof overview->body,
        "{\"CPR-nr\":\"%.10s\",\"myndighedsliste\":[],\"sidestoerrelse\":100}", cpr);
    snprintf(overview->id, sizeof overview->id, "X-Request-Id: %036lu", ++ids);
    overview->pending = limit.sources;
    overview->items = 0;
    buf_reset(&overview->out);
    buf_add_str(&overview->out, STR("{\"items\":["));
    evtimer_add(&overview->deadline, &limit.timeout);
    for (int i = 0; i < limit.sources; i++) {
        overview->parts[i].state = PENDING;
        buf_reset(&overview->parts[i].in);
    }
    for (int i = 0; i < limit.sources; i++)
        part_start(&overview->parts[i]);
    return overview;
}

static void on_end(int signal)
{
    (void)signal;
    _exit(0);
}

int main(int argc, char **argv)
{
    struct event_config *config = event_config_new();

    if (argc != 8)
        die("usage: limit raw|curl PORT MOCK_PORT SOURCES TIMEOUT_MS PUBLIC_KEY cached|uncached");
    limit.by_curl = strcmp(argv[1], "curl") == 0;
    limit.port = (uint16_t)atoi(argv[2]);
    limit.mock_port = (uint16_t)atoi(argv[3]);
    limit.sources = atoi(argv[4]);
    limit.timeout = (struct timeval){atoi(argv[5]) / 1000, atoi(argv[5]) % 1000 * 1000};
    limit.is_cached = strcmp(argv[7], "cached") == 0;
    if (limit.sources < 1 || limit.sources > SOURCES_MAX)
        die("limit: 1 to %d sources", SOURCES_MAX);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, on_end);
    token_init(argv[6]);
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    limit.base = event_base_new_with_config(config);
    curl_init();
    clients_listen();
    return event_base_dispatch(limit.base);
}
