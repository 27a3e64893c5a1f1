/* SPDX-License-Identifier: MIT */
#include "base/problem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "base/writer.h"

static const struct {
    struct str slug;
    int status;
    struct text title, next;
} problems[PROBLEM_KINDS] = {
#define X(name, slug, status, title_da, title_en, next_da, next_en)                                \
    [name] = {STR_INIT(slug),                                                                      \
              status,                                                                              \
              {{STR_INIT(title_da), STR_INIT(title_en)}},                                          \
              {{STR_INIT(next_da), STR_INIT(next_en)}}},
    PROBLEMS(X)
#undef X
};

struct problem problem_make(enum problem_kind kind, const char *format, ...)
{
    /* A number that the cut would split must be seen whole to be masked: hence the margin. */
    char detail[PROBLEM_DETAIL_MAX + 32];
    struct problem problem = {.kind = kind};
    va_list arguments;

    va_start(arguments, format);
    if (vsnprintf(detail, sizeof detail, format, arguments) < 0)
        detail[0] = '\0';
    va_end(arguments);
    log_mask_cpr(detail, strlen(detail));
    memcpy(problem.detail, detail, sizeof problem.detail - 1);
    return problem;
}

static bool is_problem(enum problem_kind kind)
{
    return kind > PROBLEM_NONE && kind < PROBLEM_KINDS;
}

int problem_status(enum problem_kind kind)
{
    assert(is_problem(kind));
    return problems[kind].status;
}

struct str problem_slug(enum problem_kind kind)
{
    assert(is_problem(kind));
    return problems[kind].slug;
}

struct str problem_title(enum problem_kind kind, enum language language)
{
    assert(is_problem(kind));
    return problems[kind].title.in[language];
}

struct str problem_next(enum problem_kind kind, enum language language)
{
    assert(is_problem(kind));
    return problems[kind].next.in[language];
}

/* The `type` of each problem is this followed by its slug [D]. */
static const struct str type_base = STR_INIT("https://overblik.dk/problems/");

void problem_write(const struct problem *problem, enum language language, struct str receipt,
                   struct buf *out)
{
    char type[96], detail[PROBLEM_DETAIL_MAX];
    struct writer w;

    assert(is_problem(problem->kind));
    snprintf(type, sizeof type, "%s%s", type_base.at, problems[problem->kind].slug.at);
    memcpy(detail, problem->detail, sizeof detail);
    log_mask_cpr(detail, strlen(detail));

    writer_init(&w, out);
    writer_object(&w);
    writer_member_str(&w, "type", str_of(type));
    writer_member_str(&w, "title", problems[problem->kind].title.in[language]);
    writer_member_int(&w, "status", problems[problem->kind].status);
    if (detail[0])
        writer_member_str(&w, "detail", str_of(detail));
    writer_member_str(&w, "next", problems[problem->kind].next.in[language]);
    if (receipt.at)
        writer_member_str(&w, "receipt", receipt);
    writer_object_end(&w);
}
