/* SPDX-License-Identifier: MIT */
/* agreement: which portal may ask which source for what about which authority, from when until
 * when, and on which data-processing contract that rests (policies/agreements.json). Nobody is
 * asked without an agreement in force. Pure. */
#ifndef POLICY_AGREEMENT_H
#define POLICY_AGREEMENT_H

#include "adapters/item.h"
#include "policy/document.h"
#include "policy/index.h"

enum { CERTIFICATE_DIGITS = 64 }; /* SHA-256 of a certificate, in hex */

struct agreement {
    struct str portal;         /* its id */
    const struct str *sources; /* source ids; "*" names all */
    size_t source_count;
    unsigned kinds;                /* ITEM_KIND_BITs */
    const struct str *authorities; /* CVR numbers or municipality codes; none: all that the source
                                    * answers for */
    size_t authority_count;
    struct date from, to; /* both inclusive, in Danish time; unknown: open */
    struct str contract;  /* the data-processing contract, as the operator's archive names it */
};

/* A display client: a portal, as it is recognised. */
struct portal {
    struct str id;
    const struct str *clients; /* the client ids of tokens issued to it */
    size_t client_count;
    const struct str *certificates; /* lower-case hex; none: it needs none */
    size_t certificate_count;
    struct text name;                /* what people call it; none: its id */
    const struct str *test_citizens; /* whom its developers may log in as: their ids */
    size_t test_citizen_count;
    bool is_service;    /* reads by consent alone, never by a login (policy/service) */
    bool server_timing; /* it may see how long each source took, as Server-Timing */
    const struct agreement *agreements;
    size_t agreement_count;
    /* The sources that its agreements name, whenever they are in force, as places in the snapshot's
     * routes; NULL: all, or not looked up. */
    const uint32_t *routes;
    size_t route_count;
    size_t left_out; /* of the sources that citizens may see, those that they do not name */
};

struct agreements {
    struct portal *portals;
    size_t portal_count;
    struct agreement *at; /* by portal, in the file's order */
    size_t count;
};
/* The SHA-256 of a certificate: "AB:CD…", as openssl x509 -fingerprint prints it, or without
 * colons; as small letters. */
struct str certificate_parse(struct node node, struct arena *arena, struct faults *faults);
void agreements_parse(struct node root, struct agreements *list, struct arena *arena,
                      struct faults *faults);
/* Complains of sources that do not exist; `ids` are all that do. */
void agreements_check(struct node root, const struct str *ids, size_t id_count,
                      struct faults *faults);

/* Looks up which of the routes each portal has anything to do with. `routes`: their places, by id.
 */
void agreements_find_routes(struct agreements *list, const struct index *routes,
                            struct arena *arena);

enum portal_verdict {
    PORTAL_KNOWN,
    PORTAL_OF_SERVICE,          /* a service, which reads by consent and not by a login */
    PORTAL_UNKNOWN,             /* nobody with an agreement */
    PORTAL_WITHOUT_CERTIFICATE, /* it is known by certificates, and showed none of them */
    PORTAL_OF_ANOTHER,          /* the token was issued to another portal than the certificate */
};
/* Who asks, by the client id of the token and the certificate of the connection ("" none). *portal
 * is set with PORTAL_KNOWN. */
enum portal_verdict portal_find(const struct agreements *list, struct str client,
                                struct str certificate, const struct portal **portal)
    __attribute__((warn_unused_result));

/* The portal that a service is, when it has agreements; NULL: it may not ask. */
const struct portal *portal_of_service(const struct agreements *list, struct str id);

/* The kinds that the agreements in force on `day` let the portal ask this source for about this
 * authority (NULL: about any); 0: nothing. */
unsigned portal_kinds(const struct portal *portal, struct str source,
                      const struct authority *authority, struct date day);

/* Whom the source may answer for (myndighedsliste): those that agreements in force on `day` name,
 * and `own` where one names none. At most `max`; the count is returned. */
size_t portal_authorities(const struct portal *portal, struct str source, const struct str *own,
                          size_t own_count, struct date day, struct str *out, size_t max);
/* As many as portal_authorities can ever give beside `own`. */
size_t portal_authorities_max(const struct portal *portal);

#endif
