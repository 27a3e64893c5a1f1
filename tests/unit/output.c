/* SPDX-License-Identifier: MIT */
#include "overview/output.h"

#include "tests/overview.h"

#include <jansson.h>

static struct arena *arena;
static struct snapshot *snapshot;
static struct buf sentence, out;
static struct output_context context;

static struct route route = {
    .source = {.id = STR_INIT("atp.pension"),
               .name = {{STR_INIT("ATP"), STR_INIT("ATP in English")}},
               .asked_for = {{STR_INIT("din pension"), STR_INIT("your pension")}},
               .authority = {STR_INIT("43405810"), {NULL, 0}, STR_INIT("ATP")}},
    .level = LEVEL_HIGH};
static const struct municipality favrskov = {STR_INIT("0710"), STR_INIT("29189714"),
                                             STR_INIT("Favrskov Kommune")};
static struct plan_row row = {.route = &route},
                       index_row = {.route = &route, .municipality = &favrskov};
/* 2026-11-21T10:42:00+01:00 */
static const struct wall moment = {1795254120000, true};

/* What was written, which must be JSON without a member twice. */
static json_t *written(const char *name)
{
    json_error_t error;
    json_t *root = json_loadb(out.at ? out.at : "", out.len, JSON_REJECT_DUPLICATES, &error);
    ok(root != NULL, "%s: JSON, every member once%s%s", name, root ? "" : ": ",
       root ? "" : error.text);
    return root;
}

/* "a.b.0" as compact JSON; "absent" when it is not there. */
static const char *at(json_t *root, const char *path)
{
    static char text[4096];
    char name[64];
    while (root && *path) {
        size_t len = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        root = json_is_array(root) ? json_array_get(root, strtoul(name, NULL, 10))
                                   : json_object_get(root, name);
        path += path[len] ? len + 1 : len;
    }
    size_t len = root ? json_dumpb(root, text, sizeof text - 1, JSON_ENCODE_ANY | JSON_COMPACT) : 0;
    text[len] = '\0';
    return root ? text : "absent";
}

static json_t *write_item(const struct item *item, struct wall as_of, const char *name)
{
    struct writer w;
    buf_reset(&out);
    writer_init(&w, &out);
    output_item(&w, &context, &row, item, STR("the-handle"), as_of);
    return written(name);
}

/* ---- items ---- */

#define SECRET "SECRET"

/* Everything that an item can hold, its secrets marked, of every kind. */
static struct item full_item(enum item_kind kind)
{
    static struct party other = {
        .role = PARTY_PRIMARY, .cpr = {"7212550001"}, .from = {1795254120001, true}};
    static struct party self = {.role = PARTY_SECONDARY, .cpr = {"6101709995"}, .next = &other};
    static struct relation stranger = {.type = 9, .id = STR_INIT(SECRET "-relation-2")};
    static struct relation parent = {.type = 1,
                                     .id = STR_INIT(SECRET "-relation"),
                                     .handle = STR_INIT("relation-handle"),
                                     .next = &stranger};
    static struct contact phone = {.type = CONTACT_PHONE, .value = STR_INIT("70 12 34 56")};
    static struct item_link link = {.type = LINK_DECISION, .url = STR_INIT("https://decision")};
    static struct status_step step = {.status = STATUS_CREATED, .from = {1700000000000, true}};
    return (struct item){
        .kind = kind,
        .id = STR(SECRET "-id-6101709995"),
        .title = STR("Title"),
        .status = STATUS_IN_PROGRESS,
        .status_text = STR("their words"),
        .authority = {STR("43405810"), STR("0710"), STR("ATP")},
        .created = {1700000000000, true},
        .changed = {1710000000000, true},
        .contacts = &phone,
        .links = &link,
        .parties = &self,
        .owner_id = STR(SECRET "-owner"),
        .sending_system = STR(SECRET "-system"),
        .unit = STR(SECRET "-unit"),
        .sensitivity = SENSITIVITY_SENSITIVE,
        .display_class = STR(SECRET "-class"),
        .has_security_profile = true,
        .is_exempt = true,
        .kle = STR("32.24.04"),
        .facet = STR("G01"),
        .number = STR("2026-17"),
        .uuid = STR(SECRET "-uuid"),
        .history = &step,
        .awaiting = AWAITING_CITIZEN,
        .decision_expected = {2026, 12, 24},
        .relations = &parent,
        .type = STR("type"),
        .direction = DIRECTION_TO_CITIZEN,
        .date = {2026, 11, 1},
        .payer = STR("payer"),
        .frequency = STR("monthly"),
        .gross = {123450, true},
        .net = {0, true},
        .valid_from = {2026, 1, 1},
        .valid_to = {2027, 1, 1},
        .starts = {1795254120000, true},
        .ends = {1795257720000, true},
        .place = STR("place"),
        .deadline = {2026, 11, 30},
    };
}

static void writes_no_secret(void)
{
    static const char *const forbidden[] = {
        SECRET,     "6101709995", "610170-9995", "7212550001", "parties",     "party",
        "sensitiv", "sending",    "system",      "exempt",     "security",    "profile",
        "display",  "class",      "uuid",        "owner",      "has_security"};
    for (int kind = 0; kind < ITEM_KIND_COUNT; kind++) {
        struct item item = full_item((enum item_kind)kind);
        const char *name = item_kind_name(item.kind).at;
        json_decref(write_item(&item, moment, name));
        for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
            if (str_find(buf_str(&out), str_of(forbidden[i])) < out.len)
                ok(false, "%s: \"%s\" does not leave", name, forbidden[i]);
        ok(overview_count(buf_str(&out), "the-handle") == 1, "%s: its handle leaves", name);
    }
}

static void writes_what_it_knows(void)
{
    static const struct {
        enum item_kind kind;
        const char *path, *json;
    } examples[] = {
        {ITEM_CASE, "kind", "\"case\""},
        {ITEM_CASE, "model", "\"BorgervendtSag\""},
        {ITEM_CASE, "title", "\"Title\""},
        {ITEM_CASE, "source", "\"atp.pension\""},
        {ITEM_CASE, "status.code", "\"in_progress\""},
        {ITEM_CASE, "status.text", "\"e:waits for you\""},
        {ITEM_CASE, "status.source_text", "\"their words\""},
        {ITEM_CASE, "created", "\"2023-11-14T23:13:20+01:00\""},
        {ITEM_CASE, "as_of", "\"2026-11-21T10:42:00+01:00\""},
        {ITEM_CASE, "authority",
         "{\"cvr\":\"43405810\",\"code\":\"0710\",\"name\":\"ATP\",\"unit\":\"Unit\"}"},
        {ITEM_CASE, "contacts.0.type", "\"phone\""},
        {ITEM_CASE, "links.0",
         "{\"type\":\"decision\",\"url\":\"https://decision\",\"single_sign_on\":null}"},
        {ITEM_CASE, "awaiting", "\"you\""},
        {ITEM_CASE, "decision_expected", "\"2026-12-24\""},
        {ITEM_CASE, "decision_expected_basis", "\"source\""},
        {ITEM_CASE, "decision_expected_text", "null"},
        {ITEM_CASE, "history.0.code", "\"created\""},
        {ITEM_CASE, "history.0.to", "null"},
        {ITEM_CASE, "relations.0", "{\"type\":\"parent\",\"handle\":\"relation-handle\"}"},
        {ITEM_CASE, "relations.1", "{\"type\":null,\"handle\":null}"},
        {ITEM_DOCUMENT, "direction", "\"to_you\""},
        {ITEM_DOCUMENT, "date", "\"2026-11-01\""},
        {ITEM_BENEFIT, "gross", "\"1234.50\""},
        {ITEM_BENEFIT, "net", "\"0.00\""},
        {ITEM_BENEFIT, "valid_to", "\"2027-01-01\""},
        {ITEM_PAYMENT, "amount", "\"0.00\""},
        {ITEM_PAYMENT, "number", "absent"},
        {ITEM_CREDENTIAL, "number", "\"2026-17\""},
        {ITEM_SERVICE, "type", "\"type\""},
        {ITEM_APPOINTMENT, "starts", "\"2026-11-21T10:42:00+01:00\""},
        {ITEM_APPOINTMENT, "deadline", "\"2026-11-30\""},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct item item = full_item(examples[i].kind);
        json_t *root = write_item(&item, moment, "an item");
        is_str(at(root, examples[i].path), examples[i].json, "%s: %s", item_kind_name(item.kind).at,
               examples[i].path);
        json_decref(root);
    }
}

/* Unknown is null, never 0 and never left out. */
static void writes_null_for_what_it_does_not_know(void)
{
    static const struct {
        enum item_kind kind;
        const char *nulls; /* members that are null in an empty item */
    } examples[] = {
        {ITEM_CASE, "number kle facet awaiting decision_expected decision_expected_basis "
                    "decision_expected_text created changed as_of"},
        {ITEM_DOCUMENT, "type direction date status"},
        {ITEM_BENEFIT, "payer kle frequency gross net valid_from valid_to"},
        {ITEM_PAYMENT, "direction gross amount date"},
        {ITEM_CREDENTIAL, "type number valid_from valid_to"},
        {ITEM_SERVICE, "type valid_from valid_to"},
        {ITEM_APPOINTMENT, "starts ends place deadline"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct item item = {.kind = examples[i].kind};
        const char *kind = item_kind_name(item.kind).at;
        char names[256], *rest = names, untitled[64];
        json_t *root = write_item(&item, WALL_NONE, kind);
        snprintf(names, sizeof names, "%s", examples[i].nulls);
        for (char *name = strsep(&rest, " "); name; name = strsep(&rest, " "))
            is_str(at(root, name), "null", "%s: no %s", kind, name);
        snprintf(untitled, sizeof untitled, "\"e:untitled %s\"", kind);
        is_str(at(root, "title"), untitled, "%s: a title in place of none", kind);
        is_str(at(root, "contacts"), "[]", "%s: no contacts", kind);
        json_decref(root);
    }
}

static void takes_any_bytes(void)
{
    struct item item = full_item(ITEM_CASE);
    static const char hostile[] = "quote \" back \\ line \n \xff\xfe é";
    item.title = str_make(hostile, sizeof hostile - 1);
    item.status_text = STR("</script>\x7f\x1f");
    json_t *root = write_item(&item, moment, "hostile text");
    json_decref(root);
    ok(str_find_byte(buf_str(&out), '\n') == out.len, "no line ends: a record is one line");

    struct item own = full_item(ITEM_BENEFIT);
    own.as_of = (struct wall){1700000000000, true};
    own.contacts = NULL;
    static struct contact standard = {.type = CONTACT_WEBSITE, .value = STR_INIT("atp.dk")};
    row.contacts = &standard;
    root = write_item(&own, moment, "an item of its own age");
    is_str(at(root, "as_of"), "\"2023-11-14T23:13:20+01:00\"",
           "the item's word before the answer's");
    is_str(at(root, "contacts.0.value"), "\"atp.dk\"", "the source's contacts where it has none");
    row.contacts = NULL;
    json_decref(root);
}

/* ---- sources ---- */

static json_t *write_source(const struct part *part, const char *name)
{
    buf_reset(&out);
    output_source_record(&context, part, &out);
    return written(name);
}

static void tells_how_each_source_ended(void)
{
    static const struct {
        enum outcome outcome;
        const char *state, *text, *items, *elapsed, *problem_status;
    } examples[] = {
        {OUTCOME_ANSWERED, "\"answered\"", "\"e:nothing shown\"", "0", "120", "absent"},
        {OUTCOME_EMPTY, "\"empty\"", "\"e:empty ATP in English 10:42 \"", "0", "120", "absent"},
        {OUTCOME_LATE, "\"late\"", "\"e:late ATP in English 10:42 \"", "null", "120", "408"},
        {OUTCOME_FAILED, "\"failed\"", "\"e:failed ATP in English 10:42 \"", "null", "120", "500"},
        {OUTCOME_BUSY, "\"busy\"", "\"e:busy ATP in English 10:42 \"", "null", "120", "503"},
        {OUTCOME_FOREIGN, "\"foreign\"", "\"e:foreign ATP in English 10:42 \"", "null", "120",
         "400"},
        {OUTCOME_OPEN, "\"open\"", "\"e:open ATP in English 10:42 \"", "null", "null", "502"},
        {OUTCOME_NOT_NEEDED, "\"not_needed\"", "\"e:not_needed ATP in English 10:42 \"", "null",
         "null", "absent"},
        {OUTCOME_NOT_SHOWN, "\"not_shown\"", "\"e:not_shown ATP in English 10:42 \"", "null",
         "null", "absent"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct part part = {.row = &row,
                            .outcome = examples[i].outcome,
                            .started = 1000,
                            .settled = 121999,
                            .at = moment};
        const char *name = outcome_name(part.outcome).at;
        json_t *root = write_source(&part, name);
        is_str(at(root, "source.state"), examples[i].state, "%s: state", name);
        is_str(at(root, "source.text"), examples[i].text, "%s: sentence", name);
        is_str(at(root, "source.items"), examples[i].items, "%s: items", name);
        is_str(at(root, "source.elapsed_ms"), examples[i].elapsed, "%s: how long", name);
        is_str(at(root, "source.problem.status"), examples[i].problem_status, "%s: problem", name);
        is_str(at(root, "source.retry_after"), "null", "%s: nobody knows when again", name);
        is_str(at(root, "source.as_of"), "null", "%s: as of nobody knows when", name);
        is_str(at(root, "items"), "[]", "%s: nothing to show", name);
        json_decref(root);
    }
}

static void tells_when_to_come_back(void)
{
    struct part part = {.row = &row, .outcome = OUTCOME_CLOSED, .at = moment};
    part.retry_after_s = 3600;
    json_t *root = write_source(&part, "closed for an hour");
    is_str(at(root, "source.text"), "\"e:closed ATP in English 10:42 11:42\"", "until then");
    is_str(at(root, "source.retry_after"), "3600", "in seconds");
    json_decref(root);
    part.retry_after_s = 86400;
    root = write_source(&part, "closed for a day");
    is_str(at(root, "source.text"), "\"e:closed ATP in English 10:42 22 November at 10:42\"",
           "and on which day");
    json_decref(root);

    part = (struct part){.row = &row, .outcome = OUTCOME_STALE, .at = moment};
    part.as_of = (struct wall){moment.unix_ms - 3 * 86400000LL, true};
    root = write_source(&part, "stale");
    is_str(at(root, "source.text"), "\"e:stale ATP in English 18 November at 10:42 \"",
           "stale: as of then");
    is_str(at(root, "source.as_of"), "\"2026-11-18T10:42:00+01:00\"", "as of");
    json_decref(root);

    part = (struct part){.row = &row, .outcome = OUTCOME_LEVEL, .at = moment};
    root = write_source(&part, "level");
    is_str(at(root, "source.acr_values"), "\"https://data.gov.dk/concept/core/nsis/High\"",
           "which level is needed");
    json_decref(root);

    part = (struct part){.row = &index_row, .outcome = OUTCOME_LATE, .at = moment};
    root = write_source(&part, "a municipality");
    is_str(at(root, "source.name"), "\"Favrskov Kommune\"", "its name");
    is_str(at(root, "source.authority.code"), "\"0710\"", "its code");
    is_str(at(root, "source.authority.cvr"), "\"29189714\"", "its CVR number");
    json_decref(root);
}

/* ---- the whole ---- */

static struct attention renew = {.type = ATTENTION_RENEW,
                                 .date = {2026, 12, 1},
                                 .handle = STR_INIT("h1"),
                                 .title = STR_INIT("Pas"),
                                 .authority = STR_INIT("Politi")};

static void make_parts(struct part parts[3], struct shown shown[2][2])
{
    static const struct {
        const char *id, *handle, *json;
    } items[2][2] = {{{"1", "h1", "{\"handle\":\"h1\"}"}, {"2", "h2", "{\"handle\":\"h2\"}"}},
                     {{"3", "h3", "{\"handle\":\"h3\"}"}, {"4", "h4", "{\"handle\":\"h4\"}"}}};
    memset(parts, 0, 3 * sizeof *parts);
    for (size_t i = 0; i < 3; i++)
        parts[i] = (struct part){.row = i == 1 ? &index_row : &row,
                                 .position = i,
                                 .outcome = OUTCOME_LATE,
                                 .at = moment};
    for (size_t i = 0; i < 2; i++) {
        parts[i].outcome = OUTCOME_ANSWERED;
        parts[i].shown = shown[i];
        parts[i].shown_count = 2;
        buf_init(&parts[i].json, 1000);
        for (size_t j = 0; j < 2; j++) {
            shown[i][j] = (struct shown){.at = parts[i].json.len,
                                         .len = strlen(items[i][j].json),
                                         .id = str_of(items[i][j].id),
                                         .handle = str_of(items[i][j].handle)};
            buf_add_str(&parts[i].json, str_of(items[i][j].json));
        }
    }
    shown[0][0].attention = &renew;
    shown[0][1].duplicate = shown[1][0].duplicate = STR("the same");
}

static void writes_the_document(void)
{
    struct part parts[3];
    struct shown shown[2][2];
    struct merged merged;
    make_parts(parts, shown);
    ok(merge_parts(arena, parts, 3, &merged), "merged");
    buf_reset(&out);
    output_document(&context, parts, 3, &merged, &out);
    json_t *root = written("a document");
    is_str(at(root, "receipt"), "\"the-receipt\"", "receipt");
    is_str(at(root, "subject"), "{\"name\":\"Anna Testesen\",\"on_behalf_of\":null}", "subject");
    is_str(at(root, "items"), "[{\"handle\":\"h1\"},{\"handle\":\"h2\"},{\"handle\":\"h4\"}]",
           "items in plan order, without the double");
    is_str(at(root, "summary.awaiting_you"), "null", "one is late: nobody knows what waits");
    is_str(at(root, "summary.open_cases"), "0", "open cases");
    is_str(at(root, "summary.complete"), "false", "not complete");
    is_str(at(root, "summary.asked"), "3", "asked");
    is_str(at(root, "summary.answered"), "2", "answered");
    is_str(at(root, "attention.0.text"), "\"e:renew 1 December 2026 Politi\"", "what to do");
    is_str(at(root, "attention.0.handle"), "\"h1\"", "about what");
    is_str(at(root, "attention.0.link"), "null", "nowhere known");
    is_str(at(root, "duplicates.0.dropped"), "\"h3\"", "the double");
    is_str(at(root, "duplicates.0.kept"), "\"h2\"", "and what it doubles");
    is_str(at(root, "sources.1.items"), "2", "a source's items, doubles too");
    is_str(at(root, "sources.2.state"), "\"late\"", "one entry a row");
    is_str(at(root, "sources.3"), "absent", "and no more");
    is_str(at(root, "declaration"), "\"e:not exhaustive\"", "declaration");
    json_decref(root);

    buf_reset(&out);
    output_done_record(&context, parts, 3, &merged, &out);
    root = written("done");
    is_str(at(root, "record"), "\"done\"", "done");
    is_str(at(root, "status"), "200", "done: verdict");
    is_str(at(root, "duplicates.0.kept"), "\"h2\"", "done: doubles");
    is_str(at(root, "items"), "absent", "done: no items again");
    json_decref(root);

    root = write_source(&parts[1], "a record");
    is_str(at(root, "items"), "[{\"handle\":\"h3\"},{\"handle\":\"h4\"}]",
           "a record shows its items whatever the others hold");
    json_decref(root);
    for (size_t i = 0; i < 3; i++)
        part_clear(&parts[i], NULL);
}

static void writes_the_plan(void)
{
    struct part parts[] = {
        {.row = &row, .outcome = OUTCOME_PENDING, .at = moment},
        {.row = &index_row, .position = 1, .outcome = OUTCOME_OPEN, .at = moment},
        {.row = &row, .position = 2, .outcome = OUTCOME_ANSWERED, .at = moment}};
    buf_reset(&out);
    output_plan_record(&context, parts, 3, &out);
    json_t *root = written("a plan");
    is_str(at(root, "record"), "\"plan\"", "plan");
    is_str(at(root, "sources.0.state"), "\"asked\"", "asked");
    is_str(at(root, "sources.0.text"), "absent", "nothing to say of it yet");
    is_str(at(root, "sources.1.state"), "\"open\"", "left out");
    is_str(at(root, "sources.1.problem.status"), "502", "and why");
    is_str(at(root, "sources.2.state"), "\"asked\"", "answered already: it was asked");
    json_decref(root);

    buf_reset(&out);
    output_heartbeat_record(15000, &out);
    root = written("a heartbeat");
    is_str(at(root, "elapsed_ms"), "15000", "a heartbeat tells the time");
    json_decref(root);
}

static void writes_one_item(void)
{
    static const struct {
        enum outcome outcome;
        const char *id;
        int status;
        const char *item, *related;
    } examples[] = {
        {OUTCOME_ANSWERED, "2", 200, "{\"handle\":\"h2\"}", "[{\"handle\":\"h1\"}]"},
        {OUTCOME_STALE, "1", 200, "{\"handle\":\"h1\"}", "[{\"handle\":\"h2\"}]"},
        {OUTCOME_ANSWERED, "5", 404, "null", "[{\"handle\":\"h1\"},{\"handle\":\"h2\"}]"},
        {OUTCOME_EMPTY, "1", 404, "null", "[]"},
        {OUTCOME_LATE, "1", 504, "null", "[]"},
        {OUTCOME_FAILED, "1", 502, "null", "[]"},
        {OUTCOME_INVALID, "1", 502, "null", "[]"},
        {OUTCOME_FOREIGN, "1", 502, "null", "[]"},
        {OUTCOME_REFUSED, "1", 502, "null", "[]"},
        {OUTCOME_BUSY, "1", 503, "null", "[]"},
        {OUTCOME_OPEN, "1", 503, "null", "[]"},
        {OUTCOME_CLOSED, "1", 503, "null", "[]"},
        {OUTCOME_NOT_AGREED, "1", 403, "null", "[]"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct part parts[3];
        struct shown shown[2][2];
        const char *name = outcome_name(examples[i].outcome).at;
        make_parts(parts, shown);
        parts[0].outcome = examples[i].outcome;
        if (!outcome_is_positive(parts[0].outcome) || parts[0].outcome == OUTCOME_EMPTY)
            parts[0].shown_count = 0;
        buf_reset(&out);
        is_int(output_item_document(&context, parts, 1, str_of(examples[i].id), &out),
               examples[i].status, "a detail that is %s", name);
        json_t *root = written(name);
        is_str(at(root, "item"), examples[i].item, "%s: the item", name);
        is_str(at(root, "related"), examples[i].related, "%s: what came with it", name);
        json_decref(root);
        for (size_t j = 0; j < 3; j++)
            part_clear(&parts[j], NULL);
    }
    buf_reset(&out);
    is_int(output_item_document(&context, NULL, 0, STR("1"), &out), 404, "nobody to ask");
    json_decref(written("nobody to ask"));
}

static void says_on_whose_behalf(void)
{
    struct part part = {.row = &row, .outcome = OUTCOME_PENDING};
    context.citizen = overview_citizen(arena, "7212550001");
    buf_reset(&out);
    output_plan_record(&context, &part, 1, &out);
    json_t *root = written("on behalf");
    is_str(at(root, "subject.on_behalf_of"), "{\"mandate\":null}", "on behalf of the subject");
    ok(overview_count(buf_str(&out), "7212550001") == 0, "without the actor's number");
    json_decref(root);
}

/* A published time says that it is one; a link says whether one is logged in behind it. */
static void tells_what_the_configuration_added(void)
{
    static const struct {
        enum sign_on sign_on;
        const char *told;
    } cases[] = {{SIGN_ON_UNKNOWN, "null"}, {SIGN_ON_SINGLE, "true"}, {SIGN_ON_ANEW, "false"}};
    struct item item = full_item(ITEM_CASE);
    item.is_decision_published = true;
    snapshot->texts.exposure.at[SAYS_PUBLISHED] = overview_text(arena, "no promise");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        item.links->sign_on = cases[i].sign_on;
        json_t *root = write_item(&item, WALL_NONE, "a published time");
        is_str(at(root, "links.0.single_sign_on"), cases[i].told, "single sign-on");
        is_str(at(root, "decision_expected_basis"), "\"published_time\"", "whose word it is");
        is_str(at(root, "decision_expected_text"), "\"e:no promise\"", "and what that means");
        json_decref(root);
    }
    item.links->sign_on = SIGN_ON_UNKNOWN;
    item.decision_expected = DATE_NONE;
    json_t *root = write_item(&item, WALL_NONE, "no expected decision");
    is_str(at(root, "decision_expected_basis"), "null", "nobody's word");
    is_str(at(root, "decision_expected_text"), "null", "no words");
    json_decref(root);
}

/* Of a municipality, and of no other authority. */
static void tells_what_is_shown(void)
{
    static struct municipality towns[] = {
        {STR_INIT("0710"), STR_INIT("29189714"), STR_INIT("Favrskov Kommune")}};
    static struct text shows;
    const struct plan_row ours = {.route = &route, .municipality = towns};
    struct snapshot *before = snapshot;
    struct part parts[] = {{.row = &ours, .outcome = OUTCOME_EMPTY, .at = moment},
                           {.row = &row, .position = 1, .outcome = OUTCOME_EMPTY, .at = moment}};
    struct snapshot with = *before;
    with.municipalities = (struct municipalities){.at = towns, .count = 1};
    shows = overview_text(arena, "all of it");
    with.shows = &shows;
    context.snapshot = &with;
    for (int i = 0; i < 2; i++) {
        buf_reset(&out);
        output_source_record(&context, &parts[i], &out);
        json_t *root = written("a source");
        is_str(at(root, "source.shows"), i == 0 ? "\"e:all of it\"" : "absent", "what is shown");
        json_decref(root);
    }
    context.snapshot = before;
}

int main(void)
{
    arena = arena_new(1 << 20);
    static struct unit unit = {STR_INIT(SECRET "-unit"), STR_INIT("Unit")};
    snapshot = overview_snapshot(arena);
    snapshot->units = (struct units){&unit, 1};
    buf_init(&sentence, 4096);
    buf_init(&out, 1 << 20);
    context = (struct output_context){.snapshot = snapshot,
                                      .language = LANGUAGE_EN,
                                      .citizen = overview_citizen(arena, NULL),
                                      .receipt = STR("the-receipt"),
                                      .sentence = &sentence};
    writes_no_secret();
    writes_what_it_knows();
    writes_null_for_what_it_does_not_know();
    takes_any_bytes();
    tells_how_each_source_ended();
    tells_when_to_come_back();
    writes_the_document();
    writes_the_plan();
    writes_one_item();
    tells_what_the_configuration_added();
    tells_what_is_shown();
    says_on_whose_behalf();
    buf_clear(&sentence);
    buf_clear(&out);
    arena_free(&arena);
    return done_testing();
}
