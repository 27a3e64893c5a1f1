/* SPDX-License-Identifier: MIT */
/* registry: the documents that owners have handed in, every version of each with its state, and who
 * took which step when and why: nothing is ever taken away. It lies beside the access record, in
 * the SQLite file of one node or in the PostgreSQL database of several. Knows no rule: which steps
 * may be taken is policy/registration.
 *
 * A revision, counted up by each change, says whether there is news; a change names the revision it
 * was decided on, and is refused when there is a newer one, so that two nodes never decide on each
 * other's back. No personal data but the names of those who act.
 *
 * A registry is one thread's. Every call may wait for the disk or the network. After a call that
 * failed it is closed and opened anew. */
#ifndef RECORD_REGISTRY_H
#define RECORD_REGISTRY_H

#include "base/clock.h"
#include "policy/registration.h"

enum { REGISTRY_WHY_MAX = 1024 };

struct registry_spec {
    const char *sqlite;   /* the store's file; used when `postgres` is absent */
    const char *postgres; /* libpq's connection string; NULL: none */
    bool is_reading;      /* only: nothing is made; a store that is not there is empty */
};

struct registry;
/* NULL: `why` tells. */
struct registry *registry_open(const struct registry_spec *spec, char why[REGISTRY_WHY_MAX]);
void registry_close(struct registry **registry);
/* What the last call that failed was about. */
const char *registry_why(const struct registry *registry);

/* One version of a document. */
struct registry_version {
    enum registration_kind kind;
    struct str name;   /* a source's id, or a municipality's code */
    int64_t version;   /* from 1 */
    struct str owner;  /* CVR number */
    struct str bytes;  /* as it was handed in; STR_NONE: not asked for */
    struct str report; /* of its conformance, JSON; STR_NONE: none, or not asked for */
    struct str terms;  /* of its approval, JSON; STR_NONE: none */
    enum registration_state state;
    struct str who, why; /* of the last step */
    int64_t at_ms;
};

/* What is asked for. Zeroed memory: everything, without bytes and reports. */
struct registry_ask {
    bool has_kind;
    enum registration_kind kind;
    struct str name, owner; /* STR_NONE: any */
    unsigned states;        /* REGISTRATION_BITs; 0: any */
    bool with_bytes, with_report;
};
/* By kind, name and version; what is borrowed is valid during the call; false from `each` ends it.
 */
typedef bool registry_version_fn(void *ctx, const struct registry_version *version);
bool registry_each(struct registry *registry, const struct registry_ask *ask,
                   registry_version_fn *each, void *ctx) __attribute__((warn_unused_result));

/* The same as a list in the arena. False: it could not be read, or the arena is full. */
struct registry_list {
    struct registry_version *at;
    size_t count, room;
    struct arena *arena;
};
bool registry_list(struct registry *registry, const struct registry_ask *ask, struct arena *arena,
                   struct registry_list *list) __attribute__((warn_unused_result));

/* The steps of one document, oldest first. `each` as above: state, who, why and at_ms are told. */
bool registry_history(struct registry *registry, enum registration_kind kind, struct str name,
                      registry_version_fn *each, void *ctx) __attribute__((warn_unused_result));
bool registry_history_list(struct registry *registry, enum registration_kind kind, struct str name,
                           struct arena *arena, struct registry_list *list)
    __attribute__((warn_unused_result));

bool registry_revision(struct registry *registry, int64_t *revision)
    __attribute__((warn_unused_result));

/* All of the changes or none, durable. A version that is not there yet is added, and needs bytes;
 * of one that is there the state is set, and report and terms where they are given. *is_current
 * false: there was a newer revision than `revision`, and nothing was changed. */
bool registry_change(struct registry *registry, int64_t revision,
                     const struct registry_version *changes, size_t count, bool *is_current)
    __attribute__((warn_unused_result));

/* ---- for the stores themselves ---- */

struct registry_kind {
    void (*close)(struct registry *registry);
    bool (*each)(struct registry *registry, const struct registry_ask *ask,
                 registry_version_fn *each, void *ctx);
    bool (*history)(struct registry *registry, enum registration_kind kind, struct str name,
                    registry_version_fn *each, void *ctx);
    bool (*revision)(struct registry *registry, int64_t *revision);
    bool (*change)(struct registry *registry, int64_t revision,
                   const struct registry_version *changes, size_t count, bool *is_current);
};

/* The first member of each store's own struct. */
struct registry {
    const struct registry_kind *kind;
    char why[REGISTRY_WHY_MAX];
};

struct registry *registry_sqlite_open(const struct registry_spec *spec, char why[REGISTRY_WHY_MAX]);
struct registry *registry_postgres_open(const struct registry_spec *spec,
                                        char why[REGISTRY_WHY_MAX]);

#endif
