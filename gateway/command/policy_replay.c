/* SPDX-License-Identifier: MIT */
#include "command/policy.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/die.h"
#include "record/replay.h"

enum { LINE_MAX_READ = 1024 * 1024, OUTPUT_MAX = 16 * 1024 * 1024 };

static void print_help(void)
{
    printf(
        "usage: overblik policy replay --log FILE [--json] NEW\n\n"
        "Replays the timings in an access record under NEW, the main file of another\n"
        "configuration: which overviews would have lost a source or could have gained one, and\n"
        "how long they would have taken. The record's timings hold no personal data. The exit\n"
        "status is 0, or 78 when NEW has faults.\n\n"
        "  -l, --log FILE          the access record, as overblik log list --json gives it; - is\n"
        "                          standard input\n"
        "      --json              for programs\n"
        "      --insecure-sources  as for overblikd\n");
}

/* Line by line, in memory that does not grow with the file. */
static void read_lines(FILE *in, struct replay *replay)
{
    char *line = die_calloc(1, LINE_MAX_READ);
    size_t len = 0;

    for (int byte; (byte = getc_unlocked(in)) != EOF;) {
        if (byte != '\n') {
            if (len < LINE_MAX_READ)
                line[len] = (char)byte;
            len++;
            continue;
        }
        if (len > LINE_MAX_READ)
            replay_skip(replay);
        else
            replay_line(replay, str_make(line, len));
        len = 0;
    }
    if (len > 0)
        replay_skip(replay); /* cut off while it was written */
    free(line);
}

static int replay_file(const char *file, const struct snapshot *after, bool as_json)
{
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
    struct buf out;

    if (!in) {
        fprintf(stderr, "overblik policy replay: %s: %s\n", file, strerror(errno));
        return EX_NOINPUT;
    }
    struct replay *replay = replay_new(after, clock_wall());
    read_lines(in, replay);
    bool is_read = !ferror(in);
    if (in != stdin)
        fclose(in);
    buf_init(&out, OUTPUT_MAX);
    if (as_json) {
        replay_write(replay, &out);
        buf_add_byte(&out, '\n');
    } else {
        replay_print(replay, &out);
    }
    printf("%.*s", (int)out.len, out.at ? out.at : "");
    buf_clear(&out);
    replay_free(&replay);
    if (is_read)
        return EX_OK;
    fprintf(stderr, "overblik policy replay: %s: cannot be read to its end\n", file);
    return EX_IOERR;
}

int policy_replay(int argc, char **argv)
{
    enum { INSECURE = 256, JSON };
    static const struct option known[] = {{"log", required_argument, NULL, 'l'},
                                          {"json", no_argument, NULL, JSON},
                                          {"insecure-sources", no_argument, NULL, INSECURE},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const char *log = NULL;
    bool insecure_sources = false, as_json = false;

    for (int option; (option = getopt_long(argc, argv, "l:h", known, NULL)) != -1;)
        switch (option) {
        case 'l':
            log = optarg;
            break;
        case JSON:
            as_json = true;
            break;
        case INSECURE:
            insecure_sources = true;
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    if (!log || optind != argc - 1) {
        fprintf(stderr, "overblik policy replay: expected --log FILE and one configuration\n");
        return EX_USAGE;
    }
    struct snapshot *after = policy_read(argv[optind], insecure_sources);
    int status = after ? replay_file(log, after, as_json) : EX_CONFIG;
    snapshot_unref(&after);
    return status;
}
