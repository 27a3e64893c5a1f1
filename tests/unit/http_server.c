/* SPDX-License-Identifier: MIT */
/* The server as a whole: limits on connections and descriptors, draining, listening. */
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/door.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"

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

/* Idle connections give their descriptors to newcomers: as many as are needed, the longest idle
 * first. */
static int idle_gives_way(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct caller *idle[2];
    door_open(&door, &settings, NULL);
    for (int i = 0; i < 2; i++) {
        idle[i] = caller_open(&door, NULL);
        caller_ask(idle[i], GET("/idle"));
        RUN_UNTIL(&door, caller_has(idle[i], "GET /idle "));
    }
    struct caller *newcomer = caller_open(&door, NULL);
    caller_ask(newcomer, GET("/new"));
    int next = dup(0);
    struct rlimit limit = {(rlim_t)next, (rlim_t)next};
    close(next);
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1;
    RUN_UNTIL(&door, caller_has(newcomer, "GET /new "));
    if (!caller_has(newcomer, "GET /new ") || !idle[0]->ended)
        return 2;
    caller_ask(idle[1], GET("/still"));
    RUN_UNTIL(&door, caller_has(idle[1], "GET /still ") || idle[1]->ended);
    return caller_has(idle[1], "GET /still ") ? 0 : 3;
}

static void test_idle_gives_way(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(idle_gives_way());
    int status = -1;
    waitpid(child, &status, 0);
    ok(WIFEXITED(status), "a server with idle clients survives as well");
    is_int(WEXITSTATUS(status), 0, "and lets only the longest idle one go");
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
    test_per_address();
    test_connections_max();
    test_descriptors();
    test_idle_gives_way();
    test_drain();
    test_listen();
    return done_testing();
}
