/* SPDX-License-Identifier: MIT */
#include "base/html.h"
#include "portal/page_lists.h"

void page_export(struct buf *out, const struct page *page, const json_t *answer)
{
    static const struct {
        const char *format;
        enum word word;
    } forms[] = {{"html", WORD_EXPORT_HTML},
                 {"csv", WORD_EXPORT_CSV},
                 {"ics", WORD_EXPORT_ICS},
                 {"json", WORD_EXPORT_JSON}};
    (void)answer;
    page_say(out, page, "h1", WORD_EXPORT);
    page_say(out, page, "p class=\"font-lead\"", WORD_EXPORT_LEAD);
    page_say(out, page, "p", WORD_EXPORT_CARE);
    html_add(out, "<ul>");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        buf_format(out, "<li><a href=\"/export/file?format=%s\" download>", forms[i].format);
        html_text(out, word_text(forms[i].word, page->language));
        html_add(out, "</a></li>");
    }
    html_add(out, "</ul>");
}
