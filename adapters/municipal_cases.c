/* SPDX-License-Identifier: MIT */
#include "adapters/municipal_cases.h"

#include "adapters/municipal_case.h"
#include "adapters/municipal_document.h"

#include <stdlib.h>

/* ---- asking ---- */

/* An id is a case's UUID, or a document's or note's behind that of its case; a document without a
 * case has its own alone and is asked for like a case, in vain [D]. */
static bool write_case_uuid(struct buf *out, struct str item_id)
{
    char uuid[MUNICIPAL_UUID_TEXT];

    if (!municipal_uuid_parse(str_head(item_id, MUNICIPAL_UUID_TEXT - 1), uuid))
        return false;
    soap_text(out, "sdi:SagUuid", str_of(uuid));
    return true;
}

/* The cases of one owner authority in which the citizen has this role. */
static void write_search(struct buf *out, const struct question *question, uint64_t start,
                         enum municipal_role role)
{
    buf_add_str(out, STR("<sdi:SoegSag>"));
    municipal_write_page(out, start);
    buf_add_str(out, STR("<sag:AttributListe/><sag:TilstandListe/><sag:RelationListe>"));
    if (question->municipality_cvr.at) {
        buf_add_str(out, STR("<sag:Sagsaktoer>"));
        municipal_write_role(out, ROLE_CASE_OWNER);
        buf_add_str(out, STR("<gd:LokalUdvidelseListe><si:SagsaktoerLokalUdvidelse>"));
        soap_text(out, "si:CVR-Nummer", question->municipality_cvr);
        buf_add_str(out, STR("</si:SagsaktoerLokalUdvidelse></gd:LokalUdvidelseListe>"
                             "</sag:Sagsaktoer>"));
    }
    buf_add_str(out, STR("<sag:Sagspart>"));
    municipal_write_role(out, role);
    municipal_write_citizen(out, question->subject);
    buf_add_str(out, STR("</sag:Sagspart></sag:RelationListe></sdi:SoegSag>"));
}

/* What is not named here is not given. */
static void write_filter(struct buf *out, bool journal_notes)
{
    static const char *const of_cases[] = {"egenskaber",  "fremdrift", "sagsklasse",
                                           "sagsaktoer",  "sagspart",  "sagsrelation",
                                           "journalpost", "itsystem",  "sikkerhedsprofil"};
    static const char *const of_documents[] = {"egenskaber", "fremdrift", "part", "itsystem",
                                               "sikkerhedsprofil"};

    buf_add_str(out, STR("<sdi:Filter>"));
    for (size_t i = 0; i < sizeof of_cases / sizeof of_cases[0]; i++)
        buf_format(out, "<sdi:SagVis><sdi:Vis>%s</sdi:Vis></sdi:SagVis>", of_cases[i]);
    if (journal_notes)
        buf_add_str(out, STR("<sdi:SagVis><sdi:Vis>journalpost-journalnote</sdi:Vis>"
                             "</sdi:SagVis>"));
    for (size_t i = 0; i < sizeof of_documents / sizeof of_documents[0]; i++)
        buf_format(out, "<sdi:DokumentVis><sdi:Vis>%s</sdi:Vis></sdi:DokumentVis>",
                   of_documents[i]);
    buf_add_str(out, STR("<sdi:SagInkluder>journalpost</sdi:SagInkluder></sdi:Filter>"));
}

static bool build(struct arena *arena, const struct question *question, struct ask *ask)
{
    struct buf *out = ask->body;
    uint64_t start;

    ask->path = question->source->path;
    if (!municipal_page_start(question, &start) ||
        !soap_headers(arena, ask, "http://kombit.dk/sts/sagdokumentindeks/fremsoeg"))
        return false;
    soap_open(out, question->request_id);
    buf_add_str(out, STR("<sdi:FremsoegSagDokumentIndeksInput>"));
    if (question->kind == QUESTION_DETAIL && !write_case_uuid(out, question->item_id))
        return false;
    buf_add_str(out, STR("<sdi:SoegUdtryk><sdi:operation>OR</sdi:operation>"));
    write_search(out, question, start, ROLE_CASE_PARTY);
    write_search(out, question, start, ROLE_CASE_PROPERTY_OWNER);
    buf_add_str(out, STR("</sdi:SoegUdtryk>"));
    write_filter(out, question->journal_notes);
    /* The newest first: what a limit on pages cuts off is the oldest. */
    buf_add_str(out, STR("<sdi:Sortering><sdi:SagSortering>"
                         "<sdi:Element>Registreringstidspunkt</sdi:Element>"
                         "<sdi:Retning>Faldende</sdi:Retning><sdi:Prioritet>1</sdi:Prioritet>"
                         "</sdi:SagSortering></sdi:Sortering>"
                         "</sdi:FremsoegSagDokumentIndeksInput>"));
    soap_close(out);
    return !out->failed;
}

/* ---- reading ---- */

static const struct soap_element count_children[] = {
    SOAP_ONE(NS_SDI, "Element", TAG_COUNT_ELEMENT, NULL),
    SOAP_ONE(NS_SDI, "Antal", TAG_COUNT, NULL),
};
static const struct soap_type count_type = SOAP_TYPE(count_children);
static const struct soap_element output_children[] = {
    SOAP_ONE(NS_SD, "StandardRetur", TAG_PLAIN, &municipal_return_type),
    SOAP_MANY(NS_SDI, "Antal", TAG_PLAIN, &count_type),
    MUNICIPAL_CASE,
    MUNICIPAL_DOCUMENT,
};
static const struct soap_type output_type = SOAP_TYPE(output_children);
static const struct soap_element output =
    SOAP_ONE(NS_SDI, "FremsoegSagDokumentIndeksOutput", TAG_OUTPUT, &output_type);

/* A case's word for a document. owner NULL: the case is gone, and its documents with it. */
struct link {
    const char *document;
    struct item *owner;
    size_t order;
    struct link *next;
};

struct reading {
    struct municipal_reader r;
    struct municipal_case_reader *one_case;
    struct municipal_document_reader *document;
    struct link *links;
    size_t link_count;
    struct municipal_document *documents, **documents_end;
};

/* Who owns the property that a case is about is the owner in its documents too, which may call
 * everybody a party. */
static void name_property_owner(struct party *parties, const struct party *of_case)
{
    for (const struct party *owner = of_case; owner; owner = owner->next)
        for (struct party *party = parties; owner->role == PARTY_PROPERTY_OWNER && party;
             party = party->next)
            if (cpr_equal(&party->cpr, &owner->cpr))
                party->role = PARTY_PROPERTY_OWNER;
}

/* What a document or note has from its case where it says nothing itself. Its subject (KLE) is the
 * case's, so that a case that must not show takes its documents along. */
static void inherit(struct item *document, const struct item *owner)
{
    document->owner_id = owner->id;
    document->authority = owner->authority;
    document->unit = owner->unit;
    document->kle = owner->kle;
    name_property_owner(document->parties, owner->parties);
    if (!document->parties)
        document->parties = owner->parties;
    if (document->sensitivity == SENSITIVITY_UNKNOWN)
        document->sensitivity = owner->sensitivity;
    if (!document->sending_system.at)
        document->sending_system = owner->sending_system;
    document->display_class = owner->display_class;
    document->has_security_profile |= owner->has_security_profile;
}

static const char *add_note(struct reading *reading, const struct item *owner, struct str title,
                            size_t number)
{
    struct item note = {.kind = ITEM_DOCUMENT,
                        .title = title,
                        .type = STR("Journalnotat"),
                        .direction = DIRECTION_OTHER,
                        .is_journal_note = true};

    inherit(&note, owner);
    if (!item_own(&note, owner, reading->r.arena))
        return "no room";
    note.id = arena_format(reading->r.arena, "%.*s/note/%zu", STR_ARG(owner->id), number);
    return note.id.at && municipal_add(&reading->r, &note) ? NULL : "too many items";
}

static const char *add_case(struct reading *reading)
{
    const struct municipal_case *read = municipal_case_read(reading->one_case);
    struct item *owner = NULL;
    const char *why = NULL;
    size_t notes = 0;

    if (!read->is_gone && !(owner = municipal_add(&reading->r, &read->item)))
        return "too many items";
    for (struct municipal_journal *entry = read->journal; entry && !why; entry = entry->next) {
        if (entry->document[0]) {
            struct link *link = ARENA_NEW(reading->r.arena, struct link);

            if (!link)
                return "no room";
            *link = (struct link){entry->document, owner, reading->link_count++, reading->links};
            reading->links = link;
        } else if (owner) {
            why = add_note(reading, owner, entry->title, ++notes);
        }
    }
    return why;
}

static const char *keep_document(struct reading *reading)
{
    const struct municipal_document *read = municipal_document_read(reading->document);
    struct municipal_document *kept;

    if (read->is_gone)
        return NULL;
    if (!(kept = ARENA_NEW(reading->r.arena, struct municipal_document)))
        return "no room";
    *kept = *read;
    *reading->documents_end = kept;
    reading->documents_end = &kept->next;
    return NULL;
}

static const char *on_enter(void *ctx, int tag)
{
    struct reading *reading = ctx;

    if (tag >= TAG_DOCUMENTS)
        return municipal_document_enter(reading->document, tag);
    return tag >= TAG_CASES ? municipal_case_enter(reading->one_case, tag) : NULL;
}

static const char *on_leave(void *ctx, int tag, struct str text)
{
    struct reading *reading = ctx;
    const char *why;

    if (tag >= TAG_DOCUMENTS) {
        why = municipal_document_leave(reading->document, tag, text);
        return why || tag != TAG_DOCUMENTS ? why : keep_document(reading);
    }
    if (tag >= TAG_CASES) {
        why = municipal_case_leave(reading->one_case, tag, text);
        return why || tag != TAG_CASES ? why : add_case(reading);
    }
    return municipal_leave(&reading->r, tag, text);
}

/* By document; a case that is there before one that is gone; then as they came. */
static int compare_links(const void *left, const void *right)
{
    const struct link *a = *(struct link *const *)left, *b = *(struct link *const *)right;
    int order = strcmp(a->document, b->document);

    if (order)
        return order;
    if (!a->owner != !b->owner)
        return a->owner ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static const struct link *find_link(struct link *const *links, size_t count, const char *document)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(links[middle]->document, document) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && strcmp(links[low]->document, document) == 0 ? links[low] : NULL;
}

static bool add_document(struct reading *reading, struct municipal_document *read,
                         const struct link *link)
{
    struct item *document = &read->item;

    if (link && !link->owner)
        return true;
    if (link) {
        inherit(document, link->owner);
        if (!item_own(document, link->owner, reading->r.arena))
            return false;
    }
    document->direction = municipal_document_direction(document, reading->r.question->subject);
    document->id =
        link ? arena_format(reading->r.arena, "%.*s/%s", STR_ARG(link->owner->id), read->uuid)
             : arena_copy(reading->r.arena, str_of(read->uuid));
    return document->id.at && municipal_add(&reading->r, document);
}

/* Documents come behind the cases in an answer, and each finds the first case that names it. */
static bool add_documents(struct reading *reading)
{
    size_t count = 0;
    struct link **links =
        arena_calloc(reading->r.arena, reading->link_count + 1, sizeof(struct link *));

    if (!links)
        return false;
    for (struct link *link = reading->links; link; link = link->next)
        links[count++] = link;
    qsort(links, count, sizeof links[0], compare_links);
    for (struct municipal_document *d = reading->documents; d; d = d->next)
        if (!add_document(reading, d, find_link(links, count, d->uuid)))
            return false;
    return true;
}

static enum outcome parse(struct arena *arena, const struct question *question,
                          const struct answer *answer, struct parsed *parsed,
                          struct answer_fault *fault)
{
    static const struct soap_handler handler = {on_enter, on_leave};
    enum outcome outcome = soap_http_outcome(answer, fault);
    struct reading *reading = ARENA_NEW(arena, struct reading);

    if (outcome != OUTCOME_ANSWERED)
        return outcome;
    if (!reading)
        return fault->why = "no room", OUTCOME_INVALID;
    municipal_begin(&reading->r, arena, question, answer, parsed, STR("sager"));
    reading->documents_end = &reading->documents;
    reading->one_case = municipal_case_reader_new(&reading->r);
    reading->document = municipal_document_reader_new(&reading->r);
    if (!reading->one_case || !reading->document)
        return fault->why = "no room", OUTCOME_INVALID;

    outcome = municipal_read(&reading->r, answer, &output, &handler, reading, parsed, fault);
    if (!outcome_is_positive(outcome))
        return outcome;
    if (!add_documents(reading))
        return fault->why = "too many items", OUTCOME_INVALID;
    return municipal_end(parsed);
}

const struct adapter adapter_municipal_cases = {
    .name = STR_INIT("sagdokumentindeks"),
    .build = build,
    .parse = parse,
};
