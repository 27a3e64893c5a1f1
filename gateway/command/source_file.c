/* SPDX-License-Identifier: MIT */
#include "command/source_file.h"

#include <errno.h>
#include <stdio.h>

#include "serve/configuration.h"

enum { MEMORY_MAX = 512 * 1024 * 1024 };

static struct str folder_of(struct str path)
{
    size_t len = path.len;

    while (len > 0 && path.at[len - 1] != '/')
        len--;
    return len > 1 ? str_head(path, len - 1) : len == 1 ? STR("/") : STR(".");
}

bool source_file_read(const char *config, const char *path, bool insecure_sources,
                      struct source_file *file, struct faults *faults)
{
    const struct rules standard = rules_standard();

    *file = (struct source_file){.arena = arena_new(MEMORY_MAX), .name = str_of(path)};
    faults_init(faults, file->arena);
    file->snapshot = configuration_read(config, insecure_sources, faults);
    struct str bytes = configuration_file(file->name, file->arena, faults);
    file->manifest = bytes.at ? document_parse(file->name, bytes, faults) : NULL;
    if (!file->snapshot || !file->manifest)
        return false;
    const struct route_reading reading = {&file->snapshot->settings, folder_of(str_of(config)),
                                          &standard, &file->snapshot->test_citizens, NULL};
    if (!route_parse(document_node(file->manifest), &reading, file->arena, &file->route, faults))
        return false;
    file->citizens = file->route.test_citizens.count > 0 ? file->route.test_citizens
                                                         : file->snapshot->test_citizens;
    if (file->citizens.count == 0)
        faults_add(faults, file->name,
                   "there is no test citizen; \"test_citizens\" is whom the answer may be about, "
                   "by replacement numbers (day + 60)");
    return faults->count == 0;
}

bool source_file_choose(struct source_file *file, const char *citizen, struct faults *faults)
{
    const struct test_citizen *one = test_citizen_find(&file->citizens, str_of(citizen));

    if (!one) {
        faults_add(faults, file->name, "there is no test citizen \"%s\"", citizen);
        return false;
    }
    file->citizens = (struct test_citizens){(struct test_citizen *)(uintptr_t)one, 1};
    return true;
}

void source_file_clear(struct source_file *file)
{
    document_free(&file->manifest);
    snapshot_unref(&file->snapshot);
    arena_free(&file->arena);
}

bool source_file_write(const char *path, struct str bytes)
{
    FILE *out = path ? fopen(path, "wb") : stdout;
    bool is_well = out && fwrite(bytes.at, 1, bytes.len, out) == bytes.len;

    if (out)
        is_well &= path ? fclose(out) == 0 : fflush(out) == 0;
    if (!is_well)
        fprintf(stderr, "overblik source: %s: cannot be written: %s\n", path ? path : "stdout",
                strerror(errno));
    return is_well;
}
