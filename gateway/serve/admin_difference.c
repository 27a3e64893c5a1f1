/* SPDX-License-Identifier: MIT */
/* GET /configuration/difference: whom a reload would have asked otherwise, and every fault that
 * would refuse it. Reads the files as a reload does, on the control thread, and puts nothing into
 * force. */
#include "joining/difference.h"

#include "serve/admin_call.h"
#include "serve/configuration.h"

#include <string.h>

enum { MEMORY_MAX = 256 * 1024 * 1024, FAULTS_TOLD_MAX = 100 };

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

/* The member "difference": null when the files have faults. False: it was refused. */
static bool write_difference(struct admin_call *call, const struct snapshot *files,
                             struct arena *arena, struct writer *w)
{
    const struct snapshot *in_force = call->facts.snapshot;
    struct difference difference;
    struct buf text;

    writer_name(w, "difference");
    if (!files) {
        writer_null(w);
        return true;
    }
    if (!difference_make(arena, in_force, files, loop_wall(call->admin->loop), &difference)) {
        admin_refuse(call, PROBLEM_INTERNAL,
                     "more portals and municipalities than can be compared at once");
        return false;
    }
    buf_init(&text, ADMIN_REPLY_MAX);
    difference_write(&difference, STR_NONE, &text);
    if (text.failed)
        writer_null(w);
    else
        writer_raw(w, buf_str(&text));
    buf_clear(&text);
    return true;
}

void admin_get_difference(struct admin_call *call)
{
    const struct snapshot *in_force = call->facts.snapshot;
    struct arena *arena = arena_new(MEMORY_MAX);
    struct faults faults;
    struct buf body;

    faults_init(&faults, arena);
    struct snapshot *files = configuration_read(call->facts.shared->configuration,
                                                in_force->settings.insecure_sources, &faults);
    struct writer w = admin_begin(&body);
    writer_object(&w);
    writer_member_str(&w, "in_force", str_of(in_force->revision));
    writer_member_str(&w, "files", files ? str_of(files->revision) : STR_NONE);
    writer_member_bool(&w, "same", files && strcmp(files->revision, in_force->revision) == 0);
    write_faults(&w, &faults);
    if (write_difference(call, files, arena, &w)) {
        writer_object_end(&w);
        admin_reply(call, 200, &body);
    } else {
        buf_clear(&body);
    }
    snapshot_unref(&files);
    arena_free(&arena);
}
