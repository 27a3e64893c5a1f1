/* SPDX-License-Identifier: MIT */
/* log: one event, one line, to stderr or a file: time, level, receipt, `key=value ...`. One and the
 * same statement is written as text, or as a JSON object whose members are the keys: integers
 * become numbers, all else strings; words without a key at the end of a format become "message".
 * error: an operator must act now; warn: some day; info: one line per request; debug: a developer.
 *
 * No personal number leaves through here: there is no way to hand a citizen to the log, and as a
 * second fence every ten-digit group (also with a hyphen after six) that reads as a CPR number and
 * has no letter or digit beside it is masked. Control characters are escaped, lines are cut at
 * LOG_LINE_MAX bytes (a JSON line then says "cut":true). Thread-safe: a line is one write(2). */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };
enum { LOG_LINE_MAX = 4096 };

/* Begins logging to `path` (appending; NULL: stderr) as `program`. False: the file cannot be opened
 * (errno says why) and logging stays on stderr. Not thread-safe; first thing in main. */
bool log_open(const char *path, const char *program, enum log_level level)
    __attribute__((warn_unused_result));
/* How lines look from now on; text unless this was called. Not thread-safe; before the threads. */
void log_set_format(enum log_format format);
bool log_format_parse(struct str name, enum log_format *format); /* "json", "text" */

/* What is logged from now on. From any thread. */
void log_set_level(enum log_level level);
enum log_level log_level(void);
bool log_level_parse(struct str name, enum log_level *level); /* "error" ... "debug" */
struct str log_level_name(enum log_level level);

/* `receipt`: the request's receipt, or STR_NONE outside requests. `format` is made of key=VALUE and
 * key="VALUE", where VALUE may hold conversions of integers and texts (d, i, u, x; s, also with a
 * precision) and, unquoted, no space. What an argument holds never begins a new member. */
void log_event(enum log_level level, struct str receipt, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(receipt, ...) log_event(LOG_ERROR, (receipt), __VA_ARGS__)
#define log_warn(receipt, ...)  log_event(LOG_WARN, (receipt), __VA_ARGS__)
#define log_info(receipt, ...)  log_event(LOG_INFO, (receipt), __VA_ARGS__)
#define log_debug(receipt, ...) log_event(LOG_DEBUG, (receipt), __VA_ARGS__)

/* Masks CPR-shaped digits in place; pure, exported for its test and for error texts. */
void log_mask_cpr(char *text, size_t len);

#endif
