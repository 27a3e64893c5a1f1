/* SPDX-License-Identifier: MIT */
/* label: threads */
#include "record/explain.h"

#include <jansson.h>
#include <pthread.h>

#include "base/uuid.h"
#include "tests/tap.h"

static struct route atp = {.source = {.id = STR_INIT("atp.pension")}},
                    cases = {.source = {.id = STR_INIT("kommuner.sager")}};
static const struct municipality favrskov = {STR_INIT("0710"), STR_INIT("29189714"),
                                             STR_INIT("Favrskov Kommune")};
static struct plan_row rows[] = {
    {.route = &cases, .municipality = &favrskov, .skip = OUTCOME_PENDING},
    {.route = &atp, .skip = OUTCOME_PENDING},
    {.route = &atp, .skip = OUTCOME_CLOSED, .rule = "maintenance"}};
enum { PARTS = 3, START = 5000000, MEGABYTE = 1 << 20 };

static void make_parts(struct part parts[PARTS])
{
    memset(parts, 0, PARTS * sizeof *parts);
    for (size_t i = 0; i < PARTS; i++)
        parts[i].row = &rows[i];
    parts[0].outcome = OUTCOME_ANSWERED;
    parts[0].started = START + 100;
    parts[0].settled = START + 45000;
    parts[0].pages = 2;
    parts[0].attempts = 3;
    parts[0].retries = 1;
    parts[0].bytes_in = 70000;
    parts[0].held = 5;
    parts[0].shown_count = 3;
    parts[0].withheld[EXPOSURE_NOT_PRIMARY] = 2;
    parts[0].timeline_count = 2;
    parts[0].timeline[0] = (struct attempt){
        .times = {START + 110, START + 400, START + 2000, START + 3000, 40000, true},
        .kind = ATTEMPT_FIRST,
        .page = 1,
        .is_over = true,
        .status = FETCH_OK,
        .http_status = 200};
    parts[0].timeline[1] = (struct attempt){
        .times = {START + 3100, START + 3100, INSTANT_NEVER, START + 44000, 0, false},
        .kind = ATTEMPT_RETRY,
        .page = 2,
        .is_over = true,
        .status = FETCH_CUT};
    parts[1].outcome = OUTCOME_PENDING; /* the client left before it settled */
    parts[1].started = START + 120;
    parts[1].attempts = parts[1].timeline_count = 1;
    parts[1].timeline[0] = (struct attempt){.times = FETCH_TIMES_NONE, .page = 1};
    parts[2].outcome = OUTCOME_CLOSED;
    parts[2].started = parts[2].settled = START;
}

static struct str receipt_of(unsigned number, char text[UUID_TEXT])
{
    snprintf(text, UUID_TEXT, "019ac9f0-0000-7000-8000-%012x", number);
    return str_make(text, UUID_TEXT - 1);
}

static void add(struct explain *explain, unsigned number, const struct part *parts, size_t count)
{
    char text[UUID_TEXT];
    const struct explain_note note = {.receipt = receipt_of(number, text),
                                      .operation = STR("overview"),
                                      .portal = STR("demo-portal"),
                                      .mandate = number == 7 ? STR("0f1e2d3c") : STR_NONE,
                                      .revision = STR("0123456789abcdef"),
                                      .status = (int)(200 + number),
                                      .started = START,
                                      .ended = START + 46000,
                                      .at = {1795254120000, true}};
    explain_add(explain, &note, parts, count);
}

/* A new reference; NULL: not known. */
static json_t *tell(struct explain *explain, unsigned number)
{
    char text[UUID_TEXT];
    struct buf out;
    json_t *root = NULL;
    buf_init(&out, MEGABYTE);
    if (explain_write(explain, receipt_of(number, text), &out))
        root = json_loadb(out.at, out.len, JSON_REJECT_DUPLICATES, NULL);
    buf_clear(&out);
    return root;
}

static bool has_status(const json_t *root, int status)
{
    return json_integer_value(json_object_get(root, "status")) == status;
}

static void test_telling(void)
{
    struct part parts[PARTS];
    struct explain *explain = explain_new(10, MEGABYTE);
    make_parts(parts);
    add(explain, 7, parts, PARTS);
    json_t *root = tell(explain, 7);
    char *text = json_dumps(root, JSON_COMPACT);
    is_str(
        text,
        "{\"receipt\":\"019ac9f0-0000-7000-8000-000000000007\",\"operation\":\"overview\","
        "\"portal\":\"demo-portal\",\"mandate\":\"0f1e2d3c\",\"revision\":\"0123456789abcdef\","
        "\"ended\":\"2026-11-21T10:42:00+01:00\",\"status\":207,\"elapsed_us\":46000,\"sources\":["
        "{\"source\":\"kommuner.sager\",\"municipality\":\"0710\",\"state\":\"answered\","
        "\"code\":\"AN\",\"planned\":true,\"rule\":null,\"why\":null,\"started_us\":100,"
        "\"settled_us\":45000,\"pages\":2,\"bytes\":70000,\"held\":5,\"shown\":3,"
        "\"withheld\":{\"not-primary-party\":2},\"attempts\":3,\"retries\":1,\"hedges\":0,"
        "\"timeline\":[{\"kind\":\"first\",\"page\":1,\"started_us\":110,\"connected_us\":400,"
        "\"first_byte_us\":2000,\"ended_us\":3000,\"connection_reused\":true,\"bytes\":40000,"
        "\"ended\":\"ok\",\"http_status\":200},{\"kind\":\"retry\",\"page\":2,"
        "\"started_us\":3100,\"connected_us\":3100,\"first_byte_us\":null,\"ended_us\":44000,"
        "\"connection_reused\":false,\"bytes\":0,\"ended\":\"cut\",\"http_status\":null}]},"
        "{\"source\":\"atp.pension\",\"municipality\":null,\"state\":\"abandoned\","
        "\"code\":\"AB\",\"planned\":true,\"rule\":null,\"why\":null,\"started_us\":120,"
        "\"settled_us\":null,\"pages\":0,\"bytes\":0,\"held\":0,\"shown\":0,\"withheld\":{},"
        "\"attempts\":1,\"retries\":0,\"hedges\":0,\"timeline\":[{\"kind\":\"first\",\"page\":1,"
        "\"started_us\":null,\"connected_us\":null,\"first_byte_us\":null,\"ended_us\":null,"
        "\"connection_reused\":false,\"bytes\":0,\"ended\":\"under-way\",\"http_status\":null}]},"
        "{\"source\":\"atp.pension\",\"municipality\":null,\"state\":\"closed\",\"code\":\"CL\","
        "\"planned\":false,\"rule\":\"maintenance\",\"why\":null,\"started_us\":0,"
        "\"settled_us\":0,\"pages\":0,\"bytes\":0,\"held\":0,\"shown\":0,\"withheld\":{},"
        "\"attempts\":0,\"retries\":0,\"hedges\":0,\"timeline\":[]}]}",
        "a look-up with pages, a retry, a row that was left and one that was not asked");
    free(text);
    json_decref(root);
    add(explain, 8, NULL, 3);
    root = tell(explain, 8);
    is_int((long long)json_array_size(json_object_get(root, "sources")), 0, "nobody was asked");
    json_decref(root);
    ok(!tell(explain, 9), "an unknown receipt");
    struct buf out;
    buf_init(&out, MEGABYTE);
    ok(!explain_write(explain, STR("short"), &out) && out.len == 0, "no receipt at all");
    explain_free(&explain);
}

static void test_ceilings(void)
{
    struct part parts[PARTS];
    struct explain *explain = explain_new(3, MEGABYTE);
    int known = 0;
    make_parts(parts);
    for (unsigned i = 0; i < 10; i++) {
        add(explain, i, parts, PARTS);
        for (unsigned k = 0; k < 10; k++) {
            json_t *root = tell(explain, k);
            known += root && k <= i && k + 3 > i && has_status(root, 200 + (int)k);
            known -= root && (k > i || k + 3 <= i);
            json_decref(root);
        }
    }
    is_int(known, 1 + 2 + 8 * 3, "the newest three, whatever came before");
    is_int((long long)explain_count(explain), 3, "three entries");
    size_t three = explain_bytes(explain);
    explain_free(&explain);

    /* Room for two and a half of them. */
    explain = explain_new(1000, three * 5 / 6);
    for (unsigned i = 0; i < 50; i++) {
        add(explain, i, parts, PARTS);
        if (explain_bytes(explain) > three * 5 / 6)
            ok(false, "more bytes than the ceiling after %u", i);
    }
    is_int((long long)explain_count(explain), 2, "bytes are a ceiling too");
    json_t *root = tell(explain, 49);
    ok(root, "the newest is there");
    json_decref(root);
    explain_free(&explain);

    explain = explain_new(10, 100);
    add(explain, 1, parts, PARTS);
    is_int((long long)explain_count(explain), 0,
           "one that is larger than all the room is not kept");
    explain_free(&explain);
    explain = explain_new(0, MEGABYTE);
    add(explain, 1, parts, PARTS);
    ok(!tell(explain, 1), "no entries: nothing is kept");
    explain_free(&explain);
    explain_free(&explain);
}

enum { THREADS = 4, ROUNDS = 500 };
struct worker {
    struct explain *explain;
    unsigned number;
    int torn;
};

static void *work(void *ctx)
{
    struct worker *worker = ctx;
    struct part parts[PARTS];
    make_parts(parts);
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned number = worker->number * ROUNDS + i;
        add(worker->explain, number, parts, PARTS);
        json_t *root = tell(worker->explain, number);
        worker->torn += root && !has_status(root, 200 + (int)number);
        json_decref(root);
    }
    return NULL;
}

static void test_threads(void)
{
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    int torn = 0;
    struct explain *explain = explain_new(16, MEGABYTE);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){explain, i, 0};
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            abort();
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        torn += workers[i].torn;
    }
    is_int(torn, 0, "what a receipt tells is its own");
    is_int((long long)explain_count(explain), 16, "as many as there is room for");
    explain_free(&explain);
}

int main(void)
{
    test_telling();
    test_ceilings();
    test_threads();
    return done_testing();
}
