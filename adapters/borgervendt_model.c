/* SPDX-License-Identifier: MIT */
#include "adapters/borgervendt_model.h"

#include "adapters/borgervendt_parts.h"
#include "adapters/settle.h"

enum { TYPE_MAX = 40 };

/* ---- code lists ---- */

static read_fn read_documents;

static const struct code sensitivities[] = {
    {STR_INIT("IKKE_FORTROLIGE_DATA"), SENSITIVITY_ORDINARY},
    {STR_INIT("FORTROLIGE_PERSONOPLYSNINGER"), SENSITIVITY_CONFIDENTIAL},
    {STR_INIT("FOELSOMME_PERSONOPLYSNINGER"), SENSITIVITY_SENSITIVE},
    {STR_INIT("VIP_SAGER"), SENSITIVITY_VIP},
    {STR_INIT(""), CODE_CLOSED}};
static const struct code directions[] = {{STR_INIT("TilBorger"), DIRECTION_TO_CITIZEN},
                                         {STR_INIT("FraBorger"), DIRECTION_FROM_CITIZEN},
                                         {STR_INIT("Anden"), DIRECTION_OTHER},
                                         {STR_INIT(""), CODE_CLOSED}};
static const struct code awaitings[] = {{STR_INIT("Borger"), AWAITING_CITIZEN},
                                        {STR_INIT("Myndighed"), AWAITING_AUTHORITY},
                                        {STR_INIT("Ingen"), AWAITING_NOBODY},
                                        {STR_INIT(""), AWAITING_UNKNOWN}};
static const struct code grant_statuses[] = {{STR_INIT("Aktiv"), STATUS_ACTIVE},
                                             {STR_INIT("Inaktiv"), STATUS_INACTIVE},
                                             {STR_INIT("Passiv"), STATUS_PASSIVE},
                                             {STR_INIT(""), STATUS_UNKNOWN}};
static const struct code payment_statuses[] = {{STR_INIT("1"), STATUS_DUE},
                                               {STR_INIT("2"), STATUS_PAID},
                                               {STR_INIT("3"), STATUS_OVERDUE},
                                               {STR_INIT("4"), STATUS_SENT_TO_COLLECTION},
                                               {STR_INIT("5"), STATUS_PARTLY_OVERDUE},
                                               {STR_INIT("6"), STATUS_PARTLY_SENT},
                                               {STR_INIT("7"), STATUS_PARTLY_OVERDUE_AND_SENT},
                                               {STR_INIT(""), STATUS_UNKNOWN}};
static const struct code credential_statuses[] = {{STR_INIT("Gyldig"), STATUS_VALID},
                                                  {STR_INIT("Udloebet"), STATUS_EXPIRED},
                                                  {STR_INIT("Spaerret"), STATUS_BLOCKED},
                                                  {STR_INIT("Ophoert"), STATUS_ENDED},
                                                  {STR_INIT(""), STATUS_UNKNOWN}};
static const struct code appointment_statuses[] = {{STR_INIT("Planlagt"), STATUS_PLANNED},
                                                   {STR_INIT("Aflyst"), STATUS_CANCELLED},
                                                   {STR_INIT("Afholdt"), STATUS_HELD},
                                                   {STR_INIT(""), STATUS_UNKNOWN}};

/* How often a benefit is paid: the wire's word and the item's code. */
static const struct {
    struct str wire, code;
} frequencies[] = {{STR_INIT("Engang"), STR_INIT("once")},
                   {STR_INIT("Ugentlig"), STR_INIT("weekly")},
                   {STR_INIT("Fjortendagevis"), STR_INIT("fortnightly")},
                   {STR_INIT("Maanedlig"), STR_INIT("monthly")},
                   {STR_INIT("Kvartalsvis"), STR_INIT("quarterly")},
                   {STR_INIT("Aarlig"), STR_INIT("yearly")}};

static void read_frequency(struct reading *in, void *at, const struct rule *rule)
{
    struct str word = reader_string_or_null(&in->reader);

    (void)rule;
    for (size_t i = 0; i < sizeof frequencies / sizeof *frequencies; i++)
        if (str_equal(word, frequencies[i].wire))
            *(struct str *)at = frequencies[i].code;
}

/* ---- models ---- */

#define SHAPE_OF struct item
/* clang-format off */
#define COMMON_MEMBERS(X)                                                                          \
    X("id", read_text, id, ID_MAX, NULL)                                                           \
    X("titel", read_words, title, TITLE_MAX, NULL)                                                 \
    X("statustekst", read_words, status_text, TEXT_MAX, NULL)                                      \
    X("OffentligOrganisation", read_authority, authority, 0, NULL)                                 \
    X("oprettet", read_wall, created, 0, NULL)                                                     \
    X("aendret", read_wall, changed, 0, NULL)                                                      \
    X("datoTid", read_wall, as_of, 0, NULL)                                                        \
    X("kontaktinformation", read_contacts, contacts, 0, NULL)                                      \
    X("Kontaktinformation", read_contacts, contacts, 0, NULL)                                      \
    X("henvisninger", read_links, links, 0, NULL)                                                  \
    X("parter", read_parties, parties, 0, NULL)                                                    \
    X("itSystemID", read_text, sending_system, NAME_MAX, NULL)                                     \
    X("foelsomhed", read_code, sensitivity, 0, sensitivities)                                      \
    X("visningsklasse", read_text, display_class, NAME_MAX, NULL)                                  \
    X("harSikkerhedsprofil", read_flag, has_security_profile, 0, NULL)                             \
    X("undtagetOffentlighed", read_flag, is_exempt, 0, NULL)
#define CASE_MEMBERS(X)                                                                            \
    COMMON_MEMBERS(X)                                                                              \
    X("sagstatus", read_code, status, 0, case_statuses)                                            \
    X("statushistorik", read_history, history, 0, NULL)                                            \
    X("afventer", read_code, awaiting, 0, awaitings)                                               \
    X("forventetAfgoerelse", read_date, decision_expected, 0, NULL)                                \
    X("sagsnummer", read_words, number, NAME_MAX, NULL)                                            \
    X("sagsUUID", read_uuid, uuid, 0, NULL)                                                        \
    X("kleNummer", read_words, kle, NAME_MAX, NULL)                                                \
    X("handlingsfacet", read_words, facet, NAME_MAX, NULL)                                         \
    X("sagsrelationer", read_relations, relations, 0, NULL)                                        \
    X("dokumenter", read_documents, next, 0, NULL)
#define DOCUMENT_MEMBERS(X)                                                                        \
    COMMON_MEMBERS(X)                                                                              \
    X("dokumenttype", read_words, type, NAME_MAX, NULL)                                            \
    X("retning", read_code, direction, 0, directions)                                              \
    X("dato", read_date, date, 0, NULL)
#define BENEFIT_MEMBERS(X)                                                                         \
    COMMON_MEMBERS(X)                                                                              \
    X("ydelsesstatus", read_code, status, 0, grant_statuses)                                       \
    X("udbetaler", read_words, payer, NAME_MAX, NULL)                                              \
    X("hyppighed", read_frequency, frequency, 0, NULL)                                             \
    X("bruttobeloeb", read_money, gross, 0, NULL)                                                  \
    X("nettobeloeb", read_money, net, 0, NULL)                                                     \
    X("periodeFra", read_date, valid_from, 0, NULL)                                                \
    X("periodeTil", read_date, valid_to, 0, NULL)                                                  \
    X("kleNummer", read_words, kle, NAME_MAX, NULL)
#define PAYMENT_MEMBERS(X)                                                                         \
    COMMON_MEMBERS(X)                                                                              \
    X("betalingsstatus", read_code, status, 0, payment_statuses)                                   \
    X("beloeb", read_money, net, 0, NULL)                                                          \
    X("bruttobeloeb", read_money, gross, 0, NULL)                                                  \
    X("retning", read_code, direction, 0, directions)                                              \
    X("betalingsdato", read_date, date, 0, NULL)                                                   \
    X("udbetaler", read_words, payer, NAME_MAX, NULL)                                              \
    X("vedroererID", read_text, owner_id, ID_MAX, NULL)
#define CREDENTIAL_MEMBERS(X)                                                                      \
    COMMON_MEMBERS(X)                                                                              \
    X("akkreditivtype", read_text, type, TYPE_MAX, NULL)                                           \
    X("akkreditivstatus", read_code, status, 0, credential_statuses)                               \
    X("nummer", read_masked, number, 0, NULL)                                                      \
    X("gyldigFra", read_date, valid_from, 0, NULL)                                                 \
    X("gyldigTil", read_date, valid_to, 0, NULL)
#define SERVICE_MEMBERS(X)                                                                         \
    COMMON_MEMBERS(X)                                                                              \
    X("ydelsestype", read_words, type, NAME_MAX, NULL)                                             \
    X("ydelsesstatus", read_code, status, 0, grant_statuses)                                       \
    X("periodeFra", read_date, valid_from, 0, NULL)                                                \
    X("periodeTil", read_date, valid_to, 0, NULL)
#define APPOINTMENT_MEMBERS(X)                                                                     \
    COMMON_MEMBERS(X)                                                                              \
    X("aftalestatus", read_code, status, 0, appointment_statuses)                                  \
    X("starter", read_wall, starts, 0, NULL)                                                       \
    X("slutter", read_wall, ends, 0, NULL)                                                         \
    X("sted", read_words, place, TEXT_MAX, NULL)                                                   \
    X("frist", read_date, deadline, 0, NULL)
/* clang-format on */
SHAPE(case, CASE_MEMBERS);
SHAPE(document, DOCUMENT_MEMBERS);
SHAPE(benefit, BENEFIT_MEMBERS);
SHAPE(payment, PAYMENT_MEMBERS);
SHAPE(credential, CREDENTIAL_MEMBERS);
SHAPE(service, SERVICE_MEMBERS);
SHAPE(appointment, APPOINTMENT_MEMBERS);
#undef SHAPE_OF

/* A document has no list of its own: it stands in its case. */
static const struct {
    const struct shape *shape;
    bool has_list;
} models[ITEM_KIND_COUNT] = {
    [ITEM_CASE] = {&case_shape, true},
    [ITEM_DOCUMENT] = {&document_shape, false},
    [ITEM_BENEFIT] = {&benefit_shape, true},
    [ITEM_PAYMENT] = {&payment_shape, true},
    [ITEM_CREDENTIAL] = {&credential_shape, true},
    [ITEM_SERVICE] = {&service_shape, true},
    [ITEM_APPOINTMENT] = {&appointment_shape, true},
};

bool model_find(struct str name, enum item_kind *kind)
{
    for (unsigned i = 0; i < ITEM_KIND_COUNT; i++) {
        if (models[i].has_list && str_equal(name, item_kind_model((enum item_kind)i))) {
            *kind = (enum item_kind)i;
            return true;
        }
    }
    return false;
}

/* ---- judgement of a whole item ---- */

static bool contains(const struct str *list, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i], text))
            return true;
    return false;
}

static void judge_authority(struct reading *in, struct item *item)
{
    const char *why = settle_authority(item, in->question);

    if (why)
        reader_fail(&in->reader, why);
}

static void judge_credential(struct reading *in, const struct item *item)
{
    const struct borgervendt_rules *rules = in->rules;

    if (!settle_is_word(item->type))
        reader_fail(&in->reader, "a credential without a type");
    else if (rules->credential_type_count > 0 &&
             !contains(rules->credential_types, rules->credential_type_count, item->type))
        reader_fail(&in->reader, "a credential of a type that is not this authority's");
}

static void judge_benefit(struct reading *in, struct item *item)
{
    if (item->payer.at)
        return;
    if (in->rules->must_name_payer)
        reader_fail(&in->reader, "a benefit that does not say who pays");
    item->payer = in->rules->payer;
}

static void judge(struct reading *in, struct item *item)
{
    if (!item->id.at)
        reader_fail(&in->reader, "an item without an id");
    switch (item->kind) {
    case ITEM_CASE:
        judge_authority(in, item);
        for (struct item *document = item->next; document; document = document->next) {
            if (!settle_owner(document, item, in->reader.arena))
                reader_fail(&in->reader, "the answer needs more room than it may have");
            judge_authority(in, document);
        }
        break;
    case ITEM_DOCUMENT: /* judged when its case is known */
        break;
    case ITEM_CREDENTIAL:
        judge_authority(in, item);
        judge_credential(in, item);
        break;
    case ITEM_BENEFIT:
        judge_authority(in, item);
        judge_benefit(in, item);
        break;
    case ITEM_PAYMENT:
    case ITEM_SERVICE:
    case ITEM_APPOINTMENT:
    case ITEM_KIND_COUNT:
        judge_authority(in, item);
    }
}

/* ---- lists of items ---- */

static void read_items(struct reading *in, enum item_kind kind)
{
    struct reader *r = &in->reader;

    if (!reader_array(r))
        return;
    if (!(in->question->source->kinds & ITEM_KIND_BIT(kind)))
        reader_fail(r, "a kind of item that this source may not give");
    while (reader_element(r)) {
        struct item *item = item_list_add(in->items, r->arena, in->items_max);

        if (!item) {
            reader_fail(r, "more items than an answer may have");
            return;
        }
        item->kind = kind;
        shape_read(in, models[kind].shape, item);
        judge(in, item);
    }
}

/* They follow their case in the list; `at` is the case's `next`. */
static void read_documents(struct reading *in, void *at, const struct rule *rule)
{
    (void)at;
    (void)rule;
    if (!reader_null(&in->reader))
        read_items(in, ITEM_DOCUMENT);
}

void model_read_list(struct reading *in, enum item_kind kind)
{
    read_items(in, kind);
}
