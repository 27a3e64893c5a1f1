/* SPDX-License-Identifier: MIT */
/* municipal_payment: one payment (økonomisk effektuering) of the Ydelsesindeks. Whom it concerns
 * and what it is called is known through its grant. */
#ifndef ADAPTERS_MUNICIPAL_PAYMENT_H
#define ADAPTERS_MUNICIPAL_PAYMENT_H

#include "adapters/municipal.h"

/* BevilgetYdelseRef: a payment may cover several benefits. */
struct municipal_benefit_ref {
    struct str benefit; /* "<the grant's UUID>/<BevilgetYdelse Id>", a benefit item's id */
    struct municipal_benefit_ref *next;
};

struct municipal_payment {
    struct item item; /* id, owner and title are set by who knows its grant */
    char uuid[MUNICIPAL_UUID_TEXT];
    struct municipal_benefit_ref *refs;
    bool is_gone;
    struct municipal_payment *next;
};

/* OekonomiskEffektueringFiltreretOejebliksbillede as a child of the answer. */
extern const struct soap_type municipal_payment_type;
#define MUNICIPAL_PAYMENT                                                                          \
    SOAP_MANY(NS_YI, "OekonomiskEffektueringFiltreretOejebliksbillede", TAG_PAYMENTS,              \
              &municipal_payment_type)

struct municipal_payment_reader;
struct municipal_payment_reader *municipal_payment_reader_new(struct municipal_reader *r);
/* For the tags from TAG_PAYMENTS on. */
const char *municipal_payment_enter(struct municipal_payment_reader *p, int tag);
const char *municipal_payment_leave(struct municipal_payment_reader *p, int tag, struct str text);
/* The payment just read, after TAG_PAYMENTS was left. */
const struct municipal_payment *municipal_payment_read(const struct municipal_payment_reader *p);

#endif
