/* SPDX-License-Identifier: MIT */
/* service: one service of one sandbox authority: a request's body becomes an answer's body. Pure
 * but for the clock it is handed; the server around it does TLS, HTTP, tokens and faults. The
 * synthetic citizens and what is held about them are data: citizens.json and data/<authority>.json.
 */
#ifndef SANDBOX_SERVICE_H
#define SANDBOX_SERVICE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "identity/cpr.h"
#include "identity/level.h"

#include <jansson.h>

struct sandbox_request {
    struct str path;        /* "/hentsagsliste/v2.0.0" */
    struct str soap_action; /* without quotes; "" when absent */
    struct str request_id;  /* X-Request-Id; "" when absent */
    struct str body;
    struct wall now;
};

/* What an authority knows: the persons (array of citizens.json) and its own holdings
 * (data/<authority>.json, an object keyed by the citizen's id). */
struct sandbox_data {
    const json_t *citizens;
    const json_t *holdings;
};
/* The person with this number, or NULL; the holdings of a person, or NULL. */
const json_t *sandbox_citizen(const struct sandbox_data *data, struct str cpr);
const json_t *sandbox_holdings(const struct sandbox_data *data, const json_t *citizen);

struct sandbox_reply {
    int status;               /* HTTP */
    const char *content_type; /* constant */
    struct buf *body;         /* the server's, empty */
    struct str citizen;       /* id of the person asked about, for faults bound to a story; "" */
};

/* How the answer's content is bent, for the faults that lie in the content and not in the
 * transfer. The server passes the fault in force to the service. */
enum sandbox_bend {
    BEND_NONE,
    BEND_FOREIGN,       /* another citizen's data, named as such */
    BEND_UNNAMED,       /* neither citizen nor request id is named */
    BEND_WRONG_ECHO,    /* another request id, no citizen named */
    BEND_WRONG_TYPE,    /* a number where a text belongs */
    BEND_DUPLICATE,     /* a member (element) twice */
    BEND_HUGE,          /* 20 MB of valid items */
    BEND_MANY,          /* more items than any setting allows */
    BEND_DEEP,          /* nesting without end */
    BEND_LOOPING_PAGES, /* every page names a next page */
    BEND_STALE,         /* says itself that it is from yesterday */
    BEND_NO_ECHO,       /* the citizen is named, the request is not */
    BEND_ANY_ITEM,      /* a detail is anybody's who asks */
    /* of items: sandbox/bend.h */
    BEND_UNTITLED,          /* no title */
    BEND_ODD_STATUS,        /* a state that no list has */
    BEND_UNSTABLE,          /* other words each time */
    BEND_OTHER_AUTHORITY,   /* index: of another authority than asked for */
    BEND_BARE,              /* index: no case number, no time of creation */
    BEND_NO_NOTES,          /* index: no journal notes */
    BEND_NO_DOCUMENTS,      /* index: no documents */
    BEND_NO_ORGANISATION,   /* index: no responsible unit */
    BEND_NO_CLASSIFICATION, /* index: no subject (KLE) */
    BEND_LEFT_BEHIND,       /* index: a case that an earlier system left behind */
    BEND_ODD_PROGRESS,      /* index: one inner state stands for several steps of Fremdrift */
    BEND_ERROR              /* the contract's own error answer */
};

struct sandbox_service {
    struct str path;
    void (*answer)(const struct sandbox_data *data, const struct sandbox_request *request,
                   enum sandbox_bend bend, struct arena *arena, struct sandbox_reply *reply);
};

/* An authority of the sandbox: a TLS server of its own. */
struct sandbox_authority {
    struct str name;    /* "municipal", "atp": names its certificate, its data file and its port */
    struct str sources; /* what the ids of its sources begin with: "kommuner.", "atp." */
    const struct sandbox_service *services;
    size_t service_count;
    enum level level;       /* least level of login; NONE: it is asked on nobody's behalf */
    struct str certificate; /* whose it shows; STR_NONE: its own */
    json_t *holdings;       /* NULL: data/<name>.json */
};

/* The explicit list (sandbox/authorities.c). */
const struct sandbox_authority *sandbox_authority_at(size_t index); /* NULL behind the last */

#endif
