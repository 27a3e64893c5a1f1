/* SPDX-License-Identifier: MIT */
#include "command/source_test.h"

#include <openssl/rand.h>

#include "base/die.h"
#include "serve/configuration.h"

enum { MEMORY_MAX = 512 * 1024 * 1024 };

static const char standard_config[] = "conf/overblikd.json";

static bool is_url(struct str what)
{
    return str_starts_with(what, STR("https://")) || str_starts_with(what, STR("http://"));
}

static bool is_file(struct str what)
{
    return str_ends_with(what, STR(".json")) || str_find_byte(what, '/') < what.len;
}

static struct str folder_of(struct str path, struct arena *arena)
{
    size_t len = path.len;
    while (len > 0 && path.at[len - 1] != '/')
        len--;
    return len > 0 ? arena_copy(arena, str_head(path, len)) : STR(".");
}

/* ---- the configuration, or none ---- */

static void take_settings(const struct source_test_options *options, struct source_subject *subject,
                          struct faults *faults)
{
    if (subject->snapshot) {
        subject->settings = subject->snapshot->settings;
        subject->citizens = subject->snapshot->test_citizens;
        subject->issuer = subject->settings.gateway_id;
    } else {
        settings_parse((struct node){0}, STR("."), &subject->settings, faults);
        subject->settings.insecure_sources = options->insecure_sources;
    }
    if (options->environment)
        subject->settings.environment = str_of(options->environment);
    if (options->issuer)
        subject->issuer = str_of(options->issuer);
    if (options->assertion_key)
        subject->settings.assertion_key = str_of(options->assertion_key);
    if (options->sign_key)
        subject->settings.record_checkpoint_key = str_of(options->sign_key);
}

static void load_keys(struct source_subject *subject, struct faults *faults)
{
    const struct settings *settings = &subject->settings;
    const char *why = NULL;

    if (!settings->assertion_key.at)
        faults_add(faults, STR("--assertion-key"),
                   "is needed without a configuration (-c): the key that signs our tokens, PEM");
    else if (!(subject->signer = assertion_signer_new(settings->assertion_key.at, &why)))
        faults_add(faults, settings->assertion_key, "%s", why);
    if (settings->record_checkpoint_key.at &&
        !(subject->result_signer = assertion_signer_new(settings->record_checkpoint_key.at, &why)))
        faults_add(faults, settings->record_checkpoint_key, "%s", why);
    if (!subject->issuer.at)
        faults_add(faults, STR("--issuer"),
                   "is needed without a configuration (-c): who we say we are, "
                   "https://overblik.example");
    if (RAND_bytes(subject->pairwise_key, sizeof subject->pairwise_key) != 1)
        die("no random bytes");
}

/* ---- the source ---- */

static void parse_route(struct source_subject *subject, struct str name, struct str bytes,
                        struct str base, struct faults *faults)
{
    struct rules standard = rules_standard();
    const struct route_reading reading = {&subject->settings, base, &standard, &subject->citizens,
                                          NULL};
    struct document *document = document_parse(name, bytes, faults);

    if (document &&
        !route_parse(document_node(document), &reading, subject->arena, &subject->route, faults))
        subject->route = (struct route){0};
    document_free(&document);
}

static json_t *list_of(const char *text)
{
    json_t *list = json_array();
    struct str rest = str_of(text);
    while (rest.at) {
        struct str one = str_split(&rest, ',');
        json_array_append_new(list, json_stringn(one.at, one.len));
    }
    return list;
}

static void set(json_t *object, const char *member, const char *value)
{
    if (value)
        json_object_set_new(object, member, json_string(value));
}

static json_t *both(const char *text)
{
    return json_pack("{s:s,s:s}", "da", text, "en", text);
}

/* The manifest that a source of this URL would have. */
static void take_url(const struct source_test_options *options, struct source_subject *subject,
                     struct faults *faults)
{
    const char *id = options->id ? options->id : "source";
    json_t *tls = json_object(),
           *endpoint = json_pack("{s:s,s:o}", "url", options->what, "tls", tls);
    json_t *file = json_pack("{s:s,s:o,s:o}", "id", id, "name", both(id), "asked_for", both(id));
    bool is_index = options->dialect && strstr(options->dialect, "indeks");

    set(file, "dialect", options->dialect);
    set(file, "path", options->path);
    set(file, "detail_path", options->detail_path);
    set(file, "level", options->level);
    set(endpoint, "addresses", options->addresses);
    set(tls, "ca", options->ca);
    set(tls, "certificate", options->certificate);
    set(tls, "key", options->key);
    json_object_set_new(file, "endpoints",
                        json_pack("{s:o}", subject->settings.environment.at, endpoint));
    if (options->kinds)
        json_object_set_new(file, "kinds", list_of(options->kinds));
    if (is_index)
        json_object_set_new(file, "answers_for", json_string("municipalities"));
    if (options->cvr)
        json_object_set_new(file, "owner", json_pack("{s:s,s:s}", "cvr", options->cvr, "name", id));
    char *text = json_dumps(file, JSON_INDENT(1));
    json_decref(file);
    parse_route(subject, STR("the options"), str_of(text), STR("."), faults);
    free(text);
}

static void take_file(struct source_subject *subject, struct str path, struct str base,
                      struct faults *faults)
{
    struct str bytes = configuration_file(path, subject->arena, faults);

    if (!bytes.at)
        return;
    subject->manifest = path;
    conformance_digest(bytes, subject->manifest_digest);
    if (base.at)
        parse_route(subject, path, bytes, base, faults);
}

/* What its owner has handed in stands in no file. */
static void take_document(struct source_subject *subject, const struct route *route)
{
    const struct snapshot *snapshot = subject->snapshot;
    struct str id = route->source.id;

    for (size_t i = 0; i < snapshot->document_count; i++) {
        const struct config_document *one = &snapshot->documents[i];
        if (one->kind != REGISTRATION_SOURCE || one->version != route->registration->version ||
            !str_equal(one->name, str_head(id, str_find_byte(id, '@'))))
            continue;
        subject->manifest = one->file.name;
        conformance_digest(one->file.bytes, subject->manifest_digest);
    }
}

static void take_id(struct source_subject *subject, struct str id, struct faults *faults)
{
    const struct route *route = snapshot_route(subject->snapshot, id);

    if (!route) {
        faults_add(faults, subject->settings.sources_folder, "there is no source \"%.*s\"",
                   STR_ARG(id));
        return;
    }
    subject->route = *route;
    if (route->registration) {
        take_document(subject, route);
        return;
    }
    take_file(subject,
              arena_format(subject->arena, "%.*s/%.*s.json",
                           STR_ARG(subject->settings.sources_folder), STR_ARG(id)),
              STR_NONE, faults);
}

static void take_source(const struct source_test_options *options, struct source_subject *subject,
                        struct faults *faults)
{
    struct str what = str_of(options->what);

    if (is_url(what))
        take_url(options, subject, faults);
    else if (is_file(what))
        take_file(subject, what,
                  folder_of(options->config ? str_of(options->config) : what, subject->arena),
                  faults);
    else
        take_id(subject, what, faults);
    if (subject->route.is_elsewhere)
        faults_add(faults, what, "has no endpoint for %.*s; try --environment",
                   STR_ARG(subject->settings.environment));
}

/* ---- whom to ask for ---- */

/* Those that were given, else the source's own, else those of the configuration. */
static void read_citizens(struct source_subject *subject, struct str path, struct faults *faults)
{
    struct str bytes = configuration_file(path, subject->arena, faults);
    struct document *document = bytes.at ? document_parse(path, bytes, faults) : NULL;

    if (document)
        test_citizens_parse(document_node(document), &subject->citizens, faults);
    document_free(&document);
}

/* Those that were named, in that order. */
static void choose_citizens(const struct source_test_options *options,
                            struct source_subject *subject, struct faults *faults)
{
    struct test_citizens chosen = {
        arena_calloc(subject->arena, options->citizen_count + 1, sizeof *chosen.at), 0};

    for (size_t i = 0; chosen.at && i < options->citizen_count; i++) {
        struct str id = str_of(options->citizens[i]);
        const struct test_citizen *one = test_citizen_find(&subject->citizens, id);

        if (one)
            chosen.at[chosen.count++] = *one;
        else
            faults_add(faults, STR("--citizen"), "there is no test citizen \"%.*s\"", STR_ARG(id));
    }
    if (options->citizen_count > 0)
        subject->citizens = chosen;
}

/* "0710" of the configuration, or "0710=29189714". */
static const struct municipality *find_municipality(struct source_subject *subject, struct str text,
                                                    struct faults *faults)
{
    struct str cvr = text, code = str_split(&cvr, '=');
    const struct municipality *found =
        subject->snapshot ? municipality_find(&subject->snapshot->municipalities, code) : NULL;
    struct municipality *made = cvr.at ? ARENA_NEW(subject->arena, struct municipality) : NULL;

    if (made) {
        *made = (struct municipality){.code = code, .cvr = cvr, .name = code};
        found = made;
    }
    if (!found || !found->cvr.at || found->cvr.len != 8 || !str_is_digits(found->cvr) ||
        code.len != 4 || !str_is_digits(code)) {
        faults_add(faults, STR("--municipality"),
                   "\"%.*s\" cannot be asked for; expected a code with a CVR number in "
                   "municipalities.json, or both as 0710=29189714",
                   STR_ARG(text));
        return NULL;
    }
    return found;
}

/* The first one that can be asked for, as a probe does, where none was named. */
static void choose_municipalities(const struct source_test_options *options,
                                  struct source_subject *subject, struct faults *faults)
{
    const struct municipality *one;

    for (size_t i = 0; i < options->municipality_count; i++)
        if ((one = find_municipality(subject, str_of(options->municipalities[i]), faults)))
            subject->municipalities[subject->municipality_count++] = one;
    if (options->municipality_count > 0)
        return;
    for (size_t i = 0; subject->snapshot && i < subject->snapshot->municipalities.count; i++) {
        one = &subject->snapshot->municipalities.at[i];
        if (one->cvr.at && subject->municipality_count == 0)
            subject->municipalities[subject->municipality_count++] = one;
    }
    if (subject->route.source.per_municipality && subject->municipality_count == 0)
        faults_add(faults, STR("--municipality"),
                   "is needed: the source is asked for one municipality at a time");
}

bool source_subject_make(const struct source_test_options *options, struct source_subject *subject,
                         struct faults *faults)
{
    struct str what = str_of(options->what);
    const char *config = options->config                 ? options->config
                         : is_url(what) || is_file(what) ? NULL
                                                         : standard_config;

    *subject = (struct source_subject){.arena = arena_new(MEMORY_MAX)};
    faults_init(faults, subject->arena);
    if (config &&
        !(subject->snapshot = configuration_read(config, options->insecure_sources, faults)))
        return false;
    take_settings(options, subject, faults);
    take_source(options, subject, faults);
    if (options->citizens_file)
        read_citizens(subject, str_of(options->citizens_file), faults);
    else if (subject->route.test_citizens.count > 0)
        subject->citizens = subject->route.test_citizens;
    choose_citizens(options, subject, faults);
    choose_municipalities(options, subject, faults);
    load_keys(subject, faults);
    return faults->count == 0;
}

void source_subject_clear(struct source_subject *subject)
{
    assertion_signer_free(&subject->signer);
    assertion_signer_free(&subject->result_signer);
    snapshot_unref(&subject->snapshot);
    arena_free(&subject->arena);
}
