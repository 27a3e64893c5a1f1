/* SPDX-License-Identifier: MIT */
/* Names to addresses: what is told and when, with a getaddrinfo of the test's own, which takes the
 * C library's place. "localhost" goes through to the real one. Nothing leaves this machine.
 * Label: threads. */
#include "net/resolve.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/tap.h"

typedef int getaddrinfo_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;
static const char *const *script; /* answers in turn, the last one for ever; NULL fails */
static int calls;
static bool is_hanging;

static struct addrinfo *info_make(const char *text, struct addrinfo *next)
{
    struct addrinfo *info = calloc(1, sizeof *info);
    struct sockaddr_in6 *v6 = calloc(1, sizeof *v6); /* the larger one */
    struct sockaddr_in *v4 = (void *)v6;
    if (!info || !v6)
        abort();
    if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        info->ai_addrlen = sizeof *v6;
    } else if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        info->ai_addrlen = sizeof *v4;
    } else {
        abort();
    }
    info->ai_addr = (void *)v6;
    info->ai_next = next;
    return info;
}

/* "::1 127.0.0.1" as a list in this order. */
static struct addrinfo *infos_make(const char *texts)
{
    char first[64];
    size_t len = strcspn(texts, " ");
    snprintf(first, sizeof first, "%.*s", (int)len, texts);
    return info_make(first, texts[len] ? infos_make(texts + len + 1) : NULL);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    if (strcmp(host, "localhost") == 0) {
        getaddrinfo_fn *real;
        *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
        struct addrinfo *theirs;
        int error = real(host, service, hints, &theirs);
        if (error)
            return error;
        char texts[256] = "", text[64]; /* as ours, so that freeaddrinfo is one */
        for (struct addrinfo *at = theirs; at; at = at->ai_next) {
            const void *bytes =
                at->ai_family == AF_INET6
                    ? (void *)&((struct sockaddr_in6 *)(void *)at->ai_addr)->sin6_addr
                    : (void *)&((struct sockaddr_in *)(void *)at->ai_addr)->sin_addr;
            inet_ntop(at->ai_family, bytes, text, sizeof text);
            strcat(strcat(texts, texts[0] ? " " : ""), text);
        }
        *found = infos_make(texts);
        void (*free_theirs)(struct addrinfo *);
        *(void **)&free_theirs = dlsym(RTLD_NEXT, "freeaddrinfo");
        free_theirs(theirs);
        return 0;
    }
    pthread_mutex_lock(&lock);
    calls++;
    const char *answer = *script;
    if (script[1])
        script++;
    while (is_hanging)
        pthread_cond_wait(&released, &lock);
    pthread_mutex_unlock(&lock);
    if (strcmp(answer, "none") == 0)
        return EAI_NONAME;
    *found = strcmp(answer, "empty") == 0 ? NULL : infos_make(answer);
    return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
    while (info) {
        struct addrinfo *next = info->ai_next;
        free(info->ai_addr);
        free(info);
        info = next;
    }
}

struct told {
    struct loop *loop;
    int count, stop_at;
    char all[1024]; /* each text in turn, a space behind it */
};

static void on_changed(void *ctx, struct str host, uint16_t port, struct str resolve)
{
    struct told *told = ctx;
    (void)host, (void)port;
    snprintf(told->all + strlen(told->all), sizeof told->all - strlen(told->all), "%.*s ",
             STR_ARG(resolve));
    if (++told->count == told->stop_at)
        loop_stop(told->loop);
}

static void stop(void *ctx)
{
    loop_stop(ctx);
}

static void test_localhost(void)
{
    struct told told = {.loop = loop_new(), .stop_at = 1};
    struct resolver *resolver = resolver_new(told.loop, 3600, on_changed, &told);
    resolver_watch(resolver, STR("127.0.0.1"), 1);
    resolver_watch(resolver, STR("::1"), 2);
    resolver_watch(resolver, STR("[::1]"), 3);
    resolver_watch(resolver, STR("localhost"), 8443);
    is_int(told.count, 0, "nothing is told inside watch");
    loop_run(told.loop);
    ok(str_starts_with(str_of(told.all), STR("localhost:8443:")), "localhost: %s", told.all);
    ok(strstr(told.all, "127.0.0.1") || strstr(told.all, "[::1]"), "is on the loopback");
    is_int(told.count, 1, "literals are not told");
    resolver_free(&resolver);
    ok(!resolver, "the slot is empty");
    loop_free(&told.loop);
}

/* Every refresh is a second; what is told is told once. */
static void test_changes(void)
{
    static const char *const answers[] = {
        "none",             /* not known yet */
        "10.0.0.1 fd00::1", /* known */
        "fd00::1 10.0.0.1", /* another order: nothing new */
        "none",
        "empty",            /* the last good ones stay */
        "10.0.0.1 fd00::1", /* still the same */
        "10.0.0.2",
        NULL,
    };
    struct told told = {.loop = loop_new(), .stop_at = 2};
    script = answers;
    struct resolver *resolver = resolver_new(told.loop, 1, on_changed, &told);
    resolver_watch(resolver, STR("one.example"), 443);
    resolver_watch(resolver, STR("ONE.example"), 443); /* the same */
    loop_run(told.loop);
    is_str(told.all, "one.example:443:10.0.0.1,[fd00::1] one.example:443:10.0.0.2 ",
           "what is told: changes, in the order preferred");
    is_int(calls, 7, "one look-up at a time");
    resolver_free(&resolver);
    loop_free(&told.loop);
}

static void test_hanging(void)
{
    static const char *const answers[] = {"10.0.0.1", NULL};
    struct told told = {.loop = loop_new()};
    struct timer timer = {0};
    script = answers;
    calls = 0;
    is_hanging = true;
    struct resolver *resolver = resolver_new(told.loop, 1, on_changed, &told);
    resolver_watch(resolver, STR("hanging.example"), 1);
    resolver_watch(resolver, STR("behind.example"), 2);
    for (bool has_begun = false; !has_begun;) { /* until the thread is inside getaddrinfo */
        pthread_mutex_lock(&lock);
        has_begun = calls > 0;
        pthread_mutex_unlock(&lock);
        timer_start(told.loop, &timer, loop_now(told.loop) + 1000, stop, told.loop);
        loop_run(told.loop);
    }
    resolver_free(&resolver);
    ok(!resolver, "a resolver goes while a look-up hangs, and the loop with it");
    loop_free(&told.loop);
    pthread_mutex_lock(&lock);
    is_hanging = false;
    pthread_cond_signal(&released);
    pthread_mutex_unlock(&lock);

    told = (struct told){.loop = loop_new(), .stop_at = 1};
    resolver = resolver_new(told.loop, 1, on_changed, &told);
    resolver_watch(resolver, STR("later.example"), 3);
    loop_run(told.loop);
    is_str(told.all, "later.example:3:10.0.0.1 ", "and nothing of it reaches the next");
    resolver_free(&resolver);
    loop_free(&told.loop);
}

static void test_many_addresses(void)
{
    char texts[20 * 16] = "10.0.0.0";
    for (int i = 1; i < 20; i++)
        snprintf(texts + strlen(texts), sizeof texts - strlen(texts), " 10.0.0.%d", i);
    const char *answers[] = {texts, NULL};
    struct told told = {.loop = loop_new(), .stop_at = 1};
    script = answers;
    struct resolver *resolver = resolver_new(told.loop, 3600, on_changed, &told);
    resolver_watch(resolver, STR("many.example"), 443);
    loop_run(told.loop);
    ok(strstr(told.all, ",10.0.0.15 ") && !strstr(told.all, "10.0.0.16"), "16 of 20 addresses");
    resolver_free(&resolver);
    loop_free(&told.loop);
}

int main(void)
{
    alarm(120);
    if (!log_open("/dev/null", "resolve", LOG_WARN))
        return EXIT_FAILURE;
    test_localhost();
    test_changes();
    test_many_addresses();
    test_hanging();
    return done_testing();
}
