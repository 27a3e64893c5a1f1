/* SPDX-License-Identifier: MIT */
#include "portal/show.h"

#include <stdio.h>

#include "base/html.h"

enum { MINUTES_A_DAY = 24 * 60, MS_A_MINUTE = 60000, INTEGER_DIGITS_MAX = 15 };

static const char *const months[LANGUAGES][12] = {
    {"januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober",
     "november", "december"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
};

struct str show_date(struct date date, enum language language, char text[SHOW_TEXT])
{
    text[0] = '\0';
    if (date_is_valid(date))
        snprintf(text, SHOW_TEXT, language == LANGUAGE_DA ? "%d. %s %d" : "%d %s %d", date.day,
                 months[language][date.month - 1], date.year);
    return str_of(text);
}

struct str show_hour(struct wall wall, enum language language, char text[SHOW_TEXT])
{
    text[0] = '\0';
    if (!wall.known)
        return STR("");
    int64_t minutes = wall.unix_ms / MS_A_MINUTE + wall_offset_minutes(wall);
    int of_day = (int)(((minutes % MINUTES_A_DAY) + MINUTES_A_DAY) % MINUTES_A_DAY);
    snprintf(text, SHOW_TEXT, language == LANGUAGE_DA ? "%d.%02d" : "%d:%02d", of_day / 60,
             of_day % 60);
    return str_of(text);
}

/* "16448" as "16.448". */
static void group(struct buf *out, struct str digits, char mark)
{
    for (size_t i = 0; i < digits.len; i++) {
        if (i > 0 && (digits.len - i) % 3 == 0)
            buf_add_byte(out, mark);
        buf_add_byte(out, digits.at[i]);
    }
}

struct str show_money(struct str amount, enum language language, char text[SHOW_TEXT])
{
    bool is_negative = str_starts_with(amount, STR("-")), is_danish = language == LANGUAGE_DA;
    struct str cents = str_skip(amount, is_negative ? 1 : 0), whole = str_split(&cents, '.');
    struct buf out;
    text[0] = '\0';
    if (!str_is_digits(whole) || whole.len > INTEGER_DIGITS_MAX || cents.len != 2 ||
        !str_is_digits(cents))
        return STR("");
    buf_init(&out, SHOW_TEXT - 1);
    buf_add_str(&out, is_danish ? STR("") : STR("DKK "));
    buf_add_str(&out, is_negative ? STR("-") : STR(""));
    group(&out, whole, is_danish ? '.' : ',');
    buf_add_byte(&out, is_danish ? ',' : '.');
    buf_add_str(&out, cents);
    buf_add_str(&out, is_danish ? STR(" kr.") : STR(""));
    snprintf(text, SHOW_TEXT, "%.*s", STR_ARG(buf_str(&out)));
    buf_clear(&out);
    return str_of(text);
}

void show_date_html(struct buf *out, struct date date, enum language language)
{
    char iso[DATE_TEXT], text[SHOW_TEXT];
    struct str machine = date_format(date, iso);
    if (!machine.at)
        return;
    buf_format(out, "<time datetime=\"%s\">", iso);
    html_text(out, show_date(date, language, text));
    html_add(out, "</time>");
}

void show_wall_html(struct buf *out, struct wall wall, enum language language)
{
    char iso[WALL_TEXT], date[SHOW_TEXT], hour[SHOW_TEXT];
    struct str machine = wall_format(wall, iso);
    if (!machine.at)
        return;
    buf_format(out, "<time datetime=\"%s\">", iso);
    html_text(out, show_date(wall_date(wall), language, date));
    html_add(out, language == LANGUAGE_DA ? " kl. " : " at ");
    html_text(out, show_hour(wall, language, hour));
    html_add(out, "</time>");
}
