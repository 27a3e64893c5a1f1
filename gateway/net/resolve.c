/* SPDX-License-Identifier: MIT */
#include "net/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/die.h"
#include "base/log.h"
#include "net/address.h"

enum {
    ADDRESSES_MAX = 16,                      /* of one name */
    ADDRESS_TEXT = INET6_ADDRSTRLEN + 3,     /* with brackets and a comma */
    LIST_MAX = ADDRESSES_MAX * ADDRESS_TEXT, /* of all, with commas */
    RETRY_S = 5,
};

/* One look-up on its way to the thread and back. */
struct look_up {
    struct look_up *next;
    struct name *name; /* not for the thread: it may be gone */
    char *host;
    int error;                /* of getaddrinfo */
    char addresses[LIST_MAX]; /* as getaddrinfo prefers them: "[::1],127.0.0.1" */
    char sorted[LIST_MAX];    /* the same as a set */
};

struct queue {
    struct look_up *first, **last;
};

/* The thread and what it shares with the loop. Owned by the resolver; by the thread itself when the
 * resolver goes while a look-up is under way. */
struct helper {
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t asked;
    struct queue questions, answers;
    int wake_fd;
    bool is_busy, is_stopping, is_orphan;
};

struct name {
    struct name *next;
    struct resolver *resolver;
    char *host;
    uint16_t port;
    struct timer timer;
    char sorted[LIST_MAX]; /* the set told last; "": none */
    bool is_failing;
};

struct resolver {
    struct loop *loop;
    unsigned refresh_s;
    resolve_fn *changed;
    void *ctx;
    struct name *names;
    struct helper *helper;
    struct event *woken;
};

/* --- the thread ----------------------------------------------------------------------------------
 */

static void queue_init(struct queue *queue)
{
    *queue = (struct queue){NULL, &queue->first};
}

static void queue_add(struct queue *queue, struct look_up *look_up)
{
    look_up->next = NULL;
    *queue->last = look_up;
    queue->last = &look_up->next;
}

static struct look_up *queue_take(struct queue *queue)
{
    struct look_up *look_up = queue->first;
    if (look_up && !(queue->first = look_up->next))
        queue->last = &queue->first;
    return look_up;
}

static void look_up_free(struct look_up *look_up)
{
    free(look_up->host);
    free(look_up);
}

static void helper_free(struct helper *helper)
{
    struct look_up *look_up;
    while ((look_up = queue_take(&helper->questions)) || (look_up = queue_take(&helper->answers)))
        look_up_free(look_up);
    pthread_mutex_destroy(&helper->lock);
    pthread_cond_destroy(&helper->asked);
    close(helper->wake_fd);
    free(helper);
}

static bool address_format(const struct sockaddr *address, char text[ADDRESS_TEXT])
{
    char bare[INET6_ADDRSTRLEN];
    const void *bytes =
        address->sa_family == AF_INET6
            ? (const void *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr
            : (const void *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if ((address->sa_family != AF_INET && address->sa_family != AF_INET6) ||
        !inet_ntop(address->sa_family, bytes, bare, sizeof bare))
        return false;
    snprintf(text, ADDRESS_TEXT, address->sa_family == AF_INET6 ? "[%s]" : "%s", bare);
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void list_join(char list[LIST_MAX], char texts[][ADDRESS_TEXT], size_t count)
{
    size_t len = 0;
    list[0] = '\0';
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(list + len, LIST_MAX - len, "%s%s", i ? "," : "", texts[i]);
}

static void look_up_run(struct look_up *look_up)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char texts[ADDRESSES_MAX][ADDRESS_TEXT];
    size_t count = 0;
    look_up->error = getaddrinfo(look_up->host, NULL, &hints, &found);
    if (look_up->error != 0)
        return;
    for (struct addrinfo *at = found; at && count < ADDRESSES_MAX; at = at->ai_next)
        count += address_format(at->ai_addr, texts[count]);
    freeaddrinfo(found);
    list_join(look_up->addresses, texts, count);
    qsort(texts, count, sizeof texts[0], compare_texts);
    list_join(look_up->sorted, texts, count);
}

static void *helper_run(void *ctx)
{
    struct helper *helper = ctx;
    pthread_mutex_lock(&helper->lock);
    while (!helper->is_stopping) {
        struct look_up *look_up = queue_take(&helper->questions);
        if (!look_up) {
            pthread_cond_wait(&helper->asked, &helper->lock);
            continue;
        }
        helper->is_busy = true;
        pthread_mutex_unlock(&helper->lock);
        look_up_run(look_up);
        pthread_mutex_lock(&helper->lock);
        helper->is_busy = false;
        queue_add(&helper->answers, look_up);
        uint64_t one = 1;
        if (write(helper->wake_fd, &one, sizeof one) < 0 && errno != EAGAIN)
            die("write to eventfd: errno %d", errno);
    }
    bool is_orphan = helper->is_orphan;
    pthread_mutex_unlock(&helper->lock);
    if (is_orphan)
        helper_free(helper);
    return NULL;
}

/* The thread takes no signals: they are for the main loop. */
static struct helper *helper_new(void)
{
    struct helper *helper = die_calloc(1, sizeof *helper);
    sigset_t all, before;
    queue_init(&helper->questions);
    queue_init(&helper->answers);
    pthread_mutex_init(&helper->lock, NULL);
    pthread_cond_init(&helper->asked, NULL);
    helper->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (helper->wake_fd < 0 || pthread_create(&helper->thread, NULL, helper_run, helper) != 0)
        die("no thread to look names up: errno %d", errno);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return helper;
}

static void helper_stop(struct helper *helper)
{
    pthread_t thread = helper->thread;
    pthread_mutex_lock(&helper->lock);
    bool is_orphan = helper->is_busy;
    helper->is_orphan = is_orphan;
    helper->is_stopping = true;
    pthread_cond_signal(&helper->asked);
    pthread_mutex_unlock(&helper->lock);
    if (is_orphan) {
        pthread_detach(thread);
        return;
    }
    pthread_join(thread, NULL);
    helper_free(helper);
}

/* --- the loop's side -----------------------------------------------------------------------------
 */

static void on_refresh(void *ctx)
{
    struct name *name = ctx;
    struct helper *helper = name->resolver->helper;
    struct look_up *look_up = die_calloc(1, sizeof *look_up);
    look_up->name = name;
    look_up->host = die_strdup(name->host);
    pthread_mutex_lock(&helper->lock);
    queue_add(&helper->questions, look_up);
    pthread_cond_signal(&helper->asked);
    pthread_mutex_unlock(&helper->lock);
}

static void name_note_failure(struct name *name, int error)
{
    if (!name->is_failing)
        log_warn(STR_NONE, "event=name-unknown host=%s why=\"%s\" kept=%s", name->host,
                 error ? gai_strerror(error) : "no address", name->sorted);
    name->is_failing = true;
}

static void name_tell(struct name *name, const struct look_up *look_up)
{
    struct resolver *resolver = name->resolver;
    struct buf text;
    buf_init(&text, LIST_MAX + NI_MAXHOST + 16);
    if (buf_format(&text, "%s:%u:%s", name->host, name->port, look_up->addresses))
        resolver->changed(resolver->ctx, str_of(name->host), name->port, buf_str(&text));
    buf_clear(&text);
}

static void name_take(struct name *name, const struct look_up *look_up)
{
    struct loop *loop = name->resolver->loop;
    bool is_found = look_up->sorted[0] != '\0';
    unsigned wait_s = name->resolver->refresh_s;
    if (!is_found && wait_s > RETRY_S)
        wait_s = RETRY_S;
    timer_start(loop, &name->timer, instant_after_ms(loop_now(loop), wait_s * INT64_C(1000)),
                on_refresh, name);
    if (!is_found) {
        name_note_failure(name, look_up->error);
        return;
    }
    name->is_failing = false;
    if (strcmp(name->sorted, look_up->sorted) == 0)
        return;
    memcpy(name->sorted, look_up->sorted, sizeof name->sorted);
    name_tell(name, look_up);
}

static void on_woken(evutil_socket_t fd, short what, void *ctx)
{
    (void)what;
    struct resolver *resolver = ctx;
    struct helper *helper = resolver->helper;
    uint64_t count;
    if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN)
        die("read from eventfd: errno %d", errno);
    for (;;) {
        pthread_mutex_lock(&helper->lock);
        struct look_up *look_up = queue_take(&helper->answers);
        pthread_mutex_unlock(&helper->lock);
        if (!look_up)
            return;
        name_take(look_up->name, look_up);
        look_up_free(look_up);
    }
}

struct resolver *resolver_new(struct loop *loop, unsigned refresh_s, resolve_fn *changed, void *ctx)
{
    struct resolver *resolver = die_calloc(1, sizeof *resolver);
    resolver->loop = loop;
    resolver->refresh_s = refresh_s ? refresh_s : 1;
    resolver->changed = changed;
    resolver->ctx = ctx;
    resolver->helper = helper_new();
    resolver->woken = event_new(loop_base(loop), resolver->helper->wake_fd, EV_READ | EV_PERSIST,
                                on_woken, resolver);
    if (!resolver->woken || event_add(resolver->woken, NULL) < 0)
        die("no event for the resolver");
    return resolver;
}

void resolver_free(struct resolver **slot)
{
    struct resolver *resolver = *slot;
    if (!resolver)
        return;
    *slot = NULL;
    event_free(resolver->woken);
    helper_stop(resolver->helper);
    struct name *next;
    for (struct name *name = resolver->names; name; name = next) {
        next = name->next;
        timer_cancel(resolver->loop, &name->timer);
        free(name->host);
        free(name);
    }
    free(resolver);
}

static bool is_literal(struct str host)
{
    if (str_starts_with(host, STR("[")) && str_ends_with(host, STR("]")))
        return true;
    return address_is_literal(host);
}

void resolver_watch(struct resolver *resolver, struct str host, uint16_t port)
{
    if (is_literal(host))
        return;
    for (struct name *name = resolver->names; name; name = name->next)
        if (name->port == port && str_equal_nocase(str_of(name->host), host))
            return;
    struct name *name = die_calloc(1, sizeof *name);
    name->resolver = resolver;
    name->host = strndup(host.at, host.len);
    name->port = port;
    if (!name->host)
        die("no memory for a name");
    name->next = resolver->names;
    resolver->names = name;
    on_refresh(name);
}
