/* SPDX-License-Identifier: MIT */
/* What the suites of fetch share: a loop with a pool, one question and what came of it, targets
 * and the certificates of a run. */
#pragma once

#include "net/fetch.h"

#include <event2/event.h>
#include <signal.h>

#include "tests/certificates.h"
#include "tests/hostile.h"
#include "tests/tap.h"

#pragma GCC diagnostic ignored "-Wunused-function" /* each suite uses its part of it */

enum { MINUTE_MS = 60000, SHORT_MS = 50, BODY_MAX = 4096 };

/* --- one question and what came of it ------------------------------------------------------------
 */

struct world {
    struct loop *loop;
    struct fetch_pool *pool;
    int pending; /* the loop stops when nothing is */
    int depth;   /* of calls of `done` */
    bool is_starting;
};

struct got {
    struct world *world;
    struct fetch *slot;
    int calls;
    bool was_wrong; /* called from inside start, nested, or with its slot full */
    enum fetch_status status;
    int http_status;
    char body[BODY_MAX + 1], content_type[64], request_id[64], why[256];
    unsigned retry_after_s;
    bool reused, began;
    void (*then)(struct got *got); /* called inside done */
    void *ctx;
};

static struct world world_open(void)
{
    struct world world = {.loop = loop_new()};
    struct fetch_pool_settings settings = {
        .connections_max = 1000,
        .connection_idle_s = 30,
        .connection_life_s = 300,
        .header_bytes_max = 64 * 1024,
        .header_lines_max = 200,
    };
    world.pool = fetch_pool_new(world.loop, &settings);
    return world;
}

static void world_close(struct world *world)
{
    fetch_pool_free(&world->pool);
    loop_free(&world->loop);
}

static void copy(char *to, size_t room, struct str from)
{
    snprintf(to, room, "%.*s", STR_ARG(from));
}

/* Instants are in order, and say the same as the rest. */
static bool times_are_right(const struct fetch_result *result, instant now)
{
    const struct fetch_times *times = &result->times;
    bool has_begun = times->first_byte != INSTANT_NEVER;
    return times->started <= times->ended && times->ended <= now &&
           times->started <= times->connected && times->connected <= times->first_byte &&
           (!has_begun || times->first_byte <= times->ended) && has_begun == result->began &&
           has_begun == (times->bytes > 0) && times->reused == result->reused &&
           (result->status != FETCH_OK || times->bytes >= result->body.len + 12);
}

static void on_done(void *ctx, const struct fetch_result *result)
{
    struct got *got = ctx;
    struct world *world = got->world;
    got->calls++;
    got->was_wrong |= world->is_starting || world->depth != 0 || got->slot;
    got->was_wrong |= !times_are_right(result, loop_now(world->loop));
    world->depth++;
    got->status = result->status;
    got->http_status = result->http_status;
    copy(got->body, sizeof got->body, result->body);
    copy(got->content_type, sizeof got->content_type, result->content_type);
    copy(got->request_id, sizeof got->request_id, result->request_id);
    copy(got->why, sizeof got->why, str_of(result->why));
    got->retry_after_s = result->retry_after_s;
    got->reused = result->reused;
    got->began = result->began;
    if (got->then)
        got->then(got);
    world->depth--;
    if (--world->pending == 0)
        loop_stop(world->loop);
}

static struct fetch_spec spec_of(struct world *world, const struct fetch_target *target)
{
    instant minute = instant_after_ms(loop_now(world->loop), MINUTE_MS);
    return (struct fetch_spec){
        .target = target,
        .path = STR("/"),
        .answer_max = BODY_MAX,
        .connected_by = minute,
        .first_byte_by = minute,
        .done_by = minute,
        .silence_ms = MINUTE_MS,
    };
}

static void begin(struct world *world, const struct fetch_spec *spec, struct got *got)
{
    got->world = world;
    world->pending++;
    world->is_starting = true;
    fetch_start(world->pool, spec, &got->slot, on_done, got);
    world->is_starting = false;
}

static struct got ask(struct world *world, const struct fetch_spec *spec)
{
    struct got got = {0};
    begin(world, spec, &got);
    loop_run(world->loop);
    return got;
}

static struct got ask_target(struct world *world, const struct fetch_target *target)
{
    struct fetch_spec spec = spec_of(world, target);
    return ask(world, &spec);
}

static const char *code(enum fetch_status status)
{
    return fetch_status_code(status).at;
}

/* On failure the words of the implementation help. */
static void is_status(const struct got *got, enum fetch_status want, const char *name)
{
    if (!is_str(code(got->status), code(want), "%s: %s", name, code(want)))
        printf("#   why: %s\n", got->why);
    if (got->was_wrong)
        ok(false, "%s: in time and order", name);
}

/* --- targets -------------------------------------------------------------------------------------
 */

static char dir[] = "/tmp/fetch-XXXXXX"; /* of the certificates */

struct place { /* a target and the texts it borrows */
    struct fetch_target target;
    char url[64], ca[128], cert[128], key[128], crl[128];
};

static void place_identify(struct place *place)
{
    place->target.identity = fetch_target_identity(&place->target);
}

static void place_plain(struct place *place, uint16_t port)
{
    *place = (struct place){.target = {.insecure = true}};
    snprintf(place->url, sizeof place->url, "http://127.0.0.1:%u", port);
    place->target.url = str_of(place->url);
    place_identify(place);
}

static struct str place_file(char *text, size_t room, const char *name, const char *suffix)
{
    if (!name)
        return STR_NONE;
    snprintf(text, room, "%s/%s%s", dir, name, suffix);
    return str_of(text);
}

/* https://localhost, trusting `ca`, as `client` (NULL: nobody). */
static void place_tls(struct place *place, struct world *world, uint16_t port, const char *ca,
                      const char *client)
{
    char resolve[64];
    snprintf(resolve, sizeof resolve, "localhost:%u:127.0.0.1", port);
    fetch_pool_resolve(world->pool, str_of(resolve));
    *place = (struct place){0};
    snprintf(place->url, sizeof place->url, "https://localhost:%u", port);
    place->target.url = str_of(place->url);
    place->target.ca_file = place_file(place->ca, sizeof place->ca, ca, ".pem");
    place->target.cert_file = place_file(place->cert, sizeof place->cert, client, ".pem");
    place->target.key_file = place_file(place->key, sizeof place->key, client, ".key");
    place_identify(place);
}

static SSL_CTX *server_tls(const char *name, bool demands_client)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(tls, certificate_path(dir, name, ".pem")) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, certificate_path(dir, name, ".key"), SSL_FILETYPE_PEM) !=
            1 ||
        SSL_CTX_load_verify_locations(tls, certificate_path(dir, "ca", ".pem"), NULL) != 1)
        abort();
    if (demands_client)
        SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return tls;
}

static void make_certificates(void)
{
    if (!mkdtemp(dir))
        abort();
    struct certificate ca =
        certificate_make(dir, &(struct certificate_spec){"ca", "Test CA", NULL, 30, NULL});
    struct certificate stranger =
        certificate_make(dir, &(struct certificate_spec){"stranger", "Other CA", NULL, 30, NULL});
    const char *here = "DNS:localhost,IP:127.0.0.1";
    const struct certificate_spec specs[] = {
        {"good", "localhost", here, 30, &ca},
        {"revoked", "localhost", here, 30, &ca},
        {"expired", "localhost", here, -1, &ca},
        {"elsewhere", "localhost", "DNS:elsewhere.example", 30, &ca},
        {"nameless", "localhost", NULL, 30, &ca},
        {"foreign", "localhost", here, 30, &stranger},
        {"anna", "anna", NULL, 30, &ca},
        {"bent", "bent", NULL, 30, &ca},
        {"uninvited", "uninvited", NULL, 30, &stranger},
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct certificate made = certificate_make(dir, &specs[i]);
        if (strcmp(specs[i].name, "revoked") == 0)
            certificate_revoke(dir, "crl", &ca, &made);
        certificate_free(&made);
    }
    certificate_free(&ca);
    certificate_free(&stranger);
}

static void remove_certificates(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    if (system(command) != 0)
        printf("# %s is left behind\n", dir);
}

#define OK_HEAD "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"

static void serve_path(struct talk *talk)
{
    while (talk_request(talk) && talk_answer(talk, talk->path))
        ;
}

static void start_other(struct got *got)
{
    struct fetch_spec spec = spec_of(got->world, got->ctx);
    struct got *other = (struct got *)got + 1;
    begin(got->world, &spec, other);
}

static void distrust(struct got *got)
{
    fetch_distrust(got->world->pool);
}

/* --- a run ---------------------------------------------------------------------------------------
 */

/* libevent complains of a descriptor that was closed behind its back. */
static int complaints;

static void on_complaint(int severity, const char *message)
{
    if (severity < EVENT_LOG_WARN)
        return;
    complaints++;
    printf("# libevent: %s\n", message);
}

static void run_begin(void)
{
    event_set_log_callback(on_complaint);
    alarm(300); /* a test that hangs is a failure */
    signal(SIGPIPE, SIG_IGN);
    setenv("http_proxy", "http://127.0.0.1:1", 1); /* nothing here may heed them */
    setenv("https_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    make_certificates();
}

static int run_end(void)
{
    remove_certificates();
    is_int(complaints, 0, "libevent has nothing to complain of");
    return done_testing();
}
