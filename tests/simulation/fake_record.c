/* SPDX-License-Identifier: MIT */
/* The second implementation of record/access_log.h: a disk that is slow or broken when the script
 * says so, and a reader who looks at every line. */
#include "base/die.h"
#include "trace.h"
#include "world.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>

struct access_append {
    struct world *world;
    unsigned request;
    struct access_append **slot;
    access_done_fn *done;
    void *ctx;
    struct outside ends;
};

struct access_log *fake_log(struct world *world)
{
    return (struct access_log *)world;
}

static struct world *world_of(struct access_log *log)
{
    return (struct world *)log;
}

static enum outcome find_outcome(const char *name)
{
    for (int i = OUTCOME_PENDING + 1; name && i < OUTCOME_COUNT; i++)
        if (str_equal(outcome_name((enum outcome)i), str_of(name)))
            return (enum outcome)i;
    if (!name || strcmp(name, "abandoned") != 0)
        fault("the record says \"%s\"", name ? name : "nothing");
    return OUTCOME_PENDING;
}

/* One line of JSON with the event wanted: the request it is about. */
static struct sighting *read_line(struct world *world, struct str line, const char *event,
                                  json_t **root)
{
    check_no_number(line, "the record");
    if (!str_ends_with(line, STR("}\n")) || str_find_byte(line, '\n') != line.len - 1)
        fault("not one line: %.*s", STR_ARG(line));
    *root = json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES, NULL);
    const char *name = json_string_value(json_object_get(*root, "event"));
    const char *receipt = json_string_value(json_object_get(*root, "receipt"));
    unsigned request = world_find_receipt(world, str_of(receipt));
    if (!name || strcmp(name, event) != 0 || request == REQUESTS_MAX) {
        fault("a record that nobody asked for: %.*s", STR_ARG(line));
        return NULL;
    }
    return &world->seen[request];
}

static const char *row_text(json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

/* The plan as it was recorded is the plan. */
static void check_intent(const struct sighting *seen, json_t *root)
{
    json_t *plan = json_object_get(root, "plan"), *row;
    size_t i;
    if (json_array_size(plan) != seen->model.count)
        fault("%zu rows are recorded, not %zu", json_array_size(plan), seen->model.count);
    json_array_foreach(plan, i, row)
    {
        const struct model_row *want = &seen->model.rows[i < ROWS_MAX ? i : 0];
        const char *skip = row_text(row, "skip");
        bool is_asked = json_is_true(json_object_get(row, "ask"));
        if (!str_equal(str_of(row_text(row, "source")), source_id(want->source)))
            fault("row %zu is recorded as %s", i, row_text(row, "source"));
        enum outcome planned = is_asked ? OUTCOME_PENDING : find_outcome(skip);
        if (planned != want->skip && !(want->skip == OUTCOME_BUSY && is_asked))
            fault("row %zu is recorded as %s", i, skip ? skip : "asked");
    }
}

static void on_end(void *ctx)
{
    struct access_append *append = ctx;
    struct sighting *seen = &append->world->seen[append->request];
    bool is_durable = append->world->script->requests[append->request].record == RECORD_DURABLE;
    access_done_fn *done = append->done;
    void *done_ctx = append->ctx;

    *append->slot = NULL;
    free(append);
    seen->is_durable = is_durable;
    trace("request %u record %s", seen->exchange.request, is_durable ? "durable" : "failed");
    done(done_ctx, is_durable);
}

void access_log_append(struct access_log *log, struct loop *loop, struct str line,
                       struct access_append **slot, access_done_fn *done, void *ctx)
{
    struct world *world = world_of(log);
    struct access_append *append = die_calloc(1, sizeof *append);
    json_t *root = NULL;
    struct sighting *seen = read_line(world, line, "intent", &root);

    assert(!*slot && seen);
    check_intent(seen, root);
    json_decref(root);
    *append = (struct access_append){
        .world = world, .request = seen->exchange.request, .slot = slot, .done = done, .ctx = ctx};
    *slot = append;
    const struct script_request *request = &world->script->requests[append->request];
    if (request->record != RECORD_NEVER)
        outside_start(loop, &append->ends, loop_now(loop) + request->record_us, on_end, append);
}

void access_log_cancel(struct access_append **slot)
{
    struct access_append *append = *slot;
    if (!append)
        return;
    *slot = NULL;
    outside_cancel(append->world->loop, &append->ends);
    free(append);
}

void access_log_note(struct access_log *log, struct str line)
{
    json_t *root = NULL, *row;
    struct sighting *seen = read_line(world_of(log), line, "outcome", &root);
    size_t i;

    if (seen) {
        if (seen->is_recorded)
            fault("request %u: two outcomes are recorded", seen->exchange.request);
        seen->is_recorded = true;
        seen->recorded_status = (int)json_integer_value(json_object_get(root, "status"));
        json_t *sources = json_object_get(root, "sources");
        if (json_array_size(sources) != seen->model.count)
            fault("%zu outcomes are recorded, not %zu", json_array_size(sources),
                  seen->model.count);
        json_array_foreach(sources, i, row) seen->recorded[i < ROWS_MAX ? i : 0] =
            find_outcome(row_text(row, "state"));
    }
    json_decref(root);
}

/* ---- the rest of the header ---- */

struct access_log *access_log_open(const struct access_log_spec *spec, char why[ACCESS_WHY_MAX])
{
    (void)spec, (void)why;
    die("the simulation opens no file");
}

void access_log_close(struct access_log **log)
{
    (void)log;
    die("the simulation opens no file");
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
