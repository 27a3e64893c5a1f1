/* SPDX-License-Identifier: MIT */
#include "overview/export.h"

#include "base/html.h"
#include "overview/export_calendar.h"
#include "overview/export_csv.h"
#include "overview/export_html.h"
#include "overview/export_words.h"
#include "tests/overview.h"

enum { ITEMS = 8 };

static struct arena *arena;
static struct snapshot *snapshot;
static struct buf sentence, out;
static struct output_context context;

static struct route pensions = {
    .source = {.id = STR_INIT("atp.pension"),
               .name = {{STR_INIT("ATP"), STR_INIT("ATP in English")}},
               .asked_for = {{STR_INIT("din pension"), STR_INIT("your pension")}},
               .authority = {STR_INIT("43405810"), {NULL, 0}, STR_INIT("ATP")}}};
static struct route payments = {
    .source = {.id = STR_INIT("udk.betalinger"),
               .name = {{STR_INIT("UDK"), STR_INIT("UDK in English")}},
               .asked_for = {{STR_INIT("betalinger"), STR_INIT("payments")}},
               .authority = {STR_INIT("33236072"), {NULL, 0}, STR_INIT("Udbetaling Danmark")}}};
static struct plan_row rows[] = {{.route = &payments}, {.route = &pensions}};
/* 2026-11-21T10:42:00+01:00 */
static const struct wall moment = {1795254120000, true};

/* Parts as a fan-out leaves them: one that answered with these items, one that ended so. */
struct world {
    struct part parts[2];
    struct shown shown[ITEMS];
    struct merged merged;
    struct export export;
};

static void add_item(struct world *world, const struct item *item, const char *handle)
{
    struct part *part = &world->parts[0];
    struct shown *shown = &world->shown[part->shown_count++];
    size_t at = part->json.len;
    struct writer w;

    writer_init(&w, &part->json);
    output_item(&w, &context, part->row, item, str_of(handle), moment);
    *shown = (struct shown){
        .at = at, .len = part->json.len - at, .kind = item->kind, .handle = str_of(handle)};
}

static void make_world(struct world *world, enum outcome other)
{
    memset(world, 0, sizeof *world);
    buf_init(&world->parts[0].json, 1024 * 1024);
    for (size_t i = 0; i < 2; i++) {
        world->parts[i].row = &rows[i];
        world->parts[i].position = i;
        world->parts[i].at = moment;
    }
    world->parts[0].outcome = OUTCOME_ANSWERED;
    world->parts[0].shown = world->shown;
    world->parts[1].outcome = other;
    world->export = (struct export){.context = &context,
                                    .parts = world->parts,
                                    .count = 2,
                                    .merged = &world->merged,
                                    .now = moment};
}

/* The file as a text that lives until the next. */
static const char *write(struct world *world, enum export_form form)
{
    ok(merge_parts(arena, world->parts, 2, &world->merged), "merged");
    buf_reset(&out);
    ok(export_write(&world->export, form, &out), "written");
    buf_add_byte(&out, '\0');
    return out.at;
}

static void clear_world(struct world *world)
{
    buf_clear(&world->parts[0].json);
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static struct item payment_of(const char *title, int64_t oere)
{
    return (struct item){.kind = ITEM_PAYMENT,
                         .title = str_of(title),
                         .status = STATUS_DUE,
                         .authority = {STR("33236072"), STR_NONE, STR("Udbetaling Danmark")},
                         .direction = DIRECTION_FROM_CITIZEN,
                         .net = {oere, true},
                         .date = {2026, 12, 24}};
}

/* ---- what is read back is what was written ---- */

static void reads_back_what_was_written(void)
{
    static struct contact phone = {.type = CONTACT_PHONE, .value = STR_INIT("70 12 34 56")};
    static struct item_link link = {.type = LINK_DECISION, .url = STR_INIT("https://decision")};
    static struct status_step step = {.status = STATUS_CREATED, .from = {1700000000000, true}};

    for (unsigned kind = 0; kind < ITEM_KIND_COUNT; kind++) {
        struct world world;
        struct export_item got;
        const struct item item = {.kind = (enum item_kind)kind,
                                  .title = STR("A \"title\" \\ æ"),
                                  .status = STATUS_IN_PROGRESS,
                                  .status_text = STR("their words"),
                                  .authority = {STR("43405810"), STR("0710"), STR("ATP")},
                                  .changed = {1710000000000, true},
                                  .contacts = &phone,
                                  .links = &link,
                                  .kle = STR("32.24.04"),
                                  .number = STR("2026-17"),
                                  .history = &step,
                                  .awaiting = AWAITING_AUTHORITY,
                                  .decision_expected = {2026, 12, 24},
                                  .type = STR("type"),
                                  .direction = DIRECTION_TO_CITIZEN,
                                  .date = {2026, 11, 1},
                                  .payer = STR("payer"),
                                  .frequency = STR("monthly"),
                                  .gross = {-123450, true},
                                  .net = {0, true},
                                  .valid_from = {2026, 1, 1},
                                  .valid_to = {2027, 1, 1},
                                  .starts = {1795254120000, true},
                                  .ends = {1795257720000, true},
                                  .place = STR("place"),
                                  .deadline = {2026, 11, 30}};
        const char *name = item_kind_name(item.kind).at;

        make_world(&world, OUTCOME_EMPTY);
        add_item(&world, &item, "h");
        struct str json = part_item(&world.parts[0], &world.shown[0]);
        if (!ok(export_item_read(json, arena, &got), "%s: read", name))
            continue;
        is_int(got.item.kind, item.kind, "kind");
        ok(str_equal(got.item.title, item.title), "title");
        ok(str_equal(got.status, STR("e:in_progress")), "status in words");
        is_int(got.item.status, item.status, "status");
        ok(str_equal(got.item.status_text, item.status_text), "the source's words");
        ok(str_equal(got.item.authority.name, STR("ATP")), "authority");
        ok(str_equal(got.source, STR("udk.betalinger")) && str_equal(got.handle, STR("h")),
           "source and handle");
        is_int(got.item.changed.unix_ms, item.changed.unix_ms, "changed");
        ok(got.item.contacts && got.item.contacts->type == CONTACT_PHONE, "contact");
        ok(got.item.links && got.item.links->type == LINK_DECISION, "link");

        struct world again; /* written once more, it is the same but for what words stand for */
        make_world(&again, OUTCOME_EMPTY);
        got.item.history = kind == ITEM_CASE ? &step : NULL;
        got.item.is_decision_published = false;
        add_item(&again, &got.item, "h");
        struct str second = part_item(&again.parts[0], &again.shown[0]);
        is_bytes(second.at, second.len, json.at, json.len, "%s: the same bytes", name);
        clear_world(&again);

        /* Cut anywhere, it is refused and not half an item. */
        int taken = 0;
        for (size_t len = 0; len < json.len; len++)
            taken += export_item_read(str_head(json, len), arena, &got);
        is_int(taken, 0, "%s: nothing cut short is an item", name);
        clear_world(&world);
    }
}

/* ---- cells ---- */

static void disarms_formulas(void)
{
    static const struct {
        const char *text, *cell;
    } cells[] = {
        {"Løn", "\"Løn\""},
        {"", "\"\""},
        {"say \"hi\", ok", "\"say \"\"hi\"\", ok\""},
        {"=1+1", "\"'=1+1\""},
        {"+45 70", "\"'+45 70\""},
        {"-2", "\"'-2\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"\t=1", "\"' =1\""},
        {"\tx", "\"' x\""},
        {"\r=1", "\"' =1\""},
        {"\n=1", "\"' =1\""},
        {"  =1", "\"'  =1\""},
        {"\"=1", "\"'\"\"=1\""},
        {"＝1", "\"'＝1\""},
        {"a=1", "\"a=1\""},
        {"two\r\nlines", "\"two  lines\""},
        {"|cmd", "\"'|cmd\""},
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        buf_reset(&out);
        export_csv_cell(str_of(cells[i].text), &out);
        is_bytes(buf_str(&out).at, out.len, cells[i].cell, strlen(cells[i].cell), "cell %zu", i);
    }
}

/* Every byte in every place of a short text. */
static void takes_every_byte(void)
{
    int bare = 0, unescaped = 0, long_lines = 0, controls = 0, torn = 0;

    for (int byte = 0; byte < 256; byte++)
        for (int at = 0; at < 3; at++) {
            char text[3] = {'a', 'b', 'c'};
            text[at] = (char)byte;
            struct str s = str_make(text, 3);

            buf_reset(&out);
            export_csv_cell(s, &out);
            struct str cell = buf_str(&out);
            bool is_armed = cell.len > 1 && strchr("=+-@\t\r\n", cell.at[1]) != NULL;
            bare += is_armed || cell.at[0] != '"' || cell.at[cell.len - 1] != '"' ||
                    overview_count(cell, "\"") % 2 != 0;

            buf_reset(&out);
            html_text(&out, s);
            struct str html = buf_str(&out);
            for (size_t i = 0; i < html.len; i++) {
                unsigned char c = (unsigned char)html.at[i];
                unescaped += strchr("<>\"'", c) != NULL && c != '\0';
                controls += c < ' ' && c != '\t' && c != '\n';
            }
            torn += !str_is_utf8(html);

            char many[300];
            for (int i = 0; i < 100; i++)
                memcpy(many + 3 * i, text, 3);
            buf_reset(&out);
            export_calendar_line(STR("SUMMARY"), str_make(many, sizeof many), &out);
            for (struct str rest = buf_str(&out); rest.at && rest.len > 0;) {
                struct str line = str_split(&rest, '\n');
                long_lines += line.len > 76 || line.at[line.len - 1] != '\r'; /* 75 and CR */
                torn += !str_is_utf8(line);
                for (size_t i = 0; i + 1 < line.len; i++)
                    controls += (unsigned char)line.at[i] < ' ' && line.at[i] != '\t';
            }
        }
    is_int(bare, 0, "no cell is bare, armed or open");
    is_int(unescaped, 0, "no markup gets through");
    is_int(controls, 0, "no control character gets through");
    is_int(long_lines, 0, "no line is longer than 75 octets or ends otherwise");
    is_int(torn, 0, "no character is torn");
}

static void folds_between_characters(void)
{
    static const char *const texts[] = {"æøåæøåæøåæøåæøåæøåæøåæøåæøåæøåæøåæøåæøåæøåæøåæøå",
                                        "€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€",
                                        "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", "a;b,c\\d\ne"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t pad = 0; pad < 8; pad++) {
            struct str text = arena_format(arena, "%.*s%s", (int)pad, "xxxxxxxx", texts[i]);
            struct buf unfolded;
            buf_reset(&out);
            export_calendar_line(STR("X"), text, &out);
            buf_init(&unfolded, 4096);
            /* As a reader does: CRLF and a space are nothing; then escapes. */
            for (size_t j = 2; j + 2 < out.len; j++) {
                if (out.at[j] == '\r') {
                    j += 2;
                    continue;
                }
                bool is_escape = out.at[j] == '\\';
                char c = out.at[is_escape ? ++j : j];
                buf_add_byte(&unfolded, is_escape && c == 'n' ? '\n' : c);
            }
            is_bytes(buf_str(&unfolded).at, unfolded.len, text.at, text.len, "folded %zu.%zu", i,
                     pad);
            buf_clear(&unfolded);
        }
}

/* ---- each form says what is missing ---- */

static void says_what_is_missing(void)
{
    for (int outcome = OUTCOME_PENDING + 1; outcome < OUTCOME_COUNT; outcome++)
        for (int language = 0; language < LANGUAGES; language++) {
            struct world world;
            const char *name = outcome_name((enum outcome)outcome).at;
            bool is_missing =
                !outcome_is_positive((enum outcome)outcome) && outcome != OUTCOME_NOT_NEEDED;
            context.language = (enum language)language;
            make_world(&world, (enum outcome)outcome);
            struct item item = payment_of("Renovation", 123456);
            add_item(&world, &item, "the-handle");
            const char *cell = export_word(WORD_MISSING_CELL, context.language).at;

            const char *csv = write(&world, EXPORT_CSV);
            const char *second = strstr(csv, "\r\n") + 2;
            ok(is_missing == (strncmp(second + 1, cell, strlen(cell)) == 0),
               "%s %d: csv: the row under the headings", name, language);
            ok(!is_missing || has(second, name), "and why");
            const char *html = write(&world, EXPORT_HTML);
            ok(is_missing == has(html, "class=\"missing\""), "%s %d: html", name, language);
            ok(!is_missing || strstr(html, name) < strstr(html, "<table>"), "on top, and why");
            const char *calendar = write(&world, EXPORT_CALENDAR);
            ok(is_missing == has(calendar, "X-OVERBLIK-MISSING:"), "%s %d: ics", name, language);
            ok(is_missing ==
                   has(calendar, export_word(WORD_CALENDAR_INCOMPLETE, context.language).at),
               "and an entry");
            const char *json = write(&world, EXPORT_JSON);
            ok(has(json, arena_format(arena, "\"state\":\"%s\"", name).at), "%s %d: json", name,
               language);
            clear_world(&world);
        }
    context.language = LANGUAGE_EN;
}

static void writes_payments(void)
{
    struct world world;
    make_world(&world, OUTCOME_EMPTY);
    struct item one = payment_of("=HYPERLINK(\"x\")", -5), two = payment_of("Ydelse", 1234567);
    two.direction = DIRECTION_TO_CITIZEN;
    two.gross = (struct money){2000000, true};
    struct item other = {.kind = ITEM_CASE, .title = STR("a case")};
    add_item(&world, &one, "a");
    add_item(&world, &two, "b");
    add_item(&world, &other, "c");
    const char *csv = write(&world, EXPORT_CSV);
    ok(strncmp(csv, "\xef\xbb\xbf\"Note\",\"Date\",", 17) == 0, "a mark and the headings");
    ok(has(csv, "\r\n\"\",\"2026-12-24\",\"from you\",-0.05,,\"DKK\",\"'=HYPERLINK(\"\"x\"\")\","
                "\"e:due\",\"you\",\"Udbetaling Danmark\",\"udk.betalinger\","),
       "what is paid, a formula disarmed, a number bare");
    ok(has(csv, "\"to you\",12345.67,20000.00,\"DKK\",\"Ydelse\",\"e:due\",\"Udbetaling Danmark\""),
       "what is got");
    ok(!has(csv, "a case"), "payments only");
    is_int(overview_count(str_of(csv), "\r\n"), 3, "a row each");
    clear_world(&world);
}

static void writes_dates(void)
{
    struct world world;
    make_world(&world, OUTCOME_EMPTY);
    struct item due = payment_of("Rates; and, more\nthan", 100);
    struct item past = payment_of("Long ago", 100);
    struct item pass = {.kind = ITEM_CREDENTIAL,
                        .title = STR("Passport"),
                        .status = STATUS_VALID,
                        .valid_to = {2031, 1, 2}};
    struct item talk = {.kind = ITEM_APPOINTMENT,
                        .title = STR("Talk"),
                        .status = STATUS_PLANNED,
                        .starts = {1796137200000, true}, /* 2026-12-01T16:00+01:00 */
                        .ends = {1796140800000, true},
                        .place = STR("Town hall, room 2")};
    struct item gone = talk;
    gone.status = STATUS_CANCELLED;
    past.date = (struct date){2026, 11, 20};
    past.status = STATUS_OVERDUE;
    add_item(&world, &due, "due");
    add_item(&world, &past, "past");
    add_item(&world, &pass, "pass");
    add_item(&world, &talk, "talk");
    add_item(&world, &gone, "gone");
    char *calendar = strdup(write(&world, EXPORT_CALENDAR));
    is_int(overview_count(str_of(calendar), "BEGIN:VEVENT"), 3, "what lies ahead");
    ok(has(calendar, "DTSTART;VALUE=DATE:20261224\r\n"), "a payment's day");
    ok(has(calendar, "DTSTART;VALUE=DATE:20310102\r\n"), "a passport's end, years ahead");
    ok(has(calendar, "DTSTART:20261201T150000Z\r\nDTEND:20261201T160000Z\r\n"), "a time, in UTC");
    ok(has(calendar, "LOCATION:Town hall\\, room 2\r\n"), "a place");
    ok(has(calendar, "SUMMARY:Rates\\; and\\, more\\nthan"), "a title, escaped");
    ok(has(calendar, "DTSTAMP:20261121T094200Z\r\n"), "when it was made");
    const char *uid = strstr(calendar, "UID:");
    world.export.now.unix_ms += 86400000;
    const char *later = write(&world, EXPORT_CALENDAR);
    ok(strncmp(strstr(later, "UID:"), uid, 60) == 0, "the same UID a day later");
    free(calendar);
    clear_world(&world);

    make_world(&world, OUTCOME_EMPTY);
    const char *empty = write(&world, EXPORT_CALENDAR);
    is_int(overview_count(str_of(empty), "BEGIN:VEVENT"), 1, "never a calendar without an entry");
    ok(has(empty, "SUMMARY:No deadlines in the overview"), "which says so");
    clear_world(&world);
}

static void writes_pages(void)
{
    struct world world;
    static struct item_link bad = {.type = LINK_OTHER, .url = STR_INIT("javascript:alert(1)")};
    static struct item_link good = {
        .type = LINK_OTHER, .url = STR_INIT("https://x.example/?a=1&b=\"><script>"), .next = &bad};
    make_world(&world, OUTCOME_LATE);
    struct item item = payment_of("</title><script>alert(1)</script>", -123456789);
    item.links = &good;
    add_item(&world, &item, "a");
    const char *html = write(&world, EXPORT_HTML);
    ok(!has(html, "<script"), "no script");
    ok(!has(html, "javascript:"), "no link but https");
    ok(has(html, "href=\"https://x.example/?a=1&amp;b=&quot;&gt;&lt;script&gt;\""), "a link");
    ok(has(html, "<html lang=\"en\">") && has(html, "DKK -1,234,567.89"), "in English");
    struct str policy = export_html_policy(arena);
    struct str hash = str_skip(policy, str_find(policy, STR("'sha256-")));
    ok(has(html, arena_format(arena, "style-src %.*s", STR_ARG(str_head(hash, 53))).at),
       "header and page name the same style");
    context.language = LANGUAGE_DA;
    html = write(&world, EXPORT_HTML);
    ok(has(html, "<html lang=\"da\">") && has(html, "-1.234.567,89 kr."), "in Danish");
    context.language = LANGUAGE_EN;
    clear_world(&world);
}

static void keeps_its_ceiling(void)
{
    struct world world;
    make_world(&world, OUTCOME_EMPTY);
    struct item item = payment_of("A payment", 1);
    add_item(&world, &item, "a");
    ok(merge_parts(arena, world.parts, 2, &world.merged), "merged");
    for (unsigned form = 0; form < EXPORT_FORM_COUNT; form++) {
        struct buf small;
        buf_init(&small, 64);
        ok(!export_write(&world.export, (enum export_form)form, &small), "%s: too small",
           export_form_name((enum export_form)form).at);
        buf_clear(&small);
    }
    world.shown[0].len--;
    for (unsigned form = EXPORT_HTML; form < EXPORT_FORM_COUNT; form++) {
        buf_reset(&out);
        ok(!export_write(&world.export, (enum export_form)form, &out), "%s: what is no item",
           export_form_name((enum export_form)form).at);
    }
    clear_world(&world);
}

int main(void)
{
    arena = arena_new(64 * 1024 * 1024);
    snapshot = overview_snapshot(arena);
    buf_init(&out, 4 * 1024 * 1024);
    buf_init(&sentence, 4096);
    context = (struct output_context){.snapshot = snapshot,
                                      .language = LANGUAGE_EN,
                                      .citizen = overview_citizen(arena, NULL),
                                      .receipt = STR("the-receipt"),
                                      .sentence = &sentence};
    reads_back_what_was_written();
    disarms_formulas();
    takes_every_byte();
    folds_between_characters();
    says_what_is_missing();
    writes_payments();
    writes_dates();
    writes_pages();
    keeps_its_ceiling();
    buf_clear(&out);
    buf_clear(&sentence);
    arena_free(&arena);
    return done_testing();
}
