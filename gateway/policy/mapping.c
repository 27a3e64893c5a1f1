/* SPDX-License-Identifier: MIT */
#include "policy/mapping_compile.h"

#include "policy/hint.h"

enum { PLACES_MAX = 4, NAMES_MAX = 64 };

/* ---- fields and parts of an item ---- */

static void fault_field(struct compiling *c, struct node node, struct str name, enum item_kind kind)
{
    struct str names[NAMES_MAX];
    const struct field_type *type;
    size_t count = 0;

    for (size_t i = 0; (type = field_at(i)) && count < NAMES_MAX - PART_LIST_COUNT; i++)
        if (type->kinds & ITEM_KIND_BIT(kind))
            names[count++] = type->name;
    for (unsigned i = 0; i < PART_LIST_COUNT; i++)
        if (part_list_fits((enum part_list)i, kind))
            names[count++] = part_list_name((enum part_list)i);
    struct str hint = hint_text(c->arena, name, names, count);
    node_fault(node, c->faults, "is no field of this kind%.*s", STR_ARG(hint));
}

static bool find_list(struct str name, enum item_kind kind, enum part_list *list)
{
    for (unsigned i = 0; i < PART_LIST_COUNT; i++) {
        *list = (enum part_list)i;
        if (part_list_fits(*list, kind) && str_equal(part_list_name(*list), name))
            return true;
    }
    return false;
}

static bool parse_part(struct compiling *c, struct node node, struct scope *scope,
                       enum part_list list, struct mapping_part *part)
{
    struct node at = node_member(node, "at", c->faults);
    struct mapping_field *fields;
    size_t count = json_object_size(node.value), field_count = 0;
    const char *name;
    json_t *value;

    if (!json_is_object(node.value)) {
        node_fault(node, c->faults, "expected an object");
        return false;
    }
    *part = (struct mapping_part){.list = list, .scope = MAPPING_NONE};
    if (node_is_present(at)) {
        struct scope *own = paths_scope(c, at, scope, NULL);

        if (!own)
            return false;
        part->scope = own == scope ? MAPPING_NONE : own->index;
        scope = own;
    }
    part->when = rules_condition(c, node_member(node, "when", c->faults), scope);
    fields = arena_calloc(c->arena, count + 1, sizeof *fields);
    if (!fields)
        return false;
    json_object_foreach(node.value, name, value)
    {
        struct node member = compile_member(c, node, name, value);
        const struct field_type *type = part_field_find(list, str_of(name));

        if (strcmp(name, "at") == 0 || strcmp(name, "when") == 0 || strcmp(name, "comment") == 0)
            continue;
        if (!type) {
            node_fault(member, c->faults, "is no field of \"%.*s\"", STR_ARG(part_list_name(list)));
            continue;
        }
        fields[field_count].type = type;
        fields[field_count].value = rules_value(c, member, scope, type);
        field_count += fields[field_count].value != NULL;
    }
    if (field_count == 0)
        node_fault(node, c->faults, "says nothing of what it reads");
    part->fields = fields;
    part->field_count = field_count;
    return field_count > 0;
}

static void parse_parts(struct compiling *c, struct node node, struct scope *scope,
                        enum part_list list, struct mapping_part *parts, size_t *count)
{
    bool is_list = json_is_array(node.value);
    size_t some = is_list ? node_count(node) : 1;

    for (size_t i = 0; i < some; i++) {
        struct node one = is_list ? node_element(node, i, c->faults) : node;

        if (*count == MAPPING_PARTS_MAX) {
            node_fault(one, c->faults, "more than %d rules for parts of one item",
                       MAPPING_PARTS_MAX);
            return;
        }
        *count += parse_part(c, one, scope, list, &parts[*count]);
    }
}

static void parse_fields(struct compiling *c, struct node node, struct scope *scope,
                         struct mapping_item *item)
{
    size_t count = json_object_size(node.value);
    struct mapping_field *fields = arena_calloc(c->arena, count + 1, sizeof *fields);
    struct mapping_part parts[MAPPING_PARTS_MAX];
    const char *name;
    json_t *value;
    bool has_id = false;

    if (!fields) {
        compile_full(c, node);
        return;
    }
    if (!json_is_object(node.value)) {
        node_fault(node, c->faults, "is needed: how the fields of the item are read");
        return;
    }
    json_object_foreach(node.value, name, value)
    {
        struct node member = compile_member(c, node, name, value);
        const struct field_type *type = field_find(str_of(name), item->kind);
        enum part_list list;

        has_id |= strcmp(name, "id") == 0;
        if (type) {
            fields[item->field_count].type = type;
            fields[item->field_count].value = rules_value(c, member, scope, type);
            item->field_count += fields[item->field_count].value != NULL;
        } else if (find_list(str_of(name), item->kind, &list)) {
            parse_parts(c, member, scope, list, parts, &item->part_count);
        } else if (strcmp(name, "comment") != 0) {
            fault_field(c, member, str_of(name), item->kind);
        }
    }
    if (!has_id)
        node_fault(node, c->faults, "\"id\" is needed: what the source calls the item by");
    if (item->kind == ITEM_CREDENTIAL && !json_object_get(node.value, "type"))
        node_fault(node, c->faults, "\"type\" is needed of a credential");
    item->fields = fields;
    item->parts = compile_keep(c, parts, item->part_count, sizeof *parts);
}

/* ---- items ---- */

struct parsing_items {
    struct compiling *c;
    unsigned kinds;
    struct mapping *mapping;
    size_t total;
};

static const struct mapping_item *parse_items(struct parsing_items *p, struct node node,
                                              struct scope *outer, unsigned depth, size_t *count);

static bool parse_kind(const struct parsing_items *p, struct node node, enum item_kind *kind)
{
    struct str names[ITEM_KIND_COUNT];
    struct str name = node_str_needed(node, p->c->faults);

    if (!name.at)
        return false;
    for (unsigned i = 0; i < ITEM_KIND_COUNT; i++)
        names[i] = item_kind_name((enum item_kind)i);
    if (!item_kind_parse(name, kind)) {
        node_fault_name(node, p->c->faults, names, ITEM_KIND_COUNT, "is no kind of item");
        return false;
    }
    if (!(p->kinds & ITEM_KIND_BIT(*kind)))
        node_fault(node, p->c->faults, "is not among the \"kinds\" of the source");
    return true;
}

static bool parse_item(struct parsing_items *p, struct node node, struct node at,
                       struct scope *outer, unsigned depth, bool is_optional,
                       struct mapping_item *item)
{
    static const char *const known[] = {"at",      "kind",   "when", "optional",
                                        "subject", "fields", "items"};
    struct compiling *c = p->c;
    struct node subject = node_member(node, "subject", c->faults);
    struct node optional = node_member(node, "optional", c->faults);
    struct scope *scope;
    uint8_t list = 0;

    node_only(node, known, sizeof known / sizeof *known, c->faults);
    scope = paths_scope(c, at, outer, depth == 0 ? &list : NULL);
    if (!scope || !parse_kind(p, node_member(node, "kind", c->faults), &item->kind))
        return false;
    item->scope = scope->index;
    item->when = rules_condition(c, node_member(node, "when", c->faults), scope);
    if (depth == 0) {
        item->subject = rules_value(c, subject, scope, &field_subject);
        if (!node_bool(optional, false, c->faults) && !is_optional)
            p->mapping->lists_needed |= UINT64_C(1) << (list - 1);
    } else if (node_is_present(subject) || node_is_present(optional)) {
        node_fault(node, c->faults, "\"subject\" and \"optional\" stand in the outermost items");
    }
    parse_fields(c, node_member(node, "fields", c->faults), scope, item);
    item->items =
        parse_items(p, node_member(node, "items", c->faults), scope, depth + 1, &item->item_count);
    return true;
}

/* One rule may read several places: `at` is a path or a list of them. */
static const struct mapping_item *parse_items(struct parsing_items *p, struct node node,
                                              struct scope *outer, unsigned depth, size_t *count)
{
    struct compiling *c = p->c;
    size_t rules = node_count(node);
    struct mapping_item *items;

    *count = 0;
    if (!node_is_present(node))
        return NULL;
    if (!json_is_array(node.value) || rules == 0 || depth == MAPPING_NESTING_MAX) {
        node_fault(node, c->faults, "expected a list of rules for items, at most %d deep",
                   MAPPING_NESTING_MAX);
        return NULL;
    }
    items = arena_calloc(c->arena, rules * PLACES_MAX, sizeof *items);
    for (size_t i = 0; items && i < rules; i++) {
        struct node rule = node_element(node, i, c->faults);
        struct node at = node_member(rule, "at", c->faults);
        bool is_list = json_is_array(at.value);
        size_t places = is_list ? node_count(at) : 1;

        if (places == 0 || places > PLACES_MAX) {
            node_fault(at, c->faults, "expected a path or 1 to %d of them", PLACES_MAX);
            continue;
        }
        if (!node_is_present(at)) {
            node_fault(at, c->faults, "is needed: where the items stand");
            continue;
        }
        for (size_t j = 0; j < places; j++) {
            struct node place = is_list ? node_element(at, j, c->faults) : at;

            if (++p->total > MAPPING_ITEMS_MAX) {
                node_fault(rule, c->faults, "more than %d rules for items", MAPPING_ITEMS_MAX);
                return items;
            }
            *count += parse_item(p, rule, place, outer, depth, places > 1, &items[*count]);
        }
    }
    return items;
}

/* ---- the answer as a whole ---- */

static void parse_pages(struct compiling *c, struct node node, struct mapping *mapping)
{
    static const char *const known[] = {"cursor", "parameter", "more", "page", "pages", "first"};
    struct scope *root = c->scopes[0];
    struct node cursor = node_member(node, "cursor", c->faults);
    struct node page = node_member(node, "page", c->faults);
    struct node pages = node_member(node, "pages", c->faults);
    struct node parameter = node_member(node, "parameter", c->faults);
    struct node more = node_member(node, "more", c->faults);
    struct field_type link = field_cursor;

    if (!node_is_present(node))
        return;
    node_only(node, known, sizeof known / sizeof *known, c->faults);
    if (node_is_present(cursor) == node_is_present(page) ||
        node_is_present(page) != node_is_present(pages))
        node_fault(node, c->faults, "expected \"cursor\", or \"page\" and \"pages\"");
    if (node_is_present(page) && (node_is_present(parameter) || node_is_present(more)))
        node_fault(node, c->faults, "\"parameter\" and \"more\" belong to \"cursor\"");
    link.max = MAPPING_TEXT_MAX;
    mapping->cursor = rules_value(c, cursor, root, &link);
    mapping->cursor_parameter = compile_str(c, parameter);
    mapping->has_more = rules_condition(c, more, root);
    mapping->page = rules_value(c, page, root, &field_cursor);
    mapping->pages = rules_value(c, pages, root, &field_cursor);
    mapping->first_cursor = compile_str(c, node_member(node, "first", c->faults));
    if (!mapping->pages)
        mapping->page = NULL;
}

static bool parse_outcome(struct compiling *c, struct node node, struct mapping_outcome *outcome)
{
    static const char *const known[] = {"status", "when", "is"};
    static const enum outcome possible[] = {OUTCOME_EMPTY, OUTCOME_FAILED, OUTCOME_REFUSED,
                                            OUTCOME_BUSY, OUTCOME_INVALID};
    enum { POSSIBLE = sizeof possible / sizeof *possible };
    struct node is = node_member(node, "is", c->faults);
    struct str names[POSSIBLE], name = node_str_needed(is, c->faults);

    node_only(node, known, sizeof known / sizeof *known, c->faults);
    outcome->status =
        (int)node_int(node_member(node, "status", c->faults), 200, 200, 599, c->faults);
    outcome->when = rules_condition(c, node_member(node, "when", c->faults), c->scopes[0]);
    if (!outcome->when && outcome->status == 200)
        node_fault(node, c->faults, "\"when\" is needed of a 200: else no answer is ever read");
    for (size_t i = 0; i < POSSIBLE; i++) {
        names[i] = outcome_name(possible[i]);
        if (str_equal(names[i], name))
            outcome->outcome = possible[i];
    }
    if (name.at && outcome->outcome == OUTCOME_PENDING)
        node_fault_name(is, c->faults, names, POSSIBLE,
                        "expected empty, failed, refused, busy or invalid");
    return outcome->outcome != OUTCOME_PENDING;
}

static void parse_outcomes(struct compiling *c, struct node node, struct mapping *mapping)
{
    size_t count = node_count(node);
    struct mapping_outcome *outcomes;

    if (!node_is_present(node))
        return;
    if (!json_is_array(node.value) || count == 0 || count > MAPPING_OUTCOMES_MAX) {
        node_fault(node, c->faults, "expected a list of 1 to %d outcomes", MAPPING_OUTCOMES_MAX);
        return;
    }
    outcomes = arena_calloc(c->arena, count, sizeof *outcomes);
    for (size_t i = 0; outcomes && i < count; i++)
        mapping->outcome_count +=
            parse_outcome(c, node_element(node, i, c->faults), &outcomes[mapping->outcome_count]);
    mapping->outcomes = outcomes;
}

static void parse_answer(struct compiling *c, struct node node, struct mapping *mapping)
{
    static const char *const known[] = {"subject", "request_id", "as_of",
                                        "stale",   "next",       "outcomes"};
    struct scope *root = c->scopes[0];

    node_only(node, known, sizeof known / sizeof *known, c->faults);
    mapping->subject =
        rules_value(c, node_member(node, "subject", c->faults), root, &field_subject);
    mapping->request_id =
        rules_value(c, node_member(node, "request_id", c->faults), root, &field_request_id);
    mapping->as_of = rules_value(c, node_member(node, "as_of", c->faults), root, &field_as_of);
    mapping->stale = rules_condition(c, node_member(node, "stale", c->faults), root);
    parse_pages(c, node_member(node, "next", c->faults), mapping);
    parse_outcomes(c, node_member(node, "outcomes", c->faults), mapping);
}

/* Without proof of whose it is, no answer can be shown to anybody. */
static void check_guard(struct compiling *c, struct node root, const struct mapping *mapping)
{
    bool all_named = mapping->item_count > 0;

    for (size_t i = 0; i < mapping->item_count; i++)
        all_named &= mapping->items[i].subject != NULL;
    if (!mapping->subject && !mapping->request_id && !all_named)
        node_fault(node_member(root, "answer", c->faults), c->faults,
                   "nothing says whom an answer is about: \"subject\" (where it names the "
                   "citizen) or \"request_id\" (where it repeats our id) is needed, or "
                   "\"subject\" in all items");
}

/* ---- the whole ---- */

static enum mapping_format parse_format(struct compiling *c, struct node node)
{
    static const struct str names[] = {STR_INIT("json"), STR_INIT("xml")};
    struct str name = node_str_needed(node, c->faults);

    if (name.at && !str_equal(name, names[0]) && !str_equal(name, names[1]))
        node_fault_name(node, c->faults, names, 2, "expected \"json\" or \"xml\"");
    return str_equal(name, names[1]) ? MAPPING_XML : MAPPING_JSON;
}

static void parse_requests(struct compiling *c, struct node node, struct mapping *mapping)
{
    static const char *const known[] = {"list", "detail"};
    struct node list = node_member(node, "list", c->faults);
    struct node detail = node_member(node, "detail", c->faults);

    if (!node_is_present(node) || !node_is_present(list)) {
        node_fault(node_is_present(node) ? list : node, c->faults,
                   "is needed: how the source is asked");
        return;
    }
    node_only(node, known, sizeof known / sizeof *known, c->faults);
    mapping->list = requests_parse(c, list, false);
    if (node_is_present(detail))
        mapping->detail = requests_parse(c, detail, true);
}

bool mapping_parse(struct node root, unsigned kinds, struct arena *arena, struct mapping *mapping,
                   struct faults *faults)
{
    static const char *const known[] = {"format",  "namespaces", "tables",
                                        "request", "answer",     "items"};
    size_t before = faults->count;
    struct compiling c = {.arena = arena,
                          .faults = faults,
                          .namespaces = node_member(root, "namespaces", faults),
                          .tables = node_member(root, "tables", faults)};
    struct parsing_items items = {.c = &c, .kinds = kinds, .mapping = mapping};
    struct node list = node_member(root, "items", faults);

    c.format = parse_format(&c, node_member(root, "format", faults));
    *mapping = (struct mapping){.format = c.format};
    node_only(root, known, sizeof known / sizeof *known, faults);
    paths_init(&c);
    if (!json_is_object(root.value) || c.scope_count == 0)
        return false;
    if (c.format == MAPPING_JSON && node_is_present(c.namespaces))
        node_fault(c.namespaces, faults, "JSON has no namespaces");
    forms_check_tables(&c);
    parse_requests(&c, node_member(root, "request", faults), mapping);
    parse_answer(&c, node_member(root, "answer", faults), mapping);
    if (!node_is_present(list))
        node_fault(list, faults, "is needed: where the items stand");
    mapping->items = parse_items(&items, list, c.scopes[0], 0, &mapping->item_count);
    check_guard(&c, root, mapping);
    if (!paths_finish(&c, mapping) || arena_is_full(arena))
        compile_full(&c, root);
    return faults->count == before;
}
