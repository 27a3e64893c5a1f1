/* SPDX-License-Identifier: MIT */
/* What is wrong with a mapping is said before anybody is asked, where it stands and what was
 * expected; a good one says nothing. */
#include "tests/mapping.h"

static bool holds(const char *text, const char *part)
{
    char wanted[1024];
    snprintf(wanted, sizeof wanted, "%s", part);
    for (char *c = wanted; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return strstr(text, wanted) != NULL;
}

/* Of these the rows replace one each. */
#define REQUEST                     "'request':{'list':{'json':{'c':'{cpr}'}}}"
#define ANSWER                      "'answer':{'subject':'/c'}"
#define ITEMS                       "'items':[{'at':'/l/*','kind':'case','fields':{'id':'/i'}}]"
#define ALL(request, answer, items) "{'format':'json'," request "," answer "," items "}"
#define FIELDS(fields)                                                                             \
    ALL(REQUEST, ANSWER, "'items':[{'at':'/l/*','kind':'case','fields':{'id':'/i'," fields "}}]")
#define TITLE(rule) FIELDS("'title':" rule)
#define LIST(list)  ALL("'request':{'list':{" list "}}", ANSWER, ITEMS)
#define NEXT(next)  ALL(REQUEST, "'answer':{'subject':'/c','next':{" next "}}", ITEMS)
#define XML(path)                                                                                  \
    "{'format':'xml','namespaces':{'a':'urn:a'}," REQUEST ",'answer':{'subject':" path "},"        \
    "'items':[{'at':'/a:S/a:I','kind':'case','fields':{'id':'/@nr'}}]}"

static const struct {
    const char *name, *mapping, *fault; /* NULL: good */
} rows[] = {
    {"the least that is a mapping", ALL(REQUEST, ANSWER, ITEMS), NULL},
    {"comments", ALL(REQUEST, ANSWER, "'comment':'x'," ITEMS), NULL},
    {"no object", "[]", "expected an object"},
    {"nothing", "{}", "t.json:1:1: /format: is needed"},
    {"no format", "{" REQUEST "," ANSWER "," ITEMS "}", "is needed"},
    {"another format", "{'format':'jsom'," REQUEST "," ANSWER "," ITEMS "}",
     "t.json:1:11: /format: expected 'json' or 'xml'; did you mean 'json'?"},
    {"an unknown member", ALL(REQUEST, ANSWER, "'itemz':1," ITEMS), "did you mean 'items'?"},
    {"namespaces of JSON", ALL(REQUEST, ANSWER, "'namespaces':{'a':'b'}," ITEMS),
     "JSON has no namespaces"},

    {"no request", "{'format':'json'," ANSWER "," ITEMS "}", "is needed: how the source is asked"},
    {"no body", LIST("'path':'/x'"), "expected one of 'json', 'form', 'xml'"},
    {"two bodies", LIST("'json':'{cpr}','form':{'a':'{cpr}'}"), "expected one of 'json'"},
    {"nobody is asked about", LIST("'json':{'a':'{id}'}"), "'{cpr}' is needed in the body"},
    {"GET", LIST("'method':'GET','json':'{cpr}'"), "expected 'POST'"},
    {"a number in a path", LIST("'path':'/x/{cpr}','json':'{cpr}'"),
     "never in an address or a header"},
    {"a number in a query", LIST("'path':'/x?c={cpr_dashed}','json':'{cpr}'"),
     "never in an address or a header"},
    {"a number in a header", LIST("'headers':{'X-C':'{cpr}'},'json':'{cpr}'"),
     "never in an address or a header"},
    {"a path of another host", LIST("'path':'https://x','json':'{cpr}'"),
     "expected a path that begins with '/'"},
    {"a path that a value begins", LIST("'path':'{id}','json':'{cpr}'"),
     "expected a path that begins with '/'"},
    {"a path with a space", LIST("'path':'/a b','json':'{cpr}'"),
     "expected a path that begins with '/'"},
    {"a path with a line", LIST("'path':'/a\\r\\nX: y','json':'{cpr}'"),
     "expected a path that begins with '/'"},
    {"a header of ours", LIST("'headers':{'authorization':'x'},'json':'{cpr}'"),
     "is a header that the gateway writes itself"},
    {"a header with a line", LIST("'headers':{'X-A':'a\\r\\nB: c'},'json':'{cpr}'"),
     "expected visible characters only"},
    {"no name", LIST("'headers':{'X A':'a'},'json':'{cpr}'"), "is not the name of a header"},
    {"a header twice", LIST("'headers':{'X-A':'a','x-a':'b'},'json':'{cpr}'"),
     "is there in another spelling"},
    {"too many headers", LIST("'headers':{'A':'a','B':'b','C':'c','D':'d','E':'e'},'json':'{cpr}'"),
     "expected at most 4 headers"},
    {"an unknown placeholder", LIST("'json':'{cpr}{cursr}'"), "did you mean 'cursor'?"},
    {"half a brace", LIST("'json':'{cpr}{cursor'"), "a brace without its other half"},
    {"the other half", LIST("'json':'{cpr}}'"), "a brace without its other half"},
    {"braces", LIST("'json':'{{{cpr}}}'"), NULL},
    {"a shifted day", LIST("'json':'{cpr}{today-30d}'"), NULL},
    {"a day shifted out of time", LIST("'json':'{cpr}{today-5000y}'"), "unknown placeholder"},
    {"XML", LIST("'xml':'<a b=\\'{cursor}\\'>{cpr}</a>'"), NULL},
    {"XML that is none", LIST("'xml':'<a>{cpr}'"), "is no XML with placeholders"},
    {"XML with a value as a name", LIST("'xml':'<a><{cursor}/>{cpr}</a>'"),
     "is no XML with placeholders"},
    {"XML with a value in a comment", LIST("'xml':'<a><!-- {cursor} -->{cpr}</a>'"),
     "is no XML with placeholders"},
    {"XML with a DOCTYPE", LIST("'xml':'<!DOCTYPE a><a>{cpr}</a>'"), "a DOCTYPE is not allowed"},
    {"a detail that asks for nothing",
     ALL("'request':{'list':{'json':'{cpr}'},'detail':{'json':'{cpr}'}}", ANSWER, ITEMS),
     "'{id}' is needed"},

    {"no proof of whose it is", ALL(REQUEST, "'answer':{}", ITEMS),
     "nothing says whom an answer is about"},
    {"no answer at all", "{'format':'json'," REQUEST "," ITEMS "}",
     "nothing says whom an answer is about"},
    {"the id repeated is proof", ALL(REQUEST, "'answer':{'request_id':'/r'}", ITEMS), NULL},
    {"items that name their citizen are proof",
     ALL(REQUEST, "'answer':{}",
         "'items':[{'at':'/l/*','kind':'case','subject':'/c','fields':{'id':'/i'}}]"),
     NULL},
    {"some items are not",
     ALL(REQUEST, "'answer':{}",
         "'items':[{'at':'/l/*','kind':'case','subject':'/c','fields':{'id':'/i'}},{'at':'/m/*',"
         "'kind':'case','fields':{'id':'/i'}}]"),
     "nothing says whom an answer is about"},
    {"a constant is no proof", ALL(REQUEST, "'answer':{'subject':{'text':'6101709995'}}", ITEMS),
     "only the answer can say"},
    {"many citizens", ALL(REQUEST, "'answer':{'subject':'/l/*/c'}", ITEMS),
     "'*' stands for many values"},
    {"a 200 that is always empty",
     ALL(REQUEST, "'answer':{'subject':'/c','outcomes':[{'is':'empty'}]}", ITEMS),
     "'when' is needed of a 200"},
    {"another outcome",
     ALL(REQUEST, "'answer':{'subject':'/c','outcomes':[{'status':404,'is':'emty'}]}", ITEMS),
     "did you mean 'empty'?"},
    {"outcomes that the gateway decides",
     ALL(REQUEST, "'answer':{'subject':'/c','outcomes':[{'status':404,'is':'answered'}]}", ITEMS),
     "expected empty, failed, refused, busy or invalid"},
    {"pages by two ways", NEXT("'cursor':'/n','page':'/p','pages':'/q'"), "expected 'cursor', or"},
    {"a page of how many", NEXT("'page':'/p'"), "expected 'cursor', or"},
    {"a parameter of pages", NEXT("'page':'/p','pages':'/q','parameter':'x'"),
     "belong to 'cursor'"},
    {"pages", NEXT("'page':'/p','pages':'/q','first':'1'"), NULL},

    {"no items", "{'format':'json'," REQUEST "," ANSWER "}", "is needed: where the items stand"},
    {"an empty list of rules", ALL(REQUEST, ANSWER, "'items':[]"), "expected a list of rules"},
    {"no place", ALL(REQUEST, ANSWER, "'items':[{'kind':'case','fields':{'id':'/i'}}]"),
     "where the items stand"},
    {"another kind",
     ALL(REQUEST, ANSWER, "'items':[{'at':'/l/*','kind':'casse','fields':{'id':'/i'}}]"),
     "did you mean 'case'?"},
    {"no fields", ALL(REQUEST, ANSWER, "'items':[{'at':'/l/*','kind':'case'}]"),
     "how the fields of the item are read"},
    {"no id", ALL(REQUEST, ANSWER, "'items':[{'at':'/l/*','kind':'case','fields':{}}]"),
     "'id' is needed"},
    {"a credential without a type",
     ALL(REQUEST, ANSWER, "'items':[{'at':'/l/*','kind':'credential','fields':{'id':'/i'}}]"),
     "'type' is needed of a credential"},
    {"a field of another kind", FIELDS("'frequency':'/f'"), "is no field of this kind"},
    {"a field mistyped", FIELDS("'titel':'/f'"), "did you mean 'title'?"},
    {"a part of another kind",
     ALL(REQUEST, ANSWER,
         "'items':[{'at':'/l/*','kind':'benefit','fields':{'id':'/i','history':[]}}]"),
     "is no field of this kind"},
    {"a part's field mistyped", FIELDS("'contacts':{'typ':'/a','value':'/b'}"),
     "is no field of 'contacts'"},
    {"a part of nothing", FIELDS("'contacts':{'at':'/k/*'}"), "says nothing of what it reads"},
    {"a list's items", FIELDS("'contacts':[{'at':'/k/*','type':'/a','value':'/b'}]"), NULL},
    {"items four deep",
     ALL(REQUEST, ANSWER,
         "'items':[{'at':'/a/*','kind':'case','fields':{'id':'/i'},'items':[{'at':'/b/*','kind':"
         "'case','fields':{'id':'/i'},'items':[{'at':'/c/*','kind':'case','fields':{'id':'/i'},"
         "'items':[{'at':'/d/*','kind':'case','fields':{'id':'/i'},'items':[{'at':'/e/*','kind':"
         "'case','fields':{'id':'/i'}}]}]}]}]}]"),
     "at most 4 deep"},
    {"the same elements within and beside",
     ALL(REQUEST, ANSWER,
         "'items':[{'at':'/a/*','kind':'case','fields':{'id':'/i'}},{'at':'/a/*/b/*','kind':"
         "'case','fields':{'id':'/i'}}]"),
     "put the one into the other"},
    {"the same elements beside and around",
     ALL(REQUEST, ANSWER,
         "'items':[{'at':'/a/*/b/*','kind':'case','fields':{'id':'/i'}},{'at':'/a/*','kind':"
         "'case','fields':{'id':'/i'}}]"),
     "put the one into the other"},
    {"the answer itself",
     ALL(REQUEST, ANSWER, "'items':[{'at':'.','kind':'case','fields':{'id':'/i'}}]"), NULL},

    {"no path", TITLE("'titel'"), "expected a path as '/sager/0/titel'"},
    {"half an escape", TITLE("'/a~2'"), "expected a path as"},
    {"too far out", TITLE("'^^/a'"), "'^' leads out of the answer"},
    {"one out", TITLE("'^/a'"), NULL},
    {"a name beside every",
     FIELDS("'contacts':[{'at':'/k/*','type':'/a','value':'/b'}],"
            "'title':'/k/x'"),
     "a name stands where another path has '*'"},
    {"every beside a name",
     FIELDS("'title':'/k/x','contacts':[{'at':'/k/*','type':'/a','value':"
            "'/b'}]"),
     "'*' stands where another path has a name"},
    {"a path of many steps",
     TITLE("'/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a'"),
     "the path has too many steps"},
    {"a number for a rule", TITLE("1"), "expected a path, a rule, or a list of rules"},
    {"a rule of nothing", TITLE("{'none':['x']}"), "expected one of 'at', 'text', 'whether'"},
    {"a rule of two things", TITLE("{'at':'/a','text':'b'}"), "expected one of 'at', 'text'"},
    {"no rules", TITLE("[]"), "expected 1 to 16 rules"},
    {"a text with half a brace", TITLE("{'text':'a {/b'}"), "'{' without '}'"},
    {"a text with the other half", TITLE("{'text':'a }'}"), "'}' without '{'"},
    {"a constant that is no code", FIELDS("'status':{'text':'decide'}"), "did you mean 'decided'?"},
    {"a constant that is no date", FIELDS("'decision_expected':{'text':'x'}"), "expected a date"},
    {"a link that is not safe", FIELDS("'links':{'url':{'text':'http://x.dk'}}"),
     "a link is no safe https address"},
    {"whether of a text", TITLE("{'whether':{'at':'/a','present':true}}"),
     "this field is neither true nor false"},
    {"a table of a date", FIELDS("'decision_expected':{'at':'/d','table':{'a':'b'}}"),
     "this field takes no table"},
    {"a table that is not there", FIELDS("'status':{'at':'/d','table':'fase'}"),
     "is not among 'tables'"},
    {"a table of no code of ours", FIELDS("'status':{'at':'/d','table':{'A':'afgjort'}}"),
     "/items/0/fields/status/table/A: is no code of this field"},
    {"unmapped without a table", FIELDS("'status':{'at':'/d','unmapped':'unknown'}"),
     "speak of a 'table'"},
    {"unmapped and strict",
     FIELDS("'status':{'at':'/d','table':{'A':'decided'},'strict':true,'unmapped':'unknown'}"),
     "is never used beside 'strict'"},
    {"unmapped where it decides who may see",
     FIELDS("'sensitivity':{'at':'/d','table':{'A':'ordinary'},'unmapped':'ordinary'}"),
     "decides who may see"},
    {"an empty table", FIELDS("'status':{'at':'/d','table':{}}"), "expected 1 to 1000 codes"},
    {"a pattern without a year", FIELDS("'decision_expected':{'at':'/d','date':'%d.%m.'}"),
     "expected 'iso', 'unix'"},
    {"a pattern with a letter that we do not have",
     FIELDS("'decision_expected':{'at':'/d','date':'%d.%B.%Y'}"), "expected 'iso', 'unix'"},
    {"a pattern that ends in its mark", FIELDS("'decision_expected':{'at':'/d','date':'%Y%m%d%'}"),
     "expected 'iso', 'unix'"},
    {"a date of a text", TITLE("{'at':'/a','date':'iso'}"), "this field is no date"},
    {"another zone", FIELDS("'created':{'at':'/d','zone':'local'}"), "expected 'danish' or 'utc'"},
    {"an amount of a text", TITLE("{'at':'/a','amount':{}}"), "this field is no amount"},
    {"no condition", TITLE("{'at':'/a','when':{}}"), "expected one of 'at', 'not', 'all', 'any'"},
    {"a test of nothing", TITLE("{'at':'/a','when':{'at':'/b'}}"),
     "expected one of 'equals', 'in', 'present'"},
    {"conditions without end",
     TITLE("{'at':'/a','when':{'not':{'not':{'not':{'not':{'not':{'not':{'not':{'not':{'not':"
           "{'at':'/b','present':true}}}}}}}}}}}"),
     "more than 8 deep"},
    {"a test against a list", TITLE("{'at':'/a','when':{'at':'/b','equals':[]}}"),
     "expected a text, a whole number, true or false"},

    {"a path of XML", XML("'/a:S/a:C'"), NULL},
    {"a namespace in full", XML("'/a:S/{urn:b/c}C'"), NULL},
    {"an attribute", XML("'/a:S/@{urn:b}c'"), NULL},
    {"an unknown prefix", XML("'/a:S/b:C'"), "the prefix 'b' is not among 'namespaces'"},
    {"an attribute with something within", XML("'/a:S/@c/a:C'"), "expected a path as"},
    {"a path without a name", XML("'/a:S/'"), "expected a path as"},
};

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        struct mapping mapping;
        struct node root = config_parse(&config, rows[i].mapping);
        bool is_good = mapping_parse(root, MAPPED_ANY_KIND, config.arena, &mapping, &config.faults);
        const char *faults = config_faults(&config);
        if (!ok(rows[i].fault ? !is_good && holds(faults, rows[i].fault) : is_good, "%s",
                rows[i].name))
            printf("#   got:  %s#   want: %s\n", faults, rows[i].fault ? rows[i].fault : "good");
        config_clear(&config);
    }
}

static void test_kinds(void)
{
    struct config config;
    struct mapping mapping;
    struct node root = config_parse(&config, ALL(REQUEST, ANSWER, ITEMS));
    ok(!mapping_parse(root, ITEM_KIND_BIT(ITEM_BENEFIT), config.arena, &mapping, &config.faults) &&
           holds(config_faults(&config), "is not among the 'kinds' of the source"),
       "a kind that the source does not declare");
    config_clear(&config);
}

/* As many of something as a ceiling allows, and one more. */
static void test_ceilings(void)
{
    struct config config;
    struct mapping mapping;
    struct buf text;

    buf_init(&text, 1 << 20);
    for (int items = MAPPING_ITEMS_MAX; items <= MAPPING_ITEMS_MAX + 1; items++) {
        buf_reset(&text);
        buf_format(&text, "{'format':'json'," REQUEST "," ANSWER ",'items':[");
        for (int i = 0; i < items; i++)
            buf_format(&text, "%s{'at':'/l%d/*','kind':'case','fields':{'id':'/i'}}", i ? "," : "",
                       i % MAPPING_CHILDREN_MAX % 60);
        buf_add(&text, "]}", 3);
        struct node root = config_parse(&config, text.at);
        bool is_good = mapping_parse(root, MAPPED_ANY_KIND, config.arena, &mapping, &config.faults);
        ok(is_good == (items == MAPPING_ITEMS_MAX), "%d rules for items", items);
        config_clear(&config);
    }
    for (int values = MAPPING_CHILDREN_MAX; values <= MAPPING_CHILDREN_MAX + 1; values++) {
        buf_reset(&text);
        buf_format(&text, "{'format':'json'," REQUEST "," ANSWER
                          ",'items':[{'at':'/l/*','kind':'case','fields':{'id':'/f0','contacts':[");
        for (int i = 1; i < values; i++)
            buf_format(&text, "%s{'type':{'text':'phone'},'value':'/f%d'}", i > 1 ? "," : "", i);
        buf_add(&text, "]}}]}", 6);
        struct node root = config_parse(&config, text.at);
        bool is_good = mapping_parse(root, MAPPED_ANY_KIND, config.arena, &mapping, &config.faults);
        ok(is_good == (values == MAPPING_CHILDREN_MAX), "%d members side by side", values);
        config_clear(&config);
    }
    buf_clear(&text);
}

int main(void)
{
    test_rows();
    test_kinds();
    test_ceilings();
    return done_testing();
}
