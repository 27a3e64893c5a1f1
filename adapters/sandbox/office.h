/* SPDX-License-Identifier: MIT */
/* office: how an authority of the sandbox treats a call: may the caller ask, what is the answer,
 * and which fault strikes. Counts calls for the control port; with a capture folder it keeps
 * requests and answers for tests, else nothing. */
#ifndef SANDBOX_OFFICE_H
#define SANDBOX_OFFICE_H

#include "adapters/sandbox/connection.h"
#include "adapters/sandbox/data.h"
#include "adapters/sandbox/rules.h"
#include "identity/keys.h"

/* What all authorities share. Borrowed but for the rules. */
struct sandbox_world {
    struct loop *loop;
    const json_t *citizens;
    const struct key_set *gateway_keys; /* of the gateway's tokens */
    struct str gateway_id;              /* their issuer */
    const char *certs_dir;
    const char *data_dir;
    const char *capture_dir; /* NULL: nothing is kept */
    bool insecure;           /* plain http: tokens are not bound to a certificate */
    unsigned captured;
    struct sandbox_rules rules;
};

struct sandbox_office {
    struct sandbox_world *world;
    const struct sandbox_authority *authority;
    struct sandbox_data data;
    struct arena *arena;
    unsigned long calls;        /* requests, refused ones too */
    unsigned long unauthorized; /* of them refused with 401 */
    json_t *paths;              /* calls of each service */
    json_t *last_headers;       /* names of the last request's fields */
};

/* False: `why` says what is wrong with the authority's data. */
bool sandbox_office_init(struct sandbox_office *office, struct sandbox_world *world,
                         const struct sandbox_authority *authority, char why[DATA_WHY_MAX])
    __attribute__((warn_unused_result));
void sandbox_office_clear(struct sandbox_office *office);

void sandbox_office_answer(struct sandbox_office *office, const struct sandbox_call *call,
                           struct sandbox_transfer *transfer);

#endif
