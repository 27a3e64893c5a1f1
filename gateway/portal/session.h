/* SPDX-License-Identifier: MIT */
/* session: who is logged in, in memory and nowhere else. A session is found by the random id in the
 * browser's cookie. It begins when somebody sets out to log in; when the broker has said who it is,
 * another begins with another id, so that nobody can be made to use an id that others know. It ends
 * by logging out, when unused for a while, after its life, or with the broker's token, whichever is
 * first. All it held is wiped then. */
#ifndef PORTAL_SESSION_H
#define PORTAL_SESSION_H

#include "base/buf.h"
#include "base/clock.h"

enum {
    SESSION_RANDOM = 32,           /* bytes of an id and of every secret */
    SESSION_SECRET_TEXT = 43 + 1,  /* such as base64url, terminated */
    SESSION_TOKEN_MAX = 16 * 1024, /* bytes of the broker's token */
    SESSION_HANDLE_MAX = 1024,     /* of a mandate's handle */
    SESSION_NAME_MAX = 256,        /* of a person's name */
    SESSION_MUNICIPALITIES_MAX = 5,
    MUNICIPALITY_CODE = 4 + 1,
};

enum session_state {
    SESSION_LOGGING_IN, /* at the broker */
    SESSION_LOGGED_IN,
};

/* For whom the citizen acts: a mandate of theirs. */
struct session_other {
    char mandate[SESSION_HANDLE_MAX]; /* "": for nobody */
    char name[SESSION_NAME_MAX];
    struct wall until; /* unknown: until it is withdrawn */
};

struct session {
    char id[SESSION_SECRET_TEXT];
    enum session_state state;
    instant used, ends;
    char csrf[SESSION_SECRET_TEXT];
    char login_state[SESSION_SECRET_TEXT], nonce[SESSION_SECRET_TEXT],
        verifier[SESSION_SECRET_TEXT]; /* while logging in */
    struct buf token;                  /* for the gateway */
    struct session_other other;
    unsigned
        view; /* counts changes of what is shown: a page of an older one must not be mixed in */
    char municipalities[SESSION_MUNICIPALITIES_MAX][MUNICIPALITY_CODE];
    size_t municipality_count;
    struct session *next; /* of the table's */
};

struct session_limits {
    size_t sessions_max, logins_max;
    int64_t idle_ms, life_ms, login_ms;
};

struct sessions;
struct sessions *sessions_new(const struct session_limits *limits);
void sessions_free(struct sessions **sessions);

/* NULL: there are too many, and none of them has ended. */
struct session *session_start(struct sessions *sessions, enum session_state state, instant now);
/* The one with this id, in this state, which has not ended; NULL: none. It counts as a use. */
struct session *session_find(struct sessions *sessions, struct str id, enum session_state state,
                             instant now);
void session_end(struct sessions *sessions, struct session **session); /* NULL: no-op */
/* Ends those whose time is over. */
void sessions_sweep(struct sessions *sessions, instant now);

/* When it ends if nothing more is asked for. */
instant session_ends(const struct sessions *sessions, const struct session *session);

/* Are the two the same secret? Takes the same time whatever differs. */
bool session_secret_equal(const char *secret, struct str given);
/* A new secret as text. */
void session_secret_make(char text[SESSION_SECRET_TEXT]);

#endif
