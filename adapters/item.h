/* SPDX-License-Identifier: MIT */
/* item: the one vocabulary for what authorities hold about a citizen. An adapter makes items out of
 * a source's bytes; guard and exposure judge them; output writes what is left. Strings are borrowed
 * from the answer's bytes or lie in the request's arena. Codes only: the words that people read are
 * added on output.
 *
 * Absent is said explicitly: STR_NONE, WALL_NONE, DATE_NONE, money.known == false. Unknown is null
 * in the answer, never 0. */
#ifndef ADAPTERS_ITEM_H
#define ADAPTERS_ITEM_H

#include "base/arena.h"
#include "base/clock.h"
#include "identity/cpr.h"

/* X(enumerator, name, incumbent's model) in the order in which they are shown. */
#define ITEM_KINDS(X)                                                                              \
    X(ITEM_CASE, "case", "BorgervendtSag")                                                         \
    X(ITEM_DOCUMENT, "document", "BorgervendtSag")                                                 \
    X(ITEM_BENEFIT, "benefit", "BorgervendtOekonomiskYdelse")                                      \
    X(ITEM_PAYMENT, "payment", "BorgervendtGaeldogBetaling")                                       \
    X(ITEM_CREDENTIAL, "credential", "BorgervendtAkkreditiv")                                      \
    X(ITEM_SERVICE, "service", "BorgervendtServiceydelse")                                         \
    X(ITEM_APPOINTMENT, "appointment", "BorgervendtAftaleFrister")

enum item_kind {
#define X(name, text, model) name,
    ITEM_KINDS(X)
#undef X
        ITEM_KIND_COUNT
};
struct str item_kind_name(enum item_kind kind);
struct str item_kind_model(enum item_kind kind);
bool item_kind_parse(struct str name, enum item_kind *kind) __attribute__((warn_unused_result));
#define ITEM_KIND_BIT(kind) (1u << (kind))
/* ["case","benefit"]: the names of those whose bits are set. */
struct writer;
void item_kinds_write(struct writer *w, unsigned kinds);

/* Where an item stands. X(enumerator, code in the answer); the sentences are in policies/texts. */
#define ITEM_STATUSES(X)                                                                           \
    X(STATUS_UNKNOWN, "unknown")                                                                   \
    /* cases: Sagstatus 1-5 of the incumbent; Fremdrift of the indexes */                          \
    X(STATUS_CREATED, "created") /* 1 Oprettet */                                                  \
    X(STATUS_OPENED, "opened")   /* Opstaaet: created and not decided, not merely received */      \
    X(STATUS_IN_PROGRESS, "in_progress") /* 2 Behandles, Oplyst */                                 \
    X(STATUS_DECIDED, "decided")         /* 3 Afgjort */                                           \
    X(STATUS_CLOSED, "closed")           /* 4 Afsluttet */                                         \
    X(STATUS_REJECTED, "rejected")       /* 5 Afvist */                                            \
    /* benefits and services */                                                                    \
    X(STATUS_ACTIVE, "active")                                                                     \
    X(STATUS_INACTIVE, "inactive")                                                                 \
    X(STATUS_PASSIVE, "passive")                                                                   \
    /* payments 1-7 */                                                                             \
    X(STATUS_DUE, "due")                               /* 1 Kommende betaling */                   \
    X(STATUS_PAID, "paid")                             /* 2 Betalt */                              \
    X(STATUS_OVERDUE, "overdue")                       /* 3 Betalingsdato er overskredet */        \
    X(STATUS_SENT_TO_COLLECTION, "sent_to_collection") /* 4 Sendt til Gældsstyrelsen */           \
    X(STATUS_PARTLY_OVERDUE, "partly_overdue")         /* 5 */                                     \
    X(STATUS_PARTLY_SENT, "partly_sent_to_collection") /* 6 */                                     \
    X(STATUS_PARTLY_OVERDUE_AND_SENT, "partly_overdue_and_sent") /* 7 */                           \
    /* credentials */                                                                              \
    X(STATUS_VALID, "valid")                                                                       \
    X(STATUS_EXPIRED, "expired")                                                                   \
    X(STATUS_BLOCKED, "blocked")                                                                   \
    X(STATUS_ENDED, "ended") /* closed for good, as NemID */                                       \
    /* appointments */                                                                             \
    X(STATUS_PLANNED, "planned")                                                                   \
    X(STATUS_CANCELLED, "cancelled")                                                               \
    X(STATUS_HELD, "held")

enum item_status {
#define X(name, code) name,
    ITEM_STATUSES(X)
#undef X
        ITEM_STATUS_COUNT
};
struct str item_status_code(enum item_status status);

enum awaiting { AWAITING_UNKNOWN, AWAITING_CITIZEN, AWAITING_AUTHORITY, AWAITING_NOBODY };
enum direction { DIRECTION_UNKNOWN, DIRECTION_TO_CITIZEN, DIRECTION_FROM_CITIZEN, DIRECTION_OTHER };
/* Foelsomhed of the indexes. */
enum sensitivity {
    SENSITIVITY_UNKNOWN,
    SENSITIVITY_ORDINARY,     /* IKKE_FORTROLIGE_DATA */
    SENSITIVITY_CONFIDENTIAL, /* FORTROLIGE_PERSONOPLYSNINGER */
    SENSITIVITY_SENSITIVE,    /* FOELSOMME_PERSONOPLYSNINGER */
    SENSITIVITY_VIP           /* VIP_SAGER */
};

struct money {
    int64_t oere;
    bool known;
};
#define MONEY_NONE ((struct money){0, false})
/* Decimal text "-?[0-9]+(\.[0-9]+)?" to øre, more than two decimals rounded half away from zero;
 * at most 15 digits before the point. */
bool money_parse(struct str s, struct money *money) __attribute__((warn_unused_result));

struct authority {
    struct str cvr;  /* eight digits */
    struct str code; /* municipality code "0710"; STR_NONE for others */
    struct str name; /* proper name, as the source or configuration says it */
};

/* kontaktpunktNavn 1-6 of the incumbent. */
enum contact_type {
    CONTACT_DIGITAL_POST = 1,
    CONTACT_PHONE,
    CONTACT_FAX,
    CONTACT_EMAIL,
    CONTACT_WEBSITE,
    CONTACT_NAME
};
struct contact {
    enum contact_type type;
    struct str value;
    struct contact *next;
};

enum link_type { LINK_SELF_SERVICE, LINK_DECISION, LINK_DIGITAL_POST, LINK_OTHER };
/* Is whoever follows the link logged in there already? */
enum sign_on { SIGN_ON_UNKNOWN, SIGN_ON_SINGLE, SIGN_ON_ANEW };
struct item_link {
    enum link_type type;
    struct str url; /* https only */
    enum sign_on sign_on;
    struct item_link *next;
};

/* Who is concerned by a case or grant, in which role, and when. Never written out. */
enum party_role {
    PARTY_PRIMARY,        /* Primær part */
    PARTY_SECONDARY,      /* any other part */
    PARTY_PROPERTY_OWNER, /* owner of the property of a building case [D] */
    PARTY_OTHER
};
struct party {
    enum party_role role;
    struct cpr cpr;       /* CPR_NONE: known by another number, or an organisation */
    struct wall from, to; /* when the role holds; unknown: open */
    struct party *next;
};

/* One step of a case's history: the status in force from `from` until `to`. */
struct status_step {
    enum item_status status;
    struct wall from, to;
    struct status_step *next;
};

/* Sagsrelationstype 1-4 of the incumbent. */
struct relation {
    int type;          /* 1 Oversag, 2 AndenSag, 3 Præcedens, 4 Samlesag */
    struct str id;     /* the source's own */
    struct str handle; /* what leaves instead: set by overview/fanout */
    struct relation *next;
};

/* What a document or payment belongs to: its case, or the benefits it pays. */
struct item_owner {
    const struct item *item; /* of the same answer */
    struct item_owner *next;
};

struct item {
    enum item_kind kind;
    struct str id;    /* the source's own; may hold anything, so it only leaves as a handle */
    struct str title; /* what the public may see; STR_NONE: withheld or missing */
    enum item_status status;
    struct str status_text; /* the source's own words; STR_NONE: none */
    struct authority authority;
    struct wall created, changed;
    struct wall as_of; /* unknown: as of the answer */
    struct contact *contacts;
    struct item_link *links;

    /* never written out */
    struct party *parties;     /* own, or inherited from the case or grant */
    struct str owner_id;       /* of a document or payment: the id of its case or grant */
    struct item_owner *owners; /* of a document or payment; NULL: not in this answer */
    struct str sending_system; /* UUID or name of the IT system that registered it */
    struct str unit;           /* UUID of the responsible organisation unit; its name is shown */
    enum sensitivity sensitivity;
    struct str display_class;   /* Visningsklasse; STR_NONE: none */
    bool has_security_profile;  /* Sikkerhedsprofil: a positive list that we must enforce */
    bool is_exempt;             /* OffentlighedUndtaget: the alternative title is not public */
    bool is_building_case;      /* set by exposure's settings, not by adapters */
    bool is_journal_note;       /* document: a note of its case's journal */
    bool has_protected_address; /* the source says that somebody's address here is protected */

    /* the fields of its kind; others are absent */
    struct str kle;                /* case, benefit: "32.24.04"; STR_NONE: missing at the source */
    struct str facet;              /* case: "G01" */
    struct str number;             /* case: Sagsnummer; credential: masked number */
    struct str uuid;               /* case: its UUID, for finding duplicates; STR_NONE */
    struct status_step *history;   /* case: oldest first */
    enum awaiting awaiting;        /* case */
    struct date decision_expected; /* case */
    bool is_decision_published;    /* … by the published processing time, not by the source */
    struct relation *relations;    /* case */

    struct str type; /* document: its type; credential: "pas" …; service: what is granted */
    enum direction direction; /* document; payment */
    struct date date;         /* document: its date; payment: due or paid */

    struct str payer;        /* benefit: who pays: name of municipality, UDK or a-kasse */
    struct str frequency;    /* benefit: "monthly" …; STR_NONE */
    struct money gross, net; /* benefit: per payment; payment: `net` is the amount that moves */
    struct date valid_from, valid_to; /* benefit, credential, service: its period; to inclusive */

    struct wall starts, ends; /* appointment */
    struct str place;         /* appointment */
    struct date deadline;     /* appointment: answer or act by */

    struct item *next;
};

/* Says that a document or payment belongs to another item. False: arena full. */
bool item_own(struct item *item, const struct item *by, struct arena *arena)
    __attribute__((warn_unused_result));

/* The items of one answer, in the source's order. */
struct item_list {
    struct item *first;
    struct item **end; /* where the next one is linked in */
    size_t count;
};
void item_list_init(struct item_list *list);
/* A zeroed item at the list's end; NULL: arena full or `max` reached. */
struct item *item_list_add(struct item_list *list, struct arena *arena, size_t max);

#endif
