/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { CPR_DIGITS = 10, CPR_TEXT_MAX = 11, TIME_BEFORE_MS = 19, RECEIPT_MAX = 64 };

static const struct str levels[] = {
    [LOG_ERROR] = STR_INIT("error"),
    [LOG_WARN] = STR_INIT("warn"),
    [LOG_INFO] = STR_INIT("info"),
    [LOG_DEBUG] = STR_INIT("debug"),
};

/* Set by log_open before there are threads, read only afterwards. */
static struct {
    int fd;
    enum log_level level;
    char program[32];
} log_to = {STDERR_FILENO, LOG_INFO, "overblik"};

bool log_open(const char *path, const char *program, enum log_level level)
{
    int fd = STDERR_FILENO;

    snprintf(log_to.program, sizeof log_to.program, "%s", program);
    log_to.level = level;
    if (path)
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return false;
    if (log_to.fd != STDERR_FILENO)
        close(log_to.fd);
    log_to.fd = fd;
    return true;
}

bool log_level_parse(struct str name, enum log_level *level)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (str_equal(name, levels[i])) {
            *level = (enum log_level)i;
            return true;
        }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* How many bytes at the start of s are a CPR number, with or without its hyphen; 0: none. The
 * control digit says nothing (numbers without modulus 11 exist), the date does. */
static size_t cpr_length(struct str s)
{
    size_t len = s.len > 6 && s.at[6] == '-' ? CPR_TEXT_MAX : CPR_DIGITS;
    int day, month;

    if (s.len < len)
        return 0;
    for (size_t i = 0; i < len; i++)
        if (!is_digit(s.at[i]) && !(len == CPR_TEXT_MAX && i == 6))
            return 0;
    if (s.len > len && is_letter_or_digit(s.at[len]))
        return 0;
    day = (s.at[0] - '0') * 10 + (s.at[1] - '0');
    month = (s.at[2] - '0') * 10 + (s.at[3] - '0');
    return ((day >= 1 && day <= 31) || (day >= 61 && day <= 91)) && month >= 1 && month <= 12 ? len
                                                                                              : 0;
}

void log_mask_cpr(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        size_t masked;

        if (!is_digit(text[i]) || (i > 0 && is_letter_or_digit(text[i - 1])))
            continue;
        masked = cpr_length(str_make(text + i, len - i));
        for (size_t k = 0; k < masked; k++)
            if (text[i + k] != '-')
                text[i + k] = '*';
    }
}

/* Control characters, of C1 too, and bytes that are no UTF-8 would let a stranger write lines or
 * steer a terminal. */
static bool is_printable(struct str sequence)
{
    unsigned char first = (unsigned char)sequence.at[0];

    if (sequence.len == 1)
        return first >= 0x20 && first != 0x7F;
    return !(first == 0xC2 && (unsigned char)sequence.at[1] < 0xA0);
}

/* As much of the message as there is room for; returns how many bytes that came to. */
static size_t put_escaped(struct str message, char *to, size_t room)
{
    size_t len = 0;

    while (message.len) {
        struct str piece = str_head(message, str_utf8_sequence(message));
        size_t taken = piece.len;
        char hex[5];

        if (taken == 0 || !is_printable(piece)) {
            snprintf(hex, sizeof hex, "\\x%02x", (unsigned char)message.at[0]);
            piece = str_of(hex);
            taken = 1;
        }
        if (piece.len > room - len)
            break;
        memcpy(to + len, piece.at, piece.len);
        len += piece.len;
        message = str_skip(message, taken);
    }
    return len;
}

/* "2026-11-21T10:42:00.123+01:00 info overblikd 0199… ": milliseconds go before the offset. */
static size_t put_head(enum log_level level, struct str receipt, char *to, size_t size)
{
    char text[WALL_TEXT];
    struct wall now = clock_wall();
    struct str time = wall_format(now, text);

    return (size_t)snprintf(to, size, "%.*s.%03d%.*s %s %s %.*s ",
                            STR_ARG(str_head(time, TIME_BEFORE_MS)), (int)(now.unix_ms % 1000),
                            STR_ARG(str_skip(time, TIME_BEFORE_MS)), levels[level].at,
                            log_to.program, STR_ARG(str_head(receipt, RECEIPT_MAX)));
}

void log_event(enum log_level level, struct str receipt, const char *format, ...)
{
    /* A number that the cut would split must be seen whole to be masked: hence the margin. */
    char message[LOG_LINE_MAX + 2 * CPR_TEXT_MAX], line[LOG_LINE_MAX];
    int saved_errno = errno, formatted;
    size_t len;
    va_list arguments;

    if (level > log_to.level)
        return;
    va_start(arguments, format);
    formatted = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (formatted < 0)
        message[0] = '\0';
    log_mask_cpr(message, strlen(message));

    len = put_head(level, receipt.len ? receipt : STR("-"), line, sizeof line / 2);
    len += put_escaped(str_of(message), line + len, sizeof line - 1 - len);
    line[len++] = '\n';
    while (write(log_to.fd, line, len) < 0 && errno == EINTR)
        ;
    explicit_bzero(message, sizeof message);
    errno = saved_errno;
}
