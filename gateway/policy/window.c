/* SPDX-License-Identifier: MIT */
#include "policy/window.h"

#include "policy/holiday.h"

enum { DAY_MINUTES = 24 * 60, SUMMER_MINUTES = 120, WINTER_MINUTES = 60, CHAIN_MAX = 100 };

/* ---- reading ---- */

static const char *const day_names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"};
enum { DAYS = sizeof day_names / sizeof *day_names };

static unsigned parse_days(struct node list, struct faults *faults)
{
    unsigned days = 0;
    if (node_is_present(list) && !json_is_array(list.value))
        node_fault(list, faults, "expected a list of mon to sun and \"holiday\"");
    for (size_t i = 0; i < node_count(list); i++) {
        struct node element = node_element(list, i, faults);
        struct str name = node_str_needed(element, faults);
        size_t day = 0;
        while (day < DAYS && !str_equal(name, str_of(day_names[day])))
            day++;
        if (day < DAYS)
            days |= 1u << day;
        else if (name.at)
            node_fault(element, faults, "expected mon, tue, wed, thu, fri, sat, sun or holiday");
    }
    return days;
}

/* "HH:MM", 00:00 to 24:00, in minutes. */
static int parse_clock(struct node node, int standard, struct faults *faults)
{
    struct str text = node_str(node, faults);
    uint64_t hour = 0, minute = 0;
    if (!text.at)
        return standard;
    bool is_clock = text.len == 5 && text.at[2] == ':' &&
                    str_to_u64(str_head(text, 2), 24, &hour) &&
                    str_to_u64(str_skip(text, 3), 59, &minute) && hour * 60 + minute <= DAY_MINUTES;
    if (!is_clock)
        node_fault(node, faults, "expected a time of day, \"00:00\" to \"24:00\"");
    return is_clock ? (int)(hour * 60 + minute) : standard;
}

static void add(struct window *all, size_t *count, struct window one, struct node node,
                struct faults *faults)
{
    if (*count < WINDOWS_MAX)
        all[(*count)++] = one;
    else
        node_fault(node, faults, "expected at most %d windows", WINDOWS_MAX);
}

static void parse_one(struct node node, struct window *all, size_t *count, struct faults *faults)
{
    static const char *const known[] = {"days", "dates", "from", "to"};
    struct node dates = node_member(node, "dates", faults);
    struct node to = node_member(node, "to", faults);
    struct window one = {.days = parse_days(node_member(node, "days", faults), faults),
                         .from = parse_clock(node_member(node, "from", faults), 0, faults),
                         .to = parse_clock(to, DAY_MINUTES, faults)};

    node_only(node, known, sizeof known / sizeof *known, faults);
    if (one.to == one.from)
        node_fault(to, faults, "expected another time than \"from\"");
    if (one.to < one.from)
        one.to += DAY_MINUTES; /* over midnight */
    if (one.days == 0 && node_count(dates) == 0)
        node_fault(node, faults, "expected \"days\" or \"dates\"");
    if (one.days != 0)
        add(all, count, one, node, faults);
    one.days = 0;
    for (size_t i = 0; i < node_count(dates); i++) {
        one.date = node_date(node_element(dates, i, faults), faults);
        if (date_is_known(one.date))
            add(all, count, one, dates, faults);
    }
}

struct windows windows_parse(struct node list, struct faults *faults)
{
    struct window *all = arena_calloc(faults->arena, WINDOWS_MAX, sizeof *all);
    size_t count = 0;
    if (node_is_present(list) && !json_is_array(list.value))
        node_fault(list, faults, "expected a list of windows");
    for (size_t i = 0; all && i < node_count(list) && i <= WINDOWS_MAX; i++)
        parse_one(node_element(list, i, faults), all, &count, faults);
    return (struct windows){all, count};
}

/* ---- local time ---- */

static int64_t at_offset(int64_t local_min, int offset)
{
    return (local_min - offset) * 60000;
}

static bool has_offset(int64_t unix_ms, int offset)
{
    return wall_offset_minutes((struct wall){unix_ms, true}) == offset;
}

/* The point of time of minutes after a day's midnight. Where the clock shows it twice: the first,
 * or the last; where it never does: an hour on. */
static int64_t unix_of(int64_t day, int minutes, bool is_last)
{
    int64_t local = day * DAY_MINUTES + minutes;
    int64_t summer = at_offset(local, SUMMER_MINUTES), winter = at_offset(local, WINTER_MINUTES);
    if (is_last)
        return has_offset(winter, WINTER_MINUTES) || !has_offset(summer, SUMMER_MINUTES) ? winter
                                                                                         : summer;
    return has_offset(summer, SUMMER_MINUTES) ? summer : winter;
}

/* ---- asking ---- */

static bool is_on(const struct window *window, struct date date, int64_t day)
{
    if (date_is_known(window->date))
        return date_compare(window->date, date) == 0;
    unsigned weekday = (unsigned)((day + 3) % 7); /* day 0 was a Thursday */
    return (window->days & 1u << weekday) ||
           ((window->days & 1u << WINDOW_HOLIDAY) && holiday_is(date));
}

/* The end of a window that holds this time; 0: none does. */
static int64_t closed_until(const struct windows *windows, int64_t unix_ms)
{
    int64_t today = date_to_days(wall_date((struct wall){unix_ms, true})), until = 0;
    for (int64_t day = today - 1; day <= today; day++) {
        struct date date = date_of_days(day);
        for (size_t i = 0; i < windows->count; i++) {
            const struct window *window = &windows->at[i];
            if ((day < today && window->to <= DAY_MINUTES) || !is_on(window, date, day))
                continue;
            int64_t to = unix_of(day, window->to, true);
            if (unix_ms >= unix_of(day, window->from, false) && unix_ms < to && to > until)
                until = to;
        }
    }
    return until;
}

bool windows_are_closed(const struct windows *windows, struct wall now, struct wall *until)
{
    int64_t end = 0, next = windows->count > 0 ? closed_until(windows, now.unix_ms) : 0;
    for (int i = 0; next > 0 && i < CHAIN_MAX; i++) {
        end = next;
        next = closed_until(windows, end);
    }
    *until = end > 0 ? (struct wall){end, true} : WALL_NONE;
    return end > 0;
}
