/* SPDX-License-Identifier: MIT */
#include "portal/session.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/base64url.h"
#include "base/die.h"

enum { BUCKETS = 4096 };

struct sessions {
    struct session_limits limits;
    size_t count[2]; /* by state */
    struct session *bucket[BUCKETS];
};

static struct session **bucket_of(struct sessions *sessions, struct str id)
{
    return &sessions->bucket[str_hash(id) % BUCKETS];
}

void session_secret_make(char text[SESSION_SECRET_TEXT])
{
    unsigned char bytes[SESSION_RANDOM];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        die("the kernel has no random bytes");
    text[base64url_encode(bytes, sizeof bytes, text).len] = '\0';
    explicit_bzero(bytes, sizeof bytes);
}

bool session_secret_equal(const char *secret, struct str given)
{
    return given.len == SESSION_SECRET_TEXT - 1 && CRYPTO_memcmp(secret, given.at, given.len) == 0;
}

struct sessions *sessions_new(const struct session_limits *limits)
{
    struct sessions *sessions = die_calloc(1, sizeof *sessions);
    sessions->limits = *limits;
    return sessions;
}

/* Takes *at out of its bucket. */
static void drop(struct sessions *sessions, struct session **at)
{
    struct session *session = *at;
    *at = session->next;
    sessions->count[session->state]--;
    buf_clear(&session->token);
    explicit_bzero(session, sizeof *session);
    free(session);
}

instant session_ends(const struct sessions *sessions, const struct session *session)
{
    return instant_min(session->ends, instant_after_ms(session->used, sessions->limits.idle_ms));
}

void sessions_sweep(struct sessions *sessions, instant now)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct session **at = &sessions->bucket[i]; *at;)
            if (session_ends(sessions, *at) <= now)
                drop(sessions, at);
            else
                at = &(*at)->next;
}

struct session *session_start(struct sessions *sessions, enum session_state state, instant now)
{
    const struct session_limits *limits = &sessions->limits;
    size_t most = state == SESSION_LOGGED_IN ? limits->sessions_max : limits->logins_max;
    if (sessions->count[state] >= most)
        sessions_sweep(sessions, now);
    if (sessions->count[state] >= most)
        return NULL;
    struct session *session = die_calloc(1, sizeof *session);
    session_secret_make(session->id);
    session_secret_make(session->csrf);
    session->state = state;
    session->used = now;
    session->ends =
        instant_after_ms(now, state == SESSION_LOGGED_IN ? limits->life_ms : limits->login_ms);
    buf_init(&session->token, SESSION_TOKEN_MAX);
    struct session **at = bucket_of(sessions, str_of(session->id));
    session->next = *at;
    *at = session;
    sessions->count[state]++;
    return session;
}

struct session *session_find(struct sessions *sessions, struct str id, enum session_state state,
                             instant now)
{
    for (struct session **at = bucket_of(sessions, id); *at; at = &(*at)->next) {
        struct session *session = *at;
        if (!session_secret_equal(session->id, id))
            continue;
        if (session_ends(sessions, session) <= now) {
            drop(sessions, at);
            return NULL;
        }
        if (session->state != state)
            return NULL;
        session->used = now;
        return session;
    }
    return NULL;
}

void session_end(struct sessions *sessions, struct session **slot)
{
    struct session *session = *slot;
    *slot = NULL;
    if (!session)
        return;
    struct session **at = bucket_of(sessions, str_of(session->id));
    while (*at != session)
        at = &(*at)->next;
    drop(sessions, at);
}

void sessions_free(struct sessions **slot)
{
    if (!*slot)
        return;
    sessions_sweep(*slot, INSTANT_NEVER);
    free(*slot);
    *slot = NULL;
}
