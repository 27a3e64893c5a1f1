/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/sandbox.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "adapters/sandbox/control.h"
#include "adapters/sandbox/file_set.h"
#include "adapters/sandbox/issuer.h"
#include "base/die.h"
#include "net/tls.h"

_Static_assert((int)SANDBOX_FILE_SETS_MAX <= (int)RULES_MORE_MAX, "each may be at fault");
enum { SERVERS_MAX = 16, PATH_BYTES = 4096 };

struct sandbox {
    struct sandbox_options options;
    struct sandbox_world world;
    json_t *citizens;
    struct key_set *gateway_keys;
    struct sandbox_server *servers[SERVERS_MAX];
    struct sandbox_file_set file_sets[SANDBOX_FILE_SETS_MAX];
    struct sandbox_control control;
    struct http_server *control_door, *issuer_door;
    struct sandbox_issuer issuer;
    SSL_CTX *issuer_tls;
    char jwks_file[PATH_BYTES];
    json_t *ports;
    uint16_t next_port; /* 0: the kernel chooses */
};

/* The port for whoever listens next. */
static uint16_t port_take(struct sandbox *sandbox)
{
    return sandbox->next_port ? sandbox->next_port++ : 0;
}

static void port_note(struct sandbox *sandbox, const char *name, uint16_t port)
{
    json_object_set_new(sandbox->ports, name, json_integer(port));
}

static bool fail(char why[SANDBOX_WHY_MAX], const char *what, const char *reason)
{
    snprintf(why, SANDBOX_WHY_MAX, "%.240s: %.240s", what, reason);
    return false;
}

static bool load_gateway_keys(struct sandbox *sandbox, char why[SANDBOX_WHY_MAX])
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/assertion.jwks.json", sandbox->options.certs_dir);
    json_error_t error;
    json_t *jwks = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    char *text = jwks ? json_dumps(jwks, JSON_COMPACT) : NULL;
    const char *reason = error.text;
    if (text)
        sandbox->gateway_keys = key_set_parse(str_of(text), &reason);
    free(text);
    json_decref(jwks);
    return sandbox->gateway_keys || fail(why, path, reason);
}

static bool load_world(struct sandbox *sandbox, char why[SANDBOX_WHY_MAX])
{
    const struct sandbox_options *options = &sandbox->options;
    char reason[DATA_WHY_MAX] = "";
    sandbox->citizens = sandbox_citizens_load(options->data_dir, reason);
    if (!sandbox->citizens || !sandbox_rules_check_citizens(sandbox->citizens, reason))
        return fail(why, "citizens", reason);
    if (!load_gateway_keys(sandbox, why))
        return false;
    sandbox->world.citizens = sandbox->citizens;
    sandbox->world.gateway_keys = sandbox->gateway_keys;
    sandbox->world.gateway_id = str_of(options->gateway_id);
    sandbox->world.certs_dir = options->certs_dir;
    sandbox->world.data_dir = options->data_dir;
    sandbox->world.capture_dir = options->capture_dir;
    sandbox->world.insecure = options->insecure;
    return true;
}

static bool start_authority(struct sandbox *sandbox, const struct sandbox_authority *authority,
                            size_t *count, char why[SANDBOX_WHY_MAX])
{
    char reason[SERVER_WHY_MAX] = "";
    assert(*count < SERVERS_MAX);
    struct sandbox_server *server =
        sandbox_server_new(&sandbox->world, authority, port_take(sandbox), reason);
    if (!server)
        return fail(why, authority->name.at, reason);
    sandbox->servers[(*count)++] = server;
    port_note(sandbox, authority->name.at, sandbox_server_port(server));
    return true;
}

static bool start_authorities(struct sandbox *sandbox, char why[SANDBOX_WHY_MAX])
{
    const struct sandbox_authority *authority;
    const struct sandbox_options *options = &sandbox->options;
    size_t count = 0;
    while ((authority = sandbox_authority_at(count)))
        if (!start_authority(sandbox, authority, &count, why))
            return false;
    for (size_t i = 0; i < options->file_set_count; i++) {
        struct sandbox_file_set *set = &sandbox->file_sets[i];
        char reason[DATA_WHY_MAX] = "";
        if (!sandbox_file_set_load(set, options->file_sets[i], reason))
            return fail(why, "file set", reason);
        sandbox->world.rules.more[sandbox->world.rules.more_count++] = &set->authority;
        if (!start_authority(sandbox, &set->authority, &count, why))
            return false;
    }
    sandbox->control = (struct sandbox_control){&sandbox->world, sandbox->servers, count};
    return true;
}

static bool start_issuer(struct sandbox *sandbox, char why[SANDBOX_WHY_MAX])
{
    const struct sandbox_options *options = &sandbox->options;
    struct http_settings settings = http_settings_standard();
    const char *reason = NULL;
    uint16_t port = 0;
    if (!options->insecure) {
        char cert[PATH_BYTES], key[PATH_BYTES];
        snprintf(cert, sizeof cert, "%s/broker.pem", options->certs_dir);
        snprintf(key, sizeof key, "%s/broker.key", options->certs_dir);
        sandbox->issuer_tls =
            tls_server_new(&(struct tls_server_spec){.cert_file = cert, .key_file = key}, &reason);
        if (!sandbox->issuer_tls)
            return fail(why, "demo-issuer", reason);
    }
    struct sandbox_issuer *issuer = &sandbox->issuer;
    sandbox->issuer_door =
        http_server_new(sandbox->world.loop, &settings, sandbox_issuer_handle, issuer);
    if (!http_server_listen(sandbox->issuer_door, "127.0.0.1", port_take(sandbox), false,
                            sandbox->issuer_tls, &port, &reason))
        return fail(why, "demo-issuer", reason);
    port_note(sandbox, "demo-issuer", port);

    snprintf(sandbox->jwks_file, PATH_BYTES, "%s/jwks.json", options->certs_dir);
    issuer->jwks_file = sandbox->jwks_file;
    snprintf(issuer->base, sizeof issuer->base, "%s://localhost:%u",
             options->insecure ? "http" : "https", port);
    snprintf(issuer->issuer, sizeof issuer->issuer, "%s",
             options->issuer ? options->issuer : issuer->base);
    return true;
}

static bool start_control(struct sandbox *sandbox, char why[SANDBOX_WHY_MAX])
{
    struct http_settings settings = http_settings_standard();
    const char *reason = NULL;
    uint16_t wanted = sandbox->options.control_port, port = 0;
    sandbox->control_door =
        http_server_new(sandbox->world.loop, &settings, sandbox_control_handle, &sandbox->control);
    if (!http_server_listen(sandbox->control_door, "127.0.0.1",
                            wanted ? wanted : port_take(sandbox), false, NULL, &port, &reason))
        return fail(why, "control", reason);
    port_note(sandbox, "control", port);
    return true;
}

/* Appears whole: who waits for the file never reads half of it. */
static bool write_ports(const struct sandbox *sandbox, char why[SANDBOX_WHY_MAX])
{
    const char *path = sandbox->options.ports_file;
    char unfinished[PATH_BYTES];
    if (!path)
        return true;
    snprintf(unfinished, sizeof unfinished, "%s.new", path);
    if (json_dump_file(sandbox->ports, unfinished, JSON_INDENT(1)) || rename(unfinished, path))
        return fail(why, path, strerror(errno));
    return true;
}

struct sandbox *sandbox_new(struct loop *loop, const struct sandbox_options *options,
                            char why[SANDBOX_WHY_MAX])
{
    struct sandbox *sandbox = die_calloc(1, sizeof *sandbox);
    sandbox->options = *options;
    sandbox->world.loop = loop;
    sandbox->next_port = options->port_base;
    sandbox->ports = json_object();
    if (!load_world(sandbox, why) || !start_authorities(sandbox, why) ||
        !start_issuer(sandbox, why) || !start_control(sandbox, why) || !write_ports(sandbox, why))
        sandbox_free(&sandbox);
    return sandbox;
}

void sandbox_free(struct sandbox **slot)
{
    struct sandbox *sandbox = *slot;
    if (!sandbox)
        return;
    *slot = NULL;
    if (sandbox->control_door)
        http_server_free(&sandbox->control_door);
    if (sandbox->issuer_door)
        http_server_free(&sandbox->issuer_door);
    if (sandbox->issuer_tls)
        tls_server_free(&sandbox->issuer_tls);
    for (size_t i = 0; i < SERVERS_MAX; i++)
        sandbox_server_free(&sandbox->servers[i]);
    for (size_t i = 0; i < SANDBOX_FILE_SETS_MAX; i++)
        sandbox_file_set_clear(&sandbox->file_sets[i]);
    if (sandbox->gateway_keys)
        key_set_unref(&sandbox->gateway_keys);
    json_decref(sandbox->citizens);
    json_decref(sandbox->ports);
    free(sandbox);
}
