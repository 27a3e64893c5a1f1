/* SPDX-License-Identifier: MIT */
#include "portal/page_item.h"

#include <stdio.h>

#include "base/html.h"
#include "portal/show.h"

static bool is(const json_t *object, const char *name, const char *value)
{
    return str_equal(json_text(object, name), str_of(value));
}

bool page_state_is_missing(struct str state)
{
    static const char *const missing[] = {"late", "failed", "invalid", "foreign",      "refused",
                                          "busy", "open",   "closed",  "municipality", "level"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (str_equal(state, str_of(missing[i])))
            return true;
    return false;
}

/* ---- facts ---- */

static void fact_date(struct buf *out, const struct page *page, enum word name, struct date date)
{
    if (!date_is_known(date))
        return;
    html_add(out, "<div>");
    page_say(out, page, "dt", name);
    html_add(out, "<dd>");
    show_date_html(out, date, page->language);
    html_add(out, "</dd></div>");
}

static void fact_wall(struct buf *out, const struct page *page, enum word name, struct wall wall)
{
    if (!wall.known)
        return;
    html_add(out, "<div>");
    page_say(out, page, "dt", name);
    html_add(out, "<dd>");
    show_wall_html(out, wall, page->language);
    html_add(out, "</dd></div>");
}

static void fact_money(struct buf *out, const struct page *page, enum word name, struct str amount)
{
    char text[SHOW_TEXT];
    page_fact(out, page, name, show_money(amount, page->language, text));
}

static void fact_word(struct buf *out, const struct page *page, enum word name, enum word value)
{
    page_fact(out, page, name, word_text(value, page->language));
}

/* One of several words, by its code; of an unknown code nothing is said. */
struct coded {
    const char *code;
    enum word word;
};

static void fact_coded(struct buf *out, const struct page *page, enum word name, struct str code,
                       const struct coded *known, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(code, str_of(known[i].code)))
            fact_word(out, page, name, known[i].word);
}

#define FACT_CODED(out, page, name, code, known)                                                   \
    fact_coded(out, page, name, code, known, sizeof(known) / sizeof *(known))

/* ---- kinds ---- */

static void case_facts(struct buf *out, const struct page *page, const json_t *item)
{
    static const struct coded awaited[] = {{"you", WORD_AWAITING_YOU},
                                           {"authority", WORD_AWAITING_THEM}};
    if (str_is_empty(page->visitor->other)) /* the sentence says it of another */
        FACT_CODED(out, page, WORD_AWAITING, json_text(item, "awaiting"), awaited);
    fact_date(out, page, WORD_DECISION, json_date(item, "decision_expected"));
    page_fact(out, page, WORD_NUMBER, json_text(item, "number"));
}

static void document_facts(struct buf *out, const struct page *page, const json_t *item)
{
    static const struct coded directions[] = {{"to_you", WORD_SENT_TO_YOU},
                                              {"from_you", WORD_SENT_BY_YOU}};
    FACT_CODED(out, page, WORD_DOCUMENT, json_text(item, "direction"), directions);
    fact_date(out, page, WORD_DATE, json_date(item, "date"));
}

static void benefit_facts(struct buf *out, const struct page *page, const json_t *item)
{
    static const struct coded often[] = {
        {"once", WORD_ONCE},       {"weekly", WORD_WEEKLY},       {"fortnightly", WORD_FORTNIGHTLY},
        {"monthly", WORD_MONTHLY}, {"quarterly", WORD_QUARTERLY}, {"yearly", WORD_YEARLY}};
    fact_money(out, page, WORD_GROSS, json_text(item, "gross"));
    fact_money(out, page, WORD_NET, json_text(item, "net"));
    FACT_CODED(out, page, WORD_FREQUENCY, json_text(item, "frequency"), often);
    page_fact(out, page, WORD_PAYER, json_text(item, "payer"));
    fact_date(out, page, WORD_FROM, json_date(item, "valid_from"));
    fact_date(out, page, WORD_TO, json_date(item, "valid_to"));
}

static void payment_facts(struct buf *out, const struct page *page, const json_t *item)
{
    static const struct coded directions[] = {{"to_you", WORD_PAID_TO_YOU},
                                              {"from_you", WORD_PAID_BY_YOU}};
    bool is_taxed = json_text(item, "gross").at != NULL;
    fact_date(out, page, WORD_DATE, json_date(item, "date"));
    fact_money(out, page, WORD_GROSS, json_text(item, "gross"));
    fact_money(out, page, is_taxed ? WORD_NET : WORD_AMOUNT, json_text(item, "amount"));
    FACT_CODED(out, page, WORD_DIRECTION, json_text(item, "direction"), directions);
}

static void validity_facts(struct buf *out, const struct page *page, const json_t *item)
{
    page_fact(out, page, WORD_NUMBER, json_text(item, "number"));
    fact_date(out, page, WORD_FROM, json_date(item, "valid_from"));
    fact_date(out, page, WORD_TO, json_date(item, "valid_to"));
}

static void appointment_facts(struct buf *out, const struct page *page, const json_t *item)
{
    fact_wall(out, page, WORD_STARTS, json_wall(item, "starts"));
    page_fact(out, page, WORD_PLACE, json_text(item, "place"));
    fact_date(out, page, WORD_DEADLINE, json_date(item, "deadline"));
}

static const struct kind {
    const char *code;
    enum word name;
    void (*facts)(struct buf *out, const struct page *page, const json_t *item);
} kinds[] = {
    {"case", WORD_CASE, case_facts},
    {"appointment", WORD_APPOINTMENT, appointment_facts},
    {"benefit", WORD_BENEFIT, benefit_facts},
    {"payment", WORD_PAYMENT, payment_facts},
    {"credential", WORD_CREDENTIAL, validity_facts},
    {"service", WORD_SERVICE, validity_facts},
    {"document", WORD_DOCUMENT, document_facts},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- one item ---- */

/* The steps a case has gone through; the last one is where it stands. */
static void write_history(struct buf *out, const struct page *page, const json_t *item)
{
    const json_t *steps = json_object_get(item, "history");
    size_t count = json_array_size(steps);
    if (count == 0)
        return;
    html_add(out, "<details><summary>");
    html_text(out, word_text(WORD_HISTORY, page->language));
    html_add(out, "</summary><ol class=\"steps\">");
    for (size_t i = 0; i < count; i++) {
        const json_t *step = json_array_get(steps, i);
        html_add(out, i + 1 == count ? "<li aria-current=\"step\"><strong>" : "<li><span>");
        html_text(out, json_text(step, "text"));
        html_add(out, i + 1 == count ? "</strong> " : "</span> ");
        show_date_html(out, wall_date(json_wall(step, "from")), page->language);
        html_add(out, "</li>");
    }
    html_add(out, "</ol></details>");
}

static void write_links(struct buf *out, const struct page *page, const json_t *item)
{
    static const struct coded types[] = {{"self_service", WORD_SELF_SERVICE},
                                         {"decision", WORD_LINK_DECISION},
                                         {"digital_post", WORD_DIGITAL_POST}};
    const json_t *links = json_object_get(item, "links"), *link;
    size_t i;
    html_add(out, "<p class=\"links d-print-none\">");
    json_array_foreach(links, i, link)
    {
        enum word name = WORD_LINK_OTHER;
        for (size_t j = 0; j < sizeof types / sizeof *types; j++)
            if (is(link, "type", types[j].code))
                name = types[j].word;
        html_link(out, json_text(link, "url"), word_text(name, page->language));
        html_add(out, " ");
    }
    html_add(out, "<a href=\"/correction?item=");
    html_text(out, json_text(item, "handle"));
    html_add(out, "\">");
    html_text(out, word_text(WORD_WRONG, page->language));
    html_add(out, "<span class=\"sr-only\"> ");
    html_text(out, json_text(item, "title"));
    html_add(out, "</span></a></p>");
}

static bool awaits_you(const json_t *item)
{
    return is(item, "awaiting", "you");
}

static void write_item(struct buf *out, const struct page *page, const json_t *item,
                       const struct kind *kind)
{
    const json_t *status = json_object_get(item, "status");
    html_add(out, "<li class=\"item\" id=\"i-");
    html_text(out, json_text(item, "handle"));
    html_add(out, "\"><h4>");
    html_text(out, json_text(item, "title"));
    html_add(out, "</h4><p class=\"kind\">");
    html_text(out, word_text(kind->name, page->language));
    if (json_text(status, "text").at) {
        html_add(out, awaits_you(item) ? " <span class=\"badge badge-warning\">"
                                       : " <span class=\"badge badge-info\">");
        html_text(out, json_text(status, "text"));
        html_add(out, "</span>");
    }
    html_add(out, "</p><dl>");
    kind->facts(out, page, item);
    page_fact(out, page, WORD_THEIR_WORDS, json_text(status, "source_text"));
    page_fact(out, page, WORD_AUTHORITY, json_text(json_object_get(item, "authority"), "name"));
    fact_wall(out, page, WORD_AS_OF, json_wall(item, "as_of"));
    html_add(out, "</dl>");
    write_history(out, page, item);
    write_links(out, page, item);
    html_add(out, "</li>");
}

/* What is over, and is one click away. */
static bool is_past(const json_t *item)
{
    static const char *const past[] = {"closed", "rejected", "paid",     "expired",
                                       "ended",  "held",     "inactive", "cancelled"};
    const json_t *status = json_object_get(item, "status");
    for (size_t i = 0; i < sizeof past / sizeof *past; i++)
        if (is(status, "code", past[i]))
            return true;
    return false;
}

/* How many were written, of `kind` and past or not. */
static size_t write_items(struct buf *out, const struct page *page, const json_t *items,
                          const struct kind *kind, bool past)
{
    const json_t *item;
    size_t i, count = 0;
    json_array_foreach(items, i, item)
    {
        if (!is(item, "kind", kind->code) || is_past(item) != past)
            continue;
        if (out)
            write_item(out, page, item, kind);
        count++;
    }
    return count;
}

static void write_all(struct buf *out, const struct page *page, const json_t *items)
{
    size_t past = 0, current = 0;
    for (size_t i = 0; i < KINDS; i++) {
        past += write_items(NULL, page, items, &kinds[i], true);
        current += write_items(NULL, page, items, &kinds[i], false);
    }
    if (current > 0) {
        html_add(out, "<ul class=\"items\">");
        for (size_t i = 0; i < KINDS; i++)
            write_items(out, page, items, &kinds[i], false);
        html_add(out, "</ul>");
    }
    if (past > 0) {
        char count[24];
        snprintf(count, sizeof count, "%zu", past);
        html_add(out, "<details><summary>");
        word_write(out, WORD_EARLIER, page->language, str_of(count), STR(""));
        html_add(out, "</summary><ul class=\"items\">");
        for (size_t i = 0; i < KINDS; i++)
            write_items(out, page, items, &kinds[i], true);
        html_add(out, "</ul></details>");
    }
}

/* ---- a source ---- */

/* A link that a script turns into a question about this source alone. While a breaker waits it says
 * how long, and a script counts down. */
static void write_retry(struct buf *out, const struct page *page, const json_t *source,
                        size_t place)
{
    struct str code = json_text(json_object_get(source, "authority"), "code");
    int64_t after = json_number(source, "retry_after");
    char seconds[24];
    html_add(out, "<p class=\"d-print-none\"><a class=\"button button-secondary\" href=\"/\""
                  " data-retry=\"/source?id=");
    html_text(out, json_text(source, "id"));
    if (code.at) {
        html_add(out, "&amp;municipality=");
        html_text(out, code);
    }
    buf_format(out, "&amp;place=%zu&amp;view=%u\" data-after=\"%lld\" data-word=\"", place,
               page->visitor->view, (long long)(after > 0 ? after : 0));
    html_text(out, word_text(WORD_RETRY, page->language));
    html_add(out, "\" data-wait=\"");
    html_text(out, word_text(WORD_RETRY_AFTER, page->language));
    html_add(out, "\">");
    if (after > 0) {
        snprintf(seconds, sizeof seconds, "%lld", (long long)after);
        word_write(out, WORD_RETRY_AFTER, page->language, str_of(seconds), STR(""));
    } else {
        html_text(out, word_text(WORD_RETRY, page->language));
    }
    html_add(out, "<span class=\"sr-only\"> ");
    html_text(out, json_text(source, "name"));
    html_add(out, "</span></a></p>");
}

void page_source(struct buf *out, const struct page *page, const json_t *record, size_t place)
{
    const json_t *source = json_object_get(record, "source");
    struct str state = json_text(source, "state"), text = json_text(source, "text"),
               message = json_text(source, "message"), shows = json_text(source, "shows");
    bool is_missing = page_state_is_missing(state);
    buf_format(out,
               "<section slot=\"s%zu\" id=\"s%zu\" class=\"source%s\" aria-labelledby=\"h%zu\"",
               place, place, is_missing ? " missing" : "", place);
    html_add(out, " data-state=\"");
    html_text(out, state);
    buf_format(out, "\"><h3 id=\"h%zu\">", place);
    html_text(out, json_text(source, "name"));
    html_add(out, ": ");
    html_text(out, json_text(source, "asked_for"));
    html_add(out, "</h3>");
    html_element(out, is_missing ? "p class=\"sentence alert-sentence\"" : "p class=\"sentence\"",
                 text);
    if (message.at)
        html_element(out, "p", message);
    if (is_missing && !str_equal(state, STR("municipality")) && !str_equal(state, STR("level")))
        write_retry(out, page, source, place);
    write_all(out, page, json_object_get(record, "items"));
    if (shows.at)
        html_element(out, "p class=\"shows\"", shows);
    html_add(out, "</section>\n");
}
