/* SPDX-License-Identifier: MIT */
#include "overview/attention.h"

/* Is `date` at most `days` from `today`? Days gone by count as near. */
static bool is_near(struct date date, struct date today, int64_t days)
{
    return date_is_known(date) && date_to_days(date) - date_to_days(today) <= days;
}

static bool is_past(struct date date, struct date today)
{
    return date_is_known(date) && date_compare(date, today) < 0;
}

bool item_is_open_case(const struct item *item)
{
    return item->kind == ITEM_CASE && item->status != STATUS_DECIDED &&
           item->status != STATUS_CLOSED && item->status != STATUS_REJECTED;
}

static bool is_owed(const struct item *item)
{
    return item->direction != DIRECTION_TO_CITIZEN &&
           (item->status == STATUS_DUE || item->status == STATUS_OVERDUE ||
            item->status == STATUS_PARTLY_OVERDUE ||
            item->status == STATUS_PARTLY_OVERDUE_AND_SENT);
}

static struct str link_of(const struct item *item)
{
    for (const struct item_link *link = item->links; link; link = link->next)
        if (link->type == LINK_SELF_SERVICE)
            return link->url;
    return item->links ? item->links->url : STR_NONE;
}

bool attention_find(const struct item *item, const struct settings *settings, struct date today,
                    struct attention *attention)
{
    *attention = (struct attention){
        .title = item->title, .authority = item->authority.name, .link = link_of(item)};
    switch (item->kind) {
    case ITEM_CASE:
        attention->type = ATTENTION_REPLY;
        return item->awaiting == AWAITING_CITIZEN && item_is_open_case(item);

    case ITEM_PAYMENT:
        attention->type = ATTENTION_PAY;
        attention->date = item->date;
        if (!is_owed(item))
            return false;
        return item->status != STATUS_DUE ||
               is_near(item->date, today, settings->attention_payment_days);

    case ITEM_CREDENTIAL:
        attention->type = ATTENTION_RENEW;
        attention->date = item->valid_to;
        return item->status == STATUS_VALID && !is_past(item->valid_to, today) &&
               is_near(item->valid_to, today, settings->attention_credential_days);

    case ITEM_APPOINTMENT:
        if (item->status == STATUS_CANCELLED || item->status == STATUS_HELD)
            return false;
        if (date_is_known(item->deadline)) {
            attention->type = ATTENTION_DEADLINE;
            attention->date = item->deadline;
        } else {
            attention->type = ATTENTION_ATTEND;
            attention->date = item->starts.known ? wall_date(item->starts) : DATE_NONE;
        }
        return !is_past(attention->date, today) &&
               is_near(attention->date, today, settings->attention_appointment_days);

    case ITEM_DOCUMENT:
    case ITEM_BENEFIT:
    case ITEM_SERVICE:
    case ITEM_KIND_COUNT:
        break;
    }
    return false;
}

int attention_compare(const struct attention *a, const struct attention *b)
{
    int order = date_compare(a->date, b->date);
    if (order == 0)
        order = (a->type > b->type) - (a->type < b->type);
    if (order == 0)
        order = (a->row > b->row) - (a->row < b->row);
    return order != 0 ? order : str_compare(a->handle, b->handle);
}
