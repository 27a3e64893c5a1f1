/* SPDX-License-Identifier: MIT */
#include "serve/daemon.h"

#include "base/buf.h"
#include "base/die.h"
#include "base/log.h"
#include "net/tls.h"
#include "serve/check.h"
#include "serve/configuration.h"
#include "serve/control.h"
#include "serve/notify.h"
#include "serve/reload.h"
#include "serve/secrets.h"
#include "serve/switches.h"
#include "serve/trials.h"
#include "serve/versions.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

enum { WORKERS_MAX = 256, DRAIN_LOOK_MS = 20 };

struct options {
    const char *config, *ports_file;
    bool only_check, as_json, insecure_sources;
};

struct worker_thread {
    struct worker *worker;
    pthread_t thread;
    struct timer drain_look;
    instant drain_by;
};

struct daemon {
    struct options options;
    struct shared shared;
    struct snapshot *snapshot;
    SSL_CTX *tls;
    struct assertion_signer *checkpoint_signer;
    struct control_doors operators;
    struct control *control;
    struct worker_thread threads[WORKERS_MAX];
    struct worker *workers[WORKERS_MAX];
    size_t worker_count;
    bool is_registry_read; /* with the configuration */
    uint16_t tls_port, plain_port;
};

/* ---- options ---- */

static void print_help(void)
{
    printf("overblikd: one overview of what every authority holds about a citizen\n\n"
           "usage: overblikd [-c FILE] [-t [--json]] [--ports-file FILE] [--insecure-sources]\n\n"
           "  -c, --config FILE     the configuration (conf/overblikd.json)\n"
           "  -t, --test            check the configuration, name every fault, and end\n"
           "      --json            with -t: what was found, as JSON for editors\n"
           "      --ports-file FILE write the ports in use as JSON once they listen\n"
           "      --insecure-sources  allow http:// towards sources on loopback (bench only)\n"
           "      --help-settings   every setting with its default, bounds and meaning\n"
           "      --version         ours and every library's\n"
           "  -h, --help\n\n"
           "signals: TERM, INT drain and end (twice: end at once); HUP reads the configuration\n"
           "again, all or nothing\n");
}

static void print_settings(void)
{
    struct buf out;
    buf_init(&out, 1024 * 1024);
    settings_describe(&out);
    printf("%.*s", (int)out.len, out.at ? out.at : "");
    buf_clear(&out);
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    enum { PORTS_FILE = 256, INSECURE, HELP_SETTINGS, VERSION, JSON };
    static const struct option known[] = {{"config", required_argument, NULL, 'c'},
                                          {"test", no_argument, NULL, 't'},
                                          {"help", no_argument, NULL, 'h'},
                                          {"json", no_argument, NULL, JSON},
                                          {"ports-file", required_argument, NULL, PORTS_FILE},
                                          {"insecure-sources", no_argument, NULL, INSECURE},
                                          {"help-settings", no_argument, NULL, HELP_SETTINGS},
                                          {"version", no_argument, NULL, VERSION},
                                          {NULL, 0, NULL, 0}};
    *options = (struct options){.config = "conf/overblikd.json"};
    for (int option; (option = getopt_long(argc, argv, "c:th", known, NULL)) != -1;)
        switch (option) {
        case 'c':
            options->config = optarg;
            break;
        case 't':
            options->only_check = true;
            break;
        case JSON:
            options->as_json = true;
            break;
        case 'h':
            print_help();
            return EX_OK;
        case PORTS_FILE:
            options->ports_file = optarg;
            break;
        case INSECURE:
            options->insecure_sources = true;
            break;
        case HELP_SETTINGS:
            print_settings();
            return EX_OK;
        case VERSION:
            versions_print("overblikd");
            return EX_OK;
        default:
            fprintf(stderr, "try overblikd --help\n");
            return EX_USAGE;
        }
    if (optind < argc) {
        fprintf(stderr, "overblikd: unexpected argument %s; try overblikd --help\n", argv[optind]);
        return EX_USAGE;
    }
    return -1;
}

/* ---- what the configuration names: keys and certificates ---- */

static void use_secrets(struct daemon *daemon, const struct secrets *secrets)
{
    struct shared *shared = &daemon->shared;

    shared->handle_key = secrets->handle_key;
    shared->consent_keys = secrets->consent_keys;
    shared->pseudonym_key = secrets->pseudonym_key;
    shared->signer = secrets->signer;
    daemon->checkpoint_signer = secrets->checkpoint_signer;
    memcpy(shared->certificate, secrets->certificate, sizeof shared->certificate);
    daemon->tls = secrets->tls;
    daemon->operators.tls = secrets->operators_tls;
}

/* At the start the store's own opening says what is wrong with it, and that it is no fault of the
 * configuration: whoever starts us tries again. */
static struct snapshot *read_configuration(struct daemon *daemon, bool is_start,
                                           struct faults *faults)
{
    const struct configuration_spec spec = {.path = daemon->options.config,
                                            .insecure_sources = daemon->options.insecure_sources,
                                            .needs_registry = !is_start,
                                            .is_registry_read = &daemon->is_registry_read};
    daemon->is_registry_read = true; /* unless it is looked at in vain */
    return configuration_compose(&spec, faults);
}

/* Reads everything; false: faults were printed. */
static bool configure(struct daemon *daemon, struct arena *arena)
{
    struct secrets secrets = {0};
    struct faults faults;
    faults_init(&faults, arena);
    daemon->snapshot = read_configuration(daemon, true, &faults);
    if (daemon->snapshot)
        secrets_load(daemon->snapshot, arena, &secrets, &faults);
    use_secrets(daemon, &secrets); /* release() clears them, also after faults */
    configuration_complain(&faults);
    if (faults.count > 0)
        check_count("overblikd", faults.count);
    return faults.count == 0;
}

/* ---- workers ---- */

static bool listen_on(struct daemon *daemon, struct worker *worker, int64_t wanted, SSL_CTX *tls,
                      uint16_t *port)
{
    const char *address = daemon->snapshot->settings.listen_address.at;
    const char *why = NULL;
    if (wanted < 0)
        return true;
    if (*port == 0)
        *port = (uint16_t)wanted; /* later workers share what the first one got */
    if (http_server_listen(worker->server, address, *port, true, tls, port, &why))
        return true;
    fprintf(stderr, "overblikd: cannot listen on %s port %u: %s\n", address, *port, why);
    return false;
}

static bool open_doors(struct daemon *daemon)
{
    const struct settings *settings = &daemon->snapshot->settings;
    for (size_t i = 0; i < daemon->worker_count; i++)
        if (!listen_on(daemon, daemon->workers[i], settings->listen_port, daemon->tls,
                       &daemon->tls_port) ||
            !listen_on(daemon, daemon->workers[i], settings->listen_plain_port, NULL,
                       &daemon->plain_port))
            return false;
    daemon->shared.tls_port = daemon->tls_port;
    daemon->shared.plain_port = daemon->plain_port;
    return true;
}

/* Written beside and renamed, so that who reads it reads all of it. */
static bool write_ports(const struct daemon *daemon)
{
    const char *path = daemon->options.ports_file;
    char temporary[4096];
    if (!path)
        return true;
    snprintf(temporary, sizeof temporary, "%s.new", path);
    FILE *file = fopen(temporary, "w");
    if (!file ||
        fprintf(file, "{\"tls\": %u, \"plain\": %u, \"admin\": %u}\n", daemon->tls_port,
                daemon->plain_port, daemon->operators.port) < 0 ||
        fclose(file) != 0 || rename(temporary, path) != 0) {
        fprintf(stderr, "overblikd: %s: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

static void *worker_main(void *ctx)
{
    struct worker_thread *thread = ctx;
    loop_run(thread->worker->loop);
    return NULL;
}

/* ---- the end ---- */

static void look_drained(void *ctx)
{
    struct worker_thread *thread = ctx;
    struct worker *worker = thread->worker;
    instant now = loop_now(worker->loop);
    if (http_server_is_idle(worker->server) || now >= thread->drain_by)
        loop_stop(worker->loop);
    else
        timer_start(worker->loop, &thread->drain_look, instant_after_ms(now, DRAIN_LOOK_MS),
                    look_drained, thread);
}

static void drain(void *ctx)
{
    struct worker_thread *thread = ctx;
    struct worker *worker = thread->worker;
    thread->drain_by =
        instant_after_ms(loop_now(worker->loop), worker->snapshot->settings.time_drain_ms);
    http_server_drain(worker->server);
    look_drained(thread);
}

static void stop_loop(void *ctx)
{
    loop_stop(ctx);
}

static void reload(struct daemon *daemon)
{
    uint64_t ticket = atomic_load(&daemon->shared.reloads_wanted); /* those are answered by it */
    struct arena *arena = arena_new(64 * 1024 * 1024);
    struct faults faults;
    faults_init(&faults, arena);
    struct snapshot *snapshot = read_configuration(daemon, false, &faults);
    for (const struct fault *fault = faults.first; fault; fault = fault->next)
        log_error(STR_NONE, "event=configuration-fault at=%.*s what=\"%.*s\"",
                  STR_ARG(fault->where), STR_ARG(fault->what));
    if (snapshot)
        control_use_snapshot(daemon->control, snapshot);
    else
        log_error(STR_NONE, "event=configuration-refused faults=%zu action=\"the old one stays\"",
                  faults.count);
    control_take_report(
        daemon->control,
        reload_report_new(ticket, &faults, snapshot ? snapshot->revision : "", clock_wall()));
    snapshot_unref(&snapshot);
    arena_free(&arena);
}

/* From the control thread, for an operator. */
static uint64_t want_reload(void *ctx)
{
    struct daemon *daemon = ctx;
    uint64_t ticket = atomic_fetch_add(&daemon->shared.reloads_wanted, 1) + 1;
    kill(getpid(), SIGHUP);
    return ticket;
}

/* Signals are waited for, not caught: no code runs in a handler. */
static void wait_for_end(struct daemon *daemon, const sigset_t *signals)
{
    bool is_draining = false;
    for (;;) {
        int signal = sigwaitinfo(signals, NULL);
        if (signal == SIGHUP) {
            reload(daemon);
        } else if ((signal == SIGTERM || signal == SIGINT) && !is_draining) {
            is_draining = true;
            log_info(STR_NONE, "event=draining");
            notify_manager("STOPPING=1");
            atomic_store(&daemon->shared.is_draining, true);
            for (size_t i = 0; i < daemon->worker_count; i++)
                loop_post(daemon->workers[i]->loop, drain, &daemon->threads[i]);
        } else if (signal == SIGTERM || signal == SIGINT) {
            for (size_t i = 0; i < daemon->worker_count; i++)
                loop_stop(daemon->workers[i]->loop);
        } else if (signal == SIGUSR1) {
            return; /* every worker has ended: see join_workers */
        }
    }
}

/* Waits for the workers and wakes the thread that waits for signals. */
static void *join_workers(void *ctx)
{
    struct daemon *daemon = ctx;
    for (size_t i = 0; i < daemon->worker_count; i++)
        pthread_join(daemon->threads[i].thread, NULL);
    kill(getpid(), SIGUSR1);
    return NULL;
}

static void release(struct daemon *daemon)
{
    trials_stop(&daemon->shared.trials);
    registrar_stop(&daemon->shared.registrar); /* what waits for it is told on control's loop */
    control_stop(daemon->control);
    for (size_t i = 0; i < daemon->worker_count; i++) {
        timer_cancel(daemon->workers[i]->loop, &daemon->threads[i].drain_look); /* looks at it */
        http_server_free(&daemon->workers[i]->server); /* what was under way is recorded as cut */
    }
    access_log_close(&daemon->shared.access_log);
    access_reader_stop(&daemon->shared.access_reader);
    consents_stop(&daemon->shared.consents);
    control_free(&daemon->control); /* the reader may have told it something */
    for (size_t i = 0; i < daemon->worker_count; i++) {
        /* What was posted before is delivered before: nothing is left behind in the loop. */
        loop_post(daemon->workers[i]->loop, stop_loop, daemon->workers[i]->loop);
        loop_run(daemon->workers[i]->loop);
        worker_free(&daemon->workers[i]);
    }
    assertion_signer_free(&daemon->shared.signer);
    assertion_signer_free(&daemon->checkpoint_signer);
    health_free(&daemon->shared.health);
    classification_misses_free(&daemon->shared.misses);
    explain_free(&daemon->shared.explain);
    store_close(&daemon->shared.store);
    pseudonym_key_clear(&daemon->shared.pseudonym_key);
    tls_server_free(&daemon->tls);
    tls_server_free(&daemon->operators.tls);
    snapshot_unref(&daemon->snapshot);
}

/* ---- the whole ---- */

static size_t count_workers(const struct settings *settings)
{
    int64_t count = settings->workers > 0 ? settings->workers : sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1)
        count = 1;
    return (size_t)(count < WORKERS_MAX ? count : WORKERS_MAX);
}

/* The workers' heaps breathe with their requests. Giving pages back each time and asking for them
 * again at the next costs more than all else that malloc does (docs/performance.md). */
static void keep_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_MMAP_THRESHOLD, 16 << 20);
}

/* Each overview takes a descriptor per source and one for its client. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            log_warn(STR_NONE, "event=descriptor-limit errno=%d", errno);
    }
}

static bool open_store(struct daemon *daemon)
{
    struct str path = daemon->snapshot->settings.record_store;
    const char *why = NULL;
    daemon->shared.store = store_open(path.at, &why);
    if (daemon->shared.store && !switches_load(daemon->shared.store, daemon->shared.health))
        why = "cannot be read";
    if (why)
        fprintf(stderr, "overblikd: %.*s: %s\n", STR_ARG(path), why);
    return !why;
}

static bool open_access_log(struct daemon *daemon)
{
    const struct settings *settings = &daemon->snapshot->settings;
    const struct access_log_spec spec = {
        .store = {.sqlite = settings->record_store.at,
                  .postgres = settings->record_postgres.at,
                  .node = settings->record_node,
                  .is_unchecked = true}, /* open_store has had it checked */
        .signer = daemon->checkpoint_signer,
        .checkpoint_records = settings->record_checkpoint_records,
        .checkpoint_ms = settings->record_checkpoint_s * 1000,
        .keep_days = settings->record_keep_days,
        .report_months = settings->record_report_months,
    };
    char why[ACCESS_WHY_MAX];
    daemon->shared.access_log = access_log_open(&spec, why);
    if (daemon->shared.access_log) {
        daemon->shared.access_reader = access_reader_start(&spec.store);
        daemon->shared.consents = consents_start(&spec.store, settings->consents_keep_days);
    } else {
        fprintf(stderr, "overblikd: %.*s: %s\n", STR_ARG(settings->record_store), why);
    }
    return daemon->shared.access_log != NULL;
}

static void on_registry_news(void *ctx)
{
    want_reload(ctx);
}

static void start_registrar(struct daemon *daemon)
{
    const struct registrar_env env = {.config = daemon->options.config,
                                      .insecure_sources = daemon->options.insecure_sources,
                                      .settings = &daemon->snapshot->settings,
                                      .changed = on_registry_news,
                                      .ctx = daemon};
    daemon->shared.registrar = registrar_start(&env);
    registrar_in_force(daemon->shared.registrar, daemon->snapshot->registry_revision);
    if (daemon->snapshot->settings.registration_ca.at)
        daemon->shared.trials = trials_start(&env);
}

static bool start_control(struct daemon *daemon)
{
    const char *why = NULL;
    daemon->shared.want_reload = want_reload;
    daemon->shared.want_reload_ctx = daemon;
    daemon->control = control_start(&daemon->shared, daemon->workers, daemon->worker_count,
                                    daemon->snapshot, &daemon->operators, &why);
    if (!daemon->control)
        fprintf(stderr, "overblikd: %s\n", why);
    return daemon->control;
}

static int serve(struct daemon *daemon, const sigset_t *signals)
{
    const struct settings *settings = &daemon->snapshot->settings;
    int status = EX_UNAVAILABLE;
    pthread_t joiner;

    daemon->shared.health = health_new();
    daemon->shared.misses = classification_misses_new();
    daemon->shared.explain =
        explain_new((size_t)settings->explain_entries, (size_t)settings->explain_bytes_max);
    if (!open_store(daemon) || !open_access_log(daemon))
        return EX_IOERR;
    if (!daemon->is_registry_read) { /* somebody's rules would be left out */
        fprintf(stderr, "overblikd: what owners have handed in cannot be read\n");
        return EX_IOERR;
    }
    start_registrar(daemon);
    daemon->worker_count = count_workers(settings);
    for (size_t i = 0; i < daemon->worker_count; i++) {
        daemon->workers[i] = worker_new(&daemon->shared, daemon->snapshot);
        daemon->threads[i].worker = daemon->workers[i];
    }
    if (open_doors(daemon) && start_control(daemon) && write_ports(daemon)) {
        for (size_t i = 0; i < daemon->worker_count; i++)
            if (pthread_create(&daemon->threads[i].thread, NULL, worker_main,
                               &daemon->threads[i]) != 0)
                die("cannot start a worker");
        log_info(STR_NONE, "event=started workers=%zu tls_port=%u plain_port=%u revision=%s",
                 daemon->worker_count, daemon->tls_port, daemon->plain_port,
                 daemon->snapshot->revision);
        if (pthread_create(&joiner, NULL, join_workers, daemon) != 0)
            die("cannot start a thread");
        notify_manager("READY=1");
        wait_for_end(daemon, signals);
        pthread_join(joiner, NULL);
        status = EX_OK;
    }
    return status;
}

/* Nothing from outside steers a library: no proxy, no key log, no other OpenSSL configuration. */
static void clear_environment(void)
{
    const char *manager = getenv("NOTIFY_SOCKET");
    char *kept = manager ? die_strdup(manager) : NULL;
    clearenv();
    if (kept)
        setenv("NOTIFY_SOCKET", kept, 1);
    free(kept);
}

int daemon_main(int argc, char **argv)
{
    struct daemon *daemon = die_calloc(1, sizeof *daemon);
    struct arena *arena = arena_new(64 * 1024 * 1024);
    int status = parse_options(argc, argv, &daemon->options);
    sigset_t signals;

    clear_environment();
    keep_memory();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);  /* a limit of file sizes is met as a full disk is */
    prctl(PR_SET_DUMPABLE, 0); /* no personal data in core files */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    if (status < 0 && daemon->options.only_check) {
        const struct check_options check = {.program = "overblikd",
                                            .path = daemon->options.config,
                                            .insecure_sources = daemon->options.insecure_sources,
                                            .as_json = daemon->options.as_json};
        status = check_configuration(&check);
    } else if (status < 0) {
        status = EX_CONFIG;
        bool is_configured = configure(daemon, arena);
        if (!is_configured && !daemon->is_registry_read)
            status = EX_IOERR; /* what is amiss may stand there */
        if (is_configured) {
            const struct settings *settings = &daemon->snapshot->settings;
            if (!log_open(settings->log_file.at, "overblikd",
                          (enum log_level)settings->log_level)) {
                fprintf(stderr, "overblikd: %.*s: %s\n", STR_ARG(settings->log_file),
                        strerror(errno));
                status = EX_IOERR;
            } else {
                enum log_format format = LOG_JSON; /* the settings were checked */
                if (log_format_parse(settings->log_format, &format))
                    log_set_format(format);
                raise_descriptor_limit();
                status = serve(daemon, &signals);
            }
        }
        release(daemon);
    }
    arena_free(&arena);
    free(daemon);
    return status;
}
