/* SPDX-License-Identifier: MIT */
#include "base/problem.h"

#include <jansson.h>

#include "tests/tap.h"

static const char *member(json_t *body, const char *name)
{
    return json_string_value(json_object_get(body, name));
}

static json_t *written(const struct problem *problem, enum language language, struct str receipt)
{
    struct buf out;
    json_t *body;

    buf_init(&out, 4096);
    problem_write(problem, language, receipt, &out);
    body = json_loadb(buf_str(&out).at, out.len, JSON_REJECT_DUPLICATES, NULL);
    ok(!out.failed && body, "%s is written as JSON", problem_slug(problem->kind).at);
    buf_clear(&out);
    return body;
}

static void test_table(void)
{
    for (enum problem_kind kind = PROBLEM_NONE + 1; kind < PROBLEM_KINDS; kind++) {
        struct problem problem = problem_make(kind, "%s", "");
        json_t *da = written(&problem, LANGUAGE_DA, STR_NONE);
        json_t *en = written(&problem, LANGUAGE_EN, STR_NONE);
        const char *slug = problem_slug(kind).at;
        char type[128];

        snprintf(type, sizeof type, "https://overblik.dk/problems/%s", slug);
        is_str(member(da, "type"), type, "%s: type", slug);
        is_int(json_integer_value(json_object_get(da, "status")), problem_status(kind),
               "%s: status", slug);
        ok(problem_status(kind) >= 400 && problem_status(kind) <= 599, "%s: an error", slug);
        ok(strcmp(member(da, "title"), member(en, "title")) != 0 &&
               strcmp(member(da, "next"), member(en, "next")) != 0,
           "%s: each language has its own texts", slug);
        ok(!json_object_get(da, "detail") && !json_object_get(da, "receipt"),
           "%s: what is not there is not written", slug);
        for (enum problem_kind other = PROBLEM_NONE + 1; other < kind; other++)
            if (str_equal(problem_slug(other), problem_slug(kind)))
                ok(false, "%s is the slug of two problems", slug);
        json_decref(da);
        json_decref(en);
    }
}

static void test_detail(void)
{
    struct problem problem =
        problem_make(PROBLEM_BAD_PARAMETER, "municipality=\"%s\"\n at %d", "6101709995", 7);
    json_t *body = written(&problem, LANGUAGE_EN, STR("0199-receipt"));

    is_str(member(body, "detail"), "municipality=\"**********\"\n at 7", "detail, masked");
    is_str(member(body, "receipt"), "0199-receipt", "receipt");
    json_decref(body);

    strcpy(problem.detail, "610170-9995 by hand");
    body = written(&problem, LANGUAGE_EN, STR_NONE);
    is_str(member(body, "detail"), "******-**** by hand", "masked also where it was set by hand");
    json_decref(body);

    for (int before = PROBLEM_DETAIL_MAX - 30; before < PROBLEM_DETAIL_MAX + 5; before++) {
        problem = problem_make(PROBLEM_BAD_REQUEST, "%*s610170-9995", before, "");
        if (strchr(problem.detail, '6'))
            ok(false, "the cut leaves a part of a number: %s", problem.detail);
    }
    is_int((long long)strlen(problem.detail), PROBLEM_DETAIL_MAX - 1, "a long detail is cut");

    problem = problem_make(PROBLEM_BAD_REQUEST, "%*s\xC3\xA6", PROBLEM_DETAIL_MAX - 2, "");
    body = written(&problem, LANGUAGE_DA, STR_NONE);
    ok(body, "a cut inside a letter still gives valid JSON");
    json_decref(body);
}

int main(void)
{
    test_table();
    test_detail();
    return done_testing();
}
