/* SPDX-License-Identifier: MIT */
#include "record/access_view.h"

#include "base/buf.h"
#include "tests/tap.h"

#define INTENT(more)                                                                               \
    "{\"node\":\"n\",\"seq\":1,\"previous\":\"00\",\"event\":\"intent\",\"receipt\":\"r\","        \
    "\"time\":\"2026-11-21T10:42:00+01:00\",\"operation\":\"overview\"" more "}"

/* "by operation portal mandate operator status: source/authority=state:items, …" */
static const char *describe(const struct access_view *view, struct buf *out)
{
    char time[WALL_TEXT];
    buf_reset(out);
    if (view->service.at)
        buf_format(out, "%.*s by %.*s: ", STR_ARG(view->service), STR_ARG(view->consent));
    buf_format(out, "%s %.*s %.*s [%.*s|%.*s] %d %.*s:", view->is_by_another ? "another" : "self",
               STR_ARG(view->operation), STR_ARG(view->portal), STR_ARG(view->mandate),
               STR_ARG(view->operator), view->status, STR_ARG(wall_format(view->time, time)));
    for (size_t i = 0; i < view->row_count; i++)
        buf_format(out, " %.*s/%.*s=%.*s:%lld", STR_ARG(view->rows[i].source),
                   STR_ARG(view->rows[i].authority), STR_ARG(view->rows[i].state),
                   (long long)view->rows[i].items);
    buf_add_byte(out, '\0');
    return out->at;
}

static void reads_what_happened(void)
{
    static const struct {
        const char *name, *intent, *outcome, *want;
    } cases[] = {
        {"nothing else", INTENT(""), NULL, "self overview  [|] -1 2026-11-21T10:42:00+01:00:"},
        {"one who looks at their own",
         INTENT(",\"portal\":\"p\",\"subject\":\"a\",\"actor\":\"a\""), "{\"status\":200}",
         "self overview p [|] 200 2026-11-21T10:42:00+01:00:"},
        {"one who looks at another's",
         INTENT(",\"subject\":\"a\",\"actor\":\"b\",\"mandate\":\"m-1\""), "{\"status\":0}",
         "another overview  [m-1|] 0 2026-11-21T10:42:00+01:00:"},
        {"an operator", INTENT(",\"subject\":\"a\",\"operator\":\"root\",\"portal\":null"), NULL,
         "self overview  [|root] -1 2026-11-21T10:42:00+01:00:"},
        {"a service",
         INTENT(",\"subject\":\"a\",\"actor\":\"service:s\",\"service\":\"s\",\"consent\":\"c-1\""),
         NULL, "s by c-1: another overview  [|] -1 2026-11-21T10:42:00+01:00:"},
        {"a consent that is given",
         INTENT(",\"subject\":\"a\",\"actor\":\"a\",\"service\":\"s\",\"consent\":\"c-1\","
                "\"kinds\":[\"case\"],\"sources\":[],\"until\":null"),
         NULL, "s by c-1: self overview  [|] -1 2026-11-21T10:42:00+01:00:"},
        {"sources that were asked, not those that were not",
         INTENT(",\"plan\":[{\"source\":\"a\",\"ask\":true},{\"source\":\"b\",\"skip\":\"closed\"},"
                "{\"source\":\"c\",\"authority\":\"0710\",\"ask\":true},"
                "{\"source\":\"c\",\"authority\":\"0101\",\"ask\":true}]"),
         "{\"status\":200,\"sources\":[{\"source\":\"b\",\"state\":\"closed\",\"items\":0},"
         "{\"source\":\"c\",\"authority\":\"0101\",\"state\":\"late\",\"items\":0},"
         "{\"source\":\"a\",\"state\":\"answered\",\"items\":3,\"withheld\":{\"x\":1}}]}",
         "self overview  [|] 200 2026-11-21T10:42:00+01:00: a/=answered:3 c/0710=:-1 c/0101=late:0"},
        {"members that are not known", INTENT(",\"more\":{\"portal\":\"x\"},\"rule\":[1,2]"),
         "{\"event\":\"outcome\",\"status\":502,\"new\":{\"status\":1}}",
         "self overview  [|] 502 2026-11-21T10:42:00+01:00:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(1 << 20);
        struct access_view view;
        struct buf text;
        buf_init(&text, 65536);
        bool is_read = access_view_intent(str_of(cases[i].intent), arena, &view);
        if (is_read && cases[i].outcome)
            is_read = access_view_outcome(str_of(cases[i].outcome), arena, &view);
        ok(is_read, "%s: read", cases[i].name);
        is_str(describe(&view, &text), cases[i].want, "%s", cases[i].name);
        buf_clear(&text);
        arena_free(&arena);
    }
}

static void refuses_what_is_no_record(void)
{
    static const char *const wrong[] = {"",
                                        "{",
                                        "[]",
                                        "{\"receipt\":1}",
                                        "{\"receipt\":\"a\",\"receipt\":\"b\"}",
                                        "{\"time\":\"yesterday\"}",
                                        "{\"plan\":[{\"ask\":\"yes\"}]}",
                                        "{\"plan\":{}}",
                                        "{} x"};
    struct access_view view;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct arena *arena = arena_new(1 << 20);
        ok(!access_view_intent(str_of(wrong[i]), arena, &view), "no intent: %s", wrong[i]);
        arena_free(&arena);
    }
    struct arena *arena = arena_new(1 << 20);
    ok(access_view_intent(str_of(INTENT("")), arena, &view), "an intent");
    ok(!access_view_outcome(STR("{\"status\":\"200\"}"), arena, &view), "no outcome");
    ok(!access_view_outcome(STR("{\"status\":2000}"), arena, &view), "no outcome either");
    arena_free(&arena);
}

int main(void)
{
    reads_what_happened();
    refuses_what_is_no_record();
    return done_testing();
}
