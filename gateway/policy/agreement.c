/* SPDX-License-Identifier: MIT */
#include "policy/agreement.h"

#include <stdlib.h>

#include "policy/hint.h"
#include "policy/kinds.h"

enum { AGREEMENTS_MAX = 10000, CVR_DIGITS = 8, CODE_DIGITS = 4 };

static bool contains(const struct str *list, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i], text))
            return true;
    return false;
}

/* ---- one agreement ---- */

static unsigned parse_kinds(struct node node, struct faults *faults)
{
    unsigned kinds = kinds_parse(node, faults);

    if (node_is_present(node) && !json_is_array(node.value))
        node_fault(node, faults, "expected a list of kinds of items");
    return kinds ? kinds : ITEM_KIND_BIT(ITEM_KIND_COUNT) - 1; /* none named: all */
}

static const struct str *parse_authorities(struct node node, size_t *count, struct faults *faults)
{
    const struct str *list = node_strs(node, count, faults);

    for (size_t i = 0; i < *count; i++)
        if (!str_is_digits(list[i]) || (list[i].len != CVR_DIGITS && list[i].len != CODE_DIGITS))
            node_fault(node_element(node, i, faults), faults,
                       "expected a CVR number of eight digits or a municipality's code of four");
    return list;
}

static void parse_agreement(struct node node, struct agreement *one, struct faults *faults)
{
    static const char *const known[] = {"portal", "sources", "kinds",   "authorities",
                                        "from",   "to",      "contract"};
    struct node sources = node_member(node, "sources", faults);
    struct node to = node_member(node, "to", faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    one->portal = node_str_needed(node_member(node, "portal", faults), faults);
    one->sources = node_strs(sources, &one->source_count, faults);
    one->kinds = parse_kinds(node_member(node, "kinds", faults), faults);
    one->authorities =
        parse_authorities(node_member(node, "authorities", faults), &one->authority_count, faults);
    one->from = node_date(node_member(node, "from", faults), faults);
    one->to = node_date(to, faults);
    one->contract = node_str_needed(node_member(node, "contract", faults), faults);
    if (one->source_count == 0)
        node_fault(sources, faults, "expected a list of source ids, or [\"*\"] for all");
    if (date_is_known(one->from) && date_is_known(one->to) && date_compare(one->to, one->from) < 0)
        node_fault(to, faults, "is before \"from\"");
}

/* ---- one portal ---- */

struct str certificate_parse(struct node node, struct arena *arena, struct faults *faults)
{
    struct str text = node_str_needed(node, faults);
    char *digits = arena_alloc(arena, CERTIFICATE_DIGITS);
    size_t len = 0;

    for (size_t i = 0; digits && i < text.len; i++) {
        char c = text.at[i];

        if (c == ':')
            continue;
        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        if (len == CERTIFICATE_DIGITS || !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            len = 0;
            break;
        }
        digits[len++] = c;
    }
    if (text.at && len != CERTIFICATE_DIGITS)
        node_fault(node, faults, "expected the SHA-256 of a certificate: 64 hexadecimal digits");
    return digits ? str_make(digits, len) : STR_NONE;
}

static const struct str *parse_certificates(struct node node, size_t *count, struct arena *arena,
                                            struct faults *faults)
{
    size_t most = node_count(node);
    struct str *list = arena_calloc(arena, most + 1, sizeof *list);

    *count = 0;
    if (node_is_present(node) && !json_is_array(node.value))
        node_fault(node, faults, "expected a list of certificates' SHA-256");
    for (size_t i = 0; list && i < most; i++)
        list[(*count)++] = certificate_parse(node_element(node, i, faults), arena, faults);
    return list;
}

static struct portal *find_portal(const struct agreements *list, struct str id)
{
    for (size_t i = 0; id.len > 0 && i < list->portal_count; i++)
        if (str_equal(list->portals[i].id, id))
            return &list->portals[i];
    return NULL;
}

/* The portal that tokens of this client id are issued to. */
static const struct portal *portal_of_client(const struct agreements *list, struct str client)
{
    for (size_t i = 0; client.len > 0 && i < list->portal_count; i++)
        if (contains(list->portals[i].clients, list->portals[i].client_count, client))
            return &list->portals[i];
    return NULL;
}

static const struct portal *portal_of_certificate(const struct agreements *list,
                                                  struct str certificate)
{
    for (size_t i = 0; certificate.len > 0 && i < list->portal_count; i++)
        if (contains(list->portals[i].certificates, list->portals[i].certificate_count,
                     certificate))
            return &list->portals[i];
    return NULL;
}

/* Tokens of a portal that names no client ids carry its own id. */
static void name_itself(struct portal *portal)
{
    if (portal->client_count == 0) {
        portal->clients = &portal->id;
        portal->client_count = 1;
    }
}

static void parse_portal(struct node node, struct agreements *list, struct arena *arena,
                         struct faults *faults)
{
    static const char *const known[] = {"id",           "name",          "clients",
                                        "certificates", "test_citizens", "server_timing"};
    struct node name = node_member(node, "name", faults);
    struct node id = node_member(node, "id", faults);
    struct node clients = node_member(node, "clients", faults);
    struct node certificates = node_member(node, "certificates", faults);
    struct portal *portal = &list->portals[list->portal_count];

    node_only(node, known, sizeof known / sizeof *known, faults);
    if (node_is_present(name))
        portal->name = node_text(name, faults);
    portal->test_citizens =
        node_strs(node_member(node, "test_citizens", faults), &portal->test_citizen_count, faults);
    portal->id = node_str_needed(id, faults);
    portal->clients = node_strs(clients, &portal->client_count, faults);
    portal->certificates =
        parse_certificates(certificates, &portal->certificate_count, arena, faults);
    portal->server_timing = node_bool(node_member(node, "server_timing", faults), false, faults);
    name_itself(portal);
    if (find_portal(list, portal->id)) {
        node_fault(id, faults, "there is another portal of this id");
        return;
    }
    for (size_t i = 0; i < portal->client_count; i++)
        if (portal_of_client(list, portal->clients[i]))
            node_fault(clients, faults, "\"%.*s\" is also a client id of another portal",
                       STR_ARG(portal->clients[i]));
    for (size_t i = 0; i < portal->certificate_count; i++)
        if (portal_of_certificate(list, portal->certificates[i]))
            node_fault(node_element(certificates, i, faults), faults,
                       "is also a certificate of another portal");
    list->portal_count++;
}

/* ---- the file ---- */

/* A portal that is not described is known by its id as the client id. */
static void add_undescribed(struct agreements *list, struct node node, struct faults *faults)
{
    for (size_t i = 0; i < list->count; i++) {
        struct str id = list->at[i].portal;
        struct portal *portal = &list->portals[list->portal_count];

        if (!id.at || find_portal(list, id))
            continue;
        if (portal_of_client(list, id)) {
            node_fault(node_member(node_element(node, i, faults), "portal", faults), faults,
                       "\"%.*s\" is a client id of another portal", STR_ARG(id));
            continue;
        }
        *portal = (struct portal){.id = id};
        name_itself(portal);
        list->portal_count++;
    }
}

/* So that each portal's agreements stand together, in the file's order. */
static void gather(struct agreements *list, struct arena *arena)
{
    struct agreement *sorted = arena_calloc(arena, list->count + 1, sizeof *sorted);
    size_t count = 0;

    for (size_t i = 0; sorted && i < list->portal_count; i++) {
        struct portal *portal = &list->portals[i];

        portal->agreements = &sorted[count];
        for (size_t j = 0; j < list->count; j++)
            if (str_equal(list->at[j].portal, portal->id))
                sorted[count++] = list->at[j];
        portal->agreement_count = (size_t)(&sorted[count] - portal->agreements);
    }
    list->at = sorted;
}

void agreements_parse(struct node root, struct agreements *list, struct arena *arena,
                      struct faults *faults)
{
    static const char *const known[] = {"portals", "agreements"};
    struct node portals = node_member(root, "portals", faults);
    struct node node = node_member(root, "agreements", faults);
    size_t count = node_count(node), portal_count = node_count(portals);

    *list = (struct agreements){0};
    node_only(root, known, 2, faults);
    if (node_is_present(portals) && !json_is_array(portals.value))
        node_fault(portals, faults, "expected a list of portals");
    if (node_is_present(node) ? !json_is_array(node.value) : node_is_present(root))
        node_fault(node, faults, "expected a list; an empty one lets nobody ask");
    if (count > AGREEMENTS_MAX || portal_count > AGREEMENTS_MAX) {
        node_fault(count > AGREEMENTS_MAX ? node : portals, faults, "expected at most %d",
                   AGREEMENTS_MAX);
        return;
    }
    list->portals = arena_calloc(arena, portal_count + count + 1, sizeof *list->portals);
    list->at = arena_calloc(arena, count + 1, sizeof *list->at);
    if (!list->portals || !list->at)
        return;
    for (size_t i = 0; i < portal_count; i++)
        parse_portal(node_element(portals, i, faults), list, arena, faults);
    for (size_t i = 0; i < count; i++)
        parse_agreement(node_element(node, i, faults), &list->at[list->count++], faults);
    add_undescribed(list, node, faults);
    gather(list, arena);
}

void agreements_check(struct node root, const struct str *ids, size_t id_count,
                      struct faults *faults)
{
    struct node list = node_member(root, "agreements", faults);

    for (size_t i = 0; i < node_count(list); i++) {
        struct node sources = node_member(node_element(list, i, faults), "sources", faults);

        for (size_t j = 0; j < node_count(sources); j++) {
            struct node source = node_element(sources, j, faults);
            struct str id = str_of(json_string_value(source.value));

            if (id.len > 0 && !str_equal(id, STR("*")) && !contains(ids, id_count, id))
                node_fault(source, faults, "there is no source \"%.*s\"%.*s", STR_ARG(id),
                           STR_ARG(hint_text(faults->arena, id, ids, id_count)));
        }
    }
}

static int compare_places(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void find_routes(struct portal *portal, const struct index *routes, struct arena *arena)
{
    size_t named = 0, count = 0;

    for (size_t i = 0; i < portal->agreement_count; i++)
        named += portal->agreements[i].source_count;
    uint32_t *places = arena_calloc(arena, named + 1, sizeof *places);
    for (size_t i = 0; places && i < portal->agreement_count; i++)
        for (size_t j = 0; j < portal->agreements[i].source_count; j++) {
            struct str id = portal->agreements[i].sources[j];
            uint32_t place = index_find(routes, id);

            if (str_equal(id, STR("*")))
                return; /* all */
            if (place != INDEX_NONE)
                places[count++] = place;
        }
    if (!places)
        return;
    qsort(places, count, sizeof *places, compare_places);
    for (size_t i = 0; i < count; i++) /* each once */
        if (portal->route_count == 0 || places[portal->route_count - 1] != places[i])
            places[portal->route_count++] = places[i];
    portal->routes = places;
}

void agreements_find_routes(struct agreements *list, const struct index *routes,
                            struct arena *arena)
{
    for (size_t i = 0; i < list->portal_count; i++)
        find_routes(&list->portals[i], routes, arena);
}

/* ---- who asks ---- */

enum portal_verdict portal_find(const struct agreements *list, struct str client,
                                struct str certificate, const struct portal **portal)
{
    const struct portal *by_client = portal_of_client(list, client);
    const struct portal *by_certificate = portal_of_certificate(list, certificate);

    *portal = NULL;
    if (by_certificate && by_certificate != by_client)
        return PORTAL_OF_ANOTHER;
    if (!by_client || by_client->agreement_count == 0)
        return PORTAL_UNKNOWN;
    if (by_client->is_service)
        return PORTAL_OF_SERVICE;
    if (by_client->certificate_count > 0 && !by_certificate)
        return PORTAL_WITHOUT_CERTIFICATE;
    *portal = by_client;
    return PORTAL_KNOWN;
}

const struct portal *portal_of_service(const struct agreements *list, struct str id)
{
    const struct portal *portal = find_portal(list, id);

    return portal && portal->is_service && portal->agreement_count > 0 ? portal : NULL;
}

/* ---- for what ---- */

static bool is_in_force(const struct agreement *one, struct date day)
{
    return (!date_is_known(one->from) || date_compare(one->from, day) <= 0) &&
           (!date_is_known(one->to) || date_compare(day, one->to) <= 0);
}

static bool covers(const struct agreement *one, struct str source, struct date day)
{
    return is_in_force(one, day) && (contains(one->sources, one->source_count, source) ||
                                     contains(one->sources, one->source_count, STR("*")));
}

static bool concerns(const struct agreement *one, const struct authority *authority)
{
    return !authority || one->authority_count == 0 ||
           (authority->cvr.at &&
            contains(one->authorities, one->authority_count, authority->cvr)) ||
           (authority->code.at &&
            contains(one->authorities, one->authority_count, authority->code));
}

unsigned portal_kinds(const struct portal *portal, struct str source,
                      const struct authority *authority, struct date day)
{
    unsigned kinds = 0;

    for (size_t i = 0; i < portal->agreement_count; i++) {
        const struct agreement *one = &portal->agreements[i];

        if (covers(one, source, day) && concerns(one, authority))
            kinds |= one->kinds;
    }
    return kinds;
}

size_t portal_authorities_max(const struct portal *portal)
{
    size_t most = 0;

    for (size_t i = 0; i < portal->agreement_count; i++)
        most += portal->agreements[i].authority_count;
    return most;
}

size_t portal_authorities(const struct portal *portal, struct str source, const struct str *own,
                          size_t own_count, struct date day, struct str *out, size_t max)
{
    size_t count = 0;

    for (size_t i = 0; i < portal->agreement_count; i++) {
        const struct agreement *one = &portal->agreements[i];
        const struct str *names = one->authority_count > 0 ? one->authorities : own;
        size_t some = one->authority_count > 0 ? one->authority_count : own_count;

        for (size_t j = 0; covers(one, source, day) && j < some && count < max; j++)
            if (!contains(out, count, names[j]))
                out[count++] = names[j];
    }
    return count;
}
