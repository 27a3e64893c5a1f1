/* SPDX-License-Identifier: MIT */
/* rules_preview: what a version of a municipality's rules would show otherwise of the test
 * citizens: the municipality's systems are asked under the configuration in force and under the one
 * with that version, and the two previews are compared item by item (joining/shown). */
#ifndef SERVE_RULES_PREVIEW_H
#define SERVE_RULES_PREVIEW_H

#include "serve/admin_task.h"

/* `then` of a task whose work has composed the configuration to look under; on the loop. Answers
 * {"municipality", "version", "from", "to", "changes": […], "left_out"}. */
void rules_preview_start(struct admin_task *task);

#endif
