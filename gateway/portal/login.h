/* SPDX-License-Identifier: MIT */
/* login: the citizen goes to the broker and comes back (OpenID Connect Core 1.0, 3.1; RFC 7636):
 * code, PKCE with S256, state bound to the browser by a cookie, nonce. The code is redeemed by us
 * over TLS, where the broker's certificate is checked against the configured authority; hence the
 * ID token comes from the broker itself, and its claims are checked without its signature
 * (Core, 3.1.3.7, 6). The token for the gateway is opaque to us: the gateway verifies it. */
#ifndef PORTAL_LOGIN_H
#define PORTAL_LOGIN_H

#include "portal/visit.h"

void login_get(struct visit *visit);
void login_callback(struct visit *visit);
void login_logout(struct visit *visit);

/* NULL when the claims of an ID token are those of a login of ours, else what is wrong; pure. */
const char *login_judge(const json_t *claims, struct str issuer, struct str client,
                        const char *nonce, struct wall now);

#endif
