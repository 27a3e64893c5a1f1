/* SPDX-License-Identifier: MIT */
#include "policy/routing.h"

#include <inttypes.h>
#include <stdio.h>

#include "adapters/mapped.h"
#include "net/address.h"
#include "policy/contacts.h"
#include "policy/hint.h"
#include "policy/kinds.h"
#include "policy/mapping.h"
#include "policy/url.h"

/* A probe comes as soon as it may, and then again; should it not, citizens do not wait for ever. */
enum { CVR_DIGITS = 8, ADAPTERS_HINTED = 64, PROBE_GRACE_MS = 10000 };

/* ---- parts of a file ---- */

static void parse_authority(struct node node, bool is_needed, struct authority *authority,
                            struct faults *faults)
{
    static const char *const known[] = {"cvr", "name"};
    struct node cvr = node_member(node, "cvr", faults);

    node_only(node, known, 2, faults);
    if (!node_is_present(node)) {
        if (is_needed)
            node_fault(node, faults, "is needed: who answers, by \"cvr\" and \"name\"");
        return;
    }
    authority->cvr = node_str_needed(cvr, faults);
    authority->name = node_str_needed(node_member(node, "name", faults), faults);
    if (authority->cvr.at && (authority->cvr.len != CVR_DIGITS || !str_is_digits(authority->cvr)))
        node_fault(cvr, faults, "expected eight digits");
}

static unsigned parse_kinds(struct node node, struct faults *faults)
{
    unsigned kinds = kinds_parse(node, faults);

    if (kinds == 0)
        node_fault(node, faults, "expected a list of kinds of items, such as [\"case\"]");
    return kinds;
}

static enum level parse_level(struct node node, struct faults *faults)
{
    static const struct str names[] = {STR_INIT("low"), STR_INIT("substantial"), STR_INIT("high")};
    struct str text = node_str(node, faults);
    enum level level = text.at ? level_parse(text) : LEVEL_SUBSTANTIAL;

    if (level == LEVEL_NONE)
        node_fault_name(node, faults, names, sizeof names / sizeof *names,
                        "expected low, substantial or high");
    return level;
}

struct str route_path_parse(struct node node, bool is_needed, struct faults *faults)
{
    struct str path = is_needed ? node_str_needed(node, faults) : node_str(node, faults);

    if (path.at && (path.at[0] != '/' || str_find_byte(path, '?') < path.len ||
                    str_find_byte(path, ' ') < path.len))
        node_fault(node, faults, "expected a path that begins with \"/\", without a query");
    return path;
}

/* ---- the target ---- */

static struct str file_in(struct node tls, const char *name, struct str base, struct faults *faults)
{
    return settings_path(base, node_str(node_member(tls, name, faults), faults), faults->arena);
}

static void parse_tls(struct node root, bool is_plain, struct str base, struct fetch_target *target,
                      struct faults *faults)
{
    static const char *const known[] = {"ca", "certificate", "key", "crl"};
    struct node tls = node_member(root, "tls", faults);

    node_only(tls, known, sizeof known / sizeof *known, faults);
    target->ca_file = file_in(tls, "ca", base, faults);
    target->cert_file = file_in(tls, "certificate", base, faults);
    target->key_file = file_in(tls, "key", base, faults);
    target->crl_file = file_in(tls, "crl", base, faults);
    if (!target->ca_file.at && !is_plain)
        node_fault(node_member(tls, "ca", faults), faults,
                   "is needed: the only roots that are trusted for this source");
    if (!target->cert_file.at != !target->key_file.at)
        node_fault(tls, faults, "\"certificate\" and \"key\" come together");
}

void route_target_parse(struct node root, const struct settings *settings, struct str base,
                        struct fetch_target *target, struct faults *faults)
{
    struct node url = node_member(root, "url", faults);
    struct node addresses = node_member(root, "addresses", faults);
    struct address_ranges ranges;
    struct url parts = {0};

    target->url = node_str_needed(url, faults);
    if (target->url.at && (!url_parse(target->url, &parts) || parts.path.len > 0))
        node_fault(url, faults, "expected \"https://host:port\" and nothing behind it");
    else if (target->url.at && parts.is_plain && !settings->insecure_sources)
        node_fault(url, faults, "expected https (http only with --insecure-sources)");
    else if (target->url.at && parts.is_plain && !url_is_loopback(&parts))
        node_fault(url, faults, "plain http goes to loopback only");
    target->insecure = parts.is_plain;
    parse_tls(root, parts.is_plain, base, target, faults);

    target->addresses = node_str(addresses, faults);
    if (target->addresses.at && !address_ranges_parse(target->addresses, &ranges))
        node_fault(addresses, faults, "expected ranges as \"10.1.0.0/16,2001:db8::/32\"");
    target->no_reuse = node_bool(node_member(root, "no_reuse", faults), false, faults);
}

/* ---- the timers ---- */

/* A fault of a timer where it stands, else of the whole, by name. */
static void timer_fault(struct node root, const char *name, struct str source,
                        struct faults *faults, const char *what)
{
    struct node timers = node_member(root, "timers", faults);
    struct node timer = node_member(timers, name, faults);

    if (source.at && !node_is_present(timer))
        node_fault(root, faults, "of %.*s: %s %s", STR_ARG(source), name, what);
    else
        node_fault(timer, faults, "%s", what);
}

/* Two timers that nearly agree turn a late source into a lost overview; a first byte that may come
 * after the overview has left never counts against a source that hangs. */
void rules_check_timers(struct node root, const struct settings *settings, int64_t soft_ms,
                        int64_t hard_ms, const struct rules *rules, struct str source,
                        struct faults *faults)
{
    int64_t margin = settings->time_margin_ms;
    char what[160];

    if (rules->total_ms + margin > hard_ms) {
        snprintf(what, sizeof what,
                 "%" PRId64 " and time.margin_ms %" PRId64 " must fit into time.hard_ms %" PRId64,
                 rules->total_ms, margin, hard_ms);
        timer_fault(root, "total_ms", source, faults, what);
    }
    if (rules->first_byte_ms + margin > soft_ms) {
        snprintf(what, sizeof what,
                 "%" PRId64 " and time.margin_ms %" PRId64 " must fit into time.soft_ms %" PRId64,
                 rules->first_byte_ms, margin, soft_ms);
        timer_fault(root, "first_byte_ms", source, faults, what);
    }
    if (rules->connect_ms > rules->first_byte_ms) {
        snprintf(what, sizeof what, "%" PRId64 " is more than first_byte_ms %" PRId64,
                 rules->connect_ms, rules->first_byte_ms);
        timer_fault(root, "connect_ms", source, faults, what);
    }
    if (rules->first_byte_ms > rules->total_ms) {
        snprintf(what, sizeof what, "%" PRId64 " is more than total_ms %" PRId64,
                 rules->first_byte_ms, rules->total_ms);
        timer_fault(root, "first_byte_ms", source, faults, what);
    }
}

static void parse_probe(struct node node, struct probe *probe, struct faults *faults)
{
    static const char *const known[] = {"citizen", "every_s"};

    if (!node_is_present(node))
        return;
    node_only(node, known, sizeof known / sizeof *known, faults);
    probe->citizen = node_str_needed(node_member(node, "citizen", faults), faults);
    probe->every_s = node_int(node_member(node, "every_s", faults), 60, 1, 86400, faults);
}

/* ---- a whole file ---- */

/* Ids stand in handles ("source/municipality"), tokens, logs and metrics. */
static bool is_id(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.at[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'))
            return false;
    }
    return id.len > 0 && id.len <= ROUTE_ID_MAX;
}

static void fault_adapter(struct node node, struct str name, struct faults *faults)
{
    struct str names[ADAPTERS_HINTED];
    size_t count = 0;

    for (const struct adapter *one; count < ADAPTERS_HINTED && (one = adapter_at(count));)
        names[count++] = one->name;
    node_fault(node, faults, "there is no adapter \"%.*s\"%.*s", STR_ARG(name),
               STR_ARG(hint_text(faults->arena, name, names, count)));
}

/* What the adapter "mapped" reads answers by; other adapters know that themselves. */
static void parse_mapping(struct node root, struct arena *arena, struct source *source,
                          struct faults *faults)
{
    struct node node = node_member(root, "mapping", faults);
    bool is_mapped = source->adapter == &adapter_mapped;
    struct mapping *mapping;

    if (is_mapped != node_is_present(node))
        node_fault(node, faults,
                   is_mapped ? "is needed: how its answers are read"
                             : "belongs to the adapter \"mapped\" only");
    if (!is_mapped || !node_is_present(node))
        return;
    mapping = ARENA_NEW(arena, struct mapping);
    if (mapping && mapping_parse(node, source->kinds, arena, mapping, faults))
        source->mapping = mapping;
}

static void parse_source(struct node root, struct arena *arena, struct source *source,
                         struct faults *faults)
{
    struct node id = node_member(root, "id", faults);
    struct node adapter = node_member(root, "adapter", faults);

    source->id = node_str_needed(id, faults);
    if (source->id.at && !is_id(source->id))
        node_fault(id, faults, "expected at most %d of a-z, 0-9, \".\", \"-\", \"_\"",
                   ROUTE_ID_MAX);
    source->name = node_text(node_member(root, "name", faults), faults);
    source->asked_for = node_text(node_member(root, "asked_for", faults), faults);
    source->per_municipality =
        node_bool(node_member(root, "per_municipality", faults), false, faults);
    parse_authority(node_member(root, "authority", faults), !source->per_municipality,
                    &source->authority, faults);
    source->path = route_path_parse(node_member(root, "path", faults), true, faults);
    source->detail_path = route_path_parse(node_member(root, "detail_path", faults), false, faults);
    source->kinds = parse_kinds(node_member(root, "kinds", faults), faults);

    struct str name = node_str_needed(adapter, faults);
    source->adapter = adapter_find(name);
    if (name.at && !source->adapter)
        fault_adapter(adapter, name, faults);
    else
        parse_mapping(root, arena, source, faults);
}

/* Its own members, and those of the rules. */
static void check_names(struct node root, struct faults *faults)
{
    static const char *const own[] = {
        "id",       "name",  "asked_for",   "authority",        "adapter",
        "url",      "path",  "detail_path", "position",         "in_flight_max",
        "contacts", "tls",   "enabled",     "per_municipality", "addresses",
        "no_reuse", "probe", "mapping"};
    enum { OWN = sizeof own / sizeof *own };
    const char *known[OWN + RULES_MEMBERS];

    memcpy(known, own, sizeof own);
    memcpy(known + OWN, rules_members, sizeof rules_members);
    node_only(root, known, OWN + RULES_MEMBERS, faults);
}

bool route_parse(struct node root, const struct settings *settings, struct str base,
                 const struct rules *standard, struct arena *arena, struct route *route,
                 struct faults *faults)
{
    size_t before = faults->count;

    *route = (struct route){.rules = *standard};
    check_names(root, faults);
    parse_source(root, arena, &route->source, faults);
    route_target_parse(root, settings, base, &route->target, faults);
    rules_parse(root, RULES_SOURCE_FILE, &route->rules, faults);
    rules_check_timers(root, settings, settings->time_soft_ms, settings->time_hard_ms,
                       &route->rules, STR_NONE, faults);
    parse_probe(node_member(root, "probe", faults), &route->probe, faults);
    if (route->probe.citizen.at)
        route->rules.probe_grace_ms = PROBE_GRACE_MS;
    route->position = node_int(node_member(root, "position", faults), 1000, 0, 1000000, faults);
    route->in_flight_max =
        node_int(node_member(root, "in_flight_max", faults), 0, 0, 100000, faults);
    route->level = parse_level(node_member(root, "level", faults), faults);
    route->enabled = node_bool(node_member(root, "enabled", faults), true, faults);
    route->contacts = contacts_parse(node_member(root, "contacts", faults), arena, faults);

    route->target.connections_max =
        (unsigned)(route->in_flight_max > 0 ? route->in_flight_max
                                            : settings->limits_source_in_flight_max);
    route->target.identity = fetch_target_identity(&route->target);
    return faults->count == before;
}
