/* SPDX-License-Identifier: MIT */
/* fetch against servers that do everything wrong. Like fetch_connections.c it knows nothing but the
 * interface, so that another implementation of it can be held to the same. Each test of a deadline
 * has one that is short; all others are a minute away, so that a slow machine changes nothing. */
#include "tests/fetch_world.h"

/* --- answers, right and wrong --------------------------------------------------------------------
 */

enum after { CLOSE, KEEP, HOLD, RESET, REPEAT };

struct answer_case {
    const char *name;
    const char *answer; /* said once the question has been read */
    enum after after;   /* REPEAT: says `more` until the other end goes */
    const char *more;
    enum fetch_status want;
    int http_status;
    const char *body;
    size_t answer_len; /* when it holds a NUL */
};

static void serve_case(struct talk *talk)
{
    const struct answer_case *c = talk->server->ctx;
    while (talk_request(talk)) {
        talk_say(talk, c->answer, c->answer_len ? c->answer_len : strlen(c->answer));
        if (c->after == HOLD)
            talk_hold(talk);
        if (c->after == RESET)
            talk_reset(talk);
        while (c->after == REPEAT && talk_say_text(talk, c->more))
            ;
        if (c->after != KEEP)
            return;
    }
}

#define LEN5 "Content-Length: 5\r\n"
#define FIVE OK_HEAD LEN5 "\r\nhello"

static const struct answer_case answers[] = {
    {"a plain answer", FIVE, KEEP, 0, FETCH_OK, 200, "hello", 0},
    {"an empty body", OK_HEAD "Content-Length: 0\r\n\r\n", KEEP, 0, FETCH_OK, 200, "", 0},
    {"204", "HTTP/1.1 204 No Content\r\n\r\n", KEEP, 0, FETCH_OK, 204, "", 0},
    {"500 with HTML", "HTTP/1.1 500 Oh\r\nContent-Length: 3\r\n\r\n<p>", KEEP, 0, FETCH_OK, 500,
     "<p>", 0},
    {"chunks", CHUNKED "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", KEEP, 0, FETCH_OK, 200, "hello", 0},
    {"trailers say nothing", CHUNKED "1\r\na\r\n0\r\nContent-Length: 9\r\nX: y\r\n\r\n", KEEP, 0,
     FETCH_OK, 200, "a", 0},
    {"HTTP/1.0", "HTTP/1.0 200 OK\r\n" LEN5 "\r\nhello", CLOSE, 0, FETCH_OK, 200, "hello", 0},
    {"an unhappy answer until the end", "HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\nhello",
     CLOSE, 0, FETCH_OK, 503, "", 0},
    {"data until the end", "HTTP/1.0 200 OK\r\n\r\nhello", CLOSE, 0, FETCH_PROTOCOL, 200, "", 0},
    {"an interim answer first", "HTTP/1.1 103 Early\r\nLink: </>\r\nContent-Length: 9\r\n\r\n" FIVE,
     KEEP, 0, FETCH_OK, 200, "hello", 0},
    {"a redirect is not followed",
     "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", KEEP, 0, FETCH_OK, 302,
     "", 0},

    {"closed without a word", "", CLOSE, 0, FETCH_UNREACHABLE, 0, "", 0},
    {"reset without a word", "", RESET, 0, FETCH_UNREACHABLE, 0, "", 0},
    {"a body cut short", OK_HEAD "Content-Length: 100\r\n\r\nhello", CLOSE, 0, FETCH_CUT, 200, "",
     0},
    {"a head cut short", OK_HEAD "Content-Le", CLOSE, 0, FETCH_CUT, 200, "", 0},
    {"a chunk cut short", CHUNKED "10\r\nhello", CLOSE, 0, FETCH_CUT, 200, "", 0},
    {"no last chunk", CHUNKED "5\r\nhello\r\n", CLOSE, 0, FETCH_CUT, 200, "", 0},
    {"a chunk that is no chunk", CHUNKED "zz\r\nhello\r\n0\r\n\r\n", HOLD, 0, FETCH_PROTOCOL, 200,
     "", 0},

    {"a body announced too large", OK_HEAD "Content-Length: 2000000000\r\n\r\nhello", HOLD, 0,
     FETCH_TOO_LARGE, 200, "", 0},
    {"an endless body", "HTTP/1.0 400 Bad\r\n\r\n", REPEAT, "more and more and more ",
     FETCH_TOO_LARGE, 400, "", 0},
    {"endless chunks", CHUNKED, REPEAT, "4\r\nmore\r\n", FETCH_TOO_LARGE, 200, "", 0},
    {"endless header lines", OK_HEAD, REPEAT, "X-More: more\r\n", FETCH_TOO_LARGE, 200, "", 0},
    {"an endless header line", OK_HEAD "X-More: ", REPEAT, "more and more and more",
     FETCH_TOO_LARGE, 200, "", 0},
    {"endless interim answers", "", REPEAT, "HTTP/1.1 103 Early\r\n\r\n", FETCH_TOO_LARGE, 103, "",
     0},
    {"endless trailers", CHUNKED "1\r\na\r\n0\r\n", REPEAT, "X: more\r\n", FETCH_TOO_LARGE, 200, "",
     0},

    {"two Content-Lengths", OK_HEAD LEN5 LEN5 "\r\nhello", HOLD, 0, FETCH_PROTOCOL, 200, "", 0},
    {"two that differ", OK_HEAD LEN5 "Content-Length: 4\r\n\r\nhello", HOLD, 0, FETCH_PROTOCOL, 200,
     "", 0},
    {"a list as Content-Length", OK_HEAD "Content-Length: 5, 5\r\n\r\nhello", HOLD, 0,
     FETCH_PROTOCOL, 200, "", 0},
    {"a negative Content-Length", OK_HEAD "Content-Length: -5\r\n\r\nhello", HOLD, 0,
     FETCH_PROTOCOL, 200, "", 0},
    {"Content-Length and chunked",
     OK_HEAD LEN5 "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", HOLD, 0,
     FETCH_PROTOCOL, 200, "", 0},
    {"chunked and Content-Length",
     OK_HEAD "Transfer-Encoding: chunked\r\n" LEN5 "\r\n5\r\nhello\r\n0\r\n\r\n", HOLD, 0,
     FETCH_PROTOCOL, 200, "", 0},
    {"chunked twice", OK_HEAD "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", HOLD, 0,
     FETCH_PROTOCOL, 200, "", 0},
    {"gzip", OK_HEAD "Content-Encoding: gzip\r\n" LEN5 "\r\nhello", HOLD, 0, FETCH_PROTOCOL, 200,
     "", 0},
    {"a NUL in a header line", OK_HEAD "X-A: a\0b\r\n" LEN5 "\r\nhello", HOLD, 0, FETCH_PROTOCOL,
     200, "", sizeof(OK_HEAD "X-A: a\0b\r\n" LEN5 "\r\nhello") - 1},
    {"a folded line", OK_HEAD "X-A: a\r\n b\r\n" LEN5 "\r\nhello", HOLD, 0, FETCH_PROTOCOL, 200, "",
     0},
    {"space before the colon", OK_HEAD "Content-Length : 5\r\n\r\nhello", HOLD, 0, FETCH_PROTOCOL,
     200, "", 0},
    {"a line without a colon", OK_HEAD "hello\r\n" LEN5 "\r\nhello", HOLD, 0, FETCH_PROTOCOL, 200,
     "", 0},
    {"bare line feeds", "HTTP/1.1 200 OK\n" LEN5 "\r\nhello", HOLD, 0, FETCH_PROTOCOL, 0, "", 0},
    {"a status of four digits", "HTTP/1.1 2000 OK\r\n" LEN5 "\r\nhello", HOLD, 0, FETCH_PROTOCOL, 0,
     "", 0},
    {"a status that is none", "HTTP/1.1 abc OK\r\n" LEN5 "\r\nhello", CLOSE, 0, FETCH_PROTOCOL, 0,
     "", 0},
    {"another protocol",
     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", HOLD, 0,
     FETCH_PROTOCOL, 0, "", 0},
    {"HTTP/3 in clear", "HTTP/3 200\r\n" LEN5 "\r\nhello", HOLD, 0, FETCH_PROTOCOL, 0, "", 0},
    {"no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n", CLOSE, 0, FETCH_PROTOCOL, 0, "", 0},
    {"HTTP/0.9", "<html>hello</html>", CLOSE, 0, FETCH_PROTOCOL, 0, "", 0},
};

static void test_answers(bool with_tls)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const struct answer_case *c = &answers[i];
        char name[128];
        snprintf(name, sizeof name, "%s%s", c->name, with_tls ? " over TLS" : "");
        SSL_CTX *tls = with_tls ? server_tls("good", false) : NULL;
        struct world world = world_open();
        struct hostile *server = hostile_start(serve_case, c, tls);
        struct place place;
        if (with_tls)
            place_tls(&place, &world, server->port, "ca", NULL);
        else
            place_plain(&place, server->port);
        struct got got = ask_target(&world, &place.target);
        is_status(&got, c->want, name);
        is_str(got.body, c->body, "%s: its body", name);
        is_int(got.http_status, c->http_status, "%s: its status", name);
        if (c->want == FETCH_OK)
            is_int(atomic_load(&server->requests), 1, "%s: asked once", name);
        world_close(&world);
        hostile_stop(server);
        SSL_CTX_free(tls);
    }
}

/* Fields that are handed on. */
static void test_fields(void)
{
    static const struct {
        const char *name, *fields, *type, *id;
        unsigned retry_after_s;
    } rows[] = {
        {"none", "", "", "", 0},
        {"all",
         "content-type: text/xml; charset=utf-8\r\nX-REQUEST-ID:  abc \r\nRetry-After: 7\r\n",
         "text/xml; charset=utf-8", "abc", 7},
        {"twice the id", "X-Request-Id: a\r\nX-Request-Id: b\r\n", "", "", 0},
        {"a wait without end", "Retry-After: 99999999999999999999\r\n", "", "", 86400},
        {"a date past", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", "", "", 0},
        {"a date far ahead", "Retry-After: Fri, 31 Dec 2999 23:59:59 GMT\r\n", "", "", 86400},
        {"no date", "Retry-After: Fri, 31 Foo 2999 23:59:59 GMT\r\n", "", "", 0},
        {"negative", "Retry-After: -1\r\n", "", "", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char answer[512];
        snprintf(answer, sizeof answer, "HTTP/1.1 503 Busy\r\n%sContent-Length: 2\r\n\r\n{}",
                 rows[i].fields);
        struct answer_case c = {.answer = answer, .after = KEEP};
        struct world world = world_open();
        struct hostile *server = hostile_start(serve_case, &c, NULL);
        struct place place;
        place_plain(&place, server->port);
        struct got got = ask_target(&world, &place.target);
        is_int(got.http_status, 503, "fields, %s: status", rows[i].name);
        is_str(got.content_type, rows[i].type, "fields, %s: content type", rows[i].name);
        is_str(got.request_id, rows[i].id, "fields, %s: request id", rows[i].name);
        is_int(got.retry_after_s, rows[i].retry_after_s, "fields, %s: wait", rows[i].name);
        world_close(&world);
        hostile_stop(server);
    }
}

/* --- the question --------------------------------------------------------------------------------
 */

static void serve_echo(struct talk *talk)
{
    while (talk_request(talk) && talk_answer(talk, talk->request))
        ;
}

static void test_question(void)
{
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_echo, NULL, NULL);
    struct place place;
    place_plain(&place, server->port);
    struct str headers[] = {STR("Content-Type: application/json"), STR("X-Request-Id: r1")};
    struct fetch_spec spec = spec_of(&world, &place.target);
    spec.path = STR("/a/../b?c=d");
    spec.headers = headers;
    spec.header_count = 2;
    spec.body = STR("{\"who\":1}");
    struct got got = ask(&world, &spec);
    char want[512];
    snprintf(want, sizeof want,
             "POST /a/../b?c=d HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: */*\r\n"
             "Content-Type: application/json\r\nX-Request-Id: r1\r\nContent-Length: 9\r\n\r\n"
             "{\"who\":1}",
             server->port);
    is_str(got.body, want, "a POST says what it was given, and no more than it must");

    spec = spec_of(&world, &place.target);
    got = ask(&world, &spec);
    snprintf(want, sizeof want, "GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAccept: */*\r\n\r\n",
             server->port);
    is_str(got.body, want, "a GET after it, over the same handle, has nothing of it");
    ok(got.reused, "and the same connection");

    spec.body = STR("");
    got = ask(&world, &spec);
    ok(strstr(got.body, "POST / ") && strstr(got.body, "Content-Length: 0\r\n"),
       "an empty body is a POST");

    static const struct str unsayable[] = {STR_INIT("X: a\r\nY: b"), STR_INIT("X: a\nb"),
                                           STR_INIT("X: \0"), STR_INIT(": x")};
    for (size_t i = 0; i < sizeof unsayable / sizeof *unsayable; i++) {
        spec = spec_of(&world, &place.target);
        spec.headers = &unsayable[i];
        spec.header_count = 1;
        got = ask(&world, &spec);
        is_status(&got, FETCH_PROTOCOL, "a header line that would be two");
    }
    static const struct str paths[] = {STR_INIT("/a b"), STR_INIT("/a\r\nX: y"), STR_INIT("a"),
                                       STR_INIT("")};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        spec = spec_of(&world, &place.target);
        spec.path = paths[i];
        got = ask(&world, &spec);
        is_status(&got, FETCH_PROTOCOL, "a path that would end the line");
    }
    is_int(atomic_load(&server->requests), 3, "none of those was said");
    world_close(&world);
    hostile_stop(server);
}

/* --- parts ---------------------------------------------------------------------------------------
 */

static char told[BODY_MAX + 1];
static int parts;
static struct got *cancelled; /* by the first part */

static void on_part(void *ctx, int http_status, struct str part)
{
    struct got *got = ctx;
    got->was_wrong |=
        got->world->is_starting || http_status != 200 || part.len == 0 || got->calls > 0;
    parts++;
    strncat(told, part.at, part.len);
    if (got == cancelled) {
        fetch_cancel(&got->slot);
        loop_stop(got->world->loop);
    }
}

/* A half, and when the other end has been quiet for a while the rest. */
static void serve_halves(struct talk *talk)
{
    struct pollfd end = {.fd = talk->fd, .events = POLLIN};
    while (talk_request(talk) && talk_say_text(talk, OK_HEAD "Content-Length: 6\r\n\r\nabc")) {
        poll(&end, 1, 20);
        if (!talk_say_text(talk, "def"))
            return;
    }
}

static void serve_cut(struct talk *talk)
{
    if (talk_request(talk))
        talk_say_text(talk, OK_HEAD "Content-Length: 100\r\n\r\nhel");
}

static struct got ask_in_parts(struct world *world, talk_fn *serve, const char *want)
{
    struct hostile *server = hostile_start(serve, NULL, NULL);
    struct place place;
    place_plain(&place, server->port);
    struct fetch_spec spec = spec_of(world, &place.target);
    spec.part = on_part;
    told[0] = '\0';
    parts = 0;
    struct got got = ask(world, &spec);
    is_str(told, want, "what was told");
    ok(!got.was_wrong, "parts come later than start and before done");
    hostile_stop(server);
    return got;
}

static void test_parts(void)
{
    struct world world = world_open();
    struct got got = ask_in_parts(&world, serve_halves, "abcdef");
    is_str(got.body, "abcdef", "and then the whole");
    is_int(parts, 2, "each as it came");
    got = ask_in_parts(&world, serve_cut, "hel");
    is_status(&got, FETCH_CUT, "what was told may be cut");
    is_str(got.body, "", "and is no answer");

    struct hostile *server = hostile_start(serve_halves, NULL, NULL);
    struct place place;
    place_plain(&place, server->port);
    struct fetch_spec spec = spec_of(&world, &place.target);
    spec.part = on_part;
    struct got gone = {0};
    cancelled = &gone;
    parts = 0;
    begin(&world, &spec, &gone);
    loop_run(world.loop);
    cancelled = NULL;
    is_int(parts, 1, "nothing is told after a cancel");
    is_int(gone.calls, 0, "and it never ends");
    world.pending = 0;
    hostile_stop(server);

    server = hostile_start(serve_echo, NULL, NULL);
    place_plain(&place, server->port);
    spec = spec_of(&world, &place.target);
    spec.is_delete = true;
    got = ask(&world, &spec);
    ok(strncmp(got.body, "DELETE / HTTP/1.1\r\n", 19) == 0, "a DELETE");
    ok(!strstr(got.body, "Content-Length"), "has no body");
    world_close(&world);
    hostile_stop(server);
}

/* --- deadlines -----------------------------------------------------------------------------------
 */

static void serve_silence(struct talk *talk)
{
    talk_hold(talk);
}

static void serve_half(struct talk *talk)
{
    if (talk_request(talk) && talk_say_text(talk, OK_HEAD "Content-Length: 100\r\n\r\nhel"))
        talk_hold(talk);
}

/* A byte whenever the other end has been quiet for 5 ms, for ever. */
static void serve_drip(struct talk *talk)
{
    struct pollfd end = {.fd = talk->fd, .events = POLLIN};
    if (!talk_request(talk) || !talk_say_text(talk, OK_HEAD "Content-Length: 4000\r\n\r\n"))
        return;
    while (poll(&end, 1, 5) == 0 && talk_say_text(talk, "x"))
        ;
}

static void test_deadlines(void)
{
    enum which { CONNECTED, FIRST_BYTE, ALL, SILENCE };
    static const struct {
        const char *name;
        talk_fn *serve;
        bool over_tls;
        enum which which; /* is short */
        enum fetch_status want;
        bool began;
    } rows[] = {
        {"no answer to the handshake", serve_silence, true, CONNECTED, FETCH_CONNECT_LATE, false},
        {"no answer to the handshake, in all", serve_silence, true, ALL, FETCH_LATE, false},
        {"no first byte", serve_silence, false, FIRST_BYTE, FETCH_FIRST_BYTE_LATE, false},
        {"no answer", serve_silence, false, ALL, FETCH_LATE, false},
        {"silence amid the body", serve_half, false, SILENCE, FETCH_SILENT, true},
        {"half a body", serve_half, false, ALL, FETCH_LATE, true},
        {"a drip", serve_drip, false, ALL, FETCH_LATE, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world = world_open();
        struct hostile *server = hostile_start(rows[i].serve, NULL, NULL);
        struct place place;
        if (rows[i].over_tls) /* the server never speaks TLS */
            place_tls(&place, &world, server->port, "ca", NULL);
        else
            place_plain(&place, server->port);
        struct fetch_spec spec = spec_of(&world, &place.target);
        /* A drip has begun long before, even on a slow machine. */
        int ms = rows[i].began ? 10 * SHORT_MS : SHORT_MS;
        instant soon = instant_after_ms(loop_now(world.loop), ms);
        *(rows[i].which == CONNECTED    ? &spec.connected_by
          : rows[i].which == FIRST_BYTE ? &spec.first_byte_by
          : rows[i].which == ALL        ? &spec.done_by
                                        : &(instant){0}) = soon;
        if (rows[i].which == SILENCE)
            spec.silence_ms = SHORT_MS;
        struct got got = ask(&world, &spec);
        is_status(&got, rows[i].want, rows[i].name);
        ok(rows[i].which == SILENCE || loop_now(world.loop) >= soon, "%s: not early", rows[i].name);
        is_int(got.began, rows[i].began, "%s: whether a byte came", rows[i].name);
        world_close(&world);
        hostile_stop(server);
    }

    struct world world = world_open();
    struct hostile *server = hostile_start(serve_path, NULL, NULL);
    struct place place;
    place_plain(&place, server->port);
    struct fetch_spec spec = spec_of(&world, &place.target);
    spec.done_by = loop_now(world.loop) - 1;
    struct got got = ask(&world, &spec);
    is_status(&got, FETCH_LATE, "a deadline in the past");
    ok(!got.was_wrong && got.calls == 1, "is told later, once");
    is_int(atomic_load(&server->accepted), 0, "and costs no connection");
    world_close(&world);
    hostile_stop(server);
}

/* --- the four promises ---------------------------------------------------------------------------
 */

static void cancel_other(struct got *got)
{
    struct got *other = got->ctx;
    if (!other->slot)
        return;
    fetch_cancel(&other->slot);
    got->world->pending--;
}

static void test_promises(void)
{
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_path, NULL, NULL);
    struct hostile *silent = hostile_start(serve_silence, NULL, NULL);
    struct place place, quiet;
    place_plain(&place, server->port);
    place_plain(&quiet, silent->port);
    struct fetch_spec spec = spec_of(&world, &place.target), past = spec;
    past.done_by = loop_now(world.loop) - 1;

    struct got got[2] = {{.then = cancel_other, .ctx = &got[1]},
                         {.then = cancel_other, .ctx = got}};
    begin(&world, &past, &got[0]);
    begin(&world, &past, &got[1]);
    ok(got[0].calls + got[1].calls == 0 && got[0].slot && got[1].slot,
       "nothing is told inside start");
    loop_run(world.loop);
    is_int(got[0].calls + got[1].calls, 1, "the first that ended cancels the second");
    ok(!got[0].slot && !got[1].slot, "both slots are empty");

    struct fetch_spec slow = spec_of(&world, &quiet.target);
    memset(got, 0, sizeof got);
    got[0].then = cancel_other;
    got[0].ctx = &got[1];
    begin(&world, &slow, &got[1]);
    begin(&world, &spec, &got[0]);
    loop_run(world.loop);
    ok(got[0].calls == 1 && got[1].calls == 0, "one that ended cancels one that runs");

    memset(got, 0, sizeof got);
    got[0].then = start_other;
    got[0].ctx = &place.target;
    begin(&world, &spec, &got[0]);
    loop_run(world.loop);
    ok(got[0].calls == 1 && got[1].calls == 1, "one that ended starts another");
    is_status(&got[1], FETCH_OK, "which ends well");
    ok(!got[0].was_wrong && !got[1].was_wrong, "never from inside start, never nested");

    struct fetch *empty = NULL;
    fetch_cancel(&empty);
    ok(!empty, "cancelling an empty slot is no-op");

    memset(got, 0, sizeof got);
    begin(&world, &spec, &got[0]);
    fetch_cancel(&got[0].slot);
    world.pending--;
    struct got after = ask(&world, &spec);
    ok(got[0].calls == 0 && !got[0].slot && after.calls == 1, "cancelled before it ran");

    world_close(&world);
    hostile_stop(server);
    hostile_stop(silent);
}

/* One whose `done` starts the next, for ever, leaves room for everything else. */
static void start_again(struct got *got)
{
    bool *is_enough = got->ctx;
    struct fetch_target nowhere = {.url = STR("https://localhost")};
    struct fetch_spec past = spec_of(got->world, &nowhere);
    past.done_by = 0;
    if (!*is_enough)
        begin(got->world, &past, got);
}

static void on_enough(void *ctx)
{
    *(bool *)ctx = true;
}

static void test_turns(void)
{
    struct world world = world_open();
    bool is_enough = false;
    struct timer timer = {0};
    struct got got = {.world = &world, .then = start_again, .ctx = &is_enough};
    timer_start(world.loop, &timer, instant_after_ms(loop_now(world.loop), SHORT_MS), on_enough,
                &is_enough);
    start_again(&got);
    loop_run(world.loop);
    ok(is_enough && got.calls > 1, "a chain of fetches that fail at once lets timers ring");
    world_close(&world);
}

/* --- many ----------------------------------------------------------------------------------------
 */

static void test_many(void)
{
    enum { MANY = 1000, CONNECTIONS = 40 };
    static struct got got[MANY];
    static char paths[MANY][16];
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_path, NULL, NULL);
    struct place place;
    place_plain(&place, server->port);
    place.target.connections_max = CONNECTIONS;
    for (int i = 0; i < MANY; i++) {
        struct fetch_spec spec = spec_of(&world, &place.target);
        snprintf(paths[i], sizeof paths[i], "/%d", i);
        spec.path = str_of(paths[i]);
        begin(&world, &spec, &got[i]);
    }
    loop_run(world.loop);
    int right = 0, wrong = 0;
    for (int i = 0; i < MANY; i++) {
        right += got[i].calls == 1 && got[i].status == FETCH_OK && !strcmp(got[i].body, paths[i]);
        wrong += got[i].was_wrong;
    }
    is_int(right, MANY, "1,000 at once, each gets its own answer, once");
    is_int(wrong, 0, "and none is told out of turn");
    ok(atomic_load(&server->accepted) <= CONNECTIONS, "over at most so many connections");
    world_close(&world);
    hostile_stop(server);

    world = world_open();
    server = hostile_start(serve_silence, NULL, NULL);
    place_plain(&place, server->port);
    place.target.connections_max = CONNECTIONS;
    memset(got, 0, sizeof got);
    struct fetch_spec spec = spec_of(&world, &place.target);
    for (int i = 0; i < 100; i++)
        begin(&world, &spec, &got[i]);
    spec.connected_by = loop_now(world.loop) - 1; /* in line when its time is up */
    begin(&world, &spec, &got[100]);
    world.pending = 1;
    loop_run(world.loop);
    is_status(&got[100], FETCH_CONNECT_LATE, "the deadlines of one in line run");
    int calls = 0;
    for (int i = 0; i < 100; i++)
        fetch_cancel(&got[i].slot);
    struct fetch_spec past = spec_of(&world, &place.target);
    past.done_by = 0;
    ask(&world, &past); /* some more turns of the loop */
    for (int i = 0; i < 100; i++)
        calls += got[i].calls;
    is_int(calls, 0, "all cancelled: not a word");
    world_close(&world);
    hostile_stop(server);
}

int main(void)
{
    run_begin();
    test_answers(false);
    test_answers(true);
    test_fields();
    test_question();
    test_parts();
    test_deadlines();
    test_promises();
    test_turns();
    test_many();
    return run_end();
}
