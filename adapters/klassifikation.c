/* SPDX-License-Identifier: MIT */
#include "adapters/klassifikation.h"

#include <assert.h>

enum { TIMES_MAX = 32 }; /* of one class's properties, and of its publication */

/* ---- asking ---- */

bool klassifikation_build_soeg(struct arena *arena, struct str request_id, struct str facet,
                               size_t start, struct ask *ask)
{
    struct buf *out = ask->body;

    if (!soap_headers(arena, ask, "http://kombit.dk/sts/klassifikation/klasse/soeg"))
        return false;
    soap_open(out, request_id);
    buf_format(out,
               "<klasse:SoegInput>"
               "<sd:FoersteResultatReference>%zu</sd:FoersteResultatReference>"
               "<sd:MaksimalAntalKvantitet>%d</sd:MaksimalAntalKvantitet>"
               "<klasse:AttributListe/><klasse:TilstandListe/>"
               "<klasse:RelationListe><sd:Facet><sd:ReferenceID>",
               start, KLASSIFIKATION_PAGE);
    soap_text(out, "sd:UUIDIdentifikator", facet);
    buf_add_str(out, STR("</sd:ReferenceID></sd:Facet></klasse:RelationListe></klasse:SoegInput>"));
    soap_close(out);
    return !out->failed;
}

/* Of all time: an expired number is told from one that never was. */
bool klassifikation_build_list(struct arena *arena, struct str request_id,
                               const struct klassifikation_id *ids, size_t count, struct ask *ask)
{
    struct buf *out = ask->body;

    assert(count > 0 && count <= KLASSIFIKATION_BATCH);
    if (!soap_headers(arena, ask, "http://kombit.dk/sts/klassifikation/klasse/list"))
        return false;
    soap_open(out, request_id);
    buf_add_str(out, STR("<klasse:ListInput>"));
    for (size_t i = 0; i < count; i++)
        soap_text(out, "sd:UUIDIdentifikator", str_of(ids[i].text));
    buf_add_str(out, STR("<sd:VirkningFraFilter><sd:GraenseIndikator>true</sd:GraenseIndikator>"
                         "</sd:VirkningFraFilter>"
                         "<sd:VirkningTilFilter><sd:GraenseIndikator>true</sd:GraenseIndikator>"
                         "</sd:VirkningTilFilter></klasse:ListInput>"));
    soap_close(out);
    return !out->failed;
}

/* ---- the schemas ---- */

enum klasse_tag {
    KLASSE = TAG_CLASSES,
    KLASSE_FOUND,
    KLASSE_REGISTRATION,
    KLASSE_PROPERTY,
    KLASSE_KEY,
    KLASSE_TITLE,
    KLASSE_PUBLISHED,
    KLASSE_IS_PUBLISHED
};

static const struct soap_element found_children[] = {
    SOAP_MANY(NS_SD, "UUIDIdentifikator", KLASSE_FOUND, NULL),
};
static const struct soap_type found_type = SOAP_TYPE(found_children);
static const struct soap_element soeg_children[] = {
    SOAP_ONE(NS_SD, "StandardRetur", TAG_PLAIN, &municipal_return_type),
    SOAP_ONE(NS_SD, "IdListe", TAG_PLAIN, &found_type),
};
static const struct soap_type soeg_type = SOAP_TYPE(soeg_children);
static const struct soap_element soeg_output =
    SOAP_ONE(NS_KLASSE, "SoegOutput", TAG_OUTPUT, &soeg_type);

static const struct soap_element property_children[] = {
    SOAP_ONE(NS_SD, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_SD, "BrugervendtNoegleTekst", KLASSE_KEY, NULL),
    SOAP_ONE(NS_SD, "TitelTekst", KLASSE_TITLE, NULL),
};
static const struct soap_type property_type = SOAP_TYPE(property_children);
static const struct soap_element attributes_children[] = {
    SOAP_MANY(NS_KLASSE, "Egenskab", KLASSE_PROPERTY, &property_type),
};
static const struct soap_type attributes_type = SOAP_TYPE(attributes_children);

static const struct soap_element published_children[] = {
    SOAP_ONE(NS_SD, "Virkning", TAG_PLAIN, &municipal_effect_type),
    SOAP_ONE(NS_SD, "ErPubliceretIndikator", KLASSE_IS_PUBLISHED, NULL),
};
static const struct soap_type published_type = SOAP_TYPE(published_children);
static const struct soap_element states_children[] = {
    SOAP_MANY(NS_KLASSE, "PubliceretStatus", KLASSE_PUBLISHED, &published_type),
};
static const struct soap_type states_type = SOAP_TYPE(states_children);

static const struct soap_element registration_children[] = {
    SOAP_ONE(NS_SD, "Tidspunkt", TAG_REGISTERED, NULL),
    SOAP_ONE(NS_SD, "LivscyklusKode", TAG_LIFECYCLE, NULL),
    SOAP_ONE(NS_KLASSE, "AttributListe", TAG_PLAIN, &attributes_type),
    SOAP_ONE(NS_KLASSE, "TilstandListe", TAG_PLAIN, &states_type),
};
static const struct soap_type registration_type = SOAP_TYPE(registration_children);
static const struct soap_element class_children[] = {
    SOAP_ONE(NS_KLASSE, "ObjektID", TAG_PLAIN, &municipal_object_type),
    SOAP_MANY(NS_KLASSE, "Registrering", KLASSE_REGISTRATION, &registration_type),
};
static const struct soap_type class_type = SOAP_TYPE(class_children);
static const struct soap_element list_children[] = {
    SOAP_ONE(NS_SD, "StandardRetur", TAG_PLAIN, &municipal_return_type),
    SOAP_MANY(NS_KLASSE, "FiltreretOejebliksbillede", KLASSE, &class_type),
};
static const struct soap_type list_type = SOAP_TYPE(list_children);
static const struct soap_element list_output =
    SOAP_ONE(NS_KLASSE, "ListOutput", TAG_OUTPUT, &list_type);

/* ---- reading ---- */

/* What a class was called, and when. */
struct property {
    struct municipal_effect effect;
    struct str number, title;
};

/* One registration. */
struct draft {
    struct property properties[TIMES_MAX];
    struct municipal_effect published[TIMES_MAX]; /* only those in which it was */
    size_t property_count, published_count;
    bool says_published; /* whether it is, is said at all */
    bool is_gone;
    struct wall registered;
};

struct reading {
    struct municipal_reader r;
    struct klassifikation_ids *found;

    const struct klassifikation_id *asked;
    bool *answered; /* beside `asked` */
    size_t asked_count;
    struct klassifikation_classes *classes;
    struct draft draft, newest;
    bool has_newest, is_published;
};

static const char *enter(void *ctx, int tag)
{
    struct reading *in = ctx;
    struct draft *d = &in->draft;

    switch (tag) {
    case KLASSE:
        municipal_begin_object(&in->r);
        in->has_newest = false;
        in->r.objects++;
        return NULL;
    case KLASSE_REGISTRATION:
        municipal_begin_registration(&in->r);
        d->property_count = d->published_count = 0;
        d->says_published = false;
        return NULL;
    case KLASSE_PROPERTY:
        if (d->property_count == TIMES_MAX)
            return "a class with too many names";
        municipal_begin_effect(&in->r);
        d->properties[d->property_count] = (struct property){0};
        return NULL;
    case KLASSE_PUBLISHED:
        municipal_begin_effect(&in->r);
        in->is_published = false;
        return NULL;
    default:
        return NULL;
    }
}

/* The Danish day of an instant. An end that is the day's last second is the end of that day. */
static struct date first_day(struct wall from)
{
    return from.known ? wall_date(from) : DATE_NONE;
}

static struct date end_day(struct wall to)
{
    enum { SECOND_MS = 1000 };

    to.unix_ms += SECOND_MS;
    return to.known ? wall_date(to) : DATE_NONE;
}

static struct municipal_effect both(struct municipal_effect a, struct municipal_effect b)
{
    if (!a.from.known || (b.from.known && b.from.unix_ms > a.from.unix_ms))
        a.from = b.from;
    if (!a.to.known || (b.to.known && b.to.unix_ms < a.to.unix_ms))
        a.to = b.to;
    return a;
}

static const char *add(struct reading *in, const struct property *property,
                       struct municipal_effect effect)
{
    struct klassifikation_classes *classes = in->classes;

    if (effect.from.known && effect.to.known && effect.from.unix_ms >= effect.to.unix_ms)
        return NULL;
    if (classes->count == classes->max)
        return "too many classes";
    classes->at[classes->count++] = (struct klassifikation_class){.number = property->number,
                                                                  .title = property->title,
                                                                  .from = first_day(effect.from),
                                                                  .to = end_day(effect.to)};
    return NULL;
}

/* Of what is known of a class the newest registration counts. Where none says whether it is
 * published, its names alone do [D]. */
static const char *take_newest(struct reading *in)
{
    static const struct municipal_effect always = {0};
    const struct draft *d = &in->newest;
    const struct municipal_effect *published = d->says_published ? d->published : &always;
    size_t count = d->says_published ? d->published_count : 1;
    const char *why = NULL;

    for (size_t i = 0; i < d->property_count && !d->is_gone; i++)
        for (size_t n = 0; n < count && !why; n++)
            why = add(in, &d->properties[i], both(d->properties[i].effect, published[n]));
    return why;
}

static const char *take_class(struct reading *in)
{
    size_t i = 0;

    if (!in->r.object[0])
        return "a class without UUID";
    while (i < in->asked_count && strcmp(in->r.object, in->asked[i].text) != 0)
        i++;
    if (i == in->asked_count)
        return "a class that was not asked for";
    if (in->answered[i])
        return "a class comes twice";
    in->answered[i] = true;
    return in->has_newest ? take_newest(in) : NULL;
}

static void take_registration(struct reading *in)
{
    struct draft *d = &in->draft;

    d->registered = in->r.registered;
    d->is_gone = in->r.is_gone;
    if (!in->has_newest || d->registered.unix_ms >= in->newest.registered.unix_ms)
        in->newest = *d;
    in->has_newest = true;
}

static const char *take_published(struct reading *in)
{
    struct draft *d = &in->draft;

    if (!in->is_published)
        return NULL;
    if (d->published_count == TIMES_MAX)
        return "a class that is published too often";
    d->published[d->published_count++] = in->r.effect;
    return NULL;
}

static const char *take_found(struct reading *in, struct str text)
{
    struct klassifikation_ids *found = in->found;

    in->r.objects++;
    if (found->count == KLASSIFIKATION_PAGE)
        return "more ids than were asked for";
    return municipal_uuid_parse(municipal_trim(text), found->at[found->count++].text)
               ? NULL
               : "a UUID is malformed";
}

static const char *take_flag(struct str text, bool *flag)
{
    text = municipal_trim(text);
    *flag = str_equal(text, STR("true")) || str_equal(text, STR("1"));
    return *flag || str_equal(text, STR("false")) || str_equal(text, STR("0"))
               ? NULL
               : "an indicator is neither true nor false";
}

static const char *leave(void *ctx, int tag, struct str text)
{
    struct reading *in = ctx;
    struct draft *d = &in->draft;

    switch (tag) {
    case KLASSE_FOUND:
        return take_found(in, text);
    case KLASSE_KEY:
        return municipal_copy(&in->r, text, &d->properties[d->property_count].number);
    case KLASSE_TITLE:
        return municipal_copy(&in->r, text, &d->properties[d->property_count].title);
    case KLASSE_PROPERTY:
        d->properties[d->property_count++].effect = in->r.effect;
        return NULL;
    case KLASSE_IS_PUBLISHED:
        d->says_published = true;
        return take_flag(text, &in->is_published);
    case KLASSE_PUBLISHED:
        return take_published(in);
    case KLASSE_REGISTRATION:
        take_registration(in);
        return NULL;
    case KLASSE:
        return take_class(in);
    default:
        return municipal_leave(&in->r, tag, text);
    }
}

/* ---- an answer as a whole ---- */

static enum outcome read_answer(struct reading *in, struct arena *arena, struct str request_id,
                                const struct answer *answer, const struct soap_element *output,
                                struct answer_fault *fault)
{
    static const struct soap_handler handler = {enter, leave};
    struct soap_message message;
    enum outcome outcome = soap_http_outcome(answer, fault);

    if (outcome != OUTCOME_ANSWERED)
        return outcome;
    in->r.arena = arena;
    if (!soap_read(arena, answer->body, output, &handler, in, &message, fault))
        return OUTCOME_INVALID;
    outcome = municipal_outcome(&in->r, &message, fault);
    if (outcome_is_positive(outcome) && !str_equal(message.transaction, request_id)) {
        fault->why = "it does not name our request";
        return OUTCOME_INVALID;
    }
    return outcome;
}

enum outcome klassifikation_parse_soeg(struct arena *arena, struct str request_id,
                                       const struct answer *answer, struct klassifikation_ids *ids,
                                       struct answer_fault *fault)
{
    struct reading *in = ARENA_NEW(arena, struct reading);

    *fault = (struct answer_fault){0};
    ids->count = 0;
    if (!in) {
        fault->why = "no room";
        return OUTCOME_INVALID;
    }
    in->found = ids;
    return read_answer(in, arena, request_id, answer, &soeg_output, fault);
}

enum outcome klassifikation_parse_list(struct arena *arena, struct str request_id,
                                       const struct answer *answer,
                                       const struct klassifikation_id *ids, size_t count,
                                       struct klassifikation_classes *classes,
                                       struct answer_fault *fault)
{
    struct reading *in = ARENA_NEW(arena, struct reading);
    bool answered[KLASSIFIKATION_BATCH] = {0};
    size_t before = classes->count;

    assert(count <= KLASSIFIKATION_BATCH);
    *fault = (struct answer_fault){0};
    if (!in) {
        fault->why = "no room";
        return OUTCOME_INVALID;
    }
    in->asked = ids;
    in->asked_count = count;
    in->answered = answered;
    in->classes = classes;

    enum outcome outcome = read_answer(in, arena, request_id, answer, &list_output, fault);
    if (!outcome_is_positive(outcome))
        classes->count = before;
    for (size_t i = 0; outcome_is_positive(outcome) && i < count; i++)
        classes->missing += !answered[i];
    return outcome;
}
