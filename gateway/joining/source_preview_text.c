/* SPDX-License-Identifier: MIT */
#include "joining/source_preview.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/plain.h"

enum { ANSWER_LINES_MAX = 40, FIELD_WIDTH = 18, CARD_LEAST = 46, LINES_MAX = 1024 * 1024 };

#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define GREEN "\033[32m"
#define RED   "\033[31m"
#define PLAIN "\033[0m"

struct sheet {
    const struct preview_look *look;
    struct buf *out;
};

static struct str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value))
                                 : STR_NONE;
}

/* ---- lines ---- */

static void add(const struct sheet *sheet, const char *ours)
{
    buf_add_str(sheet->out, str_of(ours));
}

static void colour(const struct sheet *sheet, const char *code)
{
    if (sheet->look->has_colour)
        add(sheet, code);
}

/* Their text, on what is left of the line behind `used` columns. */
static void theirs(const struct sheet *sheet, struct str text, size_t used)
{
    size_t width = sheet->look->width;

    if (width == 0)
        plain_add(sheet->out, text);
    else
        (void)plain_add_cut(sheet->out, text, width > used + 1 ? width - used : 1);
}

static void heading(const struct sheet *sheet, const char *text)
{
    add(sheet, "\n");
    colour(sheet, BOLD);
    add(sheet, text);
    colour(sheet, PLAIN);
    add(sheet, "\n");
}

static void pad(struct buf *out, size_t used, size_t to)
{
    for (; used < to; used++)
        buf_add_byte(out, ' ');
}

/* ---- their answer ---- */

/* JSON with a value a line, however it came. Freed by the caller; NULL: it is no JSON. */
static char *pretty(struct str answer)
{
    json_t *tree = json_loadb(answer.at ? answer.at : "", answer.len, JSON_DECODE_ANY, NULL);
    char *text = tree ? json_dumps(tree, JSON_INDENT(2) | JSON_ENCODE_ANY) : NULL;

    json_decref(tree);
    return text;
}

static void add_answer(const struct sheet *sheet, const json_t *preview)
{
    struct str answer = text_of(json_object_get(preview, "answer"), "text");
    char *text = pretty(answer);
    struct str rest = text ? str_of(text) : answer;

    heading(sheet, "Their answer");
    for (size_t line = 0; rest.len > 0; line++) {
        struct str one = str_split(&rest, '\n');
        if (line == ANSWER_LINES_MAX) {
            add(sheet, "  … and more\n");
            break;
        }
        add(sheet, "  ");
        theirs(sheet, one, 2);
        add(sheet, "\n");
    }
    free(text);
}

/* ---- what became of it ---- */

static void add_fact(const struct sheet *sheet, const char *label, struct str text)
{
    if (!text.at)
        return;
    buf_format(sheet->out, "  %-10s ", label);
    plain_add(sheet->out, text);
    add(sheet, "\n");
}

static void add_head(const struct sheet *sheet, const json_t *preview)
{
    const json_t *fault = json_object_get(preview, "fault");
    const json_t *proof = json_object_get(preview, "proof");
    bool is_good = json_is_true(json_object_get(preview, "is_good"));

    colour(sheet, BOLD);
    plain_add(sheet->out, text_of(preview, "source"));
    colour(sheet, PLAIN);
    add(sheet, ": ");
    colour(sheet, is_good ? GREEN : RED);
    plain_add(sheet->out, text_of(preview, "outcome"));
    colour(sheet, PLAIN);
    buf_format(sheet->out, ", %zu items\n", json_array_size(json_object_get(preview, "items")));
    add_fact(sheet, "citizen", text_of(preview, "citizen"));
    add_fact(sheet, "proof", text_of(proof, "verdict"));
    add_fact(sheet, "", text_of(proof, "how"));
    add_fact(sheet, "", text_of(proof, "why"));
    add_fact(sheet, "fault", text_of(fault, "why"));
    add_fact(sheet, "at", text_of(fault, "answer_at"));
    add_fact(sheet, "rule", text_of(fault, "rule"));
    add_fact(sheet, "", text_of(fault, "rule_at"));
}

/* ---- items ---- */

static void add_field(const struct sheet *sheet, const json_t *field)
{
    struct str name = text_of(field, "field"), path = text_of(field, "path");
    size_t used = 2 + plain_width(name), at = 2 + FIELD_WIDTH;

    add(sheet, "  ");
    plain_add(sheet->out, name);
    pad(sheet->out, used, at);
    theirs(sheet, text_of(field, "text"), used > at ? used : at);
    add(sheet, "\n");
    pad(sheet->out, 0, at);
    colour(sheet, DIM);
    if (path.at) {
        add(sheet, "from ");
        plain_add(sheet->out, path);
        add(sheet, " ");
    }
    add(sheet, "by ");
    plain_add(sheet->out, text_of(field, "rule"));
    if (text_of(field, "rule_at").at) {
        add(sheet, " (");
        plain_add(sheet->out, text_of(field, "rule_at"));
        add(sheet, ")");
    }
    colour(sheet, PLAIN);
    add(sheet, "\n");
}

/* As an overview has it, without what is null. */
static void add_ours(const struct sheet *sheet, const json_t *item)
{
    const char *name;
    const json_t *value;

    if (!json_is_object(item))
        return;
    add(sheet, "\n  In an overview:\n");
    json_object_foreach((json_t *)item, name, value)
    {
        char *text = json_is_null(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
        if (text) {
            add(sheet, "  ");
            plain_add(sheet->out, str_of(name));
            pad(sheet->out, 2 + strlen(name), 2 + FIELD_WIDTH);
            theirs(sheet, str_of(text), 2 + FIELD_WIDTH);
            add(sheet, "\n");
        }
        free(text);
    }
}

/* ---- cards ---- */

static void add_card_line(struct buf *out, struct str label, struct str value, size_t width)
{
    size_t used = 0;

    if (!value.at)
        return;
    if (label.at) {
        used = plain_add_cut(out, label, width > 4 ? width / 2 : width) + 2;
        buf_add_str(out, STR(": "));
    }
    (void)plain_add_cut(out, value, width > used + 1 ? width - used : 1);
    buf_add_byte(out, '\n');
}

static void add_card(struct buf *out, const json_t *card, const char *tag, size_t width)
{
    const json_t *row;
    size_t i;

    add_card_line(out, str_of(tag), text_of(card, "kind"), width);
    add_card_line(out, STR_NONE, text_of(card, "title"), width);
    add_card_line(out, STR_NONE, text_of(card, "status"), width);
    add_card_line(out, STR_NONE, text_of(card, "authority"), width);
    json_array_foreach(json_object_get(card, "rows"), i, row)
    {
        const json_t *label = json_array_get(row, 0), *value = json_array_get(row, 1);
        add_card_line(out, str_make(json_string_value(label), json_string_length(label)),
                      str_make(json_string_value(value), json_string_length(value)), width);
    }
}

/* Danish and English side by side where there is room, else one below the other. */
static void add_cards(const struct sheet *sheet, const json_t *cards)
{
    size_t width = sheet->look->width;
    bool is_beside = width >= (size_t)2 * CARD_LEAST;
    size_t each = is_beside ? width / 2 - 4 : width > 4 ? width - 4 : LINES_MAX;
    struct buf danish, english;

    buf_init(&danish, LINES_MAX);
    buf_init(&english, LINES_MAX);
    add_card(&danish, json_object_get(cards, "da"), "da", each);
    add_card(is_beside ? &english : &danish, json_object_get(cards, "en"), "en", each);
    struct str left = buf_str(&danish), right = buf_str(&english);
    while (left.len > 0 || right.len > 0) {
        struct str one = left.len > 0 ? str_split(&left, '\n') : STR("");
        struct str other = right.len > 0 ? str_split(&right, '\n') : STR_NONE;
        add(sheet, "  | ");
        buf_add_str(sheet->out, one);
        if (is_beside) {
            pad(sheet->out, plain_width(one), each + 1);
            add(sheet, "| ");
            buf_add_str(sheet->out, other);
        }
        add(sheet, "\n");
    }
    buf_clear(&danish);
    buf_clear(&english);
}

static void add_item(const struct sheet *sheet, size_t i, const json_t *item)
{
    const json_t *field;
    size_t j;
    bool is_shown = json_is_true(json_object_get(item, "shown"));
    bool is_judged = json_is_string(json_object_get(item, "verdict"));
    char title[64];

    snprintf(title, sizeof title, "Item %zu: %.*s", i + 1, STR_ARG(text_of(item, "kind")));
    heading(sheet, title);
    add_fact(sheet, "id", text_of(item, "id"));
    if (is_judged)
        add_fact(sheet, is_shown ? "shown" : "withheld", text_of(item, "verdict"));
    add_fact(sheet, "", text_of(item, "rule_at"));
    json_array_foreach(json_object_get(item, "fields"), j, field) add_field(sheet, field);
    if (is_shown) {
        add_ours(sheet, json_object_get(item, "item"));
        add(sheet, "\n");
        add_cards(sheet, json_object_get(item, "card"));
    }
}

static void add_unmapped(const struct sheet *sheet, const json_t *preview)
{
    const json_t *list = json_object_get(preview, "unmapped"), *one;
    json_int_t left_out = json_integer_value(json_object_get(preview, "unmapped_left_out"));
    size_t i;

    if (!json_is_array(list))
        return;
    heading(sheet, "Nobody mapped");
    if (json_array_size(list) == 0)
        add(sheet, "  nothing is left\n");
    json_array_foreach(list, i, one)
    {
        add(sheet, "  ");
        plain_add(sheet->out, text_of(one, "path"));
        if (json_integer_value(json_object_get(one, "count")) > 1)
            buf_format(sheet->out, "  %lld times",
                       (long long)json_integer_value(json_object_get(one, "count")));
        add(sheet, "\n");
    }
    if (left_out > 0)
        buf_format(sheet->out, "  … and %lld more\n", (long long)left_out);
}

void source_preview_text(const json_t *preview, const struct preview_look *look, struct buf *out)
{
    const struct sheet sheet = {look, out};
    const json_t *item;
    size_t i;

    add_head(&sheet, preview);
    if (!look->is_brief)
        add_answer(&sheet, preview);
    json_array_foreach(json_object_get(preview, "items"), i, item) add_item(&sheet, i, item);
    add_unmapped(&sheet, preview);
}
