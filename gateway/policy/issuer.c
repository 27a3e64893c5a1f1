/* SPDX-License-Identifier: MIT */
#include "policy/issuer.h"

#include "policy/url.h"

enum { ISSUERS_MAX = 100 };

static struct str parse_url(struct node node, const struct settings *settings, bool is_needed,
                            struct faults *faults)
{
    struct str text = is_needed ? node_str_needed(node, faults) : node_str(node, faults);
    struct url url;

    if (!text.at)
        return text;
    if (!url_parse(text, &url))
        node_fault(node, faults, "expected an https URL");
    else if (url.is_plain && !(settings->insecure_sources && url_is_loopback(&url)))
        node_fault(node, faults,
                   "expected https (http only on loopback and with --insecure-sources)");
    return text;
}

static unsigned parse_algorithms(struct node node, struct faults *faults)
{
    static const struct str names[] = {STR_INIT("RS256"), STR_INIT("PS256"), STR_INIT("ES256"),
                                       STR_INIT("EdDSA")};
    unsigned algorithms = 0;

    for (size_t i = 0; i < node_count(node); i++) {
        struct node element = node_element(node, i, faults);
        enum signature_algorithm algorithm = algorithm_parse(node_str_needed(element, faults));

        if (algorithm == ALGORITHM_NONE)
            node_fault_name(element, faults, names, sizeof names / sizeof *names,
                            "expected RS256, PS256, ES256 or EdDSA");
        algorithms |= algorithm;
    }
    if (algorithms == 0)
        node_fault(node, faults, "expected a list of algorithms, such as [\"RS256\"]");
    return algorithms;
}

/* The end of a day in Denmark, which is when the next one begins. */
static struct wall parse_last_day(struct node node, struct faults *faults)
{
    struct date date = node_date(node, faults);
    char day[DATE_TEXT];
    struct wall end = WALL_NONE;

    if (!date_is_known(date))
        return WALL_NONE;
    struct str next = date_format(date_of_days(date_to_days(date) + 1), day);
    struct str midnight = arena_format(faults->arena, "%.*sT00:00:00", STR_ARG(next));
    if (!next.at || !midnight.at || !wall_parse(midnight, &end))
        node_fault(node, faults, "is too late a day");
    return end;
}

static void check_audiences(struct node node, const struct token_profile *profile, bool is_enabled,
                            struct faults *faults)
{
    if (profile->audience_count == 0)
        node_fault(node, faults, "expected a list of those the tokens are meant for");
    for (size_t i = 0; is_enabled && i < profile->audience_count; i++)
        if (str_find_byte(profile->audiences[i], '<') < profile->audiences[i].len)
            node_fault(node_element(node, i, faults), faults,
                       "is a placeholder: fill it in before this issuer is enabled");
}

static struct token_profile parse_one(struct node node, const struct settings *settings,
                                      struct str base, bool is_enabled, struct faults *faults)
{
    struct node audiences = node_member(node, "audiences", faults);
    struct node ca = node_member(node, "ca", faults);
    struct node client_claim = node_member(node, "client_claim", faults);
    struct token_profile profile = {
        .name = node_str_needed(node_member(node, "name", faults), faults),
        .issuer = parse_url(node_member(node, "issuer", faults), settings, true, faults),
        .jwks_uri = parse_url(node_member(node, "jwks_uri", faults), settings, false, faults),
        .discovery = parse_url(node_member(node, "discovery", faults), settings, false, faults),
        .ca_file = settings_path(base, node_str(ca, faults), faults->arena),
        .algorithms = parse_algorithms(node_member(node, "algorithms", faults), faults),
        .audience_is_client =
            node_bool(node_member(node, "audience_is_client", faults), false, faults),
        .client_claim = node_str(client_claim, faults),
        .cpr_claim = node_str_needed(node_member(node, "cpr_claim", faults), faults),
        .name_claim = node_str(node_member(node, "name_claim", faults), faults),
        .scheme_claim = node_str(node_member(node, "scheme_claim", faults), faults),
        .protected_suffix = node_str(node_member(node, "protected_suffix", faults), faults),
        .nemid_until = parse_last_day(node_member(node, "nemid_until", faults), faults),
        .only_until = parse_last_day(node_member(node, "only_until", faults), faults),
    };
    profile.audiences = node_strs(audiences, &profile.audience_count, faults);
    profile.level_claims =
        node_strs(node_member(node, "level_claims", faults), &profile.level_claim_count, faults);

    check_audiences(audiences, &profile, is_enabled, faults);
    if (profile.audience_is_client == (profile.client_claim.at != NULL))
        node_fault(client_claim, faults,
                   "which portal asks is said by the audience (\"audience_is_client\": true) or by "
                   "a claim: expected one of the two");
    if (profile.level_claim_count == 0)
        node_fault(node_member(node, "level_claims", faults), faults,
                   "expected a list of claims that hold the level of login");
    if (!profile.ca_file.at && str_starts_with(profile.issuer, STR("https:")))
        node_fault(ca, faults, "is needed: the only roots that are trusted for fetching keys");
    if (profile.issuer.at && !profile.discovery.at)
        profile.discovery = arena_format(faults->arena, "%.*s%s", STR_ARG(profile.issuer),
                                         str_ends_with(profile.issuer, STR("/"))
                                             ? ".well-known/openid-configuration"
                                             : "/.well-known/openid-configuration");
    return profile;
}

struct token_profile *issuers_parse(struct node root, const struct settings *settings,
                                    struct str base, size_t *count, struct faults *faults)
{
    static const char *const known[] = {
        "name",        "enabled",    "issuer",       "jwks_uri",           "discovery",
        "ca",          "algorithms", "audiences",    "audience_is_client", "client_claim",
        "cpr_claim",   "name_claim", "level_claims", "scheme_claim",       "protected_suffix",
        "nemid_until", "only_until"};
    struct node list = node_member(root, "issuers", faults);
    size_t entries = node_count(list);

    *count = 0;
    if (entries > ISSUERS_MAX) {
        node_fault(list, faults, "expected at most %d", ISSUERS_MAX);
        return NULL;
    }
    struct token_profile *profiles = arena_calloc(faults->arena, entries + 1, sizeof *profiles);
    for (size_t i = 0; profiles && i < entries; i++) {
        struct node node = node_element(list, i, faults);
        bool is_enabled = node_bool(node_member(node, "enabled", faults), true, faults);

        node_only(node, known, sizeof known / sizeof *known, faults);
        struct token_profile one = parse_one(node, settings, base, is_enabled, faults);
        for (size_t j = 0; is_enabled && one.issuer.at && j < *count; j++)
            if (str_equal(one.issuer, profiles[j].issuer))
                node_fault(node_member(node, "issuer", faults), faults, "is also that of \"%.*s\"",
                           STR_ARG(profiles[j].name));
        if (is_enabled)
            profiles[(*count)++] = one;
    }
    if (*count == 0)
        node_fault(list, faults, "no issuer is enabled, so every token would be refused");
    return profiles;
}
