/* SPDX-License-Identifier: MIT */
/* sqlite: values into statements and out of their rows, for those who know SQLite. */
#ifndef RECORD_SQLITE_H
#define RECORD_SQLITE_H

#include "base/clock.h"

#include <sqlite3.h>

/* Borrowed until the statement is reset; STR_NONE: NULL. */
static inline void sqlite_bind_text(sqlite3_stmt *statement, int at, struct str text)
{
    if (text.at)
        sqlite3_bind_text64(statement, at, text.at, text.len, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(statement, at);
}

static inline void sqlite_bind_wall(sqlite3_stmt *statement, int at, struct wall time)
{
    if (time.known)
        sqlite3_bind_int64(statement, at, time.unix_ms);
    else
        sqlite3_bind_null(statement, at);
}

/* Borrowed until the next step. */
static inline struct str sqlite_text(sqlite3_stmt *statement, int column)
{
    const char *at = (const char *)sqlite3_column_text(statement, column);
    return at ? str_make(at, (size_t)sqlite3_column_bytes(statement, column)) : STR_NONE;
}

static inline struct wall sqlite_wall(sqlite3_stmt *statement, int column)
{
    bool is_known = sqlite3_column_type(statement, column) != SQLITE_NULL;
    return is_known ? (struct wall){sqlite3_column_int64(statement, column), true} : WALL_NONE;
}

#endif
