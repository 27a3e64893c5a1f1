/* SPDX-License-Identifier: MIT */
#include "tests/bench/limit/limit.h"

#include <emmintrin.h>
#include <stdio.h>

enum { DEPTH_MAX = 32 };

struct cursor {
    const unsigned char *at, *end;
};

static size_t left(const struct cursor *c)
{
    return (size_t)(c->end - c->at);
}

/* The next byte behind white space; 0: the end, or a NUL, which is wrong everywhere. */
static unsigned char peek(struct cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n' || *c->at == '\r' || *c->at == '\t'))
        c->at++;
    return c->at < c->end ? *c->at : 0;
}

static bool take(struct cursor *c, unsigned char byte)
{
    if (peek(c) != byte || byte == 0)
        return false;
    c->at++;
    return true;
}

static bool is_continued(const struct cursor *c, size_t count)
{
    if (left(c) <= count)
        return false;
    for (size_t i = 1; i <= count; i++)
        if ((c->at[i] & 0xc0) != 0x80)
            return false;
    return true;
}

/* One character of more than one byte: RFC 3629, 4. */
static bool take_utf8(struct cursor *c)
{
    unsigned first = c->at[0], second = left(c) > 1 ? c->at[1] : 0;
    size_t more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;

    if (first < 0xc2 || first > 0xf4 || !is_continued(c, more) ||
        (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
        return false;
    c->at += more + 1;
    return true;
}

static bool is_hex(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

static bool take_escape(struct cursor *c)
{
    if (left(c) < 2)
        return false;
    if (c->at[1] != 'u') {
        bool is_known = c->at[1] && strchr("\"\\/bfnrt", c->at[1]);
        c->at += 2;
        return is_known;
    }
    if (left(c) < 6)
        return false;
    for (int i = 2; i < 6; i++)
        if (!is_hex(c->at[i]))
            return false;
    c->at += 6;
    return true;
}

/* Passes what needs no look: no quote, no escape, no control, no UTF-8. */
static void skip_plain(struct cursor *c)
{
    while (left(c) >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)c->at);
        /* As signed numbers, those below a blank are the controls and all that is not ASCII. */
        __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                                                    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
                                       _mm_cmplt_epi8(v, _mm_set1_epi8(' ')));
        int mask = _mm_movemask_epi8(special);
        if (mask) {
            c->at += __builtin_ctz((unsigned)mask);
            return;
        }
        c->at += 16;
    }
}

static bool take_string(struct cursor *c)
{
    if (!take(c, '"'))
        return false;
    for (;;) {
        skip_plain(c);
        if (c->at == c->end || *c->at < ' ')
            return false;
        if (*c->at == '"') {
            c->at++;
            return true;
        }
        if (*c->at == '\\' ? !take_escape(c) : *c->at >= 0x80 ? !take_utf8(c) : (c->at++, false))
            return false;
    }
}

static bool take_digits(struct cursor *c)
{
    const unsigned char *first = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
        c->at++;
    return c->at > first;
}

static bool take_number(struct cursor *c)
{
    if (c->at < c->end && *c->at == '-')
        c->at++;
    if (c->at < c->end && *c->at == '0')
        c->at++;
    else if (!take_digits(c))
        return false;
    if (c->at < c->end && *c->at == '.') {
        c->at++;
        if (!take_digits(c))
            return false;
    }
    if (c->at < c->end && (*c->at | 32) == 'e') {
        c->at++;
        if (c->at < c->end && (*c->at == '+' || *c->at == '-'))
            c->at++;
        return take_digits(c);
    }
    return true;
}

static bool take_word(struct cursor *c, const char *word)
{
    size_t len = strlen(word);
    if (left(c) < len || memcmp(c->at, word, len) != 0)
        return false;
    c->at += len;
    return true;
}

static bool take_value(struct cursor *c, int depth)
{
    unsigned char first = peek(c), last = first == '{' ? '}' : ']';

    switch (depth > DEPTH_MAX ? 0 : first) {
    case 0:
        return false;
    case '"':
        return take_string(c);
    case 't':
        return take_word(c, "true");
    case 'f':
        return take_word(c, "false");
    case 'n':
        return take_word(c, "null");
    case '{':
    case '[':
        c->at++;
        if (take(c, last))
            return true;
        do
            if ((first == '{' && (!take_string(c) || !take(c, ':'))) || !take_value(c, depth + 1))
                return false;
        while (take(c, ','));
        return take(c, last);
    default:
        return take_number(c);
    }
}

/* A member's name as it stands there, quotes included, and the colon behind it. */
static bool take_name(struct cursor *c, struct str *name)
{
    (void)peek(c);
    const char *at = (const char *)c->at;
    bool is_good = take_string(c);
    *name = str_make(at, (size_t)((const char *)c->at - at));
    return is_good && take(c, ':');
}

/* Keeps the members of an item that are shown; *is_shown: the citizen is its primary party. */
static bool copy_members(struct cursor *c, struct buf *out, bool *is_shown)
{
    const char *run = NULL; /* where members to keep began; up to what comes next */
    struct str name;

    do {
        const char *before = (const char *)c->at;
        if (!take_name(c, &name))
            return false;
        (void)peek(c);
        struct str value = {(const char *)c->at, 0};
        if (!take_value(c, 3))
            return false;
        value.len = (size_t)((const char *)c->at - value.at);
        bool is_parties = str_equal(name, STR("\"parter\""));
        if (is_parties)
            *is_shown = str_find(value, STR("\"Primaer\"")) < value.len;
        if (!is_parties && !str_equal(name, STR("\"itSystemID\""))) {
            run = run ? run : before;
        } else if (run) { /* without the comma before this member */
            buf_add_byte(out, ',');
            buf_add(out, run, (size_t)(before - 1 - run));
            run = NULL;
        }
    } while (take(c, ','));
    if (run) {
        buf_add_byte(out, ',');
        buf_add(out, run, (size_t)((const char *)c->at - run));
    }
    return take(c, '}');
}

static bool copy_items(struct cursor *c, int source, struct buf *out, size_t *items)
{
    if (!take(c, '['))
        return false;
    if (take(c, ']'))
        return true;
    do {
        size_t mark = out->len;
        bool is_shown = true;
        buf_format(out, "%s{\"source\":\"s%d\"", *items > 0 ? "," : "", source);
        if (!take(c, '{') || !(peek(c) == '}' ? take(c, '}') : copy_members(c, out, &is_shown)))
            return false;
        if (is_shown) {
            buf_add_byte(out, '}');
            (*items)++;
        } else {
            out->len = mark;
        }
    } while (take(c, ','));
    return take(c, ']');
}

bool splice(struct str json, int source, struct buf *out, size_t *items)
{
    struct cursor c = {(const unsigned char *)json.at, (const unsigned char *)json.at + json.len};
    struct str name;

    if (!take(&c, '{'))
        return false;
    do
        if (!take_name(&c, &name) ||
            !(str_starts_with(name, STR("\"Borgervendt")) ? copy_items(&c, source, out, items)
                                                          : take_value(&c, 1)))
            return false;
    while (take(&c, ','));
    return take(&c, '}') && peek(&c) == 0 && c.at == c.end;
}
