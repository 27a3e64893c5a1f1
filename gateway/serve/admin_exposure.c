/* SPDX-License-Identifier: MIT */
/* What a municipality's rules show of test citizens, item by item, and how good its systems' data
 * are. The sources are asked from the control thread's loop, so no worker waits for it. */
#include "base/die.h"
#include "identity/citizen_make.h"
#include "overview/preview.h"
#include "serve/admin_call.h"
#include "serve/configuration.h"

#include <stdlib.h>

enum { UNDER_WAY_MAX = 4, MEMORY_MAX = 1024 * 1024, SCRATCH_MAX = 64 * 1024 * 1024 };

/* One answer that somebody waits for. */
struct admin_preview {
    struct admin *admin;
    struct http_exchange *exchange; /* slot */
    struct preview *preview;        /* slot */
    struct snapshot *snapshot;      /* a reference */
    struct arena *arena, *scratch;  /* whom it is about; one answer at a time */
    struct fanout_env env;
    struct uuid_source uuids;
    struct preview_spec spec;
    bool quality_only;
};

static void free_preview(struct admin_preview *look)
{
    preview_cancel(&look->preview);
    handle_maker_free(&look->env.handles);
    snapshot_unref(&look->snapshot);
    arena_free(&look->arena);
    arena_free(&look->scratch);
    look->admin->previews--;
    free(look);
}

static void on_gone(void *ctx)
{
    free_preview(ctx);
}

static void on_done(void *ctx, struct preview_report *report)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")}};
    struct admin_preview *look = ctx;
    struct buf body;

    buf_init(&body, ADMIN_REPLY_MAX);
    preview_write(report, look->quality_only, &body);
    buf_add_byte(&body, '\n');
    if (!body.failed) {
        http_reply(look->exchange, 200, fields, 2, &body);
    } else {
        struct problem problem =
            problem_make(PROBLEM_INTERNAL, "the report is larger than %d bytes", ADMIN_REPLY_MAX);
        buf_clear(&body);
        http_reply_problem(look->exchange, &problem, LANGUAGE_EN, STR_NONE, NULL, 0);
    }
    free_preview(look);
}

/* ---- what is asked ---- */

const struct portal *admin_preview_portal(const struct snapshot *snapshot, struct str id)
{
    const struct agreements *agreements = &snapshot->agreements;

    for (size_t i = 0; i < agreements->portal_count; i++)
        if (id.len == 0 || str_equal(agreements->portals[i].id, id))
            return &agreements->portals[i];
    return NULL;
}

/* The portal in the body, else the first there is. NULL: it was refused. */
static const struct portal *find_portal(struct admin_call *call, const struct snapshot *snapshot)
{
    const struct portal *portal = admin_preview_portal(snapshot, admin_text(call, "portal"));

    if (!portal)
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "expected \"portal\" as the id of a portal in policies/agreements.json");
    return portal;
}

static void add_citizen(const struct test_citizen *one, struct str name,
                        const struct portal *portal, struct arena *arena,
                        struct preview_citizen *citizens, size_t *count)
{
    citizens[*count].name = name;
    citizens[*count].citizen =
        citizen_make_test(arena, &one->cpr, one->name, portal->id, LEVEL_HIGH);
    *count += citizens[*count].citizen != NULL;
}

size_t admin_preview_citizens(const struct snapshot *snapshot, struct str id,
                              const struct portal *portal, struct arena *arena,
                              const struct preview_citizen **list)
{
    const struct test_citizens *all = &snapshot->test_citizens;
    struct preview_citizen *citizens = arena_calloc(arena, all->count + 1, sizeof *citizens);
    const struct test_citizen *only = id.len > 0 ? snapshot_test_citizen(snapshot, id) : NULL;
    size_t count = 0;

    for (size_t i = 0; citizens && id.len == 0 && i < all->count; i++)
        add_citizen(&all->at[i], all->at[i].id, portal, arena, citizens, &count);
    if (citizens && only)
        add_citizen(only, arena_copy(arena, id), portal, arena, citizens, &count);
    *list = citizens;
    return count;
}

/* The test citizen asked for, or all but the sources' own. False: it was refused. */
static bool find_citizens(struct admin_call *call, struct admin_preview *look)
{
    struct str id = admin_text(call, "citizen");

    look->spec.citizen_count = admin_preview_citizens(look->snapshot, id, look->spec.portal,
                                                      look->arena, &look->spec.citizens);
    if (look->spec.citizen_count > 0)
        return true;
    admin_refuse(
        call, PROBLEM_BAD_REQUEST,
        id.at || look->snapshot->test_citizens.count > 0
            ? "expected \"citizen\" as the id of one of the configuration's test_citizens, "
              "or as \"source/id\" of a source's own"
            : "the configuration names no test_citizens, and nobody else is looked at");
    return false;
}

/* False: it was refused. */
static bool find_municipality(struct admin_call *call, struct admin_preview *look)
{
    struct str code = admin_text(call, "municipality");
    const struct municipality *municipality =
        code.at ? municipality_find(&look->snapshot->municipalities, code) : NULL;

    if (!municipality) {
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "expected \"municipality\" as a code of policies/municipalities.json");
        return false;
    }
    look->spec.municipalities = &municipality->code;
    look->spec.municipality_count = 1;
    return true;
}

static void open_env(struct admin_call *call, struct admin_preview *look)
{
    uuid_source_init(&look->uuids);
    look->env = shared_env(call->facts.shared, call->admin->loop, call->facts.pool, &look->uuids,
                           look->scratch);
}

/* The configuration to look under: the one in force, or another that lies beside it: so an operator
 * sees what it would show before it counts. Only who may read the files anyway names one. NULL: it
 * was refused. */
static struct snapshot *find_snapshot(struct admin_call *call)
{
    struct str path = admin_text(call, "configuration");
    struct arena *arena = path.at ? arena_new(SCRATCH_MAX) : NULL;
    struct snapshot *snapshot = NULL;
    struct faults faults;

    if (!path.at)
        return snapshot_ref(call->facts.snapshot);
    faults_init(&faults, arena);
    if (!call->request->is_local)
        admin_refuse(call, PROBLEM_FORBIDDEN,
                     "another configuration is looked at over the Unix socket only");
    else if (!(snapshot = configuration_read(
                   path.at, call->facts.snapshot->settings.insecure_sources, &faults)))
        admin_refuse(call, PROBLEM_BAD_REQUEST,
                     "%zu faults in that configuration; overblik check names them", faults.count);
    arena_free(&arena);
    return snapshot;
}

/* `snapshot`: its reference is taken over. */
static struct admin_preview *new_preview(struct admin_call *call, struct snapshot *snapshot,
                                         bool quality_only)
{
    struct admin_preview *look = die_calloc(1, sizeof *look);

    look->admin = call->admin;
    look->admin->previews++;
    look->quality_only = quality_only;
    look->snapshot = snapshot;
    look->arena = arena_new(MEMORY_MAX);
    look->scratch = arena_new(SCRATCH_MAX);
    look->spec = (struct preview_spec){
        .snapshot = look->snapshot,
        .language = call->language,
        .wait_ms = look->snapshot->settings.time_hard_ms,
    };
    open_env(call, look);
    return look;
}

static void start(struct admin_call *call, bool quality_only)
{
    if (call->admin->previews >= UNDER_WAY_MAX) {
        admin_refuse(call, PROBLEM_UNAVAILABLE, "%d previews are under way already", UNDER_WAY_MAX);
        return;
    }
    struct snapshot *snapshot = find_snapshot(call);
    if (!snapshot)
        return;
    struct admin_preview *look = new_preview(call, snapshot, quality_only);
    look->spec.portal = find_portal(call, snapshot);
    if (!look->spec.portal || !find_citizens(call, look) || !find_municipality(call, look)) {
        free_preview(look);
        return;
    }
    /* Before anybody is asked: nothing is looked at unrecorded. */
    admin_note(call, quality_only ? "exposure-quality" : "exposure-preview",
               look->spec.municipalities[0]);
    if (!preview_start(&look->env, &look->spec, &look->preview, on_done, look)) {
        admin_refuse(call, PROBLEM_INTERNAL, "the preview could not be started");
        free_preview(look);
        return;
    }
    http_keep(call->exchange, &look->exchange, on_gone, look);
}

void admin_post_preview(struct admin_call *call)
{
    start(call, false);
}

void admin_post_quality(struct admin_call *call)
{
    start(call, true);
}
