/* SPDX-License-Identifier: MIT */
#include "policy/schema.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "command/command.h"

enum { SCHEMA_MAX = 1024 * 1024 };

int command_schema(int argc, char **argv)
{
    static const char usage[] =
        "usage: overblik schema settings\n\n"
        "Prints the JSON Schema of conf/overblikd.json, made from the table of settings:\n"
        "conf/schema/overblikd.json. The other files' schemas lie beside it.\n";
    struct buf out;

    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return EX_OK;
    }
    if (argc != 2 || strcmp(argv[1], "settings") != 0) {
        fputs(usage, stderr);
        return EX_USAGE;
    }
    buf_init(&out, SCHEMA_MAX);
    schema_settings(&out);
    printf("%.*s", (int)out.len, out.at ? out.at : "");
    buf_clear(&out);
    return EX_OK;
}
