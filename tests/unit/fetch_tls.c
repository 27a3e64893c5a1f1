/* SPDX-License-Identifier: MIT */
/* fetch: whom it trusts, as whom it goes there, and HTTP/2. Knows nothing but the interface. */
#include "tests/fetch_world.h"

/* --- TLS -----------------------------------------------------------------------------------------
 */

/* Says whom it sees. */
static void serve_client_name(struct talk *talk)
{
    X509 *peer = SSL_get0_peer_certificate(talk->ssl);
    char name[64] = "nobody";
    if (peer)
        X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name, sizeof name);
    while (talk_request(talk) && talk_answer(talk, name))
        ;
}

static void serve_at_once(struct talk *talk)
{
    talk_answer(talk, "hello");
    talk_hold(talk);
}

static void test_trust(void)
{
    static const struct {
        const char *name, *server, *ca, *client, *crl;
        bool demands_client;
        enum fetch_status want;
        const char *body;
    } rows[] = {
        {"a good certificate", "good", "ca", NULL, NULL, false, FETCH_OK, "nobody"},
        {"and ours", "good", "ca", "anna", NULL, true, FETCH_OK, "anna"},
        {"another CA", "foreign", "ca", NULL, NULL, false, FETCH_TLS, ""},
        {"no CA file", "good", NULL, NULL, NULL, false, FETCH_TLS, ""},
        {"a CA file that is missing", "good", "absent", NULL, NULL, false, FETCH_TLS, ""},
        {"expired", "expired", "ca", NULL, NULL, false, FETCH_TLS, ""},
        {"another name", "elsewhere", "ca", NULL, NULL, false, FETCH_TLS, ""},
        {"only a common name", "nameless", "ca", NULL, NULL, false, FETCH_TLS, ""},
        {"revoked", "revoked", "ca", NULL, "crl", false, FETCH_TLS, ""},
        {"revoked, and we have no list", "revoked", "ca", NULL, NULL, false, FETCH_OK, "nobody"},
        {"not revoked", "good", "ca", NULL, "crl", false, FETCH_OK, "nobody"},
        {"a list that is missing", "good", "ca", NULL, "absent", false, FETCH_TLS, ""},
        {"it demands ours", "good", "ca", NULL, NULL, true, FETCH_TLS, ""},
        {"it does not like ours", "good", "ca", "uninvited", NULL, true, FETCH_TLS, ""},
        {"ours is missing", "good", "ca", "absent", NULL, true, FETCH_TLS, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world world = world_open();
        SSL_CTX *tls = server_tls(rows[i].server, rows[i].demands_client);
        struct hostile *server = hostile_start(serve_client_name, NULL, tls);
        struct place place;
        place_tls(&place, &world, server->port, rows[i].ca, rows[i].client);
        place.target.crl_file = place_file(place.crl, sizeof place.crl, rows[i].crl, ".pem");
        place_identify(&place);
        struct got got = ask_target(&world, &place.target);
        is_status(&got, rows[i].want, rows[i].name);
        is_str(got.body, rows[i].body, "%s: what it saw", rows[i].name);
        world_close(&world);
        hostile_stop(server);
        SSL_CTX_free(tls);
    }

    struct world world = world_open();
    struct hostile *server = hostile_start(serve_at_once, NULL, NULL);
    struct place place;
    place_tls(&place, &world, server->port, "ca", NULL);
    struct got got = ask_target(&world, &place.target);
    is_status(&got, FETCH_TLS, "a server that has no TLS");
    ok(!got.began, "its answer in clear is not read");
    world_close(&world);
    hostile_stop(server);

    SSL_CTX *old = server_tls("good", false);
    SSL_CTX_set_security_level(old, 0);
    SSL_CTX_set_min_proto_version(old, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(old, TLS1_1_VERSION);
    world = world_open();
    server = hostile_start(serve_path, NULL, old);
    place_tls(&place, &world, server->port, "ca", NULL);
    got = ask_target(&world, &place.target);
    is_status(&got, FETCH_TLS, "a server with TLS 1.1");
    world_close(&world);
    hostile_stop(server);
    SSL_CTX_free(old);

    /* A literal address must stand in the certificate as an address. */
    SSL_CTX *tls = server_tls("good", false);
    world = world_open();
    server = hostile_start(serve_path, NULL, tls);
    place_tls(&place, &world, server->port, "ca", NULL);
    snprintf(place.url, sizeof place.url, "https://127.0.0.1:%u", server->port);
    place.target.url = str_of(place.url);
    place_identify(&place);
    got = ask_target(&world, &place.target);
    is_status(&got, FETCH_OK, "a literal address that is in the certificate");
    snprintf(place.url, sizeof place.url, "https://127.0.0.2:%u", server->port);
    char resolve[64];
    snprintf(resolve, sizeof resolve, "127.0.0.2:%u:127.0.0.1", server->port);
    fetch_pool_resolve(world.pool, str_of(resolve));
    place.target.url = str_of(place.url);
    place_identify(&place);
    got = ask_target(&world, &place.target);
    ok(got.status != FETCH_OK, "one that is not");
    world_close(&world);
    hostile_stop(server);
    SSL_CTX_free(tls);
}

static void test_client_certificates(void)
{
    struct world world = world_open();
    SSL_CTX *tls = server_tls("good", true);
    struct hostile *server = hostile_start(serve_client_name, NULL, tls);
    struct place anna, bent;
    place_tls(&anna, &world, server->port, "ca", "anna");
    place_tls(&bent, &world, server->port, "ca", "bent");
    struct got got = ask_target(&world, &anna.target);
    is_str(got.body, "anna", "the first goes as itself");
    got = ask_target(&world, &bent.target);
    is_str(got.body, "bent", "the second as itself");
    ok(!got.reused, "over a connection of its own");
    got = ask_target(&world, &anna.target);
    is_str(got.body, "anna", "the first again as itself");
    ok(got.reused, "over its first connection");
    world_close(&world);
    hostile_stop(server);
    SSL_CTX_free(tls);
}

/* Resumed, a session would not be verified again. */
static void serve_how(struct talk *talk)
{
    while (talk_request(talk) &&
           talk_answer(talk, SSL_session_reused(talk->ssl) ? "resumed" : "whole"))
        ;
}

static void test_resumption(void)
{
    struct world world = world_open();
    SSL_CTX *tls = server_tls("good", false);
    struct hostile *server = hostile_start(serve_how, NULL, tls);
    struct place place;
    place_tls(&place, &world, server->port, "ca", NULL);
    place.target.no_reuse = true;
    place_identify(&place);
    ask_target(&world, &place.target);
    struct got got = ask_target(&world, &place.target);
    is_str(got.body, "whole", "each handshake is a whole one");
    world_close(&world);
    hostile_stop(server);
    SSL_CTX_free(tls);
}

/* --- HTTP/2: enough of a server for one answer per stream ----------------------------------------
 */

static bool h2_hear(struct talk *talk, unsigned char *at, size_t len)
{
    while (len > 0) {
        ssize_t n = talk_hear(talk, at, len);
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static bool h2_frame(struct talk *talk, unsigned char type, unsigned char flags, uint32_t stream,
                     const char *payload, size_t len)
{
    unsigned char frame[9 + 256] = {0,
                                    (unsigned char)(len >> 8),
                                    (unsigned char)len,
                                    type,
                                    flags,
                                    (unsigned char)(stream >> 24),
                                    (unsigned char)(stream >> 16),
                                    (unsigned char)(stream >> 8),
                                    (unsigned char)stream};
    memcpy(frame + 9, payload, len);
    return talk_say(talk, frame, 9 + len);
}

static void serve_h2(struct talk *talk)
{
    enum { DATA, HEADERS, SETTINGS = 4, END_STREAM = 1, ACK = 1, END_HEADERS = 4 };
    unsigned char preface[24], head[9], payload[16384];
    if (!h2_hear(talk, preface, sizeof preface) || !h2_frame(talk, SETTINGS, 0, 0, "", 0))
        return;
    while (h2_hear(talk, head, sizeof head)) {
        size_t len = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
        uint32_t stream =
            (uint32_t)head[5] << 24 | (uint32_t)head[6] << 16 | (uint32_t)head[7] << 8 | head[8];
        if (len > sizeof payload || !h2_hear(talk, payload, len))
            return;
        if (head[3] == SETTINGS && !(head[4] & ACK))
            h2_frame(talk, SETTINGS, ACK, 0, "", 0);
        if ((head[3] == HEADERS || head[3] == DATA) && (head[4] & END_STREAM)) {
            h2_frame(talk, HEADERS, END_HEADERS, stream, "\x88", 1); /* :status 200 */
            h2_frame(talk, DATA, END_STREAM, stream, "hello", 5);
        }
    }
}

static int choose_h2(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                     const unsigned char *in, unsigned in_len, void *ctx)
{
    (void)ssl, (void)ctx;
    bool offered = SSL_select_next_proto((unsigned char **)(uintptr_t)out, out_len,
                                         (const unsigned char *)"\x02h2", 3, in,
                                         in_len) == OPENSSL_NPN_NEGOTIATED;
    return offered ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void test_h2(void)
{
    SSL_CTX *tls = server_tls("good", false);
    SSL_CTX_set_alpn_select_cb(tls, choose_h2, NULL);
    struct world world = world_open();
    struct hostile *server = hostile_start(serve_h2, NULL, tls);
    struct place place;
    place_tls(&place, &world, server->port, "ca", NULL);
    for (int i = 0; i < 3; i++) {
        struct fetch_spec spec = spec_of(&world, &place.target);
        spec.body = STR("{}");
        struct got got = ask(&world, &spec);
        is_status(&got, FETCH_OK, "HTTP/2");
        is_str(got.body, "hello", "HTTP/2: its body");
        is_int(got.reused, i > 0, "HTTP/2: reuse");
    }
    static struct got many[50];
    memset(many, 0, sizeof many);
    struct fetch_spec spec = spec_of(&world, &place.target);
    for (int i = 0; i < 50; i++)
        begin(&world, &spec, &many[i]);
    loop_run(world.loop);
    int right = 0;
    for (int i = 0; i < 50; i++)
        right += many[i].calls == 1 && many[i].status == FETCH_OK;
    is_int(right, 50, "HTTP/2: many streams");
    struct got last = {.then = distrust};
    begin(&world, &spec, &last);
    loop_run(world.loop);
    struct got next = ask_target(&world, &place.target);
    ok(last.status == FETCH_OK && next.status == FETCH_OK && !next.reused,
       "HTTP/2: a distrusted connection is not reused");
    world_close(&world);
    hostile_stop(server);
    SSL_CTX_free(tls);
}

int main(void)
{
    run_begin();
    test_trust();
    test_client_certificates();
    test_resumption();
    test_h2();
    return run_end();
}
