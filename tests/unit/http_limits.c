/* SPDX-License-Identifier: MIT */
/* Slow, numerous and greedy clients: deadlines that progress does not move, limits on connections,
 * descriptors and unsent bytes, and that good clients are served beside them. */
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

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

/* --- numbers ---------------------------------------------------------------------------------- */

static void test_per_address(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct caller *callers[4];
    settings.connections_per_address = 3;
    door_open(&door, &settings, NULL);
    for (int i = 0; i < 4; i++) {
        callers[i] = caller_open(&door, NULL);
        door_turn(&door);
    }
    RUN_UNTIL(&door, callers[3]->ended);
    ok(!callers[0]->ended && !callers[2]->ended, "three connections of one address");
    ok(callers[3]->ended && callers[3]->got.len == 0, "are all it gets");
    is_int((long long)http_server_counters(door.server).refused, 1, "and it is counted");
    caller_close(&callers[0]);
    RUN_UNTIL(&door, http_server_counters(door.server).open == 2);
    struct caller *next = caller_open(&door, NULL);
    caller_ask(next, GET("/next"));
    RUN_UNTIL(&door, caller_has(next, "GET /next "));
    ok(caller_has(next, "GET /next "), "one that leaves makes room");
    is_str(door.last_peer, "127.0.0.1", "a handler sees the address");
    caller_close(&next);
    for (int i = 1; i < 4; i++)
        caller_close(&callers[i]);
    door_close(&door);
}

static void test_connections_max(void)
{
    enum { MAX = 10 };
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct caller *callers[MAX];
    settings.connections_max = MAX;
    door_open(&door, &settings, NULL);
    for (int i = 0; i < MAX; i++) {
        callers[i] = caller_open(&door, NULL);
        caller_ask(callers[i], i == 5 ? GET("/idle") : GET("/keep"));
        RUN_UNTIL(&door, door.asked == i + 1);
    }
    RUN_UNTIL(&door, caller_has(callers[5], "GET /idle "));
    struct caller *eleventh = caller_open(&door, NULL);
    caller_ask(eleventh, GET("/keep"));
    RUN_UNTIL(&door, door.asked == MAX + 1);
    is_int(door.asked, MAX + 1, "when all places are taken, a newcomer is served");
    ok(callers[5]->ended, "in the place of the one that is idle");

    struct caller *twelfth = caller_open(&door, NULL);
    caller_ask(twelfth, GET("/late"));
    for (int i = 0; i < 20; i++)
        door_turn(&door);
    ok(twelfth->got.len == 0 && !twelfth->ended, "when none is idle, the next one waits");
    is_int((long long)http_server_counters(door.server).open, MAX, "and the limit holds");
    caller_close(&callers[0]);
    RUN_UNTIL(&door, caller_has(twelfth, "GET /late "));
    ok(caller_has(twelfth, "GET /late "), "until somebody leaves");
    caller_close(&eleventh);
    caller_close(&twelfth);
    for (int i = 1; i < MAX; i++)
        caller_close(&callers[i]);
    door_close(&door);
}

/* In a process of its own: without descriptors the listener rests instead of spinning, and goes on
 * when there are some again. The exit status is how far it came. */
static int without_descriptors(void)
{
    enum { WAITING = 8 };
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct caller *callers[WAITING];
    door_open(&door, &settings, NULL);
    struct caller *first = caller_open(&door, NULL);
    caller_ask(first, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 1);
    for (int i = 0; i < WAITING; i++) {
        callers[i] = caller_open(&door, NULL);
        caller_ask(callers[i], GET("/keep"));
    }
    int next = dup(0);
    struct rlimit limit = {(rlim_t)next, (rlim_t)next}; /* descriptors below `next` are in use */
    close(next);
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1;

    instant until = instant_after_ms(loop_now(door.loop), 400);
    clock_t before = clock();
    struct timer end = {0};
    timer_start(door.loop, &end, until, door_on_tick, door.loop);
    loop_run(door.loop);
    double busy_s = (double)(clock() - before) / CLOCKS_PER_SEC;
    if (door.asked != 1)
        return 2;
    if (busy_s > 0.2)
        return 3;
    for (int i = 0; i < WAITING; i++) { /* each one that leaves lets another one in */
        caller_close(i == 0 ? &first : &callers[i - 1]);
        RUN_UNTIL(&door, door.asked >= i + 2);
    }
    return door.asked == WAITING + 1 ? 0 : 4;
}

static void test_descriptors(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(without_descriptors());
    int status = -1;
    waitpid(child, &status, 0);
    ok(WIFEXITED(status), "a server without descriptors survives");
    is_int(WEXITSTATUS(status), 0, "rests, and serves those who wait one by one");
}

/* Idle connections give their descriptors to newcomers. */
static int idle_gives_way(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    door_open(&door, &settings, NULL);
    struct caller *idle = caller_open(&door, NULL);
    caller_ask(idle, GET("/idle"));
    RUN_UNTIL(&door, caller_has(idle, "GET /idle "));
    struct caller *newcomer = caller_open(&door, NULL);
    caller_ask(newcomer, GET("/new"));
    int next = dup(0);
    struct rlimit limit = {(rlim_t)next, (rlim_t)next};
    close(next);
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1;
    RUN_UNTIL(&door, caller_has(newcomer, "GET /new "));
    return caller_has(newcomer, "GET /new ") && idle->ended ? 0 : 2;
}

static void test_idle_gives_way(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(idle_gives_way());
    int status = -1;
    waitpid(child, &status, 0);
    ok(WIFEXITED(status) && WEXITSTATUS(status) == 0,
       "without descriptors the longest idle connection gives way");
}

/* --- drain ------------------------------------------------------------------------------------ */

static void test_drain(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct answer answer;
    door_open(&door, &settings, NULL);
    struct caller *idle = caller_open(&door, NULL), *busy = caller_open(&door, NULL);
    struct caller *half = caller_open(&door, NULL);
    caller_ask(idle, GET("/idle"));
    caller_ask(busy, GET("/keep"));
    caller_ask(half, "GET /half HTTP/1.1\r\n");
    RUN_UNTIL(&door, caller_has(idle, "GET /idle ") && door.kept_count == 1);
    http_server_drain(door.server);
    RUN_UNTIL(&door, idle->ended);
    ok(idle->ended && !idle->reset, "a draining server ends idle connections");
    ok(!busy->ended && !http_server_is_idle(door.server), "and waits for requests under way");
    caller_ask(half, "Host: a\r\n\r\n");
    RUN_UNTIL(&door, half->ended);
    ok(caller_replies(half, &answer) == 1 && answer.closes, "also for one that had begun");
    door_reply(door.kept[0].exchange, "done", STR(""));
    RUN_UNTIL(&door, busy->ended);
    ok(caller_replies(busy, &answer) == 1 && answer.closes, "whose replies say that it closes");
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    ok(http_server_is_idle(door.server), "then it is idle");

    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(door.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ok(connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno == ECONNREFUSED,
       "and nobody can connect");
    close(fd);
    caller_close(&idle);
    caller_close(&busy);
    caller_close(&half);
    door_close(&door);
}

static void test_listen(void)
{
    struct http_settings settings = http_settings_standard();
    struct loop *loop = loop_new();
    struct http_server *server = http_server_new(loop, &settings, door_handle, NULL);
    const char *why = NULL;
    uint16_t port, other;
    ok(!http_server_listen(server, "localhost", 0, false, NULL, &port, &why),
       "a name is no address");
    ok(why && strstr(why, "localhost"), "and the operator is told: %s", why);
    ok(http_server_listen(server, "127.0.0.1", 0, false, NULL, &port, &why), "a free port");
    ok(port != 0, "is told");
    ok(!http_server_listen(server, "127.0.0.1", port, false, NULL, &other, &why), "a taken one");
    ok(why && strstr(why, "in use"), "fails: %s", why);
    if (http_server_listen(server, "::1", 0, true, NULL, &port, &why))
        ok(http_server_listen(server, "::1", port, true, NULL, &other, &why) && other == port,
           "workers share a port, also of IPv6");
    else
        skip("no IPv6 here");
    http_server_free(&server);
    loop_free(&loop);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    test_drips();
    test_idle();
    test_owed();
    test_life();
    test_unsent_max();
    test_write_stall();
    test_slow_reader();
    test_per_address();
    test_connections_max();
    test_descriptors();
    test_idle_gives_way();
    test_drain();
    test_listen();
    return done_testing();
}
