/* SPDX-License-Identifier: MIT */
/* Any bytes as every file of the configuration: faults are told, at places that exist, and nothing
 * else happens. */
#include <assert.h>

#include "policy/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct config_file file = {STR("any.json"), STR("conf"), str_make((const char *)bytes, len)};
    struct config_file sources[2] = {file, file};
    struct config_files files = {
        .main = file, .sources = sources, .source_count = 2, .routing = file};
#define X(name, is_needed) files.name = file;
    POLICY_FILES(X)
#undef X
    struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
    struct faults faults;
    faults_init(&faults, arena);
    struct snapshot *snapshot = snapshot_parse(&files, len % 2, &faults);

    assert(!snapshot && faults.count > 0); /* no file is a source and a text at once */
    for (const struct fault *fault = faults.first; fault; fault = fault->next)
        assert(str_starts_with(fault->where, file.name) && fault->what.len > 0);
    arena_free(&arena);
    return 0;
}
