/* SPDX-License-Identifier: MIT */
#include "overview/export_item.h"

#include "base/reader.h"

/* X(enumerator, name in output_item) */
#define FIELDS(X)                                                                                  \
    X(HANDLE, "handle")                                                                            \
    X(KIND, "kind")                                                                                \
    X(TITLE, "title")                                                                              \
    X(STATUS, "status")                                                                            \
    X(AUTHORITY, "authority")                                                                      \
    X(SOURCE, "source")                                                                            \
    X(CREATED, "created")                                                                          \
    X(CHANGED, "changed")                                                                          \
    X(AS_OF, "as_of")                                                                              \
    X(CONTACTS, "contacts")                                                                        \
    X(LINKS, "links")                                                                              \
    X(NUMBER, "number")                                                                            \
    X(KLE, "kle")                                                                                  \
    X(AWAITING, "awaiting")                                                                        \
    X(DECISION_EXPECTED, "decision_expected")                                                      \
    X(BASIS, "decision_expected_text")                                                             \
    X(HISTORY, "history")                                                                          \
    X(TYPE, "type")                                                                                \
    X(DIRECTION, "direction")                                                                      \
    X(DATE, "date")                                                                                \
    X(PAYER, "payer")                                                                              \
    X(FREQUENCY, "frequency")                                                                      \
    X(GROSS, "gross")                                                                              \
    X(NET, "net")                                                                                  \
    X(AMOUNT, "amount")                                                                            \
    X(VALID_FROM, "valid_from")                                                                    \
    X(VALID_TO, "valid_to")                                                                        \
    X(STARTS, "starts")                                                                            \
    X(ENDS, "ends")                                                                                \
    X(PLACE, "place")                                                                              \
    X(DEADLINE, "deadline")
enum field {
#define X(name, text) FIELD_##name,
    FIELDS(X)
#undef X
        FIELD_COUNT
};
static const struct str fields[] = {
#define X(name, text) [FIELD_##name] = STR_INIT(text),
    FIELDS(X)
#undef X
};

/* What a small object holds: two texts, and a time. */
struct pair {
    struct str one, two, three;
    struct wall from;
};

/* An object's members of these names; null, and an object that is null, gives nothing. */
static struct pair read_pair(struct reader *r, struct str one, struct str two, struct str three)
{
    struct pair pair = {0};
    struct str name;

    if (reader_null(r) || !reader_object(r))
        return pair;
    while (reader_member(r, &name)) {
        if (str_equal(name, one))
            pair.one = reader_string_or_null(r);
        else if (str_equal(name, two))
            pair.two = reader_string_or_null(r);
        else if (three.at && str_equal(name, three))
            pair.three = reader_string_or_null(r);
        else if (str_equal(name, STR("from")))
            pair.from = reader_wall(r);
        else
            reader_skip(r);
    }
    return pair;
}

static enum item_status status_of(struct str code)
{
    for (unsigned i = 0; i < ITEM_STATUS_COUNT; i++)
        if (str_equal(code, item_status_code((enum item_status)i)))
            return (enum item_status)i;
    return STATUS_UNKNOWN;
}

static void read_status(struct reader *r, struct export_item *item)
{
    struct pair status = read_pair(r, STR("code"), STR("text"), STR("source_text"));

    item->item.status = status_of(status.one);
    item->status = status.two;
    item->item.status_text = status.three;
}

static void read_authority(struct reader *r, struct export_item *item)
{
    struct str name;

    if (!reader_object(r))
        return;
    while (reader_member(r, &name)) {
        struct str *to = str_equal(name, STR("cvr"))    ? &item->item.authority.cvr
                         : str_equal(name, STR("code")) ? &item->item.authority.code
                         : str_equal(name, STR("name")) ? &item->item.authority.name
                         : str_equal(name, STR("unit")) ? &item->unit
                                                        : NULL;
        if (to)
            *to = reader_string_or_null(r);
        else
            reader_skip(r);
    }
}

static enum contact_type contact_type_of(struct str name)
{
    static const struct str names[] = {[CONTACT_DIGITAL_POST] = STR_INIT("digital_post"),
                                       [CONTACT_PHONE] = STR_INIT("phone"),
                                       [CONTACT_FAX] = STR_INIT("fax"),
                                       [CONTACT_EMAIL] = STR_INIT("email"),
                                       [CONTACT_WEBSITE] = STR_INIT("website")};
    for (unsigned i = CONTACT_DIGITAL_POST; i < sizeof names / sizeof *names; i++)
        if (str_equal(name, names[i]))
            return (enum contact_type)i;
    return CONTACT_NAME;
}

static void read_contacts(struct reader *r, struct arena *arena, struct export_item *item)
{
    struct contact **end = &item->item.contacts;

    if (!reader_array(r))
        return;
    while (reader_element(r)) {
        struct pair pair = read_pair(r, STR("type"), STR("value"), STR_NONE);
        struct contact *contact = ARENA_NEW(arena, struct contact);
        if (!contact)
            continue;
        *contact = (struct contact){.type = contact_type_of(pair.one), .value = pair.two};
        *end = contact;
        end = &contact->next;
    }
}

static enum link_type link_type_of(struct str name)
{
    return str_equal(name, STR("self_service"))   ? LINK_SELF_SERVICE
           : str_equal(name, STR("decision"))     ? LINK_DECISION
           : str_equal(name, STR("digital_post")) ? LINK_DIGITAL_POST
                                                  : LINK_OTHER;
}

static void read_links(struct reader *r, struct arena *arena, struct export_item *item)
{
    struct item_link **end = &item->item.links;

    if (!reader_array(r))
        return;
    while (reader_element(r)) {
        struct pair pair = read_pair(r, STR("type"), STR("url"), STR_NONE);
        struct item_link *link = ARENA_NEW(arena, struct item_link);
        if (!link)
            continue;
        *link = (struct item_link){.type = link_type_of(pair.one), .url = pair.two};
        *end = link;
        end = &link->next;
    }
}

static void read_history(struct reader *r, struct arena *arena, struct export_item *item)
{
    struct export_step **end = &item->steps;

    if (!reader_array(r))
        return;
    while (reader_element(r)) {
        struct pair pair = read_pair(r, STR("text"), STR("code"), STR_NONE);
        struct export_step *step = ARENA_NEW(arena, struct export_step);
        if (!step)
            continue;
        *step = (struct export_step){.text = pair.one, .from = pair.from};
        *end = step;
        end = &step->next;
    }
}

static enum awaiting awaiting_of(struct str name)
{
    return str_equal(name, STR("you"))         ? AWAITING_CITIZEN
           : str_equal(name, STR("authority")) ? AWAITING_AUTHORITY
           : str_equal(name, STR("nobody"))    ? AWAITING_NOBODY
                                               : AWAITING_UNKNOWN;
}

static enum direction direction_of(struct str name)
{
    return str_equal(name, STR("to_you"))     ? DIRECTION_TO_CITIZEN
           : str_equal(name, STR("from_you")) ? DIRECTION_FROM_CITIZEN
           : str_equal(name, STR("other"))    ? DIRECTION_OTHER
                                              : DIRECTION_UNKNOWN;
}

static struct money read_money(struct reader *r)
{
    struct str text = reader_string_or_null(r);
    struct money money = MONEY_NONE;

    if (text.at && !money_parse(text, &money))
        reader_fail(r, "no amount");
    return money;
}

static void read_kind(struct reader *r, struct export_item *item)
{
    if (!item_kind_parse(reader_string(r), &item->item.kind))
        reader_fail(r, "no kind");
}

static void read_field(struct reader *r, struct arena *arena, int field, struct export_item *item)
{
    struct item *to = &item->item;

    switch (field) {
    case FIELD_HANDLE:
        item->handle = reader_string(r);
        break;
    case FIELD_KIND:
        read_kind(r, item);
        break;
    case FIELD_TITLE:
        to->title = reader_string_or_null(r);
        break;
    case FIELD_STATUS:
        read_status(r, item);
        break;
    case FIELD_AUTHORITY:
        read_authority(r, item);
        break;
    case FIELD_SOURCE:
        item->source = reader_string(r);
        break;
    case FIELD_CREATED:
        to->created = reader_wall(r);
        break;
    case FIELD_CHANGED:
        to->changed = reader_wall(r);
        break;
    case FIELD_AS_OF:
        to->as_of = reader_wall(r);
        break;
    case FIELD_CONTACTS:
        read_contacts(r, arena, item);
        break;
    case FIELD_LINKS:
        read_links(r, arena, item);
        break;
    case FIELD_NUMBER:
        to->number = reader_string_or_null(r);
        break;
    case FIELD_KLE:
        to->kle = reader_string_or_null(r);
        break;
    case FIELD_AWAITING:
        to->awaiting = awaiting_of(reader_string_or_null(r));
        break;
    case FIELD_DECISION_EXPECTED:
        to->decision_expected = reader_date(r);
        break;
    case FIELD_BASIS:
        item->basis = reader_string_or_null(r);
        break;
    case FIELD_HISTORY:
        read_history(r, arena, item);
        break;
    case FIELD_TYPE:
        to->type = reader_string_or_null(r);
        break;
    case FIELD_DIRECTION:
        to->direction = direction_of(reader_string_or_null(r));
        break;
    case FIELD_DATE:
        to->date = reader_date(r);
        break;
    case FIELD_PAYER:
        to->payer = reader_string_or_null(r);
        break;
    case FIELD_FREQUENCY:
        to->frequency = reader_string_or_null(r);
        break;
    case FIELD_GROSS:
        to->gross = read_money(r);
        break;
    case FIELD_NET:
    case FIELD_AMOUNT: /* a payment's net is called so */
        to->net = read_money(r);
        break;
    case FIELD_VALID_FROM:
        to->valid_from = reader_date(r);
        break;
    case FIELD_VALID_TO:
        to->valid_to = reader_date(r);
        break;
    case FIELD_STARTS:
        to->starts = reader_wall(r);
        break;
    case FIELD_ENDS:
        to->ends = reader_wall(r);
        break;
    case FIELD_PLACE:
        to->place = reader_string_or_null(r);
        break;
    case FIELD_DEADLINE:
        to->deadline = reader_date(r);
        break;
    default:
        reader_skip(r);
    }
}

bool export_item_read(struct str json, struct arena *arena, struct export_item *item)
{
    struct reader r;
    struct str name;
    uint64_t seen = 0;

    *item = (struct export_item){.item.kind = ITEM_KIND_COUNT};
    reader_init(&r, json, arena);
    if (reader_object(&r))
        while (reader_member(&r, &name))
            read_field(&r, arena, reader_field(&r, name, fields, FIELD_COUNT, &seen), item);
    return reader_end(&r) && item->item.kind != ITEM_KIND_COUNT && !arena_is_full(arena);
}
