/* SPDX-License-Identifier: MIT */
/* The forms of values: tables of codes, dates, amounts. */
#include "policy/mapping_compile.h"

#include "adapters/mapped_moment.h"
#include "adapters/settle.h"

#include <stdlib.h>

enum { HINTED_MAX = 64 };

/* ---- tables ---- */

static int compare_codes(const void *left, const void *right)
{
    const struct mapping_code *a = left, *b = right;

    if (a->from.len != b->from.len)
        return a->from.len < b->from.len ? -1 : 1;
    return memcmp(a->from.at, b->from.at, a->from.len);
}

/* A word of ours, as the field wants it. */
bool forms_code(struct compiling *c, struct node node, const struct field_type *type,
                struct mapping_code *code)
{
    struct str names[HINTED_MAX];
    size_t count = 0;

    code->to = compile_str(c, node);
    if (!code->to.at) {
        if (!node_is_present(node) || json_is_null(node.value))
            node_fault(node, c->faults, "expected a text");
        return false;
    }
    if (!type->codes) {
        if (code->to.len > type->max)
            node_fault(node, c->faults, "is longer than %zu bytes", type->max);
        else if (type->form == FIELD_WORD && !settle_is_word(code->to))
            node_fault(node, c->faults, "expected a word of a-z, 0-9 and hyphens");
        return code->to.len <= type->max;
    }
    if (field_code_find(type, code->to, &code->code))
        return true;
    for (const struct field_code *one = type->codes; one->name.len > 0 && count < HINTED_MAX; one++)
        names[count++] = one->name;
    node_fault_name(node, c->faults, names, count, "is no code of this field");
    return false;
}

static bool takes_table(enum field_form form)
{
    return form == FIELD_CODE || form == FIELD_NAMED || form == FIELD_TEXT || form == FIELD_WORDS ||
           form == FIELD_WORD;
}

static bool parse_codes(struct compiling *c, struct node node, const struct field_type *type,
                        struct mapping_table *table)
{
    size_t count = json_object_size(node.value), i = 0;
    struct mapping_code *codes;
    const char *name;
    json_t *value;

    if (!json_is_object(node.value) || count == 0 || count > MAPPING_CODES_MAX) {
        node_fault(node, c->faults, "expected 1 to %d codes, each with what it means here",
                   MAPPING_CODES_MAX);
        return false;
    }
    codes = arena_calloc(c->arena, count, sizeof *codes);
    if (!codes)
        return false;
    json_object_foreach(node.value, name, value)
    {
        codes[i].from = arena_copy(c->arena, str_of(name));
        if (!forms_code(c, compile_member(c, node, name, value), type, &codes[i++]))
            return false;
    }
    qsort(codes, count, sizeof *codes, compare_codes);
    table->codes = codes;
    table->count = count;
    return true;
}

static struct node find_table(struct compiling *c, struct node node)
{
    struct node nothing = {node.document, NULL, node.pointer};
    struct str name = node_str(node, c->faults);
    struct str names[MAPPING_TABLES_MAX];
    const char *other;
    json_t *value;
    size_t count = 0;

    if (!name.at)
        return nothing;
    json_object_foreach(c->tables.value, other, value)
    {
        if (str_equal(name, str_of(other)))
            return compile_member(c, c->tables, other, value);
        if (count < MAPPING_TABLES_MAX)
            names[count++] = str_of(other);
    }
    node_fault_name(node, c->faults, names, count, "is not among \"tables\"");
    return nothing;
}

const struct mapping_table *forms_table(struct compiling *c, struct node rule,
                                        const struct field_type *type)
{
    struct node node = node_member(rule, "table", c->faults);
    struct node unmapped = node_member(rule, "unmapped", c->faults);
    struct node strict = node_member(rule, "strict", c->faults);
    struct mapping_table *table;

    if (!node_is_present(node)) {
        if (node_is_present(unmapped) || node_is_present(strict))
            node_fault(rule, c->faults, "\"unmapped\" and \"strict\" speak of a \"table\"");
        return NULL;
    }
    if (!takes_table(type->form)) {
        node_fault(node, c->faults, "this field takes no table");
        return NULL;
    }
    table = ARENA_NEW(c->arena, struct mapping_table);
    if (json_is_string(node.value))
        node = find_table(c, node);
    if (!table || !node.value || !parse_codes(c, node, type, table))
        return NULL;
    table->is_strict = type->is_closed || node_bool(strict, false, c->faults);
    if (node_is_present(unmapped) && table->is_strict)
        node_fault(unmapped, c->faults,
                   type->is_closed
                       ? "this field decides who may see: an unknown code breaks the contract"
                       : "is never used beside \"strict\"");
    else if (node_is_present(unmapped)) {
        struct mapping_code *code = ARENA_NEW(c->arena, struct mapping_code);
        if (!code || !forms_code(c, unmapped, type, code))
            return NULL;
        table->unmapped = code;
    }
    return table;
}

/* ---- dates and amounts ---- */

const struct mapping_moment *forms_moment(struct compiling *c, struct node rule,
                                          const struct field_type *type)
{
    static const struct str zones[] = {STR_INIT("danish"), STR_INIT("utc")};
    struct node date = node_member(rule, "date", c->faults);
    struct node zone = node_member(rule, "zone", c->faults);
    struct mapping_moment *moment;
    struct str text;

    if (!node_is_present(date) && !node_is_present(zone))
        return NULL;
    if (type->form != FIELD_DATE && type->form != FIELD_TIME) {
        node_fault(node_is_present(date) ? date : zone, c->faults, "this field is no date");
        return NULL;
    }
    moment = ARENA_NEW(c->arena, struct mapping_moment);
    if (!moment)
        return NULL;
    text = node_str(date, c->faults);
    if (str_equal(text, STR("unix"))) {
        moment->form = MOMENT_UNIX;
    } else if (str_equal(text, STR("unix_ms"))) {
        moment->form = MOMENT_UNIX_MS;
    } else if (text.at && !str_equal(text, STR("iso"))) {
        moment->form = MOMENT_PATTERN;
        moment->pattern = arena_copy(c->arena, text);
        if (!mapped_pattern_is_valid(text))
            node_fault(date, c->faults,
                       "expected \"iso\", \"unix\", \"unix_ms\", or a pattern as \"%%d.%%m.%%Y\"");
    }
    text = node_str(zone, c->faults);
    moment->is_utc = str_equal(text, zones[1]);
    if (text.at && !moment->is_utc && !str_equal(text, zones[0]))
        node_fault_name(zone, c->faults, zones, 2, "expected \"danish\" or \"utc\"");
    return moment;
}

/* One character that is no digit and no sign; NUL: absent. */
static char parse_mark(struct compiling *c, struct node node)
{
    struct str text = node_str(node, c->faults);

    if (!text.at)
        return '\0';
    if (text.len == 1 && text.at[0] >= ' ' && text.at[0] <= '~' && !str_is_digits(text) &&
        text.at[0] != '-' && text.at[0] != '+')
        return text.at[0];
    node_fault(node, c->faults, "expected one character, such as \",\"");
    return '\0';
}

const struct mapping_amount *forms_amount(struct compiling *c, struct node rule,
                                          const struct field_type *type)
{
    static const char *const known[] = {"point", "thousands", "unit", "sign", "reversed"};
    static const struct str units[] = {STR_INIT("kroner"), STR_INIT("oere")};
    static const struct str signs[] = {STR_INIT("before"), STR_INIT("after")};
    struct node node = node_member(rule, "amount", c->faults);
    struct node point = node_member(node, "point", c->faults);
    struct node unit = node_member(node, "unit", c->faults);
    struct node sign = node_member(node, "sign", c->faults);
    struct mapping_amount *amount;
    struct str text;

    if (!node_is_present(node))
        return NULL;
    if (type->form != FIELD_MONEY) {
        node_fault(node, c->faults, "this field is no amount");
        return NULL;
    }
    node_only(node, known, sizeof known / sizeof *known, c->faults);
    amount = ARENA_NEW(c->arena, struct mapping_amount);
    if (!amount)
        return NULL;
    text = node_str(unit, c->faults);
    amount->is_oere = str_equal(text, units[1]);
    if (text.at && !amount->is_oere && !str_equal(text, units[0]))
        node_fault_name(unit, c->faults, units, 2, "expected \"kroner\" or \"oere\"");
    amount->point = node_is_present(point) ? parse_mark(c, point) : amount->is_oere ? '\0' : '.';
    amount->thousands = parse_mark(c, node_member(node, "thousands", c->faults));
    if (amount->is_oere && node_is_present(point))
        node_fault(point, c->faults, "an amount in oere has no decimals");
    if (amount->thousands != '\0' && amount->thousands == amount->point)
        node_fault(node, c->faults, "\"point\" and \"thousands\" are the same");
    text = node_str(sign, c->faults);
    amount->sign = str_equal(text, signs[1]) ? SIGN_AFTER : SIGN_BEFORE;
    if (text.at && amount->sign != SIGN_AFTER && !str_equal(text, signs[0]))
        node_fault_name(sign, c->faults, signs, 2, "expected \"before\" or \"after\"");
    amount->is_reversed = node_bool(node_member(node, "reversed", c->faults), false, c->faults);
    return amount;
}

void forms_check_tables(struct compiling *c)
{
    if (node_is_present(c->tables) && !json_is_object(c->tables.value))
        node_fault(c->tables, c->faults, "expected an object");
    else if (json_object_size(c->tables.value) > MAPPING_TABLES_MAX)
        node_fault(c->tables, c->faults, "more than %d tables", MAPPING_TABLES_MAX);
}
