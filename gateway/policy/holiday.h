/* SPDX-License-Identifier: MIT */
/* holiday: Denmark's public holidays, computed. Store bededag is one until 2023 (lov nr. 214 af
 * 06/03/2023). Grundlovsdag, 24 and 31 December are none: name their dates where an office closes.
 */
#ifndef POLICY_HOLIDAY_H
#define POLICY_HOLIDAY_H

#include "base/clock.h"

struct date holiday_easter(int year); /* Easter Sunday, Gregorian */
bool holiday_is(struct date date);

#endif
