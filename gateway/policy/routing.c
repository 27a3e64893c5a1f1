/* SPDX-License-Identifier: MIT */
#include "policy/routing.h"

#include <inttypes.h>
#include <stdio.h>

#include "adapters/mapped.h"
#include "policy/endpoint.h"
#include "policy/hint.h"
#include "policy/kinds.h"
#include "policy/mapping.h"

/* A probe comes as soon as it may, and then again; should it not, citizens do not wait for ever. */
enum {
    DIALECTS_HINTED = 64,
    PROBE_GRACE_MS = 10000,
    CREDENTIAL_TYPES_MAX = 100,
    POSITION = 1000,
    REGISTERED_ID_MAX = ROUTE_ID_MAX - 12, /* its version is written behind it */
    OBSERVE_S = 60
};

/* ---- parts of a file ---- */

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

const struct test_citizen *route_test_citizen(const struct route *route,
                                              const struct test_citizens *all, struct str id)
{
    const struct test_citizen *own = test_citizen_find(&route->test_citizens, id);

    return own ? own : test_citizen_find(all, id);
}

static void parse_probe(struct node node, const struct test_citizens *all, struct route *route,
                        struct faults *faults)
{
    static const char *const known[] = {"citizen", "every_s"};
    struct node citizen = node_member(node, "citizen", faults);
    struct probe *probe = &route->probe;

    if (!node_is_present(node))
        return;
    node_only(node, known, sizeof known / sizeof *known, faults);
    probe->citizen = node_str_needed(citizen, faults);
    probe->every_s = node_int(node_member(node, "every_s", faults), 60, 1, 86400, faults);
    if (!probe->citizen.at)
        return;
    route->rules.probe_grace_ms = PROBE_GRACE_MS;
    if (!route_test_citizen(route, all, probe->citizen))
        node_fault(citizen, faults, "there is no test citizen \"%.*s\" in test_citizens",
                   STR_ARG(probe->citizen));
}

/* ---- a whole file ---- */

/* Ids stand in handles ("source/municipality"), tokens, logs and metrics. */
bool route_id_is_valid(struct str id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.at[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_'))
            return false;
    }
    return id.len > 0 && id.len <= ROUTE_ID_MAX;
}

static void fault_dialect(struct node node, struct str name, struct faults *faults)
{
    struct str names[DIALECTS_HINTED];
    size_t count = 0;

    for (const struct adapter *one; count < DIALECTS_HINTED && (one = adapter_at(count));)
        names[count++] = one->name;
    node_fault(node, faults, "there is no dialect \"%.*s\"%.*s", STR_ARG(name),
               STR_ARG(hint_text(faults->arena, name, names, count)));
}

/* What answers of the dialect "mapped" are read by; other dialects say that themselves. */
static void parse_mapping(struct node node, struct source *source, struct arena *arena,
                          struct faults *faults)
{
    bool is_mapped = source->adapter == &adapter_mapped;
    struct mapping *mapping;

    if (is_mapped != node_is_present(node))
        node_fault(node, faults,
                   is_mapped ? "is needed: how its answers are read"
                             : "is of the dialect \"mapped\" alone");
    if (!is_mapped || !node_is_present(node))
        return;
    mapping = ARENA_NEW(arena, struct mapping);
    if (!mapping || !mapping_parse(node, source->kinds, arena, mapping, faults))
        return;
    source->mapping = mapping;
    if (mapping->detail && mapping->detail->path.count == 0 && !source->detail_path.at)
        node_fault(node, faults,
                   "asks for one item, and nothing says where: \"detail_path\" of the "
                   "manifest or \"path\" of the request is needed");
}

/* What one source's answers may say of what the dialect may. */
static void parse_borgervendt(struct node node, struct source *source, struct arena *arena,
                              struct faults *faults)
{
    static const char *const known[] = {"payer", "payer_needed", "credential_types"};
    struct borgervendt_rules *rules =
        node_is_present(node) ? ARENA_NEW(arena, struct borgervendt_rules) : NULL;
    struct node types = node_member(node, "credential_types", faults);

    if (!rules)
        return;
    node_only(node, known, sizeof known / sizeof *known, faults);
    rules->payer = node_str(node_member(node, "payer", faults), faults);
    rules->must_name_payer = node_bool(node_member(node, "payer_needed", faults), false, faults);
    rules->credential_types = node_strs(types, &rules->credential_type_count, faults);
    if (node_count(types) > CREDENTIAL_TYPES_MAX)
        node_fault(types, faults, "expected at most %d", CREDENTIAL_TYPES_MAX);
    if (rules->payer.at && rules->must_name_payer)
        node_fault(node, faults, "expected one of \"payer\" and \"payer_needed\"");
    source->borgervendt = rules;
}

static void parse_dialect(struct node root, struct source *source, struct arena *arena,
                          struct faults *faults)
{
    struct node node = node_member(root, "dialect", faults);
    struct node rules = node_member(root, "borgervendt", faults);
    struct str name = node_str_needed(node, faults);

    source->adapter = adapter_find(name);
    if (name.at && !source->adapter)
        fault_dialect(node, name, faults);
    else if (source->adapter && !str_equal(name, STR("borgervendt")) && node_is_present(rules))
        node_fault(rules, faults, "is of the dialect \"borgervendt\" alone");
    parse_borgervendt(rules, source, arena, faults);
    if (source->adapter)
        parse_mapping(node_member(root, "mapping", faults), source, arena, faults);
}

static void parse_source(struct node root, const struct card_reading *reading, struct route *route)
{
    struct arena *arena = reading->arena;
    struct faults *faults = reading->faults;
    struct source *source = &route->source;
    struct node id = node_member(root, "id", faults);

    source->id = node_str_needed(id, faults);
    if (source->id.at && !route_id_is_valid(source->id))
        node_fault(id, faults, "expected at most %d of a-z, 0-9, \".\", \"-\", \"_\"",
                   ROUTE_ID_MAX);
    source->name = node_text(node_member(root, "name", faults), faults);
    source->asked_for = node_text(node_member(root, "asked_for", faults), faults);
    owner_parse(reading, root, &route->owner);
    source->per_municipality = route->owner.is_for_municipalities;
    if (!source->per_municipality)
        source->authority = route->owner.authority;
    source->path = endpoint_path_parse(node_member(root, "path", faults), true, faults);
    source->detail_path =
        endpoint_path_parse(node_member(root, "detail_path", faults), false, faults);
    source->kinds = parse_kinds(node_member(root, "kinds", faults), faults);
    parse_dialect(root, source, arena, faults);
}

/* Its own members, and those of the rules. */
static void check_names(struct node root, struct faults *faults)
{
    static const char *const own[] = {
        "id",       "name",        "asked_for",     "owner",   "answers_for",
        "dialect",  "borgervendt", "mapping",       "path",    "detail_path",
        "position", "endpoints",   "in_flight_max", "enabled", "test_citizens",
        "probe"};
    enum { OWN = sizeof own / sizeof *own };
    const char *known[OWN + RULES_MEMBERS];

    memcpy(known, own, sizeof own);
    memcpy(known + OWN, rules_members, sizeof rules_members);
    node_only(root, known, OWN + RULES_MEMBERS, faults);
}

const char *const route_operated[ROUTE_OPERATED] = {"enabled", "position", "in_flight_max",
                                                    "probe"};

void route_operate(struct node node, const struct route_reading *reading, struct route *route,
                   struct faults *faults)
{
    bool is_enabled = node_bool(node_member(node, "enabled", faults), route->enabled, faults);
    int64_t most = reading->settings->limits_source_in_flight_max;

    route->enabled = is_enabled && !route->is_elsewhere;
    route->position =
        node_int(node_member(node, "position", faults), route->position, 0, 1000000, faults);
    route->in_flight_max = node_int(node_member(node, "in_flight_max", faults),
                                    route->in_flight_max, 0, 100000, faults);
    parse_probe(node_member(node, "probe", faults), reading->test_citizens, route, faults);
    route->target.connections_max =
        (unsigned)(route->in_flight_max > 0 ? route->in_flight_max : most);
    route->target.identity = fetch_target_identity(&route->target);
}

/* Only whose certificate handed it in may own it, and until it is approved nobody is shown it. */
static void register_route(struct node root, struct route *route, struct faults *faults)
{
    const struct route_registration *registration = route->registration;
    struct node card = node_member(root, "owner", faults);
    struct node elsewhere = node_member(node_member(card, "corrections", faults), "url", faults);

    if (node_is_present(elsewhere))
        node_fault(elsewhere, faults,
                   "is the operator's to say; corrections go to the source's own server");
    if (route->owner.authority.cvr.at &&
        !str_equal(route->owner.authority.cvr, registration->owner))
        node_fault(node_member(card, "cvr", faults), faults,
                   "is not yours: your certificate is that of %.*s", STR_ARG(registration->owner));
    if (route->source.id.len > REGISTERED_ID_MAX)
        node_fault(node_member(root, "id", faults), faults, "expected at most %d characters",
                   REGISTERED_ID_MAX);
    if (route->test_citizens.count == 0)
        node_fault(node_member(root, "test_citizens", faults), faults,
                   "is needed: for whom it is tried before it is shown to anybody");
    if (registration->state != REGISTRATION_APPROVED)
        route->enabled = false;
    if (registration->state == REGISTRATION_OBSERVE && !route->probe.citizen.at &&
        route->test_citizens.count > 0)
        route->probe =
            (struct probe){.citizen = route->test_citizens.at[0].id, .every_s = OBSERVE_S};
}

static enum endpoint_word word_of(const struct route_registration *registration)
{
    return !registration ? WORD_OPERATORS : registration->is_new ? WORD_NEW : WORD_OWNERS;
}

bool route_parse(struct node root, const struct route_reading *reading, struct arena *arena,
                 struct route *route, struct faults *faults)
{
    const struct settings *settings = reading->settings;
    const struct card_reading cards = {settings, reading->base, arena, faults};
    size_t before = faults->count;

    *route = (struct route){.rules = *reading->standard,
                            .position = POSITION,
                            .enabled = true,
                            .registration = reading->registration};
    check_names(root, faults);
    parse_source(root, &cards, route);
    route->is_elsewhere =
        !endpoints_parse(node_member(root, "endpoints", faults), settings, reading->base,
                         word_of(reading->registration), &route->target, faults);
    rules_parse(root, RULES_SOURCE_FILE, &route->rules, faults);
    rules_check_timers(root, settings, settings->time_soft_ms, settings->time_hard_ms,
                       &route->rules, STR_NONE, faults);
    route->level = parse_level(node_member(root, "level", faults), faults);
    test_citizens_parse(root, &route->test_citizens, faults);
    route_operate(root, reading, route, faults);
    if (route->registration)
        register_route(root, route, faults);
    return faults->count == before;
}

bool route_is_observed(const struct route *route)
{
    return route->registration && route->registration->state == REGISTRATION_OBSERVE &&
           !route->is_elsewhere;
}

bool route_has_begun(const struct route *route, struct date day)
{
    return !route->registration || date_compare(route->registration->terms.from, day) <= 0;
}

bool route_is_for(const struct route *route, struct str code)
{
    const struct registration_terms *terms =
        route->registration ? &route->registration->terms : NULL;

    for (size_t i = 0; terms && i < terms->code_count; i++)
        if (str_equal(terms->codes[i], code))
            return true;
    return !terms || terms->code_count == 0;
}

bool route_opens(const struct route *route, struct str kle, struct str facet)
{
    const struct registration_terms *terms =
        route->registration ? &route->registration->terms : NULL;

    for (size_t i = 0; terms && i < terms->kle_count; i++)
        if (kle_covers(terms->kle[i], kle_of(kle, facet)))
            return true;
    return !terms || terms->kle_count == 0;
}

bool route_is_shown(const struct route *route)
{
    return route->enabled && !route->rules.shadow_of.at;
}
