/* SPDX-License-Identifier: MIT */
/* config: the portal's configuration, conf/portal.json: where it listens, the login broker, the
 * gateway, and how long a session lives. */
#ifndef PORTAL_CONFIG_H
#define PORTAL_CONFIG_H

#include <jansson.h>

#include "net/fetch.h"

/* A server that the portal asks, as configured. */
struct config_server {
    const char *url; /* "https://host:port" */
    struct fetch_target target;
};

struct config {
    json_t *json; /* owns every text */
    const char *address;
    int port; /* 0: the kernel chooses */
    const char *certificate, *key;
    const char *url; /* as browsers reach the portal; NULL: https://localhost:<port> */
    struct config_server broker, gateway;
    const char *client, *scope;
    const char *assets; /* folder */
    int sessions_max, logins_max, idle_s, life_s;
};

/* False: *why is a text for the operator, valid until the next call. */
bool config_read(const char *path, struct config *config, const char **why)
    __attribute__((warn_unused_result));
void config_clear(struct config *config);

#endif
