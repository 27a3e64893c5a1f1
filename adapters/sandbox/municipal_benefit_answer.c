/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/municipal_benefit_answer.h"

/* Whose grant it is: the citizen's under whom it stands, unless it says otherwise. */
static struct str person_of(const struct state_words *words, const json_t *grant,
                            const char *member)
{
    struct str who = municipal_member(words, grant, member);

    return who.at ? who : state_text(words, STR("@self"));
}

static struct str owner_of(const struct state_words *words, const json_t *grant, const char *what)
{
    return municipal_owner(words, municipal_member(words, grant, "owner"), what);
}

/* ---- finding ---- */

struct finding {
    struct municipal_answer *answer;
    const json_t *grant;
};

static void match_payment(void *ctx, const struct state_words *words, const json_t *payment)
{
    struct finding *finding = ctx;
    struct wall date = WALL_NONE;
    struct str day = municipal_member(words, payment, "date");

    if (!municipal_wish_names(finding->answer->wish, municipal_member(words, payment, "uuid")))
        return;
    if (!wall_parse(municipal_stamp(words, day), &date))
        date = WALL_NONE;
    municipal_founds_add(&finding->answer->rest, words, payment, finding->grant, date);
}

static void match_grant(void *ctx, const struct state_words *words, const json_t *grant)
{
    struct municipal_answer *answer = ctx;
    struct finding finding = {answer, grant};
    struct str holder = person_of(words, grant, "holder");
    struct str receiver = person_of(words, grant, "receiver");
    struct str cvr = owner_of(words, grant, "cvr");

    if (municipal_wish_names(answer->wish, municipal_member(words, grant, "uuid")) &&
        (municipal_searched(answer->wish, false, ROLE_GRANT_HOLDER, holder, cvr) ||
         municipal_searched(answer->wish, false, ROLE_GRANT_RECEIVER, receiver, cvr)))
        municipal_founds_add(&answer->main, words, grant, NULL, municipal_changed(words, grant));
    if (municipal_searched(answer->wish, true, ROLE_PAYMENT_RECEIVER, receiver, cvr))
        municipal_visit_array(words, json_object_get(grant, "payments"), match_payment, &finding);
}

void municipal_benefits_find(struct municipal_answer *answer, const struct state_words *words)
{
    const struct municipal_search *grants = municipal_search(answer->wish, false);
    const struct municipal_search *payments = municipal_search(answer->wish, true);
    struct municipal_search page = grants ? *grants : (struct municipal_search){0};

    municipal_visit(words, "grants", match_grant, answer);
    municipal_founds_sort(&answer->main);
    municipal_founds_sort(&answer->rest);
    answer->main_total = answer->main.count;
    answer->rest_total = answer->rest.count;
    if (answer->repeats_pages)
        page.first = 0;
    municipal_founds_cut(&answer->main, &page);
    if (payments)
        municipal_founds_cut(&answer->rest, payments);
}

/* ---- writing a grant ---- */

static void write_system(struct buf *out, const struct state_words *words, const json_t *benefit)
{
    struct str name = municipal_member(words, benefit, "system");

    municipal_open(out, "bi:ItSystem");
    municipal_object(out, "bi:Rolle", municipal_role_uuid(ROLE_SYSTEM_SENDER));
    municipal_object(out, "bi:Type", municipal_type_uuid(TYPE_SYSTEM));
    municipal_object(out, "bi:ReferenceID", municipal_system(words, name, "uuid"));
    soap_text(out, "bi:SystemNavn", municipal_system(words, name, "name"));
    municipal_shut(out, "bi:ItSystem");
}

static void write_kind(struct buf *out, const struct state_words *words, const json_t *benefit)
{
    municipal_open(out, "bi:Ydelse");
    municipal_object(out, "bi:Rolle", municipal_role_uuid(ROLE_GRANT_BENEFIT));
    municipal_member_text(out, words, benefit, "kind", "bi:Ydelsesnavn");
    if (json_object_get(benefit, "kle")) {
        municipal_open(out, "bi:Klassifikation");
        municipal_object(out, "bi:Rolle", municipal_role_uuid(ROLE_GRANT_CLASS));
        municipal_object(out, "bi:Type", municipal_type_uuid(TYPE_GRANT_CLASS));
        municipal_member_text(out, words, benefit, "kle", "bi:BrugervendtNoegle");
        municipal_shut(out, "bi:Klassifikation");
    }
    municipal_shut(out, "bi:Ydelse");
}

static void write_plan(void *ctx, const struct state_words *words, const json_t *plan)
{
    struct buf *out = ctx;

    municipal_open(out, "bi:OekonomiskEffektueringsplan");
    municipal_time(out, "bi:EffektueringsplanStartdato", words,
                   municipal_member(words, plan, "from"));
    municipal_time(out, "bi:EffektueringsplanSlutdato", words, municipal_member(words, plan, "to"));
    municipal_member_text(out, words, plan, "frequency", "bi:Beregningsfrekvens");
    soap_text(out, "bi:ForudBagud", STR("Bagud"));
    municipal_member_text(out, words, plan, "amount", "bi:Ydelsesbeloeb");
    municipal_shut(out, "bi:OekonomiskEffektueringsplan");
}

static void write_benefit(void *ctx, const struct state_words *words, const json_t *benefit)
{
    struct buf *out = ctx;
    struct str from = municipal_member(words, benefit, "from");

    municipal_open(out, "bi:BevilgetYdelse");
    municipal_effect(out, "bi:Virkning", words, from, STR_NONE);
    municipal_member_text(out, words, benefit, "id", "bi:Id");
    municipal_member_text(out, words, benefit, "name", "bi:Navn");
    municipal_time(out, "bi:BevilgetYdelseStartdato", words, from);
    municipal_time(out, "bi:BevilgetYdelseSlutdato", words, municipal_member(words, benefit, "to"));
    soap_text(out, "bi:Tilbagebetalingspligtig", STR("false"));
    write_system(out, words, benefit);
    write_kind(out, words, benefit);
    municipal_visit_array(words, json_object_get(benefit, "plans"), write_plan, out);
    municipal_shut(out, "bi:BevilgetYdelse");
}

static void write_attributes(const struct municipal_answer *answer, const struct state_words *words,
                             const json_t *grant)
{
    struct buf *out = answer->out;
    struct str from = municipal_member(words, grant, "from");
    struct str sensitivity = municipal_member(words, grant, "sensitivity");

    municipal_open(out, "bi:AttributListe");
    if (municipal_wants(answer->wish, SHOW_GRANT)) {
        municipal_open(out, "bi:Egenskaber");
        municipal_effect(out, "bi:Virkning", words, from, STR_NONE);
        municipal_text(out, "bi:Bevillingstartdato", municipal_day(words, from));
        municipal_text(out, "bi:Bevillingslutdato",
                       municipal_day(words, municipal_member(words, grant, "to")));
        soap_text(out, "bi:Foelsomhed", sensitivity.at ? sensitivity : STR("IKKE_FORTROLIGE_DATA"));
        municipal_shut(out, "bi:Egenskaber");
    }
    if (municipal_wants(answer->wish, SHOW_GRANT_BENEFITS))
        municipal_visit_array(words, json_object_get(grant, "benefits"), write_benefit, out);
    municipal_shut(out, "bi:AttributListe");
}

static void write_party(struct buf *out, const struct state_words *words, const json_t *grant,
                        const char *member, enum municipal_role role)
{
    municipal_open(out, "bi:Bevillingspart");
    municipal_relate(out, words, municipal_member(words, grant, "from"), STR_NONE, role,
                     TYPE_GRANT_PERSON,
                     municipal_urn(words, "urn:oio:cpr-nr:", person_of(words, grant, member)));
    municipal_shut(out, "bi:Bevillingspart");
}

static void write_grant(const struct municipal_answer *answer, const struct state_words *words,
                        const json_t *grant)
{
    struct buf *out = answer->out;
    struct str from = municipal_member(words, grant, "from");
    struct str cvr = owner_of(words, grant, "cvr");

    municipal_open(out, "yi:BevillingFiltreretOejebliksbillede");
    municipal_object(out, "bi:ObjektType", municipal_member(words, grant, "uuid"));
    municipal_open(out, "bi:Registrering");
    municipal_registered(out, words, grant);
    write_attributes(answer, words, grant);
    buf_add_str(out, STR("<bi:TilstandListe/>"));
    municipal_open(out, "bi:RelationListe");
    if (municipal_wants(answer->wish, SHOW_GRANT_PARTIES) && !answer->hides_parties) {
        write_party(out, words, grant, "receiver", ROLE_GRANT_RECEIVER);
        write_party(out, words, grant, "holder", ROLE_GRANT_HOLDER);
    }
    if (municipal_wants(answer->wish, SHOW_GRANT_OWNER)) {
        municipal_open(out, "bi:Bevillingsaktoer");
        municipal_relate(out, words, from, STR_NONE, ROLE_GRANT_OWNER, TYPE_GRANT_ORGANISATION,
                         municipal_urn(words, "urn:oio:cvr-nr:", cvr));
        soap_text(out, "bi:FuldtNavn", owner_of(words, grant, "name"));
        soap_text(out, "bi:CVR-nr", cvr);
        municipal_shut(out, "bi:Bevillingsaktoer");
    }
    if (municipal_wants(answer->wish, SHOW_GRANT_PROFILE) &&
        municipal_flag(grant, "security_profile")) {
        municipal_open(out, "bi:Sikkerhedsprofil");
        municipal_effect(out, "gd:Virkning", words, from, STR_NONE);
        municipal_shut(out, "bi:Sikkerhedsprofil");
    }
    municipal_shut(out, "bi:RelationListe");
    municipal_shut(out, "bi:Registrering");
    municipal_shut(out, "yi:BevillingFiltreretOejebliksbillede");
}

/* ---- writing a payment ---- */

static void write_amounts(struct buf *out, const struct state_words *words, const json_t *payment)
{
    struct str date = municipal_member(words, payment, "date");

    municipal_open(out, "oei:Egenskaber");
    municipal_effect(out, "oei:Virkning", words, date, STR_NONE);
    municipal_time(out, "oei:Startdato", words, municipal_member(words, payment, "from"));
    municipal_time(out, "oei:Slutdato", words, municipal_member(words, payment, "to"));
    municipal_member_text(out, words, payment, "gross", "oei:SamletBruttobeloeb");
    municipal_time(out, "oei:Dispositionsdato", words, date);
    municipal_member_text(out, words, payment, "after_tax", "oei:BeloebEfterSkatATP");
    municipal_member_text(out, words, payment, "sent", "oei:BeloebSendtTilUdbetaling");
    municipal_member_text(out, words, payment, "paid", "oei:BeloebUdbetalt");
    municipal_shut(out, "oei:Egenskaber");
}

static void write_payment(const struct municipal_answer *answer,
                          const struct municipal_found *found)
{
    struct buf *out = answer->out;
    const struct state_words *words = &found->words;
    const json_t *payment = found->object;
    struct str date = municipal_member(words, payment, "date");
    struct str cvr = owner_of(words, found->parent, "cvr");

    municipal_open(out, "yi:OekonomiskEffektueringFiltreretOejebliksbillede");
    municipal_object(out, "oei:ObjektType", municipal_member(words, payment, "uuid"));
    municipal_open(out, "oei:Registrering");
    municipal_time(out, "sd:Tidspunkt", words, municipal_member(words, found->parent, "changed"));
    soap_text(out, "sd:LivscyklusKode", STR("Importeret"));
    municipal_open(out, "oei:AttributListe");
    if (municipal_wants(answer->wish, SHOW_PAYMENT))
        write_amounts(out, words, payment);
    municipal_shut(out, "oei:AttributListe");
    buf_add_str(out, STR("<oei:TilstandListe/>"));
    municipal_open(out, "oei:RelationListe");
    if (municipal_wants(answer->wish, SHOW_PAYMENT_BENEFITS)) {
        municipal_open(out, "oei:OekonomiskYdelseEffektueringRelation");
        municipal_relate(out, words, date, STR_NONE, ROLE_PAYMENT_BENEFIT, TYPE_PAYMENT_BENEFIT,
                         STR_NONE);
        municipal_open(out, "oei:BevilgetYdelseRef");
        soap_text(out, "sd:UUIDIdentifikator", municipal_member(words, found->parent, "uuid"));
        soap_text(out, "oei:BevilgetYdelseId", municipal_member(words, payment, "benefit"));
        municipal_shut(out, "oei:BevilgetYdelseRef");
        municipal_shut(out, "oei:OekonomiskYdelseEffektueringRelation");
    }
    if (municipal_wants(answer->wish, SHOW_PAYMENT_ACTORS)) {
        municipal_open(out, "oei:Aktoer");
        municipal_relate(out, words, date, STR_NONE, ROLE_PAYMENT_OWNER, TYPE_PAYMENT_ORGANISATION,
                         municipal_urn(words, "urn:oio:cvr-nr:", cvr));
        soap_text(out, "oei:FuldtNavn", owner_of(words, found->parent, "name"));
        soap_text(out, "oei:CVR-nr", cvr);
        municipal_shut(out, "oei:Aktoer");
    }
    municipal_shut(out, "oei:RelationListe");
    municipal_shut(out, "oei:Registrering");
    municipal_shut(out, "yi:OekonomiskEffektueringFiltreretOejebliksbillede");
}

void municipal_benefits_write(const struct municipal_answer *answer)
{
    municipal_count(answer->out, "yi", "bevillinger", answer->main_total);
    municipal_count(answer->out, "yi", "effektueringer", answer->rest_total);
    if (!answer->wish->parts)
        return; /* an empty filter: no data */
    for (size_t i = 0; i < answer->main.count; i++)
        write_grant(answer, &answer->main.at[i].words, answer->main.at[i].object);
    for (size_t i = 0; i < answer->rest.count; i++)
        write_payment(answer, &answer->rest.at[i]);
}
