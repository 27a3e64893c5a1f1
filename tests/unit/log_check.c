/* SPDX-License-Identifier: MIT */
/* The check of the access record: what a person with the file could do to it, and that each is
 * found, at the first record that is wrong. */
#include "record/log_check.h"

#include "tests/record_log.h"

enum { RECORDS = 700, GIVE_UP_MS = 20000 };

static void add_notes(struct access_log *log, int first, int end)
{
    char line[160];
    for (int i = first; i < end; i++) {
        snprintf(
            line, sizeof line,
            "{\"event\":\"intent\",\"receipt\":\"r%04d\",\"time\":\"2026-11-21T10:00:00+01:00\","
            "\"subject\":\"s%d\",\"actor\":\"s%d\",\"text\":\"\\\"event\\\":\\\"pruned\\\"\"}",
            i, i % 3, i % 7);
        access_log_note(log, str_of(line));
    }
}

static void fill(const struct access_log_spec *spec)
{
    record_forget();
    struct access_log *log = record_open(spec);
    add_notes(log, 0, 400);
    access_log_close(&log); /* signs the first 400 */
    log = record_open(spec);
    add_notes(log, 400, RECORDS);
    access_log_close(&log);
}

static void proves_what_is_right(void)
{
    struct log_report report;
    ok(record_check(&report), "right: %s", report.what);
    is_int((long long)report.size, RECORDS, "every record");
    is_int((long long)report.signed_size, RECORDS, "signed");
    is_int((long long)report.checkpoints, 2, "by two checkpoints");
    ok(report.signed_at.known, "at a known time");
}

/* Each is done to a fresh copy of the same record. */
static void finds_what_is_wrong(void)
{
    static const struct {
        const char *name, *sql;
        int bad;
        const char *says;
    } cases[] = {
        {"a changed byte", "UPDATE log SET body = replace(body, '10:00', '11:00') WHERE seq = 123",
         123, "content was changed"},
        {"changed with its hash",
         "UPDATE log SET body = (SELECT body FROM log WHERE seq = 5), leaf = (SELECT leaf FROM log"
         " WHERE seq = 5) WHERE seq = 123",
         123, "another record's place"},
        {"a changed hash", "UPDATE log SET leaf = zeroblob(32) WHERE seq = 123", 123,
         "content was changed"},
        {"another time", "UPDATE log SET time_ms = time_ms - 1 WHERE seq = 123", 123,
         "another time"},
        {"no time", "UPDATE log SET time_ms = NULL WHERE seq = 123", 123, "another time"},
        {"another receipt", "UPDATE log SET receipt = 'r0000' WHERE seq = 123", 123,
         "another receipt"},
        {"no receipt", "UPDATE log SET receipt = NULL WHERE seq = 123", 123, "another receipt"},
        {"another subject", "UPDATE log SET subject = 's9' WHERE seq = 123", 123,
         "another subject"},
        {"no subject", "UPDATE log SET subject = NULL WHERE seq = 123", 123, "another subject"},
        {"another actor", "UPDATE log SET actor = 's9' WHERE seq = 123", 123, "another actor"},
        {"no actor", "UPDATE log SET actor = NULL WHERE seq = 123", 123, "another actor"},
        {"an actor where none is", "UPDATE log SET actor = 's0' WHERE seq = 0", 0, "another actor"},
        {"a pruned one that is still found",
         "UPDATE log SET body = NULL, receipt = NULL, actor = NULL, time_ms = NULL WHERE seq = 0;"
         "UPDATE log_chain SET pruned = 1",
         0, "not what it is found by"},
        {"the first one gone", "DELETE FROM log WHERE seq = 0", 0, "missing"},
        {"one gone", "DELETE FROM log WHERE seq = 300", 300, "missing"},
        {"the last ones gone", "DELETE FROM log WHERE seq >= 650", 650, "missing at the end"},
        {"the last ones and their checkpoint gone",
         "DELETE FROM log WHERE seq >= 300; DELETE FROM log_checkpoint WHERE size > 400", 300,
         "missing at the end"},
        {"two in each other's place",
         "UPDATE log SET seq = -1 WHERE seq = 10; UPDATE log SET seq = 10 WHERE seq = 11;"
         "UPDATE log SET seq = 11 WHERE seq = -1",
         10, "another record's place"},
        {"content gone without pruning",
         "UPDATE log SET body = NULL, receipt = NULL, subject = NULL, actor = NULL, time_ms = NULL"
         " WHERE seq = 50",
         50, "content is gone"},
        {"a pruning that no record tells",
         "UPDATE log SET body = NULL, receipt = NULL, subject = NULL, actor = NULL, time_ms = NULL"
         " WHERE seq < 50;"
         "UPDATE log_chain SET pruned = 50",
         0, "the record says that 0 were"},
        {"an inner hash changed", "UPDATE log_tree SET hash = zeroblob(32) WHERE place = 1", 700,
         "not those of the records"},
        {"an inner hash gone", "DELETE FROM log_tree WHERE place = 0", 700, "are missing"},
        {"a checkpoint's text changed",
         "UPDATE log_checkpoint SET text = replace(text, 'test-1', 'test-2') WHERE size = 400", 399,
         "another node"},
        {"a checkpoint's time changed",
         "UPDATE log_checkpoint SET text = replace(text, ':', ';') WHERE size = 400", 399,
         "not a checkpoint's"},
        {"a checkpoint's root changed",
         "UPDATE log_checkpoint SET text = substr(text, 1, 40) || '0' || substr(text, 42)"
         " WHERE size = 400",
         399, "signature is wrong"},
        {"a checkpoint's signature changed",
         "UPDATE log_checkpoint SET signature = 'A' || substr(signature, 2) WHERE size = 400", 399,
         "signature is wrong"},
        {"a checkpoint's signature cut",
         "UPDATE log_checkpoint SET signature = substr(signature, 2) WHERE size = 400", 399,
         "signature is wrong"},
        {"a checkpoint of another key", "UPDATE log_checkpoint SET kid = 'other' WHERE size = 400",
         399, "not known"},
        {"a checkpoint that names no key", "UPDATE log_checkpoint SET kid = '' WHERE size = 400",
         399, "not known"},
        {"a checkpoint in another's place", "UPDATE log_checkpoint SET size = 401 WHERE size = 400",
         400, "another number"},
    };
    const struct access_log_spec spec = record_spec();
    char kept[96], copy[256];
    snprintf(kept, sizeof kept, "%s.kept", record_path);
    snprintf(copy, sizeof copy, "VACUUM INTO '%s'", kept);
    fill(&spec);
    record_tamper(copy);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct log_report report = {0};
        record_forget();
        rename(kept, record_path);
        record_tamper(copy);
        if (!record_check(&report))
            ok(i == 0 && false, "it was right before: %s", report.what);
        record_tamper(cases[i].sql);
        ok(!record_check(&report) && report.has_fault, "%s", cases[i].name);
        is_int((long long)report.bad, cases[i].bad, "%s: the first bad record", cases[i].name);
        ok(str_find(str_of(report.what), str_of(cases[i].says)) < strlen(report.what), "\"%s\"",
           report.what);
    }
    unlink(kept);
}

/* A whole record rewritten, as its administrator could, gives other roots: without the key no
 * checkpoint over them can be signed, and one kept elsewhere tells. */
static void another_key_is_no_proof(void)
{
    struct log_report report;
    struct access_log_spec spec = record_spec();
    spec.signer = record_new_signer();
    fill(&spec);
    ok(!record_check(&report), "signed by somebody else");
    ok(str_find(str_of(report.what), STR("not known")) < strlen(report.what), "%s", report.what);
    assertion_signer_free(&spec.signer);
}

static void its_end_is_proven_at_the_start(void)
{
    static const struct {
        const char *name, *sql;
        bool is_right;
    } cases[] = {
        {"as it was", "SELECT 1", true},
        {"an old record changed", "UPDATE log SET body = '{}' WHERE seq = 3", true},
        {"a new record changed", "UPDATE log SET body = '{}' WHERE seq = 650", false},
        {"the end cut off", "DELETE FROM log WHERE seq >= 650", false},
        {"an inner hash changed", "UPDATE log_tree SET hash = zeroblob(32) WHERE place = 1", false},
        {"an old hash gone", "DELETE FROM log WHERE seq = 399", false},
    };
    const struct access_log_spec spec = record_spec();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct log_report report;
        const char *why = NULL;
        fill(&spec);
        record_tamper(cases[i].sql);
        struct log_store *store =
            log_store_open(&(struct log_store_spec){.sqlite = record_path}, &why);
        is_int(log_check_end(store, NODE, NULL, &report), cases[i].is_right, "%s: %s",
               cases[i].name, report.what);
        log_store_close(&store);
    }
}

int main(void)
{
    record_start();
    const struct access_log_spec spec = record_spec();
    fill(&spec);
    proves_what_is_right();
    finds_what_is_wrong();
    another_key_is_no_proof();
    its_end_is_proven_at_the_start();
    record_end();
    return done_testing();
}
