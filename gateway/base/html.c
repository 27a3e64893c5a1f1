/* SPDX-License-Identifier: MIT */
#include "base/html.h"

static struct str escaped(struct str character)
{
    unsigned char byte = (unsigned char)character.at[0];

    switch (byte) {
    case '&':
        return STR("&amp;");
    case '<':
        return STR("&lt;");
    case '>':
        return STR("&gt;");
    case '"':
        return STR("&quot;");
    case '\'':
        return STR("&#39;");
    case '\t':
    case '\n':
        return character;
    default:
        break;
    }
    bool is_control = byte < ' ' || byte == 0x7f ||
                      (byte == 0xc2 && (unsigned char)character.at[1] < 0xa0); /* C1 */
    return is_control ? STR("\xef\xbf\xbd") : character;
}

void html_text(struct buf *out, struct str text)
{
    while (text.len > 0) {
        size_t len = str_utf8_sequence(text);
        buf_add_str(out, len > 0 ? escaped(str_head(text, len)) : STR("\xef\xbf\xbd"));
        text = str_skip(text, len > 0 ? len : 1);
    }
}

void html_add(struct buf *out, const char *markup)
{
    buf_add_str(out, str_of(markup));
}

void html_element(struct buf *out, const char *tag, struct str text)
{
    struct str name = str_head(str_of(tag), strcspn(tag, " "));

    buf_format(out, "<%s>", tag);
    html_text(out, text);
    buf_format(out, "</%.*s>", STR_ARG(name));
}

void html_link(struct buf *out, struct str url, struct str text)
{
    if (!str_starts_with(url, STR("https://"))) {
        html_text(out, text);
        return;
    }
    html_add(out, "<a rel=\"noreferrer noopener\" href=\"");
    html_text(out, url);
    html_add(out, "\">");
    html_text(out, text);
    html_add(out, "</a>");
}
