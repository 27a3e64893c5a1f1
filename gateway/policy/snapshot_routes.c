/* SPDX-License-Identifier: MIT */
#include "policy/snapshot_parse.h"

#include <stdlib.h>

/* What manifests say of each other: no id twice, no owner's card twice. */
struct manifests {
    struct index ids, cards; /* into the snapshot's routes, in the files' order */
};

static void check_card(struct parsing *parsing, struct manifests *manifests, struct node root,
                       struct route *route)
{
    const struct snapshot *snapshot = parsing->snapshot;
    const struct authority_card *card = route->owner.card;
    uint32_t twin = card ? index_add(&manifests->cards, card->key, (uint32_t)snapshot->route_count)
                         : INDEX_NONE;

    if (twin == INDEX_NONE)
        return;
    node_fault(node_member(root, "owner", &parsing->faults), &parsing->faults,
               "the card of this owner stands in the manifest of %.*s, and in one alone",
               STR_ARG(snapshot->routes[twin].source.id));
    route->owner.card = NULL;
}

/* Until it is approved it goes by a name of its own, which no agreement can name, beside the
 * version that is in force. */
static void name_candidate(struct parsing *parsing, struct route *route)
{
    const struct route_registration *registration = route->registration;

    if (!registration || registration->state == REGISTRATION_APPROVED)
        return;
    route->source.id = arena_format(parsing->snapshot->arena, "%.*s@%lld",
                                    STR_ARG(route->source.id), (long long)registration->version);
    route->owner.card = NULL; /* the one in force has it */
}

static void parse_route(struct parsing *parsing, const struct config_file *file,
                        const struct route_reading *reading, struct manifests *manifests)
{
    struct snapshot *snapshot = parsing->snapshot;
    struct faults *faults = &parsing->faults;
    struct route *route = &snapshot->routes[snapshot->route_count];
    struct document *document = config_file_open(file, &parsing->faults);

    if (!document)
        return;
    struct node root = document_node(document), id = node_member(root, "id", faults);
    bool is_whole = route_parse(root, reading, snapshot->arena, route, faults);
    if (route->source.id.at && !config_file_is_of(file->name, route->source.id))
        node_fault(id, faults, "expected the file's name without \".json\"");
    name_candidate(parsing, route);
    if (is_whole && index_add(&manifests->ids, route->source.id, 0) != INDEX_NONE) {
        node_fault(id, faults, "there is another source of this id");
        is_whole = false;
    }
    if (is_whole)
        check_card(parsing, manifests, root, route);
    snapshot->route_count += is_whole;
    document_free(&document);
}

static void parse_terms(struct parsing *parsing, const struct config_document *document,
                        struct registration_terms *terms)
{
    struct config_file file = {.name = document->file.name, .bytes = document->terms};
    struct document *opened = document->terms.at ? config_file_open(&file, &parsing->faults) : NULL;

    if (opened)
        registration_terms_parse(document_node(opened), terms, &parsing->faults);
    document_free(&opened);
}

/* What owners have handed in, as if it were files of theirs. */
static void parse_registered(struct parsing *parsing, const struct config_document *document,
                             struct route_reading *reading, struct manifests *manifests)
{
    struct route_registration *registration =
        ARENA_NEW(parsing->snapshot->arena, struct route_registration);

    if (!registration || document->kind != REGISTRATION_SOURCE)
        return;
    *registration =
        (struct route_registration){.state = document->state,
                                    .is_new = document->is_new,
                                    .version = document->version,
                                    .owner = arena_copy(parsing->snapshot->arena, document->owner)};
    if (document->state == REGISTRATION_APPROVED)
        parse_terms(parsing, document, &registration->terms);
    reading->registration = registration;
    parse_route(parsing, &document->file, reading, manifests);
    reading->registration = NULL;
}

static int compare_routes(const void *a, const void *b)
{
    const struct route *x = a, *y = b;

    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    return str_compare(x->source.id, y->source.id);
}

/* In plan order, and found by their ids. */
static void order_routes(struct snapshot *snapshot)
{
    qsort(snapshot->routes, snapshot->route_count, sizeof *snapshot->routes, compare_routes);
    index_init(&snapshot->route_index, snapshot->route_count, snapshot->arena);
    for (size_t i = 0; i < snapshot->route_count; i++)
        index_add(&snapshot->route_index, snapshot->routes[i].source.id, (uint32_t)i);
}

void snapshot_parse_routes(struct parsing *parsing)
{
    struct snapshot *snapshot = parsing->snapshot;
    const struct config_files *files = parsing->files;
    struct faults *faults = &parsing->faults;
    struct document *document =
        files->routing.bytes.at ? config_file_open(&files->routing, &parsing->faults) : NULL;
    struct node root = document ? document_node(document) : (struct node){0};
    struct rules standard = override_standard(root, faults);
    struct route_reading reading = {&snapshot->settings, files->main.folder, &standard,
                                    &snapshot->test_citizens, NULL};
    struct manifests manifests = {0};
    size_t most = config_files_manifests(files);

    if (files->source_count == 0 && !files->sources_unread)
        faults_add(faults, files->main.name, "there is no source at all");
    snapshot->routes = arena_calloc(snapshot->arena, most + 1, sizeof *snapshot->routes);
    index_init(&manifests.ids, most, snapshot->arena);
    index_init(&manifests.cards, most, snapshot->arena);
    for (size_t i = 0; snapshot->routes && i < files->source_count; i++)
        parse_route(parsing, &files->sources[i], &reading, &manifests);
    for (size_t i = 0; snapshot->routes && i < files->document_count; i++)
        parse_registered(parsing, &files->documents[i], &reading, &manifests);
    overrides_operate(root, &reading, snapshot->routes, snapshot->route_count, faults);
    if (snapshot->routes)
        order_routes(snapshot);
    /* Which sources exist is only known when all their files could be read. */
    if (snapshot->route_count == most)
        overrides_parse(root, &snapshot->settings, snapshot->routes, snapshot->route_count,
                        &snapshot->overrides, faults);
    document_free(&document);
}
