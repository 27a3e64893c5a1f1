/* SPDX-License-Identifier: MIT */
/* sandbox: all authorities with the control port and the issuer of demo tokens, on one loop. */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include "net/loop.h"

enum { SANDBOX_WHY_MAX = 512, SANDBOX_FILE_SETS_MAX = 4 };

struct sandbox_options {
    const char *certs_dir;   /* of certs/make-certs */
    const char *data_dir;    /* citizens.json and data/ */
    const char *ports_file;  /* NULL: none; written when all listen */
    const char *capture_dir; /* NULL: nothing is kept */
    const char *gateway_id;  /* `iss` of the gateway's tokens */
    const char *issuer;      /* `iss` of demo tokens; NULL: the issuer server's own address */
    uint16_t port_base;      /* first port; 0: the kernel chooses each */
    uint16_t control_port;   /* 0: after the others, or the kernel's choice */
    const char *file_sets[SANDBOX_FILE_SETS_MAX]; /* more authorities, file_set.h */
    size_t file_set_count;
    bool insecure; /* plain http, no client certificates: for benches */
};

struct sandbox;
/* All listen. NULL: `why` says what is wrong. */
struct sandbox *sandbox_new(struct loop *loop, const struct sandbox_options *options,
                            char why[SANDBOX_WHY_MAX]);
void sandbox_free(struct sandbox **sandbox);

#endif
