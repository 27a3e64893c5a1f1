/* SPDX-License-Identifier: MIT */
#include "record/registry.h"

#include <string.h>

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

/* ---- lists ---- */

static struct str copy(struct arena *arena, struct str text)
{
    return text.at ? arena_copy(arena, text) : STR_NONE;
}

static bool add(void *ctx, const struct registry_version *version)
{
    struct registry_list *list = ctx;
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 32;
        struct registry_version *at = arena_calloc(list->arena, room, sizeof *at);
        if (!at)
            return false;
        if (list->count > 0)
            memcpy(at, list->at, list->count * sizeof *at);
        list->at = at;
        list->room = room;
    }
    struct registry_version *kept = &list->at[list->count++];
    *kept = *version;
    kept->name = copy(list->arena, version->name);
    kept->owner = copy(list->arena, version->owner);
    kept->bytes = copy(list->arena, version->bytes);
    kept->report = copy(list->arena, version->report);
    kept->terms = copy(list->arena, version->terms);
    kept->who = copy(list->arena, version->who);
    kept->why = copy(list->arena, version->why);
    return !arena_is_full(list->arena);
}

bool registry_list(struct registry *registry, const struct registry_ask *ask, struct arena *arena,
                   struct registry_list *list)
{
    *list = (struct registry_list){.arena = arena};
    return registry_each(registry, ask, add, list) && !arena_is_full(arena);
}

bool registry_history_list(struct registry *registry, enum registration_kind kind, struct str name,
                           struct arena *arena, struct registry_list *list)
{
    *list = (struct registry_list){.arena = arena};
    return registry_history(registry, kind, name, add, list) && !arena_is_full(arena);
}
