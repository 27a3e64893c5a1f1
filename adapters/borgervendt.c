/* SPDX-License-Identifier: MIT */
#include "adapters/borgervendt.h"

#include "adapters/adapters.h"
#include "adapters/borgervendt_model.h"
#include "adapters/settle.h"
#include "base/writer.h"

enum { CURSOR_MAX = 800, REQUEST_ID_MAX = 200 };

/* ---- the request ---- */

static bool build(struct arena *arena, const struct question *question, struct ask *ask)
{
    struct writer w;

    (void)arena;
    ask->path =
        question->kind == QUESTION_DETAIL ? question->source->detail_path : question->source->path;
    ask->headers[0] = STR("Content-Type: application/json");
    ask->headers[1] = STR("Accept: application/json");
    ask->header_count = 2;

    writer_init(&w, ask->body);
    writer_object(&w);
    writer_member_str(&w, "CPR-nr", cpr_str(question->subject));
    if (question->municipality.at)
        writer_member_str(&w, "kommunenr", question->municipality);
    writer_name(&w, "myndighedsliste");
    writer_array(&w);
    for (size_t i = 0; i < question->authority_count; i++)
        writer_str(&w, question->authorities[i]);
    writer_array_end(&w);
    if (question->kind == QUESTION_DETAIL)
        writer_member_str(&w, "id", settle_asked_id(question));
    else
        writer_member_int(&w, "sidestoerrelse", BORGERVENDT_PAGE_SIZE);
    if (question->cursor.at)
        writer_member_str(&w, "sidemarkoer", question->cursor);
    writer_object_end(&w);
    return !ask->body->failed;
}

/* ---- the answer ---- */

static bool is_json(struct str content_type)
{
    struct str rest = content_type;

    return !content_type.at ||
           str_equal_nocase(str_trim(str_split(&rest, ';')), STR("application/json"));
}

enum envelope_field {
    ENVELOPE_CPR,
    ENVELOPE_REQUEST_ID,
    ENVELOPE_AS_OF,
    ENVELOPE_IS_STALE,
    ENVELOPE_CURSOR,
    ENVELOPE_FIELDS
};
static const struct str envelope_names[ENVELOPE_FIELDS] = {
    [ENVELOPE_CPR] = STR_INIT("CPR-nr"),        [ENVELOPE_REQUEST_ID] = STR_INIT("anmodningsID"),
    [ENVELOPE_AS_OF] = STR_INIT("datoTid"),     [ENVELOPE_IS_STALE] = STR_INIT("foraeldet"),
    [ENVELOPE_CURSOR] = STR_INIT("naesteSide"),
};

/* A member that is none of the envelope's: a model's list, or something to be ignored. */
static void read_list(struct reading *in, struct str name, unsigned *lists)
{
    enum item_kind kind;

    if (!model_find(name, &kind)) {
        reader_skip(&in->reader);
        return;
    }
    if (*lists & ITEM_KIND_BIT(kind))
        reader_fail(&in->reader, "duplicate member");
    *lists |= ITEM_KIND_BIT(kind);
    model_read_list(in, kind);
}

static void read_envelope(struct reading *in, struct parsed *parsed, unsigned *lists)
{
    struct reader *r = &in->reader;
    struct str name;
    uint64_t seen = 0;

    if (!reader_object(r))
        return;
    while (reader_member(r, &name)) {
        switch (reader_field(r, name, envelope_names, ENVELOPE_FIELDS, &seen)) {
        case ENVELOPE_CPR:
            if (!reader_null(r) && !cpr_parse(reader_string(r), &parsed->subject))
                reader_fail(r, "a personal number is none");
            break;
        case ENVELOPE_REQUEST_ID:
            parsed->request_id = shape_text(in, REQUEST_ID_MAX);
            break;
        case ENVELOPE_AS_OF:
            parsed->as_of = reader_wall(r);
            break;
        case ENVELOPE_IS_STALE:
            parsed->is_stale = !reader_null(r) && reader_bool(r);
            break;
        case ENVELOPE_CURSOR:
            parsed->cursor = shape_text(in, CURSOR_MAX);
            break;
        default:
            read_list(in, name, lists);
        }
    }
}

/* What can only be said of the whole answer; NULL: nothing is wrong. */
static const char *judge_answer(const struct question *question, const struct parsed *parsed,
                                unsigned lists)
{
    if (lists == 0)
        return "no list of any model";
    if (parsed->cursor.at && question->cursor.at && str_equal(parsed->cursor, question->cursor))
        return "the next page is this page";
    if (question->kind == QUESTION_DETAIL)
        for (const struct item *item = parsed->items.first; item; item = item->next)
            if (item->kind != ITEM_DOCUMENT && !str_equal(item->id, settle_asked_id(question)))
                return "another item than the one asked for";
    return NULL;
}

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    static const struct borgervendt_rules none = {.payer = {NULL, 0}};
    const struct borgervendt_rules *rules = question->source->borgervendt;
    struct reading in = {.question = question,
                         .rules = rules ? rules : &none,
                         .items = &parsed->items,
                         .items_max = answer->items_max};
    enum outcome outcome;
    unsigned lists = 0;

    *fault = (struct answer_fault){.why = NULL, .offset = 0};
    *parsed = (struct parsed){.subject = CPR_NONE};
    item_list_init(&parsed->items);

    outcome = outcome_of_http(answer->http_status, &fault->why);
    if (outcome != OUTCOME_ANSWERED)
        return outcome;
    if (!is_json(answer->content_type)) {
        fault->why = "the answer is no application/json";
        return OUTCOME_INVALID;
    }
    reader_init(&in.reader, answer->body, arena);
    read_envelope(&in, parsed, &lists);
    if (!reader_end(&in.reader)) {
        fault->why = in.reader.fault;
        fault->offset = in.reader.fault_offset;
        return OUTCOME_INVALID;
    }
    fault->why = judge_answer(question, parsed, lists);
    if (fault->why)
        return OUTCOME_INVALID;
    return parsed->items.count > 0 || parsed->cursor.at ? OUTCOME_ANSWERED : OUTCOME_EMPTY;
}

const struct adapter adapter_borgervendt = {
    .name = STR_INIT("borgervendt"), .build = build, .parse = parse};
