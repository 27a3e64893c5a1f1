/* SPDX-License-Identifier: MIT */
/* screen: an overview for people at a terminal: a bar per source while it waits, then what was
 * found. Colours and moving bars only on a terminal; plain lines elsewhere. */
#ifndef COMMAND_SCREEN_H
#define COMMAND_SCREEN_H

#include <jansson.h>
#include <stdbool.h>

struct screen;

/* `as_they_land`: each source's items are shown when they come, not all at the end. */
struct screen *screen_new(bool is_terminal, bool is_english, bool as_they_land);
void screen_free(struct screen **screen);

/* One record of the stream (borrowed). */
void screen_take(struct screen *screen, const json_t *record);
void screen_tick(struct screen *screen);            /* moves the bars */
bool screen_has_ended(const struct screen *screen); /* "done" has come */

#endif
