/* SPDX-License-Identifier: MIT */
#include "command/demo.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "adapters/sandbox/demo_token.h"
#include "base/buf.h"

bool demo_option(struct demo *demo, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **field;
    } options[] = {{"demo", &demo->folder},   {"citizens", &demo->citizens},
                   {"certs", &demo->certs},   {"gateway", &demo->gateway},
                   {"issuer", &demo->issuer}, {"audience", &demo->audience}};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(name, options[i].name) == 0) {
            *options[i].field = value;
            return true;
        }
    return false;
}

void demo_print_options(void)
{
    printf("where things are (./run demo puts them there by itself):\n"
           "  --demo DIR       the demo's folder (build/demo)\n"
           "  --certs DIR      certificates and keys (DIR/certs of the demo)\n"
           "  --citizens FILE  the sandbox's persons (adapters/sandbox/citizens.json)\n"
           "  --gateway URL    the gateway (the demo's)\n"
           "  --issuer URL     who the token says it is from (the demo's)\n"
           "  --audience NAME  the portal (demo-portal)\n");
}

/* A port out of a ports file of the demo, as https://localhost:<port>. */
static bool read_port(const struct demo *demo, const char *file, const char *name, char *url,
                      size_t size)
{
    char path[DEMO_TEXT_MAX];
    snprintf(path, sizeof path, "%s/%s", demo->folder, file);
    json_t *ports = json_load_file(path, 0, NULL);
    json_int_t port = json_integer_value(json_object_get(ports, name));
    json_decref(ports);
    if (port > 0)
        snprintf(url, size, "https://localhost:%lld", (long long)port);
    else
        fprintf(stderr,
                "overblik: %s does not name a port for %s. Is the demo running? Start it "
                "with ./run demo, or use --gateway and --issuer.\n",
                path, name);
    return port > 0;
}

bool demo_complete(struct demo *demo, bool needs_gateway)
{
    if (!demo->folder)
        demo->folder = "build/demo";
    if (!demo->citizens)
        demo->citizens = "adapters/sandbox/citizens.json";
    if (!demo->audience)
        demo->audience = "demo-portal";
    if (!demo->certs) {
        snprintf(demo->certs_text, sizeof demo->certs_text, "%s/certs", demo->folder);
        demo->certs = demo->certs_text;
    }
    if (!demo->issuer) {
        if (!read_port(demo, "sandbox.json", "demo-issuer", demo->issuer_text,
                       sizeof demo->issuer_text))
            return false;
        demo->issuer = demo->issuer_text;
    }
    if (!demo->gateway && needs_gateway) {
        if (!read_port(demo, "overblikd.json", "tls", demo->gateway_text,
                       sizeof demo->gateway_text))
            return false;
        demo->gateway = demo->gateway_text;
    }
    return true;
}

json_t *demo_citizen(const struct demo *demo, const char *name)
{
    json_error_t error;
    json_t *citizens = json_load_file(demo->citizens, 0, &error);
    json_t *citizen = NULL, *found = NULL;
    size_t i;

    if (!json_is_array(citizens)) {
        fprintf(stderr, "overblik: %s: %s\n", demo->citizens,
                citizens ? "expected an array of persons" : error.text);
        json_decref(citizens);
        return NULL;
    }
    json_array_foreach(citizens, i, citizen)
    {
        const char *id = json_string_value(json_object_get(citizen, "id"));
        const char *full = json_string_value(json_object_get(citizen, "name"));
        if ((id && strcasecmp(id, name) == 0) || (full && strcasecmp(full, name) == 0))
            found = json_incref(citizen);
    }
    if (!found) {
        fprintf(stderr, "overblik: there is no citizen %s in %s. There are:\n", name,
                demo->citizens);
        json_array_foreach(citizens, i, citizen)
            fprintf(stderr, "  %-10s %s\n", json_string_value(json_object_get(citizen, "id")),
                    json_string_value(json_object_get(citizen, "story_en")));
    }
    json_decref(citizens);
    return found;
}

void demo_add_municipalities(const json_t *citizen, const char *given, char separator,
                             struct buf *url)
{
    const json_t *code;
    size_t i;

    for (struct str rest = str_of(given); rest.at; separator = '&') {
        struct str one = str_split(&rest, ',');
        buf_format(url, "%cmunicipality=%.*s", separator, STR_ARG(one));
    }
    if (given)
        return;
    json_array_foreach(json_object_get(citizen, "municipalities"), i, code)
    {
        buf_format(url, "%cmunicipality=%s", separator, json_string_value(code));
        separator = '&';
    }
}

char *demo_token(const struct demo *demo, const json_t *citizen, const char *alg, int life_s,
                 int login_age_s)
{
    char *token = NULL;
    if (demo_token_make(demo->certs, citizen, demo->issuer, demo->audience, alg, clock_wall(),
                        life_s, login_age_s, &token))
        return token;
    fprintf(stderr, "overblik: no %s token could be signed with the keys in %s\n", alg,
            demo->certs);
    return NULL;
}
