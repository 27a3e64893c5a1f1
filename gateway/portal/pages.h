/* SPDX-License-Identifier: MIT */
/* pages: the pages beside the overview: what each asks the gateway, and what is done with a form.
 * Every form that posts is answered by a page of its own or by the way back. */
#ifndef PORTAL_PAGES_H
#define PORTAL_PAGES_H

#include "portal/visit.h"

void pages_log(struct visit *visit);
void pages_others(struct visit *visit);
void pages_act_for(struct visit *visit); /* POST: a mandate of one's own; none: for oneself again */
void pages_consents(struct visit *visit);
void pages_consents_give(struct visit *visit); /* POST */
void pages_consents_stop(struct visit *visit); /* POST */
void pages_correction(struct visit *visit);
void pages_correction_send(struct visit *visit); /* POST */
void pages_export(struct visit *visit);
void pages_export_file(struct visit *visit);
void pages_about(struct visit *visit);
void pages_municipality(struct visit *visit);
void pages_municipality_choose(struct visit *visit); /* POST */

#endif
