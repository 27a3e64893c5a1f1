/* SPDX-License-Identifier: MIT */
/* fetch_answer: an HTTP/1.1 answer (RFC 9112) being read: bytes in, however they are cut; lines of
 * a head and data of a body out, into a transfer. It knows no socket and no clock.
 *
 * The transfer refuses what a head or a body must not hold. Here stands what tells one answer from
 * the next on a connection, since an answer misread by one byte is another citizen's. */
#ifndef NET_FETCH_ANSWER_H
#define NET_FETCH_ANSWER_H

#include "net/fetch_transfer.h"
#include "net/http_parse.h"

struct fetch_answer {
    enum { ANSWER_HEAD, ANSWER_BODY, ANSWER_WHOLE } state;
    bool may_keep; /* nothing in it forbids another question on its connection */
    struct buf in; /* what came and is not understood yet */
    uint64_t left; /* of the body; UINT64_MAX: its end will show */
    struct http_chunks chunks;
};

void fetch_answer_init(struct fetch_answer *answer);
void fetch_answer_clear(struct fetch_answer *answer);
void fetch_answer_begin(struct fetch_answer *answer); /* for the next question */

/* Room for the bytes that come next, *room of them; answer->in then takes them by buf_commit. NULL:
 * no memory. */
char *fetch_answer_room(struct fetch_answer *answer, size_t *room);

/* Takes what has come. FETCH_OK: answer->state tells whether the answer is whole; else
 * transfer->why tells what is wrong with it, and no more may be taken. */
enum fetch_status fetch_answer_take(struct fetch_answer *answer, struct fetch_transfer *transfer)
    __attribute__((warn_unused_result));

/* The server has ended the connection in order. FETCH_OK: so the answer was meant to end (a body
 * without a length, which is not handed out). */
enum fetch_status fetch_answer_end(struct fetch_answer *answer, struct fetch_transfer *transfer)
    __attribute__((warn_unused_result));

#endif
