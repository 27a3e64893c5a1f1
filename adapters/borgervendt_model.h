/* SPDX-License-Identifier: MIT */
/* borgervendt_model: the Orkestreringskomponent's models (BorgervendtSag and its sisters) become
 * items. Which member means what, and every code list, is a table in the .c file; where nothing is
 * public, docs/source-contract.yaml marks the name as a decision of ours [D], and the real one
 * replaces it there and in that table.
 *
 * Everything that breaks the contract fails the reader, which says why and where. */
#ifndef ADAPTERS_BORGERVENDT_MODEL_H
#define ADAPTERS_BORGERVENDT_MODEL_H

#include "adapters/borgervendt.h"
#include "adapters/shape.h"

/* The kind whose model has this name ("BorgervendtSag"); false: none has. */
bool model_find(struct str name, enum item_kind *kind);

/* Reads one list of a model: the array that comes next. */
void model_read_list(struct reading *in, enum item_kind kind);

#endif
