/* SPDX-License-Identifier: MIT */
#include "serve/framing.h"

enum { SSE_RETRY_MS = 5000 };

static const struct str media_types[] = {
#define X(name, type) STR_INIT(type),
    FORMATS(X)
#undef X
};

struct str format_media_type(enum format format)
{
    return media_types[format];
}

/* "0", "0.5", "1.000" as thousandths; -1: not a weight (RFC 9110, 12.4.2). */
static int parse_weight(struct str s)
{
    if (s.len == 0 || s.len > 5 || (s.at[0] != '0' && s.at[0] != '1') ||
        (s.len > 1 && s.at[1] != '.'))
        return -1;
    int weight = (s.at[0] - '0') * 1000;
    for (size_t i = 2, unit = 100; i < s.len; i++, unit /= 10) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return -1;
        weight += (s.at[i] - '0') * (int)unit;
    }
    return weight <= 1000 ? weight : -1;
}

/* How exactly a media range names the type: 3 itself, 2 "type/ *", 1 "* / *", 0 not at all. */
static int match_range(struct str range, struct str type)
{
    size_t slash = str_find_byte(type, '/');
    if (str_equal_nocase(range, type))
        return 3;
    if (range.len == slash + 2 && range.at[slash + 1] == '*' &&
        str_equal_nocase(str_head(range, slash + 1), str_head(type, slash + 1)))
        return 2;
    return str_equal(range, STR("*/*")) ? 1 : 0;
}

/* The weight that Accept gives a type: that of the most exact range naming it; 0: not wanted. */
static int weigh(struct str accept, struct str type)
{
    int best_match = 0, weight = 0;
    while (accept.at) {
        struct str parameters = str_split(&accept, ',');
        struct str range = str_trim(str_split(&parameters, ';'));
        int match = match_range(range, type), q = 1000;
        while (parameters.at) {
            struct str parameter = str_trim(str_split(&parameters, ';'));
            if (parameter.len > 2 && (parameter.at[0] | 32) == 'q' && parameter.at[1] == '=')
                q = parse_weight(str_skip(parameter, 2));
        }
        if (match > best_match && q >= 0) {
            best_match = match;
            weight = q;
        }
    }
    return weight;
}

bool accept_choose(struct str accept, const struct str *types, size_t count, size_t *chosen)
{
    int best = 0;
    *chosen = 0;
    if (str_trim(accept).len == 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        int weight = weigh(accept, types[i]);
        if (weight > best) {
            best = weight;
            *chosen = i;
        }
    }
    return best > 0;
}

bool format_choose(struct str accept, enum format *format)
{
    size_t chosen;
    bool is_found = accept_choose(accept, media_types, FORMATS_COUNT, &chosen);
    *format = (enum format)chosen;
    return is_found;
}

void framing_add(enum format format, struct str name, unsigned number, struct str json,
                 struct buf *out)
{
    switch (format) {
    case FORMAT_SSE:
        if (number == 1)
            buf_format(out, "retry: %d\n", SSE_RETRY_MS);
        buf_format(out, "id: %u\nevent: %.*s\ndata: ", number, STR_ARG(name));
        buf_add_str(out, json); /* our JSON holds no newline */
        buf_add_str(out, STR("\n\n"));
        break;
    case FORMAT_JSON_SEQ:
        buf_add_byte(out, '\x1e');
        buf_add_str(out, json);
        buf_add_byte(out, '\n');
        break;
    case FORMAT_NDJSON:
    case FORMAT_JSON:
    case FORMATS_COUNT:
        buf_add_str(out, json);
        buf_add_byte(out, '\n');
        break;
    }
}
