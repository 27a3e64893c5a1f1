/* SPDX-License-Identifier: MIT */
#include "policy/mapping_compile.h"

#include "base/xml.h"
#include "policy/hint.h"

enum { SHIFT_MAX = 9999, BODY_DEPTH_MAX = 16 };

/* Where a text of the request stands. */
enum place { IN_PATH, IN_HEADER, IN_BODY };

struct found {
    bool cpr, id;
};

static const struct str placeholders[] = {
#define X(name, text) STR_INIT(text),
    MAPPING_PLACEHOLDERS(X)
#undef X
};
enum { PLACEHOLDERS = sizeof placeholders / sizeof *placeholders };

/* "today-5y" */
static bool parse_shift(struct str text, struct ask_piece *piece)
{
    struct str today = STR("today"), digits;
    uint64_t amount;

    text = str_starts_with(text, today) ? str_skip(text, today.len) : STR("");
    if (text.len < 3 || (text.at[0] != '-' && text.at[0] != '+'))
        return false;
    digits = str_head(str_skip(text, 1), text.len - 2);
    piece->what = ASK_TODAY;
    piece->unit = text.at[text.len - 1];
    if ((piece->unit != 'd' && piece->unit != 'm' && piece->unit != 'y') ||
        !str_to_u64(digits, SHIFT_MAX, &amount))
        return false;
    piece->shift = text.at[0] == '-' ? -(int)amount : (int)amount;
    return piece->unit != 'y' || amount <= 1000;
}

static bool parse_placeholder(struct compiling *c, struct node node, struct str name,
                              enum place place, struct found *found, struct ask_piece *piece)
{
    *piece = (struct ask_piece){.unit = 'd'};
    for (size_t i = 0; i < PLACEHOLDERS && piece->what == ASK_LITERAL; i++)
        if (str_equal(name, placeholders[i]))
            piece->what = (enum mapping_placeholder)(i + 1);
    if (piece->what == ASK_LITERAL && !parse_shift(name, piece)) {
        struct str hint = hint_text(c->arena, name, placeholders, PLACEHOLDERS);
        node_fault(node, c->faults,
                   "holds an unknown placeholder (write \"{{\" for the brace itself)%.*s",
                   STR_ARG(hint));
        return false;
    }
    if (piece->what == ASK_CPR || piece->what == ASK_CPR_DASHED) {
        found->cpr = true;
        if (place != IN_BODY) {
            node_fault(node, c->faults,
                       "a personal number stands in the body, never in an address or a header");
            return false;
        }
    }
    found->id |= piece->what == ASK_ID;
    return true;
}

static bool parse_text(struct compiling *c, struct node node, enum place place, size_t max,
                       struct found *found, struct ask_text *text)
{
    struct str rest = node_str_needed(node, c->faults);
    struct ask_piece pieces[MAPPING_PIECES_MAX] = {0};
    struct buf literal;
    bool is_whole = rest.at != NULL;

    if (rest.len > max) {
        node_fault(node, c->faults, "is longer than %zu bytes", max);
        return false;
    }
    buf_init(&literal, max + 1);
    while (is_whole) {
        bool is_end = rest.len == 0, is_brace = !is_end && (rest.at[0] == '{' || rest.at[0] == '}');

        if (is_brace && rest.len > 1 && rest.at[1] == rest.at[0])
            rest = str_skip(rest, 1); /* one of two */
        else if (is_brace || is_end) {
            struct str name;

            if (text->count + 2 > MAPPING_PIECES_MAX) {
                node_fault(node, c->faults, "too many placeholders in one text");
                is_whole = false;
                break;
            }
            if (literal.len > 0)
                pieces[text->count++].text = arena_copy(c->arena, buf_str(&literal));
            buf_reset(&literal);
            if (is_end)
                break;
            name = str_skip(rest, 1);
            if (rest.at[0] == '}' || str_find_byte(name, '}') == name.len) {
                node_fault(node, c->faults, "has a brace without its other half");
                is_whole = false;
                break;
            }
            rest = name;
            name = str_split(&rest, '}');
            is_whole = parse_placeholder(c, node, name, place, found, &pieces[text->count++]);
            continue;
        }
        buf_add_byte(&literal, rest.at[0]);
        rest = str_skip(rest, 1);
    }
    buf_clear(&literal);
    text->pieces = compile_keep(c, pieces, text->count, sizeof *pieces);
    return is_whole && text->pieces;
}

/* ---- the head ---- */

/* RFC 3986: what may stand in a path and its query as it is. */
static bool is_path(const struct ask_text *text)
{
    for (size_t i = 0; i < text->count; i++) {
        struct str literal = text->pieces[i].text;

        for (size_t j = 0; j < literal.len; j++)
            if (literal.at[j] <= ' ' || literal.at[j] > '~' ||
                strchr("\"#<>\\^`{|}", literal.at[j]))
                return false;
    }
    return text->count > 0 && text->pieces[0].what == ASK_LITERAL &&
           text->pieces[0].text.at[0] == '/';
}

static void parse_path(struct compiling *c, struct node node, struct found *found,
                       struct ask_text *path)
{
    if (node_is_present(node) && parse_text(c, node, IN_PATH, MAPPING_TEXT_MAX, found, path) &&
        !is_path(path))
        node_fault(node, c->faults, "expected a path that begins with \"/\"");
}

static bool is_token(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i], low = (char)(c | 0x20);

        if (!((c >= '0' && c <= '9') || (low >= 'a' && low <= 'z') || c == '-' || c == '_'))
            return false;
    }
    return name.len > 0;
}

/* Ours to write, or the connection's. */
static bool is_reserved(struct str name)
{
    static const struct str reserved[] = {STR_INIT("host"),
                                          STR_INIT("content-length"),
                                          STR_INIT("transfer-encoding"),
                                          STR_INIT("connection"),
                                          STR_INIT("authorization"),
                                          STR_INIT("x-request-id"),
                                          STR_INIT("traceparent"),
                                          STR_INIT("overblik-time-left-ms"),
                                          STR_INIT("cookie"),
                                          STR_INIT("expect"),
                                          STR_INIT("upgrade"),
                                          STR_INIT("te"),
                                          STR_INIT("trailer"),
                                          STR_INIT("accept-encoding"),
                                          STR_INIT("proxy-authorization"),
                                          STR_INIT("keep-alive"),
                                          STR_INIT("proxy-connection"),
                                          STR_INIT("content-encoding")};

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_equal_nocase(name, reserved[i]))
            return true;
    return false;
}

static bool is_visible(const struct ask_text *text)
{
    for (size_t i = 0; i < text->count; i++)
        for (size_t j = 0; j < text->pieces[i].text.len; j++)
            if (text->pieces[i].text.at[j] < ' ' || text->pieces[i].text.at[j] > '~')
                return false;
    return true;
}

static void parse_header(struct compiling *c, struct node node, struct str name,
                         struct found *found, struct mapping_request *request)
{
    struct ask_pair *header = &request->headers[request->header_count];

    if (!is_token(name))
        node_fault(node, c->faults, "is not the name of a header");
    else if (is_reserved(name))
        node_fault(node, c->faults, "is a header that the gateway writes itself, or none does");
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, name))
            node_fault(node, c->faults, "is there in another spelling");
    if (!parse_text(c, node, IN_HEADER, MAPPING_TEXT_MAX, found, &header->text))
        return;
    if (!is_visible(&header->text))
        node_fault(node, c->faults, "expected visible characters only");
    header->name = name;
    request->header_count++;
    request->has_content_type |= str_equal_nocase(name, STR("content-type"));
    request->has_accept |= str_equal_nocase(name, STR("accept"));
}

static void parse_headers(struct compiling *c, struct node node, struct found *found,
                          struct mapping_request *request)
{
    const char *name;
    json_t *value;

    if (!node_is_present(node))
        return;
    if (!json_is_object(node.value) || json_object_size(node.value) > MAPPING_HEADERS_MAX) {
        node_fault(node, c->faults, "expected at most %d headers by name", MAPPING_HEADERS_MAX);
        return;
    }
    json_object_foreach(node.value, name, value)
    {
        parse_header(c, compile_member(c, node, name, value), arena_copy(c->arena, str_of(name)),
                     found, request);
    }
}

/* ---- bodies ---- */

struct json_body {
    struct compiling *c;
    struct found *found;
    struct ask_op ops[MAPPING_OPS_MAX];
    size_t count;
};

static bool add_op(struct json_body *body, struct node node, struct ask_op op)
{
    if (body->count == MAPPING_OPS_MAX) {
        node_fault(node, body->c->faults, "more than %d values", MAPPING_OPS_MAX);
        return false;
    }
    body->ops[body->count++] = op;
    return true;
}

/* Recursion is bounded by BODY_DEPTH_MAX. */
static bool add_value(struct json_body *body, struct node node, unsigned depth)
{
    struct compiling *c = body->c;
    struct ask_op text = {.type = OP_TEXT};
    const char *name;
    json_t *value;
    char *raw;

    if (depth == BODY_DEPTH_MAX) {
        node_fault(node, c->faults, "stands more than %d deep", BODY_DEPTH_MAX);
        return false;
    }
    if (!node.value) /* a list's null */
        return add_op(body, node, (struct ask_op){.type = OP_RAW, .bytes = STR("null")});
    if (json_is_string(node.value)) {
        if (json_string_length(node.value) == 0)
            return add_op(body, node, (struct ask_op){OP_RAW, STR("\"\""), {NULL, 0}});
        return parse_text(c, node, IN_BODY, MAPPING_TEXT_MAX, body->found, &text.text) &&
               add_op(body, node, text);
    }
    if (json_is_object(node.value)) {
        if (!add_op(body, node, (struct ask_op){.type = OP_OBJECT}))
            return false;
        json_object_foreach(node.value, name, value)
        {
            struct str copy = arena_copy(c->arena, str_of(name));
            if (!add_op(body, node, (struct ask_op){.type = OP_MEMBER, .bytes = copy}) ||
                !add_value(body, compile_member(c, node, name, value), depth + 1))
                return false;
        }
        return add_op(body, node, (struct ask_op){.type = OP_OBJECT_END});
    }
    if (json_is_array(node.value)) {
        if (!add_op(body, node, (struct ask_op){.type = OP_ARRAY}))
            return false;
        for (size_t i = 0; i < node_count(node); i++)
            if (!add_value(body, node_element(node, i, c->faults), depth + 1))
                return false;
        return add_op(body, node, (struct ask_op){.type = OP_ARRAY_END});
    }
    raw = json_dumps(node.value, JSON_ENCODE_ANY | JSON_COMPACT);
    text = (struct ask_op){.type = OP_RAW, .bytes = arena_copy(c->arena, str_of(raw))};
    free(raw);
    return add_op(body, node, text);
}

static void parse_json(struct compiling *c, struct node node, struct found *found,
                       struct mapping_request *request)
{
    struct json_body body = {.c = c, .found = found};

    if (!add_value(&body, node, 0))
        return;
    request->ops = compile_keep(c, body.ops, body.count, sizeof *body.ops);
    request->op_count = request->ops ? body.count : 0;
}

static void parse_form(struct compiling *c, struct node node, struct found *found,
                       struct mapping_request *request)
{
    size_t count = json_object_size(node.value);
    struct ask_pair *pairs;
    const char *name;
    json_t *value;

    if (!json_is_object(node.value) || count == 0 || count > MAPPING_OPS_MAX) {
        node_fault(node, c->faults, "expected fields by name");
        return;
    }
    pairs = arena_calloc(c->arena, count, sizeof *pairs);
    if (!pairs)
        return;
    json_object_foreach(node.value, name, value)
    {
        struct ask_pair *pair = &pairs[request->form_count];

        pair->name = arena_copy(c->arena, str_of(name));
        request->form_count += parse_text(c, compile_member(c, node, name, value), IN_BODY,
                                          MAPPING_TEXT_MAX, found, &pair->text);
    }
    request->form = pairs;
}

static const char *pass_start(void *ctx, struct str uri, struct str name,
                              const struct xml_attribute *attributes, size_t count)
{
    (void)ctx, (void)uri, (void)name, (void)attributes, (void)count;
    return NULL;
}

static const char *pass_end(void *ctx, struct str uri, struct str name, struct str text)
{
    (void)ctx, (void)uri, (void)name, (void)text;
    return NULL;
}

/* Tried with a value that is at home only where values are escaped: in text, and in attributes
 * between double quotes; not in names, comments or single quotes. */
static void parse_xml(struct compiling *c, struct node node, struct found *found,
                      struct mapping_request *request)
{
    static const struct xml_handler handler = {pass_start, pass_end};
    struct xml_fault fault;
    struct buf tried;

    if (!parse_text(c, node, IN_BODY, MAPPING_XML_MAX, found, &request->xml))
        return;
    buf_init(&tried, (size_t)4 * MAPPING_XML_MAX);
    for (size_t i = 0; i < request->xml.count; i++)
        if (request->xml.pieces[i].what == ASK_LITERAL)
            buf_add_str(&tried, request->xml.pieces[i].text);
        else
            buf_add_str(&tried, STR("1 '--a"));
    if (!xml_read(buf_str(&tried), &handler, NULL, &fault))
        node_fault(node, c->faults,
                   "is no XML with placeholders in text or between double quotes: %s", fault.why);
    buf_clear(&tried);
}

/* ---- the whole ---- */

static void parse_body(struct compiling *c, struct node node, struct found *found,
                       struct mapping_request *request)
{
    struct node json = node_member(node, "json", c->faults);
    struct node form = node_member(node, "form", c->faults);
    struct node xml = node_member(node, "xml", c->faults);

    if (node_is_present(json) + node_is_present(form) + node_is_present(xml) != 1) {
        node_fault(node, c->faults, "expected one of \"json\", \"form\", \"xml\": the body");
        return;
    }
    request->body = node_is_present(json)   ? BODY_JSON
                    : node_is_present(form) ? BODY_FORM
                                            : BODY_XML;
    if (request->body == BODY_JSON)
        parse_json(c, json, found, request);
    else if (request->body == BODY_FORM)
        parse_form(c, form, found, request);
    else
        parse_xml(c, xml, found, request);
    if (!found->cpr)
        node_fault(node, c->faults,
                   "nothing says whom it is about: \"{cpr}\" is needed in the body");
}

const struct mapping_request *requests_parse(struct compiling *c, struct node node, bool is_detail)
{
    static const char *const known[] = {"method", "path", "headers", "json", "form", "xml"};
    struct mapping_request *request = ARENA_NEW(c->arena, struct mapping_request);
    struct node method = node_member(node, "method", c->faults);
    struct str name = node_str(method, c->faults);
    struct found found = {false, false};

    node_only(node, known, sizeof known / sizeof *known, c->faults);
    if (!request || !json_is_object(node.value))
        return NULL;
    if (name.at && !str_equal(name, STR("POST")))
        node_fault(
            method, c->faults,
            "expected \"POST\": the citizen's number stands in a body, and others have none");
    parse_path(c, node_member(node, "path", c->faults), &found, &request->path);
    parse_headers(c, node_member(node, "headers", c->faults), &found, request);
    parse_body(c, node, &found, request);
    if (is_detail && !found.id)
        node_fault(node, c->faults, "nothing says which item is asked for: \"{id}\" is needed");
    return request;
}
