/* SPDX-License-Identifier: MIT */
/* consents: asks the store of consents for workers, on a thread of its own with its own connection,
 * since a store may keep one waiting. Nothing is remembered between two questions: what is
 * withdrawn at one node is withdrawn at all of them. The thread also notes when a consent was used
 * last, and deletes those that ended long ago. */
#ifndef RECORD_CONSENTS_H
#define RECORD_CONSENTS_H

#include "net/loop.h"
#include "record/consent_store.h"

enum { CONSENT_QUERIES_MAX = 4096 }; /* waiting at once */

struct consents;
struct consent_query; /* under way */

struct consents *consents_start(const struct log_store_spec *store, int64_t keep_days);
/* Ends the thread; every query must have been told or cancelled. */
void consents_stop(struct consents **consents);

enum consent_question {
    CONSENT_LIST,     /* those of `subject` */
    CONSENT_FIND,     /* the one of `id` */
    CONSENT_USE,      /* the same, and a service reads by it now */
    CONSENT_GIVE,     /* keep `given` */
    CONSENT_WITHDRAW, /* the one of `id`, now */
};

struct consent_ask {
    enum consent_question question;
    struct str subject, id;
    const struct consent *given;
    size_t most; /* in force, of the one who gives */
    struct wall now;
};

struct consent_answer {
    const struct consent *list; /* LIST; FIND, USE: one or none */
    size_t count;
    bool is_kept; /* GIVE: false when there are too many already */
};
/* `answer` is borrowed; NULL: the store could not be asked. After GIVE and WITHDRAW what was
 * asked is durable. */
typedef void consent_answer_fn(void *ctx, const struct consent_answer *answer);

/* Everything of `ask` is copied. `done` is called once, later, on `loop`, unless the slot is
 * cancelled first, in which case what was asked may still happen. False: too many wait already;
 * nothing was begun. */
bool consent_query_start(struct consents *consents, struct loop *loop,
                         const struct consent_ask *ask, struct consent_query **slot,
                         consent_answer_fn *done, void *ctx) __attribute__((warn_unused_result));
void consent_query_cancel(struct consent_query **slot);

#endif
