/* SPDX-License-Identifier: MIT */
#include "adapters/settle.h"

struct str settle_asked_id(const struct question *question)
{
    struct str rest = question->item_id;
    return str_split(&rest, SETTLE_OWNER_MARK);
}

static bool is_asked_for(const struct question *question, struct str code)
{
    for (size_t i = 0; i < question->authority_count; i++)
        if (str_equal(question->authorities[i], code))
            return true;
    return false;
}

const char *settle_authority(struct item *item, const struct question *question)
{
    const struct authority *own = &question->source->authority;
    struct authority *named = &item->authority;

    if (!named->cvr.at) {
        *named = *own;
        return NULL;
    }
    if (!named->name.at && str_equal(named->cvr, own->cvr))
        named->name = own->name;
    if (question->authority_count == 0 || is_asked_for(question, named->cvr) ||
        (named->code.at && is_asked_for(question, named->code)))
        return NULL;
    return "an item of an authority that was not asked for";
}

bool settle_owner(struct item *item, const struct item *owner, struct arena *arena)
{
    item->owner_id = owner->id;
    item->id =
        arena_format(arena, "%.*s%c%.*s", STR_ARG(owner->id), SETTLE_OWNER_MARK, STR_ARG(item->id));
    if (!item->parties)
        item->parties = owner->parties;
    if (item->sensitivity == SENSITIVITY_UNKNOWN)
        item->sensitivity = owner->sensitivity;
    if (!item->sending_system.at)
        item->sending_system = owner->sending_system;
    if (!item->display_class.at)
        item->display_class = owner->display_class;
    item->has_security_profile |= owner->has_security_profile;
    if (!item->authority.cvr.at)
        item->authority = owner->authority;
    return item->id.at && item_own(item, owner, arena);
}

bool settle_is_word(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return text.len > 0;
}
