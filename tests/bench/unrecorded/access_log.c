/* SPDX-License-Identifier: MIT */
/* For the bench alone: an access log that keeps nothing and says at once that it is durable, so
 * that it can be measured what the real one adds. It is linked into a program of its own; the
 * product has no such switch. */
#include "record/access_log.h"

#include "base/die.h"

#include <stdlib.h>

struct access_append {
    struct access_append **slot; /* NULL: cancelled */
    access_done_fn *done;
    void *ctx;
};

struct access_log *access_log_open(const struct access_log_spec *spec, char why[ACCESS_WHY_MAX])
{
    (void)spec, (void)why;
    return die_calloc(1, 1);
}

void access_log_close(struct access_log **log)
{
    free(*log);
    *log = NULL;
}

bool access_log_is_well(struct access_log *log)
{
    return log != NULL;
}

size_t access_log_queued(struct access_log *log)
{
    (void)log;
    return 0;
}

static void tell(void *ctx)
{
    struct access_append *append = ctx;
    if (append->slot) {
        *append->slot = NULL;
        append->done(append->ctx, true);
    }
    free(append);
}

void access_log_append(struct access_log *log, struct loop *loop, struct str line,
                       struct access_append **slot, access_done_fn *done, void *ctx)
{
    struct access_append *append = die_calloc(1, sizeof *append);
    (void)log, (void)line;
    *append = (struct access_append){slot, done, ctx};
    *slot = append;
    loop_post(loop, tell, append);
}

void access_log_cancel(struct access_append **slot)
{
    if (*slot)
        (*slot)->slot = NULL;
    *slot = NULL;
}

void access_log_note(struct access_log *log, struct str line)
{
    (void)log, (void)line;
}
