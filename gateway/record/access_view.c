/* SPDX-License-Identifier: MIT */
#include "record/access_view.h"

#include "base/reader.h"

/* X(enumerator, name in the records) */
#define FIELDS(X)                                                                                  \
    X(RECEIPT, "receipt")                                                                          \
    X(TIME, "time")                                                                                \
    X(OPERATION, "operation")                                                                      \
    X(PORTAL, "portal")                                                                            \
    X(PURPOSE, "purpose")                                                                          \
    X(MANDATE, "mandate")                                                                          \
    X(SERVICE, "service")                                                                          \
    X(CONSENT, "consent")                                                                          \
    X(OPERATOR, "operator")                                                                        \
    X(SUBJECT, "subject")                                                                          \
    X(ACTOR, "actor")                                                                              \
    X(PLAN, "plan")                                                                                \
    X(STATUS, "status")                                                                            \
    X(SOURCES, "sources")
enum field {
#define X(name, text) FIELD_##name,
    FIELDS(X)
#undef X
        FIELD_COUNT
};
static const struct str fields[] = {
#define X(name, text) [FIELD_##name] = STR_INIT(text),
    FIELDS(X)
#undef X
};

enum row_field { ROW_SOURCE, ROW_AUTHORITY, ROW_ASK, ROW_STATE, ROW_ITEMS, ROW_FIELDS };
static const struct str row_fields[] = {
    [ROW_SOURCE] = STR_INIT("source"), [ROW_AUTHORITY] = STR_INIT("authority"),
    [ROW_ASK] = STR_INIT("ask"),       [ROW_STATE] = STR_INIT("state"),
    [ROW_ITEMS] = STR_INIT("items"),
};

/* One row of a plan or of what became of it. */
static struct access_row read_row(struct reader *r, bool *is_asked)
{
    struct access_row row = {.items = -1};
    struct str name;
    uint64_t seen = 0;
    *is_asked = false;
    if (reader_object(r))
        while (reader_member(r, &name))
            switch (reader_field(r, name, row_fields, ROW_FIELDS, &seen)) {
            case ROW_SOURCE:
                row.source = reader_string(r);
                break;
            case ROW_AUTHORITY:
                row.authority = reader_string_or_null(r);
                break;
            case ROW_ASK:
                *is_asked = reader_bool(r);
                break;
            case ROW_STATE:
                row.state = reader_string(r);
                break;
            case ROW_ITEMS:
                row.items = reader_int(r, 0, INT64_MAX);
                break;
            default:
                reader_skip(r);
            }
    return row;
}

static void read_plan(struct reader *r, struct arena *arena, struct access_view *view)
{
    struct access_row rows[ACCESS_ROWS_MAX];
    bool is_asked = false;
    view->row_count = 0;
    if (reader_array(r))
        while (reader_element(r)) {
            struct access_row row = read_row(r, &is_asked);
            if (is_asked && view->row_count < ACCESS_ROWS_MAX)
                rows[view->row_count++] = row;
        }
    view->rows = arena_calloc(arena, view->row_count + 1, sizeof *rows);
    if (view->rows)
        memcpy(view->rows, rows, view->row_count * sizeof *rows);
    else
        view->row_count = 0;
}

static void read_sources(struct reader *r, struct access_view *view)
{
    bool is_asked = false;
    if (reader_array(r))
        while (reader_element(r)) {
            struct access_row row = read_row(r, &is_asked);
            for (size_t i = 0; i < view->row_count; i++)
                if (str_equal(view->rows[i].source, row.source) &&
                    str_equal(view->rows[i].authority, row.authority))
                    view->rows[i] = row;
        }
}

bool access_view_intent(struct str body, struct arena *arena, struct access_view *view)
{
    struct reader r;
    struct str name, subject = STR_NONE, actor = STR_NONE;
    uint64_t seen = 0;

    *view = (struct access_view){.status = ACCESS_STATUS_UNKNOWN};
    reader_init(&r, body, arena);
    if (reader_object(&r))
        while (reader_member(&r, &name))
            switch (reader_field(&r, name, fields, FIELD_COUNT, &seen)) {
            case FIELD_RECEIPT:
                view->receipt = reader_string(&r);
                break;
            case FIELD_TIME:
                view->time = reader_wall(&r);
                break;
            case FIELD_OPERATION:
                view->operation = reader_string(&r);
                break;
            case FIELD_PORTAL:
                view->portal = reader_string_or_null(&r);
                break;
            case FIELD_PURPOSE:
                view->purpose = reader_string_or_null(&r);
                break;
            case FIELD_MANDATE:
                view->mandate = reader_string_or_null(&r);
                break;
            case FIELD_SERVICE:
                view->service = reader_string_or_null(&r);
                break;
            case FIELD_CONSENT:
                view->consent = reader_string_or_null(&r);
                break;
            case FIELD_OPERATOR:
                view->operator= reader_string_or_null(&r);
                break;
            case FIELD_SUBJECT:
                subject = reader_string_or_null(&r);
                break;
            case FIELD_ACTOR:
                actor = reader_string_or_null(&r);
                break;
            case FIELD_PLAN:
                read_plan(&r, arena, view);
                break;
            default:
                reader_skip(&r);
            }
    view->is_by_another = actor.at && !str_equal(actor, subject);
    return reader_end(&r) && !arena_is_full(arena);
}

bool access_view_outcome(struct str body, struct arena *arena, struct access_view *view)
{
    struct reader r;
    struct str name;
    uint64_t seen = 0;

    reader_init(&r, body, arena);
    if (reader_object(&r))
        while (reader_member(&r, &name))
            switch (reader_field(&r, name, fields, FIELD_COUNT, &seen)) {
            case FIELD_STATUS:
                view->status = (int)reader_int(&r, 0, 999);
                break;
            case FIELD_SOURCES:
                read_sources(&r, view);
                break;
            default:
                reader_skip(&r);
            }
    return reader_end(&r) && !arena_is_full(arena);
}
