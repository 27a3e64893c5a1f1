/* SPDX-License-Identifier: MIT */
#include "adapters/mapped.h"

#include "adapters/mapped_items.h"
#include "adapters/mapped_request.h"
#include "adapters/mapped_value.h"

enum { PAGES_MAX = 1000000 };

static enum outcome invalid(struct mapped_reading *in, const char *why)
{
    in->fault.why = why;
    return OUTCOME_INVALID;
}

/* Parameters of the media type do not matter; none is named: it is tried. */
static bool is_of_format(enum mapping_format format, struct str content_type)
{
    struct str rest = content_type;
    struct str type = str_trim(str_split(&rest, ';'));

    if (!content_type.at)
        return true;
    if (format == MAPPING_JSON)
        return str_equal_nocase(type, STR("application/json")) || str_ends_with(type, STR("+json"));
    return str_equal_nocase(type, STR("text/xml")) ||
           str_equal_nocase(type, STR("application/xml")) || str_ends_with(type, STR("+xml"));
}

static bool read_body(struct mapped_reading *in, const struct answer *answer)
{
    if (!is_of_format(in->mapping->format, answer->content_type)) {
        in->fault.why = "the answer is of another media type than the mapping's";
        return false;
    }
    if (!mapped_reading_init(in)) {
        in->fault.why = "the answer needs more room than it may have";
        return false;
    }
    return in->mapping->format == MAPPING_JSON ? mapped_read_json(in) : mapped_read_xml(in);
}

/* ---- what the source says of the answer ---- */

/* Does the mapping speak of answers with this status at all? */
static bool speaks_of(const struct mapping *mapping, int status)
{
    for (size_t i = 0; i < mapping->outcome_count; i++)
        if (mapping->outcomes[i].status == status)
            return true;
    return false;
}

/* Does the status alone decide, so that the body need not be read? */
static const struct mapping_outcome *by_status(const struct mapping *mapping, int status)
{
    for (size_t i = 0; i < mapping->outcome_count; i++) {
        const struct mapping_outcome *one = &mapping->outcomes[i];

        if (one->status != status)
            continue;
        return one->when || one->outcome == OUTCOME_EMPTY ? NULL : one;
    }
    return NULL;
}

static const struct mapping_outcome *by_body(const struct mapped_reading *in, int status)
{
    for (size_t i = 0; i < in->mapping->outcome_count; i++) {
        const struct mapping_outcome *one = &in->mapping->outcomes[i];

        if (one->status == status && mapped_condition_holds(in->root, one->when))
            return one;
    }
    return NULL;
}

/* Whose answer it is, and as of when. */
static bool read_head(struct mapped_reading *in, const struct question *question,
                      struct parsed *parsed)
{
    const struct mapping *mapping = in->mapping;

    parsed->is_stale = mapping->stale && mapped_condition_holds(in->root, mapping->stale);
    return mapped_field_set(in, question, &field_subject, mapping->subject, &parsed->subject) &&
           mapped_field_set(in, question, &field_request_id, mapping->request_id,
                            &parsed->request_id) &&
           mapped_field_set(in, question, &field_as_of, mapping->as_of, &parsed->as_of);
}

/* ---- pages ---- */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes the percent-encoding. STR_NONE: it is none, or the arena is full. */
static struct str decode(struct arena *arena, struct str s)
{
    char *text = arena_alloc(arena, s.len + 1);
    size_t len = 0;

    for (size_t i = 0; text && i < s.len; i++) {
        if (s.at[i] != '%') {
            text[len++] = (char)(s.at[i] == '+' ? ' ' : s.at[i]);
            continue;
        }
        int high = i + 2 < s.len ? hex(s.at[i + 1]) : -1, low = high >= 0 ? hex(s.at[i + 2]) : -1;
        if (low < 0 || (high == 0 && low == 0))
            return STR_NONE;
        text[len++] = (char)(high * 16 + low);
        i += 2;
    }
    return text ? str_make(text, len) : STR_NONE;
}

/* The value of a parameter of the query of a link. The link itself is never followed. */
static struct str parameter_of(struct arena *arena, struct str link, struct str name)
{
    struct str rest = link, query, pair;

    (void)str_split(&rest, '?');
    query = rest.at ? str_split(&rest, '#') : STR_NONE;
    while (query.at) {
        pair = str_split(&query, '&');
        if (str_equal(str_split(&pair, '='), name) && pair.at)
            return decode(arena, pair);
    }
    return STR_NONE;
}

static bool read_number(struct mapped_reading *in, const struct question *question,
                        const struct mapping_value *rule, uint64_t *number)
{
    struct str text = STR_NONE;

    *number = 0;
    if (!mapped_field_set(in, question, &field_cursor, rule, &text))
        return false;
    if (text.at && str_to_u64(text, PAGES_MAX, number))
        return true;
    in->fault.why = "the number of a page is none";
    in->fault.rule = rule->place;
    return false;
}

static bool read_cursor(struct mapped_reading *in, const struct question *question,
                        struct parsed *parsed)
{
    const struct mapping *mapping = in->mapping;
    struct str cursor = STR_NONE;

    if (mapping->page) {
        uint64_t page, pages;

        if (!read_number(in, question, mapping->page, &page) ||
            !read_number(in, question, mapping->pages, &pages))
            return false;
        cursor =
            page < pages ? arena_format(in->arena, "%llu", (unsigned long long)page + 1) : STR_NONE;
    } else if (mapping->cursor && mapped_condition_holds(in->root, mapping->has_more)) {
        struct field_type link = field_cursor;

        link.max = mapping->cursor_parameter.at ? MAPPING_TEXT_MAX : field_cursor.max;
        if (!mapped_field_set(in, question, &link, mapping->cursor, &cursor))
            return false;
        if (cursor.at && mapping->cursor_parameter.at &&
            !(cursor = parameter_of(in->arena, cursor, mapping->cursor_parameter)).at) {
            in->fault.why = "the link to the next page has no such parameter";
            in->fault.rule = mapping->cursor->place;
            return false;
        }
        if (!cursor.at && mapping->has_more) {
            in->fault.why = "there is more, and nothing says where";
            in->fault.rule = mapping->cursor->place;
            return false;
        }
    }
    if (cursor.len > field_cursor.max) {
        in->fault.why = "a text is too long";
        return false;
    }
    parsed->cursor = cursor;
    return true;
}

/* ---- the whole ---- */

static enum outcome read_data(struct mapped_reading *in, const struct question *question,
                              const struct answer *answer, struct parsed *parsed)
{
    const struct mapping *mapping = in->mapping;

    if (in->lists_seen == 0 || (in->lists_seen & mapping->lists_needed) != mapping->lists_needed)
        return invalid(in, "a list of items is missing");
    if (!read_cursor(in, question, parsed) ||
        !mapped_items_make(in, question, answer->items_max, parsed))
        return OUTCOME_INVALID;
    if (parsed->cursor.at && question->cursor.at && str_equal(parsed->cursor, question->cursor))
        return invalid(in, "the next page is this page");
    return parsed->items.count > 0 || parsed->cursor.at ? OUTCOME_ANSWERED : OUTCOME_EMPTY;
}

static enum outcome read_answer(struct mapped_reading *in, const struct question *question,
                                const struct answer *answer, struct parsed *parsed)
{
    const struct mapping *mapping = in->mapping;
    const struct mapping_outcome *said = by_status(mapping, answer->http_status);
    const char *why = "the source says that it failed";

    if (!said) {
        enum outcome outcome = outcome_of_http(answer->http_status, &why);

        if (outcome != OUTCOME_ANSWERED && !speaks_of(mapping, answer->http_status)) {
            in->fault.why = why;
            return outcome;
        }
        if (read_body(in, answer))
            said = by_body(in, answer->http_status);
        else if (outcome == OUTCOME_ANSWERED)
            return OUTCOME_INVALID;
        if (!said && outcome != OUTCOME_ANSWERED) {
            in->fault = (struct answer_fault){.why = why};
            return outcome;
        }
    }
    if (said && said->outcome != OUTCOME_EMPTY) {
        in->fault.why = why;
        return said->outcome;
    }
    if (!read_head(in, question, parsed))
        return OUTCOME_INVALID;
    if (!said)
        return read_data(in, question, answer, parsed);
    if (!mapped_items_make(in, question, answer->items_max, parsed))
        return OUTCOME_INVALID;
    return parsed->items.count == 0 ? OUTCOME_EMPTY
                                    : invalid(in, "it says that it holds nothing, and does");
}

enum outcome mapped_parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, const struct mapped_trace *trace,
                          struct parsed *parsed, struct answer_fault *fault)
{
    struct mapped_reading in = {
        .mapping = question->source->mapping, .arena = arena, .trace = trace, .body = answer->body};
    enum outcome outcome;

    *parsed = (struct parsed){.subject = CPR_NONE};
    item_list_init(&parsed->items);
    outcome = read_answer(&in, question, answer, parsed);
    *fault = in.fault;
    return outcome;
}

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    return mapped_parse(arena, question, answer, NULL, parsed, fault);
}

const struct adapter adapter_mapped = {
    .name = STR_INIT("mapped"), .build = mapped_request_build, .parse = parse};
