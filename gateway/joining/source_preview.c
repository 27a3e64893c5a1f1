/* SPDX-License-Identifier: MIT */
#include "joining/source_preview.h"

#include <stdlib.h>

#include "adapters/mapped.h"
#include "identity/citizen_make.h"
#include "overview/export_details.h"
#include "overview/export_item.h"
#include "overview/guard.h"
#include "overview/output.h"
#include "overview/showing.h"

enum { PART_MAX = 64 * 1024 * 1024, TRIAL_MAX = 256 * 1024 * 1024, SENTENCE_MAX = 4096 };

/* Items of a preview leave for nowhere, so that their handles open nothing. */
static const char handle_key[] = "00000000000000000000000000000000000000000000000000000000000000000"
                                 "000000000000000000000000000000000000000000000000000000000000000";

static const struct str any_source[] = {STR_INIT("*")};

/* One field of an item, and how it came about. */
struct noted {
    const struct item *item;
    struct mapped_origin origin;
    struct noted *next;
};

/* One item as it was judged. */
struct judged {
    const struct item *item;
    struct exposure_finding finding;
    size_t shown; /* its place among the shown ones */
};

struct making {
    const struct source_preview_spec *spec;
    struct arena *arena;
    struct agreement agreement; /* with everybody about everything: no portal is looked through */
    struct portal portal;
    struct plan_row row;
    struct question question;
    const struct test_citizen *citizen;
    const struct citizen *viewer;
    struct handle_maker *handles;
    struct faults faults; /* room for places, no faults */
    struct noted *first, **end;
    json_t *unmapped; /* how often, by path */
    int64_t unmapped_left_out;
    struct judged *judged;
    size_t judged_count, judged_max;
};

/* ---- texts ---- */

/* jansson takes UTF-8 only; other bytes become U+FFFD. */
static json_t *text_json(struct str text)
{
    struct buf clean;

    if (!text.at)
        return json_null();
    json_t *whole = json_stringn(text.at, text.len);
    if (whole)
        return whole;
    buf_init(&clean, 3 * text.len + 1);
    while (text.len > 0) {
        size_t len = str_utf8_sequence(text);
        buf_add_str(&clean, len > 0 ? str_head(text, len) : STR("\xef\xbf\xbd"));
        text = str_skip(text, len > 0 ? len : 1);
    }
    whole = json_stringn(buf_str(&clean).at, clean.len);
    buf_clear(&clean);
    return whole;
}

static void set_text(json_t *object, const char *name, struct str text)
{
    json_object_set_new(object, name, text_json(text));
}

/* "manifest.json:12:7" of a place in the manifest; STR_NONE: it has no lines. */
static struct str rule_place(struct making *making, struct str pointer)
{
    const struct node node = {.document = making->spec->manifest, .pointer = pointer};

    return making->spec->manifest && pointer.at ? node_where(node, &making->faults) : STR_NONE;
}

/* "answer.json:3:14" of a byte of the answer. */
static struct str answer_place(struct making *making, size_t offset)
{
    struct str before = str_head(making->spec->answer.body, offset);
    struct str file = making->spec->answer_file.at ? making->spec->answer_file : STR("the answer");
    size_t line = 1, column = 1;

    for (size_t i = 0; i < before.len; i++) {
        bool is_end = before.at[i] == '\n';
        line += is_end;
        column = is_end ? 1 : column + (((unsigned char)before.at[i] & 0xc0) != 0x80);
    }
    return arena_format(making->arena, "%.*s:%zu:%zu", STR_ARG(file), line, column);
}

/* ---- the answer becomes items ---- */

static void on_field(void *ctx, const struct item *item, const struct mapped_origin *origin)
{
    struct making *making = ctx;
    struct noted *noted = ARENA_NEW(making->arena, struct noted);

    if (!noted)
        return;
    *noted = (struct noted){.item = item, .origin = *origin};
    *making->end = noted;
    making->end = &noted->next;
}

static void on_unmapped(void *ctx, struct str path)
{
    struct making *making = ctx;
    struct str name = arena_copy(making->arena, path); /* terminated */
    json_t *count = name.at ? json_object_get(making->unmapped, name.at) : NULL;

    if (count)
        json_integer_set(count, json_integer_value(count) + 1);
    else if (!name.at || json_object_size(making->unmapped) >= PREVIEW_UNMAPPED_MAX ||
             json_object_set_new(making->unmapped, name.at, json_integer(1)) != 0)
        making->unmapped_left_out++;
}

/* `is_told`: the trace is taken, once. */
static enum outcome parse(struct making *making, bool is_told, struct parsed *parsed,
                          struct answer_fault *fault)
{
    const struct mapped_trace trace = {making, on_field, on_unmapped};
    const struct source *source = &making->spec->route->source;

    *parsed = (struct parsed){0};
    *fault = (struct answer_fault){0};
    item_list_init(&parsed->items);
    if (source->adapter == &adapter_mapped)
        return mapped_parse(making->arena, &making->question, &making->spec->answer,
                            is_told ? &trace : NULL, parsed, fault);
    return source->adapter->parse(making->arena, &making->question, &making->spec->answer, parsed,
                                  fault);
}

/* A stored answer repeats the request id of another question, if any; it counts as ours. */
static struct guard_finding judge(struct making *making, const struct parsed *parsed)
{
    if (!making->spec->request_id.at && parsed->request_id.at)
        making->question.request_id = parsed->request_id;
    return guard_judge(&making->question, parsed, STR_NONE);
}

/* Is it proven to be this citizen's? Nothing of it is kept. */
static bool is_proven(struct making *making, const struct cpr *citizen)
{
    struct making trial = *making;
    struct answer_fault fault;
    struct parsed parsed;

    trial.arena = arena_new(TRIAL_MAX);
    trial.question.subject = citizen;
    bool is_proven = outcome_is_positive(parse(&trial, false, &parsed, &fault)) &&
                     judge(&trial, &parsed).verdict == GUARD_PROVEN;
    arena_free(&trial.arena);
    return is_proven;
}

/* Whose is it? Of the first whom it is proven to be of, else of the first there is. */
static void choose_citizen(struct making *making)
{
    const struct test_citizens *citizens = making->spec->citizens;
    size_t i = 0;

    while (i < citizens->count && !is_proven(making, &citizens->at[i].cpr))
        i++;
    making->citizen = &citizens->at[i < citizens->count ? i : 0];
    making->question.subject = &making->citizen->cpr;
}

/* ---- items become what is shown ---- */

static void on_judged(void *ctx, const struct part *part, const struct item *item,
                      const struct exposure_finding *finding)
{
    struct making *making = ctx;

    if (making->judged_count < making->judged_max)
        making->judged[making->judged_count++] = (struct judged){item, *finding, part->shown_count};
}

/* False: too many, or too long. */
static bool show(struct making *making, const struct output_context *output, struct parsed *parsed,
                 struct part *part)
{
    const struct observer observer = {on_judged, making};
    const struct showing showing = {.output = output,
                                    .observer = &observer,
                                    .handles = making->handles,
                                    .memory_max = PART_MAX,
                                    .json_max = PART_MAX,
                                    .now = making->spec->now};

    making->judged_count = 0;
    making->judged_max = parsed->items.count;
    making->judged = arena_calloc(making->arena, parsed->items.count + 1, sizeof *making->judged);
    *part = (struct part){.row = &making->row, .outcome = OUTCOME_ANSWERED};
    return making->judged && showing_add(&showing, part, making->spec->route->source.id, parsed);
}

/* ---- cards ---- */

static void add_row(void *ctx, struct str label, struct str value)
{
    json_t *row = json_array();

    json_array_append_new(row, text_json(label));
    json_array_append_new(row, text_json(value));
    json_array_append_new(ctx, row);
}

static void add_lists(const struct export_item *of, enum language language, json_t *rows)
{
    static const enum export_word links[] = {[LINK_SELF_SERVICE] = WORD_SELF_SERVICE,
                                             [LINK_DECISION] = WORD_LINK_DECISION,
                                             [LINK_DIGITAL_POST] = WORD_DIGITAL_POST,
                                             [LINK_OTHER] = WORD_LINK_OTHER};
    char text[64];

    for (const struct export_step *step = of->steps; step; step = step->next) {
        char line[512];
        snprintf(
            line, sizeof line, "%.*s%s%.*s", STR_ARG(step->text), step->from.known ? ", " : "",
            STR_ARG(step->from.known ? text_date(wall_date(step->from), language, text) : STR("")));
        add_row(rows, export_word(WORD_HISTORY, language), str_of(line));
    }
    for (const struct contact *one = of->item.contacts; one; one = one->next)
        add_row(rows, export_word(WORD_CONTACT, language), one->value);
    for (const struct item_link *one = of->item.links; one; one = one->next)
        add_row(rows, export_word(links[one->type], language), one->url);
}

/* A new reference. */
static json_t *make_card(struct making *making, const struct output_context *output,
                         const struct part *part, const struct shown *shown)
{
    const struct texts *texts = &making->spec->snapshot->texts;
    struct export_item of = {0};
    json_t *card = json_object(), *rows = json_array();

    json_object_set_new(card, "rows", rows);
    if (!export_item_read(part_item(part, shown), making->arena, &of))
        return card;
    set_text(card, "kind", texts->kind[of.item.kind].in[output->language]);
    set_text(card, "title", of.item.title);
    set_text(card, "status", of.status);
    set_text(card, "authority", of.item.authority.name);
    if (shown->attention)
        add_row(rows, export_word(WORD_TO_DO, output->language),
                output_attention_sentence(output, shown->attention));
    export_details(&of, output->language, add_row, rows);
    add_lists(&of, output->language, rows);
    return card;
}

/* ---- the report ---- */

static json_t *fields_of(struct making *making, const struct item *item)
{
    json_t *fields = json_array();

    for (const struct noted *noted = making->first; noted; noted = noted->next) {
        const struct mapped_origin *origin = &noted->origin;
        json_t *field = noted->item == item ? json_object() : NULL;
        if (!field)
            continue;
        set_text(field, "field", origin->field);
        set_text(field, "text", origin->text);
        set_text(field, "path", origin->path);
        set_text(field, "rule", origin->rule);
        set_text(field, "rule_at", rule_place(making, origin->rule));
        json_array_append_new(fields, field);
    }
    return fields;
}

static json_t *item_json(struct making *making, const struct item *item)
{
    json_t *json = json_object();

    set_text(json, "kind", item_kind_name(item->kind));
    set_text(json, "id", item->id);
    json_object_set_new(json, "fields", fields_of(making, item));
    return json;
}

/* What became of the items in one language; the cards of both stand side by side. */
static void tell_items(struct making *making, const struct output_context *output,
                       const struct part *part, json_t *items)
{
    const char *tag = output->language == LANGUAGE_DA ? "da" : "en";
    bool is_english = output->language == LANGUAGE_EN;

    for (size_t i = 0; i < making->judged_count && i < json_array_size(items); i++) {
        const struct judged *judged = &making->judged[i];
        bool is_shown = judged->finding.verdict == EXPOSURE_SHOWN;
        json_t *json = json_array_get(items, i), *cards = json_object_get(json, "card");

        json_object_set_new(json, "shown", json_boolean(is_shown));
        set_text(json, "verdict", exposure_code(judged->finding.verdict));
        set_text(json, "rule_at", judged->finding.rule ? judged->finding.rule->where : STR_NONE);
        if (!is_shown)
            continue;
        const struct shown *shown = &part->shown[judged->shown];
        struct str bytes = part_item(part, shown);
        if (!cards) {
            cards = json_object();
            json_object_set_new(json, "card", cards);
        }
        if (is_english)
            json_object_set_new(json, "item", json_loadb(bytes.at, bytes.len, 0, NULL));
        json_object_set_new(cards, tag, make_card(making, output, part, shown));
    }
}

/* The items anew for each language, since what is shown is changed on the way. */
static bool show_in(struct making *making, enum language language, json_t *items)
{
    struct buf sentence;
    struct answer_fault fault;
    struct parsed parsed;
    struct part part = {0};
    const struct output_context output = {.snapshot = making->spec->snapshot,
                                          .language = language,
                                          .citizen = making->viewer,
                                          .sentence = &sentence};

    buf_init(&sentence, SENTENCE_MAX);
    bool is_well = outcome_is_positive(parse(making, false, &parsed, &fault)) &&
                   show(making, &output, &parsed, &part);
    if (is_well)
        tell_items(making, &output, &part, items);
    part_clear(&part);
    buf_clear(&sentence);
    return is_well;
}

static json_t *fault_json(struct making *making, enum outcome outcome,
                          const struct answer_fault *fault)
{
    json_t *json = outcome_is_positive(outcome) ? NULL : json_object();

    if (!json)
        return json_null();
    set_text(json, "why", fault->why ? str_of(fault->why) : outcome_name(outcome));
    set_text(json, "answer_at", answer_place(making, fault->offset));
    set_text(json, "rule", fault->rule);
    set_text(json, "rule_at", rule_place(making, fault->rule));
    return json;
}

static json_t *proof_json(const struct making *making, const struct guard_finding *finding,
                          const struct parsed *parsed)
{
    static const char *const verdicts[] = {
        [GUARD_PROVEN] = "proven", [GUARD_UNPROVEN] = "unproven", [GUARD_FOREIGN] = "foreign"};
    const char *how = NULL;

    if (finding->verdict == GUARD_PROVEN)
        how = cpr_is_known(&parsed->subject) ? "it names the citizen"
              : making->spec->request_id.at  ? "it repeats our request id"
                                             : "it repeats a request id, which must be ours";
    return json_pack("{s:s,s:s?,s:s?}", "verdict", verdicts[finding->verdict], "how", how, "why",
                     finding->verdict == GUARD_PROVEN ? NULL : finding->why);
}

static json_t *unmapped_json(const struct making *making)
{
    json_t *list, *count;
    const char *path;

    if (making->spec->route->source.adapter != &adapter_mapped)
        return json_null();
    list = json_array();
    json_object_foreach(making->unmapped, path, count)
        json_array_append_new(list, json_pack("{s:s,s:O}", "path", path, "count", count));
    return list;
}

static json_t *head_json(const struct making *making)
{
    const struct source_preview_spec *spec = making->spec;
    json_t *head = json_object(), *answer = json_object();

    set_text(head, "source", spec->route->source.id);
    set_text(head, "name", spec->route->source.name.in[LANGUAGE_EN]);
    set_text(head, "manifest", spec->manifest_file);
    set_text(head, "citizen", making->citizen->id);
    set_text(answer, "file", spec->answer_file);
    json_object_set_new(answer, "status", json_integer(spec->answer.http_status));
    json_object_set_new(answer, "bytes", json_integer((json_int_t)spec->answer.body.len));
    set_text(answer, "text", spec->answer.body);
    json_object_set_new(head, "answer", answer);
    return head;
}

static json_t *make(struct making *making)
{
    struct answer_fault fault;
    struct parsed parsed;
    enum outcome outcome = parse(making, true, &parsed, &fault);
    bool is_positive = outcome_is_positive(outcome);
    struct guard_finding finding = {0};
    json_t *report = head_json(making), *items = json_array();

    if (is_positive)
        finding = judge(making, &parsed);
    bool is_good = is_positive && finding.verdict == GUARD_PROVEN;
    set_text(report, "outcome", outcome_name(outcome));
    json_object_set_new(report, "fault", fault_json(making, outcome, &fault));
    json_object_set_new(report, "proof",
                        is_positive ? proof_json(making, &finding, &parsed) : json_null());
    for (const struct item *item = is_positive ? parsed.items.first : NULL; item; item = item->next)
        json_array_append_new(items, item_json(making, item));
    json_object_set_new(report, "unmapped", is_positive ? unmapped_json(making) : json_null());
    json_object_set_new(report, "unmapped_left_out", json_integer(making->unmapped_left_out));
    json_object_set_new(report, "items", items);
    if (is_good)
        is_good = show_in(making, LANGUAGE_DA, items) && show_in(making, LANGUAGE_EN, items);
    json_object_set_new(report, "is_good", json_boolean(is_good));
    return report;
}

/* Whom the source may answer for: the municipality, or its owner, or those it says. */
static struct question question_of(const struct source_preview_spec *spec,
                                   const struct municipality *municipality)
{
    const struct owner *owner = &spec->route->owner;
    bool is_own = owner->answers_for_count == 0;

    return (struct question){.kind = QUESTION_LIST,
                             .source = &spec->route->source,
                             .municipality = municipality ? municipality->code : STR_NONE,
                             .municipality_cvr = municipality ? municipality->cvr : STR_NONE,
                             .authorities = municipality ? &municipality->cvr
                                            : is_own     ? &spec->route->source.authority.cvr
                                                         : owner->answers_for,
                             .authority_count =
                                 municipality || is_own ? 1 : owner->answers_for_count,
                             .journal_notes = true,
                             .request_id = spec->request_id.at ? spec->request_id : STR("stored"),
                             .now = spec->now};
}

static void making_init(struct making *making, const struct source_preview_spec *spec,
                        struct arena *arena)
{
    const struct route *route = spec->route;
    const struct municipality *municipality =
        route->source.per_municipality ? spec->municipality : NULL;
    const char *why;

    *making = (struct making){.spec = spec, .arena = arena, .unmapped = json_object()};
    making->agreement = (struct agreement){.portal = STR("preview"),
                                           .sources = any_source,
                                           .source_count = 1,
                                           .kinds = (1u << ITEM_KIND_COUNT) - 1};
    making->portal = (struct portal){
        .id = STR("preview"), .agreements = &making->agreement, .agreement_count = 1};
    making->row =
        (struct plan_row){.route = route,
                          .municipality = municipality,
                          .skip = OUTCOME_PENDING,
                          .contacts = route->owner.card ? route->owner.card->contacts : NULL,
                          .portal = &making->portal,
                          .day = wall_date(spec->now)};
    making->question = question_of(spec, municipality);
    making->end = &making->first;
    faults_init(&making->faults, arena);
    making->handles = handle_maker_new(str_of(handle_key), &why);
}

static void making_clear(struct making *making)
{
    handle_maker_free(&making->handles);
    json_decref(making->unmapped);
}

json_t *source_preview_make(const struct source_preview_spec *spec, struct arena *arena)
{
    struct making making;
    json_t *report = NULL;

    making_init(&making, spec, arena);
    if (making.handles && spec->citizens->count > 0) {
        choose_citizen(&making);
        making.viewer = citizen_make_test(arena, &making.citizen->cpr, making.citizen->name,
                                          STR("preview"), spec->route->level);
        report = making.viewer ? make(&making) : NULL;
    }
    making_clear(&making);
    if (arena_is_full(arena)) {
        json_decref(report);
        report = NULL;
    }
    return report;
}
