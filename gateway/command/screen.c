/* SPDX-License-Identifier: MIT */
#include "command/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/die.h"

enum { BAR_WIDTH = 24, ROWS_MAX = 256 };

/* A source's row while it waits. */
struct row {
    char *key; /* source and authority: one row of the plan */
    char *name;
    char *state; /* "asked" until it settles */
    json_int_t waits_ms, items;
};

struct screen {
    bool is_terminal, is_english, as_they_land, has_ended;
    instant started;
    struct row rows[ROWS_MAX];
    size_t row_count, drawn;
    int name_width; /* of the longest */
    json_t *landed; /* source records, in order of landing */
    json_t *subject;
};

static const char *say(const struct screen *screen, const char *danish, const char *english)
{
    return screen->is_english ? english : danish;
}

static const char *colour(const struct screen *screen, const char *code)
{
    return screen->is_terminal ? code : "";
}
#define BOLD   "\033[1m"
#define DIM    "\033[2m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define RED    "\033[31m"
#define PLAIN  "\033[0m"

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

struct screen *screen_new(bool is_terminal, bool is_english, bool as_they_land)
{
    struct screen *screen = die_calloc(1, sizeof *screen);
    screen->is_terminal = is_terminal;
    screen->is_english = is_english;
    screen->as_they_land = as_they_land;
    screen->started = clock_instant();
    screen->landed = json_array();
    return screen;
}

void screen_free(struct screen **slot)
{
    struct screen *screen = *slot;
    if (!screen)
        return;
    for (size_t i = 0; i < screen->row_count; i++) {
        free(screen->rows[i].key);
        free(screen->rows[i].name);
        free(screen->rows[i].state);
    }
    json_decref(screen->landed);
    json_decref(screen->subject);
    free(screen);
    *slot = NULL;
}

bool screen_has_ended(const struct screen *screen)
{
    return screen->has_ended;
}

/* ---- the bars ---- */

static const char *state_colour(const char *state)
{
    static const char *const good[] = {"answered", "empty"};
    static const char *const fair[] = {"stale",        "asked",     "not_agreed",
                                       "not_needed",   "not_shown", "closed",
                                       "municipality", "level",     "not_covered"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (strcmp(state, good[i]) == 0)
            return GREEN;
    for (size_t i = 0; i < sizeof fair / sizeof fair[0]; i++)
        if (strcmp(state, fair[i]) == 0)
            return YELLOW;
    return RED;
}

/* Columns a UTF-8 text takes here: its characters (our names are Latin). */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void draw_row(const struct screen *screen, const struct row *row)
{
    bool waits = strcmp(row->state, "asked") == 0;
    int64_t elapsed = (clock_instant() - screen->started) / INSTANT_PER_MS;
    int64_t whole = row->waits_ms > 0 ? row->waits_ms : 1;
    int filled = waits ? (int)(elapsed * BAR_WIDTH / whole) : BAR_WIDTH;
    if (filled > BAR_WIDTH)
        filled = BAR_WIDTH;

    printf("\033[2K  %s%*s %s", row->name, screen->name_width - width_of(row->name), "",
           state_colour(row->state));
    for (int i = 0; i < BAR_WIDTH; i++)
        fputs(i < filled ? "█" : "░", stdout);
    printf(PLAIN " %s\n", row->state);
}

static void draw_bars(struct screen *screen)
{
    if (!screen->is_terminal || screen->as_they_land || screen->row_count == 0)
        return;
    if (screen->drawn > 0)
        printf("\033[%zuA", screen->drawn);
    for (size_t i = 0; i < screen->row_count; i++)
        draw_row(screen, &screen->rows[i]);
    screen->drawn = screen->row_count;
    fflush(stdout);
}

static void erase_bars(struct screen *screen)
{
    if (screen->drawn > 0)
        printf("\033[%zuA\033[J", screen->drawn);
    screen->drawn = 0;
}

void screen_tick(struct screen *screen)
{
    if (!screen->has_ended)
        draw_bars(screen);
}

/* ---- what was found ---- */

static void show_item(const struct screen *screen, const json_t *item)
{
    const json_t *status = json_object_get(item, "status");
    const char *amount = text_of(item, "amount");
    const char *date = text_of(item, "date");
    if (!date[0])
        date = text_of(item, "valid_to");
    printf("    %s%s%s  %s%s%s", colour(screen, BOLD), text_of(item, "title"),
           colour(screen, PLAIN), colour(screen, DIM), text_of(status, "text"),
           colour(screen, PLAIN));
    if (amount[0])
        printf("  %s kr.", amount);
    if (date[0])
        printf("  %s", date);
    printf("  %s[%s, %s]%s\n", colour(screen, DIM), text_of(item, "kind"),
           text_of(json_object_get(item, "authority"), "name"), colour(screen, PLAIN));
}

/* Told by two sources: `done` says which one is dropped; null while it has not come. */
static bool is_dropped(const json_t *done, const json_t *item)
{
    const json_t *duplicate;
    size_t i;
    json_array_foreach(json_object_get(done, "duplicates"), i,
                       duplicate) if (strcmp(text_of(duplicate, "dropped"),
                                             text_of(item, "handle")) == 0) return true;
    return false;
}

static void show_source(const struct screen *screen, const json_t *record, const json_t *done)
{
    const json_t *source = json_object_get(record, "source");
    const json_t *item;
    size_t i;

    printf("\n  %s%s%s, %s\n  %s%s%s\n", colour(screen, BOLD), text_of(source, "name"),
           colour(screen, PLAIN), text_of(source, "asked_for"),
           colour(screen, state_colour(text_of(source, "state"))), text_of(source, "text"),
           colour(screen, PLAIN));
    json_array_foreach(json_object_get(record, "items"), i, item) if (!is_dropped(done, item))
        show_item(screen, item);
}

static void show_verdict(const struct screen *screen, const json_t *done)
{
    const json_t *summary = json_object_get(done, "summary");
    const json_t *attention = json_object_get(done, "attention");
    const json_t *thing;
    size_t i;

    long long open_cases = json_integer_value(json_object_get(summary, "open_cases"));
    printf(
        "\n%s%zu %s, %lld %s.%s %lld %s %lld %s.\n\n", colour(screen, BOLD),
        json_array_size(attention),
        say(screen, "ting at gøre",
            json_array_size(attention) == 1 ? "thing to do" : "things to do"),
        open_cases,
        open_cases == 1 ? say(screen, "sag i gang", "case in progress")
                        : say(screen, "sager i gang", "cases in progress"),
        colour(screen, PLAIN), (long long)json_integer_value(json_object_get(summary, "answered")),
        say(screen, "af", "of"), (long long)json_integer_value(json_object_get(summary, "asked")),
        say(screen, "opslag er besvaret", "look-ups were answered"));
    json_array_foreach(attention, i, thing)
        printf("  %s!%s %s  %s\n", colour(screen, YELLOW), colour(screen, PLAIN),
               text_of(thing, "text"), text_of(thing, "title"));
    if (json_array_size(attention) > 0)
        printf("\n");
    printf("%s%s%s\n", colour(screen, DIM), text_of(done, "declaration"), colour(screen, PLAIN));
    printf("%s%s %s%s\n", colour(screen, DIM), say(screen, "Kvittering", "Receipt"),
           text_of(done, "receipt"), colour(screen, PLAIN));
}

/* ---- records ---- */

/* "kommuner.sager/0710": names a row of the plan. For the caller to free. */
static char *make_key(const json_t *source)
{
    char key[256];
    snprintf(key, sizeof key, "%s/%s", text_of(source, "id"),
             text_of(json_object_get(source, "authority"), "code"));
    return die_strdup(key);
}

/* "ATP, pension" */
static char *make_name(const json_t *source)
{
    char name[512];
    snprintf(name, sizeof name, "%s, %s", text_of(source, "name"), text_of(source, "asked_for"));
    return die_strdup(name);
}

static struct row *find_row(struct screen *screen, const json_t *source)
{
    char *key = make_key(source);
    struct row *found = NULL;
    for (size_t i = 0; i < screen->row_count && !found; i++)
        if (strcmp(screen->rows[i].key, key) == 0)
            found = &screen->rows[i];
    free(key);
    return found;
}

static void take_plan(struct screen *screen, const json_t *record)
{
    const json_t *source;
    size_t i;
    const json_t *subject = json_object_get(record, "subject");
    const char *name = text_of(subject, "name");
    bool is_another = json_is_object(json_object_get(subject, "on_behalf_of"));

    printf("%s%s%s%s\n", colour(screen, BOLD), say(screen, "Overblik for ", "Overview for "),
           name[0]      ? name
           : is_another ? say(screen, "den, du handler for", "the person you act for")
                        : say(screen, "dig", "you"),
           colour(screen, PLAIN));
    json_array_foreach(json_object_get(record, "sources"), i, source)
    {
        if (screen->row_count == ROWS_MAX)
            break;
        screen->rows[screen->row_count++] = (struct row){
            .key = make_key(source),
            .name = make_name(source),
            .state = die_strdup(text_of(source, "state")),
            .waits_ms = json_integer_value(json_object_get(source, "waits_at_most_ms"))};
    }
    for (size_t row = 0; row < screen->row_count; row++)
        if (width_of(screen->rows[row].name) > screen->name_width)
            screen->name_width = width_of(screen->rows[row].name);
    draw_bars(screen);
}

static void take_source(struct screen *screen, const json_t *record)
{
    const json_t *source = json_object_get(record, "source");
    struct row *row = find_row(screen, source);
    if (row) {
        free(row->state);
        row->state = die_strdup(text_of(source, "state"));
    }
    if (screen->as_they_land)
        show_source(screen, record, NULL);
    else
        json_array_append_new(screen->landed, json_deep_copy(record));
    draw_bars(screen);
    fflush(stdout);
}

static void take_done(struct screen *screen, const json_t *record)
{
    const json_t *landed;
    size_t i;
    screen->has_ended = true;
    erase_bars(screen);
    json_array_foreach(screen->landed, i, landed) show_source(screen, landed, record);
    show_verdict(screen, record);
}

void screen_take(struct screen *screen, const json_t *record)
{
    const char *name = text_of(record, "record");
    if (strcmp(name, "plan") == 0)
        take_plan(screen, record);
    else if (strcmp(name, "source") == 0)
        take_source(screen, record);
    else if (strcmp(name, "done") == 0)
        take_done(screen, record);
}
