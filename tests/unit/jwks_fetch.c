/* SPDX-License-Identifier: MIT */
/* Keys over the real loop and the real fetch, from an issuer on the loopback that behaves well or
 * not. When they are fetched is tested in jwks.c, in virtual time. */
#include <dirent.h>
#include <signal.h>

#include "base/log.h"
#include "identity/jwks.h"
#include "net/loop.h"
#include "tests/certificates.h"
#include "tests/hostile.h"
#include "tests/tap.h"
#include "tests/tokens.h"

enum { PATIENCE_S = 30, LOOK_MS = 2, TRIES = 3 };

static char dir[] = "/tmp/jwks-XXXXXX";
static struct buf sets[2];

/* What the issuer does with the question for its keys. */
enum manner { HONEST, REDIRECTS, BLOATS, CUTS, IMPOSTOR };

struct issuer_server {
    enum manner manner;
    atomic_int set; /* which one it shows */
    char base[64];  /* "https://localhost:port" */
};

static void serve_keys(struct talk *talk, const struct issuer_server *issuer)
{
    const char *jwks = sets[atomic_load(&issuer->set)].at;
    if (issuer->manner == REDIRECTS) {
        talk_say_text(talk, "HTTP/1.1 302 Found\r\nLocation: /moved\r\nContent-Length: 0\r\n\r\n");
    } else if (issuer->manner == CUTS) {
        talk_say_text(talk, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        talk_say_text(talk, jwks);
    } else if (issuer->manner == BLOATS) {
        size_t len = KEYS_BYTES_MAX + 1 - strlen(jwks);
        char *large = malloc(KEYS_BYTES_MAX + 2);
        memset(large, ' ', len);
        strcpy(large + len, jwks);
        talk_answer(talk, large);
        free(large);
    } else {
        talk_answer(talk, jwks);
    }
}

static void serve_issuer(struct talk *talk)
{
    const struct issuer_server *issuer = talk->server->ctx;
    while (talk_request(talk)) {
        char document[256];
        snprintf(document, sizeof document, "{\"issuer\":\"%s%s\",\"jwks_uri\":\"%s/jwks\"}",
                 issuer->base, issuer->manner == IMPOSTOR ? ".example" : "", issuer->base);
        if (strcmp(talk->path, "/.well-known/openid-configuration") == 0)
            talk_answer(talk, document);
        else if (strcmp(talk->path, "/jwks") == 0)
            serve_keys(talk, issuer);
        else /* where a redirect leads */
            talk_answer(talk, sets[0].at);
        if (issuer->manner == CUTS)
            return;
    }
}

/* --- a client of it -----------------------------------------------------------------------------
 */

struct client {
    struct loop *loop;
    struct fetch_pool *pool;
    struct jwks *jwks;
    struct key_set *keys;
    const char *awaited;      /* kid: stop when it is there */
    struct hostile *awaiting; /* or when this server has been connected to or asked often */
    struct timer look, patience;
    bool lost;
};

static void on_look(void *ctx)
{
    struct client *client = ctx;
    bool there =
        client->awaited && client->keys && key_set_find(client->keys, str_of(client->awaited));
    bool asked = client->awaiting && atomic_load(&client->awaiting->accepted) +
                                             atomic_load(&client->awaiting->requests) >
                                         3 * TRIES;
    if (there || asked)
        loop_stop(client->loop);
    else
        timer_start(client->loop, &client->look, instant_after_ms(loop_now(client->loop), LOOK_MS),
                    on_look, client);
}

static void on_patience(void *ctx)
{
    struct client *client = ctx;
    client->lost = true;
    loop_stop(client->loop);
}

static void on_changed(void *ctx, size_t index, struct key_set *keys)
{
    struct client *client = ctx;
    (void)index;
    key_set_unref(&client->keys);
    client->keys = key_set_ref(keys);
}

static void run(struct client *client, const char *awaited, struct hostile *awaiting)
{
    client->awaited = awaited;
    client->awaiting = awaiting;
    timer_start(client->loop, &client->patience,
                instant_after_ms(loop_now(client->loop), PATIENCE_S * 1000), on_patience, client);
    on_look(client);
    loop_run(client->loop);
    timer_cancel(client->loop, &client->look);
    timer_cancel(client->loop, &client->patience);
    ok(!client->lost, "in time");
}

static void client_open(struct client *client, const struct token_profile *profile, bool insecure)
{
    static const struct jwks_settings settings = {
        .refresh_s = 3600, .stale_max_s = 3600, .retry_s = 0, .timeout_ms = 10000};
    struct jwks_settings mine = settings;
    mine.insecure = insecure;
    static const struct fetch_pool_settings pool = {.connections_max = 10,
                                                    .connection_idle_s = 30,
                                                    .connection_life_s = 300,
                                                    .header_bytes_max = 64 * 1024,
                                                    .header_lines_max = 200};
    *client = (struct client){.loop = loop_new()};
    client->pool = fetch_pool_new(client->loop, &pool);
    client->jwks = jwks_new(client->loop, client->pool, &mine, profile, 1, on_changed, client);
}

static void client_close(struct client *client)
{
    jwks_free(&client->jwks);
    fetch_pool_free(&client->pool);
    loop_free(&client->loop);
    key_set_unref(&client->keys);
}

static SSL_CTX *server_tls(void)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_file(tls, certificate_path(dir, "server", ".pem"),
                                     SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, certificate_path(dir, "server", ".key"),
                                    SSL_FILETYPE_PEM) != 1)
        abort();
    return tls;
}

static struct hostile *start(struct issuer_server *issuer, SSL_CTX *tls)
{
    struct hostile *server = hostile_start(serve_issuer, issuer, tls);
    snprintf(issuer->base, sizeof issuer->base, "%s:%d",
             tls ? "https://localhost" : "http://127.0.0.1", server->port);
    return server;
}

static void follows_a_rotation(bool with_tls)
{
    SSL_CTX *tls = with_tls ? server_tls() : NULL;
    struct issuer_server issuer = {.manner = HONEST};
    struct hostile *server = start(&issuer, tls);
    struct token_profile profile = {
        .name = STR("demo"),
        .issuer = str_of(issuer.base),
        .ca_file = with_tls ? str_of(certificate_path(dir, "ca", ".pem")) : STR_NONE,
    };
    struct client client;
    client_open(&client, &profile, !with_tls);
    run(&client, "a", NULL);
    ok(jwks_is_loaded(client.jwks), "keys by discovery, %s", with_tls ? "TLS" : "plain");
    atomic_store(&issuer.set, 1);
    jwks_want(client.jwks, 0);
    run(&client, "b", NULL);
    ok(!key_set_find(client.keys, STR("a")), "an unknown kid brings the new set");
    client_close(&client);
    hostile_stop(server);
    SSL_CTX_free(tls);
}

static void refuses(const char *name, enum manner manner, const char *ca)
{
    SSL_CTX *tls = server_tls();
    struct issuer_server issuer = {.manner = manner};
    struct hostile *server = start(&issuer, tls);
    struct token_profile profile = {
        .name = STR("demo"),
        .issuer = str_of(issuer.base),
        .ca_file = str_of(certificate_path(dir, ca, ".pem")),
    };
    struct client client;
    client_open(&client, &profile, false);
    run(&client, NULL, server);
    ok(!client.keys && !jwks_is_loaded(client.jwks), "refused: %s", name);
    client_close(&client);
    hostile_stop(server);
    SSL_CTX_free(tls);
}

static void remove_all(void)
{
    DIR *folder = opendir(dir);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder)
        closedir(folder);
    rmdir(dir);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    ok(log_open("/dev/null", "jwks", LOG_ERROR), "faults are what is tested");
    if (!mkdtemp(dir))
        abort();
    struct certificate_spec authority = {.name = "ca", .common_name = "a CA", .days = 30};
    struct certificate ca = certificate_make(dir, &authority);
    authority.name = "other-ca";
    struct certificate other_ca = certificate_make(dir, &authority);
    struct certificate_spec host = {.name = "server",
                                    .common_name = "localhost",
                                    .alt_names = "DNS:localhost",
                                    .days = 30,
                                    .issuer = &ca};
    struct certificate server = certificate_make(dir, &host);
    struct test_key a = test_key_new("a", ALGORITHM_ES256, 0);
    struct test_key b = test_key_new("b", ALGORITHM_RS256, 2048);
    test_jwks(&a, 1, &sets[0]);
    test_jwks(&b, 1, &sets[1]);
    buf_add_byte(&sets[0], '\0');
    buf_add_byte(&sets[1], '\0');

    follows_a_rotation(true);
    follows_a_rotation(false);
    refuses("a server that our CA does not know", HONEST, "other-ca");
    refuses("a redirect", REDIRECTS, "ca");
    refuses("more than 256 kB", BLOATS, "ca");
    refuses("a set that is cut short", CUTS, "ca");
    refuses("a document of another issuer", IMPOSTOR, "ca");

    for (int i = 0; i < 2; i++)
        buf_clear(&sets[i]);
    test_key_free(&a);
    test_key_free(&b);
    certificate_free(&server);
    certificate_free(&ca);
    certificate_free(&other_ca);
    remove_all();
    return done_testing();
}
