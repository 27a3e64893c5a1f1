/* SPDX-License-Identifier: MIT */
#include "serve/certificates.h"

#include "net/tls.h"

static void add_certificate(struct certificates *list, struct str use, struct str holder,
                            struct str file)
{
    struct metrics_certificate one = {.use = use, .holder = holder};
    uint32_t known = index_find(&list->files, file);

    if (!file.at || list->count == list->max)
        return;
    if (known != INDEX_NONE)
        one.days = list->at[known].days;
    else if (!tls_certificate_days(file.at, &one.days))
        return;
    index_add(&list->files, file, (uint32_t)list->count);
    list->at[list->count++] = one;
}

void certificates_gather(const struct snapshot *snapshot, struct arena *arena,
                         struct certificates *list)
{
    const struct settings *settings = &snapshot->settings;

    *list = (struct certificates){0};
    list->max =
        4 + 2 * snapshot->route_count + snapshot->profile_count + 2 * snapshot->authorities.count;
    list->at = arena_calloc(arena, list->max, sizeof *list->at);
    if (!list->at)
        list->max = 0;
    index_init(&list->files, list->max, arena);
    add_certificate(list, STR("door"), STR(""), settings->tls_certificate);
    add_certificate(list, STR("portals-ca"), STR(""), settings->tls_client_ca);
    add_certificate(list, STR("operators-ca"), STR(""), settings->admin_client_ca);
    for (size_t i = 0; i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        add_certificate(list, STR("client"), route->source.id, route->target.cert_file);
        add_certificate(list, STR("source-ca"), route->source.id, route->target.ca_file);
    }
    for (size_t i = 0; i < snapshot->authorities.count; i++) {
        const struct authority_card *card = &snapshot->authorities.at[i];
        if (!card->corrections || !card->corrections->target.url.at)
            continue;
        add_certificate(list, STR("client"), card->key, card->corrections->target.cert_file);
        add_certificate(list, STR("corrections-ca"), card->key, card->corrections->target.ca_file);
    }
    for (size_t i = 0; i < snapshot->profile_count; i++)
        add_certificate(list, STR("issuer-ca"), snapshot->profiles[i].name,
                        snapshot->profiles[i].ca_file);
}
