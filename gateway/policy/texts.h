/* SPDX-License-Identifier: MIT */
/* texts: the words people read, in Danish and English, from policies/texts.json: kept by people,
 * not by programmers (experience C7, C13, C14). A template may hold {source}, {time}, {until},
 * {authority} and {date}; an unknown placeholder or a missing sentence is a configuration fault.
 * What stands in brackets is left out when one of its placeholders has no value:
 * "Betal til {authority}[ senest {date}]". */
#ifndef POLICY_TEXTS_H
#define POLICY_TEXTS_H

#include "adapters/item.h"
#include "adapters/outcome.h"
#include "policy/document.h"
#include "policy/exposure_text.h"

/* X(enumerator, name in the file): things to do; the name is also the code in the answer. */
#define ATTENTION_TYPES(X)                                                                         \
    X(ATTENTION_REPLY, "reply")       /* a case waits for the citizen */                           \
    X(ATTENTION_PAY, "pay")           /* a payment is due or overdue */                            \
    X(ATTENTION_RENEW, "renew")       /* a credential ends soon */                                 \
    X(ATTENTION_ATTEND, "attend")     /* an appointment */                                         \
    X(ATTENTION_DEADLINE, "deadline") /* a deadline to meet */
enum attention_type {
#define X(name, text) name,
    ATTENTION_TYPES(X)
#undef X
        ATTENTION_TYPE_COUNT
};
struct str attention_type_name(enum attention_type type);

struct texts {
    struct text outcome[OUTCOME_COUNT];          /* one sentence per outcome but PENDING */
    struct text status[ITEM_STATUS_COUNT];       /* per item status, e.g. "Din sag er afgjort" */
    struct text kind[ITEM_KIND_COUNT];           /* "sag" / "case" */
    struct text awaiting_citizen;                /* "Vi venter på svar fra dig" */
    struct text attention[ATTENTION_TYPE_COUNT]; /* verb title; may hold {date} and {authority} */
    struct text untitled[ITEM_KIND_COUNT];       /* shown when the source gave no title */
    struct text nothing_shown;                   /* answered, and all of it is withheld */
    /* In place of the same when one acts for another: those that the file has, else the same. All
     * other sentences fit both. */
    struct text outcome_for_another[OUTCOME_COUNT], status_for_another[ITEM_STATUS_COUNT];
    struct text awaiting_citizen_for_another, nothing_shown_for_another;
    struct text declaration;        /* what an overview is not */
    struct exposure_words exposure; /* what a municipality shows */
};
void texts_parse(struct node root, struct texts *texts, struct faults *faults);

struct text_values {
    struct str source, authority;
    struct str time, until, date; /* already in words for the language */
};
/* Fills a template into `out` (plain text). */
struct buf;
void text_fill(struct str template, const struct text_values *values, struct buf *out);
/* "kl. 10.42" / "10:42"; "19. november kl. 8.00" / "19 November at 8:00"; "19. november 2026" /
 * "19 November 2026". In Danish time. */
struct str text_time(struct wall time, enum language language, char out[64]);
struct str text_moment(struct wall time, enum language language, char out[64]);
struct str text_date(struct date date, enum language language, char out[64]);

#endif
