/* SPDX-License-Identifier: MIT */
/* log: one event, one line, to stderr or a file: time, level, receipt, `key=value ...`.
 * error: an operator must act now; warn: some day; info: one line per request; debug: a developer.
 *
 * No personal number leaves through here: there is no way to hand a citizen to the log, and as a
 * second fence every ten-digit group (also with a hyphen after six) that reads as a CPR number and
 * has no letter or digit beside it is masked. Control characters are escaped, lines are cut at
 * LOG_LINE_MAX bytes. Thread-safe: a line is one write(2). */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum { LOG_LINE_MAX = 4096 };

/* Begins logging to `path` (appending; NULL: stderr) as `program`. False: the file cannot be opened
 * (errno says why) and logging stays on stderr. Not thread-safe; first thing in main. */
bool log_open(const char *path, const char *program, enum log_level level)
    __attribute__((warn_unused_result));
bool log_level_parse(struct str name, enum log_level *level); /* "error" ... "debug" */

/* `receipt`: the request's receipt, or STR_NONE outside requests. */
void log_event(enum log_level level, struct str receipt, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(receipt, ...) log_event(LOG_ERROR, (receipt), __VA_ARGS__)
#define log_warn(receipt, ...)  log_event(LOG_WARN, (receipt), __VA_ARGS__)
#define log_info(receipt, ...)  log_event(LOG_INFO, (receipt), __VA_ARGS__)
#define log_debug(receipt, ...) log_event(LOG_DEBUG, (receipt), __VA_ARGS__)

/* Masks CPR-shaped digits in place; pure, exported for its test and for error texts. */
void log_mask_cpr(char *text, size_t len);

#endif
