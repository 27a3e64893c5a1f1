/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/html.h"
#include "portal/page_lists.h"

static struct str text_of(const json_t *object, const char *name, enum language language)
{
    return json_text(json_object_get(object, name), language == LANGUAGE_DA ? "da" : "en");
}

static void write_breach(struct buf *out, const struct page *page, const json_t *card)
{
    struct str protection = text_of(card, "data_protection", page->language),
               breach = json_text(card, "breach");
    html_text(out, protection);
    html_add(out, protection.at && breach.at ? "<br>" : "");
    if (breach.at)
        html_link(out, breach, word_text(WORD_BREACH, page->language));
}

static void table_begin(struct buf *out, const struct page *page, enum word name,
                        const enum word *heads, size_t count)
{
    html_add(out, "<div class=\"table--responsive-scroll\" tabindex=\"0\" role=\"region\" "
                  "aria-label=\"");
    html_text(out, word_text(name, page->language));
    html_add(out, "\"><table class=\"table\"><thead><tr>");
    for (size_t i = 0; i < count; i++)
        page_say(out, page, "th scope=\"col\"", heads[i]);
    html_add(out, "</tr></thead><tbody>");
}

static void write_sources(struct buf *out, const struct page *page, const json_t *answer)
{
    static const enum word heads[] = {WORD_AUTHORITY, WORD_ABOUT_WHAT, WORD_ABOUT_WAIT,
                                      WORD_DATA_PROTECTION};
    const json_t *sources = json_object_get(answer, "sources"), *source;
    char seconds[32];
    size_t i;
    table_begin(out, page, WORD_ABOUT_WHO, heads, sizeof heads / sizeof *heads);
    json_array_foreach(sources, i, source)
    {
        int64_t ms = json_number(source, "waits_at_most_ms");
        html_add(out, "<tr>");
        html_element(out, "td", text_of(source, "name", page->language));
        html_element(out, "td", text_of(source, "asked_for", page->language));
        html_add(out, "<td>");
        if (ms >= 0) {
            snprintf(seconds, sizeof seconds,
                     page->language == LANGUAGE_DA ? "%lld,%lld" : "%lld.%lld",
                     (long long)(ms / 1000), (long long)(ms % 1000 / 100));
            word_write(out, WORD_ABOUT_SECONDS, page->language, str_of(seconds), STR(""));
        }
        html_add(out, "</td><td>");
        write_breach(out, page, json_object_get(source, "authority"));
        html_add(out, "</td></tr>");
    }
    html_add(out, "</tbody></table></div>");
}

static void write_municipalities(struct buf *out, const struct page *page, const json_t *answer)
{
    const json_t *all = json_object_get(answer, "municipalities"), *one;
    size_t i;
    html_add(out, "<ul>");
    json_array_foreach(all, i, one)
    {
        struct str shows = text_of(one, "shows", page->language);
        html_add(out, "<li>");
        html_text(out, shows.at ? shows : json_text(one, "name"));
        html_add(out, " ");
        write_breach(out, page, one);
        html_add(out, "</li>");
    }
    html_add(out, "</ul>");
}

void page_about(struct buf *out, const struct page *page, const json_t *answer)
{
    page_say(out, page, "h1", WORD_ABOUT);
    html_element(out, "p class=\"font-lead\"", text_of(answer, "declaration", page->language));
    page_say(out, page, "h2", WORD_ABOUT_NEVER);
    page_say(out, page, "p", WORD_ABOUT_NEVER_TEXT);
    page_say(out, page, "h2", WORD_ABOUT_WHO);
    write_sources(out, page, answer);
    page_say(out, page, "h2", WORD_ABOUT_MUNICIPALITIES);
    write_municipalities(out, page, answer);
}

void page_municipalities(struct buf *out, const struct page *page, const json_t *answer)
{
    const json_t *all = json_object_get(answer, "municipalities"), *one;
    size_t i;
    page_say(out, page, "h1", WORD_MUNICIPALITY);
    page_say(out, page, "p class=\"font-lead\"", WORD_MUNICIPALITY_LEAD);
    page_form(out, page, "/municipality");
    html_add(out, "<fieldset class=\"choices\">");
    page_say(out, page, "legend", WORD_MUNICIPALITY_EARLIER);
    json_array_foreach(all, i, one)
    {
        page_choice(out, "code", json_text(one, "code"), json_text(one, "name"));
    }
    html_add(out, "</fieldset>");
    page_button(out, page, WORD_MUNICIPALITY_SAVE, STR(""));
    html_add(out, "</form>");
}
