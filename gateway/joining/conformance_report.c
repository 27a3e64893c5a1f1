/* SPDX-License-Identifier: MIT */
#include "joining/conformance_report.h"

#include "base/html.h"
#include "joining/conformance.h"
#include "joining/conformance_page.h"

#include <inttypes.h>
#include <stdlib.h>

bool conformance_format_parse(struct str name, enum conformance_format *format)
{
    static const struct str names[] = {
#define X(id, text) [id] = STR_INIT(text),
        CONFORMANCE_FORMATS(X)
#undef X
    };
    for (unsigned i = 0; i < CONFORMANCE_FORMAT_COUNT; i++)
        if (str_equal(name, names[i])) {
            *format = (enum conformance_format)i;
            return true;
        }
    return false;
}

/* ---- the cases ---- */

static const struct text groups[] = {
    {{STR_INIT("Forbindelsen"), STR_INIT("The connection")}},
    {{STR_INIT("Svaret"), STR_INIT("The answer")}},
    {{STR_INIT("Hvem der må spørge"), STR_INIT("Who may ask")}},
    {{STR_INIT("Det, der vises"), STR_INIT("What is held")}},
    {{STR_INIT("Belastning"), STR_INIT("Load")}},
    {{STR_INIT("De kommunale indekser"), STR_INIT("The municipal indexes")}},
};

static void describe_case(enum conformance_id id, enum language language, struct buf *out)
{
    const struct conformance_case *one = &conformance_cases[id];
    static const struct text verification = {{STR_INIT("Verifikation"), STR_INIT("Verification")}};
    static const struct text next = {{STR_INIT("Næste skridt"), STR_INIT("Next step")}};
    static const struct text advice = {
        {STR_INIT("Ikke opfyldt er en bemærkning."), STR_INIT("Not met is a remark.")}};

    buf_format(out, "\n### %.*s %.*s (`%.*s`)\n\n%.*s", STR_ARG(conformance_number(id)),
               STR_ARG(one->title.in[language]), STR_ARG(conformance_name(id)),
               STR_ARG(one->what.in[language]));
    if (one->is_advice)
        buf_format(out, " %.*s", STR_ARG(advice.in[language]));
    buf_format(out, "\n\n- *%.*s*: %.*s\n- *%.*s*: %.*s\n", STR_ARG(verification.in[language]),
               STR_ARG(one->how.in[language]), STR_ARG(next.in[language]),
               STR_ARG(one->mend.in[language]));
}

void conformance_describe(enum language language, struct buf *out)
{
    char group = '0';

    for (unsigned id = 0; id < CONFORMANCE_COUNT; id++) {
        struct str number = conformance_number((enum conformance_id)id);

        if (number.at[0] != group) {
            group = number.at[0];
            buf_format(out, "%s## %c %.*s\n", id == 0 ? "" : "\n", group,
                       STR_ARG(groups[group - '1'].in[language]));
        }
        describe_case((enum conformance_id)id, language, out);
    }
}

/* ---- reading the file ---- */

static int64_t count_of(const json_t *result, const char *name)
{
    return json_integer_value(json_object_get(json_object_get(result, "counts"), name));
}

/* Numbers and states are written as they are, so they must be nothing else. */
static bool is_number(struct str text)
{
    struct str rest = text;
    struct str group = str_split(&rest, '.');
    return group.len <= 2 && str_is_digits(group) && rest.len <= 2 && str_is_digits(rest);
}

static bool is_state(struct str text)
{
    for (unsigned i = CONFORMANCE_PASSED; i < CONFORMANCE_STATES; i++)
        if (str_equal(text, conformance_state_name((enum conformance_state)i)))
            return true;
    return false;
}

static bool is_verdict(struct str text)
{
    for (unsigned i = VERDICT_APPROVED; i <= VERDICT_NOT_APPROVED; i++)
        if (str_equal(text, conformance_verdict_name((enum conformance_verdict)i)))
            return true;
    return false;
}

static const char *list_fault(const json_t *list, bool has_states)
{
    const json_t *one;
    size_t i;

    if (!json_is_array(list))
        return "a list is missing";
    json_array_foreach(list, i, one)
    {
        if (!is_number(str_of(result_text(one, "number"))))
            return "a case has no number";
        if (has_states && !is_state(str_of(result_text(one, "result"))))
            return "a case has no result";
    }
    return NULL;
}

const char *conformance_report_fault(const json_t *file)
{
    const json_t *result = json_object_get(file, "result");
    const char *why;

    if (strcmp(result_text(result, "format"), "overblik-conformance-1") != 0)
        return "it is no result of overblik source test";
    if (!is_verdict(str_of(result_text(result, "verdict"))))
        return "it has no verdict";
    why = list_fault(json_object_get(result, "cases"), true);
    return why ? why : list_fault(json_object_get(result, "not_tested"), false);
}

/* ---- TAP ---- */

/* A description's "#" would begin a directive; nothing in it steers a terminal. */
static void tap_text(struct buf *out, const char *text)
{
    for (; *text; text++)
        if (*text == '#')
            buf_add_str(out, STR("\\#"));
        else
            buf_add_byte(out, (unsigned char)*text < ' ' || *text == 127 ? ' ' : *text);
}

static void write_tap(const json_t *result, enum language language, struct buf *out)
{
    const json_t *cases = json_object_get(result, "cases"), *one;
    size_t i;

    buf_format(out, "TAP version 13\n1..%zu\n", json_array_size(cases));
    json_array_foreach(cases, i, one)
    {
        bool is_tried =
            result_is(one, "passed") || result_is(one, "remark") || result_is(one, "failed");
        bool is_well = !result_is(one, "remark") && !result_is(one, "failed");

        buf_format(out, "%s %zu - %s ", is_well ? "ok" : "not ok", i + 1,
                   result_text(one, "number"));
        tap_text(out, result_text_in(one, "testcase", language));
        if (!is_tried || result_is(one, "remark")) {
            buf_add_str(out, is_tried ? STR(" # TODO ") : STR(" # SKIP "));
            tap_text(out, result_text(one, "seen"));
        }
        buf_add_byte(out, '\n');
        if (!result_is(one, "failed"))
            continue;
        buf_add_str(out, STR("# "));
        tap_text(out, result_text(one, "seen"));
        buf_add_str(out, STR("\n# "));
        tap_text(out, result_text_in(one, "mend", language));
        buf_add_byte(out, '\n');
    }
    buf_format(out, "# %s\n", result_text(result, "verdict"));
}

/* ---- JUnit ---- */

static void seconds(struct buf *out, const json_t *one)
{
    int64_t us = json_integer_value(json_object_get(one, "took_us"));
    buf_format(out, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

static void junit_case(const json_t *one, const char *source, enum language language,
                       struct buf *out)
{
    buf_add_str(out, STR("  <testcase classname=\""));
    html_text(out, str_of(source));
    buf_format(out, "\" name=\"%s ", result_text(one, "number"));
    html_text(out, str_of(result_text_in(one, "testcase", language)));
    buf_add_str(out, STR("\" time=\""));
    seconds(out, one);
    buf_add_str(out, STR("\">"));
    if (result_is(one, "failed")) {
        buf_add_str(out, STR("<failure message=\""));
        html_text(out, str_of(result_text(one, "seen")));
        buf_add_str(out, STR("\">"));
        html_text(out, str_of(result_text_in(one, "mend", language)));
        buf_add_str(out, STR("</failure>"));
    } else if (result_is(one, "passed") || result_is(one, "remark")) {
        html_element(out, "system-out", str_of(result_text(one, "seen")));
    } else {
        buf_add_str(out, STR("<skipped message=\""));
        html_text(out, str_of(result_text(one, "seen")));
        buf_add_str(out, STR("\"/>"));
    }
    buf_add_str(out, STR("</testcase>\n"));
}

static void write_junit(const json_t *result, enum language language, struct buf *out)
{
    const json_t *cases = json_object_get(result, "cases"), *one;
    const char *source = result_text(json_object_get(result, "source"), "id");
    size_t i;

    buf_add_str(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                         " <testsuite name=\""));
    html_text(out, str_of(source));
    buf_format(out,
               "\" tests=\"%zu\" failures=\"%" PRId64 "\" errors=\"0\" skipped=\"%" PRId64
               "\" timestamp=\"",
               json_array_size(cases), count_of(result, "failed"),
               count_of(result, "not_tested") + count_of(result, "not_relevant"));
    html_text(out, str_of(result_text(result, "began")));
    buf_add_str(out, STR("\">\n"));
    json_array_foreach(cases, i, one) junit_case(one, source, language, out);
    buf_add_str(out, STR(" </testsuite>\n</testsuites>\n"));
}

void conformance_report_write(const json_t *file, enum conformance_format format,
                              enum language language, struct buf *out)
{
    const json_t *result = json_object_get(file, "result");
    char *text;

    switch (format) {
    case CONFORMANCE_TAP:
        write_tap(result, language, out);
        break;
    case CONFORMANCE_JUNIT:
        write_junit(result, language, out);
        break;
    case CONFORMANCE_HTML:
        conformance_page_write(file, language, out);
        break;
    case CONFORMANCE_JSON:
    case CONFORMANCE_FORMAT_COUNT:
        text = json_dumps(file, JSON_INDENT(1));
        buf_add_str(out, str_of(text));
        buf_add_byte(out, '\n');
        free(text);
    }
}
