/* SPDX-License-Identifier: MIT */
/* fault: the ways in which a sandbox authority can go wrong, one table: what a fault is called, how
 * it is done, what it is for. README.md's table is this one, and a test compares them. */
#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include "adapters/sandbox/bearer.h"
#include "adapters/sandbox/service.h"
#include "adapters/sandbox/transfer.h"

enum { FAULT_MS_MAX = 600000 };

enum sandbox_door {
    DOOR_OPEN,
    DOOR_REFUSING, /* nobody listens */
    DOOR_EXPIRED,  /* shows a certificate whose time has passed */
    DOOR_SILENT,   /* accepts connections and says nothing, not even TLS */
    DOOR_STRANGER, /* shows a certificate of an issuer whom nobody trusts */
    DOOR_MISNAMED, /* shows a certificate of another name */
    DOOR_ANYBODY,  /* asks for no client certificate, and binds no token to one */
    SANDBOX_DOORS
};

/* Exactly one of bend, reply, transfer, door and pardon is set. */
struct sandbox_fault {
    const char *name;
    enum sandbox_bend bend;                       /* the service bends the content */
    void (*reply)(struct sandbox_answer *answer); /* another answer */
    void (*transfer)(struct sandbox_transfer *transfer, unsigned ms); /* the bytes, their pace */
    enum sandbox_door door;     /* what new connections meet; those there are closed */
    enum sandbox_pardon pardon; /* it does not look at this of our token */
    unsigned ms;                /* standard time; 0: the fault takes none */
    const char *what;           /* one line for README.md */
};

const struct sandbox_fault *sandbox_fault_at(size_t index); /* NULL behind the last */
const struct sandbox_fault *sandbox_fault_find(struct str name);
/* The table of README.md. */
void sandbox_fault_describe(struct buf *out);

/* A fault that strikes now; fault NULL: none. */
struct sandbox_effect {
    const struct sandbox_fault *fault;
    unsigned ms;
};

/* "drip" or "delay=8000", as in citizens.json. */
bool sandbox_effect_parse(struct str text, struct sandbox_effect *effect)
    __attribute__((warn_unused_result));
/* Turns an answer, whose content is bent already, into what leaves. May change the answer. */
void sandbox_effect_apply(struct sandbox_effect effect, struct sandbox_answer *answer,
                          struct sandbox_transfer *transfer);

#endif
