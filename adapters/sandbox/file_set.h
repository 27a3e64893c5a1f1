/* SPDX-License-Identifier: MIT */
/* file_set: an authority that nobody wrote in C: one JSON file says what it is called, where its
 * one service is and what it answers about whom. README.md has the format. */
#ifndef SANDBOX_FILE_SET_H
#define SANDBOX_FILE_SET_H

#include "adapters/sandbox/data.h"

struct sandbox_file_set {
    struct sandbox_authority authority; /* borrows from the rest */
    struct sandbox_service service;
    json_t *root;
};

/* False: `why` names the file and what is wrong. */
bool sandbox_file_set_load(struct sandbox_file_set *set, const char *path, char why[DATA_WHY_MAX])
    __attribute__((warn_unused_result));
void sandbox_file_set_clear(struct sandbox_file_set *set);

#endif
