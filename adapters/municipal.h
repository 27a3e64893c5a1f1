/* SPDX-License-Identifier: MIT */
/* municipal: what the two municipal indexes have in common: the fragments of their schemas, effects
 * in time (Virkning), relations with roles, registrations, and the way an answer ends. */
#ifndef ADAPTERS_MUNICIPAL_H
#define ADAPTERS_MUNICIPAL_H

#include "adapters/municipal_codes.h"
#include "adapters/soap.h"

enum { MUNICIPAL_UUID_TEXT = 37 }; /* with the terminating NUL */

/* The codes' UUIDs, and the role that a UUID means, in either case of letters. */
struct str municipal_role_uuid(enum municipal_role role);
enum municipal_role municipal_role_of(struct str uuid);
struct str municipal_type_uuid(enum municipal_type type);

/* False: no UUID (8-4-4-4-12 hex digits). Else in lower case and terminated. */
bool municipal_uuid_parse(struct str s, char uuid[MUNICIPAL_UUID_TEXT])
    __attribute__((warn_unused_result));

/* ---- time ---- */

/* Virkning: from inclusive, to exclusive; unknown is open. */
struct municipal_effect {
    struct wall from, to;
};
bool municipal_effect_covers(const struct municipal_effect *effect, struct wall now);

/* Of several entries the one in force counts, else the last that was, else the first that will be.
 * One of these, zeroed, per slot to be filled. */
struct municipal_choice {
    int rank;
    struct wall from;
};
/* Is this entry to be taken instead of what is held? Then it is noted as held. */
bool municipal_prefers(struct municipal_choice *held, const struct municipal_effect *effect,
                       struct wall now);

/* ---- reading ---- */

/* Tags of the common fragments; each part of an index counts on from its own hundred. */
enum municipal_tag {
    TAG_STATUS_CODE = 1,
    TAG_COUNT_ELEMENT,
    TAG_COUNT,
    TAG_FROM,
    TAG_FROM_OPEN,
    TAG_TO,
    TAG_TO_OPEN,
    TAG_ROLE,
    TAG_TYPE,
    TAG_REFERENCE_UUID,
    TAG_REFERENCE_URN,
    TAG_OBJECT,
    TAG_REGISTERED,
    TAG_REGISTERED_AT_INDEX,
    TAG_LIFECYCLE,
    TAG_PLAIN, /* holds elements and means nothing by itself */
    TAG_OUTPUT,
    TAG_CASES = 100,
    TAG_DOCUMENTS = 200,
    TAG_GRANTS = 300,
    TAG_PAYMENTS = 400,
    TAG_CLASSES = 500
};

extern const struct soap_type municipal_effect_type; /* sd:VirkningType */
extern const struct soap_type municipal_id_type;     /* gd Rolle: sd:UnikIdType */
extern const struct soap_type municipal_kind_type;   /* gd Type: sd:UnikIdType */
extern const struct soap_type municipal_reference_type;
extern const struct soap_type municipal_object_type; /* sd:SagDokObjektType */
extern const struct soap_type municipal_return_type; /* sd:StandardReturType */

/* The elements every gd:RelationType begins with, and every registration. */
#define MUNICIPAL_RELATION                                                                         \
    SOAP_ONE(NS_GD, "Virkning", TAG_PLAIN, &municipal_effect_type),                                \
        SOAP_ONE(NS_GD, "Rolle", TAG_PLAIN, &municipal_id_type),                                   \
        SOAP_ONE(NS_GD, "Type", TAG_PLAIN, &municipal_kind_type),                                  \
        SOAP_ONE(NS_GD, "ReferenceID", TAG_PLAIN, &municipal_reference_type)
#define MUNICIPAL_REGISTRATION                                                                     \
    SOAP_ONE(NS_SD, "Tidspunkt", TAG_REGISTERED, NULL),                                            \
        SOAP_ONE(NS_SD, "LivscyklusKode", TAG_LIFECYCLE, NULL),                                    \
        SOAP_ONE(NS_GD, "StsTidspunkt", TAG_REGISTERED_AT_INDEX, NULL)

/* A relation as far as it has been read. */
struct municipal_relation {
    enum municipal_role role;
    bool is_unit;                   /* it points at an organisation unit, and not at a person */
    char uuid[MUNICIPAL_UUID_TEXT]; /* ReferenceID; "" */
    struct cpr cpr;                 /* of urn:oio:cpr-nr */
    char cvr[9];                    /* of urn:oio:cvr-nr or a field of its own; "" */
    struct str key, name;           /* kept only where the role wants them */
};

/* What the parts of an index read into; one per answer. */
struct municipal_reader {
    struct arena *arena;
    const struct question *question;
    struct item_list *items;
    size_t items_max;

    int64_t status_code; /* 0: none yet */
    struct str count_of; /* "sager", …: which count comes */
    struct str paged;    /* the count that pages are made of */
    int64_t total;       /* of it; -1: not said */
    size_t objects;      /* of the paged kind in this answer */

    struct municipal_effect effect; /* of the element being read */
    struct municipal_relation relation;
    char object[MUNICIPAL_UUID_TEXT];
    struct wall registered;
    bool is_gone;   /* Passiveret or Slettet */
    size_t parties; /* of this registration */
};

/* Of what is paged in the count's words: "sager". */
void municipal_begin(struct municipal_reader *r, struct arena *arena,
                     const struct question *question, const struct answer *answer,
                     struct parsed *parsed, struct str paged);
void municipal_begin_object(struct municipal_reader *r);
void municipal_begin_registration(struct municipal_reader *r);
/* Before each element that has a Virkning, and each relation. */
void municipal_begin_effect(struct municipal_reader *r);

/* Takes the text of a common element. */
const char *municipal_leave(struct municipal_reader *r, int tag, struct str text);

/* Texts as their types want them: white space around is nothing. */
struct str municipal_trim(struct str text);
const char *municipal_copy(struct municipal_reader *r, struct str text, struct str *copy);
const char *municipal_wall(struct str text, struct wall *wall);
const char *municipal_date(struct str text, struct date *date); /* of a date or a date and time */
const char *municipal_money(struct str text, struct money *money);
const char *municipal_sensitivity(struct str text, enum sensitivity *sensitivity);
bool municipal_is_kle(struct str key);            /* nn.nn.nn */
void municipal_cvr(struct str text, char cvr[9]); /* anything but eight digits: "" */

/* The owner authority that the relation just read names. */
const char *municipal_authority(struct municipal_reader *r, struct authority *authority);

/* The party that the relation just read names, behind `last`. */
const char *municipal_party(struct municipal_reader *r, enum party_role role, struct party ***last);

/* A copy at the list's end; NULL: there is no room for more items. */
struct item *municipal_add(struct municipal_reader *r, const struct item *item);

/* ---- an answer as a whole ---- */

/* What an envelope that was read says of itself: ANSWERED, EMPTY for "not found", or what went
 * wrong. */
enum outcome municipal_outcome(const struct municipal_reader *r, const struct soap_message *message,
                               struct answer_fault *fault);

/* Reads the envelope: ANSWERED, EMPTY for "not found", or what went wrong. Sets all of `parsed` but
 * the items that are added afterwards. */
enum outcome municipal_read(struct municipal_reader *r, const struct answer *answer,
                            const struct soap_element *payload, const struct soap_handler *handler,
                            void *ctx, struct parsed *parsed, struct answer_fault *fault);
/* ANSWERED or EMPTY, by what was found. */
enum outcome municipal_end(const struct parsed *parsed);

/* ---- asking ---- */

enum { MUNICIPAL_PAGE = 100 }; /* objects per page [D] */

/* Where the page that is asked for begins: 0 for the first [D]. False: not a cursor of ours. */
bool municipal_page_start(const struct question *question, uint64_t *start)
    __attribute__((warn_unused_result));

/* <sd:FoersteResultatReference> and <sd:MaksimalAntalKvantitet>. */
void municipal_write_page(struct buf *out, uint64_t start);
/* <gd:Rolle> of a role. */
void municipal_write_role(struct buf *out, enum municipal_role role);
/* <gd:ReferenceID> of the citizen. */
void municipal_write_citizen(struct buf *out, const struct cpr *cpr);

#endif
