/* SPDX-License-Identifier: MIT */
/* plain_json: an answer that is shown on a terminal. Its texts come from authorities, which may
 * write anything: none of them moves a cursor or turns a line around (base/plain). */
#ifndef COMMAND_PLAIN_JSON_H
#define COMMAND_PLAIN_JSON_H

#include <jansson.h>

#include "base/str.h"

/* A new reference, every text in it made plain; NULL: these bytes are not JSON. */
json_t *plain_json_parse(struct str bytes);

#endif
