/* SPDX-License-Identifier: MIT */
/* The door's grammar: however a stream is cut into reads, the same requests come out of it, and all
 * that is handed out lies inside it. The first byte says how to cut. */
#include "tests/http_cases.h"

#include <assert.h>

static void assert_inside(struct str part, struct str whole)
{
    assert(!part.at || part.len == 0 ||
           (part.at >= whole.at && part.len <= whole.len - (size_t)(part.at - whole.at)));
}

static void check_head(struct str stream)
{
    struct http_head head;
    struct problem problem;
    size_t used;
    if (http_head_parse(stream, &case_limits, &head, &used, &problem) != HTTP_DONE)
        return;
    assert(used <= stream.len && head.field_count <= HTTP_FIELDS_MAX);
    assert(!(head.has_length && head.is_chunked));
    assert(head.host.len > 0 || head.minor == 0);
    assert_inside(head.target, stream);
    assert_inside(head.query, stream);
    for (size_t i = 0; i < head.field_count; i++) {
        assert_inside(head.fields[i].name, stream);
        assert_inside(head.fields[i].value, stream);
        assert(head.fields[i].name.len > 0);
        assert(!memchr(head.fields[i].value.at, '\n', head.fields[i].value.len));
    }
}

static void check_target(struct str target)
{
    char *out = malloc(target.len + 1);
    size_t len = 0;
    assert(out);
    if (http_percent_decode(target, true, out, &len))
        assert(len <= target.len && !memchr(out, '\0', len));
    (void)http_target_has_cpr(target);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct str next = STR_INIT("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    struct http_head head;
    if (size == 0)
        return 0;
    struct str stream = {(const char *)data + 1, size - 1};
    struct verdict whole = judge(stream, size, &head);
    struct verdict parts = judge(stream, data[0] % 32 + 1u, &head);
    assert(whole.progress == parts.progress && whole.kind == parts.kind);
    assert(whole.body_len == parts.body_len || whole.progress == HTTP_MORE);
    assert(memcmp(whole.body, parts.body, parts.body_len) == 0);
    assert(whole.used == parts.used || whole.progress != HTTP_DONE);

    /* What has been decided stays so, whatever follows. */
    if (whole.progress != HTTP_MORE) {
        char *longer = malloc(stream.len + next.len);
        assert(longer);
        memcpy(longer, stream.at, stream.len);
        memcpy(longer + stream.len, next.at, next.len);
        struct verdict more =
            judge(str_make(longer, stream.len + next.len), size + next.len, &head);
        assert(more.progress == whole.progress && more.kind == whole.kind);
        assert(more.used == whole.used || whole.progress == HTTP_WRONG);
        free(more.body);
        free(longer);
    }
    check_head(stream);
    check_target(stream);
    free(whole.body);
    free(parts.body);
    return 0;
}
