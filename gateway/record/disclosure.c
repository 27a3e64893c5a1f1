/* SPDX-License-Identifier: MIT */
#include "record/disclosure.h"

#include <jansson.h>
#include <stdlib.h>

static bool is_its(const struct disclosures *wanted, json_t *row)
{
    const struct snapshot *snapshot = wanted->snapshot;
    struct str source = str_of(json_string_value(json_object_get(row, "source")));
    struct str code = str_of(json_string_value(json_object_get(row, "authority")));
    if (code.at) {
        const struct municipality *municipality =
            municipality_find_cvr(&snapshot->municipalities, wanted->cvr);
        return municipality && str_equal(code, municipality->code);
    }
    const struct route *route = snapshot_route(snapshot, source);
    return route && str_equal(route->source.authority.cvr, wanted->cvr);
}

static bool is_in_days(const struct disclosures *wanted, int64_t time_ms)
{
    struct date day = wall_date((struct wall){time_ms, true});
    return (!date_is_known(wanted->first) || date_compare(day, wanted->first) >= 0) &&
           (!date_is_known(wanted->last) || date_compare(day, wanted->last) <= 0);
}

size_t disclosures_of(const struct disclosures *wanted, const struct log_row *row,
                      disclosure_fn *each, void *ctx)
{
    size_t i, count = 0;
    json_t *source;
    if (!row->body.at || !row->receipt.at || !is_in_days(wanted, row->time_ms) ||
        str_find(row->body, STR("\"event\":\"outcome\"")) == row->body.len)
        return 0;
    json_t *root = json_loadb(row->body.at, row->body.len, 0, NULL);
    json_array_foreach(json_object_get(root, "sources"), i, source)
    {
        json_int_t items = json_integer_value(json_object_get(source, "items"));
        if (items <= 0 || !is_its(wanted, source))
            continue;
        json_t *told = json_pack("{s:O, s:O, s:O, s:I}", "time", json_object_get(root, "time"),
                                 "receipt", json_object_get(root, "receipt"), "source",
                                 json_object_get(source, "source"), "items", items);
        char *text = json_dumps(told, JSON_COMPACT);
        if (text)
            each(ctx, str_of(text));
        count++;
        free(text);
        json_decref(told);
    }
    json_decref(root);
    return count;
}
