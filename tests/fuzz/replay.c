/* SPDX-License-Identifier: MIT */
/*
 * Stands in for libFuzzer in ordinary builds: runs the driver on the empty input and on every file
 * of its corpus, one TAP line each. A fault shows as a crash or a sanitizer's report, which ends
 * the program without a plan.
 */
#include <dirent.h>
#include <stdint.h>
#include <sys/stat.h>

#include "tests/tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay_bytes(const char *name, FILE *file, size_t size)
{
    /* Exactly as large as the input, so that reading past its end is seen. */
    uint8_t *data = malloc(size);
    size_t got = data && file ? fread(data, 1, size, file) : 0;
    if (ok(data && got == size, "%s: %zu bytes read", name, size))
        is_int(LLVMFuzzerTestOneInput(data, size), 0, "%s: survived", name);
    free(data);
}

static void replay_file(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (ok(file && fstat(fileno(file), &info) == 0, "%s: opened", name))
        replay_bytes(name, file, (size_t)info.st_size);
    if (file)
        fclose(file);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(void)
{
    replay_bytes("(empty)", NULL, 0);
    struct dirent **entries = NULL;
    int count = scandir(CORPUS, &entries, is_visible, alphasort);
    for (int i = 0; i < count; i++) {
        replay_file(CORPUS, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return done_testing();
}
