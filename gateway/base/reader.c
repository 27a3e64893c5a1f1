/* SPDX-License-Identifier: MIT */
#include "base/reader.h"

#include <assert.h>

#include "base/escape.h"
#include "base/scan.h"

void reader_init(struct reader *r, struct str bytes, struct arena *arena)
{
    const char *start = bytes.at ? bytes.at : "";

    *r = (struct reader){.start = start,
                         .at = start,
                         .end = start + bytes.len,
                         .arena = arena,
                         .state = READER_VALUE_DUE};
}

/* A failed reader stands at its end: whoever reads on finds nothing there and fails again, which
 * changes nothing. So no function has to ask first. */
static bool fail_at(struct reader *r, const char *at, const char *why)
{
    if (!r->fault) {
        r->fault = why;
        r->fault_offset = (size_t)(at - r->start);
        r->at = r->end;
    }
    return false;
}

static bool fail(struct reader *r, const char *why)
{
    return fail_at(r, r->at, r->at == r->end ? "unexpected end" : why);
}

void reader_fail(struct reader *r, const char *why)
{
    fail_at(r, r->at, why);
}

static inline void skip_space(struct reader *r)
{
    while (r->at < r->end && (unsigned char)*r->at <= ' ' &&
           (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

static inline bool take_byte(struct reader *r, char byte)
{
    if (r->at == r->end || *r->at != byte)
        return false;
    r->at++;
    return true;
}

/* To the first byte of the value that is due. False: none is, or the bytes end here. */
static inline bool reach_value(struct reader *r)
{
    if (r->state != READER_VALUE_DUE)
        return fail_at(r, r->at, "no value is due here");
    skip_space(r);
    return r->at < r->end || fail(r, "");
}

enum json_type reader_peek(struct reader *r)
{
    if (!reach_value(r))
        return JSON_TYPE_NONE;
    switch (*r->at) {
    case '{':
        return JSON_TYPE_OBJECT;
    case '[':
        return JSON_TYPE_ARRAY;
    case '"':
        return JSON_TYPE_STRING;
    case 't':
        return JSON_TYPE_TRUE;
    case 'f':
        return JSON_TYPE_FALSE;
    case 'n':
        return JSON_TYPE_NULL;
    case '-':
    case '0' ... '9':
        return JSON_TYPE_NUMBER;
    default:
        fail(r, "expected a value");
        return JSON_TYPE_NONE;
    }
}

static bool enter(struct reader *r, char opening, const char *why)
{
    if (!reach_value(r))
        return false;
    if (*r->at != opening)
        return fail(r, why);
    if (r->depth == READER_DEPTH_MAX)
        return fail(r, "nested too deeply");
    r->at++;
    r->depth++;
    r->state = READER_JUST_ENTERED;
    return true;
}

bool reader_object(struct reader *r)
{
    return enter(r, '{', "expected an object");
}

bool reader_array(struct reader *r)
{
    return enter(r, '[', "expected an array");
}

/* True: another member (element) follows. False: the end was taken, or the reader failed. */
static inline bool take_next(struct reader *r, char closing, const char *why)
{
    skip_space(r);
    if (r->state == READER_VALUE_DUE)
        return fail_at(r, r->at, "a value was not read");
    if (r->at == r->end)
        return fail(r, "");
    assert(r->depth > 0);
    if (take_byte(r, closing)) {
        r->depth--;
        r->state = READER_VALUE_TAKEN;
        return false;
    }
    if (r->state == READER_VALUE_TAKEN && !take_byte(r, ','))
        return fail(r, why);
    r->state = READER_VALUE_DUE;
    return true;
}

bool reader_element(struct reader *r)
{
    return take_next(r, ']', "expected a comma or the array's end");
}

/* Validates the string whose quotation mark comes next and moves behind it. *text is what stands
 * between the marks, as written. */
static inline bool take_raw_string(struct reader *r, struct str *text, bool *has_escapes)
{
    const char *start;

    if (!take_byte(r, '"'))
        return fail(r, "expected a string");
    start = r->at;
    *has_escapes = false;
    for (;;) {
        r->at = scan_plain(r->at, r->end);
        if (r->at == r->end)
            return fail(r, "");
        if (*r->at == '"') {
            *text = str_make(start, (size_t)(r->at - start));
            r->at++;
            return true;
        }
        if (*r->at == '\\') {
            const char *why;
            uint32_t character;
            const char *after = escape_parse(r->at, r->end, &character, &why);

            if (!after)
                return fail(r, why);
            r->at = after;
            *has_escapes = true;
        } else {
            size_t len = (unsigned char)*r->at < 0x80
                             ? 0
                             : str_utf8_sequence(str_make(r->at, (size_t)(r->end - r->at)));

            if (len == 0)
                return fail(r, (unsigned char)*r->at < 0x80 ? "control character in a string"
                                                            : "invalid UTF-8");
            r->at += len;
        }
    }
}

/* Into the arena: text with its escapes resolved is never longer than it was. */
static bool unescape(struct reader *r, struct str raw, struct str *text)
{
    char *copy = r->arena ? arena_alloc(r->arena, raw.len) : NULL;

    if (!copy)
        return fail_at(r, raw.at, "no room for a string");
    *text = str_make(copy, escape_resolve(raw, copy));
    return true;
}

static inline bool take_string(struct reader *r, struct str *text)
{
    bool has_escapes;

    return take_raw_string(r, text, &has_escapes) && (!has_escapes || unescape(r, *text, text));
}

static inline bool take_colon(struct reader *r)
{
    skip_space(r);
    return take_byte(r, ':') || fail(r, "expected a colon");
}

static inline bool take_next_member(struct reader *r)
{
    if (!take_next(r, '}', "expected a comma or the object's end"))
        return false;
    skip_space(r);
    return true;
}

bool reader_member(struct reader *r, struct str *name)
{
    return take_next_member(r) && take_string(r, name) && take_colon(r);
}

int reader_field(struct reader *r, struct str name, const struct str *fields, size_t count,
                 uint64_t *seen)
{
    assert(count <= 64);
    for (size_t i = 0; i < count; i++) {
        uint64_t bit = UINT64_C(1) << i;

        if (!str_equal(name, fields[i]))
            continue;
        if (*seen & bit) {
            reader_fail(r, "duplicate member");
            return -1;
        }
        *seen |= bit;
        return (int)i;
    }
    return -1;
}

struct str reader_string(struct reader *r)
{
    struct str text;

    if (!reach_value(r) || !take_string(r, &text))
        return STR_NONE;
    r->state = READER_VALUE_TAKEN;
    return text;
}

struct str reader_string_or_null(struct reader *r)
{
    return reader_null(r) ? STR_NONE : reader_string(r);
}

static bool take_word(struct reader *r, struct str word)
{
    if (!str_starts_with(str_make(r->at, (size_t)(r->end - r->at)), word))
        return false;
    r->at += word.len;
    r->state = READER_VALUE_TAKEN;
    return true;
}

bool reader_bool(struct reader *r)
{
    if (!reach_value(r))
        return false;
    if (take_word(r, STR("true")))
        return true;
    if (!take_word(r, STR("false")))
        fail(r, "expected true or false");
    return false;
}

bool reader_null(struct reader *r)
{
    if (r->state != READER_VALUE_DUE)
        return false;
    skip_space(r);
    return take_word(r, STR("null"));
}

static bool take_digits(struct reader *r)
{
    const char *start = r->at;

    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > start || fail(r, "expected a digit");
}

/* `*is_whole` tells whether it has neither fraction nor exponent. */
static bool take_number(struct reader *r, struct str *text, bool *is_whole)
{
    const char *start = r->at;

    *is_whole = true;
    if (*r->at != '-' && (*r->at < '0' || *r->at > '9'))
        return fail(r, "expected a number");
    take_byte(r, '-');
    if (!take_byte(r, '0') && !take_digits(r))
        return false;
    if (take_byte(r, '.')) {
        *is_whole = false;
        if (!take_digits(r))
            return false;
    }
    if (take_byte(r, 'e') || take_byte(r, 'E')) {
        *is_whole = false;
        if (!take_byte(r, '+'))
            take_byte(r, '-');
        if (!take_digits(r))
            return false;
    }
    *text = str_make(start, (size_t)(r->at - start));
    r->state = READER_VALUE_TAKEN;
    return true;
}

struct str reader_number(struct reader *r)
{
    struct str text;
    bool is_whole;

    return reach_value(r) && take_number(r, &text, &is_whole) ? text : STR_NONE;
}

int64_t reader_int(struct reader *r, int64_t min, int64_t max)
{
    struct str text;
    bool is_whole, is_negative;
    int64_t value = 0;

    if (!reach_value(r) || !take_number(r, &text, &is_whole))
        return 0;
    if (!is_whole) {
        fail_at(r, text.at, "expected a whole number");
        return 0;
    }
    is_negative = text.at[0] == '-';
    for (size_t i = is_negative; i < text.len; i++) {
        int digit = text.at[i] - '0';

        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, is_negative ? -digit : digit, &value)) {
            fail_at(r, text.at, "number out of range");
            return 0;
        }
    }
    if (value < min || value > max) {
        fail_at(r, text.at, "number out of range");
        return 0;
    }
    return value;
}

struct date reader_date(struct reader *r)
{
    struct str text = reader_string_or_null(r);
    struct date date = DATE_NONE;

    if (text.at && !date_parse(text, &date))
        reader_fail(r, "expected a date");
    return date;
}

struct wall reader_wall(struct reader *r)
{
    struct str text = reader_string_or_null(r);
    struct wall wall = WALL_NONE;

    if (text.at && !wall_parse(text, &wall))
        reader_fail(r, "expected a date and time");
    return wall;
}

/* Recursion is bounded by READER_DEPTH_MAX. Escapes are validated and not resolved. */
static void skip_value(struct reader *r)
{
    struct str text;
    bool ignored;

    switch (reader_peek(r)) {
    case JSON_TYPE_OBJECT:
        reader_object(r);
        while (take_next_member(r) && take_raw_string(r, &text, &ignored) && take_colon(r))
            skip_value(r);
        break;
    case JSON_TYPE_ARRAY:
        reader_array(r);
        while (reader_element(r))
            skip_value(r);
        break;
    case JSON_TYPE_STRING:
        if (take_raw_string(r, &text, &ignored))
            r->state = READER_VALUE_TAKEN;
        break;
    case JSON_TYPE_NUMBER:
        take_number(r, &text, &ignored);
        break;
    case JSON_TYPE_TRUE:
    case JSON_TYPE_FALSE:
        reader_bool(r);
        break;
    case JSON_TYPE_NULL:
        if (!reader_null(r))
            fail(r, "expected null");
        break;
    case JSON_TYPE_NONE:
        break;
    }
}

struct str reader_skip(struct reader *r)
{
    const char *start;

    skip_space(r);
    start = r->at;
    skip_value(r);
    return r->fault ? STR_NONE : str_make(start, (size_t)(r->at - start));
}

bool reader_end(struct reader *r)
{
    if (r->fault)
        return false;
    skip_space(r);
    if (r->state != READER_VALUE_TAKEN || r->depth > 0)
        return fail_at(r, r->at, "the value is not read to its end");
    return r->at == r->end || fail(r, "trailing bytes");
}
