/* SPDX-License-Identifier: MIT */
#include "policy/texts.h"

#include <stdio.h>

#include "base/buf.h"

struct str attention_type_name(enum attention_type type)
{
    static const struct str names[] = {
#define X(name, text) STR_INIT(text),
        ATTENTION_TYPES(X)
#undef X
    };
    return names[type];
}

/* ---- templates ---- */

static const char *const placeholders[] = {"source", "authority", "time", "until", "date"};
enum { PLACEHOLDERS = sizeof placeholders / sizeof *placeholders };

static struct str value_of(struct str name, const struct text_values *values)
{
    const struct str by_position[] = {values->source, values->authority, values->time,
                                      values->until, values->date};

    for (size_t i = 0; i < PLACEHOLDERS; i++)
        if (str_equal(name, str_of(placeholders[i])))
            return by_position[i];
    return STR_NONE;
}

/* Takes "{name}" off the start of *rest; STR_NONE: it does not begin so. */
static struct str take_placeholder(struct str *rest)
{
    size_t end = str_find_byte(*rest, '}');

    if (rest->len == 0 || rest->at[0] != '{' || end == rest->len)
        return STR_NONE;
    struct str name = str_make(rest->at + 1, end - 1);
    *rest = str_skip(*rest, end + 1);
    return name;
}

/* Are all values known that this part of a template asks for? */
static bool is_whole(struct str part, const struct text_values *values)
{
    while (part.len > 0) {
        struct str name = take_placeholder(&part);

        if (!name.at)
            part = str_skip(part, 1);
        else if (value_of(name, values).len == 0)
            return false;
    }
    return true;
}

static void fill(struct str part, const struct text_values *values, struct buf *out)
{
    while (part.len > 0) {
        struct str name = take_placeholder(&part);

        if (name.at) {
            buf_add_str(out, value_of(name, values));
        } else {
            size_t plain = str_find_byte(part, '{');

            plain = plain > 0 ? plain : 1;
            buf_add_str(out, str_head(part, plain));
            part = str_skip(part, plain);
        }
    }
}

void text_fill(struct str template, const struct text_values *values, struct buf *out)
{
    while (template.len > 0) {
        size_t opens = str_find_byte(template, '[');

        fill(str_head(template, opens), values, out);
        template = str_skip(template, opens + 1);
        size_t closes = str_find_byte(template, ']');
        struct str part = str_head(template, closes);

        if (is_whole(part, values))
            fill(part, values, out);
        template = str_skip(template, closes + 1);
    }
}

/* What is wrong with a template, or NULL. */
static const char *template_fault(struct str template)
{
    bool is_inside = false;

    while (template.len > 0) {
        struct str name = take_placeholder(&template);

        if (name.at) {
            bool is_known = false;

            for (size_t i = 0; i < PLACEHOLDERS; i++)
                is_known |= str_equal(name, str_of(placeholders[i]));
            if (!is_known)
                return "holds an unknown placeholder; known are {source}, {authority}, {time}, "
                       "{until} and {date}";
            continue;
        }
        char byte = template.at[0];
        if (byte == '{' || byte == '}')
            return "holds a brace that is no placeholder";
        if ((byte == '[' && is_inside) || (byte == ']' && !is_inside))
            return "holds a bracket without its other half";
        if (byte == '[' || byte == ']')
            is_inside = byte == '[';
        template = str_skip(template, 1);
    }
    return is_inside ? "holds a bracket without its other half" : NULL;
}

/* ---- times in words ---- */

static const char *const months[LANGUAGES][12] = {
    [LANGUAGE_DA] = {"januar", "februar", "marts", "april", "maj", "juni", "juli", "august",
                     "september", "oktober", "november", "december"},
    [LANGUAGE_EN] = {"January", "February", "March", "April", "May", "June", "July", "August",
                     "September", "October", "November", "December"},
};

/* printf into out[64], whose promise the header gives. */
#define INTO(out, ...)                                                                             \
    str_make((out), (size_t)snprintf((out), 64, __VA_ARGS__)) /* all forms are far shorter */

struct str text_time(struct wall time, enum language language, char out[64])
{
    if (!time.known)
        return STR_NONE;
    int64_t local_s = time.unix_ms / 1000 + (int64_t)wall_offset_minutes(time) * 60;
    int minutes = (int)(((local_s % 86400 + 86400) % 86400) / 60);
    int hour = minutes / 60, minute = minutes % 60;

    return language == LANGUAGE_DA ? INTO(out, "kl. %d.%02d", hour, minute)
                                   : INTO(out, "%d:%02d", hour, minute);
}

struct str text_moment(struct wall time, enum language language, char out[64])
{
    char clock[64];

    if (!text_time(time, language, clock).at)
        return STR_NONE;
    struct date date = wall_date(time);
    const char *month = months[language][date.month - 1];
    return language == LANGUAGE_DA ? INTO(out, "%d. %s %.16s", date.day, month, clock)
                                   : INTO(out, "%d %s at %.16s", date.day, month, clock);
}

struct str text_date(struct date date, enum language language, char out[64])
{
    if (!date_is_known(date))
        return STR_NONE;
    const char *month = months[language][date.month - 1];
    return language == LANGUAGE_DA ? INTO(out, "%d. %s %d", date.day, month, date.year)
                                   : INTO(out, "%d %s %d", date.day, month, date.year);
}

/* ---- reading ---- */

static struct text template_parse(struct node node, struct faults *faults)
{
    struct text text = node_text(node, faults);

    for (enum language language = 0; language < LANGUAGES; language++) {
        const char *fault = template_fault(text.in[language]);

        if (fault)
            node_fault(node_member(node, language_tag(language).at, faults), faults, "%s", fault);
    }
    return text;
}

/* One sentence for each name; names beyond them are faults. */
static void parse_group(struct node root, const char *group, const char *const *names, size_t count,
                        struct text *sentences, struct faults *faults)
{
    struct node node = node_member(root, group, faults);

    if (!node_is_present(node)) {
        node_fault(node, faults, "is needed");
        return;
    }
    node_only(node, names, count, faults);
    for (size_t i = 0; i < count; i++)
        sentences[i] = template_parse(node_member(node, names[i], faults), faults);
}

/* Sentences that may be absent: then they are as for oneself. */
static void parse_variants(struct node node, const char *const *names, size_t count,
                           const struct text *own, struct text *variants, struct faults *faults)
{
    for (size_t i = 0; i < count; i++) {
        struct node sentence = node_member(node, names[i], faults);

        variants[i] = node_is_present(sentence) ? template_parse(sentence, faults) : own[i];
    }
}

static void parse_for_another(struct node node, const char *const *outcomes,
                              const char *const *statuses, struct texts *texts,
                              struct faults *faults)
{
    static const char *const single[] = {"nothing_shown", "awaiting_citizen"};
    struct node status = node_member(node, "status", faults);
    const char *known[OUTCOME_COUNT + 2] = {"nothing_shown", "awaiting_citizen", "status"};

    memcpy(known + 3, outcomes, (OUTCOME_COUNT - 1) * sizeof *known);
    node_only(node, known, OUTCOME_COUNT + 2, faults);
    node_only(status, statuses, ITEM_STATUS_COUNT, faults);
    parse_variants(node, outcomes, OUTCOME_COUNT - 1, texts->outcome + 1,
                   texts->outcome_for_another + 1, faults);
    parse_variants(status, statuses, ITEM_STATUS_COUNT, texts->status, texts->status_for_another,
                   faults);
    parse_variants(node, &single[0], 1, &texts->nothing_shown, &texts->nothing_shown_for_another,
                   faults);
    parse_variants(node, &single[1], 1, &texts->awaiting_citizen,
                   &texts->awaiting_citizen_for_another, faults);
}

void texts_parse(struct node root, struct texts *texts, struct faults *faults)
{
    static const char *const outcomes[] = {
#define X(name, text, ...) [name - 1] = text, /* PENDING, the first, has no sentence */
        OUTCOMES(X)
#undef X
    };
    static const char *const statuses[] = {
#define X(name, text) [name] = text,
        ITEM_STATUSES(X)
#undef X
    };
    static const char *const kinds[] = {
#define X(name, text, model) [name] = text,
        ITEM_KINDS(X)
#undef X
    };
    static const char *const attentions[] = {
#define X(name, text) [name] = text,
        ATTENTION_TYPES(X)
#undef X
    };
    static const char *const known[] = {
        "outcome",  "status",      "kind",          "awaiting_citizen", "attention",
        "untitled", "declaration", "nothing_shown", "exposure",         "for_another"};

    node_only(root, known, sizeof known / sizeof *known, faults);
    parse_group(root, "outcome", outcomes, OUTCOME_COUNT - 1, texts->outcome + 1, faults);
    parse_group(root, "status", statuses, ITEM_STATUS_COUNT, texts->status, faults);
    parse_group(root, "kind", kinds, ITEM_KIND_COUNT, texts->kind, faults);
    parse_group(root, "attention", attentions, ATTENTION_TYPE_COUNT, texts->attention, faults);
    parse_group(root, "untitled", kinds, ITEM_KIND_COUNT, texts->untitled, faults);
    texts->awaiting_citizen = template_parse(node_member(root, "awaiting_citizen", faults), faults);
    texts->nothing_shown = template_parse(node_member(root, "nothing_shown", faults), faults);
    texts->declaration = template_parse(node_member(root, "declaration", faults), faults);
    parse_for_another(node_member(root, "for_another", faults), outcomes, statuses, texts, faults);
    exposure_words_parse(node_member(root, "exposure", faults), &texts->exposure, faults);
}
