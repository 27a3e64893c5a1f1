/* SPDX-License-Identifier: MIT */
#include "serve/corrections.h"

#include "base/die.h"
#include "base/hex.h"
#include "base/hmac.h"
#include "base/log.h"
#include "overview/output_item.h"
#include "record/access_record.h"
#include "serve/correction_call.h"
#include "serve/query.h"
#include "serve/session.h"

#include <openssl/rand.h>

enum { RECORD_MAX = 16 * 1024, REPLY_MAX = 64 * 1024, KEY_BYTES = 16, RETRY_AFTER_S = 5 };

/* One correction under way. Lives in its arena, which is wiped. */
struct sending {
    struct worker *worker;
    struct arena *arena;
    struct snapshot *snapshot;      /* a reference */
    struct http_exchange *exchange; /* slot */
    enum language language;
    struct str receipt;
    const struct citizen *citizen;
    struct correction correction;
    struct str key; /* the portal's for this correction, or our receipt */
    struct plan plan;
    struct part part; /* the plan's only row: to whom, and how it ended */
    struct str item;  /* the source's own id; STR_NONE: about all of it */
    struct authority authority;
    const struct authority_card *card;
    struct str traceparent;
    struct correction_call *call; /* slot */
    struct access_append *intent; /* slot */
    struct timer patience;        /* the record may take until the hard deadline */
};

/* NULL: the authority has none, or none in this environment. */
static const struct correction_endpoint *endpoint_of(const struct sending *sending)
{
    const struct correction_endpoint *endpoint = sending->card->corrections;
    bool is_somewhere =
        endpoint && (endpoint->target.url.at || sending->part.row->route->target.url.at);

    return is_somewhere ? endpoint : NULL;
}

/* ---- the end ---- */

static struct access_subject record_subject(const struct sending *sending)
{
    return (struct access_subject){.receipt = sending->receipt,
                                   .operation = STR("correction"),
                                   .citizen = sending->citizen,
                                   .snapshot = sending->snapshot,
                                   .key = &sending->worker->shared->pseudonym_key,
                                   .now = loop_wall(sending->worker->loop),
                                   .purpose = STR("correction by the citizen")};
}

/* Remembers how it ended, without a word of it, and frees everything. `status` 0: the client left.
 */
static void finish(struct sending *sending, int status)
{
    struct worker *worker = sending->worker;
    struct arena *arena = sending->arena;
    struct part *part = &sending->part;
    struct access_subject subject = record_subject(sending);
    struct buf line;

    if (part->outcome != OUTCOME_PENDING)
        part->settled = loop_now(worker->loop);
    int64_t elapsed_ms = (loop_now(worker->loop) - part->started) / INSTANT_PER_MS;
    log_info(
        sending->receipt, "event=correction status=%d source=%.*s outcome=%.*s ms=%lld", status,
        STR_ARG(part->row->route->source.id),
        STR_ARG(part->outcome == OUTCOME_PENDING ? STR("abandoned") : outcome_name(part->outcome)),
        (long long)elapsed_ms);
    buf_init(&line, RECORD_MAX);
    access_record_outcome(&subject, status, elapsed_ms, part, 1, &line);
    access_log_note(worker->shared->access_log, buf_str(&line));
    buf_clear(&line);

    correction_call_cancel(&sending->call);
    access_log_cancel(&sending->intent);
    timer_cancel(worker->loop, &sending->patience);
    snapshot_unref(&sending->snapshot);
    worker->lookups--;
    worker_give_arena(worker, arena); /* the sending itself lies in it */
}

static void on_gone(void *ctx)
{
    finish(ctx, 0);
}

static struct http_field key_field(const struct sending *sending)
{
    return (struct http_field){STR("Idempotency-Key"), sending->key};
}

static void fail(struct sending *sending, const struct problem *problem)
{
    struct http_field field = key_field(sending);

    http_reply_problem(sending->exchange, problem, sending->language, sending->receipt, &field, 1);
    finish(sending, problem_status(problem->kind));
}

/* ---- the answer ---- */

/* {"receipt","state","source","authority":{…,"contacts","data_protection","breach"},
 *  "authority_receipt"} */
static void write_reply(const struct sending *sending, struct str state, struct str receipt,
                        struct buf *out)
{
    const struct authority_card *card = sending->card;
    struct writer w;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "receipt", sending->receipt);
    writer_member_str(&w, "state", state);
    writer_member_str(&w, "authority_receipt", receipt);
    writer_member_str(&w, "source", sending->part.row->route->source.id);
    writer_name(&w, "authority");
    writer_object(&w);
    writer_member_str(&w, "cvr", sending->authority.cvr);
    writer_member_str(&w, "code", sending->authority.code);
    writer_member_str(&w, "name", sending->authority.name);
    writer_name(&w, "contacts");
    output_contacts(&w, card->contacts);
    writer_name(&w, "data_protection");
    output_text(&w, &card->data_protection, sending->language);
    writer_member_str(&w, "breach", card->breach);
    writer_object_end(&w);
    writer_object_end(&w);
}

static void reply(struct sending *sending, int status, struct str state, struct str receipt)
{
    const struct http_field fields[] = {
        {STR("Content-Type"), STR("application/json")},
        {STR("Content-Language"), language_tag(sending->language)},
        {STR("Cache-Control"), STR("no-store")},
        {STR("Overblik-Receipt"), sending->receipt},
        key_field(sending),
    };
    struct buf body;

    buf_init(&body, REPLY_MAX);
    write_reply(sending, state, receipt, &body);
    http_reply(sending->exchange, status, fields, sizeof fields / sizeof *fields, &body);
    finish(sending, status);
}

static struct problem problem_of(const struct sending *sending,
                                 const struct correction_reply *reply)
{
    struct str name = str_head(sending->authority.name, 60);
    struct problem problem;

    if (reply->outcome == OUTCOME_REFUSED)
        problem =
            problem_make(PROBLEM_SOURCE_FAILED,
                         "%.*s did not take the correction; write to it yourself", STR_ARG(name));
    else if (reply->outcome == OUTCOME_BUSY)
        problem = problem_make(PROBLEM_UNAVAILABLE,
                               "%.*s has no room for it now; send it again later with the same "
                               "Idempotency-Key",
                               STR_ARG(name));
    else if (reply->is_unsent)
        problem = problem_make(PROBLEM_SOURCE_FAILED,
                               "%.*s could not be reached, so it has not got it; send it again "
                               "later with the same Idempotency-Key",
                               STR_ARG(name));
    else
        problem = problem_make(reply->outcome == OUTCOME_LATE ? PROBLEM_SOURCE_LATE
                                                              : PROBLEM_SOURCE_FAILED,
                               "%.*s has not confirmed it, and may have got it; send it again with "
                               "the same Idempotency-Key",
                               STR_ARG(name));
    problem.retry_after_s = reply->outcome == OUTCOME_REFUSED ? 0
                            : reply->retry_after_s > 0        ? reply->retry_after_s
                                                              : RETRY_AFTER_S;
    return problem;
}

static void on_reply(void *ctx, const struct correction_reply *got)
{
    struct sending *sending = ctx;

    sending->part.outcome = got->outcome;
    sending->part.why = got->why;
    if (got->outcome == OUTCOME_ANSWERED) {
        reply(sending, 202, STR("forwarded"), got->receipt);
        return;
    }
    struct problem problem = problem_of(sending, got);
    fail(sending, &problem);
}

/* ---- the letter ---- */

/* The authority's name for it: of this portal and citizen alone, and the same when it is sent
 * again. Nothing that either of them chose leaves in it. */
static struct str make_id(const struct sending *sending)
{
    const struct pseudonym_key *key = &sending->worker->shared->pseudonym_key;
    unsigned char digest[HMAC_BYTES];
    char *id = arena_alloc(sending->arena, 2 * KEY_BYTES + 1);
    struct str portal = citizen_portal(sending->citizen);
    struct str name =
        arena_format(sending->arena, "correction/%.*s/%.*s/%.*s", STR_ARG(portal),
                     STR_ARG(cpr_str(citizen_subject(sending->citizen))), STR_ARG(sending->key));

    if (!id || !name.at)
        return STR_NONE;
    hmac_make(str_make((const char *)key->bytes, key->len), name, digest);
    hex_encode(digest, KEY_BYTES, id);
    return str_make(id, 2 * KEY_BYTES);
}

/* False: it found no room. */
static bool send_letter(struct sending *sending)
{
    const struct route *route = sending->part.row->route;
    const struct correction_call_spec spec = {
        .worker = sending->worker,
        .arena = sending->arena,
        .snapshot = sending->snapshot,
        .endpoint = endpoint_of(sending),
        .route = route,
        .citizen = sending->citizen,
        .letter = {.id = make_id(sending),
                   .source = route->source.id,
                   .authority = sending->authority.cvr,
                   .item = sending->item,
                   .citizen = citizen_subject(sending->citizen),
                   .language = sending->language,
                   .sent = loop_wall(sending->worker->loop),
                   .correction = &sending->correction},
        .receipt = sending->receipt,
        .traceparent = sending->traceparent,
    };
    return spec.letter.id.at && correction_call_start(&spec, &sending->call, on_reply, sending);
}

/* ---- the record comes first ---- */

static void fail_record(struct sending *sending)
{
    struct problem problem = problem_make(
        PROBLEM_UNAVAILABLE, "the access record could not be written, so nothing was sent");
    problem.retry_after_s = RETRY_AFTER_S;
    fail(sending, &problem);
}

static void on_recorded(void *ctx, bool is_durable)
{
    struct sending *sending = ctx;

    if (!is_durable) {
        fail_record(sending);
        return;
    }
    timer_cancel(sending->worker->loop, &sending->patience);
    if (!endpoint_of(sending)) {
        reply(sending, 200, STR("contact"), STR_NONE);
    } else if (!send_letter(sending)) {
        struct problem problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
        fail(sending, &problem);
    }
}

static void on_impatient(void *ctx)
{
    fail_record(ctx);
}

static void start(struct sending *sending, struct http_exchange *exchange)
{
    struct worker *worker = sending->worker;
    const struct settings *settings = &worker->snapshot->settings;
    struct access_subject subject;
    struct buf line;

    sending->snapshot = snapshot_ref(worker->snapshot);
    sending->part.started = loop_now(worker->loop);
    worker->lookups++;
    http_keep(exchange, &sending->exchange, on_gone, sending);
    subject = record_subject(sending);
    buf_init(&line, RECORD_MAX);
    access_record_intent(&subject, &sending->plan, &line);
    access_log_append(worker->shared->access_log, worker->loop, buf_str(&line), &sending->intent,
                      on_recorded, sending);
    buf_clear(&line);
    timer_start(worker->loop, &sending->patience,
                instant_after_ms(sending->part.started, settings->time_hard_ms), on_impatient,
                sending);
}

/* ---- what is asked ---- */

static bool refuse(struct problem *problem, enum problem_kind kind, const char *why)
{
    *problem = problem_make(kind, "%s", why);
    return false;
}

static bool admit(const struct worker *worker, struct problem *problem)
{
    if (!access_log_is_well(worker->shared->access_log))
        refuse(problem, PROBLEM_UNAVAILABLE, "the access record cannot be written now");
    else if (worker->lookups >= (size_t)worker->snapshot->settings.limits_overviews_max)
        refuse(problem, PROBLEM_UNAVAILABLE, "too many overviews are under way");
    else
        return true;
    problem->retry_after_s = 1;
    return false;
}

static bool is_json(const struct http_head *head)
{
    bool twice = false;
    struct str type = http_field_find(head, STR("Content-Type"), &twice);

    return !twice && str_equal_nocase(str_trim(str_split(&type, ';')), STR("application/json"));
}

/* What the fields say. */
static bool read_head(struct sending *sending, const struct http_head *head,
                      struct problem *problem)
{
    bool act_twice = false, key_twice = false;
    struct str act_for = http_field_find(head, STR("Act-For"), &act_twice);
    struct str key = http_field_find(head, STR("Idempotency-Key"), &key_twice);

    if (act_for.at || act_twice)
        return refuse(problem, PROBLEM_FORBIDDEN,
                      "Act-For: a mandate lets one see; nobody speaks for another here");
    if (head->query.len > 0)
        return refuse(problem, PROBLEM_BAD_PARAMETER, "a correction takes no parameters");
    if (!is_json(head))
        return refuse(problem, PROBLEM_BAD_REQUEST, "expected Content-Type: application/json");
    if (key_twice || (key.at && !correction_key_is_good(key)))
        return refuse(problem, PROBLEM_BAD_REQUEST,
                      "Idempotency-Key: expected 8 to 100 visible ASCII characters, once");
    sending->key = key.at ? arena_copy(sending->arena, key) : sending->receipt;
    return sending->key.at || refuse(problem, PROBLEM_INTERNAL, "out of working memory");
}

/* Whom it is about, by the item's handle or by the source's name. */
static bool find_subject(struct sending *sending, struct str *source, struct str *municipality,
                         struct problem *problem)
{
    const struct snapshot *snapshot = sending->worker->snapshot;
    const struct correction *correction = &sending->correction;

    *source = correction->source;
    *municipality = correction->municipality;
    if (correction->handle.at) {
        struct str where;
        if (!handle_open(sending->worker->env.handles, sending->arena,
                         citizen_subject(sending->citizen), correction->handle, &where,
                         &sending->item))
            return refuse(problem, PROBLEM_NOT_FOUND,
                          "the handle is damaged, or it was given to somebody else");
        *source = str_split(&where, '/');
        *municipality = where;
    }
    const struct route *route = snapshot_route(snapshot, *source);
    if (!route)
        return refuse(problem, correction->handle.at ? PROBLEM_NOT_FOUND : PROBLEM_BAD_REQUEST,
                      "source: there is no such source; see /v1/sources");
    if (route->source.per_municipality != (municipality->at != NULL) ||
        (municipality->at && !municipality_find(&snapshot->municipalities, *municipality)))
        return refuse(problem, PROBLEM_BAD_REQUEST,
                      "municipality: expected its four-digit code where the source is asked per "
                      "municipality, and only there; see /v1/sources");
    return true;
}

/* One row, to be sent to, unless the portal or the login does not reach that far. Whether the
 * source answers right now does not matter: nobody asks it. */
static bool make_row(struct sending *sending, const struct portal *portal, struct str source,
                     struct str municipality, struct problem *problem, enum level *level)
{
    const struct snapshot *snapshot = sending->worker->snapshot;
    const struct plan_request request = {.snapshot = snapshot,
                                         .citizen = sending->citizen,
                                         .portal = portal,
                                         .municipalities = &municipality,
                                         .municipality_count = municipality.at ? 1 : 0,
                                         .is_narrow = true,
                                         .only_source = source,
                                         .receipt = sending->receipt,
                                         .now = loop_wall(sending->worker->loop)};

    if (!plan_make(sending->arena, &request, &sending->plan))
        return refuse(problem, PROBLEM_INTERNAL, "out of working memory");
    struct plan_row *row = sending->plan.rows;
    if (sending->plan.count != 1)
        return refuse(problem, PROBLEM_NOT_FOUND, "source: there is no such source now");
    if (row->skip == OUTCOME_NOT_AGREED)
        return refuse(problem, PROBLEM_FORBIDDEN, "the portal has no agreement about this source");
    if (row->skip == OUTCOME_LEVEL) {
        *level = plan_row_level(row);
        return refuse(problem, PROBLEM_LEVEL, "the source needs a higher level of login");
    }
    sending->authority = plan_row_authority(row);
    sending->card = authorities_find(&snapshot->authorities, &sending->authority);
    if (!sending->card)
        return refuse(problem, PROBLEM_INTERNAL, "the authority has no card");
    sending->plan.shadow_count = 0;
    sending->part.row = row;
    row->skip = endpoint_of(sending) ? OUTCOME_PENDING : OUTCOME_NOT_NEEDED;
    sending->part.outcome = row->skip;
    return true;
}

/* False: *problem and *level say why it goes no further. */
static bool prepare(struct sending *sending, const struct http_request *request,
                    struct problem *problem, enum level *level)
{
    struct worker *worker = sending->worker;
    const struct portal *portal;
    struct str source, municipality;
    struct str body = arena_copy(sending->arena, request->body);

    if (!admit(worker, problem))
        return false;
    sending->citizen = session_citizen(worker, request, sending->arena, sending->receipt, problem);
    if (!sending->citizen ||
        !session_portal(worker, sending->citizen, request->client_certificate, &portal, problem) ||
        !read_head(sending, request->head, problem))
        return false;
    if (!body.at)
        return refuse(problem, PROBLEM_INTERNAL, "out of working memory");
    return correction_parse(body, worker->snapshot->settings.corrections_text_max, sending->arena,
                            &sending->correction, problem) &&
           find_subject(sending, &source, &municipality, problem) &&
           make_row(sending, portal, source, municipality, problem, level);
}

void corrections_post(struct worker *worker, const struct http_request *request,
                      struct http_exchange *exchange)
{
    struct arena *arena = worker_take_arena(worker);
    enum language language =
        language_choose(query_list(request->head, STR("Accept-Language"), arena));
    struct sending *sending = ARENA_NEW(arena, struct sending);
    char *receipt = arena_alloc(arena, UUID_TEXT);
    struct problem problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
    enum level level = LEVEL_NONE;
    unsigned char random[8];

    if (sending && receipt) {
        uuid_make(&worker->uuids, loop_wall(worker->loop), receipt);
        *sending = (struct sending){.worker = worker,
                                    .arena = arena,
                                    .language = language,
                                    .receipt = str_make(receipt, UUID_TEXT - 1)};
        if (RAND_bytes(random, sizeof random) == 1)
            sending->traceparent = query_traceparent(request->head, random, arena);
        if (prepare(sending, request, &problem, &level)) {
            start(sending, exchange);
            return;
        }
    }
    struct http_field challenge =
        problem.kind == PROBLEM_LEVEL ? session_level_challenge(arena, level) : session_challenge();
    bool is_challenged = problem_status(problem.kind) == 401;
    http_reply_problem(exchange, &problem, language, sending ? sending->receipt : STR_NONE,
                       &challenge, is_challenged ? 1 : 0);
    worker_give_arena(worker, arena);
}
