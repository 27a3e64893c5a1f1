/* SPDX-License-Identifier: MIT */
/* schema: the JSON Schema (2020-12) of conf/overblikd.json, made from the settings table, so that
 * an editor knows every setting with its bounds, its standard and its help. conf/schema/ holds it
 * with those of the other files, which are written by hand. */
#ifndef POLICY_SCHEMA_H
#define POLICY_SCHEMA_H

#include "base/buf.h"

/* conf/schema/overblikd.json, byte for byte. */
void schema_settings(struct buf *out);

#endif
