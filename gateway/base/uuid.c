/* SPDX-License-Identifier: MIT */
#include "base/uuid.h"

#include "base/die.h"

#include <errno.h>
#include <sys/random.h>

static void kernel_random(void *ctx, unsigned char *bytes, size_t len)
{
    (void)ctx;
    while (len > 0) {
        ssize_t got = getrandom(bytes, len, 0);
        if (got < 0 && errno != EINTR)
            die("getrandom failed (errno %d)", errno);
        if (got > 0) {
            bytes += got;
            len -= (size_t)got;
        }
    }
}

void uuid_source_init(struct uuid_source *source)
{
    uuid_source_init_with(source, kernel_random, NULL);
}

void uuid_source_init_with(struct uuid_source *source, uuid_random_fn *random, void *ctx)
{
    source->random = random;
    source->ctx = ctx;
    source->left = 0;
}

static const unsigned char *next_random(struct uuid_source *source, size_t len)
{
    if (source->left < len) {
        source->random(source->ctx, source->pool, sizeof source->pool);
        source->left = sizeof source->pool;
    }
    source->left -= len;
    return source->pool + source->left;
}

void uuid_make(struct uuid_source *source, struct wall now, char text[UUID_TEXT])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[16];
    uint64_t ms = (uint64_t)now.unix_ms;

    for (int i = 5; i >= 0; i--, ms >>= 8)
        bytes[i] = (unsigned char)ms;
    memcpy(bytes + 6, next_random(source, 10), 10);
    bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0f)); /* version 7 */
    bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3f)); /* variant */

    char *out = text;
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex[bytes[i] >> 4];
        *out++ = hex[bytes[i] & 15];
    }
    *out = '\0';
}
