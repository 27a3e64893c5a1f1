/* SPDX-License-Identifier: MIT */
/* municipal_codes: the UUIDs by which the municipal indexes tell roles and types apart, and the
 * words for how often a benefit is paid. Sources: the reference's table (municipal-indexes) and
 * KOMBIT's published samples (kosdy_infrastructureSamples-java and its sister for benefits).
 * [D]: nothing public was found; the UUID is ours and stands here only, to be replaced. */
#ifndef ADAPTERS_MUNICIPAL_CODES_H
#define ADAPTERS_MUNICIPAL_CODES_H

/* X(enumerator, UUID, the role's name) */
#define MUNICIPAL_ROLES(X)                                                                         \
    /* a case's actors, parties and classes */                                                     \
    X(ROLE_CASE_OWNER, "9e979b84-b846-4472-8622-58007dc63c7e", "Ejer")                             \
    X(ROLE_CASE_RESPONSIBLE, "a1263342-d348-44ba-a566-233f37c4cb67", "Ansvarlig")                  \
    X(ROLE_CASE_WORKER, "bf1f93ed-9441-4af4-835b-baeb201f3076", "Primær behandler")                \
    X(ROLE_CASE_PARTY, "d839f26a-d4d1-4441-b2d6-3dbbb12a9404", "Primær part")                      \
    X(ROLE_CASE_OTHER_PARTY, "abf692c5-462b-46e5-a1fd-e1e4867a7745", "Sekundær part [D]")          \
    X(ROLE_CASE_PROPERTY_OWNER, "8ce974b6-9aca-4648-bc6e-d55419fa430e", "Ejer af ejendom [D]")     \
    X(ROLE_CASE_SUBJECT, "a86c6581-ec85-412d-a655-31a1f1d5b14f", "Primær klasse")                  \
    X(ROLE_CASE_ACTION, "05ef7011-11a7-4e4c-a46b-3de6aa457fc3", "Handlingsklasse")                 \
    X(ROLE_CASE_DISPLAY, "b038f7f5-263f-4ea9-8bd0-eb96a738f6c9", "Visningsklasse [D]")             \
    X(ROLE_CASE_ARCHIVE, "a330ac07-8687-45b9-9bf2-21137eb0dbb0", "Behandlingsarkiv")               \
    /* a case's relations to other cases */                                                        \
    X(ROLE_CASE_ABOVE, "d29c49f0-931e-4d42-8db4-a8fc67c8af58", "Oversag")                          \
    X(ROLE_CASE_OTHER, "c4efecb8-aee4-488a-8346-6526ebae6a1c", "Anden sag [D]")                    \
    X(ROLE_CASE_PRECEDENT, "faf8df6f-9805-45f8-9131-9501fbc86b0d", "Præcedens [D]")                \
    X(ROLE_CASE_COLLECTION, "71078631-b77f-4b80-b4fd-3286e25880fe", "Samlesag [D]")                \
    /* its journal */                                                                              \
    X(ROLE_JOURNAL_ATTACHED, "b21faed9-c4a2-49d3-aa15-35f5181d7735", "Vedlagt")                    \
    X(ROLE_JOURNAL_FILED, "69a0a697-0a77-4916-bea3-226594fa6627", "Tilakteret")                    \
    X(ROLE_JOURNAL_NOTE, "1281739d-93ea-486c-8950-607a4263bef0", "Journalnotat")                   \
    /* IT systems, of cases, documents, grants and payments */                                     \
    X(ROLE_SYSTEM_MASTER, "251c24fd-57b0-4afc-9d73-b063d1957eb3", "Master")                        \
    X(ROLE_SYSTEM_SENDER, "1b3c6a6d-e977-4491-9bf8-b41ee6999f39", "Afsender")                      \
    /* documents */                                                                                \
    X(ROLE_DOCUMENT_PARTY, "808a219f-fb0d-4a54-9519-929f7841bbb6", "Parter")                       \
    X(ROLE_DOCUMENT_COPY, "ffe7ec2b-4928-47a8-9a73-d7a9931b5621", "KopiParter")                    \
    /* grants */                                                                                   \
    X(ROLE_GRANT_OWNER, "abdf4d3e-f113-4282-b13e-6cd32a82621c", "Ejer")                            \
    X(ROLE_GRANT_RESPONSIBLE, "fbe1016a-170a-4dea-8652-2813c1a566c0", "Ansvarlig")                 \
    X(ROLE_GRANT_HOLDER, "3102fa7e-f56e-4510-b0d4-1650c590dc3b", "Bevillingsmodtager")             \
    X(ROLE_GRANT_RECEIVER, "93af57a7-7658-4fac-98da-9e5ac7a7d9a5", "Ydelsesmodtager")              \
    X(ROLE_GRANT_BENEFIT, "6ebd938f-0bbf-4142-a65c-fefe15e9f192", "Ydelse")                        \
    X(ROLE_GRANT_CLASS, "ea909030-c5fa-4544-9b22-a0010d08ebe1", "Primær klasse")                   \
    /* payments */                                                                                 \
    X(ROLE_PAYMENT_OWNER, "a91824c4-da1d-47f9-bce2-5d6597879415", "Ejer")                          \
    X(ROLE_PAYMENT_RECEIVER, "68d4b903-acae-4f2f-aafc-45bd999ed81f", "Effektueringsmodtager")      \
    X(ROLE_PAYMENT_BENEFIT, "ccc9d91b-9a4c-4ada-9be4-795ca068e89d", "Ydelseseffektuering")

enum municipal_role {
    ROLE_UNKNOWN,
#define X(role, uuid, name) role,
    MUNICIPAL_ROLES(X)
#undef X
        MUNICIPAL_ROLE_COUNT
};

/* What a relation points at: written by the sandbox; of those read, a unit alone matters.
 * X(enumerator, UUID) */
#define MUNICIPAL_TYPES(X)                                                                         \
    X(TYPE_ORGANISATION, "bc6972cd-8f2b-4b9d-8d37-62916d6a71aa")                                   \
    X(TYPE_UNIT, "c5fc3b3b-5197-49ee-92e6-ae6ba1957174")                                           \
    X(TYPE_USER, "85d65133-4b00-460d-992e-3984857b5768")                                           \
    X(TYPE_PERSON, "c189ba35-de4b-4363-a8b7-67f1456cf56f")                                         \
    X(TYPE_CLASS, "267235ea-526d-4a18-8001-f2a0e563eba1")                                          \
    X(TYPE_SYSTEM, "29fe1da2-897a-46cd-b635-b9be8e0bffd6")                                         \
    X(TYPE_CASE, "7f04a5f2-5437-4bf3-9605-46a5ba882bcc")                                           \
    X(TYPE_DOCUMENT, "198dd40f-88fe-49a3-8716-b6230544c23b")                                       \
    X(TYPE_PROPERTY, "4c3949ee-d086-4637-9348-365775e2b188")                                       \
    X(TYPE_DOCUMENT_PERSON, "12e3cd0d-03bb-46cf-b8d8-95b3fe082478")                                \
    X(TYPE_DOCUMENT_COMPANY, "d53c9233-f640-4641-8db8-15f45e2133d7")                               \
    X(TYPE_GRANT_PERSON, "c59f1523-1786-48c7-baff-466de1db3320")                                   \
    X(TYPE_GRANT_ORGANISATION, "45b7dafb-d90e-41da-b30e-ba007e577a8a")                             \
    X(TYPE_GRANT_CLASS, "7c51b9a8-d388-4e83-8c8b-ee3a90458d0b")                                    \
    X(TYPE_PAYMENT_BENEFIT, "4fd9d6c1-2939-4bfe-b803-ab0b3904bd2f")                                \
    X(TYPE_PAYMENT_ORGANISATION, "c622654c-d87f-4ac7-9a42-d0580253b979")

enum municipal_type {
#define X(type, uuid) type,
    MUNICIPAL_TYPES(X)
#undef X
        MUNICIPAL_TYPE_COUNT
};

/* How often a benefit is paid: Beregningsfrekvens is free text or a class's UUID [D]. Anything else
 * is unknown. X(text, code in the answer) */
#define MUNICIPAL_FREQUENCIES(X)                                                                   \
    X("Månedlig", "monthly")                                                                       \
    X("Månedligt", "monthly")                                                                      \
    X("Ugentlig", "weekly")                                                                        \
    X("Ugentligt", "weekly")                                                                       \
    X("Hver 14. dag", "fortnightly")                                                               \
    X("Kvartalsvis", "quarterly")                                                                  \
    X("Årlig", "yearly")                                                                           \
    X("Årligt", "yearly")                                                                          \
    X("Engangs", "once")                                                                           \
    X("Enkeltstående", "once")

#endif
