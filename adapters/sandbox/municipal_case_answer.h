/* SPDX-License-Identifier: MIT */
/* municipal_case_answer: the cases and documents that the Sags- og Dokumentindeks holds about a
 * citizen, as its schema writes them. */
#ifndef SANDBOX_MUNICIPAL_CASE_ANSWER_H
#define SANDBOX_MUNICIPAL_CASE_ANSWER_H

#include "adapters/sandbox/municipal_write.h"

/* Finds what is asked for; answer->main are the cases of the page. */
void municipal_cases_find(struct municipal_answer *answer, const struct state_words *words);
/* Writes what was found behind StandardRetur. */
void municipal_cases_write(const struct municipal_answer *answer);

#endif
