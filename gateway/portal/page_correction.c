/* SPDX-License-Identifier: MIT */
#include "base/html.h"
#include "portal/page_lists.h"

enum { TEXT_MAX = 4000, REPLY_MAX = 200 };

void page_correction(struct buf *out, const struct page *page, struct str handle, bool is_fault)
{
    page_say(out, page, "h1", WORD_CORRECTION);
    if (page->visitor->other.len > 0) {
        page_say(out, page, "p class=\"font-lead\"", WORD_CORRECTION_NOT_FOR_OTHERS);
        return;
    }
    page_say(out, page, "p class=\"font-lead\"", WORD_CORRECTION_LEAD);
    page_form(out, page, "/correction");
    html_add(out, "<input type=\"hidden\" name=\"item\" value=\"");
    html_text(out, handle);
    html_add(out, "\"><p><label for=\"text\">");
    html_text(out, word_text(WORD_CORRECTION_TEXT, page->language));
    html_add(out, "</label></p>");
    if (is_fault)
        page_say(out, page, "p id=\"text-fault\" class=\"alert-sentence\"", WORD_CORRECTION_EMPTY);
    buf_format(out,
               "<p><textarea class=\"form-input\" id=\"text\" name=\"text\" rows=\"6\" "
               "maxlength=\"%d\" required%s></textarea></p><p><label for=\"reply\">",
               TEXT_MAX, is_fault ? " aria-describedby=\"text-fault\" aria-invalid=\"true\"" : "");
    html_text(out, word_text(WORD_CORRECTION_REPLY, page->language));
    buf_format(out,
               "</label></p><p><input class=\"form-input\" id=\"reply\" name=\"reply\" "
               "maxlength=\"%d\" autocomplete=\"off\"></p>",
               REPLY_MAX);
    page_button(out, page, WORD_CORRECTION_SEND, STR(""));
    html_add(out, "</form>");
}

void page_corrected(struct buf *out, const struct page *page, const json_t *answer)
{
    const json_t *authority = json_object_get(answer, "authority"),
                 *contacts = json_object_get(authority, "contacts"), *contact;
    bool is_sent = str_equal(json_text(answer, "state"), STR("forwarded"));
    struct str website = STR_NONE, phone = STR_NONE;
    const json_t *protection = json_object_get(authority, "data_protection");
    struct str words = json_is_string(protection)
                           ? json_text(authority, "data_protection")
                           : json_text(protection, page->language == LANGUAGE_DA ? "da" : "en");
    size_t i;
    page_say(out, page, "h1", is_sent ? WORD_CORRECTION_SENT : WORD_CORRECTION_CONTACT);
    if (!is_sent)
        page_say(out, page, "p class=\"font-lead\"", WORD_CORRECTION_CONTACT_LEAD);
    json_array_foreach(contacts, i, contact)
    {
        if (str_equal(json_text(contact, "type"), STR("website")))
            website = json_text(contact, "value");
        if (str_equal(json_text(contact, "type"), STR("phone")))
            phone = json_text(contact, "value");
    }
    html_add(out, "<dl>");
    page_fact(out, page, WORD_AUTHORITY, json_text(authority, "name"));
    page_fact(out, page, WORD_CORRECTION_THEIRS, json_text(answer, "authority_receipt"));
    page_fact(out, page, WORD_PHONE, phone);
    page_fact(out, page, WORD_DATA_PROTECTION, words);
    html_add(out, "</dl><p class=\"links\">");
    if (website.at)
        html_link(out, website, word_text(WORD_WEBSITE, page->language));
    html_add(out, " ");
    if (json_text(authority, "breach").at)
        html_link(out, json_text(authority, "breach"), word_text(WORD_BREACH, page->language));
    html_add(out, "</p>");
}
