/* SPDX-License-Identifier: MIT */
#include "command/log.h"

#include "base/hex.h"
#include "base/log.h"
#include "base/writer.h"
#include "command/command.h"
#include "command/standard_config.h"
#include "serve/configuration.h"

#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { ARENA_MAX = 64 * 1024 * 1024, TEXT_MAX = 16 * 1024 * 1024 };

static void print_help(void)
{
    printf(
        "usage: overblik log COMMAND [-c FILE] [OPTION ...]\n\n"
        "  list                the records, one a line; with --json as they are hashed\n"
        "  verify              proves every record, or names the first that is wrong (exit 65)\n"
        "  prove RECEIPT       proofs, as JSON, that its records are under a signed checkpoint\n"
        "  checkpoint          the newest signed checkpoint of each node, as JSON\n"
        "  export --citizen    a person's records, as JSON lines (GDPR, article 15); the number is\n"
        "                      read from standard input; the export is recorded\n"
        "  authority CVR       when data of that authority were shown: no persons\n"
        "  backup FILE         a copy of the whole store, while the gateway runs\n"
        "  level [LEVEL]       how much the running gateway logs; see overblik log level --help\n\n"
        "  -c, --config FILE   the configuration (" STANDARD_CONFIG_HELP ")\n"
        "      --json          list: JSON lines\n"
        "      --receipt ID    list: of this receipt alone\n"
        "      --from N        list: from this record on\n"
        "      --limit N       list: at most so many\n"
        "      --keys FILE     verify: JWKS of all keys that signed, when there were several\n"
        "      --first, --last DATE  authority: of these days\n");
}

static int complain(const struct log_command *command, const char *what)
{
    fprintf(stderr, "overblik log: %.*s: %s\n", STR_ARG(command->snapshot->settings.record_store),
            what);
    return EX_IOERR;
}

/* ---- list ---- */

struct listing {
    const struct log_command *command;
    uint64_t left;
};

static struct str member_of(json_t *root, const char *name)
{
    return str_of(json_string_value(json_object_get(root, name)));
}

static void print_pruned(const struct log_row *row, bool is_json)
{
    char leaf[2 * CHAIN_HASH + 1];
    hex_encode(row->leaf.bytes, CHAIN_HASH, leaf);
    if (is_json)
        printf("{\"node\":\"%.*s\",\"seq\":%" PRIu64 ",\"pruned\":true,\"leaf\":\"%s\"}\n",
               STR_ARG(row->node), row->seq, leaf);
    else
        printf("%.*s %" PRIu64 " pruned\n", STR_ARG(row->node), row->seq);
}

static void print_row(const struct log_row *row)
{
    static const char *const shown[] = {"time", "event", "operation", "portal", "receipt"};
    json_t *root = json_loadb(row->body.at, row->body.len, 0, NULL);
    printf("%.*s %" PRIu64, STR_ARG(row->node), row->seq);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct str value = member_of(root, shown[i]);
        if (value.at)
            printf(" %.*s", STR_ARG(value));
    }
    json_t *status = json_object_get(root, "status");
    if (json_is_integer(status))
        printf(" %lld", (long long)json_integer_value(status));
    printf("\n");
    json_decref(root);
}

static bool list_row(void *ctx, const struct log_row *row)
{
    struct listing *listing = ctx;
    if (listing->left == 0)
        return false;
    listing->left--;
    if (!row->body.at)
        print_pruned(row, listing->command->is_json);
    else if (listing->command->is_json)
        printf("%.*s\n", STR_ARG(row->body));
    else
        print_row(row);
    return true;
}

static bool list_node(void *ctx, struct str node)
{
    struct listing *listing = ctx;
    const struct log_command *command = listing->command;
    return log_store_rows(command->store, node, command->from, list_row, listing);
}

static int log_list(struct log_command *command)
{
    struct listing listing = {command, command->limit};
    bool is_read = command->receipt ? log_store_receipt(command->store, str_of(command->receipt),
                                                        list_row, &listing)
                                    : log_store_nodes(command->store, list_node, &listing);
    return is_read ? EX_OK : complain(command, log_store_why(command->store));
}

/* ---- verify ---- */

/* The keys that checkpoints may be signed with; NULL: said on stderr. */
static struct key_set *read_keys(struct log_command *command)
{
    const char *file = command->snapshot->settings.record_checkpoint_key.at, *why = NULL;
    struct key_set *keys = NULL;
    struct faults faults;
    struct buf jwks;

    faults_init(&faults, command->arena);
    buf_init(&jwks, TEXT_MAX);
    if (command->keys_file) {
        file = command->keys_file;
        struct str bytes = configuration_file(str_of(file), command->arena, &faults);
        why = "cannot be read";
        keys = bytes.at ? key_set_parse(bytes, &why) : NULL;
    } else {
        struct assertion_signer *signer = assertion_signer_new(file, &why);
        if (signer)
            assertion_signer_jwks(signer, &jwks);
        keys = signer ? key_set_parse(buf_str(&jwks), &why) : NULL;
        assertion_signer_free(&signer);
    }
    if (!keys)
        fprintf(stderr, "overblik log: %s: %s\n", file, why);
    buf_clear(&jwks);
    return keys;
}

struct verifying {
    struct log_command *command;
    const struct key_set *keys;
    int status;
};

static void print_report(struct str node, const struct log_report *report)
{
    char root[2 * CHAIN_HASH + 1], time[WALL_TEXT];
    hex_encode(report->root.bytes, CHAIN_HASH, root);
    printf("%.*s: %" PRIu64 " records are right", STR_ARG(node), report->size);
    if (report->pruned > 0)
        printf(", the content of the first %" PRIu64 " was deleted by retention", report->pruned);
    if (report->signed_at.known)
        printf("; %zu checkpoints, the newest of %.*s over %" PRIu64, report->checkpoints,
               STR_ARG(wall_format(report->signed_at, time)), report->signed_size);
    if (report->signed_size < report->size)
        printf("; %" PRIu64 " wait for a checkpoint", report->size - report->signed_size);
    printf("; root %s\n", root);
}

static bool verify_node(void *ctx, struct str node)
{
    struct verifying *verifying = ctx;
    struct log_report report;
    if (log_check_whole(verifying->command->store, node, verifying->keys, &report)) {
        print_report(node, &report);
    } else {
        printf("%.*s: record %" PRIu64 " is wrong: %s\n", STR_ARG(node), report.bad, report.what);
        verifying->status = EX_DATAERR;
    }
    return true;
}

static int log_verify(struct log_command *command)
{
    struct key_set *keys = read_keys(command);
    if (!keys)
        return EX_NOINPUT;
    struct verifying verifying = {command, keys, EX_OK};
    if (!log_store_nodes(command->store, verify_node, &verifying))
        verifying.status = complain(command, log_store_why(command->store));
    key_set_unref(&keys);
    return verifying.status;
}

/* ---- prove ---- */

struct proving {
    struct log_command *command;
    struct writer *w;
    struct str node;
    uint64_t seqs[16]; /* of the receipt; more are not told */
    char nodes[16][LOG_NODE_MAX + 1];
    size_t count;
};

static bool read_hash(void *ctx, unsigned level, uint64_t index, struct chain_hash *hash)
{
    struct proving *proving = ctx;
    return log_store_hash(proving->command->store, proving->node, level, index, hash);
}

static void write_hash(struct writer *w, const struct chain_hash *hash)
{
    char text[2 * CHAIN_HASH + 1];
    hex_encode(hash->bytes, CHAIN_HASH, text);
    writer_str(w, str_of(text));
}

static void write_checkpoint(struct writer *w, const struct log_checkpoint *checkpoint)
{
    writer_object(w);
    writer_member_str(w, "text", checkpoint->text);
    writer_member_str(w, "kid", checkpoint->kid);
    writer_member_str(w, "signature", checkpoint->signature);
    writer_object_end(w);
}

static bool note_row(void *ctx, const struct log_row *row)
{
    struct proving *proving = ctx;
    if (proving->count == sizeof proving->seqs / sizeof *proving->seqs)
        return false;
    snprintf(proving->nodes[proving->count], LOG_NODE_MAX + 1, "%.*s", STR_ARG(row->node));
    proving->seqs[proving->count++] = row->seq;
    return true;
}

static bool write_record(void *ctx, const struct log_row *row)
{
    struct proving *proving = ctx;
    writer_member_str(proving->w, "record", row->body);
    return false;
}

struct path_of {
    struct proving *proving;
    uint64_t seq;
    bool is_signed, is_read;
};

static bool write_path(void *ctx, const struct log_checkpoint *checkpoint)
{
    struct path_of *path = ctx;
    struct writer *w = path->proving->w;
    const struct chain_reader reader = {read_hash, path->proving};
    struct chain_proof proof;
    path->is_signed = true;
    path->is_read = chain_prove_inclusion(&reader, path->seq, checkpoint->size, &proof);
    if (!path->is_read)
        return false;
    writer_name(w, "path");
    writer_array(w);
    for (size_t i = 0; i < proof.count; i++)
        write_hash(w, &proof.path[i]);
    writer_array_end(w);
    writer_name(w, "checkpoint");
    write_checkpoint(w, checkpoint);
    return false;
}

static int prove_one(struct proving *proving, size_t i)
{
    struct log_store *store = proving->command->store;
    struct writer *w = proving->w;
    struct path_of path = {.proving = proving, .seq = proving->seqs[i], .is_read = true};
    proving->node = str_of(proving->nodes[i]);
    writer_object(w);
    writer_member_int(w, "index", (int64_t)path.seq);
    bool is_read = log_store_rows(store, proving->node, path.seq, write_record, proving) &&
                   log_store_checkpoints(store, proving->node, path.seq + 1, write_path, &path);
    writer_object_end(w);
    if (!is_read || !path.is_read)
        return complain(proving->command, log_store_why(store));
    if (path.is_signed)
        return EX_OK;
    fprintf(stderr,
            "overblik log: record %" PRIu64 " is not under a checkpoint yet; one is signed every "
            "%" PRId64 " s (record.checkpoint_s)\n",
            path.seq, proving->command->snapshot->settings.record_checkpoint_s);
    return EX_TEMPFAIL;
}

static int log_prove(struct log_command *command)
{
    struct writer w;
    struct buf out;
    struct proving proving = {.command = command, .w = &w};
    int status = EX_OK;
    if (!log_store_receipt(command->store, str_of(command->argument), note_row, &proving))
        return complain(command, log_store_why(command->store));
    if (proving.count == 0) {
        fprintf(stderr, "overblik log: no record has the receipt %s\n", command->argument);
        return EX_NOINPUT;
    }
    buf_init(&out, TEXT_MAX);
    writer_init(&w, &out);
    writer_object(&w);
    writer_member_str(&w, "receipt", str_of(command->argument));
    writer_name(&w, "proofs");
    writer_array(&w);
    for (size_t i = 0; i < proving.count && status == EX_OK; i++)
        status = prove_one(&proving, i);
    writer_array_end(&w);
    writer_object_end(&w);
    if (status == EX_OK)
        printf("%.*s\n", STR_ARG(buf_str(&out)));
    buf_clear(&out);
    return status;
}

/* ---- checkpoint ---- */

static bool print_checkpoint(void *ctx, const struct log_checkpoint *checkpoint)
{
    struct buf out;
    struct writer w;
    (void)ctx;
    buf_init(&out, TEXT_MAX);
    writer_init(&w, &out);
    write_checkpoint(&w, checkpoint);
    printf("%.*s\n", STR_ARG(buf_str(&out)));
    buf_clear(&out);
    return false;
}

static bool print_newest(void *ctx, struct str node)
{
    struct log_command *command = ctx;
    return log_store_newest(command->store, node, print_checkpoint, NULL);
}

static int log_checkpoint(struct log_command *command)
{
    return log_store_nodes(command->store, print_newest, command)
               ? EX_OK
               : complain(command, log_store_why(command->store));
}

/* ---- backup ---- */

/* A copy that is there after a power cut, too. */
static bool sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return is_synced;
}

static int log_backup(struct log_command *command)
{
    const char *why = NULL;
    umask(077);
    if (access(command->argument, F_OK) == 0) {
        fprintf(stderr, "overblik log: %s exists; name a new file\n", command->argument);
        return EX_CANTCREAT;
    }
    if (!log_store_backup(command->store, command->argument, &why) ||
        !sync_file(command->argument)) {
        fprintf(stderr, "overblik log: %s: %s\n", command->argument,
                why ? why : "cannot be written");
        return EX_IOERR;
    }
    return EX_OK;
}

/* ---- the commands ---- */

static const struct {
    const char *name, *argument; /* NULL: takes none */
    int (*run)(struct log_command *command);
} commands[] = {
    {"list", NULL, log_list},        {"verify", NULL, log_verify},
    {"prove", "RECEIPT", log_prove}, {"checkpoint", NULL, log_checkpoint},
    {"export", NULL, log_export},    {"authority", "CVR", log_authority},
    {"backup", "FILE", log_backup},
};

static bool parse_number(const char *option, const char *text, uint64_t *number)
{
    if (str_to_u64(str_of(text), INT64_MAX, number))
        return true;
    fprintf(stderr, "overblik log: %s takes a number\n", option);
    return false;
}

static bool parse_date(const char *option, const char *text, struct date *date)
{
    if (date_parse(str_of(text), date))
        return true;
    fprintf(stderr, "overblik log: %s takes a date, as 2026-11-21\n", option);
    return false;
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct log_command *command)
{
    enum { JSON = 256, RECEIPT, FROM, LIMIT, KEYS, CITIZEN, FIRST, LAST };
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"json", no_argument, NULL, JSON},
                                          {"receipt", required_argument, NULL, RECEIPT},
                                          {"from", required_argument, NULL, FROM},
                                          {"limit", required_argument, NULL, LIMIT},
                                          {"keys", required_argument, NULL, KEYS},
                                          {"citizen", no_argument, NULL, CITIZEN},
                                          {"first", required_argument, NULL, FIRST},
                                          {"last", required_argument, NULL, LAST},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    bool is_well = true;
    for (int option; (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            command->config = optarg;
            break;
        case JSON:
            command->is_json = true;
            break;
        case RECEIPT:
            command->receipt = optarg;
            break;
        case FROM:
            is_well = parse_number("--from", optarg, &command->from) && is_well;
            break;
        case LIMIT:
            is_well = parse_number("--limit", optarg, &command->limit) && is_well;
            break;
        case KEYS:
            command->keys_file = optarg;
            break;
        case CITIZEN:
            command->wants_citizen = true;
            break;
        case FIRST:
            is_well = parse_date("--first", optarg, &command->first) && is_well;
            break;
        case LAST:
            is_well = parse_date("--last", optarg, &command->last) && is_well;
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            is_well = false;
        }
    return is_well ? -1 : EX_USAGE;
}

static bool open_all(struct log_command *command)
{
    struct faults faults;
    const char *why = NULL;
    faults_init(&faults, command->arena);
    command->snapshot = configuration_read(command->config, false, &faults);
    configuration_complain(&faults);
    if (!command->snapshot)
        return false;
    const struct settings *settings = &command->snapshot->settings;
    const struct log_store_spec spec = {.sqlite = settings->record_store.at,
                                        .postgres = settings->record_postgres.at,
                                        .is_unchecked = true};
    if (!spec.postgres && access(spec.sqlite, F_OK) != 0) /* opening would make one */
        why = "there is no store";
    else
        command->store = log_store_open(&spec, &why);
    if (!command->store)
        complain(command, why);
    return command->store != NULL;
}

static int run(size_t which, int argc, char **argv)
{
    struct log_command command = {.config = standard_config(), .limit = UINT64_MAX};
    int status = parse_options(argc, argv, &command);
    if (status >= 0)
        return status;
    const char *wanted = commands[which].argument;
    command.argument = optind < argc ? argv[optind] : NULL;
    if ((wanted != NULL) != (optind + 1 == argc) || (!wanted && optind < argc)) {
        fprintf(stderr, "overblik log %s: expected %s; try overblik log --help\n",
                commands[which].name, wanted ? wanted : "no more");
        return EX_USAGE;
    }
    command.arena = arena_new(ARENA_MAX);
    status = open_all(&command) ? commands[which].run(&command) : EX_NOINPUT;
    log_store_close(&command.store);
    snapshot_unref(&command.snapshot);
    arena_free(&command.arena);
    return status;
}

int command_log(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return run(i, argc - 1, argv + 1);
    if (strcmp(name, "level") == 0)
        return command_log_level(argc, argv);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_help();
        return EX_OK;
    }
    fprintf(stderr, "overblik log: expected a command; try overblik log --help\n");
    return EX_USAGE;
}
