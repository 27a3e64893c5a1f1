/* SPDX-License-Identifier: MIT */
/* The operators' page: gateway/web/ops, with the sources as they are now, so that it can be read
 * where there is no JavaScript. In the page's text {{da|en}} is a word in both languages and {{$x}}
 * a place that is filled from here. */
#include "base/html.h"
#include "record/report_tally.h"
#include "serve/admin_call.h"
#include "serve/ops_files.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

/* Nothing from elsewhere, nothing inline, in no frame, and no markup out of texts. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "                \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "                                \
    "require-trusted-types-for 'script'; trusted-types 'none'"

static void reply_file(struct admin_call *call, struct str type, struct buf *body)
{
    const struct http_field fields[] = {
        {STR("Content-Type"), type},
        {STR("Cache-Control"), STR("no-store")},
        {STR("Content-Security-Policy"), STR(POLICY)},
        {STR("X-Content-Type-Options"), STR("nosniff")},
        {STR("Referrer-Policy"), STR("no-referrer")},
        {STR("Cross-Origin-Opener-Policy"), STR("same-origin")},
        {STR("Cross-Origin-Resource-Policy"), STR("same-origin")},
    };
    http_reply(call->exchange, 200, fields, sizeof fields / sizeof *fields, body);
}

static void reply_bytes(struct admin_call *call, struct str type, struct str bytes)
{
    struct buf body;
    buf_init(&body, ADMIN_REPLY_MAX);
    buf_add_str(&body, bytes);
    reply_file(call, type, &body);
}

void admin_get_ops_css(struct admin_call *call)
{
    reply_bytes(call, STR("text/css; charset=utf-8"), ops_css);
}

void admin_get_ops_js(struct admin_call *call)
{
    reply_bytes(call, STR("text/javascript; charset=utf-8"), ops_js);
}

/* ---- the page ---- */

struct page {
    struct admin_call *call;
    const struct source_view *view;
    struct buf *out;
};

static struct str word(const struct page *page, struct text text)
{
    return text.in[page->call->language];
}
#define WORD(da, en) ((struct text){{STR_INIT(da), STR_INIT(en)}})

/* ---- the table of sources ---- */

/* X(name, is it a number?, da, en): a column; the script fills the cells of the same names. */
#define CELLS(X)                                                                                   \
    X(state, false, "Tilstand", "State")                                                           \
    X(calls, true, "Kald pr. minut", "Calls a minute")                                             \
    X(failures, true, "Heraf fejl", "Of them failed")                                              \
    X(times, true, "ms: 50 / 95 / 99 %", "ms: 50 / 95 / 99%")                                      \
    X(bands, false, "Fordeling", "Picture")                                                        \
    X(in_flight, true, "I gang", "In flight")                                                      \
    X(breaker, false, "Afbryder", "Breaker")                                                       \
    X(certificate, true, "Certifikat, dage", "Certificate, days")                                  \
    X(errors, false, "Seneste fejl", "Last errors")                                                \
    X(actions, false, "Handlinger", "Actions")

enum cell {
#define X(name, is_number, da, en) CELL_##name,
    CELLS(X)
#undef X
        CELL_COUNT
};
static const struct {
    const char *name;
    bool is_number;
    struct text title;
} cells[] = {
#define X(name, is_number, da, en) {#name, is_number, {{STR_INIT(da), STR_INIT(en)}}},
    CELLS(X)
#undef X
};

static const struct text breakers[] = {
    [BREAKER_CLOSED] = {{STR_INIT("lukket"), STR_INIT("closed")}},
    [BREAKER_OPEN] = {{STR_INIT("åben"), STR_INIT("open")}},
    [BREAKER_HALF_OPEN] = {{STR_INIT("prøver"), STR_INIT("trying")}},
};

static void add_number(struct buf *out, int64_t number)
{
    if (number < 0)
        html_add(out, "–");
    else
        buf_format(out, "%" PRId64, number);
}

/* Half, 95 and 99 in a hundred took at most so many milliseconds. */
static void add_times(struct buf *out, const struct trend_sample *minute)
{
    static const unsigned percents[] = {50, 95, 99};
    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        int64_t us = trend_percentile_us(minute, percents[i]);
        html_add(out, i > 0 ? " / " : "");
        add_number(out, us < 0 ? us : (us + 500) / 1000);
    }
}

static void add_time(struct page *page, struct wall at)
{
    char text[WALL_TEXT];
    if (!at.known)
        return;
    wall_format(at, text);
    buf_format(page->out, "<time datetime=\"%s\">%s</time>", text, text);
}

static void add_state(struct page *page, const struct route *route,
                      const struct health_report *report)
{
    struct source_state_now state = source_state_of(route, report, page->view->wall);
    html_element(page->out, "span class=\"state\"",
                 source_state_text(state.state, page->call->language));
    for (size_t i = 0; i < report->values.off_count; i++)
        html_element(page->out, "small", str_of(report->values.off[i]));
    if (!state.until.known)
        return;
    html_add(page->out, "<small>");
    html_text(page->out, word(page, WORD("indtil ", "until ")));
    add_time(page, state.until);
    html_add(page->out, "</small>");
}

static void add_errors(struct page *page, const struct health_report *report)
{
    if (!report->errors[0].why)
        html_add(page->out, "–");
    for (size_t i = 0; i < HEALTH_ERRORS_MAX && report->errors[i].why; i++) {
        const struct health_error *error = &report->errors[i];
        html_text(page->out, source_error_text(error->why, page->call->language));
        buf_format(page->out, " (%" PRIu64 ")<small>", error->times);
        add_time(page, error->at);
        html_add(page->out, "</small>");
    }
}

/* What may be done, in the order of its use; hidden until a script makes them work. */
static void add_actions(struct page *page)
{
    static const struct {
        const char *name;
        struct text text;
    } actions[] = {
        {"maintenance", {{STR_INIT("Vedligehold"), STR_INIT("Maintenance")}}},
        {"drain", {{STR_INIT("Tøm"), STR_INIT("Drain")}}},
        {"disable", {{STR_INIT("Slå fra"), STR_INIT("Switch off")}}},
        {"enable", {{STR_INIT("Slå til"), STR_INIT("Switch on")}}},
        {"rearm", {{STR_INIT("Genåbn"), STR_INIT("Re-arm")}}},
    };
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        buf_format(page->out, "<button type=\"button\" data-action=\"%s\" hidden>",
                   actions[i].name);
        html_text(page->out, word(page, actions[i].text));
        html_add(page->out, "</button>");
    }
}

static void add_cell(struct page *page, const struct route *route,
                     const struct health_report *report, const struct trend_sample *minute,
                     enum cell cell)
{
    struct buf *out = page->out;
    size_t position = (size_t)(route - page->view->snapshot->routes);
    int days = page->view->certificate_days[position];
    switch (cell) {
    case CELL_state:
        add_state(page, route, report);
        break;
    case CELL_calls:
        add_number(out, (int64_t)minute->calls);
        break;
    case CELL_failures:
        add_number(out, (int64_t)minute->failures);
        break;
    case CELL_times:
        add_times(out, minute);
        break;
    case CELL_in_flight:
        add_number(out, report->in_flight);
        break;
    case CELL_breaker:
        html_text(out, word(page, breakers[report->breaker]));
        break;
    case CELL_certificate:
        if (days == INT_MAX)
            html_add(out, "–");
        else
            buf_format(out, "%d", days);
        break;
    case CELL_errors:
        add_errors(page, report);
        break;
    case CELL_actions:
        add_actions(page);
        break;
    case CELL_bands: /* a picture of what the numbers say, which a script draws */
        html_add(out, "–");
        break;
    case CELL_COUNT:
        break;
    }
}

static void add_source(struct page *page, const struct route *route)
{
    struct buf *out = page->out;
    struct health_report report = source_view_report(page->view, route);
    struct trend_sample minute = trend_minute(page->view->trend, route->source.id);
    struct source_state_now state = source_state_of(route, &report, page->view->wall);

    html_add(out, "<tr role=\"row\" data-source=\"");
    html_text(out, route->source.id);
    html_add(out, "\" data-state=\"");
    html_text(out, source_state_code(state.state));
    html_add(out, "\"><th scope=\"row\" role=\"rowheader\">");
    html_text(out, route->source.name.in[page->call->language]);
    html_element(out, "small", route->source.id);
    html_add(out, "</th>");
    for (int i = 0; i < CELL_COUNT; i++) {
        buf_format(out, "<td role=\"cell\" data-cell=\"%s\" class=\"%s%s\" data-label=\"",
                   cells[i].name, cells[i].is_number ? "number" : "",
                   i == CELL_actions ? "actions" : "");
        html_text(out, word(page, cells[i].title));
        html_add(out, "\">");
        add_cell(page, route, &report, &minute, (enum cell)i);
        html_add(out, "</td>");
    }
    html_add(out, "</tr>\n");
}

static void add_sources(struct page *page)
{
    struct buf *out = page->out;
    html_add(out, "<table class=\"cards\" role=\"table\" aria-labelledby=\"sources-title\">"
                  "<thead role=\"rowgroup\"><tr role=\"row\">");
    html_element(out, "th scope=\"col\" role=\"columnheader\"",
                 word(page, WORD("Datakilde", "Source")));
    for (int i = 0; i < CELL_COUNT; i++)
        html_element(out,
                     cells[i].is_number ? "th scope=\"col\" role=\"columnheader\" class=\"number\""
                                        : "th scope=\"col\" role=\"columnheader\"",
                     word(page, cells[i].title));
    html_add(out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
    for (size_t i = 0; i < page->view->snapshot->route_count; i++)
        add_source(page, &page->view->snapshot->routes[i]);
    html_add(out, "</tbody></table>\n");
}

/* ---- the other places ---- */

static void add_who(struct page *page)
{
    html_text(page->out, page->call->who);
}

static void add_role(struct page *page)
{
    html_text(page->out, operator_role_name(page->call->role));
}

static void add_role_text(struct page *page)
{
    html_text(page->out,
              word(page, page->call->role == OPERATOR_OPERATOR
                             ? WORD("du må se og ændre.", "you may look and change.")
                             : WORD("du må se, ikke ændre.", "you may look, not change.")));
}

static void add_revision(struct page *page)
{
    html_text(page->out, str_of(page->view->snapshot->revision));
}

static void add_loaded(struct page *page)
{
    add_time(page, page->call->admin->loaded);
}

static void add_month(struct page *page)
{
    int month = report_month(page->view->wall);
    buf_format(page->out, "%04d-%02d", month / 100, month % 100);
}

static void add_option(struct page *page, struct str id)
{
    html_element(page->out, "option", id);
}

static void add_citizens(struct page *page)
{
    const struct test_citizens *list = &page->view->snapshot->test_citizens;
    for (size_t i = 0; i < list->count; i++)
        add_option(page, list->at[i].id);
}

static void add_portals(struct page *page)
{
    const struct agreements *agreements = &page->view->snapshot->agreements;
    for (size_t i = 0; i < agreements->portal_count; i++)
        add_option(page, agreements->portals[i].id);
}

static const struct {
    struct str name;
    void (*add)(struct page *page);
} places[] = {
    {STR_INIT("$sources"), add_sources},   {STR_INIT("$who"), add_who},
    {STR_INIT("$role"), add_role},         {STR_INIT("$role_text"), add_role_text},
    {STR_INIT("$revision"), add_revision}, {STR_INIT("$loaded"), add_loaded},
    {STR_INIT("$month"), add_month},       {STR_INIT("$citizens"), add_citizens},
    {STR_INIT("$portals"), add_portals},
};

/* What stands between the braces. The page is ours: a place that is unknown is our mistake. */
static void add_place(struct page *page, struct str what)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (str_equal(places[i].name, what)) {
            places[i].add(page);
            return;
        }
    }
    struct str da = str_split(&what, '|');
    assert(what.at);
    buf_add_str(page->out, page->call->language == LANGUAGE_DA ? da : what);
}

static void expand(struct page *page, struct str text)
{
    while (text.len > 0) {
        size_t at = str_find(text, STR("{{"));
        buf_add_str(page->out, str_head(text, at));
        if (at == text.len)
            return;
        text = str_skip(text, at + 2);
        size_t end = str_find(text, STR("}}"));
        add_place(page, str_head(text, end));
        text = str_skip(text, end + 2);
    }
}

/* "?lang=en" is stronger than what the browser asks for. */
bool admin_choose_language(struct admin_call *call)
{
    struct str query = call->request->head->query;
    for (int language = 0; language < LANGUAGES; language++) {
        if (!str_starts_with(query, STR("lang=")) ||
            !str_equal(str_skip(query, STR("lang=").len), language_tag((enum language)language)))
            continue;
        call->language = (enum language)language;
        return true;
    }
    if (query.len == 0)
        return true;
    admin_refuse(call, PROBLEM_BAD_PARAMETER, "expected lang=da, lang=en or no parameter");
    return false;
}

void admin_get_page(struct admin_call *call)
{
    struct source_view view;
    struct buf body;
    struct page page = {.call = call, .view = &view, .out = &body};

    if (!admin_choose_language(call))
        return;
    if (!admin_watch_view(call->admin->watch, call->facts.snapshot, call->facts.shared->health,
                          call->arena, &view)) {
        admin_refuse(call, PROBLEM_INTERNAL, "more sources than the working memory holds");
        return;
    }
    buf_init(&body, ADMIN_REPLY_MAX);
    expand(&page, ops_page_html);
    reply_file(call, STR("text/html; charset=utf-8"), &body);
}
