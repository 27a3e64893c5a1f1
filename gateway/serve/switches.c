/* SPDX-License-Identifier: MIT */
#include "serve/switches.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { SWITCHES_FILE_MAX = 1024 * 1024, LINE_BYTES = 1024 };

/* Takes "source authority" off the line; false: it is neither that, nor empty, nor a comment. */
static bool parse_line(struct str line, struct str *source, struct str *authority)
{
    line = str_trim(line);
    *source = STR_NONE;
    if (line.len == 0 || line.at[0] == '#')
        return true;
    *source = str_split(&line, ' ');
    *authority = str_trim(line);
    return str_equal(*authority, STR("*")) || (authority->len == 8 && str_is_digits(*authority));
}

/* All lines, or nothing: `health` NULL only checks. */
static bool take_lines(struct str text, struct health *health)
{
    while (text.at && text.len > 0) {
        struct str source, authority;
        if (!parse_line(str_split(&text, '\n'), &source, &authority))
            return false;
        if (health && source.at)
            (void)health_switch_off(health_entry(health, source),
                                    authority.at[0] == '*' ? STR_NONE : authority);
    }
    return true;
}

static bool read_file(const char *path, struct buf *text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;
    if (fd < 0)
        return errno == ENOENT; /* nothing was ever switched off */
    do {
        char *room = buf_reserve(text, 4096);
        got = room ? read(fd, room, 4096) : -1;
        if (got > 0)
            buf_commit(text, (size_t)got);
    } while (got > 0);
    close(fd);
    return got == 0;
}

bool switches_load(const char *path, struct health *health, const char **why)
{
    struct buf text;
    buf_init(&text, SWITCHES_FILE_MAX);
    bool is_good = read_file(path, &text);
    if (!is_good)
        *why = "cannot be read";
    else if (!(is_good = take_lines(buf_str(&text), NULL)))
        *why = "expected lines of a source's id and a CVR number or *";
    if (is_good) {
        health_rearm_all(health);
        take_lines(buf_str(&text), health);
    }
    buf_clear(&text);
    return is_good;
}

bool switches_add(const char *path, struct str source, struct str cvr, struct wall now)
{
    char line[LINE_BYTES], time[WALL_TEXT];
    struct str when = wall_format(now, time);
    int len =
        snprintf(line, sizeof line, "# %.*s: answered with another citizen's data\n%.*s %.*s\n",
                 STR_ARG(when), STR_ARG(source), STR_ARG(cvr.len == 8 ? cvr : STR("*")));
    if (len < 0 || (size_t)len >= sizeof line)
        return false;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool is_written = write(fd, line, (size_t)len) == len && fsync(fd) == 0;
    return close(fd) == 0 && is_written;
}
