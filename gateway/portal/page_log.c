/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/html.h"
#include "portal/page_lists.h"
#include "portal/show.h"

static bool is_own(const json_t *entry)
{
    return str_equal(json_text(entry, "by"), STR("you"));
}

static void write_who(struct buf *out, const struct page *page, const json_t *entry)
{
    struct str by = json_text(entry, "by");
    if (str_equal(by, STR("service")))
        html_text(out, json_text(json_object_get(entry, "service"), "name"));
    else
        html_text(out, word_text(str_equal(by, STR("you"))        ? WORD_LOG_YOU
                                 : str_equal(by, STR("operator")) ? WORD_LOG_OPERATOR
                                                                  : WORD_LOG_ANOTHER,
                                 page->language));
}

/* The sources by name, each once. */
static void write_sources(struct buf *out, const json_t *sources)
{
    const json_t *source;
    struct str last = STR_NONE;
    size_t i;
    json_array_foreach(sources, i, source)
    {
        struct str authority = json_text(source, "authority"),
                   name = authority.at ? authority : json_text(source, "name");
        if (last.at && str_equal(name, last))
            continue;
        html_add(out, last.at ? ", " : "");
        html_text(out, name);
        last = name;
    }
}

static void write_table(struct buf *out, const struct page *page, const json_t *entries, bool own)
{
    static const enum word heads[] = {WORD_LOG_WHEN, WORD_LOG_WHO, WORD_LOG_WHAT, WORD_LOG_WHERE};
    const json_t *entry;
    size_t i;
    html_add(out, "<div class=\"table--responsive-scroll\" tabindex=\"0\" role=\"region\" "
                  "aria-label=\"");
    html_text(out, word_text(own ? WORD_LOG_YOU : WORD_LOG, page->language));
    html_add(out, "\"><table class=\"table\"><thead><tr>");
    for (i = 0; i < sizeof heads / sizeof *heads; i++)
        page_say(out, page, "th scope=\"col\"", heads[i]);
    html_add(out, "</tr></thead><tbody>");
    json_array_foreach(entries, i, entry)
    {
        if (is_own(entry) != own)
            continue;
        html_add(out, "<tr><td>");
        show_wall_html(out, json_wall(entry, "time"), page->language);
        html_add(out, "</td><td>");
        write_who(out, page, entry);
        html_add(out, "</td><td>");
        html_text(out, json_text(entry, "text"));
        html_add(out, "</td><td>");
        write_sources(out, json_object_get(entry, "sources"));
        html_add(out, "</td></tr>");
    }
    html_add(out, "</tbody></table></div>");
}

static size_t count(const json_t *entries, bool own)
{
    const json_t *entry;
    size_t i, found = 0;
    json_array_foreach(entries, i, entry) found += is_own(entry) == own;
    return found;
}

void page_log(struct buf *out, const struct page *page, const json_t *answer)
{
    const json_t *entries = json_object_get(answer, "entries");
    size_t own = count(entries, true);
    struct str next = json_text(answer, "next");
    char text[24];
    page_say(out, page, "h1", WORD_LOG);
    page_say(out, page, "p class=\"font-lead\"", WORD_LOG_LEAD);
    if (own == json_array_size(entries))
        page_say(out, page, "p", WORD_LOG_OTHERS_NONE);
    else
        write_table(out, page, entries, false);
    if (own > 0) {
        snprintf(text, sizeof text, "%zu", own);
        html_add(out, "<details><summary>");
        word_write(out, WORD_LOG_OWN, page->language, str_of(text), STR(""));
        html_add(out, "</summary>");
        write_table(out, page, entries, true);
        html_add(out, "</details>");
    }
    if (next.at) {
        html_add(out, "<p><a href=\"/log");
        html_text(out, next);
        html_add(out, "\">");
        html_text(out, word_text(WORD_LOG_OLDER, page->language));
        html_add(out, "</a></p>");
    }
}
