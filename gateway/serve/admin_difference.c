/* SPDX-License-Identifier: MIT */
/* GET /configuration/difference: whom a reload would have asked otherwise, and every fault that
 * would refuse it. Reads what a reload reads, on the registrar's thread, so that no loop waits for
 * it, and puts nothing into force. */
#include "joining/difference.h"

#include "base/die.h"
#include "serve/admin_call.h"
#include "serve/registrar.h"

#include <stdlib.h>

enum { MEMORY_MAX = 256 * 1024 * 1024, FAULTS_TOLD_MAX = 100, COMPARISONS_MAX = 2 };

/* One comparison. It ends also when who asked has left, and then touches nothing but itself. */
struct comparison {
    struct registrar_job job;       /* first */
    struct admin *admin;            /* while somebody waits */
    struct http_exchange *exchange; /* slot; NULL: nobody waits any more */
    struct snapshot *in_force;      /* a reference */
    struct wall now;
    enum language language;
    struct buf body;
    const char *refusal; /* what went wrong; NULL: nothing did */
};

static void write_faults(struct writer *w, const struct faults *faults)
{
    size_t told = 0;
    writer_member_int(w, "fault_count", (int64_t)faults->count);
    writer_name(w, "faults");
    writer_array(w);
    for (const struct fault *fault = faults->first; fault && told < FAULTS_TOLD_MAX;
         fault = fault->next, told++) {
        writer_object(w);
        writer_member_str(w, "where", fault->where);
        writer_member_str(w, "what", fault->what);
        writer_object_end(w);
    }
    writer_array_end(w);
}

/* The member "difference": null when the files have faults. */
static void write_difference(struct comparison *one, const struct snapshot *files,
                             struct arena *arena, struct writer *w)
{
    struct difference difference;
    struct buf text;

    writer_name(w, "difference");
    if (!files) {
        writer_null(w);
        return;
    }
    buf_init(&text, ADMIN_REPLY_MAX);
    if (difference_make(arena, one->in_force, files, one->now, &difference))
        difference_write(&difference, STR_NONE, &text);
    if (text.len == 0 || text.failed)
        one->refusal = "there are more differences than can be told at once";
    writer_raw(w, text.len > 0 ? buf_str(&text) : STR("null"));
    buf_clear(&text);
}

/* On the registrar's thread. */
static bool compare(struct registrar_job *job, struct registrar *registrar,
                    struct registry *registry, const char *why)
{
    struct comparison *one = (struct comparison *)job;
    struct arena *arena = arena_new(MEMORY_MAX);
    struct str in_force = str_of(one->in_force->revision);
    struct faults faults;
    struct writer w;

    (void)registry, (void)why; /* one that cannot be read is a fault like any other */
    faults_init(&faults, arena);
    struct snapshot *files = registrar_compose(registrar, NULL, &faults);
    writer_init(&w, &one->body);
    writer_object(&w);
    writer_member_str(&w, "in_force", in_force);
    writer_member_str(&w, "files", files ? str_of(files->revision) : STR_NONE);
    writer_member_bool(&w, "same", files && str_equal(str_of(files->revision), in_force));
    write_faults(&w, &faults);
    write_difference(one, files, arena, &w);
    writer_object_end(&w);
    snapshot_unref(&files);
    arena_free(&arena);
    return true;
}

static void on_gone(void *ctx)
{
    struct comparison *one = ctx;
    one->admin->comparisons--;
}

static void answer(struct comparison *one)
{
    static const struct http_field fields[] = {
        {STR_INIT("Content-Type"), STR_INIT("application/json")},
        {STR_INIT("Cache-Control"), STR_INIT("no-store")}};
    one->admin->comparisons--;
    if (one->body.len > 0 && !one->refusal) {
        http_reply(one->exchange, 200, fields, 2, &one->body);
        return;
    }
    struct problem problem = problem_make(
        PROBLEM_UNAVAILABLE, "%s", one->refusal ? one->refusal : "the gateway is about to end");
    http_reply_problem(one->exchange, &problem, one->language, STR_NONE, NULL, 0);
}

static void on_compared(struct registrar_job *job)
{
    struct comparison *one = (struct comparison *)job;
    if (one->exchange)
        answer(one);
    snapshot_unref(&one->in_force);
    buf_clear(&one->body);
    free(one);
}

void admin_get_difference(struct admin_call *call)
{
    struct admin *admin = call->admin;
    struct comparison *one = die_calloc(1, sizeof *one);

    *one = (struct comparison){.job = {.work = compare, .done = on_compared},
                               .admin = admin,
                               .in_force = snapshot_ref(call->facts.snapshot),
                               .now = loop_wall(admin->loop),
                               .language = call->language};
    buf_init(&one->body, ADMIN_REPLY_MAX);
    if (admin->comparisons == COMPARISONS_MAX ||
        !registrar_do(call->facts.shared->registrar, admin->loop, &one->job)) {
        admin_refuse(call, PROBLEM_UNAVAILABLE, "too much is being read now; ask again soon");
        snapshot_unref(&one->in_force);
        free(one);
        return;
    }
    admin->comparisons++;
    http_keep(call->exchange, &one->exchange, on_gone, one);
}
