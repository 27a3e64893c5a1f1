/* SPDX-License-Identifier: MIT */
#include "adapters/shape.h"

enum { MASKED_MAX = 44, MASKED_SHOWN_MAX = 4, UUID_LEN = 36 };

struct str shape_text(struct reading *in, size_t max)
{
    struct str text = reader_string_or_null(&in->reader);

    if (text.len > max)
        reader_fail(&in->reader, "a text is too long");
    if (text.at && text.len == 0)
        reader_fail(&in->reader, "an empty text where null is meant");
    return text;
}

/* Two spellings of one member lead to the same field: taken once, like a member given twice. */
void read_text(struct reading *in, void *at, const struct rule *rule)
{
    struct str *text = at;

    if (text->at)
        reader_fail(&in->reader, "duplicate member in another spelling");
    *text = shape_text(in, rule->max);
}

/* What the citizen reads may be empty at the source: then it is unknown. */
void read_words(struct reading *in, void *at, const struct rule *rule)
{
    struct str words = reader_string_or_null(&in->reader);

    if (words.len > rule->max)
        reader_fail(&in->reader, "a text is too long");
    *(struct str *)at = words.len > 0 ? words : STR_NONE;
}

void read_digits(struct reading *in, void *at, const struct rule *rule)
{
    struct str text = reader_string_or_null(&in->reader);

    if (text.at && (text.len != rule->max || !str_is_digits(text)))
        reader_fail(&in->reader, "a number of an authority has the wrong form");
    *(struct str *)at = text;
}

bool shape_is_uuid(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i], low = (char)(c | 0x20);
        bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_hyphen ? c != '-' : !((c >= '0' && c <= '9') || (low >= 'a' && low <= 'f')))
            return false;
    }
    return text.len == UUID_LEN;
}

/* Lower case, so that the same case is found again in another source. */
void read_uuid(struct reading *in, void *at, const struct rule *rule)
{
    struct str text = reader_string_or_null(&in->reader);
    char *lower;

    (void)rule;
    if (!text.at)
        return;
    if (!shape_is_uuid(text)) {
        reader_fail(&in->reader, "a UUID has the wrong form");
        return;
    }
    lower = arena_alloc(in->reader.arena, UUID_LEN);
    if (!lower) {
        reader_fail(&in->reader, "the answer needs more room than it may have");
        return;
    }
    for (size_t i = 0; i < UUID_LEN; i++)
        lower[i] = (char)(text.at[i] | 0x20); /* digits and hyphens have that bit anyway */
    *(struct str *)at = str_make(lower, UUID_LEN);
}

/* A code as number or text (some generators write every enumeration as text). */
void read_code(struct reading *in, void *at, const struct rule *rule)
{
    struct reader *r = &in->reader;
    const struct code *code = rule->codes;
    struct str text;

    if (reader_null(r))
        return;
    text = reader_peek(r) == JSON_TYPE_NUMBER ? reader_number(r) : reader_string(r);
    while (code->text.len > 0 && !str_equal(code->text, text))
        code++;
    if (code->value == CODE_CLOSED)
        reader_fail(r, "an unknown code decides who may see");
    else
        *(unsigned *)at = code->value; /* an enum or int, of the same size and sign-compatible */
}
_Static_assert(sizeof(enum item_status) == sizeof(unsigned) && sizeof(int) == sizeof(unsigned),
               "read_code stores enums");

void read_date(struct reading *in, void *at, const struct rule *rule)
{
    (void)rule;
    *(struct date *)at = reader_date(&in->reader);
}

void read_wall(struct reading *in, void *at, const struct rule *rule)
{
    (void)rule;
    *(struct wall *)at = reader_wall(&in->reader);
}

void read_flag(struct reading *in, void *at, const struct rule *rule)
{
    (void)rule;
    *(bool *)at = !reader_null(&in->reader) && reader_bool(&in->reader);
}

void read_money(struct reading *in, void *at, const struct rule *rule)
{
    struct str text = reader_string_or_null(&in->reader);

    (void)rule;
    if (text.at && !money_parse(text, at))
        reader_fail(&in->reader, "an amount is no decimal text");
}

void read_cpr(struct reading *in, void *at, const struct rule *rule)
{
    struct str text = reader_string_or_null(&in->reader);

    (void)rule;
    if (text.at && !cpr_parse(text, at))
        reader_fail(&in->reader, "a personal number is none");
}

bool shape_is_masked(struct str text)
{
    size_t shown = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            shown++;
        else if ((c != '*' && c != ' ' && c != '-') || shown > 0)
            shown = MASKED_SHOWN_MAX + 1;
    }
    return shown <= MASKED_SHOWN_MAX && text.len <= MASKED_MAX;
}

void read_masked(struct reading *in, void *at, const struct rule *rule)
{
    struct str text = reader_string_or_null(&in->reader);

    (void)rule;
    if (!shape_is_masked(text))
        reader_fail(&in->reader, "a number is not masked");
    *(struct str *)at = text;
}

/* The rule of this member; NULL: unknown, or given twice. Sources write their members in one order
 * object after object, so the search begins where the last one ended. */
static const struct rule *find_rule(struct reader *r, const struct shape *shape, struct str name,
                                    size_t *next, uint64_t *seen)
{
    size_t i = *next;

    for (size_t tries = shape->count; tries > 0; tries--, i++) {
        uint64_t bit;

        if (i >= shape->count)
            i = 0;
        if (!str_equal(name, shape->names[i]))
            continue;
        *next = i + 1;
        bit = UINT64_C(1) << i;
        if (*seen & bit) {
            reader_fail(r, "duplicate member");
            return NULL;
        }
        *seen |= bit;
        return &shape->rules[i];
    }
    return NULL;
}

void shape_read(struct reading *in, const struct shape *shape, void *object)
{
    struct reader *r = &in->reader;
    struct str name;
    uint64_t seen = 0;
    size_t next = 0;

    if (!reader_object(r))
        return;
    while (reader_member(r, &name)) {
        const struct rule *rule = find_rule(r, shape, name, &next, &seen);

        if (rule)
            rule->read(in, (char *)object + rule->offset, rule);
        else
            reader_skip(r);
    }
}
