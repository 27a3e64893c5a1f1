/* SPDX-License-Identifier: MIT */
/* overblik log export, and overblik log authority: the record as one person and as one authority
 * may have it. */
#include "command/log.h"

#include "base/die.h"
#include "base/log.h"
#include "base/uuid.h"
#include "base/writer.h"
#include "net/loop.h"
#include "record/access_log.h"
#include "record/disclosure.h"
#include "record/pseudonym.h"
#include "serve/configuration.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, INPUT_MAX = 64 };

static int complain(struct str where, const char *what)
{
    fprintf(stderr, "overblik log: %.*s: %s\n", STR_ARG(where), what);
    return EX_IOERR;
}

/* ---- an export is recorded, before anything is shown ---- */

struct recording {
    struct loop *loop;
    struct access_append *slot;
    bool is_durable;
};

static void on_recorded(void *ctx, bool is_durable)
{
    struct recording *recording = ctx;
    recording->is_durable = is_durable;
    loop_stop(recording->loop);
}

static void write_export(const char *subject, struct buf *out)
{
    char receipt[UUID_TEXT];
    struct uuid_source uuids;
    struct writer w;
    const struct passwd *user = getpwuid(getuid());

    uuid_source_init(&uuids);
    uuid_make(&uuids, clock_wall(), receipt);
    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "event", STR("intent"));
    writer_member_str(&w, "receipt", str_of(receipt));
    writer_name(&w, "time");
    writer_wall(&w, clock_wall());
    writer_member_str(&w, "operation", STR("export"));
    writer_member_str(&w, "operator", str_of(user ? user->pw_name : "unknown"));
    writer_member_str(&w, "subject", str_of(subject));
    writer_member_str(&w, "purpose", STR("the person's right of access"));
    writer_object_end(&w);
}

static int record_export(struct log_command *command, const char *subject)
{
    const struct settings *settings = &command->snapshot->settings;
    const char *key_why = NULL;
    char why[ACCESS_WHY_MAX];
    struct assertion_signer *signer =
        assertion_signer_new(settings->record_checkpoint_key.at, &key_why);
    if (!signer)
        return complain(settings->record_checkpoint_key, key_why);

    const struct access_log_spec spec = {
        .store = {.sqlite = settings->record_store.at,
                  .postgres = settings->record_postgres.at,
                  .node = settings->record_node,
                  .is_unchecked = true},
        .signer = signer,
        .checkpoint_records = settings->record_checkpoint_records,
        .checkpoint_ms = settings->record_checkpoint_s * 1000,
    };
    struct recording recording = {.loop = loop_new()};
    struct access_log *log = access_log_open(&spec, why);
    if (log) {
        struct buf line;
        buf_init(&line, LINE_MAX_BYTES);
        write_export(subject, &line);
        access_log_append(log, recording.loop, buf_str(&line), &recording.slot, on_recorded,
                          &recording);
        loop_run(recording.loop);
        buf_clear(&line);
        access_log_close(&log);
        snprintf(why, sizeof why, "the export could not be recorded, so nothing is shown");
    }
    loop_free(&recording.loop);
    assertion_signer_free(&signer);
    return recording.is_durable ? EX_OK : complain(settings->record_store, why);
}

/* ---- export ---- */

struct exporting {
    struct log_command *command;
    const char *role;
    char **receipts;
    size_t count, cap;
};

static bool note_receipt(void *ctx, const struct log_row *row)
{
    struct exporting *exporting = ctx;
    if (exporting->count == exporting->cap) {
        exporting->cap = exporting->cap ? 2 * exporting->cap : 256;
        exporting->receipts =
            realloc(exporting->receipts, exporting->cap * sizeof *exporting->receipts);
        if (!exporting->receipts)
            die("out of memory");
    }
    char *receipt = die_calloc(1, row->receipt.len + 1);
    memcpy(receipt, row->receipt.at, row->receipt.len);
    exporting->receipts[exporting->count++] = receipt;
    return true;
}

static bool print_record(void *ctx, const struct log_row *row)
{
    struct exporting *exporting = ctx;
    if (row->body.at)
        printf("{\"role\":\"%s\",\"record\":%.*s}\n", exporting->role, STR_ARG(row->body));
    return true;
}

/* Everything of the person in one role, newest first; records are found again by their receipts. */
static bool export_role(struct log_command *command, const struct pseudonym_set *persons,
                        bool is_actor)
{
    struct exporting exporting = {.command = command, .role = is_actor ? "actor" : "subject"};
    bool is_read = true;
    for (size_t i = 0; i < persons->count && is_read; i++)
        is_read = log_store_person(command->store, str_of(persons->at[i]), is_actor, STR_NONE,
                                   note_receipt, &exporting);
    for (size_t i = 0; i < exporting.count; i++) {
        is_read = is_read && log_store_receipt(command->store, str_of(exporting.receipts[i]),
                                               print_record, &exporting);
        free(exporting.receipts[i]);
    }
    free(exporting.receipts);
    return is_read;
}

/* From standard input: an argument would stand in every list of processes. */
static bool read_citizen(struct cpr *cpr)
{
    char text[INPUT_MAX] = "";
    size_t len = fread(text, 1, sizeof text - 1, stdin);
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r' || text[len - 1] == ' '))
        len--;
    bool is_number = cpr_parse(str_make(text, len), cpr);
    explicit_bzero(text, sizeof text);
    return is_number;
}

int log_export(struct log_command *command)
{
    const struct settings *settings = &command->snapshot->settings;
    struct pseudonym_key key;
    struct pseudonym_set persons;
    struct faults faults;
    struct cpr cpr;

    if (!command->wants_citizen) {
        fprintf(stderr, "overblik log export: expected --citizen, and the number on standard "
                        "input\n");
        return EX_USAGE;
    }
    if (!read_citizen(&cpr)) {
        fprintf(stderr, "overblik log export: expected a personal number on standard input\n");
        return EX_DATAERR;
    }
    faults_init(&faults, command->arena);
    struct str hex = configuration_file(settings->pseudonym_key, command->arena, &faults);
    if (!hex.at || !pseudonym_key_parse(hex, &key))
        return complain(settings->pseudonym_key, "is no key of pseudonyms");
    char today[PSEUDONYM_TEXT];
    pseudonym_make(&key, &cpr, clock_wall(), today);
    pseudonym_set_make(&key, &cpr, clock_wall(), settings->record_keep_days, &persons);
    pseudonym_key_clear(&key);
    explicit_bzero(&cpr, sizeof cpr);

    int status = record_export(command, today);
    if (status == EX_OK &&
        (!export_role(command, &persons, false) || !export_role(command, &persons, true)))
        status = complain(settings->record_store, log_store_why(command->store));
    pseudonym_set_clear(&persons);
    return status;
}

/* ---- authority ---- */

struct disclosing {
    struct log_command *command;
    struct disclosures wanted;
};

static void print_disclosure(void *ctx, struct str object)
{
    (void)ctx;
    printf("%.*s\n", STR_ARG(object));
}

static bool print_disclosures(void *ctx, const struct log_row *row)
{
    const struct disclosing *disclosing = ctx;
    disclosures_of(&disclosing->wanted, row, print_disclosure, NULL);
    return true;
}

static bool disclose_node(void *ctx, struct str node)
{
    struct disclosing *disclosing = ctx;
    return log_store_rows(disclosing->command->store, node, 0, print_disclosures, disclosing);
}

int log_authority(struct log_command *command)
{
    struct disclosing disclosing = {.command = command,
                                    .wanted = {.snapshot = command->snapshot,
                                               .cvr = str_of(command->argument),
                                               .first = command->first,
                                               .last = command->last}};
    if (disclosing.wanted.cvr.len != 8 || !str_is_digits(disclosing.wanted.cvr)) {
        fprintf(stderr, "overblik log authority: expected a CVR number, eight digits\n");
        return EX_USAGE;
    }
    return log_store_nodes(command->store, disclose_node, &disclosing)
               ? EX_OK
               : complain(command->snapshot->settings.record_store, log_store_why(command->store));
}
