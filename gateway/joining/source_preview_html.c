/* SPDX-License-Identifier: MIT */
#include "joining/source_preview.h"

#include <stdlib.h>

#include "base/html.h"
#include "overview/html_page.h"

static const struct str style = STR_INIT(
    ":root{color-scheme:light}"
    "body{font:1rem/1.5 system-ui,sans-serif;color:#111;background:#fff;max-width:72rem;"
    "margin:0 auto;padding:1rem}"
    "h1,h2,h3{line-height:1.2}section{border-top:2px solid #111;margin-top:2rem}"
    "table{width:100%;border-collapse:collapse}caption{text-align:left;padding:.25rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .5rem;border:1px solid #767676;"
    "overflow-wrap:anywhere}thead th{background:#f0f0f0}"
    "pre{background:#f4f4f4;padding:1rem;white-space:pre-wrap;overflow-wrap:anywhere}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1rem;"
    "margin-top:1rem}"
    "article{border:1px solid #767676;border-radius:.5rem;padding:0 1rem 1rem;"
    "overflow-wrap:anywhere}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem .8rem;margin:0}dt{font-weight:600}"
    "dd{margin:0}");

static struct str text_of(const json_t *value)
{
    return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value))
                                 : STR_NONE;
}

static struct str member(const json_t *object, const char *name)
{
    return text_of(json_object_get(object, name));
}

/* Their text keeps its own direction of reading to itself. */
static void add_theirs(struct buf *out, const char *tag, struct str text)
{
    struct str name = str_head(str_of(tag), strcspn(tag, " "));

    buf_format(out, "<%s>", tag);
    html_element(out, "bdi", text);
    buf_format(out, "</%.*s>", STR_ARG(name));
}

static void add_pair(struct buf *out, struct str label, struct str text)
{
    if (!text.at)
        return;
    html_element(out, "dt", label);
    add_theirs(out, "dd", text);
}

static void add_head(struct buf *out, const json_t *preview)
{
    const json_t *fault = json_object_get(preview, "fault");
    const json_t *proof = json_object_get(preview, "proof");

    html_add(out, "<dl>");
    add_pair(out, STR("Manifest"), member(preview, "manifest"));
    add_pair(out, STR("Answer"), member(json_object_get(preview, "answer"), "file"));
    add_pair(out, STR("Outcome"), member(preview, "outcome"));
    add_pair(out, STR("Test citizen"), member(preview, "citizen"));
    add_pair(out, STR("Proof"), member(proof, "verdict"));
    add_pair(out, STR("How"), member(proof, "how"));
    add_pair(out, STR("Why not"), member(proof, "why"));
    add_pair(out, STR("Fault"), member(fault, "why"));
    add_pair(out, STR("In the answer"), member(fault, "answer_at"));
    add_pair(out, STR("Rule"), member(fault, "rule"));
    add_pair(out, STR("In the manifest"), member(fault, "rule_at"));
    html_add(out, "</dl>\n");
}

static void add_heads(struct buf *out, const char *const *names, size_t count)
{
    html_add(out, "<thead><tr>");
    for (size_t i = 0; i < count; i++)
        html_element(out, "th scope=\"col\"", str_of(names[i]));
    html_add(out, "</tr></thead><tbody>\n");
}

static void add_fields(struct buf *out, const json_t *item)
{
    static const char *const names[] = {"Field", "Their value", "Stands at", "By the rule", "Line"};
    const json_t *fields = json_object_get(item, "fields"), *field;
    size_t i;

    if (json_array_size(fields) == 0)
        return;
    html_add(out, "<table>");
    html_element(out, "caption", STR("Where each field comes from"));
    add_heads(out, names, sizeof names / sizeof *names);
    json_array_foreach(fields, i, field)
    {
        html_add(out, "<tr>");
        html_element(out, "th scope=\"row\"", member(field, "field"));
        add_theirs(out, "td", member(field, "text"));
        add_theirs(out, "td", member(field, "path"));
        html_element(out, "td", member(field, "rule"));
        html_element(out, "td", member(field, "rule_at"));
        html_add(out, "</tr>\n");
    }
    html_add(out, "</tbody></table>\n");
}

/* As an overview has it, without what is null. */
static void add_ours(struct buf *out, const json_t *item)
{
    const char *name;
    const json_t *value;

    if (!json_is_object(item))
        return;
    html_add(out, "<h3>In an overview</h3><dl>");
    json_object_foreach((json_t *)item, name, value)
    {
        char *text = json_is_null(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        if (text)
            add_pair(out, str_of(name), str_of(text));
        free(text);
    }
    html_add(out, "</dl>\n");
}

static void add_card(struct buf *out, const json_t *card, const char *tag)
{
    const json_t *row;
    size_t i;

    buf_format(out, "<article lang=\"%s\">", tag);
    add_theirs(out, "h3", member(card, "title"));
    html_add(out, "<p>");
    html_text(out, member(card, "kind"));
    html_add(out, " · ");
    html_text(out, member(card, "status"));
    html_add(out, "</p>");
    if (member(card, "authority").at)
        add_theirs(out, "p", member(card, "authority"));
    html_add(out, "<dl>");
    json_array_foreach(json_object_get(card, "rows"), i, row)
        add_pair(out, text_of(json_array_get(row, 0)), text_of(json_array_get(row, 1)));
    html_add(out, "</dl></article>\n");
}

static void add_item(struct buf *out, size_t at, const json_t *item)
{
    const json_t *cards = json_object_get(item, "card");

    html_add(out, "<section>");
    buf_format(out, "<h2>Item %zu: ", at + 1);
    html_text(out, member(item, "kind"));
    html_add(out, "</h2>\n<dl>");
    add_pair(out, STR("Their id"), member(item, "id"));
    add_pair(out, STR("Rules of exposure"), member(item, "verdict"));
    add_pair(out, STR("Decided by"), member(item, "rule_at"));
    html_add(out, "</dl>\n");
    add_fields(out, item);
    add_ours(out, json_object_get(item, "item"));
    if (json_is_object(cards)) {
        html_add(out, "<div class=\"cards\">\n");
        add_card(out, json_object_get(cards, "da"), "da");
        add_card(out, json_object_get(cards, "en"), "en");
        html_add(out, "</div>\n");
    }
    html_add(out, "</section>\n");
}

static void add_unmapped(struct buf *out, const json_t *preview)
{
    const json_t *list = json_object_get(preview, "unmapped"), *one;
    size_t i;

    if (!json_is_array(list))
        return;
    html_add(out, "<section><h2>Nobody mapped</h2>\n");
    if (json_array_size(list) == 0)
        html_add(out, "<p>Nothing is left.</p>");
    html_add(out, "<ul>");
    json_array_foreach(list, i, one)
    {
        html_add(out, "<li>");
        html_element(out, "bdi", member(one, "path"));
        buf_format(out, " (%lld)</li>\n",
                   (long long)json_integer_value(json_object_get(one, "count")));
    }
    html_add(out, "</ul></section>\n");
}

void source_preview_html(const json_t *preview, struct buf *out)
{
    const json_t *item;
    size_t i;

    html_page_begin(out, LANGUAGE_EN, member(preview, "source"), style);
    html_add(out, "<main>");
    html_element(out, "h1", member(preview, "source"));
    add_head(out, preview);
    json_array_foreach(json_object_get(preview, "items"), i, item) add_item(out, i, item);
    add_unmapped(out, preview);
    html_add(out, "<section><h2>Their answer</h2>\n");
    html_element(out, "pre", member(json_object_get(preview, "answer"), "text"));
    html_add(out, "</section></main>\n</body></html>\n");
}
