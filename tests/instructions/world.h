/* SPDX-License-Identifier: MIT */
/* world: one real worker, and around it a loop, a door, sources and a record that cost nothing and
 * do the same each time: third implementations of net/loop.h, net/http.h, net/fetch.h and
 * record/access_log.h (the second ones, in tests/simulation, look for faults and are slow). A
 * source answers by the source contract, always well; time stands still within a turn. */
#ifndef INSTRUCTIONS_WORLD_H
#define INSTRUCTIONS_WORLD_H

#include "net/fetch.h"
#include "net/http.h"
#include "record/access_log.h"

/* Of the sources' ports: source i listens at FIRST_PORT + i. */
enum { FIRST_PORT = 20000, SOURCES_MAX = 128, ANSWER_BYTES = 2048 };

/* A Saturday in November 2026, ten in the morning: all that is read of time begins here. */
#define WORLD_START_MS INT64_C(1795856400000)

/* The reply to one request. */
struct http_exchange {
    struct http_exchange **slot; /* of the look-up; NULL: not kept, or disowned */
    int status;                  /* 0: no reply yet */
    bool has_ended;
    size_t body_bytes, pieces; /* a document is one piece */
};

/* Makes the sources' answers. */
void fake_sources_make(size_t count);
/* How often a source was asked, and how often something was recorded. */
size_t fake_fetches(void);
size_t fake_records(void);

/* One turn: a millisecond later, whatever waits comes: the record first, then an answer each turn.
 * False: nothing waited. */
bool fake_loop_turn(struct loop *loop);
bool fake_record_turn(void);
bool fake_fetch_turn(void);

#endif
