/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/state_data.h"

#include "adapters/sandbox/data.h"

static const char count_word[] = "gentag", authority_word[] = "OffentligOrganisation";

/* ---- times relative to today ---- */

struct offset {
    int64_t amount;
    char unit;
    struct str clock; /* "10:30"; STR_NONE: a date is meant */
};

/* "+20d", "-3mT10:30" */
static bool offset_parse(struct str text, struct offset *offset)
{
    enum { AMOUNT_MAX = 99999 };
    struct str digits, rest = text;
    uint64_t amount;

    if (text.len < 3 || (text.at[0] != '+' && text.at[0] != '-'))
        return false;
    digits = str_split(&rest, 'T');
    offset->clock = rest;
    offset->unit = digits.at[digits.len - 1];
    digits = str_skip(str_head(digits, digits.len - 1), 1);
    if (!strchr("dmy", offset->unit) || !str_to_u64(digits, AMOUNT_MAX, &amount))
        return false;
    offset->amount = text.at[0] == '-' ? -(int64_t)amount : (int64_t)amount;
    return true;
}

static struct date date_after_months(struct date date, int64_t months)
{
    int64_t count = date.year * 12 + date.month - 1 + months;
    struct date moved = {(int16_t)(count / 12), (uint8_t)(count % 12 + 1), date.day};

    while (moved.day > 28 && !date_is_valid(moved))
        moved.day--;
    return moved;
}

static struct str offset_text(const struct state_words *words, const struct offset *offset)
{
    struct date today = wall_date(words->now), date;
    char text[WALL_TEXT];
    struct wall wall;
    struct str local;

    if (offset->unit == 'd')
        date = date_of_days(date_to_days(today) + offset->amount);
    else
        date = date_after_months(today, offset->amount * (offset->unit == 'y' ? 12 : 1));
    if (!offset->clock.at)
        return arena_copy(words->arena, date_format(date, text));
    local = arena_format(words->arena, "%04d-%02d-%02dT%.*s:00", date.year, date.month, date.day,
                         STR_ARG(offset->clock));
    return wall_parse(local, &wall) ? arena_copy(words->arena, wall_format(wall, text)) : STR_NONE;
}

/* ---- words ---- */

static struct str text_with_n(const struct state_words *words, struct str text)
{
    size_t at = str_find(text, STR("{n}"));

    if (at == text.len)
        return text;
    return arena_format(words->arena, "%.*s%ld%.*s", STR_ARG(str_head(text, at)), words->n,
                        STR_ARG(str_skip(text, at + 3)));
}

struct str state_text(const struct state_words *words, struct str text)
{
    struct offset offset;

    text = text_with_n(words, text);
    if (str_starts_with(text, STR("@"))) {
        struct str id = str_skip(text, 1);
        const json_t *citizen = str_equal(id, STR("self"))
                                    ? words->self
                                    : sandbox_citizen_by_id(words->data->citizens, id);

        return str_of(json_string_value(json_object_get(citizen, "cpr")));
    }
    return offset_parse(text, &offset) ? offset_text(words, &offset) : text;
}

static struct str string_of(const json_t *json)
{
    return str_make(json_string_value(json), json_string_length(json));
}

static void write_value(const struct state_words *words, struct writer *w, const json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        writer_object(w);
        json_object_foreach((json_t *)value, name, member)
        {
            if (strcmp(name, count_word) == 0)
                continue;
            writer_name_text(w, str_of(name));
            write_value(words, w, member);
        }
        writer_object_end(w);
        break;
    case JSON_ARRAY:
        writer_array(w);
        json_array_foreach(value, i, member)
        {
            write_value(words, w, member);
        }
        writer_array_end(w);
        break;
    case JSON_STRING:
        writer_str(w, state_text(words, string_of(value)));
        break;
    case JSON_INTEGER:
    case JSON_REAL: /* the contract has whole numbers only */
        writer_int(w, (int64_t)json_number_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        writer_bool(w, json_is_true(value));
        break;
    case JSON_NULL:
        writer_null(w);
    }
}

long state_count(const json_t *item)
{
    const json_t *count = json_object_get(item, count_word);

    return count ? (long)json_integer_value(count) : 1;
}

static const json_t *authority_of(const struct state_words *words, const json_t *item)
{
    const json_t *named = json_object_get(item, authority_word);

    return named ? named : json_object_get(words->data->holdings, "authority");
}

struct str state_cvr(const struct state_words *words, const json_t *item)
{
    return str_of(json_string_value(json_object_get(authority_of(words, item), "CVR-nr")));
}

void state_write_item(const struct state_words *words, struct writer *w, const json_t *item)
{
    const char *name;
    json_t *member;

    writer_object(w);
    json_object_foreach((json_t *)item, name, member)
    {
        if (strcmp(name, count_word) == 0 || strcmp(name, authority_word) == 0)
            continue;
        writer_name_text(w, str_of(name));
        write_value(words, w, member);
    }
    writer_name(w, "OffentligOrganisation");
    write_value(words, w, authority_of(words, item));
    writer_object_end(w);
}
