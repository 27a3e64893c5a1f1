/* SPDX-License-Identifier: MIT */
/* reader: reads JSON (RFC 8259) in one pass over the bytes, straight into our own values: no tree.
 *
 * Strict: the exact grammar, valid UTF-8, no NUL (also not as \u0000), no lone surrogates, no
 * trailing bytes, depth at most READER_DEPTH_MAX. Every function is total: after the first fault
 * the reader is failed, all later calls return false or nothing, and reader_fault says what and
 * where. So a caller may read on and check once, at reader_end.
 *
 *     if (reader_object(r))
 *         while (reader_member(r, &name))
 *             switch (reader_field(r, name, fields, FIELD_COUNT, &seen)) {
 *             case FIELD_TITLE: title = reader_string(r); break;
 *             ...
 *             default: reader_skip(r); }
 *     return reader_end(r);
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/arena.h"
#include "base/clock.h"

enum { READER_DEPTH_MAX = 32 };

enum json_type {
    JSON_TYPE_NONE, /* failed, or nothing follows */
    JSON_TYPE_OBJECT,
    JSON_TYPE_ARRAY,
    JSON_TYPE_STRING,
    JSON_TYPE_NUMBER,
    JSON_TYPE_TRUE,
    JSON_TYPE_FALSE,
    JSON_TYPE_NULL,
};

enum reader_state {
    READER_VALUE_DUE,    /* a value comes next */
    READER_JUST_ENTERED, /* an object or array was opened; its first member or its end comes next */
    READER_VALUE_TAKEN,  /* a comma or an end comes next */
};

struct reader {
    const char *start, *at, *end;
    struct arena *arena; /* holds strings that had escapes; NULL: such strings fail */
    const char *fault;   /* NULL: none yet; else a constant text */
    size_t fault_offset;
    unsigned depth;
    enum reader_state state;
};

void reader_init(struct reader *r, struct str bytes, struct arena *arena);

enum json_type reader_peek(struct reader *r); /* the type of the value that comes next */

/* Enters an object (an array); the members (elements) are then taken one by one until false, which
 * also leaves it. A value must be read or skipped before the next member. */
bool reader_object(struct reader *r);
bool reader_member(struct reader *r, struct str *name);
bool reader_array(struct reader *r);
bool reader_element(struct reader *r);

/* Which of `fields` (sorted or not, at most 64) `name` is, or -1. A known name that comes twice in
 * one object fails the reader ("duplicate member"); `seen` starts at 0 for each object. */
int reader_field(struct reader *r, struct str name, const struct str *fields, size_t count,
                 uint64_t *seen);

/* The value that comes next, when it has this type; else the reader fails ("expected a string").
 * Strings are borrowed from the bytes where they have no escapes, else they are in the arena. */
struct str reader_string(struct reader *r);
/* As reader_string, and null gives STR_NONE. */
struct str reader_string_or_null(struct reader *r);
bool reader_bool(struct reader *r);
int64_t reader_int(struct reader *r, int64_t min, int64_t max); /* no fraction, no exponent */
struct str reader_number(struct reader *r);                     /* its text, as written */
bool reader_null(struct reader *r); /* true and taken when null comes next; never fails */

/* "2026-11-21"; a date-time as wall_parse takes it; both null -> absent, wrong text -> failed. */
struct date reader_date(struct reader *r);
struct wall reader_wall(struct reader *r);

/* Takes the next value whatever it is, validating it; returns its bytes. */
struct str reader_skip(struct reader *r);

/* Fails the reader from outside: a value was well-formed but wrong. `why` must live on. */
void reader_fail(struct reader *r, const char *why);

/* True when one whole value was read, only white space follows, and nothing failed. */
bool reader_end(struct reader *r) __attribute__((warn_unused_result));

#endif
