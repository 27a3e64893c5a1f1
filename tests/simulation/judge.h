/* SPDX-License-Identifier: MIT */
/* judge: reads what a client was sent and holds it against the model. */
#ifndef SIMULATION_JUDGE_H
#define SIMULATION_JUDGE_H

#include "world.h"

#include <jansson.h>

/* How often each thing was seen: a simulation in which something never happens says nothing of it.
 */
struct tally {
    size_t outcomes[OUTCOME_COUNT];
    size_t documents, streams, details, problems, departed, overflown, heartbeats, ties, doubles,
        things_to_do, foreign_then_open, recorded_late, folds, permuted, tight, bulky;
};

/* A stream's records without their framing, or the one document. */
enum { RECORDS_MAX = REPLY_PIECES_MAX };
struct records {
    json_t *root[RECORDS_MAX];
    instant at[RECORDS_MAX];
    size_t count;
};
bool records_read(const struct http_exchange *exchange, enum format format,
                  struct records *records);
void records_free(struct records *records);

/* All requests of a world that has ended. */
void judge_world(struct world *world, struct tally *tally);

/* The same first request, alone, as a document and as a stream: one is the fold of the other. */
void judge_fold(struct world *document, struct world *stream, struct tally *tally);
/* The same document but for receipt and elapsed_ms. */
void judge_same(const struct world *a, const struct world *b);
/* Is the first request's document one that no order of arrival may change? */
bool judge_is_settled(const struct model *model);

#endif
