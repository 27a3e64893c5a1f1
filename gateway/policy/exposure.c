/* SPDX-License-Identifier: MIT */
#include "policy/exposure.h"

struct str exposure_code(enum exposure_verdict verdict)
{
    static const struct str codes[] = {
#define X(name, code) [name] = STR_INIT(code),
        EXPOSURE_RULES(X)
#undef X
    };
    return codes[verdict];
}

void exposure_parse(struct node root, struct exposure *exposure, struct arena *arena,
                    struct faults *faults)
{
    static const char *const known[] = {"building_cases"};
    static const char *const known_building[] = {"kle", "owner_role_is_set"};
    struct node building = node_member(root, known[0], faults);

    (void)arena; /* texts lie where the faults are kept: the same arena */
    node_only(root, known, 1, faults);
    node_only(building, known_building, 2, faults);
    exposure->building_kle =
        node_strs(node_member(building, "kle", faults), &exposure->building_kle_count, faults);
    exposure->owner_role_is_set =
        node_bool(node_member(building, "owner_role_is_set", faults), false, faults);
}

/* ---- parties ---- */

/* What the parties say of the subject: is anybody known among them, is the subject, and which roles
 * does the subject hold now? */
struct standing {
    bool anybody, is_party, is_primary, is_owner;
    bool has_owner; /* somebody holds the property owner's role */
};

static bool is_in_force(const struct party *party, struct wall now)
{
    return (!party->from.known || party->from.unix_ms <= now.unix_ms) &&
           (!party->to.known || now.unix_ms < party->to.unix_ms);
}

static struct standing standing_of(const struct party *party, const struct cpr *subject,
                                   struct wall now)
{
    struct standing standing = {0};

    for (; party; party = party->next) {
        bool is_owner = party->role == PARTY_PROPERTY_OWNER;

        standing.has_owner |= is_owner;
        standing.anybody |= cpr_is_known(&party->cpr);
        if (!cpr_equal(&party->cpr, subject))
            continue;
        standing.is_party = true;
        if (!is_in_force(party, now))
            continue;
        standing.is_owner |= is_owner;
        standing.is_primary |= party->role == PARTY_PRIMARY;
    }
    return standing;
}

/* A document carries its case's parties but not its subject: that a property owner is among them
 * tells that the case is a building case. */
static bool is_building_case(const struct exposure *exposure, const struct item *item,
                             const struct standing *standing)
{
    if (item->kind != ITEM_CASE && item->kind != ITEM_DOCUMENT)
        return false;
    for (size_t i = 0; item->kle.at && i < exposure->building_kle_count; i++)
        if (str_starts_with(item->kle, exposure->building_kle[i]))
            return true;
    return item->kind == ITEM_DOCUMENT && !item->kle.at && standing->has_owner;
}

static enum exposure_verdict judge_parties(const struct exposure *exposure,
                                           const struct cpr *subject, bool parties_needed,
                                           struct wall now, struct item *item)
{
    struct standing standing = standing_of(item->parties, subject, now);

    item->is_building_case = is_building_case(exposure, item, &standing);
    if (item->is_building_case) {
        if (!exposure->owner_role_is_set)
            return EXPOSURE_BUILDING_UNSET;
        return standing.is_owner ? EXPOSURE_SHOWN : EXPOSURE_NOT_OWNER;
    }
    if (standing.is_primary)
        return EXPOSURE_SHOWN;
    if (standing.is_party)
        return EXPOSURE_NOT_PRIMARY;
    return parties_needed || standing.anybody ? EXPOSURE_NO_PROOF : EXPOSURE_SHOWN;
}

/* ---- the rules, in order ---- */

static bool is_letter(const struct item *item)
{
    return item->direction == DIRECTION_TO_CITIZEN || item->direction == DIRECTION_FROM_CITIZEN;
}

static bool may_title(enum sensitivity sensitivity)
{
    return sensitivity == SENSITIVITY_ORDINARY || sensitivity == SENSITIVITY_UNKNOWN;
}

enum exposure_verdict exposure_judge(const struct exposure *exposure, const struct cpr *subject,
                                     bool parties_needed, struct wall now, struct item *item)
{
    if (item->has_security_profile)
        return EXPOSURE_SECURITY_PROFILE;
    if (item->display_class.at)
        return EXPOSURE_DISPLAY_CLASS;
    if (item->sensitivity == SENSITIVITY_VIP)
        return EXPOSURE_SENSITIVITY;
    if (item->kind == ITEM_DOCUMENT && !is_letter(item))
        return EXPOSURE_DIRECTION;

    enum exposure_verdict verdict = judge_parties(exposure, subject, parties_needed, now, item);
    if (verdict == EXPOSURE_SHOWN && item->kind == ITEM_DOCUMENT && !may_title(item->sensitivity))
        item->title = STR_NONE;
    return verdict;
}
