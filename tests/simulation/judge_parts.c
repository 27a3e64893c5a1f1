/* SPDX-License-Identifier: MIT */
#include "judge_parts.h"

#include "trace.h"

/* ---- JSON ---- */

struct str text_of(json_t *object, const char *name)
{
    return str_of(json_string_value(json_object_get(object, name)));
}

/* A number, or -1 for null, or -2 for anything else. */
int64_t number_of(json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : json_is_null(value) ? -1 : -2;
}

static enum outcome state_of(json_t *source)
{
    for (int i = OUTCOME_PENDING + 1; i < OUTCOME_COUNT; i++)
        if (str_equal(text_of(source, "state"), outcome_name((enum outcome)i)))
            return (enum outcome)i;
    return OUTCOME_PENDING;
}

/* Nothing of another citizen, nothing unproven, no number of anybody. */
void check_bytes(const struct sighting *seen)
{
    struct str text = buf_str(&seen->exchange.body);
    check_no_number(text, "a reply");
    for (struct str rest = text; (rest = str_skip(rest, str_find_byte(rest, '~'))).len > 1;
         rest = str_skip(rest, 1))
        if (rest.at[1] != (char)('0' + seen->model.subject))
            fault("request %u shows what bears the mark of %c", seen->exchange.request, rest.at[1]);
}

/* The number behind the T of a title; 0: there is none. */
unsigned item_number(json_t *item)
{
    struct str title = text_of(item, "title");
    uint64_t number = 0;
    if (title.len < 2 || title.at[0] != 'T')
        return 0;
    title = str_skip(title, 1);
    return str_to_u64(str_split(&title, '~'), UINT32_MAX, &number) ? (unsigned)number : 0;
}

/* ---- one source ---- */

static void check_as_of(const struct model_row *row, json_t *source)
{
    struct wall as_of = WALL_NONE;
    struct str text = text_of(source, "as_of");
    if (text.at && !wall_parse(text, &as_of))
        fault("as_of \"%.*s\"", STR_ARG(text));
    if (as_of.unix_ms != row->as_of_ms)
        fault("%s: as_of %lld, not %lld", source_id(row->source).at, (long long)as_of.unix_ms,
              (long long)row->as_of_ms);
}

/* A source's entry, in a document or a record; returns how it ended. */
enum outcome check_source(const struct model *model, const struct model_row *row, json_t *source)
{
    enum outcome outcome = state_of(source);
    struct str code = text_of(json_object_get(source, "authority"), "code");
    struct str want =
        row->has_municipality ? municipality_authority(row->municipality).code : STR_NONE;
    bool is_positive = outcome_is_positive(outcome);
    const char *id = source_id(row->source).at;

    if (!str_equal(text_of(source, "id"), str_of(id)) || !str_equal(code, want))
        fault("an entry of another row: %.*s", STR_ARG(text_of(source, "id")));
    if ((row->allowed & 1u << outcome) == 0)
        fault("%s%s%.*s is %s; allowed are %#x", id, want.at ? "/" : "", STR_ARG(want),
              outcome_name(outcome).at, row->allowed);
    if (number_of(source, "items") != (is_positive ? (int64_t)row->item_count : -1))
        fault("%s: %lld items, not %zu", id, (long long)number_of(source, "items"),
              row->item_count);
    json_t *problem = json_object_get(source, "problem");
    bool needs_problem =
        !is_positive && outcome != OUTCOME_NOT_NEEDED && outcome != OUTCOME_NOT_SHOWN;
    if (json_is_object(problem) != needs_problem || json_is_null(problem) == needs_problem)
        fault("%s is %s and its problem is %d", id, outcome_name(outcome).at,
              json_is_object(problem));
    if (is_positive)
        check_as_of(row, source);
    int64_t elapsed_ms = (row->settles - model->starts) / INSTANT_PER_MS;
    if (row->skip != OUTCOME_PENDING && row->skip != OUTCOME_BUSY)
        elapsed_ms = -1;
    if (!row->is_loose && number_of(source, "elapsed_ms") != elapsed_ms)
        fault("%s took %lld ms, not %lld", id, (long long)number_of(source, "elapsed_ms"),
              (long long)elapsed_ms);
    bool is_certain = (row->allowed & (row->allowed - 1)) == 0;
    int64_t retry_after_s = row->retry_after_s > 0 ? (int64_t)row->retry_after_s : -1;
    if (is_certain && number_of(source, "retry_after") != retry_after_s)
        fault("%s: retry after %lld, not %lld s", id, (long long)number_of(source, "retry_after"),
              (long long)retry_after_s);
    return outcome;
}

/* ---- items ---- */

static struct str model_name(enum item_kind kind)
{
    return item_kind_name(kind);
}

/* The handle names this item to this citizen and to nobody else. */
static void check_handle(struct world *world, const struct sighting *seen,
                         const struct model_row *row, const struct script_item *item, json_t *json)
{
    struct arena *arena = arena_new(16384);
    struct cpr subject, other;
    struct str source, id, handle = text_of(json, "handle");
    struct str code = municipality_authority(row->municipality).code;
    struct str want =
        row->has_municipality
            ? arena_format(arena, "%.*s/%.*s", STR_ARG(source_id(row->source)), STR_ARG(code))
            : source_id(row->source);
    unsigned other_citizen = (seen->model.subject + 1) % CITIZENS;

    bool are_numbers = cpr_parse(citizen_digits(seen->model.subject), &subject) &&
                       cpr_parse(citizen_digits(other_citizen), &other);
    if (!are_numbers ||
        !handle_open(world->worker.env.handles, arena, &subject, handle, &source, &id) ||
        !str_equal(source, want) || !str_equal(id, item_id(item, seen->model.subject, arena)))
        fault("the handle of T%u names something else", item->number);
    else if (handle_open(world->worker.env.handles, arena, &other, handle, &source, &id))
        fault("the handle of T%u opens for somebody else", item->number);
    arena_free(&arena);
}

void check_item(struct world *world, const struct sighting *seen, const struct model_row *row,
                const struct script_item *item, json_t *json)
{
    if (item_number(json) != item->number ||
        !str_equal(text_of(json, "kind"), model_name(item->sample->kind)) ||
        !str_equal(text_of(json, "source"), source_id(row->source)))
        fault("T%u stands where T%u should", item_number(json), item->number);
    bool has_status = item->sample->kind != ITEM_DOCUMENT; /* a letter has no progress */
    if (!str_equal(text_of(json_object_get(json, "status"), "code"),
                   has_status ? item_status_code(item->sample->status) : STR_NONE))
        fault("T%u: wrong status", item->number);
    check_handle(world, seen, row, item, json);
}

/* ---- what both forms end with ---- */

static int compare_dates(struct str a, struct str b)
{
    return a.at && b.at ? str_compare(a, b) : (a.at != NULL) - (b.at != NULL);
}

static void check_attention(const struct model_sum *sum, struct date today, json_t *list)
{
    json_t *thing;
    size_t i;
    struct str before = STR_NONE;

    if (json_array_size(list) != sum->things_to_do)
        fault("%zu things to do, not %zu", json_array_size(list), sum->things_to_do);
    json_array_foreach(list, i, thing)
    {
        char text[DATE_TEXT];
        struct str date = text_of(thing, "date"), want = STR_NONE;
        size_t j = 0;
        while (j < sum->shown_count && (sum->shown[j].item->number != item_number(thing) ||
                                        sum->shown[j].kept_by != SIZE_MAX))
            j++;
        const struct sample *sample =
            j < sum->shown_count ? sum->shown[j].item->sample : sample_at(1);
        if (sample->attention >= 0 && sample->day != NO_DAY)
            want = date_format(date_of_days(date_to_days(today) + sample->day), text);
        if (sample->attention < 0 || !str_equal(date, want) ||
            !str_equal(text_of(thing, "type"),
                       attention_type_name((enum attention_type)sample->attention)))
            fault("T%u is no such thing to do", item_number(thing));
        if (i > 0 && compare_dates(before, date) > 0)
            fault("things to do are out of order");
        before = date;
    }
}

static struct str handle_of(json_t *items, unsigned number)
{
    json_t *item;
    size_t i;
    json_array_foreach(items, i, item) if (item_number(item) == number) return text_of(item,
                                                                                       "handle");
    return STR_NONE;
}

/* `items`: all that the client has been shown, or NULL. */
static void check_doubles(const struct model *model, const struct model_sum *sum, json_t *list,
                          json_t *items)
{
    size_t n = 0;
    if (json_array_size(list) != sum->dropped) {
        fault("%zu doubles, not %zu", json_array_size(list), sum->dropped);
        return;
    }
    for (size_t i = 0; i < sum->shown_count; i++) {
        if (sum->shown[i].kept_by == SIZE_MAX)
            continue;
        json_t *pair = json_array_get(list, n++);
        const struct model_shown *kept = &sum->shown[sum->shown[i].kept_by];
        if (!str_equal(text_of(pair, "dropped_source"),
                       source_id(model->rows[sum->shown[i].row].source)) ||
            !str_equal(text_of(pair, "kept_source"), source_id(model->rows[kept->row].source)) ||
            !str_equal(text_of(pair, "kept"), handle_of(items, kept->item->number)))
            fault("T%u is not told as the double of T%u", sum->shown[i].item->number,
                  kept->item->number);
    }
}

/* Summary, attention and duplicates of a document or of `done`. */
void check_sum(struct world *world, const struct sighting *seen, const struct model_sum *sum,
               json_t *root, json_t *items)
{
    json_t *summary = json_object_get(root, "summary");
    if (number_of(summary, "asked") != (int64_t)sum->asked ||
        number_of(summary, "answered") != (int64_t)sum->answered ||
        json_is_true(json_object_get(summary, "complete")) != sum->is_complete)
        fault("asked %lld, answered %lld; not %zu, %zu, %scomplete",
              (long long)number_of(summary, "asked"), (long long)number_of(summary, "answered"),
              sum->asked, sum->answered, sum->is_complete ? "" : "not ");
    if (number_of(summary, "open_cases") != (int64_t)sum->open_cases ||
        number_of(summary, "awaiting_you") != sum->awaiting_you)
        fault("%lld open cases, %lld wait; not %zu, %lld",
              (long long)number_of(summary, "open_cases"),
              (long long)number_of(summary, "awaiting_you"), sum->open_cases,
              (long long)sum->awaiting_you);
    check_attention(sum, world->today, json_object_get(root, "attention"));
    check_doubles(&seen->model, sum, json_object_get(root, "duplicates"), items);
    if (!text_of(root, "declaration").at ||
        !str_equal(text_of(root, "receipt"), str_of(seen->receipt)))
        fault("no declaration, or another receipt");
}

/* What is recorded is what was said. */
void check_record(const struct sighting *seen, const enum outcome *outcomes, int status)
{
    if (seen->recorded_status != status)
        fault("request %u: status %d is recorded, not %d", seen->exchange.request,
              seen->recorded_status, status);
    for (size_t i = 0; i < seen->model.count; i++)
        if (seen->recorded[i] != outcomes[i])
            fault("request %u: row %zu is recorded as %s, not %s", seen->exchange.request, i,
                  outcome_name(seen->recorded[i]).at, outcome_name(outcomes[i]).at);
}
