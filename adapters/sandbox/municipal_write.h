/* SPDX-License-Identifier: MIT */
/* municipal_write: the pieces of XML that both indexes' answers are made of, and what was found to
 * be written. */
#ifndef SANDBOX_MUNICIPAL_WRITE_H
#define SANDBOX_MUNICIPAL_WRITE_H

#include "adapters/sandbox/municipal_data.h"
#include "adapters/sandbox/municipal_wish.h"

/* One object that an answer holds. */
struct municipal_found {
    struct state_words words;
    const json_t *object, *parent; /* parent: a payment's grant */
    struct wall order;             /* the newest first */
    size_t place;
};
struct municipal_founds {
    struct municipal_found *at;
    size_t count, room;
};
void municipal_founds_add(struct municipal_founds *founds, const struct state_words *words,
                          const json_t *object, const json_t *parent, struct wall order);
void municipal_founds_sort(struct municipal_founds *founds);
/* Keeps the page that the first search of its kind asks for. */
void municipal_founds_cut(struct municipal_founds *founds, const struct municipal_search *page);

/* An answer being written. */
struct municipal_answer {
    const struct municipal_wish *wish;
    struct buf *out;
    struct municipal_founds main, rest; /* cases; grants and payments */
    size_t main_total, rest_total;
    bool hides_parties;
    bool repeats_pages; /* every page is the first and names another */
};

/* Is this person, in this role, at this owner, what a search wants? */
bool municipal_searched(const struct municipal_wish *wish, bool is_for_payments,
                        enum municipal_role role, struct str cpr, struct str cvr);
const struct municipal_search *municipal_search(const struct municipal_wish *wish,
                                                bool is_for_payments); /* NULL: none */

/* Elements by name, "sd:StatusKode"; those without content are left out. */
void municipal_open(struct buf *out, const char *element);
void municipal_shut(struct buf *out, const char *element);
void municipal_text(struct buf *out, const char *element, struct str text);
/* A member of the data as an element. */
void municipal_member_text(struct buf *out, const struct state_words *words, const json_t *object,
                           const char *member, const char *element);
/* A time as xs:dateTime. */
void municipal_time(struct buf *out, const char *element, const struct state_words *words,
                    struct str text);
/* Virkning in its element; an absent end is infinity. */
void municipal_effect(struct buf *out, const char *element, const struct state_words *words,
                      struct str from, struct str to);
/* What every relation begins with: Virkning, Rolle, Type, ReferenceID (a UUID or a URN). */
void municipal_relate(struct buf *out, const struct state_words *words, struct str from,
                      struct str to, enum municipal_role role, enum municipal_type type,
                      struct str reference);
struct str municipal_urn(const struct state_words *words, const char *prefix, struct str number);
/* ObjektType of the index's namespace, and the head of a registration. */
void municipal_object(struct buf *out, const char *element, struct str uuid);
void municipal_registered(struct buf *out, const struct state_words *words, const json_t *object);
/* <sdi:Antal> and the like. */
void municipal_count(struct buf *out, const char *prefix, const char *element, size_t count);

#endif
