/* SPDX-License-Identifier: MIT */
/* portal: the reference portal: a citizen logs in at the broker, and sees here what the gateway
 * answers. One loop, one thread. It asks the broker and the gateway's public interface, and nobody
 * else; it keeps sessions in memory, and nothing else. */
#ifndef PORTAL_PORTAL_H
#define PORTAL_PORTAL_H

#include "net/http.h"
#include "portal/assets.h"
#include "portal/config.h"
#include "portal/session.h"

struct visit;

struct portal {
    struct config config;
    struct loop *loop;
    struct fetch_pool *pool;
    struct http_server *server;
    struct sessions *sessions;
    struct assets *assets;
    char url[300];                             /* as browsers reach us, without a slash */
    char authorize[1024], token_endpoint[512]; /* the broker's, "": not asked yet */
};

/* The program; returns its exit status. */
int portal_main(int argc, char **argv);

#endif
