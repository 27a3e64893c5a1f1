/* SPDX-License-Identifier: MIT */
#include "counted.h"
#include "world.h"

#include "base/die.h"
#include "tests/bench/template.h"

#include <stdlib.h>

struct fetch {
    struct fetch **slot; /* NULL: free */
    fetch_done_fn *done;
    void *ctx;
    size_t source;
    char cpr[CPR_BYTES], id[REQUEST_ID_MAX];
    size_t id_len;
    instant started;
};

/* Those under way, in the order in which they were asked. */
static struct fetch under_way[SOURCES_MAX];
static size_t first, count, fetches;
static struct template answers[SOURCES_MAX];
static struct loop *loop_of_pool;

void fake_sources_make(size_t sources)
{
    for (size_t i = 0; i < sources; i++)
        template_write(&answers[i], (int)i, ANSWER_BYTES, 200, WORLD_START_MS / 1000);
}

size_t fake_fetches(void)
{
    return fetches;
}

static struct str find(struct str text, struct str before, size_t len)
{
    struct str found = str_skip(text, str_find(text, before) + before.len);
    if (found.len < len)
        die("a question without %.*s", STR_ARG(before));
    return str_head(found, len);
}

static void read_question(struct fetch *fetch, const struct fetch_spec *spec)
{
    struct str port = str_skip(spec->target->url, sizeof "http://127.0.0.1:" - 1);
    fetch->source = strtoul(port.at, NULL, 10) - FIRST_PORT;
    if (fetch->source >= SOURCES_MAX || answers[fetch->source].bytes.len == 0)
        die("no source listens at %.*s", STR_ARG(spec->target->url));
    memcpy(fetch->cpr, find(spec->body, STR("\"CPR-nr\":\""), CPR_BYTES).at, CPR_BYTES);
    fetch->id_len = 0;
    for (size_t i = 0; i < spec->header_count; i++)
        if (str_starts_with(spec->headers[i], STR("X-Request-Id: "))) {
            struct str id = str_skip(spec->headers[i], sizeof "X-Request-Id: " - 1);
            fetch->id_len = id.len < REQUEST_ID_MAX ? id.len : REQUEST_ID_MAX;
            memcpy(fetch->id, id.at, fetch->id_len);
        }
}

void fetch_start(struct fetch_pool *pool, const struct fetch_spec *spec, struct fetch **slot,
                 fetch_done_fn *done, void *ctx)
{
    counted_off();
    struct fetch *fetch = &under_way[(first + count++) % SOURCES_MAX];
    (void)pool;
    if (count > SOURCES_MAX)
        die("too many questions at once");
    *fetch =
        (struct fetch){.slot = slot, .done = done, .ctx = ctx, .started = loop_now(loop_of_pool)};
    read_question(fetch, spec);
    *slot = fetch;
    fetches++;
    counted_on();
}

void fetch_cancel(struct fetch **slot)
{
    if (*slot)
        (*slot)->slot = NULL;
    *slot = NULL;
}

bool fake_fetch_turn(void)
{
    if (count == 0)
        return false;
    struct fetch fetch = under_way[first];
    first = (first + 1) % SOURCES_MAX;
    count--;
    if (!fetch.slot)
        return true;
    struct template *answer = &answers[fetch.source];
    template_fill(answer, fetch.cpr, str_make(fetch.id, fetch.id_len));
    struct str bytes = buf_str(&answer->bytes);
    instant now = loop_now(loop_of_pool);
    const struct fetch_result result = {
        .status = FETCH_OK,
        .http_status = 200,
        .body = str_skip(bytes, str_find(bytes, STR("\r\n\r\n")) + 4),
        .content_type = STR("application/json"),
        .request_id = STR(""),
        .reused = true,
        .began = true,
        .times = {fetch.started, fetch.started, now, now, bytes.len, true},
        .why = "",
    };
    *fetch.slot = NULL;
    counted_on();
    fetch.done(fetch.ctx, &result);
    counted_off();
    return true;
}

struct fetch_times fetch_progress(const struct fetch *fetch)
{
    struct fetch_times times = FETCH_TIMES_NONE;
    times.started = fetch->started;
    return times;
}

void fetch_distrust(struct fetch_pool *pool)
{
    (void)pool;
    die("a good answer is distrusted");
}

struct fetch_pool *fetch_pool_new(struct loop *loop, const struct fetch_pool_settings *settings)
{
    (void)settings;
    loop_of_pool = loop;
    return (struct fetch_pool *)loop;
}

void fetch_pool_free(struct fetch_pool **pool)
{
    *pool = NULL;
}

void fetch_pool_keep(struct fetch_pool *pool, const uint64_t *kept, size_t kept_count)
{
    (void)pool, (void)kept, (void)kept_count;
}

void fetch_pool_resolve(struct fetch_pool *pool, struct str resolve)
{
    (void)pool, (void)resolve;
    die("nobody looks names up here");
}
