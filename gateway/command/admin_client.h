/* SPDX-License-Identifier: MIT */
/* admin_client: what the operators' and owners' commands share: where the gateway is, by its socket
 * or by TLS with a certificate, one question to it, and an answer for people or as it came. Blocks:
 * a command has nothing else to do. */
#ifndef COMMAND_ADMIN_CLIENT_H
#define COMMAND_ADMIN_CLIENT_H

#include <jansson.h>
#include <stdbool.h>

struct admin_client {
    const char *socket; /* --socket; standard: admin.socket of the configuration */
    const char *config; /* -c; standard: the demo's, else /etc/overblik, else conf */
    bool json;          /* --json: the answer as it came */
    /* by TLS, in place of the socket: */
    const char *url;                    /* --url: https://host:port */
    const char *certificate, *key, *ca; /* --certificate, --key, --ca: files, PEM */
};

/* Their entries for getopt_long, all told by the same value. */
#define ADMIN_OPTIONS(value)                                                                       \
    {"socket", required_argument, NULL, (value)}, {"config", required_argument, NULL, (value)},    \
        {"url", required_argument, NULL, (value)},                                                 \
        {"certificate", required_argument, NULL, (value)},                                         \
        {"key", required_argument, NULL, (value)}, {"ca", required_argument, NULL, (value)},       \
    {                                                                                              \
        "json", no_argument, NULL, (value)                                                         \
    }
/* One of the options above, by its long name; false: not one of them. */
bool admin_option(struct admin_client *client, const char *name, const char *value);
void admin_print_options(void);

/* Asks, with `body` (borrowed; NULL: none). EX_OK: *answer is a new reference. Else the exit status
 * of the command, and what went wrong, with what to do next, stands on stderr. */
int admin_ask(const struct admin_client *client, const char *method, const char *path,
              const json_t *body, json_t **answer);
/* The same with a document as it stands in a file, and why it is sent ("" or NULL: not said). */
int admin_send(const struct admin_client *client, const char *method, const char *path,
               const char *document, const char *reason, json_t **answer);
/* Prints the faults of an answer 422, "file:line:column: what", on stderr; true: it was one. */
bool admin_print_faults(const json_t *answer, const char *file);
/* Prints it as it came. */
void admin_print_json(const json_t *answer);

/* Members for printing: "-" when there is none. */
const char *admin_member(const json_t *object, const char *name);
long long admin_number(const json_t *object, const char *name); /* 0: none */

#endif
