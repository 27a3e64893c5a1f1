/* SPDX-License-Identifier: MIT */
#include "serve/rules_preview.h"

#include "base/die.h"
#include "joining/shown.h"
#include "overview/preview.h"

#include <stdlib.h>

/* Municipalities leave room for the operators' own. */
enum { UNDER_WAY_MAX = 2, MEMORY_MAX = 1024 * 1024, SCRATCH_MAX = 64 * 1024 * 1024 };

/* Two previews, one after the other. The task holds both configurations, and is answered. */
struct rules_preview {
    struct admin_task *task;
    struct admin *admin;
    struct http_exchange *exchange; /* slot */
    struct preview *preview;        /* slot */
    struct arena *arena, *scratch;
    struct fanout_env env;
    struct uuid_source uuids;
    struct preview_spec spec;
    json_t *before; /* NULL: the first is under way */
};

/* The reply is noted in our slot, so it goes out before we go. */
static void finish(struct rules_preview *look)
{
    preview_cancel(&look->preview); /* it looks at what the task holds */
    look->task->exchange = look->exchange;
    admin_task_reply(look->task);
    handle_maker_free(&look->env.handles);
    arena_free(&look->arena);
    arena_free(&look->scratch);
    json_decref(look->before);
    look->admin->previews--;
    free(look);
}

static void on_gone(void *ctx)
{
    finish(ctx);
}

/* ---- both have answered ---- */

static json_t *report_json(struct preview_report *report)
{
    struct buf text;
    buf_init(&text, ADMIN_REPLY_MAX);
    preview_write(report, false, &text);
    json_t *value = text.failed ? NULL : json_loadb(text.at, text.len, 0, NULL);
    buf_clear(&text);
    return value;
}

static void answer(struct rules_preview *look, const json_t *after)
{
    struct admin_task *task = look->task;
    json_t *changes = json_array();
    shown_compare(look->before, after, changes);
    char *text = json_dumps(changes, JSON_COMPACT);
    struct writer w = admin_task_begin(task, 200);
    writer_object(&w);
    writer_member_str(&w, "municipality", task->name);
    writer_member_int(&w, "version", task->version);
    writer_member_str(&w, "from", str_of(task->snapshot->revision));
    writer_member_str(&w, "to", str_of(task->composed->revision));
    writer_name(&w, "changes");
    writer_raw(&w, text ? str_of(text) : STR("null"));
    writer_member_int(&w, "left_out",
                      json_integer_value(json_object_get(look->before, "left_out")) +
                          json_integer_value(json_object_get(after, "left_out")));
    writer_object_end(&w);
    free(text);
    json_decref(changes);
}

static bool start_one(struct rules_preview *look, struct snapshot *snapshot);

static void on_done(void *ctx, struct preview_report *report)
{
    struct rules_preview *look = ctx;
    json_t *told = report_json(report);
    if (!told) {
        admin_task_refuse(look->task, PROBLEM_INTERNAL, "the report is larger than %d bytes",
                          ADMIN_REPLY_MAX);
    } else if (!look->before) {
        look->before = told;
        if (start_one(look, look->task->composed))
            return;
        admin_task_refuse(look->task, PROBLEM_INTERNAL, "the preview could not be started");
    } else {
        answer(look, told);
        json_decref(told);
    }
    finish(look);
}

/* ---- what is asked ---- */

static bool start_one(struct rules_preview *look, struct snapshot *snapshot)
{
    look->spec.snapshot = snapshot;
    look->spec.portal = admin_preview_portal(snapshot, look->task->portal);
    if (!look->spec.portal)
        return false;
    look->spec.citizen_count = admin_preview_citizens(
        snapshot, look->task->citizen, look->spec.portal, look->arena, &look->spec.citizens);
    return look->spec.citizen_count > 0 &&
           preview_start(&look->env, &look->spec, &look->preview, on_done, look);
}

void rules_preview_start(struct admin_task *task)
{
    struct admin *admin = task->admin;
    struct admin_facts facts;
    if (!task->exchange || admin->previews >= UNDER_WAY_MAX) {
        admin_task_refuse(task, PROBLEM_UNAVAILABLE, "%d previews are under way already",
                          UNDER_WAY_MAX);
        admin_task_reply(task);
        return;
    }
    admin->look(admin->ctx, &facts);
    struct rules_preview *look = die_calloc(1, sizeof *look);
    *look = (struct rules_preview){
        .task = task,
        .admin = admin,
        .arena = arena_new(MEMORY_MAX),
        .scratch = arena_new(SCRATCH_MAX),
        .spec = {.municipalities = &task->name,
                 .municipality_count = 1,
                 .language = task->language,
                 .wait_ms = task->settings.time_hard_ms},
    };
    admin->previews++;
    uuid_source_init(&look->uuids);
    look->env = shared_env(facts.shared, admin->loop, facts.pool, &look->uuids, look->scratch);
    http_keep(task->exchange, &look->exchange, on_gone, look);
    if (start_one(look, task->snapshot))
        return;
    admin_task_refuse(task, PROBLEM_BAD_REQUEST,
                      "expected \"portal\" and \"citizen\" as the configuration names them, or "
                      "neither; there must be a portal and a test citizen");
    finish(look);
}
