/* SPDX-License-Identifier: MIT */
#include "policy/exposure_text.h"

#include <stdio.h>

#include "policy/template.h"
#include "policy/texts.h"

/* Who can list thousands of subjects cannot read them: SUBJECTS_MAX of a kind, and how many more.
 */
enum { SUBJECTS_MAX = 12, FROM_MAX = 12, TEXT_MAX = 64 * 1024 };

static const char *const places[] = {"authority", "subjects", "title", "number", "date", "count"};
enum { PLACES = sizeof places / sizeof *places };

/* ---- the words ---- */

static void check_template(struct node node, struct faults *faults)
{
    static const char *const languages[] = {"da", "en"};

    for (enum language language = 0; language < LANGUAGES; language++) {
        struct node member = node_member(node, languages[language], faults);
        struct str text = str_of(json_string_value(member.value));

        if (text.at && template_fault(text, places, PLACES).at)
            node_fault(member, faults,
                       "holds an unknown place; known are {authority}, {subjects}, {title}, "
                       "{number}, {date} and {count}");
    }
}

void exposure_words_parse(struct node node, struct exposure_words *words, struct faults *faults)
{
    static const char *const names[] = {
#define X(name, text) text,
        EXPOSURE_SENTENCES(X)
#undef X
    };

    if (!node_is_present(node)) {
        node_fault(node, faults, "is needed");
        return;
    }
    node_only(node, names, EXPOSURE_SENTENCE_COUNT, faults);
    for (size_t i = 0; i < EXPOSURE_SENTENCE_COUNT; i++) {
        struct node member = node_member(node, names[i], faults);

        words->at[i] = node_text(member, faults);
        check_template(member, faults);
    }
}

void exposure_say(const struct exposure_words *words, enum exposure_sentence sentence,
                  enum language language, const struct exposure_values *values, struct buf *out)
{
    const struct str by_place[PLACES] = {values->authority, values->subjects, values->title,
                                         values->number,    values->date,     values->count};

    template_fill(words->at[sentence].in[language], places, by_place, PLACES, out);
}

/* ---- saying ---- */

struct speech {
    const struct exposure_words *words;
    const struct exposure_set *set;
    const struct classification *classification;
    struct str authority;
    enum language language;
    struct buf *out, *subjects; /* the text; the subjects of one sentence */
};

static void say(struct speech *speech, enum exposure_sentence sentence, struct str date)
{
    struct exposure_values values = {
        .authority = speech->authority, .subjects = buf_str(speech->subjects), .date = date};

    if (speech->out->len > 0)
        buf_add_byte(speech->out, ' ');
    exposure_say(speech->words, sentence, speech->language, &values, speech->out);
}

static bool is_for_all(const struct exposure_rule *rule)
{
    return rule->kle.depth == 0 && !rule->kle.facet;
}

/* What a number was called last; STR_NONE: nobody knows. */
static struct str title_of(const struct classification *classification, struct str number)
{
    static const struct date last = {9999, 12, 31};
    const struct classification_entry *entry;

    classification_standing(classification, number, last, &entry);
    return entry ? entry->title : STR_NONE;
}

static void add_subject(struct speech *speech, const struct exposure_rule *rule)
{
    struct str facet = rule->pattern, number = str_split(&facet, '/');
    bool is_group = str_ends_with(number, STR("*"));
    struct exposure_values values = {.number = rule->pattern};

    if (is_group) /* "32.24.*": what is under 32.24 */
        number = str_head(number, number.len > 2 ? number.len - 2 : 0);
    if (is_group && !facet.at)
        values.number = number;
    values.title = title_of(speech->classification, number);
    exposure_say(speech->words,
                 is_for_all(rule)  ? SAYS_EVERY_SUBJECT
                 : values.title.at ? SAYS_SUBJECT
                 : is_group        ? SAYS_GROUP
                                   : SAYS_NUMBER,
                 speech->language, &values, speech->subjects);
}

/* Which rules a sentence speaks of. */
typedef bool chooses_fn(const struct exposure_rule *rule);

static bool is_followed(const struct exposure_rule *rule)
{
    return rule->mode == EXPOSURE_ENFORCE;
}

static bool is_open(const struct exposure_rule *rule)
{
    return is_followed(rule) && rule->is_open;
}

static bool is_closed(const struct exposure_rule *rule)
{
    return is_followed(rule) && !rule->is_open;
}

static bool is_open_subject(const struct exposure_rule *rule)
{
    return is_open(rule) && !is_for_all(rule);
}

static bool is_closed_subject(const struct exposure_rule *rule)
{
    return is_closed(rule) && !is_for_all(rule);
}

static size_t count_rules(const struct exposure_set *set, chooses_fn *chooses)
{
    size_t count = 0;

    for (size_t i = 0; i < set->rule_count; i++)
        count += chooses(&set->rules[i]);
    return count;
}

/* "x, y and z", or "…, y and 20 more". A pattern with several rules is told once. */
static bool list_subjects(struct speech *speech, chooses_fn *chooses)
{
    const struct exposure_set *set = speech->set;
    size_t count = count_rules(set, chooses), told = 0;
    char number[24];

    buf_reset(speech->subjects);
    for (size_t i = 0; i < set->rule_count && told < SUBJECTS_MAX; i++) {
        if (!chooses(&set->rules[i]))
            continue;
        if (told > 0 && told + 1 == count)
            exposure_say(speech->words, SAYS_AND, speech->language, &(struct exposure_values){0},
                         speech->subjects);
        else if (told > 0)
            buf_add_str(speech->subjects, STR(", "));
        add_subject(speech, &set->rules[i]);
        told++;
    }
    if (told < count) {
        snprintf(number, sizeof number, "%zu", count - told);
        exposure_say(speech->words, SAYS_MORE, speech->language,
                     &(struct exposure_values){.count = str_of(number)}, speech->subjects);
    }
    return count > 0;
}

/* ---- the parts of the text ---- */

static void say_subjects(struct speech *speech)
{
    bool has_open = list_subjects(speech, is_open_subject);
    bool is_all_open = false, has_closed = count_rules(speech->set, is_closed_subject) > 0;

    for (size_t i = 0; i < speech->set->rule_count; i++)
        is_all_open |= is_open(&speech->set->rules[i]) && is_for_all(&speech->set->rules[i]);
    if (is_all_open)
        say(speech, has_closed ? SAYS_ALL_BUT : SAYS_ALL, STR_NONE);
    else if (has_open)
        say(speech, SAYS_OPEN, STR_NONE);
    else
        say(speech, SAYS_NOTHING, STR_NONE);
    if ((is_all_open || has_open) && list_subjects(speech, is_closed_subject))
        say(speech, SAYS_CLOSED, STR_NONE);
}

/* From when on a rule shows: its own date, or its number's first day when that is later. */
static struct date first_day(const struct exposure_rule *rule)
{
    return date_compare(rule->valid_from, rule->from) > 0 ? rule->valid_from : rule->from;
}

static void say_days(struct speech *speech)
{
    size_t told = 0;

    for (size_t i = 0; i < speech->set->rule_count && told < FROM_MAX; i++) {
        const struct exposure_rule *rule = &speech->set->rules[i];
        struct date from = first_day(rule);
        char date[64];

        if (!is_open(rule) || (!date_is_known(from) && !date_is_known(rule->valid_to)))
            continue;
        told++;
        buf_reset(speech->subjects);
        add_subject(speech, rule);
        if (date_is_known(from))
            say(speech, SAYS_FROM, text_date(from, speech->language, date));
        if (date_is_known(rule->valid_to))
            say(speech, SAYS_UNTIL, text_date(rule->valid_to, speech->language, date));
        if (rule->active_regardless)
            say(speech, SAYS_ACTIVE, STR_NONE);
    }
}

static bool has_letters_to(const struct exposure_rule *rule)
{
    return is_open(rule) && rule->to_citizen.is_open;
}

static bool has_letters_from(const struct exposure_rule *rule)
{
    return is_open(rule) && rule->from_citizen.is_open;
}

static bool has_some_types(const struct exposure_rule *rule)
{
    return is_open(rule) && (rule->to_citizen.type_count > 0 || rule->from_citizen.type_count > 0);
}

static bool has_systems(const struct exposure_rule *rule)
{
    return is_open(rule) && rule->system_count > 0;
}

static bool has_kle_title(const struct exposure_rule *rule)
{
    return is_open(rule) && rule->title_from_kle;
}

static bool has_notes(const struct exposure_rule *rule)
{
    return is_open(rule) && rule->journal_notes;
}

static void say_letters(struct speech *speech)
{
    const struct exposure_set *set = speech->set;
    size_t open = count_rules(set, is_open), to = count_rules(set, has_letters_to);
    size_t from = count_rules(set, has_letters_from);

    if (to + from == 0)
        say(speech, SAYS_LETTERS_NONE, STR_NONE);
    else if (count_rules(set, has_some_types) > 0 || (to > 0 && to < open) ||
             (from > 0 && from < open))
        say(speech, SAYS_LETTERS_SOME, STR_NONE);
    else
        say(speech, to && from ? SAYS_LETTERS : to ? SAYS_LETTERS_TO : SAYS_LETTERS_FROM, STR_NONE);
}

static void say_all(struct speech *speech)
{
    say_subjects(speech);
    if (count_rules(speech->set, is_open) == 0)
        return;
    say_days(speech);
    if (count_rules(speech->set, has_systems) > 0)
        say(speech, SAYS_SYSTEMS, STR_NONE);
    if (count_rules(speech->set, has_kle_title) > 0)
        say(speech, SAYS_KLE_TITLES, STR_NONE);
    say_letters(speech);
    if (count_rules(speech->set, has_notes) > 0)
        say(speech, SAYS_NOTES, STR_NONE);
    say(speech, SAYS_OWN, STR_NONE);
}

struct text exposure_text(const struct exposure_words *words, const struct exposure_set *set,
                          const struct classification *classification, struct str authority,
                          struct arena *arena)
{
    /* The built-in rules open all, and every letter. */
    static struct exposure_rule built_in = {.mode = EXPOSURE_ENFORCE,
                                            .is_open = true,
                                            .to_citizen = {.is_open = true},
                                            .from_citizen = {.is_open = true}};
    static const struct exposure_set standard = {.rules = &built_in, .rule_count = 1};
    struct text text = {0};
    struct buf out, subjects;

    buf_init(&out, TEXT_MAX);
    buf_init(&subjects, TEXT_MAX);
    for (enum language language = 0; language < LANGUAGES; language++) {
        struct speech speech = {.words = words,
                                .set = set ? set : &standard,
                                .classification = classification,
                                .authority = authority,
                                .language = language,
                                .out = &out,
                                .subjects = &subjects};
        buf_reset(&out);
        say_all(&speech);
        text.in[language] = arena_copy(arena, buf_str(&out));
    }
    buf_clear(&out);
    buf_clear(&subjects);
    return text;
}
