/* SPDX-License-Identifier: MIT */
/* mandate_record: what is remembered of a question whether one may act for another: who asked,
 * about whom, which service, which mandate, and what it was worth at that moment. One line of JSON
 * for each call, also for a refused one. Persons by pseudonym. Pure. */
#ifndef RECORD_MANDATE_RECORD_H
#define RECORD_MANDATE_RECORD_H

#include "base/writer.h"
#include "identity/citizen.h"
#include "record/pseudonym.h"

enum { MANDATE_REFERENCE_TEXT = 33 };

struct mandate_note {
    struct str receipt;
    const struct citizen *actor; /* who logged in */
    struct cpr giver;            /* for whom; CPR_NONE: the actor asked for all mandates */
    struct str service;          /* its id */
    struct str reference;        /* STR_NONE: no mandate was found */
    struct str state;            /* of the mandate; of the service, when that gave no answer */
    int64_t elapsed_ms;
    const struct pseudonym_key *key;
    struct wall now;
};

/* {"event":"mandate","receipt","time","portal","actor","subject","service","mandate","state",
 *  "elapsed_ms"} and a newline */
void mandate_record_write(const struct mandate_note *note, struct buf *out);

/* What records and answers call a mandate: a keyed digest of the service and its own id, which may
 * hold anything. The same mandate always has the same one. */
struct str mandate_reference(const struct pseudonym_key *key, struct str service, struct str id,
                             char text[MANDATE_REFERENCE_TEXT]);

#endif
