/* SPDX-License-Identifier: MIT */
#include "portal/config.h"

#include <stdio.h>

enum { CONNECTIONS_MAX = 256, PORT_MAX = 65535, SESSIONS_MAX = 1000000, LIFE_MAX_S = 86400 };

static char complaint[400];

static bool complain(const char **why, const char *path, const char *what)
{
    snprintf(complaint, sizeof complaint, "%s: %s", path, what);
    *why = complaint;
    return false;
}

static bool read_all(struct config *config, json_error_t *error)
{
    struct config_server *broker = &config->broker, *gateway = &config->gateway;
    const char *broker_ca, *gateway_ca, *certificate = NULL, *key = NULL;
    if (json_unpack_ex(
            config->json, error, JSON_STRICT,
            "{s:{s:s, s:i}, s:{s:s, s:s}, s?s, s:{s:s, s:s, s:s, s:s},"
            " s:{s:s, s:s, s?s, s?s}, s:s, s:{s:i, s:i, s:i, s:i}}",
            "listen", "address", &config->address, "port", &config->port, "tls", "certificate",
            &config->certificate, "key", &config->key, "url", &config->url, "broker", "issuer",
            &broker->url, "ca", &broker_ca, "client", &config->client, "scope", &config->scope,
            "gateway", "url", &gateway->url, "ca", &gateway_ca, "certificate", &certificate, "key",
            &key, "assets", &config->assets, "sessions", "max", &config->sessions_max, "logins_max",
            &config->logins_max, "idle_s", &config->idle_s, "life_s", &config->life_s) != 0)
        return false;
    broker->target = (struct fetch_target){.url = str_of(broker->url),
                                           .ca_file = str_of(broker_ca),
                                           .connections_max = CONNECTIONS_MAX};
    gateway->target = (struct fetch_target){.url = str_of(gateway->url),
                                            .ca_file = str_of(gateway_ca),
                                            .cert_file = str_of(certificate),
                                            .key_file = str_of(key),
                                            .connections_max = CONNECTIONS_MAX};
    broker->target.identity = fetch_target_identity(&broker->target);
    gateway->target.identity = fetch_target_identity(&gateway->target);
    return true;
}

static bool is_within(int value, int least, int most)
{
    return value >= least && value <= most;
}

/* An origin: a scheme and a host, no path. */
static bool is_origin(const char *url)
{
    return strncmp(url, "https://", 8) == 0 && !strchr(url + 8, '/');
}

/* NULL: nothing is wrong with it. */
static const char *judge(const struct config *config)
{
    if (!is_within(config->port, 0, PORT_MAX))
        return "listen.port: 0 to 65535 expected";
    if (!is_origin(config->broker.url) || !is_origin(config->gateway.url) ||
        (config->url && !is_origin(config->url)))
        return "url, broker.issuer and gateway.url: \"https://host[:port]\" expected";
    if (!is_within(config->sessions_max, 1, SESSIONS_MAX) ||
        !is_within(config->logins_max, 1, SESSIONS_MAX))
        return "sessions.max and sessions.logins_max: 1 to 1000000 expected";
    if (!is_within(config->idle_s, 1, LIFE_MAX_S) || !is_within(config->life_s, 1, LIFE_MAX_S))
        return "sessions.idle_s and sessions.life_s: 1 to 86400 expected";
    return NULL;
}

bool config_read(const char *path, struct config *config, const char **why)
{
    json_error_t error;
    *config = (struct config){0};
    config->json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!config->json) {
        char what[300];
        snprintf(what, sizeof what, "%d:%d: %.200s", error.line, error.column, error.text);
        return complain(why, path, what);
    }
    if (!read_all(config, &error))
        return complain(why, path, error.text);
    const char *wrong = judge(config);
    return wrong ? complain(why, path, wrong) : true;
}

void config_clear(struct config *config)
{
    json_decref(config->json);
    *config = (struct config){0};
}
