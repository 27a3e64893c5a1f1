/* SPDX-License-Identifier: MIT */
/* service: the external services that a citizen may let read by consent (policies/services.json):
 * what each is called and for what it reads, how it is known (its client certificates), which kinds
 * it may ever have and for how long. What it may ask whom about stands in an agreement, as a
 * portal's does: a service is the portal of its own id. Pure. */
#ifndef POLICY_SERVICE_H
#define POLICY_SERVICE_H

#include "policy/agreement.h"

enum { SERVICES_MAX = 1000, SERVICE_CERTIFICATES_MAX = 16, SERVICE_DAYS_MAX = 3650 };

/* SHA-256 in 64 hex digits, small letters. */
struct service_certificate {
    struct str sha256;
    const struct str *replaces; /* what tokens sealed for these are shown with now */
    size_t replaces_count;
};

struct service {
    struct str id;
    struct str client; /* its OAuth client id, as records name it; its id unless said */
    struct text name, purpose;
    const struct service_certificate *certificates; /* the first: what new tokens are sealed for */
    size_t certificate_count;
    unsigned kinds;      /* ITEM_KIND_BITs that it may ever have */
    int64_t max_days;    /* no consent is given for longer */
    struct str contract; /* what the operator has agreed with it */
};

struct services {
    struct service *at;
    size_t count;
};
void services_parse(struct node root, struct services *list, struct arena *arena,
                    struct faults *faults);
/* A service is no portal for logins: marks its portal, and complains of client ids that are a
 * portal's. */
void services_check(struct node root, const struct services *list, struct agreements *agreements,
                    struct faults *faults);

const struct service *service_find(const struct services *list, struct str id);
/* May a connection with certificate `shown` use a token sealed for `sealed`? */
bool service_certificate_holds(const struct service *service, struct str sealed, struct str shown);

#endif
