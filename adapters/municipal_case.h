/* SPDX-License-Identifier: MIT */
/* municipal_case: one case (sag) of the Sags- og Dokumentindeks becomes an item. Taken are only
 * facts that can be shown or that decide what is shown: never the non-public alternative title,
 * never who works on the case. */
#ifndef ADAPTERS_MUNICIPAL_CASE_H
#define ADAPTERS_MUNICIPAL_CASE_H

#include "adapters/municipal.h"

/* An entry of the case's journal: a document by its UUID, or a note. */
struct municipal_journal {
    char document[MUNICIPAL_UUID_TEXT]; /* "": a note */
    struct str title;                   /* a note's; STR_NONE */
    struct municipal_journal *next;
};

struct municipal_case {
    struct item item;
    struct municipal_journal *journal; /* entries in force */
    bool is_gone;                      /* no item: it is passive or deleted, or nothing was told */
};

/* SagFiltreretOejebliksbillede as a child of the answer. */
extern const struct soap_type municipal_case_type;
#define MUNICIPAL_CASE                                                                             \
    SOAP_MANY(NS_SDI, "SagFiltreretOejebliksbillede", TAG_CASES, &municipal_case_type)

struct municipal_case_reader;
struct municipal_case_reader *municipal_case_reader_new(struct municipal_reader *r); /* in arena */
/* For the tags from TAG_CASES on. */
const char *municipal_case_enter(struct municipal_case_reader *c, int tag);
const char *municipal_case_leave(struct municipal_case_reader *c, int tag, struct str text);
/* The case just read, after TAG_CASES was left. */
const struct municipal_case *municipal_case_read(const struct municipal_case_reader *c);

#endif
