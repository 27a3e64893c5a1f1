/* SPDX-License-Identifier: MIT */
/* adapter: how one kind of source is spoken to. Two pure functions: a question becomes a request,
 * an answer's bytes become items. No socket, no clock, no log, no configuration beyond what the
 * question carries. The proof that an answer concerns the citizen is not made here: the adapter
 * reports whom the answer names, overview/guard judges. */
#ifndef ADAPTERS_ADAPTER_H
#define ADAPTERS_ADAPTER_H

#include "adapters/item.h"
#include "adapters/outcome.h"
#include "base/buf.h"
#include "base/text.h"
#include "identity/citizen.h"

/* ---- source: authority × service, as far as adapters and output need to know it ---- */
struct adapter;
struct borgervendt_rules;
struct mapping;
struct source {
    struct str id;              /* "atp.pension" */
    struct text name;           /* "ATP", what people call it */
    struct text asked_for;      /* "pension"; fits who acts for another, too */
    struct authority authority; /* who answers; for the indexes: each municipality instead */
    const struct adapter *adapter;
    struct str path; /* of the list service: "/hentsagsliste/v2.0.0", "/sagdokumentindeks/6" */
    struct str detail_path;
    unsigned kinds;        /* mask of ITEM_KIND_BIT: what it may give; others are a breach */
    bool per_municipality; /* one call per municipality of the citizen */
    /* What its answers may say, when its dialect is borgervendt; NULL: all that the dialect may. */
    const struct borgervendt_rules *borgervendt;
    const struct mapping *mapping; /* how they are read, when mapped; NULL: other dialects */
};

/* ---- question ---- */
enum question_kind {
    QUESTION_LIST,
    QUESTION_DETAIL, /* one item, by the source's own id */
    QUESTION_PROBE   /* a list question for a test citizen: same bytes as LIST */
};

struct question {
    enum question_kind kind;
    const struct source *source;
    const struct cpr *subject;
    struct str item_id;            /* DETAIL */
    struct str cursor;             /* of the page wanted; STR_NONE: the first */
    struct str municipality;       /* "0710"; STR_NONE: unknown or not needed */
    struct str municipality_cvr;   /* owner CVR for the indexes; STR_NONE */
    const struct str *authorities; /* myndighedsliste: codes the source may answer for */
    size_t authority_count;
    bool journal_notes;
    struct str request_id; /* a UUID, unique per call and attempt */
    struct wall now;
};

/* ---- ask: the request. Authorization, X-Request-Id, traceparent and the time left are added by
 * the caller. ---- */
enum { ASK_HEADERS_MAX = 6 };
struct ask {
    struct str path;
    struct str headers[ASK_HEADERS_MAX]; /* "Content-Type: application/json" */
    size_t header_count;
    struct buf *body; /* the caller's, empty, with its ceiling */
};

/* ---- answer: what came, after the transfer ended well ---- */
struct answer {
    int http_status;
    struct str content_type;
    struct str body;
    size_t items_max; /* ceiling, a setting */
};

/* ---- parsed: set exactly when the outcome is ANSWERED or EMPTY ---- */
struct parsed {
    struct item_list items;
    struct str cursor;     /* of the next page; STR_NONE: this was the last */
    struct cpr subject;    /* the citizen the answer names as a whole; CPR_NONE: names none */
    struct str request_id; /* our request id as echoed in the body; STR_NONE: not echoed */
    struct wall as_of;     /* the source's own word; unknown: now */
    bool is_stale;         /* the source says itself that it is old */
};

/* Why an answer is not ANSWERED: for logs and explanations. */
struct answer_fault {
    const char *why; /* constant text; no data from the answer */
    size_t offset;   /* byte in the body, where it is known */
    struct str rule; /* of a mapping: where the broken rule stands in its file; STR_NONE: none */
};

struct adapter {
    struct str name; /* "borgervendt", "sagdokumentindeks", … */

    /* False: arena or body full. */
    bool (*build)(struct arena *arena, const struct question *question, struct ask *ask);

    /* ANSWERED (items), EMPTY (a positive nothing), FAILED (5xx, 404 of a service, its own error),
     * REFUSED (401, 403), BUSY (429, 503), INVALID (broke the contract). Never PENDING, LATE or
     * FOREIGN. */
    enum outcome (*parse)(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault);
};

/* The explicit list of all adapters; NULL: no such name. */
const struct adapter *adapter_find(struct str name);
const struct adapter *adapter_at(size_t index); /* NULL behind the last */

#endif
