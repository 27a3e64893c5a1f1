/* SPDX-License-Identifier: MIT */
#include "joining/conformance_page.h"

#include <inttypes.h>

#include "base/html.h"

/* ---- the file ---- */

const char *result_text(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

const char *result_text_in(const json_t *object, const char *member, enum language language)
{
    return result_text(json_object_get(object, member), language_tag(language).at);
}

bool result_is(const json_t *one, const char *name)
{
    return strcmp(result_text(one, "result"), name) == 0;
}

/* ---- its words ---- */

enum word {
    WORD_TITLE,
    WORD_ABOUT,
    WORD_RESULT,
    WORD_CASES,
    WORD_TESTCASE,
    WORD_DESCRIPTION,
    WORD_VERIFICATION,
    WORD_SEEN,
    WORD_MEND,
    WORD_NOT_TESTED,
    WORD_NOTHING,
    WORD_KOMBIT,
    WORD_COLUMN,
    WORD_COUNT,
    WORD_WHOLE,
    WORD_PROGRESS,
    WORD_SYSTEM,
    WORD_INTERNAL,
    WORD_STEP,
    WORD_CITIZENS,
    WORD_MUNICIPALITIES,
    WORD_TODO,
    WORD_PASSED,
    WORD_REMARK,
    WORD_FAILED,
    WORD_UNTESTED,
    WORD_IRRELEVANT,
    WORD_APPROVED,
    WORD_REMARKS,
    WORD_NOT_APPROVED,
    WORD_SIGNED,
    WORD_UNSIGNED,
    WORDS
};
static const char *const page_words[WORDS][LANGUAGES] = {
    [WORD_TITLE] = {"Overensstemmelse", "Conformance"},
    [WORD_ABOUT] = {"Hvad prøven gælder", "What the test is about"},
    [WORD_RESULT] = {"Resultat", "Result"},
    [WORD_CASES] = {"Prøver", "Cases"},
    [WORD_TESTCASE] = {"Testcase", "Testcase"},
    [WORD_DESCRIPTION] = {"Beskrivelse", "Description"},
    [WORD_VERIFICATION] = {"Verifikation", "Verification"},
    [WORD_SEEN] = {"Set", "Seen"},
    [WORD_MEND] = {"Næste skridt", "Next step"},
    [WORD_NOT_TESTED] = {"Ikke prøvet", "Not tested"},
    [WORD_NOTHING] = {"Alt er prøvet.", "Everything was tested."},
    [WORD_KOMBIT] = {"KOMBITs seks kolonner", "KOMBIT's six columns"},
    [WORD_COLUMN] = {"Kolonne", "Column"},
    [WORD_COUNT] = {"Antal", "Number"},
    [WORD_WHOLE] = {"Hele", "Whole"},
    [WORD_PROGRESS] = {"Fra intern status til Fremdrift", "From inner state to Fremdrift"},
    [WORD_SYSTEM] = {"System", "System"},
    [WORD_INTERNAL] = {"Intern status", "Inner state"},
    [WORD_STEP] = {"Fremdrift", "Fremdrift"},
    [WORD_CITIZENS] = {"Testborgere", "Test citizens"},
    [WORD_MUNICIPALITIES] = {"Kommuner", "Municipalities"},
    [WORD_TODO] = {"Hvad der skal ske", "What to do"},
    [WORD_PASSED] = {"Bestået", "Passed"},
    [WORD_REMARK] = {"Bemærkning", "Remark"},
    [WORD_FAILED] = {"Ikke bestået", "Failed"},
    [WORD_UNTESTED] = {"Ikke prøvet", "Not tested"},
    [WORD_IRRELEVANT] = {"Ikke relevant", "Not relevant"},
    [WORD_APPROVED] = {"Godkendt", "Approved"},
    [WORD_REMARKS] = {"Godkendt med bemærkninger", "Approved with remarks"},
    [WORD_NOT_APPROVED] = {"Ikke godkendt", "Not approved"},
    [WORD_SIGNED] = {"Underskrevet med nøglen", "Signed by the key"},
    [WORD_UNSIGNED] = {"Ikke underskrevet", "Not signed"},
};

/* What the file's words are called on the page. */
static const char *named(const char *code, enum language language)
{
    static const struct {
        const char *code;
        enum word word;
    } names[] = {{"passed", WORD_PASSED},
                 {"remark", WORD_REMARK},
                 {"failed", WORD_FAILED},
                 {"not_tested", WORD_UNTESTED},
                 {"not_relevant", WORD_IRRELEVANT},
                 {"approved", WORD_APPROVED},
                 {"approved_with_remarks", WORD_REMARKS},
                 {"not_approved", WORD_NOT_APPROVED}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(code, names[i].code) == 0)
            return page_words[names[i].word][language];
    return code;
}

/* ---- its parts ---- */

static const char style[] =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff;"
    "overflow-wrap:anywhere;hyphens:auto}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #767676}"
    "th{overflow-wrap:normal;hyphens:none}dt{font-weight:600}dd{margin:0 0 .5rem}"
    ".verdict{font-size:1.4rem;font-weight:700;border-left:.5rem solid;padding-left:.75rem}"
    "section{break-inside:avoid}.passed,.approved{color:#14532d}"
    ".remark,.approved_with_remarks{color:#713f12}.failed,.not_approved{color:#7f1d1d}"
    ".not_tested,.not_relevant{color:#374151}";

static void pair(struct buf *out, const char *name, const char *value)
{
    html_element(out, "dt", str_of(name));
    html_element(out, "dd", str_of(value[0] ? value : "-"));
}

static void names(struct buf *out, const char *name, const json_t *list)
{
    const json_t *one;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    html_element(out, "dt", str_of(name));
    buf_add_str(out, STR("<dd>"));
    json_array_foreach(list, i, one)
    {
        buf_add_str(out, i > 0 ? STR(", ") : STR(""));
        html_text(out, str_of(json_is_string(one) ? json_string_value(one) : "-"));
    }
    buf_add_str(out, STR("</dd>"));
}

static void page_about(const json_t *file, const json_t *result, enum language language,
                       struct buf *out)
{
    const json_t *source = json_object_get(result, "source"),
                 *made = json_object_get(result, "made_by");
    const json_t *manifest = json_object_get(result, "manifest");
    const json_t *asked = json_object_get(result, "asked");
    const char *kid = result_text(json_object_get(file, "signature"), "kid");

    html_element(out, "h2", str_of(page_words[WORD_ABOUT][language]));
    buf_add_str(out, STR("<dl>"));
    pair(out, "Id", result_text(source, "id"));
    pair(out, "URL", result_text(source, "url"));
    pair(out, language == LANGUAGE_DA ? "Dialekt" : "Dialect", result_text(source, "dialect"));
    pair(out, "Manifest", result_text(manifest, "file"));
    pair(out, "Manifest, SHA-256", result_text(manifest, "sha256"));
    names(out, page_words[WORD_CITIZENS][language], json_object_get(asked, "citizens"));
    names(out, page_words[WORD_MUNICIPALITIES][language], json_object_get(asked, "municipalities"));
    pair(out, "Overblik", result_text(made, "version"));
    pair(out, "Overblik, SHA-256", result_text(made, "build_sha256"));
    pair(out, language == LANGUAGE_DA ? "Begyndt" : "Began", result_text(result, "began"));
    pair(out, language == LANGUAGE_DA ? "Slut" : "Ended", result_text(result, "ended"));
    pair(out, page_words[kid[0] ? WORD_SIGNED : WORD_UNSIGNED][language], kid);
    buf_add_str(out, STR("</dl>\n"));
}

static void page_counts(const json_t *result, enum language language, struct buf *out)
{
    const char *name;
    json_t *count;

    buf_format(out, "<p class=\"verdict %s\">", result_text(result, "verdict"));
    html_text(out, str_of(named(result_text(result, "verdict"), language)));
    buf_add_str(out, STR("</p>\n<ul>"));
    json_object_foreach(json_object_get(result, "counts"), name, count)
    {
        buf_add_str(out, STR("<li>"));
        html_text(out, str_of(named(name, language)));
        buf_format(out, ": %" PRId64 "</li>", (int64_t)json_integer_value(count));
    }
    buf_add_str(out, STR("</ul>\n"));
}

/* What is not well, and the next step: what most readers have come for. */
static void page_todo(const json_t *result, enum language language, struct buf *out)
{
    const json_t *one;
    bool is_begun = false;
    size_t i;

    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        if (!result_is(one, "failed") && !result_is(one, "remark"))
            continue;
        if (!is_begun) {
            html_element(out, "h2", str_of(page_words[WORD_TODO][language]));
            buf_add_str(out, STR("<ul>"));
        }
        is_begun = true;
        buf_format(out, "<li><strong>%s ", result_text(one, "number"));
        html_text(out, str_of(result_text_in(one, "testcase", language)));
        buf_add_str(out, STR(":</strong> "));
        html_text(out, str_of(result_text(one, "seen")));
        buf_add_str(out, STR(". "));
        html_text(out, str_of(result_text_in(one, "mend", language)));
        buf_add_str(out, STR("</li>"));
    }
    if (is_begun)
        buf_add_str(out, STR("</ul>\n"));
}

static void page_case(const json_t *one, enum language language, struct buf *out)
{
    bool is_well = result_is(one, "passed") || result_is(one, "not_relevant");

    buf_format(out, "<section><h3>%s ", result_text(one, "number"));
    html_text(out, str_of(result_text_in(one, "testcase", language)));
    buf_format(out, "</h3>\n<p class=\"%s\"><strong>", result_text(one, "result"));
    html_text(out, str_of(named(result_text(one, "result"), language)));
    buf_add_str(out, STR("</strong></p><dl>"));
    pair(out, page_words[WORD_DESCRIPTION][language], result_text_in(one, "description", language));
    pair(out, page_words[WORD_VERIFICATION][language],
         result_text_in(one, "verification", language));
    pair(out, page_words[WORD_SEEN][language], result_text(one, "seen"));
    if (!is_well)
        pair(out, page_words[WORD_MEND][language], result_text_in(one, "mend", language));
    buf_add_str(out, STR("</dl></section>\n"));
}

static void page_not_tested(const json_t *result, enum language language, struct buf *out)
{
    const json_t *list = json_object_get(result, "not_tested"), *one;
    size_t i;

    html_element(out, "h2", str_of(page_words[WORD_NOT_TESTED][language]));
    if (json_array_size(list) == 0) {
        html_element(out, "p", str_of(page_words[WORD_NOTHING][language]));
        return;
    }
    buf_add_str(out, STR("<ul>"));
    json_array_foreach(list, i, one)
    {
        buf_format(out, "<li>%s ", result_text(one, "number"));
        html_text(out, str_of(result_text_in(one, "testcase", language)));
        buf_add_str(out, STR(": "));
        html_text(out, str_of(result_text(one, "why")));
        buf_add_str(out, STR("</li>"));
    }
    buf_add_str(out, STR("</ul>\n"));
}

static void table_head(struct buf *out, enum language language, const enum word *words,
                       size_t count)
{
    buf_add_str(out, STR("<table><thead><tr>"));
    for (size_t i = 0; i < count; i++) {
        buf_add_str(out, STR("<th scope=\"col\">"));
        html_text(out, str_of(page_words[words[i]][language]));
        buf_add_str(out, STR("</th>"));
    }
    buf_add_str(out, STR("</tr></thead><tbody>"));
}

static void cell(struct buf *out, const char *text)
{
    html_element(out, "td", str_of(text[0] ? text : "-"));
}

static void number_cell(struct buf *out, const json_t *one, const char *member)
{
    buf_format(out, "<td>%" PRId64 "</td>",
               (int64_t)json_integer_value(json_object_get(one, member)));
}

static void page_kombit(const json_t *kombit, enum language language, struct buf *out)
{
    static const enum word columns[] = {WORD_COLUMN, WORD_COUNT, WORD_WHOLE, WORD_RESULT};
    static const enum word states[] = {WORD_SYSTEM, WORD_INTERNAL, WORD_STEP, WORD_COUNT};
    const json_t *one;
    size_t i;

    html_element(out, "h2", str_of(page_words[WORD_KOMBIT][language]));
    table_head(out, language, columns, 4);
    json_array_foreach(json_object_get(kombit, "columns"), i, one)
    {
        buf_add_str(out, STR("<tr>"));
        html_element(out, "td", str_of(result_text_in(one, "name", language)));
        number_cell(out, one, "seen");
        number_cell(out, one, "whole");
        html_element(out, "td", str_of(named(result_text(one, "result"), language)));
        buf_add_str(out, STR("</tr>"));
    }
    buf_add_str(out, STR("</tbody></table>\n"));
    if (json_array_size(json_object_get(kombit, "fremdrift")) == 0)
        return;
    html_element(out, "h2", str_of(page_words[WORD_PROGRESS][language]));
    table_head(out, language, states, 4);
    json_array_foreach(json_object_get(kombit, "fremdrift"), i, one)
    {
        buf_add_str(out, STR("<tr>"));
        cell(out, result_text(one, "system"));
        cell(out, result_text(one, "internal"));
        cell(out, result_text(one, "fremdrift"));
        number_cell(out, one, "count");
        buf_add_str(out, STR("</tr>"));
    }
    buf_add_str(out, STR("</tbody></table>\n"));
}

void conformance_page_write(const json_t *file, enum language language, struct buf *out)
{
    const json_t *result = json_object_get(file, "result");
    const json_t *one, *kombit = json_object_get(result, "kombit");
    const char *name = result_text_in(json_object_get(result, "source"), "name", language);
    size_t i;

    buf_format(out,
               "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\">"
               "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
               "style-src 'unsafe-inline'\"><title>%s: ",
               language_tag(language).at, page_words[WORD_TITLE][language]);
    html_text(out, str_of(name));
    buf_format(out, "</title><style>%s</style></head><body><main>\n<h1>%s: ", style,
               page_words[WORD_TITLE][language]);
    html_text(out, str_of(name));
    buf_add_str(out, STR("</h1>\n"));
    page_counts(result, language, out);
    page_todo(result, language, out);
    page_about(file, result, language, out);
    page_not_tested(result, language, out);
    if (json_is_object(kombit))
        page_kombit(kombit, language, out);
    html_element(out, "h2", str_of(page_words[WORD_CASES][language]));
    buf_add_byte(out, '\n');
    json_array_foreach(json_object_get(result, "cases"), i, one) page_case(one, language, out);
    buf_add_str(out, STR("</main></body></html>\n"));
}
