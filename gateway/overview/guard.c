/* SPDX-License-Identifier: MIT */
#include "overview/guard.h"

/* Does the item name persons, and is the subject among them? */
static bool names_only_others(const struct item *item, const struct cpr *subject)
{
    bool names_somebody = false;
    for (const struct party *party = item->parties; party; party = party->next) {
        if (!cpr_is_known(&party->cpr))
            continue;
        if (cpr_equal(&party->cpr, subject))
            return false;
        names_somebody = true;
    }
    return names_somebody;
}

struct guard_finding guard_judge(const struct question *question, const struct parsed *parsed,
                                 struct str header_request_id)
{
    /* Whose it is comes first: an answer for another person stays foreign whatever it echoes. */
    bool names_subject = false;
    if (cpr_is_known(&parsed->subject)) {
        names_subject = cpr_equal(&parsed->subject, question->subject);
        if (!names_subject)
            return (struct guard_finding){GUARD_FOREIGN, "names another citizen", STR_NONE};
    }
    for (const struct item *item = parsed->items.first; item; item = item->next)
        if (names_only_others(item, question->subject))
            return (struct guard_finding){GUARD_FOREIGN, "an item names only others",
                                          item->authority.cvr};

    bool echoes = parsed->request_id.at || header_request_id.len > 0;
    if (parsed->request_id.at && !str_equal_nocase(parsed->request_id, question->request_id))
        return (struct guard_finding){GUARD_UNPROVEN, "echoes another request id", STR_NONE};
    if (header_request_id.len > 0 && !str_equal_nocase(header_request_id, question->request_id))
        return (struct guard_finding){GUARD_UNPROVEN, "X-Request-Id of another request", STR_NONE};
    if (!names_subject && !echoes)
        return (struct guard_finding){GUARD_UNPROVEN, "names neither citizen nor request",
                                      STR_NONE};
    return (struct guard_finding){GUARD_PROVEN, NULL, STR_NONE};
}
