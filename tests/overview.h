/* SPDX-License-Identifier: MIT */
/* For tests of what an overview says: a configuration whose sentences name their own place, and a
 * citizen. */
#pragma once

#include "identity/citizen_make.h"
#include "policy/snapshot.h"
#include "tests/tap.h"

/* The text in both languages, told apart by a letter in front: "d:…", "e:…". */
__attribute__((unused)) static struct text overview_text(struct arena *arena, const char *text)
{
    return (struct text){{arena_format(arena, "d:%s", text), arena_format(arena, "e:%s", text)}};
}

/* Standard settings and sentences such as "d:late {source} {time}". No sources. */
__attribute__((unused)) static struct snapshot *overview_snapshot(struct arena *arena)
{
    struct snapshot *snapshot = ARENA_NEW(arena, struct snapshot);
    struct texts *texts = &snapshot->texts;
    struct settings *settings = &snapshot->settings;

#define X(section, name, standard, least, most, help) settings->section##_##name = (standard);
    SETTINGS(X)
#undef X
#define X(which, name, ...)                                                                        \
    texts->outcome[which] = overview_text(arena, name " {source} {time} {until}");
    OUTCOMES(X)
#undef X
#define X(which, name) texts->status[which] = overview_text(arena, name);
    ITEM_STATUSES(X)
#undef X
#define X(which, name, model)                                                                      \
    texts->kind[which] = overview_text(arena, name);                                               \
    texts->untitled[which] = overview_text(arena, "untitled " name);
    ITEM_KINDS(X)
#undef X
#define X(which, name) texts->attention[which] = overview_text(arena, name " {date} {authority}");
    ATTENTION_TYPES(X)
#undef X
    texts->awaiting_citizen = overview_text(arena, "waits for you");
    texts->nothing_shown = overview_text(arena, "nothing shown");
    texts->declaration = overview_text(arena, "not exhaustive");
    memcpy(snapshot->revision, "0123456789abcdef", 17);
    snapshot->references = 1;
    return snapshot;
}

__attribute__((unused)) static const struct citizen *overview_citizen(struct arena *arena,
                                                                      const char *actor)
{
    struct citizen_facts facts = {.subject = {"6101709995"},
                                  .name = STR("Anna Testesen"),
                                  .portal = STR("portal"),
                                  .issuer = STR("https://broker.example"),
                                  .level = LEVEL_SUBSTANTIAL};
    if (actor && !cpr_parse(str_of(actor), &facts.actor))
        exit(EXIT_FAILURE);
    return citizen_make(arena, &facts);
}

/* How often `needle` stands in `text`. */
__attribute__((unused)) static int overview_count(struct str text, const char *needle)
{
    int count = 0;
    for (size_t at; (at = str_find(text, str_of(needle))) < text.len; count++)
        text = str_skip(text, at + strlen(needle));
    return count;
}
