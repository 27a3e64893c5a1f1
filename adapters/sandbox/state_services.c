/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/state_services.h"

#include "adapters/sandbox/bend.h"
#include "adapters/sandbox/state_data.h"
#include "base/reader.h"

enum {
    AUTHORITIES_MAX = 64,
    PAGE_SIZE = 100,
    PAGE_SIZE_MAX = 1000,
    MANY_ITEMS = 100001,           /* one more than the gateway can be set to */
    HUGE_BYTES = 20 * 1024 * 1024, /* more than it can be set to */
    DEEP_LEVELS = 100000
};

/* ---- what is asked ---- */

/* The services of the contract: a list and a detail service for each model. */
static const struct {
    struct str list, detail;
    const char *model;
    const char *least; /* what an item of this model cannot do without, but for its id */
} domains[] = {
    {STR_INIT("/hentsagsliste/v2.0.0"), STR_INIT("/hentsag/v2.0.0"), "BorgervendtSag",
     ",\"parter\":[]"},
    {STR_INIT("/hentydelsesliste/v2.1.0"), STR_INIT("/hentydelse/v2.1.0"),
     "BorgervendtOekonomiskYdelse", ",\"udbetaler\":\"A\""},
    {STR_INIT("/hentakkreditivliste/v1.0.0"), STR_INIT("/hentakkreditiv/v1.0.0"),
     "BorgervendtAkkreditiv", ",\"akkreditivtype\":\"pas\""},
    {STR_INIT("/hentbetalingsliste/v1.0.0"), STR_INIT("/hentbetaling/v1.0.0"),
     "BorgervendtGaeldogBetaling", ""},
    {STR_INIT("/hentaftaleliste/v1.0.0"), STR_INIT("/hentaftale/v1.0.0"),
     "BorgervendtAftaleFrister", ""},
};
enum { DOMAIN_COUNT = sizeof domains / sizeof *domains };

struct wish {
    size_t domain;
    bool is_detail;
    struct cpr subject;
    struct str id, cursor;
    struct str authorities[AUTHORITIES_MAX];
    size_t authority_count;
    bool names_authorities;
    size_t from, size; /* of the page */
};

static bool wish_find_domain(struct wish *wish, struct str path)
{
    for (size_t i = 0; i < DOMAIN_COUNT; i++) {
        wish->domain = i;
        wish->is_detail = str_equal(path, domains[i].detail);
        if (wish->is_detail || str_equal(path, domains[i].list))
            return true;
    }
    return false;
}

static void read_authorities(struct reader *r, struct wish *wish)
{
    wish->names_authorities = true;
    if (!reader_array(r))
        return;
    while (reader_element(r)) {
        if (wish->authority_count == AUTHORITIES_MAX) {
            reader_fail(r, "myndighedsliste is too long");
            return;
        }
        wish->authorities[wish->authority_count++] = reader_string(r);
    }
}

/* A cursor is the number of the first item of its page. NULL: the wish can be met. */
static const char *judge_wish(struct wish *wish)
{
    uint64_t from = 0;

    if (!cpr_is_known(&wish->subject))
        return "CPR-nr is missing, or no personal number";
    if (!wish->names_authorities)
        return "myndighedsliste is missing";
    if (wish->is_detail != (wish->id.at != NULL))
        return wish->is_detail ? "id is missing" : "a list has no id";
    if (wish->cursor.at && !str_to_u64(wish->cursor, UINT32_MAX, &from))
        return "sidemarkoer is not one of ours";
    wish->from = (size_t)from;
    return NULL;
}

/* NULL: the wish can be met; else what is wrong with the request. */
static const char *wish_read(struct wish *wish, struct str body, struct arena *arena)
{
    enum { CPR, KOMMUNE, AUTHORITIES, PAGE, CURSOR, ID };
    static const struct str names[] = {STR_INIT("CPR-nr"),          STR_INIT("kommunenr"),
                                       STR_INIT("myndighedsliste"), STR_INIT("sidestoerrelse"),
                                       STR_INIT("sidemarkoer"),     STR_INIT("id")};
    struct reader reader, *r = &reader;
    struct str name, municipality;
    uint64_t seen = 0;

    wish->size = PAGE_SIZE;
    reader_init(r, body, arena);
    if (reader_object(r)) {
        while (reader_member(r, &name)) {
            switch (reader_field(r, name, names, sizeof names / sizeof *names, &seen)) {
            case CPR:
                if (!cpr_parse(reader_string(r), &wish->subject))
                    wish->subject = CPR_NONE;
                break;
            case KOMMUNE:
                municipality = reader_string(r);
                if (municipality.len != 4 || !str_is_digits(municipality))
                    reader_fail(r, "kommunenr is no municipality");
                break;
            case AUTHORITIES:
                read_authorities(r, wish);
                break;
            case PAGE:
                wish->size = (size_t)reader_int(r, 1, PAGE_SIZE_MAX);
                break;
            case CURSOR:
                wish->cursor = reader_string(r);
                break;
            case ID:
                wish->id = reader_string(r);
                break;
            default:
                reader_skip(r);
            }
        }
    }
    return reader_end(r) ? judge_wish(wish) : r->fault;
}

static bool wish_covers(const struct wish *wish, struct str cvr)
{
    for (size_t i = 0; i < wish->authority_count; i++)
        if (str_equal(wish->authorities[i], cvr))
            return true;
    return false;
}

/* ---- what is answered ---- */

static void answer_problem(struct sandbox_reply *reply, int status, const char *type,
                           const char *title, const char *detail)
{
    struct writer w;

    reply->status = status;
    reply->content_type = "application/problem+json";
    writer_init(&w, reply->body);
    writer_object(&w);
    writer_member_str(&w, "type", str_of(type));
    writer_member_str(&w, "title", str_of(title));
    writer_member_int(&w, "status", status);
    writer_member_str(&w, "detail", str_of(detail));
    writer_object_end(&w);
}

static void write_item(const struct state_words *words, struct writer *w, const json_t *item,
                       struct str request_id, enum sandbox_bend bend)
{
    json_t *bent = sandbox_bend_item(item, bend, request_id);

    state_write_item(words, w, bent ? bent : item);
    json_decref(bent);
}

/* Writes the items of the page, or the one asked for; true: more follow behind them. */
static bool write_items(struct state_words *words, struct writer *w, const struct wish *wish,
                        struct str request_id, enum sandbox_bend bend)
{
    const json_t *items =
        json_object_get(sandbox_holdings(words->data, words->self), domains[wish->domain].model);
    const json_t *item;
    size_t i, position = 0;

    json_array_foreach(items, i, item)
    {
        if (!wish_covers(wish, state_cvr(words, item)))
            continue;
        for (words->n = 0; words->n < state_count(item); words->n++) {
            struct str id = str_of(json_string_value(json_object_get(item, "id")));

            if (wish->is_detail && !str_equal(state_text(words, id), wish->id))
                continue;
            if (!wish->is_detail && position >= wish->from + wish->size)
                return true;
            if (position++ >= wish->from || wish->is_detail)
                write_item(words, w, item, request_id, bend);
        }
    }
    return false;
}

static void write_many(struct writer *w, const char *least, size_t count, size_t bytes)
{
    for (size_t i = 0; i < count && w->out->len < bytes && !w->out->failed; i++) {
        char item[96];
        int len = snprintf(item, sizeof item, "{\"id\":\"m%zu\"%s}", i, least);

        writer_raw(w, str_make(item, (size_t)len));
    }
}

static void write_nesting(struct writer *w, struct arena *arena)
{
    char *brackets = arena_alloc(arena, 2 * (size_t)DEEP_LEVELS);

    if (!brackets)
        return;
    memset(brackets, '[', DEEP_LEVELS);
    memset(brackets + DEEP_LEVELS, ']', DEEP_LEVELS);
    writer_name(w, "dybde");
    writer_raw(w, str_make(brackets, 2 * (size_t)DEEP_LEVELS));
}

static void write_names(struct writer *w, struct str cpr, struct str request_id,
                        enum sandbox_bend bend)
{
    if (bend == BEND_UNNAMED)
        return;
    if (bend == BEND_WRONG_ECHO) {
        writer_member_str(w, "anmodningsID", STR("00000000-0000-7000-8000-000000000000"));
        return;
    }
    writer_member_str(w, "CPR-nr", cpr);
    if (bend == BEND_DUPLICATE)
        writer_member_str(w, "CPR-nr", cpr);
    if (bend != BEND_NO_ECHO)
        writer_member_str(w, "anmodningsID", request_id);
}

static void write_as_of(struct writer *w, struct wall now, enum sandbox_bend bend)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000 };

    writer_name(w, "datoTid");
    if (bend == BEND_WRONG_TYPE) {
        writer_int(w, 20);
    } else if (bend == BEND_STALE) {
        writer_wall(w, (struct wall){now.unix_ms - DAY_MS, true});
        writer_member_bool(w, "foraeldet", true);
    } else {
        writer_wall(w, now);
    }
}

static void answer_list(struct state_words *words, const struct sandbox_request *request,
                        const struct wish *wish, enum sandbox_bend bend,
                        struct sandbox_reply *reply)
{
    struct writer writer, *w = &writer;
    bool has_more;

    reply->status = 200;
    reply->content_type = "application/json";
    writer_init(w, reply->body);
    writer_object(w);
    write_names(w, cpr_str(&wish->subject), request->request_id, bend);
    write_as_of(w, request->now, bend);
    if (bend == BEND_DEEP)
        write_nesting(w, words->arena);
    writer_name_text(w, str_of(domains[wish->domain].model));
    writer_array(w);
    has_more = write_items(words, w, wish, request->request_id, bend);
    if (bend == BEND_MANY)
        write_many(w, domains[wish->domain].least, MANY_ITEMS, SIZE_MAX);
    if (bend == BEND_HUGE)
        write_many(w, domains[wish->domain].least, SIZE_MAX, HUGE_BYTES);
    writer_array_end(w);
    if (has_more || bend == BEND_LOOPING_PAGES)
        writer_member_str(w, "naesteSide",
                          arena_format(words->arena, "%zu", wish->from + wish->size));
    writer_object_end(w);
}

/* Somebody else, if possible one about whom there is something to tell. */
static const json_t *somebody_else(const struct sandbox_data *data, const json_t *self,
                                   const char *model)
{
    const json_t *other = NULL, *citizen;
    size_t i;

    json_array_foreach(data->citizens, i, citizen)
    {
        if (citizen == self)
            continue;
        other = citizen;
        if (json_array_size(json_object_get(sandbox_holdings(data, citizen), model)) > 0)
            break;
    }
    return other;
}

/* Whoever has the item that is asked for; the one who asks, if nobody has. */
static const json_t *holder_of(const struct state_words *words, const struct wish *wish)
{
    const json_t *citizen, *item;
    size_t i, j;

    json_array_foreach(words->data->citizens, i, citizen)
    {
        const json_t *items =
            json_object_get(sandbox_holdings(words->data, citizen), domains[wish->domain].model);
        json_array_foreach(
            items, j, item) if (str_equal(str_of(json_string_value(json_object_get(item, "id"))),
                                          wish->id)) return citizen;
    }
    return words->self;
}

static void answer(const struct sandbox_data *data, const struct sandbox_request *request,
                   enum sandbox_bend bend, struct arena *arena, struct sandbox_reply *reply)
{
    struct state_words words = {.data = data, .arena = arena, .now = request->now};
    struct wish wish = {.size = 0};
    const char *wrong;

    reply->citizen = STR("");
    if (!wish_find_domain(&wish, request->path)) {
        answer_problem(reply, 404, "Data-source-error", "Error calling data source",
                       "no such service");
        return;
    }
    wrong = wish_read(&wish, request->body, arena);
    if (wrong) {
        answer_problem(reply, 400, "Input-param-error",
                       "Invalid input parameter from display client", wrong);
        return;
    }
    words.self = sandbox_citizen(data, cpr_str(&wish.subject));
    if (words.self)
        reply->citizen = str_of(json_string_value(json_object_get(words.self, "id")));
    if (bend == BEND_ERROR) {
        answer_problem(reply, 500, "Data-source-internal-error", "Internal error at data source",
                       "asked for by the sandbox's control port");
        return;
    }
    if (bend == BEND_ANY_ITEM && wish.is_detail)
        words.self = holder_of(&words, &wish);
    if (bend == BEND_FOREIGN) {
        words.self = somebody_else(data, words.self, domains[wish.domain].model);
        if (!cpr_parse(state_text(&words, STR("@self")), &wish.subject))
            wish.subject = CPR_NONE;
    }
    answer_list(&words, request, &wish, bend, reply);
}

/* ---- who offers what ---- */

#define SERVICE(path)                                                                              \
    {                                                                                              \
        STR_INIT(path), answer                                                                     \
    }
const struct sandbox_service state_udbetaling_danmark_services[STATE_UDBETALING_DANMARK_SERVICES] =
    {SERVICE("/hentsagsliste/v2.0.0"),      SERVICE("/hentsag/v2.0.0"),
     SERVICE("/hentydelsesliste/v2.1.0"),   SERVICE("/hentydelse/v2.1.0"),
     SERVICE("/hentbetalingsliste/v1.0.0"), SERVICE("/hentbetaling/v1.0.0")};
const struct sandbox_service state_star_services[STATE_STAR_SERVICES] = {
    SERVICE("/hentydelsesliste/v2.1.0"), SERVICE("/hentydelse/v2.1.0"),
    SERVICE("/hentaftaleliste/v1.0.0"), SERVICE("/hentaftale/v1.0.0")};
const struct sandbox_service state_atp_services[STATE_ATP_SERVICES] = {
    SERVICE("/hentydelsesliste/v2.1.0"), SERVICE("/hentydelse/v2.1.0")};
const struct sandbox_service state_rigspolitiet_services[STATE_RIGSPOLITIET_SERVICES] = {
    SERVICE("/hentakkreditivliste/v1.0.0"), SERVICE("/hentakkreditiv/v1.0.0")};
const struct sandbox_service
    state_digitaliseringsstyrelsen_services[STATE_DIGITALISERINGSSTYRELSEN_SERVICES] = {
        SERVICE("/hentakkreditivliste/v1.0.0"), SERVICE("/hentakkreditiv/v1.0.0")};
