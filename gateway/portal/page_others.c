/* SPDX-License-Identifier: MIT */
#include "base/html.h"
#include "portal/page_lists.h"
#include "portal/show.h"

/* A hidden input with a value of somebody else's. */
static void write_hidden(struct buf *out, const char *name, struct str value)
{
    buf_format(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    html_text(out, value);
    html_add(out, "\">");
}

static void write_person(struct buf *out, const struct page *page, const json_t *mandate)
{
    struct str handle = json_text(mandate, "mandate"), name = json_text(mandate, "name");
    struct date until = wall_date(json_wall(mandate, "to"));
    char day[SHOW_TEXT];
    html_add(out, "<li class=\"item\"><h2>");
    html_text(out, name);
    html_add(out, "</h2>");
    if (date_is_known(until) && handle.at) {
        html_add(out, "<p>");
        word_write(out, WORD_OTHERS_UNTIL, page->language, show_date(until, page->language, day),
                   STR(""));
        html_add(out, "</p>");
    }
    if (handle.at) {
        page_form(out, page, "/act-for");
        write_hidden(out, "mandate", handle);
        page_button(out, page, WORD_OTHERS_SEE, name);
        html_add(out, "</form>");
    } else {
        page_say(out, page, "p", WORD_OTHERS_NOT);
    }
    html_add(out, "</li>");
}

void page_others(struct buf *out, const struct page *page, const json_t *answer)
{
    const json_t *mandates = json_object_get(answer, "may_act_for"), *mandate;
    size_t i;
    page_say(out, page, "h1", WORD_OTHERS);
    page_say(out, page, "p class=\"font-lead\"", WORD_OTHERS_LEAD);
    if (!json_is(answer, "complete"))
        page_say(out, page, "p class=\"alert-sentence\"", WORD_OTHERS_PARTLY);
    else if (json_array_size(mandates) == 0)
        page_say(out, page, "p", WORD_OTHERS_NONE);
    if (json_array_size(mandates) == 0)
        return;
    html_add(out, "<ul class=\"items\">");
    json_array_foreach(mandates, i, mandate) write_person(out, page, mandate);
    html_add(out, "</ul>");
}
