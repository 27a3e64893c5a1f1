/* SPDX-License-Identifier: MIT */
#include "serve/trials.h"

#include "base/buf.h"
#include "base/die.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TRIAL_S = 600, /* the longest that a test may take */
    REPORT_MAX = 4 * 1024 * 1024,
    MEMORY_MAX = 64 * 1024 * 1024,
    WHO_MAX = 300,
    PATH_SIZE = 4096,
    EXIT_REMARKS = 1, /* of overblik source test; 0: approved, 2: not approved */
    EXIT_NOT_APPROVED = 2
};

struct trials {
    struct registrar_env env;
    struct registry_spec spec;
    struct registry *registry; /* NULL: opened at the next look */
    pthread_t thread;
    int wake_fd;
    atomic_bool is_stopping;
};

/* One manifest that is tried. */
struct trial {
    struct registry_version version; /* in the arena */
    struct arena *arena;
    int status; /* of the process; -1: it was not run to its end */
    struct str report;
    char why[WHO_MAX];
};

/* ---- the process ---- */

/* `overblik` stands beside us. */
static bool find_program(char path[PATH_SIZE])
{
    static const char name[] = "/overblik";
    ssize_t len = readlink("/proc/self/exe", path, PATH_SIZE - sizeof name - 1);
    if (len <= 0)
        return false;
    while (len > 0 && path[len - 1] != '/')
        len--;
    memcpy(path + (len > 0 ? len - 1 : 0), name, sizeof name);
    return access(path, X_OK) == 0;
}

/* What it writes goes to `fd`; it inherits nothing else of ours. -1: it cannot be started. */
static pid_t start_program(const struct trials *trials, struct trial *trial, int fd)
{
    char program[PATH_SIZE];
    struct str id = arena_format(trial->arena, "%.*s@%lld", STR_ARG(trial->version.name),
                                 (long long)trial->version.version);
    char *words[] = {program,
                     (char *)"source",
                     (char *)"test",
                     (char *)id.at,
                     (char *)"-c",
                     (char *)trials->env.config,
                     (char *)"--format",
                     (char *)"json",
                     trials->env.insecure_sources ? (char *)"--insecure-sources" : NULL,
                     NULL};
    char *environment[] = {NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, standard;
    pid_t pid = -1;

    if (!id.at || !find_program(program))
        return -1;
    sigemptyset(&none);
    sigemptyset(&standard);
    sigaddset(&standard, SIGPIPE);
    sigaddset(&standard, SIGXFSZ);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, fd, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_init(&how);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &standard);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (posix_spawn(&pid, program, &files, &how, words, environment) != 0)
        pid = -1;
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return pid;
}

/* Waits for its end, which is ours to bring about when it takes too long or we go down. */
static int wait_for(struct trials *trials, pid_t pid)
{
    int status = 0, pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    instant end = instant_after_ms(clock_instant(), TRIAL_S * INT64_C(1000));
    bool is_over = false;

    while (pidfd >= 0 && !is_over) {
        struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN},
                               {.fd = trials->wake_fd, .events = POLLIN}};
        int64_t left_ms = instant_left_ms(clock_instant(), end);
        if (left_ms <= 0 || atomic_load(&trials->is_stopping))
            break;
        /* Somebody else's manifest has come, which is looked for afterwards anyway. */
        uint64_t count;
        if (poll(fds, 2, (int)left_ms) > 0 && (fds[1].revents & POLLIN) &&
            read(trials->wake_fd, &count, sizeof count) < 0 && errno != EAGAIN)
            break;
        is_over = (fds[0].revents & POLLIN) != 0;
    }
    if (!is_over)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pidfd >= 0)
        close(pidfd);
    return is_over && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct str read_report(struct arena *arena, int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *bytes = size > 0 && size <= REPORT_MAX ? arena_alloc(arena, (size_t)size) : NULL;

    if (!bytes || pread(fd, bytes, (size_t)size, 0) != size)
        return STR_NONE;
    json_t *value = json_loadb(bytes, (size_t)size, 0, NULL);
    bool is_report = json_is_object(json_object_get(value, "result"));
    json_decref(value);
    while (size > 0 && bytes[size - 1] == '\n')
        size--;
    /* One end of line at its end, as it is handed out: so its hash is everybody's. */
    return is_report ? arena_format(arena, "%.*s\n", (int)size, bytes) : STR_NONE;
}

static void run_trial(struct trials *trials, struct trial *trial)
{
    int fd = memfd_create("report", MFD_CLOEXEC);
    pid_t pid = fd >= 0 ? start_program(trials, trial, fd) : -1;

    trial->status = pid > 0 ? wait_for(trials, pid) : -1;
    if (fd >= 0) {
        trial->report = read_report(trial->arena, fd);
        close(fd);
    }
}

/* ---- what follows from it ---- */

static enum registration_step judge(struct trial *trial)
{
    bool has_report = trial->report.at != NULL;

    if (has_report && (trial->status == 0 || trial->status == EXIT_REMARKS)) {
        snprintf(trial->why, sizeof trial->why, "%s",
                 trial->status == 0 ? "approved" : "approved with remarks");
        return STEP_CONFORM;
    }
    if (has_report && trial->status == EXIT_NOT_APPROVED)
        snprintf(trial->why, sizeof trial->why, "not approved; the report says why");
    else
        snprintf(trial->why, sizeof trial->why,
                 "the test could not be run to its end (status %d); try again, or ask the operator",
                 trial->status);
    return STEP_FAIL;
}

/* Unless somebody else has taken a step with it meanwhile. False: the registry failed. */
static bool keep(struct registry *registry, struct trial *trial)
{
    enum registration_step step = judge(trial);
    enum { TRIES = 5 };

    for (int i = 0; i < TRIES; i++) {
        const struct registry_ask ask = {.has_kind = true,
                                         .kind = REGISTRATION_SOURCE,
                                         .name = trial->version.name,
                                         .states = REGISTRATION_BIT(REGISTRATION_CHECKED)};
        struct registry_version change = trial->version;
        struct registry_list list;
        int64_t revision;
        bool is_current, is_there = false;

        if (!registry_revision(registry, &revision) ||
            !registry_list(registry, &ask, trial->arena, &list))
            return false;
        for (size_t k = 0; k < list.count; k++)
            is_there |= list.at[k].version == trial->version.version;
        if (!is_there)
            return true;
        change.bytes = STR_NONE;
        change.report = trial->report;
        change.terms = STR_NONE;
        change.state =
            registration_after(REGISTRATION_SOURCE, REGISTRATION_CHECKED, step, ACTOR_GATEWAY);
        change.who = STR("the gateway");
        change.why = str_of(trial->why);
        change.at_ms = clock_wall().unix_ms;
        if (!registry_change(registry, revision, &change, 1, &is_current))
            return false;
        if (is_current) {
            log_info(STR_NONE, "event=registration-tried source=%.*s version=%lld verdict=\"%s\"",
                     STR_ARG(trial->version.name), (long long)trial->version.version, trial->why);
            return true;
        }
    }
    return true; /* it is tried once more */
}

static void try_all(struct trials *trials)
{
    const struct registry_ask ask = {.has_kind = true,
                                     .kind = REGISTRATION_SOURCE,
                                     .states = REGISTRATION_BIT(REGISTRATION_CHECKED)};
    char why[REGISTRY_WHY_MAX];
    struct arena *arena = arena_new(MEMORY_MAX);
    struct registry_list list = {.count = 0};

    if (!trials->registry)
        trials->registry = registry_open(&trials->spec, why);
    bool is_well = trials->registry && registry_list(trials->registry, &ask, arena, &list);
    for (size_t i = 0; is_well && i < list.count; i++) {
        struct trial trial = {.version = list.at[i], .arena = arena};
        run_trial(trials, &trial);
        if (atomic_load(&trials->is_stopping))
            break; /* it is tried again after the next start */
        is_well = keep(trials->registry, &trial);
    }
    if (!is_well)
        registry_close(&trials->registry); /* the registrar says why, who looks as often */
    arena_free(&arena);
}

/* ---- the thread ---- */

static void *thread_main(void *ctx)
{
    struct trials *trials = ctx;
    while (!atomic_load(&trials->is_stopping)) {
        struct pollfd fd = {.fd = trials->wake_fd, .events = POLLIN};
        uint64_t count;
        try_all(trials);
        if (poll(&fd, 1, (int)(trials->env.settings->registration_poll_s * 1000)) > 0 &&
            read(trials->wake_fd, &count, sizeof count) < 0 && errno != EAGAIN)
            die("read from eventfd: errno %d", errno);
    }
    return NULL;
}

struct trials *trials_start(const struct registrar_env *env)
{
    struct trials *trials = die_calloc(1, sizeof *trials);
    trials->env = *env;
    trials->spec = configuration_registry(env->settings);
    trials->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (trials->wake_fd < 0 || pthread_create(&trials->thread, NULL, thread_main, trials) != 0)
        die("cannot start the thread of trials");
    return trials;
}

void trials_wake(struct trials *trials)
{
    uint64_t one = 1;
    if (write(trials->wake_fd, &one, sizeof one) < 0 && errno != EAGAIN)
        die("write to eventfd: errno %d", errno);
}

void trials_stop(struct trials **slot)
{
    struct trials *trials = *slot;
    if (!trials)
        return;
    *slot = NULL;
    atomic_store(&trials->is_stopping, true);
    trials_wake(trials);
    pthread_join(trials->thread, NULL);
    close(trials->wake_fd);
    registry_close(&trials->registry);
    free(trials);
}
