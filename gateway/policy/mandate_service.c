/* SPDX-License-Identifier: MIT */
#include "policy/mandate_service.h"

#include "policy/endpoint.h"
#include "policy/routing.h"

#include <inttypes.h>

static enum mandate_kind parse_kind(struct node node, struct faults *faults)
{
    enum mandate_kind kind = MANDATE_POWER_OF_ATTORNEY;
    struct str text = node_str_needed(node, faults);

    if (text.at && !mandate_kind_parse(text, &kind))
        node_fault(node, faults, "expected power_of_attorney or custody");
    return kind;
}

/* Ids stand in handles, tokens, records and logs. */
static struct str parse_id(struct node node, struct faults *faults)
{
    struct str id = node_str_needed(node, faults);

    for (size_t i = 0; i < id.len; i++) {
        char c = id.at[i];
        bool is_fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (is_fine && id.len <= ROUTE_ID_MAX)
            continue;
        node_fault(node, faults, "expected at most %d of a-z, 0-9, \".\", \"-\"", ROUTE_ID_MAX);
        break;
    }
    return id;
}

static enum level parse_level(struct node node, struct faults *faults)
{
    struct str text = node_str(node, faults);
    enum level level = text.at ? level_parse(text) : LEVEL_SUBSTANTIAL;

    if (level == LEVEL_NONE)
        node_fault(node, faults, "expected low, substantial or high");
    return level;
}

static void parse_timers(struct node node, const struct settings *settings,
                         struct mandate_service *service, struct faults *faults)
{
    static const char *const known[] = {
#define X(name, standard, least, most, help) #name,
        MANDATE_TIMERS(X)
#undef X
    };
    struct node total = node_member(node, "total_ms", faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
#define X(name, standard, least, most, help)                                                       \
    service->name = node_int(node_member(node, #name, faults), standard, least, most, faults);
    MANDATE_TIMERS(X)
#undef X
    if (service->total_ms + settings->time_margin_ms > settings->time_hard_ms)
        node_fault(total, faults,
                   "%" PRId64 " and time.margin_ms %" PRId64 " must fit into time.hard_ms %" PRId64,
                   service->total_ms, settings->time_margin_ms, settings->time_hard_ms);
}

static void parse_service(struct node node, const struct settings *settings, struct str base,
                          struct mandate_service *service, struct faults *faults)
{
    static const char *const known[] = {"id",     "kind", "name",      "url",     "path",
                                        "timers", "tls",  "addresses", "enabled", "level"};

    node_only(node, known, sizeof known / sizeof *known, faults);
    service->id = parse_id(node_member(node, "id", faults), faults);
    service->name = node_text(node_member(node, "name", faults), faults);
    service->kind = parse_kind(node_member(node, "kind", faults), faults);
    endpoint_parse(node, settings, base, &service->target, faults);
    service->path = endpoint_path_parse(node_member(node, "path", faults), true, faults);
    parse_timers(node_member(node, "timers", faults), settings, service, faults);
    service->level = parse_level(node_member(node, "level", faults), faults);
    service->target.connections_max = (unsigned)settings->limits_source_in_flight_max;
    service->target.identity = fetch_target_identity(&service->target);
}

static bool has_another(const struct mandate_service *services, size_t count,
                        const struct mandate_service *one)
{
    for (size_t i = 0; i < count; i++)
        if (services[i].kind == one->kind || str_equal(services[i].id, one->id))
            return true;
    return false;
}

struct mandate_service *mandate_services_parse(struct node root, const struct settings *settings,
                                               struct str base, size_t *count,
                                               struct faults *faults)
{
    struct node list = node_member(root, "mandates", faults);
    size_t entries = node_count(list);

    *count = 0;
    if (node_is_present(list) && !json_is_array(list.value))
        node_fault(list, faults, "expected a list of services that know who may act for whom");
    if (entries > MANDATE_SERVICES_MAX) {
        node_fault(list, faults, "expected at most %d", MANDATE_SERVICES_MAX);
        return NULL;
    }
    struct mandate_service *services = arena_calloc(faults->arena, entries + 1, sizeof *services);
    for (size_t i = 0; services && i < entries; i++) {
        struct node node = node_element(list, i, faults);
        struct mandate_service one = {0};

        parse_service(node, settings, base, &one, faults);
        if (!node_bool(node_member(node, "enabled", faults), false, faults))
            continue;
        if (has_another(services, *count, &one))
            node_fault(node, faults, "there is another service of this id or kind");
        services[(*count)++] = one;
    }
    return services;
}
