/* SPDX-License-Identifier: MIT */
/* consent_store: where consents lie: beside the access record, in the same SQLite file or, when
 * several nodes share it, the same PostgreSQL database, so that a withdrawal at one holds at all. A
 * row names its citizen by a pseudonym and never holds a number or a token.
 *
 * Every call may wait for the disk or the network: it is for the thread of record/consents and for
 * commands. After a call that failed the store is closed and opened anew. */
#ifndef RECORD_CONSENT_STORE_H
#define RECORD_CONSENT_STORE_H

#include "identity/consent.h"
#include "record/log_store.h"

/* How often a use is noted. */
enum { CONSENT_USED_MS = 60 * 1000 };

struct consent_store;

/* Of `spec` what says where it lies. NULL: *why tells. */
struct consent_store *consent_store_open(const struct log_store_spec *spec, const char **why);
void consent_store_close(struct consent_store **store);
const char *consent_store_why(const struct consent_store *store);

/* All return false when the store failed. */

/* Durable when it returns. *is_kept false: the citizen has `most` in force at `now` already. */
bool consent_store_add(struct consent_store *store, const struct consent *consent, size_t most,
                       struct wall now, bool *is_kept) __attribute__((warn_unused_result));
/* Durable when it returns; one that is withdrawn stays as it is. */
bool consent_store_withdraw(struct consent_store *store, struct str id, struct wall now)
    __attribute__((warn_unused_result));
bool consent_store_use(struct consent_store *store, struct str id, struct wall now)
    __attribute__((warn_unused_result));
/* Deletes those that ended before; *count of them. */
bool consent_store_prune(struct consent_store *store, struct wall before, size_t *count)
    __attribute__((warn_unused_result));

/* What is borrowed is valid during the call; false from `each` ends it. */
typedef bool consent_row_fn(void *ctx, const struct consent *consent);
bool consent_store_find(struct consent_store *store, struct str id, consent_row_fn *each, void *ctx)
    __attribute__((warn_unused_result));
/* One citizen's, newest first. */
bool consent_store_list(struct consent_store *store, struct str subject, consent_row_fn *each,
                        void *ctx) __attribute__((warn_unused_result));

/* ---- for the stores themselves ---- */

struct consent_store_kind {
    void (*close)(struct consent_store *store);
    const char *(*why)(const struct consent_store *store);
    bool (*add)(struct consent_store *store, const struct consent *consent, size_t most,
                struct wall now, bool *is_kept);
    bool (*withdraw)(struct consent_store *store, struct str id, struct wall now);
    bool (*use)(struct consent_store *store, struct str id, struct wall now);
    bool (*prune)(struct consent_store *store, struct wall before, size_t *count);
    bool (*find)(struct consent_store *store, struct str id, consent_row_fn *each, void *ctx);
    bool (*list)(struct consent_store *store, struct str subject, consent_row_fn *each, void *ctx);
};

/* The first member of each store's own struct. */
struct consent_store {
    const struct consent_store_kind *kind;
};

struct consent_store *consent_sqlite_open(const struct log_store_spec *spec, const char **why);
struct consent_store *consent_postgres_open(const struct log_store_spec *spec, const char **why);

/* Scope as text in a row: names with a space between them. */
enum { CONSENT_KINDS_TEXT = 128, CONSENT_SOURCES_TEXT = 8 * 1024 };
struct str consent_kinds_text(unsigned kinds, char text[CONSENT_KINDS_TEXT]);
struct str consent_sources_text(const struct consent *consent, char text[CONSENT_SOURCES_TEXT]);
/* The other way; the sources lie in `list`. False: not such texts. */
bool consent_scope_parse(struct str kinds, struct str sources, struct str list[CONSENT_SOURCES_MAX],
                         struct consent *consent) __attribute__((warn_unused_result));

#endif
