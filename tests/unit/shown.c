/* SPDX-License-Identifier: MIT */
/* What another configuration would show otherwise, from two previews. */
#include "joining/shown.h"

#include "tests/tap.h"

#define ITEM(title, kle, shown, verdict, rule)                                                     \
    "{'citizen':'jens','source':'k','municipality':'0710','kind':'case','title':'" title           \
    "','kle':'" kle "','facet':null,'system':'s','status':'opened','created':null,'shown':" shown  \
    ",'verdict':'" verdict "','rule':" rule "}"
#define ROW(state)      "{'citizen':'jens','id':'k','municipality':'0710','state':'" state "'}"
#define BY(id, pattern) "{'id':" id ",'at':'f:1:1','kle':'" pattern "'}"
#define OPEN            ITEM("A", "32.10.01", "true", "shown", BY("'help'", "32.*"))

static const struct {
    const char *name, *rows, *items, *other_rows, *other_items, *want;
} cases[] = {
    {"nothing differs", ROW("answered"), OPEN, ROW("answered"), OPEN,
     "what it shows of the test citizens: as before\n"},
    {"withheld from now on", ROW("answered"), OPEN, ROW("answered"),
     ITEM("A", "32.10.01", "false", "kle-not-open", BY("null", "32.10.*")),
     "  jens k/0710 case 32.10.01 \"A\": shown by help -> withheld (kle-not-open) by 32.10.*\n"},
    {"by another rule", ROW("answered"), OPEN, ROW("answered"),
     ITEM("A", "32.10.01", "true", "shown", BY("'all'", "*")),
     "  jens k/0710 case 32.10.01 \"A\": shown by help -> shown by all\n"},
    {"a built-in one", ROW("answered"), ITEM("A", "32.10.01", "false", "sensitivity", "null"),
     ROW("answered"), OPEN,
     "  jens k/0710 case 32.10.01 \"A\": withheld (sensitivity) -> shown by help\n"},
    {"two alike, of which one differs", ROW("answered"), OPEN "," OPEN, ROW("answered"),
     OPEN "," ITEM("A", "32.10.01", "false", "kle-not-open", "null"),
     "  jens k/0710 case 32.10.01 \"A\": shown by help -> withheld (kle-not-open)\n"},
    {"one that is not there", ROW("answered"), OPEN, ROW("answered"), "",
     "  jens k/0710 case 32.10.01 \"A\": shown by help -> not there\n"},
    {"one that is new", ROW("answered"), "", ROW("answered"), OPEN,
     "  jens k/0710 case 32.10.01 \"A\": not there -> shown by help\n"},
    {"a source that is late", ROW("answered"), "", ROW("late"), "",
     "  jens k/0710: answered -> late\n"},
    {"a source that is not asked", ROW("answered"), "", "", "",
     "  jens k/0710: answered -> not there\n"},
};

static json_t *preview_of(const char *rows, const char *items)
{
    struct buf text;
    json_error_t error;
    buf_init(&text, 65536);
    buf_format(&text, "{'sources':[%s],'items':[%s]}", rows, items);
    for (size_t i = 0; i < text.len; i++)
        text.at[i] = text.at[i] == '\'' ? '"' : text.at[i];
    json_t *preview = json_loadb(text.at, text.len, 0, &error);
    ok(preview, "a preview: %s", preview ? "read" : error.text);
    buf_clear(&text);
    return preview;
}

int main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *before = preview_of(cases[i].rows, cases[i].items);
        json_t *after = preview_of(cases[i].other_rows, cases[i].other_items);
        json_t *changes = json_array();
        struct buf out;
        buf_init(&out, 65536);
        shown_compare(before, after, changes);
        shown_print(changes, &out);
        is_bytes(buf_str(&out).at, out.len, cases[i].want, strlen(cases[i].want), "%s",
                 cases[i].name);
        buf_clear(&out);
        json_decref(changes);
        json_decref(before);
        json_decref(after);
    }
    return done_testing();
}
