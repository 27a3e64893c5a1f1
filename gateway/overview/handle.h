/* SPDX-License-Identifier: MIT */
/* handle: how the outside names an item. A source's own id may embed a CPR number, so it leaves
 * encrypted: base64url of a key id and AES-256-SIV (RFC 5297) over source and id, with the subject
 * as associated data. The same item has the same handle for the same citizen, and a handle is
 * worthless in another citizen's session. */
#ifndef OVERVIEW_HANDLE_H
#define OVERVIEW_HANDLE_H

#include "base/arena.h"
#include "identity/cpr.h"

enum { HANDLE_KEY_BYTES = 64, HANDLE_ID_MAX = 1664, HANDLE_TEXT_MAX = 2600 };

/* A key made ready; one per worker, since it holds OpenSSL contexts. */
struct handle_maker;

/* `key_hex`: 128 hex digits, white space around them is ignored. NULL: *why says what is wrong. */
struct handle_maker *handle_maker_new(struct str key_hex, const char **why);
void handle_maker_free(struct handle_maker **maker);

/* The handle in the arena; STR_NONE: arena full, or the id is longer than HANDLE_ID_MAX. */
struct str handle_make(struct handle_maker *maker, struct arena *arena, const struct cpr *subject,
                       struct str source, struct str id);
/* Opens a handle: source and id in the arena. False: not ours, damaged, or another citizen's. */
bool handle_open(struct handle_maker *maker, struct arena *arena, const struct cpr *subject,
                 struct str handle, struct str *source, struct str *id)
    __attribute__((warn_unused_result));

#endif
