/* SPDX-License-Identifier: MIT */
#include "portal/page.h"

#include "base/html.h"
#include "portal/show.h"

void page_say(struct buf *out, const struct page *page, const char *tag, enum word word)
{
    html_element(out, tag, word_text(word, page->language));
}

void page_form(struct buf *out, const struct page *page, const char *action)
{
    buf_format(out, "<form method=\"post\" action=\"%s\">", action);
    if (page->visitor) {
        html_add(out, "<input type=\"hidden\" name=\"csrf\" value=\"");
        html_text(out, page->visitor->csrf);
        html_add(out, "\">");
    }
}

void page_button(struct buf *out, const struct page *page, enum word word, struct str name)
{
    html_add(out, "<button type=\"submit\" class=\"button button-secondary\">");
    word_write(out, word, page->language, name, STR(""));
    html_add(out, "</button>");
}

void page_choice(struct buf *out, const char *name, struct str value, struct str label)
{
    buf_format(out,
               "<div class=\"form-group-checkbox\"><input type=\"checkbox\" "
               "class=\"form-checkbox\" name=\"%s\" value=\"",
               name);
    html_text(out, value);
    buf_format(out, "\" id=\"%s-", name);
    html_text(out, value);
    buf_format(out, "\"><label class=\"form-label\" for=\"%s-", name);
    html_text(out, value);
    html_add(out, "\">");
    html_text(out, label);
    html_add(out, "</label></div>");
}

void page_fact(struct buf *out, const struct page *page, enum word name, struct str value)
{
    if (str_is_empty(value))
        return;
    html_add(out, "<div>");
    page_say(out, page, "dt", name);
    html_element(out, "dd", value);
    html_add(out, "</div>");
}

static void write_languages(struct buf *out, const struct page *page)
{
    static const struct {
        const char *tag, *name;
    } languages[LANGUAGES] = {{"da", "Dansk"}, {"en", "English"}};
    html_add(out, "<div class=\"languages d-print-none\"><div class=\"container\">"
                  "<ul aria-label=\"");
    html_text(out, word_text(WORD_LANGUAGE, page->language));
    html_add(out, "\">");
    for (int i = 0; i < LANGUAGES; i++)
        buf_format(out, "<li><a href=\"/language?to=%s\" lang=\"%s\" hreflang=\"%s\"%s>%s</a></li>",
                   languages[i].tag, languages[i].tag, languages[i].tag,
                   i == (int)page->language ? " aria-current=\"true\"" : "", languages[i].name);
    html_add(out, "</ul></div></div>");
}

static void write_user(struct buf *out, const struct page *page)
{
    char hour[SHOW_TEXT];
    if (!page->visitor)
        return;
    html_add(out, "<div class=\"portal-user\">");
    buf_format(out, "<p class=\"user\" id=\"session\" data-ends=\"%lld\" data-soon=\"",
               (long long)page->visitor->ends.unix_ms);
    html_text(out, word_text(WORD_SESSION_SOON, page->language));
    html_add(out, "\">");
    word_write(out, WORD_SESSION_ENDS, page->language,
               show_hour(page->visitor->ends, page->language, hour), STR(""));
    html_add(out, "</p>");
    page_form(out, page, "/logout");
    html_add(out, "<button type=\"submit\" class=\"function-link log-off d-print-none\">");
    html_text(out, word_text(WORD_LOG_OUT, page->language));
    html_add(out, "</button></form></div>");
}

/* Whoever acts for another sees so on every page, also on paper. */
static void write_bar(struct buf *out, const struct page *page)
{
    const struct page_visitor *visitor = page->visitor;
    char day[SHOW_TEXT];
    if (!visitor || str_is_empty(visitor->other))
        return;
    html_add(out, "<section class=\"other-bar\" aria-label=\"");
    html_text(out, word_text(WORD_OTHERS, page->language));
    html_add(out, "\"><div class=\"container\"><p><strong>");
    word_write(out, WORD_BAR, page->language, visitor->other, STR(""));
    html_add(out, ".</strong> ");
    html_text(out, word_text(WORD_BAR_ONLY, page->language));
    if (visitor->other_until.known) {
        html_add(out, " ");
        word_write(out, WORD_OTHERS_UNTIL, page->language,
                   show_date(wall_date(visitor->other_until), page->language, day), STR(""));
        html_add(out, ".");
    }
    html_add(out, "</p>");
    page_form(out, page, "/act-for");
    page_button(out, page, WORD_BAR_BACK, STR(""));
    html_add(out, "</form></div></section>");
}

static void write_menu(struct buf *out, const struct page *page)
{
    static const struct {
        const char *path;
        enum word name;
    } entries[] = {{"/", WORD_PORTAL},           {"/others", WORD_OTHERS}, {"/log", WORD_LOG},
                   {"/consents", WORD_CONSENTS}, {"/export", WORD_EXPORT}, {"/about", WORD_ABOUT}};
    if (!page->visitor)
        return;
    html_add(out, "<nav class=\"menu d-print-none\" aria-label=\"");
    html_text(out, word_text(WORD_MENU, page->language));
    html_add(out, "\"><div class=\"container\"><ul>");
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        buf_format(out, "<li><a href=\"%s\"%s>", entries[i].path,
                   entries[i].name == page->title ? " aria-current=\"page\"" : "");
        html_text(out, word_text(entries[i].name, page->language));
        html_add(out, "</a></li>");
    }
    html_add(out, "</ul></div></nav>");
}

void page_begin(struct buf *out, const struct page *page)
{
    struct str language = language_tag(page->language);
    buf_format(out, "<!doctype html>\n<html lang=\"%.*s\">\n<head><meta charset=\"utf-8\">",
               STR_ARG(language));
    html_add(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                  "<link rel=\"stylesheet\" href=\"/assets/css/dkfds.min.css\">"
                  "<link rel=\"stylesheet\" href=\"/assets/portal.css\">"
                  "<script defer src=\"/assets/portal.js\"></script><title>");
    html_text(out, word_text(page->title, page->language));
    if (page->title != WORD_PORTAL) {
        html_add(out, " - ");
        html_text(out, word_text(WORD_PORTAL, page->language));
    }
    html_add(out, "</title></head>\n<body><nav aria-label=\"");
    html_text(out, word_text(WORD_SHORTCUTS, page->language));
    html_add(out, "\">");
    page_say(out, page, "a class=\"skipnav\" href=\"#content\"", WORD_SKIP);
    html_add(out, "</nav><header class=\"header\">");
    write_languages(out, page);
    html_add(out, "<div class=\"portal-header\"><div class=\"portal-info\">"
                  "<div class=\"portal-info-inner container\">"
                  "<a href=\"/\" class=\"brand\"><span>");
    html_text(out, word_text(WORD_PORTAL, page->language));
    html_add(out, "</span></a>");
    write_user(out, page);
    html_add(out, "</div></div></div></header>\n");
    write_bar(out, page);
    write_menu(out, page);
    html_add(out,
             "<div class=\"container page-container\"><main id=\"content\" tabindex=\"-1\">\n");
}

void page_end(struct buf *out, const struct page *page)
{
    html_add(out, "</main></div>\n<footer class=\"footer d-print-none\"><div class=\"container\">"
                  "<p><a href=\"/about\">");
    html_text(out, word_text(WORD_ABOUT_LINK, page->language));
    html_add(out, "</a></p></div></footer></body></html>\n");
}

void page_notice(struct buf *out, const struct page *page, enum word lead, struct str receipt)
{
    page_begin(out, page);
    page_say(out, page, "h1", page->title);
    page_say(out, page, "p class=\"font-lead\"", lead);
    if (receipt.len > 0) {
        html_add(out, "<p>");
        html_text(out, word_text(WORD_RECEIPT, page->language));
        html_add(out, ": <code>");
        html_text(out, receipt);
        html_add(out, "</code></p>");
    }
    html_add(out, "<p>");
    if (page->visitor)
        page_say(out, page, "a class=\"button button-primary\" href=\"/\"", WORD_BACK);
    else
        page_say(out, page, "a class=\"button button-primary\" href=\"/login\"", WORD_LOG_IN);
    html_add(out, "</p>");
    page_end(out, page);
}
