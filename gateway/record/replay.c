/* SPDX-License-Identifier: MIT */
#include "record/replay.h"

#include <inttypes.h>
#include <stdlib.h>

#include "adapters/outcome.h"
#include "base/die.h"
#include "base/reader.h"
#include "base/writer.h"

enum {
    SCRATCH_MAX = 8 * 1024 * 1024, /* of one line */
    ROWS_MAX = 4096,               /* of one overview */
    STRANGERS_MAX = 256,           /* sources that the other configuration does not have */
    NAME_MAX_KEPT = 64,
    MS_MAX = 180000 /* longer overviews count as this long */
};

/* ---- what is counted ---- */

struct source_count {
    struct str name; /* of a route, or in `text` */
    char text[NAME_MAX_KEPT];
    uint64_t asked;      /* rows of overviews that asked it */
    uint64_t kept;       /* answered, and would have */
    uint64_t lost;       /* answered, and would have been cut */
    uint64_t not_asked;  /* answered, and would not have been asked */
    uint64_t late;       /* late, and would have been */
    uint64_t could_gain; /* late, or not agreed: nobody knows what it would have said in time */
    uint64_t unanswered; /* failed, and would have */
};

/* How many overviews took so many milliseconds. */
struct times {
    uint32_t at[MS_MAX + 1];
};

struct replay {
    const struct snapshot *after;
    struct date today;
    struct arena *scratch;
    uint64_t lines, unreadable, overviews, left, lost, could_gain;
    size_t route_count, stranger_count;
    struct source_count *sources; /* the routes', the strangers', and one for all further ones */
    struct times recorded, at_least, at_most;
};

struct replay *replay_new(const struct snapshot *after, struct wall now)
{
    struct replay *replay = die_calloc(1, sizeof *replay);

    replay->after = after;
    replay->today = wall_date(now);
    replay->scratch = arena_new(SCRATCH_MAX);
    replay->route_count = after->route_count;
    replay->sources = die_calloc(after->route_count + STRANGERS_MAX + 1, sizeof *replay->sources);
    for (size_t i = 0; i < after->route_count; i++)
        replay->sources[i].name = after->routes[i].source.id;
    replay->sources[after->route_count + STRANGERS_MAX].name = STR("(others)");
    return replay;
}

void replay_free(struct replay **replay)
{
    if (!*replay)
        return;
    arena_free(&(*replay)->scratch);
    free((*replay)->sources);
    free(*replay);
    *replay = NULL;
}

static struct source_count *source_of(struct replay *replay, struct str name)
{
    size_t count = replay->route_count + replay->stranger_count;

    for (size_t i = 0; i < count; i++)
        if (str_equal(replay->sources[i].name, name))
            return &replay->sources[i];
    if (replay->stranger_count == STRANGERS_MAX || name.len > NAME_MAX_KEPT)
        return &replay->sources[replay->route_count + STRANGERS_MAX];
    struct source_count *source = &replay->sources[count];
    replay->stranger_count++;
    memcpy(source->text, name.at, name.len);
    source->name = str_make(source->text, name.len);
    return source;
}

/* ---- a line ---- */

struct row {
    struct str source, authority;
    enum outcome outcome; /* PENDING: the client left before it ended */
    int64_t ms;
};
struct overview {
    bool is_outcome, is_overview, is_stream;
    struct str portal;
    int64_t status, ms;
    struct row *rows;
    size_t count;
};

static enum outcome outcome_of(struct str name)
{
    for (enum outcome outcome = OUTCOME_PENDING + 1; outcome < OUTCOME_COUNT; outcome++)
        if (str_equal(name, outcome_name(outcome)))
            return outcome;
    return OUTCOME_PENDING;
}

static void read_row(struct reader *r, struct row *row)
{
    enum { SOURCE, AUTHORITY, STATE, MS, FIELDS };
    static const struct str fields[FIELDS] = {STR_INIT("source"), STR_INIT("authority"),
                                              STR_INIT("state"), STR_INIT("elapsed_ms")};
    uint64_t seen = 0;
    struct str name;

    *row = (struct row){0};
    reader_object(r);
    while (reader_member(r, &name))
        switch (reader_field(r, name, fields, FIELDS, &seen)) {
        case SOURCE:
            row->source = reader_string(r);
            break;
        case AUTHORITY:
            row->authority = reader_string_or_null(r);
            break;
        case STATE:
            row->outcome = outcome_of(reader_string(r));
            break;
        case MS:
            row->ms = reader_int(r, 0, INT32_MAX);
            break;
        default:
            reader_skip(r);
        }
    if (!row->source.at)
        reader_fail(r, "no source");
}

static void read_rows(struct reader *r, struct overview *overview)
{
    reader_array(r);
    while (reader_element(r)) {
        if (overview->count == ROWS_MAX) {
            reader_fail(r, "too many sources");
            return;
        }
        read_row(r, &overview->rows[overview->count++]);
    }
}

/* Older records do not say operation, portal or form: then it is an overview, whole, of a portal
 * that may ask. */
static bool read_line(struct arena *arena, struct str line, struct overview *overview)
{
    enum { EVENT, OPERATION, PORTAL, STREAM, STATUS, MS, SOURCES, FIELDS };
    static const struct str fields[FIELDS] = {
        STR_INIT("event"),  STR_INIT("operation"),  STR_INIT("portal"), STR_INIT("stream"),
        STR_INIT("status"), STR_INIT("elapsed_ms"), STR_INIT("sources")};
    struct reader r;
    uint64_t seen = 0;
    struct str name;

    *overview = (struct overview){.is_overview = true};
    overview->rows = arena_calloc(arena, ROWS_MAX, sizeof *overview->rows);
    if (!overview->rows)
        return false;
    reader_init(&r, line, arena);
    reader_object(&r);
    while (reader_member(&r, &name))
        switch (reader_field(&r, name, fields, FIELDS, &seen)) {
        case EVENT:
            overview->is_outcome = str_equal(reader_string(&r), STR("outcome"));
            break;
        case OPERATION:
            overview->is_overview = str_equal(reader_string(&r), STR("overview"));
            break;
        case PORTAL:
            overview->portal = reader_string_or_null(&r);
            break;
        case STREAM:
            overview->is_stream = reader_bool(&r);
            break;
        case STATUS:
            overview->status = reader_int(&r, 0, 999);
            break;
        case MS:
            overview->ms = reader_int(&r, 0, INT32_MAX);
            break;
        case SOURCES:
            read_rows(&r, overview);
            break;
        default:
            reader_skip(&r);
        }
    return reader_end(&r);
}

/* ---- one overview under the other configuration ---- */

/* What the other configuration makes of a source for this overview. */
struct fate {
    bool is_asked;
    int64_t limit_ms; /* it is cut then */
};

static const struct portal *portal_of(const struct snapshot *snapshot, struct str client)
{
    const struct agreements *list = &snapshot->agreements;

    for (size_t i = 0; i < list->portal_count; i++)
        for (size_t j = 0; j < list->portals[i].client_count; j++)
            if (str_equal(list->portals[i].clients[j], client))
                return &list->portals[i];
    return NULL;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When the overview ends at the latest, ms. */
static int64_t deadline_of(const struct snapshot *after, const struct portal_rules *own,
                           const struct overview *overview)
{
    const struct settings *settings = &after->settings;

    if (overview->is_stream)
        return own ? own->hard_ms : settings->time_hard_ms;
    return own ? own->soft_ms : settings->time_soft_ms;
}

static struct fate fate_of(const struct replay *replay, const struct overview *overview,
                           const struct portal *portal, const struct row *row)
{
    const struct snapshot *after = replay->after;
    const struct route *route = snapshot_route(after, row->source);
    struct authority authority = {.code = row->authority};

    if (!route || !route->enabled)
        return (struct fate){0};
    const struct municipality *municipality =
        row->authority.at ? municipality_find(&after->municipalities, row->authority) : NULL;
    if (municipality)
        authority.cvr = municipality->cvr;
    if (overview->portal.at &&
        (!portal || portal_kinds(portal, row->source, row->authority.at ? &authority : NULL,
                                 replay->today) == 0))
        return (struct fate){0};
    const struct portal_rules *own = portal ? override_find(&after->overrides, portal->id) : NULL;
    const struct rules *rules = own ? &own->rules[route - after->routes] : &route->rules;
    return (struct fate){true, least(rules->total_ms, deadline_of(after, own, overview))};
}

/* What becomes of the whole overview. */
struct verdict {
    bool has_lost, could_gain;
    int64_t recorded, at_least, at_most; /* the slowest row, ms */
};

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void judge_asked(struct source_count *source, const struct row *row, struct fate fate,
                        struct verdict *verdict)
{
    bool is_positive = outcome_is_positive(row->outcome);
    bool is_cut = row->outcome == OUTCOME_LATE;
    int64_t takes = least(row->ms, fate.limit_ms), may_take = takes;

    source->asked++;
    verdict->recorded = most(verdict->recorded, row->ms);
    if (!fate.is_asked) {
        verdict->has_lost |= is_positive;
        source->not_asked += is_positive;
        source->unanswered += !is_positive;
        return;
    }
    if (is_cut && row->ms < fate.limit_ms) {
        source->could_gain++;
        verdict->could_gain = true;
        may_take = fate.limit_ms;
    } else if (is_cut) {
        source->late++;
    } else if (is_positive && row->ms > fate.limit_ms) {
        source->lost++;
        verdict->has_lost = true;
    } else if (is_positive) {
        source->kept++;
    } else {
        source->unanswered++;
    }
    verdict->at_least = most(verdict->at_least, takes);
    verdict->at_most = most(verdict->at_most, may_take);
}

static void count_time(struct times *times, int64_t ms)
{
    times->at[ms < 0 ? 0 : ms > MS_MAX ? MS_MAX : ms]++;
}

static void judge(struct replay *replay, const struct overview *overview)
{
    const struct portal *portal = portal_of(replay->after, overview->portal);
    struct verdict verdict = {0};

    for (size_t i = 0; i < overview->count; i++) {
        const struct row *row = &overview->rows[i];
        struct source_count *source = source_of(replay, row->source);
        struct fate fate = fate_of(replay, overview, portal, row);

        if (outcome_class(row->outcome) != VERDICT_NOT_ASKED) {
            judge_asked(source, row, fate, &verdict);
        } else if (row->outcome == OUTCOME_NOT_AGREED && fate.is_asked) {
            source->could_gain++;
            verdict.could_gain = true;
            verdict.at_most = most(verdict.at_most, fate.limit_ms);
        }
    }
    replay->overviews++;
    replay->lost += verdict.has_lost;
    replay->could_gain += verdict.could_gain;
    int64_t own = most(0, overview->ms - verdict.recorded); /* what the gateway itself took */
    count_time(&replay->recorded, overview->ms);
    count_time(&replay->at_least, own + verdict.at_least);
    count_time(&replay->at_most, own + verdict.at_most);
}

void replay_line(struct replay *replay, struct str line)
{
    struct overview overview;
    bool has_left = false;

    replay->lines++;
    if (!read_line(replay->scratch, line, &overview)) {
        replay->unreadable++;
    } else if (overview.is_outcome && overview.is_overview) {
        for (size_t i = 0; i < overview.count; i++)
            has_left |= overview.rows[i].outcome == OUTCOME_PENDING;
        if (has_left || overview.status == 0)
            replay->left++;
        else
            judge(replay, &overview);
    }
    arena_reset(replay->scratch);
}

void replay_skip(struct replay *replay)
{
    replay->lines++;
    replay->unreadable++;
}

/* ---- the report ---- */

/* The time that this share of overviews, in percent, did not exceed. */
static int64_t percentile(const struct times *times, uint64_t count, uint64_t percent)
{
    uint64_t wanted = (count * percent + 99) / 100, seen = 0;

    for (int64_t ms = 0; ms <= MS_MAX; ms++) {
        seen += times->at[ms];
        if (seen >= wanted)
            return ms;
    }
    return MS_MAX;
}

static void print_times(const char *name, const struct times *times, uint64_t count,
                        struct buf *out)
{
    buf_format(out, "  %-10s %8" PRId64 " %8" PRId64 "\n", name, percentile(times, count, 50),
               percentile(times, count, 99));
}

static size_t source_total(const struct replay *replay)
{
    return replay->route_count + STRANGERS_MAX + 1;
}

void replay_print(const struct replay *replay, struct buf *out)
{
    uint64_t count = replay->overviews;

    buf_format(out, "revision %s, against %" PRIu64 " recorded overviews\n",
               replay->after->revision, count);
    buf_format(out,
               "%" PRIu64 " lines, %" PRIu64
               " unreadable; overviews whose client left, not counted: "
               "%" PRIu64 "\n\n",
               replay->lines, replay->unreadable, replay->left);
    buf_format(out, "  would have lost a source:   %" PRIu64 "\n", replay->lost);
    buf_format(out, "  could have gained a source: %" PRIu64 "\n\n", replay->could_gain);
    buf_format(out, "  %-24s %8s %8s %8s %9s %8s %10s %10s\n", "source", "asked", "kept", "lost",
               "not asked", "late", "could gain", "unanswered");
    for (size_t i = 0; i < source_total(replay); i++) {
        const struct source_count *s = &replay->sources[i];

        if (s->asked + s->could_gain > 0)
            buf_format(out,
                       "  %-24.*s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %9" PRIu64 " %8" PRIu64
                       " %10" PRIu64 " %10" PRIu64 "\n",
                       STR_ARG(s->name), s->asked, s->kept, s->lost, s->not_asked, s->late,
                       s->could_gain, s->unanswered);
    }
    if (count == 0)
        return;
    buf_format(out, "\n  %-10s %8s %8s   (ms, whole overviews)\n", "", "p50", "p99");
    print_times("recorded", &replay->recorded, count, out);
    print_times("at least", &replay->at_least, count, out);
    print_times("at most", &replay->at_most, count, out);
    buf_format(out, "\nA call that was cut is known only to have taken at least so long: where the "
                    "new timers wait\nlonger it \"could gain\", and times are \"at most\" as if it "
                    "had taken all of them.\n");
}

static void write_times(struct writer *w, const struct times *times, uint64_t count)
{
    writer_object(w);
    writer_member_int(w, "p50", percentile(times, count, 50));
    writer_member_int(w, "p99", percentile(times, count, 99));
    writer_object_end(w);
}

static void write_source(struct writer *w, const struct source_count *source)
{
    writer_object(w);
    writer_member_str(w, "source", source->name);
    writer_member_int(w, "asked", (int64_t)source->asked);
    writer_member_int(w, "kept", (int64_t)source->kept);
    writer_member_int(w, "lost", (int64_t)source->lost);
    writer_member_int(w, "not_asked", (int64_t)source->not_asked);
    writer_member_int(w, "late", (int64_t)source->late);
    writer_member_int(w, "could_gain", (int64_t)source->could_gain);
    writer_member_int(w, "unanswered", (int64_t)source->unanswered);
    writer_object_end(w);
}

void replay_write(const struct replay *replay, struct buf *out)
{
    uint64_t count = replay->overviews;
    struct writer w;

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "revision", str_of(replay->after->revision));
    writer_member_int(&w, "lines", (int64_t)replay->lines);
    writer_member_int(&w, "unreadable", (int64_t)replay->unreadable);
    writer_member_int(&w, "overviews", (int64_t)count);
    writer_member_int(&w, "left", (int64_t)replay->left);
    writer_member_int(&w, "lost", (int64_t)replay->lost);
    writer_member_int(&w, "could_gain", (int64_t)replay->could_gain);
    writer_name(&w, "sources");
    writer_array(&w);
    for (size_t i = 0; i < source_total(replay); i++)
        if (replay->sources[i].asked + replay->sources[i].could_gain > 0)
            write_source(&w, &replay->sources[i]);
    writer_array_end(&w);
    writer_name(&w, "ms");
    if (count > 0) {
        writer_object(&w);
        writer_name(&w, "recorded");
        write_times(&w, &replay->recorded, count);
        writer_name(&w, "at_least");
        write_times(&w, &replay->at_least, count);
        writer_name(&w, "at_most");
        write_times(&w, &replay->at_most, count);
        writer_object_end(&w);
    } else {
        writer_null(&w);
    }
    writer_object_end(&w);
}
