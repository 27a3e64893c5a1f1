/* SPDX-License-Identifier: MIT */
/* world: a script being played: the real look-up, fan-out, plan, exposure and records, and around
 * them authorities, a record and clients that do as the script says. Watches every promise while it
 * runs, and keeps what was seen of each request for the judge. */
#ifndef SIMULATION_WORLD_H
#define SIMULATION_WORLD_H

#include "model.h"
#include "serve/worker.h"
#include "virtual_loop.h"

enum { REPLY_PIECES_MAX = 256, REQUEST_IDS_MAX = REQUESTS_MAX * ROWS_MAX * PAGES_MAX };

/* The client's end of a request. */
struct http_exchange {
    struct world *world;
    unsigned request;
    struct http_exchange **slot; /* of the look-up; NULL: disowned */
    loop_fn *on_gone;
    void *ctx;
    enum { DOOR_WAITS, DOOR_STREAMS, DOOR_OVERFLOWN, DOOR_REPLIED, DOOR_GONE } state;
    int status;
    bool is_problem;
    enum problem_kind problem;
    struct buf body;
    struct {
        instant at;
        size_t end;
    } pieces[REPLY_PIECES_MAX]; /* of a stream: when each write came, and where it ends */
    size_t piece_count;
    instant replied; /* when the reply was complete */
    instant gone;    /* when the client left; INSTANT_NEVER: it did not */
    size_t read;     /* bytes that a slow reader has taken */
    instant read_at;
    struct deferred overflow;
    struct outside leaves;
};

/* What was seen of one request. */
struct sighting {
    struct http_exchange exchange;
    struct model model;
    char receipt[UUID_TEXT];
    instant started;
    bool is_durable, is_recorded; /* the intent; the outcome */
    int recorded_status;
    enum outcome recorded[ROWS_MAX];
    unsigned fetches; /* under way */
    bool asked[SOURCES_MAX][MUNICIPALITIES][PAGES_MAX];
    bool is_started;
    struct outside starts;
};

struct world {
    const struct script *script;
    struct loop *loop;
    struct date today;
    struct worker worker;
    struct shared shared;
    struct snapshot snapshot;
    struct arena *arena;  /* of the snapshot */
    struct chance chance; /* for identifiers */
    unsigned arenas_out;
    struct model_off off[SOURCES_MAX];
    unsigned in_flight[SOURCES_MAX];
    struct fetch *inside;                  /* whose `done` is running */
    uint64_t request_ids[REQUEST_IDS_MAX]; /* hashes of those that sources were sent */
    size_t request_id_count;
    struct sighting seen[REQUESTS_MAX];
};

/* Plays all of it. False: trace_fault says what was wrong. */
bool world_play(struct world *world, const struct script *script);
void world_end(struct world *world); /* frees what was seen */

/* The fakes' own halves. */
void door_open(struct world *world, unsigned request);
void door_close(struct http_exchange *exchange);
struct fetch_pool *fake_pool(struct world *world);
struct access_log *fake_log(struct world *world);
/* Which request has this receipt; REQUESTS_MAX: none. */
unsigned world_find_receipt(const struct world *world, struct str receipt);
/* No personal number may stand here. */
void check_no_number(struct str text, const char *where);

#endif
