/* SPDX-License-Identifier: MIT */
/* municipal_data: data/municipal.json, in words of its own; its texts are those of state_data.h
 * ("-3dT10:30", "@self", "{n}").
 *
 *   "authorities": {"0710": {"cvr", "name"}, ...}   who can own cases and grants
 *   "systems": {"fag": {"uuid", "name"}, ...}       what sends them; the first one is the default
 *   "primary": the party of a case that names none
 *   "jens": {"cases": [case, ...], "grants": [grant, ...]}
 *
 *   case: uuid owner number title kle facet created changed status_text sensitivity system
 *     unit caseworker display_class security_profile life; exempt: the title that is not public;
 *     steps: [[Fremdrift, from, to], ...]; relations: [[kind, uuid], ...]
 *     parties: [{who or cvr, role: primary secondary owner document copy, from to}]
 *     documents: [{uuid title type date sensitivity exempt state parties system}]
 *     notes: [{title base64}]
 *   vendors' faults in a case: owner_typed (a text instead of a CVR number), kle_role (KLE in
 *     another role), any_role (given whatever role is asked for), also_at (found at this owner too)
 *   grant: uuid owner changed sensitivity from to holder receiver life security_profile
 *     benefits: [{id name kind kle from to system plans: [{from to frequency amount}]}]
 *     payments: [{uuid benefit date gross after_tax sent paid}]
 *
 * Each may have "gentag": how many times it stands for; "{n}" counts from "fra". */
#ifndef SANDBOX_MUNICIPAL_DATA_H
#define SANDBOX_MUNICIPAL_DATA_H

#include "adapters/sandbox/state_data.h"

/* A member's text, expanded; STR_NONE: absent. */
struct str municipal_member(const struct state_words *words, const json_t *object,
                            const char *name);
bool municipal_flag(const json_t *object, const char *name);

/* A text as xs:dateTime and as xs:date. */
struct str municipal_stamp(const struct state_words *words, struct str text);
struct str municipal_day(const struct state_words *words, struct str text);
/* When an object was last registered: its "changed". */
struct wall municipal_changed(const struct state_words *words, const json_t *object);

/* "cvr" or "name" of an owner; "uuid" or "name" of a system, the default one for STR_NONE. */
struct str municipal_owner(const struct state_words *words, struct str owner, const char *what);
struct str municipal_system(const struct state_words *words, struct str system, const char *what);

/* One case or grant about somebody; the words' self and n are set for it. */
typedef void municipal_visit_fn(void *ctx, const struct state_words *words, const json_t *object);
/* Visits all `kind` ("cases", "grants") of all citizens, those repeated as often as they are. */
void municipal_visit(const struct state_words *words, const char *kind, municipal_visit_fn *visit,
                     void *ctx);
/* The same for the members of one array. */
void municipal_visit_array(const struct state_words *words, const json_t *array,
                           municipal_visit_fn *visit, void *ctx);

#endif
