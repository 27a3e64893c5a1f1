/* SPDX-License-Identifier: MIT */
#include "record/log_check.h"

#include "base/reader.h"
#include "record/log_entry.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { END_RECORDS = 300, RECORD_MAX = 4 * 1024 * 1024 };

/* What is being checked. The walk over the records keeps a frontier of its own. */
struct check {
    struct log_store *store;
    struct str node;
    const struct key_set *keys;
    struct log_report *report;
    struct arena *arena;            /* for one record at a time */
    struct buf others;              /* what the checkpoint before said of other chains */
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

/* ---- what checkpoints say of other nodes' chains ---- */

struct node_search {
    struct str node;
    bool is_found;
};

static bool find_node(void *ctx, struct str node)
{
    struct node_search *search = ctx;
    search->is_found = search->is_found || str_equal(node, search->node);
    return !search->is_found;
}

/* Is the head that was signed for another chain still one of that chain's own checkpoints? Its own
 * check proves those against its records. */
struct head_search {
    const struct chain_head *head;
    bool is_found;
};

static bool find_head(void *ctx, const struct log_checkpoint *checkpoint)
{
    struct head_search *search = ctx;
    struct checkpoint_head own;
    search->is_found = checkpoint->size == search->head->size &&
                       checkpoint_parse(checkpoint->text, &own) &&
                       str_equal(own.own.node, search->head->node) &&
                       chain_hash_equal(&own.own.root, &search->head->root);
    return false;
}

static bool check_other(struct check *check, uint64_t last, const struct chain_head *head)
{
    struct node_search node = {head->node, false};
    struct head_search search = {head, false};
    uint64_t size = 0;
    if (!log_store_nodes(check->store, find_node, &node) ||
        !log_store_size(check->store, head->node, &size) ||
        !log_store_checkpoints(check->store, head->node, head->size, find_head, &search))
        return fault(check, last, "the other chains cannot be read: %s",
                     log_store_why(check->store));
    if (!node.is_found || size < head->size)
        return fault(check, last,
                     "the chain of %.*s has gone back: %" PRIu64
                     " of its records were signed here, there are %" PRIu64,
                     STR_ARG(head->node), head->size, node.is_found ? size : 0);
    return search.is_found ||
           fault(check, last,
                 "the checkpoint of %.*s over %" PRIu64 " records, which was signed here, is gone "
                 "or changed",
                 STR_ARG(head->node), head->size);
}

/* Every chain that was known before is known still, and none is shorter. */
static bool check_others(struct check *check, uint64_t last, struct str others)
{
    struct chain_head head, now;
    for (struct str before = buf_str(&check->others); checkpoint_next_other(&before, &head);) {
        bool is_known = checkpoint_find_other(others, head.node, &now);
        if (!is_known || now.size < head.size)
            return fault(check, last,
                         "the chain of %.*s has gone back: a checkpoint says %" PRIu64
                         " records, the one before it said %" PRIu64,
                         STR_ARG(head.node), is_known ? now.size : 0, head.size);
    }
    for (struct str rest = others; checkpoint_next_other(&rest, &now);) {
        bool was_known = checkpoint_find_other(buf_str(&check->others), now.node, &head);
        if ((!was_known || head.size != now.size || !chain_hash_equal(&head.root, &now.root)) &&
            !check_other(check, last, &now))
            return false;
    }
    buf_reset(&check->others);
    buf_add_str(&check->others, others);
    return true;
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
    if (head.own.size > check->report->size)
        return check_younger(check, head.own.size);
    if (!check->is_whole) {
        struct chain_reader reader = {read_hash, check};
        if (!chain_frontier_read(&reader, head.own.size, &frontier))
            return fault(check, last, "the hashes below a checkpoint cannot be read");
    }
    struct chain_hash root = chain_root(&frontier);
    if (!chain_hash_equal(&root, &head.own.root))
        return fault(check, last, "the first %" PRIu64 " records are not those that were signed",
                     head.own.size);
    if (check->is_whole && !check_others(check, last, head.others))
        return false;
    check->report->checkpoints++;
    if (head.own.size >= check->report->signed_size) {
        check->report->signed_size = head.own.size;
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

/* What a record is found by, and forgotten by, lies beside it and is not under its hash. */
static const char *column_fault(struct check *check, const struct log_row *row)
{
    struct log_row said = {0};
    arena_reset(check->arena);
    if (!log_entry_read(row->body, check->arena, &said))
        return "form";
    return row->time_ms != said.time_ms             ? "time"
           : !str_equal(row->receipt, said.receipt) ? "receipt"
           : !str_equal(row->subject, said.subject) ? "subject"
           : !str_equal(row->actor, said.actor)     ? "actor"
                                                    : NULL;
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
    const char *column = column_fault(check, row);
    if (column)
        return fault(check, row->seq, "it is filed under another %s than its content says", column);
    if (str_find(row->body, STR("\"event\":\"pruned\"")) < row->body.len)
        read_pruning(check, row->body);
    return true;
}

/* Pruning may go on while we read. */
static bool check_pruned(struct check *check, const struct log_row *row)
{
    uint64_t pruned = check->report->pruned, seq = row->seq;
    if (row->time_ms || row->receipt.at || row->subject.at || row->actor.at)
        return fault(check, seq, "its content is gone, but not what it is found by");
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
    if (row->body.at ? !check_content(check, row) : !check_pruned(check, row))
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

static bool run(struct check *check)
{
    *check->report = (struct log_report){0};
    check->arena = arena_new(RECORD_MAX);
    buf_init(&check->others, CHECKPOINT_TEXT_MAX);
    bool is_right = check_node(check);
    arena_free(&check->arena);
    buf_clear(&check->others);
    return is_right;
}

bool log_check_whole(struct log_store *store, struct str node, const struct key_set *keys,
                     struct log_report *report)
{
    struct check check = {
        .store = store, .node = node, .keys = keys, .report = report, .is_whole = true};
    return run(&check);
}

bool log_check_end(struct log_store *store, struct str node, const struct key_set *keys,
                   struct log_report *report)
{
    struct check check = {.store = store, .node = node, .keys = keys, .report = report};
    return run(&check);
}
