/* SPDX-License-Identifier: MIT */
#include "fake_adapter.h"

/* ---- the gateway's side ---- */

static struct str or_dash(struct str s)
{
    return s.len > 0 ? s : STR("-");
}

static struct str dash_is_none(struct str s)
{
    return str_equal(s, STR("-")) ? STR_NONE : s;
}

static bool build(struct arena *arena, const struct question *question, struct ask *ask)
{
    struct str cpr = cpr_str(question->subject);
    struct str municipality = or_dash(question->municipality);
    struct str cvr = or_dash(question->municipality_cvr);
    struct str cursor = question->cursor.at ? question->cursor : STR("0");
    struct str item_id = or_dash(question->item_id);

    ask->path = arena_format(arena, "%.*s", STR_ARG(question->source->path));
    ask->headers[ask->header_count++] = STR("Content-Type: text/plain");
    return ask->path.at &&
           buf_format(ask->body, "ask %s %.*s %.*s %.*s %.*s %.*s %.*s",
                      question->kind == QUESTION_DETAIL ? "detail" : "list", STR_ARG(cpr),
                      STR_ARG(municipality), STR_ARG(cvr), STR_ARG(cursor),
                      STR_ARG(question->request_id), STR_ARG(item_id));
}

static struct wall wall_of(struct str word)
{
    uint64_t ms = 0;
    if (!str_to_u64(word, INT64_MAX, &ms) || ms == 0)
        return WALL_NONE;
    return (struct wall){(int64_t)ms, true};
}

static struct date date_of(struct str word)
{
    struct date date = DATE_NONE;
    if (!date_parse(word, &date))
        return DATE_NONE;
    return date;
}

static bool parse_item(struct arena *arena, struct str words, size_t items_max,
                       struct parsed *parsed)
{
    struct item *item = item_list_add(&parsed->items, arena, items_max);
    uint64_t awaiting = 0, direction = 0;

    if (!item || !item_kind_parse(str_split(&words, ' '), &item->kind))
        return false;
    struct str status = str_split(&words, ' ');
    while (item->status < ITEM_STATUS_COUNT && !str_equal(item_status_code(item->status), status))
        item->status++;
    if (item->status == ITEM_STATUS_COUNT ||
        !str_to_u64(str_split(&words, ' '), AWAITING_NOBODY, &awaiting) ||
        !str_to_u64(str_split(&words, ' '), DIRECTION_OTHER, &direction))
        return false;
    item->awaiting = (enum awaiting)awaiting;
    item->direction = (enum direction)direction;
    item->changed = wall_of(str_split(&words, ' '));
    item->authority = (struct authority){.cvr = str_split(&words, ' '), .name = STR("Myndighed")};
    item->uuid = dash_is_none(str_split(&words, ' '));
    item->number = dash_is_none(str_split(&words, ' '));
    item->date = item->valid_to = item->deadline = date_of(str_split(&words, ' '));
    item->id = str_split(&words, ' ');
    item->title = words;
    item->sensitivity = SENSITIVITY_ORDINARY;
    return item->title.at != NULL;
}

static bool parse_party(struct arena *arena, struct str words, struct parsed *parsed)
{
    struct item *last = parsed->items.first;
    struct party *party = ARENA_NEW(arena, struct party);
    uint64_t role = 0;

    if (!last || !party || !str_to_u64(str_split(&words, ' '), PARTY_OTHER, &role) ||
        !cpr_parse(words, &party->cpr))
        return false;
    while (last->next)
        last = last->next;
    party->role = (enum party_role)role;
    party->next = last->parties;
    last->parties = party;
    return true;
}

static bool parse_line(struct arena *arena, struct str line, const struct answer *answer,
                       struct parsed *parsed)
{
    struct str words = line, name = str_split(&words, ' ');

    if (str_equal(name, STR("item")))
        return parse_item(arena, words, answer->items_max, parsed);
    if (str_equal(name, STR("party")))
        return parse_party(arena, words, parsed);
    if (str_equal(name, STR("subject")))
        return cpr_parse(words, &parsed->subject);
    if (str_equal(name, STR("echo")))
        parsed->request_id = words;
    else if (str_equal(name, STR("asof")))
        parsed->as_of = wall_of(words);
    else if (str_equal(name, STR("stale")))
        parsed->is_stale = true;
    else if (str_equal(name, STR("cursor")))
        parsed->cursor = words;
    else
        return false;
    return true;
}

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    struct str rest = answer->body;

    (void)question;
    fault->why = "an HTTP error";
    if (answer->http_status == 401 || answer->http_status == 403)
        return OUTCOME_REFUSED;
    if (answer->http_status == 429 || answer->http_status == 503)
        return OUTCOME_BUSY;
    if (answer->http_status != 200)
        return OUTCOME_FAILED;
    fault->why = "not an answer";
    if (!str_equal(str_split(&rest, '\n'), STR("answer")))
        return OUTCOME_INVALID;
    while (rest.at) {
        struct str line = str_split(&rest, '\n');
        if (str_equal(line, STR("end")))
            return parsed->items.count > 0 ? OUTCOME_ANSWERED : OUTCOME_EMPTY;
        if (!parse_line(arena, line, answer, parsed))
            return OUTCOME_INVALID;
    }
    return OUTCOME_INVALID;
}

const struct adapter fake_adapter = {
    .name = STR_INIT("fake"),
    .build = build,
    .parse = parse,
};

/* ---- the authority's side ---- */

bool asked_parse(struct str body, struct asked *asked)
{
    struct str words = body;
    bool is_ask = str_equal(str_split(&words, ' '), STR("ask"));

    asked->kind = str_split(&words, ' ');
    asked->cpr = str_split(&words, ' ');
    asked->municipality = dash_is_none(str_split(&words, ' '));
    asked->municipality_cvr = dash_is_none(str_split(&words, ' '));
    bool has_page = str_to_u64(str_split(&words, ' '), PAGES_MAX, &asked->page);
    asked->request_id = str_split(&words, ' ');
    asked->item_id = dash_is_none(words);
    return is_ask && has_page && words.at;
}

unsigned item_owner(const struct script_item *item, const struct script_page *page,
                    unsigned subject)
{
    unsigned other = (subject + 1) % CITIZENS;
    bool names_subject = page->manner == MANNER_PROPER || page->manner == MANNER_NAMES;
    bool is_proven =
        names_subject || page->manner == MANNER_ECHOES || page->manner == MANNER_ECHOES_HEAD;

    if (item->parties == PARTIES_OTHERS || page->manner == MANNER_OTHER)
        return other;
    if (!is_proven || item->parties == PARTIES_SECONDARY || item->sample->is_hidden ||
        (item->parties == PARTIES_NONE && !names_subject))
        return NO_OWNER;
    return subject;
}

static void write_parties(enum parties parties, unsigned subject, struct buf *out)
{
    struct str self = citizen_digits(subject), other = citizen_digits((subject + 1) % CITIZENS);

    if (parties == PARTIES_PRIMARY || parties == PARTIES_PRIMARY_OTHERS)
        buf_format(out, "party %d %.*s\n", PARTY_PRIMARY, STR_ARG(self));
    if (parties == PARTIES_PRIMARY_OTHERS)
        buf_format(out, "party %d %.*s\n", PARTY_SECONDARY, STR_ARG(other));
    if (parties == PARTIES_SECONDARY)
        buf_format(out, "party %d %.*s\nparty %d %.*s\n", PARTY_PRIMARY, STR_ARG(other),
                   PARTY_SECONDARY, STR_ARG(self));
    if (parties == PARTIES_OTHERS)
        buf_format(out, "party %d %.*s\n", PARTY_PRIMARY, STR_ARG(other));
}

static void write_item(const struct script_item *item, const struct script_page *page,
                       unsigned subject, struct str cvr, struct date today, struct buf *out)
{
    struct arena *arena = arena_new(1024 * 1024);
    unsigned owner = item_owner(item, page, subject);
    struct str id = item_id(item, owner, arena), title = item_title(item, owner, arena);
    char date[DATE_TEXT] = "-", uuid[24] = "-", number[24] = "-";

    if (item->sample->day != NO_DAY)
        date_format(date_of_days(date_to_days(today) + item->sample->day), date);
    if (item->twin % 2 == 1)
        snprintf(uuid, sizeof uuid, "uuid-%u", item->twin);
    else if (item->twin > 0)
        snprintf(number, sizeof number, "number-%u", item->twin);
    if (item->of_stranger)
        cvr = stranger_authority().cvr;
    struct str kind = item_kind_name(item->sample->kind);
    struct str status = item_status_code(item->sample->status);
    buf_format(out, "item %.*s %.*s %d %d %lld %.*s %s %s %s %.*s %.*s\n", STR_ARG(kind),
               STR_ARG(status), item->sample->awaiting, item->sample->direction,
               (long long)item->changed_ms, STR_ARG(cvr), uuid, number, date, STR_ARG(id),
               STR_ARG(title));
    write_parties(item->parties, subject, out);
    arena_free(&arena);
}

void authority_answer(const struct script *script, unsigned request, unsigned source,
                      unsigned municipality, const struct asked *asked, struct date today,
                      struct buf *out)
{
    const struct script_row *row = &script->requests[request].rows[source][municipality];
    const struct script_page *page = &row->pages[asked->page];
    unsigned subject = script->requests[request].citizen;
    struct str cvr = script->sources[source].is_municipal ? asked->municipality_cvr
                                                          : source_authority(source).cvr;

    if (page->manner == MANNER_GARBAGE || page->manner == MANNER_HTTP) {
        buf_add_str(out, STR("<html>Service temporarily wonderful</html>"));
        return;
    }
    buf_add_str(out, STR("answer\n"));
    if (page->manner == MANNER_PROPER || page->manner == MANNER_NAMES ||
        page->manner == MANNER_WRONG_ECHO || page->manner == MANNER_WRONG_HEAD)
        buf_format(out, "subject %s\n", citizen_digits(subject).at);
    if (page->manner == MANNER_OTHER)
        buf_format(out, "subject %s\n", citizen_digits((subject + 1) % CITIZENS).at);
    if (page->manner == MANNER_PROPER || page->manner == MANNER_ECHOES ||
        page->manner == MANNER_OTHER)
        buf_format(out, "echo %.*s\n", STR_ARG(asked->request_id));
    if (page->manner == MANNER_WRONG_ECHO)
        buf_add_str(out, STR("echo 01990000-0000-7000-8000-000000000000\n"));
    if (page->age_s >= 0)
        buf_format(out, "asof %lld\n",
                   (long long)(date_to_days(today) * 86400 - page->age_s) * 1000);
    if (page->is_stale)
        buf_add_str(out, STR("stale\n"));
    if (asked->page + 1 < row->page_count)
        buf_format(out, "cursor %u\n", (unsigned)asked->page + 1);
    for (unsigned i = 0; i < page->item_count; i++)
        write_item(&page->items[i], page, subject, cvr, today, out);
    buf_add_str(out, STR("end\n"));
}
