/* SPDX-License-Identifier: MIT */
/* What a municipality shows, told in sentences: the shipped words and rules of each kind. */
#include "policy/exposure_text.h"

#include "policy/texts.h"
#include "tests/config.h"
#include "tests/reading.h"

static struct arena *arena;
static struct texts texts;
static struct classification classification;
static const struct municipalities nowhere = {0};

#define LETTERS_OF "'documents': [{'direction': 'to_citizen'}, {'direction': 'from_citizen'}]"
#define OWN_DA     " Du ser ikke noget om andre."
#define OWN_EN     " You do not see what is about other people."
#define NONE_DA    " Du kan ikke se breve her."
#define NONE_EN    " You see no letters here."

static const struct {
    const char *rules; /* NULL: the built-in ones alone */
    const char *da, *en;
} cases[] = {
    {NULL,
     "Favrskov Kommune viser sager og ydelser om alle emner. Du kan se navnet på breve, der er sendt ud og ind." OWN_DA,
     "Favrskov Kommune shows cases and benefits on all topics. You see the names of letters that were sent out and in." OWN_EN},
    {"{'kle': '*', " LETTERS_OF "}",
     "Favrskov Kommune viser sager og ydelser om alle emner. Du kan se navnet på breve, der er sendt ud og ind." OWN_DA,
     "Favrskov Kommune shows cases and benefits on all topics. You see the names of letters that were sent out and in." OWN_EN},
    {"", "Du kan endnu ikke se noget fra Favrskov Kommune her. Der kan godt være en sag.",
     "You see nothing from Favrskov Kommune here yet. There may still be a case."},
    {"{'kle': '32.*', 'open': false}",
     "Du kan endnu ikke se noget fra Favrskov Kommune her. Der kan godt være en sag.",
     "You see nothing from Favrskov Kommune here yet. There may still be a case."},
    {"{'kle': '32.*', 'mode': 'observe'}",
     "Du kan endnu ikke se noget fra Favrskov Kommune her. Der kan godt være en sag.",
     "You see nothing from Favrskov Kommune here yet. There may still be a case."},
    {"{'kle': '98.01.01'}",
     "Du kan se, hvad Favrskov Kommune har om disse emner: Støtte (98.01.01)." NONE_DA OWN_DA,
     "You see what Favrskov Kommune holds on these topics: Støtte (98.01.01)." NONE_EN OWN_EN},
    {"{'kle': '98.01.01'}, {'kle': '97.02.01'}, {'kle': '97.*'}",
     "Du kan se, hvad Favrskov Kommune har om disse emner: Støtte (98.01.01), emne 97.02.01 og alle emner under 97." NONE_DA
         OWN_DA,
     "You see what Favrskov Kommune holds on these topics: Støtte (98.01.01), topic 97.02.01 and all topics under 97." NONE_EN
         OWN_EN},
    {"{'kle': '98.*'}, {'kle': '97.02.01/G01'}",
     "Du kan se, hvad Favrskov Kommune har om disse emner: Hjælp (98) og emne 97.02.01/G01." NONE_DA
         OWN_DA,
     "You see what Favrskov Kommune holds on these topics: Hjælp (98) and topic 97.02.01/G01." NONE_EN
         OWN_EN},
    {"{'kle': '*'}, {'kle': '98.01.01', 'open': false}",
     "Favrskov Kommune viser de fleste sager og ydelser. Du kan ikke se noget om disse emner: Støtte (98.01.01)." NONE_DA
         OWN_DA,
     "Favrskov Kommune shows most of the cases and benefits. You see nothing on these topics: Støtte (98.01.01)." NONE_EN
         OWN_EN},
    {"{'kle': '98.01.01', 'from': '2024-03-01', 'active_regardless': true}",
     "Du kan se, hvad Favrskov Kommune har om disse emner: Støtte (98.01.01). Du kan se sager fra den 1. marts 2024 og frem om Støtte (98.01.01). Er en sag ældre, ser du den kun, så længe den er i gang." NONE_DA
         OWN_DA,
     "You see what Favrskov Kommune holds on these topics: Støtte (98.01.01). You see cases from 1 March 2024 on, on Støtte (98.01.01). If a case is older, you see it only while it is open." NONE_EN
         OWN_EN},
    {"{'kle': '*', 'from': '2024-03-01', 'valid_from': '2025-01-01', 'valid_to': '2026-12-31'}",
     "Favrskov Kommune viser sager og ydelser om alle emner. Du kan se sager fra den 1. januar 2025 og frem om alle emner. Du kan se sager til og med den 31. december 2026 om alle emner." NONE_DA
         OWN_DA,
     "Favrskov Kommune shows cases and benefits on all topics. You see cases from 1 January 2025 on, on all topics. You see cases until 31 December 2026, on all topics." NONE_EN
         OWN_EN},
    {"{'kle': '*', 'title': 'kle', 'systems': ['a'], 'journal_notes': true, 'documents': [{'direction': 'to_citizen'}]}",
     "Favrskov Kommune viser sager og ydelser om alle emner. Sager fra nogle af kommunens it-systemer er ikke med. Nogle sager har emnet som navn. Du kan se navnet på breve, der er sendt ud. Du kan se navnet på notater i nogle sager." OWN_DA,
     "Favrskov Kommune shows cases and benefits on all topics. Cases from some of its IT systems are left out. Some cases have their topic as their name. You see the names of letters that were sent out. You see the names of notes in some cases." OWN_EN},
    {"{'kle': '*', 'documents': [{'direction': 'from_citizen'}]}",
     "Favrskov Kommune viser sager og ydelser om alle emner. Du kan se navnet på breve, der er sendt ind." OWN_DA,
     "Favrskov Kommune shows cases and benefits on all topics. You see the names of letters that were sent in." OWN_EN},
    {"{'kle': '*', 'documents': [{'direction': 'to_citizen', 'types': ['x']}]}",
     "Favrskov Kommune viser sager og ydelser om alle emner. Du kan se navnet på nogle breve." OWN_DA,
     "Favrskov Kommune shows cases and benefits on all topics. You see the names of some letters." OWN_EN},
    {"{'kle': '*'}, {'kle': '98.*', " LETTERS_OF "}",
     "Favrskov Kommune viser sager og ydelser om alle emner. Du kan se navnet på nogle breve." OWN_DA,
     "Favrskov Kommune shows cases and benefits on all topics. You see the names of some letters." OWN_EN},
};

static struct text text_of(const char *rules)
{
    char text[16384];
    struct config config;
    struct exposure exposure = {0};
    struct text said;

    if (!rules)
        return exposure_text(&texts.exposure, NULL, &classification, STR("Favrskov Kommune"),
                             arena);
    snprintf(text, sizeof text, "{'default': {'rules': [%s]}}", rules);
    struct node root = config_parse(&config, text);
    exposure_parse(root, &nowhere, &exposure, config.arena, &config.faults);
    is_str(config_faults(&config), "", "no fault");
    said = exposure_text(&texts.exposure, exposure.sets.standard, &classification,
                         STR("Favrskov Kommune"), arena);
    config_clear(&config);
    return said;
}

static void says_what_rules_do(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text said = text_of(cases[i].rules);
        is_str(said.in[LANGUAGE_DA].at, cases[i].da, "in Danish %zu", i);
        is_str(said.in[LANGUAGE_EN].at, cases[i].en, "in English %zu", i);
        for (enum language l = 0; l < LANGUAGES; l++) {
            struct reading reading = reading_of(said.in[l]);
            ok(reading_lix(&reading) <= READING_LIX_MAX, "text %zu: LIX %.1f", i,
               reading_lix(&reading));
        }
    }
}

/* Thousands of subjects are told as a few and how many more. */
static void is_bounded(void)
{
    enum { RULES = 300 };
    static char rules[RULES * 24];
    size_t len = 0;
    for (int i = 0; i < RULES; i++)
        len += (size_t)snprintf(rules + len, sizeof rules - len, "%s{'kle': '%02d.%02d.01'}",
                                i ? "," : "", i / 100 + 10, i % 100);
    static char text[sizeof rules + 64];
    struct config config;
    struct exposure exposure = {0};
    snprintf(text, sizeof text, "{'default': {'rules': [%s]}}", rules);
    struct node root = config_parse(&config, text);
    exposure_parse(root, &nowhere, &exposure, config.arena, &config.faults);
    struct text said = exposure_text(&texts.exposure, exposure.sets.standard, &classification,
                                     STR("Favrskov Kommune"), arena);
    ok(said.in[LANGUAGE_DA].len < 600, "300 subjects in %zu bytes", said.in[LANGUAGE_DA].len);
    ok(strstr(said.in[LANGUAGE_DA].at, "emne 10.11.01 og 288 emner til."), "and how many more");
    ok(strstr(said.in[LANGUAGE_EN].at, "topic 10.11.01 and 288 more."), "in English too");
    config_clear(&config);
}

static void complains(void)
{
    struct config config;
    struct exposure_words words = {0};
    struct node root = config_parse(
        &config,
        "{'all': {'da': '{authority}', 'en': '{author}'}, 'every': {'da': 'x', 'en': 'y'}}");
    exposure_words_parse(root, &words, &config.faults);
    const char *faults = config_faults(&config);
    ok(strstr(faults, "t.json:1:37: /all/en: holds an unknown place; known are {authority}"),
       "an unknown place is told");
    ok(strstr(faults, ": /every: is unknown"), "an unknown sentence is told");
    ok(strstr(faults, ": /nothing: is needed, in \"da\" and \"en\"\n"), "a missing one is told");
    config_clear(&config);
}

int main(void)
{
    struct str bytes = config_read("policies/texts.json");
    struct faults faults;
    struct buf lines;
    arena = arena_new((size_t)1024 * 1024);
    buf_init(&lines, 65536);
    faults_init(&faults, arena);
    struct document *document = document_parse(STR("texts.json"), bytes, &faults);
    texts_parse(document_node(document), &texts, &faults);
    document_free(&document);
    free((void *)bytes.at);
    is_str(config_lines(&lines, &faults), "", "the shipped texts are whole");
    buf_clear(&lines);

    struct config config;
    struct node kle = config_parse(
        &config,
        "{'numbers': [{'number': '98.01.01', 'title': 'Bistand', 'to': '2020-01-01'},{'number': '98.01.01', 'title': 'Støtte', 'from': '2020-01-01'},{'number': '98', 'title': 'Hjælp', 'to': '2021-01-01'}]}");
    classification_parse(kle, &classification, config.arena, &config.faults);
    is_str(config_faults(&config), "", "a classification");
    says_what_rules_do();
    is_bounded();
    complains();
    config_clear(&config);
    arena_free(&arena);
    return done_testing();
}
