/* SPDX-License-Identifier: MIT */
#include "serve/probe.h"

#include "base/die.h"
#include "base/log.h"
#include "identity/citizen_make.h"
#include "record/access_record.h"

#include <stdlib.h>

enum { LOOK_MS = 250, MEMORY_MAX = 16 * 1024 * 1024, LINE_MAX_BYTES = 64 * 1024 };

struct probe_of {
    struct probes *probes;
    const struct route *route;
    struct rules rules; /* the route's, without the time in which citizens wait for us */
    struct health_entry *health;
    instant due;
    /* of one that is under way: */
    struct arena *arena; /* NULL: none is */
    const struct citizen *citizen;
    struct plan plan;
    struct plan_row row;
    struct agreement agreement; /* what the probe may see: all that this source holds */
    struct portal portal;
    char receipt[UUID_TEXT];
    struct access_append *intent; /* slot */
    struct fanout *fanout;        /* slot */
    instant started;
};

struct probes {
    struct loop *loop;
    struct shared *shared;
    struct snapshot *snapshot;
    struct uuid_source uuids;
    struct arena *scratch;
    struct fanout_env env;
    struct timer look;
    struct probe_of *at;
    size_t count;
};

static struct access_subject record_subject(const struct probe_of *probe)
{
    const struct probes *probes = probe->probes;
    return (struct access_subject){.receipt = str_of(probe->receipt),
                                   .operation = STR("probe"),
                                   .citizen = probe->citizen,
                                   .snapshot = probes->snapshot,
                                   .key = &probes->shared->pseudonym_key,
                                   .now = loop_wall(probes->loop)};
}

static void probe_end(struct probe_of *probe)
{
    access_log_cancel(&probe->intent);
    fanout_cancel(&probe->fanout);
    arena_free(&probe->arena);
}

/* ---- one probe, backwards ---- */

static void on_part(void *ctx, const struct part *part)
{
    const struct probe_of *probe = ctx;
    struct str state = outcome_name(part->outcome);
    log_info(str_of(probe->receipt), "event=probe source=%.*s outcome=%.*s ms=%lld why=\"%s\"",
             STR_ARG(probe->route->source.id), STR_ARG(state), (long long)part_elapsed_ms(part),
             part->why ? part->why : "");
}

static void on_end(void *ctx)
{
    struct probe_of *probe = ctx;
    struct probes *probes = probe->probes;
    struct access_subject subject = record_subject(probe);
    struct buf line;
    buf_init(&line, LINE_MAX_BYTES);
    access_record_outcome(&subject, 200, (loop_now(probes->loop) - probe->started) / INSTANT_PER_MS,
                          fanout_parts(probe->fanout), fanout_part_count(probe->fanout), &line);
    access_log_note(probes->shared->access_log, buf_str(&line));
    buf_clear(&line);
    probe_end(probe);
}

static void on_recorded(void *ctx, bool is_durable)
{
    struct probe_of *probe = ctx;
    struct probes *probes = probe->probes;
    if (!is_durable) { /* no record, no question */
        probe_end(probe);
        return;
    }
    const struct fanout_spec spec = {
        .snapshot = probes->snapshot,
        .plan = &probe->plan,
        .citizen = probe->citizen,
        .receipt = str_of(probe->receipt),
        .kind = QUESTION_LIST,
        .deadline =
            instant_after_ms(loop_now(probes->loop), probes->snapshot->settings.time_hard_ms),
        .arena = probe->arena,
    };
    if (!fanout_start(&probes->env, &spec, &probe->fanout, on_part, on_end, probe))
        probe_end(probe);
}

/* An index is asked for the first municipality that can be asked at all. */
static const struct municipality *choose_municipality(const struct municipalities *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].cvr.at)
            return &all->at[i];
    return NULL;
}

static void make_plan(struct probe_of *probe)
{
    const struct source *source = &probe->route->source;
    const struct municipalities *all = &probe->probes->snapshot->municipalities;
    struct plan_row *row = &probe->row;

    probe->agreement = (struct agreement){
        .portal = STR("probe"), .sources = &source->id, .source_count = 1, .kinds = source->kinds};
    probe->portal =
        (struct portal){.id = STR("probe"), .agreements = &probe->agreement, .agreement_count = 1};
    *row = (struct plan_row){.route = probe->route,
                             .rules = &probe->rules,
                             .portal = &probe->portal,
                             .day = wall_date(loop_wall(probe->probes->loop))};
    if (source->per_municipality)
        row->municipality = choose_municipality(all);
    const struct owner *owner = &probe->route->owner;
    row->authorities = row->municipality ? &row->municipality->cvr : &source->authority.cvr;
    row->authority_count = row->authorities->at ? 1 : 0;
    if (!row->municipality && owner->answers_for_count > 0) {
        row->authorities = owner->answers_for;
        row->authority_count = owner->answers_for_count;
    }
    probe->plan = (struct plan){.rows = row, .count = 1};
}

static void probe_start(struct probe_of *probe)
{
    struct probes *probes = probe->probes;
    const struct test_citizen *citizen = route_test_citizen(
        probe->route, &probes->snapshot->test_citizens, probe->route->probe.citizen);
    struct buf line;

    make_plan(probe);
    if (!citizen || (probe->route->source.per_municipality && !probe->row.municipality))
        return;
    probe->arena = arena_new(MEMORY_MAX);
    probe->started = loop_now(probes->loop);
    uuid_make(&probes->uuids, loop_wall(probes->loop), probe->receipt);
    probe->citizen =
        citizen_make_test(probe->arena, &citizen->cpr, citizen->name, STR("probe"), LEVEL_HIGH);
    if (!probe->citizen) {
        probe_end(probe);
        return;
    }
    struct access_subject subject = record_subject(probe);
    buf_init(&line, LINE_MAX_BYTES);
    access_record_intent(&subject, &probe->plan, &line);
    access_log_append(probes->shared->access_log, probes->loop, buf_str(&line), &probe->intent,
                      on_recorded, probe);
    buf_clear(&line);
}

/* ---- when ---- */

/* Nobody else is asked while an operator or a timetable says no. */
static bool may_ask(const struct probe_of *probe, const struct health_values *values)
{
    struct wall until, now = loop_wall(probe->probes->loop);
    const struct text *message;
    const char *rule;
    bool is_closed = rules_close(&probe->rules, now, &until, &message, &rule) &&
                     (message || probe->rules.windows.mode == RULE_ENFORCE);
    return !is_closed && health_mode(values, now) == MODE_ON && !values->is_off &&
           values->off_count == 0 && !values->is_open &&
           access_log_is_well(probe->probes->shared->access_log);
}

static void look(void *ctx)
{
    struct probes *probes = ctx;
    instant now = loop_now(probes->loop);
    for (size_t i = 0; i < probes->count; i++) {
        struct probe_of *probe = &probes->at[i];
        struct health_values values;
        bool is_ill = health_read(probe->health, &probe->rules, INT64_MAX, now, &values);
        if (probe->arena || (now < probe->due && !is_ill) || !may_ask(probe, &values))
            continue;
        probe->due = instant_after_ms(now, probe->route->probe.every_s * 1000);
        probe_start(probe);
    }
    timer_start(probes->loop, &probes->look, instant_after_ms(now, LOOK_MS), look, probes);
}

/* One that is observed is asked for its test citizens, and for nobody else. */
static bool is_probed(const struct route *route)
{
    return (route->enabled || route_is_observed(route)) && route->probe.citizen.at;
}

struct probes *probes_new(struct loop *loop, struct fetch_pool *pool, struct shared *shared,
                          struct snapshot *snapshot)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot->route_count; i++)
        count += is_probed(&snapshot->routes[i]);
    if (count == 0)
        return NULL;
    struct probes *probes = die_calloc(1, sizeof *probes);
    probes->loop = loop;
    probes->shared = shared;
    probes->snapshot = snapshot_ref(snapshot);
    probes->scratch = arena_new(MEMORY_MAX);
    uuid_source_init(&probes->uuids);
    probes->env = shared_env(probes->shared, probes->loop, pool, &probes->uuids, probes->scratch);
    probes->at = die_calloc(count, sizeof *probes->at);
    for (size_t i = 0; i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        if (!is_probed(route))
            continue;
        struct probe_of *probe = &probes->at[probes->count++];
        probe->probes = probes;
        probe->route = route;
        probe->rules = route->rules;
        probe->rules.probe_grace_ms = 0;
        probe->rules.is_probe = true;
        probe->rules.hedge.is_allowed = false;
        probe->health = health_entry(shared->health, route->source.id);
        probe->due = route_is_observed(route)
                         ? loop_now(loop)
                         : instant_after_ms(loop_now(loop), route->probe.every_s * 1000);
    }
    look(probes);
    return probes;
}

void probes_free(struct probes **slot)
{
    struct probes *probes = *slot;
    if (!probes)
        return;
    for (size_t i = 0; i < probes->count; i++)
        probe_end(&probes->at[i]);
    timer_cancel(probes->loop, &probes->look);
    handle_maker_free(&probes->env.handles);
    arena_free(&probes->scratch);
    snapshot_unref(&probes->snapshot);
    free(probes->at);
    free(probes);
    *slot = NULL;
}
