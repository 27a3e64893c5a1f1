/* SPDX-License-Identifier: MIT */
#include "record/log_page.h"

#include "base/hex.h"

#include <inttypes.h>
#include <stdio.h>

struct reading {
    struct log_store *store;
    const struct log_page_ask *ask;
    struct log_page *page;
    struct disclosures wanted;
    size_t looked;
    bool has_begun, is_read; /* has_begun: the chain where the page begins has been met */
};

static void add(struct log_page *page, struct str value)
{
    if (page->count++ > 0)
        buf_add_byte(&page->entries, ',');
    buf_add_str(&page->entries, value);
}

static void add_disclosure(void *ctx, struct str object)
{
    add(ctx, object);
}

static void add_pruned(struct log_page *page, const struct log_row *row)
{
    char leaf[2 * CHAIN_HASH + 1], text[LOG_NODE_MAX + 160];
    hex_encode(row->leaf.bytes, CHAIN_HASH, leaf);
    snprintf(text, sizeof text,
             "{\"node\":\"%.*s\",\"seq\":%" PRIu64 ",\"pruned\":true,"
             "\"leaf\":\"%s\"}",
             STR_ARG(row->node), row->seq, leaf);
    add(page, str_of(text));
}

static bool take_row(void *ctx, const struct log_row *row)
{
    struct reading *reading = ctx;
    struct log_page *page = reading->page;
    if (page->count >= reading->ask->limit || reading->looked == LOG_PAGE_LOOKED ||
        page->entries.len > LOG_PAGE_BYTES / 2) {
        page->has_more = true;
        page->from = row->seq;
        snprintf(page->node, sizeof page->node, "%.*s", STR_ARG(row->node));
        return false;
    }
    reading->looked++;
    if (reading->ask->cvr[0])
        disclosures_of(&reading->wanted, row, add_disclosure, page);
    else if (row->body.at)
        add(page, row->body);
    else
        add_pruned(page, row);
    return !page->entries.failed;
}

static bool take_node(void *ctx, struct str node)
{
    struct reading *reading = ctx;
    const struct log_page_ask *ask = reading->ask;
    bool is_first = str_equal(node, str_of(ask->node));
    reading->has_begun = reading->has_begun || !ask->node[0] || is_first;
    if (!reading->has_begun)
        return true;
    reading->is_read =
        log_store_rows(reading->store, node, is_first ? ask->from : 0, take_row, reading);
    return reading->is_read && !reading->page->has_more && !reading->page->entries.failed;
}

bool log_page_read(struct log_store *store, const struct log_page_ask *ask, struct log_page *page)
{
    struct reading reading = {.store = store,
                              .ask = ask,
                              .page = page,
                              .wanted = {.snapshot = ask->snapshot,
                                         .cvr = str_of(ask->cvr),
                                         .first = ask->first,
                                         .last = ask->last},
                              .is_read = true};
    *page = (struct log_page){0};
    buf_init(&page->entries, LOG_PAGE_BYTES);
    bool is_read = ask->receipt[0]
                       ? log_store_receipt(store, str_of(ask->receipt), take_row, &reading)
                       : log_store_nodes(store, take_node, &reading) && reading.is_read;
    return is_read && !page->entries.failed;
}
