/* SPDX-License-Identifier: MIT */
#include "policy/settings.h"

#include "net/address.h"

#include <inttypes.h>

/* ---- the tables of the header as rows ---- */

struct number {
    const char *section, *name;
    int64_t standard, least, most;
    const char *help;
    size_t offset; /* of an int64_t in struct settings */
};
static const struct number numbers[] = {
#define X(name, field, standard, least, most, help)                                                \
    {"listen", #name, standard, least, most, help, offsetof(struct settings, field)},
    LISTEN_SETTINGS(X)
#undef X
#define X(section, name, standard, least, most, help)                                              \
    {#section, #name, standard, least, most, help, offsetof(struct settings, section##_##name)},
        SETTINGS(X)
#undef X
#define X(name, standard, least, most, help)                                                       \
    {"door", #name, standard, least, most, help, offsetof(struct settings, door.name)},
            HTTP_SETTINGS(X)
#undef X
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

struct words {
    const char *section, *name; /* section "": of the file itself */
    const char *standard;       /* NULL: none */
    const char *help;
    size_t offset; /* of a struct str */
};
static const struct words texts[] = {
#define X(section, name, field, standard, help)                                                    \
    {#section, #name, standard, help, offsetof(struct settings, field)},
    TEXT_SETTINGS(X)
#undef X
};
enum { TEXTS = sizeof texts / sizeof *texts };

static const char *const sections[] = {"",          "listen",  "tls",         "keys",     "record",
                                       "log",       "time",    "limits",      "fetch",    "door",
                                       "attention", "export",  "corrections", "consents", "folders",
                                       "admin",     "explain", "registration"};
enum { SECTIONS = sizeof sections / sizeof *sections };

const char *const settings_environments[SETTINGS_ENVIRONMENTS] = {"production", "test"};

static bool is_path(const struct words *row)
{
    return strncmp(row->help, "file: ", 6) == 0 || strncmp(row->help, "folder: ", 8) == 0;
}

struct str settings_path(struct str base, struct str name, struct arena *arena)
{
    if (!name.at || base.len == 0 || name.at[0] == '/')
        return name;
    return arena_format(arena, "%.*s%s%.*s", STR_ARG(base), base.at[base.len - 1] == '/' ? "" : "/",
                        STR_ARG(name));
}

/* ---- reading ---- */

static struct node section_of(struct node root, const char *section, struct faults *faults)
{
    return section[0] ? node_member(root, section, faults) : root;
}

static struct node setting(struct node root, const char *section, const char *name,
                           struct faults *faults)
{
    return node_member(section_of(root, section, faults), name, faults);
}

/* Complains of members of a section that no table names. */
static void check_names(struct node root, const char *section, struct faults *faults)
{
    const char *known[NUMBERS + TEXTS + SECTIONS + 2];
    size_t count = 0;

    for (size_t i = 0; i < NUMBERS; i++)
        if (strcmp(numbers[i].section, section) == 0)
            known[count++] = numbers[i].name;
    for (size_t i = 0; i < TEXTS; i++)
        if (strcmp(texts[i].section, section) == 0)
            known[count++] = texts[i].name;
    if (!section[0]) {
        for (size_t i = 1; i < SECTIONS; i++)
            known[count++] = sections[i];
        known[count++] = "issuers"; /* policy/issuer reads it */
        known[count++] = "test_citizens";
        known[count++] = "classification"; /* policy/classification_source */
        known[count++] = "mandates";       /* policy/mandate_service */
    }
    node_only(section_of(root, section, faults), known, count, faults);
}

void settings_parse(struct node root, struct str base, struct settings *settings,
                    struct faults *faults)
{
    *settings = (struct settings){0};
    for (size_t i = 0; i < SECTIONS; i++)
        check_names(root, sections[i], faults);
    for (size_t i = 0; i < NUMBERS; i++) {
        const struct number *row = &numbers[i];

        *(int64_t *)((char *)settings + row->offset) =
            node_int(setting(root, row->section, row->name, faults), row->standard, row->least,
                     row->most, faults);
    }
    for (size_t i = 0; i < TEXTS; i++) {
        const struct words *row = &texts[i];
        struct str text = node_str(setting(root, row->section, row->name, faults), faults);

        if (!text.at)
            text = str_of(row->standard);
        *(struct str *)((char *)settings + row->offset) =
            is_path(row) ? settings_path(base, text, faults->arena) : text;
    }
}

/* ---- rules ---- */

enum { NODE_NAME_MAX = 64 };

static void need(struct node root, const char *section, const char *name, struct str value,
                 const char *why, struct faults *faults)
{
    struct node node = setting(root, section, name, faults);

    if (!value.at && !node_is_present(node))
        node_fault(node, faults, "is needed: %s", why);
}

static void check_needed(struct node root, const struct settings *settings, struct faults *faults)
{
    need(root, "", "gateway_id", settings->gateway_id, "sources know our tokens by it", faults);
    need(root, "keys", "assertion", settings->assertion_key, "without it no source answers us",
         faults);
    need(root, "keys", "handle", settings->handle_key, "items leave with handles only", faults);
    need(root, "keys", "pseudonym", settings->pseudonym_key,
         "the access record holds no personal numbers", faults);
    need(root, "record", "checkpoint_key", settings->record_checkpoint_key,
         "it signs the access record", faults);
    if (settings->listen_port >= 0) {
        need(root, "tls", "certificate", settings->tls_certificate, "the TLS door shows it",
             faults);
        need(root, "tls", "key", settings->tls_key, "the certificate's private key", faults);
    } else if (settings->listen_plain_port < 0) {
        node_fault(setting(root, "listen", "port", faults), faults,
                   "nobody can come in: neither port nor plain_port is open");
    }
}

static void check_admin(struct node root, const struct settings *settings, struct faults *faults)
{
    if (!str_equal(settings->log_format, STR("json")) &&
        !str_equal(settings->log_format, STR("text")))
        node_fault(setting(root, "log", "format", faults), faults, "expected json or text");
    if (settings->admin_port < 0)
        return;
    need(root, "admin", "client_ca", settings->admin_client_ca,
         "operators come in by their certificates", faults);
    need(root, "tls", "certificate", settings->tls_certificate, "the operators' door shows it too",
         faults);
    need(root, "tls", "key", settings->tls_key, "the certificate's private key", faults);
}

static void check_times(struct node root, const struct settings *settings, struct faults *faults)
{
    if (settings->time_soft_ms + settings->time_margin_ms > settings->time_hard_ms)
        node_fault(setting(root, "time", "soft_ms", faults), faults,
                   "%" PRId64 " and margin_ms %" PRId64 " must fit into hard_ms %" PRId64,
                   settings->time_soft_ms, settings->time_margin_ms, settings->time_hard_ms);
    if (settings->time_wait_least_ms > settings->time_soft_ms)
        node_fault(setting(root, "time", "wait_least_ms", faults), faults,
                   "%" PRId64 " is more than soft_ms %" PRId64, settings->time_wait_least_ms,
                   settings->time_soft_ms);
    if (settings->keys_jwks_refresh_s > settings->keys_jwks_stale_max_s)
        node_fault(setting(root, "keys", "jwks_refresh_s", faults), faults,
                   "%" PRId64 " is more than jwks_stale_max_s %" PRId64
                   ": keys would be too old before they are refreshed",
                   settings->keys_jwks_refresh_s, settings->keys_jwks_stale_max_s);
}

/* It stands in records and in the lines of checkpoints. */
static bool is_node_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '.' && c != '-')
            return false;
    }
    return name.len > 0 && name.len <= NODE_NAME_MAX;
}

static void check_environment(struct node root, const struct settings *settings,
                              struct faults *faults)
{
    struct node node = setting(root, "", "environment", faults);

    for (size_t i = 0; i < SETTINGS_ENVIRONMENTS; i++)
        if (str_equal(settings->environment, str_of(settings_environments[i])))
            return;
    node_fault(node, faults, "expected production or test");
}

void settings_check(struct node root, const struct settings *settings, struct faults *faults)
{
    check_environment(root, settings, faults);
    check_needed(root, settings, faults);
    check_times(root, settings, faults);
    check_admin(root, settings, faults);
    if (settings->record_postgres.at &&
        str_find(settings->record_postgres, STR("password=")) < settings->record_postgres.len)
        node_fault(setting(root, "record", "postgres", faults), faults,
                   "holds a password: name a file that holds it, by passfile=");
    if (!is_node_name(settings->record_node))
        node_fault(setting(root, "record", "node", faults), faults,
                   "expected at most %d letters, digits, points and hyphens", NODE_NAME_MAX);
    if (settings->limits_answer_max > settings->limits_output_max)
        node_fault(setting(root, "limits", "answer_max", faults), faults,
                   "%" PRId64 " is more than output_max %" PRId64, settings->limits_answer_max,
                   settings->limits_output_max);
    struct address_ranges ranges;
    if (settings->registration_addresses_allowed.at &&
        !address_ranges_parse(settings->registration_addresses_allowed, &ranges))
        node_fault(setting(root, "registration", "addresses_allowed", faults), faults,
                   "expected ranges as \"10.1.0.0/16,2001:db8::/32\"");
    /* A record that comes late lets all parts leave in one turn: an honest client must have room.
     */
    if (settings->limits_output_max > settings->door.unsent_max)
        node_fault(setting(root, "door", "unsent_max", faults), faults,
                   "%" PRId64 " is less than limits.output_max %" PRId64, settings->door.unsent_max,
                   settings->limits_output_max);
}

/* ---- for people ---- */

void settings_describe(struct buf *out)
{
    for (size_t s = 0; s < SECTIONS; s++) {
        for (size_t i = 0; i < TEXTS; i++) {
            const struct words *row = &texts[i];

            if (strcmp(row->section, sections[s]) == 0)
                buf_format(out, "%s%s%s  (%s)\n    %s\n", row->section, row->section[0] ? "." : "",
                           row->name, row->standard ? row->standard : "none", row->help);
        }
        for (size_t i = 0; i < NUMBERS; i++) {
            const struct number *row = &numbers[i];

            if (strcmp(row->section, sections[s]) == 0)
                buf_format(out, "%s.%s  (%" PRId64 "; %" PRId64 " to %" PRId64 ")\n    %s\n",
                           row->section, row->name, row->standard, row->least, row->most,
                           row->help);
        }
    }
}
