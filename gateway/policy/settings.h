/* SPDX-License-Identifier: MIT */
/* settings: every number and file name an operator may set, as one table: the parser, the bounds,
 * `overblikd --help-settings`, docs/operations.md and the tests are made from it. */
#ifndef POLICY_SETTINGS_H
#define POLICY_SETTINGS_H

#include "net/http.h"
#include "policy/document.h"

/* X(section, name, default, least, most, help) */
#define SETTINGS(X)                                                                                \
    X(time, soft_ms, 2000, 50, 60000, "a whole document leaves after this at the latest")          \
    X(time, hard_ms, 8000, 50, 120000, "a stream ends after this at the latest")                   \
    X(time, margin_ms, 50, 1, 5000, "kept between a source's timers and the deadlines")            \
    X(time, heartbeat_ms, 15000, 100, 60000, "silence of a stream before a heartbeat")             \
    X(time, wait_least_ms, 100, 1, 60000, "the least that Prefer: wait may ask for")               \
    X(time, stale_after_s, 86400, 1, 31536000, "an answer as of longer ago is stale")              \
    X(time, drain_ms, 10000, 0, 600000, "requests under way may finish this long after TERM")      \
    X(limits, overviews_max, 2000, 1, 100000, "overviews in flight per worker")                    \
    X(limits, background_max, 500, 0, 100000,                                                      \
      "overviews in flight per worker when those of the background are refused")                   \
    X(limits, source_in_flight_max, 1000, 1, 100000, "calls in flight per source, all workers")    \
    X(limits, answer_max, 2097152, 1024, 67108864, "bytes of one answer of a source")              \
    X(limits, items_max, 2000, 1, 100000, "items of one source in one overview")                   \
    X(limits, pages_max, 10, 1, 1000, "pages of one source in one overview")                       \
    X(limits, municipalities_max, 5, 1, 98, "municipalities that one request may name")            \
    X(limits, request_memory_max, 8388608, 65536, 1073741824, "bytes of working memory a request") \
    X(limits, output_max, 16777216, 65536, 1073741824, "bytes of one overview")                    \
    X(limits, token_cache_entries, 8192, 0, 1000000, "verified tokens remembered per worker")      \
    X(keys, jwks_refresh_s, 300, 1, 86400, "an issuer's keys are refreshed this often")            \
    X(keys, jwks_stale_max_s, 3600, 1, 604800, "keys of an issuer that is down count this long")   \
    X(keys, jwks_retry_s, 15, 1, 3600, "least pause between two fetches of one issuer's keys")     \
    X(keys, jwks_timeout_ms, 2000, 50, 60000, "time for one fetch of keys")                        \
    X(fetch, connections_max, 20000, 1, 200000, "connections to sources kept alive per worker")    \
    X(fetch, connection_idle_s, 30, 1, 3600, "an idle connection is closed after this")            \
    X(fetch, connection_life_s, 300, 1, 86400, "a connection is not used for longer")              \
    X(fetch, answer_header_max, 65536, 1024, 1048576, "bytes of an answer's header block")         \
    X(fetch, answer_lines_max, 200, 10, 10000, "lines of an answer's header block")                \
    X(fetch, resolve_s, 30, 1, 3600, "names of sources are looked up this often")                  \
    X(attention, credential_days, 60, 1, 3650,                                                     \
      "a credential that ends this soon is a thing to do")                                         \
    X(attention, payment_days, 30, 1, 3650, "a payment due this soon is a thing to do")            \
    X(attention, appointment_days, 60, 1, 3650, "an appointment or deadline this near is shown")   \
    X(export, login_max_age_s, 300, 30, 86400, "an export needs a login that is no older")         \
    X(corrections, text_max, 4000, 100, 20000, "characters of what a citizen says is wrong")       \
    X(corrections, connect_ms, 1000, 1, 60000, "TCP and TLS to the authority are up")              \
    X(corrections, total_ms, 5000, 50, 60000, "the authority's answer has come")                   \
    X(record, checkpoint_records, 1000, 1, 1000000, "records before a checkpoint is signed")       \
    X(record, checkpoint_s, 60, 1, 86400, "a record waits at most this long for a checkpoint")     \
    X(record, keep_days, 1825, 0, 36500, "content older than this is deleted; 0: never")           \
    X(record, report_months, 120, 0, 1200,                                                         \
      "numbers of older monthly reports are deleted; 0: never")                                    \
    X(consents, active_max, 20, 1, 1000, "consents in force per citizen")                          \
    X(consents, body_max, 4096, 256, 65536, "bytes of the body that gives a consent")              \
    X(consents, keep_days, 1825, 1, 36500, "a consent that has ended is deleted after this")       \
    X(log, level, 2, 0, 3, "0 errors, 1 warnings, 2 requests, 3 debugging")                        \
    X(admin, port, -1, -1, 65535,                                                                  \
      "TLS, for operators with a certificate; -1: none, 0: the kernel chooses")                    \
    X(registration, poll_s, 2, 1, 3600,                                                            \
      "what owners hand in at other nodes is noticed this often")                                  \
    X(registration, documents_max, 100, 1, 10000, "documents that one owner may have handed in")   \
    X(registration, objective_permille, 995, 0, 1000,                                              \
      "of its calls a source is to answer: what is left is its error budget")                      \
    X(registration, versions_max, 1000, 1, 100000, "versions of one document")                     \
    X(explain, entries, 10000, 0, 200000, "overviews that can be explained afterwards")            \
    X(explain, bytes_max, 67108864, 65536, 1073741824, "bytes that this may take")

/* X(name, field, default, least, most, help): where the door stands. */
#define LISTEN_SETTINGS(X)                                                                         \
    X(port, listen_port, 8443, -1, 65535, "TLS; -1: none, 0: the kernel chooses")                  \
    X(plain_port, listen_plain_port, -1, -1, 65535,                                                \
      "plain, behind a proxy; -1: none, 0: the kernel chooses")                                    \
    X(workers, workers, 0, 0, 256, "threads that serve; 0: one per processor")

/* X(section, name, field, default, help): texts. The defaults of absent ones are STR_NONE. A name
 * that begins its help with "file" or "folder" is relative to the main file's folder. */
#define TEXT_SETTINGS(X)                                                                           \
    X(, gateway_id, gateway_id, NULL,                                                              \
      "who we say we are to the sources: https://overblik.example")                                \
    X(, environment, environment, "production",                                                    \
      "which endpoints of the sources' manifests are asked: production or test")                   \
    X(listen, address, listen_address, "127.0.0.1", "the door's address")                          \
    X(listen, url, listen_url, NULL,                                                               \
      "what portals call the door, https://host: stands on the page for their developers")         \
    X(tls, certificate, tls_certificate, NULL, "file: the door's certificate and chain, PEM")      \
    X(tls, key, tls_key, NULL, "file: its private key, PEM")                                       \
    X(tls, client_ca, tls_client_ca, NULL,                                                         \
      "file: who signs portals' certificates; they are optional")                                  \
    X(keys, assertion, assertion_key, NULL,                                                        \
      "file: ES256 private key of our tokens to the sources, PEM")                                 \
    X(keys, handle, handle_key, NULL, "file: 64 bytes in hex, for handles of items")               \
    X(keys, pseudonym, pseudonym_key, NULL,                                                        \
      "file: 32 bytes or more in hex, for the access record")                                      \
    X(record, store, record_store, "overblik.db",                                                  \
      "file: what outlives the process: the access record, what is switched off (SQLite)")         \
    X(record, postgres, record_postgres, NULL,                                                     \
      "libpq's connection string, when several nodes share the access record")                     \
    X(record, node, record_node, "node-1", "this node's name, in each of its records")             \
    X(record, checkpoint_key, record_checkpoint_key, NULL,                                         \
      "file: ES256 private key that signs the record's checkpoints, PEM")                          \
    X(consents, keys, consents_keys, NULL,                                                         \
      "file: 64 bytes in hex on each line, for services' tokens; the first line seals")            \
    X(log, file, log_file, NULL, "file: the log; absent: stderr")                                  \
    X(log, format, log_format, "json", "how a line is written: json or text")                      \
    X(admin, socket, admin_socket, NULL,                                                           \
      "file: the socket that overblik's commands come through; absent: none")                      \
    X(admin, address, admin_address, "127.0.0.1", "where operators with a certificate come in")    \
    X(admin, client_ca, admin_client_ca, NULL, "file: who signs operators' certificates")          \
    X(registration, ca, registration_ca, NULL,                                                     \
      "file: who signs the certificates of sources that owners register, PEM; absent: none are")   \
    X(registration, certificate, registration_certificate, NULL,                                   \
      "file: our client certificate there, PEM")                                                   \
    X(registration, key, registration_key, NULL, "file: its private key, PEM")                     \
    X(registration, addresses_allowed, registration_addresses_allowed, NULL,                       \
      "ranges off the open internet where they may be: 10.1.0.0/16,2001:db8::/32")                 \
    X(folders, sources, sources_folder, "sources", "folder: one file for each source")             \
    X(folders, policies, policies_folder, "../policies",                                           \
      "folder: agreements, exposure, municipalities, texts")

/* The values of `environment`, and the names of a manifest's endpoints. */
enum { SETTINGS_ENVIRONMENTS = 2 };
extern const char *const settings_environments[SETTINGS_ENVIRONMENTS];

struct settings {
#define X(section, name, standard, least, most, help) int64_t section##_##name;
    SETTINGS(X)
#undef X
    struct http_settings door;

#define X(name, field, standard, least, most, help) int64_t field;
    LISTEN_SETTINGS(X)
#undef X
#define X(section, name, field, standard, help) struct str field;
    TEXT_SETTINGS(X)
#undef X
    bool insecure_sources; /* --insecure-sources: http on loopback, sandbox and bench only */
};

/* Reads a configuration file's settings; everything absent has its standard value, so that an
 * absent root gives the standard settings. File names are resolved against `base`. */
void settings_parse(struct node root, struct str base, struct settings *settings,
                    struct faults *faults);
/* What must be set, and the rules between settings (soft < hard, …), as faults at their nodes. */
void settings_check(struct node root, const struct settings *settings, struct faults *faults);
/* A file name as the configuration says it, seen from `base`, the folder of the main file. */
struct str settings_path(struct str base, struct str name, struct arena *arena);
/* The table for people: name, default, bounds, help. */
struct buf;
void settings_describe(struct buf *out);

#endif
