/* SPDX-License-Identifier: MIT */
/* endpoint: where something is asked over TLS: its address, who is trusted there, and who we are.
 * A manifest has one for each environment; which of them is asked is a setting. */
#ifndef POLICY_ENDPOINT_H
#define POLICY_ENDPOINT_H

#include "net/fetch.h"
#include "policy/document.h"
#include "policy/settings.h"

/* Reads "url", "tls", "addresses" and "no_reuse". Relative file names are resolved against `base`.
 */
void endpoint_parse(struct node root, const struct settings *settings, struct str base,
                    struct fetch_target *target, struct faults *faults);

/* Reads the endpoints of a manifest, {"production": …, "test": …}, all of them checked; *target is
 * that of the environment in use. False: there is none for it. Where its owner has handed it in, it
 * names no file of ours and must be on the open internet: "registration" of the settings says whom
 * we trust there, who we are, and where else it may be. */
enum endpoint_word {
    WORD_OPERATORS,
    WORD_OWNERS,
    WORD_NEW /* an owner's that was never in force: also what stands there in figures is judged */
};
bool endpoints_parse(struct node node, const struct settings *settings, struct str base,
                     enum endpoint_word word, struct fetch_target *target, struct faults *faults);

/* A path that is asked for there. */
struct str endpoint_path_parse(struct node node, bool is_needed, struct faults *faults);

#endif
