/* SPDX-License-Identifier: MIT */
#include "base/html.h"
#include "portal/page_lists.h"
#include "portal/show.h"

static const struct {
    const char *code;
    enum word word;
} kinds[] = {
    {"case", WORD_CASES},
    {"document", WORD_DOCUMENTS},
    {"benefit", WORD_BENEFITS},
    {"payment", WORD_PAYMENTS},
    {"credential", WORD_CREDENTIALS},
    {"service", WORD_SERVICES},
    {"appointment", WORD_APPOINTMENTS},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool has_kind(const json_t *list, const char *code)
{
    const json_t *one;
    size_t i;
    json_array_foreach(list, i, one) if (json_is_string(one) &&
                                         strcmp(json_string_value(one), code) == 0) return true;
    return false;
}

static void write_kinds(struct buf *out, const struct page *page, const json_t *list)
{
    bool is_first = true;
    html_add(out, "<p>");
    html_text(out, word_text(WORD_CONSENT_KINDS, page->language));
    for (size_t i = 0; i < KINDS; i++) {
        if (!has_kind(list, kinds[i].code))
            continue;
        html_add(out, is_first ? ": " : ", ");
        html_text(out, word_text(kinds[i].word, page->language));
        is_first = false;
    }
    html_add(out, "</p>");
}

static void write_consent(struct buf *out, const struct page *page, const json_t *consent)
{
    const json_t *service = json_object_get(consent, "service");
    struct str state = json_text(consent, "state");
    bool is_active = str_equal(state, STR("active"));
    html_add(out, "<li class=\"item\"><h3>");
    html_text(out, json_text(service, "name"));
    html_add(out, "</h3><p>");
    html_text(out, word_text(is_active                            ? WORD_CONSENT_ACTIVE
                             : str_equal(state, STR("withdrawn")) ? WORD_CONSENT_STOPPED
                                                                  : WORD_CONSENT_ENDED,
                             page->language));
    html_add(out, ". ");
    html_text(out, word_text(WORD_CONSENT_UNTIL, page->language));
    html_add(out, ": ");
    show_wall_html(out, json_wall(consent, "until"), page->language);
    html_add(out, "</p>");
    if (json_wall(consent, "used").known) {
        html_add(out, "<p>");
        html_text(out, word_text(WORD_CONSENT_USED, page->language));
        html_add(out, ": ");
        show_wall_html(out, json_wall(consent, "used"), page->language);
        html_add(out, "</p>");
    }
    write_kinds(out, page, json_object_get(consent, "kinds"));
    if (is_active) {
        page_form(out, page, "/consents/stop");
        html_add(out, "<input type=\"hidden\" name=\"id\" value=\"");
        html_text(out, json_text(consent, "id"));
        html_add(out, "\">");
        page_button(out, page, WORD_CONSENT_STOP, json_text(service, "name"));
        html_add(out, "</form>");
    }
    html_add(out, "</li>");
}

static void write_choice(struct buf *out, const struct page *page, const json_t *service,
                         size_t number)
{
    const json_t *may = json_object_get(service, "kinds");
    html_add(out, "<li class=\"item\"><h3>");
    html_text(out, json_text(service, "name"));
    html_add(out, "</h3>");
    html_element(out, "p", json_text(service, "purpose"));
    page_form(out, page, "/consents");
    html_add(out, "<input type=\"hidden\" name=\"service\" value=\"");
    html_text(out, json_text(service, "id"));
    html_add(out, "\"><fieldset class=\"choices\">");
    page_say(out, page, "legend", WORD_CONSENT_KINDS);
    for (size_t i = 0; i < KINDS; i++) {
        if (!has_kind(may, kinds[i].code))
            continue;
        page_choice(out, "kind", str_of(kinds[i].code), word_text(kinds[i].word, page->language));
    }
    buf_format(out, "</fieldset><p><label for=\"until%zu\">", number);
    html_text(out, word_text(WORD_CONSENT_UNTIL, page->language));
    buf_format(
        out,
        "</label> <input class=\"form-input\" type=\"date\" id=\"until%zu\" name=\"until\" required></p>",
        number);
    page_button(out, page, WORD_CONSENT_GIVE, json_text(service, "name"));
    html_add(out, "</form></li>");
}

void page_consents(struct buf *out, const struct page *page, const json_t *answer)
{
    const json_t *consents = json_object_get(answer, "consents"),
                 *services = json_object_get(answer, "services"), *one;
    size_t i;
    page_say(out, page, "h1", WORD_CONSENTS);
    page_say(out, page, "p class=\"font-lead\"", WORD_CONSENTS_LEAD);
    if (json_array_size(consents) == 0)
        page_say(out, page, "p", WORD_CONSENTS_NONE);
    html_add(out, "<h2 class=\"sr-only\">");
    html_text(out, word_text(WORD_CONSENTS, page->language));
    html_add(out, "</h2><ul class=\"items\">");
    json_array_foreach(consents, i, one) write_consent(out, page, one);
    json_array_foreach(services, i, one) write_choice(out, page, one, i);
    html_add(out, "</ul>");
}

void page_consent_given(struct buf *out, const struct page *page, const json_t *answer)
{
    page_say(out, page, "h1", WORD_CONSENT_GIVEN);
    page_say(out, page, "p class=\"font-lead\"", WORD_CONSENT_TOKEN);
    html_add(out, "<p><code class=\"token\">");
    html_text(out, json_text(answer, "token"));
    html_add(out, "</code></p><p>");
    page_say(out, page, "a href=\"/consents\"", WORD_CONSENTS);
    html_add(out, "</p>");
}
