/* SPDX-License-Identifier: MIT */
#include "serve/query.h"

#include "base/hex.h"

static bool wrong(struct problem *problem, const char *what)
{
    *problem = problem_make(PROBLEM_BAD_PARAMETER, "%s", what);
    return false;
}

static bool add_municipality(struct query *query, struct str code, const struct snapshot *snapshot,
                             struct arena *arena, struct problem *problem)
{
    size_t most = (size_t)snapshot->settings.limits_municipalities_max;
    if (code.len != 4 || !str_is_digits(code) ||
        !municipality_find(&snapshot->municipalities, code))
        return wrong(problem, "municipality: expected the four-digit code of a municipality, "
                              "for example municipality=0710; see /v1/sources");
    for (size_t i = 0; i < query->municipality_count; i++)
        if (str_equal(query->municipalities[i], code))
            return true;
    if (query->municipality_count == most) {
        *problem =
            problem_make(PROBLEM_BAD_PARAMETER, "municipality: at most %zu may be named", most);
        return false;
    }
    if (!query->municipalities)
        query->municipalities = arena_calloc(arena, most, sizeof(struct str));
    if (!query->municipalities)
        return wrong(problem, "the query is too large");
    query->municipalities[query->municipality_count++] = code;
    return true;
}

static bool take_parameter(struct query *query, struct str name, struct str value,
                           const struct snapshot *snapshot, bool is_export, struct arena *arena,
                           struct problem *problem)
{
    if (str_equal(name, STR("municipality")))
        return add_municipality(query, value, snapshot, arena, problem);
    if (str_equal(name, STR("source"))) {
        if (query->source.at)
            return wrong(problem, "source: may be given once");
        if (!snapshot_route(snapshot, value))
            return wrong(problem, "source: there is no such source; see /v1/sources");
        query->source = value;
        return true;
    }
    if (is_export && str_equal(name, STR("format"))) {
        if (query->format.at)
            return wrong(problem, "format: may be given once");
        query->format = value;
        return true;
    }
    return wrong(problem, is_export ? "unknown parameter: expected format, municipality or source"
                                    : "unknown parameter: expected municipality or source");
}

static bool parse_pairs(struct query *query, struct str text, const struct snapshot *snapshot,
                        bool is_export, struct arena *arena, struct problem *problem)
{
    while (text.at) {
        struct str value = str_split(&text, '&');
        struct str name = str_split(&value, '=');
        char *decoded = arena_alloc(arena, name.len + value.len + 1);
        size_t name_len = 0, value_len = 0;
        if (name.len == 0 && value.len == 0)
            continue;
        if (!decoded || !http_percent_decode(name, true, decoded, &name_len) ||
            !http_percent_decode(value, true, decoded + name_len, &value_len))
            return wrong(problem, "the query string holds a wrong percent escape");
        if (!take_parameter(query, str_make(decoded, name_len),
                            str_make(decoded + name_len, value_len), snapshot, is_export, arena,
                            problem))
            return false;
    }
    return true;
}

struct str query_list(const struct http_head *head, struct str name, struct arena *arena)
{
    struct str list = STR_NONE;
    for (size_t i = 0; i < head->field_count; i++) {
        const struct http_field *field = &head->fields[i];
        if (!str_equal_nocase(field->name, name))
            continue;
        list = list.at ? arena_format(arena, "%.*s, %.*s", STR_ARG(list), STR_ARG(field->value))
                       : field->value;
    }
    return list;
}

/* RFC 7240: preferences that are unknown or make no sense are ignored, not refused. */
static int64_t parse_wait_ms(struct str prefer, const struct settings *settings)
{
    while (prefer.at) {
        struct str value = str_trim(str_split(&prefer, ','));
        struct str name = str_trim(str_split(&value, '='));
        struct str number = str_trim(str_split(&value, ';')); /* its parameters are not ours */
        uint64_t seconds = 0;
        if (!str_equal_nocase(name, STR("wait")) || !str_to_u64(number, 86400, &seconds))
            continue;
        int64_t ms = (int64_t)seconds * 1000;
        if (ms < settings->time_wait_least_ms)
            ms = settings->time_wait_least_ms;
        return ms < settings->time_hard_ms ? ms : settings->time_hard_ms;
    }
    return 0;
}

bool query_parse(const struct http_head *head, const struct snapshot *snapshot, bool is_export,
                 struct arena *arena, struct query *query, struct problem *problem)
{
    *query = (struct query){0};
    query->wait_ms = parse_wait_ms(query_list(head, STR("Prefer"), arena), &snapshot->settings);
    return parse_pairs(query, head->query, snapshot, is_export, arena, problem);
}

/* "00-<32 hex>-<16 hex>-<2 hex>", lower case, ids not all zero (W3C Trace Context). */
static bool is_traceparent(struct str s)
{
    static const char shape[] = "00-hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh-hhhhhhhhhhhhhhhh-hh";
    bool trace_set = false, parent_set = false;
    if (s.len != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        bool is_hex = (s.at[i] >= '0' && s.at[i] <= '9') || (s.at[i] >= 'a' && s.at[i] <= 'f');
        if (shape[i] == 'h' ? !is_hex : s.at[i] != shape[i])
            return false;
        trace_set = trace_set || (i >= 3 && i < 35 && s.at[i] != '0');
        parent_set = parent_set || (i >= 36 && i < 52 && s.at[i] != '0');
    }
    return trace_set && parent_set;
}

struct str query_traceparent(const struct http_head *head, const unsigned char random[8],
                             struct arena *arena)
{
    bool twice = false;
    char parent[17];
    struct str given = http_field_find(head, STR("traceparent"), &twice);
    if (twice || !is_traceparent(given))
        return STR_NONE;
    hex_encode(random, 8, parent);
    return arena_format(arena, "%.*s%s%.*s", STR_ARG(str_head(given, 36)), parent,
                        STR_ARG(str_skip(given, 52)));
}
