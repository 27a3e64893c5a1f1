/* SPDX-License-Identifier: MIT */
/* Slow and greedy clients: deadlines that progress does not move, the limit on unsent bytes, and
 * that good clients are served beside them. */
#include "net/http_internal.h"
#include "tests/door.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"

static struct http_settings quick(void)
{
    struct http_settings settings = http_settings_standard();
    settings.head_ms = settings.body_ms = settings.idle_ms = settings.write_stall_ms = 100;
    return settings;
}

static uint64_t timed_out(const struct door *door)
{
    return http_server_counters(door->server).timed_out;
}

/* --- time ------------------------------------------------------------------------------------- */

/* A byte at each turn of the loop, for as long as it takes: only a total deadline ends that. */
static void drip(const char *name, const char *begin, const char *more, int before)
{
    static struct door door;
    struct http_settings settings = quick();
    struct answer answer = {0};
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    instant patience = instant_after_ms(loop_now(door.loop), DOOR_PATIENCE_MS);
    size_t drops = 0;
    caller_ask(caller, begin);
    while (!caller->ended && loop_now(door.loop) < patience) {
        caller_send(caller, str_make(more + drops % strlen(more), 1));
        drops++;
        door_turn(&door);
    }
    ok(caller->ended, "%s: ended after %zu drops", name, drops);
    ok(caller_replies(caller, &answer) == before + 1 && answer.status == 408 && answer.closes,
       "%s: with 408", name);
    is_int((long long)timed_out(&door), 1, "%s: counted", name);
    is_int(door.asked, before, "%s: never handled", name);
    caller_close(&caller);
    door_close(&door);
}

static void test_drips(void)
{
    drip("a slow request line", "G", "E", 0);
    drip("a slow field", "GET / HTTP/1.1\r\nX: ", "y", 0);
    drip("slow fields", "GET / HTTP/1.1\r\n", "X:y\r\n", 0);
    drip("a slow body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n", "y", 0);
    drip("slow chunks", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
         "1\r\ny\r\n", 0);
    drip("a second request", GET("/first") "G", "E", 1);
}

static void test_idle(void)
{
    static struct door door;
    struct http_settings settings = quick();
    struct answer answer;
    door_open(&door, &settings, NULL);
    struct caller *mute = caller_open(&door, NULL), *once = caller_open(&door, NULL);
    caller_ask(once, GET("/once"));
    RUN_UNTIL(&door, mute->ended && once->ended);
    ok(mute->got.len == 0 && !mute->reset, "a client that never asks is left without a word");
    ok(caller_replies(once, &answer) == 1 && !once->reset, "so is one that has asked its last");
    is_int((long long)timed_out(&door), 0, "that is nobody's fault");
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    caller_close(&mute);
    caller_close(&once);
    door_close(&door);
}

/* The handler's own deadline rules while the reply is owed: the door must not cut in. */
static void test_owed(void)
{
    static struct door door;
    struct http_settings settings = quick();
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL), *idle = caller_open(&door, NULL);
    caller_ask(caller, GET("/keep"));
    RUN_UNTIL(&door, idle->ended); /* every deadline of the door has passed */
    ok(!caller->ended && door.kept[0].gone == 0,
       "a request under way outlives the door's deadlines");
    door_reply(door.kept[0].exchange, "at last", STR(""));
    RUN_UNTIL(&door, caller_has(caller, "at last"));
    RUN_UNTIL(&door, caller->ended);
    caller_close(&caller);
    caller_close(&idle);
    door_close(&door);
}

/* Progress earns a new deadline: who asks again and again is not idle, who reads slowly is not
 * stalled, however long it takes in all. */
static void test_progress(void)
{
    enum { DEADLINE_MS = 1000, WHOLE_MS = 2500, STEP_MS = 50, LARGE = 64 << 20 };
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct buf large;
    settings.idle_ms = settings.write_stall_ms = DEADLINE_MS;
    door_open(&door, &settings, NULL);
    struct caller *asker = caller_open(&door, NULL), *reader = caller_open(&door, NULL);
    event_del(reader->event);
    caller_ask(reader, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 1);
    buf_init(&large, LARGE);
    if (!buf_reserve(&large, LARGE))
        abort();
    buf_commit(&large, LARGE);
    http_reply(door.kept[0].exchange, 200, NULL, 0, &large);
    instant end = instant_after_ms(loop_now(door.loop), WHOLE_MS);
    while (loop_now(door.loop) < end && !asker->ended && !reader->ended) {
        char bytes[4096];
        for (int i = 0; i < 256; i++) /* as much as lets the kernel take some more */
            if (recv(reader->fd, bytes, sizeof bytes, 0) < (ssize_t)sizeof bytes)
                break;
        caller_ask(asker, GET("/again"));
        instant next = instant_after_ms(loop_now(door.loop), STEP_MS);
        RUN_UNTIL(&door, loop_now(door.loop) >= next);
    }
    ok(!asker->ended && !asker->reset, "a client that goes on asking outlives the idle deadline");
    is_int((long long)http_server_counters(door.server).open, 2, "both are there");
    is_int((long long)timed_out(&door), 0, "and one that goes on reading is not stalled");
    is_int(door.kept[0].gone, 0, "nor gone");
    caller_close(&asker);
    caller_close(&reader);
    door_close(&door);
}

/* A refused client that does not hang up is not waited for. */
static void test_linger(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    settings.linger_ms = 100;
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, "nonsense\r\n");
    RUN_UNTIL(&door, caller->ended);
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    ok(caller->ended && http_server_is_idle(door.server), "a refused client is let go");
    caller_close(&caller);
    door_close(&door);
}

/* A connection's life is bounded, but a reply is not cut by it. */
static void test_life(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct answer answer;
    settings.connection_ms = 1; /* below what an operator may set */
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    RUN_UNTIL(&door, caller->ended);
    ok(caller->ended && caller->got.len == 0, "an idle connection ends with its life");
    caller_close(&caller);

    caller = caller_open(&door, NULL);
    caller_ask(caller, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 1);
    for (int i = 0; i < 10; i++)
        door_turn(&door);
    ok(!caller->ended, "a request under way outlives it");
    door_reply(door.kept[0].exchange, "last", STR(""));
    RUN_UNTIL(&door, caller->ended);
    ok(caller_replies(caller, &answer) == 1 && answer.closes, "and its reply closes");
    caller_close(&caller);
    door_close(&door);
}

/* --- greed ------------------------------------------------------------------------------------ */

static void deafen(struct caller *caller)
{
    event_del(caller->event);
}

/* Reads all there is, ends when there is no more. */
static void listen_again(struct door *door, struct caller *caller)
{
    event_add(caller->event, NULL);
    RUN_UNTIL(door, caller->ended);
}

static void test_unsent_max(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    static char piece[4096];
    memset(piece, 'p', sizeof piece);
    settings.unsent_max = 65536;
    door_open(&door, &settings, NULL);
    struct caller *deaf = caller_open(&door, NULL), *good = caller_open(&door, NULL);
    deafen(deaf);
    caller_ask(deaf, GET("/stream"));
    RUN_UNTIL(&door, door.kept_count == 1);
    caller_ask(good, GET("/good"));
    size_t written = 0;
    while (door.kept[0].exchange && written < 1 << 30) {
        http_stream_write(door.kept[0].exchange, str_make(piece, sizeof piece));
        written += sizeof piece;
        if (written % 32768 == 0)
            door_turn(&door);
    }
    RUN_UNTIL(&door, door.kept[0].gone > 0);
    is_int(door.kept[0].gone, 1, "who does not read is closed after %zu bytes", written);
    ok(caller_has(good, "GET /good "), "and others are served meanwhile");
    listen_again(&door, deaf);
    ok(deaf->reset, "it sees a reset, not an end");
    ok(deaf->got.len < written, "and not the whole");
    caller_close(&deaf);
    caller_close(&good);

    /* All in one turn: the ceiling holds before the socket has been tried. */
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, GET("/stream"));
    RUN_UNTIL(&door, door.kept_count == 2);
    struct kept *kept = &door.kept[1];
    for (int i = 0; i < 17; i++)
        http_stream_write(kept->exchange, str_make(piece, sizeof piece));
    is_int(kept->gone, 0, "nobody is called back from inside a write");
    RUN_UNTIL(&door, kept->gone);
    is_int(kept->gone, 1, "but at the end of the turn");
    RUN_UNTIL(&door, caller->ended);
    caller_close(&caller);

    /* Its owner ends or breaks it off before hearing of it: then there is nothing to hear. */
    for (int aborts = 0; aborts < 2; aborts++) {
        caller = caller_open(&door, NULL);
        caller_ask(caller, GET("/stream"));
        RUN_UNTIL(&door, door.kept_count == 3 + aborts);
        kept = &door.kept[2 + aborts];
        for (int i = 0; i < 17; i++)
            http_stream_write(kept->exchange, str_make(piece, sizeof piece));
        if (aborts)
            http_stream_abort(kept->exchange);
        else
            http_stream_end(kept->exchange);
        RUN_UNTIL(&door, caller->ended);
        ok(caller->reset && kept->gone == 0 && !kept->exchange,
           "a stream that is too much and then %s is reset", aborts ? "broken off" : "ended");
        caller_close(&caller);
    }
    door_close(&door);
}

/* A reader that is always behind, but never by unsent_max, may go on for ever: what is sent must
 * leave the buffer, and nothing else with it. */
static void test_always_behind(void)
{
    enum { PIECE = 4096, PIECES = 4000, BEHIND = 400000, UNSENT_MAX = 1 << 20 };
    static struct door door;
    struct http_settings settings = http_settings_standard();
    static char piece[PIECE];
    struct answer answer = {0};
    size_t unbroken = 0, longest = 0, wrong = 0;
    settings.unsent_max = UNSENT_MAX;
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    event_del(caller->event);
    caller_ask(caller, GET("/stream"));
    RUN_UNTIL(&door, door.kept_count == 1);
    int small = 65536; /* or the kernel's own buffer takes megabytes at once */
    setsockopt(door.kept[0].exchange->connection->wire.fd, SOL_SOCKET, SO_SNDBUF, &small,
               sizeof small);
    for (int i = 0; i < PIECES && door.kept[0].exchange; i++) {
        struct http_exchange *exchange = door.kept[0].exchange;
        memset(piece, 'a' + i % 23, sizeof piece);
        http_stream_write(exchange, str_make(piece, sizeof piece));
        unbroken = exchange->out.len > PIECE + 8 ? unbroken + PIECE : 0;
        longest = unbroken > longest ? unbroken : longest;
        ssize_t got = 1;
        while (exchange->out.len - exchange->sent > BEHIND && got > 0) {
            got = recv(caller->fd, piece, sizeof piece, 0);
            buf_add(&caller->got, piece, got > 0 ? (size_t)got : 0);
            door_turn(&door);
        }
    }
    is_int(door.kept[0].gone, 0, "a reader that is always behind is no reason to end");
    ok(longest > 2 * UNSENT_MAX, "%zu bytes go through a buffer of 1 MB that is never empty",
       longest);
    http_stream_end(door.kept[0].exchange);
    event_add(caller->event, NULL);
    RUN_UNTIL(&door, caller_replies(caller, &answer) == 1);
    struct str rest = answer.body;
    for (int i = 0; i < PIECES; i++) {
        memset(piece, 'a' + i % 23, sizeof piece);
        wrong += !str_starts_with(rest, STR("1000\r\n"));
        wrong += !str_starts_with(str_skip(rest, 6), str_make(piece, sizeof piece));
        rest = str_skip(rest, PIECE + 8);
    }
    is_int((long long)wrong, 0, "each piece arrives, once and in its place");
    caller_close(&caller);
    door_close(&door);
}

static void test_write_stall(void)
{
    static struct door door;
    struct http_settings settings = quick();
    struct buf large;
    door_open(&door, &settings, NULL);
    struct caller *deaf = caller_open(&door, NULL);
    deafen(deaf);
    caller_ask(deaf, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 1);
    buf_init(&large, 64 << 20);
    char *at = buf_reserve(&large, 32 << 20);
    memset(at, 'l', 32 << 20);
    buf_commit(&large, 32 << 20);
    http_reply(door.kept[0].exchange, 200, NULL, 0, &large);
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    is_int((long long)timed_out(&door), 1, "a client that takes nothing of its reply is closed");
    listen_again(&door, deaf);
    ok(deaf->reset && deaf->got.len < 32 << 20, "by a reset");
    caller_close(&deaf);
    door_close(&door);
}

/* Takes a little of the reply, again and again. */
struct dripping {
    struct caller *caller;
    struct timer timer;
    size_t taken;
};

static void take_a_drip(void *ctx)
{
    static char bytes[65536];
    struct dripping *dripping = ctx;
    struct loop *loop = dripping->caller->door->loop;
    ssize_t got = recv(dripping->caller->fd, bytes, sizeof bytes, 0);
    dripping->taken += got > 0 ? (size_t)got : 0;
    timer_start(loop, &dripping->timer, instant_after_ms(loop_now(loop), 30), take_a_drip, ctx);
}

static void test_drips_end(void)
{
    static struct door door;
    struct http_settings settings = quick();
    struct buf large;
    settings.connection_ms = 100;
    door_open(&door, &settings, NULL);
    struct dripping dripping = {.caller = caller_open(&door, NULL)};
    deafen(dripping.caller);
    caller_ask(dripping.caller, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 1);
    buf_init(&large, 64 << 20);
    char *at = buf_reserve(&large, 64 << 20);
    memset(at, 'l', 64 << 20);
    buf_commit(&large, 64 << 20);
    http_reply(door.kept[0].exchange, 200, NULL, 0, &large);
    take_a_drip(&dripping);
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    ok(dripping.taken < 64 << 20, "a reply taken in drips ends with its connection's life");
    timer_cancel(door.loop, &dripping.timer);
    caller_close(&dripping.caller);
    door_close(&door);
}

/* Slow is not stalled: each byte taken earns a new deadline. */
static void test_slow_reader(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct buf large;
    struct answer answer;
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    deafen(caller);
    caller_ask(caller, GET("/keep") GET("/after"));
    RUN_UNTIL(&door, door.kept_count == 1);
    buf_init(&large, 16 << 20);
    char *at = buf_reserve(&large, 16 << 20);
    for (size_t i = 0; i < 16 << 20; i++)
        at[i] = (char)('a' + i % 23);
    buf_commit(&large, 16 << 20);
    http_reply(door.kept[0].exchange, 200, NULL, 0, &large);
    int pauses = 0;
    while (!caller_has(caller, "GET /after ") && pauses++ < 100000) {
        caller_take(caller); /* what is there, then a turn for the server alone */
        door_turn(&door);
    }
    is_int(caller_replies(caller, &answer), 2,
           "a large reply arrives whole, the next one behind it");
    struct str rest = buf_str(&caller->got);
    size_t wrong = 0;
    if (answer_take(&rest, false, &answer))
        for (size_t i = 0; i < answer.body.len; i++)
            wrong += answer.body.at[i] != (char)('a' + i % 23);
    is_int((long long)(answer.body.len + wrong), 16 << 20, "every byte at its place");
    caller_close(&caller);
    door_close(&door);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    test_drips();
    test_idle();
    test_owed();
    test_progress();
    test_linger();
    test_life();
    test_unsent_max();
    test_always_behind();
    test_write_stall();
    test_drips_end();
    test_slow_reader();
    return done_testing();
}
