/* SPDX-License-Identifier: MIT */
/* overblik source new: what a source begins with, in a folder of its own. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "command/command.h"
#include "joining/source_skeleton.h"
#include "policy/routing.h"
#include "serve/configuration.h"

enum { MEMORY_MAX = 64 * 1024 * 1024, NAME_MAX_BYTES = 4096 };

struct options {
    const char *id, *dialect, *from, *folder, *schema;
};

static void print_help(void)
{
    printf("usage: overblik source new ID [OPTION ...]\n\n"
           "Writes what a source begins with into a new folder: its manifest, which tells in\n"
           "comments what each member is for, a first answer, and what its items must be.\n"
           "Nothing is ever overwritten.\n\n"
           "  ID                 of the source: authority.what, as skov.tilladelser\n\n"
           "      --dialect D    mapped (any JSON or XML, by a mapping) or borgervendt\n"
           "                     (docs/source-contract.yaml)\n"
           "      --from ANSWER  an answer of yours, JSON or XML: the mapping then lists every\n"
           "                     path in it; about a test citizen (day + 60) only\n"
           "      --folder DIR   where (ID)\n"
           "      --schema PATH  how the manifest names its schema, for editors\n"
           "                     (conf/schema/manifest.json, seen from the folder)\n");
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"dialect", required_argument, NULL, 'd'}, {"from", required_argument, NULL, 'f'},
        {"folder", required_argument, NULL, 'o'},  {"schema", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0}};

    *options = (struct options){.dialect = "mapped"};
    for (int option; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;)
        switch (option) {
        case 'd':
            options->dialect = optarg;
            break;
        case 'f':
            options->from = optarg;
            break;
        case 'o':
            options->folder = optarg;
            break;
        case 's':
            options->schema = optarg;
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    if (argc - optind == 1) {
        options->id = argv[optind];
        return -1;
    }
    fprintf(stderr, "overblik source new: expected the source's id; try --help\n");
    return EX_USAGE;
}

/* conf/schema/manifest.json as it is named from the folder: by its whole path, wherever that is. */
static struct str schema_of(const struct options *options, struct arena *arena)
{
    char whole[PATH_MAX];

    if (options->schema)
        return str_of(options->schema);
    return realpath("conf/schema/manifest.json", whole) ? arena_format(arena, "file://%s", whole)
                                                        : STR("conf/schema/manifest.json");
}

/* ---- writing ---- */

static int complain(const char *path, const char *what)
{
    fprintf(stderr, "overblik source new: %s: %s\n", path, what);
    return EX_CANTCREAT;
}

/* EX_OK, or told. */
static int write_new(const char *path, struct str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    size_t done = 0;

    if (fd < 0)
        return complain(path, errno == EEXIST ? "is there already; nothing is overwritten"
                                              : strerror(errno));
    while (done < bytes.len) {
        ssize_t some = write(fd, bytes.at + done, bytes.len - done);
        if (some < 0 && errno == EINTR)
            continue;
        if (some <= 0)
            break;
        done += (size_t)some;
    }
    bool is_well = close(fd) == 0 && done == bytes.len;
    return is_well ? EX_OK : complain(path, "cannot be written");
}

/* All of them or none: a folder that holds one of them is left as it is. */
static int write_all(const char *folder, const struct source_skeleton *skeleton)
{
    char path[SKELETON_FILES][NAME_MAX_BYTES];
    int status = EX_OK;

    for (int i = 0; i < SKELETON_FILES; i++) {
        int len = snprintf(path[i], sizeof path[i], "%s/%.*s", folder, STR_ARG(skeleton->names[i]));
        if (len < 0 || (size_t)len >= sizeof path[i])
            return complain(folder, "the name is too long");
        if (access(path[i], F_OK) == 0)
            return complain(path[i], "is there already; nothing is overwritten");
    }
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return complain(folder, strerror(errno));
    for (int i = 0; status == EX_OK && i < SKELETON_FILES; i++)
        status = write_new(path[i], buf_str(&skeleton->bytes[i]));
    return status;
}

static void print_next(const char *folder, const struct source_skeleton *skeleton)
{
    struct str manifest = skeleton->names[SKELETON_MANIFEST];
    struct str answer = skeleton->names[SKELETON_ANSWER];

    printf("%s/%.*s  the manifest: who, what, where, how it is read\n"
           "%s/%.*s  an answer\n"
           "%s/items.json  what its items must be\n\n",
           folder, STR_ARG(manifest), folder, STR_ARG(answer), folder);
    if (skeleton->left_out > 0)
        printf("The answer has more paths than are listed; %zu are left out.\n\n",
               skeleton->left_out);
    printf("Next:\n");
    if (!skeleton->is_ready)
        printf("  fill in the mapping: what is \"\" in %s/%.*s (docs/mapping.md)\n", folder,
               STR_ARG(manifest));
    printf("  overblik source preview %s/%.*s %s/%.*s\n", folder, STR_ARG(manifest), folder,
           STR_ARG(answer));
    printf("  overblik source preview %s/%.*s %s/%.*s --expect %s/items.json\n", folder,
           STR_ARG(manifest), folder, STR_ARG(answer), folder);
    printf("docs/adapters.md is the whole way.\n");
}

/* ---- the command ---- */

static int make(const struct options *options, struct arena *arena)
{
    const char *folder = options->folder ? options->folder : options->id;
    struct source_skeleton skeleton;
    struct skeleton_spec spec = {.id = str_of(options->id),
                                 .dialect = str_of(options->dialect),
                                 .schema = schema_of(options, arena)};
    struct faults faults;
    struct str why;
    int status = EX_DATAERR;

    faults_init(&faults, arena);
    if (options->from)
        spec.answer = configuration_file(str_of(options->from), arena, &faults);
    if (faults.count > 0) {
        configuration_complain(&faults);
        return EX_NOINPUT;
    }
    if (source_skeleton_make(&spec, arena, &skeleton, &why))
        status = write_all(folder, &skeleton);
    else
        fprintf(stderr, "overblik source new: %.*s\n", STR_ARG(why));
    if (status == EX_OK)
        print_next(folder, &skeleton);
    source_skeleton_clear(&skeleton);
    return status;
}

int command_source_new(int argc, char **argv)
{
    struct options options;
    int status = parse_options(argc, argv, &options);

    if (status >= 0)
        return status;
    if (!route_id_is_valid(str_of(options.id))) {
        fprintf(stderr,
                "overblik source new: expected an id of at most %d of a-z, 0-9, \".\", "
                "\"-\", \"_\"\n",
                ROUTE_ID_MAX);
        return EX_USAGE;
    }
    struct arena *arena = arena_new(MEMORY_MAX);
    status = make(&options, arena);
    arena_free(&arena);
    return status;
}
