/* SPDX-License-Identifier: MIT */
#include "record/consent_store.h"

#include "adapters/item.h"

#include <assert.h>

struct consent_store *consent_store_open(const struct log_store_spec *spec, const char **why)
{
    return spec->postgres ? consent_postgres_open(spec, why) : consent_sqlite_open(spec, why);
}

void consent_store_close(struct consent_store **store)
{
    if (*store)
        (*store)->kind->close(*store);
    *store = NULL;
}

const char *consent_store_why(const struct consent_store *store)
{
    return store->kind->why(store);
}

bool consent_store_add(struct consent_store *store, const struct consent *consent, size_t most,
                       struct wall now, bool *is_kept)
{
    return store->kind->add(store, consent, most, now, is_kept);
}

bool consent_store_withdraw(struct consent_store *store, struct str id, struct wall now)
{
    return store->kind->withdraw(store, id, now);
}

bool consent_store_use(struct consent_store *store, struct str id, struct wall now)
{
    return store->kind->use(store, id, now);
}

bool consent_store_prune(struct consent_store *store, struct wall before, size_t *count)
{
    return store->kind->prune(store, before, count);
}

bool consent_store_find(struct consent_store *store, struct str id, consent_row_fn *each, void *ctx)
{
    return store->kind->find(store, id, each, ctx);
}

bool consent_store_list(struct consent_store *store, struct str subject, consent_row_fn *each,
                        void *ctx)
{
    return store->kind->list(store, subject, each, ctx);
}

/* ---- the scope as text ---- */

static size_t add_word(char *text, size_t len, size_t max, struct str word)
{
    size_t space = len > 0;
    assert(word.len < max - len - space);
    if (space)
        text[len++] = ' ';
    memcpy(text + len, word.at, word.len);
    return len + word.len;
}

struct str consent_kinds_text(unsigned kinds, char text[CONSENT_KINDS_TEXT])
{
    size_t len = 0;
    for (int kind = 0; kind < ITEM_KIND_COUNT; kind++)
        if (kinds & ITEM_KIND_BIT(kind))
            len = add_word(text, len, CONSENT_KINDS_TEXT, item_kind_name((enum item_kind)kind));
    return str_make(text, len);
}

struct str consent_sources_text(const struct consent *consent, char text[CONSENT_SOURCES_TEXT])
{
    size_t len = 0;
    for (size_t i = 0; i < consent->source_count; i++)
        len = add_word(text, len, CONSENT_SOURCES_TEXT, consent->sources[i]);
    return str_make(text, len);
}

bool consent_scope_parse(struct str kinds, struct str sources, struct str list[CONSENT_SOURCES_MAX],
                         struct consent *consent)
{
    consent->kinds = 0;
    consent->sources = list;
    consent->source_count = 0;
    while (kinds.at) {
        enum item_kind kind;
        if (!item_kind_parse(str_split(&kinds, ' '), &kind))
            return false;
        consent->kinds |= ITEM_KIND_BIT(kind);
    }
    while (sources.len > 0) {
        if (consent->source_count == CONSENT_SOURCES_MAX)
            return false;
        list[consent->source_count++] = str_split(&sources, ' ');
    }
    return consent->kinds != 0;
}
