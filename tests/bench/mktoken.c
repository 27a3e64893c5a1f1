/* SPDX-License-Identifier: MIT */
/* mktoken: bearer tokens of made-up citizens, one a line: `mktoken CERTS ISSUER AUDIENCE COUNT`.
 * Each is the userinfo token that the demo issues, RS256, good for two hours; the citizens have
 * replacement numbers (day + 60), all different. */
#include "adapters/sandbox/demo_token.h"
#include "base/die.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LIFE_S = 2 * 3600, COUNT_MAX = 100000 };

static json_t *citizen_make(int n)
{
    char cpr[16], uuid[40], name[40];

    /* 28 days, 12 months, 60 years, and a serial number of the 1900s. */
    snprintf(cpr, sizeof cpr, "%02d%02d%02d%04d", 61 + n % 28, 1 + n / 28 % 12, 40 + n / 336 % 60,
             1 + n % 3999);
    snprintf(uuid, sizeof uuid, "0f9960a0-d28d-4353-a3e2-%012d", n);
    snprintf(name, sizeof name, "Borger Nummer %d", n);
    return json_pack("{s:s, s:s, s:s, s:s, s:[s]}", "cpr", cpr, "uuid", uuid, "name", name, "level",
                     "Substantial", "amr", "code_app");
}

int main(int argc, char **argv)
{
    int count = argc == 5 ? atoi(argv[4]) : 0;
    struct wall now = {.unix_ms = (int64_t)time(NULL) * 1000, .known = true};

    if (count < 1 || count > COUNT_MAX) {
        fprintf(stderr, "usage: mktoken CERTS ISSUER AUDIENCE COUNT\n");
        return 64;
    }
    for (int n = 0; n < count; n++) {
        json_t *citizen = citizen_make(n);
        char *token = NULL;

        if (!demo_token_make(argv[1], citizen, argv[2], argv[3], "RS256", now, LIFE_S, 0, &token))
            die("cannot sign with the key in %s", argv[1]);
        puts(token);
        free(token);
        json_decref(citizen);
    }
    return 0;
}
