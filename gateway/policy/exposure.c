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

static void parse_address_protection(struct node node, struct exposure *exposure,
                                     struct faults *faults)
{
    static const struct str names[] = {[ADDRESS_WHEN_KNOWN] = STR_INIT("known"),
                                       [ADDRESS_ON_BEHALF] = STR_INIT("on_behalf"),
                                       [ADDRESS_ALWAYS] = STR_INIT("always")};
    struct str name = node_str(node, faults);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(name, names[i])) {
            exposure->address_protection = (enum address_protection)i;
            return;
        }
    if (name.at)
        node_fault(node, faults, "expected known, on_behalf or always");
}

void exposure_parse(struct node root, const struct municipalities *municipalities,
                    struct exposure *exposure, struct arena *arena, struct faults *faults)
{
    static const char *const known[] = {"building_cases", "address_protection", "default",
                                        "authorities"};
    static const char *const known_building[] = {"kle", "owner_role_is_set"};
    struct node building = node_member(root, known[0], faults);

    node_only(root, known, sizeof known / sizeof *known, faults);
    if (!json_is_object(root.value))
        return;
    node_only(building, known_building, 2, faults);
    exposure->building_kle =
        node_strs(node_member(building, "kle", faults), &exposure->building_kle_count, faults);
    exposure->owner_role_is_set =
        node_bool(node_member(building, "owner_role_is_set", faults), false, faults);
    parse_address_protection(node_member(root, known[1], faults), exposure, faults);
    exposure_sets_parse(root, municipalities, &exposure->sets, arena, faults);
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
                                           const struct exposure_view *view,
                                           const struct item *item)
{
    struct standing standing = standing_of(item->parties, view->subject, view->now);

    if (is_building_case(exposure, item, &standing)) {
        if (!exposure->owner_role_is_set)
            return EXPOSURE_BUILDING_UNSET;
        return standing.is_owner ? EXPOSURE_SHOWN : EXPOSURE_NOT_OWNER;
    }
    if (standing.is_primary)
        return EXPOSURE_SHOWN;
    if (standing.is_party)
        return EXPOSURE_NOT_PRIMARY;
    return view->parties_needed || standing.anybody ? EXPOSURE_NO_PROOF : EXPOSURE_SHOWN;
}

/* ---- the built-in rules, in order ---- */

static bool is_letter(const struct item *item)
{
    return item->direction == DIRECTION_TO_CITIZEN || item->direction == DIRECTION_FROM_CITIZEN;
}

static enum exposure_verdict judge_built_in(const struct exposure *exposure,
                                            const struct exposure_view *view,
                                            const struct item *item)
{
    if (item->has_security_profile)
        return EXPOSURE_SECURITY_PROFILE;
    if (item->display_class.at)
        return EXPOSURE_DISPLAY_CLASS;
    if (item->sensitivity == SENSITIVITY_VIP)
        return EXPOSURE_SENSITIVITY;
    if (item->kind == ITEM_DOCUMENT && !item->is_journal_note && !is_letter(item))
        return EXPOSURE_DIRECTION;
    return judge_parties(exposure, view, item);
}

/* ---- the authority's rules ---- */

/* Which set and which of its rules count: those that are followed, or with those only observed. */
struct ruling {
    const struct exposure_set *set;
    bool observing;
};

struct decision {
    enum exposure_verdict verdict;
    const struct exposure_rule *rule;
};

/* The day that from-dates and validities are compared with: of a case its creation; a benefit that
 * does not tell when it was granted has its first day [D]. */
static struct date day_of(const struct item *item)
{
    return item->created.known          ? wall_date(item->created)
           : item->kind == ITEM_BENEFIT ? item->valid_from
                                        : DATE_NONE;
}

/* Is it known to be under way? A case that is decided but not closed is. */
static bool is_active(const struct item *item)
{
    return item->status == STATUS_CREATED || item->status == STATUS_OPENED ||
           item->status == STATUS_IN_PROGRESS || item->status == STATUS_DECIDED ||
           item->status == STATUS_ACTIVE;
}

static bool is_among(struct str text, const struct str *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(text, texts[i]))
            return true;
    return count == 0;
}

static bool shows_letter(const struct exposure_rule *rule, const struct item *item)
{
    const struct exposure_letters *letters =
        item->direction == DIRECTION_TO_CITIZEN ? &rule->to_citizen : &rule->from_citizen;

    return letters->is_open && is_among(item->type, letters->types, letters->type_count);
}

/* A case, benefit, document or payment by a rule; what it belongs to is judged for itself. */
static enum exposure_verdict judge_by_rule(const struct exposure_rule *rule,
                                           const struct item *item)
{
    if (!rule->is_open)
        return EXPOSURE_NOT_OPEN;
    if (!is_among(item->sending_system, rule->systems, rule->system_count))
        return EXPOSURE_SYSTEM;
    if (item->sensitivity > rule->sensitivity)
        return EXPOSURE_SENSITIVITY;
    if (item->kind == ITEM_DOCUMENT) {
        if (item->is_journal_note)
            return rule->journal_notes ? EXPOSURE_SHOWN : EXPOSURE_JOURNAL_NOTE;
        return shows_letter(rule, item) ? EXPOSURE_SHOWN : EXPOSURE_DOCUMENT;
    }
    struct date day = day_of(item);
    bool is_old = date_is_known(rule->from) && item->kind != ITEM_PAYMENT &&
                  (!date_is_known(day) || date_compare(day, rule->from) < 0);
    return is_old && !(rule->active_regardless && is_active(item)) ? EXPOSURE_TOO_OLD
                                                                   : EXPOSURE_SHOWN;
}

static bool is_attached(const struct item *item)
{
    return item->kind == ITEM_DOCUMENT || item->kind == ITEM_PAYMENT;
}

/* By its own number. */
static struct decision judge_by_number(const struct ruling *ruling,
                                       const struct exposure_view *view, const struct item *item)
{
    struct kle kle = kle_of(item->kle, item->facet);
    struct date day = day_of(item);
    const struct exposure_rule *rule = exposure_rule_find(
        ruling->set, kle, date_is_known(day) ? day : wall_date(view->now), ruling->observing);

    if (rule) {
        enum exposure_verdict verdict = judge_by_rule(rule, item);
        if (verdict == EXPOSURE_SHOWN && is_attached(item) && date_is_known(rule->from))
            verdict = EXPOSURE_TOO_OLD; /* nobody knows of what, so nobody knows how old that is */
        return (struct decision){verdict, rule};
    }
    return (struct decision){kle.depth == 0 ? EXPOSURE_NO_KLE : EXPOSURE_NOT_OPEN, NULL};
}

/* Does another authority, to which a thing belongs, show it by its own rules? */
static struct decision judge_elsewhere(const struct exposure *exposure,
                                       const struct exposure_view *view, const struct item *item,
                                       const struct item *owner)
{
    const struct exposure_set *set = exposure_set_of(exposure, &owner->authority);
    struct ruling ruling = {set, false};

    if (!set || owner->authority.cvr.len == 0 ||
        str_equal(owner->authority.cvr, item->authority.cvr))
        return (struct decision){EXPOSURE_SHOWN, NULL};
    return judge_by_number(&ruling, view, owner);
}

/* By the set: what belongs to something shows where all that it belongs to does, and by the rule
 * of each. */
static struct decision judge_by_set(const struct exposure *exposure, const struct ruling *ruling,
                                    const struct exposure_view *view, const struct item *item)
{
    struct decision decision = {EXPOSURE_SHOWN, NULL};

    if (!item->owners)
        return judge_by_number(ruling, view, item);
    for (const struct item_owner *owner = item->owners; owner; owner = owner->next) {
        enum exposure_verdict verdict = judge_built_in(exposure, view, owner->item);
        if (verdict != EXPOSURE_SHOWN)
            return (struct decision){verdict, NULL};
        decision = judge_elsewhere(exposure, view, item, owner->item);
        if (decision.verdict != EXPOSURE_SHOWN)
            return decision;
        decision = judge_by_number(ruling, view, owner->item);
        if (decision.verdict == EXPOSURE_SHOWN && decision.rule)
            decision.verdict = judge_by_rule(decision.rule, item);
        if (decision.verdict != EXPOSURE_SHOWN)
            return decision;
    }
    return decision;
}

/* Credentials, services and appointments have no number that a rule could name. */
static bool has_rules(const struct item *item)
{
    return item->kind == ITEM_CASE || item->kind == ITEM_BENEFIT || is_attached(item);
}

/* A set whose rules are all tried only leaves the default set in force. */
const struct exposure_set *exposure_set_of(const struct exposure *exposure,
                                           const struct authority *authority)
{
    const struct exposure_set *own =
        exposure_set_find(&exposure->sets, authority->cvr, authority->code);

    return own && own->is_enforced ? own : exposure->sets.standard;
}

bool exposure_wants_notes(const struct exposure *exposure, const struct authority *authority)
{
    const struct exposure_set *set = exposure_set_of(exposure, authority);

    return set && set->opens_notes;
}

static void observe(const struct exposure *exposure, const struct exposure_view *view,
                    const struct item *item, const struct exposure_set *followed,
                    struct exposure_finding *finding)
{
    const struct exposure_set *own =
        exposure_set_find(&exposure->sets, item->authority.cvr, item->authority.code);
    struct ruling ruling = {own ? own : followed, true};

    if (!ruling.set || !ruling.set->is_observing)
        return;
    struct decision decision = judge_by_set(exposure, &ruling, view, item);
    if (decision.rule ? decision.rule->mode != EXPOSURE_OBSERVE : !own || own->is_enforced)
        return;
    finding->would_be = decision.verdict;
    finding->observed = decision.rule;
}

/* ---- all together ---- */

static bool may_title(enum sensitivity sensitivity)
{
    return sensitivity == SENSITIVITY_ORDINARY || sensitivity == SENSITIVITY_UNKNOWN;
}

/* A way to reach the authority that is the same for everybody tells nothing of where one lives. */
static bool tells_place(const struct contact *contact)
{
    return contact->type != CONTACT_DIGITAL_POST && contact->type != CONTACT_WEBSITE;
}

static void hide_places(struct item *item)
{
    struct contact **at = &item->contacts;

    item->place = STR_NONE;
    while (*at)
        if (tells_place(*at))
            *at = (*at)->next;
        else
            at = &(*at)->next;
}

static bool hides_places(const struct exposure *exposure, const struct exposure_view *view,
                         const struct item *item)
{
    switch (exposure->address_protection) {
    case ADDRESS_ALWAYS:
        return true;
    case ADDRESS_ON_BEHALF:
        if (view->is_on_behalf)
            return true;
        break;
    case ADDRESS_WHEN_KNOWN:
        break;
    }
    return view->is_address_protected || item->has_protected_address;
}

struct exposure_finding exposure_judge(const struct exposure *exposure,
                                       const struct exposure_view *view, struct item *item)
{
    struct standing standing = standing_of(item->parties, view->subject, view->now);
    enum exposure_verdict verdict = judge_built_in(exposure, view, item);
    struct exposure_finding finding = {.verdict = verdict, .would_be = verdict};
    const struct exposure_set *set = exposure_set_of(exposure, &item->authority);

    item->is_building_case = is_building_case(exposure, item, &standing);
    if (verdict != EXPOSURE_SHOWN)
        return finding;
    if (has_rules(item)) {
        if (set) {
            struct ruling ruling = {set, false};
            struct decision decision = judge_by_set(exposure, &ruling, view, item);
            finding =
                (struct exposure_finding){decision.verdict, decision.rule, decision.verdict, NULL};
        } else if (item->is_journal_note) {
            finding.verdict = finding.would_be = EXPOSURE_JOURNAL_NOTE;
        }
        observe(exposure, view, item, set, &finding);
    }
    if (finding.verdict != EXPOSURE_SHOWN)
        return finding;
    if (item->kind == ITEM_DOCUMENT && !may_title(item->sensitivity))
        item->title = STR_NONE;
    if (hides_places(exposure, view, item))
        hide_places(item);
    return finding;
}

bool exposure_is_protected_name(struct str name)
{
    static const struct str mark = STR_INIT("ADRESSEBESKYTTET");

    for (; name.len >= mark.len; name = str_skip(name, 1))
        if (str_equal_nocase(str_head(name, mark.len), mark))
            return true;
    return false;
}
