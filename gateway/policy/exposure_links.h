/* SPDX-License-Identifier: MIT */
/* exposure_links: links that an authority offers beside an item, by KLE and sending system:
 * templates that are filled with the case's id or number and the municipality's code. Never a CPR
 * number: a template or a filled text that holds something shaped like one gives no link. Pure. */
#ifndef POLICY_EXPOSURE_LINKS_H
#define POLICY_EXPOSURE_LINKS_H

#include "adapters/item.h"
#include "policy/document.h"
#include "policy/kle.h"

enum { EXPOSURE_LINKS_MAX = 5000, LINK_URL_MAX = 2000 };

struct link_template {
    struct str url; /* https, with {case_id}, {case_number}, {municipality}; STR_NONE: no link */
    bool single_sign_on;
};

/* What one entry of `links` offers. */
struct link_offer {
    struct kle kle;
    struct str system;                      /* UUID or name of the sending system; STR_NONE: any */
    struct link_template links[LINK_OTHER]; /* by enum link_type */
    struct link_offer *next; /* of the same pattern; those that name a system first */
};

struct exposure_links {
    struct kle_table table; /* of chains of offers */
    size_t count;
};

/* `links` of a set. */
void exposure_links_parse(struct node node, struct exposure_links *links, struct arena *arena,
                          struct faults *faults);

/* Adds the links that are offered for the item where the source gave none of the type (to a
 * decision only when there is one). `code` is the municipality's. False: arena full. */
bool exposure_links_add(const struct exposure_links *links, struct str code, struct item *item,
                        struct arena *arena) __attribute__((warn_unused_result));

/* Does the text hold ten digits that may be a CPR number: a day and a month first, with or without
 * a mark behind the sixth? */
bool link_holds_cpr(struct str text);

#endif
