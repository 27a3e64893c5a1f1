/* SPDX-License-Identifier: MIT */
/* link: which addresses of a source may be shown to a citizen. Pure. */
#ifndef ADAPTERS_LINK_H
#define ADAPTERS_LINK_H

#include "identity/cpr.h"

/* An https address with a host and without a user name. And without the subject's number: in a link
 * it would reach logs and browser histories. */
bool link_is_safe(struct str url, const struct cpr *subject);

#endif
