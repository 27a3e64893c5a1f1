/* SPDX-License-Identifier: MIT */
/* What reading by a mapping costs: the same answers of the state's contract, read by the adapter in
 * C and by a mapping that says the same, in turns. Prints nanoseconds an answer and their ratio,
 * the median of many rounds; the bar is 1.5.
 *
 *     OVERBLIK_ROOT=. build/release/tests/bench/mapped */
#include "adapters/adapters.h"
#include "tests/mapping.h"

#include "base/die.h"

#include <dirent.h>

enum {
    ROUNDS = 400,
    REPEATS = 20,
    SAMPLES_MAX = 32,
    ITEMS_MAX = 2000,
    COPIES = 100,
    ARENA_MAX = 16 << 20,
    BAR_PERCENT = 150
};

static struct cpr subject = {"6101709995"};
static struct source source = {
    .id = STR_INIT("bench"), .authority = {.cvr = STR_INIT("33236072")}, .kinds = MAPPED_ANY_KIND};
static const struct question question = {.source = &source, .subject = &subject};
static struct buf dumps[2];

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int64_t median(int64_t *rounds)
{
    qsort(rounds, ROUNDS, sizeof *rounds, compare);
    return rounds[ROUNDS / 2];
}

static int64_t take_ns(const struct adapter *adapter, const struct str *bodies, size_t count,
                       struct arena *arena)
{
    instant start = clock_instant();
    for (int i = 0; i < REPEATS; i++) {
        for (size_t j = 0; j < count; j++) {
            struct answer answer = {.http_status = 200, .body = bodies[j], .items_max = ITEMS_MAX};
            struct answer_fault fault;
            struct parsed parsed;
            if (!outcome_is_positive(adapter->parse(arena, &question, &answer, &parsed, &fault)))
                die("not taken: %s", fault.why);
            arena_reset(arena);
        }
    }
    return (clock_instant() - start) * 1000 / (REPEATS * (int64_t)count);
}

static bool measure(const char *what, const struct str *bodies, size_t count, struct arena *arena)
{
    static int64_t by_c[ROUNDS], by_mapping[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        by_c[i] = take_ns(&adapter_borgervendt, bodies, count, arena);
        by_mapping[i] = take_ns(&adapter_mapped, bodies, count, arena);
    }
    int64_t c = median(by_c), mapped = median(by_mapping);
    printf("%s: in C %lld ns, by a mapping %lld ns an answer: %lld.%02lld times\n", what,
           (long long)c, (long long)mapped, (long long)(mapped / c),
           (long long)(mapped * 100 / c % 100));
    return mapped * 100 <= c * BAR_PERCENT;
}

/* The first list of an answer, its items COPIES times. */
static struct str repeat(struct str body, struct buf *out)
{
    size_t from = str_find_byte(body, '['), to = body.len;
    while (to > from && body.at[to - 1] != ']')
        to--;
    struct str items = str_head(str_skip(body, from + 1), to - 1 - (from + 1));
    buf_add(out, body.at, from + 1);
    for (int i = 0; i < COPIES; i++) {
        buf_add_str(out, items);
        buf_add_str(out, i + 1 < COPIES ? STR(",") : STR("]"));
    }
    buf_add_str(out, str_skip(body, to));
    return buf_str(out);
}

/* Both give the very same items, or the comparison means nothing. */
static void check_same(struct str body, struct arena *arena)
{
    const struct adapter *adapters[] = {&adapter_borgervendt, &adapter_mapped};
    for (int i = 0; i < 2; i++) {
        struct answer answer = {.http_status = 200, .body = body, .items_max = ITEMS_MAX};
        struct answer_fault fault;
        struct parsed parsed;
        enum outcome outcome = adapters[i]->parse(arena, &question, &answer, &parsed, &fault);
        dump_parsed(&dumps[i], outcome, &parsed, &fault);
        arena_reset(arena);
    }
    if (!str_equal(buf_str(&dumps[0]), buf_str(&dumps[1])))
        die("the two do not say the same");
}

int main(void)
{
    struct arena *kept = arena_new(ARENA_MAX), *arena = arena_new(ARENA_MAX);
    struct str bodies[SAMPLES_MAX], large[SAMPLES_MAX];
    struct mapping mapping;
    const char *root = getenv("OVERBLIK_ROOT");
    char folder[4096];
    size_t count = 0;

    mapping_read(kept, "tests/mapping/borgervendt/mapping.json", &mapping);
    source.mapping = &mapping;
    for (int i = 0; i < 2; i++)
        buf_init(&dumps[i], (size_t)64 << 20);
    snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/borgervendt", root ? root : ".");
    DIR *all = opendir(folder);
    for (struct dirent *one; all && (one = readdir(all)) && count < SAMPLES_MAX;) {
        char path[1024];
        if (one->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "tests/fuzz/corpus/borgervendt/%s", one->d_name);
        bodies[count] = config_read(path);
        struct buf out;
        buf_init(&out, (size_t)16 << 20);
        large[count] = repeat(bodies[count], &out);
        check_same(bodies[count], arena);
        check_same(large[count], arena);
        count++;
    }
    if (count == 0)
        die("no samples");
    bool is_within = measure("a citizen's answers", bodies, count, arena);
    is_within &= measure("100 times as many items", large, count, arena);
    return is_within ? 0 : 1;
}
