/* SPDX-License-Identifier: MIT */
/* The door over TLS: the same promises as over plain sockets, and whom it lets in. */
#include "net/tls.h"

#include "base/base64url.h"
#include "tests/certificates.h"
#include "tests/door.h"

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"

static char dir[] = "/tmp/overblik-http-tls.XXXXXX";
static const char *const names[] = {"ca", "stranger", "door", "visitor", "other", "expired"};

static struct certificate ca, stranger;

static void certificates_make(void)
{
    if (!mkdtemp(dir))
        abort();
    ca = certificate_make(dir, &(struct certificate_spec){"ca", "test CA", NULL, 10, NULL});
    stranger = certificate_make(dir, &(struct certificate_spec){"stranger", "x", NULL, 10, NULL});
    const struct certificate_spec leaves[] = {
        {"door", "localhost", "DNS:localhost,IP:127.0.0.1", 10, &ca},
        {"visitor", "visitor", NULL, 10, &ca},
        {"other", "other", NULL, 10, &stranger},
        {"expired", "expired", NULL, -3, &ca},
    };
    for (size_t i = 0; i < sizeof leaves / sizeof *leaves; i++) {
        struct certificate leaf = certificate_make(dir, &leaves[i]);
        certificate_free(&leaf);
    }
}

static void certificates_remove(void)
{
    certificate_free(&ca);
    certificate_free(&stranger);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unlink(certificate_path(dir, names[i], ".pem"));
        unlink(certificate_path(dir, names[i], ".key"));
    }
    rmdir(dir);
}

static SSL_CTX *server_tls(enum tls_clients clients)
{
    const char *why;
    SSL_CTX *tls = tls_server_new(
        &(struct tls_server_spec){
            .cert_file = certificate_path(dir, "door", ".pem"),
            .key_file = certificate_path(dir, "door", ".key"),
            .client_ca_file = certificate_path(dir, "ca", ".pem"),
            .clients = clients,
        },
        &why);
    if (!tls) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    return tls;
}

static SSL_CTX *visitor_tls(const char *certificate)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_load_verify_file(tls, certificate_path(dir, "ca", ".pem")) != 1)
        abort();
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    if (certificate &&
        (SSL_CTX_use_certificate_file(tls, certificate_path(dir, certificate, ".pem"),
                                      SSL_FILETYPE_PEM) != 1 ||
         SSL_CTX_use_PrivateKey_file(tls, certificate_path(dir, certificate, ".key"),
                                     SSL_FILETYPE_PEM) != 1))
        abort();
    return tls;
}

static struct caller *ready_caller(struct door *door, SSL_CTX *tls)
{
    struct caller *caller = caller_open(door, tls);
    RUN_UNTIL(door, caller->ready || caller->ended);
    return caller;
}

/* --- requests --------------------------------------------------------------------------------- */

static void test_requests(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    SSL_CTX *server = server_tls(TLS_CLIENTS_ANY), *visitor = visitor_tls(NULL);
    struct answer answer = {0};
    door_open(&door, &settings, server);

    struct caller *caller = ready_caller(&door, visitor);
    ok(caller->ready, "a handshake");
    caller_ask(caller, GET("/1") GET("/keep"));
    caller_ask(caller, GET("/3") GET("/nothing"));
    RUN_UNTIL(&door, door.kept_count == 1);
    ok(door.last_tls && door.last_certificate[0] == '\0',
       "a handler sees that it is TLS, of nobody");
    door_reply(door.kept[0].exchange, "second ", STR(""));
    RUN_UNTIL(&door, caller_replies(caller, &answer) == 4);
    ok(caller_has(caller, "GET /1 ") && caller_has(caller, "second ") &&
           caller_has(caller, "GET /3 ") && answer.status == 204,
       "pipelined requests are answered in order");
    caller_ask(caller, "GET / HTTP/1.1\nHost: a\r\n\r\n" GET("/after"));
    RUN_UNTIL(&door, caller->ended);
    ok(caller_replies(caller, &answer) == 5 && answer.status == 400, "a malformed one is refused");
    ok(caller->shut, "and the connection ends with close_notify");
    ok(strcmp(door.last_target, "/after") != 0, "before what follows");
    caller_close(&caller);

    /* A body in many records, a byte of each at a time as the socket has it. */
    static char body[65536];
    memset(body, 'b', sizeof body);
    caller = ready_caller(&door, visitor);
    caller_ask(caller, "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n");
    for (size_t sent = 0; sent < sizeof body; door_turn(&door)) {
        size_t some = sizeof body - sent < 3001 ? sizeof body - sent : 3001;
        sent += caller_send(caller, str_make(body + sent, some));
    }
    RUN_UNTIL(&door, caller_replies(caller, &answer) == 1);
    is_int((long long)answer.body.len, 65536 + 12, "a body of 64 kB arrives whole");
    caller_close(&caller);
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    door_close(&door);
    tls_server_free(&server);
    SSL_CTX_free(visitor);
}

/* Large answers to a reader slower than the writer: records that must be offered again. */
static void test_back_pressure(void)
{
    enum { LARGE = 8 << 20, PIECE = 5000, PIECES = 600 };
    static struct door door;
    struct http_settings settings = http_settings_standard();
    SSL_CTX *server = server_tls(TLS_CLIENTS_ANY), *visitor = visitor_tls(NULL);
    struct answer answer = {0};
    struct buf large;
    door_open(&door, &settings, server);
    struct caller *caller = ready_caller(&door, visitor);
    caller_ask(caller, GET("/keep"));
    RUN_UNTIL(&door, door.kept_count == 1);
    buf_init(&large, LARGE);
    char *at = buf_reserve(&large, LARGE);
    for (size_t i = 0; i < LARGE; i++)
        at[i] = (char)('a' + i % 23);
    buf_commit(&large, LARGE);
    event_del(caller->event);
    http_reply(door.kept[0].exchange, 200, NULL, 0, &large);
    for (int i = 0; i < 20; i++)
        door_turn(&door);
    event_add(caller->event, NULL);
    RUN_UNTIL(&door, caller_replies(caller, &answer) == 1);
    size_t wrong = 0;
    for (size_t i = 0; i < answer.body.len; i++)
        wrong += answer.body.at[i] != (char)('a' + i % 23);
    is_int((long long)(answer.body.len + wrong), LARGE,
           "a large reply arrives, each byte in place");
    caller_close(&caller);

    caller = ready_caller(&door, visitor);
    caller_ask(caller, GET("/stream"));
    RUN_UNTIL(&door, door.kept_count == 2);
    event_del(caller->event);
    char piece[PIECE];
    for (int i = 0; i < PIECES; i++) {
        memset(piece, 'a' + i % 23, sizeof piece);
        http_stream_write(door.kept[1].exchange, str_make(piece, sizeof piece));
        if (i % 7 == 0)
            door_turn(&door);
    }
    http_stream_end(door.kept[1].exchange);
    event_add(caller->event, NULL);
    RUN_UNTIL(&door, caller_replies(caller, &answer) == 1);
    wrong = 0;
    struct str rest = answer.body;
    for (int i = 0; i < PIECES; i++) {
        wrong += !str_starts_with(rest, STR("1388\r\n")); /* PIECE */
        rest = str_skip(rest, 6);
        for (size_t k = 0; k < PIECE && k < rest.len; k++)
            wrong += rest.at[k] != (char)('a' + i % 23);
        rest = str_skip(rest, PIECE + 2);
    }
    is_bytes(rest.at, rest.len, "0\r\n\r\n", 5, "a stream that outran its reader arrives whole");
    is_int((long long)wrong, 0, "each piece in its place");
    caller_close(&caller);
    door_close(&door);
    tls_server_free(&server);
    SSL_CTX_free(visitor);
}

/* --- leaving ---------------------------------------------------------------------------------- */

enum leaving { BY_NOTIFY, BY_FIN, BY_CLOSE, BY_RESET, LEAVINGS };
static const char *const ways[] = {"says close_notify only", "sends FIN only", "closes", "resets"};

static void test_departed(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    SSL_CTX *server = server_tls(TLS_CLIENTS_ANY), *visitor = visitor_tls(NULL);
    for (int i = 0; i < 2 * LEAVINGS; i++) {
        enum leaving how = (enum leaving)(i % LEAVINGS);
        bool streams = i >= LEAVINGS;
        door_open(&door, &settings, server);
        struct caller *caller = ready_caller(&door, visitor);
        caller_ask(caller, streams ? GET("/stream") : GET("/keep"));
        RUN_UNTIL(&door, door.kept_count == 1);
        door_turn(&door);
        is_int(door.kept[0].gone, 0, "a client that waits has not left");
        if (how == BY_NOTIFY)
            SSL_shutdown(caller->ssl);
        else if (how == BY_FIN)
            shutdown(caller->fd, SHUT_WR);
        else if (how == BY_CLOSE)
            caller_close(&caller);
        else
            caller_reset(&caller);
        RUN_UNTIL(&door, door.kept[0].gone);
        is_int(door.kept[0].gone, 1, "a client that %s %s is gone, once", ways[how],
               streams ? "in a stream" : "before its reply");
        RUN_UNTIL(&door, http_server_is_idle(door.server));
        if (caller)
            caller_close(&caller);
        door_close(&door);
    }
    tls_server_free(&server);
    SSL_CTX_free(visitor);
}

/* --- handshakes ------------------------------------------------------------------------------- */

static void test_no_handshake(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    SSL_CTX *server = server_tls(TLS_CLIENTS_ANY);
    settings.tls_handshake_ms = 100;
    door_open(&door, &settings, server);
    struct caller *mute = caller_open(&door, NULL), *plain = caller_open(&door, NULL);
    struct caller *gone = caller_open(&door, NULL);
    caller_ask(plain, GET("/"));
    caller_close(&gone);
    RUN_UNTIL(&door, plain->ended && mute->ended);
    ok(plain->ended && !caller_has(plain, "HTTP/1.1"), "plain HTTP at a TLS door ends");
    ok(mute->ended && mute->got.len == 0, "so does a client that says nothing");
    RUN_UNTIL(&door, http_server_is_idle(door.server));
    is_int((long long)http_server_counters(door.server).timed_out, 1, "which is counted");
    is_int(door.asked, 0, "nobody was asked");
    caller_close(&mute);
    caller_close(&plain);

    /* A handshake that drips has the same deadline. */
    struct caller *drip = caller_open(&door, NULL);
    instant patience = instant_after_ms(loop_now(door.loop), DOOR_PATIENCE_MS);
    static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    for (size_t i = 0; !drip->ended && loop_now(door.loop) < patience; i++) {
        caller_send(drip, str_make(i < sizeof hello - 1 ? hello + i : "\0", 1));
        door_turn(&door);
    }
    ok(drip->ended, "a handshake byte by byte ends as well");
    caller_close(&drip);
    door_close(&door);
    tls_server_free(&server);
}

static bool meets(struct door *door, SSL_CTX *visitor)
{
    struct caller *caller = ready_caller(door, visitor);
    if (caller->ready && !caller->ended) /* TLS 1.3 hears of its refusal after the handshake */
        caller_send(caller, STR(GET("/met")));
    RUN_UNTIL(door, caller->ended || caller_has(caller, "GET /met "));
    bool met = caller_has(caller, "GET /met ");
    caller_close(&caller);
    return met;
}

static void test_versions(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    SSL_CTX *server = server_tls(TLS_CLIENTS_ANY), *visitor = visitor_tls(NULL);
    static const struct {
        const char *name;
        int version;
        bool met;
    } versions[] = {{"TLS 1.3", TLS1_3_VERSION, true},
                    {"TLS 1.2", TLS1_2_VERSION, true},
                    {"TLS 1.1", TLS1_1_VERSION, false},
                    {"TLS 1.0", TLS1_VERSION, false}};
    static const struct {
        const char *name, *offer;
        bool met;
    } offers[] = {{"http/1.1", "\x08http/1.1", true},
                  {"h2 or http/1.1", "\x02h2\x08http/1.1", true},
                  {"h2 alone", "\x02h2", false},
                  {"http/1.0", "\x08http/1.0", false}};
    door_open(&door, &settings, server);
    SSL_CTX_set_security_level(visitor, 0);
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        SSL_CTX_set_min_proto_version(visitor, versions[i].version);
        SSL_CTX_set_max_proto_version(visitor, versions[i].version);
        is_int(meets(&door, visitor), versions[i].met, "%s is %s", versions[i].name,
               versions[i].met ? "spoken" : "refused");
    }
    SSL_CTX_set_min_proto_version(visitor, 0);
    SSL_CTX_set_max_proto_version(visitor, 0);
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
        SSL_CTX_set_alpn_protos(visitor, (const unsigned char *)offers[i].offer,
                                (unsigned)strlen(offers[i].offer));
        is_int(meets(&door, visitor), offers[i].met, "an offer of %s is %s", offers[i].name,
               offers[i].met ? "taken" : "refused");
    }
    door_close(&door);
    tls_server_free(&server);
    SSL_CTX_free(visitor);
}

static void digest_of(const char *name, unsigned char digest[32])
{
    FILE *file = fopen(certificate_path(dir, name, ".pem"), "r");
    X509 *x509 = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    unsigned len = 0;
    if (!x509 || X509_digest(x509, EVP_sha256(), digest, &len) != 1 || len != 32)
        abort();
    fclose(file);
    X509_free(x509);
}

static void test_client_certificates(void)
{
    static const struct {
        enum tls_clients clients;
        const char *certificate;
        bool met;
    } cases[] = {
        {TLS_CLIENTS_REQUIRED, "visitor", true}, {TLS_CLIENTS_REQUIRED, NULL, false},
        {TLS_CLIENTS_REQUIRED, "other", false},  {TLS_CLIENTS_REQUIRED, "expired", false},
        {TLS_CLIENTS_OPTIONAL, "visitor", true}, {TLS_CLIENTS_OPTIONAL, NULL, true},
        {TLS_CLIENTS_OPTIONAL, "other", false},  {TLS_CLIENTS_OPTIONAL, "expired", false},
        {TLS_CLIENTS_ANY, NULL, true},
    };
    static const char *const wishes[] = {"nobody's", "wanted", "demanded"};
    static struct door door;
    struct http_settings settings = http_settings_standard();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        SSL_CTX *server = server_tls(cases[i].clients);
        SSL_CTX *visitor = visitor_tls(cases[i].certificate);
        door_open(&door, &settings, server);
        is_int(meets(&door, visitor), cases[i].met, "a certificate is %s, a client with %s %s",
               wishes[cases[i].clients], cases[i].certificate ? cases[i].certificate : "none",
               cases[i].met ? "comes in" : "does not");
        char want[65] = "";
        unsigned char digest[32];
        if (cases[i].certificate && cases[i].met) {
            digest_of(cases[i].certificate, digest);
            for (int k = 0; k < 32; k++)
                snprintf(want + 2 * k, 3, "%02x", digest[k]);
        }
        is_str(door.last_certificate, want, "and the handler sees which");
        door_close(&door);
        tls_server_free(&server);
        SSL_CTX_free(visitor);
    }
}

/* Who resumes a session is still the one who began it. */
static SSL_SESSION *resumable;

static int on_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(resumable);
    resumable = session;
    return 1;
}

static void test_resumption(void)
{
    static struct door door;
    struct http_settings settings = http_settings_standard();
    SSL_CTX *server = server_tls(TLS_CLIENTS_REQUIRED), *visitor = visitor_tls("visitor");
    SSL_CTX_set_session_cache_mode(visitor,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(visitor, on_session);
    door_open(&door, &settings, server);
    ok(meets(&door, visitor) && resumable, "a session that can be resumed");
    char first[65];
    memcpy(first, door.last_certificate, sizeof first);
    door.last_certificate[0] = '\0';

    struct caller *caller = caller_open(&door, NULL);
    caller->ssl = SSL_new(visitor);
    SSL_set_fd(caller->ssl, caller->fd);
    SSL_set_connect_state(caller->ssl);
    SSL_set_session(caller->ssl, resumable);
    caller_take_tls(caller);
    RUN_UNTIL(&door, caller->ready);
    ok(SSL_session_reused(caller->ssl), "is resumed");
    caller_ask(caller, GET("/again"));
    RUN_UNTIL(&door, caller_has(caller, "GET /again "));
    is_str(door.last_certificate, first, "by the client of the same certificate");
    caller_close(&caller);
    SSL_SESSION_free(resumable);
    resumable = NULL;
    door_close(&door);
    tls_server_free(&server);
    SSL_CTX_free(visitor);
}

/* --- files ------------------------------------------------------------------------------------ */

static void test_files(void)
{
    char missing[128], garbage[128];
    snprintf(missing, sizeof missing, "%s/missing.pem", dir);
    snprintf(garbage, sizeof garbage, "%s/ca.key", dir);
    const char *cert = certificate_path(dir, "door", ".pem"),
               *key = certificate_path(dir, "door", ".key");
    const struct {
        const char *name, *blamed;
        struct tls_server_spec spec;
    } cases[] = {
        {"no certificate", missing, {missing, key, NULL, TLS_CLIENTS_ANY}},
        {"a key for a certificate", key, {key, key, NULL, TLS_CLIENTS_ANY}},
        {"no key", missing, {cert, missing, NULL, TLS_CLIENTS_ANY}},
        {"another's key", garbage, {cert, garbage, NULL, TLS_CLIENTS_ANY}},
        {"no client CA", missing, {cert, key, missing, TLS_CLIENTS_REQUIRED}},
        {"a key for a client CA", garbage, {cert, key, garbage, TLS_CLIENTS_OPTIONAL}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = NULL;
        SSL_CTX *tls = tls_server_new(&cases[i].spec, &why);
        ok(!tls, "%s is refused", cases[i].name);
        ok(why && strstr(why, cases[i].blamed), "and the file is named: %s", why);
    }
    int days = 0;
    ok(tls_certificate_days(cert, &days), "a certificate's days");
    ok(days == 9 || days == 10, "nine whole ones and a bit, or ten within its first second");
    ok(tls_certificate_days(certificate_path(dir, "expired", ".pem"), &days), "an expired one's");
    ok(days == -3 || days == -4, "are negative: %d", days);
    ok(!tls_certificate_days(missing, &days), "a missing one has none");
    ok(!tls_certificate_days(key, &days), "nor has a key");

    char text[44], want[44] = "";
    unsigned char digest[32];
    digest_of("door", digest);
    base64url_encode(digest, sizeof digest, want);
    ok(tls_certificate_thumbprint(cert, text), "a thumbprint");
    is_str(text, want, "is the digest in base64url");
    ok(!tls_certificate_thumbprint(missing, text), "a missing file has none");
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    certificates_make();
    test_requests();
    test_back_pressure();
    test_departed();
    test_no_handshake();
    test_versions();
    test_client_certificates();
    test_resumption();
    test_files();
    certificates_remove();
    return done_testing();
}
