/* SPDX-License-Identifier: MIT */
/* Thousands of requests from clients that send in random pieces, pipeline, stall and leave at
 * random moments, answered in random order. Whatever happens: each request kept ends once, by a
 * reply or by on_gone; each client gets the replies to its own requests, in order and whole;
 * nothing is left. */
#include "tests/door.h"

enum { CALLERS = 24, PIPELINE = 6, LIVES = 1500, SCRIPT_MAX = 8192 };

static uint32_t seed = 20261121;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

struct soak_kept {
    struct soak *soak;
    struct soak_kept *next, **link;
    struct http_exchange *exchange;
    unsigned caller, number;
    bool streams, begun;
};

struct soaked {
    struct caller *caller;
    unsigned id; /* of this life: its requests carry it */
    char script[SCRIPT_MAX];
    size_t len, sent;
    unsigned asked, answered;
    bool leaves; /* before all is answered */
};

struct soak {
    struct door door;
    struct soak_kept *waiting;
    unsigned kept, replied, gone, lives, wrong;
    struct soaked at[CALLERS];
};

static void kept_end(struct soak_kept *kept)
{
    *kept->link = kept->next;
    if (kept->next)
        kept->next->link = kept->link;
    free(kept);
}

static void soak_on_gone(void *ctx)
{
    struct soak_kept *kept = ctx;
    kept->soak->gone++;
    kept->soak->wrong += kept->exchange != NULL;
    kept_end(kept);
}

static unsigned number_after(struct str target, char letter)
{
    size_t at = str_find_byte(target, letter);
    return at < target.len ? (unsigned)strtoul(target.at + at + 1, NULL, 10) : 0;
}

/* Targets are /c<caller>n<number>: with "?k" kept, with "?s" streamed. */
static void soak_handle(void *ctx, const struct http_request *request,
                        struct http_exchange *exchange)
{
    struct soak *soak = ctx;
    struct str target = request->head->target;
    unsigned caller = number_after(target, 'c'), number = number_after(target, 'n');
    char text[64];
    snprintf(text, sizeof text, "<c%un%u %zu>", caller, number, request->body.len);
    if (!request->head->query.at) {
        door_reply(exchange, text, STR(""));
        return;
    }
    struct soak_kept *kept = calloc(1, sizeof *kept);
    if (!kept)
        abort();
    *kept = (struct soak_kept){.soak = soak,
                               .next = soak->waiting,
                               .link = &soak->waiting,
                               .caller = caller,
                               .number = number,
                               .streams = str_equal(request->head->query, STR("s"))};
    if (kept->next)
        kept->next->link = &kept->next;
    soak->waiting = kept;
    soak->kept++;
    http_keep(exchange, &kept->exchange, soak_on_gone, kept);
}

/* One of those that wait gets its reply, or a piece of it. */
static void soak_answer(struct soak *soak)
{
    struct soak_kept *kept = soak->waiting;
    char text[64];
    for (uint32_t skip = dice(8); kept && kept->next && skip; skip--)
        kept = kept->next;
    if (!kept)
        return;
    snprintf(text, sizeof text, "<c%un%u>", kept->caller, kept->number);
    if (!kept->streams) {
        door_reply(kept->exchange, text, STR(""));
    } else if (!kept->begun) {
        http_stream_start(kept->exchange, 200, door_fields, 1);
        kept->begun = true;
        return;
    } else if (dice(3)) {
        http_stream_write(kept->exchange, STR("piece"));
        return;
    } else {
        http_stream_write(kept->exchange, str_of(text));
        http_stream_end(kept->exchange);
    }
    soak->wrong += kept->exchange != NULL;
    soak->replied++;
    kept_end(kept);
}

static void script_add(struct soaked *soaked, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void script_add(struct soaked *soaked, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(soaked->script + soaked->len, SCRIPT_MAX - soaked->len, format, args);
    va_end(args);
    soaked->len += (size_t)len;
}

static void script_write(struct soaked *soaked)
{
    static const char *const kinds[] = {"", "?k", "?s"};
    soaked->len = soaked->sent = 0;
    soaked->asked = 1 + dice(PIPELINE);
    for (unsigned i = 0; i < soaked->asked; i++) {
        int body = 1 + (int)dice(300);
        script_add(soaked, "POST /c%un%u%s HTTP/1.1\r\nHost: a\r\n", soaked->id, i, kinds[dice(3)]);
        switch (dice(6)) {
        case 0:
            script_add(soaked,
                       "Transfer-Encoding: chunked\r\n\r\n%x;e\r\n%0*d\r\n0\r\nT: t\r\n\r\n",
                       (unsigned)body, body, 7);
            break;
        case 1:
            script_add(soaked, "Content-Length: %d\r\n\r\n%0*d", body, body, 7);
            break;
        default:
            script_add(soaked, "\r\n");
        }
    }
}

static void life_begin(struct soak *soak, struct soaked *soaked)
{
    soaked->caller = caller_open(&soak->door, NULL);
    soaked->id = ++soak->lives;
    soaked->answered = 0;
    soaked->leaves = dice(3) == 0;
    script_write(soaked);
}

/* Everything that has come must be whole replies to this life's requests, in order. */
static void life_check(struct soak *soak, struct soaked *soaked)
{
    struct str rest = buf_str(&soaked->caller->got);
    struct answer answer;
    char want[32];
    unsigned count = 0;
    while (answer_take(&rest, false, &answer)) {
        snprintf(want, sizeof want, "<c%un%u", soaked->id, count++);
        soak->wrong += answer.status != 200;
        soak->wrong += str_find(answer.body, str_of(want)) == answer.body.len;
    }
    soaked->answered = count;
}

static void life_step(struct soak *soak, struct soaked *soaked)
{
    if (soaked->sent < soaked->len && dice(3)) {
        size_t some = 1 + dice(dice(4) ? 2000 : 7);
        if (some > soaked->len - soaked->sent)
            some = soaked->len - soaked->sent;
        soaked->sent += caller_send(soaked->caller, str_make(soaked->script + soaked->sent, some));
    }
    life_check(soak, soaked);
    bool done = soaked->answered == soaked->asked;
    soak->wrong += soaked->caller->ended; /* the server has no reason to end any of them */
    if (!done && !(soaked->leaves && dice(4) == 0))
        return;
    if (done || dice(2))
        caller_close(&soaked->caller);
    else
        caller_reset(&soaked->caller);
}

static void test_soak(void)
{
    static struct soak soak;
    struct http_settings settings = http_settings_standard();
    struct door *door = &soak.door;
    const char *why;
    door->loop = loop_new();
    door->server = http_server_new(door->loop, &settings, soak_handle, &soak);
    if (!http_server_listen(door->server, "127.0.0.1", 0, false, NULL, &door->port, &why))
        abort();
    instant patience = instant_after_ms(loop_now(door->loop), 10 * DOOR_PATIENCE_MS);
    bool is_busy = true;
    while (is_busy && loop_now(door->loop) < patience) {
        is_busy = false;
        for (int i = 0; i < CALLERS; i++) {
            struct soaked *soaked = &soak.at[i];
            if (!soaked->caller && soak.lives < LIVES)
                life_begin(&soak, soaked);
            if (soaked->caller)
                life_step(&soak, soaked);
            is_busy |= soaked->caller != NULL;
        }
        for (uint32_t n = dice(2 * CALLERS); n > 0; n--)
            soak_answer(&soak);
        /* Only what is ready: one turn that does not wait. */
        loop_post(door->loop, door_on_tick, door->loop);
        loop_run(door->loop);
    }
    RUN_UNTIL(door, http_server_is_idle(door->server));
    struct http_counters counters = http_server_counters(door->server);
    ok(!is_busy, "%u clients have lived", soak.lives);
    is_int(soak.wrong, 0, "no reply was wrong, out of order, or another client's");
    is_int(soak.replied + soak.gone, soak.kept, "of %u kept, %u replies and %u gone", soak.kept,
           soak.replied, soak.gone);
    ok(soak.gone > 50 && soak.replied > 500, "both happen often");
    ok(!soak.waiting, "nobody waits any more");
    is_int((long long)counters.malformed, 0, "nothing was misread");
    is_int((long long)counters.accepted, LIVES, "each client was accepted once");
    door_close(door);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    test_soak();
    return done_testing();
}
