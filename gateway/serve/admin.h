/* SPDX-License-Identifier: MIT */
/* admin: the operators' door, on the control thread's loop: a Unix socket that only the process's
 * user and root may open, and TLS for those whose certificate policies/operators.json names. One
 * table of routes; each handler may answer at once, or keep the exchange and answer later. Every
 * write is logged and noted in the access record with who did it and why, and every reading of the
 * record, which knows persons by pseudonym. Nothing else here is about a person. */
#ifndef SERVE_ADMIN_H
#define SERVE_ADMIN_H

#include "identity/jwks.h"
#include "serve/reload.h"
#include "serve/worker.h"

struct admin;

/* What handlers may look at now; valid during the call. */
struct admin_facts {
    struct shared *shared;
    struct worker *const *workers;
    size_t worker_count;
    struct loop *loop;
    struct fetch_pool *pool;   /* of this loop */
    struct snapshot *snapshot; /* in force */
    const struct jwks *jwks;
};
typedef void admin_look_fn(void *ctx, struct admin_facts *facts);

/* `shared` knows how to ask for a reload. */
struct admin *admin_new(struct loop *loop, const struct http_settings *settings,
                        admin_look_fn *look, void *ctx);
/* False: *why is a text for the operator. `tls` lives until admin_free. */
bool admin_listen_local(struct admin *admin, const char *path, const char **why)
    __attribute__((warn_unused_result));
bool admin_listen_tls(struct admin *admin, const char *address, uint16_t port, SSL_CTX *tls,
                      uint16_t *bound, const char **why) __attribute__((warn_unused_result));
void admin_free(struct admin **admin);

/* The configuration was read again: remembers the report (and owns it), answers who waits for it.
 */
void admin_take_report(struct admin *admin, struct reload_report *report);

#endif
