/* SPDX-License-Identifier: MIT */
/* Plays thousands of schedules in virtual time: the real plan, fan-out, guard, exposure, merge,
 * output, look-up and records, among authorities, disks and clients that do their worst.
 *
 *   simulation             OVERBLIK_SCHEDULES of them (10,000), from OVERBLIK_SEED (1) on
 *   simulation --seed N    this one, with its script and everything that happens
 *
 * Each schedule is judged against the model; its first request is then played alone as a document,
 * as a stream, and with its answers in another order, and those are held against each other. */
#include "base/die.h"
#include "base/log.h"
#include "judge.h"
#include "tests/tap.h"
#include "trace.h"

enum { SCHEDULES = 10000, REPLAY_EVERY = 50 };

static struct world whole, document, stream, permuted;
static struct script scripts[3];

/* One request alone, from a patient client whose record is written at once. */
static const struct script *alone(const struct script *script, enum format format,
                                  struct script *to)
{
    *to = *script;
    to->request_count = 1;
    struct script_request *request = &to->requests[0];
    request->starts_us = 0;
    request->format = format;
    request->departs_us = -1;
    request->reads_per_ms = 0;
    request->record = RECORD_DURABLE;
    request->record_us = 1;
    request->wait_ms = 0;
    return to;
}

static bool same_outcomes(const struct model *a, const struct model *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->rows[i].allowed != b->rows[i].allowed)
            return false;
    return a->count == b->count;
}

static void play_twins(const struct script *script, struct tally *tally)
{
    static struct tally ignored;
    enum format format = (enum format)(FORMAT_NDJSON + script->seed % 3);

    trace("---- the first request alone, as a document");
    if (world_play(&document, alone(script, FORMAT_JSON, &scripts[0])))
        judge_world(&document, &ignored);
    trace("---- as a stream");
    if (!trace_fault() && world_play(&stream, alone(script, format, &scripts[1]))) {
        judge_world(&stream, &ignored);
        judge_fold(&document, &stream, tally);
        world_end(&stream);
    }
    alone(script, FORMAT_JSON, &scripts[2]);
    script_permute(&scripts[2].requests[0], script->source_count, script->seed);
    trace("---- in another order");
    if (!trace_fault() && judge_is_settled(&document.seen[0].model) &&
        world_play(&permuted, &scripts[2])) {
        judge_world(&permuted, &ignored);
        if (judge_is_settled(&permuted.seen[0].model) &&
            same_outcomes(&document.seen[0].model, &permuted.seen[0].model)) {
            judge_same(&document, &permuted);
            tally->permuted++;
        }
        world_end(&permuted);
    }
    if (!trace_fault())
        world_end(&document);
}

/* True: nothing was wrong. */
static bool play(const struct script *script, struct tally *tally, bool is_printed)
{
    trace_begin(is_printed);
    if (!world_play(&whole, script))
        return false;
    judge_world(&whole, tally);
    if (trace_fault())
        return false;
    world_end(&whole);
    if (script->requests[0].kind == QUESTION_LIST && !script->is_tight)
        play_twins(script, tally);
    return !trace_fault();
}

static unsigned long long number_of_environment(const char *name, unsigned long long standard)
{
    const char *text = getenv(name);
    uint64_t number = 0;
    if (!text)
        return standard;
    if (!str_to_u64(str_of(text), UINT64_MAX, &number))
        die("%s: expected a number", name);
    return number;
}

/* A simulation in which something never happened has not tried it. */
static void check_variety(const struct tally *tally)
{
    static const enum outcome never[] = {OUTCOME_CLOSED, OUTCOME_NOT_NEEDED, OUTCOME_NOT_SHOWN,
                                         OUTCOME_NOT_COVERED};
    for (int i = OUTCOME_PENDING + 1; i < OUTCOME_COUNT; i++) {
        bool is_ours = true;
        for (size_t j = 0; j < sizeof never / sizeof *never; j++)
            is_ours = is_ours && (int)never[j] != i;
        if (is_ours)
            ok(tally->outcomes[i] > 0, "%zu rows ended as %s", tally->outcomes[i],
               outcome_name((enum outcome)i).at);
    }
    const struct {
        size_t count;
        const char *what;
    } seen[] = {{tally->documents, "whole documents"},
                {tally->streams, "streams"},
                {tally->details, "details"},
                {tally->problems, "answers that there is none"},
                {tally->departed, "clients left"},
                {tally->overflown, "clients read too slowly"},
                {tally->heartbeats, "heartbeats"},
                {tally->ties, "ties with a deadline"},
                {tally->doubles, "doubles were dropped"},
                {tally->things_to_do, "things to do"},
                {tally->foreign_then_open, "rows left out after a foreign answer"},
                {tally->recorded_late, "records later than the last answer"},
                {tally->tight, "requests out of working memory"},
                {tally->bulky, "rows that met a ceiling"},
                {tally->folds, "documents are the fold of their stream"},
                {tally->permuted, "documents do not depend on the order of arrival"}};
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        ok(seen[i].count > 0, "%zu %s", seen[i].count, seen[i].what);
}

static int replay(uint64_t seed)
{
    static struct tally tally;
    struct script *script = die_calloc(1, sizeof *script);
    script_draw(script, seed);
    script_print(script);
    bool is_good = play(script, &tally, true);
    ok(is_good, "seed %llu%s%s", (unsigned long long)seed, is_good ? "" : ": ",
       is_good ? "" : trace_fault());
    printf("# trace %016llx\n", (unsigned long long)trace_hash());
    free(script);
    return done_testing();
}

int main(int argc, char **argv)
{
    static struct tally tally, ignored;
    unsigned long long count = number_of_environment("OVERBLIK_SCHEDULES", SCHEDULES);
    unsigned long long first = number_of_environment("OVERBLIK_SEED", 1), seed = first;
    uint64_t wanted = 0;
    bool is_good = true;

    if (argc == 3 && strcmp(argv[1], "--seed") == 0 &&
        str_to_u64(str_of(argv[2]), UINT64_MAX, &wanted))
        return replay(wanted);
    if (argc != 1)
        die("usage: simulation [--seed N]");
    if (!log_open("/dev/null", "simulation", LOG_DEBUG))
        die("no /dev/null");
    struct script *script = die_calloc(1, sizeof *script);
    for (; is_good && seed < first + count; seed++) {
        script_draw(script, seed);
        is_good = play(script, &tally, false);
        uint64_t hash = trace_hash();
        if (is_good && seed % REPLAY_EVERY == 0 &&
            (!play(script, &ignored, false) || trace_hash() != hash)) {
            fault("played again, it goes differently");
            is_good = false;
        }
    }
    ok(is_good, "%llu schedules from seed %llu", seed - first, first);
    if (!is_good)
        printf("# seed %llu: %s\n# replay: simulation --seed %llu\n", seed - 1, trace_fault(),
               seed - 1);
    if (is_good && count >= SCHEDULES)
        check_variety(&tally);
    free(script);
    return done_testing();
}
