/* SPDX-License-Identifier: MIT */
/* municipal_benefit_answer: the grants and payments that the Ydelsesindeks holds about a citizen,
 * as its schema writes them. */
#ifndef SANDBOX_MUNICIPAL_BENEFIT_ANSWER_H
#define SANDBOX_MUNICIPAL_BENEFIT_ANSWER_H

#include "adapters/sandbox/municipal_write.h"

/* Finds what is asked for; answer->main are grants, answer->rest payments, each the page. */
void municipal_benefits_find(struct municipal_answer *answer, const struct state_words *words);
/* Writes what was found behind StandardRetur. */
void municipal_benefits_write(const struct municipal_answer *answer);

#endif
