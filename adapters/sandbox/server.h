/* SPDX-License-Identifier: MIT */
/* server: an authority of the sandbox as a server of its own on loopback: its port, its
 * certificate, its door, which may be shut. Mutual TLS unless the sandbox is insecure. */
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include "adapters/sandbox/office.h"

enum { SERVER_WHY_MAX = DATA_WHY_MAX };

struct sandbox_server;

/* Listens on 127.0.0.1 and `port` (0: the kernel chooses). NULL: `why` says what is wrong. */
struct sandbox_server *sandbox_server_new(struct sandbox_world *world,
                                          const struct sandbox_authority *authority, uint16_t port,
                                          char why[SERVER_WHY_MAX]);
void sandbox_server_free(struct sandbox_server **server);

uint16_t sandbox_server_port(const struct sandbox_server *server);
struct str sandbox_server_name(const struct sandbox_server *server);
/* Brings the door into the state that the rules ask for now. A change closes all connections; the
 * port stays the same and nobody else's. */
void sandbox_server_obey(struct sandbox_server *server);
/* {"calls":…,"paths":{…},"last_headers":[…]}: a new reference. No personal number is in it. */
json_t *sandbox_server_calls(const struct sandbox_server *server);
/* What the authority holds, to be changed by the control port. Borrowed. */
json_t *sandbox_server_holdings(const struct sandbox_server *server);

#endif
