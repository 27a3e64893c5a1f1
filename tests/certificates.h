/* SPDX-License-Identifier: MIT */
/* Certificates for tests, made when they run: a test directory of PEM files that nobody keeps. */
#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#pragma GCC diagnostic ignored "-Wunused-function" /* each test uses its part of it */

enum { DAY_S = 24 * 60 * 60 };

struct certificate_spec {
    const char *name;        /* of the files: <dir>/<name>.pem and <dir>/<name>.key */
    const char *common_name; /* "localhost" */
    const char *alt_names;   /* "DNS:localhost,IP:127.0.0.1"; NULL: no subjectAltName */
    int days;                /* valid from 30 days ago for so many days from now; < 0: expired */
    const struct certificate *issuer; /* NULL: signs itself, a CA */
};

struct certificate {
    X509 *x509;
    EVP_PKEY *key;
};

static void certificate_check(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "certificate: %s failed\n", what);
    exit(EXIT_FAILURE);
}

/* A path in static memory, good for the next eight calls. */
static const char *certificate_path(const char *dir, const char *name, const char *suffix)
{
    static char paths[8][256];
    static unsigned turn;
    char *path = paths[turn++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s%s", dir, name, suffix);
    return path;
}

static FILE *certificate_file(const char *dir, const char *name, const char *suffix)
{
    FILE *file = fopen(certificate_path(dir, name, suffix), "w");
    certificate_check(file != NULL, "fopen");
    return file;
}

static void certificate_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x509, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    certificate_check(extension && X509_add_ext(x509, extension, -1), "extension");
    X509_EXTENSION_free(extension);
}

static struct certificate certificate_make(const char *dir, const struct certificate_spec *spec)
{
    static long serial = 1;
    struct certificate made = {X509_new(), EVP_EC_gen("P-256")};
    certificate_check(made.x509 && made.key, "key");
    const struct certificate *issuer = spec->issuer ? spec->issuer : &made;
    X509_NAME *name = X509_get_subject_name(made.x509);
    X509_set_version(made.x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.x509), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made.x509), -30L * DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(made.x509), (long)spec->days * DAY_S);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const void *)spec->common_name, -1, -1,
                               0);
    X509_set_issuer_name(made.x509, X509_get_subject_name(issuer->x509));
    X509_set_pubkey(made.x509, made.key);
    certificate_extension(made.x509, issuer->x509, NID_basic_constraints,
                          spec->issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
    if (!spec->issuer)
        certificate_extension(made.x509, issuer->x509, NID_key_usage,
                              "critical,keyCertSign,cRLSign");
    if (spec->alt_names)
        certificate_extension(made.x509, issuer->x509, NID_subject_alt_name, spec->alt_names);
    certificate_check(X509_sign(made.x509, issuer->key, EVP_sha256()) > 0, "sign");

    FILE *file = certificate_file(dir, spec->name, ".pem");
    certificate_check(PEM_write_X509(file, made.x509), "write certificate");
    fclose(file);
    file = certificate_file(dir, spec->name, ".key");
    certificate_check(PEM_write_PrivateKey(file, made.key, NULL, NULL, 0, NULL, NULL), "write key");
    fclose(file);
    return made;
}

static void certificate_free(struct certificate *certificate)
{
    X509_free(certificate->x509);
    EVP_PKEY_free(certificate->key);
}

/* The issuer's list of what is revoked: this one certificate. */
static void certificate_revoke(const char *dir, const char *name, const struct certificate *issuer,
                               const struct certificate *revoked)
{
    X509_CRL *crl = X509_CRL_new();
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *now = X509_gmtime_adj(NULL, -DAY_S), *next = X509_gmtime_adj(NULL, DAY_S);
    certificate_check(crl && entry && now && next, "revocation list");
    X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->x509));
    X509_CRL_set1_lastUpdate(crl, now);
    X509_CRL_set1_nextUpdate(crl, next);
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->x509));
    X509_REVOKED_set_revocationDate(entry, now);
    X509_CRL_add0_revoked(crl, entry);
    certificate_check(X509_CRL_sign(crl, issuer->key, EVP_sha256()) > 0, "sign revocation list");
    FILE *file = certificate_file(dir, name, ".pem");
    certificate_check(PEM_write_X509_CRL(file, crl), "write revocation list");
    fclose(file);
    ASN1_TIME_free(now);
    ASN1_TIME_free(next);
    X509_CRL_free(crl);
}
