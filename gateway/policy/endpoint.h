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
 * that of the environment in use. False: there is none for it. */
bool endpoints_parse(struct node node, const struct settings *settings, struct str base,
                     struct fetch_target *target, struct faults *faults);

#endif
