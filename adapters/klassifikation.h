/* SPDX-License-Identifier: MIT */
/* klassifikation: KOMBIT's Klassifikation (KlasseService_7): which classes a facet holds, and what
 * each is called when. KLE's subjects are one facet, what is done in a case another. It is asked in
 * the background and of nobody's data: no question names a citizen. Two questions: `soeg` gives the
 * ids of a facet's classes, page by page; `list` gives the classes of ids. Pure. Source: the
 * schemas of klassifikation (Klasse.wsdl). */
#ifndef ADAPTERS_KLASSIFIKATION_H
#define ADAPTERS_KLASSIFIKATION_H

#include "adapters/municipal.h"

enum {
    KLASSIFIKATION_PAGE = 500, /* ids of one answer [D] */
    KLASSIFIKATION_BATCH = 100 /* classes of one answer [D] */
};

struct klassifikation_id {
    char text[MUNICIPAL_UUID_TEXT];
};

/* The ids of one page, in the service's order. None: there are no more. */
struct klassifikation_ids {
    struct klassifikation_id at[KLASSIFIKATION_PAGE];
    size_t count;
};

/* A number, its title, and when both hold: days in Denmark, from inclusive, to exclusive, absent is
 * open. A class has one for each time that its number, title or publication changed. */
struct klassifikation_class {
    struct str number, title; /* STR_NONE: not said */
    struct date from, to;
};
struct klassifikation_classes {
    struct klassifikation_class *at; /* room for `max`, the caller's */
    size_t count, max;
    size_t missing; /* ids that were asked for and not answered */
};

/* The requests. `facet` is the facet's UUID, `start` counts from 0 [D]; at most
 * KLASSIFIKATION_BATCH ids. False: arena or body full. */
bool klassifikation_build_soeg(struct arena *arena, struct str request_id, struct str facet,
                               size_t start, struct ask *ask);
bool klassifikation_build_list(struct arena *arena, struct str request_id,
                               const struct klassifikation_id *ids, size_t count, struct ask *ask);

/* ANSWERED, EMPTY ("not found": StatusKode 44), or what went wrong; an answer that does not name
 * our request is INVALID. Texts lie in the arena. `ids` is set; `classes` are added to. */
enum outcome klassifikation_parse_soeg(struct arena *arena, struct str request_id,
                                       const struct answer *answer, struct klassifikation_ids *ids,
                                       struct answer_fault *fault);
/* A class that was not asked for is INVALID. Passive and deleted ones give nothing. */
enum outcome klassifikation_parse_list(struct arena *arena, struct str request_id,
                                       const struct answer *answer,
                                       const struct klassifikation_id *ids, size_t count,
                                       struct klassifikation_classes *classes,
                                       struct answer_fault *fault);

#endif
