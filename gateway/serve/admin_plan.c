/* SPDX-License-Identifier: MIT */
/* A dry run: what would be asked for a test citizen, or for the bearer of a token, and why the rest
 * would not. Asks nobody, and tells nothing of the person but the level of the login. */
#include "identity/citizen_make.h"
#include "joining/planned.h"
#include "serve/admin_call.h"

/* ---- who, through which portal, where ---- */

static const struct portal *find_portal(struct admin_call *call, struct str id)
{
    const struct agreements *agreements = &call->facts.snapshot->agreements;
    for (size_t i = 0; i < agreements->portal_count; i++)
        if (str_equal(agreements->portals[i].id, id))
            return &agreements->portals[i];
    admin_refuse(call, PROBLEM_BAD_REQUEST,
                 "expected \"portal\" as the id of a portal in policies/agreements.json");
    return NULL;
}

static const struct citizen *test_citizen(struct admin_call *call, struct str portal)
{
    struct str id = admin_text(call, "citizen"), name = admin_text(call, "level");
    enum level level = name.at ? level_parse(name) : LEVEL_SUBSTANTIAL;
    const struct test_citizen *test = snapshot_test_citizen(call->facts.snapshot, id);
    if (!test) {
        admin_refuse(
            call, PROBLEM_BAD_REQUEST,
            "expected \"citizen\" as the id of one of the configuration's test_citizens, or "
            "as \"source/id\" of a source's own");
        return NULL;
    }
    if (level == LEVEL_NONE) {
        admin_refuse(call, PROBLEM_BAD_REQUEST, "expected \"level\": low, substantial or high");
        return NULL;
    }
    return citizen_make_test(call->arena, &test->cpr, test->name, portal, level);
}

static const struct citizen *bearer(struct admin_call *call, struct str token)
{
    const struct snapshot *snapshot = call->facts.snapshot;
    struct token_issuer *issuers =
        arena_calloc(call->arena, snapshot->profile_count + 1, sizeof *issuers);
    const struct citizen *citizen = NULL;
    for (size_t i = 0; issuers && i < snapshot->profile_count; i++)
        issuers[i] = (struct token_issuer){&snapshot->profiles[i], jwks_keys(call->facts.jwks, i)};
    enum token_fault fault =
        issuers ? token_verify(token, issuers, snapshot->profile_count,
                               loop_wall(call->admin->loop), call->arena, &citizen, NULL)
                : TOKEN_FULL;
    if (fault == TOKEN_OK)
        return citizen;
    admin_refuse(call, PROBLEM_BAD_REQUEST, "the token is refused: %.*s",
                 STR_ARG(token_fault_code(fault)));
    return NULL;
}

/* NULL: it was refused. With a token the portal may be left out: it is the token's. */
static const struct citizen *find_citizen(struct admin_call *call, const struct portal **portal)
{
    struct str token = admin_text(call, "token"), id = admin_text(call, "portal");
    const struct citizen *citizen = NULL;

    if (!token.at == !admin_text(call, "citizen").at) {
        admin_refuse(
            call, PROBLEM_BAD_REQUEST,
            "expected \"citizen\" (the id of a test citizen) or \"token\", one of the two");
        return NULL;
    }
    if (token.at && !(citizen = bearer(call, token)))
        return NULL;
    if (citizen && !id.at) {
        const struct agreements *agreements = &call->facts.snapshot->agreements;
        if (portal_find(agreements, citizen_portal(citizen), STR(""), portal) == PORTAL_KNOWN)
            return citizen;
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "the token's client is no portal, or one that is known by its certificate: "
                     "give its id as \"portal\"");
        return NULL;
    }
    *portal = find_portal(call, id);
    if (!*portal)
        return NULL;
    return citizen ? citizen : test_citizen(call, (*portal)->id);
}

/* False: it was refused. */
static bool read_municipalities(struct admin_call *call, struct str **codes, size_t *count)
{
    const json_t *list = json_object_get(call->body, "municipalities");
    const struct snapshot *snapshot = call->facts.snapshot;
    int64_t most = snapshot->settings.limits_municipalities_max;

    *count = json_array_size(list);
    *codes = arena_calloc(call->arena, *count + 1, sizeof **codes);
    if ((list && !json_is_array(list)) || (int64_t)*count > most || !*codes) {
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "expected \"municipalities\" as a list of at most %lld codes",
                     (long long)most);
        return false;
    }
    for (size_t i = 0; i < *count; i++) {
        struct str code = str_of(json_string_value(json_array_get(list, i)));
        (*codes)[i] = code;
        if (!code.at || !municipality_find(&snapshot->municipalities, code)) {
            admin_refuse(call, PROBLEM_BAD_REQUEST,
                         "municipality %zu of the list is no code of policies/municipalities.json",
                         i + 1);
            return false;
        }
    }
    return true;
}

/* A list of texts in an object; false: it is something else. */
static bool read_texts(struct admin_call *call, const json_t *list, struct str **texts,
                       size_t *count)
{
    *count = json_array_size(list);
    *texts = arena_calloc(call->arena, *count + 1, sizeof **texts);
    if ((list && !json_is_array(list)) || !*texts || *count > PRIVILEGES_MAX)
        return false;
    for (size_t i = 0; i < *count; i++)
        if (!((*texts)[i] = str_of(json_string_value(json_array_get(list, i)))).at)
            return false;
    return true;
}

/* {"privileges": [], "kle": []}: what a mandate that says so opens. False: it was refused. */
static bool read_mandate(struct admin_call *call, const struct coverage **coverage)
{
    const json_t *mandate = json_object_get(call->body, "mandate");
    struct str *privileges, *kle;
    size_t count, kle_count;
    const char *name;
    json_t *value;

    *coverage = NULL;
    if (!mandate || json_is_null(mandate))
        return true;
    bool is_right = read_texts(call, json_object_get(mandate, "privileges"), &privileges, &count) &&
                    read_texts(call, json_object_get(mandate, "kle"), &kle, &kle_count) &&
                    count > 0;
    json_object_foreach((json_t *)(uintptr_t)mandate, name, value) is_right =
        is_right && (strcmp(name, "privileges") == 0 || strcmp(name, "kle") == 0);
    for (size_t i = 0; is_right && i < kle_count; i++)
        is_right = kle_pattern_is_valid(kle[i]);
    if (is_right)
        *coverage =
            planned_coverage(call->arena, call->facts.snapshot, privileges, count, kle, kle_count);
    if (!*coverage)
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "expected \"mandate\" as {\"privileges\": [URNs], \"kle\": [subject "
                     "numbers, or their beginnings, 27.*]}");
    return *coverage != NULL;
}

/* ---- the plan ---- */

static bool make_plan(struct admin_call *call, struct plan_request *request, struct plan *plan)
{
    const struct snapshot *snapshot = call->facts.snapshot;
    struct health_values *health =
        arena_calloc(call->arena, snapshot->route_count + 1, sizeof *health);
    for (size_t i = 0; health && i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        health_read(health_entry(call->facts.shared->health, route->source.id), &route->rules,
                    route->in_flight_max > 0 ? route->in_flight_max
                                             : snapshot->settings.limits_source_in_flight_max,
                    loop_now(call->admin->loop), &health[i]);
    }
    request->health = health;
    return health && plan_make(call->arena, request, plan);
}

/* The kinds that the mandate opens of those that the source holds; null: acting for nobody. */
static void write_covered(struct writer *w, const struct plan_row *row)
{
    struct authority authority = plan_row_authority(row);
    writer_name(w, "covered");
    if (!row->coverage) {
        writer_null(w);
        return;
    }
    unsigned kinds = coverage_kinds(row->coverage, row->route->source.id,
                                    row->municipality ? &authority : NULL) &
                     row->route->source.kinds;
    writer_array(w);
    for (int kind = 0; kind < ITEM_KIND_COUNT; kind++)
        if (kinds & ITEM_KIND_BIT(kind))
            writer_str(w, item_kind_name((enum item_kind)kind));
    writer_array_end(w);
}

static void write_row(struct writer *w, const struct plan_row *row)
{
    struct authority authority = plan_row_authority(row);
    bool is_asked = row->skip == OUTCOME_PENDING;
    writer_object(w);
    writer_member_str(w, "source", row->route->source.id);
    writer_member_str(w, "municipality", row->municipality ? row->municipality->code : STR_NONE);
    writer_member_str(w, "authority", authority.name);
    writer_member_bool(w, "ask", is_asked);
    writer_member_str(w, "skip", is_asked ? STR_NONE : outcome_name(row->skip));
    writer_member_str(w, "rule", str_of(row->rule));
    writer_name(w, "until");
    writer_wall(w, row->until);
    writer_name(w, "authorities");
    writer_array(w);
    for (size_t i = 0; i < row->authority_count; i++)
        writer_str(w, row->authorities[i]);
    writer_array_end(w);
    writer_name(w, "would_skip"); /* rules that are only observed */
    writer_array(w);
    for (int kind = 0; kind < RULE_KIND_COUNT; kind++)
        if (row->would_skip & RULE_BIT(kind))
            writer_str(w, str_of(rule_kind_name((enum rule_kind)kind)));
    writer_array_end(w);
    write_covered(w, row);
    writer_member_int(w, "total_ms", plan_row_rules(row)->total_ms);
    writer_object_end(w);
}

static void reply_plan(struct admin_call *call, const struct plan_request *request,
                       const struct plan *plan)
{
    struct buf body;
    struct writer w = admin_begin(&body);
    writer_object(&w);
    writer_member_str(&w, "portal", request->portal->id);
    writer_member_str(&w, "level", level_name(citizen_level(request->citizen)));
    writer_member_str(&w, "revision", str_of(request->snapshot->revision));
    writer_name(&w, "sources");
    writer_array(&w);
    for (size_t i = 0; i < plan->count; i++)
        write_row(&w, &plan->rows[i]);
    writer_array_end(&w);
    writer_object_end(&w);
    admin_reply(call, 200, &body);
}

void admin_post_plan(struct admin_call *call)
{
    struct plan_request request = {.snapshot = call->facts.snapshot,
                                   .now = loop_wall(call->admin->loop)};
    struct plan plan;
    struct str *codes;

    request.citizen = find_citizen(call, &request.portal);
    if (!request.citizen || !read_municipalities(call, &codes, &request.municipality_count) ||
        !read_mandate(call, &request.coverage))
        return;
    request.municipalities = codes;
    if (make_plan(call, &request, &plan))
        reply_plan(call, &request, &plan);
    else
        admin_refuse(call, PROBLEM_INTERNAL, "out of working memory");
}
