/* SPDX-License-Identifier: MIT */
#include "joining/page.h"

#include "base/html.h"

enum { NAME_WIDTH = 22 };

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#f2f2f2;padding:1rem;overflow-x:auto}th{text-align:left;vertical-align:top;"
    "padding-right:1.5rem}td{padding-bottom:.3rem}";

static void add_text(struct page *page, struct str text)
{
    if (page->is_html)
        html_text(page->out, text);
    else
        buf_add_str(page->out, text);
}

/* One block: its text between what HTML and what plain text has around it. */
static void add_block(struct page *page, const char *open, struct str text, const char *close,
                      const char *plain_close)
{
    if (page->is_html)
        buf_add_str(page->out, str_of(open));
    add_text(page, text);
    buf_add_str(page->out, str_of(page->is_html ? close : plain_close));
}

void page_begin(struct page *page, enum language language, struct str title)
{
    if (page->is_html) {
        buf_format(page->out, "<!doctype html>\n<html lang=\"%.*s\">\n<meta charset=\"utf-8\">\n",
                   STR_ARG(language_tag(language)));
        add_block(page, "<title>", title, "</title>\n", "");
        buf_format(page->out, "<style>%s</style>\n", style);
    }
    add_block(page, "<h1>", title, "</h1>\n", "\n\n");
}

void page_heading(struct page *page, struct str title)
{
    if (!page->is_html)
        buf_add_str(page->out, STR("## "));
    add_block(page, "<h2>", title, "</h2>\n", "\n\n");
}

void page_paragraph(struct page *page, struct str text)
{
    add_block(page, "<p>", text, "</p>\n", "\n\n");
}

void page_command(struct page *page, struct str command)
{
    add_block(page, "<pre>", command, "</pre>\n", "\n\n");
}

void page_list(struct page *page)
{
    if (page->is_html)
        buf_add_str(page->out, STR("<table>\n"));
}

static size_t letters(struct str text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80; /* UTF-8 */
    return count;
}

void page_row(struct page *page, struct str name, struct str text)
{
    add_block(page, "<tr><th>", name, "</th>", "");
    for (size_t i = letters(name); !page->is_html && i < NAME_WIDTH; i++)
        buf_add_byte(page->out, ' ');
    if (!page->is_html)
        buf_add_byte(page->out, ' ');
    add_block(page, "<td>", text, "</td></tr>\n", "\n");
}

void page_list_end(struct page *page)
{
    buf_add_str(page->out, page->is_html ? STR("</table>\n") : STR("\n"));
}

void page_end(struct page *page)
{
    if (page->is_html)
        buf_add_str(page->out, STR("</html>\n"));
}
