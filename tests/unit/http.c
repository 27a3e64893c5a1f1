/* SPDX-License-Identifier: MIT */
/* The door over real sockets: what is refused, what is answered, in which order, and that nothing
 * behind a broken request is ever taken for another one. */
#include "tests/door.h"
#include "tests/http_cases.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"

static bool has_field(const struct answer *reply, const char *line)
{
    return str_find(reply->head, str_of(line)) < reply->head.len;
}

/* --- refusals --------------------------------------------------------------------------------- */

/* Each malformed request with a good one right behind it: one answer, then the end. */
static void test_malformed(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    settings.linger_ms = 10 * DOOR_PATIENCE_MS; /* so that only a FIN can end what is waited for */
    door_open(&door, &settings, NULL);
    for (size_t i = 0; i < MALFORMED; i++) {
        const struct malformed *bad = &malformed[i];
        struct caller *caller = caller_open(&door, NULL);
        struct answer reply = {0};
        char stream[1024];
        memcpy(stream, bad->bytes.at, bad->bytes.len);
        memcpy(stream + bad->bytes.len, STR(GET("/after")).at, STR(GET("/after")).len);
        caller_send(caller, str_make(stream, bad->bytes.len + STR(GET("/after")).len));
        RUN_UNTIL(&door, caller->ended);
        struct str rest = buf_str(&caller->got);
        bool to_head = str_starts_with(bad->bytes, STR("HEAD "));
        bool alone = answer_take(&rest, to_head, &reply) && rest.len == 0;
        ok(alone && reply.status == bad->status && reply.closes && !caller->reset,
           "%s: %d, once, and the end", bad->name, bad->status);
        if (!alone || reply.status != bad->status)
            printf("# %.*s\n", STR_ARG(buf_str(&caller->got)));
        caller_close(&caller);
    }
    is_int(door.asked, 0, "no handler has seen any of them, nor what followed");
    is_int((long long)http_server_counters(door.server).malformed, MALFORMED, "all are counted");
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    ok(http_server_is_idle(door.server), "no connection is left");
    door_close(&door);
}

static void test_refusal_words(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct answer reply = {0};
    door_open(&door, &settings, NULL);

    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, "GET /6101709995?a HTTP/1.1\r\nHost: a\r\nAccept-Language: en\r\n\r\n");
    RUN_UNTIL(&door, caller->ended);
    is_int(caller_replies(caller, &reply), 1, "a personal number in a target is refused");
    is_int(reply.status, 400, "with 400");
    ok(has_field(&reply, "\r\nContent-Type: application/problem+json\r\n"), "as a problem");
    ok(has_field(&reply, "\r\nContent-Language: en\r\n"), "in the client's language");
    ok(has_field(&reply, "\r\nDate: "), "with a date");
    ok(caller_has(caller, "/problems/personal-number-in-url\""), "that says what");
    ok(!caller_has(caller, "6101709995"), "without the number");
    is_int(door.asked, 0, "and no handler sees it");
    caller_close(&caller);

    caller = caller_open(&door, NULL);
    caller_ask(caller, "HEAD / HTTP/1.1\r\nX\r\n\r\n");
    RUN_UNTIL(&door, caller->ended);
    struct str rest = buf_str(&caller->got);
    ok(answer_take(&rest, true, &reply) && rest.len == 0 && reply.status == 400,
       "a refused HEAD gets no body");
    caller_close(&caller);

    /* Much more than the socket's buffers behind a refusal: the answer must survive it. */
    caller = caller_open(&door, NULL);
    caller_ask(caller, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n");
    static char junk[65536];
    size_t sent = 0;
    for (int i = 0; i < 40; i++) {
        sent += caller_send(caller, str_make(junk, sizeof junk));
        door_turn(&door);
    }
    RUN_UNTIL(&door, caller->ended);
    ok(sent > 1000000, "%zu bytes follow a refused head", sent);
    ok(caller_replies(caller, &reply) == 1 && reply.status == 413, "its answer arrives whole");
    caller_close(&caller);
    door_close(&door);
}

/* A field that outgrows its limit in large pieces, none of which ends a line. */
static void test_long_field(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct answer answer = {0};
    static char piece[4096];
    memset(piece, 'y', sizeof piece);
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    for (int i = 0; i < 20 && !caller->ended; i++) {
        caller_send(caller, str_make(piece, sizeof piece));
        door_turn(&door);
    }
    RUN_UNTIL(&door, caller->ended);
    ok(caller_replies(caller, &answer) == 1 && answer.status == 431, "a field without end is 431");
    caller_close(&caller);
    door_close(&door);
}

/* --- order ------------------------------------------------------------------------------------ */

static void test_pipelining(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, GET("/1") GET("/keep/2") "POST /3 HTTP/1.1\r\nHost: a\r\n"
                                                "Content-Length: 5\r\n\r\nhello" GET("/stream/4")
                                                    GET("/5"));
    RUN_UNTIL(&door, door.kept_count == 1);
    door_turn(&door);
    is_int(door.asked, 2, "no request is handled while the one before it is owed a reply");
    ok(caller_has(caller, "GET /1 ") && !caller_has(caller, "hello"), "the first is answered");
    door_reply(door.kept[0].exchange, "late ", STR("2"));
    ok(!door.kept[0].exchange, "a whole reply clears the slot");
    RUN_UNTIL(&door, door.kept_count == 2);
    http_stream_write(door.kept[1].exchange, STR("some"));
    door_turn(&door);
    http_stream_write(door.kept[1].exchange, STR(""));
    http_stream_write(door.kept[1].exchange, STR(" more"));
    http_stream_end(door.kept[1].exchange);
    ok(!door.kept[1].exchange, "the end of a stream clears the slot");
    RUN_UNTIL(&door, caller_has(caller, "GET /5 "));

    struct str rest = buf_str(&caller->got);
    static const char *const bodies[] = {"GET /1 ", "late 2", "POST /3 hello",
                                         "4\r\nsome\r\n5\r\n more\r\n0\r\n\r\n", "GET /5 "};
    for (int i = 0; i < 5; i++) {
        struct answer reply = {0};
        ok(answer_take(&rest, false, &reply), "reply %d", i + 1);
        is_bytes(reply.body.at, reply.body.len, bodies[i], strlen(bodies[i]), "its body");
        is_int(reply.closes, false, "the connection goes on");
    }
    is_int((long long)rest.len, 0, "and nothing else");
    is_int(door.kept[0].gone + door.kept[1].gone, 0, "nobody was told that the client left");
    caller_close(&caller);
    door_close(&door);
}

/* More in one read than a connection may do in one turn. */
static void test_many_pipelined(void)
{
    enum { MANY = 200 };
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct answer answer = {0};
    struct buf requests;
    char text[64];
    int wrong = 0;
    door_open(&door, &settings, NULL);
    buf_init(&requests, 1 << 20);
    for (int i = 0; i < MANY; i++)
        buf_format(&requests, "GET /%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
    struct caller *caller = caller_open(&door, NULL);
    caller_send(caller, buf_str(&requests));
    RUN_UNTIL(&door, caller_replies(caller, &answer) == MANY);
    struct str rest = buf_str(&caller->got);
    for (int i = 0; i < MANY && answer_take(&rest, false, &answer); i++) {
        snprintf(text, sizeof text, "GET /%d ", i);
        wrong += !str_equal(answer.body, str_of(text));
    }
    is_int(door.asked, MANY, "%d requests at once are all handled", MANY);
    is_int(wrong, 0, "and answered in order");
    buf_clear(&requests);
    caller_close(&caller);
    door_close(&door);
}

/* More at once than exchanges are kept for later. */
static void test_many_callers(void)
{
    enum { MANY = 300 };
    static struct door door;
    struct http_settings settings = http_settings_standard();
    static struct caller *callers[MANY];
    int answered = 0;
    door_open(&door, &settings, NULL);
    for (int i = 0; i < MANY; i++) {
        callers[i] = caller_open(&door, NULL);
        caller_ask(callers[i], GET("/keep"));
        if (i % 50 == 0)
            door_turn(&door);
    }
    RUN_UNTIL(&door, door.kept_count == MANY);
    for (int i = 0; i < MANY; i++)
        door_reply(door.kept[i].exchange, "kept", STR(""));
    for (int i = 0; i < MANY; i++) {
        RUN_UNTIL(&door, caller_has(callers[i], "kept"));
        answered += caller_has(callers[i], "kept");
        caller_close(&callers[i]);
    }
    is_int(answered, MANY, "%d clients at once are all answered", MANY);
    door_close(&door);
}

static void test_byte_by_byte(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    static const char text[] =
        "\r\nPOST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5;x\r\nhello\r\n6\r\n world\r\n0\r\nX: y\r\n\r\n"
        "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" GET("/c");
    struct answer reply = {0};
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    for (size_t i = 0; i < sizeof text - 1; i++) {
        caller_send(caller, str_make(text + i, 1));
        door_turn(&door);
    }
    RUN_UNTIL(&door, caller_has(caller, "GET /c "));
    is_int(caller_replies(caller, &reply), 3, "three requests a byte at a time get three replies");
    ok(caller_has(caller, "POST /a hello world") && caller_has(caller, "POST /b abc"),
       "with their bodies");
    caller_close(&caller);
    door_close(&door);
}

/* Bodies beyond the first buffer make it move: the head must not be left behind. */
static void test_large_bodies(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    static char body[65536];
    memset(body, 'b', sizeof body);
    door_open(&door, &settings, NULL);
    for (int chunked = 0; chunked < 2; chunked++) {
        struct caller *caller = caller_open(&door, NULL);
        caller_ask(caller, GET("/before"));
        caller_ask(caller, chunked ? "POST /large HTTP/1.1\r\nHost: a\r\n"
                                     "Transfer-Encoding: chunked\r\n\r\n"
                                   : "POST /large HTTP/1.1\r\nHost: a\r\n"
                                     "Content-Length: 65536\r\n\r\n");
        for (size_t sent = 0; sent < sizeof body;) {
            size_t some = sizeof body - sent < 1111 ? sizeof body - sent : 1111;
            char size[16];
            snprintf(size, sizeof size, "%zx\r\n", some);
            if (chunked)
                caller_ask(caller, size);
            sent += caller_send(caller, str_make(body + sent, some));
            if (chunked)
                caller_ask(caller, "\r\n");
            door_turn(&door);
        }
        if (chunked)
            caller_ask(caller, "0\r\n\r\n");
        caller_ask(caller, GET("/after"));
        RUN_UNTIL(&door, caller_has(caller, "GET /after "));
        struct str rest = buf_str(&caller->got);
        struct answer reply = {0};
        ok(answer_take(&rest, false, &reply) && answer_take(&rest, false, &reply),
           "a body of 64 kB, %s", chunked ? "chunked" : "with its length");
        is_int((long long)reply.body.len, 65536 + 12, "arrives whole");
        ok(str_starts_with(reply.body, STR("POST /large bbbb")), "under its own head");
        caller_close(&caller);
    }
    door_close(&door);
}

/* --- the kinds of replies --------------------------------------------------------------------- */

static void test_bodiless(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" GET(
                           "/nothing") "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n" GET("/y"));
    RUN_UNTIL(&door, door.kept_count == 1);
    http_stream_write(door.kept[0].exchange, STR("unseen"));
    http_stream_end(door.kept[0].exchange);
    RUN_UNTIL(&door, caller_has(caller, "GET /y "));
    struct str rest = buf_str(&caller->got);
    struct answer reply = {0};
    ok(answer_take(&rest, true, &reply), "HEAD");
    ok(has_field(&reply, "\r\nContent-Length: 8\r\n"), "says how long the body would be");
    ok(answer_take(&rest, true, &reply) && reply.status == 204, "204");
    ok(!has_field(&reply, "Content-Length"), "has no length");
    size_t end = str_find(rest, STR("\r\n\r\n"));
    ok(str_find(str_head(rest, end), STR("Transfer-Encoding: chunked")) < end,
       "HEAD of a stream is chunked");
    rest = str_skip(rest, end + 4);
    ok(answer_take(&rest, false, &reply) && rest.len == 0, "and sends no chunk");
    caller_close(&caller);
    door_close(&door);
}

static void test_continue(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                       "Expect: 100-continue\r\n\r\n");
    RUN_UNTIL(&door, caller->got.len > 0);
    is_bytes(caller->got.at, caller->got.len, go_on, sizeof go_on - 1, "the client may go on");
    caller_ask(caller, "hello");
    RUN_UNTIL(&door, caller_has(caller, "POST / hello"));
    caller_close(&caller);

    caller = caller_open(&door, NULL);
    caller_ask(caller, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                       "Expect: 100-continue\r\n\r\nhello");
    RUN_UNTIL(&door, caller_has(caller, "POST / hello"));
    ok(!caller_has(caller, "100 Continue"), "nobody is asked for what has come already");
    caller_close(&caller);

    caller = caller_open(&door, NULL);
    caller_ask(caller, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n"
                       "Expect: 100-continue\r\n\r\n");
    RUN_UNTIL(&door, caller->ended);
    ok(caller_has(caller, "HTTP/1.1 413 ") && !caller_has(caller, "100 Continue"),
       "too large a body is refused before it is sent");
    caller_close(&caller);
    door_close(&door);
}

static void test_old_clients(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct answer reply = {0};
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, "GET /x HTTP/1.0\r\n\r\n");
    RUN_UNTIL(&door, caller->ended);
    ok(caller_replies(caller, &reply) == 1 && reply.closes, "HTTP/1.0 closes after the reply");
    caller_close(&caller);

    caller = caller_open(&door, NULL);
    caller_ask(caller, "GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                       "GET /y HTTP/1.0\r\n\r\n");
    RUN_UNTIL(&door, caller->ended);
    ok(caller_replies(caller, &reply) == 2, "unless the client wants to go on");
    ok(caller_has(caller, "\r\nConnection: keep-alive\r\n"), "and is told that it may");
    caller_close(&caller);

    caller = caller_open(&door, NULL);
    caller_ask(caller, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    RUN_UNTIL(&door, door.kept_count == 1);
    http_stream_write(door.kept[0].exchange, STR("all there is"));
    http_stream_end(door.kept[0].exchange);
    RUN_UNTIL(&door, caller->ended);
    ok(!caller_has(caller, "chunked") && caller_has(caller, "\r\nConnection: close\r\n"),
       "a stream to HTTP/1.0 is ended by closing");
    ok(str_ends_with(buf_str(&caller->got), STR("\r\n\r\nall there is")), "and not framed");
    ok(!caller->reset, "by FIN");
    caller_close(&caller);

    caller = caller_open(&door, NULL);
    caller_ask(caller, "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" GET("/y"));
    RUN_UNTIL(&door, caller->ended);
    ok(caller_replies(caller, &reply) == 1 && reply.closes,
       "nothing is read after Connection: close");
    caller_close(&caller);
    door_close(&door);
}

static void test_abort(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    struct answer reply;
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, GET("/stream"));
    RUN_UNTIL(&door, door.kept_count == 1);
    http_stream_write(door.kept[0].exchange, STR("half"));
    http_stream_abort(door.kept[0].exchange);
    ok(!door.kept[0].exchange, "an aborted stream clears the slot");
    RUN_UNTIL(&door, caller->ended);
    ok(caller_has(caller, "4\r\nhalf\r\n") && caller_replies(caller, &reply) == -1,
       "the client sees that its end is missing");
    caller_close(&caller);

    caller = caller_open(&door, NULL);
    caller_ask(caller, "GET /stream HTTP/1.0\r\n\r\n");
    RUN_UNTIL(&door, door.kept_count == 2);
    http_stream_write(door.kept[1].exchange, STR("half"));
    door_turn(&door);
    http_stream_abort(door.kept[1].exchange);
    RUN_UNTIL(&door, caller->ended);
    ok(caller->reset, "an HTTP/1.0 caller, which knows no frames, sees a reset");
    caller_close(&caller);
    is_int(door.kept[0].gone + door.kept[1].gone, 0, "on_gone is not for one's own abort");
    door_close(&door);
}

/* What came from outside and is written into a field must not begin another one. */
static void test_splitting(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    const struct http_field field = {STR("X-Echo"), STR("a\r\nSet-Cookie: b\n\0c\x7f")};
    struct answer reply = {0};
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 1);
    http_reply(door.kept[0].exchange, 200, &field, 1, NULL);
    RUN_UNTIL(&door, caller_replies(caller, &reply) == 1);
    ok(has_field(&reply, "\r\nX-Echo: a  Set-Cookie: b  c \r\n"), "a field cannot be split");
    caller_close(&caller);

    /* A body that outgrew its ceiling is no body: the client hears of it. */
    caller = caller_open(&door, NULL);
    caller_ask(caller, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 2);
    struct buf body;
    buf_init(&body, 4);
    buf_add_str(&body, STR("too long"));
    http_reply(door.kept[1].exchange, 200, NULL, 0, &body);
    RUN_UNTIL(&door, caller_replies(caller, &reply) == 1);
    is_int(reply.status, 500, "a body that could not be made is 500");
    buf_clear(&body);
    caller_close(&caller);
    door_close(&door);
}

static void test_problem(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    const struct http_field extra[] = {{STR("Allow"), STR("GET")}, {STR("X-Y"), STR("z")}};
    struct problem problem = problem_make(PROBLEM_UNAVAILABLE, "Enough for now.");
    struct answer answer = {0};
    problem.retry_after_s = 17;
    door_open(&door, &settings, NULL);
    struct caller *caller = caller_open(&door, NULL);
    caller_ask(caller, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 1);
    http_reply_problem(door.kept[0].exchange, &problem, LANGUAGE_EN, STR("r-1"), extra, 2);
    RUN_UNTIL(&door, caller_replies(caller, &answer) == 1);
    is_int(answer.status, 503, "a handler's problem has its status");
    ok(has_field(&answer, "\r\nRetry-After: 17\r\n"), "its patience");
    ok(has_field(&answer, "\r\nAllow: GET\r\nX-Y: z\r\n"), "its fields");
    ok(caller_has(caller, "\"receipt\":\"r-1\""), "its receipt");
    ok(!answer.closes, "and the connection goes on");
    caller_close(&caller);
    door_close(&door);
}

static void test_reasons(void)
{
#define X(name, slug, status, ...)                                                                 \
    ok(!str_equal(http_reason(status), STR("Unknown")), "%d has a reason", status);
    PROBLEMS(X)
#undef X
    is_bytes(http_reason(200).at, http_reason(200).len, "OK", 2, "200 is OK");
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    test_malformed();
    test_refusal_words();
    test_long_field();
    test_pipelining();
    test_many_pipelined();
    test_many_callers();
    test_byte_by_byte();
    test_large_bodies();
    test_bodiless();
    test_continue();
    test_old_clients();
    test_abort();
    test_splitting();
    test_problem();
    test_reasons();
    return done_testing();
}
