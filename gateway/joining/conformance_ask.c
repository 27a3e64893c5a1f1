/* SPDX-License-Identifier: MIT */
#include "joining/conformance_ask.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "base/die.h"
#include "base/uuid.h"
#include "identity/citizen_make.h"
#include "net/tls.h"

enum {
    ASK_BODY_MAX = 64 * 1024,
    HEADERS_MAX = 12,
    SIP_EVERY_MS = 5,
    SIP_PAUSE_MS = 100,
    STOLEN_BYTES = 43 /* a SHA-256 as base64url */
};

struct conformance_asker {
    const struct conformance_spec *spec;
    const struct conformance_limits *limits;
    struct loop *loop;
    struct fetch_pool *pool;
    struct uuid_source uuids;
    struct fetch_target anonymous; /* the target, without our certificate */
    char certificate[44];          /* x5t#S256 of ours; "": none */
    size_t pending;                /* questions under way */
    struct timer sip;              /* runs while one of them is read slowly */
};

/* One question under way. */
struct asking {
    struct conformance_asker *asker;
    struct observed *observed;
    struct conformance_exchange *exchange; /* NULL: nobody looks */
    struct arena *arena;
    struct fetch *fetch; /* slot */
    struct buf body;
};

/* ---- our token, right and wrong ---- */

static bool sign_wrongly(void *signer, struct str bytes, unsigned char signature[64])
{
    bool is_signed = assertion_signer_sign(signer, bytes, signature);
    signature[40] ^= 1;
    return is_signed;
}

static enum level level_of(const struct conformance_asker *asker, enum conformance_bearer kind)
{
    enum level level = asker->spec->route->level;
    return kind == BEARER_LEVEL ? (enum level)(level - 1) : level;
}

/* The header line; STR_NONE: none is sent. */
static struct str authorization(struct conformance_asker *asker, struct arena *arena,
                                const struct conformance_wish *wish, struct str request_id)
{
    enum { HOUR_MS = 3600 * 1000 };
    static const char nobodys[STOLEN_BYTES + 1] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const struct conformance_spec *spec = asker->spec;
    const struct str audience =
        wish->token == BEARER_AUDIENCE ? STR("somebody.else") : spec->route->source.id;
    struct str certificate = asker->certificate[0] ? str_of(asker->certificate) : STR_NONE;
    struct wall now = loop_wall(asker->loop);

    if (wish->token == BEARER_NONE)
        return STR_NONE;
    if (wish->token == BEARER_EXPIRED)
        now.unix_ms -= HOUR_MS;
    const struct assertion_spec how = {
        .issuer = spec->issuer,
        .kid = assertion_signer_kid(spec->signer),
        .audiences = &audience,
        .audience_count = 1,
        .jti = request_id,
        .certificate = wish->token == BEARER_STOLEN ? str_of(nobodys) : certificate,
        .pairwise_key = spec->pairwise_key,
        .now = now,
    };
    const struct citizen *citizen = citizen_make_test(
        arena, wish->pair->cpr, wish->pair->name, STR("conformance"), level_of(asker, wish->token));
    struct str token =
        citizen
            ? assertion_make(arena, &how, citizen,
                             wish->token == BEARER_FORGED ? sign_wrongly : assertion_signer_sign,
                             spec->signer)
            : STR_NONE;
    return token.at ? arena_format(arena, "Authorization: Bearer %.*s", STR_ARG(token)) : STR_NONE;
}

/* ---- one question ---- */

static struct question question_of(const struct conformance_asker *asker,
                                   const struct conformance_wish *wish)
{
    const struct source *source = &asker->spec->route->source;
    const struct owner *owner = &asker->spec->route->owner;
    const struct municipality *municipality = wish->pair->municipality;
    const struct str *own = owner->answers_for_count ? owner->answers_for : &source->authority.cvr;
    size_t own_count = owner->answers_for_count ? owner->answers_for_count : own->at != NULL;

    return (struct question){
        .kind = wish->kind,
        .source = source,
        .subject = wish->pair->cpr,
        .item_id = wish->item_id,
        .cursor = wish->cursor,
        .municipality = municipality ? municipality->code : STR_NONE,
        .municipality_cvr = municipality ? municipality->cvr : STR_NONE,
        .authorities = municipality ? &municipality->cvr : own,
        .authority_count = municipality ? 1 : own_count,
        .journal_notes = true,
        .now = loop_wall(asker->loop),
    };
}

static void on_fetched(void *ctx, const struct fetch_result *result)
{
    struct asking *asking = ctx;
    struct conformance_asker *asker = asking->asker;
    struct observed *o = asking->observed;
    struct answer_fault fault = {0};

    o->status = result->status;
    o->http_status = result->http_status;
    o->times = result->times;
    o->reused = result->reused;
    o->why = result->why;
    if (result->status == FETCH_OK) {
        struct str body = arena_copy(asking->arena, result->body);
        const struct answer answer = {.http_status = result->http_status,
                                      .content_type =
                                          arena_copy(asking->arena, result->content_type),
                                      .body = body.at ? body : STR(""),
                                      .items_max = asker->limits->items_max};

        if (asking->exchange) {
            asking->exchange->content_type = answer.content_type;
            asking->exchange->answer = answer.body;
        }
        item_list_init(&o->parsed.items);
        o->outcome = asker->spec->route->source.adapter->parse(asking->arena, &o->question, &answer,
                                                               &o->parsed, &fault);
        o->why = fault.why;
        o->rule = fault.rule;
        if (o->outcome == OUTCOME_ANSWERED || o->outcome == OUTCOME_EMPTY) {
            o->guard = guard_judge(&o->question, &o->parsed, result->request_id);
            o->echoes = str_equal_nocase(o->parsed.request_id, o->question.request_id) ||
                        str_equal_nocase(result->request_id, o->question.request_id);
        } else {
            o->parsed = (struct parsed){0};
        }
    }
    if (--asker->pending == 0)
        loop_stop(asker->loop);
}

/* What cannot even be asked is observed as such. */
static void fail_to_ask(struct asking *asking)
{
    asking->observed->status = FETCH_PROTOCOL;
    asking->observed->why = "the question exceeds the limits";
}

/* The question as it is sent. */
static void keep_question(const struct asking *asking, const struct fetch_spec *spec)
{
    struct conformance_exchange *exchange = asking->exchange;
    struct str *headers =
        exchange ? arena_calloc(asking->arena, spec->header_count, sizeof *headers) : NULL;

    if (!headers)
        return;
    memcpy(headers, spec->headers, spec->header_count * sizeof *headers);
    *exchange = (struct conformance_exchange){.path = spec->path,
                                              .body = arena_copy(asking->arena, spec->body),
                                              .headers = headers,
                                              .header_count = spec->header_count};
}

/* As overview/call does it. */
static void start(struct asking *asking, const struct conformance_wish *wish)
{
    struct conformance_asker *asker = asking->asker;
    const struct route *route = asker->spec->route;
    struct observed *o = asking->observed;
    struct arena *arena = asking->arena;
    struct ask ask = {.body = &asking->body};
    struct str headers[HEADERS_MAX];
    char *request_id = arena_alloc(arena, UUID_TEXT);
    instant now = loop_now(asker->loop);
    instant done_by = wish->done_by ? wish->done_by : instant_after_ms(now, route->rules.total_ms);
    size_t count = 0;

    *o = (struct observed){.citizen = wish->pair->name,
                           .municipality =
                               wish->pair->municipality ? wish->pair->municipality->code : STR_NONE,
                           .question = question_of(asker, wish),
                           .times = FETCH_TIMES_NONE};
    if (!request_id) {
        fail_to_ask(asking);
        return;
    }
    uuid_make(&asker->uuids, o->question.now, request_id);
    o->question.request_id = str_make(request_id, UUID_TEXT - 1);
    bool is_built = route->source.adapter->build(arena, &o->question, &ask) && !asking->body.failed;
    struct str token = authorization(asker, arena, wish, o->question.request_id);
    for (; count < ask.header_count; count++)
        headers[count] = ask.headers[count];
    if (token.at)
        headers[count++] = token;
    headers[count++] = arena_format(arena, "X-Request-Id: %s", request_id);
    headers[count++] = arena_format(arena, "Overblik-Time-Left-Ms: %lld",
                                    (long long)instant_left_ms(now, done_by));
    if (!is_built || arena_is_full(arena) || (!token.at && wish->token != BEARER_NONE)) {
        fail_to_ask(asking);
        return;
    }
    const struct fetch_spec spec = {
        .target = wish->is_anonymous ? &asker->anonymous : &route->target,
        .path = ask.path,
        .headers = headers,
        .header_count = count,
        .body = buf_str(&asking->body),
        .answer_max = asker->limits->answer_max,
        .connected_by = instant_min(instant_after_ms(now, route->rules.connect_ms), done_by),
        .first_byte_by = instant_min(instant_after_ms(now, route->rules.first_byte_ms), done_by),
        .done_by = done_by,
        .silence_ms = (unsigned)route->rules.silence_ms,
    };
    keep_question(asking, &spec);
    asker->pending++;
    fetch_start(asker->pool, &spec, &asking->fetch, on_fetched, asking);
}

/* The loop stands still, and what the source sends waits on its way. */
static void on_sip(void *ctx)
{
    static const struct timespec pause = {.tv_nsec = SIP_PAUSE_MS * 1000 * 1000L};
    struct conformance_asker *asker = ctx;

    nanosleep(&pause, NULL);
    if (asker->pending > 0)
        timer_start(asker->loop, &asker->sip, instant_after_ms(clock_instant(), SIP_EVERY_MS),
                    on_sip, asker);
}

void conformance_ask_all(struct conformance_asker *asker, struct arena *arena,
                         const struct conformance_wish *wishes, size_t count,
                         struct observed *observed)
{
    struct asking askings[CONFORMANCE_SERIES];

    assert(count <= CONFORMANCE_SERIES && asker->pending == 0);
    for (size_t i = 0; i < count; i++) {
        askings[i] = (struct asking){.asker = asker,
                                     .observed = &observed[i],
                                     .exchange = wishes[i].exchange,
                                     .arena = arena};
        buf_init(&askings[i].body, ASK_BODY_MAX);
        start(&askings[i], &wishes[i]);
        if (wishes[i].is_slow && !timer_is_running(&asker->sip))
            timer_start(asker->loop, &asker->sip,
                        instant_after_ms(loop_now(asker->loop), SIP_EVERY_MS), on_sip, asker);
    }
    if (asker->pending > 0)
        loop_run(asker->loop);
    timer_cancel(asker->loop, &asker->sip);
    for (size_t i = 0; i < count; i++)
        buf_clear(&askings[i].body);
}

struct observed conformance_ask(struct conformance_asker *asker, struct arena *arena,
                                struct conformance_wish wish)
{
    struct observed observed;
    conformance_ask_all(asker, arena, &wish, 1, &observed);
    return observed;
}

/* ---- the asker ---- */

/* Of the file of our certificate, which is terminated nowhere. */
static void note_certificate(struct conformance_asker *asker, struct str name)
{
    char *file = name.at ? strndup(name.at, name.len) : NULL;

    if (!file || !tls_certificate_thumbprint(file, asker->certificate))
        asker->certificate[0] = '\0';
    free(file);
}

struct conformance_asker *conformance_asker_new(const struct conformance_spec *spec,
                                                const struct conformance_limits *limits)
{
    const struct settings *settings = spec->settings;
    const struct fetch_target *target = &spec->route->target;
    struct conformance_asker *asker = die_calloc(1, sizeof *asker);

    asker->spec = spec;
    asker->limits = limits;
    asker->loop = loop_new();
    asker->pool = fetch_pool_new(
        asker->loop, &(struct fetch_pool_settings){
                         .connections_max = (unsigned)settings->fetch_connections_max,
                         .connection_idle_s = (unsigned)settings->fetch_connection_idle_s,
                         .connection_life_s = (unsigned)settings->fetch_connection_life_s,
                         .header_bytes_max = (size_t)settings->fetch_answer_header_max,
                         .header_lines_max = (unsigned)settings->fetch_answer_lines_max});
    uuid_source_init(&asker->uuids);
    asker->anonymous = *target;
    asker->anonymous.cert_file = asker->anonymous.key_file = STR_NONE;
    asker->anonymous.identity = fetch_target_identity(&asker->anonymous);
    note_certificate(asker, target->cert_file);
    return asker;
}

void conformance_asker_free(struct conformance_asker **slot)
{
    struct conformance_asker *asker = *slot;

    if (!asker)
        return;
    *slot = NULL;
    fetch_pool_free(&asker->pool);
    loop_free(&asker->loop);
    free(asker);
}

void conformance_asker_resolve(struct conformance_asker *asker, const char *resolved)
{
    fetch_pool_resolve(asker->pool, str_of(resolved));
}
