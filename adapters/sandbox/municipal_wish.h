/* SPDX-License-Identifier: MIT */
/* municipal_wish: what a fremsoeg request to one of the two indexes asks for. */
#ifndef SANDBOX_MUNICIPAL_WISH_H
#define SANDBOX_MUNICIPAL_WISH_H

#include "adapters/municipal.h"

/* The parts an answer may hold, as the filter names them. X(bit's name, element, Vis) */
#define MUNICIPAL_PARTS(X)                                                                         \
    X(SHOW_CASE, WISH_CASE_SHOW, "egenskaber")                                                     \
    X(SHOW_CASE_STEPS, WISH_CASE_SHOW, "fremdrift")                                                \
    X(SHOW_CASE_CLASSES, WISH_CASE_SHOW, "sagsklasse")                                             \
    X(SHOW_CASE_ACTORS, WISH_CASE_SHOW, "sagsaktoer")                                              \
    X(SHOW_CASE_PARTIES, WISH_CASE_SHOW, "sagspart")                                               \
    X(SHOW_CASE_RELATIONS, WISH_CASE_SHOW, "sagsrelation")                                         \
    X(SHOW_CASE_PROPERTIES, WISH_CASE_SHOW, "sagsgenstand")                                        \
    X(SHOW_CASE_JOURNAL, WISH_CASE_SHOW, "journalpost")                                            \
    X(SHOW_CASE_NOTES, WISH_CASE_SHOW, "journalpost-journalnote")                                  \
    X(SHOW_CASE_SYSTEMS, WISH_CASE_SHOW, "itsystem")                                               \
    X(SHOW_CASE_PROFILE, WISH_CASE_SHOW, "sikkerhedsprofil")                                       \
    X(SHOW_DOCUMENT, WISH_DOCUMENT_SHOW, "egenskaber")                                             \
    X(SHOW_DOCUMENT_STEPS, WISH_DOCUMENT_SHOW, "fremdrift")                                        \
    X(SHOW_DOCUMENT_DOCUMENTS, WISH_DOCUMENT_SHOW, "dokument")                                     \
    X(SHOW_DOCUMENT_CLASSES, WISH_DOCUMENT_SHOW, "klasse")                                         \
    X(SHOW_DOCUMENT_ACTORS, WISH_DOCUMENT_SHOW, "aktoer")                                          \
    X(SHOW_DOCUMENT_PARTIES, WISH_DOCUMENT_SHOW, "part")                                           \
    X(SHOW_DOCUMENT_SYSTEMS, WISH_DOCUMENT_SHOW, "itsystem")                                       \
    X(SHOW_DOCUMENT_PROFILE, WISH_DOCUMENT_SHOW, "sikkerhedsprofil")                               \
    X(INCLUDE_JOURNAL, WISH_CASE_INCLUDE, "journalpost")                                           \
    X(INCLUDE_RELATED, WISH_CASE_INCLUDE, "sagsrelation")                                          \
    X(SHOW_GRANT, WISH_GRANT_SHOW, "egenskaber")                                                   \
    X(SHOW_GRANT_LOCAL, WISH_GRANT_SHOW, "egenskaberlokaludvidelse")                               \
    X(SHOW_GRANT_BENEFITS, WISH_GRANT_SHOW, "bevilgetydelse")                                      \
    X(SHOW_GRANT_CASE, WISH_GRANT_SHOW, "sag")                                                     \
    X(SHOW_GRANT_PARTIES, WISH_GRANT_SHOW, "part")                                                 \
    X(SHOW_GRANT_OWNER, WISH_GRANT_SHOW, "aktoer-ejer")                                            \
    X(SHOW_GRANT_RESPONSIBLE, WISH_GRANT_SHOW, "aktoer-ansvarlig")                                 \
    X(SHOW_GRANT_PROFILE, WISH_GRANT_SHOW, "sikkerhedsprofil")                                     \
    X(SHOW_PAYMENT, WISH_PAYMENT_SHOW, "egenskaber")                                               \
    X(SHOW_PAYMENT_ACTORS, WISH_PAYMENT_SHOW, "aktoer")                                            \
    X(SHOW_PAYMENT_BENEFITS, WISH_PAYMENT_SHOW, "oekonomiskeydelseeffektueringer")                 \
    X(SHOW_PAYMENT_SYSTEMS, WISH_PAYMENT_SHOW, "itsystem")

enum municipal_part {
#define X(part, element, vis) part,
    MUNICIPAL_PARTS(X)
#undef X
        MUNICIPAL_PART_COUNT
};

enum { SEARCHES_MAX = 8, UUIDS_MAX = 16 };

/* Objects in which this citizen has this role, at this owner (any: ""). */
struct municipal_search {
    enum municipal_role role;
    struct cpr cpr;
    char cvr[9];
    bool is_for_payments;
    uint64_t first, max;
};

struct municipal_wish {
    struct str transaction;
    struct municipal_search searches[SEARCHES_MAX];
    size_t search_count;
    char uuids[UUIDS_MAX][MUNICIPAL_UUID_TEXT]; /* none: all that is found */
    size_t uuid_count;
    uint64_t parts;        /* 1 << enum municipal_part */
    const char *complaint; /* a request that can be read but not met: StatusKode 40; NULL: none */
};

/* What each index is asked with. */
extern const struct soap_element municipal_case_wish, municipal_benefit_wish;

/* False: not a SOAP request of this index; *why says what is wrong. */
bool municipal_wish_read(struct municipal_wish *wish, struct arena *arena, struct str body,
                         const struct soap_element *index, const char **why)
    __attribute__((warn_unused_result));

static inline bool municipal_wants(const struct municipal_wish *wish, enum municipal_part part)
{
    return wish->parts >> part & 1;
}
/* Is the object with this UUID among those asked for by UUID, or were none? */
bool municipal_wish_names(const struct municipal_wish *wish, struct str uuid);

#endif
