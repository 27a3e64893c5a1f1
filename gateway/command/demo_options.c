/* SPDX-License-Identifier: MIT */
#include "command/demo_options.h"

#include <assert.h>
#include <getopt.h>
#include <sysexits.h>

enum { OWN = 0x100, DEMO, HELP = 'h' }; /* no letters: those are short options */

static void take(const struct demo_own_option *option, const char *value)
{
    if (option->is_set)
        *option->is_set = true;
    else
        *option->value = value;
}

int demo_options_read(int argc, char **argv, const struct demo_own_option *own, size_t count,
                      struct demo *demo, void (*print_help)(void))
{
    static const struct option others[] = {{"help", no_argument, NULL, HELP}, DEMO_OPTIONS(DEMO)};
    enum { OTHERS = sizeof others / sizeof others[0] };
    struct option known[DEMO_OWN_OPTIONS_MAX + OTHERS + 1] = {0};

    assert(count <= DEMO_OWN_OPTIONS_MAX);
    for (size_t i = 0; i < count; i++)
        known[i] = (struct option){own[i].name, own[i].is_set ? no_argument : required_argument,
                                   NULL, OWN};
    for (size_t i = 0; i < OTHERS; i++)
        known[count + i] = others[i];
    for (int option, index; (option = getopt_long(argc, argv, "h", known, &index)) != -1;)
        switch (option) {
        case OWN:
            take(&own[index], optarg);
            break;
        case DEMO:
            demo_option(demo, known[index].name, optarg);
            break;
        case HELP:
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    return -1;
}
