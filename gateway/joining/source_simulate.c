/* SPDX-License-Identifier: MIT */
#include "joining/source_simulate.h"

#include <stdio.h>

#include "base/plain.h"
#include "joining/planned.h"

enum { TOKEN_SHOWN = 40, CUT_LEAST_MS = 1, SLOW_WITHIN_MS = 60000 };

/* ---- the table ---- */

static const struct str names[] = {
#define X(name, text, what) [name] = STR_INIT(text),
    SIMULATE_FAULTS(X)
#undef X
};
static const struct str whats[] = {
#define X(name, text, what) [name] = STR_INIT(what),
    SIMULATE_FAULTS(X)
#undef X
};

/* What is refused, and the case of a test of sources that judges it. */
static const struct {
    enum conformance_id id;
    enum conformance_bearer token;
    bool is_anonymous;
} refusals[SIMULATE_FAULT_COUNT] = {
    [SIMULATE_NO_CERTIFICATE] = {CASE_CERTIFICATE, BEARER_RIGHT, true},
    [SIMULATE_NO_TOKEN] = {CASE_NO_TOKEN, BEARER_NONE, false},
    [SIMULATE_FORGED] = {CASE_FORGED, BEARER_FORGED, false},
    [SIMULATE_EXPIRED] = {CASE_EXPIRED, BEARER_EXPIRED, false},
    [SIMULATE_OTHERS] = {CASE_AUDIENCE, BEARER_AUDIENCE, false},
    [SIMULATE_STOLEN] = {CASE_BINDING, BEARER_STOLEN, false},
    [SIMULATE_LEVEL] = {CASE_LEVEL, BEARER_LEVEL, false},
};

struct str simulate_fault_name(enum simulate_fault fault)
{
    return names[fault];
}

struct str simulate_fault_what(enum simulate_fault fault)
{
    return whats[fault];
}

bool simulate_fault_parse(struct str name, enum simulate_fault *fault)
{
    for (int i = 0; i < SIMULATE_FAULT_COUNT; i++)
        if (str_equal(names[i], name)) {
            *fault = (enum simulate_fault)i;
            return true;
        }
    return false;
}

/* ---- asking ---- */

struct simulation {
    const struct conformance_spec *spec;
    struct conformance_limits limits;
    struct conformance_asker *asker;
    struct conformance_pair pair;
    struct arena *arena;
    struct simulated *simulated;
};

static struct observed ask(struct simulation *s, struct conformance_wish wish)
{
    wish.exchange = &s->simulated->exchange;
    if (!wish.pair)
        wish.pair = &s->pair;
    return conformance_ask(s->asker, s->arena, wish);
}

static void settle(struct simulation *s, enum conformance_state state, const char *seen)
{
    s->simulated->state = state;
    snprintf(s->simulated->seen, sizeof s->simulated->seen, "%s", seen);
}

/* One case by itself: what it needs is taken as well. */
static struct conformance alone(enum conformance_id id)
{
    struct conformance c = {0};

    for (int i = 0; i < CONFORMANCE_COUNT; i++)
        c.results[i].state = CONFORMANCE_PASSED;
    c.results[id].state = CONFORMANCE_UNTRIED;
    return c;
}

/* As the case of a test of sources judges it. */
static void settle_as(struct simulation *s, const struct conformance *c, enum conformance_id id)
{
    settle(s, c->results[id].state, c->results[id].seen);
}

static void settle_good(struct simulation *s)
{
    const struct observed *o = &s->simulated->observed;
    char seen[CONFORMANCE_SEEN_MAX];

    observed_print(o, seen, sizeof seen);
    settle(s, observed_is_good(o) ? CONFORMANCE_PASSED : CONFORMANCE_FAILED, seen);
}

static void refuse(struct simulation *s, enum simulate_fault fault)
{
    enum conformance_id id = refusals[fault].id;
    const struct route *route = s->spec->route;

    if ((id == CASE_CERTIFICATE || id == CASE_BINDING) && !route->target.cert_file.at) {
        settle(s, CONFORMANCE_NOT_TESTED, "we have no client certificate ourselves");
    } else if (id == CASE_LEVEL && route->level <= LEVEL_LOW) {
        settle(s, CONFORMANCE_NOT_RELEVANT, "every level is enough");
    } else {
        s->simulated->observed =
            ask(s, (struct conformance_wish){.token = refusals[fault].token,
                                             .is_anonymous = refusals[fault].is_anonymous});
        struct conformance c = alone(id);
        conformance_judge_refusal(&c, id, &s->simulated->observed);
        settle_as(s, &c, id);
    }
}

static void ask_for_nobody(struct simulation *s)
{
    const struct conformance_pair nobody = {.name = STR("a number that nobody has"),
                                            .cpr = &planned_nobody,
                                            .municipality = s->pair.municipality};
    char seen[CONFORMANCE_SEEN_MAX];

    s->simulated->observed = ask(s, (struct conformance_wish){.pair = &nobody});
    const struct observed *o = &s->simulated->observed;
    observed_print(o, seen, sizeof seen);
    settle(s,
           observed_is_good(o) && !observed_has_items(o) ? CONFORMANCE_PASSED : CONFORMANCE_FAILED,
           seen);
}

/* Goes away half way through the time that a whole answer took; who is asked next is as well as
 * before. */
static void cut(struct simulation *s)
{
    struct observed whole = ask(s, (struct conformance_wish){0});
    int64_t half_ms = observed_took_us(&whole) / 2000;

    (void)ask(s, (struct conformance_wish){
                     .done_by = instant_after_ms(clock_instant(),
                                                 half_ms > CUT_LEAST_MS ? half_ms : CUT_LEAST_MS)});
    s->simulated->observed = ask(s, (struct conformance_wish){0});
    settle_good(s);
}

static void ask_at_once(struct simulation *s)
{
    struct conformance_wish wishes[CONFORMANCE_SERIES];
    struct observed observed[CONFORMANCE_SERIES];
    struct conformance c = alone(CASE_PARALLEL);

    int64_t most = s->spec->route->in_flight_max;
    size_t count = most > 0 && most < CONFORMANCE_SERIES ? (size_t)most : CONFORMANCE_SERIES;
    for (size_t i = 0; i < count; i++)
        wishes[i] = (struct conformance_wish){.pair = &s->pair,
                                              .exchange = i ? NULL : &s->simulated->exchange};
    conformance_ask_all(s->asker, s->arena, wishes, count, observed);
    s->simulated->observed = observed[0];
    conformance_judge_parallel(&c, observed, count);
    settle_as(s, &c, CASE_PARALLEL);
}

static void simulate(struct simulation *s, enum simulate_fault fault)
{
    switch (fault) {
    case SIMULATE_CITIZEN:
        ask_for_nobody(s);
        break;
    case SIMULATE_SLOW:
        s->simulated->observed = ask(
            s, (struct conformance_wish){
                   .is_slow = true, .done_by = instant_after_ms(clock_instant(), SLOW_WITHIN_MS)});
        settle_good(s);
        break;
    case SIMULATE_CUT:
        cut(s);
        break;
    case SIMULATE_AT_ONCE:
        ask_at_once(s);
        break;
    case SIMULATE_NONE:
    case SIMULATE_FAULT_COUNT:
        s->simulated->observed = ask(s, (struct conformance_wish){0});
        settle_good(s);
        break;
    default:
        refuse(s, fault);
    }
}

void source_simulate(const struct conformance_spec *spec, enum simulate_fault fault,
                     struct arena *arena, struct simulated *simulated)
{
    const struct test_citizen *citizen = &spec->citizens->at[0];
    struct dial_report report;
    struct simulation s = {.spec = spec,
                           .limits = conformance_limits_of(spec),
                           .arena = arena,
                           .simulated = simulated,
                           .pair = {.name = citizen->id,
                                    .cpr = &citizen->cpr,
                                    .municipality = spec->route->source.per_municipality
                                                        ? spec->municipalities[0]
                                                        : NULL}};

    *simulated = (struct simulated){0};
    dial(&spec->route->target, (unsigned)spec->route->rules.connect_ms, &report);
    if (!dial_is_well(&report)) {
        for (int i = 0; i < DIAL_STEPS; i++)
            if (report.steps[i].is_tried && !report.steps[i].is_well)
                settle(&s, CONFORMANCE_FAILED, report.steps[i].why);
        return;
    }
    s.asker = conformance_asker_new(spec, &s.limits);
    conformance_asker_resolve(s.asker, report.resolved);
    simulate(&s, fault);
    conformance_asker_free(&s.asker);
}

/* ---- telling ---- */

static void add_line(struct buf *out, const char *mark, struct str text)
{
    buf_add_str(out, str_of(mark));
    plain_add(out, text);
    buf_add_byte(out, '\n');
}

static void add_lines(struct buf *out, const char *mark, struct str text)
{
    while (text.len > 0)
        add_line(out, mark, str_split(&text, '\n'));
}

void source_simulate_print(const struct simulated *simulated, enum simulate_fault fault,
                           struct buf *out)
{
    const struct conformance_exchange *exchange = &simulated->exchange;
    static const struct str token = STR_INIT("Authorization: Bearer ");

    buf_format(out, "%.*s: %.*s\n", STR_ARG(names[fault]), STR_ARG(whats[fault]));
    if (exchange->path.at)
        add_line(out, "> POST ", exchange->path);
    for (size_t i = 0; i < exchange->header_count; i++) {
        struct str header = exchange->headers[i];
        bool is_token = str_starts_with(header, token);
        add_line(out, "> ", is_token ? str_head(header, token.len + TOKEN_SHOWN) : header);
    }
    add_lines(out, "> ", exchange->body);
    if (simulated->observed.http_status > 0)
        buf_format(out, "< HTTP %d, %.1f ms\n", simulated->observed.http_status,
                   (double)observed_took_us(&simulated->observed) / 1000);
    if (exchange->content_type.len > 0)
        add_line(out, "< Content-Type: ", exchange->content_type);
    add_lines(out, "< ", exchange->answer);
    buf_format(out, "%.*s: ", STR_ARG(conformance_state_name(simulated->state)));
    plain_add(out, str_of(simulated->seen));
    buf_add_byte(out, '\n');
}
