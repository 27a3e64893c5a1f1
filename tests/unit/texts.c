/* SPDX-License-Identifier: MIT */
#include "policy/texts.h"

#include "tests/config.h"
#include "tests/reading.h"

static struct arena *arena;
static struct texts texts; /* the shipped ones */

/* ---- templates ---- */

static void fills_templates(void)
{
    const struct text_values all = {.source = STR("ATP"),
                                    .authority = STR("Favrskov Kommune"),
                                    .time = STR("kl. 10.42"),
                                    .until = STR("kl. 6.00"),
                                    .date = STR("1. maj 2026")};
    const struct text_values some = {.source = STR("ATP"), .authority = STR("")};
    static const struct {
        const char *template, *with_all, *with_some;
    } cases[] = {
        {"", "", ""},
        {"Det er betalt", "Det er betalt", "Det er betalt"},
        {"{source}", "ATP", "ATP"},
        {"Fra {source} {time}.", "Fra ATP kl. 10.42.", "Fra ATP ."},
        {"{source}{source}", "ATPATP", "ATPATP"},
        {"{source}[ til {until}]", "ATP til kl. 6.00", "ATP"},
        {"Betal[ til {authority}][ senest den {date}]",
         "Betal til Favrskov Kommune senest den 1. maj 2026", "Betal"},
        {"[{source}] og [{source} {date}]!", "ATP og ATP 1. maj 2026!", "ATP og !"},
        {"[altid]", "altid", "altid"},
        {"{nobody} {", " {", " {"},
        {"[", "", ""},
        {"{source", "{source", "{source"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out;
        buf_init(&out, 4096);
        text_fill(str_of(cases[i].template), &all, &out);
        is_bytes(buf_str(&out).at, out.len, cases[i].with_all, strlen(cases[i].with_all),
                 "'%s' with all values", cases[i].template);
        buf_reset(&out);
        text_fill(str_of(cases[i].template), &some, &out);
        is_bytes(buf_str(&out).at, out.len, cases[i].with_some, strlen(cases[i].with_some),
                 "'%s' with one value", cases[i].template);
        buf_clear(&out);
    }
}

static void refuses_wrong_templates(void)
{
#define BRACKET "holds a bracket without its other half"
#define BRACE   "holds a brace that is no placeholder"
#define UNKNOWN "holds an unknown placeholder; known are {source}, {authority}, {time}, {until}"
    static const struct {
        const char *template, *fault;
    } cases[] = {
        {"{source}[ {time}]{authority}{until}{date}", NULL},
        {"ganske almindelig", NULL},
        {"{sources}", UNKNOWN},
        {"{ source}", UNKNOWN},
        {"{}", UNKNOWN},
        {"{source", BRACE},
        {"source}", BRACE},
        {"[{date}", BRACKET},
        {"{date}]", BRACKET},
        {"[[{date}]]", BRACKET},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config;
        struct texts parsed = {0};
        char text[256];
        snprintf(text, sizeof text, "{'declaration': {'da': 'x',\n'en': '%s'}}", cases[i].template);
        texts_parse(config_parse(&config, text), &parsed, &config.faults);
        const char *fault = strstr(config_faults(&config), "t.json:2:7: /declaration/en: ");
        if (cases[i].fault)
            ok(fault && strstr(fault, cases[i].fault), "'%s' is told", cases[i].template);
        else
            ok(!fault, "'%s' is fine", cases[i].template);
        config_clear(&config);
    }
}

/* ---- times in words ---- */

static void says_times(void)
{
    static const struct {
        const char *when, *time[LANGUAGES], *moment[LANGUAGES], *date[LANGUAGES];
    } cases[] = {
        {"2026-11-19T08:00:00",
         {"kl. 8.00", "8:00"},
         {"19. november kl. 8.00", "19 November at 8:00"},
         {"19. november 2026", "19 November 2026"}},
        {"2026-01-01T00:05:59",
         {"kl. 0.05", "0:05"},
         {"1. januar kl. 0.05", "1 January at 0:05"},
         {"1. januar 2026", "1 January 2026"}},
        {"2026-05-31T22:30:00Z", /* summer time: already June in Denmark */
         {"kl. 0.30", "0:30"},
         {"1. juni kl. 0.30", "1 June at 0:30"},
         {"1. juni 2026", "1 June 2026"}},
        {"1969-12-31T23:00:00+01:00",
         {"kl. 23.00", "23:00"},
         {"31. december kl. 23.00", "31 December at 23:00"},
         {"31. december 1969", "31 December 1969"}},
        {"2026-03-29T01:59:00Z", /* the first hour of summer time */
         {"kl. 3.59", "3:59"},
         {"29. marts kl. 3.59", "29 March at 3:59"},
         {"29. marts 2026", "29 March 2026"}},
    };
    char out[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wall when = WALL_NONE;
        ok(wall_parse(str_of(cases[i].when), &when), "%s is a time", cases[i].when);
        for (enum language l = 0; l < LANGUAGES; l++) {
            is_str(text_time(when, l, out).at, cases[i].time[l], "%s", cases[i].time[l]);
            is_str(text_moment(when, l, out).at, cases[i].moment[l], "%s", cases[i].moment[l]);
            is_str(text_date(wall_date(when), l, out).at, cases[i].date[l], "%s", cases[i].date[l]);
        }
    }
    ok(!text_time(WALL_NONE, LANGUAGE_DA, out).at && !text_moment(WALL_NONE, LANGUAGE_EN, out).at &&
           !text_date(DATE_NONE, LANGUAGE_DA, out).at,
       "an unknown time has no words");
}

/* ---- the file ---- */

static void needs_every_sentence(void)
{
    struct config config;
    struct texts parsed = {0};
    struct node root =
        config_parse(&config, "{'attention': {'reply': {'da': 'Svar', 'en': 'Reply'}, 'plead': 1},"
                              " 'kind': 7, 'moods': {}}");
    texts_parse(root, &parsed, &config.faults);
    static const char *const lines[] = {
        ": /outcome: is needed\n",
        ": /status: is needed\n",
        ": /untitled: is needed\n",
        ": /kind: expected an object\n",
        ": /kind/case: is needed, in \"da\" and \"en\"\n",
        "t.json:1:15: /attention/pay: is needed, in \"da\" and \"en\"\n",
        ": /attention/deadline: is needed, in \"da\" and \"en\"\n",
        ": /attention/plead: is unknown\n",
        ": /moods: is unknown\n",
        "t.json:1:1: /awaiting_citizen: is needed, in \"da\" and \"en\"\n",
        "t.json:1:1: /nothing_shown: is needed, in \"da\" and \"en\"\n",
        "t.json:1:1: /declaration: is needed, in \"da\" and \"en\"\n",
    };
    const char *faults = config_faults(&config);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        ok(strstr(faults, lines[i]), "told: fault %zu", i);
    ok(!strstr(faults, "/attention/reply"), "what is there is not missed");
    config_clear(&config);
}

static void ships_what_was_asked_for(void)
{
    const struct {
        const struct text *text;
        const char *da, *en;
    } cases[] = {
        {&texts.outcome[OUTCOME_FAILED],
         "Vi kunne ikke hente dine oplysninger fra ATP kl. 10.42. Det betyder ikke, at du ikke har "
         "nogen.",
         "We could not get your information from ATP at 10:42. This does not mean that you have "
         "none."},
        {&texts.outcome[OUTCOME_STALE], "Her er det, vi sidst fik, fra kl. 10.42.",
         "This is what we last received, on 10:42."},
        {&texts.outcome[OUTCOME_EMPTY], "ATP har ingen oplysninger om dig her.",
         "ATP holds nothing about you here."},
        {&texts.outcome[OUTCOME_CLOSED], "ATP er lukket for opslag til kl. 6.00.",
         "ATP is closed for look-ups until 6:00."},
        {&texts.status[STATUS_CREATED], "Vi har modtaget din sag", "We have received your case"},
        {&texts.status[STATUS_OPENED], "Din sag er oprettet og ikke afgjort endnu",
         "Your case was created and is not decided yet"},
        {&texts.status[STATUS_IN_PROGRESS], "Vi behandler din sag", "We are working on your case"},
        {&texts.status[STATUS_DECIDED], "Din sag er afgjort", "Your case has been decided"},
        {&texts.status[STATUS_CLOSED], "Din sag er afsluttet", "Your case is closed"},
        {&texts.status[STATUS_REJECTED], "Vi behandler ikke sagen", "We will not take up the case"},
        {&texts.awaiting_citizen, "Vi venter på svar fra dig", "We are waiting for you"},
        {&texts.kind[ITEM_CASE], "sag", "case"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (enum language l = 0; l < LANGUAGES; l++) {
            struct text_values values = {.source = STR("ATP"),
                                         .time = l == LANGUAGE_DA ? STR("kl. 10.42") : STR("10:42"),
                                         .until = l == LANGUAGE_DA ? STR("kl. 6.00") : STR("6:00")};
            const char *want = l == LANGUAGE_DA ? cases[i].da : cases[i].en;
            struct buf out;
            buf_init(&out, 4096);
            text_fill(cases[i].text->in[l], &values, &out);
            is_bytes(buf_str(&out).at, out.len, want, strlen(want), "%s", want);
            buf_clear(&out);
        }
}

/* Words that speak of the one who reads as the one it is about. What one does oneself (see, act,
 * log in through a portal) may be said to anybody. */
static bool is_about_reader(struct str text)
{
    static const struct str words[] = {
        STR_INIT("din sag"),           STR_INIT("dine "),          STR_INIT(" dig"),
        STR_INIT("du ikke har"),       STR_INIT("Du får"),         STR_INIT("dit "),
        STR_INIT("your case"),         STR_INIT("Your case"),      STR_INIT("your inf"),
        STR_INIT("about you"),         STR_INIT("You get"),        STR_INIT("you have"),
        STR_INIT("waiting for you"),   STR_INIT("You do not get"), STR_INIT("You no longer"),
        STR_INIT("your municipality"), STR_INIT("din kommune"),    STR_INIT("Din sag")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_find(text, words[i]) < text.len)
            return true;
    return false;
}

static void fits_another(const struct text *text, const char *name)
{
    for (enum language l = 0; l < LANGUAGES; l++)
        ok(!is_about_reader(text->in[l]), "%s: %.*s", name, STR_ARG(text->in[l]));
}

static void none_confuses_two_persons(void)
{
    ok(is_about_reader(texts.status[STATUS_CREATED].in[LANGUAGE_DA]), "which would be told");
    for (int i = OUTCOME_PENDING + 1; i < OUTCOME_COUNT; i++)
        fits_another(&texts.outcome_for_another[i], outcome_name((enum outcome)i).at);
    for (int i = 0; i < ITEM_STATUS_COUNT; i++)
        fits_another(&texts.status_for_another[i], item_status_code((enum item_status)i).at);
    for (int i = 0; i < ATTENTION_TYPE_COUNT; i++)
        fits_another(&texts.attention[i], attention_type_name((enum attention_type)i).at);
    for (int i = 0; i < ITEM_KIND_COUNT; i++)
        fits_another(&texts.untitled[i], item_kind_name((enum item_kind)i).at);
    fits_another(&texts.awaiting_citizen_for_another, "awaiting_citizen");
    fits_another(&texts.nothing_shown_for_another, "nothing_shown");
    fits_another(&texts.declaration, "declaration");
    for (int i = 0; i < EXPOSURE_SENTENCE_COUNT; i++)
        fits_another(&texts.exposure.at[i], "exposure");
}

/* ---- how hard they are to read ---- */

static void is_easy(const struct text *text, const char *name)
{
    for (enum language l = 0; l < LANGUAGES; l++) {
        struct reading reading = reading_of(text->in[l]);
        double lix = reading_lix(&reading);
        ok(reading.words > 0 && reading.longest <= READING_WORDS_MAX && lix <= READING_LIX_MAX,
           "%s: LIX %.1f, at most %d words: %.*s", name, lix, reading.longest,
           STR_ARG(text->in[l]));
    }
}

static void counts_as_known(void)
{
    struct reading reading =
        reading_of(STR("{source} har ikke svaret endnu, siger vi. Prøv forfra på søndag!"));
    is_int(reading.words, 11, "words");
    is_int(reading.sentences, 2, "sentences");
    is_int(reading.longest, 7, "words of the longest sentence");
    is_int(reading.longs, 0, "letters are counted, not bytes");
    is_int(reading_of(STR("oplysninger selvbetjening kort")).longs, 2, "long words");
}

static void all_are_easy_to_read(void)
{
    for (int i = OUTCOME_PENDING + 1; i < OUTCOME_COUNT; i++)
        is_easy(&texts.outcome[i], outcome_name((enum outcome)i).at);
    for (int i = 0; i < ITEM_STATUS_COUNT; i++)
        is_easy(&texts.status[i], item_status_code((enum item_status)i).at);
    for (int i = 0; i < ATTENTION_TYPE_COUNT; i++)
        is_easy(&texts.attention[i], attention_type_name((enum attention_type)i).at);
    for (int i = 0; i < ITEM_KIND_COUNT; i++)
        is_easy(&texts.untitled[i], item_kind_name((enum item_kind)i).at);
    is_easy(&texts.awaiting_citizen, "awaiting_citizen");
    is_easy(&texts.nothing_shown, "nothing_shown");
    is_easy(&texts.nothing_shown_for_another, "nothing_shown for another");
    is_easy(&texts.awaiting_citizen_for_another, "awaiting_citizen for another");
    for (int i = OUTCOME_PENDING + 1; i < OUTCOME_COUNT; i++)
        is_easy(&texts.outcome_for_another[i], "for another");
    for (int i = 0; i < ITEM_STATUS_COUNT; i++)
        is_easy(&texts.status_for_another[i], "status for another");
    is_easy(&texts.declaration, "declaration");
    is_easy(&texts.exposure.at[SAYS_PUBLISHED], "published");
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
    texts_parse(document ? document_node(document) : (struct node){0}, &texts, &faults);
    document_free(&document);
    free((void *)bytes.at);
    is_str(config_lines(&lines, &faults), "", "the shipped texts are whole");

    fills_templates();
    refuses_wrong_templates();
    says_times();
    needs_every_sentence();
    if (faults.count == 0) {
        ships_what_was_asked_for();
        none_confuses_two_persons();
        counts_as_known();
        all_are_easy_to_read();
    }
    buf_clear(&lines);
    arena_free(&arena);
    return done_testing();
}
