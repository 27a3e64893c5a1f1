/* SPDX-License-Identifier: MIT */
/* assets: style, script, fonts and icons, read once at the start, each also compressed when the
 * build has left NAME.gz beside it. They say nothing about anybody, so browsers may keep them. */
#ifndef PORTAL_ASSETS_H
#define PORTAL_ASSETS_H

#include "net/http.h"

struct assets;

/* NULL: *why is a text for the operator. */
struct assets *assets_read(const char *folder, const char **why);
void assets_free(struct assets **assets);

/* Replies with the one at `path` ("portal.css"); false: there is none. */
bool assets_reply(const struct assets *assets, struct str path, const struct http_request *request,
                  struct http_exchange *exchange);

#endif
