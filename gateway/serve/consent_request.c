/* SPDX-License-Identifier: MIT */
#include "serve/consent_request.h"

#include "base/reader.h"

enum field { FIELD_SERVICE, FIELD_KINDS, FIELD_SOURCES, FIELD_UNTIL, FIELD_COUNT };
static const struct str fields[] = {
    [FIELD_SERVICE] = STR_INIT("service"),
    [FIELD_KINDS] = STR_INIT("kinds"),
    [FIELD_SOURCES] = STR_INIT("sources"),
    [FIELD_UNTIL] = STR_INIT("until"),
};

/* The members as texts; absent: none. */
struct members {
    struct str service, until;
    struct str kinds[ITEM_KIND_COUNT], sources[CONSENT_SOURCES_MAX];
    size_t kind_count, source_count;
    bool has_sources;
};

static bool wrong(struct problem *problem, const char *member, const char *what)
{
    *problem = problem_make(PROBLEM_BAD_REQUEST, "%s: %s", member, what);
    return false;
}

/* ---- the grammar ---- */

static size_t read_texts(struct reader *r, struct str *list, size_t max)
{
    size_t count = 0;

    if (reader_array(r))
        while (reader_element(r)) {
            struct str text = reader_string(r);
            for (size_t i = 0; i < count; i++)
                if (str_equal(list[i], text))
                    reader_fail(r, "the same text twice in one list");
            if (count == max)
                reader_fail(r, "more texts in one list than there can be");
            else
                list[count++] = text;
        }
    return count;
}

static bool read_members(struct str body, struct arena *arena, struct members *members,
                         struct problem *problem)
{
    struct reader r;
    struct str name;
    uint64_t seen = 0;

    reader_init(&r, body, arena);
    if (reader_object(&r))
        while (reader_member(&r, &name))
            switch (reader_field(&r, name, fields, FIELD_COUNT, &seen)) {
            case FIELD_SERVICE:
                members->service = reader_string(&r);
                break;
            case FIELD_KINDS:
                members->kind_count = read_texts(&r, members->kinds, ITEM_KIND_COUNT);
                break;
            case FIELD_SOURCES:
                members->has_sources = !reader_null(&r);
                if (members->has_sources)
                    members->source_count = read_texts(&r, members->sources, CONSENT_SOURCES_MAX);
                break;
            case FIELD_UNTIL:
                members->until = reader_string(&r);
                break;
            default:
                reader_fail(&r, "expected service, kinds, sources and until alone");
            }
    if (reader_end(&r))
        return true;
    *problem = problem_make(PROBLEM_BAD_REQUEST, "the body, byte %zu: %s", r.fault_offset,
                            r.fault ? r.fault : "expected one JSON object");
    return false;
}

/* ---- what the members mean ---- */

static bool take_kinds(const struct members *members, const struct service *service,
                       struct consent *consent, struct problem *problem)
{
    if (members->kind_count == 0)
        return wrong(problem, "kinds", "expected a list of kinds of items, at least one");
    for (size_t i = 0; i < members->kind_count; i++) {
        enum item_kind kind;
        if (!item_kind_parse(members->kinds[i], &kind))
            return wrong(problem, "kinds", "expected kinds of items: case, benefit, payment, …");
        if (!(service->kinds & ITEM_KIND_BIT(kind))) {
            *problem =
                problem_make(PROBLEM_BAD_REQUEST, "kinds: the service may never have \"%.*s\"",
                             STR_ARG(item_kind_name(kind)));
            return false;
        }
        consent->kinds |= ITEM_KIND_BIT(kind);
    }
    return true;
}

static bool take_sources(const struct members *members, const struct snapshot *snapshot,
                         struct arena *arena, struct consent *consent, struct problem *problem)
{
    struct str *list = arena_calloc(arena, members->source_count + 1, sizeof *list);

    if (members->has_sources && members->source_count == 0)
        return wrong(problem, "sources", "expected at least one; leave it out for all");
    for (size_t i = 0; list && i < members->source_count; i++) {
        const struct route *route = snapshot_route(snapshot, members->sources[i]);
        if (!route)
            return wrong(problem, "sources", "there is no such source; see /v1/sources");
        list[i] = arena_copy(arena, route->source.id);
    }
    consent->sources = list;
    consent->source_count = members->source_count;
    return true;
}

/* The last day ends when the next one begins, in Danish time. */
static bool read_until(struct str text, struct wall *until)
{
    struct date last;
    char day[DATE_TEXT], midnight[DATE_TEXT + 9];

    if (!date_parse(text, &last)) {
        if (!wall_parse(text, until))
            return false;
        until->unix_ms -= until->unix_ms % 1000;
        return true;
    }
    struct str next = date_format(date_of_days(date_to_days(last) + 1), day);
    snprintf(midnight, sizeof midnight, "%.*sT00:00:00", STR_ARG(next));
    return next.at && wall_parse(str_of(midnight), until);
}

static bool take_until(struct str text, const struct service *service, struct wall now,
                       struct consent *consent, struct problem *problem)
{
    if (!text.at || !read_until(text, &consent->until))
        return wrong(problem, "until",
                     "expected the last day, \"2027-06-30\", or a date-time of RFC 3339");
    if (consent->until.unix_ms <= now.unix_ms)
        return wrong(problem, "until", "has passed already");
    struct wall last = {consent->until.unix_ms - 1, true};
    if (date_to_days(wall_date(last)) - date_to_days(wall_date(now)) <= service->max_days)
        return true;
    *problem = problem_make(PROBLEM_BAD_REQUEST,
                            "until: the service may read for at most %lld days at a time",
                            (long long)service->max_days);
    return false;
}

bool consent_request_parse(struct str body, const struct snapshot *snapshot, struct wall now,
                           struct arena *arena, struct consent *consent, struct problem *problem)
{
    struct members members = {0};

    *consent = (struct consent){0};
    if (!read_members(body, arena, &members, problem))
        return false;
    if (!members.service.at)
        return wrong(problem, "service", "expected the id of a service; see GET /v1/consents");
    const struct service *service = service_find(&snapshot->services, members.service);
    if (!service)
        return wrong(problem, "service", "there is no such service; see GET /v1/consents");
    consent->service = arena_copy(arena, service->id);
    if (!take_kinds(&members, service, consent, problem) ||
        !take_sources(&members, snapshot, arena, consent, problem) ||
        !take_until(members.until, service, now, consent, problem))
        return false;
    if (!arena_is_full(arena))
        return true;
    *problem = problem_make(PROBLEM_INTERNAL, "out of working memory");
    return false;
}
