/* SPDX-License-Identifier: MIT */
#include "policy/classification_source.h"

#include "adapters/municipal.h"
#include "policy/endpoint.h"

static void parse_facets(struct node node, struct classification_source *source,
                         struct faults *faults)
{
    char uuid[MUNICIPAL_UUID_TEXT];

    source->facets = node_strs(node, &source->facet_count, faults);
    if (source->facet_count == 0 || source->facet_count > CLASSIFICATION_FACETS_MAX)
        node_fault(node, faults, "expected the UUIDs of 1 to %d facets", CLASSIFICATION_FACETS_MAX);
    for (size_t i = 0; i < source->facet_count; i++)
        if (!municipal_uuid_parse(source->facets[i], uuid))
            node_fault(node_element(node, i, faults), faults, "expected a UUID");
}

void classification_source_parse(struct node node, const struct settings *settings, struct str base,
                                 struct classification_source *source, struct faults *faults)
{
    static const char *const known[] = {"url",
                                        "path",
                                        "tls",
                                        "addresses",
                                        "facets",
#define X(name, standard, least, most, help) #name,
                                        CLASSIFICATION_NUMBERS(X)
#undef X
    };

    *source = (struct classification_source){0};
    if (!node_is_present(node))
        return;
    node_only(node, known, sizeof known / sizeof *known, faults);
    endpoint_parse(node, settings, base, &source->target, faults);
    source->path = endpoint_path_parse(node_member(node, "path", faults), true, faults);
    parse_facets(node_member(node, "facets", faults), source, faults);
#define X(name, standard, least, most, help)                                                       \
    source->name = node_int(node_member(node, #name, faults), standard, least, most, faults);
    CLASSIFICATION_NUMBERS(X)
#undef X
    source->target.connections_max = 1;
    source->target.identity = fetch_target_identity(&source->target);
}
