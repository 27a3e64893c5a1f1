/* SPDX-License-Identifier: MIT */
#include "joining/page.h"

#include "tests/tap.h"

static void write(struct page *page)
{
    page_begin(page, LANGUAGE_DA, STR("A & B"));
    page_heading(page, STR("<script>"));
    page_paragraph(page, STR("say \"hi\" > there"));
    page_command(page, STR("curl \\\n  \"https://a?b&c\""));
    page_list(page);
    page_row(page, STR("Sæt"), STR("<b>"));
    page_list_end(page);
    page_end(page);
}

int main(void)
{
    struct buf out;
    struct page page = {&out, false};

    buf_init(&out, 65536);
    write(&page);
    buf_add_byte(&out, '\0');
    is_str(out.at,
           "A & B\n\n## <script>\n\nsay \"hi\" > there\n\ncurl \\\n  \"https://a?b&c\"\n\n"
           "Sæt                    <b>\n\n",
           "plain text is left as it is, and names take as much room as they have letters");

    out.len = 0;
    page.is_html = true;
    write(&page);
    buf_add_byte(&out, '\0');
    ok(strstr(out.at, "<html lang=\"da\">") && strstr(out.at, "<h1>A &amp; B</h1>"), "a title");
    ok(strstr(out.at, "<h2>&lt;script&gt;</h2>\n<p>say &quot;hi&quot; &gt; there</p>\n"),
       "text does not become HTML");
    ok(strstr(out.at, "<pre>curl \\\n  &quot;https://a?b&amp;c&quot;</pre>\n<table>\n"
                      "<tr><th>Sæt</th><td>&lt;b&gt;</td></tr>\n</table>\n</html>\n"),
       "commands keep their lines");
    buf_clear(&out);

    buf_init(&out, 40);
    write(&page);
    ok(out.failed, "beyond the ceiling nothing is written");
    buf_clear(&out);
    return done_testing();
}
