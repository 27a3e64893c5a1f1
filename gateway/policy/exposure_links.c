/* SPDX-License-Identifier: MIT */
#include "policy/exposure_links.h"

#include "base/buf.h"
#include "policy/template.h"

static const char *const places[] = {"case_id", "case_number", "municipality"};
enum { PLACES = sizeof places / sizeof *places };

/* ---- what must not be in a link ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Two digits as a number. */
static int pair_at(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

/* Do ten digits begin here, the day and month of a birthday (a replacement number's day is 60 more)
 * first? Between the sixth and the seventh may stand up to three other bytes: "-", "%2D". */
static bool begins_cpr(struct str text)
{
    enum { BIRTHDAY = 6, SERIAL = 4, MARK_MAX = 3 };
    size_t at = 0, mark = 0, serial = 0;

    while (at < BIRTHDAY)
        if (at == text.len || !is_digit(text.at[at++]))
            return false;
    while (at + mark < text.len && mark < MARK_MAX && !is_digit(text.at[at + mark]))
        mark++;
    if (text.len - at >= MARK_MAX && text.at[at] == '%')
        mark = MARK_MAX; /* an escape, whose digits are none */
    for (at += mark; serial < SERIAL && at + serial < text.len && is_digit(text.at[at + serial]);)
        serial++;
    if (serial < SERIAL)
        return false;
    int day = pair_at(text.at) % 60, month = pair_at(text.at + 2);
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

bool link_holds_cpr(struct str text)
{
    for (; text.len > 0; text = str_skip(text, 1))
        if (begins_cpr(text))
            return true;
    return false;
}

/* ---- the file ---- */

static void parse_template(struct node node, struct link_template *link, struct faults *faults)
{
    static const char *const known[] = {"url", "single_sign_on"};
    struct node url = node_member(node, "url", faults);
    struct str wrong;

    if (!node_is_present(node))
        return;
    node_only(node, known, sizeof known / sizeof *known, faults);
    link->url = node_str_needed(url, faults);
    link->single_sign_on = node_bool(node_member(node, "single_sign_on", faults), false, faults);
    if (!link->url.at)
        return;
    if (!str_starts_with(link->url, STR("https://")) || link->url.len > LINK_URL_MAX)
        node_fault(url, faults, "expected an address that begins with https://, at most %d bytes",
                   LINK_URL_MAX);
    else if (str_find_byte(str_head(link->url, sizeof "https://"), '{') < sizeof "https://")
        node_fault(url, faults, "expected a host's name behind https://");
    else if ((wrong = template_fault(link->url, places, PLACES)).len > 0)
        node_fault(url, faults,
                   "holds the unknown place {%.*s}; known are {case_id}, {case_number} and "
                   "{municipality}",
                   STR_ARG(wrong));
    else if (wrong.at)
        node_fault(url, faults, "holds a brace that is no place");
    else if (link_holds_cpr(link->url))
        node_fault(url, faults, "holds ten digits that look like a CPR number");
}

/* Offers that name a system stand before the one for all others. */
static void add_offer(struct exposure_links *links, struct link_offer *offer, struct node node,
                      struct faults *faults)
{
    struct link_offer **at = (struct link_offer **)kle_table_at(&links->table, offer->kle);

    for (const struct link_offer *other = *at; other; other = other->next)
        if (str_equal(other->system, offer->system)) {
            node_fault(node, faults, "another entry has the same pattern and sending system");
            return;
        }
    while (*at && offer->system.at == NULL && (*at)->system.at)
        at = &(*at)->next;
    offer->next = *at;
    *at = offer;
    links->count++;
}

static void parse_offer(struct node node, struct exposure_links *links, struct link_offer *offer,
                        struct faults *faults)
{
    static const char *const known[] = {"kle", "system", "self_service", "decision",
                                        "digital_post"};
    struct node kle = node_member(node, "kle", faults);
    struct str pattern = node_str_needed(kle, faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    offer->system = node_str(node_member(node, "system", faults), faults);
    parse_template(node_member(node, "self_service", faults), &offer->links[LINK_SELF_SERVICE],
                   faults);
    parse_template(node_member(node, "decision", faults), &offer->links[LINK_DECISION], faults);
    parse_template(node_member(node, "digital_post", faults), &offer->links[LINK_DIGITAL_POST],
                   faults);
    if (!pattern.at)
        return;
    if (kle_pattern_parse(pattern, &offer->kle))
        add_offer(links, offer, node, faults);
    else
        node_fault(kle, faults, KLE_PATTERN_EXPECTED);
}

void exposure_links_parse(struct node node, struct exposure_links *links, struct arena *arena,
                          struct faults *faults)
{
    size_t count = node_count(node);

    *links = (struct exposure_links){0};
    if (!node_is_present(node))
        return;
    if (!json_is_array(node.value) || count > EXPOSURE_LINKS_MAX) {
        node_fault(node, faults, "expected a list of at most %d links", EXPOSURE_LINKS_MAX);
        return;
    }
    struct link_offer *offers = arena_calloc(arena, count + 1, sizeof *offers);
    if (!offers || !kle_table_init(&links->table, arena, count))
        return;
    for (size_t i = 0; i < count; i++)
        parse_offer(node_element(node, i, faults), links, &offers[i], faults);
}

/* ---- filling ---- */

/* RFC 3986: everything but unreserved characters as %XX. */
static void add_escaped(struct buf *out, struct str value)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        bool is_plain = is_digit((char)c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
                        c == '.' || c == '_' || c == '~';

        if (is_plain) {
            buf_add_byte(out, (char)c);
            continue;
        }
        buf_add_byte(out, '%');
        buf_add_byte(out, hex[c >> 4]);
        buf_add_byte(out, hex[c & 15]);
    }
}

/* False: a place has no value, or one that must not be told. */
static bool fill(struct str template, const struct str values[PLACES], struct buf *out)
{
    while (template.len > 0) {
        struct str plain;
        size_t place = template_next(&template, places, PLACES, &plain);

        buf_add_str(out, plain);
        if (place == PLACES)
            continue;
        if (values[place].len == 0 || link_holds_cpr(values[place]))
            return false;
        add_escaped(out, values[place]);
    }
    return !link_holds_cpr(buf_str(out));
}

static bool has_link(const struct item *item, enum link_type type)
{
    const struct item_link *link = item->links;

    while (link && link->type != type)
        link = link->next;
    return link;
}

static bool add_link(const struct link_template *template, enum link_type type,
                     const struct str values[PLACES], struct item *item, struct arena *arena)
{
    struct buf url;
    bool is_whole = true;

    buf_init(&url, 4 * LINK_URL_MAX);
    if (fill(template->url, values, &url) && !url.failed && url.len > 0) {
        struct item_link *link = ARENA_NEW(arena, struct item_link), **last = &item->links;

        if ((is_whole = link)) {
            *link = (struct item_link){.type = type,
                                       .url = arena_copy(arena, buf_str(&url)),
                                       .sign_on = template->single_sign_on ? SIGN_ON_SINGLE
                                                                           : SIGN_ON_ANEW};
            while (*last)
                last = &(*last)->next;
            *last = link;
            is_whole = link->url.at;
        }
    }
    buf_clear(&url);
    return is_whole;
}

/* A document or payment leads to what it belongs to. */
static const struct item *subject_of(const struct item *item)
{
    return item->owners ? item->owners->item : item;
}

/* Where nothing is decided there is no decision to read. A benefit is one. */
static bool is_decided(const struct item *item)
{
    return item->kind != ITEM_CASE || item->status == STATUS_DECIDED ||
           item->status == STATUS_CLOSED || item->status == STATUS_REJECTED;
}

bool exposure_links_add(const struct exposure_links *links, struct str code, struct item *item,
                        struct arena *arena)
{
    if (links->count == 0)
        return true;
    const struct item *subject = subject_of(item);
    const struct str values[PLACES] = {subject->id, subject->number, code};
    struct kle_walk walk = kle_walk_start(&links->table, kle_of(subject->kle, subject->facet));

    for (const struct link_offer *offer; (offer = kle_walk_next(&walk));)
        for (; offer; offer = offer->next) {
            if (offer->system.at && !str_equal_nocase(offer->system, item->sending_system))
                continue;
            for (enum link_type type = 0; type < LINK_OTHER; type++)
                if (offer->links[type].url.at && !has_link(item, type) &&
                    (type != LINK_DECISION || is_decided(subject)) &&
                    !add_link(&offer->links[type], type, values, item, arena))
                    return false;
        }
    return true;
}
