/* SPDX-License-Identifier: MIT */
#include "serve/configuration.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t got = read(fd, bytes, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        len -= (size_t)got;
    }
    return true;
}

struct str configuration_file(struct str path, struct arena *arena, struct faults *faults)
{
    struct str name = arena_copy(arena, path); /* terminated */
    struct str text = STR_NONE;
    struct stat stat;
    char *bytes = NULL;
    int fd = name.at ? open(name.at, O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0) {
        faults_add(faults, path, "cannot be opened: %s", strerror(errno));
        return STR_NONE;
    }
    if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode))
        faults_add(faults, path, "expected a regular file");
    else if (stat.st_size > CONFIGURATION_FILE_MAX)
        faults_add(faults, path, "is larger than %d bytes", CONFIGURATION_FILE_MAX);
    else if (!(bytes = arena_alloc(arena, (size_t)stat.st_size + 1)) ||
             !read_all(fd, bytes, (size_t)stat.st_size))
        faults_add(faults, path, "cannot be read");
    else
        text = str_make(bytes, (size_t)stat.st_size);
    close(fd);
    return text;
}

static struct str folder_of(struct str path, struct arena *arena)
{
    size_t len = path.len;
    while (len > 0 && path.at[len - 1] != '/')
        len--;
    return len > 0 ? arena_copy(arena, str_head(path, len > 1 ? len - 1 : 1))
                   : arena_copy(arena, STR("."));
}

static struct config_file read_file(struct str path, struct arena *arena, struct faults *faults)
{
    return (struct config_file){.name = path,
                                .folder = folder_of(path, arena),
                                .bytes = configuration_file(path, arena, faults)};
}

static int is_json_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && str_ends_with(str_of(entry->d_name), STR(".json"));
}

/* Files that one can do without have a name and no bytes when they are not there. */
static struct config_file read_optional(struct str path, struct arena *arena, struct faults *faults)
{
    struct str name = arena_copy(arena, path); /* terminated */

    if (name.at && access(name.at, F_OK) != 0 && errno == ENOENT)
        return (struct config_file){.name = path};
    return read_file(path, arena, faults);
}

static void read_sources(struct config_files *files, struct str folder, struct arena *arena,
                         struct faults *faults)
{
    struct dirent **entries = NULL;
    int count = scandir(folder.at, &entries, is_json_file, alphasort);
    if (count < 0) {
        faults_add(faults, folder, "cannot be listed: %s", strerror(errno));
        files->sources_unread = true;
        return;
    }
    if (count > CONFIGURATION_SOURCES_MAX)
        faults_add(faults, folder, "holds more than %d sources", CONFIGURATION_SOURCES_MAX);
    else
        files->sources = arena_calloc(arena, (size_t)count + 1, sizeof *files->sources);
    for (int i = 0; i < count; i++) {
        struct str path = arena_format(arena, "%.*s/%s", STR_ARG(folder), entries[i]->d_name);
        if (files->sources && path.at)
            files->sources[files->source_count++] = read_file(path, arena, faults);
        free(entries[i]);
    }
    free(entries);
}

/* "folders": {"sources": …, "policies": …}, relative to the main file. Whether the rest of the file
 * is right is snapshot_parse's business; here a wrong value means the standard. */
static struct str folder_member(const json_t *root, const char *name, const char *standard,
                                struct str base, struct arena *arena)
{
    const char *value = json_string_value(json_object_get(json_object_get(root, "folders"), name));
    if (!value)
        value = standard;
    return value[0] == '/' ? arena_copy(arena, str_of(value))
                           : arena_format(arena, "%.*s/%s", STR_ARG(base), value);
}

static void read_policies(struct config_files *files, struct str folder, struct arena *arena,
                          struct faults *faults)
{
#define X(name, is_needed)                                                                         \
    files->name = (is_needed ? read_file : read_optional)(                                         \
        arena_format(arena, "%.*s/" #name ".json", STR_ARG(folder)), arena, faults);
    POLICY_FILES(X)
#undef X
    files->routing =
        read_optional(arena_format(arena, "%.*s/routing.json", STR_ARG(folder)), arena, faults);
}

static bool is_folder(struct str path)
{
    struct stat stat_of;

    return path.at && stat(path.at, &stat_of) == 0 && S_ISDIR(stat_of.st_mode);
}

/* The files that the main file names. One that is not JSON names none: then those of the standard
 * folders are read, where there are any, so that all faults are told in one go. */
static void read_others(struct config_files *files, struct arena *arena, struct faults *faults)
{
    json_t *root = json_loadb(files->main.bytes.at, files->main.bytes.len, 0, NULL);
    struct str base = files->main.folder;
    struct str sources = folder_member(root, "sources", "sources", base, arena);
    struct str policies = folder_member(root, "policies", "../policies", base, arena);

    if (root || is_folder(sources))
        read_sources(files, sources, arena, faults);
    else
        files->sources_unread = true;
    if (root || is_folder(policies))
        read_policies(files, policies, arena, faults);
    json_decref(root);
}

/* ---- what owners have handed in ---- */

struct registry_spec configuration_registry(const struct settings *settings)
{
    return (struct registry_spec){.sqlite = settings->record_store.at,
                                  .postgres = settings->record_postgres.at};
}

struct str configuration_document_name(const struct config_document *document, struct arena *arena)
{
    return arena_format(arena, "registry/%.*s/v%lld/%.*s.json",
                        STR_ARG(registration_kind_name(document->kind)),
                        (long long)document->version, STR_ARG(document->name));
}

/* Documents being gathered; they lie in the arena. */
struct gathering {
    struct arena *arena;
    const struct config_document *candidate;
    struct config_document *at;
    size_t count, room;
};

static bool is_replaced(const struct config_document *candidate,
                        const struct registry_version *version)
{
    bool is_only =
        candidate && candidate->state == version->state &&
        (version->state == REGISTRATION_ACTIVE || version->state == REGISTRATION_APPROVED);
    return candidate && candidate->kind == version->kind &&
           str_equal(candidate->name, version->name) &&
           (is_only || candidate->version == version->version);
}

static void add_document(struct gathering *gathering, const struct config_document *document)
{
    if (gathering->count == gathering->room) {
        size_t room = gathering->room ? gathering->room * 2 : 64;
        struct config_document *at = arena_calloc(gathering->arena, room, sizeof *at);
        if (!at)
            return; /* the arena is full, and is looked at in the end */
        if (gathering->count > 0)
            memcpy(at, gathering->at, gathering->count * sizeof *at);
        gathering->at = at;
        gathering->room = room;
    }
    struct config_document *kept = &gathering->at[gathering->count++];
    *kept = *document;
    kept->file.name = configuration_document_name(kept, gathering->arena);
    kept->file.folder = STR(".");
}

static bool gather(void *ctx, const struct registry_version *version)
{
    struct gathering *gathering = ctx;
    struct arena *arena = gathering->arena;
    const struct config_document document = {
        .kind = version->kind,
        .name = arena_copy(arena, version->name),
        .version = version->version,
        .owner = arena_copy(arena, version->owner),
        .state = version->state,
        .terms = version->terms.at ? arena_copy(arena, version->terms) : STR_NONE,
        .file.bytes = arena_copy(arena, version->bytes)};
    if (registration_counts(version->state) && !is_replaced(gathering->candidate, version))
        add_document(gathering, &document);
    return !arena_is_full(arena);
}

/* What the main file says of the store; where it is wrong is snapshot_parse's business. */
static struct registry_spec find_registry(const struct config_file *main, struct arena *arena)
{
    json_t *root = json_loadb(main->bytes.at, main->bytes.len, 0, NULL);
    const json_t *record = json_object_get(root, "record");
    const char *store = json_string_value(json_object_get(record, "store"));
    const char *postgres = json_string_value(json_object_get(record, "postgres"));
    struct registry_spec spec = {
        .sqlite = settings_path(main->folder,
                                arena_copy(arena, str_of(store ? store : "overblik.db")), arena)
                      .at,
        .postgres = postgres ? arena_copy(arena, str_of(postgres)).at : NULL,
        .is_reading = true};
    json_decref(root);
    return spec;
}

static void read_documents(const struct configuration_spec *spec, struct config_files *files,
                           struct arena *arena, struct faults *faults)
{
    static const struct registry_ask ask = {.with_bytes = true};
    struct gathering gathering = {.arena = arena, .candidate = spec->candidate};
    struct registry_spec where = find_registry(&files->main, arena);
    char why[REGISTRY_WHY_MAX];
    struct registry *registry = where.sqlite ? registry_open(&where, why) : NULL;
    bool is_read = registry && registry_revision(registry, &files->registry_revision) &&
                   registry_each(registry, &ask, gather, &gathering);

    if (spec->is_registry_read)
        *spec->is_registry_read = is_read;
    if (!is_read && spec->needs_registry)
        faults_add(faults, files->main.name, "what owners have handed in cannot be read: %s",
                   registry       ? registry_why(registry)
                   : where.sqlite ? why
                                  : "no memory");
    registry_close(&registry);
    if (spec->candidate && spec->candidate->file.bytes.at)
        add_document(&gathering, spec->candidate);
    files->documents = gathering.at;
    files->document_count = gathering.count;
}

struct snapshot *configuration_compose(const struct configuration_spec *spec, struct faults *faults)
{
    struct arena *arena = arena_new((size_t)512 * 1024 * 1024);
    struct config_files files = {.main = read_file(str_of(spec->path), arena, faults)};
    struct snapshot *snapshot = NULL;

    if (files.main.bytes.at) { /* else nothing says where the other files are */
        read_others(&files, arena, faults);
        read_documents(spec, &files, arena, faults);
        if (arena_is_full(arena))
            faults_add(faults, files.main.name, "the configuration is too large");
        snapshot = snapshot_parse(&files, spec->insecure_sources, faults);
        if (faults->count > 0)
            snapshot_unref(&snapshot);
    }
    arena_free(&arena);
    return snapshot;
}

struct snapshot *configuration_read(const char *path, bool insecure_sources, struct faults *faults)
{
    const struct configuration_spec spec = {.path = path, .insecure_sources = insecure_sources};
    return configuration_compose(&spec, faults);
}

void configuration_complain(const struct faults *faults)
{
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        fprintf(stderr, "%.*s: %.*s\n", STR_ARG(fault->where), STR_ARG(fault->what));
}
