/* SPDX-License-Identifier: MIT */
/* citizen: whose data (subject) and who logged in (actor). The struct is opaque: whoever holds one
 * holds the proof that a verified token, a mandate, a consent, the sandbox's explicit switch or a
 * configured test citizen made it; the makers stand in identity/citizen_make.h, which a test keeps
 * out of every other file. There is no way to print one. */
#ifndef IDENTITY_CITIZEN_H
#define IDENTITY_CITIZEN_H

#include "identity/cpr.h"
#include "identity/level.h"

struct citizen;

const struct cpr *citizen_subject(const struct citizen *citizen);
/* Who logged in; the absent number when nobody did, since a service reads by consent. */
const struct cpr *citizen_actor(const struct citizen *citizen);
bool citizen_is_on_behalf(const struct citizen *citizen); /* another logged in than the subject */
struct str citizen_name(const struct citizen *citizen);   /* the subject's; STR_NONE: unknown */
enum level citizen_level(const struct citizen *citizen);  /* of the actor's login */
struct str citizen_portal(const struct citizen *citizen); /* client id the token was issued to */
struct str citizen_issuer(const struct citizen *citizen);
struct wall citizen_expires(const struct citizen *citizen); /* of the token */
/* When the actor logged in (auth_time); unknown: the token does not say, so long ago. */
struct wall citizen_logged_in(const struct citizen *citizen);
/* What a record calls the mandate under which one acts for another; STR_NONE: oneself. */
struct str citizen_mandate(const struct citizen *citizen);
/* The service that reads by the subject's consent, and that consent's id; STR_NONE: a person asks.
 */
struct str citizen_service(const struct citizen *citizen);
struct str citizen_consent(const struct citizen *citizen);
/* Privileges as the token carries them (identity/privilege); STR_NONE: none. */
struct str citizen_privileges(const struct citizen *citizen);

#endif
