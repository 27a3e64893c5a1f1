/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "command/command.h"
#include "command/demo.h"

enum { LIFE_S = 300, LIFE_MAX_S = 86400 };

static void print_help(void)
{
    printf(
        "usage: overblik token --citizen NAME [--alg RS256|ES256] [--life SECONDS]\n"
        "                      [--login-age SECONDS]\n\n"
        "Prints a token of the sandbox's issuer, as a login with MitID would give it.\n\n"
        "  --citizen NAME   id or name of a person of the sandbox\n"
        "  --alg NAME       RS256 (standard) or ES256\n"
        "  --life SECONDS   how long it is good (%d); negative: already over\n"
        "  --login-age SECONDS  how long ago the person logged in (0); an export needs a recent\n"
        "                   login\n\n",
        LIFE_S);
    demo_print_options();
}

int command_token(int argc, char **argv)
{
    static const struct option known[] = {{"citizen", required_argument, NULL, 'c'},
                                          {"alg", required_argument, NULL, 'a'},
                                          {"life", required_argument, NULL, 'l'},
                                          {"login-age", required_argument, NULL, 'g'},
                                          {"help", no_argument, NULL, 'h'},
                                          DEMO_OPTIONS('d'),
                                          {NULL, 0, NULL, 0}};
    const char *name = NULL, *alg = "RS256";
    struct demo demo = {0};
    long life_s = LIFE_S, login_age_s = 0;
    char *end = NULL;

    for (int option, index; (option = getopt_long(argc, argv, "h", known, &index)) != -1;)
        switch (option) {
        case 'c':
            name = optarg;
            break;
        case 'a':
            alg = optarg;
            break;
        case 'l':
            life_s = strtol(optarg, &end, 10);
            if (*end || life_s > LIFE_MAX_S || life_s < -LIFE_MAX_S) {
                fprintf(stderr, "overblik token: --life takes seconds, at most %d\n", LIFE_MAX_S);
                return EX_USAGE;
            }
            break;
        case 'g':
            login_age_s = strtol(optarg, &end, 10);
            if (*end || login_age_s > LIFE_MAX_S || login_age_s < 0) {
                fprintf(stderr, "overblik token: --login-age takes seconds, at most %d\n",
                        LIFE_MAX_S);
                return EX_USAGE;
            }
            break;
        case 'd':
            demo_option(&demo, known[index].name, optarg);
            break;
        case 'h':
            print_help();
            return EX_OK;
        default:
            return EX_USAGE;
        }
    if (!name) {
        fprintf(stderr, "overblik token: --citizen is missing; try overblik token --help\n");
        return EX_USAGE;
    }
    if (!demo_complete(&demo, false))
        return EX_NOINPUT;
    json_t *citizen = demo_citizen(&demo, name);
    char *token = citizen ? demo_token(&demo, citizen, alg, (int)life_s, (int)login_age_s) : NULL;
    if (token)
        printf("%s\n", token);
    json_decref(citizen);
    int status = token ? EX_OK : EX_NOINPUT;
    free(token);
    return status;
}
