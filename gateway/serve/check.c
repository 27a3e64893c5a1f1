/* SPDX-License-Identifier: MIT */
#include "serve/check.h"

#include "base/die.h"
#include "base/writer.h"
#include "policy/classification_report.h"
#include "serve/configuration.h"
#include "serve/secrets.h"

#include <stdio.h>
#include <sysexits.h>

enum { MEMORY_MAX = 64 * 1024 * 1024 };

/* What a good configuration holds. */
struct summary {
    size_t sources, enabled, agreements, municipalities, askable, issuers;
};

static struct summary summary_of(const struct snapshot *snapshot)
{
    struct summary summary = {.sources = snapshot->route_count,
                              .agreements = snapshot->agreements.count,
                              .municipalities = snapshot->municipalities.count,
                              .issuers = snapshot->profile_count};

    for (size_t i = 0; i < snapshot->route_count; i++)
        summary.enabled += snapshot->routes[i].enabled;
    for (size_t i = 0; i < snapshot->municipalities.count; i++)
        summary.askable += snapshot->municipalities.at[i].cvr.len > 0;
    return summary;
}

/* "file:12:7" from its end: the name may hold colons. */
static bool split_number(struct str *where, uint64_t *number)
{
    size_t at = where->len;

    while (at > 0 && where->at[at - 1] != ':')
        at--;
    if (at == 0 || !str_to_u64(str_skip(*where, at), UINT32_MAX, number))
        return false;
    where->len = at - 1;
    return true;
}

static void write_fault(struct writer *w, const struct fault *fault)
{
    struct str file = fault->where, rest = fault->where;
    uint64_t line = 0, column = 0;
    bool has_place = split_number(&rest, &column) && split_number(&rest, &line);

    writer_object(w);
    writer_member_str(w, "file", has_place ? rest : file);
    writer_name(w, "line");
    has_place ? writer_int(w, (int64_t)line) : writer_null(w);
    writer_name(w, "column");
    has_place ? writer_int(w, (int64_t)column) : writer_null(w);
    writer_member_str(w, "message", fault->what);
    writer_object_end(w);
}

static void write_summary(struct writer *w, const struct summary *summary)
{
    writer_object(w);
    writer_member_int(w, "sources", (int64_t)summary->sources);
    writer_member_int(w, "enabled", (int64_t)summary->enabled);
    writer_member_int(w, "agreements", (int64_t)summary->agreements);
    writer_member_int(w, "municipalities", (int64_t)summary->municipalities);
    writer_member_int(w, "can_be_asked", (int64_t)summary->askable);
    writer_member_int(w, "issuers", (int64_t)summary->issuers);
    writer_object_end(w);
}

static void write_faults(struct writer *w, const struct faults *faults)
{
    writer_array(w);
    for (const struct fault *fault = faults->first; fault; fault = fault->next)
        write_fault(w, fault);
    writer_array_end(w);
}

static void print_json(const char *path, const struct snapshot *snapshot,
                       const struct faults *faults, const struct faults *remarks)
{
    bool is_good = faults->count == 0 && snapshot;
    struct buf out;
    struct writer w;

    buf_init(&out, MEMORY_MAX);
    writer_init(&w, &out);
    writer_object(&w);
    writer_member_bool(&w, "ok", is_good);
    writer_member_str(&w, "file", str_of(path));
    writer_member_str(&w, "revision", is_good ? str_of(snapshot->revision) : STR_NONE);
    writer_name(&w, "summary");
    if (is_good) {
        struct summary summary = summary_of(snapshot);
        write_summary(&w, &summary);
    } else {
        writer_null(&w);
    }
    writer_name(&w, "faults");
    write_faults(&w, faults);
    writer_name(&w, "remarks");
    write_faults(&w, remarks);
    writer_object_end(&w);
    if (out.failed)
        die("no memory for the faults");
    printf("%.*s\n", (int)out.len, out.at);
    buf_clear(&out);
}

static void print_summary(const char *path, const struct snapshot *snapshot,
                          const struct faults *remarks)
{
    struct summary summary = summary_of(snapshot);

    printf("%s: ok: %zu sources, revision %s\n", path, summary.sources, snapshot->revision);
    printf("  %zu of them enabled; %zu agreements; %zu of %zu municipalities can be asked; "
           "%zu issuers\n",
           summary.enabled, summary.agreements, summary.askable, summary.municipalities,
           summary.issuers);
    for (const struct fault *remark = remarks->first; remark; remark = remark->next)
        printf("%.*s: remark: %.*s\n", STR_ARG(remark->where), STR_ARG(remark->what));
}

void check_count(const char *program, unsigned long count)
{
    fprintf(stderr, "%s: %lu fault%s in the configuration\n", program, count,
            count == 1 ? "" : "s");
}

int check_configuration(const struct check_options *options)
{
    struct arena *arena = arena_new(MEMORY_MAX);
    struct secrets secrets = {0};
    struct faults faults, remarks;

    faults_init(&faults, arena);
    faults_init(&remarks, arena);
    struct snapshot *snapshot =
        configuration_read(options->path, options->insecure_sources, &faults);
    if (snapshot) {
        secrets_load(snapshot, arena, &secrets, &faults);
        classification_report(snapshot, wall_date(clock_wall()), &remarks);
    }
    if (options->as_json) {
        print_json(options->path, snapshot, &faults, &remarks);
    } else if (faults.count > 0 || !snapshot) {
        configuration_complain(&faults);
        check_count(options->program, faults.count);
    } else {
        print_summary(options->path, snapshot, &remarks);
    }
    int status = faults.count > 0 ? EX_CONFIG : EX_OK;
    secrets_clear(&secrets);
    snapshot_unref(&snapshot);
    arena_free(&arena);
    return status;
}
