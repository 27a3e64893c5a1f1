/* SPDX-License-Identifier: MIT */
#include "base/xml.h"

#include "tests/tap.h"

/* What the reader reports, as text: "(uri|name attribute=value)" ... "text/name;". */
struct transcript {
    struct buf text;
    const char *object_to; /* the name of an element whose end is objected to, or NULL */
    int after_objection;
};

static const char *on_start(void *ctx, struct str uri, struct str name,
                            const struct xml_attribute *attributes, size_t count)
{
    struct transcript *t = ctx;

    t->after_objection += t->object_to && t->after_objection;
    buf_format(&t->text, "(%.*s|%.*s", STR_ARG(uri), STR_ARG(name));
    for (size_t i = 0; i < count; i++)
        buf_format(&t->text, " %.*s|%.*s=%.*s", STR_ARG(attributes[i].uri),
                   STR_ARG(attributes[i].name), STR_ARG(attributes[i].value));
    buf_add_byte(&t->text, ')');
    return NULL;
}

static const char *on_end(void *ctx, struct str uri, struct str name, struct str text)
{
    struct transcript *t = ctx;

    (void)uri;
    t->after_objection += t->object_to && t->after_objection;
    buf_format(&t->text, "%.*s/%.*s;", STR_ARG(text), STR_ARG(name));
    if (!t->object_to || !str_equal(name, str_of(t->object_to)))
        return NULL;
    t->after_objection = 1;
    return "objection";
}

static const struct xml_handler handler = {on_start, on_end};

static bool read_bytes(struct str bytes, struct transcript *t, struct xml_fault *fault)
{
    char *copy = malloc(bytes.len ? bytes.len : 1);
    bool good;

    if (!copy)
        abort();
    if (bytes.len)
        memcpy(copy, bytes.at, bytes.len);
    buf_init(&t->text, 64 << 20);
    good = xml_read(str_make(copy, bytes.len), &handler, t, fault);
    free(copy);
    return good;
}

static void test_reports(void)
{
    static const struct {
        const char *xml, *reported;
    } rows[] = {
        {"<a/>", "(|a)/a;"},
        {"<?xml version='1.0' encoding='UTF-8'?>\n<a>x</a>\n", "(|a)x/a;"},
        {"\xEF\xBB\xBF<a>\xC3\xA6</a>", "(|a)\xC3\xA6/a;"},
        {"<a>x<b>y</b>z<b/>w</a>", "(|a)(|b)y/b;(|b)/b;xzw/a;"},
        {"<a>&lt;&#230;&#x20AC;<![CDATA[<&]]>&amp;</a>", "(|a)<\xC3\xA6\xE2\x82\xAC<&&/a;"},
        {"<p:a xmlns:p='urn:x' xmlns='urn:y' p:k='1' k='2'><b/></p:a>",
         "(urn:x|a urn:x|k=1 |k=2)(urn:y|b)/b;/a;"},
        {"<a xmlns='urn:x'><b xmlns=''/></a>", "(urn:x|a)(|b)/b;/a;"},
        {"<a>x<!-- <b/> -->y</a>", "(|a)xy/a;"},
        {"<a> x\r\n y\r</a>", "(|a) x\n y\n/a;"},
        {"<a k=' x&#10;y &quot;'/>", "(|a |k= x\ny \")/a;"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct transcript t = {0};
        struct xml_fault fault;

        ok(read_bytes(str_of(rows[i].xml), &t, &fault), "good: %s", rows[i].xml);
        is_str(fault.why, NULL, "without a fault");
        is_bytes(t.text.at, t.text.len, rows[i].reported, strlen(rows[i].reported),
                 "what is reported");
        buf_clear(&t.text);
    }
}

static void test_refusals(void)
{
    static const struct {
        struct str xml;
        const char *why; /* NULL: in expat's words */
    } rows[] = {
        {STR_INIT(""), NULL},
        {STR_INIT(" "), NULL},
        {STR_INIT("<a>"), NULL},
        {STR_INIT("<a></b>"), NULL},
        {STR_INIT("<a/><b/>"), NULL},
        {STR_INIT("<a/>x"), NULL},
        {STR_INIT("<a/>\0"), NULL},
        {STR_INIT("<a>\0</a>"), NULL},
        {STR_INIT("<a>\x01</a>"), NULL},
        {STR_INIT("<a>&#1;</a>"), NULL},
        {STR_INIT("<a>&#31;</a>"), NULL},
        {STR_INIT("<a xmlns='u&#31;v'/>"), NULL},
        {STR_INIT("<a>&x;</a>"), NULL},
        {STR_INIT("<a>&</a>"), NULL},
        {STR_INIT("<a b=1/>"), NULL},
        {STR_INIT("<a b='1' b='2'/>"), NULL},
        {STR_INIT("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>"), NULL},
        {STR_INIT("<p:a/>"), NULL},
        {STR_INIT("<a b='<'/>"), NULL},
        {STR_INIT("<a>]]></a>"), NULL},
        {STR_INIT("<a>\xE6</a>"), NULL},
        {STR_INIT("<a>\xC0\x80</a>"), NULL},
        {STR_INIT("<a>\xED\xA0\x80</a>"), NULL},
        {STR_INIT("\xFF\xFE<\0a\0/\0>\0"), "NUL in the document"},
        {STR_INIT("\xFE\xFF\0<\0a\0/\0>"), "NUL in the document"},
        {STR_INIT("<\0a\0/\0>\0"), "NUL in the document"},
        {STR_INIT("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE6</a>"), NULL},
        {STR_INIT("<html><p>502</html>"), NULL},
        {STR_INIT("{\"a\":1}"), NULL},
        {STR_INIT("<!DOCTYPE a><a/>"), "a DOCTYPE is not allowed"},
        {STR_INIT("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"), "a DOCTYPE is not allowed"},
        {STR_INIT("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), "a DOCTYPE is not allowed"},
        {STR_INIT("<?pi x?><a/>"), "a processing instruction is not allowed"},
        {STR_INIT("<a><?pi x?></a>"), "a processing instruction is not allowed"},
        {STR_INIT("<a/><?pi x?>"), "a processing instruction is not allowed"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct transcript t = {0};
        struct xml_fault fault;
        bool good = read_bytes(rows[i].xml, &t, &fault);

        ok(!good && fault.why, "refused, row %zu: %s", i, fault.why ? fault.why : "no");
        if (rows[i].why)
            is_str(fault.why, rows[i].why, "for this reason");
        buf_clear(&t.text);
    }
}

static void test_every_cut(void)
{
    static const struct str whole =
        STR_INIT("<?xml version='1.0'?><p:a xmlns:p='u'><b c='&#230;'>x<![CDATA[y]]></b></p:a>");
    int taken = 0;

    for (size_t len = 0; len < whole.len; len++) {
        struct transcript t = {0};
        struct xml_fault fault;

        taken += read_bytes(str_head(whole, len), &t, &fault);
        buf_clear(&t.text);
    }
    is_int(taken, 0, "no cut document is well-formed");
}

static void test_objection(void)
{
    struct transcript t = {.object_to = "b"};
    struct xml_fault fault;

    ok(!read_bytes(STR("<a>\n <b/><c/><d></d></a>"), &t, &fault), "an objection ends the reading");
    is_str(fault.why, "objection", "with its reason");
    is_int((long long)fault.line, 2, "its line");
    ok(fault.column > 1 && fault.column < 10, "and column: %lu", fault.column);
    is_int(t.after_objection, 1, "nothing is reported after it");
    buf_clear(&t.text);
}

static const char *object_at_once(void *ctx, struct str uri, struct str name,
                                  const struct xml_attribute *attributes, size_t count)
{
    (void)uri, (void)name, (void)attributes, (void)count;
    ++*(int *)ctx;
    return "objection at the start";
}

static const char *count_end(void *ctx, struct str uri, struct str name, struct str text)
{
    (void)uri, (void)name, (void)text;
    ++*(int *)ctx;
    return NULL;
}

/* expat ends an empty element even after it was told to stop at its start. */
static void test_objection_at_start(void)
{
    static const struct xml_handler objecting = {object_at_once, count_end};
    struct xml_fault fault;
    int calls = 0;

    ok(!xml_read(STR("<a/>"), &objecting, &calls, &fault), "an objection at the start");
    is_str(fault.why, "objection at the start", "with its reason");
    is_int(calls, 1, "and no end after it");
}

/* A document that repeats a piece: head, count times piece, tail. A # in the piece is the number of
 * the repetition. */
static void check_ceiling(const char *head, const char *piece, size_t count, const char *tail,
                          const char *why)
{
    struct transcript t = {0};
    struct xml_fault fault;
    struct buf xml;
    bool good;

    buf_init(&xml, 64 << 20);
    buf_add_str(&xml, str_of(head));
    for (size_t i = 0; i < count; i++) {
        struct str rest = str_of(piece), before = str_split(&rest, '#');

        buf_add_str(&xml, before);
        if (rest.at)
            buf_format(&xml, "%zu%.*s", i, STR_ARG(rest));
    }
    buf_add_str(&xml, str_of(tail));
    good = read_bytes(buf_str(&xml), &t, &fault);
    ok(good == !why, "%zu times %s", count, piece);
    is_str(fault.why, why, "because of its ceiling");
    buf_clear(&t.text);
    buf_clear(&xml);
}

static void test_depth(void)
{
    for (size_t depth = XML_DEPTH_MAX - 1; depth <= XML_DEPTH_MAX + 1; depth++) {
        struct transcript t = {0};
        struct xml_fault fault;
        struct buf xml;

        buf_init(&xml, 1 << 20);
        for (size_t i = 0; i < depth; i++)
            buf_add_str(&xml, STR("<a>"));
        for (size_t i = 0; i < depth; i++)
            buf_add_str(&xml, STR("</a>"));
        is_int(read_bytes(buf_str(&xml), &t, &fault), depth <= XML_DEPTH_MAX, "%zu deep", depth);
        buf_clear(&t.text);
        buf_clear(&xml);
    }
}

static void test_ceilings(void)
{
    enum { WORD = 1024 };
    char word[WORD + 1];

    check_ceiling("<a", " b#='c'", XML_ATTRIBUTES_MAX, "/>", NULL);
    check_ceiling("<a", " b#='c'", XML_ATTRIBUTES_MAX + 1, "/>", "too many attributes");
    check_ceiling("<a", " b#='c'", 100000, "/>", "too many attributes");
    check_ceiling("<a>", "<b c='d' e='f'/>", XML_TOTAL_ATTRIBUTES_MAX / 2, "</a>", NULL);
    check_ceiling("<a>", "<b c='d' e='f'/>", XML_TOTAL_ATTRIBUTES_MAX / 2 + 1, "</a>",
                  "too many attributes");
    check_ceiling("<a>", "<b/>", XML_ELEMENTS_MAX - 1, "</a>", NULL);
    check_ceiling("<a>", "<b/>", XML_ELEMENTS_MAX, "</a>", "too many elements");
    check_ceiling("<a", " xmlns:p#='u'", XML_NAMESPACES_MAX, "/>", NULL);
    check_ceiling("<a", " xmlns:p#='u'", XML_NAMESPACES_MAX + 1, "/>",
                  "too many namespace declarations");
    check_ceiling("<a>", "<b xmlns='u'/>", XML_NAMESPACES_MAX + 1, "</a>",
                  "too many namespace declarations");
    check_ceiling("<", "a", XML_NAME_MAX, "/>", NULL);
    check_ceiling("<", "a", XML_NAME_MAX + 1, "/>", "a name is too long");
    check_ceiling("<b ", "a", XML_NAME_MAX + 1, "='1'/>", "a name is too long");
    check_ceiling("<a xmlns='", "u", XML_NAME_MAX, "'/>", "a name is too long");

    memset(word, 'x', WORD);
    word[WORD] = '\0';
    check_ceiling("<a>", word, XML_TEXT_MAX / WORD, "</a>", NULL);
    check_ceiling("<a>", word, XML_TEXT_MAX / WORD, "x</a>", "a text is too long");
    check_ceiling("<a>", word, XML_TEXT_MAX / WORD, "<b>not its own</b></a>", NULL);
    check_ceiling("<a b='", word, XML_TEXT_MAX / WORD, "x'/>", "an attribute is too long");
    check_ceiling("<a/>", word, XML_BYTES_MAX / WORD, "", "the document is too long");
    check_ceiling("<a>", "<b>&amp;&amp;&amp;&amp;</b>", XML_BYTES_MAX / 32, "</a>", NULL);
}

static const char *compare_end(void *ctx, struct str uri, struct str name, struct str text)
{
    struct str *want = ctx;

    (void)uri, (void)name;
    return str_equal(text, *want) ? NULL : "another text";
}

static const char *compare_start(void *ctx, struct str uri, struct str name,
                                 const struct xml_attribute *attributes, size_t count)
{
    struct str *want = ctx;

    (void)uri, (void)name;
    return count == 1 && str_equal(attributes[0].value, *want) ? NULL : "another attribute";
}

/* What is escaped comes back as it was, as text and as an attribute. */
static void test_escape(void)
{
    static const struct {
        struct str in, out, back; /* back absent: as in */
    } rows[] = {
        {STR_INIT("a<b> & \"c\" 'd'"), STR_INIT("a&lt;b&gt; &amp; &quot;c&quot; 'd'"), {0}},
        {STR_INIT("\xC3\xA6\xF0\x9F\x98\x80\x7F"), STR_INIT("\xC3\xA6\xF0\x9F\x98\x80\x7F"), {0}},
        {STR_INIT(" \t\r\n "), STR_INIT(" &#9;&#13;&#10; "), {0}},
        {STR_INIT("]]>"), STR_INIT("]]&gt;"), {0}},
        {STR_INIT(""), STR_INIT(""), {0}},
        {STR_INIT("a\0b\x1F"),
         STR_INIT("a\xEF\xBF\xBD"
                  "b\xEF\xBF\xBD"),
         STR_INIT("a\xEF\xBF\xBD"
                  "b\xEF\xBF\xBD")},
        {STR_INIT("\xEF\xBF\xBE\xEF\xBF\xBF"), STR_INIT("\xEF\xBF\xBD\xEF\xBF\xBD"),
         STR_INIT("\xEF\xBF\xBD\xEF\xBF\xBD")},
        {STR_INIT("x\xC3"), STR_INIT("x\xEF\xBF\xBD"), STR_INIT("x\xEF\xBF\xBD")},
    };
    static const struct xml_handler compare = {compare_start, compare_end};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str want = rows[i].back.at ? rows[i].back : rows[i].in;
        struct buf escaped, xml;
        struct xml_fault fault;
        bool good;

        buf_init(&escaped, 4096);
        buf_init(&xml, 4096);
        xml_escape(&escaped, rows[i].in);
        is_bytes(buf_str(&escaped).at, escaped.len, rows[i].out.at, rows[i].out.len,
                 "escaped, row %zu", i);
        buf_format(&xml, "<a b=\"%.*s\">%.*s</a>", STR_ARG(buf_str(&escaped)),
                   STR_ARG(buf_str(&escaped)));
        good = xml_read(buf_str(&xml), &compare, &want, &fault);
        ok(good, "and back, row %zu: %s", i, good ? "the same" : fault.why);
        buf_clear(&escaped);
        buf_clear(&xml);
    }
}

int main(void)
{
    test_reports();
    test_refusals();
    test_every_cut();
    test_objection();
    test_objection_at_start();
    test_depth();
    test_ceilings();
    test_escape();
    return done_testing();
}
