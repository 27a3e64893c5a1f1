/* SPDX-License-Identifier: MIT */
/* instructions: asks a worker for overviews, so that callgrind can count what each kind costs:
 * `instructions CONFIGURATION CERTS SOURCES`. Prints a line for each kind, "name-SOURCES overviews
 * allocations", the last over all of them. Run by instructions.t. */
#include "counted.h"
#include "world.h"

#include "adapters/sandbox/demo_token.h"
#include "base/die.h"
#include "serve/configuration.h"
#include "serve/route.h"
#include "serve/secrets.h"
#include "serve/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Warm: memory has grown to what it needs, tables hold what they will hold. */
enum { WARM_UP = 24, COUNTED = 8, TURNS_MAX = 1024 };

static const struct kind {
    const char *name, *accept;
    bool is_new_login; /* the token is not in the cache */
} kinds[] = {
    {"document", "application/json", false},
    {"new-login", "application/json", true},
    {"stream", "application/x-ndjson", false},
};

static struct shared shared;
static struct key_set *keys;

static bool sign(void *ctx, struct str bytes, unsigned char signature[64])
{
    (void)ctx, (void)bytes;
    memset(signature, 7, 64); /* libcrypto's own cost is not what is measured */
    return true;
}

static void draw_bytes(void *ctx, unsigned char *bytes, size_t len)
{
    unsigned *state = ctx;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (unsigned char)((*state = *state * 1103515245u + 12345u) >> 16);
}

static struct worker *make_worker(const char *configuration, struct arena *arena)
{
    static unsigned state = 1;
    struct faults faults;
    struct secrets secrets;

    faults_init(&faults, arena);
    struct snapshot *snapshot = configuration_read(configuration, true, &faults);
    if (snapshot)
        secrets_load(snapshot, arena, &secrets, &faults);
    if (faults.count > 0) {
        configuration_complain(&faults);
        die("%s cannot be used", configuration);
    }
    shared = (struct shared){.health = health_new(),
                             .misses = classification_misses_new(),
                             .explain = explain_new((size_t)snapshot->settings.explain_entries,
                                                    (size_t)snapshot->settings.explain_bytes_max),
                             .signer = secrets.signer,
                             .pseudonym_key = secrets.pseudonym_key,
                             .handle_key = secrets.handle_key};
    struct worker *worker = worker_new(&shared, snapshot);
    worker->env.sign = sign;
    uuid_source_init_with(&worker->uuids, draw_bytes, &state);
    return worker;
}

static void give_keys(struct worker *worker, const char *certs, struct arena *arena)
{
    struct faults faults;
    const char *why = "unreadable";
    struct str path = arena_format(arena, "%s/jwks.json", certs);

    faults_init(&faults, arena);
    struct str bytes = configuration_file(path, arena, &faults);
    keys = bytes.at ? key_set_parse(bytes, &why) : NULL;
    if (!keys)
        die("%.*s: %s", STR_ARG(path), why);
    worker_use_keys(worker, 0, keys);
}

/* What a portal sends, but for the kind of answer wanted. */
static struct str make_request(struct worker *worker, const char *certs, const char *accept,
                               struct arena *arena)
{
    json_t *citizen = json_pack("{s:s, s:s, s:s, s:s, s:[s]}", "cpr", "6101709995", "uuid",
                                "0f9960a0-d28d-4353-a3e2-000000000001", "name", "Jens Jensen",
                                "level", "Substantial", "amr", "code_app");
    struct str issuer = arena_copy(arena, worker->snapshot->profiles[0].issuer);
    char *token = NULL;

    if (!citizen || !demo_token_make(certs, citizen, issuer.at, "portal", "RS256",
                                     loop_wall(worker->loop), 3600, 0, &token))
        die("cannot sign with the key in %s", certs);
    struct str request = arena_format(arena,
                                      "GET /v1/overview HTTP/1.1\r\nHost: overblik.example\r\n"
                                      "Accept: %s\r\nAccept-Language: da, en;q=0.5\r\n"
                                      "User-Agent: portal/1.0\r\nAuthorization: Bearer %s\r\n\r\n",
                                      accept, token);
    free(token);
    json_decref(citizen);
    return request;
}

/* One overview, as the door would hand it on. */
static void look_up(struct worker *worker, struct str request, struct http_exchange *exchange)
{
    static const struct http_limits limits = {8192, 24576, HTTP_FIELDS_MAX, 0};
    static struct http_head head;
    struct problem problem;
    size_t used;

    *exchange = (struct http_exchange){0};
    counted_on();
    if (http_head_parse(request, &limits, &head, &used, &problem) == HTTP_DONE) {
        const struct http_request asked = {.head = &head,
                                           .body = STR(""),
                                           .peer = STR("127.0.0.1"),
                                           .client_certificate = STR(""),
                                           .client_name = STR("")};
        route_request(worker, &asked, exchange);
    }
    counted_off();
    for (int i = 0; i < TURNS_MAX && fake_loop_turn(worker->loop); i++)
        ;
}

static void measure(struct worker *worker, const struct kind *kind, struct str request,
                    size_t sources)
{
    char name[64];
    struct http_exchange exchange;

    snprintf(name, sizeof name, "%s-%zu", kind->name, sources);
    for (int i = 0; i < WARM_UP + COUNTED; i++) {
        size_t fetches = fake_fetches(), records = fake_records();
        if (i == WARM_UP)
            counted_end("warm-up");
        if (kind->is_new_login)
            worker_use_keys(worker, 0, keys); /* what was verified by others does not count */
        look_up(worker, request, &exchange);
        bool is_stream = strcmp(kind->accept, "application/json") != 0;
        if (exchange.status != 200 || !exchange.has_ended || worker->lookups != 0 ||
            exchange.pieces != (is_stream ? sources + 2 : 1) ||
            exchange.body_bytes < sources * ANSWER_BYTES / 2 ||
            fake_fetches() != fetches + sources || fake_records() != records + 2)
            die("%s: %d, %zu bytes in %zu pieces, %zu asked, %zu records", name, exchange.status,
                exchange.body_bytes, exchange.pieces, fake_fetches() - fetches,
                fake_records() - records);
    }
    printf("%s %d %llu\n", name, COUNTED, (unsigned long long)counted_allocations());
    fflush(stdout);
    counted_end(name);
}

int main(int argc, char **argv)
{
    size_t sources = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    struct arena *arena = arena_new(1024 * 1024);

    if (sources < 1 || sources > SOURCES_MAX) {
        fprintf(stderr, "usage: instructions CONFIGURATION CERTS SOURCES\n");
        return 64;
    }
    fake_sources_make(sources);
    struct worker *worker = make_worker(argv[1], arena);
    give_keys(worker, argv[2], arena);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct str request = make_request(worker, argv[2], kinds[i].accept, arena);
        measure(worker, &kinds[i], request, sources);
    }
    return 0;
}
