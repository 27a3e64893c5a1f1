/* SPDX-License-Identifier: MIT */
/* demo: where `./run demo` has put things: certificates, and the ports its programs listen on, so
 * that the commands need no options beside a citizen's name. */
#ifndef COMMAND_DEMO_H
#define COMMAND_DEMO_H

#include <jansson.h>
#include <stdbool.h>

enum { DEMO_TEXT_MAX = 4096 };

/* Set by options, filled up by demo_complete. */
struct demo {
    const char *folder;   /* --demo; standard: build/demo */
    const char *citizens; /* --citizens; standard: adapters/sandbox/citizens.json */
    const char *certs;    /* --certs; standard: <folder>/certs */
    const char *gateway;  /* --gateway; standard: https://localhost:<port of overblikd> */
    const char *issuer;   /* --issuer; standard: https://localhost:<port of demo-issuer> */
    const char *audience; /* --audience; standard: demo-portal */
    char certs_text[DEMO_TEXT_MAX], gateway_text[64], issuer_text[64];
};

/* Fills in what was not given. False: a message said on stderr what is missing and what to do. */
bool demo_complete(struct demo *demo, bool needs_gateway) __attribute__((warn_unused_result));

/* The citizen of this id or name, a new reference; NULL: said on stderr, with those there are. */
json_t *demo_citizen(const struct demo *demo, const char *name);

/* Adds "?municipality=0710&municipality=0101" to a URL: the codes given ("0710,0101"), or NULL: of
 * where the citizen lives or lived. `separator` stands in front of the first. */
struct buf;
void demo_add_municipalities(const json_t *citizen, const char *given, char separator,
                             struct buf *url);

/* A token for the citizen, who logged in `login_age_s` seconds ago, for the caller to free; NULL:
 * said on stderr. */
char *demo_token(const struct demo *demo, const json_t *citizen, const char *alg, int life_s,
                 int login_age_s);

/* Their entries for getopt_long, all told by the same value. */
#define DEMO_OPTIONS(value)                                                                        \
    {"demo", required_argument, NULL, (value)}, {"citizens", required_argument, NULL, (value)},    \
        {"certs", required_argument, NULL, (value)},                                               \
        {"gateway", required_argument, NULL, (value)},                                             \
        {"issuer", required_argument, NULL, (value)},                                              \
    {                                                                                              \
        "audience", required_argument, NULL, (value)                                               \
    }

/* One of the options above, by its long name without dashes; false: not one of them. */
bool demo_option(struct demo *demo, const char *name, const char *value);
void demo_print_options(void);

#endif
