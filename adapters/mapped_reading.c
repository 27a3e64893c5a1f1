/* SPDX-License-Identifier: MIT */
#include "adapters/mapped_reading.h"

static struct instance *instance_new(struct mapped_reading *in, uint16_t scope)
{
    size_t slots = in->mapping->scopes[scope].slot_count;
    struct instance *instance =
        arena_calloc(in->arena, 1, sizeof *instance + slots * sizeof(struct taken));

    if (!instance)
        return NULL;
    instance->scope = scope;
    instance->end = &instance->first;
    return instance;
}

bool mapped_reading_init(struct mapped_reading *in)
{
    in->root = instance_new(in, 0);
    return in->root != NULL;
}

struct instance *mapped_enter(struct mapped_reading *in, uint16_t scope, struct instance *parent)
{
    struct instance *instance = instance_new(in, scope);

    if (!instance)
        return NULL;
    instance->parent = parent;
    *parent->end = instance;
    parent->end = &instance->next;
    return instance;
}

const char *mapped_take(const struct mapped_reading *in, const struct mapping_step *step,
                        struct instance *instance, struct taken value)
{
    const struct mapping_slot *slot = &in->mapping->slots[step->first_slot];

    for (const struct mapping_slot *end = slot + step->slot_count; slot < end; slot++) {
        struct instance *owner = instance;

        for (unsigned up = slot->up; up > 0; up--)
            owner = owner->parent;
        if (owner->slots[slot->slot].type != TAKEN_NOTHING)
            return "a value comes twice";
        owner->slots[slot->slot] = value;
    }
    return NULL;
}
