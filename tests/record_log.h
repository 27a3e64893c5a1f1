/* SPDX-License-Identifier: MIT */
/*
 * For tests of the access record: a store in a folder of its own, and a key made for this run that
 * signs its checkpoints. record_start before all, record_end after.
 */
#pragma once

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "record/access_log.h"
#include "record/log_check.h"
#include "tests/tap.h"

#define RECORD_MAYBE __attribute__((unused))
#define NODE         STR("test-1")

static char record_folder[] = "/tmp/record-XXXXXX", record_path[64];
static struct assertion_signer *record_signer;
static struct key_set *record_keys;

RECORD_MAYBE static struct assertion_signer *record_new_signer(void)
{
    char path[96];
    const char *why = NULL;
    snprintf(path, sizeof path, "%s/key.pem", record_folder);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file = fopen(path, "w");
    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    EVP_PKEY_free(key);
    struct assertion_signer *signer = assertion_signer_new(path, &why);
    unlink(path);
    return signer;
}

RECORD_MAYBE static void record_start(void)
{
    const char *why = NULL;
    struct buf jwks;
    signal(SIGXFSZ, SIG_IGN);
    if (!mkdtemp(record_folder))
        exit(EXIT_FAILURE);
    snprintf(record_path, sizeof record_path, "%s/store.db", record_folder);
    record_signer = record_new_signer();
    buf_init(&jwks, 65536);
    assertion_signer_jwks(record_signer, &jwks);
    record_keys = key_set_parse(buf_str(&jwks), &why);
    buf_clear(&jwks);
}

RECORD_MAYBE static void record_forget(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char file[80];
        snprintf(file, sizeof file, "%s%s", record_path, ends[i]);
        unlink(file);
    }
}

RECORD_MAYBE static void record_end(void)
{
    record_forget();
    rmdir(record_folder);
    assertion_signer_free(&record_signer);
    key_set_unref(&record_keys);
}

RECORD_MAYBE static struct access_log_spec record_spec(void)
{
    return (struct access_log_spec){
        .store = {.sqlite = record_path, .node = NODE},
        .signer = record_signer,
        .checkpoint_records = 1000,
        .checkpoint_ms = 600000,
    };
}

RECORD_MAYBE static struct access_log *record_open(const struct access_log_spec *spec)
{
    char why[ACCESS_WHY_MAX] = "";
    struct access_log *log = access_log_open(spec, why);
    ok(log != NULL, "opened%s%s", why[0] ? ": " : "", why);
    return log;
}

/* The lines as they were handed in, without the place that the record puts in front. */
RECORD_MAYBE static bool record_add_line(void *ctx, const struct log_row *row)
{
    struct buf *out = ctx;
    struct str body = row->body.at ? row->body : STR("pruned");
    size_t place = str_find(body, STR("\"previous\":\""));
    if (place < body.len) {
        struct str rest = str_skip(body, place + 12 + 64 + 1);
        buf_add_byte(out, '{');
        body = str_starts_with(rest, STR(",")) ? str_skip(rest, 1) : rest;
    }
    buf_add_str(out, body);
    buf_add_byte(out, '\n');
    return true;
}

RECORD_MAYBE static void record_read(struct buf *out)
{
    const char *why = NULL;
    const struct log_store_spec spec = {.sqlite = record_path};
    struct log_store *store = log_store_open(&spec, &why);
    buf_init(out, 1 << 24);
    if (!store || !log_store_rows(store, NODE, 0, record_add_line, out))
        ok(false, "the record can be read: %s", why ? why : "no");
    log_store_close(&store);
}

RECORD_MAYBE static bool record_holds(struct str line)
{
    struct buf lines;
    record_read(&lines);
    bool does = str_find(buf_str(&lines), line) < lines.len;
    buf_clear(&lines);
    return does;
}

RECORD_MAYBE static void record_is(const char *want, const char *what)
{
    struct buf lines;
    record_read(&lines);
    is_bytes(buf_str(&lines).at, lines.len, want, strlen(want), "%s", what);
    buf_clear(&lines);
}

/* The whole check; *report is filled either way. */
RECORD_MAYBE static bool record_check(struct log_report *report)
{
    const char *why = NULL;
    const struct log_store_spec spec = {.sqlite = record_path};
    struct log_store *store = log_store_open(&spec, &why);
    *report = (struct log_report){.has_fault = true};
    bool is_right = store && log_check_whole(store, NODE, record_keys, report);
    log_store_close(&store);
    return is_right;
}

/* As somebody who has the file would. */
RECORD_MAYBE static void record_tamper(const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    if (sqlite3_open(record_path, &db) != SQLITE_OK ||
        sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        ok(false, "%s: %s", sql, why ? why : "no");
    sqlite3_free(why);
    sqlite3_close(db);
}
