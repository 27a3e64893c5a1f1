/* SPDX-License-Identifier: MIT */
#include "overview/export_details.h"

#include <stdio.h>

#include "policy/texts.h"

struct details {
    enum language language;
    export_detail_fn *each;
    void *ctx;
};

static struct str word(const struct details *to, enum export_word word)
{
    return export_word(word, to->language);
}

static void add_detail(const struct details *to, enum export_word label, struct str value)
{
    if (value.len > 0)
        to->each(to->ctx, word(to, label), value);
}

static void add_date(const struct details *to, enum export_word label, struct date date)
{
    char text[64];
    if (date_is_known(date))
        add_detail(to, label, text_date(date, to->language, text));
}

struct str export_moment(struct wall time, enum language language, char text[EXPORT_MOMENT_TEXT])
{
    char date[64], clock[64];
    struct str day = text_date(wall_date(time), language, date);
    struct str at = text_time(time, language, clock);

    snprintf(text, EXPORT_MOMENT_TEXT, "%.*s %.*s", STR_ARG(day), STR_ARG(at));
    return str_of(text);
}

static void add_moment(const struct details *to, enum export_word label, struct wall time)
{
    char text[EXPORT_MOMENT_TEXT];
    if (time.known)
        add_detail(to, label, export_moment(time, to->language, text));
}

/* "1.234,50 kr." and "DKK 1,234.50" */
static void add_money(const struct details *to, enum export_word label, struct money money)
{
    bool is_danish = to->language == LANGUAGE_DA;
    uint64_t oere = money.oere < 0 ? -(uint64_t)money.oere : (uint64_t)money.oere;
    char digits[32], grouped[64];
    size_t len = 0;
    int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)(oere / 100));

    if (!money.known)
        return;
    for (int i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0)
            grouped[len++] = is_danish ? '.' : ',';
        grouped[len++] = digits[i];
    }
    grouped[len] = '\0';
    char text[128];
    snprintf(text, sizeof text, is_danish ? "%s%s,%02u kr." : "DKK %s%s.%02u",
             money.oere < 0 ? "-" : "", grouped, (unsigned)(oere % 100));
    add_detail(to, label, str_of(text));
}

static void add_direction(const struct details *to, enum direction direction)
{
    if (direction != DIRECTION_UNKNOWN)
        add_detail(to, WORD_DIRECTION,
                   word(to, direction == DIRECTION_TO_CITIZEN     ? WORD_TO_YOU
                            : direction == DIRECTION_FROM_CITIZEN ? WORD_FROM_YOU
                                                                  : WORD_OTHER));
}

void export_details(const struct export_item *of, enum language language, export_detail_fn *each,
                    void *ctx)
{
    const struct details to = {language, each, ctx};
    const struct item *item = &of->item;
    bool is_payment = item->kind == ITEM_PAYMENT;

    add_detail(&to, WORD_SOURCE_TEXT, item->status_text);
    add_detail(&to, item->kind == ITEM_CREDENTIAL ? WORD_NUMBER : WORD_CASE_NUMBER, item->number);
    add_detail(&to, WORD_SUBJECT, item->kle);
    if (item->awaiting == AWAITING_CITIZEN || item->awaiting == AWAITING_AUTHORITY)
        add_detail(
            &to, WORD_AWAITING,
            word(&to, item->awaiting == AWAITING_CITIZEN ? WORD_AWAITING_YOU : WORD_AWAITING_THEM));
    add_date(&to, WORD_DECISION, item->decision_expected);
    add_detail(&to, WORD_NOTE, of->basis);
    add_detail(&to, WORD_TYPE, item->type);
    add_direction(&to, item->direction);
    add_date(&to, WORD_DATE, item->date);
    add_detail(&to, WORD_PAYER, item->payer);
    add_detail(&to, WORD_FREQUENCY, export_frequency(item->frequency, language));
    add_money(&to, WORD_GROSS, item->gross);
    add_money(&to, is_payment ? WORD_AMOUNT : WORD_NET, item->net);
    add_date(&to, WORD_VALID_FROM, item->valid_from);
    add_date(&to, WORD_VALID_TO, item->valid_to);
    add_moment(&to, WORD_STARTS, item->starts);
    add_moment(&to, WORD_ENDS, item->ends);
    add_detail(&to, WORD_PLACE, item->place);
    add_date(&to, WORD_DEADLINE, item->deadline);
    add_detail(&to, WORD_UNIT, of->unit);
}
