/* SPDX-License-Identifier: MIT */
/* json: what the gateway and the broker answered, read by name. What is absent or of another type
 * is absent: unknown members are ignored, as a portal must. Pure. */
#ifndef PORTAL_JSON_H
#define PORTAL_JSON_H

#include <jansson.h>

#include "base/clock.h"

/* Memory of every tree is wiped when it is freed, since it holds personal data. First in main. */
void json_wipe_always(void);

/* A new reference, or NULL: it is no JSON object. */
json_t *json_read(struct str bytes);

struct str json_text(const json_t *object, const char *name); /* borrowed; STR_NONE */
int64_t json_number(const json_t *object, const char *name);  /* -1: absent or null */
bool json_is(const json_t *object, const char *name);         /* is it true? */
struct date json_date(const json_t *object, const char *name);
struct wall json_wall(const json_t *object, const char *name);

#endif
