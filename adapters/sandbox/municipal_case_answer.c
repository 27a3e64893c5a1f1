/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/municipal_case_answer.h"

/* ---- finding ---- */

static const struct {
    const char *word;
    enum municipal_role role;
} party_words[] = {
    {"primary", ROLE_CASE_PARTY},        {"secondary", ROLE_CASE_OTHER_PARTY},
    {"owner", ROLE_CASE_PROPERTY_OWNER}, {"document", ROLE_DOCUMENT_PARTY},
    {"copy", ROLE_DOCUMENT_COPY},
};

static enum municipal_role party_role(const json_t *party)
{
    const char *word = json_string_value(json_object_get(party, "role"));

    for (size_t i = 0; i < sizeof party_words / sizeof party_words[0]; i++)
        if (word && strcmp(word, party_words[i].word) == 0)
            return party_words[i].role;
    return ROLE_CASE_PARTY;
}

/* Does this case have a party that is searched for? */
struct finding {
    const struct municipal_wish *wish;
    struct str owner, also_at; /* CVR numbers */
    bool any_role, is_found;
};

static void match_role(struct finding *finding, enum municipal_role role, struct str cpr)
{
    finding->is_found |= municipal_searched(finding->wish, false, role, cpr, finding->owner);
    if (finding->also_at.at)
        finding->is_found |= municipal_searched(finding->wish, false, role, cpr, finding->also_at);
}

static void match_party(void *ctx, const struct state_words *words, const json_t *party)
{
    struct finding *finding = ctx;
    struct str cpr = municipal_member(words, party, "who");

    match_role(finding, party_role(party), cpr);
    for (size_t i = 0; finding->any_role && i < finding->wish->search_count; i++)
        match_role(finding, finding->wish->searches[i].role, cpr);
}

static void match_case(void *ctx, const struct state_words *words, const json_t *object)
{
    struct municipal_answer *answer = ctx;
    const json_t *parties = json_object_get(object, "parties");
    struct str also_at = municipal_member(words, object, "also_at");
    struct finding finding = {
        .wish = answer->wish,
        .owner = municipal_owner(words, municipal_member(words, object, "owner"), "cvr"),
        .also_at = also_at.at ? municipal_owner(words, also_at, "cvr") : STR_NONE,
        .any_role = municipal_flag(object, "any_role"),
    };

    if (!municipal_wish_names(answer->wish, municipal_member(words, object, "uuid")))
        return;
    if (parties)
        municipal_visit_array(words, parties, match_party, &finding);
    else
        match_party(&finding, words, json_object_get(words->data->holdings, "primary"));
    if (finding.is_found)
        municipal_founds_add(&answer->main, words, object, NULL, municipal_changed(words, object));
}

void municipal_cases_find(struct municipal_answer *answer, const struct state_words *words)
{
    struct municipal_search page = *municipal_search(answer->wish, false);

    municipal_visit(words, "cases", match_case, answer);
    municipal_founds_sort(&answer->main);
    answer->main_total = answer->main.count;
    if (answer->repeats_pages)
        page.first = 0;
    municipal_founds_cut(&answer->main, &page);
}

/* ---- writing a case ---- */

static struct str sensitivity_of(const struct state_words *words, const json_t *object)
{
    struct str word = municipal_member(words, object, "sensitivity");

    return word.at ? word : STR("IKKE_FORTROLIGE_DATA");
}

static void write_exempt(struct buf *out, const struct state_words *words, const json_t *object,
                         const char *element)
{
    struct str title = municipal_member(words, object, "exempt");

    if (!title.at)
        return;
    municipal_open(out, element);
    soap_text(out, "sd:TitelAlternativTekst", title);
    soap_text(out, "sd:OffentlighedUndtagetHjemmelTekst", STR("Syntetisk hjemmel"));
    municipal_shut(out, element);
}

static void write_attributes(const struct municipal_answer *answer, const struct state_words *words,
                             const json_t *object)
{
    struct buf *out = answer->out;
    struct str created = municipal_member(words, object, "created");

    municipal_open(out, "sag:AttributListe");
    if (municipal_wants(answer->wish, SHOW_CASE)) {
        municipal_open(out, "sag:Egenskaber");
        municipal_effect(out, "sag:Virkning", words, created, STR_NONE);
        municipal_member_text(out, words, object, "number", "sag:BrugervendtNoegle");
        write_exempt(out, words, object, "sag:OffentlighedUndtaget");
        municipal_member_text(out, words, object, "number", "sag:Sagsnummer");
        municipal_member_text(out, words, object, "title", "sag:Titel");
        municipal_shut(out, "sag:Egenskaber");
        municipal_open(out, "gd:LokalUdvidelseListe");
        municipal_open(out, "si:SagIndeksEgenskaber");
        municipal_effect(out, "gd:Virkning", words, created, STR_NONE);
        municipal_member_text(out, words, object, "status_text", "si:Sagsstatus");
        soap_text(out, "si:Foelsomhed", sensitivity_of(words, object));
        municipal_time(out, "si:OprettetTidspunkt", words, created);
        municipal_shut(out, "si:SagIndeksEgenskaber");
        municipal_shut(out, "gd:LokalUdvidelseListe");
    }
    municipal_shut(out, "sag:AttributListe");
}

static struct str word_at(const json_t *array, size_t index)
{
    return str_of(json_string_value(json_array_get(array, index)));
}

static void write_states(const struct municipal_answer *answer, const struct state_words *words,
                         const json_t *object)
{
    const json_t *step;
    size_t i;

    municipal_open(answer->out, "sag:TilstandListe");
    if (municipal_wants(answer->wish, SHOW_CASE_STEPS))
        json_array_foreach(json_object_get(object, "steps"), i, step)
        {
            municipal_open(answer->out, "sag:Fremdrift");
            municipal_effect(answer->out, "sag:Virkning", words, word_at(step, 1),
                             word_at(step, 2));
            soap_text(answer->out, "sag:FremdriftStatusKode", word_at(step, 0));
            municipal_shut(answer->out, "sag:Fremdrift");
        }
    municipal_shut(answer->out, "sag:TilstandListe");
}

/* The owner; the unit that answers for the case; and who works on the case, whom nobody may show.
 */
static void write_actors(const struct municipal_answer *answer, const struct state_words *words,
                         const json_t *object)
{
    struct buf *out = answer->out;
    struct str owner = municipal_member(words, object, "owner");
    struct str typed = municipal_member(words, object, "owner_typed");
    struct str cvr = municipal_owner(words, owner, "cvr");
    struct str worker = municipal_member(words, object, "caseworker");
    struct str unit = municipal_member(words, object, "unit");
    struct str created = municipal_member(words, object, "created");

    municipal_open(out, "sag:Sagsaktoer");
    municipal_relate(out, words, created, STR_NONE, ROLE_CASE_OWNER, TYPE_ORGANISATION,
                     typed.at ? STR("urn:oio:org:ukendt")
                              : municipal_urn(words, "urn:oio:cvr-nr:", cvr));
    municipal_open(out, "gd:LokalUdvidelseListe");
    municipal_open(out, "si:SagsaktoerLokalUdvidelse");
    soap_text(out, "si:FuldtNavn", typed.at ? typed : municipal_owner(words, owner, "name"));
    if (!typed.at)
        soap_text(out, "si:CVR-Nummer", cvr);
    municipal_shut(out, "si:SagsaktoerLokalUdvidelse");
    municipal_shut(out, "gd:LokalUdvidelseListe");
    municipal_shut(out, "sag:Sagsaktoer");
    if (unit.at) {
        municipal_open(out, "sag:Sagsaktoer");
        municipal_relate(out, words, created, STR_NONE, ROLE_CASE_RESPONSIBLE, TYPE_UNIT, unit);
        municipal_shut(out, "sag:Sagsaktoer");
    }
    if (!worker.at)
        return;
    municipal_open(out, "sag:Sagsaktoer");
    municipal_relate(out, words, created, STR_NONE, ROLE_CASE_WORKER, TYPE_USER,
                     STR("urn:oio:org:sandkassen:bruger"));
    municipal_open(out, "gd:LokalUdvidelseListe");
    municipal_open(out, "si:SagsaktoerLokalUdvidelse");
    soap_text(out, "si:FuldtNavn", worker);
    municipal_shut(out, "si:SagsaktoerLokalUdvidelse");
    municipal_shut(out, "gd:LokalUdvidelseListe");
    municipal_shut(out, "sag:Sagsaktoer");
}

static void write_class(struct buf *out, const struct state_words *words, const json_t *object,
                        const char *member, enum municipal_role role, const char *facet)
{
    struct str key = municipal_member(words, object, member);

    if (!key.at)
        return;
    municipal_open(out, "sag:Sagsklasse");
    municipal_relate(out, words, municipal_member(words, object, "created"), STR_NONE, role,
                     TYPE_CLASS, municipal_urn(words, "urn:oio:sandkassen:klasse:", key));
    municipal_open(out, "gd:LokalUdvidelseListe");
    municipal_open(out, "si:SagsklasseLokalUdvidelse");
    soap_text(out, "si:Facettitel", str_of(facet));
    soap_text(out, "si:BrugervendtNoegle", key);
    municipal_shut(out, "si:SagsklasseLokalUdvidelse");
    municipal_shut(out, "gd:LokalUdvidelseListe");
    municipal_shut(out, "sag:Sagsklasse");
}

static void write_classes(const struct municipal_answer *answer, const struct state_words *words,
                          const json_t *object)
{
    bool is_misplaced = municipal_member(words, object, "kle_role").at != NULL;

    write_class(answer->out, words, object, "kle",
                is_misplaced ? ROLE_CASE_ACTION : ROLE_CASE_SUBJECT, "Testliste, emne");
    write_class(answer->out, words, object, "facet", ROLE_CASE_ACTION, "Testliste, handling");
    write_class(answer->out, words, object, "display_class", ROLE_CASE_DISPLAY, "Visning");
}

struct party_writing {
    const struct municipal_answer *answer;
    const char *element;
    enum municipal_type type;
    struct str from;
};

static void write_party(void *ctx, const struct state_words *words, const json_t *party)
{
    const struct party_writing *writing = ctx;
    struct str who = municipal_member(words, party, "who");
    struct str cvr = municipal_member(words, party, "cvr");
    struct str from = municipal_member(words, party, "from");

    municipal_open(writing->answer->out, writing->element);
    municipal_relate(writing->answer->out, words, from.at ? from : writing->from,
                     municipal_member(words, party, "to"), party_role(party),
                     cvr.at && writing->type == TYPE_DOCUMENT_PERSON ? TYPE_DOCUMENT_COMPANY
                                                                     : writing->type,
                     cvr.at ? municipal_urn(words, "urn:oio:cvr-nr:", cvr)
                            : municipal_urn(words, "urn:oio:cpr-nr:", who));
    municipal_shut(writing->answer->out, writing->element);
}

static void write_parties(const struct municipal_answer *answer, const struct state_words *words,
                          const json_t *object)
{
    const json_t *parties = json_object_get(object, "parties");
    struct party_writing writing = {answer, "sag:Sagspart", TYPE_PERSON,
                                    municipal_member(words, object, "created")};

    if (parties)
        municipal_visit_array(words, parties, write_party, &writing);
    else
        write_party(&writing, words, json_object_get(words->data->holdings, "primary"));
}

static void write_relations(const struct municipal_answer *answer, const struct state_words *words,
                            const json_t *object)
{
    static const struct {
        struct str word;
        enum municipal_role role;
    } kinds[] = {{STR_INIT("above"), ROLE_CASE_ABOVE},
                 {STR_INIT("other"), ROLE_CASE_OTHER},
                 {STR_INIT("precedent"), ROLE_CASE_PRECEDENT},
                 {STR_INIT("collection"), ROLE_CASE_COLLECTION}};
    const json_t *relation;
    size_t i;

    json_array_foreach(json_object_get(object, "relations"), i,
                       relation) for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
    {
        if (!str_equal(word_at(relation, 0), kinds[k].word))
            continue;
        municipal_open(answer->out, "sag:Sagsrelation");
        municipal_relate(answer->out, words, municipal_member(words, object, "created"), STR_NONE,
                         kinds[k].role, TYPE_CASE, word_at(relation, 1));
        municipal_shut(answer->out, "sag:Sagsrelation");
    }
}

static void write_journal(const struct municipal_answer *answer, const struct state_words *words,
                          const json_t *object)
{
    struct buf *out = answer->out;
    const json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(object, "documents"), i, entry)
    {
        municipal_open(out, "sag:Journalpost");
        municipal_relate(out, words, municipal_member(words, entry, "date"), STR_NONE,
                         ROLE_JOURNAL_FILED, TYPE_DOCUMENT, municipal_member(words, entry, "uuid"));
        municipal_shut(out, "sag:Journalpost");
    }
    if (!municipal_wants(answer->wish, SHOW_CASE_NOTES))
        return;
    json_array_foreach(json_object_get(object, "notes"), i, entry)
    {
        municipal_open(out, "sag:Journalpost");
        municipal_relate(out, words, municipal_member(words, object, "created"), STR_NONE,
                         ROLE_JOURNAL_NOTE, TYPE_DOCUMENT, STR("URN:Empty"));
        municipal_open(out, "sag:JournalpostEgenskaber");
        municipal_open(out, "sag:JournalnotatEgenskaber");
        municipal_member_text(out, words, entry, "title", "sag:Titel");
        municipal_member_text(out, words, entry, "base64", "sag:Notat");
        soap_text(out, "sag:Format", STR("text/plain"));
        municipal_shut(out, "sag:JournalnotatEgenskaber");
        municipal_shut(out, "sag:JournalpostEgenskaber");
        municipal_shut(out, "sag:Journalpost");
    }
}

static void write_system(struct buf *out, const struct state_words *words, struct str name,
                         struct str from, const char *element, const char *name_element)
{
    municipal_open(out, element);
    municipal_relate(out, words, from, STR_NONE, ROLE_SYSTEM_SENDER, TYPE_SYSTEM,
                     municipal_system(words, name, "uuid"));
    soap_text(out, name_element, municipal_system(words, name, "name"));
    municipal_shut(out, element);
}

/* The relations that the index added to the schema of the case. */
static void write_extra(const struct municipal_answer *answer, const struct state_words *words,
                        const json_t *object)
{
    struct buf *out = answer->out;
    bool has_profile = municipal_flag(object, "security_profile");

    municipal_open(out, "gd:LokalUdvidelseListe");
    if (has_profile && municipal_wants(answer->wish, SHOW_CASE_PROFILE)) {
        municipal_open(out, "si:Sikkerhedsprofil");
        municipal_effect(out, "gd:Virkning", words, municipal_member(words, object, "created"),
                         STR_NONE);
        municipal_shut(out, "si:Sikkerhedsprofil");
    }
    if (municipal_wants(answer->wish, SHOW_CASE_SYSTEMS))
        write_system(out, words, municipal_member(words, object, "system"),
                     municipal_member(words, object, "created"), "si:SagsitsystemRelation",
                     "si:SystemNavn");
    municipal_shut(out, "gd:LokalUdvidelseListe");
}

static void write_case(const struct municipal_answer *answer, const struct state_words *words,
                       const json_t *object)
{
    static const struct {
        enum municipal_part part;
        void (*write)(const struct municipal_answer *answer, const struct state_words *words,
                      const json_t *object);
    } relations[] = {
        {SHOW_CASE_ACTORS, write_actors},   {SHOW_CASE_CLASSES, write_classes},
        {SHOW_CASE_PARTIES, write_parties}, {SHOW_CASE_RELATIONS, write_relations},
        {SHOW_CASE_JOURNAL, write_journal},
    };
    struct buf *out = answer->out;

    municipal_open(out, "sdi:SagFiltreretOejebliksbillede");
    municipal_object(out, "sag:ObjektType", municipal_member(words, object, "uuid"));
    municipal_open(out, "sag:Registrering");
    municipal_registered(out, words, object);
    write_attributes(answer, words, object);
    write_states(answer, words, object);
    municipal_open(out, "sag:RelationListe");
    for (size_t i = 0; i < sizeof relations / sizeof relations[0]; i++)
        if (municipal_wants(answer->wish, relations[i].part) &&
            !(relations[i].part == SHOW_CASE_PARTIES && answer->hides_parties))
            relations[i].write(answer, words, object);
    write_extra(answer, words, object);
    municipal_shut(out, "sag:RelationListe");
    municipal_shut(out, "sag:Registrering");
    municipal_shut(out, "sdi:SagFiltreretOejebliksbillede");
}

/* ---- writing a document ---- */

static void write_document_relations(const struct municipal_answer *answer,
                                     const struct state_words *words, const json_t *document)
{
    struct buf *out = answer->out;
    struct str date = municipal_member(words, document, "date");
    struct party_writing writing = {answer, "di:Dokumentpart", TYPE_DOCUMENT_PERSON, date};

    municipal_open(out, "di:RelationListe");
    if (municipal_wants(answer->wish, SHOW_DOCUMENT_PARTIES) && !answer->hides_parties)
        municipal_visit_array(words, json_object_get(document, "parties"), write_party, &writing);
    if (municipal_wants(answer->wish, SHOW_DOCUMENT_SYSTEMS)) {
        municipal_open(out, "gd:LokalUdvidelseListe");
        write_system(out, words, municipal_member(words, document, "system"), date,
                     "di:DokumentitsystemRelation", "di:SystemNavn");
        municipal_shut(out, "gd:LokalUdvidelseListe");
    }
    municipal_shut(out, "di:RelationListe");
}

static void write_document(void *ctx, const struct state_words *words, const json_t *document)
{
    const struct municipal_answer *answer = ctx;
    struct buf *out = answer->out;
    struct str date = municipal_member(words, document, "date");
    struct str state = municipal_member(words, document, "state");

    municipal_open(out, "sdi:DokumentFiltreretOejebliksbillede");
    municipal_object(out, "di:ObjektType", municipal_member(words, document, "uuid"));
    municipal_open(out, "di:Registrering");
    municipal_time(out, "sd:Tidspunkt", words, date);
    soap_text(out, "sd:LivscyklusKode", STR("Importeret"));
    municipal_open(out, "di:AttributListe");
    if (municipal_wants(answer->wish, SHOW_DOCUMENT)) {
        municipal_open(out, "di:Egenskaber");
        municipal_effect(out, "di:Virkning", words, date, STR_NONE);
        municipal_member_text(out, words, document, "title", "di:Titel");
        municipal_text(out, "di:BrevDato", municipal_day(words, date));
        write_exempt(out, words, document, "di:OffentlighedUndtaget");
        soap_text(out, "di:Foelsomhed", sensitivity_of(words, document));
        municipal_member_text(out, words, document, "type", "di:Type");
        municipal_shut(out, "di:Egenskaber");
    }
    municipal_shut(out, "di:AttributListe");
    municipal_open(out, "di:TilstandListe");
    if (municipal_wants(answer->wish, SHOW_DOCUMENT_STEPS)) {
        municipal_open(out, "di:Fremdrift");
        municipal_effect(out, "di:Virkning", words, date, STR_NONE);
        soap_text(out, "di:FremdriftStatusKode", state.at ? state : STR("Endeligt"));
        municipal_shut(out, "di:Fremdrift");
    }
    municipal_shut(out, "di:TilstandListe");
    write_document_relations(answer, words, document);
    municipal_shut(out, "di:Registrering");
    municipal_shut(out, "sdi:DokumentFiltreretOejebliksbillede");
}

void municipal_cases_write(const struct municipal_answer *answer)
{
    size_t documents = 0, i;

    for (i = 0; i < answer->main.count; i++)
        documents += json_array_size(json_object_get(answer->main.at[i].object, "documents"));
    municipal_count(answer->out, "sdi", "sager", answer->main_total);
    municipal_count(answer->out, "sdi", "dokumenter", documents);
    if (!answer->wish->parts)
        return; /* an empty filter: no data */
    for (i = 0; i < answer->main.count; i++)
        write_case(answer, &answer->main.at[i].words, answer->main.at[i].object);
    if (!municipal_wants(answer->wish, INCLUDE_JOURNAL))
        return;
    for (i = 0; i < answer->main.count; i++)
        municipal_visit_array(&answer->main.at[i].words,
                              json_object_get(answer->main.at[i].object, "documents"),
                              write_document, (void *)answer);
}
