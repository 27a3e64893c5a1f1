/* SPDX-License-Identifier: MIT */
/* Whatever a mapped source answers in JSON: an outcome, items within the ceiling, a reason when
 * there are none; under a small mapping, a nested one, and the whole contract of the state. */
#include "tests/fuzz/mapped.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const struct mapping *mappings[3];
    if (!mappings[0]) {
        mappings[0] = fuzz_mapping("tests/mapping/skovregistret/manifest.json");
        mappings[1] = fuzz_mapping("tests/mapping/leistungsregister/manifest.json");
        mappings[2] = fuzz_mapping("tests/mapping/borgervendt/mapping.json");
    }
    for (size_t i = 0; i < 3; i++)
        fuzz_answer(mappings[i], str_make((const char *)bytes, len), 200);
    fuzz_answer(mappings[0], str_make((const char *)bytes, len), 404);
    return 0;
}
