/* SPDX-License-Identifier: MIT */
/* operator: who may see and steer the gateway through the operators' TLS door:
 * policies/operators.json. A certificate that the door has verified is known by its SHA-256
 * thumbprint or by the common name of its subject; a thumbprint goes before a name. Who is not
 * listed may do nothing. Pure. */
#ifndef POLICY_OPERATOR_H
#define POLICY_OPERATOR_H

#include "policy/document.h"

enum { OPERATORS_MAX = 1000 };

enum operator_role {
    OPERATOR_NONE,
    OPERATOR_AUTHORITY, /* an authority's: when its own data were shown, and nothing else */
    OPERATOR_VIEWER,    /* may look */
    OPERATOR_OPERATOR   /* may also change */
};

struct operator_entry {
    struct str name;       /* who it is, for the log */
    struct str thumbprint; /* 64 hex digits, small letters; STR_NONE: by common name */
    struct str common_name;
    struct str authority; /* its CVR number; with OPERATOR_AUTHORITY alone */
    enum operator_role role;
};
struct operators {
    struct operator_entry *at;
    size_t count;
};

/* It lies in the faults' arena. */
void operators_parse(struct node root, struct operators *list, struct faults *faults);
/* Of a verified certificate ("" or STR_NONE: none); NULL: nobody we know. */
const struct operator_entry *operator_find(const struct operators *list, struct str thumbprint,
                                           struct str common_name);
struct str operator_role_name(enum operator_role role);

#endif
