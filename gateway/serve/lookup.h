/* SPDX-License-Identifier: MIT */
/* lookup: one look-up under way, from the plan to the last byte. It alone joins the two things that
 * must both have happened before anything leaves: the answer, and the durable record of who asked
 * for it. Until the record is durable the gate is shut: parts may settle, nothing is written. If
 * the record cannot be written the calls are cancelled and the answer is 503. */
#ifndef SERVE_LOOKUP_H
#define SERVE_LOOKUP_H

#include "overview/export.h"
#include "serve/framing.h"
#include "serve/query.h"
#include "serve/worker.h"

/* What is asked; all of it lies in `arena`, which the look-up takes over. */
struct lookup_spec {
    struct arena *arena;
    const struct citizen *citizen;
    const struct portal *portal; /* of the worker's snapshot */
    struct str receipt;
    struct str traceparent;
    enum language language;
    enum format format;
    bool is_export;        /* the document is taken away as a file, */
    enum export_form form; /* in this form */
    struct plan plan;
    enum question_kind kind;  /* LIST or DETAIL */
    struct str item_id;       /* DETAIL */
    int64_t wait_ms;          /* 0: the soft deadline */
    int64_t soft_ms, hard_ms; /* the portal's deadlines */
    instant began;            /* when a mandate was asked for first; 0: now */
};

/* Replies to the exchange sooner or later, exactly once, and gives the arena back. */
void lookup_start(struct worker *worker, struct http_exchange *exchange,
                  const struct lookup_spec *spec);

#endif
