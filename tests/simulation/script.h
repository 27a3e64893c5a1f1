/* SPDX-License-Identifier: MIT */
/* script: one schedule, drawn from its seed before anything runs: a few sources with their timers,
 * a few requests, and for each of them what every source will answer, when, and how it will
 * misbehave. Values only: the authorities play it, the model predicts from it what must be seen. */
#ifndef SIMULATION_SCRIPT_H
#define SIMULATION_SCRIPT_H

#include "adapters/adapter.h"
#include "net/fetch.h"
#include "policy/texts.h"
#include "serve/framing.h"

enum {
    SOURCES_MAX = 6,
    MUNICIPALITIES = 3, /* the last has no CVR number */
    ROWS_MAX = SOURCES_MAX * MUNICIPALITIES,
    REQUESTS_MAX = 3,
    PAGES_MAX = 4,
    ITEMS_MAX = 6, /* of a page */
    CITIZENS = 3,
    TWINS = 4, /* cases that several sources hold */
    NO_DAY = 99999,
    NO_OWNER = 9, /* marks what is nobody's, as far as the answer proves */
};

/* A kind of thing that an authority may hold, and what must be made of it. */
struct sample {
    enum item_kind kind;
    enum item_status status;
    enum awaiting awaiting;
    enum direction direction;
    int day;        /* of the date that counts, from today; NO_DAY: none */
    bool is_open;   /* an open case */
    bool is_hidden; /* withheld whoever asks */
    int attention;  /* enum attention_type; -1: nothing to do */
};
const struct sample *sample_at(size_t index); /* NULL behind the last */

enum parties {
    PARTIES_NONE,
    PARTIES_PRIMARY,        /* the subject */
    PARTIES_PRIMARY_OTHERS, /* the subject, and somebody else in another role */
    PARTIES_SECONDARY,      /* the subject, in a role that may not see it */
    PARTIES_OTHERS          /* somebody else only: the answer is foreign */
};

struct script_item {
    const struct sample *sample;
    unsigned number; /* unique in the schedule */
    unsigned twin;   /* 0: none; odd ones are told apart by UUID, even ones by case number */
    enum parties parties;
    bool of_stranger;   /* its authority is not the row's */
    int64_t changed_ms; /* 0: unknown */
    unsigned padding;   /* bytes added to its title */
};

/* Whom the answer speaks of, and how it shows that it answers us. */
enum manner {
    MANNER_PROPER,      /* names the subject, echoes the request id */
    MANNER_NAMES,       /* names the subject only */
    MANNER_ECHOES,      /* echoes in the body only */
    MANNER_ECHOES_HEAD, /* echoes in X-Request-Id only */
    MANNER_MANNERLESS,  /* neither: it proves nothing */
    MANNER_WRONG_ECHO,  /* names the subject, echoes another request */
    MANNER_WRONG_HEAD,  /* the same in X-Request-Id */
    MANNER_OTHER,       /* names another citizen, echoes us: foreign */
    MANNER_HTTP,        /* an HTTP error */
    MANNER_GARBAGE,     /* not the source's format */
    MANNER_COUNT
};

struct script_page {
    int64_t connect_us, first_byte_us, done_us; /* from when the page is asked for */
    enum fetch_status end;                      /* FETCH_OK: an answer by `manner` */
    enum manner manner;
    int http_status;
    unsigned retry_after_s;
    bool is_deaf; /* the call does not end at its deadlines, whatever was promised */
    bool is_stale;
    int64_t age_s; /* as_of, before today's start; -1: not said */
    struct script_item items[ITEMS_MAX];
    unsigned item_count;
};

struct script_row {
    struct script_page pages[PAGES_MAX];
    unsigned page_count;
    bool is_bulky; /* may reach a ceiling, alone */
};

enum record_end { RECORD_DURABLE, RECORD_FAILED, RECORD_NEVER };

struct script_request {
    int64_t starts_us;
    unsigned citizen;
    enum level level;
    enum language language;
    enum format format;
    enum question_kind kind;
    bool has_municipality[MUNICIPALITIES];
    unsigned detail_source, detail_number; /* DETAIL */
    int64_t wait_ms;
    enum record_end record;
    int64_t record_us;
    int64_t departs_us;                                  /* -1: stays */
    unsigned reads_per_ms;                               /* 0: at once */
    struct script_row rows[SOURCES_MAX][MUNICIPALITIES]; /* others than municipal use the first */
};

struct script_source {
    bool is_enabled, is_agreed, is_municipal;
    enum level level;
    int64_t connect_ms, first_byte_ms, total_ms;
    int64_t in_flight_max; /* 0: the general one */
};

struct script {
    uint64_t seed;
    int64_t tick_us;
    int64_t soft_ms, hard_ms, heartbeat_ms;
    int64_t pages_max, items_max, output_max, memory_max, unsent_max;
    bool is_tight; /* working memory may run out */
    struct script_source sources[SOURCES_MAX];
    unsigned source_count;
    struct script_request requests[REQUESTS_MAX];
    unsigned request_count;
};

void script_draw(struct script *script, uint64_t seed);
/* Gives the times of the pages of one request to other pages of it. */
void script_permute(struct script_request *request, unsigned source_count, uint64_t seed);
void script_print(const struct script *script);

/* The world's proper names. */
struct str citizen_digits(unsigned citizen);
struct str source_id(unsigned source);
struct authority source_authority(unsigned source);
struct authority municipality_authority(unsigned municipality); /* cvr STR_NONE for the last */
struct authority stranger_authority(void);
/* "T17~0", then padding: what it is, and behind the tilde whose. */
struct str item_title(const struct script_item *item, unsigned owner, struct arena *arena);
/* Holds a personal number, as sources' ids do. */
struct str item_id(const struct script_item *item, unsigned owner, struct arena *arena);

#endif
