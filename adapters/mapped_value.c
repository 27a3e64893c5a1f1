/* SPDX-License-Identifier: MIT */
#include "adapters/mapped_value.h"

#include "adapters/link.h"
#include "adapters/mapped_moment.h"
#include "adapters/settle.h"
#include "adapters/shape.h"

enum { AMOUNT_TEXT = 40, OERE_DIGITS_MAX = 17, UUID_LEN = 36 };

#define NO_ROOM "the answer needs more room than it may have"

/* ---- which value ---- */

static struct taken look(const struct instance *instance, const struct mapping_path *path)
{
    for (unsigned up = path->up; up > 0; up--)
        instance = instance->parent;
    return instance->slots[path->slot];
}

static struct str text_of(struct taken value)
{
    return str_make(value.at, value.len);
}

static bool is_among(struct str text, const struct str *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(texts[i], text))
            return true;
    return false;
}

/* Recursion is bounded by MAPPING_CONDITION_DEPTH_MAX. */
bool mapped_condition_holds(const struct instance *instance,
                            const struct mapping_condition *condition)
{
    struct taken value;

    if (!condition)
        return true;
    switch (condition->test) {
    case TEST_PRESENT:
        return look(instance, &condition->path).type != TAKEN_NOTHING;
    case TEST_ONE_OF:
        value = look(instance, &condition->path);
        return value.type != TAKEN_NOTHING && value.type != TAKEN_GROUP &&
               is_among(text_of(value), condition->texts, condition->count);
    case TEST_NOT:
        return !mapped_condition_holds(instance, condition->some);
    case TEST_ALL:
    case TEST_ANY:
        break;
    }
    for (size_t i = 0; i < condition->count; i++)
        if (mapped_condition_holds(instance, &condition->some[i]) == (condition->test == TEST_ANY))
            return condition->test == TEST_ANY;
    return condition->test == TEST_ALL;
}

/* As a segment of a path it would lead elsewhere (RFC 3986, 5.2.4). */
static bool is_dots(struct str text)
{
    return str_equal(text, STR(".")) || str_equal(text, STR(".."));
}

/* A text with the values of paths in it. Within an address they are encoded. */
static struct taken compose(const struct mapped_reading *in, const struct instance *instance,
                            const struct mapping_value *rule)
{
    struct taken nothing = {NULL, 0, TAKEN_NOTHING};
    bool is_link = str_starts_with(rule->pieces[0].text, STR("https://"));
    struct buf out;
    struct str text;

    if (rule->piece_count == 1 && !rule->pieces[0].is_path)
        return (struct taken){rule->pieces[0].text.at, (uint32_t)rule->pieces[0].text.len,
                              TAKEN_TEXT};
    buf_init(&out, MAPPING_TEXT_MAX);
    for (size_t i = 0; i < rule->piece_count; i++) {
        const struct mapping_piece *piece = &rule->pieces[i];
        struct taken value;

        if (!piece->is_path) {
            buf_add_str(&out, piece->text);
            continue;
        }
        value = look(instance, &piece->path);
        if (value.type == TAKEN_NOTHING || value.type == TAKEN_GROUP ||
            (is_link && is_dots(text_of(value)))) {
            buf_clear(&out);
            return nothing;
        }
        if (is_link)
            mapped_percent_encode(&out, text_of(value));
        else
            buf_add_str(&out, text_of(value));
    }
    text = out.failed ? STR_NONE : arena_copy(in->arena, buf_str(&out));
    buf_clear(&out);
    return text.at ? (struct taken){text.at, (uint32_t)text.len, TAKEN_TEXT} : nothing;
}

struct taken mapped_value_find(const struct mapped_reading *in, const struct instance *instance,
                               const struct mapping_value **rule)
{
    for (const struct mapping_value *one = *rule; one; one = one->otherwise) {
        struct taken value = {NULL, 0, TAKEN_NOTHING};

        if (one->when && !mapped_condition_holds(instance, one->when))
            continue;
        switch (one->source) {
        case VALUE_PATH:
            value = look(instance, &one->path);
            break;
        case VALUE_TEXT:
            value = compose(in, instance, one);
            break;
        case VALUE_WHETHER:
            value = mapped_condition_holds(instance, one->whether)
                        ? (struct taken){"true", 4, TAKEN_TRUTH}
                        : (struct taken){"false", 5, TAKEN_TRUTH};
        }
        if (value.type == TAKEN_NOTHING || (one->none_count > 0 && value.type != TAKEN_GROUP &&
                                            is_among(text_of(value), one->none, one->none_count)))
            continue;
        *rule = one;
        return value;
    }
    return (struct taken){NULL, 0, TAKEN_NOTHING};
}

void mapped_percent_encode(struct buf *out, struct str s)
{
    for (size_t i = 0; s.at && i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i], low = c | 0x20;

        if ((c >= '0' && c <= '9') || (low >= 'a' && low <= 'z') || c == '-' || c == '.' ||
            c == '_' || c == '~')
            buf_add_byte(out, (char)c);
        else
            buf_format(out, "%%%02X", c);
    }
}

/* ---- as the field's own type ---- */

/* The table's word for a text; NULL: it has none. */
static const struct mapping_code *find_code(const struct mapping_table *table, struct str text)
{
    size_t from = 0, to = table->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        struct str one = table->codes[middle].from;
        int order =
            one.len != text.len ? (one.len < text.len ? -1 : 1) : memcmp(one.at, text.at, text.len);

        if (order == 0)
            return &table->codes[middle];
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static const char *put_code(const struct field_type *type, const struct mapping_value *rule,
                            struct str text, unsigned *at)
{
    const struct mapping_table *table = rule->table;
    const struct mapping_code *code = table ? find_code(table, text) : NULL;

    if (!code && table && !table->is_strict)
        code = table->unmapped;
    if (code)
        *at = code->code;
    else if ((table || !field_code_find(type, text, at)) &&
             (type->is_closed || (table && table->is_strict)))
        return type->is_closed ? "an unknown code decides who may see" : "an unknown code";
    return NULL;
}
_Static_assert(sizeof(enum item_status) == sizeof(unsigned) && sizeof(int) == sizeof(unsigned),
               "put_code stores enums");

static const char *put_uuid(struct arena *arena, struct str text, struct str *at)
{
    char *lower;

    if (!shape_is_uuid(text))
        return "a UUID has the wrong form";
    lower = arena_alloc(arena, UUID_LEN);
    if (!lower)
        return NO_ROOM;
    for (size_t i = 0; i < UUID_LEN; i++)
        lower[i] = (char)(text.at[i] | 0x20); /* digits and hyphens have that bit anyway */
    *at = str_make(lower, UUID_LEN);
    return NULL;
}

/* Into plain decimal text: thousands stand in threes, the point is a point. False: it is no amount
 * of this form. */
static bool plain_amount(const struct mapping_amount *form, struct str text, char *plain,
                         size_t *len)
{
    size_t since = 0, groups = 0; /* digits since the last mark of thousands */
    bool has_point = false;

    *len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (*len == AMOUNT_TEXT)
            return false;
        if (c >= '0' && c <= '9') {
            plain[(*len)++] = c;
            since++;
        } else if (form->thousands != '\0' && c == form->thousands && !has_point) {
            if (groups > 0 ? since != 3 : since < 1 || since > 3)
                return false;
            groups++;
            since = 0;
        } else if (form->point != '\0' && c == form->point && !has_point) {
            if (groups > 0 && since != 3)
                return false;
            has_point = true;
            plain[(*len)++] = '.';
        } else {
            return false;
        }
    }
    return has_point || groups == 0 || since == 3;
}

static bool parse_amount(const struct mapping_amount *form, struct str text, struct money *money)
{
    char plain[AMOUNT_TEXT];
    bool is_negative = false;
    size_t len;

    if (text.len > 0) {
        size_t at = form->sign == SIGN_AFTER ? text.len - 1 : 0;
        bool is_signed = text.at[at] == '-' || text.at[at] == '+';

        is_negative = text.at[at] == '-';
        if (is_signed)
            text = at == 0 ? str_skip(text, 1) : str_head(text, at);
    }
    if (!plain_amount(form, text, plain, &len))
        return false;
    if (form->is_oere) {
        uint64_t oere;

        if (len > OERE_DIGITS_MAX || !str_to_u64(str_make(plain, len), INT64_MAX, &oere))
            return false;
        *money = (struct money){(int64_t)oere, true};
    } else if (!money_parse(str_make(plain, len), money)) {
        return false;
    }
    if (is_negative != form->is_reversed)
        money->oere = -money->oere;
    return true;
}

static const char *put_date(const struct mapping_value *rule, struct str text, bool is_date,
                            void *at)
{
    struct date date;
    struct wall wall;

    /* The common forms first, without detours. */
    if (!rule->moment && is_date && date_parse(text, at))
        return NULL;
    if (!rule->moment && !is_date && wall_parse(text, at))
        return NULL;
    if (!mapped_moment_parse(rule->moment, text, &date, &wall))
        return is_date ? "expected a date" : "expected a date and time";
    if (is_date)
        *(struct date *)at = date;
    else
        *(struct wall *)at = wall;
    return NULL;
}

static const char *put_text(const struct field_type *type, struct str text, struct str *at)
{
    if (text.len > type->max)
        return "a text is too long";
    if (text.len > 0)
        *at = text;
    else if (type->form != FIELD_WORDS)
        return "an empty text where null is meant";
    return NULL;
}

static const char *put_flag(struct str text, bool *at)
{
    bool is_true = str_equal(text, STR("true")) || str_equal(text, STR("1"));

    if (!is_true && !str_equal(text, STR("false")) && !str_equal(text, STR("0")))
        return "expected true or false";
    *at = is_true;
    return NULL;
}

const char *mapped_value_put(struct arena *arena, const struct cpr *subject,
                             const struct field_type *type, const struct mapping_value *rule,
                             struct taken value, void *at)
{
    static const struct mapping_amount plain = {.point = '.'};
    struct str text = text_of(value);

    if (value.type == TAKEN_GROUP)
        return "an object or a list where a single value is meant";
    if (value.type == TAKEN_TRUTH && type->form != FIELD_FLAG && !rule->table)
        return "true or false where a text is meant";
    if (rule->table && type->form != FIELD_CODE) {
        const struct mapping_code *code = find_code(rule->table, text);

        if (!code && rule->table->is_strict)
            return "an unknown code";
        code = code ? code : rule->table->unmapped;
        if (!code)
            return NULL;
        text = code->to;
    }
    switch (type->form) {
    case FIELD_TEXT:
    case FIELD_WORDS:
        return put_text(type, text, at);
    case FIELD_DIGITS:
        if (text.len != type->max || !str_is_digits(text))
            return "a number of an authority has the wrong form";
        *(struct str *)at = text;
        return NULL;
    case FIELD_UUID:
        return put_uuid(arena, text, at);
    case FIELD_MASKED:
        if (!shape_is_masked(text))
            return "a number is not masked";
        *(struct str *)at = text;
        return NULL;
    case FIELD_WORD:
        if (!settle_is_word(text) || text.len > type->max)
            return "expected a word of a-z, 0-9 and hyphens";
        *(struct str *)at = text;
        return NULL;
    case FIELD_CODE:
        return put_code(type, rule, text, at);
    case FIELD_NAMED: {
        unsigned ignored;

        if (field_code_find(type, text, &ignored))
            *(struct str *)at = text;
        return NULL;
    }
    case FIELD_DATE:
    case FIELD_TIME:
        return put_date(rule, text, type->form == FIELD_DATE, at);
    case FIELD_FLAG:
        return put_flag(text, at);
    case FIELD_MONEY:
        return parse_amount(rule->amount ? rule->amount : &plain, text, at)
                   ? NULL
                   : "an amount has another form than the mapping says";
    case FIELD_CPR:
        return cpr_parse(text, at) ? NULL : "a personal number is none";
    case FIELD_LINK:
        if (text.len > type->max || !link_is_safe(text, subject))
            return "a link is no safe https address";
        *(struct str *)at = text;
        return NULL;
    case FIELD_FORM_COUNT:
        break;
    }
    return "no field of ours";
}
