/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/mandate_services.h"

#include "adapters/sandbox/municipal_write.h"
#include "adapters/sandbox/state_data.h"
#include "adapters/soap.h"
#include "base/xml.h"

#include <openssl/evp.h>

enum {
    MANY_MANDATES = 1001, /* ten times what the gateway takes */
    HUGE_BYTES = 20 * 1024 * 1024,
    DEEP_LEVELS = 100000,
    PRIVILEGES_MAX = 16 * 1024
};

#define ACTION "urn:dk:digst:digitalfuldmagt:1/HentFuldmagter"
#define OUTPUT "df:HentFuldmagterOutput"

/* ---- the question ---- */

enum { TAG_INPUT = 1, TAG_GIVER, TAG_RECEIVER, TAG_PARTY };

static const struct soap_element input_children[] = {
    SOAP_ONE(NS_DF, "Fuldmagtsgiver", TAG_GIVER, NULL),
    SOAP_ONE(NS_DF, "Fuldmagtsmodtager", TAG_RECEIVER, NULL),
    SOAP_ONE(NS_DF, "Part", TAG_PARTY, NULL),
};
static const struct soap_type input_type = SOAP_TYPE(input_children);
static const struct soap_element input =
    SOAP_ONE(NS_DF, "HentFuldmagterInput", TAG_INPUT, &input_type);

struct wish {
    struct cpr giver, receiver, party;
    struct str transaction;
};

static const char *on_enter(void *ctx, int tag)
{
    (void)ctx, (void)tag;
    return NULL;
}

static const char *on_leave(void *ctx, int tag, struct str text)
{
    struct wish *wish = ctx;
    struct cpr *to = tag == TAG_GIVER      ? &wish->giver
                     : tag == TAG_RECEIVER ? &wish->receiver
                     : tag == TAG_PARTY    ? &wish->party
                                           : NULL;

    return !to || cpr_parse(text, to) ? NULL : "not a personal number";
}

/* NULL: a pair or a party is named; else what is wrong. */
static const char *wish_read(struct wish *wish, struct arena *arena, struct str body)
{
    static const struct soap_handler handler = {on_enter, on_leave};
    struct soap_message message;
    struct answer_fault fault = {0};

    *wish = (struct wish){0};
    if (!soap_read(arena, body, &input, &handler, wish, &message, &fault))
        return fault.why;
    wish->transaction = message.transaction;
    bool is_pair = cpr_is_known(&wish->giver) && cpr_is_known(&wish->receiver);
    bool is_half = cpr_is_known(&wish->giver) != cpr_is_known(&wish->receiver);
    if (message.is_fault || is_half || is_pair == cpr_is_known(&wish->party))
        return "expected Fuldmagtsgiver and Fuldmagtsmodtager, or Part";
    return wish->transaction.len > 0 ? NULL : "TransactionUUID is missing";
}

/* ---- the answer ---- */

struct writing {
    const struct state_words *words;
    struct buf *out;
    enum sandbox_bend bend;
};

static struct str text_of(const json_t *object, const char *name)
{
    return str_of(json_string_value(json_object_get(object, name)));
}

/* A person of this file or of citizens.json. */
static const json_t *person(const struct sandbox_data *data, struct str id)
{
    const json_t *persons = json_object_get(data->holdings, "persons");
    const char *key;
    json_t *one;
    size_t i;

    json_object_foreach((json_t *)persons, key, one) if (str_equal(str_of(key), id)) return one;
    json_array_foreach(data->citizens, i, one) if (str_equal(text_of(one, "id"), id)) return one;
    return NULL;
}

static bool is_person(const struct sandbox_data *data, const json_t *mandate, const char *role,
                      const struct cpr *cpr)
{
    const json_t *one = person(data, text_of(mandate, role));
    return cpr_is_known(cpr) && str_equal(text_of(one, "cpr"), cpr_str(cpr));
}

static bool is_meant(const struct sandbox_data *data, const json_t *mandate,
                     const struct wish *wish)
{
    if (cpr_is_known(&wish->party))
        return is_person(data, mandate, "giver", &wish->party) ||
               is_person(data, mandate, "receiver", &wish->party);
    return is_person(data, mandate, "giver", &wish->giver) &&
           is_person(data, mandate, "receiver", &wish->receiver);
}

static void write_person(const struct writing *w, const json_t *mandate, const char *role,
                         const char *element)
{
    const json_t *one = person(w->words->data, text_of(mandate, role));

    municipal_open(w->out, element);
    soap_text(w->out, "df:PersonNummer", text_of(one, "cpr"));
    if (!json_is_true(json_object_get(one, "address_protection")))
        municipal_text(w->out, "df:Navn", text_of(one, "name"));
    municipal_shut(w->out, element);
}

static void write_group(const struct writing *w, const json_t *mandate, const json_t *group,
                        struct buf *xml)
{
    struct str whom = text_of(group, "for");
    const json_t *one = person(w->words->data, whom.at ? whom : text_of(mandate, "giver"));
    const json_t *kle = json_object_get(group, "kle"), *value;
    struct str constraint = text_of(group, "constraint");
    size_t i;

    buf_format(xml, "<PrivilegeGroup Scope=\"urn:dk:gov:saml:cprNumberIdentifier:%.*s\">",
               STR_ARG(text_of(one, "cpr")));
    if (constraint.at)
        buf_format(xml, "<Constraint Name=\"%.*s\">1</Constraint>", STR_ARG(constraint));
    if (kle) {
        buf_add_str(xml, STR("<Constraint Name=\"urn:dk:kombit:KLE\">"));
        json_array_foreach(kle, i, value)
            buf_format(xml, "%s%s", i ? "," : "", json_string_value(value));
        buf_add_str(xml, STR("</Constraint>"));
    }
    json_array_foreach(json_object_get(group, "privileges"), i, value)
        soap_text(xml, "Privilege", str_of(json_string_value(value)));
    buf_add_str(xml, STR("</PrivilegeGroup>"));
}

/* The privileges in base64, in either version of the profile. */
static void write_privileges(const struct writing *w, const json_t *mandate)
{
    bool is_old = str_equal(text_of(mandate, "profile"), STR("1.1"));
    const json_t *group;
    struct buf xml;
    size_t i;

    buf_init(&xml, PRIVILEGES_MAX);
    buf_format(&xml,
               "<?xml version=\"1.0\" encoding=\"UTF-8\"?><bpp:PrivilegeList xmlns:bpp="
               "\"http://%s.dk/oiosaml/basic_privilege_profile\">",
               is_old ? "itst" : "digst");
    json_array_foreach(json_object_get(mandate, "groups"), i, group)
        write_group(w, mandate, group, &xml);
    buf_add_str(&xml, STR("</bpp:PrivilegeList>"));

    char *base64 = arena_alloc(w->words->arena, 4 * ((xml.len + 2) / 3) + 1);
    if (base64 && !xml.failed) {
        int len =
            EVP_EncodeBlock((unsigned char *)base64, (const unsigned char *)xml.at, (int)xml.len);
        soap_text(w->out, "df:Privilegier",
                  w->bend == BEND_WRONG_TYPE ? STR("20") : str_make(base64, (size_t)len));
    }
    buf_clear(&xml);
}

static void write_time(const struct writing *w, const json_t *mandate, const char *member,
                       const char *element)
{
    struct str text = text_of(mandate, member);

    if (text.at)
        soap_text(w->out, element, municipal_stamp(w->words, text));
}

static void write_mandate(const struct writing *w, const json_t *mandate)
{
    municipal_open(w->out, "df:Fuldmagt");
    soap_text(w->out, "df:FuldmagtId", text_of(mandate, "id"));
    if (w->bend == BEND_DUPLICATE)
        soap_text(w->out, "df:FuldmagtId", text_of(mandate, "id"));
    write_person(w, mandate, "giver", "df:Fuldmagtsgiver");
    write_person(w, mandate, "receiver", "df:Fuldmagtsmodtager");
    write_privileges(w, mandate);
    write_time(w, mandate, "from", "df:GyldigFra");
    write_time(w, mandate, "to", "df:GyldigTil");
    write_time(w, mandate, "revoked", "df:Tilbagekaldt");
    if (text_of(mandate, "case").at) {
        municipal_open(w->out, "df:OphoererMedSag");
        soap_text(w->out, "df:SagUuid", text_of(mandate, "case"));
        write_time(w, mandate, "case_closed", "df:Afsluttet");
        municipal_shut(w->out, "df:OphoererMedSag");
    }
    municipal_shut(w->out, "df:Fuldmagt");
}

static void write_nesting(struct buf *out)
{
    for (size_t i = 0; i < DEEP_LEVELS; i++)
        buf_add_str(out, STR("<df:Dybde>"));
    for (size_t i = 0; i < DEEP_LEVELS; i++)
        buf_add_str(out, STR("</df:Dybde>"));
}

static void write_found(const struct writing *w, const json_t *mandates, const struct wish *wish)
{
    const json_t *mandate;
    size_t i;

    json_array_foreach(mandates, i, mandate)
    {
        bool is_foreign = w->bend == BEND_FOREIGN;
        if (is_meant(w->words->data, mandate, wish) == is_foreign)
            continue;
        size_t times = w->bend == BEND_MANY ? MANY_MANDATES : 1;
        for (size_t n = 0; n < times && !w->out->failed; n++)
            write_mandate(w, mandate);
        while (w->bend == BEND_HUGE && w->out->len < HUGE_BYTES && !w->out->failed)
            write_mandate(w, mandate);
    }
    if (w->bend == BEND_DEEP)
        write_nesting(w->out);
}

static void write_fault(struct sandbox_reply *reply, struct str transaction, const char *code,
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

static void answer(const struct sandbox_data *data, const struct sandbox_request *request,
                   enum sandbox_bend bend, struct arena *arena, struct sandbox_reply *reply)
{
    const struct state_words words = {.data = data, .arena = arena, .now = request->now};
    const struct writing writing = {&words, reply->body, bend};
    struct wish wish;
    const char *why = "SOAPAction is not HentFuldmagter";

    reply->status = 200;
    reply->content_type = "text/xml; charset=utf-8";
    reply->citizen = STR("");
    if (str_equal(request->soap_action, STR(ACTION)))
        why = wish_read(&wish, arena, request->body);
    if (why) {
        write_fault(reply, STR(""), "soap:Client", why);
        return;
    }
    const struct cpr *asks = cpr_is_known(&wish.party) ? &wish.party : &wish.receiver;
    struct str id = text_of(sandbox_citizen(data, cpr_str(asks)), "id");
    reply->citizen = id.at ? id : STR("");
    if (bend == BEND_ERROR) {
        write_fault(reply, wish.transaction, "soap:Server", "the register is out of order");
        return;
    }
    soap_open(reply->body, bend == BEND_UNNAMED      ? STR("")
                           : bend == BEND_WRONG_ECHO ? STR("00000000-0000-7000-8000-000000000000")
                                                     : wish.transaction);
    buf_add_str(reply->body, STR("<" OUTPUT " xmlns:df=\"urn:dk:digst:digitalfuldmagt:1\">"));
    write_found(&writing, json_object_get(data->holdings, request->path.at), &wish);
    municipal_shut(reply->body, OUTPUT);
    soap_close(reply->body);
}

const struct sandbox_service mandate_services[MANDATE_SERVICES] = {
    {STR_INIT("/fuldmagt/1"), answer},
    {STR_INIT("/foraeldremyndighed/1"), answer},
};

/* ---- the control port ---- */

static json_t *find(json_t *holdings, const char *id)
{
    for (size_t i = 0; i < MANDATE_SERVICES; i++) {
        json_t *list = json_object_get(holdings, mandate_services[i].path.at), *one;
        size_t j;

        json_array_foreach(list, j, one)
        {
            const char *its = json_string_value(json_object_get(one, "id"));
            if (its && strcmp(its, id) == 0)
                return one;
        }
    }
    return NULL;
}

bool mandate_change(json_t *holdings, const json_t *wish)
{
    static const char *const times[] = {"from", "to", "revoked", "case_closed"};
    const char *id = json_string_value(json_object_get(wish, "id"));
    json_t *mandate = id ? find(holdings, id) : NULL;

    for (size_t i = 0; mandate && i < sizeof times / sizeof *times; i++) {
        json_t *value = json_object_get(wish, times[i]);

        if (json_is_null(value))
            json_object_del(mandate, times[i]);
        else if (json_is_string(value))
            json_object_set(mandate, times[i], value);
    }
    return mandate;
}
