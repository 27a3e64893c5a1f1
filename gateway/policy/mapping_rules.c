/* SPDX-License-Identifier: MIT */
#include "policy/mapping_compile.h"

#include "adapters/mapped_value.h"

static bool parse_path(struct compiling *c, struct node node, struct scope *scope,
                       struct mapping_path *path)
{
    struct str text = node_str_needed(node, c->faults);

    return text.at && paths_value(c, node, text, scope, path);
}

/* ---- conditions ---- */

static bool parse_condition(struct compiling *c, struct node node, struct scope *scope,
                            unsigned depth, struct mapping_condition *condition);

static bool parse_some(struct compiling *c, struct node node, struct scope *scope, unsigned depth,
                       struct mapping_condition *condition)
{
    size_t count = node_count(node);
    struct mapping_condition *some;

    if (count == 0 || count > MAPPING_CHOICES_MAX) {
        node_fault(node, c->faults, "expected a list of 1 to %d conditions", MAPPING_CHOICES_MAX);
        return false;
    }
    some = arena_calloc(c->arena, count, sizeof *some);
    for (size_t i = 0; some && i < count; i++)
        if (!parse_condition(c, node_element(node, i, c->faults), scope, depth, &some[i]))
            return false;
    condition->some = some;
    condition->count = count;
    return some != NULL;
}

static bool parse_texts(struct compiling *c, struct node node, const struct str **texts,
                        size_t *count)
{
    struct str *list;

    *count = node_count(node);
    if (*count == 0 || *count > MAPPING_CODES_MAX) {
        node_fault(node, c->faults, "expected a list of texts");
        return false;
    }
    list = arena_calloc(c->arena, *count, sizeof *list);
    for (size_t i = 0; list && i < *count; i++)
        if (!(list[i] = compile_scalar(c, node_element(node, i, c->faults))).at)
            return false;
    *texts = list;
    return list != NULL;
}

/* {"at": …} with one of "equals", "in", "present". */
static bool parse_test(struct compiling *c, struct node node, struct scope *scope, unsigned depth,
                       struct mapping_condition *condition)
{
    struct node equals = node_member(node, "equals", c->faults);
    struct node in = node_member(node, "in", c->faults);
    struct node present = node_member(node, "present", c->faults);
    struct mapping_condition *inner;

    if (node_is_present(equals) + node_is_present(in) + node_is_present(present) != 1) {
        node_fault(node, c->faults, "expected one of \"equals\", \"in\", \"present\"");
        return false;
    }
    if (!parse_path(c, node_member(node, "at", c->faults), scope, &condition->path))
        return false;
    if (node_is_present(in)) {
        condition->test = TEST_ONE_OF;
        return parse_texts(c, in, &condition->texts, &condition->count);
    }
    if (node_is_present(equals)) {
        struct str *text = ARENA_NEW(c->arena, struct str);
        condition->test = TEST_ONE_OF;
        condition->texts = text;
        condition->count = 1;
        return text && (*text = compile_scalar(c, equals)).at != NULL;
    }
    condition->test = TEST_PRESENT;
    if (node_bool(present, true, c->faults))
        return true;
    inner = depth > 0 ? ARENA_NEW(c->arena, struct mapping_condition) : NULL;
    if (!inner)
        return false;
    *inner = *condition;
    *condition = (struct mapping_condition){.test = TEST_NOT, .some = inner, .count = 1};
    return true;
}

static bool parse_condition(struct compiling *c, struct node node, struct scope *scope,
                            unsigned depth, struct mapping_condition *condition)
{
    static const char *const known[] = {"at", "equals", "in", "present", "not", "all", "any"};
    struct node not = node_member(node, "not", c->faults);
    struct node all = node_member(node, "all", c->faults);
    struct node any = node_member(node, "any", c->faults);
    struct node at = node_member(node, "at", c->faults);
    struct mapping_condition *inner;

    if (depth == MAPPING_CONDITION_DEPTH_MAX) {
        node_fault(node, c->faults, "conditions stand within each other more than %d deep",
                   MAPPING_CONDITION_DEPTH_MAX);
        return false;
    }
    node_only(node, known, sizeof known / sizeof *known, c->faults);
    if (!json_is_object(node.value))
        return false;
    if (node_is_present(not ) + node_is_present(all) + node_is_present(any) + node_is_present(at) !=
        1) {
        node_fault(node, c->faults, "expected one of \"at\", \"not\", \"all\", \"any\"");
        return false;
    }
    if (node_is_present(at))
        return parse_test(c, node, scope, depth + 1, condition);
    if (node_is_present(not )) {
        inner = ARENA_NEW(c->arena, struct mapping_condition);
        *condition = (struct mapping_condition){.test = TEST_NOT, .some = inner, .count = 1};
        return inner && parse_condition(c, not, scope, depth + 1, inner);
    }
    condition->test = node_is_present(all) ? TEST_ALL : TEST_ANY;
    return parse_some(c, node_is_present(all) ? all : any, scope, depth + 1, condition);
}

const struct mapping_condition *rules_condition(struct compiling *c, struct node node,
                                                struct scope *scope)
{
    struct mapping_condition *condition;

    if (!node_is_present(node))
        return NULL;
    condition = ARENA_NEW(c->arena, struct mapping_condition);
    return condition && parse_condition(c, node, scope, 0, condition) ? condition : NULL;
}

/* ---- values ---- */

/* "Tilskud {/nr}": texts, and paths in braces; "{{" and "}}" are braces. */
static bool parse_pieces(struct compiling *c, struct node node, struct scope *scope,
                         struct mapping_value *value)
{
    struct str text = compile_scalar(c, node);
    struct mapping_piece pieces[MAPPING_PIECES_MAX] = {0};
    struct buf literal;
    size_t count = 0;
    bool is_whole = text.at && text.len <= MAPPING_TEXT_MAX;

    if (text.at && text.len > MAPPING_TEXT_MAX)
        node_fault(node, c->faults, "is longer than %d bytes", MAPPING_TEXT_MAX);
    buf_init(&literal, MAPPING_TEXT_MAX + 1);
    for (size_t i = 0; is_whole && i <= text.len; i++) {
        char here = i < text.len ? text.at[i] : '\0';
        bool is_double = i + 1 < text.len && text.at[i + 1] == here;
        struct str path;

        if (i < text.len && here != '{' && here != '}') {
            buf_add_byte(&literal, here);
            continue;
        }
        if (i < text.len && is_double) {
            buf_add_byte(&literal, here);
            i++;
            continue;
        }
        if (here == '}' || count + 2 > MAPPING_PIECES_MAX) {
            node_fault(node, c->faults,
                       here == '}' ? "\"}\" without \"{\" (write \"}}\" for the brace itself)"
                                   : "too many paths in one text");
            is_whole = false;
            break;
        }
        if (literal.len > 0 || (i == text.len && count == 0))
            pieces[count++].text = arena_copy(c->arena, buf_str(&literal));
        buf_reset(&literal);
        if (i == text.len)
            break;
        path = str_skip(text, i + 1);
        i += 1 + str_find_byte(path, '}');
        if (i >= text.len) {
            node_fault(node, c->faults, "\"{\" without \"}\" (write \"{{\" for the brace itself)");
            is_whole = false;
        } else {
            pieces[count].is_path = true;
            is_whole = paths_value(c, node, str_head(path, str_find_byte(path, '}')), scope,
                                   &pieces[count].path);
            count++;
        }
    }
    buf_clear(&literal);
    value->pieces = compile_keep(c, pieces, count, sizeof *pieces);
    value->piece_count = count;
    return is_whole && count > 0 && value->pieces;
}

/* A constant is understood now rather than with each answer. */
static void check_constant(struct compiling *c, struct node node, const struct field_type *type,
                           const struct mapping_value *value)
{
    static const struct cpr nobody = {"0000000000"};
    union {
        struct str text;
        struct wall wall;
        struct money money;
        struct cpr cpr;
    } ignored = {0};
    struct str text = value->pieces[0].text;
    const char *why;
    unsigned code;

    if (value->piece_count > 1 || value->pieces[0].is_path)
        return;
    if (type->codes && !value->table && !field_code_find(type, text, &code)) {
        struct mapping_code unknown;
        (void)forms_code(c, node, type, &unknown);
        return;
    }
    why = mapped_value_put(c->arena, &nobody, type, value,
                           (struct taken){text.at, (uint32_t)text.len, TAKEN_TEXT}, &ignored);
    if (why)
        node_fault(node, c->faults, "%s", why);
}

static bool parse_source(struct compiling *c, struct node node, struct scope *scope,
                         const struct field_type *type, struct mapping_value *value)
{
    struct node at = node_member(node, "at", c->faults);
    struct node text = node_member(node, "text", c->faults);
    struct node whether = node_member(node, "whether", c->faults);

    if (node_is_present(at) + node_is_present(text) + node_is_present(whether) != 1) {
        node_fault(node, c->faults, "expected one of \"at\", \"text\", \"whether\"");
        return false;
    }
    if (node_is_present(at)) {
        value->source = VALUE_PATH;
        return parse_path(c, at, scope, &value->path);
    }
    if (node_is_present(text)) {
        value->source = VALUE_TEXT;
        if (type->form == FIELD_CPR) {
            node_fault(text, c->faults, "whose data it is, only the answer can say");
            return false;
        }
        if (!parse_pieces(c, text, scope, value))
            return false;
        check_constant(c, text, type, value);
        return true;
    }
    value->source = VALUE_WHETHER;
    if (type->form != FIELD_FLAG)
        node_fault(whether, c->faults, "this field is neither true nor false");
    return (value->whether = rules_condition(c, whether, scope)) != NULL;
}

static bool parse_value(struct compiling *c, struct node node, struct scope *scope,
                        const struct field_type *type, struct mapping_value *value)
{
    static const char *const known[] = {"at",       "text",   "whether", "when", "none",  "table",
                                        "unmapped", "strict", "date",    "zone", "amount"};
    struct node none = node_member(node, "none", c->faults);

    value->place = arena_copy(c->arena, node.pointer);
    if (json_is_string(node.value)) {
        value->source = VALUE_PATH;
        return parse_path(c, node, scope, &value->path);
    }
    if (!json_is_object(node.value)) {
        node_fault(node, c->faults, "expected a path, a rule, or a list of rules");
        return false;
    }
    node_only(node, known, sizeof known / sizeof *known, c->faults);
    value->table = forms_table(c, node, type);
    value->moment = forms_moment(c, node, type);
    value->amount = forms_amount(c, node, type);
    value->when = rules_condition(c, node_member(node, "when", c->faults), scope);
    if (node_is_present(none) && !parse_texts(c, none, &value->none, &value->none_count))
        return false;
    return parse_source(c, node, scope, type, value);
}

const struct mapping_value *rules_value(struct compiling *c, struct node node, struct scope *scope,
                                        const struct field_type *type)
{
    bool is_list = json_is_array(node.value);
    size_t count = is_list ? node_count(node) : 1;
    struct mapping_value *values;

    if (!node_is_present(node))
        return NULL;
    if (count == 0 || count > MAPPING_CHOICES_MAX) {
        node_fault(node, c->faults, "expected 1 to %d rules", MAPPING_CHOICES_MAX);
        return NULL;
    }
    values = arena_calloc(c->arena, count, sizeof *values);
    for (size_t i = 0; values && i < count; i++) {
        struct node one = is_list ? node_element(node, i, c->faults) : node;

        if (!parse_value(c, one, scope, type, &values[i]))
            return NULL;
        values[i].otherwise = i + 1 < count ? &values[i + 1] : NULL;
        values[i].is_plain = count == 1 && values[i].source == VALUE_PATH &&
                             values[i].path.up == 0 && !values[i].when && !values[i].none;
    }
    return values;
}
