/* SPDX-License-Identifier: MIT */
/* level: how sure we are who logged in: NSIS assurance levels in all the spellings of the brokers
 * (reference: identity). Unknown words are LEVEL_NONE, never a guess. */
#ifndef IDENTITY_LEVEL_H
#define IDENTITY_LEVEL_H

#include "base/str.h"

enum level { LEVEL_NONE, LEVEL_LOW, LEVEL_SUBSTANTIAL, LEVEL_HIGH };

/* "https://data.gov.dk/concept/core/nsis/Substantial", "…/nsis/loa/Substantial", "Substantial",
 * "SUBSTANTIAL", "urn:grn:authn:dk:mitid:substantial", OIOSAML 2 "1".."4" (1, 2: low; 3:
 * substantial; 4: high [D]). */
enum level level_parse(struct str s);
struct str level_name(enum level level); /* "none" "low" "substantial" "high" */
struct str level_acr(enum level level);  /* the NSIS URI, for acr_values; LEVEL_NONE: STR_NONE */

#endif
