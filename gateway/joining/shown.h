/* SPDX-License-Identifier: MIT */
/* shown: what another configuration would show otherwise: two previews of the same test citizens,
 * one under each, compared item by item. Pure.
 *
 * A preview is the answer of the operators' door to POST /exposure/preview; see
 * overview/preview.h. */
#ifndef JOINING_SHOWN_H
#define JOINING_SHOWN_H

#include "base/buf.h"

#include <jansson.h>

/* Adds the differences between two previews to the array `changes`, each
 * {"citizen","source","municipality","kind","title","kle","system","before","after"}, where before
 * and after are {"shown","verdict","rule"}, or null where only one of the two had the item. Sources
 * that ended otherwise are told without a kind, with {"state"} instead. */
void shown_compare(const json_t *before, const json_t *after, json_t *changes);

/* For people, a line each. */
void shown_print(const json_t *changes, struct buf *out);

#endif
