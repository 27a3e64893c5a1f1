/* SPDX-License-Identifier: MIT */
#include "adapters/mapped_request.h"

#include "adapters/mapped_value.h"
#include "adapters/settle.h"
#include "base/writer.h"
#include "base/xml.h"

enum { VALUE_MAX = 64 * 1024, HEAD_MAX = 8 * 1024, CPR_DATE_DIGITS = 6 };

/* How a value is escaped. */
enum context { IN_TEXT, IN_URL, IN_HEADER, IN_XML };

static struct date shift(struct date date, int by, char unit)
{
    int64_t months;

    if (unit == 'd')
        return date_of_days(date_to_days(date) + by);
    months = date.year * 12 + date.month - 1 + (unit == 'y' ? 12 * (int64_t)by : by);
    date = (struct date){(int16_t)(months / 12), (uint8_t)(months % 12 + 1), date.day};
    while (date.day > 28 && !date_is_valid(date))
        date.day--;
    return date;
}

static struct str join_authorities(struct arena *arena, const struct question *question)
{
    struct buf joined;
    struct str text;

    buf_init(&joined, VALUE_MAX);
    for (size_t i = 0; i < question->authority_count; i++) {
        if (i > 0)
            buf_add_byte(&joined, ',');
        buf_add_str(&joined, question->authorities[i]);
    }
    text = joined.failed ? STR_NONE : arena_copy(arena, buf_str(&joined));
    buf_clear(&joined);
    return text;
}

/* STR_NONE: the question has no such value. */
static struct str value_of(struct arena *arena, const struct question *question,
                           const struct ask_piece *piece)
{
    struct str cpr = cpr_str(question->subject);
    char text[WALL_TEXT];

    switch (piece->what) {
    case ASK_LITERAL:
        return piece->text;
    case ASK_CPR:
        return cpr;
    case ASK_CPR_DASHED:
        return arena_format(arena, "%.*s-%.*s", STR_ARG(str_head(cpr, CPR_DATE_DIGITS)),
                            STR_ARG(str_skip(cpr, CPR_DATE_DIGITS)));
    case ASK_REQUEST_ID:
        return question->request_id;
    case ASK_CURSOR:
        return question->cursor.at ? question->cursor : question->source->mapping->first_cursor;
    case ASK_ID:
        return question->item_id.at ? settle_asked_id(question) : STR_NONE;
    case ASK_MUNICIPALITY:
        return question->municipality;
    case ASK_MUNICIPALITY_CVR:
        return question->municipality_cvr;
    case ASK_AUTHORITIES:
        return join_authorities(arena, question);
    case ASK_NOW:
        return arena_copy(arena, wall_format(question->now, text));
    case ASK_TODAY:
        return arena_copy(
            arena, date_format(shift(wall_date(question->now), piece->shift, piece->unit), text));
    case ASK_PLACEHOLDERS:
        break;
    }
    return STR_NONE;
}

/* Is it one placeholder that the question has no value for? Then what it stands in is left out. */
static bool is_absent(struct arena *arena, const struct question *question,
                      const struct ask_text *text)
{
    return text->count == 1 && text->pieces[0].what != ASK_LITERAL &&
           !value_of(arena, question, &text->pieces[0]).at;
}

/* No byte of a value can end a header's line or hide in it. */
static void escape_header(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] > ' ' && s.at[i] <= '~')
            buf_add_byte(out, s.at[i]);
        else
            buf_format(out, "%%%02X", (unsigned char)s.at[i]);
    }
}

static void write_text(struct buf *out, struct arena *arena, const struct question *question,
                       const struct ask_text *text, enum context context)
{
    for (size_t i = 0; i < text->count; i++) {
        struct str value = value_of(arena, question, &text->pieces[i]);

        if (text->pieces[i].what == ASK_LITERAL || context == IN_TEXT)
            buf_add_str(out, value);
        else if (context == IN_URL)
            mapped_percent_encode(out, value);
        else if (context == IN_HEADER)
            escape_header(out, value);
        else
            xml_escape(out, value);
    }
}

/* STR_NONE: arena full, or too long. */
static struct str text_of(struct arena *arena, const struct question *question,
                          const struct ask_text *text, enum context context, size_t max)
{
    struct buf out;
    struct str made;

    buf_init(&out, max);
    write_text(&out, arena, question, text, context);
    made = out.failed ? STR_NONE : arena_copy(arena, buf_str(&out));
    buf_clear(&out);
    return made;
}

/* ---- bodies ---- */

static void write_authorities(struct writer *w, const struct question *question)
{
    writer_array(w);
    for (size_t i = 0; i < question->authority_count; i++)
        writer_str(w, question->authorities[i]);
    writer_array_end(w);
}

static bool write_value(struct writer *w, struct arena *arena, const struct question *question,
                        const struct ask_text *text)
{
    struct str made;

    if (text->count == 1 && text->pieces[0].what == ASK_AUTHORITIES) {
        write_authorities(w, question);
        return true;
    }
    made = text_of(arena, question, text, IN_TEXT, VALUE_MAX);
    if (!made.at)
        return false;
    writer_str(w, made);
    return true;
}

static bool write_json(struct arena *arena, const struct question *question,
                       const struct mapping_request *request, struct buf *body)
{
    struct writer writer, *w = &writer;

    writer_init(w, body);
    for (const struct ask_op *op = request->ops; op < request->ops + request->op_count; op++) {
        switch (op->type) {
        case OP_OBJECT:
            writer_object(w);
            break;
        case OP_OBJECT_END:
            writer_object_end(w);
            break;
        case OP_ARRAY:
            writer_array(w);
            break;
        case OP_ARRAY_END:
            writer_array_end(w);
            break;
        case OP_MEMBER: /* its value is the next */
            if (op[1].type == OP_TEXT && is_absent(arena, question, &op[1].text))
                op++;
            else
                writer_name_text(w, op->bytes);
            break;
        case OP_TEXT:
            if (!write_value(w, arena, question, &op->text))
                return false;
            break;
        case OP_RAW:
            writer_raw(w, op->bytes);
        }
    }
    return true;
}

static bool write_form(struct arena *arena, const struct question *question,
                       const struct mapping_request *request, struct buf *body)
{
    bool is_first = true;

    for (size_t i = 0; i < request->form_count; i++) {
        const struct ask_pair *pair = &request->form[i];
        struct str value;

        if (is_absent(arena, question, &pair->text))
            continue;
        value = text_of(arena, question, &pair->text, IN_TEXT, VALUE_MAX);
        if (!value.at)
            return false;
        if (!is_first)
            buf_add_byte(body, '&');
        is_first = false;
        mapped_percent_encode(body, pair->name);
        buf_add_byte(body, '=');
        mapped_percent_encode(body, value);
    }
    return true;
}

static bool write_body(struct arena *arena, const struct question *question,
                       const struct mapping_request *request, struct buf *body)
{
    switch (request->body) {
    case BODY_JSON:
        return write_json(arena, question, request, body);
    case BODY_FORM:
        return write_form(arena, question, request, body);
    case BODY_XML:
        write_text(body, arena, question, &request->xml, IN_XML);
    }
    return true;
}

/* ---- the whole ---- */

static bool is_safe(const struct question *question, struct str text)
{
    return text.at && str_find(text, cpr_str(question->subject)) == text.len;
}

static bool add_header(struct ask *ask, const struct question *question, struct str line)
{
    ask->headers[ask->header_count++] = line;
    return is_safe(question, line);
}

static bool write_headers(struct arena *arena, const struct question *question,
                          const struct mapping_request *request, struct ask *ask)
{
    static const struct str types[] = {
        [BODY_JSON] = STR_INIT("Content-Type: application/json"),
        [BODY_FORM] = STR_INIT("Content-Type: application/x-www-form-urlencoded"),
        [BODY_XML] = STR_INIT("Content-Type: text/xml; charset=utf-8")};
    bool is_json = question->source->mapping->format == MAPPING_JSON;

    _Static_assert(MAPPING_HEADERS_MAX + 2 <= ASK_HEADERS_MAX, "all fit");
    ask->header_count = 0;
    if (!request->has_content_type)
        ask->headers[ask->header_count++] = types[request->body];
    if (!request->has_accept)
        ask->headers[ask->header_count++] =
            is_json ? STR("Accept: application/json") : STR("Accept: text/xml, application/xml");
    for (size_t i = 0; i < request->header_count; i++) {
        const struct ask_pair *header = &request->headers[i];
        struct str value;

        if (is_absent(arena, question, &header->text))
            continue;
        value = text_of(arena, question, &header->text, IN_HEADER, HEAD_MAX);
        if (!value.at ||
            !add_header(ask, question,
                        arena_format(arena, "%.*s: %.*s", STR_ARG(header->name), STR_ARG(value))))
            return false;
    }
    return true;
}

bool mapped_request_build(struct arena *arena, const struct question *question, struct ask *ask)
{
    const struct mapping *mapping = question->source->mapping;
    bool is_detail = question->kind == QUESTION_DETAIL && mapping->detail;
    const struct mapping_request *request = is_detail ? mapping->detail : mapping->list;

    if (request->path.count > 0)
        ask->path = text_of(arena, question, &request->path, IN_URL, HEAD_MAX);
    else
        ask->path = is_detail ? question->source->detail_path : question->source->path;
    return is_safe(question, ask->path) && write_headers(arena, question, request, ask) &&
           write_body(arena, question, request, ask->body) && !ask->body->failed &&
           !arena_is_full(arena);
}
