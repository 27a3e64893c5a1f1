/* SPDX-License-Identifier: MIT */
/* buf: bytes that we own, growing up to a ceiling given at birth. Beyond the ceiling (or without
 * memory) an addition fails, the buffer is emptied and stays failed until buf_reset, so that it is
 * enough to check once at the end. Freed memory is wiped: buffers hold personal data. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
    char *at;
    size_t len;
    size_t cap;
    size_t max;
    bool failed;
};

void buf_init(struct buf *buf, size_t max); /* allocates nothing yet */
void buf_clear(struct buf *buf);            /* wipes and frees; the buffer is as after buf_init */
void buf_reset(struct buf *buf);            /* empties, keeps the memory, forgets the failure */

bool buf_grow(struct buf *buf, size_t more);                         /* buf_reserve's other half, */
bool buf_add_slowly(struct buf *buf, const void *bytes, size_t len); /* buf_add's */

/* A failed buffer has cap 0, so that the quick half needs no look at `failed`. */
static inline bool buf_add(struct buf *buf, const void *bytes, size_t len)
{
    if (len == 0 || len > buf->cap - buf->len)
        return buf_add_slowly(buf, bytes, len);
    memcpy(buf->at + buf->len, bytes, len);
    buf->len += len;
    return true;
}

static inline bool buf_add_str(struct buf *buf, struct str s)
{
    return buf_add(buf, s.at, s.len);
}

static inline bool buf_add_byte(struct buf *buf, char byte)
{
    return buf_add(buf, &byte, 1);
}

bool buf_add_int(struct buf *buf, int64_t value); /* in decimal digits */
bool buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room for at least `len` more bytes, or NULL when the ceiling forbids it, which fails the buffer
 * like an addition; buf_commit then counts the bytes that were written there. */
static inline char *buf_reserve(struct buf *buf, size_t len)
{
    if ((!buf->at || len > buf->cap - buf->len) && !buf_grow(buf, len))
        return NULL;
    return buf->at + buf->len;
}
void buf_commit(struct buf *buf, size_t len);

/* Drops the first `len` bytes (len <= buf->len), moving the rest down. */
void buf_drop(struct buf *buf, size_t len);

/* Gives the bytes of `from` with their ceiling to `to`, which must be empty; `from` is as after
 * buf_init. */
void buf_move(struct buf *to, struct buf *from);

static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->at ? buf->at : "", buf->len};
}

#endif
