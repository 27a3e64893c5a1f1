/* SPDX-License-Identifier: MIT */
/* owners: what the commands of those who hand documents in share: verbs as a table, their options,
 * one question to the operators' door, and what it answers. */
#ifndef COMMAND_OWNERS_H
#define COMMAND_OWNERS_H

#include "command/admin_client.h"

/* What stands behind the verb and the document's name. */
enum owners_argument { TAKES_NOTHING, TAKES_FILE, TAKES_VERSION, MAY_TAKE_VERSION };

struct owners_verb {
    const char *name, *help;
    const char *method, *suffix; /* "/activate" */
    enum owners_argument argument;
    bool has_no_name; /* it is about all documents */
    void (*print)(const json_t *answer);
};

struct owners_command {
    const char *name;   /* "rules" */
    const char *what;   /* the document's name, for people: "CODE" */
    const char *prefix; /* "/exposure" */
    const char *help;   /* options of its own */
    const struct owners_verb *verbs;
    size_t count;
};

int owners_run(const struct owners_command *command, int argc, char **argv);
/* "id version 3: draft" of an answer that a step was taken. */
void owners_print_step(const json_t *answer);
/* {"steps"} of an answer, a line each. */
void owners_print_steps(const json_t *answer);

#endif
