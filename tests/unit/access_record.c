/* SPDX-License-Identifier: MIT */
#include "record/access_record.h"

#include "identity/consent_citizen.h"
#include "tests/overview.h"

#include <jansson.h>

static struct route atp = {.source = {.id = STR_INIT("atp.pension")}},
                    index_route = {.source = {.id = STR_INIT("kommuner.sager")}};
static const struct municipality favrskov = {STR_INIT("0710"), STR_INIT("29189714"),
                                             STR_INIT("Favrskov Kommune")};
static struct plan_row rows[] = {
    {.route = &index_route, .municipality = &favrskov, .skip = OUTCOME_PENDING},
    {.route = &atp, .skip = OUTCOME_PENDING},
    {.route = &atp, .skip = OUTCOME_NOT_AGREED}};
static const struct plan plan = {.rows = rows, .count = 3};
static const struct pseudonym_key key = {"0123456789abcdef0123456789abcdef", 32};

static struct arena *arena;
static struct buf out;

/* One line of JSON, and no number of anybody. */
static json_t *line(const char *name)
{
    json_t *root = json_loadb(out.at, out.len, JSON_REJECT_DUPLICATES, NULL);
    ok(root && out.len > 0 && str_find_byte(buf_str(&out), '\n') == out.len - 1, "%s: one line",
       name);
    ok(overview_count(buf_str(&out), "6101709995") == 0 &&
           overview_count(buf_str(&out), "7212550001") == 0 &&
           overview_count(buf_str(&out), "Testesen") == 0,
       "%s: nobody's number or name", name);
    return root;
}

static const char *text(json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static struct access_subject subject_of(const char *actor)
{
    return (struct access_subject){.receipt = STR("the-receipt"),
                                   .operation = STR("overview"),
                                   .citizen = overview_citizen(arena, actor),
                                   .snapshot = overview_snapshot(arena),
                                   .key = &key,
                                   .now = {1795254120000, true}};
}

static void records_the_intent(const char *actor)
{
    struct access_subject subject = subject_of(actor);
    char anna[PSEUDONYM_TEXT], bo[PSEUDONYM_TEXT];
    struct cpr other = {"7212550001"};
    pseudonym_make(&key, citizen_subject(subject.citizen), subject.now, anna);
    pseudonym_make(&key, &other, subject.now, bo);

    buf_reset(&out);
    access_record_intent(&subject, &plan, &out);
    json_t *root = line(actor ? "intent on behalf" : "intent");
    is_str(text(root, "event"), "intent", "event");
    is_str(text(root, "receipt"), "the-receipt", "receipt");
    is_str(text(root, "time"), "2026-11-21T10:42:00+01:00", "when");
    is_str(text(root, "operation"), "overview", "what");
    is_str(text(root, "portal"), "portal", "through which portal");
    is_str(text(root, "issuer"), "https://broker.example", "who vouches");
    is_str(text(root, "level"), "substantial", "at which level");
    is_str(text(root, "subject"), anna, "about whom");
    is_str(text(root, "actor"), actor ? bo : anna, "by whom");
    is_int(json_is_true(json_object_get(root, "on_behalf")), actor != NULL, "on whose behalf");
    is_str(text(root, "revision"), "0123456789abcdef", "under which configuration");
    json_t *planned = json_object_get(root, "plan");
    is_int((int)json_array_size(planned), 3, "every row of the plan");
    is_str(text(json_array_get(planned, 0), "source"), "kommuner.sager", "its source");
    is_str(text(json_array_get(planned, 0), "authority"), "0710", "its municipality");
    ok(json_is_true(json_object_get(json_array_get(planned, 1), "ask")), "asked");
    is_str(text(json_array_get(planned, 1), "authority"), NULL, "no municipality");
    is_str(text(json_array_get(planned, 2), "skip"), "not_agreed", "or why not");
    json_decref(root);
}

/* By whom, and about which consent. */
static void records_consents(void)
{
    struct access_subject subject = subject_of(NULL);
    static const struct str sources[] = {STR_INIT("atp.pension")};
    const struct consent consent = {.id = STR("the-consent"),
                                    .service = STR("budget"),
                                    .kinds = ITEM_KIND_BIT(ITEM_BENEFIT),
                                    .sources = sources,
                                    .source_count = 1,
                                    .level = LEVEL_LOW,
                                    .until = {1795254120001, true}};
    char anna[PSEUDONYM_TEXT];
    pseudonym_make(&key, citizen_subject(subject.citizen), subject.now, anna);
    const struct cpr *cpr = citizen_subject(subject.citizen);

    subject.citizen = consent_citizen(arena, &consent, cpr, STR("app"), subject.now);
    buf_reset(&out);
    access_record_intent(&subject, &plan, &out);
    json_t *root = line("intent of a service");
    is_str(text(root, "subject"), anna, "about whom");
    is_str(text(root, "actor"), "service:budget", "by which service");
    is_str(text(root, "service"), "budget", "its id");
    is_str(text(root, "consent"), "the-consent", "by which consent");
    is_str(text(root, "portal"), "app", "under which client id");
    is_str(text(root, "level"), "low", "at whose level");
    is_str(text(root, "purpose"), "a service's overview, by consent", "what for");
    ok(json_is_false(json_object_get(root, "on_behalf")) && !json_object_get(root, "kinds"),
       "no mandate, no scope");
    json_decref(root);

    subject = subject_of(NULL);
    subject.consent = &consent;
    buf_reset(&out);
    access_record_intent(&subject, &plan, &out);
    root = line("intent of who gives one");
    is_str(text(root, "actor"), anna, "by oneself");
    is_str(text(root, "service"), "budget", "to whom");
    is_str(text(root, "consent"), "the-consent", "which");
    is_str(json_string_value(json_array_get(json_object_get(root, "kinds"), 0)), "benefit", "what");
    is_str(json_string_value(json_array_get(json_object_get(root, "sources"), 0)), "atp.pension",
           "where");
    ok(text(root, "until"), "until when");
    json_decref(root);
}

static void records_the_outcome(void)
{
    struct access_subject subject = subject_of(NULL);
    struct part parts[] = {
        {.row = &rows[0], .outcome = OUTCOME_ANSWERED, .shown_count = 2, .pages = 3},
        {.row = &rows[1], .position = 1, .outcome = OUTCOME_LATE, .why = "overview-deadline"},
        {.row = &rows[2], .position = 2, .outcome = OUTCOME_PENDING}};
    parts[0].started = 1000;
    parts[0].settled = 43999;
    parts[0].withheld[EXPOSURE_NOT_PRIMARY] = 4;
    parts[0].would_withhold[EXPOSURE_NOT_OPEN] = 2;
    parts[2].settled = 0;
    parts[2].started = 999999;

    buf_reset(&out);
    access_record_outcome(&subject, 200, 45, parts, 3, &out);
    json_t *root = line("outcome"), *sources = json_object_get(root, "sources");
    is_str(text(root, "event"), "outcome", "event");
    is_str(text(root, "receipt"), "the-receipt", "receipt");
    is_str(text(root, "operation"), "overview", "what was asked");
    is_str(text(root, "portal"), "portal", "through which portal");
    is_str(text(root, "revision"), "0123456789abcdef", "under which configuration");
    ok(json_is_false(json_object_get(root, "stream")), "as one document");
    ok(!json_object_get(root, "subject") && !json_object_get(root, "actor"), "nobody is named");
    is_int(json_integer_value(json_object_get(root, "status")), 200, "status");
    is_int(json_integer_value(json_object_get(root, "elapsed_ms")), 45, "how long");
    json_t *one = json_array_get(sources, 0);
    is_str(text(one, "state"), "answered", "how a source ended");
    is_int(json_integer_value(json_object_get(one, "items")), 2, "how many were shown");
    is_int(json_integer_value(json_object_get(one, "pages")), 3, "in how many pages");
    is_int(json_integer_value(json_object_get(one, "elapsed_ms")), 42, "after how long");
    is_int(
        json_integer_value(json_object_get(json_object_get(one, "withheld"), "not-primary-party")),
        4, "how many were withheld, and why");
    is_int((int)json_object_size(json_object_get(one, "withheld")), 1, "and nothing that was not");
    is_int((int)json_integer_value(
               json_object_get(json_object_get(one, "would_withhold"), "kle-not-open")),
           2, "how many a rule that is only observed would withhold");
    one = json_array_get(sources, 1);
    is_str(text(one, "why"), "overview-deadline", "why it failed");
    ok(!json_object_get(one, "withheld") && !json_object_get(one, "would_withhold"),
       "nothing was withheld");
    one = json_array_get(sources, 2);
    is_str(text(one, "state"), "abandoned", "a client left before it ended");
    is_int(json_integer_value(json_object_get(one, "elapsed_ms")), 0, "no time is made up");
    json_decref(root);
}

/* What a caller names itself must not make two lines of one. */
static void takes_hostile_names(void)
{
    struct access_subject subject = subject_of(NULL);
    struct citizen_facts facts = {.subject = {"6101709995"},
                                  .portal = STR("p\n{\"event\":\"intent\"}\n"),
                                  .issuer = STR("\"\\\x01"),
                                  .level = LEVEL_LOW};
    subject.citizen = citizen_make(arena, &facts);
    buf_reset(&out);
    access_record_intent(&subject, &plan, &out);
    json_decref(line("hostile names"));
}

int main(void)
{
    arena = arena_new(1 << 20);
    buf_init(&out, 65536);
    records_the_intent(NULL);
    records_the_intent("7212550001");
    records_consents();
    records_the_outcome();
    takes_hostile_names();
    buf_clear(&out);
    arena_free(&arena);
    return done_testing();
}
