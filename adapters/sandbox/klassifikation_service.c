/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/klassifikation_service.h"

#include "adapters/klassifikation.h"
#include "adapters/sandbox/municipal_write.h"

enum {
    MANY_CLASSES = 100001,
    HUGE_BYTES = 20 * 1024 * 1024, /* more than the gateway takes */
    DEEP_LEVELS = 100000,
    ASKED_MAX = 500
};

#define STRANGER "00000000-0000-4000-8000-000000000000"

/* ---- what is asked ---- */

enum wish_tag { WISH = TAG_CLASSES, WISH_FIRST, WISH_MAX, WISH_ID };

static const struct soap_element facet_children[] = {
    SOAP_ONE(NS_SD, "ReferenceID", TAG_PLAIN, &municipal_reference_type),
};
static const struct soap_type facet_type = SOAP_TYPE(facet_children);
static const struct soap_element relations_children[] = {
    SOAP_ONE(NS_SD, "Facet", TAG_PLAIN, &facet_type),
};
static const struct soap_type relations_type = SOAP_TYPE(relations_children);
static const struct soap_element soeg_children[] = {
    SOAP_ONE(NS_SD, "FoersteResultatReference", WISH_FIRST, NULL),
    SOAP_ONE(NS_SD, "MaksimalAntalKvantitet", WISH_MAX, NULL),
    SOAP_ONE(NS_KLASSE, "RelationListe", TAG_PLAIN, &relations_type),
};
static const struct soap_type soeg_type = SOAP_TYPE(soeg_children);
static const struct soap_element soeg_input = SOAP_ONE(NS_KLASSE, "SoegInput", WISH, &soeg_type);

static const struct soap_element list_children[] = {
    SOAP_MANY(NS_SD, "UUIDIdentifikator", WISH_ID, NULL),
};
static const struct soap_type list_type = SOAP_TYPE(list_children);
static const struct soap_element list_input = SOAP_ONE(NS_KLASSE, "ListInput", WISH, &list_type);

struct wish {
    struct municipal_reader r; /* relation.uuid: the facet */
    uint64_t first, max;
    char ids[ASKED_MAX][MUNICIPAL_UUID_TEXT];
    size_t count;
    struct str transaction;
    const char *complaint; /* StatusKode 40; NULL: none */
};

static const char *on_enter(void *ctx, int tag)
{
    (void)ctx, (void)tag;
    return NULL;
}

static const char *on_leave(void *ctx, int tag, struct str text)
{
    struct wish *wish = ctx;

    text = municipal_trim(text);
    switch (tag) {
    case WISH_FIRST:
        return str_to_u64(text, INT32_MAX, &wish->first) ? NULL : "a page is no number";
    case WISH_MAX:
        return str_to_u64(text, INT32_MAX, &wish->max) ? NULL : "a page is no number";
    case WISH_ID:
        if (wish->count == ASKED_MAX)
            return "too many classes are asked for";
        return municipal_uuid_parse(text, wish->ids[wish->count++]) ? NULL : "a UUID is malformed";
    default:
        return municipal_leave(&wish->r, tag, text);
    }
}

/* ---- what is answered ---- */

struct answering {
    const struct state_words *words;
    const struct wish *wish;
    enum sandbox_bend bend;
    struct buf *out;
};

static const json_t *classes_of(const struct answering *a)
{
    return json_object_get(a->words->data->holdings, "classes");
}

static bool is_of_facet(const struct answering *a, const json_t *class)
{
    const json_t *facets = json_object_get(a->words->data->holdings, "facets");
    const char *name = json_string_value(json_object_get(class, "facet"));
    const char *uuid = name ? json_string_value(json_object_get(facets, name)) : NULL;

    return uuid && str_equal_nocase(str_of(uuid), str_of(a->wish->r.relation.uuid));
}

static bool is_asked(const struct wish *wish, struct str uuid)
{
    for (size_t i = 0; i < wish->count; i++)
        if (str_equal_nocase(uuid, str_of(wish->ids[i])))
            return true;
    return false;
}

static void write_return(const struct answering *a, const char *code, const char *complaint)
{
    municipal_open(a->out, "sd:StandardRetur");
    soap_text(a->out, "sd:StatusKode", a->bend == BEND_WRONG_TYPE ? STR("tyve") : str_of(code));
    if (complaint)
        soap_text(a->out, "sd:FejlbeskedTekst", str_of(complaint));
    municipal_shut(a->out, "sd:StandardRetur");
    if (a->bend == BEND_DEEP) {
        for (size_t i = 0; i < DEEP_LEVELS; i++)
            buf_add_str(a->out, STR("<gd:Dybde>"));
        for (size_t i = 0; i < DEEP_LEVELS; i++)
            buf_add_str(a->out, STR("</gd:Dybde>"));
    }
}

static void write_returns(const struct answering *a, bool is_found)
{
    const char *code = is_found ? "20" : "44";

    write_return(a, code, NULL);
    if (a->bend == BEND_DUPLICATE)
        write_return(a, code, NULL);
}

static void write_padding(const struct answering *a, struct str padding)
{
    size_t count = a->bend == BEND_MANY ? MANY_CLASSES : a->bend == BEND_HUGE ? SIZE_MAX : 0;

    for (size_t i = 0; i < count && a->out->len < HUGE_BYTES && !a->out->failed; i++)
        buf_add_str(a->out, padding);
}

static void answer_soeg(const struct answering *a)
{
    uint64_t first = a->bend == BEND_LOOPING_PAGES ? 0 : a->wish->first, at = 0, given = 0;
    bool is_padded = a->bend == BEND_MANY || a->bend == BEND_HUGE;
    struct buf ids;
    const json_t *class;
    size_t i;

    buf_init(&ids, HUGE_BYTES);
    json_array_foreach(classes_of(a), i, class)
    {
        if (!is_of_facet(a, class) || at++ < first || given == a->wish->max)
            continue;
        soap_text(&ids, "sd:UUIDIdentifikator", municipal_member(a->words, class, "uuid"));
        given++;
    }
    write_returns(a, given > 0 || is_padded);
    if (given > 0 || is_padded) {
        municipal_open(a->out, "sd:IdListe");
        buf_add_str(a->out, buf_str(&ids));
        write_padding(a, STR("<sd:UUIDIdentifikator>" STRANGER "</sd:UUIDIdentifikator>"));
        municipal_shut(a->out, "sd:IdListe");
    }
    buf_clear(&ids);
}

static void write_names(const struct answering *a, const json_t *class)
{
    const json_t *name;
    size_t i;

    municipal_open(a->out, "klasse:AttributListe");
    json_array_foreach(json_object_get(class, "names"), i, name)
    {
        municipal_open(a->out, "klasse:Egenskab");
        municipal_effect(a->out, "sd:Virkning", a->words, municipal_member(a->words, name, "from"),
                         municipal_member(a->words, name, "to"));
        municipal_member_text(a->out, a->words, name, "number", "sd:BrugervendtNoegleTekst");
        municipal_member_text(a->out, a->words, name, "title", "sd:TitelTekst");
        municipal_shut(a->out, "klasse:Egenskab");
    }
    municipal_shut(a->out, "klasse:AttributListe");
}

static void write_published(const struct answering *a, bool is_published, const json_t *times)
{
    municipal_open(a->out, "klasse:PubliceretStatus");
    municipal_effect(a->out, "sd:Virkning", a->words, municipal_member(a->words, times, "from"),
                     municipal_member(a->words, times, "to"));
    soap_text(a->out, "sd:ErPubliceretIndikator", is_published ? STR("true") : STR("false"));
    municipal_shut(a->out, "klasse:PubliceretStatus");
}

static void write_class(const struct answering *a, const json_t *class)
{
    const json_t *published = json_object_get(class, "published"), *times;
    size_t i;

    municipal_open(a->out, "klasse:FiltreretOejebliksbillede");
    municipal_object(a->out, "klasse:ObjektID",
                     a->bend == BEND_FOREIGN ? STR(STRANGER)
                                             : municipal_member(a->words, class, "uuid"));
    municipal_open(a->out, "klasse:Registrering");
    municipal_registered(a->out, a->words, class);
    write_names(a, class);
    municipal_open(a->out, "klasse:TilstandListe");
    if (!published)
        write_published(a, true, NULL);
    json_array_foreach(published, i, times) write_published(a, municipal_flag(times, "is"), times);
    municipal_shut(a->out, "klasse:TilstandListe");
    buf_add_str(a->out, STR("<klasse:RelationListe/>"));
    municipal_shut(a->out, "klasse:Registrering");
    municipal_shut(a->out, "klasse:FiltreretOejebliksbillede");
}

static void answer_list(const struct answering *a)
{
    const json_t *class;
    bool is_found = false;
    size_t i;

    json_array_foreach(classes_of(a), i, class) is_found |=
        is_asked(a->wish, municipal_member(a->words, class, "uuid"));
    write_returns(a, is_found);
    json_array_foreach(classes_of(a), i, class)
    {
        if (is_asked(a->wish, municipal_member(a->words, class, "uuid")))
            write_class(a, class);
    }
    write_padding(a,
                  STR("<klasse:FiltreretOejebliksbillede><klasse:ObjektID>"
                      "<sd:UUIDIdentifikator>" STRANGER "</sd:UUIDIdentifikator></klasse:ObjektID>"
                      "</klasse:FiltreretOejebliksbillede>"));
}

/* ---- a request ---- */

static const struct operation {
    const char *action, *output;
    const struct soap_element *input;
    void (*answer)(const struct answering *a);
} operations[] = {
    {"http://kombit.dk/sts/klassifikation/klasse/soeg", "klasse:SoegOutput", &soeg_input,
     answer_soeg},
    {"http://kombit.dk/sts/klassifikation/klasse/list", "klasse:ListOutput", &list_input,
     answer_list},
};

static const struct operation *operation_of(struct str action)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (str_equal(action, str_of(operations[i].action)))
            return &operations[i];
    return NULL;
}

static void answer_fault(struct sandbox_reply *reply, struct str transaction, const char *code,
                         const char *text)
{
    reply->status = 500;
    soap_open(reply->body, transaction);
    municipal_open(reply->body, "soap:Fault");
    soap_text(reply->body, "faultcode", str_of(code));
    soap_text(reply->body, "faultstring", str_of(text));
    municipal_shut(reply->body, "soap:Fault");
    soap_close(reply->body);
}

static const char *read_wish(struct wish *wish, struct arena *arena, struct str body,
                             const struct operation *operation)
{
    static const struct soap_handler handler = {on_enter, on_leave};
    struct soap_message message;
    struct answer_fault fault;

    wish->r.arena = arena;
    wish->max = ASKED_MAX;
    if (!soap_read(arena, body, operation->input, &handler, wish, &message, &fault))
        return fault.why;
    wish->transaction = message.transaction;
    if (!wish->transaction.len)
        wish->complaint = "no TransactionUUID";
    else if (operation->input == &soeg_input ? !wish->r.relation.uuid[0] : wish->count == 0)
        wish->complaint = "nothing is asked for";
    return NULL;
}

static void answer(const struct sandbox_data *data, const struct sandbox_request *request,
                   enum sandbox_bend bend, struct arena *arena, struct sandbox_reply *reply)
{
    const struct operation *operation = operation_of(request->soap_action);
    struct state_words words = {.data = data, .arena = arena, .now = request->now};
    struct wish *wish = ARENA_NEW(arena, struct wish);
    struct answering a = {.words = &words, .wish = wish, .bend = bend, .out = reply->body};
    const char *why = wish ? NULL : "no room";

    reply->status = 200;
    reply->content_type = "text/xml; charset=utf-8";
    reply->citizen = STR("");
    if (!operation)
        why = "SOAPAction is neither soeg nor list";
    if (!why)
        why = read_wish(wish, arena, request->body, operation);
    if (why || bend == BEND_ERROR) {
        answer_fault(reply, why ? STR("") : wish->transaction, why ? "soap:Client" : "soap:Server",
                     why ? why : "Klassifikation is out of order");
        return;
    }
    soap_open(reply->body, bend == BEND_UNNAMED      ? STR("")
                           : bend == BEND_WRONG_ECHO ? STR(STRANGER)
                                                     : wish->transaction);
    municipal_open(reply->body, operation->output);
    if (wish->complaint)
        write_return(&a, "40", wish->complaint);
    else
        operation->answer(&a);
    municipal_shut(reply->body, operation->output);
    soap_close(reply->body);
}

const struct sandbox_service klassifikation_services[KLASSIFIKATION_SERVICES] = {
    {STR_INIT("/klassifikation/klasse/7"), answer},
};
