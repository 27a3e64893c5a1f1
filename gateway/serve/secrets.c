/* SPDX-License-Identifier: MIT */
#include "serve/secrets.h"

#include "identity/consent_token.h"
#include "overview/handle.h"
#include "serve/configuration.h"

static void load_handle_key(const struct settings *settings, struct arena *arena,
                            struct secrets *secrets, struct faults *faults)
{
    const char *why = NULL;

    secrets->handle_key = configuration_file(settings->handle_key, arena, faults);
    if (!secrets->handle_key.at)
        return;
    struct handle_maker *maker = handle_maker_new(secrets->handle_key, &why);
    if (!maker)
        faults_add(faults, settings->handle_key, "%s", why);
    handle_maker_free(&maker);
}

static void load_consent_keys(const struct settings *settings, struct arena *arena,
                              struct secrets *secrets, struct faults *faults)
{
    const char *why = NULL;

    if (!settings->consents_keys.at)
        return;
    secrets->consent_keys = configuration_file(settings->consents_keys, arena, faults);
    if (!secrets->consent_keys.at)
        return;
    struct consent_sealer *sealer = consent_sealer_new(secrets->consent_keys, &why);
    if (!sealer)
        faults_add(faults, settings->consents_keys, "%s", why);
    consent_sealer_free(&sealer);
}

static void load_door(const struct settings *settings, struct secrets *secrets,
                      struct faults *faults)
{
    const struct tls_server_spec spec = {
        .cert_file = settings->tls_certificate.at,
        .key_file = settings->tls_key.at,
        .client_ca_file = settings->tls_client_ca.at,
        .clients = settings->tls_client_ca.at ? TLS_CLIENTS_OPTIONAL : TLS_CLIENTS_ANY,
    };
    const char *why = NULL;

    if (settings->listen_port < 0)
        return;
    secrets->tls = tls_server_new(&spec, &why);
    if (!secrets->tls)
        faults_add(faults, settings->tls_certificate, "%s", why);
}

static void load_operators_door(const struct settings *settings, struct secrets *secrets,
                                struct faults *faults)
{
    const struct tls_server_spec spec = {
        .cert_file = settings->tls_certificate.at,
        .key_file = settings->tls_key.at,
        .client_ca_file = settings->admin_client_ca.at,
        .clients = TLS_CLIENTS_REQUIRED,
    };
    const char *why = NULL;

    if (settings->admin_port < 0)
        return;
    secrets->operators_tls = tls_server_new(&spec, &why);
    if (!secrets->operators_tls)
        faults_add(faults, settings->admin_client_ca, "%s", why);
}

void secrets_load(const struct snapshot *snapshot, struct arena *arena, struct secrets *secrets,
                  struct faults *faults)
{
    const struct settings *settings = &snapshot->settings;
    const char *why = NULL;

    *secrets = (struct secrets){0};
    load_handle_key(settings, arena, secrets, faults);
    load_consent_keys(settings, arena, secrets, faults);
    struct str pseudonym = configuration_file(settings->pseudonym_key, arena, faults);
    if (pseudonym.at && !pseudonym_key_parse(pseudonym, &secrets->pseudonym_key))
        faults_add(faults, settings->pseudonym_key,
                   "expected at least %d random bytes as hexadecimal digits", PSEUDONYM_KEY_MIN);
    secrets->signer = assertion_signer_new(settings->assertion_key.at, &why);
    if (!secrets->signer)
        faults_add(faults, settings->assertion_key, "%s", why);
    secrets->checkpoint_signer = assertion_signer_new(settings->record_checkpoint_key.at, &why);
    if (!secrets->checkpoint_signer)
        faults_add(faults, settings->record_checkpoint_key, "%s", why);
    for (size_t i = 0; i < snapshot->route_count; i++) {
        struct str certificate = snapshot->routes[i].target.cert_file;
        if (certificate.at && !secrets->certificate[0] &&
            !tls_certificate_thumbprint(certificate.at, secrets->certificate))
            faults_add(faults, certificate, "is not a certificate in PEM");
    }
    load_door(settings, secrets, faults);
    load_operators_door(settings, secrets, faults);
}

void secrets_clear(struct secrets *secrets)
{
    assertion_signer_free(&secrets->signer);
    assertion_signer_free(&secrets->checkpoint_signer);
    pseudonym_key_clear(&secrets->pseudonym_key);
    tls_server_free(&secrets->tls);
    tls_server_free(&secrets->operators_tls);
}
