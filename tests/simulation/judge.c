/* SPDX-License-Identifier: MIT */
#include "judge_parts.h"
#include "trace.h"

/* ---- the three kinds of replies ---- */

static void count_outcomes(struct tally *tally, const struct sighting *seen,
                           const enum outcome *outcomes)
{
    for (size_t i = 0; i < seen->model.count; i++) {
        const struct model_row *row = &seen->model.rows[i];
        tally->outcomes[outcomes[i]]++;
        tally->ties += (row->allowed & (row->allowed - 1)) != 0 && !row->is_loose;
        tally->bulky += row->is_loose && outcomes[i] == OUTCOME_INVALID;
    }
}

static void judge_document(struct world *world, struct sighting *seen, json_t *root,
                           struct tally *tally)
{
    static struct model_sum sum;
    enum outcome outcomes[ROWS_MAX];
    json_t *sources = json_object_get(root, "sources"), *items = json_object_get(root, "items");
    size_t n = 0;

    if (json_array_size(sources) != seen->model.count) {
        fault("%zu sources, not %zu", json_array_size(sources), seen->model.count);
        return;
    }
    for (size_t i = 0; i < seen->model.count; i++)
        outcomes[i] = check_source(&seen->model, &seen->model.rows[i], json_array_get(sources, i));
    model_add_up(&seen->model, outcomes, &sum);
    if (seen->exchange.status != sum.status)
        fault("status %d, not %d", seen->exchange.status, sum.status);
    for (size_t i = 0; i < sum.shown_count; i++)
        if (sum.shown[i].kept_by == SIZE_MAX)
            check_item(world, seen, &seen->model.rows[sum.shown[i].row], sum.shown[i].item,
                       json_array_get(items, n++));
    if (json_array_size(items) != n)
        fault("%zu items, not %zu", json_array_size(items), n);
    check_sum(world, seen, &sum, root, items);
    check_record(seen, outcomes, sum.status);
    count_outcomes(tally, seen, outcomes);
    tally->documents++;
    tally->doubles += sum.dropped;
    tally->things_to_do += sum.things_to_do;
}

static void judge_detail(struct world *world, struct sighting *seen, json_t *root,
                         struct tally *tally)
{
    const struct script_request *request = &world->script->requests[seen->exchange.request];
    enum outcome outcomes[ROWS_MAX] = {0};
    json_t *item = json_object_get(root, "item"), *related = json_object_get(root, "related");
    size_t shown = json_array_size(related) + (json_is_object(item) ? 1 : 0), i;

    if (seen->model.count > 0) {
        const struct model_row *row = &seen->model.rows[0];
        outcomes[0] = check_source(&seen->model, row, json_object_get(root, "source"));
        if (shown != (outcome_is_positive(outcomes[0]) ? row->item_count : 0))
            fault("a detail with %zu items", shown);
        for (size_t j = 0, next = 0; outcome_is_positive(outcomes[0]) && j < row->item_count; j++)
            check_item(world, seen, row, row->items[j],
                       row->items[j]->number == request->detail_number
                           ? item
                           : json_array_get(related, next++));
    }
    int status = model_detail_status(&seen->model, outcomes, request->detail_number);
    if (seen->exchange.status != status)
        fault("a detail with status %d, not %d", seen->exchange.status, status);
    if (json_is_object(item) != (status == 200))
        fault("a detail of status %d %s item", status, json_is_object(item) ? "with" : "without");
    json_array_foreach(related, i, item) if (item_number(item) == request->detail_number)
        fault("the item is related to itself");
    check_record(seen, outcomes, status);
    count_outcomes(tally, seen, outcomes);
    tally->details++;
}

static size_t find_row(const struct model *model, json_t *source)
{
    struct str code = text_of(json_object_get(source, "authority"), "code");
    for (size_t i = 0; i < model->count; i++) {
        struct str want = model->rows[i].has_municipality
                              ? municipality_authority(model->rows[i].municipality).code
                              : STR_NONE;
        if (str_equal(text_of(source, "id"), source_id(model->rows[i].source)) &&
            str_equal(code, want))
            return i;
    }
    return SIZE_MAX;
}

static void check_plan_record(const struct sighting *seen, json_t *root)
{
    json_t *sources = json_object_get(root, "sources"), *source;
    size_t i;
    if (json_array_size(sources) != seen->model.count)
        fault("a plan of %zu sources", json_array_size(sources));
    json_array_foreach(sources, i, source)
    {
        enum outcome skip = seen->model.rows[i].skip;
        bool is_asked = skip == OUTCOME_PENDING || skip == OUTCOME_BUSY;
        if (find_row(&seen->model, source) != i ||
            !str_equal(text_of(source, "state"), is_asked ? STR("asked") : outcome_name(skip)))
            fault("the plan's row %zu is %.*s", i, STR_ARG(text_of(source, "state")));
    }
}

/* A stream or as much of it as there is; `is_whole`: it must have come to its end. */
static void judge_stream(struct world *world, struct sighting *seen, const struct records *records,
                         bool is_whole, struct tally *tally)
{
    static struct model_sum sum;
    enum outcome outcomes[ROWS_MAX] = {0};
    json_t *all = json_array();
    size_t told = 0, i;
    instant before = INSTANT_NEVER;

    for (i = 0; i < records->count; i++) {
        json_t *root = records->root[i], *source = json_object_get(root, "source");
        struct str name = text_of(root, "record");
        if (i > 0 && before + instant_after_ms(0, world->script->heartbeat_ms) <
                         records->at[i] - world->script->tick_us)
            fault("a silence of %lld us", (long long)(records->at[i] - before));
        if (str_equal(name, STR("plan")) && i == 0) {
            check_plan_record(seen, root);
            if (records->at[0] != seen->model.recorded)
                fault("the stream begins at another time than the record allows");
        } else if (str_equal(name, STR("source")) && find_row(&seen->model, source) != SIZE_MAX) {
            size_t row = find_row(&seen->model, source);
            const struct model_row *want = &seen->model.rows[row];
            if (outcomes[row] != OUTCOME_PENDING)
                fault("row %zu is told of twice", row);
            outcomes[row] = check_source(&seen->model, want, source);
            told++;
            json_t *items = json_object_get(root, "items");
            size_t count = outcome_is_positive(outcomes[row]) ? want->item_count : 0;
            if (json_array_size(items) != count)
                fault("row %zu with %zu items", row, json_array_size(items));
            for (size_t j = 0; j < count; j++)
                check_item(world, seen, want, want->items[j], json_array_get(items, j));
            json_array_extend(all, items);
            instant at =
                want->settles > seen->model.recorded ? want->settles : seen->model.recorded;
            if (!want->is_loose && records->at[i] != at)
                fault("row %zu is told of at %lld, not %lld us", row, (long long)records->at[i],
                      (long long)at);
        } else if (str_equal(name, STR("heartbeat")) && i > 0) {
            if (records->at[i] < before + instant_after_ms(0, world->script->heartbeat_ms))
                fault("a heartbeat too soon");
            tally->heartbeats++;
        } else if (str_equal(name, STR("done")) && i + 1 == records->count &&
                   told == seen->model.count) {
            model_add_up(&seen->model, outcomes, &sum);
            if (json_integer_value(json_object_get(root, "status")) != sum.status)
                fault("done with another status than %d", sum.status);
            check_sum(world, seen, &sum, root, all);
            is_whole = false;
            if (seen->exchange.state == DOOR_REPLIED && seen->exchange.gone == INSTANT_NEVER)
                check_record(seen, outcomes, sum.status);
        } else {
            fault("record %zu is \"%.*s\"", i, STR_ARG(name));
        }
        before = records->at[i];
    }
    if (is_whole)
        fault("the stream of request %u is not whole", seen->exchange.request);
    json_decref(all);
    count_outcomes(tally, seen, outcomes);
    tally->streams++;
}

/* ---- when, and whether at all ---- */

static void judge_problem(const struct world *world, const struct sighting *seen,
                          struct tally *tally)
{
    const struct http_exchange *exchange = &seen->exchange;
    const struct script_request *request = &world->script->requests[exchange->request];
    instant hard = virtual_tick(world->script->tick_us, seen->model.hard);
    bool fails = request->record == RECORD_FAILED && seen->model.recorded <= hard;
    instant at = fails ? seen->model.recorded : hard;

    tally->problems++;
    if (world->script->is_tight && exchange->problem == PROBLEM_INTERNAL) {
        tally->tight++;
        return;
    }
    if (exchange->problem != PROBLEM_UNAVAILABLE ||
        (request->record == RECORD_DURABLE && seen->model.recorded < hard))
        fault("request %u: a problem without reason", exchange->request);
    if (exchange->replied != at && exchange->replied != hard)
        fault("request %u: its problem at %lld, not %lld us", exchange->request,
              (long long)exchange->replied, (long long)at);
    if (fails && seen->model.recorded < hard && exchange->replied != at)
        fault("request %u: waits although its record has failed", exchange->request);
    if (seen->recorded_status != 503)
        fault("request %u: %d is recorded, not 503", exchange->request, seen->recorded_status);
}

static void check_time(const struct world *world, const struct sighting *seen)
{
    const struct http_exchange *exchange = &seen->exchange;
    instant at =
        seen->model.settled > seen->model.recorded ? seen->model.settled : seen->model.recorded;
    if (seen->model.is_loose ? exchange->replied > at : exchange->replied != at)
        fault("request %u: replied at %lld, not %lld us", exchange->request,
              (long long)exchange->replied, (long long)at);
    instant deadline = virtual_tick(world->script->tick_us, seen->model.deadline);
    if (exchange->replied > deadline && exchange->replied > seen->model.recorded)
        fault("request %u: a reply after the deadline", exchange->request);
}

static void judge_request(struct world *world, struct sighting *seen, struct tally *tally)
{
    struct http_exchange *exchange = &seen->exchange;
    const struct script_request *request = &world->script->requests[exchange->request];
    bool is_gone = exchange->gone != INSTANT_NEVER;
    struct records records;

    for (size_t i = 0; i < seen->model.count; i++)
        tally->foreign_then_open += seen->model.rows[i].skip == OUTCOME_OPEN;
    tally->recorded_late += seen->model.recorded > seen->model.settled;
    if (is_gone) {
        tally->departed++;
        tally->overflown += request->reads_per_ms > 0 && request->departs_us < 0;
        if (exchange->state == DOOR_GONE && seen->recorded_status != 0)
            fault("request %u: %d is recorded of a client who left", exchange->request,
                  seen->recorded_status);
    }
    check_bytes(seen);
    if (exchange->is_problem) {
        judge_problem(world, seen, tally);
        return;
    }
    if (exchange->body.len == 0) {
        if (!is_gone)
            fault("request %u: an empty reply", exchange->request);
        return;
    }
    if (!is_gone)
        check_time(world, seen);
    if (records_read(exchange, request->format, &records)) {
        if (format_is_stream(request->format))
            judge_stream(world, seen, &records, !is_gone, tally);
        else if (request->kind == QUESTION_DETAIL)
            judge_detail(world, seen, records.root[0], tally);
        else
            judge_document(world, seen, records.root[0], tally);
    }
    records_free(&records);
}

void judge_world(struct world *world, struct tally *tally)
{
    for (unsigned i = 0; i < world->script->request_count && !trace_fault(); i++)
        judge_request(world, &world->seen[i], tally);
}
