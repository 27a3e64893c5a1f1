/* SPDX-License-Identifier: MIT */
#include "adapters/mapped_moment.h"

#include <stdio.h>

enum { LOCAL_TEXT = 40, ISO_DATE = 10, OFFSET_MAX = 6 };

/* What a pattern's letters were found to be; the offset is "" where none was named. */
struct parts {
    unsigned year, month, day, hour, minute, second;
    bool has_time;
    char offset[OFFSET_MAX + 1];
};

static bool take_number(struct str *text, size_t least, size_t most, unsigned *number)
{
    size_t len = 0;

    *number = 0;
    for (; len < most && len < text->len && text->at[len] >= '0' && text->at[len] <= '9'; len++)
        *number = *number * 10 + (unsigned)(text->at[len] - '0');
    *text = str_skip(*text, len);
    return len >= least;
}

/* "Z", "+01:00", "+0100" into "Z" or "+01:00". */
static bool take_offset(struct str *text, char offset[OFFSET_MAX + 1])
{
    unsigned hours, minutes;
    char sign = text->len > 0 ? text->at[0] : '\0';

    *text = str_skip(*text, 1);
    if (sign == 'Z') {
        memcpy(offset, "Z", 2);
        return true;
    }
    if ((sign != '+' && sign != '-') || !take_number(text, 2, 2, &hours))
        return false;
    if (text->len > 0 && text->at[0] == ':')
        *text = str_skip(*text, 1);
    if (!take_number(text, 2, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    snprintf(offset, OFFSET_MAX + 1, "%c%02u:%02u", sign, hours, minutes);
    return true;
}

/* A letter of a pattern: how it is read. */
static bool take_letter(char letter, bool is_short, struct str *text, struct parts *parts)
{
    size_t least = is_short ? 1 : 2;
    unsigned ignored;

    parts->has_time |= letter == 'H';
    switch (letter) {
    case 'Y':
        return take_number(text, 4, 4, &parts->year);
    case 'm':
        return take_number(text, least, 2, &parts->month);
    case 'd':
        return take_number(text, least, 2, &parts->day);
    case 'H':
        return take_number(text, 2, 2, &parts->hour);
    case 'M':
        return take_number(text, 2, 2, &parts->minute);
    case 'S':
        return take_number(text, 2, 2, &parts->second);
    case 'f':
        return take_number(text, 1, 9, &ignored);
    default:
        return take_offset(text, parts->offset);
    }
}

static bool take_pattern(struct str pattern, struct str text, struct parts *parts)
{
    while (pattern.len > 0) {
        bool is_letter = pattern.at[0] == '%', is_short;

        if (!is_letter) {
            if (text.len == 0 || text.at[0] != pattern.at[0])
                return false;
            text = str_skip(text, 1);
            pattern = str_skip(pattern, 1);
            continue;
        }
        is_short = pattern.at[1] == '-';
        pattern = str_skip(pattern, is_short ? 2 : 1);
        if (!take_letter(pattern.at[0], is_short, &text, parts))
            return false;
        pattern = str_skip(pattern, 1);
    }
    return text.len == 0;
}

static bool parse_pattern(const struct mapping_moment *form, struct str text, struct date *date,
                          struct wall *wall)
{
    struct parts parts = {.offset = ""};
    char local[LOCAL_TEXT];
    int len;

    if (!take_pattern(form->pattern, text, &parts) || parts.month > 12 || parts.day > 31)
        return false;
    len = snprintf(local, sizeof local, "%04u-%02u-%02uT%02u:%02u:%02u%s", parts.year, parts.month,
                   parts.day, parts.hour, parts.minute, parts.second,
                   parts.offset[0] == '\0' && form->is_utc ? "Z" : parts.offset);
    if (!wall_parse(str_make(local, (size_t)len), wall))
        return false;
    if (parts.has_time)
        *date = wall_date(*wall);
    else if (!date_parse(str_make(local, ISO_DATE), date))
        return false;
    return true;
}

static bool parse_iso(struct str text, bool is_utc, struct date *date, struct wall *wall)
{
    char longer[LOCAL_TEXT];
    int len;

    if (text.len > ISO_DATE) {
        len = is_utc && text.len < LOCAL_TEXT - 2
                  ? snprintf(longer, sizeof longer, "%.*sZ", STR_ARG(text))
                  : 0;
        if (!(len > 0 && wall_parse(str_make(longer, (size_t)len), wall)) &&
            !wall_parse(text, wall))
            return false;
        *date = wall_date(*wall);
        return true;
    }
    if (!date_parse(text, date))
        return false;
    len = snprintf(longer, sizeof longer, "%.*sT00:00:00%s", STR_ARG(text), is_utc ? "Z" : "");
    return wall_parse(str_make(longer, (size_t)len), wall);
}

/* Within the years 1 to 9999. */
static bool parse_unix(struct str text, bool is_ms, struct date *date, struct wall *wall)
{
    const uint64_t max_s = UINT64_C(253402300799), max_before_s = UINT64_C(62135596800);
    bool is_before = text.len > 0 && text.at[0] == '-';
    uint64_t scale = is_ms ? 1000 : 1, number;

    if (!str_to_u64(str_skip(text, is_before), (is_before ? max_before_s : max_s) * scale, &number))
        return false;
    *wall = (struct wall){(int64_t)(is_ms ? number : number * 1000), true};
    if (is_before)
        wall->unix_ms = -wall->unix_ms;
    *date = wall_date(*wall);
    return true;
}

bool mapped_moment_parse(const struct mapping_moment *form, struct str text, struct date *date,
                         struct wall *wall)
{
    switch (form ? form->form : MOMENT_ISO) {
    case MOMENT_PATTERN:
        return parse_pattern(form, text, date, wall);
    case MOMENT_UNIX:
        return parse_unix(text, false, date, wall);
    case MOMENT_UNIX_MS:
        return parse_unix(text, true, date, wall);
    case MOMENT_ISO:
        break;
    }
    return parse_iso(text, form && form->is_utc, date, wall);
}

bool mapped_pattern_is_valid(struct str pattern)
{
    static const char letters[] = "YmdHMSfz";
    unsigned seen = 0;

    while (pattern.len > 0) {
        const char *letter;
        bool is_short;

        if (pattern.at[0] != '%') {
            pattern = str_skip(pattern, 1);
            continue;
        }
        is_short = pattern.len > 1 && pattern.at[1] == '-';
        pattern = str_skip(pattern, is_short ? 2 : 1);
        letter = pattern.len > 0 && pattern.at[0] != '\0' ? strchr(letters, pattern.at[0]) : NULL;
        if (!letter || (is_short && *letter != 'm' && *letter != 'd') ||
            (seen & 1u << (letter - letters)))
            return false;
        seen |= 1u << (letter - letters);
        pattern = str_skip(pattern, 1);
    }
    return (seen & 7) == 7;
}
