/* SPDX-License-Identifier: MIT */
/* fetch_transfer: one transfer of libcurl: strict options in, notes out. Its callbacks, which run
 * inside libcurl, only note what came and refuse what must not; nobody is called from them. */
#ifndef NET_FETCH_TRANSFER_H
#define NET_FETCH_TRANSFER_H

#include <curl/curl.h>

#include "net/address.h"
#include "net/fetch_head.h"
#include "net/fetch_sockets.h"

enum { FETCH_HEADERS_MAX = 24, FETCH_HEADER_BYTES_MAX = 32768 };

/* What all transfers to one target have in common. */
struct fetch_server {
    struct loop *loop;
    struct fetch_sockets *sockets;
    void *owner; /* of the sockets */
    const struct fetch_pool_settings *settings;
    char *host;       /* of the URL, without brackets; NULL: the URL is none */
    char *name;       /* "host:port:", as the addresses found for it begin */
    bool is_plain;    /* http:// */
    bool is_anywhere; /* no ranges are configured */
    struct address_ranges ranges;
};
void fetch_server_init(struct fetch_server *server, const struct fetch_target *target);
void fetch_server_clear(struct fetch_server *server);

struct fetch_transfer {
    CURL *easy;
    const struct fetch_server *server;
    /* the question */
    struct buf lines; /* of its header, each terminated; a token may be among them */
    struct curl_slist headers[FETCH_HEADERS_MAX];
    size_t answer_max;
    /* what came; all set anew by fetch_transfer_ask */
    bool opened;     /* a connection of its own */
    bool connected;  /* TCP and TLS are up, the question leaves */
    bool began;      /* a byte of the answer has come */
    bool is_outside; /* an address was refused */
    instant last_byte;
    struct fetch_head head;
    struct buf body;
    enum fetch_status refusal; /* FETCH_OK: none */
    const char *why;
    char words[CURL_ERROR_SIZE]; /* libcurl's */
};

/* `owner` is what libcurl knows the transfer by (CURLINFO_PRIVATE). */
void fetch_transfer_init(struct fetch_transfer *transfer, const struct fetch_server *server,
                         const struct fetch_target *target, void *owner);
void fetch_transfer_clear(struct fetch_transfer *transfer);

/* Prepares it for one question. False: that cannot be said in HTTP. */
bool fetch_transfer_ask(struct fetch_transfer *transfer, const struct fetch_spec *spec)
    __attribute__((warn_unused_result));
/* Takes question and answer away, so that nothing of a citizen stays in a spare handle. */
void fetch_transfer_wipe(struct fetch_transfer *transfer);

/* How it ended, from libcurl's code and the notes. */
enum fetch_status fetch_transfer_judge(struct fetch_transfer *transfer, CURLcode code);

#endif
