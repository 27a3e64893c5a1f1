/* SPDX-License-Identifier: MIT */
/* Whatever a mapped source answers in XML: an outcome, items within the ceiling, a reason when
 * there are none. */
#include "tests/fuzz/mapped.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct mapping *mapping;
    if (!mapping)
        mapping = fuzz_mapping("tests/mapping/havneregistret/manifest.json");
    fuzz_answer(mapping, str_make((const char *)bytes, len), 200);
    return 0;
}
