/* SPDX-License-Identifier: MIT */
/* fetch: which connection a question goes over, and where it leads. Knows nothing but the
 * interface. */
#include "tests/fetch_world.h"

/* --- connections ---------------------------------------------------------------------------------
 */

static void serve_ends_second(struct talk *talk)
{
    if (talk_request(talk) && talk_answer(talk, talk->path) && talk_request(talk) &&
        talk->number > 0)
        talk_answer(talk, "second");
}

static void test_reuse(SSL_CTX *tls)
{
    const char *how = tls ? " over TLS" : "";
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_path, NULL, tls);
    struct place place;
    if (tls)
        place_tls(&place, &world, server->port, "ca", NULL);
    else
        place_plain(&place, server->port);
    struct got first = ask_target(&world, &place.target);
    struct got second = ask_target(&world, &place.target);
    ok(!first.reused && second.reused, "a connection is reused%s", how);
    is_int(atomic_load(&server->accepted), 1, "one connection for two%s", how);

    struct got third = {.then = distrust};
    struct fetch_spec spec = spec_of(&world, &place.target);
    begin(&world, &spec, &third);
    loop_run(world.loop);
    struct got fourth = ask_target(&world, &place.target);
    is_status(&fourth, FETCH_OK, "after distrust");
    ok(third.reused && !fourth.reused, "a distrusted connection is not reused%s", how);
    is_int(atomic_load(&server->accepted), 2, "a new one is made%s", how);

    /* The next one begins inside `done`, right behind the distrust. */
    struct got both[2] = {{.then = start_other, .ctx = &place.target}, {0}};
    begin(&world, &spec, &both[0]);
    loop_run(world.loop);
    ok(both[0].reused && both[1].reused, "one started inside done reuses%s", how);

    place.target.no_reuse = true;
    place_identify(&place);
    first = ask_target(&world, &place.target);
    second = ask_target(&world, &place.target);
    is_status(&second, FETCH_OK, "without reuse");
    ok(!first.reused && !second.reused, "no_reuse: a connection each%s", how);
    is_int(atomic_load(&server->accepted), 4, "no_reuse: two more%s", how);
    world_close(&world);
    hostile_stop(server);

    world = world_open();
    server = hostile_start(serve_ends_second, NULL, tls);
    if (tls)
        place_tls(&place, &world, server->port, "ca", NULL);
    else
        place_plain(&place, server->port);
    ask_target(&world, &place.target);
    second = ask_target(&world, &place.target);
    is_status(&second, FETCH_OK, "an idle connection that ends when it is used");
    is_int(atomic_load(&server->accepted), 2, "is replaced%s", how);
    world_close(&world);
    hostile_stop(server);
}

/* A server that gives the first question a second answer, when the test says so. */
struct unsolicited {
    struct loop *loop;
    atomic_bool go;
    pthread_mutex_t lock;
    pthread_cond_t told;
};

static void stop_loop(void *ctx)
{
    loop_stop(ctx);
}

static void serve_unsolicited(struct talk *talk)
{
    struct unsolicited *late = (struct unsolicited *)(uintptr_t)talk->server->ctx;
    if (!talk_request(talk) || !talk_answer(talk, talk->path))
        return;
    if (talk->number == 0) {
        pthread_mutex_lock(&late->lock);
        while (!late->go)
            pthread_cond_wait(&late->told, &late->lock);
        pthread_mutex_unlock(&late->lock);
        talk_answer(talk, "somebody else's");
        loop_post(late->loop, stop_loop, late->loop);
    }
    while (talk_request(talk) && talk_answer(talk, talk->path))
        ;
}

/* The bytes have arrived before the next question is asked, in the same turn of the loop. */
static void test_unsolicited(SSL_CTX *tls)
{
    struct world world = world_open();
    struct unsolicited late = {
        .loop = world.loop, .lock = PTHREAD_MUTEX_INITIALIZER, .told = PTHREAD_COND_INITIALIZER};
    struct hostile *server = hostile_start(serve_unsolicited, &late, tls);
    struct place place;
    if (tls)
        place_tls(&place, &world, server->port, "ca", NULL);
    else
        place_plain(&place, server->port);
    struct fetch_spec spec = spec_of(&world, &place.target);
    spec.path = STR("/first");
    struct got first = ask(&world, &spec);
    is_str(first.body, "/first", "the first answer");
    pthread_mutex_lock(&late.lock);
    late.go = true;
    pthread_cond_signal(&late.told);
    pthread_mutex_unlock(&late.lock);
    loop_run(world.loop); /* until the server has said what nobody asked for */
    spec.path = STR("/second");
    struct got second = ask(&world, &spec);
    is_str(second.body, "/second", "an unsolicited answer is nobody's%s", tls ? " over TLS" : "");
    ok(!second.reused, "its connection is not used again");
    world_close(&world);
    hostile_stop(server);
}

static const char *const doubled[] = {
    OK_HEAD "Content-Length: 1\r\n\r\na" OK_HEAD "Content-Length: 1\r\n\r\nb",
    CHUNKED "1\r\na\r\n0\r\n\r\n" OK_HEAD "Content-Length: 1\r\n\r\nb",
    "HTTP/1.1 204 No Content\r\n\r\n" OK_HEAD "Content-Length: 1\r\n\r\nb",
};

static void serve_doubled(struct talk *talk)
{
    if (talk_request(talk) && talk->number == 0)
        talk_say_text(talk, (const char *)talk->server->ctx);
    else
        talk_answer(talk, "fresh");
    while (talk_request(talk) && talk_answer(talk, "fresh"))
        ;
}

static void test_doubled(void)
{
    for (size_t i = 0; i < sizeof doubled / sizeof *doubled; i++) {
        struct world world = world_open();
        struct hostile *server = hostile_start(serve_doubled, doubled[i], NULL);
        struct place place;
        place_plain(&place, server->port);
        struct got got[2] = {{.then = start_other, .ctx = &place.target}, {0}};
        struct fetch_spec spec = spec_of(&world, &place.target);
        begin(&world, &spec, &got[0]);
        loop_run(world.loop);
        ok(strcmp(got[1].body, "b") != 0, "two answers in one piece: the second is nobody's");
        world_close(&world);
        hostile_stop(server);
    }
}

/* A server that by the number in the path answers, answers in pieces, late or not at all, and ends
 * the connection where it pleases. */
static void serve_chaos(struct talk *talk)
{
    struct pollfd end = {.fd = talk->fd, .events = POLLIN};
    while (talk_request(talk)) {
        unsigned number = (unsigned)strtoul(talk->path + 1, NULL, 10);
        switch (number % 8) {
        case 0: /* without a word */
            return;
        case 1: /* amid the body */
            talk_say_text(talk, OK_HEAD "Content-Length: 100\r\n\r\n/");
            return;
        case 2: /* behind the answer, which did not say so */
            talk_answer(talk, talk->path);
            return;
        case 3: /* late: perhaps nobody waits any more */
            poll(&end, 1, 3);
            talk_answer(talk, talk->path);
            break;
        case 4: /* in pieces */
            talk_say_text(talk, OK_HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\n/\r\n");
            poll(&end, 1, 1);
            char chunk[64];
            snprintf(chunk, sizeof chunk, "%zx\r\n%s\r\n0\r\n\r\n", strlen(talk->path + 1),
                     talk->path + 1);
            talk_say_text(talk, chunk);
            break;
        default:
            talk_answer(talk, talk->path);
        }
    }
}

struct chaos {
    const struct fetch_target *target;
    uint32_t random;
    int started;
};

static uint32_t random_next(struct chaos *chaos)
{
    chaos->random = chaos->random * 1664525u + 1013904223u;
    return chaos->random >> 8;
}

enum { LIVES = 4000, AT_ONCE = 60 };
static struct got lives[LIVES];
static char life_paths[LIVES][16];

static void chaos_start(struct world *world, struct chaos *chaos);

/* Starts others, cancels others, distrusts. */
static void chaos_then(struct got *got)
{
    struct chaos *chaos = got->ctx;
    if (random_next(chaos) % 16 == 0)
        fetch_distrust(got->world->pool);
    struct got *victim = &lives[random_next(chaos) % LIVES];
    if (random_next(chaos) % 8 == 0 && victim->slot) {
        fetch_cancel(&victim->slot);
        victim->calls = -1; /* a call after this would show */
        got->world->pending--;
    }
    while (chaos->started < LIVES && got->world->pending <= AT_ONCE)
        chaos_start(got->world, chaos);
}

static void chaos_start(struct world *world, struct chaos *chaos)
{
    int number = chaos->started++;
    struct fetch_spec spec = spec_of(world, chaos->target);
    snprintf(life_paths[number], sizeof life_paths[number], "/%d", number);
    spec.path = str_of(life_paths[number]);
    if (random_next(chaos) % 4 == 0)
        spec.done_by = loop_now(world->loop) + random_next(chaos) % 4000;
    if (random_next(chaos) % 4 == 0)
        spec.silence_ms = 1;
    lives[number].then = chaos_then;
    lives[number].ctx = chaos;
    begin(world, &spec, &lives[number]);
}

/* Whatever happens: told once or cancelled, and never another's answer. */
static void test_chaos(SSL_CTX *tls)
{
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_chaos, NULL, tls);
    struct place place;
    if (tls)
        place_tls(&place, &world, server->port, "ca", NULL);
    else
        place_plain(&place, server->port);
    memset(lives, 0, sizeof lives);
    place.target.connections_max = AT_ONCE / 2;
    struct chaos chaos = {.target = &place.target, .random = 2};
    while (world.pending < AT_ONCE)
        chaos_start(&world, &chaos);
    loop_run(world.loop);
    int untold = 0, answered = 0, mixed = 0, wrong = 0, cancelled = 0;
    for (int i = 0; i < LIVES; i++) {
        const struct got *got = &lives[i];
        bool is_answer = got->calls == 1 && got->status == FETCH_OK;
        untold += got->calls != 1 && got->calls != -1;
        cancelled += got->calls == -1;
        wrong += got->was_wrong;
        answered += is_answer;
        mixed += is_answer && strcmp(got->body, life_paths[i]) != 0;
    }
    printf("# %d answered, %d cancelled, %d connections\n", answered, cancelled,
           atomic_load(&server->accepted));
    is_int(untold, 0, "chaos: each of %d is told once or was cancelled", LIVES);
    is_int(mixed, 0, "chaos: none has another's answer");
    is_int(wrong, 0, "chaos: none is told out of turn");
    ok(answered > LIVES / 4 && cancelled > 0, "chaos: some of everything");
    world_close(&world);
    hostile_stop(server);
}

static void serve_until_end(struct talk *talk)
{
    struct loop *loop = (struct loop *)(uintptr_t)talk->server->ctx;
    while (talk_request(talk) && talk_answer(talk, talk->path))
        ;
    if (talk->number < 2)
        loop_post(loop, stop_loop, loop);
}

static void test_keep(void)
{
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_until_end, world.loop, NULL);
    struct place place;
    place_plain(&place, server->port);
    ask_target(&world, &place.target);
    fetch_pool_keep(world.pool, &place.target.identity, 1);
    struct got got = ask_target(&world, &place.target);
    ok(got.reused, "a kept target keeps its connection");
    fetch_pool_keep(world.pool, NULL, 0);
    loop_run(world.loop); /* until the server has seen the end */
    got = ask_target(&world, &place.target);
    ok(got.status == FETCH_OK && !got.reused, "a forgotten one has been closed");
    struct got running = {0};
    struct fetch_spec spec = spec_of(&world, &place.target);
    begin(&world, &spec, &running);
    fetch_pool_keep(world.pool, NULL, 0);
    loop_run(world.loop);
    is_status(&running, FETCH_OK, "one under way ends before its target is forgotten");
    loop_run(world.loop); /* until the server has seen the end */
    struct got again[2] = {{0}};
    begin(&world, &spec, &again[0]);
    fetch_pool_keep(world.pool, NULL, 0);
    begin(&world, &spec, &again[1]);
    loop_run(world.loop);
    got = ask_target(&world, &place.target);
    ok(got.reused, "a target forgotten and asked again is known");
    world_close(&world);
    hostile_stop(server);
}

/* More connections than are to be kept: the next ones used close, down to the ceiling. */
static void test_full(void)
{
    struct world world = world_open();
    fetch_pool_free(&world.pool);
    world.pool = fetch_pool_new(world.loop, &(struct fetch_pool_settings){
                                                .connections_max = 1,
                                                .connection_idle_s = 30,
                                                .connection_life_s = 300,
                                                .header_bytes_max = 4096,
                                                .header_lines_max = 20,
                                            });
    struct hostile *one = hostile_start(serve_path, NULL, NULL);
    struct hostile *two = hostile_start(serve_path, NULL, NULL);
    struct place a, b;
    place_plain(&a, one->port);
    place_plain(&b, two->port);
    ask_target(&world, &a.target);
    ask_target(&world, &b.target);
    struct got got = ask_target(&world, &a.target);
    ok(got.reused, "one more than the ceiling: still reused");
    got = ask_target(&world, &b.target);
    ok(got.reused, "the other stays");
    got = ask_target(&world, &a.target);
    ok(got.status == FETCH_OK && !got.reused, "the first had been closed");
    world_close(&world);
    hostile_stop(one);
    hostile_stop(two);
}

/* Says that it ends the connection, and then does not. */
static void serve_close(struct talk *talk)
{
    while (talk_request(talk) && talk_say_text(talk, "HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\n"
                                                     "Content-Length: 1\r\n\r\na"))
        ;
}

static void test_announced_end(void)
{
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_close, NULL, NULL);
    struct place place;
    place_plain(&place, server->port);
    ask_target(&world, &place.target);
    struct got got = ask_target(&world, &place.target);
    ok(got.status == FETCH_OK && !got.reused, "a connection that is to close is not used again");
    world_close(&world);
    hostile_stop(server);
}

static void tell_address(void *ctx)
{
    struct got *got = ctx;
    fetch_pool_resolve(got->world->pool, str_of(got->content_type));
}

/* What nobody has looked up yet is waited for. */
static void test_late_address(void)
{
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_path, NULL, NULL);
    struct place place;
    place_plain(&place, server->port);
    snprintf(place.url, sizeof place.url, "http://later.example:%u", server->port);
    place.target.url = str_of(place.url);
    place_identify(&place);
    struct fetch_spec spec = spec_of(&world, &place.target), hasty = spec;
    hasty.connected_by = instant_after_ms(loop_now(world.loop), SHORT_MS);
    struct got got = ask(&world, &hasty);
    is_status(&got, FETCH_CONNECT_LATE, "an address that never comes");

    struct timer timer = {0};
    got = (struct got){0};
    begin(&world, &spec, &got);
    snprintf(got.content_type, sizeof got.content_type, "later.example:%u:127.0.0.1", server->port);
    timer_start(world.loop, &timer, instant_after_ms(loop_now(world.loop), SHORT_MS), tell_address,
                &got);
    loop_run(world.loop);
    is_status(&got, FETCH_OK, "an address that comes later");
    world_close(&world);
    hostile_stop(server);
}

/* A listener that takes nobody: what comes to its port is not even refused. */
static int blackhole_open(uint16_t port, int *stuffed, size_t count)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.2", &address.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 0) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        stuffed[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        connect(stuffed[i], (struct sockaddr *)&address, sizeof address);
    }
    return fd;
}

static void test_silent_address(void)
{
    enum { STUFFED = 8 };
    int stuffed[STUFFED];
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_path, NULL, NULL);
    int fd = blackhole_open(server->port, stuffed, STUFFED);
    struct place place;
    char resolve[96];
    place_plain(&place, server->port);
    snprintf(place.url, sizeof place.url, "http://two.example:%u", server->port);
    place.target.url = str_of(place.url);
    place_identify(&place);
    snprintf(resolve, sizeof resolve, "two.example:%u:127.0.0.2,127.0.0.1", server->port);
    fetch_pool_resolve(world.pool, str_of(resolve));
    struct got got = ask_target(&world, &place.target);
    ok(fd >= 0, "an address that does not answer at all");
    is_status(&got, FETCH_OK, "does not keep us from the next");
    world_close(&world);
    hostile_stop(server);
    for (size_t i = 0; i < STUFFED; i++)
        close(stuffed[i]);
    close(fd);
}

static void test_identity(void)
{
    struct fetch_target a = {.url = STR("https://a"), .ca_file = STR("b")}, b = a;
    b.connections_max = 9;
    ok(fetch_target_identity(&a) == fetch_target_identity(&b), "a ceiling is not identity");
    const struct fetch_target others[] = {
        {.url = STR("https://ab"), .ca_file = STR("")},
        {.url = STR("https://a"), .ca_file = STR("c")},
        {.url = STR("https://a"), .ca_file = STR("b"), .cert_file = STR("c")},
        {.url = STR("https://a"), .ca_file = STR("b"), .cert_file = STR("")},
        {.url = STR("https://a"), .ca_file = STR("b"), .key_file = STR("c")},
        {.url = STR("https://a"), .ca_file = STR("b"), .crl_file = STR("c")},
        {.url = STR("https://a"), .ca_file = STR("b"), .addresses = STR("c")},
        {.url = STR("https://a"), .ca_file = STR("b"), .public_exceptions = STR("c")},
        {.url = STR("https://a"), .ca_file = STR("b"), .is_public_only = true},
        {.url = STR("https://a"), .ca_file = STR("b"), .insecure = true},
        {.url = STR("https://a"), .ca_file = STR("b"), .no_reuse = true},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bool differs = fetch_target_identity(&a) != fetch_target_identity(&others[i]);
        for (size_t k = 0; k < i; k++)
            differs &= fetch_target_identity(&others[k]) != fetch_target_identity(&others[i]);
        ok(differs, "identity %zu is its own", i);
    }
}

/* --- where ---------------------------------------------------------------------------------------
 */

static void test_addresses(void)
{
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_path, NULL, NULL);
    static const struct {
        const char *url, *resolve, *addresses;
        bool insecure;
        enum fetch_status want;
    } rows[] = {
        {"http://127.0.0.1:%u", NULL, NULL, true, FETCH_OK},
        {"http://127.0.0.1:%u", NULL, NULL, false, FETCH_PROTOCOL},
        {"http://127.0.0.1:%u", NULL, "127.0.0.0/8,::1/128", true, FETCH_OK},
        {"http://127.0.0.1:%u", NULL, "10.0.0.0/8", true, FETCH_ADDRESS},
        {"http://127.0.0.1:%u", NULL, "127.0.0.2", true, FETCH_ADDRESS},
        {"http://127.0.0.1:%u", NULL, "", true, FETCH_ADDRESS},
        {"http://127.0.0.1:%u", NULL, "127.0.0.0/33", true, FETCH_ADDRESS},
        {"http://127.1:%u", NULL, "127.0.0.1", true, FETCH_OK},
        {"http://127.1:%u", NULL, "10.0.0.0/8", true, FETCH_ADDRESS},
        {"http://[::ffff:127.0.0.1]:%u", NULL, "10.0.0.0/8", true, FETCH_ADDRESS},
        {"http://0.0.0.0:%u", NULL, NULL, true, FETCH_ADDRESS},
        {"http://192.0.2.1:%u", NULL, NULL, true, FETCH_ADDRESS},
        {"https://192.0.2.1:%u", NULL, "10.0.0.0/8", false, FETCH_ADDRESS},
        {"http://name.example:%u", "name.example:%u:127.0.0.1", "127.0.0.1", true, FETCH_OK},
        {"http://name.example:%u", "name.example:%u:192.0.2.1", NULL, true, FETCH_ADDRESS},
        {"http://name.example:%u", "name.example:%u:192.0.2.1,127.0.0.1", NULL, true, FETCH_OK},
        {"http://anna@127.0.0.1:%u", NULL, NULL, true, FETCH_PROTOCOL},
        {"file:///etc/passwd", NULL, NULL, true, FETCH_PROTOCOL},
        {"ftp://127.0.0.1:%u", NULL, NULL, true, FETCH_PROTOCOL},
        {"not a url", NULL, NULL, true, FETCH_PROTOCOL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char url[128], resolve[128];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(url, sizeof url, rows[i].url, server->port);
        snprintf(resolve, sizeof resolve, rows[i].resolve ? rows[i].resolve : "", server->port);
#pragma GCC diagnostic pop
        struct fetch_target target = {
            .url = str_of(url),
            .addresses = str_of(rows[i].addresses),
            .insecure = rows[i].insecure,
        };
        target.identity = fetch_target_identity(&target);
        if (rows[i].resolve)
            fetch_pool_resolve(world.pool, str_of(resolve));
        struct got got = ask_target(&world, &target);
        char name[256];
        snprintf(name, sizeof name, "%s %s among %s", rows[i].url,
                 rows[i].resolve ? rows[i].resolve : "",
                 rows[i].addresses ? rows[i].addresses : "any");
        is_status(&got, rows[i].want, name);
    }

    /* New addresses serve the target that is known already. */
    struct place place;
    place_plain(&place, server->port);
    snprintf(place.url, sizeof place.url, "http://moved.example:%u", server->port);
    place.target.url = str_of(place.url);
    place_identify(&place);
    char nowhere[64], here[64];
    snprintf(nowhere, sizeof nowhere, "moved.example:%u:192.0.2.1", server->port);
    snprintf(here, sizeof here, "moved.example:%u:127.0.0.1", server->port);
    fetch_pool_resolve(world.pool, str_of(nowhere));
    struct got got = ask_target(&world, &place.target);
    is_status(&got, FETCH_ADDRESS, "before the move");
    fetch_pool_resolve(world.pool, str_of(here));
    got = ask_target(&world, &place.target);
    is_status(&got, FETCH_OK, "after the move");
    world_close(&world);

    uint16_t port = server->port;
    hostile_stop(server);
    world = world_open();
    place_plain(&place, port);
    got = ask_target(&world, &place.target);
    is_status(&got, FETCH_UNREACHABLE, "a port where nobody listens");
    world_close(&world);
}

/* A target that must be on the open internet: each spelling of a place that is not. */
static void test_public_only(void)
{
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_path, NULL, NULL);
    static const struct {
        const char *url, *resolve, *exceptions;
        enum fetch_status want;
    } rows[] = {
        {"http://127.0.0.1:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://127.1:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://0x7f000001:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://2130706433:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://017700000001:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://localhost:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://LOCALHOST:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://[::1]:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://[::ffff:127.0.0.1]:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://[::ffff:7f00:1]:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://0.0.0.0:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://169.254.169.254:%u", NULL, NULL, FETCH_ADDRESS},
        {"http://in.example:%u", "in.example:%u:127.0.0.1", NULL, FETCH_ADDRESS},
        {"http://meta.example:%u", "meta.example:%u:169.254.169.254", NULL, FETCH_ADDRESS},
        {"http://six.example:%u", "six.example:%u:[::ffff:127.0.0.1]", NULL, FETCH_ADDRESS},
        {"http://both.example:%u", "both.example:%u:[fd00:ec2::254],10.0.0.1", NULL, FETCH_ADDRESS},
        {"http://127.0.0.1:%u", NULL, "10.0.0.0/8", FETCH_ADDRESS},
        {"http://127.0.0.1:%u", NULL, "nonsense", FETCH_ADDRESS},
        {"http://127.0.0.1:%u", NULL, "127.0.0.0/8", FETCH_OK},
        {"http://in.example:%u", NULL, "127.0.0.0/8", FETCH_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char url[128], resolve[128], name[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(url, sizeof url, rows[i].url, server->port);
        snprintf(resolve, sizeof resolve, rows[i].resolve ? rows[i].resolve : "", server->port);
#pragma GCC diagnostic pop
        struct fetch_target target = {.url = str_of(url),
                                      .is_public_only = true,
                                      .public_exceptions = str_of(rows[i].exceptions),
                                      .insecure = true};
        target.identity = fetch_target_identity(&target);
        if (rows[i].resolve)
            fetch_pool_resolve(world.pool, str_of(resolve));
        struct got got = ask_target(&world, &target);
        snprintf(name, sizeof name, "public only: %s but for %s", rows[i].url,
                 rows[i].exceptions ? rows[i].exceptions : "none");
        is_status(&got, rows[i].want, name);
    }
    world_close(&world);
    hostile_stop(server);
}

int main(void)
{
    run_begin();
    test_identity();
    test_addresses();
    test_public_only();
    test_reuse(NULL);
    test_unsolicited(NULL);
    test_doubled();
    test_chaos(NULL);
    test_keep();
    test_full();
    test_announced_end();
    test_late_address();
    test_silent_address();
    SSL_CTX *tls = server_tls("good", false);
    test_reuse(tls);
    test_unsolicited(tls);
    test_chaos(tls);
    SSL_CTX_free(tls);
    return run_end();
}
