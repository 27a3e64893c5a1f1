/* SPDX-License-Identifier: MIT */
/* The chunked half of http_parse.h (RFC 9112, 7.1). */
#include "net/http_chars.h"
#include "net/http_parse.h"

enum { SIZE_DIGITS_MAX = 8, EXTRA_MAX = 8192 };

enum chunk_state {
    SIZE,  /* the digits of a size */
    SPACE, /* between size and ";": bad white space that the RFC wants read */
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER, /* at the start of a trailer line, or of the last, empty one */
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
};

static enum http_progress wrong(struct problem *problem, enum problem_kind kind, const char *why)
{
    *problem = problem_make(kind, "%s", why);
    return HTTP_WRONG;
}

/* The state after `byte`, or -1. DATA is not read byte by byte and does not come here. */
static int chunk_step(struct http_chunks *chunks, char byte)
{
    switch ((enum chunk_state)chunks->state) {
    case SIZE:
        if (is_class(byte, HEX)) {
            chunks->left = chunks->left << 4 | hex_value(byte);
            return ++chunks->digits <= SIZE_DIGITS_MAX ? SIZE : -1;
        }
        if (chunks->digits == 0)
            return -1;
        /* fall through */
    case SPACE:
        if (byte == ' ' || byte == '\t')
            return SPACE;
        if (byte == ';')
            return EXTENSION;
        return byte == '\r' && chunks->state == SIZE ? SIZE_LF : -1;
    case EXTENSION:
        return is_class(byte, VALUE) ? EXTENSION : byte == '\r' ? SIZE_LF : -1;
    case SIZE_LF:
        chunks->digits = 0;
        return byte != '\n' ? -1 : chunks->left > 0 ? DATA : TRAILER;
    case DATA_CR:
        return byte == '\r' ? DATA_LF : -1;
    case DATA_LF:
        return byte == '\n' ? SIZE : -1;
    case TRAILER:
        return is_class(byte, TCHAR) ? TRAILER_NAME : byte == '\r' ? LAST_LF : -1;
    case TRAILER_NAME:
        return is_class(byte, TCHAR) ? TRAILER_NAME : byte == ':' ? TRAILER_VALUE : -1;
    case TRAILER_VALUE:
        return is_class(byte, VALUE) ? TRAILER_VALUE : byte == '\r' ? TRAILER_LF : -1;
    case TRAILER_LF:
        return byte == '\n' ? TRAILER : -1;
    case LAST_LF: /* its line feed ends the body and is taken by the caller */
    case DATA:
        break;
    }
    return -1;
}

static bool is_extra(int state)
{
    return state == SPACE || state == EXTENSION || state >= TRAILER_NAME;
}

enum http_progress http_chunks_parse(struct http_chunks *chunks, struct str bytes,
                                     const struct http_limits *limits, char *out, size_t *used,
                                     size_t *got, struct problem *problem)
{
    size_t at = 0, copied = 0;
    enum http_progress progress = HTTP_MORE;
    while (at < bytes.len && progress == HTTP_MORE) {
        if (chunks->state == DATA) {
            size_t some = bytes.len - at < chunks->left ? bytes.len - at : (size_t)chunks->left;
            memmove(out + copied, bytes.at + at, some);
            at += some;
            copied += some;
            chunks->total += some;
            chunks->left -= some;
            if (chunks->left == 0)
                chunks->state = DATA_CR;
            continue;
        }
        char byte = bytes.at[at++];
        if (chunks->state == LAST_LF && byte == '\n') {
            progress = HTTP_DONE;
            break;
        }
        chunks->state = chunk_step(chunks, byte);
        chunks->extra += is_extra(chunks->state);
        if (chunks->state < 0)
            progress = wrong(problem, PROBLEM_BAD_REQUEST, "The chunked body is malformed.");
        else if (chunks->extra > EXTRA_MAX)
            progress = wrong(problem, PROBLEM_HEADERS_TOO_LARGE,
                             "Chunk extensions and trailers are too long.");
        else if (chunks->state == DATA && chunks->left > limits->body_max - chunks->total)
            progress =
                wrong(problem, PROBLEM_TOO_LARGE, "The body is larger than this server takes.");
    }
    *used = at;
    *got = copied;
    return progress;
}
