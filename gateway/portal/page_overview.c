/* SPDX-License-Identifier: MIT */
#include "portal/page_overview.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/html.h"
#include "portal/show.h"

enum { NEXT_MAX = 10, COUNT_TEXT = 24 };

static const char *const heads[] = {"lead", "todo", "state", "cases", "payments", "dates"};

static struct str count_text(int64_t count, char text[COUNT_TEXT])
{
    snprintf(text, COUNT_TEXT, "%lld", (long long)count);
    return str_of(text);
}

/* ---- the frame ---- */

/* A place that says what is awaited there. */
static void write_slot(struct buf *out, const struct page *page, const char *name, enum word word,
                       struct str what)
{
    buf_format(out, "<slot name=\"%s\"><div class=\"waiting\" aria-busy=\"true\"><p>", name);
    word_write(out, word, page->language, what, STR(""));
    html_add(out, "</p><span class=\"bones\"></span><span class=\"bones\"></span></div></slot>");
}

static void write_places(struct buf *out, const struct page *page, const json_t *rows)
{
    const json_t *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        struct buf what;
        char name[COUNT_TEXT];
        buf_init(&what, 1024);
        buf_format(&what, "%.*s: %.*s", STR_ARG(json_text(row, "name")),
                   STR_ARG(json_text(row, "asked_for")));
        snprintf(name, sizeof name, "s%zu", i);
        write_slot(out, page, name, WORD_LOADING_SOURCE, buf_str(&what));
        buf_clear(&what);
    }
}

static bool lacks_municipality(const json_t *rows)
{
    const json_t *row;
    size_t i;
    json_array_foreach(
        rows, i, row) if (str_equal(json_text(row, "state"), STR("municipality"))) return true;
    return false;
}

void page_overview_begin(struct buf *out, const struct page *page, const json_t *plan)
{
    const json_t *rows = json_object_get(plan, "sources");
    page_begin(out, page);
    page_say(out, page, "h1", WORD_PORTAL);
    html_element(out, "p class=\"name\"", json_text(json_object_get(plan, "subject"), "name"));
    html_add(out, "<p role=\"status\" id=\"progress\" class=\"sr-only\"></p>");
    buf_format(out, "<div id=\"overview\" data-view=\"%u\" data-count=\"%zu\" data-progress=\"",
               page->visitor->view, json_array_size(rows));
    html_text(out, word_text(WORD_STATE_SOME, page->language));
    html_add(out, "\" data-retried=\"");
    html_text(out, word_text(WORD_RETRIED, page->language));
    html_add(out, "\"><template shadowrootmode=\"open\">"
                  "<link rel=\"stylesheet\" href=\"/assets/portal.css\">");
    write_slot(out, page, heads[0], WORD_LOADING, STR(""));
    write_slot(out, page, heads[1], WORD_LOADING_TODO, STR(""));
    html_add(out, "<slot name=\"home\"></slot>");
    for (size_t i = 2; i < sizeof heads / sizeof *heads; i++)
        buf_format(out, "<slot name=\"%s\"></slot>", heads[i]);
    html_add(out, "<slot name=\"all\"></slot>");
    write_places(out, page, rows);
    html_add(out, "<slot name=\"end\"></slot></template>\n");
    if (lacks_municipality(rows)) {
        html_add(out, "<div slot=\"home\" class=\"ask\">");
        page_say(out, page, "p", WORD_MUNICIPALITY_LEAD);
        page_say(out, page, "a class=\"button button-secondary\" href=\"/municipality\"",
                 WORD_MUNICIPALITY);
        html_add(out, "</div>");
    }
    page_say(out, page, "h2 slot=\"all\" id=\"all\"", WORD_BY_AUTHORITY);
}

size_t page_overview_place(const json_t *plan, const json_t *source)
{
    const json_t *rows = json_object_get(plan, "sources"), *row;
    struct str id = json_text(source, "id"),
               code = json_text(json_object_get(source, "authority"), "code");
    size_t i;
    json_array_foreach(
        rows, i,
        row) if (str_equal(json_text(row, "id"), id) &&
                 str_equal(json_text(json_object_get(row, "authority"), "code"), code)) return i;
    return json_array_size(rows);
}

/* ---- what all of them say together ---- */

/* Items of all sources, chosen and sorted by their date. */
struct dated {
    const json_t *item;
    struct date date;
};

struct chosen {
    struct dated at[NEXT_MAX];
    size_t count;
};

/* Keeps the earliest. */
static void choose(struct chosen *chosen, const json_t *item, struct date date)
{
    size_t at = chosen->count;
    while (at > 0 && date_compare(chosen->at[at - 1].date, date) > 0)
        at--;
    if (at == NEXT_MAX)
        return;
    if (chosen->count < NEXT_MAX)
        chosen->count++;
    memmove(&chosen->at[at + 1], &chosen->at[at], (chosen->count - at - 1) * sizeof chosen->at[0]);
    chosen->at[at] = (struct dated){item, date};
}

/* The date that matters about an item here; absent: none. */
typedef struct date date_fn(const json_t *item);

static bool is(const json_t *object, const char *name, const char *value)
{
    return str_equal(json_text(object, name), str_of(value));
}

static struct date open_case(const json_t *item)
{
    static const char *const open[] = {"created", "opened", "in_progress"};
    const json_t *status = json_object_get(item, "status");
    struct date changed = wall_date(json_wall(item, "changed"));
    for (size_t i = 0; is(item, "kind", "case") && i < sizeof open / sizeof *open; i++)
        if (is(status, "code", open[i]))
            return date_is_known(changed) ? changed : (struct date){1, 1, 1};
    return DATE_NONE;
}

static struct date next_payment(const json_t *item)
{
    bool is_due =
        is(item, "kind", "payment") && (is(json_object_get(item, "status"), "code", "due") ||
                                        is(json_object_get(item, "status"), "code", "overdue"));
    return is_due ? json_date(item, "date") : DATE_NONE;
}

static struct date next_date(const json_t *item)
{
    const json_t *status = json_object_get(item, "status");
    if (is(item, "kind", "credential") && is(status, "code", "valid"))
        return json_date(item, "valid_to");
    if (!is(item, "kind", "appointment") || !is(status, "code", "planned"))
        return DATE_NONE;
    struct date deadline = json_date(item, "deadline");
    return date_is_known(deadline) ? deadline : wall_date(json_wall(item, "starts"));
}

static void choose_all(struct chosen *chosen, const json_t *sources, date_fn *date_of)
{
    const json_t *source, *item;
    size_t i, j;
    json_array_foreach(sources, i, source)
    {
        json_array_foreach(json_object_get(source, "items"), j, item)
        {
            struct date date = date_of(item);
            if (date_is_known(date))
                choose(chosen, item, date);
        }
    }
}

static void write_anchor(struct buf *out, const json_t *item)
{
    html_add(out, "<a href=\"#i-");
    html_text(out, json_text(item, "handle"));
    html_add(out, "\">");
    html_text(out, json_text(item, "title"));
    html_add(out, "</a>");
}

/* A list of links into the page: the title, the date or the state, the amount, who. */
static void write_list(struct buf *out, const struct page *page, const json_t *sources,
                       const char *slot, enum word heading, enum word none, date_fn *date_of)
{
    struct chosen chosen = {.count = 0};
    char money[SHOW_TEXT];
    choose_all(&chosen, sources, date_of);
    buf_format(out, "<section slot=\"%s\" aria-labelledby=\"h-%s\"><h2 id=\"h-%s\">", slot, slot,
               slot);
    html_text(out, word_text(heading, page->language));
    html_add(out, "</h2>");
    if (chosen.count == 0)
        page_say(out, page, "p", none);
    else
        html_add(out, "<ul class=\"list\">");
    for (size_t i = 0; i < chosen.count; i++) {
        const json_t *item = chosen.at[i].item;
        bool is_case = is(item, "kind", "case");
        html_add(out, "<li>");
        write_anchor(out, item);
        html_add(out, " <span>");
        if (is_case)
            html_text(out, json_text(json_object_get(item, "status"), "text"));
        else
            show_date_html(out, chosen.at[i].date, page->language);
        html_add(out, "</span> <span>");
        html_text(out, show_money(json_text(item, "amount"), page->language, money));
        html_add(out, "</span> <span>");
        if (is(item, "kind", "payment"))
            html_text(out, word_text(is(item, "direction", "from_you") ? WORD_PAID_BY_YOU
                                                                       : WORD_PAID_TO_YOU,
                                     page->language));
        html_add(out, "</span> <span>");
        html_text(out, json_text(json_object_get(item, "authority"), "name"));
        html_add(out, "</span></li>");
    }
    if (chosen.count > 0)
        html_add(out, "</ul>");
    html_add(out, "</section>\n");
}

/* ---- what to do ---- */

static void write_task(struct buf *out, const struct page *page, const json_t *task)
{
    struct str link = json_text(task, "link"), title = json_text(task, "title");
    char day[SHOW_TEXT];
    html_add(out, "<li class=\"task\"><h3>");
    html_text(out, json_text(task, "text"));
    html_add(out, "</h3><p>");
    html_text(out, title);
    html_add(out, "<br>");
    html_text(out, json_text(task, "authority"));
    struct date date = json_date(task, "date");
    if (date_is_known(date)) {
        html_add(out, "<br><strong>");
        word_write(out, WORD_TODO_BY, page->language, show_date(date, page->language, day),
                   STR(""));
        html_add(out, "</strong>");
    }
    html_add(out, "</p><p class=\"links\">");
    if (str_starts_with(link, STR("https://"))) {
        html_add(out, "<a class=\"button button-primary d-print-none\" rel=\"noreferrer noopener\""
                      " href=\"");
        html_text(out, link);
        html_add(out, "\">");
        word_write(out, WORD_TODO_DO, page->language, json_text(task, "authority"), STR(""));
        html_add(out, "<span class=\"sr-only\">: ");
        html_text(out, title);
        html_add(out, "</span></a> ");
    }
    html_add(out, "<a class=\"d-print-none\" href=\"#i-");
    html_text(out, json_text(task, "handle"));
    html_add(out, "\">");
    html_text(out, word_text(WORD_TODO_SEE, page->language));
    html_add(out, "<span class=\"sr-only\">: ");
    html_text(out, title);
    html_add(out, "</span></a></p></li>");
}

static void write_tasks(struct buf *out, const struct page *page, const json_t *done)
{
    const json_t *tasks = json_object_get(done, "attention"), *task;
    size_t i;
    html_add(out, "<section slot=\"todo\" aria-labelledby=\"h-todo\"><h2 id=\"h-todo\">");
    html_text(out, word_text(WORD_TODO, page->language));
    html_add(out, "</h2>");
    if (json_array_size(tasks) == 0) {
        page_say(out, page, "p", WORD_TODO_NONE);
    } else {
        html_add(out, "<ul class=\"tasks\">");
        json_array_foreach(tasks, i, task) write_task(out, page, task);
        html_add(out, "</ul>");
    }
    html_add(out, "</section>\n");
}

/* "You have 2 things to do and at least 3 cases in progress." No sum is whole when a source is
 * missing. */
static void write_lead(struct buf *out, const struct page *page, const json_t *done)
{
    const json_t *summary = json_object_get(done, "summary");
    size_t tasks = json_array_size(json_object_get(done, "attention"));
    int64_t cases = json_number(summary, "open_cases");
    bool is_complete = json_is(summary, "complete");
    char count[COUNT_TEXT];
    enum word word = cases <= 0                   ? WORD_COUNT_CASES_NONE
                     : !is_complete && cases == 1 ? WORD_COUNT_CASES_LEAST_ONE
                     : !is_complete               ? WORD_COUNT_CASES_LEAST
                     : cases == 1                 ? WORD_COUNT_CASES_ONE
                                                  : WORD_COUNT_CASES;
    html_add(out, "<p slot=\"lead\" class=\"font-lead\" id=\"lead\">");
    if (tasks == 0 && cases <= 0) {
        word_write(out, WORD_TODO_NONE, page->language, STR(""), STR(""));
    } else {
        word_write(out,
                   tasks == 0   ? WORD_COUNT_TODO_NONE
                   : tasks == 1 ? WORD_COUNT_TODO_ONE
                                : WORD_COUNT_TODO,
                   page->language, count_text((int64_t)tasks, count), STR(""));
        html_add(out, " ");
        word_write(out, word, page->language, count_text(cases, count), STR(""));
    }
    html_add(out, "</p>\n");
}

/* ---- the state of the answer ---- */

static void write_missing(struct buf *out, const struct page *page, const json_t *sources)
{
    const json_t *record;
    size_t i, missing = 0;
    json_array_foreach(sources, i, record)
    {
        const json_t *source = json_object_get(record, "source");
        if (!page_state_is_missing(json_text(source, "state")))
            continue;
        if (missing++ == 0) {
            page_say(out, page, "p", WORD_STATE_MISSING);
            html_add(out, "<ul>");
        }
        buf_format(out, "<li><a href=\"#s%lld\">", (long long)json_number(record, "place"));
        html_text(out, json_text(source, "name"));
        html_add(out, ": ");
        html_text(out, json_text(source, "asked_for"));
        html_add(out, "</a></li>");
    }
    if (missing > 0)
        html_add(out, "</ul>");
}

static void write_state(struct buf *out, const struct page *page, const json_t *sources,
                        const json_t *done)
{
    const json_t *summary = json_object_get(done, "summary");
    int64_t answered = json_number(summary, "answered"), asked = json_number(summary, "asked");
    bool is_complete = json_is(summary, "complete");
    char some[COUNT_TEXT], all[COUNT_TEXT];
    buf_format(
        out,
        "<section slot=\"state\" id=\"state\" class=\"alert %s\" aria-labelledby=\"h-state\">"
        "<div class=\"alert-body\"><h2 class=\"alert-heading\" id=\"h-state\">",
        is_complete ? "alert-success" : "alert-warning");
    html_text(out, word_text(WORD_STATE, page->language));
    html_add(out, "</h2><p class=\"alert-text\">");
    if (!done)
        word_write(out, WORD_STATE_CUT, page->language, STR(""), STR(""));
    else if (answered == asked)
        word_write(out, WORD_STATE_ALL, page->language, count_text(asked, all), STR(""));
    else
        word_write(out, WORD_STATE_SOME, page->language, count_text(answered, some),
                   count_text(asked, all));
    html_add(out, "</p>");
    write_missing(out, page, sources);
    html_add(out, "<p class=\"d-print-none\">");
    page_say(out, page, "a href=\"/\"", WORD_REFRESH);
    html_add(out, "</p></div></section>\n");
}

static bool has_place(const json_t *sources, size_t place)
{
    const json_t *record;
    size_t i;
    json_array_foreach(sources, i,
                       record) if (json_number(record, "place") == (int64_t)place) return true;
    return false;
}

/* The stream broke off: no place goes on waiting, and none looks empty. */
static void write_cut(struct buf *out, const struct page *page, const json_t *plan,
                      const json_t *sources)
{
    const json_t *rows = json_object_get(plan, "sources"), *row;
    size_t i;
    page_say(out, page, "p slot=\"lead\" class=\"font-lead\"", WORD_STATE_CUT);
    html_add(out, "<span slot=\"todo\"></span>");
    json_array_foreach(rows, i, row)
    {
        if (has_place(sources, i))
            continue;
        buf_format(out, "<section slot=\"s%zu\" class=\"source missing\"><h3>", i);
        html_text(out, json_text(row, "name"));
        html_add(out, ": ");
        html_text(out, json_text(row, "asked_for"));
        html_add(out, "</h3>");
        page_say(out, page, "p class=\"sentence alert-sentence\"", WORD_STATE_CUT);
        html_add(out, "</section>\n");
    }
}

void page_overview_end(struct buf *out, const struct page *page, const json_t *plan,
                       const json_t *sources, const json_t *done)
{
    if (done) {
        write_lead(out, page, done);
        write_tasks(out, page, done);
    } else {
        write_cut(out, page, plan, sources);
    }
    write_state(out, page, sources, done);
    write_list(out, page, sources, "cases", WORD_OPEN_CASES, WORD_OPEN_CASES_NONE, open_case);
    write_list(out, page, sources, "payments", WORD_NEXT_PAYMENTS, WORD_NEXT_PAYMENTS_NONE,
               next_payment);
    write_list(out, page, sources, "dates", WORD_NEXT_DATES, WORD_NEXT_DATES_NONE, next_date);
    html_add(out, "<div slot=\"end\" id=\"end\">");
    html_element(out, "p", json_text(done, "declaration"));
    page_say(out, page, "p", WORD_ABSENT);
    if (json_text(done, "receipt").at) {
        html_add(out, "<p class=\"receipt\">");
        html_text(out, word_text(WORD_RECEIPT, page->language));
        html_add(out, ": <code>");
        html_text(out, json_text(done, "receipt"));
        html_add(out, "</code></p>");
    }
    html_add(out, "<p class=\"d-print-none\">");
    page_say(out, page, "a href=\"/municipality\"", WORD_MUNICIPALITY_CHANGE);
    html_add(out, "</p></div></div>\n");
    page_end(out, page);
}
