/* SPDX-License-Identifier: MIT */
#include "record/report_page.h"

#include "base/html.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- words ---- */

/* X(enumerator, da, en) */
#define WORDS(X)                                                                                   \
    X(WORD_TITLE, "Månedsrapport", "Monthly report")                                               \
    X(WORD_SO_FAR, "Måneden er ikke slut: tallene er indtil nu.",                                  \
      "The month is not over: the numbers are so far.")                                            \
    X(WORD_NONE, "Ingen kald er talt.", "No call was counted.")                                    \
    X(WORD_MUNICIPALITY, "Kommune", "Municipality")                                                \
    X(WORD_SOURCE, "Datakilde", "Source")                                                          \
    X(WORD_SHARE, "Fordeling", "Share")                                                            \
    X(WORD_LEGEND, "Fordelingen: mørk er med data, lys er uden data, rød er intet svar.",          \
      "The share: dark is with data, light is without data, red is no answer.")                    \
    X(WORD_COUNTRY, "Hele landet", "All of the country")                                           \
    X(WORD_SUM, "I alt", "Sum")                                                                    \
    X(WORD_CAPTION, "kald pr. kommune og datakilde", "calls by municipality and source")           \
    X(WORD_OF, "af", "of")                                                                         \
    X(WORD_WITHHELD, "Streg (–): tallet er mindre end den valgte grænse, eller røber et sådant.",  \
      "Dash (–): the number is under the chosen least, or tells of such a one.")                   \
    X(WORD_MEANING, "Hvad tallene betyder", "What the numbers mean")                               \
    X(WORD_TIMES,                                                                                  \
      "50, 95 og 99 ud af 100 af kaldene med data, uden data eller for sent tog højst så mange " \
      "millisekunder (± 2 %). Et kald, der var for sent, tæller med den tid, vi ventede.",         \
      "50, 95 and 99 in 100 of the calls with data, without data or late took at most so many "    \
      "milliseconds (± 2 %). A late call counts with the time we waited.")

enum word {
#define X(name, da, en) name,
    WORDS(X)
#undef X
};
static const struct text words[] = {
#define X(name, da, en) [name] = {{STR_INIT(da), STR_INIT(en)}},
    WORDS(X)
#undef X
};

/* X(column, da, en) */
#define MEANINGS(X)                                                                                \
    X(COLUMN_CALLS,                                                                                \
      "Gange, datakilden blev spurgt om en borger: summen af de følgende kolonner til og med "    \
      "Uafsluttet. Ikke antallet af borgere.",                                                     \
      "Times the source was asked about a citizen: the sum of the columns that follow, to "        \
      "Unfinished. Not the number of citizens.")                                                   \
    X(COLUMN_WITH, "Mindst én oplysning blev vist, efter myndighedens regler for visning.",        \
      "At least one item was shown, after the authority's rules of exposure.")                     \
    X(COLUMN_WITHOUT, "Svarede; intet at vise, eller alt holdt tilbage af reglerne.",              \
      "Answered; nothing to show, or all of it withheld by the rules.")                            \
    X(COLUMN_LATE, "Svarede ikke i tide.", "Did not answer in time.")                              \
    X(COLUMN_FAILED, "Svarede med en fejl eller kunne ikke nås.",                                  \
      "Answered with an error, or could not be reached.")                                          \
    X(COLUMN_INVALID, "Svaret brød kontrakten og blev ikke vist.",                                 \
      "The answer broke the contract and was not shown.")                                          \
    X(COLUMN_FOREIGN, "Svaret handlede om en anden og blev ikke vist.",                            \
      "The answer was about somebody else and was not shown.")                                     \
    X(COLUMN_REFUSED, "Afviste os eller vores spørgsmål.", "Refused us, or our question.")         \
    X(COLUMN_BUSY, "Kunne ikke tage imod flere kald.", "Could take no more calls.")                \
    X(COLUMN_ABANDONED, "Portalen gik, før svaret kom.", "The portal left before it answered.")    \
    X(COLUMN_UNFINISHED,                                                                           \
      "Begyndt, men ikke skrevet op, hvordan det endte: under vejs nu, eller gatewayen stoppede "  \
      "brat.",                                                                                     \
      "Begun, and not recorded how it ended: under way now, or the gateway ended suddenly.")       \
    X(COLUMN_HELD_BACK, "Intet kald: kilden var slået fra efter mange fejl eller af en operatør.", \
      "No call: the source was off after many failures, or by an operator.")                       \
    X(COLUMN_DETAILS, "Intet kald her: opslag af én enkelt oplysning.",                            \
      "No call here: look-ups of one single item.")

static const struct text meanings[COLUMN_COUNT] = {
#define X(name, da, en) [name] = {{STR_INIT(da), STR_INIT(en)}},
    MEANINGS(X)
#undef X
};

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.6rem}caption{font-weight:600;text-align:left;padding:.5rem 0}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0;white-space:nowrap}"
    "th,td{padding:.3rem .6rem;border-bottom:1px solid #767676;text-align:left}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}"
    "tfoot th,tfoot td{font-weight:600}svg{display:block}"
    ".with{fill:#1b5e9b}.without{fill:#9cc3e6}.rest{fill:#c0392b}"
    "dt{font-weight:600}dd{margin:0 0 .5rem 1.5rem}";

/* ---- pieces ---- */

struct page {
    const struct report *report;
    const struct report_context *context;
    struct buf *out;
};

static struct str word(const struct page *page, enum word which)
{
    return words[which].in[page->context->language];
}

static void add_element(struct buf *out, const char *open, struct str text, const char *close)
{
    buf_add_str(out, str_of(open));
    html_text(out, text);
    buf_add_str(out, str_of(close));
}

static void add_number(struct buf *out, int64_t number)
{
    if (number == REPORT_WITHHELD)
        buf_add_str(out, STR("<td class=\"n\">–</td>"));
    else
        buf_format(out, "<td class=\"n\">%" PRId64 "</td>", number);
}

/* A bar of what became of the calls; its numbers stand beside it, so it is one picture with a name.
 */
static void add_share(const struct page *page, const struct report_line *line)
{
    enum { WIDTH = 120, HEIGHT = 14 };
    const int64_t *counts = line->counts;
    int64_t calls = counts[COLUMN_CALLS], with = counts[COLUMN_WITH];
    struct buf *out = page->out;

    if (calls <= 0 || with == REPORT_WITHHELD) {
        buf_add_str(out, STR("<td></td>"));
        return;
    }
    int64_t first = WIDTH * with / calls;
    int64_t second = WIDTH * (with + counts[COLUMN_WITHOUT]) / calls;
    buf_format(out, "<td><svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"", WIDTH,
               HEIGHT);
    html_text(out, report_column_title(COLUMN_WITH, page->context->language));
    buf_format(out, ": %" PRId64 " ", with);
    html_text(out, word(page, WORD_OF));
    buf_format(out, " %" PRId64 "\">", calls);
    buf_format(out, "<rect class=\"rest\" width=\"%d\" height=\"%d\"/>", WIDTH, HEIGHT);
    buf_format(out, "<rect class=\"without\" width=\"%" PRId64 "\" height=\"%d\"/>", second,
               HEIGHT);
    buf_format(out, "<rect class=\"with\" width=\"%" PRId64 "\" height=\"%d\"/></svg></td>", first,
               HEIGHT);
}

static void add_line(const struct page *page, const struct report_line *line)
{
    add_share(page, line);
    for (int i = 0; i < COLUMN_COUNT; i++)
        add_number(page->out, line->counts[i]);
    add_number(page->out, line->p50_ms);
    add_number(page->out, line->p95_ms);
    add_number(page->out, line->p99_ms);
    buf_add_str(page->out, STR("</tr>\n"));
}

/* ---- a group's table ---- */

static void add_head(const struct page *page, enum report_group group)
{
    static const char *const times[] = {"p50 ms", "p95 ms", "p99 ms"};
    struct buf *out = page->out;
    enum language language = page->context->language;

    add_element(out, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"",
                report_group_title(group, language), "\">");
    add_element(out, "<table><caption>", report_group_title(group, language), ": ");
    add_element(out, "", word(page, WORD_CAPTION), "</caption>\n<thead><tr>");
    add_element(out, "<th scope=\"col\">", word(page, WORD_MUNICIPALITY), "</th>");
    add_element(out, "<th scope=\"col\">", word(page, WORD_SOURCE), "</th>");
    add_element(out, "<th scope=\"col\">", word(page, WORD_SHARE), "</th>");
    for (int i = 0; i < COLUMN_COUNT; i++)
        add_element(out, "<th scope=\"col\" class=\"n\">",
                    report_column_title((enum report_column)i, language), "</th>");
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        add_element(out, "<th scope=\"col\" class=\"n\">", str_of(times[i]), "</th>");
    buf_add_str(out, STR("</tr></thead>\n<tbody>\n"));
}

static void add_row(const struct page *page, const struct report_row *row)
{
    struct str municipality = row->municipality.len > 0
                                  ? report_municipality_name(page->context, row->municipality)
                                  : word(page, WORD_COUNTRY);
    add_element(page->out, "<tr><th scope=\"row\">", municipality, "</th>");
    add_element(page->out, "<td>", report_source_name(page->context, row->source), "<br>");
    add_element(page->out, "<code>", row->source, "</code></td>");
    add_line(page, &row->line);
}

static void add_foot(const struct page *page, enum report_group group)
{
    buf_add_str(page->out, STR("</tbody>\n"));
    if (!page->report->has_withheld) {
        add_element(page->out, "<tfoot><tr><th scope=\"row\" colspan=\"2\">", word(page, WORD_SUM),
                    "</th>");
        add_line(page, &page->report->groups[group].line);
        buf_add_str(page->out, STR("</tfoot>"));
    }
    buf_add_str(page->out, STR("</table></div>\n"));
}

static void add_meanings(const struct page *page)
{
    enum language language = page->context->language;
    add_element(page->out, "<h2>", word(page, WORD_MEANING), "</h2>\n<dl>\n");
    for (int i = 0; i < COLUMN_COUNT; i++) {
        add_element(page->out, "<dt>", report_column_title((enum report_column)i, language),
                    "</dt>");
        add_element(page->out, "<dd>", meanings[i].in[language], "</dd>\n");
    }
    add_element(page->out, "<dt>p50, p95, p99</dt><dd>", word(page, WORD_TIMES), "</dd>\n</dl>\n");
}

void report_page_write(const struct report *report, const struct report_context *context,
                       struct buf *out)
{
    const struct page page = {report, context, out};
    char title[96];

    snprintf(title, sizeof title, "%.*s %04d-%02d", STR_ARG(word(&page, WORD_TITLE)),
             report->month / 100, report->month % 100);
    buf_format(out, "<!doctype html>\n<html lang=\"%.*s\"><head><meta charset=\"utf-8\">",
               STR_ARG(language_tag(context->language)));
    buf_add_str(out, STR("<meta name=\"viewport\" content=\"width=device-width\">"));
    add_element(out, "<title>", str_of(title), "</title><style>");
    buf_add_str(out, str_of(style));
    add_element(out, "</style></head>\n<body><main><h1>", str_of(title), "</h1>\n");
    if (!report_is_over(report, context))
        add_element(out, "<p>", word(&page, WORD_SO_FAR), "</p>\n");
    if (report->has_withheld)
        add_element(out, "<p>", word(&page, WORD_WITHHELD), "</p>\n");
    add_element(out, "<p>", word(&page, report->row_count ? WORD_LEGEND : WORD_NONE), "</p>\n");
    for (size_t i = 0; i < report->row_count; i++) {
        const struct report_row *row = &report->rows[i];
        if (i == 0 || row->group != row[-1].group)
            add_head(&page, row->group);
        add_row(&page, row);
        if (i + 1 == report->row_count || row->group != row[1].group)
            add_foot(&page, row->group);
    }
    add_meanings(&page);
    buf_add_str(out, STR("</main></body></html>\n"));
}
