/* SPDX-License-Identifier: MIT */
#include "portal/overview.h"

#include "portal/form.h"
#include "portal/page_overview.h"

enum {
    LINE_MAX_BYTES = 16 * 1024 * 1024,
    STREAM_MS = 30000, /* the gateway ends its streams sooner */
    SOURCES_MAX = 1000,
    QUERY_MAX = 4096,
};

/* The page under way. */
struct stream {
    struct buf line; /* what came and is no whole record yet */
    struct buf html; /* what has not been sent */
    json_t *plan, *sources, *done;
};

struct str overview_query(struct visit *visit)
{
    const struct session *session = visit_session(visit);
    struct buf query;
    buf_init(&query, QUERY_MAX);
    for (size_t i = 0; session && i < session->municipality_count; i++)
        form_add(&query, "municipality", str_of(session->municipalities[i]));
    struct str made =
        query.len > 0 ? arena_format(visit->arena, "?%.*s", STR_ARG(buf_str(&query))) : STR("");
    buf_clear(&query);
    return made;
}

static void stream_clear(struct visit *visit)
{
    struct stream *stream = visit->more;
    buf_clear(&stream->line);
    buf_clear(&stream->html);
    json_decref(stream->plan);
    json_decref(stream->sources);
    json_decref(stream->done);
}

static void send(struct visit *visit)
{
    struct stream *stream = visit->more;
    http_stream_write(visit->exchange, buf_str(&stream->html));
    buf_reset(&stream->html);
}

/* ---- records ---- */

static void take_plan(struct visit *visit, json_t *record)
{
    struct stream *stream = visit->more;
    struct page page = visit_page(visit, WORD_PORTAL);
    if (stream->plan)
        return;
    stream->plan = json_incref(record);
    page_overview_begin(&stream->html, &page, record);
    visit_stream(visit);
}

static void take_source(struct visit *visit, json_t *record)
{
    struct stream *stream = visit->more;
    struct page page = visit_page(visit, WORD_PORTAL);
    size_t place = page_overview_place(stream->plan, json_object_get(record, "source"));
    if (place == json_array_size(json_object_get(stream->plan, "sources")) ||
        json_array_size(stream->sources) >= SOURCES_MAX)
        return;
    json_object_set_new(record, "place", json_integer((json_int_t)place));
    json_array_append(stream->sources, record);
    page_source(&stream->html, &page, record, place);
}

static void take_record(struct visit *visit, struct str line)
{
    struct stream *stream = visit->more;
    json_t *record = json_read(line);
    struct str type = json_text(record, "record");
    if (str_equal(type, STR("plan")))
        take_plan(visit, record);
    else if (stream->plan && str_equal(type, STR("source")))
        take_source(visit, record);
    else if (stream->plan && str_equal(type, STR("done")) && !stream->done)
        stream->done = json_incref(record);
    json_decref(record); /* others, such as heartbeats, mean nothing here */
}

static void on_part(struct visit *visit, int http_status, struct str part)
{
    struct stream *stream = visit->more;
    if (http_status != 200)
        return; /* the end tells */
    buf_add_str(&stream->line, part);
    for (size_t end; (end = str_find_byte(buf_str(&stream->line), '\n')) < stream->line.len;) {
        take_record(visit, str_head(buf_str(&stream->line), end));
        buf_drop(&stream->line, end + 1);
    }
    if (stream->plan)
        send(visit);
}

static void on_end(struct visit *visit, const struct fetch_result *result)
{
    struct stream *stream = visit->more;
    struct page page = visit_page(visit, WORD_PORTAL);
    if (!stream->plan) {
        visit_fault(visit, result);
        return;
    }
    page_overview_end(&stream->html, &page, stream->plan, stream->sources, stream->done);
    send(visit);
    http_stream_end(visit->exchange);
    visit_end(visit);
}

void overview_get(struct visit *visit)
{
    struct stream *stream = ARENA_NEW(visit->arena, struct stream);
    buf_init(&stream->line, LINE_MAX_BYTES);
    buf_init(&stream->html, VISIT_PAGE_MAX);
    stream->sources = json_array();
    visit->more = stream;
    visit->clear = stream_clear;
    visit->part = on_part;
    struct visit_ask ask = {
        .path = arena_format(visit->arena, "/v1/overview%.*s", STR_ARG(overview_query(visit))),
        .accept = "application/x-ndjson",
        .is_for_other = true,
        .patience_ms = STREAM_MS,
    };
    visit_ask(visit, &ask, on_end);
}

/* ---- one source again ---- */

static void on_source(struct visit *visit, const struct fetch_result *result)
{
    struct page page = visit_page(visit, WORD_PORTAL);
    uint64_t place = 0;
    struct buf html;
    json_t *document = result->status == FETCH_OK ? json_read(result->body) : NULL;
    json_t *source = json_array_get(json_object_get(document, "sources"), 0);
    if (!source || !str_to_u64(visit_query(visit, "place"), SOURCES_MAX, &place)) {
        json_decref(document);
        visit_fault(visit, result);
        return;
    }
    json_t *record =
        json_pack("{s:O, s:O?}", "source", source, "items", json_object_get(document, "items"));
    buf_init(&html, VISIT_PAGE_MAX);
    page_source(&html, &page, record, (size_t)place);
    json_decref(record);
    json_decref(document);
    visit_reply(visit, 200, &html);
}

void overview_source(struct visit *visit)
{
    uint64_t view = 0;
    struct str id = visit_query(visit, "id"), code = visit_query(visit, "municipality");
    struct buf query;
    if (!id.at || !str_to_u64(visit_query(visit, "view"), UINT32_MAX, &view) ||
        !visit->has_visitor || view != visit->visitor.view) {
        /* The page shows another person, or is of another session: it must be made anew. */
        visit_notice(visit, 409, WORD_REFUSED, WORD_REFUSED_LEAD, STR_NONE);
        return;
    }
    buf_init(&query, QUERY_MAX);
    form_add(&query, "source", id);
    if (code.at)
        form_add(&query, "municipality", code);
    struct visit_ask ask = {
        .path = arena_format(visit->arena, "/v1/overview?%.*s", STR_ARG(buf_str(&query))),
        .is_for_other = true,
        .patience_ms = STREAM_MS,
    };
    buf_clear(&query);
    visit_ask(visit, &ask, on_source);
}
