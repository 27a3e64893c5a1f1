/* SPDX-License-Identifier: MIT */
#include "policy/correction_endpoint.h"

#include "policy/endpoint.h"

const struct correction_endpoint *correction_endpoint_parse(struct node node,
                                                            const struct settings *settings,
                                                            struct str base, bool has_server,
                                                            struct faults *faults)
{
    static const char *const known[] = {"url", "path", "tls", "addresses"};
    struct node url = node_member(node, "url", faults);
    struct correction_endpoint *endpoint;

    if (!node_is_present(node) ||
        !(endpoint = ARENA_NEW(faults->arena, struct correction_endpoint)))
        return NULL;
    node_only(node, known, sizeof known / sizeof *known, faults);
    endpoint->path = endpoint_path_parse(node_member(node, "path", faults), true, faults);
    if (node_is_present(url)) {
        endpoint_parse(node, settings, base, &endpoint->target, faults);
        endpoint->target.no_reuse = true; /* see the header */
        endpoint->target.connections_max = (unsigned)settings->limits_source_in_flight_max;
        endpoint->target.identity = fetch_target_identity(&endpoint->target);
    } else if (!has_server) {
        node_fault(url, faults,
                   "is needed: only who owns a source has a server that is known already");
    } else if (node_is_present(node_member(node, "tls", faults)) ||
               node_is_present(node_member(node, "addresses", faults))) {
        node_fault(url, faults, "is needed beside \"tls\" and \"addresses\"");
    }
    return endpoint;
}
