/* SPDX-License-Identifier: MIT */
#include "portal/portal.h"

#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>
#include <version.h>

#include "base/log.h"
#include "net/resolve.h"
#include "net/tls.h"
#include "portal/routes.h"
#include "portal/visit.h"

enum {
    SWEEP_MS = 1000,
    LOGIN_MS = 600000,
    RESOLVE_S = 60,
    ANSWER_HEADER_MAX = 65536,
    ANSWER_LINES_MAX = 200,
    CONNECTIONS_MAX = 256,
    IDLE_S = 30,
    LIFE_S = 300,
};

/* The program's whole: the portal and what only main needs. */
struct program {
    struct portal portal;
    const char *conf, *ports_file;
    struct resolver *resolver;
    SSL_CTX *tls;
    struct timer sweep;
    uint16_t port;
    pthread_t waiter;
    sigset_t signals;
};

static void print_help(void)
{
    printf("overblik-portal: the reference portal of Overblik\n\n"
           "usage: overblik-portal [-c FILE] [--ports-file FILE]\n\n"
           "  -c, --config FILE     the configuration (conf/portal.json)\n"
           "      --ports-file FILE write the port in use as JSON once it listens\n"
           "      --version\n"
           "  -h, --help\n\n"
           "signals: TERM, INT end it; all sessions end with it\n");
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct program *program)
{
    enum { PORTS_FILE = 256, VERSION };
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},
                                          {"ports-file", required_argument, NULL, PORTS_FILE},
                                          {"version", no_argument, NULL, VERSION},
                                          {NULL, 0, NULL, 0}};
    program->conf = "conf/portal.json";
    for (int option; (option = getopt_long(argc, argv, "c:h", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            program->conf = optarg;
            break;
        case PORTS_FILE:
            program->ports_file = optarg;
            break;
        case 'h':
            print_help();
            return EX_OK;
        case VERSION:
            printf("overblik-portal %s\n", OVERBLIK_VERSION);
            return EX_OK;
        default:
            return EX_USAGE;
        }
    return optind < argc ? EX_USAGE : -1;
}

/* ---- parts ---- */

static void on_address(void *ctx, struct str host, uint16_t port, struct str resolve)
{
    struct portal *portal = ctx;
    (void)host, (void)port;
    fetch_pool_resolve(portal->pool, resolve);
}

/* "https://host:port" */
static void watch(struct program *program, const char *url)
{
    uint64_t port = 443;
    struct str rest = str_skip(str_of(url), strlen("https://")), host = str_split(&rest, ':');
    if (rest.at && !str_to_u64(rest, UINT16_MAX, &port))
        return;
    resolver_watch(program->resolver, host, (uint16_t)port);
}

static void on_sweep(void *ctx)
{
    struct program *program = ctx;
    struct portal *portal = &program->portal;
    instant now = loop_now(portal->loop);
    sessions_sweep(portal->sessions, now);
    timer_start(portal->loop, &program->sweep, instant_after_ms(now, SWEEP_MS), on_sweep, program);
}

static void make_parts(struct program *program)
{
    struct portal *portal = &program->portal;
    const struct config *config = &portal->config;
    const struct fetch_pool_settings pool = {.connections_max = CONNECTIONS_MAX,
                                             .connection_idle_s = IDLE_S,
                                             .connection_life_s = LIFE_S,
                                             .header_bytes_max = ANSWER_HEADER_MAX,
                                             .header_lines_max = ANSWER_LINES_MAX};
    const struct http_settings door = http_settings_standard();
    const struct session_limits limits = {.sessions_max = (size_t)config->sessions_max,
                                          .logins_max = (size_t)config->logins_max,
                                          .idle_ms = config->idle_s * INT64_C(1000),
                                          .life_ms = config->life_s * INT64_C(1000),
                                          .login_ms = LOGIN_MS};
    portal->loop = loop_new();
    portal->pool = fetch_pool_new(portal->loop, &pool);
    portal->server = http_server_new(portal->loop, &door, routes_handle, portal);
    portal->sessions = sessions_new(&limits);
    program->resolver = resolver_new(portal->loop, RESOLVE_S, on_address, portal);
    watch(program, config->broker.url);
    watch(program, config->gateway.url);
}

static bool listen_on(struct program *program, const char **why)
{
    struct portal *portal = &program->portal;
    const struct config *config = &portal->config;
    const struct tls_server_spec spec = {.cert_file = config->certificate, .key_file = config->key};
    program->tls = tls_server_new(&spec, why);
    if (!program->tls ||
        !http_server_listen(portal->server, config->address, (uint16_t)config->port, false,
                            program->tls, &program->port, why))
        return false;
    if (config->url)
        snprintf(portal->url, sizeof portal->url, "%s", config->url);
    else
        snprintf(portal->url, sizeof portal->url, "https://localhost:%u", program->port);
    return true;
}

/* Written beside and renamed, so that who reads it reads all of it. */
static bool write_ports(const struct program *program)
{
    char temporary[4096];
    if (!program->ports_file)
        return true;
    snprintf(temporary, sizeof temporary, "%s.new", program->ports_file);
    FILE *file = fopen(temporary, "w");
    if (file && fprintf(file, "{\"portal\": %u}\n", program->port) > 0 && fclose(file) == 0 &&
        rename(temporary, program->ports_file) == 0)
        return true;
    fprintf(stderr, "overblik-portal: %s: %s\n", program->ports_file, strerror(errno));
    return false;
}

/* ---- the end ---- */

/* Signals are waited for, not caught: no code runs in a handler. */
static void *wait_for_end(void *ctx)
{
    struct program *program = ctx;
    sigwaitinfo(&program->signals, NULL);
    loop_stop(program->portal.loop);
    return NULL;
}

static void release(struct program *program)
{
    struct portal *portal = &program->portal;
    if (portal->loop) {
        timer_cancel(portal->loop, &program->sweep);
        http_server_free(&portal->server);
        resolver_free(&program->resolver);
        fetch_pool_free(&portal->pool);
        sessions_free(&portal->sessions);
        loop_free(&portal->loop);
    }
    tls_server_free(&program->tls);
    assets_free(&portal->assets);
    config_clear(&portal->config);
}

/* ---- the whole ---- */

static int serve(struct program *program)
{
    struct portal *portal = &program->portal;
    const char *why = "";
    make_parts(program);
    if (!listen_on(program, &why)) {
        fprintf(stderr, "overblik-portal: cannot listen: %s\n", why);
        return EX_UNAVAILABLE;
    }
    if (!write_ports(program))
        return EX_IOERR;
    pthread_create(&program->waiter, NULL, wait_for_end, program);
    on_sweep(program);
    log_info(STR_NONE, "event=started port=%u", program->port);
    loop_run(portal->loop);
    pthread_join(program->waiter, NULL);
    log_info(STR_NONE, "event=ended");
    return EX_OK;
}

int portal_main(int argc, char **argv)
{
    static struct program program;
    const char *why = "";
    int status = parse_options(argc, argv, &program);
    if (status >= 0)
        return status;
    json_wipe_always();
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_DUMPABLE, 0); /* no personal data in core files */
    sigemptyset(&program.signals);
    sigaddset(&program.signals, SIGTERM);
    sigaddset(&program.signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &program.signals, NULL);
    if (!log_open(NULL, "overblik-portal", LOG_INFO))
        return EX_IOERR;
    if (!config_read(program.conf, &program.portal.config, &why) ||
        !(program.portal.assets = assets_read(program.portal.config.assets, &why))) {
        fprintf(stderr, "overblik-portal: %s\n", why);
        status = EX_CONFIG;
    } else {
        status = serve(&program);
    }
    release(&program);
    return status;
}
