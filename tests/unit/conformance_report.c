/* SPDX-License-Identifier: MIT */
/* A result in its other forms: what a hostile source's words, or a forged file, may not do there.
 */
#include "joining/conformance_report.h"

#include "joining/conformance_result.h"
#include "tests/tap.h"

#define EVIL "\\\"<script>alert(1)</script>&amp; #TODO\\n\\u001b[31mred"

/* One case; each %s is a member that a row of a table changes. */
#define RESULT(verdict, number, state, seen)                                                       \
    "{\"result\":{\"format\":\"overblik-conformance-1\",\"verdict\":\"" verdict                    \
    "\",\"source\":{\"id\":\"" EVIL "\",\"name\":{\"da\":\"" EVIL "\",\"en\":\"" EVIL "\"}},"      \
    "\"counts\":{\"failed\":1},\"cases\":[{\"number\":\"" number "\",\"result\":\"" state          \
    "\",\"seen\":\"" seen "\",\"testcase\":{\"da\":\"" EVIL "\",\"en\":\"" EVIL "\"},"             \
    "\"mend\":{\"da\":\"x\",\"en\":\"x\"}}],\"not_tested\":[]},\"signature\":null}"

static void write(const char *text, enum conformance_format format, struct buf *out)
{
    json_t *file = json_loads(text, 0, NULL);
    buf_reset(out);
    ok(file && !conformance_report_fault(file), "the file is one");
    conformance_report_write(file, format, LANGUAGE_EN, out);
    json_decref(file);
}

static bool holds(const struct buf *out, const char *text)
{
    return str_find(buf_str(out), str_of(text)) < out->len;
}

static void test_faults(void)
{
    static const struct {
        const char *text;
        const char *why; /* NULL: none */
    } table[] = {
        {RESULT("approved", "1.1", "passed", ""), NULL},
        {RESULT("approved", "2.10", "not_relevant", ""), NULL},
        {RESULT("well", "1.1", "passed", ""), "it has no verdict"},
        {RESULT("approved", "<b>", "passed", ""), "a case has no number"},
        {RESULT("approved", "", "passed", ""), "a case has no number"},
        {RESULT("approved", "1.1.1", "passed", ""), "a case has no number"},
        {RESULT("approved", "1", "passed", ""), "a case has no number"},
        {RESULT("approved", "1.1", "untried", ""), "a case has no result"},
        {RESULT("approved", "1.1", "\\\" onclick=\\\"", ""), "a case has no result"},
        {"{}", "it is no result of overblik source test"},
        {"{\"result\":[]}", "it is no result of overblik source test"},
        {"{\"result\":{\"format\":\"overblik-conformance-1\",\"verdict\":\"approved\"}}",
         "a list is missing"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        json_t *file = json_loads(table[i].text, 0, NULL);
        const char *why = conformance_report_fault(file);
        is_str(why ? why : "none", table[i].why ? table[i].why : "none", "row %zu", i);
        json_decref(file);
    }
}

static void test_hostile_words(void)
{
    static const char failed[] = RESULT("not_approved", "1.1", "failed", EVIL);
    static const char skipped[] = RESULT("approved", "1.1", "not_tested", EVIL);
    struct buf out;
    size_t lines = 0;

    buf_init(&out, 1 << 20);
    write(failed, CONFORMANCE_HTML, &out);
    ok(!holds(&out, "<script") && holds(&out, "&lt;script&gt;"), "a page holds no script");
    ok(!holds(&out, "\x1b"), "and no control characters");
    write(failed, CONFORMANCE_JUNIT, &out);
    ok(!holds(&out, "<script") && !holds(&out, "\x1b"), "nor does JUnit");
    ok(holds(&out, "<failure message=\"&quot;&lt;script"), "a message stays in its attribute");
    write(failed, CONFORMANCE_TAP, &out);
    for (size_t i = 0; i < out.len; i++)
        lines += out.at[i] == '\n';
    is_int((long long)lines, 6, "in TAP no word begins a line of its own");
    ok(!holds(&out, " #TODO") && holds(&out, "\\#TODO"), "or a directive");
    ok(!holds(&out, "\x1b"), "or steers a terminal");
    write(skipped, CONFORMANCE_TAP, &out);
    ok(holds(&out, "ok 1 - 1.1 ") && holds(&out, " # SKIP "), "what was not tested is skipped");
    buf_clear(&out);
}

/* Of words of a source in a result. */
static void test_signing(void)
{
    json_t *result = json_pack("{s:{s:s},s:s}", "source", "id", "a.b", "verdict", "approved");
    json_t *file = conformance_sign(result, NULL, WALL_NONE);
    char digest[CONFORMANCE_DIGEST_TEXT];

    ok(json_is_null(json_object_get(file, "signature")), "without a key nobody signs");
    json_decref(file);
    conformance_digest(STR("abc"), digest);
    is_str(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
           "the digest is SHA-256 (FIPS 180-4)");
}

int main(void)
{
    test_faults();
    test_hostile_words();
    test_signing();
    return done_testing();
}
