/* SPDX-License-Identifier: MIT */
/* The registry: versions and their steps, one revision for all, and two who decide at once. */
#include "record/registry.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/tap.h"

static char folder[] = "/tmp/registry-XXXXXX";
static char path[64];

static struct registry *open_it(bool is_reading, const char *what)
{
    char why[REGISTRY_WHY_MAX];
    const struct registry_spec spec = {.sqlite = path, .is_reading = is_reading};
    struct registry *registry = registry_open(&spec, why);
    ok(registry, "%s: %s", what, registry ? "opened" : why);
    return registry;
}

static bool describe(void *ctx, const struct registry_version *v)
{
    buf_format(ctx, "%.*s/%.*s v%lld of %.*s %.*s [%.*s|%.*s|%.*s] by %.*s: %.*s @%lld\n",
               STR_ARG(registration_kind_name(v->kind)), STR_ARG(v->name), (long long)v->version,
               STR_ARG(v->owner), STR_ARG(registration_state_name(v->state)), STR_ARG(v->bytes),
               STR_ARG(v->report), STR_ARG(v->terms), STR_ARG(v->who), STR_ARG(v->why),
               (long long)v->at_ms);
    return true;
}

static void holds(struct registry *registry, const struct registry_ask *ask, const char *want,
                  const char *what)
{
    struct buf out;
    buf_init(&out, 65536);
    ok(registry_each(registry, ask, describe, &out), "%s: read", what);
    is_bytes(buf_str(&out).at, out.len, want, strlen(want), "%s", what);
    buf_clear(&out);
}

static void changes(struct registry *registry, int64_t revision,
                    const struct registry_version *change, size_t count, bool want,
                    const char *what)
{
    bool is_current;
    ok(registry_change(registry, revision, change, count, &is_current), "%s: no failure", what);
    is_int(is_current, want, "%s", what);
}

static int64_t revision_of(struct registry *registry)
{
    int64_t revision = -1;
    ok(registry_revision(registry, &revision), "its revision");
    return revision;
}

static const struct registry_version draft = {.kind = REGISTRATION_RULES,
                                              .name = STR_INIT("0710"),
                                              .version = 1,
                                              .owner = STR_INIT("29189714"),
                                              .bytes = STR_INIT("{\"rules\": []}"),
                                              .state = REGISTRATION_DRAFT,
                                              .who = STR_INIT("favrskov"),
                                              .why = STR_INIT("the first"),
                                              .at_ms = 1000};

static void test_versions(void)
{
    struct registry *registry = open_it(false, "a new file");
    struct registry *other = open_it(false, "another who decides");
    struct registry *reader = open_it(true, "and one who reads");
    struct registry_version next = draft, active = draft, retired = draft;
    const struct registry_ask everything = {.with_bytes = true, .with_report = true};

    is_int(revision_of(registry), 0, "nothing yet");
    changes(registry, 0, &draft, 1, true, "a first version");
    changes(other, 0, &draft, 1, false, "decided on an older revision");
    is_int(revision_of(reader), 1, "the reader sees that there is news");
    active.state = REGISTRATION_ACTIVE, active.bytes = STR_NONE, active.terms = STR("{}");
    active.why = STR("now"), active.at_ms = 2000;
    changes(other, 1, &active, 1, true, "a step");
    next.version = 2, next.bytes = STR("{\"rules\": [1]}"), next.at_ms = 3000;
    retired = active;
    retired.state = REGISTRATION_RETIRED, retired.terms = STR_NONE, retired.report = STR("[]");
    next.state = REGISTRATION_ACTIVE;
    changes(registry, 2, (struct registry_version[]){retired, next}, 2, true, "two at once");
    is_int(revision_of(reader), 4, "each step counts");
    holds(reader, &everything,
          "rules/0710 v1 of 29189714 retired [{\"rules\": []}|[]|{}] by favrskov: now @2000\n"
          "rules/0710 v2 of 29189714 active [{\"rules\": [1]}||] by favrskov: the first @3000\n",
          "both versions are kept");
    holds(reader, &(struct registry_ask){.states = REGISTRATION_BIT(REGISTRATION_ACTIVE)},
          "rules/0710 v2 of 29189714 active [||] by favrskov: the first @3000\n",
          "by state, without bytes");
    holds(reader, &(struct registry_ask){.owner = STR("12345678")}, "", "nothing of others");
    holds(reader, &(struct registry_ask){.has_kind = true, .kind = REGISTRATION_SOURCE}, "",
          "nothing of another kind");

    struct buf out;
    buf_init(&out, 65536);
    ok(registry_history(reader, REGISTRATION_RULES, STR("0710"), describe, &out), "its history");
    static const char want[] =
        "rules/0710 v1 of 29189714 draft [||] by favrskov: the first @1000\n"
        "rules/0710 v1 of 29189714 active [||] by favrskov: now @2000\n"
        "rules/0710 v1 of 29189714 retired [||] by favrskov: now @2000\n"
        "rules/0710 v2 of 29189714 active [||] by favrskov: the first @3000\n";
    is_bytes(buf_str(&out).at, out.len, want, strlen(want), "every step, in order");
    buf_clear(&out);
    registry_close(&reader);
    registry_close(&other);
    registry_close(&registry);
}

static void test_refusals(void)
{
    struct registry *registry = open_it(false, "the same file again");
    struct registry_version unknown = draft, twice = draft;
    bool is_current;
    unknown.name = STR("0101"), unknown.bytes = STR_NONE;
    ok(!registry_change(registry, 4, &unknown, 1, &is_current), "a step of nothing fails");
    registry_close(&registry);
    registry = open_it(false, "and is opened anew");
    twice.version = 3;
    ok(!registry_change(registry, 4, (struct registry_version[]){twice, twice}, 2, &is_current),
       "the same version twice fails");
    registry_close(&registry);
    registry = open_it(false, "and is opened anew");
    is_int(revision_of(registry), 4, "and of a change that failed nothing is there");
    registry_close(&registry);
}

static void test_reading(void)
{
    struct stat stat_of;
    snprintf(path, sizeof path, "%s/none.db", folder);
    struct registry *registry = open_it(true, "a file that is not there");
    holds(registry, &(struct registry_ask){0}, "", "is empty");
    is_int(revision_of(registry), 0, "and has no revision");
    registry_close(&registry);
    ok(stat(path, &stat_of) != 0, "and is not made by a reader");

    char why[REGISTRY_WHY_MAX];
    FILE *file = fopen(path, "w");
    fputs("this is no database, but a text that is long enough to look like one", file);
    fclose(file);
    registry = registry_open(&(struct registry_spec){.sqlite = path, .is_reading = true}, why);
    ok(!registry && strstr(why, "cannot be read"), "a file that is none is no empty registry: %s",
       why);
    registry_close(&registry);
    unlink(path);
}

int main(void)
{
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/store.db", folder);
    test_versions();
    test_refusals();
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    test_reading();
    rmdir(folder);
    return done_testing();
}
