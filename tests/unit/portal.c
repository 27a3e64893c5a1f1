/* SPDX-License-Identifier: MIT */
/* The reference portal's pure parts: its words, what it shows, its sessions, its forms, what a
 * login must be, and pages made of what nobody should have sent. */
#include "portal/form.h"
#include "portal/login.h"
#include "portal/page_overview.h"
#include "portal/session.h"
#include "portal/show.h"
#include "tests/reading.h"
#include "tests/tap.h"

enum { SENTENCE_WORDS = 4, PAGE_MAX = 1 << 20 };

/* A label of a word or two has no LIX; a sentence has. */
static void words_are_plain(void)
{
    for (enum word word = 0; word < WORDS; word++)
        for (enum language l = 0; l < LANGUAGES; l++) {
            struct str text = word_text(word, l);
            struct reading reading = reading_of(text);
            ok(text.len > 0, "word %d has a text in %s", (int)word, language_tag(l).at);
            bool is_sentence = text.at[text.len - 1] == '.' || text.at[text.len - 1] == '?';
            if (is_sentence && reading.words >= SENTENCE_WORDS)
                ok(reading_lix(&reading) <= READING_LIX_MAX && reading.longest <= READING_WORDS_MAX,
                   "LIX %.1f: %.*s", reading_lix(&reading), STR_ARG(text));
        }
}

static void is_text(struct str got, const char *want, const char *name)
{
    is_bytes(got.at, got.len, want, strlen(want), "%s", name);
}

static void money_and_dates(void)
{
    static const struct {
        const char *amount, *da, *en;
    } cases[] = {
        {"16448.00", "16.448,00 kr.", "DKK 16,448.00"},
        {"-1250.50", "-1.250,50 kr.", "DKK -1,250.50"},
        {"0.05", "0,05 kr.", "DKK 0.05"},
        {"1234567.89", "1.234.567,89 kr.", "DKK 1,234,567.89"},
        {"", "", ""},
        {"12", "", ""},
        {"12.5", "", ""},
        {"<b>.00", "", ""},
        {"1234567890123456.00", "", ""},
    };
    char text[SHOW_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        is_text(show_money(str_of(cases[i].amount), LANGUAGE_DA, text), cases[i].da,
                cases[i].amount);
        is_text(show_money(str_of(cases[i].amount), LANGUAGE_EN, text), cases[i].en,
                cases[i].amount);
    }
    is_text(show_date((struct date){2026, 11, 28}, LANGUAGE_DA, text), "28. november 2026", "da");
    is_text(show_date((struct date){2026, 11, 28}, LANGUAGE_EN, text), "28 November 2026", "en");
    is_text(show_date(DATE_NONE, LANGUAGE_DA, text), "", "no date");
    struct wall summer = {0};
    ok(wall_parse(STR("2026-07-01T10:02:00Z"), &summer), "a time");
    is_text(show_hour(summer, LANGUAGE_DA, text), "12.02", "in Danish time");
    is_text(show_hour(WALL_NONE, LANGUAGE_DA, text), "", "no time");
}

static void sessions_end(void)
{
    const struct session_limits limits = {
        .sessions_max = 2, .logins_max = 1, .idle_ms = 100, .life_ms = 250, .login_ms = 1000};
    const instant ms = INSTANT_PER_MS;
    struct sessions *sessions = sessions_new(&limits);
    struct session *one = session_start(sessions, SESSION_LOGGED_IN, 0);
    char id[SESSION_SECRET_TEXT];
    memcpy(id, one->id, sizeof id);
    is_int((long long)strlen(id), 43, "256 random bits");
    ok(strcmp(one->id, one->csrf) != 0, "the form's secret is another");
    ok(session_find(sessions, str_of(id), SESSION_LOGGED_IN, 99 * ms) == one, "used in time");
    ok(!session_find(sessions, str_of(id), SESSION_LOGGING_IN, 99 * ms), "not for a login");
    ok(!session_find(sessions, str_head(str_of(id), 42), SESSION_LOGGED_IN, 99 * ms), "half an id");
    ok(!session_find(sessions, STR_NONE, SESSION_LOGGED_IN, 99 * ms), "no id");
    ok(session_find(sessions, str_of(id), SESSION_LOGGED_IN, 198 * ms) == one, "kept by use");
    ok(!session_find(sessions, str_of(id), SESSION_LOGGED_IN, 250 * ms), "not beyond its life");
    one = session_start(sessions, SESSION_LOGGED_IN, 300 * ms);
    memcpy(id, one->id, sizeof id);
    ok(!session_find(sessions, str_of(id), SESSION_LOGGED_IN, 400 * ms), "not when unused");
    ok(session_start(sessions, SESSION_LOGGED_IN, 500 * ms) != NULL, "one");
    ok(session_start(sessions, SESSION_LOGGED_IN, 500 * ms) != NULL, "two");
    ok(!session_start(sessions, SESSION_LOGGED_IN, 500 * ms), "the ceiling");
    ok(session_start(sessions, SESSION_LOGGING_IN, 500 * ms) != NULL, "logins have another");
    ok(session_start(sessions, SESSION_LOGGED_IN, 600 * ms) != NULL, "what ended makes room");
    sessions_free(&sessions);
}

static void forms(void)
{
    struct arena *arena = arena_new(65536);
    struct str form = STR("a=1&b=x%20y+z&a=2&c&d=%zz&e=%ff&f=");
    struct buf out;
    is_text(form_value(form, "a", 0, arena), "1", "the first");
    is_text(form_value(form, "a", 1, arena), "2", "the second");
    ok(!form_value(form, "a", 2, arena).at, "no third");
    is_text(form_value(form, "b", 0, arena), "x y z", "decoded");
    ok(!form_value(form, "d", 0, arena).at, "a wrong escape");
    ok(!form_value(form, "e", 0, arena).at, "no text");
    ok(form_value(form, "f", 0, arena).at != NULL, "empty is not absent");
    ok(!form_value(STR_NONE, "a", 0, arena).at, "no form");
    buf_init(&out, 1000);
    form_add(&out, "a", STR("x y&\xc3\xa6"));
    form_add(&out, "b", STR("-_.~"));
    is_text(buf_str(&out), "a=x%20y%26%C3%A6&b=-_.~", "encoded");
    buf_clear(&out);
    arena_free(&arena);
}

static void logins(void)
{
    static const char nonce[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
#define GOOD(aud, nonce)                                                                           \
    "{\"iss\": \"https://b\", \"aud\": " aud ", \"exp\": 1100, \"iat\": 1000, \"nonce\": \"" nonce \
    "\"}"
    static const struct {
        const char *claims;
        bool is_good;
    } cases[] = {
        {GOOD("\"me\"", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), true},
        {GOOD("[\"me\"]", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), true},
        {GOOD("[\"me\", \"you\"]", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false},
        {GOOD("\"you\"", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false},
        {GOOD("\"me\"", "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false},
        {GOOD("\"me\"", ""), false},
        {"{\"iss\": \"https://c\", \"aud\": \"me\", \"exp\": 1100, \"iat\": 1000, \"nonce\": "
         "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
         false},
        {"{\"iss\": \"https://b\", \"aud\": \"me\", \"exp\": 900, \"iat\": 1000, \"nonce\": "
         "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
         false},
        {"{\"iss\": \"https://b\", \"aud\": \"me\", \"exp\": 2000, \"iat\": 1900, \"nonce\": "
         "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
         false},
        {"{}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *claims = json_read(str_of(cases[i].claims));
        const char *why =
            login_judge(claims, STR("https://b"), STR("me"), nonce, wall_of_unix(1000));
        ok((why == NULL) == cases[i].is_good, "login %zu: %s", i, why ? why : "good");
        json_decref(claims);
    }
}

/* Whatever an authority writes is text, and never markup; what is absent is nothing. */
static void pages_hold(void)
{
    static const char *const records[] = {
        "{}",
        "{\"source\": {}, \"items\": [1, null, {}, {\"kind\": \"case\"}]}",
        "{\"source\": {\"id\": \"<x>\", \"name\": \"<script>x</script>\", \"state\": \"failed\\\" y\"},"
        " \"items\": [{\"kind\": \"case\", \"title\": \"<script>\", \"handle\": \"\\\"><x\","
        " \"status\": {\"code\": 1, \"text\": \"<i>\"}, \"history\": [{\"text\": \"<u>\"}, 7],"
        " \"links\": [{\"type\": \"x\", \"url\": \"javascript:alert(1)\"}]}]}",
        "{\"source\": [], \"items\": {}, \"place\": 0}",
    };
    struct page_visitor visitor = {.csrf = STR("c\"<"), .other = STR("<b>"), .view = 1};
    struct page page = {.language = LANGUAGE_DA, .title = WORD_PORTAL, .visitor = &visitor};
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        json_t *record = json_read(str_of(records[i])), *sources = json_pack("[O]", record);
        struct buf out;
        buf_init(&out, PAGE_MAX);
        page_overview_begin(&out, &page, record);
        page_source(&out, &page, record, 0);
        page_overview_end(&out, &page, record, sources, i % 2 ? record : NULL);
        ok(!out.failed && out.len > 0, "page %zu is whole", i);
        buf_add_byte(&out, '\0');
        ok(!out.failed && !strstr(out.at, "<script>") && !strstr(out.at, "<b>") &&
               !strstr(out.at, "<i>") && !strstr(out.at, "<u>") && !strstr(out.at, "<x") &&
               !strstr(out.at, "javascript:"),
           "page %zu holds no markup of others", i);
        buf_clear(&out);
        json_decref(sources);
        json_decref(record);
    }
}

int main(void)
{
    json_wipe_always();
    words_are_plain();
    money_and_dates();
    sessions_end();
    forms();
    logins();
    pages_hold();
    return done_testing();
}
