/* SPDX-License-Identifier: MIT */
#include "adapters/sandbox/municipal_write.h"

#include <stdlib.h>

/* ---- what was found ---- */

void municipal_founds_add(struct municipal_founds *founds, const struct state_words *words,
                          const json_t *object, const json_t *parent, struct wall order)
{
    if (founds->count == founds->room) {
        size_t room = founds->room ? 2 * founds->room : 64;
        struct municipal_found *at = arena_calloc(words->arena, room, sizeof *at);

        if (!at)
            return; /* shows: the arena is full */
        if (founds->count)
            memcpy(at, founds->at, founds->count * sizeof *at);
        founds->at = at;
        founds->room = room;
    }
    founds->at[founds->count] =
        (struct municipal_found){*words, object, parent, order, founds->count};
    founds->count++;
}

static int compare(const void *left, const void *right)
{
    const struct municipal_found *a = left, *b = right;

    if (a->order.unix_ms != b->order.unix_ms)
        return a->order.unix_ms > b->order.unix_ms ? -1 : 1;
    return a->place < b->place ? -1 : 1;
}

void municipal_founds_sort(struct municipal_founds *founds)
{
    if (founds->count)
        qsort(founds->at, founds->count, sizeof founds->at[0], compare);
}

void municipal_founds_cut(struct municipal_founds *founds, const struct municipal_search *page)
{
    size_t first = page->first < founds->count ? (size_t)page->first : founds->count;

    founds->at += first;
    founds->count -= first;
    if (founds->count > page->max)
        founds->count = (size_t)page->max;
}

/* ---- searches ---- */

const struct municipal_search *municipal_search(const struct municipal_wish *wish,
                                                bool is_for_payments)
{
    for (size_t i = 0; i < wish->search_count; i++)
        if (wish->searches[i].is_for_payments == is_for_payments)
            return &wish->searches[i];
    return NULL;
}

bool municipal_searched(const struct municipal_wish *wish, bool is_for_payments,
                        enum municipal_role role, struct str cpr, struct str cvr)
{
    for (size_t i = 0; i < wish->search_count; i++) {
        const struct municipal_search *search = &wish->searches[i];

        if (search->is_for_payments == is_for_payments && search->role == role &&
            str_equal(cpr_str(&search->cpr), cpr) &&
            (!search->cvr[0] || str_equal(str_of(search->cvr), cvr)))
            return true;
    }
    return false;
}

/* ---- pieces ---- */

void municipal_open(struct buf *out, const char *element)
{
    buf_format(out, "<%s>", element);
}

void municipal_shut(struct buf *out, const char *element)
{
    buf_format(out, "</%s>", element);
}

void municipal_text(struct buf *out, const char *element, struct str text)
{
    if (text.len)
        soap_text(out, element, text);
}

void municipal_member_text(struct buf *out, const struct state_words *words, const json_t *object,
                           const char *member, const char *element)
{
    municipal_text(out, element, municipal_member(words, object, member));
}

void municipal_time(struct buf *out, const char *element, const struct state_words *words,
                    struct str text)
{
    if (text.len)
        soap_text(out, element, municipal_stamp(words, text));
}

static void write_end(struct buf *out, const char *element, const struct state_words *words,
                      struct str time)
{
    municipal_open(out, element);
    if (time.len)
        municipal_time(out, "sd:TidsstempelDatoTid", words, time);
    else
        soap_text(out, "sd:GraenseIndikator", STR("true"));
    municipal_shut(out, element);
}

void municipal_effect(struct buf *out, const char *element, const struct state_words *words,
                      struct str from, struct str to)
{
    municipal_open(out, element);
    write_end(out, "sd:FraTidspunkt", words, from);
    write_end(out, "sd:TilTidspunkt", words, to);
    municipal_shut(out, element);
}

void municipal_relate(struct buf *out, const struct state_words *words, struct str from,
                      struct str to, enum municipal_role role, enum municipal_type type,
                      struct str reference)
{
    bool is_urn = str_equal_nocase(str_head(reference, 4), STR("urn:"));

    municipal_effect(out, "gd:Virkning", words, from, to);
    municipal_write_role(out, role);
    municipal_open(out, "gd:Type");
    soap_text(out, "sd:UUIDIdentifikator", municipal_type_uuid(type));
    municipal_shut(out, "gd:Type");
    if (!reference.len)
        return;
    municipal_open(out, "gd:ReferenceID");
    soap_text(out, is_urn ? "sd:URNIdentifikator" : "sd:UUIDIdentifikator", reference);
    municipal_shut(out, "gd:ReferenceID");
}

struct str municipal_urn(const struct state_words *words, const char *prefix, struct str number)
{
    return arena_format(words->arena, "%s%.*s", prefix, STR_ARG(number));
}

void municipal_object(struct buf *out, const char *element, struct str uuid)
{
    municipal_open(out, element);
    soap_text(out, "sd:UUIDIdentifikator", uuid);
    municipal_shut(out, element);
}

void municipal_registered(struct buf *out, const struct state_words *words, const json_t *object)
{
    struct str life = municipal_member(words, object, "life");

    municipal_time(out, "sd:Tidspunkt", words, municipal_member(words, object, "changed"));
    soap_text(out, "sd:LivscyklusKode", life.at ? life : STR("Importeret"));
}

void municipal_count(struct buf *out, const char *prefix, const char *element, size_t count)
{
    buf_format(out, "<%s:Antal><%s:Element>%s</%s:Element><%s:Antal>%zu</%s:Antal></%s:Antal>",
               prefix, prefix, element, prefix, prefix, count, prefix, prefix);
}
