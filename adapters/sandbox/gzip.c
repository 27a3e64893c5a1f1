/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/gzip.h"

enum { STORED_MAX = 65535 };

static uint32_t crc32_of(struct str bytes)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned char)bytes.at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

static void add_little_endian(struct buf *out, uint32_t value, int bytes)
{
    for (; bytes > 0; bytes--, value >>= 8)
        buf_add_byte(out, (char)value);
}

void sandbox_gzip(struct str bytes, struct buf *out)
{
    buf_add(out, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    struct str rest = bytes;
    do {
        struct str block = str_head(rest, STORED_MAX);
        rest = str_skip(rest, block.len);
        buf_add_byte(out, rest.len == 0); /* the last block? then type 00: stored */
        add_little_endian(out, (uint32_t)block.len, 2);
        add_little_endian(out, ~(uint32_t)block.len, 2);
        buf_add_str(out, block);
    } while (rest.len);
    add_little_endian(out, crc32_of(bytes), 4);
    add_little_endian(out, (uint32_t)bytes.len, 4);
}
