/* SPDX-License-Identifier: MIT */
#include "serve/source_view.h"

#include <limits.h>
#include <stdlib.h>

/* ---- gathering ---- */

static void count_report(void *ctx, const struct health_report *report)
{
    struct source_view *view = ctx;
    (void)report;
    view->room++;
}

static void take_report(void *ctx, const struct health_report *report)
{
    struct source_view *view = ctx;
    if (view->count < view->room) /* a source may have come in between */
        view->reports[view->count++] = *report;
}

static int compare_reports(const void *a, const void *b)
{
    const struct health_report *x = a, *y = b;
    return str_compare(x->source, y->source);
}

bool source_view_take(struct source_view *view, struct health *health, struct arena *arena)
{
    view->count = view->room = 0;
    health_each(health, count_report, view);
    view->reports = arena_calloc(arena, view->room + 1, sizeof *view->reports);
    if (!view->reports)
        return false;
    health_each(health, take_report, view);
    qsort(view->reports, view->count, sizeof *view->reports, compare_reports);
    return true;
}

struct health_report source_view_report(const struct source_view *view, const struct route *route)
{
    const struct health_report key = {.source = route->source.id};
    const struct health_report *found =
        bsearch(&key, view->reports, view->count, sizeof *view->reports, compare_reports);
    struct health_report report = found ? *found : key;
    report.values.mode = health_mode(&report.values, view->wall);
    return report;
}

/* ---- telling ---- */

static void write_mode(struct writer *w, const struct health_values *values)
{
    writer_member_str(w, "mode", source_mode_name(values->mode));
    writer_name(w, "until");
    writer_wall(w, values->mode_until);
    writer_name(w, "message");
    if (values->mode_message) {
        writer_object(w);
        writer_member_str(w, "da", values->mode_message->in[LANGUAGE_DA]);
        writer_member_str(w, "en", values->mode_message->in[LANGUAGE_EN]);
        writer_object_end(w);
    } else {
        writer_null(w);
    }
    writer_member_bool(w, "switched_off", values->is_off);
    writer_name(w, "authorities_off");
    writer_array(w);
    for (size_t i = 0; i < values->off_count; i++)
        writer_str(w, str_of(values->off[i]));
    writer_array_end(w);
}

static void write_errors(struct writer *w, const struct health_report *report,
                         enum language language)
{
    const struct health_error *newest = &report->errors[0];
    writer_member_str(w, "last_error", str_of(newest->why));
    writer_name(w, "last_error_at");
    writer_wall(w, newest->at);
    writer_name(w, "last_errors");
    writer_array(w);
    for (size_t i = 0; i < HEALTH_ERRORS_MAX && report->errors[i].why; i++) {
        const struct health_error *error = &report->errors[i];
        writer_object(w);
        writer_member_str(w, "code", str_of(error->why));
        writer_member_str(w, "text", source_error_text(error->why, language));
        writer_name(w, "at");
        writer_wall(w, error->at);
        writer_member_int(w, "times", (int64_t)error->times);
        writer_object_end(w);
    }
    writer_array_end(w);
}

static void write_health(struct writer *w, const struct health_report *report, instant now)
{
    writer_member_int(w, "in_flight", report->in_flight);
    writer_member_str(w, "breaker", breaker_state_name(report->breaker));
    writer_name(w, "breaker_left_ms");
    if (report->breaker == BREAKER_OPEN)
        writer_int(w, instant_left_ms(now, report->breaker_until));
    else
        writer_null(w);
    writer_member_int(w, "trips", (int64_t)report->trips);
    writer_member_int(w, "calls", (int64_t)report->calls);
    writer_member_int(w, "failures", (int64_t)report->failures);
}

static void write_ms(struct writer *w, int64_t us)
{
    if (us < 0)
        writer_null(w);
    else
        writer_int(w, (us + 500) / 1000);
}

static void write_minute(struct writer *w, const struct trend_sample *minute)
{
    writer_name(w, "last_minute");
    writer_object(w);
    writer_member_int(w, "calls", (int64_t)minute->calls);
    writer_member_int(w, "failures", (int64_t)minute->failures);
    writer_name(w, "p50_ms");
    write_ms(w, trend_percentile_us(minute, 50));
    writer_name(w, "p95_ms");
    write_ms(w, trend_percentile_us(minute, 95));
    writer_name(w, "p99_ms");
    write_ms(w, trend_percentile_us(minute, 99));
    writer_name(w, "bands");
    writer_array(w);
    for (size_t i = 0; i < ANSWER_BUCKETS; i++)
        writer_int(w, (int64_t)minute->latency[i]);
    writer_array_end(w);
    writer_object_end(w);
}

static void write_window(struct writer *w, const struct route *route, struct wall now)
{
    struct wall until = WALL_NONE;
    writer_name(w, "window");
    if (route->rules.windows.closed.count == 0) {
        writer_null(w);
        return;
    }
    writer_object(w);
    writer_member_bool(w, "closed", windows_are_closed(&route->rules.windows.closed, now, &until));
    writer_name(w, "until");
    writer_wall(w, until);
    writer_object_end(w);
}

void source_view_write(const struct source_view *view, const struct route *route,
                       enum language language, struct writer *w)
{
    struct health_report report = source_view_report(view, route);
    struct source_state_now state = source_state_of(route, &report, view->wall);
    struct trend_sample minute = trend_minute(view->trend, route->source.id);
    size_t position = (size_t)(route - view->snapshot->routes);
    int days = view->certificate_days ? view->certificate_days[position] : INT_MAX;

    writer_object(w);
    writer_member_str(w, "id", route->source.id);
    writer_member_str(w, "name", route->source.name.in[language]);
    writer_member_str(w, "dialect", route->source.adapter->name);
    writer_member_bool(w, "enabled", route->enabled);
    writer_member_bool(w, "has_endpoint", !route->is_elsewhere);
    writer_member_str(w, "state", source_state_code(state.state));
    writer_member_str(w, "state_text", source_state_text(state.state, language));
    writer_name(w, "state_until");
    writer_wall(w, state.until);
    write_mode(w, &report.values);
    write_health(w, &report, view->now);
    write_minute(w, &minute);
    write_window(w, route, view->wall);
    writer_name(w, "certificate_days");
    if (days == INT_MAX)
        writer_null(w);
    else
        writer_int(w, days);
    write_errors(w, &report, language);
    writer_object_end(w);
}
