/* SPDX-License-Identifier: MIT */
/* municipal_document: one document of the Sags- og Dokumentindeks becomes an item: what it is
 * called, of which type and day it is, who its parties are. Documents themselves are not here. */
#ifndef ADAPTERS_MUNICIPAL_DOCUMENT_H
#define ADAPTERS_MUNICIPAL_DOCUMENT_H

#include "adapters/municipal.h"

struct municipal_document {
    struct item item; /* id and owner are set by who knows its case */
    char uuid[MUNICIPAL_UUID_TEXT];
    bool is_gone; /* passive, deleted, nothing told, or a draft that nobody has sent */
    struct municipal_document *next;
};

/* DokumentFiltreretOejebliksbillede as a child of the answer. */
extern const struct soap_type municipal_document_type;
#define MUNICIPAL_DOCUMENT                                                                         \
    SOAP_MANY(NS_SDI, "DokumentFiltreretOejebliksbillede", TAG_DOCUMENTS, &municipal_document_type)

struct municipal_document_reader;
struct municipal_document_reader *municipal_document_reader_new(struct municipal_reader *r);
/* For the tags from TAG_DOCUMENTS on. */
const char *municipal_document_enter(struct municipal_document_reader *d, int tag);
const char *municipal_document_leave(struct municipal_document_reader *d, int tag, struct str text);
/* The document just read, after TAG_DOCUMENTS was left. */
const struct municipal_document *municipal_document_read(const struct municipal_document_reader *d);

/* The direction of a document, by its type and by whether the subject is among its parties: a
 * letter to another authority is no letter to the citizen. */
enum direction municipal_document_direction(const struct item *document, const struct cpr *subject);

#endif
