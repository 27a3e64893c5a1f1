/* SPDX-License-Identifier: MIT */
#include "portal/words.h"

#include "base/html.h"

struct str word_text(enum word word, enum language language)
{
    static const struct text words[] = {
#define X(name, da, en) [name] = {{STR_INIT(da), STR_INIT(en)}},
        PORTAL_WORDS(X)
#undef X
    };
    return words[word].in[language];
}

void word_write(struct buf *out, enum word word, enum language language, struct str first,
                struct str second)
{
    struct str rest = word_text(word, language), filled[] = {first, second};
    for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) {
        size_t at = str_find(rest, STR("{}"));
        html_text(out, str_head(rest, at));
        if (at == rest.len)
            return;
        html_text(out, filled[i]);
        rest = str_skip(rest, at + 2);
    }
    html_text(out, rest);
}
