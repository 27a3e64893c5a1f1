/* SPDX-License-Identifier: MIT */
#include "adapters/municipal_case_schema.h"

static const struct soap_element properties_children[] = {
    SOAP_ONE(NS_SAG, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_SAG, "BrugervendtNoegle", CASE_KEY, NULL),
    SOAP_ONE(NS_SAG, "OffentlighedUndtaget", CASE_EXEMPT, &soap_opaque),
    SOAP_ONE(NS_SAG, "Sagsnummer", CASE_NUMBER, NULL),
    SOAP_ONE(NS_SAG, "Titel", CASE_TITLE, NULL),
};
static const struct soap_type properties_type = SOAP_TYPE(properties_children);

static const struct soap_element index_children[] = {
    SOAP_ONE(NS_GD, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_SI, "Sagsstatus", CASE_STATUS_TEXT, NULL),
    SOAP_ONE(NS_SI, "Foelsomhed", CASE_SENSITIVITY, NULL),
    SOAP_ONE(NS_SI, "OprettetTidspunkt", CASE_CREATED, NULL),
};
static const struct soap_type index_type = SOAP_TYPE(index_children);
static const struct soap_element attribute_extra_children[] = {
    SOAP_MANY(NS_SI, "SagIndeksEgenskaber", CASE_INDEX, &index_type),
};
static const struct soap_type attribute_extra_type = SOAP_TYPE(attribute_extra_children);
static const struct soap_element attributes_children[] = {
    SOAP_MANY(NS_SAG, "Egenskaber", CASE_PROPERTIES, &properties_type),
    SOAP_ONE(NS_GD, "LokalUdvidelseListe", TAG_PLAIN, &attribute_extra_type),
};
static const struct soap_type attributes_type = SOAP_TYPE(attributes_children);

static const struct soap_element step_children[] = {
    SOAP_ONE(NS_SAG, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_SAG, "FremdriftStatusKode", CASE_STEP_CODE, NULL),
};
static const struct soap_type step_type = SOAP_TYPE(step_children);
static const struct soap_element states_children[] = {
    SOAP_MANY(NS_SAG, "Fremdrift", CASE_STEP, &step_type),
};
static const struct soap_type states_type = SOAP_TYPE(states_children);

static const struct soap_element actor_facts_children[] = {
    SOAP_ONE(NS_SI, "FuldtNavn", CASE_ACTOR_NAME, NULL),
    SOAP_ONE(NS_SI, "CVR-Nummer", CASE_ACTOR_CVR, NULL),
};
static const struct soap_type actor_facts_type = SOAP_TYPE(actor_facts_children);
static const struct soap_element actor_extra_children[] = {
    SOAP_ONE(NS_SI, "SagsaktoerLokalUdvidelse", TAG_PLAIN, &actor_facts_type),
};
static const struct soap_type actor_extra_type = SOAP_TYPE(actor_extra_children);
static const struct soap_element actor_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_GD, "LokalUdvidelseListe", TAG_PLAIN, &actor_extra_type),
};
static const struct soap_type actor_type = SOAP_TYPE(actor_children);

static const struct soap_element class_facts_children[] = {
    SOAP_ONE(NS_SI, "BrugervendtNoegle", CASE_CLASS_KEY, NULL),
};
static const struct soap_type class_facts_type = SOAP_TYPE(class_facts_children);
static const struct soap_element class_extra_children[] = {
    SOAP_ONE(NS_SI, "SagsklasseLokalUdvidelse", TAG_PLAIN, &class_facts_type),
};
static const struct soap_type class_extra_type = SOAP_TYPE(class_extra_children);
static const struct soap_element class_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_GD, "LokalUdvidelseListe", TAG_PLAIN, &class_extra_type),
};
static const struct soap_type class_type = SOAP_TYPE(class_children);

static const struct soap_element relation_children[] = {MUNICIPAL_RELATION};
static const struct soap_type relation_type = SOAP_TYPE(relation_children);

static const struct soap_element note_children[] = {
    SOAP_ONE(NS_SAG, "Titel", CASE_NOTE_TITLE, NULL),
};
static const struct soap_type note_type = SOAP_TYPE(note_children);
static const struct soap_element journal_facts_children[] = {
    SOAP_ONE(NS_SAG, "JournalnotatEgenskaber", CASE_NOTE, &note_type),
};
static const struct soap_type journal_facts_type = SOAP_TYPE(journal_facts_children);
static const struct soap_element journal_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_SAG, "JournalpostEgenskaber", TAG_PLAIN, &journal_facts_type),
};
static const struct soap_type journal_type = SOAP_TYPE(journal_children);

static const struct soap_element system_children[] = {
    MUNICIPAL_RELATION,
    SOAP_ONE(NS_SI, "SystemNavn", CASE_SYSTEM_NAME, NULL),
};
static const struct soap_type system_type = SOAP_TYPE(system_children);
static const struct soap_element relation_extra_children[] = {
    SOAP_MANY(NS_SI, "Sikkerhedsprofil", CASE_PROFILE, &soap_opaque),
    SOAP_MANY(NS_SI, "SagsitsystemRelation", CASE_SYSTEM, &system_type),
};
static const struct soap_type relation_extra_type = SOAP_TYPE(relation_extra_children);
static const struct soap_element relations_children[] = {
    SOAP_MANY(NS_SAG, "Sagsaktoer", CASE_ACTOR, &actor_type),
    SOAP_MANY(NS_SAG, "Sagsklasse", CASE_CLASS, &class_type),
    SOAP_MANY(NS_SAG, "Sagspart", CASE_PARTY, &relation_type),
    SOAP_MANY(NS_SAG, "Sagsrelation", CASE_RELATION, &relation_type),
    SOAP_MANY(NS_SAG, "Journalpost", CASE_JOURNAL, &journal_type),
    SOAP_ONE(NS_GD, "LokalUdvidelseListe", TAG_PLAIN, &relation_extra_type),
};
static const struct soap_type relations_type = SOAP_TYPE(relations_children);

static const struct soap_element registration_children[] = {
    MUNICIPAL_REGISTRATION,
    SOAP_ONE(NS_SAG, "AttributListe", TAG_PLAIN, &attributes_type),
    SOAP_ONE(NS_SAG, "TilstandListe", TAG_PLAIN, &states_type),
    SOAP_ONE(NS_SAG, "RelationListe", TAG_PLAIN, &relations_type),
};
static const struct soap_type registration_type = SOAP_TYPE(registration_children);
static const struct soap_element case_children[] = {
    SOAP_ONE(NS_SAG, "ObjektType", TAG_PLAIN, &municipal_object_type),
    SOAP_MANY(NS_SAG, "Registrering", CASE_REGISTRATION, &registration_type),
};
const struct soap_type municipal_case_type = SOAP_TYPE(case_children);
