/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { CPR_DIGITS = 10, CPR_TEXT_MAX = 11, TIME_BEFORE_MS = 19, RECEIPT_MAX = 64 };

_Static_assert(sizeof(size_t) == sizeof(long), "z is as long as l");

static const struct str levels[] = {
    [LOG_ERROR] = STR_INIT("error"),
    [LOG_WARN] = STR_INIT("warn"),
    [LOG_INFO] = STR_INIT("info"),
    [LOG_DEBUG] = STR_INIT("debug"),
};

/* Set before there are threads and read only afterwards, but for the level. */
static struct {
    int fd;
    atomic_int level;
    enum log_format format;
    char program[32];
} log_to = {STDERR_FILENO, LOG_INFO, LOG_TEXT, "overblik"};

bool log_open(const char *path, const char *program, enum log_level level)
{
    int fd = STDERR_FILENO;

    snprintf(log_to.program, sizeof log_to.program, "%s", program);
    log_set_level(level);
    if (path)
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return false;
    if (log_to.fd != STDERR_FILENO)
        close(log_to.fd);
    log_to.fd = fd;
    return true;
}

void log_set_format(enum log_format format)
{
    log_to.format = format;
}

bool log_format_parse(struct str name, enum log_format *format)
{
    bool is_json = str_equal(name, STR("json"));
    if (!is_json && !str_equal(name, STR("text")))
        return false;
    *format = is_json ? LOG_JSON : LOG_TEXT;
    return true;
}

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&log_to.level, (int)level, memory_order_relaxed);
}

enum log_level log_level(void)
{
    return (enum log_level)atomic_load_explicit(&log_to.level, memory_order_relaxed);
}

struct str log_level_name(enum log_level level)
{
    return levels[level];
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

/* "2026-11-21T10:42:00.123+01:00": milliseconds go before the offset. */
static size_t put_time(char *to, size_t size)
{
    char text[WALL_TEXT];
    struct wall now = clock_wall();
    struct str time = wall_format(now, text);

    return (size_t)snprintf(to, size, "%.*s.%03d%.*s", STR_ARG(str_head(time, TIME_BEFORE_MS)),
                            (int)(now.unix_ms % 1000), STR_ARG(str_skip(time, TIME_BEFORE_MS)));
}

/* A number that the cut would split must be seen whole to be masked: hence the margin. */
enum { MESSAGE_MAX = LOG_LINE_MAX + 2 * CPR_TEXT_MAX };

/* ---- as text ---- */

static size_t write_text(enum log_level level, struct str receipt, const char *format,
                         va_list *arguments, char line[LOG_LINE_MAX])
{
    char message[MESSAGE_MAX];
    size_t len = put_time(line, LOG_LINE_MAX / 2);

    if (vsnprintf(message, sizeof message, format, *arguments) < 0)
        message[0] = '\0';
    log_mask_cpr(message, strlen(message));
    len += (size_t)snprintf(line + len, LOG_LINE_MAX / 2 - len, " %s %s %.*s ", levels[level].at,
                            log_to.program,
                            STR_ARG(receipt.len ? str_head(receipt, RECEIPT_MAX) : STR("-")));
    len += put_escaped(str_of(message), line + len, LOG_LINE_MAX - 1 - len);
    line[len++] = '\n';
    explicit_bzero(message, sizeof message);
    return len;
}

/* ---- as JSON ---- */

#define JSON_CUT ",\"cut\":true"
enum { JSON_END = sizeof JSON_CUT + sizeof "\"}\n" };

/* A line under way. Room for its end is always kept. */
struct json_line {
    char *at;
    size_t len;
    bool is_cut;
};

static bool json_put(struct json_line *line, struct str bytes)
{
    if (line->is_cut || bytes.len > LOG_LINE_MAX - JSON_END - line->len)
        line->is_cut = true;
    else {
        memcpy(line->at + line->len, bytes.at, bytes.len);
        line->len += bytes.len;
    }
    return !line->is_cut;
}

/* How many bytes at its start stand in a JSON string as they are. */
static size_t plain_length(struct str text)
{
    size_t len = 0;
    while (len < text.len && text.at[len] >= 0x20 && text.at[len] < 0x7F && text.at[len] != '"' &&
           text.at[len] != '\\')
        len++;
    return len;
}

/* What cannot stand in a JSON string, or could steer a terminal, is escaped; a byte that is no
 * UTF-8 becomes U+FFFD. */
static void json_put_text(struct json_line *line, struct str text)
{
    if (!json_put(line, STR("\"")))
        return;
    while (text.len && !line->is_cut) {
        size_t room = LOG_LINE_MAX - JSON_END - line->len;
        struct str plain = str_head(text, plain_length(text));
        json_put(line, str_head(plain, room)); /* most of a text, at once */
        line->is_cut |= plain.len > room;
        text = str_skip(text, plain.len);
        if (text.len == 0 || line->is_cut)
            break;
        struct str piece = str_head(text, str_utf8_sequence(text));
        size_t taken = piece.len ? piece.len : 1;
        char escape[8];

        if (piece.len == 0)
            piece = STR("\\ufffd");
        else if (piece.at[0] == '"' || piece.at[0] == '\\') {
            snprintf(escape, sizeof escape, "\\%c", piece.at[0]);
            piece = str_of(escape);
        } else if (!is_printable(piece)) {
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned char)piece.at[piece.len - 1]);
            piece = str_of(escape);
        }
        json_put(line, piece);
        text = str_skip(text, taken);
    }
    line->at[line->len++] = '"'; /* a cut text ends too */
}

/* `key` needs no escapes: it stands in a format. A member that finds no room leaves nothing. */
static void json_put_member(struct json_line *line, struct str key, struct str value,
                            bool is_number)
{
    size_t before = line->len;

    json_put(line, STR(",\""));
    json_put(line, key);
    if (!json_put(line, STR("\":")) || (is_number && !json_put(line, value)))
        line->len = before;
    else if (!is_number) {
        size_t value_at = line->len;
        json_put_text(line, value);
        if (line->len == value_at)
            line->len = before;
    }
}

/* One value while it is put together from a format's pieces. */
struct value {
    char text[MESSAGE_MAX];
    size_t len;
    unsigned integers, others; /* conversions, and characters of the format */
};

static void value_add(struct value *value, struct str bytes)
{
    size_t room = sizeof value->text - value->len;
    bytes = str_head(bytes, room);
    memcpy(value->text + value->len, bytes.at, bytes.len);
    value->len += bytes.len;
}

/* `longs`: l and z are 1, ll is 2. */
static long long take_integer(bool is_signed, size_t longs, va_list *arguments)
{
    if (longs == 0)
        return is_signed ? va_arg(*arguments, int) : (long long)va_arg(*arguments, unsigned);
    if (longs == 1)
        return is_signed ? va_arg(*arguments, long) : (long long)va_arg(*arguments, unsigned long);
    return va_arg(*arguments, long long);
}

/* The integer that a conversion without its percent sign and precision takes: "d", "zu", "llx". */
static void value_add_integer(struct value *value, struct str conversion, va_list *arguments)
{
    char kind = conversion.at[conversion.len - 1], text[32];
    bool is_signed = kind == 'd' || kind == 'i';
    long long number = take_integer(is_signed, conversion.len - 1, arguments);
    int len = snprintf(text, sizeof text,
                       is_signed     ? "%lld"
                       : kind == 'x' ? "%llx"
                                     : "%llu",
                       number);
    value_add(value, str_make(text, (size_t)len));
    value->integers += kind != 'x';
    value->others += kind == 'x';
}

static void value_add_string(struct value *value, int precision, va_list *arguments)
{
    const char *text = va_arg(*arguments, const char *);

    if (!text)
        text = "(null)";
    value_add(value,
              str_make(text, precision < 0 ? strlen(text) : strnlen(text, (size_t)precision)));
    value->others++;
}

/* Takes the conversion behind a percent sign; returns what follows it. */
static const char *value_convert(struct value *value, const char *format, va_list *arguments)
{
    int precision = -1;
    size_t len;

    if (*format == '%') {
        value_add(value, STR("%"));
        value->others++;
        return format + 1;
    }
    if (format[0] == '.' && format[1] == '*') {
        precision = va_arg(*arguments, int);
        format += 2;
    }
    len = strspn(format, "zl") + 1;
    assert(strchr("diuxs", format[len - 1]) && len <= 3); /* what log.h allows */
    if (format[len - 1] == 's')
        value_add_string(value, precision, arguments);
    else
        value_add_integer(value, str_make(format, len), arguments);
    return format + len;
}

/* Up to `end` (NUL: to the end of the format); returns where that stands. */
static const char *value_read(struct value *value, const char *format, char end, va_list *arguments)
{
    value->len = value->integers = value->others = 0;
    while (*format && *format != end) {
        if (*format == '%') {
            format = value_convert(value, format + 1, arguments);
        } else {
            value_add(value, str_make(format++, 1));
            value->others++;
        }
    }
    return format;
}

/* The key before the next '='; empty: words without a key follow. */
static struct str key_of(const char *format)
{
    size_t len = strspn(format, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return str_make(format, format[len] == '=' ? len : 0);
}

static void json_put_members(struct json_line *line, const char *format, va_list *arguments)
{
    struct value value;

    while (*format) {
        struct str key = key_of(format);
        format += key.len ? key.len + 1 : 0;
        bool is_quoted = key.len > 0 && *format == '"';
        format = value_read(&value, format + is_quoted,
                            key.len == 0 ? '\0'
                            : is_quoted  ? '"'
                                         : ' ',
                            arguments);
        format += is_quoted && *format == '"';
        format += strspn(format, " ");
        log_mask_cpr(value.text, value.len);
        struct str text = str_make(value.text, value.len);
        bool is_number = !is_quoted && value.integers == 1 && value.others == 0 &&
                         str_find_byte(text, '*') == text.len; /* masked digits are none */
        json_put_member(line, key.len ? key : STR("message"), text, is_number);
    }
    explicit_bzero(&value, sizeof value);
}

static size_t write_json(enum log_level level, struct str receipt, const char *format,
                         va_list *arguments, char at[LOG_LINE_MAX])
{
    struct json_line line = {.at = at};
    char time[64];

    json_put(&line, STR("{\"time\":"));
    json_put_text(&line, str_make(time, put_time(time, sizeof time)));
    json_put_member(&line, STR("level"), levels[level], false);
    json_put_member(&line, STR("program"), str_of(log_to.program), false);
    if (receipt.len)
        json_put_member(&line, STR("receipt"), str_head(receipt, RECEIPT_MAX), false);
    json_put_members(&line, format, arguments);
    if (line.is_cut) {
        memcpy(at + line.len, JSON_CUT, sizeof JSON_CUT - 1);
        line.len += sizeof JSON_CUT - 1;
    }
    at[line.len++] = '}';
    at[line.len++] = '\n';
    return line.len;
}

void log_event(enum log_level level, struct str receipt, const char *format, ...)
{
    char line[LOG_LINE_MAX];
    int saved_errno = errno;
    size_t len;
    va_list arguments;

    if (level > log_level())
        return;
    va_start(arguments, format);
    len = log_to.format == LOG_JSON ? write_json(level, receipt, format, &arguments, line)
                                    : write_text(level, receipt, format, &arguments, line);
    va_end(arguments);
    while (write(log_to.fd, line, len) < 0 && errno == EINTR)
        ;
    errno = saved_errno;
}
