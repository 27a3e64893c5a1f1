/* SPDX-License-Identifier: MIT */
/* issuer: whose tokens count and how they are read: "issuers" of conf/overblikd.json becomes token
 * profiles. An issuer that is not enabled is checked all the same and then left out; a placeholder
 * such as "<client id>" is a fault only where it would be used. */
#ifndef POLICY_ISSUER_H
#define POLICY_ISSUER_H

#include "identity/token.h"
#include "policy/settings.h"

/* The enabled profiles, in the file's order, in the faults' arena. None at all is a fault: every
 * token would be refused. */
struct token_profile *issuers_parse(struct node root, const struct settings *settings,
                                    struct str base, size_t *count, struct faults *faults);

#endif
