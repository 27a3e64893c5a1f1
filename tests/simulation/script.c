/* SPDX-License-Identifier: MIT */
#include "script.h"

#include "chance.h"

#include <stdio.h>

enum { NEVER_MS = 1000000 };

static const struct sample samples[] = {
    /* kind, status, awaiting, direction, day, is_open, is_hidden, attention */
    {ITEM_CASE, STATUS_IN_PROGRESS, AWAITING_CITIZEN, 0, NO_DAY, true, false, ATTENTION_REPLY},
    {ITEM_CASE, STATUS_IN_PROGRESS, AWAITING_AUTHORITY, 0, NO_DAY, true, false, -1},
    {ITEM_CASE, STATUS_CREATED, AWAITING_NOBODY, 0, NO_DAY, true, false, -1},
    {ITEM_CASE, STATUS_OPENED, AWAITING_UNKNOWN, 0, NO_DAY, true, false, -1},
    {ITEM_CASE, STATUS_DECIDED, AWAITING_CITIZEN, 0, NO_DAY, false, false, -1},
    {ITEM_CASE, STATUS_CLOSED, AWAITING_UNKNOWN, 0, NO_DAY, false, false, -1},
    {ITEM_CASE, STATUS_REJECTED, AWAITING_NOBODY, 0, NO_DAY, false, false, -1},
    {ITEM_DOCUMENT, STATUS_UNKNOWN, 0, DIRECTION_TO_CITIZEN, -3, false, false, -1},
    {ITEM_DOCUMENT, STATUS_UNKNOWN, 0, DIRECTION_OTHER, -3, false, true, -1},
    {ITEM_BENEFIT, STATUS_ACTIVE, 0, 0, NO_DAY, false, false, -1},
    {ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_FROM_CITIZEN, 5, false, false, ATTENTION_PAY},
    {ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_FROM_CITIZEN, 45, false, false, -1},
    {ITEM_PAYMENT, STATUS_DUE, 0, DIRECTION_TO_CITIZEN, 5, false, false, -1},
    {ITEM_PAYMENT, STATUS_OVERDUE, 0, DIRECTION_FROM_CITIZEN, -10, false, false, ATTENTION_PAY},
    {ITEM_PAYMENT, STATUS_PAID, 0, DIRECTION_FROM_CITIZEN, -10, false, false, -1},
    {ITEM_CREDENTIAL, STATUS_VALID, 0, 0, 20, false, false, ATTENTION_RENEW},
    {ITEM_CREDENTIAL, STATUS_VALID, 0, 0, 100, false, false, -1},
    {ITEM_CREDENTIAL, STATUS_VALID, 0, 0, -1, false, false, -1},
    {ITEM_SERVICE, STATUS_ACTIVE, 0, 0, NO_DAY, false, false, -1},
    {ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, 3, false, false, ATTENTION_DEADLINE},
    {ITEM_APPOINTMENT, STATUS_PLANNED, 0, 0, 200, false, false, -1},
    {ITEM_APPOINTMENT, STATUS_CANCELLED, 0, 0, 3, false, false, -1},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

const struct sample *sample_at(size_t index)
{
    return index < SAMPLES ? &samples[index] : NULL;
}

/* ---- proper names ---- */

struct str citizen_digits(unsigned citizen)
{
    static const struct str digits[CITIZENS] = {STR_INIT("6101709995"), STR_INIT("7212550001"),
                                                STR_INIT("9003914444")};
    return digits[citizen];
}

struct str source_id(unsigned source)
{
    static const struct str ids[SOURCES_MAX] = {STR_INIT("a.sager"),   STR_INIT("b.ydelser"),
                                                STR_INIT("c.pension"), STR_INIT("d.aftaler"),
                                                STR_INIT("e.breve"),   STR_INIT("f.pas")};
    return ids[source];
}

struct authority source_authority(unsigned source)
{
    static const struct str cvrs[SOURCES_MAX] = {STR_INIT("30000001"), STR_INIT("30000002"),
                                                 STR_INIT("30000003"), STR_INIT("30000004"),
                                                 STR_INIT("30000005"), STR_INIT("30000006")};
    return (struct authority){.cvr = cvrs[source], .name = STR("Styrelsen")};
}

struct authority municipality_authority(unsigned municipality)
{
    static const struct authority authorities[MUNICIPALITIES] = {
        {STR_INIT("64942212"), STR_INIT("0101"), STR_INIT("Københavns Kommune")},
        {STR_INIT("29189714"), STR_INIT("0710"), STR_INIT("Favrskov Kommune")},
        {{NULL, 0}, STR_INIT("0999"), STR_INIT("Prøve Kommune")}};
    return authorities[municipality];
}

struct authority stranger_authority(void)
{
    return (struct authority){.cvr = STR("33236072"), .name = STR("En anden myndighed")};
}

struct str item_title(const struct script_item *item, unsigned owner, struct arena *arena)
{
    struct str head = arena_format(arena, "T%u~%u", item->number, owner);
    char *title = arena_alloc(arena, head.len + item->padding + 1);
    if (!head.at || !title)
        return STR_NONE;
    memcpy(title, head.at, head.len);
    memset(title + head.len, 'x', item->padding);
    return str_make(title, head.len + item->padding);
}

struct str item_id(const struct script_item *item, unsigned owner, struct arena *arena)
{
    return arena_format(arena, "%.*s-%06u", STR_ARG(citizen_digits(owner % CITIZENS)),
                        item->number);
}

/* ---- drawing ---- */

/* A time with a fraction that no deadline has: in an exact schedule nothing falls together with a
 * deadline by chance. */
static int64_t draw_us(struct chance *chance, int64_t least_ms, int64_t most_ms)
{
    return chance_between(chance, least_ms, most_ms) * 1000 + chance_between(chance, 1, 90);
}

static void draw_times(struct chance *chance, const struct script *script, struct script_page *page)
{
    unsigned pace = chance_pick(chance, 100);
    if (pace < 70)
        page->done_us = draw_us(chance, 0, 150);
    else if (pace < 82)
        page->done_us = draw_us(chance, script->soft_ms - 40, script->soft_ms + 40);
    else if (pace < 96)
        page->done_us = draw_us(chance, 0, script->hard_ms + 500);
    else
        page->done_us = draw_us(chance, NEVER_MS, NEVER_MS);
    page->first_byte_us =
        chance_percent(chance, 70)
            ? page->done_us
            : chance_between(chance, 0, page->done_us / 1000) * 1000 + page->done_us % 1000;
    page->connect_us =
        chance_percent(chance, 90) ? page->first_byte_us % 1000 : page->first_byte_us;
}

static void draw_item(struct chance *chance, struct script_item *item, unsigned number)
{
    static const struct {
        unsigned percent;
        enum parties parties;
    } shares[] = {{50, PARTIES_NONE},
                  {30, PARTIES_PRIMARY},
                  {10, PARTIES_PRIMARY_OTHERS},
                  {8, PARTIES_SECONDARY},
                  {2, PARTIES_OTHERS}};
    unsigned lot = chance_pick(chance, 100), share = 0;

    *item =
        (struct script_item){.sample = &samples[chance_pick(chance, SAMPLES)], .number = number};
    while (lot >= shares[share].percent)
        lot -= shares[share++].percent;
    item->parties = shares[share].parties;
    if (chance_percent(chance, 25)) {
        item->sample = &samples[chance_pick(chance, 7)];
        item->twin = 1 + chance_pick(chance, TWINS);
    }
    item->of_stranger = item->twin > 0 || chance_percent(chance, 10);
    item->changed_ms =
        chance_percent(chance, 20) ? 0 : chance_between(chance, 1, 5) * 86400000 * 300;
}

static void draw_manner(struct chance *chance, struct script_page *page)
{
    static const unsigned shares[MANNER_COUNT] = {
        [MANNER_PROPER] = 70,     [MANNER_NAMES] = 5,      [MANNER_ECHOES] = 5,
        [MANNER_ECHOES_HEAD] = 4, [MANNER_MANNERLESS] = 2, [MANNER_WRONG_ECHO] = 3,
        [MANNER_WRONG_HEAD] = 3,  [MANNER_OTHER] = 2,      [MANNER_HTTP] = 4,
        [MANNER_GARBAGE] = 2};
    static const int errors[] = {401, 403, 404, 429, 500, 503};
    unsigned lot = chance_pick(chance, 100), manner = 0;

    while (lot >= shares[manner])
        lot -= shares[manner++];
    page->manner = (enum manner)manner;
    page->http_status = 200;
    if (page->manner == MANNER_HTTP) {
        page->http_status = errors[chance_pick(chance, sizeof errors / sizeof *errors)];
        page->retry_after_s = chance_pick(chance, 2) * 30;
    }
    page->is_stale = chance_percent(chance, 5);
    page->age_s = chance_percent(chance, 50) ? -1 : chance_between(chance, 0, 100000);
}

static void draw_row(struct chance *chance, const struct script *script, struct script_row *row,
                     unsigned *number)
{
    row->page_count = chance_percent(chance, 75) ? 1 : 1 + chance_pick(chance, PAGES_MAX);
    row->is_bulky = chance_percent(chance, 2);
    for (unsigned i = 0; i < row->page_count; i++) {
        struct script_page *page = &row->pages[i];
        draw_times(chance, script, page);
        page->end = chance_percent(chance, 90)
                        ? FETCH_OK
                        : (enum fetch_status)(1 + chance_pick(chance, FETCH_STATUS_COUNT - 1));
        draw_manner(chance, page);
        page->is_deaf = chance_percent(chance, 3);
        page->item_count = chance_pick(chance, ITEMS_MAX + 1);
        for (unsigned j = 0; j < page->item_count; j++) {
            draw_item(chance, &page->items[j], ++*number);
            if (row->is_bulky)
                page->items[j].padding =
                    20000 + chance_pick(chance, script->output_max < 1 << 20 ? 500000 : 60000);
        }
    }
}

/* One item of one source: mostly one that the source will hold. */
static void draw_detail(struct chance *chance, const struct script *script,
                        struct script_request *request)
{
    request->kind = QUESTION_DETAIL;
    request->format = FORMAT_JSON;
    request->detail_source = chance_pick(chance, script->source_count);
    memset(request->has_municipality, 0, sizeof request->has_municipality);
    unsigned municipality = 0;
    if (script->sources[request->detail_source].is_municipal) {
        municipality = chance_pick(chance, MUNICIPALITIES);
        request->has_municipality[municipality] = true;
    }
    const struct script_page *page = &request->rows[request->detail_source][municipality].pages[0];
    request->detail_number =
        page->item_count > 0 ? page->items[chance_pick(chance, page->item_count)].number : 0;
}

static void draw_request(struct chance *chance, const struct script *script,
                         struct script_request *request, unsigned *number)
{
    unsigned login = chance_pick(chance, 100);
    request->citizen = chance_pick(chance, CITIZENS);
    request->level = login < 5 ? LEVEL_LOW : login < 75 ? LEVEL_SUBSTANTIAL : LEVEL_HIGH;
    request->language = (enum language)chance_pick(chance, LANGUAGES);
    request->format =
        chance_percent(chance, 40) ? FORMAT_JSON : (enum format)chance_pick(chance, FORMATS_COUNT);
    for (unsigned i = 0; i < MUNICIPALITIES; i++)
        request->has_municipality[i] = chance_percent(chance, 40);
    request->wait_ms = chance_percent(chance, 85) ? 0 : chance_between(chance, 50, script->hard_ms);

    unsigned lot = chance_pick(chance, 100);
    request->record = lot < 88 ? RECORD_DURABLE : lot < 95 ? RECORD_FAILED : RECORD_NEVER;
    request->record_us = chance_percent(chance, 80) ? draw_us(chance, 0, 20)
                                                    : draw_us(chance, 0, script->hard_ms + 100);
    request->departs_us =
        chance_percent(chance, 85) ? -1 : draw_us(chance, 0, script->hard_ms + 100);
    request->reads_per_ms = chance_percent(chance, 90) ? 0 : 1 + chance_pick(chance, 20);
    for (unsigned i = 0; i < script->source_count; i++)
        for (unsigned j = 0; j < MUNICIPALITIES; j++)
            draw_row(chance, script, &request->rows[i][j], number);
    if (chance_percent(chance, 20))
        draw_detail(chance, script, request);
}

static void draw_source(struct chance *chance, const struct script *script,
                        struct script_source *source)
{
    source->is_enabled = chance_percent(chance, 95);
    source->is_agreed = chance_percent(chance, 93);
    source->is_municipal = chance_percent(chance, 30);
    source->level = chance_percent(chance, 90) ? LEVEL_SUBSTANTIAL : LEVEL_HIGH;
    source->connect_ms = chance_between(chance, 20, 400);
    source->first_byte_ms = chance_between(chance, 100, script->soft_ms + 200);
    source->total_ms = chance_between(chance, 150, script->hard_ms + 200);
    source->in_flight_max = chance_percent(chance, 85) ? 0 : chance_between(chance, 1, 2);
}

void script_draw(struct script *script, uint64_t seed)
{
    static const int64_t ticks_us[] = {1, 1, 1000, 20000};
    struct chance chance = {seed};
    unsigned number = 0;

    memset(script, 0, sizeof *script);
    script->seed = seed;
    script->tick_us = ticks_us[chance_pick(&chance, 4)];
    script->soft_ms = chance_between(&chance, 200, 1000);
    script->hard_ms = script->soft_ms + chance_between(&chance, 50, 2000);
    script->heartbeat_ms = chance_percent(&chance, 50) ? 15000 : chance_between(&chance, 100, 500);
    script->pages_max = chance_between(&chance, 1, PAGES_MAX);
    script->items_max = chance_percent(&chance, 20) ? chance_between(&chance, 2, 6) : 1000;
    script->output_max = chance_percent(&chance, 80) ? 1 << 24 : 400000;
    script->is_tight = chance_percent(&chance, 3);
    script->memory_max = script->is_tight              ? chance_between(&chance, 4096, 65536)
                         : chance_percent(&chance, 80) ? 8 << 20
                                                       : 1 << 20;
    script->unsent_max = chance_between(&chance, 1000, 50000);
    script->source_count = 1 + chance_pick(&chance, SOURCES_MAX);
    for (unsigned i = 0; i < script->source_count; i++)
        draw_source(&chance, script, &script->sources[i]);

    script->request_count =
        chance_percent(&chance, 60) ? 1 : 1 + chance_pick(&chance, REQUESTS_MAX);
    for (unsigned i = 0; i < script->request_count; i++) {
        struct script_request *request = &script->requests[i];
        if (i > 0 && chance_percent(&chance, 70))
            request->starts_us = chance_between(&chance, 0, 4000) * 1000;
        draw_request(&chance, script, request, &number);
    }
}

void script_permute(struct script_request *request, unsigned source_count, uint64_t seed)
{
    struct script_page *pages[SOURCES_MAX * MUNICIPALITIES * PAGES_MAX];
    struct chance chance = {seed};
    unsigned count = 0;

    for (unsigned i = 0; i < source_count; i++)
        for (unsigned j = 0; j < MUNICIPALITIES; j++)
            for (unsigned k = 0; k < request->rows[i][j].page_count; k++)
                pages[count++] = &request->rows[i][j].pages[k];
    for (unsigned i = count; i > 1; i--) {
        struct script_page *a = pages[i - 1], *b = pages[chance_pick(&chance, i)];
        struct script_page was = *a;
        a->connect_us = b->connect_us;
        a->first_byte_us = b->first_byte_us;
        a->done_us = b->done_us;
        b->connect_us = was.connect_us;
        b->first_byte_us = was.first_byte_us;
        b->done_us = was.done_us;
    }
}

/* ---- printing ---- */

static void print_row(const char *name, const struct script_row *row)
{
    static const char *const manners[MANNER_COUNT] = {
        "proper",     "names",      "echoes", "echoes-head", "mannerless",
        "wrong-echo", "wrong-head", "other",  "http",        "garbage"};
    for (unsigned i = 0; i < row->page_count; i++) {
        const struct script_page *page = &row->pages[i];
        printf("#     %s page %u: %.3f/%.3f/%.3f ms %s %s %d%s", name, i,
               (double)page->connect_us / 1000, (double)page->first_byte_us / 1000,
               (double)page->done_us / 1000, fetch_status_code(page->end).at, manners[page->manner],
               page->http_status, page->is_stale ? " stale" : "");
        if (page->is_deaf)
            printf(" deaf");
        for (unsigned j = 0; j < page->item_count; j++)
            printf(" T%u(%s,%s,twin %u,parties %u%s)", page->items[j].number,
                   item_kind_name(page->items[j].sample->kind).at,
                   item_status_code(page->items[j].sample->status).at, page->items[j].twin,
                   page->items[j].parties, page->items[j].of_stranger ? ",stranger" : "");
        printf("\n");
    }
}

void script_print(const struct script *script)
{
    printf("# seed %llu: tick %lld us, soft %lld, hard %lld, heartbeat %lld ms, pages %lld, items "
           "%lld, output %lld, memory %lld\n",
           (unsigned long long)script->seed, (long long)script->tick_us, (long long)script->soft_ms,
           (long long)script->hard_ms, (long long)script->heartbeat_ms,
           (long long)script->pages_max, (long long)script->items_max,
           (long long)script->output_max, (long long)script->memory_max);
    for (unsigned i = 0; i < script->source_count; i++) {
        const struct script_source *source = &script->sources[i];
        printf("#   source %s:%s%s%s level %d, %lld/%lld/%lld ms, in flight %lld\n",
               source_id(i).at, source->is_enabled ? "" : " disabled",
               source->is_agreed ? "" : " not agreed", source->is_municipal ? " municipal" : "",
               source->level, (long long)source->connect_ms, (long long)source->first_byte_ms,
               (long long)source->total_ms, (long long)source->in_flight_max);
    }
    for (unsigned r = 0; r < script->request_count; r++) {
        const struct script_request *request = &script->requests[r];
        printf("#   request %u at %lld us: citizen %u level %d %s %s wait %lld, record %d after "
               "%lld us, departs %lld us, reads %u, detail T%u of %u\n",
               r, (long long)request->starts_us, request->citizen, request->level,
               format_media_type(request->format).at,
               request->kind == QUESTION_DETAIL ? "detail" : "list", (long long)request->wait_ms,
               request->record, (long long)request->record_us, (long long)request->departs_us,
               request->reads_per_ms, request->detail_number, request->detail_source);
        for (unsigned i = 0; i < script->source_count; i++)
            for (unsigned j = 0; j < (script->sources[i].is_municipal ? MUNICIPALITIES : 1); j++) {
                char name[64];
                snprintf(name, sizeof name, "%s/%u", source_id(i).at, j);
                if (!script->sources[i].is_municipal || request->has_municipality[j])
                    print_row(name, &request->rows[i][j]);
            }
    }
}
