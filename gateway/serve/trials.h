/* SPDX-License-Identifier: MIT */
/* trials: tries the conformance of what owners have handed in: a thread that looks for manifests in
 * the state "checked", runs `overblik source test` on each in a process of its own, so that nothing
 * of it can hurt those who are served, and writes the signed report and the state that follows.
 * What a crash has cut off is tried again, since the state says so. */
#ifndef SERVE_TRIALS_H
#define SERVE_TRIALS_H

#include "serve/registrar.h"

struct trials;

struct trials *trials_start(const struct registrar_env *env);
/* Ends a test that is running. */
void trials_stop(struct trials **trials);
/* There is something to try. From any thread. */
void trials_wake(struct trials *trials);

#endif
