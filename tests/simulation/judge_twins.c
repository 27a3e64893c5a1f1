/* SPDX-License-Identifier: MIT */
/* Two plays of one request, held against each other: in two forms, and in two orders of arrival. */
#include "judge_parts.h"
#include "trace.h"

static bool is_certain(const struct model_row *row)
{
    return !row->is_loose && (row->allowed & (row->allowed - 1)) == 0;
}

bool judge_is_settled(const struct model *model)
{
    for (size_t i = 0; i < model->count; i++)
        if (!is_certain(&model->rows[i]) || (model->rows[i].allowed & 1u << OUTCOME_LATE))
            return false;
    return model->settled < model->deadline && model->count > 0;
}

/* ---- the fold ---- */

static json_t *find_record(const struct records *records, const char *name, size_t nth)
{
    for (size_t i = 0; i < records->count; i++)
        if (str_equal(text_of(records->root[i], "record"), str_of(name)) && nth-- == 0)
            return records->root[i];
    return NULL;
}

/* The record of this row: records come as they settle, the document has plan order. */
static json_t *find_source_record(const struct records *records, json_t *source)
{
    json_t *record;
    for (size_t i = 0; (record = find_record(records, "source", i)); i++) {
        json_t *other = json_object_get(record, "source");
        if (json_equal(json_object_get(other, "authority"), json_object_get(source, "authority")) &&
            json_equal(json_object_get(other, "id"), json_object_get(source, "id")))
            return record;
    }
    return NULL;
}

static bool has_handle(json_t *list, const char *name, struct str handle, json_t **found)
{
    json_t *entry;
    size_t i;
    json_array_foreach(list, i, entry) if (str_equal(text_of(entry, name), handle))
    {
        *found = entry;
        return true;
    }
    return false;
}

/* Each item of the record stands in the document just so, or is told there as a double. */
static size_t check_items(json_t *document, json_t *record)
{
    json_t *items = json_object_get(record, "items"), *item, *other = NULL;
    size_t i, found = 0;
    json_array_foreach(items, i, item)
    {
        struct str handle = text_of(item, "handle");
        if (has_handle(json_object_get(document, "items"), "handle", handle, &other)) {
            found++;
            if (!json_equal(item, other))
                fault("T%u differs between document and stream", item_number(item));
        } else if (!has_handle(json_object_get(document, "duplicates"), "dropped", handle,
                               &other)) {
            fault("T%u is in the stream and not in the document", item_number(item));
        }
    }
    return found;
}

static void check_same_member(json_t *a, json_t *b, const char *name)
{
    if (!json_equal(json_object_get(a, name), json_object_get(b, name)))
        fault("document and stream differ in \"%s\"", name);
}

static void fold(json_t *document, const struct records *records, const struct model *model,
                 const struct model *streamed, instant soft)
{
    json_t *sources = json_object_get(document, "sources"), *source;
    json_t *done = find_record(records, "done", 0);
    size_t i, items = 0;
    bool are_all_in_time = true;

    json_array_foreach(sources, i, source)
    {
        json_t *record = find_source_record(records, source);
        if (!is_certain(&model->rows[i]) || !is_certain(&streamed->rows[i]))
            return; /* a tie: both are right */
        if (streamed->rows[i].settles >= soft) {
            are_all_in_time = false;
            if (!str_equal(text_of(source, "state"), STR("late")))
                fault("%.*s settled after the soft deadline and is not late",
                      STR_ARG(text_of(source, "id")));
            continue;
        }
        items += check_items(document, record);
        if (!json_equal(json_object_get(record, "source"), source))
            fault("%.*s differs between document and stream", STR_ARG(text_of(source, "id")));
    }
    if (items != json_array_size(json_object_get(document, "items")))
        fault("the document shows what no record in time holds");
    if (!are_all_in_time)
        return;
    static const char *const shared[] = {"summary", "attention", "duplicates", "declaration"};
    for (size_t j = 0; j < sizeof shared / sizeof *shared; j++)
        check_same_member(document, done, shared[j]);
}

void judge_fold(struct world *document, struct world *stream, struct tally *tally)
{
    const struct sighting *whole = &document->seen[0], *told = &stream->seen[0];
    struct records one = {0}, many = {0};

    if (whole->exchange.body.len > 0 && told->exchange.body.len > 0 &&
        records_read(&whole->exchange, FORMAT_JSON, &one) &&
        records_read(&told->exchange, stream->script->requests[0].format, &many)) {
        fold(one.root[0], &many, &whole->model, &told->model,
             virtual_tick(document->script->tick_us, whole->model.deadline));
        tally->folds++;
    }
    records_free(&one);
    records_free(&many);
}

/* ---- the order of arrival ---- */

/* What may differ is taken out: the receipt and how long each source took. */
static struct str without_times(const struct sighting *seen, struct arena *arena)
{
    struct str text = buf_str(&seen->exchange.body), receipt = str_of(seen->receipt);
    struct str elapsed = STR("\"elapsed_ms\":");
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;

    while (out && text.len > 0) {
        if (str_starts_with(text, receipt)) {
            text = str_skip(text, receipt.len);
        } else if (str_starts_with(text, elapsed)) {
            text = str_skip(text, elapsed.len);
            while (text.len > 0 && text.at[0] >= '0' && text.at[0] <= '9')
                text = str_skip(text, 1);
        } else {
            out[len++] = text.at[0];
            text = str_skip(text, 1);
        }
    }
    return str_make(out, len);
}

void judge_same(const struct world *a, const struct world *b)
{
    struct arena *arena = arena_new((size_t)1 << 26);
    struct str x = without_times(&a->seen[0], arena), y = without_times(&b->seen[0], arena);
    if (a->seen[0].exchange.status != b->seen[0].exchange.status || !str_equal(x, y))
        fault("another order of arrival gives another document");
    arena_free(&arena);
}
