/* SPDX-License-Identifier: MIT */
#include "record/registry.h"

struct registry *registry_open(const struct registry_spec *spec, char why[REGISTRY_WHY_MAX])
{
    why[0] = '\0';
    return spec->postgres ? registry_postgres_open(spec, why) : registry_sqlite_open(spec, why);
}

void registry_close(struct registry **registry)
{
    if (*registry)
        (*registry)->kind->close(*registry);
    *registry = NULL;
}

const char *registry_why(const struct registry *registry)
{
    return registry->why;
}

bool registry_each(struct registry *registry, const struct registry_ask *ask,
                   registry_version_fn *each, void *ctx)
{
    return registry->kind->each(registry, ask, each, ctx);
}

bool registry_history(struct registry *registry, enum registration_kind kind, struct str name,
                      registry_version_fn *each, void *ctx)
{
    return registry->kind->history(registry, kind, name, each, ctx);
}

bool registry_revision(struct registry *registry, int64_t *revision)
{
    return registry->kind->revision(registry, revision);
}

bool registry_change(struct registry *registry, int64_t revision,
                     const struct registry_version *changes, size_t count, bool *is_current)
{
    return registry->kind->change(registry, revision, changes, count, is_current);
}
