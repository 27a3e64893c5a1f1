/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { CAP_FIRST = 512 };

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max};
}

static void release(struct buf *buf)
{
    if (buf->at)
        explicit_bzero(buf->at, buf->cap);
    free(buf->at);
    buf->at = NULL;
    buf->len = buf->cap = 0;
}

void buf_clear(struct buf *buf)
{
    release(buf);
    buf->failed = false;
}

void buf_reset(struct buf *buf)
{
    if (buf->at)
        explicit_bzero(buf->at, buf->len);
    buf->len = 0;
    buf->failed = false;
}

static bool fail(struct buf *buf)
{
    release(buf);
    buf->failed = true;
    return false;
}

/* realloc would leave the old bytes behind unwiped. */
bool buf_grow(struct buf *buf, size_t more)
{
    size_t cap = buf->cap ? buf->cap : CAP_FIRST;
    size_t need, len = buf->len;
    char *at;

    if (buf->failed || more > buf->max - len)
        return fail(buf);
    need = len + more;
    while (cap < need)
        cap = cap > buf->max / 2 ? buf->max : cap * 2;
    if (cap > buf->max)
        cap = buf->max;
    at = malloc(cap + 1); /* vsnprintf writes a NUL that is not counted */
    if (!at)
        return fail(buf);
    if (buf->at)
        memcpy(at, buf->at, len);
    release(buf);
    buf->at = at;
    buf->len = len;
    buf->cap = cap;
    return true;
}

bool buf_add_slowly(struct buf *buf, const void *bytes, size_t len)
{
    if (len == 0)
        return !buf->failed;
    if (!buf_reserve(buf, len))
        return false;
    memcpy(buf->at + buf->len, bytes, len);
    buf->len += len;
    return true;
}

bool buf_add_int(struct buf *buf, int64_t value)
{
    char text[20], *end = text + sizeof text, *at = end; /* "-9223372036854775808" */
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0)
        *--at = '-';
    return buf_add(buf, at, (size_t)(end - at));
}

bool buf_format(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    char *at = buf_reserve(buf, 0);
    size_t room = buf->cap - buf->len;
    int len;

    if (!at)
        return false;
    va_start(arguments, format);
    len = vsnprintf(at, room + 1, format, arguments);
    va_end(arguments);
    if (len < 0)
        return fail(buf);
    if ((size_t)len > room) {
        at = buf_reserve(buf, (size_t)len);
        if (!at)
            return false;
        va_start(arguments, format);
        vsnprintf(at, (size_t)len + 1, format, arguments);
        va_end(arguments);
    }
    buf->len += (size_t)len;
    return true;
}

void buf_commit(struct buf *buf, size_t len)
{
    assert(len <= buf->cap - buf->len);
    buf->len += len;
}

void buf_drop(struct buf *buf, size_t len)
{
    assert(len <= buf->len);
    if (len == 0)
        return;
    buf->len -= len;
    memmove(buf->at, buf->at + len, buf->len);
    explicit_bzero(buf->at + buf->len, len);
}

void buf_move(struct buf *to, struct buf *from)
{
    assert(to->len == 0);
    buf_clear(to);
    *to = *from;
    buf_init(from, from->max);
}
