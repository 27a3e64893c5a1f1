/* SPDX-License-Identifier: MIT */
#include "policy/override.h"

#include <inttypes.h>

#include "policy/hint.h"

/* ---- members by any name ---- */

static bool is_aside(const char *name)
{
    return strcmp(name, "comment") == 0 || strcmp(name, "$schema") == 0;
}

static void expect_object(struct node node, struct faults *faults)
{
    if (node_is_present(node) && !json_is_object(node.value))
        node_fault(node, faults, "expected an object");
}

struct rules override_standard(struct node root, struct faults *faults)
{
    struct rules rules = rules_standard();
    struct node node = node_member(root, "default", faults);

    expect_object(node, faults);
    rules_parse(node, RULES_ALL, &rules, faults);
    node_only(node, rules_members, RULES_MEMBERS, faults);
    return rules;
}

static size_t find_route(const struct route *routes, size_t count, const char *id)
{
    size_t i = 0;
    while (i < count && !str_equal(routes[i].source.id, str_of(id)))
        i++;
    return i;
}

static void fault_source(struct node node, const char *id, const struct route *routes, size_t count,
                         struct faults *faults)
{
    struct str *ids = arena_calloc(faults->arena, count + 1, sizeof *ids);

    for (size_t i = 0; ids && i < count; i++)
        ids[i] = routes[i].source.id;
    node_fault(node, faults, "there is no source \"%s\"%.*s", id,
               STR_ARG(hint_text(faults->arena, str_of(id), ids, ids ? count : 0)));
}

/* Reads {"source": {rules}} over rules[i], which belong to routes[i]. */
static void parse_sources(struct node node, enum rules_layer layer, const struct route *routes,
                          size_t count, struct rules *(*at)(void *ctx, size_t i), void *ctx,
                          struct faults *faults)
{
    enum { KNOWN = RULES_MEMBERS + ROUTE_OPERATED };
    const char *known[KNOWN], *id;
    json_t *value;

    memcpy(known, rules_members, sizeof rules_members);
    memcpy(known + RULES_MEMBERS, route_operated, sizeof route_operated);
    expect_object(node, faults);
    json_object_foreach(node.value, id, value)
    {
        struct node member = node_member(node, id, faults);
        size_t i = find_route(routes, count, id);

        if (is_aside(id))
            continue;
        if (i == count) {
            fault_source(member, id, routes, count, faults);
            continue;
        }
        expect_object(member, faults);
        rules_parse(member, layer, at(ctx, i), faults);
        node_only(member, known, layer == RULES_SOURCE ? KNOWN : RULES_MEMBERS, faults);
    }
}

static struct rules *route_rules(void *ctx, size_t i)
{
    return &((struct route *)ctx)[i].rules;
}

static struct rules *portal_rules(void *ctx, size_t i)
{
    return &((struct portal_rules *)ctx)->rules[i];
}

/* ---- what a portal has of its own ---- */

static void parse_priority(struct node node, struct portal_rules *one, struct faults *faults)
{
    struct str name = node_str(node, faults);

    one->is_background = str_equal(name, STR("background"));
    if (name.at && !one->is_background && !str_equal(name, STR("interactive")))
        node_fault(node, faults, "expected interactive or background");
}

static void parse_deadlines(struct node node, const struct settings *settings,
                            struct portal_rules *one, struct faults *faults)
{
    struct node soft = node_member(node, "soft_ms", faults);

    one->soft_ms = node_int(soft, settings->time_soft_ms, 50, 60000, faults);
    one->hard_ms =
        node_int(node_member(node, "hard_ms", faults), settings->time_hard_ms, 50, 120000, faults);
    if (one->soft_ms + settings->time_margin_ms > one->hard_ms)
        node_fault(node_is_present(soft) ? soft : node, faults,
                   "soft_ms %" PRId64 " and time.margin_ms %" PRId64
                   " must fit into hard_ms %" PRId64,
                   one->soft_ms, settings->time_margin_ms, one->hard_ms);
}

static void parse_portal(struct node node, const struct settings *settings,
                         const struct route *routes, size_t count, struct portal_rules *one,
                         struct faults *faults)
{
    static const char *const known[] = {"soft_ms", "hard_ms", "priority", "default", "sources"};
    struct node standard = node_member(node, "default", faults);
    struct node sources = node_member(node, "sources", faults);

    expect_object(node, faults);
    node_only(node, known, sizeof known / sizeof *known, faults);
    parse_deadlines(node, settings, one, faults);
    parse_priority(node_member(node, "priority", faults), one, faults);
    one->rules = arena_calloc(faults->arena, count + 1, sizeof *one->rules);
    if (!one->rules)
        return;
    expect_object(standard, faults);
    node_only(standard, rules_members, RULES_MEMBERS, faults);
    for (size_t i = 0; i < count; i++) {
        struct faults again = {.arena = faults->arena}; /* each fault is told once */
        one->rules[i] = routes[i].rules;
        rules_parse(standard, RULES_PORTAL, &one->rules[i], i == 0 ? faults : &again);
    }
    parse_sources(sources, RULES_PORTAL, routes, count, portal_rules, one, faults);
    for (size_t i = 0; i < count; i++) {
        struct node own = node_member(sources, routes[i].source.id.at, faults);
        rules_check_timers(node_is_present(own) ? own : node, settings, one->soft_ms, one->hard_ms,
                           &one->rules[i], routes[i].source.id, faults);
    }
}

static void parse_portals(struct node node, const struct settings *settings,
                          const struct route *routes, size_t count, struct overrides *overrides,
                          struct faults *faults)
{
    size_t portals = json_object_size(node.value);
    const char *id;
    json_t *value;

    expect_object(node, faults);
    if (portals > OVERRIDE_PORTALS_MAX) {
        node_fault(node, faults, "expected at most %d portals", OVERRIDE_PORTALS_MAX);
        return;
    }
    overrides->at = arena_calloc(faults->arena, portals + 1, sizeof *overrides->at);
    json_object_foreach(node.value, id, value)
    {
        if (!overrides->at || is_aside(id))
            continue;
        struct portal_rules *one = &overrides->at[overrides->count++];
        one->portal = arena_copy(faults->arena, str_of(id));
        parse_portal(node_member(node, id, faults), settings, routes, count, one, faults);
    }
}

/* A shadow is compared with a source that shows, of the same kind. */
static void check_shadows(struct node sources, const struct route *routes, size_t count,
                          struct faults *faults)
{
    for (size_t i = 0; i < count; i++) {
        struct str of = routes[i].rules.shadow_of;
        struct node own = node_member(sources, routes[i].source.id.at, faults);
        size_t twin = of.at ? find_route(routes, count, of.at) : i;

        if (!of.at)
            continue;
        if (twin == count || twin == i || routes[twin].rules.shadow_of.at)
            node_fault(own, faults, "expected as shadow.of another source, which is no shadow");
        else if (routes[twin].source.per_municipality != routes[i].source.per_municipality)
            node_fault(own, faults, "one of the two is asked per municipality, the other is not");
    }
}

void overrides_operate(struct node root, const struct route_reading *reading, struct route *routes,
                       size_t route_count, struct faults *faults)
{
    struct node sources = node_member(root, "sources", faults);

    for (size_t i = 0; json_object_size(sources.value) > 0 && i < route_count; i++) {
        struct node own = node_member(sources, routes[i].source.id.at, faults);
        if (node_is_present(own))
            route_operate(own, reading, &routes[i], faults);
    }
}

void overrides_parse(struct node root, const struct settings *settings, struct route *routes,
                     size_t route_count, struct overrides *overrides, struct faults *faults)
{
    static const char *const known[] = {"default", "sources", "portals"};
    struct node sources = node_member(root, "sources", faults);

    *overrides = (struct overrides){0};
    node_only(root, known, sizeof known / sizeof *known, faults);
    parse_sources(sources, RULES_SOURCE, routes, route_count, route_rules, routes, faults);
    for (size_t i = 0; i < route_count; i++) {
        struct node own = node_member(sources, routes[i].source.id.at, faults);
        if (node_is_present(own))
            rules_check_timers(own, settings, settings->time_soft_ms, settings->time_hard_ms,
                               &routes[i].rules, routes[i].source.id, faults);
    }
    check_shadows(sources, routes, route_count, faults);
    parse_portals(node_member(root, "portals", faults), settings, routes, route_count, overrides,
                  faults);
}

const struct portal_rules *override_find(const struct overrides *overrides, struct str portal)
{
    for (size_t i = 0; portal.len > 0 && i < overrides->count; i++)
        if (str_equal(overrides->at[i].portal, portal))
            return &overrides->at[i];
    return NULL;
}
