/* SPDX-License-Identifier: MIT */
#include "record/log_check.h"

#include "base/reader.h"
#include "record/log_entry.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { END_RECORDS = 300 };

/* What is being checked. The walk over the records keeps a frontier of its own. */
struct check {
    struct log_store *store;
    struct str node;
    const struct key_set *keys;
    struct log_report *report;
    struct chain_frontier frontier; /* of the records walked over; only when whole */
    struct chain_hash previous;     /* leaf of the record before */
    uint64_t next;                  /* the record that comes next */
    uint64_t pruning_said;          /* the newest word of the record on what was pruned */
    bool is_whole;
};

__attribute__((format(printf, 3, 4))) static bool fault(struct check *check, uint64_t seq,
                                                        const char *format, ...)
{
    struct log_report *report = check->report;
    va_list args;
    if (report->has_fault && report->bad <= seq)
        return false;
    report->has_fault = true;
    report->bad = seq;
    va_start(args, format);
    vsnprintf(report->what, sizeof report->what, format, args);
    va_end(args);
    return false;
}

static bool read_hash(void *ctx, unsigned level, uint64_t index, struct chain_hash *hash)
{
    const struct check *check = ctx;
    return log_store_hash(check->store, check->node, level, index, hash);
}

/* ---- checkpoints ---- */

/* Of more records than there were when we began: signed since, or the end was cut off. */
static bool check_younger(struct check *check, uint64_t signed_size)
{
    uint64_t size = 0;
    if (log_store_size(check->store, check->node, &size) && size >= signed_size)
        return true;
    return fault(check, size,
                 "records are missing at the end: a checkpoint speaks of %" PRIu64
                 ", there are %" PRIu64,
                 signed_size, size);
}

static bool check_checkpoint(void *ctx, const struct log_checkpoint *checkpoint)
{
    struct check *check = ctx;
    struct checkpoint_head head;
    const char *what = check->keys ? checkpoint_fault(checkpoint, check->node, check->keys, &head)
                       : checkpoint_parse(checkpoint->text, &head) ? NULL
                                                                   : "its text is not one";
    uint64_t last = checkpoint->size > 0 ? checkpoint->size - 1 : 0;
    struct chain_frontier frontier = check->frontier;

    if (what)
        return fault(check, last, "the checkpoint of %" PRIu64 " records does not count: %s",
                     checkpoint->size, what);
    if (head.size > check->report->size)
        return check_younger(check, head.size);
    if (!check->is_whole) {
        struct chain_reader reader = {read_hash, check};
        if (!chain_frontier_read(&reader, head.size, &frontier))
            return fault(check, last, "the hashes below a checkpoint cannot be read");
    }
    struct chain_hash root = chain_root(&frontier);
    if (!chain_hash_equal(&root, &head.root))
        return fault(check, last, "the first %" PRIu64 " records are not those that were signed",
                     head.size);
    check->report->checkpoints++;
    if (head.size >= check->report->signed_size) {
        check->report->signed_size = head.size;
        check->report->signed_at = head.time;
    }
    return true;
}

/* The one over exactly this many records, if there is one; beyond them those that are too large. */
struct at_size {
    struct check *check;
    uint64_t size;
};

static bool check_if_of_size(void *ctx, const struct log_checkpoint *checkpoint)
{
    struct at_size *at = ctx;
    if (checkpoint->size == at->size || checkpoint->size > at->check->report->size)
        check_checkpoint(at->check, checkpoint);
    return false;
}

/* ---- records ---- */

/* What a record about pruning says of how far it went. */
static void read_pruning(struct check *check, struct str body)
{
    struct reader r;
    struct str name, event = STR_NONE;
    int64_t before = 0;
    reader_init(&r, body, NULL);
    if (reader_object(&r))
        while (reader_member(&r, &name)) {
            if (str_equal(name, STR("event")))
                event = reader_string(&r);
            else if (str_equal(name, STR("pruned_before")))
                before = reader_int(&r, 0, INT64_MAX);
            else
                reader_skip(&r);
        }
    if (str_equal(event, STR("pruned")) && reader_end(&r))
        check->pruning_said = (uint64_t)before;
}

static bool check_content(struct check *check, const struct log_row *row)
{
    struct log_place place;
    struct chain_hash leaf = chain_leaf(row->body);
    if (!chain_hash_equal(&leaf, &row->leaf))
        return fault(check, row->seq, "its content was changed: it does not give its hash");
    if (!log_entry_place(row->body, &place))
        return fault(check, row->seq, "its content is not a record");
    if (!str_equal(place.node, check->node) || place.seq != row->seq)
        return fault(check, row->seq, "it stands at another record's place");
    if (!chain_hash_equal(&place.previous, &check->previous))
        return fault(check, row->seq, "it does not follow the record before it");
    if (str_find(row->body, STR("\"event\":\"pruned\"")) < row->body.len)
        read_pruning(check, row->body);
    return true;
}

/* Pruning may go on while we read. */
static bool check_pruned(struct check *check, uint64_t seq)
{
    uint64_t pruned = check->report->pruned;
    if (seq < pruned || (log_store_pruned(check->store, check->node, &pruned) && seq < pruned))
        return true;
    return fault(check, seq, "its content is gone, and no pruning went so far");
}

static bool check_row(void *ctx, const struct log_row *row)
{
    struct check *check = ctx;
    if (row->seq != check->next)
        return fault(check, check->next, "it is missing: record %" PRIu64 " follows %s", row->seq,
                     check->next > 0 ? "the one before it" : "nothing");
    if (row->body.at ? !check_content(check, row) : !check_pruned(check, row->seq))
        return false;
    check->previous = row->leaf;
    check->next++;
    if (check->is_whole)
        chain_add(&check->frontier, &row->leaf, NULL, NULL);
    return true;
}

/* ---- the walk ---- */

/* Checkpoints are compared where the walk passes their size, so both are read side by side: the
 * records up to the next checkpoint's size, then it. */
struct segment {
    struct check *check;
    uint64_t end;
};

static bool check_until(void *ctx, const struct log_row *row)
{
    struct segment *segment = ctx;
    return row->seq < segment->end && check_row(segment->check, row);
}

static bool walk_to(struct check *check, uint64_t end)
{
    struct segment segment = {check, end};
    if (!log_store_rows(check->store, check->node, check->next, check_until, &segment))
        return fault(check, check->next, "it cannot be read: %s", log_store_why(check->store));
    if (check->report->has_fault)
        return false;
    return check->next >= end ||
           fault(check, check->next, "it is missing: nothing follows the one before it");
}

static bool find_size(void *ctx, const struct log_checkpoint *checkpoint)
{
    *(uint64_t *)ctx = checkpoint->size;
    return false;
}

static bool walk(struct check *check)
{
    struct log_report *report = check->report;
    while (check->is_whole) {
        uint64_t size = 0;
        struct at_size at = {check, 0};
        if (!log_store_checkpoints(check->store, check->node, check->next + 1, find_size, &size))
            return fault(check, check->next, "the checkpoints cannot be read: %s",
                         log_store_why(check->store));
        if (size == 0)
            break;
        at.size = size;
        if (size <= report->size && !walk_to(check, size))
            return false;
        if (!log_store_checkpoints(check->store, check->node, size, check_if_of_size, &at))
            return fault(check, check->next, "the checkpoints cannot be read: %s",
                         log_store_why(check->store));
        if (report->has_fault)
            return false;
    }
    return walk_to(check, report->size);
}

/* The kept hashes that proofs are made of must be those of the records. */
static bool check_tree(struct check *check)
{
    struct chain_reader reader = {read_hash, check};
    struct chain_frontier kept;
    if (!chain_frontier_read(&reader, check->report->size, &kept))
        return fault(check, check->next, "hashes of the tree are missing");
    struct chain_hash root = chain_root(&kept), walked = chain_root(&check->frontier);
    check->report->root = root;
    return !check->is_whole || chain_hash_equal(&root, &walked) ||
           fault(check, check->next, "the kept hashes are not those of the records");
}

static bool check_node(struct check *check)
{
    struct log_report *report = check->report;
    /* In this order: what is pruned meanwhile is said by records that we read. */
    if (!log_store_pruned(check->store, check->node, &report->pruned) ||
        !log_store_size(check->store, check->node, &report->size))
        return fault(check, 0, "it cannot be read: %s", log_store_why(check->store));
    if (!check->is_whole && report->size > END_RECORDS)
        check->next = report->size - END_RECORDS;
    if (check->next > 0 && !read_hash(check, 0, check->next - 1, &check->previous))
        return fault(check, check->next - 1, "it is missing");
    if (!walk(check) || !check_tree(check))
        return false;
    if (!check->is_whole)
        return (log_store_newest(check->store, check->node, check_checkpoint, check) ||
                fault(check, check->next, "the checkpoints cannot be read")) &&
               !report->has_fault;
    return report->pruned <= check->pruning_said ||
           fault(check, check->pruning_said,
                 "the content of the first %" PRIu64
                 " records is gone, but the record says that %" PRIu64 " were pruned",
                 report->pruned, check->pruning_said);
}

bool log_check_whole(struct log_store *store, struct str node, const struct key_set *keys,
                     struct log_report *report)
{
    struct check check = {
        .store = store, .node = node, .keys = keys, .report = report, .is_whole = true};
    *report = (struct log_report){0};
    return check_node(&check);
}

bool log_check_end(struct log_store *store, struct str node, const struct key_set *keys,
                   struct log_report *report)
{
    struct check check = {.store = store, .node = node, .keys = keys, .report = report};
    *report = (struct log_report){0};
    return check_node(&check);
}
