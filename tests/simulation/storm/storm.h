/* SPDX-License-Identifier: MIT */
/* storm: many overviews of a few sources that fall ill and recover, over minutes of virtual time,
 * under rules drawn at random and drawn anew at each reload. The plan, the fan-out and health are
 * the real ones. Nothing is predicted; what must never be is watched for while it runs. */
#ifndef SIMULATION_STORM_H
#define SIMULATION_STORM_H

#include "../trace.h"
#include "../virtual_loop.h"
#include "overview/fanout.h"

enum {
    SOURCES_MAX = 3,
    REQUESTS_MAX = 48,
    CHECKUPS = 8, /* requests after the storm, when all sources are well */
    VERSIONS = 3, /* of the configuration */
    PHASES = 4,
    FETCHES_MAX = 512, /* that are remembered, of a source */
    PAGES_MAX = 3,
};

enum illness { WELL, DOWN, HANGS, SLOW, HALF, BUSY, GARBLED, REFUSES, ILLNESSES };

struct storm_source {
    instant phase_ends[PHASES];
    enum illness phases[PHASES]; /* then well */
    struct health_entry *health;
    unsigned live; /* fetches under way */
    struct {
        instant at;
        enum storm_call { CALL, RETRY, HEDGE } kind;
    } fetches[FETCHES_MAX]; /* for the budgets */
    size_t fetch_count;
    uint64_t trips; /* when last looked */
};

/* What a row of a request has under way, as its source sees it. */
struct storm_row {
    unsigned page, live, repeats;
    bool has_begun;      /* an answer to this page had begun to come */
    instant asked;       /* for this page, first */
    struct fetch *first; /* of this page, while it is under way */
    bool is_told;
};

struct storm_request {
    struct storm *storm;
    unsigned number;
    struct outside starts, leaves;
    struct fanout *fanout; /* slot */
    struct arena *arena;
    struct plan plan;
    const struct snapshot *snapshot;
    instant deadline;
    int64_t wait_ms, stays_ms; /* stays_ms < 0: to the end */
    bool has_ended, is_gone;
    char receipt[UUID_TEXT];
    struct storm_row rows[SOURCES_MAX];
};

struct storm_tally {
    uint64_t rows[OUTCOME_COUNT];
    uint64_t calls, trips, second_trips, recoveries, retries, hedges, hedges_won, reloads, cuts,
        departed, observed, limited;
};

struct storm {
    uint64_t seed;
    struct chance chance;
    struct loop *loop;
    struct health *health;
    struct uuid_source uuids;
    struct fanout_env env;
    struct arena *arena; /* of the versions */
    struct snapshot versions[VERSIONS];
    unsigned version;
    unsigned source_count, request_count;
    instant calm; /* the storm is over */
    struct outside reloads[VERSIONS];
    struct storm_source sources[SOURCES_MAX];
    struct storm_request requests[REQUESTS_MAX];
    struct storm_tally *tally;
    bool may_trip; /* a source's own failure is being told */
};

/* Of a source, by its place. */
struct str storm_source_id(unsigned source);
extern const struct adapter storm_adapter;
/* Nothing has tripped a breaker but what may. */
void storm_watch_trips(struct storm *storm);

#endif
