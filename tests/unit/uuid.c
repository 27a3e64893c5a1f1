/* SPDX-License-Identifier: MIT */
#include "base/uuid.h"
#include "tests/tap.h"

static const struct wall moment = {0x0199a1b2c3d4, true};

/* Counts up, so that a random byte that is used twice shows. */
static void count_up(void *ctx, unsigned char *bytes, size_t len)
{
    unsigned *next = ctx;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (unsigned char)((*next)++ >> (i % 2 ? 0 : 8));
}

static void draw_ones(void *ctx, unsigned char *bytes, size_t len)
{
    (void)ctx;
    memset(bytes, 0xff, len);
}

static void has_the_form_of_rfc_9562(void)
{
    struct uuid_source source;
    char text[UUID_TEXT];
    uuid_source_init_with(&source, draw_ones, NULL);
    uuid_make(&source, moment, text);
    is_str(text, "0199a1b2-c3d4-7fff-bfff-ffffffffffff", "time, version 7, variant, random bits");
    uuid_make(&source, (struct wall){0, true}, text);
    is_str(text, "00000000-0000-7fff-bfff-ffffffffffff", "the beginning of time");
    uuid_make(&source, (struct wall){0xffffffffffff, true}, text);
    is_str(text, "ffffffff-ffff-7fff-bfff-ffffffffffff", "the end of its time");
}

static void sorts_by_time(void)
{
    struct uuid_source source;
    char before[UUID_TEXT], after[UUID_TEXT];
    uuid_source_init(&source);
    for (int64_t step = 1; step <= (int64_t)1 << 40; step *= 1024) {
        uuid_make(&source, moment, before);
        uuid_make(&source, (struct wall){moment.unix_ms + step, true}, after);
        ok(strcmp(before, after) < 0, "%lld ms later sorts later", (long long)step);
    }
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Far more than one batch of random bytes, all in one millisecond. */
static void uses_no_random_byte_twice(void)
{
    enum { MANY = 5000 };
    static char texts[MANY][UUID_TEXT];
    struct uuid_source source;
    unsigned next = 0;
    int doubles = 0;

    uuid_source_init_with(&source, count_up, &next);
    for (size_t i = 0; i < MANY; i++)
        uuid_make(&source, moment, texts[i]);
    ok(next >= MANY * 10 && next <= MANY * 10 + 2 * 512 * (MANY * 10 / 512),
       "%u random bytes were drawn for %d identifiers", next, MANY);
    qsort(texts, MANY, sizeof *texts, compare_texts);
    for (size_t i = 1; i < MANY; i++)
        doubles += strcmp(texts[i - 1], texts[i]) == 0;
    is_int(doubles, 0, "no two are the same");

    uuid_source_init(&source);
    doubles = 0;
    for (size_t i = 0; i < MANY; i++)
        uuid_make(&source, moment, texts[i]);
    qsort(texts, MANY, sizeof *texts, compare_texts);
    for (size_t i = 1; i < MANY; i++)
        doubles += strcmp(texts[i - 1], texts[i]) == 0;
    is_int(doubles, 0, "nor with the kernel's random bytes");
}

int main(void)
{
    has_the_form_of_rfc_9562();
    sorts_by_time();
    uses_no_random_byte_twice();
    return done_testing();
}
