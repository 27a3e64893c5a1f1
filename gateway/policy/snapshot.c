/* SPDX-License-Identifier: MIT */
#include "policy/snapshot_parse.h"

#include <assert.h>
#include <stdlib.h>

#include "base/die.h"
#include "policy/issuer.h"

enum { MEMORY_MAX = 256 * 1024 * 1024, CLASSIFICATION_MAX = 64 * 1024 * 1024 };

/* ---- the files ---- */

/* A main file that cannot be read leaves the standard settings, so that the other files' faults are
 * found in the same go. */
static void parse_main(struct parsing *parsing, bool insecure_sources)
{
    const struct config_file *file = &parsing->files->main;
    struct snapshot *snapshot = parsing->snapshot;
    struct faults *faults = &parsing->faults;
    struct document *document = config_file_open(file, &parsing->faults);
    struct node root = document ? document_node(document) : (struct node){0};

    settings_parse(root, file->folder, &snapshot->settings, faults);
    snapshot->settings.insecure_sources = insecure_sources;
    parsing->has_settings = document != NULL;
    if (document) {
        settings_check(root, &snapshot->settings, faults);
        snapshot->profiles = issuers_parse(root, &snapshot->settings, file->folder,
                                           &snapshot->profile_count, faults);
        classification_source_parse(node_member(root, "classification", faults),
                                    &snapshot->settings, file->folder,
                                    &snapshot->classification_source, faults);
        test_citizens_parse(root, &snapshot->test_citizens, faults);
        snapshot->mandate_services = mandate_services_parse(
            root, &snapshot->settings, file->folder, &snapshot->mandate_service_count, faults);
    }
    document_free(&document);
}

/* A file is named after its source: so what is wrong in one hides no fault of the agreements. */
static void check_agreements(struct parsing *parsing, struct node root)
{
    const struct config_files *files = parsing->files;
    struct str *ids =
        arena_calloc(parsing->snapshot->arena, config_files_manifests(files) + 1, sizeof *ids);
    size_t count = 0;

    if (!ids || files->sources_unread)
        return;
    for (size_t i = 0; i < files->source_count; i++)
        ids[count++] = config_file_id(files->sources[i].name);
    for (size_t i = 0; i < files->document_count; i++) /* also before its approval */
        if (files->documents[i].kind == REGISTRATION_SOURCE)
            ids[count++] = files->documents[i].name;
    agreements_check(root, ids, count, &parsing->faults);
}

/* Whom a portal's developers may log in as is a test citizen of ours. */
static void check_test_citizens(struct parsing *parsing, struct node root)
{
    struct faults *faults = &parsing->faults;
    struct node portals = node_member(root, "portals", faults);

    size_t known = parsing->snapshot->route_count;
    if (known == 0 || known < parsing->files->source_count)
        return; /* whose test citizens are not all known */
    for (size_t i = 0; i < node_count(portals); i++) {
        struct node list = node_member(node_element(portals, i, faults), "test_citizens", faults);
        for (size_t j = 0; j < node_count(list); j++) {
            struct node one = node_element(list, j, faults);
            struct str id = str_of(json_string_value(one.value));
            if (id.len > 0 && !snapshot_test_citizen(parsing->snapshot, id))
                node_fault(one, faults,
                           "there is no test citizen \"%.*s\"; one of a source's own is called "
                           "\"source/id\"",
                           STR_ARG(id));
        }
    }
}

/* What each portal's overviews leave out is a number in them. */
static void count_left_out(struct snapshot *snapshot)
{
    size_t all = 0;

    for (size_t i = 0; i < snapshot->route_count; i++)
        all += route_is_shown(&snapshot->routes[i]);
    for (size_t i = 0; i < snapshot->agreements.portal_count; i++) {
        struct portal *portal = &snapshot->agreements.portals[i];
        portal->left_out = portal->routes ? all : 0;
        for (size_t j = 0; portal->routes && j < portal->route_count; j++)
            portal->left_out -= route_is_shown(&snapshot->routes[portal->routes[j]]);
    }
}

static void parse_agreements(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    agreements_parse(root, &snapshot->agreements, snapshot->arena, &parsing->faults);
    check_agreements(parsing, root);
    agreements_find_routes(&snapshot->agreements, &snapshot->route_index, snapshot->arena);
    count_left_out(snapshot);
    check_test_citizens(parsing, root);
}

/* Its manifest is read once more, to say where. */
static const struct config_file *manifest_of(const struct config_files *files,
                                             const struct route *route)
{
    for (size_t i = 0; i < files->document_count; i++)
        if (route->registration && files->documents[i].kind == REGISTRATION_SOURCE &&
            files->documents[i].version == route->registration->version &&
            str_equal(files->documents[i].name, route->source.id))
            return &files->documents[i].file;
    for (size_t i = 0; i < files->source_count; i++)
        if (!route->registration && config_file_is_of(files->sources[i].name, route->source.id))
            return &files->sources[i];
    return NULL;
}

static void fault_card(struct parsing *parsing, const struct route *route, struct str cvr)
{
    const struct config_file *manifest = manifest_of(parsing->files, route);
    struct document *document = manifest ? config_file_open(manifest, &parsing->faults) : NULL;

    if (document)
        node_fault(node_member(document_node(document), "owner", &parsing->faults),
                   &parsing->faults,
                   "CVR %.*s answers here and has no card: \"contacts\", \"data_protection\" and "
                   "\"breach\"",
                   STR_ARG(cvr));
    document_free(&document);
}

static void check_card_of(struct parsing *parsing, const struct route *route, struct str cvr)
{
    const struct authority one = {.cvr = cvr};

    if (cvr.at && !authorities_find(&parsing->snapshot->authorities, &one))
        fault_card(parsing, route, cvr);
}

/* Whoever answers has a card: its manifest's, or one of policies/authorities.json. */
static void parse_authorities(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    const struct authority_card **cards =
        arena_calloc(snapshot->arena, snapshot->route_count + 1, sizeof *cards);
    const struct card_reading reading = {&snapshot->settings, parsing->files->main.folder,
                                         snapshot->arena, &parsing->faults};
    size_t count = 0;

    for (size_t i = 0; cards && i < snapshot->route_count; i++)
        if (snapshot->routes[i].owner.card)
            cards[count++] = snapshot->routes[i].owner.card;
    authorities_parse(&reading, root, cards, count, &snapshot->authorities);
    /* Which cards there are is only known when all manifests could be read. */
    if (snapshot->route_count < config_files_manifests(parsing->files))
        return;
    for (size_t i = 0; i < snapshot->route_count; i++) {
        const struct route *route = &snapshot->routes[i];
        if (route->registration && route->registration->state != REGISTRATION_APPROVED)
            continue; /* it answers nobody yet */
        check_card_of(parsing, route, route->owner.authority.cvr);
        for (size_t j = 0; j < route->owner.answers_for_count; j++)
            if (!str_equal(route->owner.answers_for[j], route->owner.authority.cvr))
                check_card_of(parsing, route, route->owner.answers_for[j]);
    }
}

/* What one municipality has handed in. False: it is none of that. */
static bool open_own(struct parsing *parsing, const struct config_document *document,
                     struct document **opened, struct exposure_own *own)
{
    if (document->kind != REGISTRATION_RULES ||
        !(*opened = config_file_open(&document->file, &parsing->faults)))
        return false;
    own->root = document_node(*opened);
    own->municipality = municipality_find(&parsing->snapshot->municipalities, document->name);
    if (own->municipality && str_equal(own->municipality->cvr, document->owner))
        return true;
    node_fault(own->root, &parsing->faults, "%.*s is no municipality with the CVR number %.*s",
               STR_ARG(document->name), STR_ARG(document->owner));
    return false;
}

static void parse_own_rules(struct parsing *parsing)
{
    struct snapshot *snapshot = parsing->snapshot;
    size_t most = parsing->files->document_count, count = 0;
    struct document **opened = arena_calloc(snapshot->arena, most + 1, sizeof *opened);
    struct exposure_own *own = arena_calloc(snapshot->arena, most + 1, sizeof *own);

    for (size_t i = 0; opened && own && i < most; i++)
        count += open_own(parsing, &parsing->files->documents[i], &opened[i], &own[count]);
    if (count > 0)
        exposure_sets_own(&snapshot->exposure.sets, own, count, snapshot->arena, &parsing->faults);
    for (size_t i = 0; opened && i < most; i++)
        document_free(&opened[i]);
}

static void parse_exposure(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    snapshot->exposure_text = arena_copy(snapshot->arena, parsing->files->exposure.bytes);
    exposure_parse(root, &snapshot->municipalities, &snapshot->exposure, snapshot->arena,
                   &parsing->faults);
    parse_own_rules(parsing);
}

static void parse_kle(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    classification_parse(root, &snapshot->classification, snapshot->arena, &parsing->faults);
}

/* Which sources exist is only known when all their files could be read. */
static void parse_mandates(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    size_t count = snapshot->route_count;
    struct str *ids = arena_calloc(snapshot->arena, count + 1, sizeof *ids);

    mandate_rules_parse(root, &snapshot->mandates, snapshot->arena, &parsing->faults);
    for (size_t i = 0; ids && i < count; i++)
        ids[i] = snapshot->routes[i].source.id;
    if (ids && count > 0 && count == config_files_manifests(parsing->files))
        mandate_rules_check(root, ids, count, &parsing->faults);
}

static void parse_municipalities(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    municipalities_parse(root, &snapshot->municipalities, snapshot->arena, &parsing->faults);
}

static void parse_operators(struct parsing *parsing, struct node root)
{
    operators_parse(root, &parsing->snapshot->operators, &parsing->faults);
}

static void parse_texts(struct parsing *parsing, struct node root)
{
    texts_parse(root, &parsing->snapshot->texts, &parsing->faults);
}

static void parse_units(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    units_parse(root, &snapshot->units, snapshot->arena, &parsing->faults);
}

/* Whoever reads by consent does so with a token that only our own keys can make. */
static void parse_services(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    services_parse(root, &snapshot->services, snapshot->arena, &parsing->faults);
    services_check(root, &snapshot->services, &snapshot->agreements, &parsing->faults);
    if (snapshot->services.count > 0 && parsing->has_settings &&
        !snapshot->settings.consents_keys.at)
        node_fault(node_member(root, "services", &parsing->faults), &parsing->faults,
                   "services read by consent with tokens of ours: consents.keys in overblikd.json "
                   "must name the keys");
}

static void parse_case_status(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    case_status_parse(root, &snapshot->case_status, snapshot->arena, &parsing->faults);
}

static void parse_processing_times(struct parsing *parsing, struct node root)
{
    struct snapshot *snapshot = parsing->snapshot;
    processing_times_parse(root, &snapshot->municipalities, &snapshot->processing_times,
                           snapshot->arena, &parsing->faults);
}

static void parse_policy(struct parsing *parsing, const struct config_file *file, bool is_needed,
                         void (*parse)(struct parsing *parsing, struct node root))
{
    if (!is_needed && !file->bytes.at)
        return;
    struct document *document = config_file_open(file, &parsing->faults);

    if (document)
        parse(parsing, document_node(document));
    document_free(&document);
}

static void parse_policies(struct parsing *parsing)
{
#define X(name, is_needed) parse_policy(parsing, &parsing->files->name, is_needed, parse_##name);
    POLICY_FILES(X)
#undef X
}

/* What municipalities show is told in sentences that are made here, once. */
static void write_shows(struct snapshot *snapshot)
{
    const struct municipalities *list = &snapshot->municipalities;

    snapshot->shows = arena_calloc(snapshot->arena, list->count + 1, sizeof *snapshot->shows);
    for (size_t i = 0; snapshot->shows && i < list->count; i++) {
        struct authority authority = {list->at[i].cvr, list->at[i].code, list->at[i].name};
        snapshot->shows[i] = exposure_text(
            &snapshot->texts.exposure, exposure_set_of(&snapshot->exposure, &authority),
            &snapshot->classification, authority.name, snapshot->arena);
    }
}

/* They outlive the files. */
static void keep_documents(struct snapshot *snapshot, const struct config_files *files)
{
    size_t count = files->document_count;
    struct config_document *kept = arena_calloc(snapshot->arena, count + 1, sizeof *kept);

    snapshot->registry_revision = files->registry_revision;
    for (size_t i = 0; kept && i < count; i++) {
        const struct config_document *document = &files->documents[i];
        kept[i] = *document;
        kept[i].name = arena_copy(snapshot->arena, document->name);
        kept[i].owner = arena_copy(snapshot->arena, document->owner);
        if (document->terms.at)
            kept[i].terms = arena_copy(snapshot->arena, document->terms);
        kept[i].file =
            (struct config_file){.name = arena_copy(snapshot->arena, document->file.name),
                                 .bytes = arena_copy(snapshot->arena, document->file.bytes)};
    }
    snapshot->documents = kept;
    snapshot->document_count = kept ? count : 0;
}

/* ---- the snapshot ---- */

static void hand_over(const struct faults *found, struct faults *faults)
{
    for (const struct fault *fault = found->first; fault; fault = fault->next)
        faults_add(faults, fault->where, "%.*s", STR_ARG(fault->what));
}

static void free_snapshot(struct snapshot *snapshot)
{
    snapshot_unref(&snapshot->base);
    arena_free(&snapshot->arena);
    free(snapshot);
}

struct snapshot *snapshot_parse(const struct config_files *files, bool insecure_sources,
                                struct faults *faults)
{
    struct snapshot *snapshot = die_calloc(1, sizeof *snapshot);
    struct parsing parsing = {.snapshot = snapshot, .files = files};

    snapshot->references = 1;
    snapshot->arena = arena_new(MEMORY_MAX);
    faults_init(&parsing.faults, snapshot->arena);
    parse_main(&parsing, insecure_sources);
    snapshot_parse_routes(&parsing);
    parse_policies(&parsing);
    write_shows(snapshot);
    keep_documents(snapshot, files);
    config_files_revision(files, snapshot->revision);

    if (arena_is_full(snapshot->arena))
        faults_add(faults, files->main.name, "the configuration needs more than %d bytes",
                   MEMORY_MAX);
    else if (parsing.faults.count == 0)
        return snapshot;
    hand_over(&parsing.faults, faults);
    free_snapshot(snapshot);
    return NULL;
}

struct snapshot *snapshot_with_classification(struct snapshot *base,
                                              const struct classification *read)
{
    struct snapshot *snapshot = die_calloc(1, sizeof *snapshot);

    assert(!base->base);
    /* All that never changes: others count references meanwhile. */
    memcpy(snapshot, base, offsetof(struct snapshot, arena));
    snapshot->references = 1;
    snapshot->base = snapshot_ref(base);
    snapshot->arena = arena_new(CLASSIFICATION_MAX);
    if (!classification_overlay(&snapshot->classification, &base->classification, read,
                                snapshot->arena)) {
        snapshot_unref(&snapshot);
        return NULL;
    }
    write_shows(snapshot); /* subjects have other names now */
    if (arena_is_full(snapshot->arena))
        snapshot->shows = base->shows;
    return snapshot;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
    int before = __atomic_fetch_add(&snapshot->references, 1, __ATOMIC_RELAXED);

    assert(before > 0);
    return snapshot;
}

void snapshot_unref(struct snapshot **slot)
{
    struct snapshot *snapshot = *slot;

    *slot = NULL;
    if (!snapshot)
        return;
    int before = __atomic_fetch_sub(&snapshot->references, 1, __ATOMIC_ACQ_REL);
    assert(before > 0);
    if (before == 1)
        free_snapshot(snapshot);
}

const struct text *snapshot_shows(const struct snapshot *snapshot,
                                  const struct municipality *municipality)
{
    static const struct text nothing = {0};
    const struct municipalities *list = &snapshot->municipalities;
    bool is_ours =
        list->count > 0 && municipality >= list->at && municipality < list->at + list->count;

    return is_ours && snapshot->shows ? &snapshot->shows[municipality - list->at] : &nothing;
}

const struct route *snapshot_route(const struct snapshot *snapshot, struct str source_id)
{
    uint32_t found = index_find(&snapshot->route_index, source_id);

    if (snapshot->route_index.entries)
        return found == INDEX_NONE ? NULL : &snapshot->routes[found];
    for (size_t i = 0; i < snapshot->route_count; i++) /* one that was made without files */
        if (str_equal(snapshot->routes[i].source.id, source_id))
            return &snapshot->routes[i];
    return NULL;
}

const struct test_citizen *snapshot_test_citizen(const struct snapshot *snapshot, struct str id)
{
    size_t slash = str_find_byte(id, '/');
    const struct route *route =
        slash < id.len ? snapshot_route(snapshot, str_head(id, slash)) : NULL;

    return route ? test_citizen_find(&route->test_citizens, str_skip(id, slash + 1))
                 : test_citizen_find(&snapshot->test_citizens, id);
}

const struct config_document *snapshot_document(const struct snapshot *snapshot,
                                                enum registration_kind kind, struct str name)
{
    for (size_t i = 0; i < snapshot->document_count; i++) {
        const struct config_document *document = &snapshot->documents[i];
        if (document->kind == kind && str_equal(document->name, name) &&
            (document->state == REGISTRATION_ACTIVE || document->state == REGISTRATION_APPROVED))
            return document;
    }
    return NULL;
}
