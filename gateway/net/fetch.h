/* SPDX-License-Identifier: MIT */
/* fetch: asks one HTTPS question of a server that nobody trusts yet, under deadlines and ceilings.
 * HTTP/1.1 is carried by net/fetch_http1; HTTP/2, where a server chooses it by ALPN, by libcurl in
 * net/fetch_http2. Four promises, as of every module with a `start`:
 *   `done` is called exactly once, from the loop, later than start; never from inside start, never
 *   nested in another callback of ours; never after cancel; inside it everything may be called.
 *
 * An answer counts only when the transfer ended well: cut or corrupt bodies are never handed out.
 * No redirects, cookies, proxies, compression or protocols but https (http where a target's
 * configuration says so, towards loopback only); answers with two Content-Lengths, with
 * Content-Length beside Transfer-Encoding, with a Content-Encoding, or with data whose end only the
 * end of the connection shows are refused.
 *
 * tests/simulation links a second implementation of this header. */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "base/buf.h"
#include "net/loop.h"

/* A server we ask, as configured: where it is, whom we trust to be it, and who we are there. The
 * strings are borrowed: they and the target outlive every fetch (they lie in a configuration
 * snapshot that each request holds). Targets with equal `identity` share connections. */
struct fetch_target {
    uint64_t identity;    /* fetch_target_identity: the pool key */
    struct str url;       /* "https://host:port", no path */
    struct str ca_file;   /* PEM; the only trusted roots */
    struct str cert_file; /* our client certificate, PEM; STR_NONE: none */
    struct str key_file;
    struct str crl_file;  /* STR_NONE: none */
    struct str addresses; /* allowed ranges, "127.0.0.0/8,::1/128"; STR_NONE: any */
    /* Only on the open internet (net/address), but for these ranges; `addresses` counts besides. A
     * name may tell another address each time it is asked, so each is judged where it is used. */
    bool is_public_only;
    struct str public_exceptions; /* "127.0.0.0/8"; STR_NONE: none */
    bool insecure;                /* http:// is allowed (loopback only) */
    bool no_reuse;                /* a connection serves one request (sources that echo nothing) */
    unsigned connections_max; /* per pool, and fetches under way there; what is more waits in line
                               * while its deadlines run. 0: no ceiling. Not part of the identity */
};
/* Of all that says who they are and who we are. */
uint64_t fetch_target_identity(const struct fetch_target *target);

/* Each piece of an answer's body as it comes, later than start and before `done`, by the promises
 * of `done`. What it tells may still be cut: only `done` with FETCH_OK says that it was all. `part`
 * is borrowed for the call, until the fetch is cancelled. */
typedef void fetch_part_fn(void *ctx, int http_status, struct str part);

/* One question. All is borrowed: `target` and `body` until done or cancel, the rest during start.
 */
struct fetch_spec {
    const struct fetch_target *target;
    struct str path;           /* begins with "/", no personal number */
    const struct str *headers; /* lines "Name: value" without CRLF; Host and lengths are added */
    size_t header_count;
    struct str body;       /* STR_NONE: GET, else POST */
    bool is_delete;        /* DELETE, without a body */
    fetch_part_fn *part;   /* NULL: the body is wanted as a whole only */
    size_t answer_max;     /* bytes of the answer's body */
    instant connected_by;  /* TCP and TLS are up */
    instant first_byte_by; /* the status line has come */
    instant done_by;       /* all of it; a past instant ends the fetch as LATE at once */
    unsigned silence_ms;   /* longest pause between two reads once the answer has begun; 0: any */
};

/* How a fetch ended.  X(enumerator, code for logs, did the server get a chance to answer?) */
#define FETCH_STATUSES(X)                                                                          \
    X(FETCH_OK, "ok")                           /* a whole answer, any HTTP status */              \
    X(FETCH_UNREACHABLE, "unreachable")         /* no address, refused, reset before an answer */  \
    X(FETCH_CONNECT_LATE, "connect-late")       /* not connected in time */                        \
    X(FETCH_FIRST_BYTE_LATE, "first-byte-late") /* connected, asked, no status line in time */     \
    X(FETCH_SILENT, "silent")                   /* paused longer than silence_ms */                \
    X(FETCH_LATE, "late")                       /* done_by has passed */                           \
    X(FETCH_TLS, "tls")                         /* certificate or handshake refused */             \
    X(FETCH_CUT, "cut")                         /* ended before its end */                         \
    X(FETCH_TOO_LARGE, "too-large")             /* body, header block or header count */           \
    X(FETCH_PROTOCOL, "protocol")               /* not HTTP as we accept it */                     \
    X(FETCH_ADDRESS, "address")                 /* resolved outside the allowed ranges */

enum fetch_status {
#define X(name, code) name,
    FETCH_STATUSES(X)
#undef X
        FETCH_STATUS_COUNT
};
struct str fetch_status_code(enum fetch_status status);

/* When things happened, as far as they have; what has not is INSTANT_NEVER. */
struct fetch_times {
    instant started;    /* asked for: it may have waited for room or an address since */
    instant connected;  /* a connection was there and the question left */
    instant first_byte; /* of the answer */
    instant ended;
    size_t bytes; /* received, head included */
    bool reused;  /* the connection had served before */
};
#define FETCH_TIMES_NONE                                                                           \
    ((struct fetch_times){INSTANT_NEVER, INSTANT_NEVER, INSTANT_NEVER, INSTANT_NEVER, 0, false})

/* What came. Borrowed by `done`: valid during the call only. */
struct fetch_result {
    enum fetch_status status;
    int http_status;         /* with FETCH_OK; else 0 or what had come */
    struct str body;         /* with FETCH_OK; else empty, and where it could have been cut */
    struct str content_type; /* "" when absent */
    struct str request_id;   /* the answer's X-Request-Id, "" when absent */
    unsigned retry_after_s;  /* the answer's Retry-After in seconds, at most a day; 0: none */
    bool reused;             /* the connection had served before */
    bool began;              /* a byte of the answer had come (such a call is never retried) */
    struct fetch_times times;
    const char *why; /* for logs: a constant or libcurl's words, no personal data */
};

struct fetch_pool;
struct fetch;
typedef void fetch_done_fn(void *ctx, const struct fetch_result *result);

struct fetch_pool_settings {
    unsigned
        connections_max; /* kept alive in all; while there are more, each that is used closes */
    unsigned connection_idle_s; /* 30 */
    unsigned connection_life_s; /* 300 */
    size_t header_bytes_max;    /* of an answer, 64 kB */
    unsigned header_lines_max;  /* 200 */
};

struct fetch_pool *fetch_pool_new(struct loop *loop, const struct fetch_pool_settings *settings);
/* Every fetch must have ended or been cancelled; not inside `done`. Before the loop is freed. */
void fetch_pool_free(struct fetch_pool **pool);
/* Closes idle connections and forgets handles of targets that are not among `kept` (a reload). */
void fetch_pool_keep(struct fetch_pool *pool, const uint64_t *kept, size_t count);

/* Addresses that net/resolve has found, "host:port:addr[,addr]" (copied): new connections to this
 * host and port go there. Questions to a name of which no address is known wait for one. */
void fetch_pool_resolve(struct fetch_pool *pool, struct str resolve);

void fetch_start(struct fetch_pool *pool, const struct fetch_spec *spec, struct fetch **slot,
                 fetch_done_fn *done, void *ctx);
/* How far one has come that is under way. */
struct fetch_times fetch_progress(const struct fetch *fetch);
/* Ends it without a word; `done` is never called. What it had under way is cut off. */
void fetch_cancel(struct fetch **slot);
/* Inside `done` only: the connection this answer came over is closed instead of kept, since a
 * foreign or unproven answer came over it. Over HTTP/2 the other fetches on it end with it. */
void fetch_distrust(struct fetch_pool *pool);

#endif
