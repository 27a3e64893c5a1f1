/* SPDX-License-Identifier: MIT */
/* gzip: a valid gzip member (RFC 1952) of stored blocks (RFC 1951, 3.2.4): what a client that
 * unpacks would take for data. It saves no bytes. */
#ifndef SANDBOX_GZIP_H
#define SANDBOX_GZIP_H

#include "base/buf.h"

void sandbox_gzip(struct str bytes, struct buf *out);

#endif
