/* SPDX-License-Identifier: MIT */
#include "policy/endpoint.h"

#include "net/address.h"
#include "policy/url.h"

static struct str file_in(struct node tls, const char *name, struct str base, struct faults *faults)
{
    return settings_path(base, node_str(node_member(tls, name, faults), faults), faults->arena);
}

static void parse_tls(struct node root, bool is_plain, struct str base, struct fetch_target *target,
                      struct faults *faults)
{
    static const char *const known[] = {"ca", "certificate", "key", "crl"};
    struct node tls = node_member(root, "tls", faults);

    node_only(tls, known, sizeof known / sizeof *known, faults);
    target->ca_file = file_in(tls, "ca", base, faults);
    target->cert_file = file_in(tls, "certificate", base, faults);
    target->key_file = file_in(tls, "key", base, faults);
    target->crl_file = file_in(tls, "crl", base, faults);
    if (!target->ca_file.at && !is_plain)
        node_fault(node_member(tls, "ca", faults), faults,
                   "is needed: the only roots that are trusted for this source");
    if (!target->cert_file.at != !target->key_file.at)
        node_fault(tls, faults, "\"certificate\" and \"key\" come together");
}

static void parse_url(struct node url, const struct settings *settings, struct fetch_target *target,
                      struct faults *faults)
{
    struct url parts = {0};

    target->url = node_str_needed(url, faults);
    if (target->url.at && (!url_parse(target->url, &parts) || parts.path.len > 0))
        node_fault(url, faults, "expected \"https://host:port\" and nothing behind it");
    else if (target->url.at && parts.is_plain && !settings->insecure_sources)
        node_fault(url, faults, "expected https (http only with --insecure-sources)");
    else if (target->url.at && parts.is_plain && !url_is_loopback(&parts))
        node_fault(url, faults, "plain http goes to loopback only");
    target->insecure = parts.is_plain;
}

void endpoint_parse(struct node root, const struct settings *settings, struct str base,
                    struct fetch_target *target, struct faults *faults)
{
    struct node addresses = node_member(root, "addresses", faults);
    struct address_ranges ranges;

    parse_url(node_member(root, "url", faults), settings, target, faults);
    parse_tls(root, target->insecure, base, target, faults);
    target->addresses = node_str(addresses, faults);
    if (target->addresses.at && !address_ranges_parse(target->addresses, &ranges))
        node_fault(addresses, faults, "expected ranges as \"10.1.0.0/16,2001:db8::/32\"");
    target->no_reuse = node_bool(node_member(root, "no_reuse", faults), false, faults);
}

/* An address in figures is judged at once, so that its owner learns of it; all are judged where
 * they are used, each time anew. */
static void check_literal(struct node url, const struct fetch_target *target, struct faults *faults)
{
    struct address_ranges exceptions = {.count = 0};
    struct url parts;

    if (target->public_exceptions.at &&
        !address_ranges_parse(target->public_exceptions, &exceptions))
        exceptions.count = 0;
    if (target->url.at && url_parse(target->url, &parts) &&
        !address_is_reachable(parts.host, &exceptions))
        node_fault(url, faults,
                   "is not on the open internet; the operator may allow its range "
                   "(registration.addresses_allowed)");
}

static void parse_owners(struct node root, const struct settings *settings,
                         struct fetch_target *target, struct faults *faults)
{
    static const char *const ours[] = {"tls", "addresses"};
    struct node url = node_member(root, "url", faults);

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        struct node node = node_member(root, ours[i], faults);
        if (node_is_present(node))
            node_fault(node, faults, "is the operator's to say; leave it out");
    }
    parse_url(url, settings, target, faults);
    target->no_reuse = node_bool(node_member(root, "no_reuse", faults), false, faults);
    target->ca_file = settings->registration_ca;
    target->cert_file = settings->registration_certificate;
    target->key_file = settings->registration_key;
    target->is_public_only = true;
    target->public_exceptions = settings->registration_addresses_allowed;
    if (!target->ca_file.at)
        node_fault(root, faults,
                   "this gateway takes no sources from their owners: its registration.ca is not "
                   "set");
}

bool endpoints_parse(struct node node, const struct settings *settings, struct str base,
                     enum endpoint_word word, struct fetch_target *target, struct faults *faults)
{
    static const char *const known[] = {"url", "tls", "addresses", "no_reuse"};
    size_t count = 0;
    bool is_here = false;

    node_only(node, settings_environments, SETTINGS_ENVIRONMENTS, faults);
    for (size_t i = 0; i < SETTINGS_ENVIRONMENTS; i++) {
        struct node one = node_member(node, settings_environments[i], faults);
        struct fetch_target read = {0};

        if (!node_is_present(one))
            continue;
        node_only(one, known, sizeof known / sizeof *known, faults);
        if (word == WORD_OPERATORS)
            endpoint_parse(one, settings, base, &read, faults);
        else
            parse_owners(one, settings, &read, faults);
        if (word == WORD_NEW)
            check_literal(node_member(one, "url", faults), &read, faults);
        count++;
        if (str_equal(settings->environment, str_of(settings_environments[i]))) {
            *target = read;
            is_here = true;
        }
    }
    if (count == 0 && (!node_is_present(node) || json_object_size(node.value) == 0))
        node_fault(node, faults,
                   "is needed: where it is asked, in \"production\", \"test\" or both");
    return is_here;
}

struct str endpoint_path_parse(struct node node, bool is_needed, struct faults *faults)
{
    struct str path = is_needed ? node_str_needed(node, faults) : node_str(node, faults);

    if (path.at && (path.at[0] != '/' || str_find_byte(path, '?') < path.len ||
                    str_find_byte(path, ' ') < path.len))
        node_fault(node, faults, "expected a path that begins with \"/\", without a query");
    return path;
}
