/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/municipal_services.h"

#include "adapters/sandbox/bend.h"
#include "adapters/sandbox/municipal_benefit_answer.h"
#include "adapters/sandbox/municipal_case_answer.h"

enum {
    MANY_OBJECTS = 100001,         /* one more than the gateway can be set to */
    HUGE_BYTES = 20 * 1024 * 1024, /* more than it can be set to */
    DEEP_LEVELS = 100000
};

/* What differs between the two indexes. */
struct index {
    const char *action, *output, *kind;
    const struct soap_element *wish;
    void (*find)(struct municipal_answer *answer, const struct state_words *words);
    void (*write)(const struct municipal_answer *answer);
    struct str padding; /* one more valid object, without content */
};

#define PADDING_UUID                                                                               \
    "<sd:UUIDIdentifikator>00000000-0000-4000-8000-000000000000</sd:UUIDIdentifikator>"

static const struct index cases = {
    .action = "http://kombit.dk/sts/sagdokumentindeks/fremsoeg",
    .output = "sdi:FremsoegSagDokumentIndeksOutput",
    .kind = "cases",
    .wish = &municipal_case_wish,
    .find = municipal_cases_find,
    .write = municipal_cases_write,
    .padding = STR_INIT("<sdi:SagFiltreretOejebliksbillede><sag:ObjektType>" PADDING_UUID
                        "</sag:ObjektType><sag:Registrering><sag:AttributListe/>"
                        "<sag:TilstandListe/><sag:RelationListe/></sag:Registrering>"
                        "</sdi:SagFiltreretOejebliksbillede>"),
};

static const struct index benefits = {
    .action = "http://kombit.dk/sts/ydelseindeks/fremsoeg",
    .output = "yi:FremsoegYdelseIndeksOutput",
    .kind = "grants",
    .wish = &municipal_benefit_wish,
    .find = municipal_benefits_find,
    .write = municipal_benefits_write,
    .padding = STR_INIT("<yi:BevillingFiltreretOejebliksbillede><bi:ObjektType>" PADDING_UUID
                        "</bi:ObjektType><bi:Registrering><bi:AttributListe><bi:BevilgetYdelse/>"
                        "</bi:AttributListe><bi:TilstandListe/><bi:RelationListe/>"
                        "</bi:Registrering></yi:BevillingFiltreretOejebliksbillede>"),
};

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

static void write_return(struct buf *out, const char *code, const char *complaint)
{
    municipal_open(out, "sd:StandardRetur");
    soap_text(out, "sd:StatusKode", str_of(code));
    if (complaint)
        soap_text(out, "sd:FejlbeskedTekst", str_of(complaint));
    municipal_shut(out, "sd:StandardRetur");
}

static void write_padding(struct buf *out, struct str padding, size_t count, size_t bytes)
{
    for (size_t i = 0; i < count && out->len < bytes && !out->failed; i++)
        buf_add_str(out, padding);
}

static void write_nesting(struct buf *out)
{
    for (size_t i = 0; i < DEEP_LEVELS; i++)
        buf_add_str(out, STR("<gd:Dybde>"));
    for (size_t i = 0; i < DEEP_LEVELS; i++)
        buf_add_str(out, STR("</gd:Dybde>"));
}

/* Somebody else about whom there is something to tell, whoever owns it. */
static void ask_about_another(struct municipal_wish *wish, const struct index *index,
                              const struct sandbox_data *data)
{
    struct str asked = cpr_str(&wish->searches[0].cpr);
    const json_t *citizen;
    struct cpr other = CPR_NONE;
    size_t i;

    json_array_foreach(data->citizens, i, citizen)
    {
        struct str cpr = str_of(json_string_value(json_object_get(citizen, "cpr")));

        if (!json_object_get(sandbox_holdings(data, citizen), index->kind) || str_equal(asked, cpr))
            continue;
        if (cpr_parse(cpr, &other))
            break;
    }
    for (i = 0; i < wish->search_count; i++) {
        wish->searches[i].cpr = other;
        wish->searches[i].cvr[0] = '\0';
    }
}

/* What was found as the fault would have it; a new reference to what it lies in. */
static json_t *bend_found(struct municipal_answer *answer, enum sandbox_bend bend)
{
    json_t *bent = json_array(), *copy;

    for (size_t i = 0; i < answer->main.count; i++) {
        struct municipal_found *found = &answer->main.at[i];

        if (!(copy = sandbox_bend_item(found->object, bend, answer->wish->transaction)))
            continue;
        json_array_append_new(bent, copy);
        found->object = copy;
    }
    if (bend == BEND_LEFT_BEHIND && answer->main.count > 0 &&
        answer->main.count == answer->main_total) { /* no page has to grow */
        struct municipal_found first = answer->main.at[0];

        copy = json_deep_copy(first.object);
        json_object_set_new(copy, "uuid", json_string("1ef7be41-0000-4000-8000-000000000001"));
        json_object_set_new(copy, "system", json_string("esdh"));
        json_object_del(copy, "documents");
        json_array_append_new(bent, copy);
        municipal_founds_add(&answer->main, &first.words, copy, NULL, first.order);
        answer->main_total++;
    }
    return bent;
}

static void answer_found(const struct index *index, const struct municipal_wish *wish,
                         const struct state_words *words, enum sandbox_bend bend,
                         struct sandbox_reply *reply)
{
    struct buf *out = reply->body;
    struct municipal_answer answer = {
        .wish = wish,
        .out = out,
        .hides_parties = bend == BEND_UNNAMED || bend == BEND_WRONG_ECHO,
        .repeats_pages = bend == BEND_LOOPING_PAGES,
    };
    const char *code;
    json_t *bent;

    index->find(&answer, words);
    bent = bend_found(&answer, bend);
    if (bend == BEND_LOOPING_PAGES)
        answer.main_total = MANY_OBJECTS;
    code = bend == BEND_WRONG_TYPE                  ? "tyve"
           : answer.main_total || answer.rest_total ? "20"
           : bend == BEND_MANY || bend == BEND_HUGE ? "20"
                                                    : "44";
    soap_open(out, bend == BEND_UNNAMED || bend == BEND_NO_ECHO ? STR("")
                   : bend == BEND_WRONG_ECHO ? STR("00000000-0000-7000-8000-000000000000")
                                             : wish->transaction);
    municipal_open(out, index->output);
    write_return(out, code, NULL);
    if (bend == BEND_DUPLICATE)
        write_return(out, code, NULL);
    if (bend == BEND_DEEP)
        write_nesting(out);
    if (answer.main_total || answer.rest_total)
        index->write(&answer);
    if (bend == BEND_MANY)
        write_padding(out, index->padding, MANY_OBJECTS, SIZE_MAX);
    if (bend == BEND_HUGE)
        write_padding(out, index->padding, SIZE_MAX, HUGE_BYTES);
    municipal_shut(out, index->output);
    soap_close(out);
    json_decref(bent);
}

static void answer(const struct index *index, const struct sandbox_data *data,
                   const struct sandbox_request *request, enum sandbox_bend bend,
                   struct arena *arena, struct sandbox_reply *reply)
{
    struct state_words words = {.data = data, .arena = arena, .now = request->now};
    struct municipal_wish wish;
    const json_t *citizen;
    const char *why;

    reply->status = 200;
    reply->content_type = "text/xml; charset=utf-8";
    reply->citizen = STR("");
    if (!str_equal(request->soap_action, str_of(index->action))) {
        answer_fault(reply, STR(""), "soap:Client", "SOAPAction is not fremsoeg");
        return;
    }
    if (!municipal_wish_read(&wish, arena, request->body, index->wish, &why)) {
        answer_fault(reply, STR(""), "soap:Client", why);
        return;
    }
    citizen = wish.search_count ? sandbox_citizen(data, cpr_str(&wish.searches[0].cpr)) : NULL;
    if (citizen)
        reply->citizen = str_of(json_string_value(json_object_get(citizen, "id")));
    if (bend == BEND_ERROR) {
        answer_fault(reply, wish.transaction, "soap:Server", "the index is out of order");
    } else if (wish.complaint) {
        soap_open(reply->body, wish.transaction);
        municipal_open(reply->body, index->output);
        write_return(reply->body, "40", wish.complaint);
        municipal_shut(reply->body, index->output);
        soap_close(reply->body);
    } else {
        if (bend == BEND_FOREIGN)
            ask_about_another(&wish, index, data);
        answer_found(index, &wish, &words, bend, reply);
    }
}

static void answer_cases(const struct sandbox_data *data, const struct sandbox_request *request,
                         enum sandbox_bend bend, struct arena *arena, struct sandbox_reply *reply)
{
    answer(&cases, data, request, bend, arena, reply);
}

static void answer_benefits(const struct sandbox_data *data, const struct sandbox_request *request,
                            enum sandbox_bend bend, struct arena *arena,
                            struct sandbox_reply *reply)
{
    answer(&benefits, data, request, bend, arena, reply);
}

const struct sandbox_service municipal_services[MUNICIPAL_SERVICES] = {
    {STR_INIT("/sagdokumentindeks/6"), answer_cases},
    {STR_INIT("/ydelsesindeks/6"), answer_benefits},
};
