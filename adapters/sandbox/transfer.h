/* SPDX-License-Identifier: MIT */
/* transfer: one HTTP answer as bytes, and how these bytes leave: at what pace and to what end.
 * Pure; the connection only follows it, so that every fault of the transfer is a value. */
#ifndef SANDBOX_TRANSFER_H
#define SANDBOX_TRANSFER_H

#include "base/buf.h"

enum { TRANSFER_PACES_MAX = 2, TRANSFER_BYTES_MAX = 64 * 1024 * 1024 };

/* Up to the byte `upto`, `burst` bytes at a time leave, each burst after a pause. */
struct sandbox_pace {
    size_t upto, burst;
    unsigned pause_ms;
};

enum sandbox_end {
    END_KEEP,   /* the next request may come */
    END_CLOSE,  /* closed without a TLS goodbye */
    END_RESET,  /* RST */
    END_HANG,   /* open and silent until the client leaves */
    END_REPEAT, /* the bytes from repeat_from once more, for ever */
};

/* An answer before it is bytes. */
struct sandbox_answer {
    int status;
    const char *content_type; /* NULL: none */
    const char *fields;       /* more field lines, each with its CRLF */
    unsigned connections;     /* open at the authority */
    struct buf body;
};

struct sandbox_transfer {
    struct buf bytes;
    size_t head_len;
    struct sandbox_pace paces[TRANSFER_PACES_MAX]; /* in order; the last one's upto is bytes.len */
    enum sandbox_end end;
    size_t repeat_from;
};

/* An error as the source contract has it: RFC 9457 with the incumbent's type. `fields` as above. */
void sandbox_answer_problem(struct sandbox_answer *answer, int status, const char *fields,
                            const char *type, const char *title);

/* The whole answer at once, with Content-Length. */
void sandbox_transfer_make(const struct sandbox_answer *answer, struct sandbox_transfer *transfer);
/* Sends `[0, until)` as one burst and the rest in bursts of `burst` bytes, each after a pause. */
void sandbox_transfer_pace(struct sandbox_transfer *transfer, size_t until, size_t burst,
                           unsigned pause_ms);
/* Drops everything behind the first `len` bytes. */
void sandbox_transfer_cut(struct sandbox_transfer *transfer, size_t len, enum sandbox_end end);
/* The pace in force at a byte that has not been sent yet. */
const struct sandbox_pace *sandbox_transfer_pace_at(const struct sandbox_transfer *transfer,
                                                    size_t sent);

#endif
