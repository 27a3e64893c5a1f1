/* SPDX-License-Identifier: MIT */
/* log_store: where the access record lies: its records, the kept hashes of its tree, its signed
 * checkpoints, and what the records add up to in monthly reports. One interface, two stores behind
 * it: SQLite, for a node alone (record/log_sqlite), and PostgreSQL, for several that share a
 * database (record/log_postgres). Each node has a chain of its own. A store is one thread's;
 * whoever writes and whoever reads have each their own.
 *
 * Every call may wait for the disk or the network, so workers' threads stay away. After a call that
 * failed the store is closed and opened anew: nothing of a transaction that was not committed is
 * there then. */
#ifndef RECORD_LOG_STORE_H
#define RECORD_LOG_STORE_H

#include "record/chain.h"
#include "record/report_tally.h"

enum {
    LOG_NODE_MAX = 64,
    LOG_NODES_MAX = 256, /* that ever wrote to one store */
    LOG_TEXT_MAX = 1024
};

struct log_store;

struct log_store_spec {
    const char *sqlite;   /* the store's file; used when `postgres` is absent */
    const char *postgres; /* libpq's connection string; NULL: none */
    struct str node;      /* whose chain is written; STR_NONE: only read */
    bool is_unchecked;    /* this process has had it checked */
};

/* NULL: *why tells. */
struct log_store *log_store_open(const struct log_store_spec *spec, const char **why);
void log_store_close(struct log_store **store);

/* ---- what lies there ---- */

struct log_row {
    uint64_t seq;       /* from 0: the leaf's place */
    struct str node;    /* read only */
    int64_t time_ms;    /* 0: pruned */
    struct str receipt; /* STR_NONE: has none, or pruned; so */
    struct str subject; /* are the pseudonyms of whose data it is */
    struct str actor;   /* and of who looked, when that is somebody else */
    struct str body;    /* the record's bytes, JSON; STR_NONE: pruned */
    struct chain_hash leaf;
};

struct log_checkpoint {
    uint64_t size;
    struct str text, kid, signature; /* see record/checkpoint.h */
};

/* ---- writing, in one transaction ---- */

bool log_store_begin(struct log_store *store) __attribute__((warn_unused_result));
bool log_store_add(struct log_store *store, const struct log_row *row)
    __attribute__((warn_unused_result));
bool log_store_keep(struct log_store *store, unsigned level, uint64_t index,
                    const struct chain_hash *hash) __attribute__((warn_unused_result));
bool log_store_sign(struct log_store *store, const struct log_checkpoint *checkpoint)
    __attribute__((warn_unused_result));
/* Takes the content of the records before `end` away, what they are found by too; the leaf stays.
 */
bool log_store_prune(struct log_store *store, uint64_t end) __attribute__((warn_unused_result));
/* Adds to what stands there; each cell at most once in one call. */
bool log_store_count(struct log_store *store, const struct report_cell *cells, size_t count)
    __attribute__((warn_unused_result));
/* Deletes this node's cells of months before this one. */
bool log_store_forget_counts(struct log_store *store, int month)
    __attribute__((warn_unused_result));
/* Durable when it returns true. */
bool log_store_commit(struct log_store *store) __attribute__((warn_unused_result));

/* ---- reading ---- */

/* Each chain's name, oldest first; false from `each` ends it. */
typedef bool log_node_fn(void *ctx, struct str node);
bool log_store_nodes(struct log_store *store, log_node_fn *each, void *ctx)
    __attribute__((warn_unused_result));

/* How many records a node's chain has; 0 for one that is not known. */
bool log_store_size(struct log_store *store, struct str node, uint64_t *size)
    __attribute__((warn_unused_result));
/* The first record whose content is still there; the chain's size when none is. */
bool log_store_pruned(struct log_store *store, struct str node, uint64_t *first)
    __attribute__((warn_unused_result));
/* A hash as chain_read_fn wants it. */
bool log_store_hash(struct log_store *store, struct str node, unsigned level, uint64_t index,
                    struct chain_hash *hash) __attribute__((warn_unused_result));

/* What is borrowed is valid during the call; false from `each` ends the reading, which is then
 * still well. */
typedef bool log_row_fn(void *ctx, const struct log_row *row);
bool log_store_rows(struct log_store *store, struct str node, uint64_t from, log_row_fn *each,
                    void *ctx) __attribute__((warn_unused_result));
bool log_store_receipt(struct log_store *store, struct str receipt, log_row_fn *each, void *ctx)
    __attribute__((warn_unused_result));

/* Records about one pseudonym, of all nodes, from the newest receipt down, those below `before`
 * (STR_NONE: all). With `is_actor` those where it looked at somebody else's data. */
bool log_store_person(struct log_store *store, struct str pseudonym, bool is_actor,
                      struct str before, log_row_fn *each, void *ctx)
    __attribute__((warn_unused_result));

/* By size; `each` false ends. */
typedef bool log_checkpoint_fn(void *ctx, const struct log_checkpoint *checkpoint);
bool log_store_checkpoints(struct log_store *store, struct str node, uint64_t from,
                           log_checkpoint_fn *each, void *ctx) __attribute__((warn_unused_result));

/* The newest alone. */
bool log_store_newest(struct log_store *store, struct str node, log_checkpoint_fn *each, void *ctx)
    __attribute__((warn_unused_result));

/* A month's cells, each the sum over all nodes: by municipality, source and what. */
typedef bool log_count_fn(void *ctx, const struct report_cell *cell);
bool log_store_counts(struct log_store *store, int month, log_count_fn *each, void *ctx)
    __attribute__((warn_unused_result));

/* A copy of the whole store as it is at one moment, in a new file. False: *why. */
bool log_store_backup(struct log_store *store, const char *path, const char **why)
    __attribute__((warn_unused_result));

/* What the last call that failed was about, for the operator. */
const char *log_store_why(const struct log_store *store);

/* ---- for the stores themselves ---- */

/* One function for each of the above. */
struct log_store_kind {
    void (*close)(struct log_store *store);
    bool (*begin)(struct log_store *store);
    bool (*add)(struct log_store *store, const struct log_row *row);
    bool (*keep)(struct log_store *store, unsigned level, uint64_t index,
                 const struct chain_hash *hash);
    bool (*sign)(struct log_store *store, const struct log_checkpoint *checkpoint);
    bool (*prune)(struct log_store *store, uint64_t end);
    bool (*count)(struct log_store *store, const struct report_cell *cells, size_t count);
    bool (*forget_counts)(struct log_store *store, int month);
    bool (*commit)(struct log_store *store);
    bool (*nodes)(struct log_store *store, log_node_fn *each, void *ctx);
    bool (*size)(struct log_store *store, struct str node, uint64_t *size);
    bool (*pruned)(struct log_store *store, struct str node, uint64_t *first);
    bool (*hash)(struct log_store *store, struct str node, unsigned level, uint64_t index,
                 struct chain_hash *hash);
    bool (*rows)(struct log_store *store, struct str node, uint64_t from, log_row_fn *each,
                 void *ctx);
    bool (*receipt)(struct log_store *store, struct str receipt, log_row_fn *each, void *ctx);
    bool (*person)(struct log_store *store, struct str pseudonym, bool is_actor, struct str before,
                   log_row_fn *each, void *ctx);
    bool (*checkpoints)(struct log_store *store, struct str node, uint64_t from,
                        log_checkpoint_fn *each, void *ctx);
    bool (*newest)(struct log_store *store, struct str node, log_checkpoint_fn *each, void *ctx);
    bool (*counts)(struct log_store *store, int month, log_count_fn *each, void *ctx);
    bool (*backup)(struct log_store *store, const char *path, const char **why);
    const char *(*why)(const struct log_store *store);
};

/* The first member of each store's own struct. */
struct log_store {
    const struct log_store_kind *kind;
};

struct log_store *log_sqlite_open(const struct log_store_spec *spec, const char **why);
struct log_store *log_postgres_open(const struct log_store_spec *spec, const char **why);

#endif
