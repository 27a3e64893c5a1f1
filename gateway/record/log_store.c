/* SPDX-License-Identifier: MIT */
#include "record/log_store.h"

struct log_store *log_store_open(const struct log_store_spec *spec, const char **why)
{
    return spec->postgres ? log_postgres_open(spec, why) : log_sqlite_open(spec, why);
}

void log_store_close(struct log_store **store)
{
    if (*store)
        (*store)->kind->close(*store);
    *store = NULL;
}

bool log_store_begin(struct log_store *store)
{
    return store->kind->begin(store);
}

bool log_store_add(struct log_store *store, const struct log_row *row)
{
    return store->kind->add(store, row);
}

bool log_store_keep(struct log_store *store, unsigned level, uint64_t index,
                    const struct chain_hash *hash)
{
    return store->kind->keep(store, level, index, hash);
}

bool log_store_sign(struct log_store *store, const struct log_checkpoint *checkpoint)
{
    return store->kind->sign(store, checkpoint);
}

bool log_store_prune(struct log_store *store, uint64_t end)
{
    return store->kind->prune(store, end);
}

bool log_store_count(struct log_store *store, const struct report_cell *cells, size_t count)
{
    return store->kind->count(store, cells, count);
}

bool log_store_forget_counts(struct log_store *store, int month)
{
    return store->kind->forget_counts(store, month);
}

bool log_store_commit(struct log_store *store)
{
    return store->kind->commit(store);
}

bool log_store_nodes(struct log_store *store, log_node_fn *each, void *ctx)
{
    return store->kind->nodes(store, each, ctx);
}

bool log_store_size(struct log_store *store, struct str node, uint64_t *size)
{
    return store->kind->size(store, node, size);
}

bool log_store_pruned(struct log_store *store, struct str node, uint64_t *first)
{
    return store->kind->pruned(store, node, first);
}

bool log_store_hash(struct log_store *store, struct str node, unsigned level, uint64_t index,
                    struct chain_hash *hash)
{
    return store->kind->hash(store, node, level, index, hash);
}

bool log_store_rows(struct log_store *store, struct str node, uint64_t from, log_row_fn *each,
                    void *ctx)
{
    return store->kind->rows(store, node, from, each, ctx);
}

bool log_store_receipt(struct log_store *store, struct str receipt, log_row_fn *each, void *ctx)
{
    return store->kind->receipt(store, receipt, each, ctx);
}

bool log_store_person(struct log_store *store, struct str pseudonym, bool is_actor,
                      struct str before, log_row_fn *each, void *ctx)
{
    return store->kind->person(store, pseudonym, is_actor, before, each, ctx);
}

bool log_store_checkpoints(struct log_store *store, struct str node, uint64_t from,
                           log_checkpoint_fn *each, void *ctx)
{
    return store->kind->checkpoints(store, node, from, each, ctx);
}

bool log_store_newest(struct log_store *store, struct str node, log_checkpoint_fn *each, void *ctx)
{
    return store->kind->newest(store, node, each, ctx);
}

bool log_store_counts(struct log_store *store, int month, log_count_fn *each, void *ctx)
{
    return store->kind->counts(store, month, each, ctx);
}

bool log_store_backup(struct log_store *store, const char *path, const char **why)
{
    return store->kind->backup(store, path, why);
}

const char *log_store_why(const struct log_store *store)
{
    return store->kind->why(store);
}
