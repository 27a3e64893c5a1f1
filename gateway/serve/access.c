/* SPDX-License-Identifier: MIT */
#include "serve/access.h"

#include "base/log.h"
#include "record/access_record.h"
#include "serve/access_output.h"
#include "serve/session.h"

enum {
    PAGE_STANDARD = 50,
    PAGE_MAX = 200,
    USAGES_MAX = 1000,
    SKIP_MAX = 1000000,
    REPLY_MAX = 16 * 1024 * 1024,
    LINE_MAX_BYTES = 64 * 1024,
};

/* One reading under way; it lies in its arena. */
struct reading {
    struct worker *worker;
    struct arena *arena;
    struct snapshot *snapshot;
    instant started;
    enum language language;
    bool is_usage; /* the data tracker's form */
    struct str receipt;
    const struct citizen *citizen;
    struct access_ask ask;

    struct http_exchange *exchange; /* slot */
    struct access_append *intent;   /* slot */
    struct access_query *query;     /* slot */
    struct timer patience;
};

static const struct http_field json_fields[] = {
    {STR_INIT("Content-Type"), STR_INIT("application/json")},
    {STR_INIT("Cache-Control"), STR_INIT("no-store")},
    {STR_INIT("Vary"), STR_INIT("Accept-Language, Authorization")}};
enum { JSON_FIELDS = sizeof json_fields / sizeof *json_fields };

/* ---- parameters ---- */

static bool wrong(struct problem *problem, struct str name, const char *what)
{
    *problem = problem_make(PROBLEM_BAD_PARAMETER, "%.*s: %s", STR_ARG(name), what);
    return false;
}

static bool take_number(struct str name, struct str value, uint64_t max, size_t *number,
                        struct problem *problem)
{
    uint64_t given = 0;
    if (!str_to_u64(value, max, &given)) {
        *problem = problem_make(PROBLEM_BAD_PARAMETER, "%.*s: expected a number up to %llu",
                                STR_ARG(name), (unsigned long long)max);
        return false;
    }
    *number = (size_t)given;
    return true;
}

static bool take_time(struct str name, struct str value, struct wall *time, struct problem *problem)
{
    return wall_parse(value, time) || wrong(problem, name, "expected a date-time of RFC 3339");
}

static bool take_own(struct reading *reading, struct str name, struct str value,
                     struct problem *problem)
{
    if (str_equal(name, STR("limit")))
        return take_number(name, value, PAGE_MAX, &reading->ask.limit, problem);
    if (!str_equal(name, STR("before")))
        return wrong(problem, STR("unknown parameter"), "expected limit or before");
    if (value.len != UUID_TEXT - 1)
        return wrong(problem, name, "expected a receipt");
    reading->ask.before = value;
    return true;
}

static bool take_usage(struct reading *reading, struct str name, struct str value,
                       struct problem *problem)
{
    struct access_ask *ask = &reading->ask;
    if (str_equal(name, STR("periodStart")))
        return take_time(name, value, &ask->from, problem);
    if (str_equal(name, STR("periodEnd")))
        return take_time(name, value, &ask->to, problem);
    if (str_equal(name, STR("offset")))
        return take_number(name, value, SKIP_MAX, &ask->skip, problem);
    if (str_equal(name, STR("limit")))
        return take_number(name, value, USAGES_MAX, &ask->limit, problem);
    return wrong(problem, STR("unknown parameter"),
                 "expected periodStart, periodEnd, offset or limit; whose usage it is, is read of "
                 "the token");
}

static bool parse_parameters(struct reading *reading, struct str query, struct problem *problem)
{
    reading->ask.limit = reading->is_usage ? USAGES_MAX : PAGE_STANDARD;
    reading->ask.is_counted = reading->is_usage;
    while (query.at) {
        struct str value = str_split(&query, '&');
        struct str name = str_split(&value, '=');
        char *decoded = arena_alloc(reading->arena, value.len + 1);
        size_t len = 0;
        if (name.len == 0 && value.len == 0)
            continue;
        if (!decoded || !http_percent_decode(value, true, decoded, &len))
            return wrong(problem, name, "holds a wrong percent escape");
        value = str_make(decoded, len);
        if (!(reading->is_usage ? take_usage : take_own)(reading, name, value, problem))
            return false;
    }
    return true;
}

/* ---- the end ---- */

static struct access_subject record_subject(const struct reading *reading)
{
    return (struct access_subject){
        .receipt = reading->receipt,
        .operation = STR("access-log"),
        .citizen = reading->citizen,
        .snapshot = reading->snapshot,
        .key = &reading->worker->shared->pseudonym_key,
        .now = loop_wall(reading->worker->loop),
        .purpose = STR("citizen reads the access log"),
    };
}

/* Remembers how it ended and frees everything. `status` 0: the client had left. */
static void finish(struct reading *reading, int status)
{
    struct worker *worker = reading->worker;
    struct access_subject subject = record_subject(reading);
    int64_t ms = (loop_now(worker->loop) - reading->started) / INSTANT_PER_MS;
    struct buf line;

    log_info(reading->receipt, "event=access-log status=%d portal=\"%.*s\" ms=%lld", status,
             STR_ARG(citizen_portal(reading->citizen)), (long long)ms);
    buf_init(&line, LINE_MAX_BYTES);
    access_record_outcome(&subject, status, ms, NULL, 0, &line);
    access_log_note(worker->shared->access_log, buf_str(&line));
    buf_clear(&line);
    access_log_cancel(&reading->intent);
    access_query_cancel(&reading->query);
    timer_cancel(worker->loop, &reading->patience);
    snapshot_unref(&reading->snapshot);
    worker->lookups--;
    worker_give_arena(worker, reading->arena); /* the reading itself lies in it */
}

static void on_gone(void *ctx)
{
    finish(ctx, 0);
}

static void fail(struct reading *reading, const char *what)
{
    struct problem problem = problem_make(PROBLEM_UNAVAILABLE, "%s", what);
    problem.retry_after_s = 5;
    http_reply_problem(reading->exchange, &problem, reading->language, reading->receipt, NULL, 0);
    finish(reading, problem_status(problem.kind));
}

static void on_impatient(void *ctx)
{
    fail(ctx, "the access record did not answer in time");
}

/* ---- the page ---- */

static void on_page(void *ctx, const struct access_page *page)
{
    struct reading *reading = ctx;
    const struct access_output output = {reading->snapshot, reading->language, reading->receipt};
    struct http_field fields[JSON_FIELDS + 1];
    struct buf body;

    if (!page) {
        fail(reading, "the access record cannot be read now");
        return;
    }
    buf_init(&body, REPLY_MAX);
    (reading->is_usage ? access_output_usage : access_output_page)(&output, page, &body);
    if (body.failed) {
        buf_clear(&body);
        fail(reading, "the page is too large; ask for fewer with limit");
        return;
    }
    memcpy(fields, json_fields, sizeof json_fields);
    fields[JSON_FIELDS] = (struct http_field){STR("Overblik-Receipt"), reading->receipt};
    http_reply(reading->exchange, 200, fields, JSON_FIELDS + 1, &body);
    finish(reading, 200);
}

static void on_recorded(void *ctx, bool is_durable)
{
    struct reading *reading = ctx;
    struct worker *worker = reading->worker;
    struct pseudonym_set persons;

    if (!is_durable) {
        fail(reading, "the access record could not be written, so nothing is shown");
        return;
    }
    pseudonym_set_make(&worker->shared->pseudonym_key, citizen_subject(reading->citizen),
                       loop_wall(worker->loop), reading->snapshot->settings.record_keep_days,
                       &persons);
    reading->ask.persons = &persons;
    bool is_begun = access_query_start(worker->shared->access_reader, worker->loop, &reading->ask,
                                       &reading->query, on_page, reading);
    pseudonym_set_clear(&persons);
    reading->ask.persons = NULL;
    if (!is_begun)
        fail(reading, "too many read the access record now");
}

/* ---- the start ---- */

/* Everything that may refuse before anything is recorded. */
static bool open_reading(struct reading *reading, const struct http_request *request,
                         struct problem *problem)
{
    struct worker *worker = reading->worker;
    const struct portal *portal = NULL;

    problem->kind = PROBLEM_UNAVAILABLE;
    if (!access_log_is_well(worker->shared->access_log))
        *problem = problem_make(PROBLEM_UNAVAILABLE, "the access record cannot be written now");
    else if (worker->lookups >= (size_t)worker->snapshot->settings.limits_overviews_max)
        *problem = problem_make(PROBLEM_UNAVAILABLE, "too many requests are under way");
    else
        problem->kind = PROBLEM_NONE;
    if (problem->kind != PROBLEM_NONE) {
        problem->retry_after_s = 1;
        return false;
    }
    reading->citizen = session_citizen(worker, request, reading->arena, reading->receipt, problem);
    return reading->citizen &&
           session_portal(worker, reading->citizen, request->client_certificate, &portal,
                          problem) &&
           parse_parameters(reading, request->head->query, problem);
}

static void record_intent(struct reading *reading)
{
    struct worker *worker = reading->worker;
    struct access_subject subject = record_subject(reading);
    const struct plan nobody = {0};
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    access_record_intent(&subject, &nobody, &line);
    access_log_append(worker->shared->access_log, worker->loop, buf_str(&line), &reading->intent,
                      on_recorded, reading);
    buf_clear(&line);
}

static void start(struct worker *worker, const struct http_request *request,
                  struct http_exchange *exchange, bool is_usage)
{
    struct arena *arena = worker_take_arena(worker);
    struct reading *reading = ARENA_NEW(arena, struct reading);
    char *receipt = arena_calloc(arena, 1, UUID_TEXT);
    struct problem problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
    bool twice = false;
    enum language language =
        language_choose(http_field_find(request->head, STR("Accept-Language"), &twice));

    if (reading && receipt) {
        uuid_make(&worker->uuids, loop_wall(worker->loop), receipt);
        *reading = (struct reading){.worker = worker,
                                    .arena = arena,
                                    .started = loop_now(worker->loop),
                                    .language = language,
                                    .is_usage = is_usage,
                                    .receipt = str_make(receipt, UUID_TEXT - 1)};
    }
    if (!reading || !receipt || !open_reading(reading, request, &problem)) {
        struct http_field challenge = session_challenge();
        http_reply_problem(exchange, &problem, language, receipt ? str_of(receipt) : STR_NONE,
                           &challenge, problem.kind == PROBLEM_UNAUTHORIZED ? 1 : 0);
        worker_give_arena(worker, arena);
        return;
    }
    reading->snapshot = snapshot_ref(worker->snapshot);
    worker->lookups++;
    http_keep(exchange, &reading->exchange, on_gone, reading);
    timer_start(worker->loop, &reading->patience,
                instant_after_ms(reading->started, worker->snapshot->settings.time_hard_ms),
                on_impatient, reading);
    record_intent(reading);
}

void access_get(struct worker *worker, const struct http_request *request,
                struct http_exchange *exchange)
{
    start(worker, request, exchange, false);
}

void access_get_usage(struct worker *worker, const struct http_request *request,
                      struct http_exchange *exchange)
{
    start(worker, request, exchange, true);
}

/* ---- what tells of nobody ---- */

static void reply_json(struct http_exchange *exchange, struct buf *body)
{
    http_reply(exchange, 200, json_fields, JSON_FIELDS, body);
}

void access_get_period(struct worker *worker, const struct http_request *request,
                       struct http_exchange *exchange)
{
    enum { LONGEST_DAYS = 3650 }; /* searched, when the record is kept for ever */
    int64_t days = worker->snapshot->settings.record_keep_days;
    struct wall start = loop_wall(worker->loop);
    struct buf body;
    struct writer w;

    (void)request;
    start.unix_ms -= (days > 0 ? days : LONGEST_DAYS) * 24 * 3600 * 1000;
    buf_init(&body, 256);
    writer_init(&w, &body);
    writer_object(&w);
    writer_name(&w, "periodStart");
    writer_wall(&w, start);
    writer_object_end(&w);
    reply_json(exchange, &body);
}

void access_get_heartbeat(struct worker *worker, const struct http_request *request,
                          struct http_exchange *exchange)
{
    bool is_well = access_log_is_well(worker->shared->access_log);
    struct buf body;
    (void)request;
    buf_init(&body, 256);
    buf_add_str(&body, is_well ? STR("{\"status\":\"OK\"}\n")
                               : STR("{\"status\":\"FAIL\",\"message\":\"the access record cannot "
                                     "be written\"}\n"));
    reply_json(exchange, &body);
}
