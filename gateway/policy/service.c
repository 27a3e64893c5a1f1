/* SPDX-License-Identifier: MIT */
#include "policy/service.h"

#include "identity/consent.h"
#include "policy/kinds.h"

static bool contains(const struct str *list, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i], text))
            return true;
    return false;
}

const struct service *service_find(const struct services *list, struct str id)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_equal(list->at[i].id, id))
            return &list->at[i];
    return NULL;
}

static const struct service_certificate *find_certificate(const struct service *service,
                                                          struct str sha256)
{
    for (size_t i = 0; sha256.len > 0 && i < service->certificate_count; i++)
        if (str_equal(service->certificates[i].sha256, sha256))
            return &service->certificates[i];
    return NULL;
}

bool service_certificate_holds(const struct service *service, struct str sealed, struct str shown)
{
    const struct service_certificate *one = find_certificate(service, shown);

    return one &&
           (str_equal(sealed, shown) || contains(one->replaces, one->replaces_count, sealed));
}

/* ---- one service ---- */

/* It stands in records, tokens' rows and logs. */
static struct str parse_id(struct node node, struct faults *faults)
{
    struct str id = node_str_needed(node, faults);

    for (size_t i = 0; i < id.len; i++) {
        char c = id.at[i];
        bool is_fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (is_fine && id.len <= CONSENT_SERVICE_MAX)
            continue;
        node_fault(node, faults, "expected at most %d of a-z, 0-9, \".\", \"-\"",
                   CONSENT_SERVICE_MAX);
        break;
    }
    return id;
}

static void parse_replaces(struct node node, struct service_certificate *certificate,
                           struct arena *arena, struct faults *faults)
{
    size_t count = node_count(node);
    struct str *list = arena_calloc(arena, count + 1, sizeof *list);

    if (node_is_present(node) && !json_is_array(node.value))
        node_fault(node, faults, "expected a list of certificates' SHA-256");
    for (size_t i = 0; list && i < count; i++)
        list[i] = certificate_parse(node_element(node, i, faults), arena, faults);
    certificate->replaces = list;
    certificate->replaces_count = list ? count : 0;
}

static void parse_certificates(struct node node, struct service *service, struct arena *arena,
                               struct faults *faults)
{
    static const char *const known[] = {"sha256", "replaces"};
    size_t count = node_count(node);

    if (count == 0 || count > SERVICE_CERTIFICATES_MAX) {
        node_fault(node, faults, "expected a list of 1 to %d client certificates",
                   SERVICE_CERTIFICATES_MAX);
        return;
    }
    struct service_certificate *list = arena_calloc(arena, count, sizeof *list);
    for (size_t i = 0; list && i < count; i++) {
        struct node one = node_element(node, i, faults);
        node_only(one, known, 2, faults);
        list[i].sha256 = certificate_parse(node_member(one, "sha256", faults), arena, faults);
        parse_replaces(node_member(one, "replaces", faults), &list[i], arena, faults);
    }
    service->certificates = list;
    service->certificate_count = list ? count : 0;
}

static void parse_service(struct node node, struct service *service, struct arena *arena,
                          struct faults *faults)
{
    static const char *const known[] = {"id",           "client", "name",     "purpose",
                                        "certificates", "kinds",  "max_days", "contract"};
    struct node kinds = node_member(node, "kinds", faults);
    struct node name = node_member(node, "name", faults);
    struct node purpose = node_member(node, "purpose", faults);

    node_only(node, known, sizeof known / sizeof *known, faults);
    service->id = parse_id(node_member(node, "id", faults), faults);
    service->client = node_str(node_member(node, "client", faults), faults);
    if (!service->client.at)
        service->client = service->id;
    if (!node_is_present(name) || !node_is_present(purpose))
        node_fault(node, faults, "expected a name and a purpose: the citizen decides by them");
    service->name = node_text(name, faults);
    service->purpose = node_text(purpose, faults);
    parse_certificates(node_member(node, "certificates", faults), service, arena, faults);
    service->kinds = kinds_parse(kinds, faults);
    if (node_count(kinds) == 0)
        node_fault(kinds, faults, "expected a list of kinds of items; there is no \"all\" here");
    service->max_days =
        node_int(node_member(node, "max_days", faults), 365, 1, SERVICE_DAYS_MAX, faults);
    service->contract = node_str_needed(node_member(node, "contract", faults), faults);
}

/* ---- the file ---- */

void services_parse(struct node root, struct services *list, struct arena *arena,
                    struct faults *faults)
{
    static const char *const known[] = {"services"};
    struct node node = node_member(root, "services", faults);
    size_t count = node_count(node);

    *list = (struct services){0};
    node_only(root, known, 1, faults);
    if (node_is_present(node) && !json_is_array(node.value))
        node_fault(node, faults, "expected a list of services");
    if (count > SERVICES_MAX) {
        node_fault(node, faults, "expected at most %d", SERVICES_MAX);
        return;
    }
    list->at = arena_calloc(arena, count + 1, sizeof *list->at);
    for (size_t i = 0; list->at && i < count; i++) {
        struct node one = node_element(node, i, faults);
        struct service *service = &list->at[list->count];

        parse_service(one, service, arena, faults);
        if (service->id.at && service_find(list, service->id))
            node_fault(node_member(one, "id", faults), faults,
                       "there is another service of this id");
        list->count++;
    }
}

/* A certificate says who asks, so no two services share one. */
static void check_twins(struct node node, const struct services *list, size_t position,
                        struct faults *faults)
{
    const struct service *service = &list->at[position];

    for (size_t i = 0; i < service->certificate_count; i++)
        for (size_t j = 0; j < position; j++)
            if (find_certificate(&list->at[j], service->certificates[i].sha256))
                node_fault(node_member(node, "certificates", faults), faults,
                           "number %zu is also a certificate of the service \"%.*s\"", i + 1,
                           STR_ARG(list->at[j].id));
}

static void check_client(struct node node, const struct service *service,
                         const struct agreements *agreements, struct faults *faults)
{
    for (size_t i = 0; i < agreements->portal_count; i++) {
        const struct portal *portal = &agreements->portals[i];

        if (!str_equal(portal->id, service->id) &&
            contains(portal->clients, portal->client_count, service->client))
            node_fault(node, faults,
                       "\"%.*s\" is a client id of the portal \"%.*s\": a service is known by one "
                       "of its own",
                       STR_ARG(service->client), STR_ARG(portal->id));
    }
}

void services_check(struct node root, const struct services *list, struct agreements *agreements,
                    struct faults *faults)
{
    struct node node = node_member(root, "services", faults);

    for (size_t i = 0; i < list->count; i++) {
        struct node one = node_element(node, i, faults);

        check_twins(one, list, i, faults);
        check_client(one, &list->at[i], agreements, faults);
        for (size_t j = 0; j < agreements->portal_count; j++)
            if (str_equal(agreements->portals[j].id, list->at[i].id))
                agreements->portals[j].is_service = true;
    }
}
