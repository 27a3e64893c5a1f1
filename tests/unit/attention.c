/* SPDX-License-Identifier: MIT */
#include "overview/attention.h"
#include "tests/tap.h"

/* Today is 2026-11-21; the settings are 30 days for payments, 60 for credentials, 60 for
 * appointments. `date` is the payment's, the credential's end, or the deadline; `starts` an
 * appointment's beginning. */
static const struct {
    const char *name;
    enum item_kind kind;
    enum item_status status;
    enum awaiting awaiting;
    enum direction direction;
    const char *date, *starts;
    int type;         /* -1: nothing to do */
    const char *when; /* "": no date */
} examples[] = {
    {"a case waits", ITEM_CASE, STATUS_IN_PROGRESS, AWAITING_CITIZEN, 0, "", "", ATTENTION_REPLY,
     ""},
    {"of unknown status", ITEM_CASE, STATUS_UNKNOWN, AWAITING_CITIZEN, 0, "", "", ATTENTION_REPLY,
     ""},
    {"for its authority", ITEM_CASE, STATUS_IN_PROGRESS, AWAITING_AUTHORITY, 0, "", "", -1, ""},
    {"for nobody knows whom", ITEM_CASE, STATUS_IN_PROGRESS, AWAITING_UNKNOWN, 0, "", "", -1, ""},
    {"a decided case", ITEM_CASE, STATUS_DECIDED, AWAITING_CITIZEN, 0, "", "", -1, ""},
    {"a closed case", ITEM_CASE, STATUS_CLOSED, AWAITING_CITIZEN, 0, "", "", -1, ""},
    {"a rejected case", ITEM_CASE, STATUS_REJECTED, AWAITING_CITIZEN, 0, "", "", -1, ""},

    {"due today", ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_FROM_CITIZEN, "2026-11-21", "",
     ATTENTION_PAY, "2026-11-21"},
    {"due in 30 days", ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_FROM_CITIZEN, "2026-12-21", "",
     ATTENTION_PAY, "2026-12-21"},
    {"due in 31 days", ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_FROM_CITIZEN, "2026-12-22", "", -1,
     ""},
    {"due yesterday and not told overdue", ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_FROM_CITIZEN,
     "2026-11-20", "", ATTENTION_PAY, "2026-11-20"},
    {"due, nobody says when", ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_FROM_CITIZEN, "", "", -1, ""},
    {"due in no known direction", ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_UNKNOWN, "2026-11-25", "",
     ATTENTION_PAY, "2026-11-25"},
    {"to be paid to the citizen", ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_TO_CITIZEN, "2026-11-25",
     "", -1, ""},
    {"overdue for long", ITEM_PAYMENT, STATUS_OVERDUE, 0, DIRECTION_FROM_CITIZEN, "2020-01-01", "",
     ATTENTION_PAY, "2020-01-01"},
    {"overdue, nobody says since when", ITEM_PAYMENT, STATUS_OVERDUE, 0, DIRECTION_FROM_CITIZEN, "",
     "", ATTENTION_PAY, ""},
    {"overdue to the citizen", ITEM_PAYMENT, STATUS_OVERDUE, 0, DIRECTION_TO_CITIZEN, "2020-01-01",
     "", -1, ""},
    {"partly overdue", ITEM_PAYMENT, STATUS_PARTLY_OVERDUE, 0, DIRECTION_FROM_CITIZEN, "2026-10-01",
     "", ATTENTION_PAY, "2026-10-01"},
    {"partly overdue, partly collected", ITEM_PAYMENT, STATUS_PARTLY_OVERDUE_AND_SENT, 0,
     DIRECTION_FROM_CITIZEN, "2026-10-01", "", ATTENTION_PAY, "2026-10-01"},
    {"all sent to collection", ITEM_PAYMENT, STATUS_SENT_TO_COLLECTION, 0, DIRECTION_FROM_CITIZEN,
     "2026-10-01", "", -1, ""},
    {"partly sent to collection", ITEM_PAYMENT, STATUS_PARTLY_SENT, 0, DIRECTION_FROM_CITIZEN,
     "2026-10-01", "", -1, ""},
    {"paid", ITEM_PAYMENT, STATUS_PAID, 0, DIRECTION_FROM_CITIZEN, "2026-11-22", "", -1, ""},

    {"ends today", ITEM_CREDENTIAL, STATUS_VALID, 0, 0, "2026-11-21", "", ATTENTION_RENEW,
     "2026-11-21"},
    {"ends in 60 days", ITEM_CREDENTIAL, STATUS_VALID, 0, 0, "2027-01-20", "", ATTENTION_RENEW,
     "2027-01-20"},
    {"ends in 61 days", ITEM_CREDENTIAL, STATUS_VALID, 0, 0, "2027-01-21", "", -1, ""},
    {"ended yesterday", ITEM_CREDENTIAL, STATUS_VALID, 0, 0, "2026-11-20", "", -1, ""},
    {"never ends", ITEM_CREDENTIAL, STATUS_VALID, 0, 0, "", "", -1, ""},
    {"is not valid", ITEM_CREDENTIAL, STATUS_UNKNOWN, 0, 0, "2026-12-01", "", -1, ""},

    {"a deadline today", ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, "2026-11-21", "",
     ATTENTION_DEADLINE, "2026-11-21"},
    {"a deadline before it starts", ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, "2026-11-25",
     "2026-12-01T10:00:00+01:00", ATTENTION_DEADLINE, "2026-11-25"},
    {"starts in ten days", ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, "", "2026-12-01T10:00:00+01:00",
     ATTENTION_ATTEND, "2026-12-01"},
    {"starts late at night, in Danish time the day after", ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0,
     "", "2026-12-01T23:30:00Z", ATTENTION_ATTEND, "2026-12-02"},
    {"starts in 60 days", ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, "", "2027-01-20T10:00:00+01:00",
     ATTENTION_ATTEND, "2027-01-20"},
    {"starts in 61 days", ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, "", "2027-01-21T10:00:00+01:00",
     -1, ""},
    {"was yesterday", ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, "", "2026-11-20T10:00:00+01:00", -1,
     ""},
    {"a deadline that has passed", ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, "2026-11-20", "", -1,
     ""},
    {"nobody knows when", ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, "", "", -1, ""},
    {"cancelled", ITEM_APPOINTMENT, STATUS_CANCELLED, 0, 0, "2026-11-25", "", -1, ""},
    {"held", ITEM_APPOINTMENT, STATUS_HELD, 0, 0, "2026-11-25", "", -1, ""},

    {"a letter", ITEM_DOCUMENT, STATUS_UNKNOWN, 0, DIRECTION_TO_CITIZEN, "2026-11-21", "", -1, ""},
    {"a benefit", ITEM_BENEFIT, STATUS_ACTIVE, 0, 0, "2026-11-25", "", -1, ""},
    {"a service", ITEM_SERVICE, STATUS_ACTIVE, 0, 0, "2026-11-25", "", -1, ""},
};

static struct date date_of(const char *text)
{
    struct date date = DATE_NONE;
    if (text[0] && !date_parse(str_of(text), &date))
        exit(EXIT_FAILURE);
    return date;
}

static void finds_what_is_to_do(void)
{
    struct settings settings = {.attention_payment_days = 30,
                                .attention_credential_days = 60,
                                .attention_appointment_days = 60};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct attention attention;
        struct item item = {.kind = examples[i].kind,
                            .status = examples[i].status,
                            .awaiting = examples[i].awaiting,
                            .direction = examples[i].direction,
                            .title = STR("title"),
                            .authority = {.name = STR("authority")}};
        item.date = item.valid_to = item.deadline = date_of(examples[i].date);
        if (examples[i].starts[0] && !wall_parse(str_of(examples[i].starts), &item.starts))
            exit(EXIT_FAILURE);
        bool is_to_do = attention_find(&item, &settings, date_of("2026-11-21"), &attention);
        if (!is_int(is_to_do ? (int)attention.type : -1, examples[i].type, "%s",
                    examples[i].name) ||
            !is_to_do)
            continue;
        char text[DATE_TEXT];
        struct str when = date_format(attention.date, text);
        is_bytes(when.len ? when.at : "", when.len, examples[i].when, strlen(examples[i].when),
                 "%s: when", examples[i].name);
        ok(str_equal(attention.title, STR("title")) &&
               str_equal(attention.authority, STR("authority")),
           "%s: what and where", examples[i].name);
    }
}

static void prefers_self_service(void)
{
    struct item_link last = {.type = LINK_SELF_SERVICE, .url = STR("https://do")};
    struct item_link first = {.type = LINK_DECISION, .url = STR("https://read"), .next = &last};
    struct item item = {
        .kind = ITEM_CASE, .awaiting = AWAITING_CITIZEN, .links = &first, .title = STR_NONE};
    struct settings settings = {0};
    struct attention attention;

    ok(attention_find(&item, &settings, date_of("2026-11-21"), &attention) &&
           str_equal(attention.link, STR("https://do")),
       "where it can be done");
    first.next = NULL;
    ok(attention_find(&item, &settings, date_of("2026-11-21"), &attention) &&
           str_equal(attention.link, STR("https://read")),
       "else where it can be read");
    item.links = NULL;
    ok(attention_find(&item, &settings, date_of("2026-11-21"), &attention) && !attention.link.at &&
           !attention.title.at,
       "else nowhere; and a title that is not known stays so");
}

static void orders_soonest_first(void)
{
    const struct attention ordered[] = {
        {.date = DATE_NONE, .type = ATTENTION_PAY, .row = 9, .handle = STR("z")},
        {.date = DATE_NONE, .type = ATTENTION_RENEW, .row = 0, .handle = STR("a")},
        {.date = {2026, 11, 21}, .type = ATTENTION_PAY, .row = 1, .handle = STR("a")},
        {.date = {2026, 11, 21}, .type = ATTENTION_PAY, .row = 1, .handle = STR("b")},
        {.date = {2026, 11, 21}, .type = ATTENTION_PAY, .row = 2, .handle = STR("a")},
        {.date = {2026, 11, 21}, .type = ATTENTION_DEADLINE, .row = 0, .handle = STR("a")},
        {.date = {2026, 12, 1}, .type = ATTENTION_REPLY, .row = 0, .handle = STR("a")},
        {.date = {2027, 1, 1}, .type = ATTENTION_REPLY, .row = 0, .handle = STR("a")},
    };
    enum { COUNT = sizeof ordered / sizeof *ordered };
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++) {
            int order = attention_compare(&ordered[i], &ordered[j]);
            if ((order < 0) != (i < j) || (order > 0) != (i > j))
                ok(false, "%d and %d are in order", i, j);
        }
    ok(true, "by date, kind, row and handle");
}

int main(void)
{
    finds_what_is_to_do();
    prefers_self_service();
    orders_soonest_first();
    return done_testing();
}
