/* SPDX-License-Identifier: MIT */
#include "adapters/digital_fuldmagt.h"

#include "adapters/soap.h"

#define ACTION  "urn:dk:digst:digitalfuldmagt:1/HentFuldmagter"
#define FOREIGN "a mandate between others than those asked about"

/* ---- the request ---- */

bool digital_fuldmagt_build(struct arena *arena, const struct mandate_question *question,
                            struct ask *ask)
{
    struct buf *out = ask->body;
    bool is_pair = cpr_is_known(&question->giver);

    ask->path = question->path;
    soap_open(out, question->request_id);
    buf_add_str(out, STR("<df:HentFuldmagterInput xmlns:df=\"urn:dk:digst:digitalfuldmagt:1\">"));
    if (is_pair)
        soap_text(out, "df:Fuldmagtsgiver", cpr_str(&question->giver));
    soap_text(out, is_pair ? "df:Fuldmagtsmodtager" : "df:Part", cpr_str(&question->receiver));
    buf_add_str(out, STR("</df:HentFuldmagterInput>"));
    soap_close(out);
    return soap_headers(arena, ask, ACTION) && !out->failed;
}

/* ---- the answer's shape ---- */

enum {
    TAG_OUTPUT = 1,
    TAG_MANDATE,
    TAG_ID,
    TAG_GIVER,
    TAG_GIVER_CPR,
    TAG_GIVER_NAME,
    TAG_RECEIVER,
    TAG_RECEIVER_CPR,
    TAG_RECEIVER_NAME,
    TAG_PRIVILEGES,
    TAG_FROM,
    TAG_TO,
    TAG_REVOKED,
    TAG_CASE,
    TAG_CASE_ID,
    TAG_CASE_CLOSED
};

static const struct soap_element giver_children[] = {
    SOAP_ONE(NS_DF, "PersonNummer", TAG_GIVER_CPR, NULL),
    SOAP_ONE(NS_DF, "Navn", TAG_GIVER_NAME, NULL),
};
static const struct soap_type giver_type = SOAP_TYPE(giver_children);
static const struct soap_element receiver_children[] = {
    SOAP_ONE(NS_DF, "PersonNummer", TAG_RECEIVER_CPR, NULL),
    SOAP_ONE(NS_DF, "Navn", TAG_RECEIVER_NAME, NULL),
};
static const struct soap_type receiver_type = SOAP_TYPE(receiver_children);
static const struct soap_element case_children[] = {
    SOAP_ONE(NS_DF, "SagUuid", TAG_CASE_ID, NULL),
    SOAP_ONE(NS_DF, "Afsluttet", TAG_CASE_CLOSED, NULL),
};
static const struct soap_type case_type = SOAP_TYPE(case_children);
static const struct soap_element mandate_children[] = {
    SOAP_ONE(NS_DF, "FuldmagtId", TAG_ID, NULL),
    SOAP_ONE(NS_DF, "Fuldmagtsgiver", TAG_GIVER, &giver_type),
    SOAP_ONE(NS_DF, "Fuldmagtsmodtager", TAG_RECEIVER, &receiver_type),
    SOAP_ONE(NS_DF, "Privilegier", TAG_PRIVILEGES, NULL),
    SOAP_ONE(NS_DF, "GyldigFra", TAG_FROM, NULL),
    SOAP_ONE(NS_DF, "GyldigTil", TAG_TO, NULL),
    SOAP_ONE(NS_DF, "Tilbagekaldt", TAG_REVOKED, NULL),
    SOAP_ONE(NS_DF, "OphoererMedSag", TAG_CASE, &case_type),
};
static const struct soap_type mandate_type = SOAP_TYPE(mandate_children);
static const struct soap_element output_children[] = {
    SOAP_MANY(NS_DF, "Fuldmagt", TAG_MANDATE, &mandate_type),
};
static const struct soap_type output_type = SOAP_TYPE(output_children);
static const struct soap_element output =
    SOAP_ONE(NS_DF, "HentFuldmagterOutput", TAG_OUTPUT, &output_type);

/* ---- one mandate ---- */

struct reading {
    struct arena *arena;
    const struct mandate_question *question;
    struct mandate_list *list;
    struct mandate mandate; /* the one being read */
    bool has_privileges;
};

static const char *on_enter(void *ctx, int tag)
{
    struct reading *r = ctx;

    if (tag != TAG_MANDATE)
        return NULL;
    if (r->list->count == MANDATES_MAX)
        return "more mandates than the limits allow";
    r->mandate = (struct mandate){.kind = r->question->kind};
    r->has_privileges = false;
    return NULL;
}

static const char *take_text(struct reading *r, struct str text, struct str *to)
{
    *to = text.len > 0 ? arena_copy(r->arena, text) : STR_NONE;
    return to->at || text.len == 0 ? NULL : "no room";
}

static const char *take_id(struct reading *r, struct str text, struct str *to)
{
    if (text.len == 0 || text.len > MANDATE_ID_MAX)
        return "an id that is empty or too long";
    return take_text(r, text, to);
}

static const char *take_time(struct str text, struct wall *to)
{
    return wall_parse(text, to) ? NULL : "not a time";
}

/* Privileges about somebody else than the giver would open a third person's data. */
static const char *take_privileges(struct reading *r, struct str text)
{
    struct privilege_list privileges;
    const char *why = NULL;

    if (!privileges_parse(r->arena, text, &privileges, &why))
        return why;
    r->has_privileges = true;
    r->mandate.groups = privileges.groups;
    r->mandate.group_count = privileges.count;
    return NULL;
}

static const char *end_mandate(struct reading *r)
{
    const struct mandate_question *question = r->question;
    const struct mandate *mandate = &r->mandate;

    if (!mandate->id.at || !cpr_is_known(&mandate->giver) || !cpr_is_known(&mandate->receiver) ||
        !r->has_privileges)
        return "a mandate without id, giver, receiver or privileges";
    if (cpr_equal(&mandate->giver, &mandate->receiver))
        return "a mandate from oneself";
    for (size_t i = 0; i < mandate->group_count; i++)
        if (!cpr_equal(&mandate->groups[i].represented, &mandate->giver))
            return "privileges about somebody else than the giver";
    bool is_between = cpr_is_known(&question->giver)
                          ? cpr_equal(&mandate->giver, &question->giver) &&
                                cpr_equal(&mandate->receiver, &question->receiver)
                          : cpr_equal(&mandate->giver, &question->receiver) ||
                                cpr_equal(&mandate->receiver, &question->receiver);
    if (!is_between)
        return FOREIGN;
    for (size_t i = 0; i < r->list->count; i++)
        if (str_equal(r->list->at[i].id, mandate->id))
            return "two mandates of one id";
    r->list->at[r->list->count++] = *mandate;
    return NULL;
}

static const char *on_leave(void *ctx, int tag, struct str text)
{
    struct reading *r = ctx;
    struct mandate *mandate = &r->mandate;

    switch (tag) {
    case TAG_ID:
        return take_id(r, text, &mandate->id);
    case TAG_GIVER_CPR:
        return cpr_parse(text, &mandate->giver) ? NULL : "not a personal number";
    case TAG_RECEIVER_CPR:
        return cpr_parse(text, &mandate->receiver) ? NULL : "not a personal number";
    case TAG_GIVER_NAME:
        return take_text(r, text, &mandate->giver_name);
    case TAG_RECEIVER_NAME:
        return take_text(r, text, &mandate->receiver_name);
    case TAG_PRIVILEGES:
        return take_privileges(r, text);
    case TAG_FROM:
        return take_time(text, &mandate->from);
    case TAG_TO:
        return take_time(text, &mandate->to);
    case TAG_REVOKED:
        return take_time(text, &mandate->revoked);
    case TAG_CASE_ID:
        return take_id(r, text, &mandate->case_id);
    case TAG_CASE_CLOSED:
        return take_time(text, &mandate->case_closed);
    case TAG_CASE:
        return mandate->case_id.at ? NULL : "a case without its id";
    case TAG_MANDATE:
        return end_mandate(r);
    default:
        return NULL;
    }
}

/* ---- the answer ---- */

enum outcome digital_fuldmagt_parse(struct arena *arena, const struct mandate_question *question,
                                    const struct answer *answer, struct mandate_list *list,
                                    struct answer_fault *fault)
{
    static const struct soap_handler handler = {on_enter, on_leave};
    struct reading reading = {.arena = arena, .question = question, .list = list};
    struct soap_message message;
    enum outcome outcome = soap_http_outcome(answer, fault);

    *list = (struct mandate_list){0};
    if (outcome != OUTCOME_ANSWERED)
        return outcome;
    list->at = arena_calloc(arena, MANDATES_MAX, sizeof *list->at);
    if (!list->at) {
        fault->why = "no room";
        return OUTCOME_INVALID;
    }
    if (!soap_read(arena, answer->body, &output, &handler, &reading, &message, fault)) {
        bool is_foreign = fault->why && strcmp(fault->why, FOREIGN) == 0;
        *list = (struct mandate_list){0};
        return is_foreign ? OUTCOME_FOREIGN : OUTCOME_INVALID;
    }
    if (message.is_fault) {
        fault->why = "the service's own fault";
        return OUTCOME_FAILED;
    }
    if (!str_equal(message.transaction, question->request_id) || question->request_id.len == 0) {
        *list = (struct mandate_list){0};
        fault->why = "our request's id is not echoed";
        return OUTCOME_INVALID;
    }
    return list->count > 0 ? OUTCOME_ANSWERED : OUTCOME_EMPTY;
}
