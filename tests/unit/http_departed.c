/* SPDX-License-Identifier: MIT */
/* Clients that leave while their reply is owed: in every way of leaving, the owner is told exactly
 * once and at once, and nothing is owed any more. */
#include "net/http_internal.h"
#include "tests/door.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"

enum leaving { BY_CLOSE, BY_RESET, BY_HALF_CLOSE, LEAVINGS };
static const char *const ways[] = {"closes", "resets", "closes its half"};

static void leave(struct caller **caller, enum leaving how)
{
    if (how == BY_CLOSE)
        caller_close(caller);
    else if (how == BY_RESET)
        caller_reset(caller);
    else
        shutdown((*caller)->fd, SHUT_WR);
}

static void is_gone_once(struct door *door, const char *when, enum leaving how)
{
    struct kept *kept = &door->kept[0];
    RUN_UNTIL(door, kept->gone > 0);
    RUN_UNTIL(door, http_server_is_idle(door->server));
    is_int(kept->gone, 1, "%s, the client %s: told once", when, ways[how]);
    ok(!kept->exchange, "and the slot is clear");
    is_int((long long)http_server_counters(door->server).departed, 1, "and it is counted");
}

static void test_while_kept(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    for (int how = 0; how < LEAVINGS; how++) {
        door_open(&door, &settings, NULL);
        struct caller *caller = caller_open(&door, NULL);
        caller_ask(caller, GET("/keep"));
        RUN_UNTIL(&door, door.kept_count == 1);
        door_turn(&door);
        is_int(door.kept[0].gone, 0, "a client that waits has not left");
        leave(&caller, (enum leaving)how);
        is_gone_once(&door, "while its reply is owed", (enum leaving)how);
        if (caller)
            caller_close(&caller);
        door_close(&door);
    }
}

/* The request and the end of the connection reach the server in one event. */
static void test_with_request(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    for (int how = 0; how < LEAVINGS; how++) {
        door_open(&door, &settings, NULL);
        struct caller *caller = caller_open(&door, NULL);
        RUN_UNTIL(&door, http_server_counters(door.server).open == 1);
        caller_ask(caller, GET("/keep"));
        leave(&caller, (enum leaving)how);
        RUN_UNTIL(&door, http_server_is_idle(door.server));
        is_int(door.kept[0].gone, door.kept_count, "together with its request, the client %s: %s",
               ways[how], door.kept_count ? "told once" : "never asked");
        if (caller)
            caller_close(&caller);
        door_close(&door);
    }
}

/* The same when the reply needs no waiting: nothing may be left of the connection. */
static void test_with_answered_request(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    settings.idle_ms = 10 * DOOR_PATIENCE_MS;
    door_open(&door, &settings, NULL);
    for (int how = 0; how < LEAVINGS; how++) {
        struct caller *caller = caller_open(&door, NULL);
        RUN_UNTIL(&door, http_server_counters(door.server).open == 1);
        caller_ask(caller, GET("/now"));
        leave(&caller, (enum leaving)how);
        RUN_UNTIL(&door, http_server_is_idle(door.server));
        ok(http_server_is_idle(door.server), "a client asks, %s, and is gone", ways[how]);
        if (caller)
            caller_close(&caller);
    }
    door_close(&door);
}

/* With its buffer full of pipelined bytes the server does not read, and must notice all the same.
 * (Behind more than the kernel's own buffers hold, no FIN arrives for anybody to notice.) */
static void test_behind_full_buffer(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    static char flood[30000];
    memset(flood, 'x', sizeof flood);
    for (int how = 0; how < LEAVINGS; how++) {
        door_open(&door, &settings, NULL);
        struct caller *caller = caller_open(&door, NULL);
        caller_ask(caller, GET("/keep"));
        RUN_UNTIL(&door, door.kept_count == 1);
        is_int((long long)caller_send(caller, str_make(flood, sizeof flood)), sizeof flood,
               "more than a buffer is sent behind a request that is owed its reply");
        door_turn(&door);
        is_int(door.kept[0].gone, 0, "whose client is there");
        leave(&caller, (enum leaving)how);
        is_gone_once(&door, "behind a full buffer", (enum leaving)how);
        if (caller)
            caller_close(&caller);
        door_close(&door);
    }
}

/* As much as the kernel takes: the server keeps one buffer of it, and sees a reset even so. */
static void test_flood(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    static char flood[1 << 20];
    memset(flood, 'x', sizeof flood);
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 1);
    size_t sent = 0, more;
    do {
        sent += more = caller_send(caller, str_make(flood, sizeof flood));
        door_turn(&door);
    } while (more > 0);
    ok(sent > 200000, "%zu bytes flood a request that is owed its reply", sent);
    ok(door.kept[0].exchange && door.kept[0].exchange->in.cap <= 8192,
       "and the server holds one small buffer of them");
    caller_reset(&caller);
    is_gone_once(&door, "in a flood", BY_RESET);
    door_close(&door);
}

static void test_while_streaming(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    for (int how = 0; how < LEAVINGS; how++) {
        door_open(&door, &settings, NULL);
        struct caller *caller = caller_open(&door, NULL);
        caller_ask(caller, GET("/stream"));
        RUN_UNTIL(&door, door.kept_count == 1);
        http_stream_write(door.kept[0].exchange, STR("first"));
        RUN_UNTIL(&door, caller_has(caller, "first"));
        leave(&caller, (enum leaving)how);
        is_gone_once(&door, "in a stream", (enum leaving)how);
        if (caller)
            caller_close(&caller);
        door_close(&door);
    }
}

/* A reply that is all handed over is nobody's any more, whatever becomes of its client. */
static void test_after_reply(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    for (int how = 0; how < LEAVINGS; how++) {
        door_open(&door, &settings, NULL);
        struct caller *caller = caller_open(&door, NULL);
        caller_ask(caller, GET("/keep"));
        RUN_UNTIL(&door, door.kept_count == 1);
        door_reply(door.kept[0].exchange, "late", STR(""));
        leave(&caller, (enum leaving)how);
        RUN_UNTIL(&door, http_server_is_idle(door.server));
        is_int(door.kept[0].gone, 0, "after the reply, the client %s: nobody is told", ways[how]);
        if (caller)
            caller_close(&caller);
        door_close(&door);
    }
}

static void test_partial_requests(void)
{
    static const char *const parts[] = {
        "",
        "G",
        "GET / HTTP/1.1\r\nHost: a\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello",
    };
    static struct door door;
    struct http_settings settings = http_settings_standard();
    door_open(&door, &settings, NULL);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (int how = 0; how < LEAVINGS; how++) {
            struct caller *caller = caller_open(&door, NULL);
            if (*parts[i])
                caller_ask(caller, parts[i]);
            door_turn(&door);
            leave(&caller, (enum leaving)how);
            RUN_UNTIL(&door, http_server_is_idle(door.server));
            ok(http_server_is_idle(door.server), "the client %s after %zu bytes", ways[how],
               strlen(parts[i]));
            ok(!caller || caller->got.len == 0, "and hears nothing more");
            if (caller)
                caller_close(&caller);
        }
    is_int(door.asked, 0, "a request without its end is never handled");
    door_close(&door);
}

/* Whoever hears that a client has left may do everything but free the server. */
struct chain {
    struct door *door;
    struct http_exchange *own, *other;
};

static void on_gone_reply_other(void *ctx)
{
    struct chain *chain = ctx;
    if (chain->other)
        door_reply(chain->other, "because another left", STR(""));
    http_server_drain(chain->door->server);
}

static void chain_handle(void *ctx, const struct http_request *request,
                         struct http_exchange *exchange)
{
    struct chain *chain = ctx;
    bool is_own = str_equal(request->head->path, STR("/own"));
    http_keep(exchange, is_own ? &chain->own : &chain->other, on_gone_reply_other, chain);
}

static void test_on_gone_acts(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct chain chain = {.door = &door};
    const char *why;
    door = (struct door){.loop = loop_new()};
    door.server = http_server_new(door.loop, &settings, chain_handle, &chain);
    ok(http_server_listen(door.server, "127.0.0.1", 0, false, NULL, &door.port, &why), "listening");
    struct caller *own = caller_open(&door, NULL), *other = caller_open(&door, NULL);
    caller_ask(own, GET("/own"));
    caller_ask(other, GET("/other"));
    RUN_UNTIL(&door, chain.own && chain.other);
    caller_close(&own);
    RUN_UNTIL(&door, other->ended);
    ok(caller_has(other, "because another left"), "another reply is given from inside on_gone");
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    ok(http_server_is_idle(door.server), "and the server drained");
    caller_close(&other);
    door_close(&door);
}

static void test_server_freed(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct caller *callers[5];
    door_open(&door, &settings, NULL);
    for (int i = 0; i < 5; i++) {
        callers[i] = caller_open(&door, NULL);
        caller_ask(callers[i], i % 2 ? GET("/stream") : GET("/keep"));
    }
    RUN_UNTIL(&door, door.kept_count == 5);
    http_server_free(&door.server);
    ok(!door.server, "the server is freed");
    for (int i = 0; i < 5; i++)
        is_int(door.kept[i].gone, 1, "the owner of request %d is told", i);
    RUN_UNTIL(&door, callers[0]->ended && callers[4]->ended);
    for (int i = 0; i < 5; i++)
        caller_close(&callers[i]);
    door_close(&door);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    test_while_kept();
    test_with_request();
    test_with_answered_request();
    test_behind_full_buffer();
    test_flood();
    test_while_streaming();
    test_after_reply();
    test_partial_requests();
    test_on_gone_acts();
    test_server_freed();
    return done_testing();
}
