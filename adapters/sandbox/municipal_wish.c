/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/municipal_wish.h"

/* Behind the common tags of municipal.h. */
enum wish_tag {
    WISH = TAG_CASES,
    WISH_UUID,
    WISH_OPERATION,
    WISH_SEARCH,
    WISH_PAYMENT_SEARCH,
    WISH_FIRST,
    WISH_MAX,
    WISH_ACTOR,
    WISH_CVR,
    WISH_PARTY,
    WISH_CASE_SHOW,
    WISH_CASE_INCLUDE,
    WISH_DOCUMENT_SHOW,
    WISH_GRANT_SHOW,
    WISH_PAYMENT_SHOW
};

/* ---- the cases' request ---- */

#define PAGING                                                                                     \
    SOAP_ONE(NS_SD, "FoersteResultatReference", WISH_FIRST, NULL),                                 \
        SOAP_ONE(NS_SD, "MaksimalAntalKvantitet", WISH_MAX, NULL)

static const struct soap_element party_children[] = {MUNICIPAL_RELATION};
static const struct soap_type party_type = SOAP_TYPE(party_children);

static const struct soap_element case_actor_facts_children[] = {
    SOAP_ONE(NS_SI, "CVR-Nummer", WISH_CVR, NULL),
};
static const struct soap_type case_actor_facts_type = SOAP_TYPE(case_actor_facts_children);
static const struct soap_element case_actor_extra_children[] = {
    SOAP_ONE(NS_SI, "SagsaktoerLokalUdvidelse", TAG_PLAIN, &case_actor_facts_type),
};
static const struct soap_type case_actor_extra_type = SOAP_TYPE(case_actor_extra_children);
static const struct soap_element case_actor_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_GD, "LokalUdvidelseListe", TAG_PLAIN, &case_actor_extra_type),
};
static const struct soap_type case_actor_type = SOAP_TYPE(case_actor_children);
static const struct soap_element case_relations_children[] = {
    SOAP_ONE(NS_SAG, "Sagsaktoer", WISH_ACTOR, &case_actor_type),
    SOAP_ONE(NS_SAG, "Sagspart", WISH_PARTY, &party_type),
};
static const struct soap_type case_relations_type = SOAP_TYPE(case_relations_children);
static const struct soap_element case_search_children[] = {
    PAGING,
    SOAP_ONE(NS_SAG, "RelationListe", TAG_PLAIN, &case_relations_type),
};
static const struct soap_type case_search_type = SOAP_TYPE(case_search_children);
static const struct soap_element case_searches_children[] = {
    SOAP_ONE(NS_SDI, "operation", WISH_OPERATION, NULL),
    SOAP_MANY(NS_SDI, "SoegSag", WISH_SEARCH, &case_search_type),
};
static const struct soap_type case_searches_type = SOAP_TYPE(case_searches_children);

static const struct soap_element case_show_children[] = {
    SOAP_ONE(NS_SDI, "Vis", WISH_CASE_SHOW, NULL),
};
static const struct soap_type case_show_type = SOAP_TYPE(case_show_children);
static const struct soap_element document_show_children[] = {
    SOAP_ONE(NS_SDI, "Vis", WISH_DOCUMENT_SHOW, NULL),
};
static const struct soap_type document_show_type = SOAP_TYPE(document_show_children);
static const struct soap_element case_filter_children[] = {
    SOAP_MANY(NS_SDI, "SagVis", TAG_PLAIN, &case_show_type),
    SOAP_MANY(NS_SDI, "DokumentVis", TAG_PLAIN, &document_show_type),
    SOAP_MANY(NS_SDI, "SagInkluder", WISH_CASE_INCLUDE, NULL),
};
static const struct soap_type case_filter_type = SOAP_TYPE(case_filter_children);
static const struct soap_element case_wish_children[] = {
    SOAP_MANY(NS_SDI, "SagUuid", WISH_UUID, NULL),
    SOAP_ONE(NS_SDI, "SoegUdtryk", TAG_PLAIN, &case_searches_type),
    SOAP_ONE(NS_SDI, "Filter", TAG_PLAIN, &case_filter_type),
};
static const struct soap_type case_wish_type = SOAP_TYPE(case_wish_children);
const struct soap_element municipal_case_wish =
    SOAP_ONE(NS_SDI, "FremsoegSagDokumentIndeksInput", WISH, &case_wish_type);

/* ---- the benefits' request ---- */

static const struct soap_element grant_actor_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_BI, "CVR-nr", WISH_CVR, NULL),
};
static const struct soap_type grant_actor_type = SOAP_TYPE(grant_actor_children);
static const struct soap_element grant_relations_children[] = {
    SOAP_ONE(NS_BI, "Bevillingspart", WISH_PARTY, &party_type),
    SOAP_ONE(NS_BI, "Bevillingsaktoer", WISH_ACTOR, &grant_actor_type),
};
static const struct soap_type grant_relations_type = SOAP_TYPE(grant_relations_children);
static const struct soap_element grant_search_children[] = {
    PAGING,
    SOAP_ONE(NS_BI, "RelationListe", TAG_PLAIN, &grant_relations_type),
};
static const struct soap_type grant_search_type = SOAP_TYPE(grant_search_children);
static const struct soap_element payment_actor_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_OEI, "CVR-nr", WISH_CVR, NULL),
};
static const struct soap_type payment_actor_type = SOAP_TYPE(payment_actor_children);
static const struct soap_element payment_relations_children[] = {
    SOAP_ONE(NS_OEI, "Aktoer", WISH_ACTOR, &payment_actor_type),
    SOAP_ONE(NS_OEI, "OekonomiskEffektueringPart", WISH_PARTY, &party_type),
};
static const struct soap_type payment_relations_type = SOAP_TYPE(payment_relations_children);
static const struct soap_element payment_search_children[] = {
    PAGING,
    SOAP_ONE(NS_OEI, "RelationListe", TAG_PLAIN, &payment_relations_type),
};
static const struct soap_type payment_search_type = SOAP_TYPE(payment_search_children);
static const struct soap_element benefit_searches_children[] = {
    SOAP_ONE(NS_YI, "operation", WISH_OPERATION, NULL),
    SOAP_MANY(NS_YI, "SoegBevillingIndeks", WISH_SEARCH, &grant_search_type),
    SOAP_MANY(NS_YI, "SoegOekonomiskEffektueringIndeks", WISH_PAYMENT_SEARCH, &payment_search_type),
};
static const struct soap_type benefit_searches_type = SOAP_TYPE(benefit_searches_children);
static const struct soap_element grant_show_children[] = {
    SOAP_ONE(NS_YI, "Vis", WISH_GRANT_SHOW, NULL),
};
static const struct soap_type grant_show_type = SOAP_TYPE(grant_show_children);
static const struct soap_element payment_show_children[] = {
    SOAP_ONE(NS_YI, "Vis", WISH_PAYMENT_SHOW, NULL),
};
static const struct soap_type payment_show_type = SOAP_TYPE(payment_show_children);
static const struct soap_element benefit_filter_children[] = {
    SOAP_MANY(NS_YI, "BevillingVis", TAG_PLAIN, &grant_show_type),
    SOAP_MANY(NS_YI, "OekonomiskEffektueringVis", TAG_PLAIN, &payment_show_type),
};
static const struct soap_type benefit_filter_type = SOAP_TYPE(benefit_filter_children);
static const struct soap_element benefit_wish_children[] = {
    SOAP_MANY(NS_YI, "BevillingUuid", WISH_UUID, NULL),
    SOAP_MANY(NS_YI, "OekonomiskEffektueringUuid", WISH_UUID, NULL),
    SOAP_ONE(NS_YI, "SoegUdtryk", TAG_PLAIN, &benefit_searches_type),
    SOAP_ONE(NS_YI, "Filter", TAG_PLAIN, &benefit_filter_type),
};
static const struct soap_type benefit_wish_type = SOAP_TYPE(benefit_wish_children);
const struct soap_element municipal_benefit_wish =
    SOAP_ONE(NS_YI, "FremsoegYdelseIndeksInput", WISH, &benefit_wish_type);

/* ---- reading ---- */

struct reading {
    struct municipal_reader r;
    struct municipal_wish *wish;
    bool is_or;
};

static void complain(struct reading *reading, const char *complaint)
{
    if (!reading->wish->complaint)
        reading->wish->complaint = complaint;
}

static struct municipal_search *search_of(struct reading *reading)
{
    return &reading->wish->searches[reading->wish->search_count - 1];
}

static const char *on_enter(void *ctx, int tag)
{
    struct reading *reading = ctx;
    struct municipal_wish *wish = reading->wish;

    switch (tag) {
    case WISH_SEARCH:
    case WISH_PAYMENT_SEARCH:
        if (wish->search_count == SEARCHES_MAX)
            return "too many searches";
        wish->searches[wish->search_count++] = (struct municipal_search){
            .is_for_payments = tag == WISH_PAYMENT_SEARCH, .max = UINT32_MAX};
        return NULL;
    case WISH_ACTOR:
    case WISH_PARTY:
        municipal_begin_effect(&reading->r);
        return NULL;
    default:
        return NULL;
    }
}

static void take_part(struct reading *reading, int tag, struct str vis)
{
    static const struct {
        int tag;
        struct str vis;
    } parts[MUNICIPAL_PART_COUNT] = {
#define X(part, element, vis) [part] = {element, STR_INIT(vis)},
        MUNICIPAL_PARTS(X)
#undef X
    };

    for (int part = 0; part < MUNICIPAL_PART_COUNT; part++)
        if (parts[part].tag == tag && str_equal(vis, parts[part].vis)) {
            reading->wish->parts |= (uint64_t)1 << part;
            return;
        }
    complain(reading, "Filter: unknown part");
}

static void take_uuid(struct reading *reading, struct str text)
{
    struct municipal_wish *wish = reading->wish;

    if (wish->uuid_count == UUIDS_MAX || !municipal_uuid_parse(text, wish->uuids[wish->uuid_count]))
        complain(reading, "a UUID is malformed, or they are too many");
    else
        wish->uuid_count++;
}

static void take_actor(struct reading *reading)
{
    enum municipal_role role = reading->r.relation.role;

    if (role != ROLE_CASE_OWNER && role != ROLE_GRANT_OWNER && role != ROLE_PAYMENT_OWNER)
        complain(reading, "only the owner can be searched for among the actors");
    if (!reading->r.relation.cvr[0])
        complain(reading, "the owner has no CVR number");
    memcpy(search_of(reading)->cvr, reading->r.relation.cvr, sizeof search_of(reading)->cvr);
}

static void take_party(struct reading *reading)
{
    search_of(reading)->role = reading->r.relation.role;
    search_of(reading)->cpr = reading->r.relation.cpr;
    if (reading->r.relation.role == ROLE_UNKNOWN)
        complain(reading, "the party's role is unknown");
    if (!cpr_is_known(&reading->r.relation.cpr))
        complain(reading, "the party is no person with a CPR number");
}

static void take_number(struct reading *reading, struct str text, uint64_t *number)
{
    if (!str_to_u64(text, INT32_MAX, number))
        complain(reading, "a page is no number");
}

static const char *on_leave(void *ctx, int tag, struct str text)
{
    struct reading *reading = ctx;

    text = municipal_trim(text);
    switch (tag) {
    case WISH_UUID:
        take_uuid(reading, text);
        return NULL;
    case WISH_OPERATION:
        reading->is_or = str_equal(text, STR("OR"));
        return NULL;
    case WISH_FIRST:
        take_number(reading, text, &search_of(reading)->first);
        return NULL;
    case WISH_MAX:
        take_number(reading, text, &search_of(reading)->max);
        return NULL;
    case WISH_CVR:
        municipal_cvr(text, reading->r.relation.cvr);
        return NULL;
    case WISH_ACTOR:
        take_actor(reading);
        return NULL;
    case WISH_PARTY:
        take_party(reading);
        return NULL;
    case WISH_CASE_SHOW:
    case WISH_CASE_INCLUDE:
    case WISH_DOCUMENT_SHOW:
    case WISH_GRANT_SHOW:
    case WISH_PAYMENT_SHOW:
        take_part(reading, tag, text);
        return NULL;
    default:
        return municipal_leave(&reading->r, tag, text);
    }
}

bool municipal_wish_read(struct municipal_wish *wish, struct arena *arena, struct str body,
                         const struct soap_element *index, const char **why)
{
    static const struct soap_handler handler = {on_enter, on_leave};
    struct reading reading = {.wish = wish};
    struct soap_message message;
    struct answer_fault fault;

    *wish = (struct municipal_wish){0};
    reading.r.arena = arena;
    if (!soap_read(arena, body, index, &handler, &reading, &message, &fault)) {
        *why = fault.why;
        return false;
    }
    wish->transaction = message.transaction;
    if (!wish->transaction.len)
        complain(&reading, "no TransactionUUID");
    if (wish->search_count == 0)
        complain(&reading, "no search");
    else if (!cpr_is_known(&wish->searches[0].cpr))
        complain(&reading, "nobody is searched for");
    if (wish->search_count > 1 && !reading.is_or)
        complain(&reading, "several searches that must all hold find nothing");
    return true;
}

bool municipal_wish_names(const struct municipal_wish *wish, struct str uuid)
{
    for (size_t i = 0; i < wish->uuid_count; i++)
        if (str_equal_nocase(uuid, str_of(wish->uuids[i])))
            return true;
    return wish->uuid_count == 0;
}
