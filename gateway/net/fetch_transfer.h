/* SPDX-License-Identifier: MIT */
/* fetch_transfer: one question and what has come of it, whoever carries it: net/fetch_http1, or
 * libcurl where a server speaks HTTP/2. What comes is noted here, and refused here; nobody is
 * called from here but `came`, which takes a note. */
#ifndef NET_FETCH_TRANSFER_H
#define NET_FETCH_TRANSFER_H

#include "net/fetch_head.h"
#include "net/fetch_server.h"

enum { FETCH_HEADERS_MAX = 24, FETCH_HEADER_BYTES_MAX = 32768 };

/* How a carrier tells that a transfer has ended; `why` as in a result. */
typedef void fetch_ended_fn(void *owner, enum fetch_status status, const char *why);

struct fetch_transfer {
    const struct fetch_server *server;
    void *owner;
    struct http1_connection *connection; /* that carries it; NULL: none */
    struct http2_handle *handle;         /* libcurl's; NULL: libcurl has never carried it */
    /* the question */
    struct buf
        lines; /* its path and the lines of its header, each terminated; a token among them */
    struct str path, headers[FETCH_HEADERS_MAX];
    size_t header_count;
    struct str question; /* its body, borrowed; STR_NONE: GET */
    bool is_delete;
    size_t answer_max;
    loop_fn *came; /* with the owner, when a piece of a body has come; NULL: nobody asks */
    /* what came; all set anew by fetch_transfer_ask */
    bool opened;     /* a connection of its own */
    bool connected;  /* TCP and TLS are up, the question leaves */
    bool began;      /* a byte of the answer has come */
    bool is_outside; /* an address was refused */
    instant connected_at, first_byte_at, last_byte;
    size_t bytes; /* received */
    struct fetch_head head;
    struct buf body;
    enum fetch_status refusal; /* FETCH_OK: none */
    const char *why;
};

void fetch_transfer_init(struct fetch_transfer *transfer, const struct fetch_server *server,
                         void *owner);
void fetch_transfer_clear(struct fetch_transfer *transfer);

/* Prepares it for one question. False: that cannot be said in HTTP. */
bool fetch_transfer_ask(struct fetch_transfer *transfer, const struct fetch_spec *spec)
    __attribute__((warn_unused_result));
/* Takes question and answer away, so that nothing of a citizen stays in a spare one. */
void fetch_transfer_wipe(struct fetch_transfer *transfer);

/* Its connection is up. */
void fetch_transfer_connect(struct fetch_transfer *transfer);
/* What comes: bytes of any kind, so many; a line of the head, CRLF included; data of the body. The
 * latter two return FETCH_OK, or what to refuse the answer as: transfer->why tells. */
void fetch_transfer_note(struct fetch_transfer *transfer, size_t bytes);
enum fetch_status fetch_transfer_line(struct fetch_transfer *transfer, struct str line);
enum fetch_status fetch_transfer_data(struct fetch_transfer *transfer, struct str data);

#endif
