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
    X(attention, credential_days, 60, 1, 3650, "a credential that ends this soon is a thing to do") \
    X(attention, payment_days, 30, 1, 3650, "a payment due this soon is a thing to do")            \
    X(attention, appointment_days, 60, 1, 3650, "an appointment or deadline this near is shown")   \
    X(log, level, 2, 0, 3, "0 errors, 1 warnings, 2 requests, 3 debugging")

struct settings {
#define X(section, name, standard, least, most, help) int64_t section##_##name;
    SETTINGS(X)
#undef X
    struct http_settings door;

    /* texts: "listen", "tls", "keys", "files" of conf/overblikd.json; file names are relative to the
     * configuration file's folder and resolved when read. STR_NONE: not set. */
    struct str listen_address; /* "127.0.0.1" */
    int64_t listen_port;       /* TLS; -1: none, 0: the kernel chooses */
    int64_t listen_plain_port; /* plain, behind a proxy; -1: none */
    int64_t workers;           /* 0: one per processor */
    struct str tls_certificate, tls_key, tls_client_ca; /* the door; client_ca: certificates optional */
    struct str assertion_key;  /* ES256 private key for our token to the sources */
    struct str handle_key;     /* 64 bytes, hex: item handles */
    struct str pseudonym_key;  /* 32 bytes or more, hex: pseudonyms in the record and pairwise ids */
    struct str record_file;    /* the access record; STR_NONE: refuse to start */
    struct str log_file;       /* STR_NONE: stderr */
    struct str gateway_id;     /* `iss` of our tokens: "https://overblik.example" */
    bool insecure_sources;     /* --insecure-sources: http on loopback, sandbox and bench only */
};

/* Reads a configuration file's settings; everything absent has its standard value. */
void settings_parse(struct node root, struct settings *settings, struct faults *faults);
/* Rules between settings (soft < hard, …), added as faults at their nodes. */
void settings_check(struct node root, const struct settings *settings, struct faults *faults);
/* The table for people: name, default, bounds, help. */
struct buf;
void settings_describe(struct buf *out);

#endif
