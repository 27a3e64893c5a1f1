/* SPDX-License-Identifier: MIT */
/* A source's HTTP/1.1 answer: however it is cut into reads, the same answer comes out of it, it
 * ends at the same byte, and it holds as much as it said. The first byte says how to cut. */
#include <stdint.h>

#include "tests/answer_judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct str bytes = {(const char *)data + 1, size - 1};
    struct answer_verdict whole = answer_judge(bytes, size);
    struct answer_verdict parts = answer_judge(bytes, data[0] % 32 + 1u);
    assert(whole.status == parts.status && whole.is_whole == parts.is_whole);
    if (whole.status == FETCH_OK) {
        assert(str_equal(buf_str(&whole.body), buf_str(&parts.body)));
        assert(whole.used == parts.used && whole.used <= bytes.len);
        assert(whole.http_status >= 200 && whole.http_status <= 599);
        assert(whole.body.len <= ANSWER_MAX);
        assert(parts.may_keep || !whole.may_keep);
        assert(!whole.may_keep || whole.used == bytes.len);
    }
    if (whole.is_whole && whole.has_length && whole.http_status != 204 && whole.http_status != 304)
        assert(whole.body.len == whole.length);
    buf_clear(&whole.body);
    buf_clear(&parts.body);
    return 0;
}
