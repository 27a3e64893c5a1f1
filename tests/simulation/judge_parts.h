/* SPDX-License-Identifier: MIT */
/* judge_parts: what documents, details and records are made of, each held against the model. */
#ifndef SIMULATION_JUDGE_PARTS_H
#define SIMULATION_JUDGE_PARTS_H

#include "judge.h"

/* JSON: a text (STR_NONE: none), a number (-1: null, -2: no number), an item's own number. */
struct str text_of(json_t *object, const char *name);
int64_t number_of(json_t *object, const char *name);
unsigned item_number(json_t *item);

/* Nothing of another citizen, nothing unproven, no personal number of anybody. */
void check_bytes(const struct sighting *seen);
/* A source's entry; returns how it ended. */
enum outcome check_source(const struct model *model, const struct model_row *row, json_t *source);
void check_item(struct world *world, const struct sighting *seen, const struct model_row *row,
                const struct script_item *item, json_t *json);
/* Summary, attention and duplicates of a document or of `done`; `items`: all that was shown. */
void check_sum(struct world *world, const struct sighting *seen, const struct model_sum *sum,
               json_t *root, json_t *items);
/* What is recorded is what was said. */
void check_record(const struct sighting *seen, const enum outcome *outcomes, int status);

#endif
