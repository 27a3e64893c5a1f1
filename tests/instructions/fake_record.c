/* SPDX-License-Identifier: MIT */
#include "counted.h"
#include "world.h"

#include "base/die.h"

/* The one that is under way. */
struct access_append {
    struct access_append **slot; /* NULL: none */
    access_done_fn *done;
    void *ctx;
};
static struct access_append under_way;
static size_t records;

size_t fake_records(void)
{
    return records;
}

void access_log_append(struct access_log *log, struct loop *loop, struct str line,
                       struct access_append **slot, access_done_fn *done, void *ctx)
{
    (void)log, (void)loop;
    if (under_way.slot || line.len == 0)
        die("one record at a time");
    under_way = (struct access_append){slot, done, ctx};
    *slot = &under_way;
    records++;
}

void access_log_cancel(struct access_append **slot)
{
    if (*slot)
        (*slot)->slot = NULL;
    *slot = NULL;
}

void access_log_note(struct access_log *log, struct str line)
{
    (void)log;
    records += line.len > 0;
}

bool fake_record_turn(void)
{
    struct access_append append = under_way;
    if (!append.slot)
        return false;
    under_way.slot = NULL;
    *append.slot = NULL;
    counted_on();
    append.done(append.ctx, true);
    counted_off();
    return true;
}

bool access_log_is_well(struct access_log *log)
{
    (void)log;
    return true;
}

size_t access_log_queued(struct access_log *log)
{
    (void)log;
    return 0;
}

/* ---- the rest of the header ---- */

struct access_log *access_log_open(const struct access_log_spec *spec, char why[ACCESS_WHY_MAX])
{
    (void)spec, (void)why;
    die("no file is opened here");
}

void access_log_close(struct access_log **log)
{
    (void)log;
    die("no file is opened here");
}
