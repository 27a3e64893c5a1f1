/* SPDX-License-Identifier: MIT */
#include "overview/export_html.h"

#include "base/html.h"
#include "overview/export_details.h"
#include "overview/export_words.h"
#include "overview/html_page.h"

/* High contrast, no colour that alone says something; print repeats the header rows. */
static const struct str style = STR_INIT(
    ":root{color-scheme:light}"
    "body{font:1rem/1.5 system-ui,sans-serif;color:#111;background:#fff;max-width:72rem;"
    "margin:0 auto;padding:1rem}"
    "h1,h2{line-height:1.2;break-after:avoid}h2{margin-top:2rem}"
    "table{width:100%;border-collapse:collapse}"
    "caption{text-align:left;padding:.25rem 0;color:#333}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border:1px solid #767676;"
    "overflow-wrap:anywhere}"
    "thead th{background:#f0f0f0;overflow-wrap:normal}thead{display:table-header-group}tr{break-inside:avoid}"
    "dl{margin:0}dl div{display:flex;gap:.4rem;flex-wrap:wrap}dt{font-weight:600}dt::after{content:"
    "\":\"}dd{margin:0}"
    ".missing{border:3px solid #111;padding:.5rem 1rem;margin:1rem 0}.missing h2{margin-top:.5rem}"
    "a{color:#00449e}"
    "@media print{body{max-width:none;padding:0;font-size:10pt}a{color:#111}"
    "a[href]::after{content:\" (\" attr(href) \")\";overflow-wrap:anywhere}}");

struct page {
    const struct export *export;
    enum language language;
    struct buf *out;
};

struct str export_html_policy(struct arena *arena)
{
    return html_page_policy(arena, style);
}

static struct str word(const struct page *page, enum export_word word)
{
    return export_word(word, page->language);
}

static void add_heading(const struct page *page, enum export_word heading)
{
    html_element(page->out, "h2", word(page, heading));
}

/* ---- tables ---- */

static void begin_table(const struct page *page, struct str caption,
                        const enum export_word *columns, size_t count)
{
    html_add(page->out, "<table>");
    html_element(page->out, "caption", caption);
    html_add(page->out, "<thead><tr>");
    for (size_t i = 0; i < count; i++)
        html_element(page->out, "th scope=\"col\"", word(page, columns[i]));
    html_add(page->out, "</tr></thead><tbody>\n");
}

static void end_table(const struct page *page)
{
    html_add(page->out, "</tbody></table>\n");
}

/* ---- the details of an item ---- */

/* An export_detail_fn. */
static void add_row(void *ctx, struct str label, struct str value)
{
    const struct page *page = ctx;

    html_add(page->out, "<div>");
    html_element(page->out, "dt", label);
    html_element(page->out, "dd", value);
    html_add(page->out, "</div>");
}

static void add_detail(const struct page *page, enum export_word label, struct str value)
{
    if (value.len > 0)
        add_row((void *)page, word(page, label), value);
}

static void add_moment(const struct page *page, enum export_word label, struct wall time)
{
    char text[EXPORT_MOMENT_TEXT];
    if (time.known)
        add_detail(page, label, export_moment(time, page->language, text));
}

static void add_history(const struct page *page, const struct export_step *step)
{
    char text[64];

    if (!step)
        return;
    html_add(page->out, "<div>");
    html_element(page->out, "dt", word(page, WORD_HISTORY));
    html_add(page->out, "<dd><ol>");
    for (; step; step = step->next) {
        html_add(page->out, "<li>");
        html_text(page->out, step->text);
        if (step->from.known) {
            html_add(page->out, ", ");
            html_text(page->out, text_date(wall_date(step->from), page->language, text));
        }
        html_add(page->out, "</li>");
    }
    html_add(page->out, "</ol></dd></div>");
}

static void add_links(const struct page *page, const struct item_link *link)
{
    static const enum export_word words[] = {[LINK_SELF_SERVICE] = WORD_SELF_SERVICE,
                                             [LINK_DECISION] = WORD_LINK_DECISION,
                                             [LINK_DIGITAL_POST] = WORD_DIGITAL_POST,
                                             [LINK_OTHER] = WORD_LINK_OTHER};
    if (!link)
        return;
    html_add(page->out, "<div>");
    html_element(page->out, "dt", word(page, WORD_LINKS));
    html_add(page->out, "<dd>");
    for (const struct item_link *one = link; one; one = one->next) {
        html_add(page->out, one == link ? "" : " · ");
        html_link(page->out, one->url, word(page, words[one->type]));
    }
    html_add(page->out, "</dd></div>");
}

/* A contact that is not its authority's own name says how: "telefon 70 12 34 56". */
static void add_contacts(const struct page *page, const struct contact *contact)
{
    for (const struct contact *one = contact; one; one = one->next) {
        static const enum export_word words[] = {[CONTACT_DIGITAL_POST] = WORD_DIGITAL_POST,
                                                 [CONTACT_PHONE] = WORD_PHONE,
                                                 [CONTACT_FAX] = WORD_FAX,
                                                 [CONTACT_EMAIL] = WORD_EMAIL,
                                                 [CONTACT_WEBSITE] = WORD_WEBSITE};
        html_add(page->out, one == contact ? "" : "<br>");
        if (one->type != CONTACT_NAME) {
            html_text(page->out, word(page, words[one->type]));
            html_add(page->out, " ");
        }
        html_link(page->out, one->value, one->value);
    }
}

static void add_item_contacts(const struct page *page, const struct contact *contact)
{
    if (!contact)
        return;
    html_add(page->out, "<div>");
    html_element(page->out, "dt", word(page, WORD_CONTACT));
    html_add(page->out, "<dd>");
    add_contacts(page, contact);
    html_add(page->out, "</dd></div>");
}

static void add_details(const struct page *page, const struct export_item *of)
{
    const struct item *item = &of->item;

    html_add(page->out, "<dl>");
    export_details(of, page->language, add_row, (void *)page);
    add_history(page, of->steps);
    add_item_contacts(page, item->contacts);
    add_links(page, item->links);
    html_add(page->out, "</dl>");
}

static void add_item(void *ctx, const struct part *part, const struct export_item *of)
{
    const struct page *page = ctx;
    const struct item *item = &of->item;
    char text[EXPORT_MOMENT_TEXT];

    (void)part;
    html_add(page->out, "<tr>");
    html_element(page->out, "th scope=\"row\"", item->title);
    html_element(page->out, "td", of->status);
    html_add(page->out, "<td>");
    add_details(page, of);
    html_add(page->out, "</td>");
    html_element(page->out, "td", item->authority.name);
    html_element(page->out, "td",
                 item->changed.known ? export_moment(item->changed, page->language, text)
                                     : STR(""));
    html_element(page->out, "td",
                 item->as_of.known ? export_moment(item->as_of, page->language, text) : STR(""));
    html_add(page->out, "</tr>\n");
}

static bool add_kinds(const struct page *page)
{
    static const enum export_word columns[] = {WORD_WHAT,      WORD_STATUS,  WORD_DETAILS,
                                               WORD_AUTHORITY, WORD_CHANGED, WORD_AS_OF};
    static const enum export_word headings[ITEM_KIND_COUNT] = {[ITEM_CASE] = WORD_CASES,
                                                               [ITEM_DOCUMENT] = WORD_DOCUMENTS,
                                                               [ITEM_BENEFIT] = WORD_BENEFITS,
                                                               [ITEM_PAYMENT] = WORD_PAYMENTS,
                                                               [ITEM_CREDENTIAL] = WORD_CREDENTIALS,
                                                               [ITEM_SERVICE] = WORD_SERVICES,
                                                               [ITEM_APPOINTMENT] =
                                                                   WORD_APPOINTMENTS};

    for (unsigned kind = 0; kind < ITEM_KIND_COUNT; kind++) {
        size_t count = export_item_count(page->export, ITEM_KIND_BIT(kind));
        char caption[128];
        if (count == 0)
            continue;
        snprintf(caption, sizeof caption, "%.*s: %zu %.*s", STR_ARG(word(page, headings[kind])),
                 count, STR_ARG(word(page, WORD_IN_ALL)));
        html_add(page->out, "<section>");
        add_heading(page, headings[kind]);
        begin_table(page, str_of(caption), columns, sizeof columns / sizeof *columns);
        if (!export_visit(page->export, ITEM_KIND_BIT(kind), add_item, (void *)page))
            return false;
        end_table(page);
        html_add(page->out, "</section>\n");
    }
    return true;
}

/* ---- around the items ---- */

static void add_head(const struct page *page, struct str title)
{
    html_page_begin(page->out, page->language, title, style);
    html_add(page->out, "<header>");
    html_element(page->out, "h1", title);
    html_add(page->out, "<dl>");
    const struct output_context *context = page->export->context;
    add_detail(page, WORD_NAME, citizen_name(context->citizen));
    if (citizen_is_on_behalf(context->citizen))
        add_detail(page, WORD_MANDATE, citizen_mandate(context->citizen));
    add_moment(page, WORD_MADE, page->export->now);
    add_detail(page, WORD_RECEIPT, context->receipt);
    html_add(page->out, "</dl></header>\n<main>\n");
}

static void add_missing(const struct page *page)
{
    const struct export *export = page->export;

    if (export_missing_count(export) == 0) {
        html_element(page->out, "p",
                     word(page, export->merged->asked > 0 ? WORD_COMPLETE : WORD_NOBODY_ASKED));
        return;
    }
    html_add(page->out, "<section class=\"missing\">");
    add_heading(page, WORD_MISSING);
    html_element(page->out, "p", word(page, WORD_MISSING_WHY));
    html_add(page->out, "<ul>");
    for (size_t i = 0; i < export->count; i++) {
        const struct part *part = &export->parts[i];
        if (!export_is_missing(part))
            continue;
        html_add(page->out, "<li>");
        html_element(page->out, "strong", output_source_name(export->context, part));
        html_add(page->out, " (");
        html_text(page->out, part->row->route->source.asked_for.in[page->language]);
        html_add(page->out, "): ");
        html_text(page->out, output_source_sentence(export->context, part));
        html_add(page->out, "</li>");
    }
    html_add(page->out, "</ul></section>\n");
}

static void add_attention(const struct page *page)
{
    const struct merged *merged = page->export->merged;

    if (merged->attention_count == 0)
        return;
    html_add(page->out, "<section>");
    add_heading(page, WORD_TO_DO);
    html_add(page->out, "<ul>");
    for (size_t i = 0; i < merged->attention_count; i++) {
        const struct attention *attention = merged->attention[i];
        html_add(page->out, "<li>");
        html_text(page->out, output_attention_sentence(page->export->context, attention));
        if (attention->title.len > 0) {
            html_add(page->out, ": ");
            html_link(page->out, attention->link, attention->title);
        }
        html_add(page->out, "</li>");
    }
    html_add(page->out, "</ul></section>\n");
}

static void add_sources(const struct page *page)
{
    static const enum export_word columns[] = {WORD_SOURCE, WORD_ASKED_FOR, WORD_ANSWER, WORD_COUNT,
                                               WORD_AS_OF};
    const struct export *export = page->export;

    html_add(page->out, "<section>");
    add_heading(page, WORD_SOURCES);
    begin_table(page, word(page, WORD_SOURCES_CAPTION), columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < export->count; i++) {
        const struct part *part = &export->parts[i];
        struct wall as_of = part->as_of.known ? part->as_of : part->at;
        char text[128];
        html_add(page->out, "<tr>");
        html_element(page->out, "th scope=\"row\"", output_source_name(export->context, part));
        html_element(page->out, "td", part->row->route->source.asked_for.in[page->language]);
        html_element(page->out, "td", output_source_sentence(export->context, part));
        if (outcome_is_positive(part->outcome)) {
            buf_format(page->out, "<td>%zu</td>", part->shown_count);
            html_element(page->out, "td", export_moment(as_of, page->language, text));
        } else {
            html_add(page->out, "<td></td><td></td>");
        }
        html_add(page->out, "</tr>\n");
    }
    end_table(page);
    html_add(page->out, "</section>\n");
}

/* Has the authority of an earlier row the same name? */
static bool is_told(const struct export *export, size_t row)
{
    struct str name = plan_row_authority(export->parts[row].row).name;

    for (size_t i = 0; i < row; i++)
        if (str_equal(plan_row_authority(export->parts[i].row).name, name))
            return true;
    return false;
}

/* Of each authority once: how it is reached, its data-protection officer, where a breach is told.
 */
static void add_authorities(const struct page *page)
{
    static const enum export_word columns[] = {WORD_AUTHORITY, WORD_CONTACT, WORD_DATA_PROTECTION,
                                               WORD_BREACH};
    const struct export *export = page->export;

    html_add(page->out, "<section>");
    add_heading(page, WORD_CONTACTS);
    begin_table(page, word(page, WORD_CONTACTS_CAPTION), columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < export->count; i++) {
        struct authority authority = plan_row_authority(export->parts[i].row);
        const struct authority_card *card =
            authorities_find(&export->context->snapshot->authorities, &authority);
        if (!card || is_told(export, i))
            continue;
        html_add(page->out, "<tr>");
        html_element(page->out, "th scope=\"row\"", authority.name);
        html_add(page->out, "<td>");
        add_contacts(page, card->contacts);
        html_add(page->out, "</td>");
        html_element(page->out, "td", card->data_protection.in[page->language]);
        html_add(page->out, "<td>");
        html_link(page->out, card->breach, card->breach);
        html_add(page->out, "</td></tr>\n");
    }
    end_table(page);
    html_add(page->out, "</section>\n");
}

bool export_html(const struct export *export, struct buf *out)
{
    const struct output_context *context = export->context;
    struct page page = {export, context->language, out};
    unsigned all = ITEM_KIND_BIT(ITEM_KIND_COUNT) - 1;

    add_head(&page, word(&page, citizen_is_on_behalf(context->citizen) ? WORD_TITLE_OF_ANOTHER
                                                                       : WORD_TITLE));
    add_missing(&page);
    add_attention(&page);
    if (!add_kinds(&page))
        return false;
    if (export_item_count(export, all) == 0 && export->merged->answered > 0)
        html_element(page.out, "p", word(&page, WORD_NOTHING));
    add_sources(&page);
    add_authorities(&page);
    html_add(page.out, "</main>\n<footer>");
    html_element(page.out, "p", context->snapshot->texts.declaration.in[page.language]);
    html_add(page.out, "</footer>\n</body></html>\n");
    return true;
}
