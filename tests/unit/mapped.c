/* SPDX-License-Identifier: MIT */
/* The language of mappings, rule by rule: what each makes of a value, and what it refuses. */
#include "tests/mapping.h"

enum { ARENA_MAX = 8 << 20, ITEMS_MAX = 5 };

#define ASK "'request':{'list':{'json':{'c':'{cpr}'}}}"

static struct cpr subject = {"6101709995"};
static struct source source = {
    .id = STR_INIT("skov.tilskud"),
    .authority = {.cvr = STR_INIT("99000001"), .name = STR_INIT("Registret")},
    .adapter = &adapter_mapped,
    .path = STR_INIT("/liste"),
    .detail_path = STR_INIT("/en"),
    .kinds = MAPPED_ANY_KIND,
};
static const struct str authorities[] = {STR_INIT("99000001")};
static struct question question = {.kind = QUESTION_LIST,
                                   .authorities = authorities,
                                   .authority_count = 1,
                                   .source = &source,
                                   .subject = &subject,
                                   .request_id = STR_INIT("r-1"),
                                   .now = {INT64_C(1795254120000), true}};

static struct buf dumped;

/* What a mapping (with apostrophes for quotation marks) makes of a body. */
static const char *take(const char *mapping_text, int status, struct str body)
{
    struct config config;
    struct mapping mapping;
    struct node root = config_parse(&config, mapping_text);
    struct answer answer = {.http_status = status, .body = body, .items_max = ITEMS_MAX};
    struct answer_fault fault = {0};
    struct parsed parsed;

    if (!mapping_parse(root, MAPPED_ANY_KIND, config.arena, &mapping, &config.faults)) {
        buf_reset(&dumped);
        buf_format(&dumped, "%s", config_faults(&config));
        buf_add_byte(&dumped, '\0');
        config_clear(&config);
        return dumped.at;
    }
    source.mapping = &mapping;
    enum outcome outcome = adapter_mapped.parse(config.arena, &question, &answer, &parsed, &fault);
    dump_parsed(&dumped, outcome, &parsed, &fault);
    config_clear(&config);
    return dumped.at;
}

static const char *unquote(char *text)
{
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return text;
}

static bool holds(const char *text, const char *part)
{
    char wanted[2048];
    snprintf(wanted, sizeof wanted, "%s", part);
    return strstr(text, unquote(wanted)) != NULL;
}

static void check(const char *name, const char *mapping, int status, const char *body,
                  const char *wanted)
{
    char copy[8192];
    snprintf(copy, sizeof copy, "%s", body);
    const char *got = take(mapping, status, str_of(unquote(copy)));
    if (!ok(holds(got, wanted), "%s", name))
        printf("#   got:  %s#   want: %s\n", got, wanted);
}

/* ---- one field of one item ---- */

static const struct {
    const char *name, *kind, *fields, *item, *wanted;
} fields[] = {
    {"a text", "case", "'title':'/t'", "'t':'Skov'", "'title':'Skov'"},
    {"a text with escapes", "case", "'title':'/t'", "'t':'\\u00c5b\\nen'", "'title':'Åb\\nen'"},
    {"a number as a text", "case", "'title':'/t'", "'t':12.50", "'title':'12.50'"},
    {"words that are empty are absent", "case", "'title':'/t','number':'/n'", "'t':'','n':'1'",
     "'number':'1'"},
    {"null is absent", "case", "'title':'/t'", "'t':null", "answered"},
    {"what programs use is not empty", "case", "'sending_system':'/t'", "'t':''",
     "invalid an empty text where null is meant"},
    {"true is no text", "case", "'title':'/t'", "'t':true", "invalid true or false where"},
    {"an object is no text", "case", "'title':'/t'", "'t':{'x':1}", "invalid an object or a list"},
    {"a list is no text", "case", "'title':'/t'", "'t':[1]", "invalid an object or a list"},
    {"the fault names its rule", "case", "'title':'/t'", "'t':true", "/items/0/fields/title"},
    {"a deep path", "case", "'title':'/a/b~1c/~0d'", "'a':{'b/c':{'~d':'x'}}", "'title':'x'"},
    {"an element by its place", "case", "'title':'/a/1'", "'a':['x','y']", "'title':'y'"},
    {"an element that is not there", "case", "'title':'/a/1','number':'/n'", "'a':['x'],'n':'1'",
     "'number':'1'"},
    {"an object where a list is meant", "case", "'title':'/a/b'", "'a':['x']",
     "invalid a list where an object is meant"},
    {"a text where an object is meant", "case", "'title':'/a/b'", "'a':'x'",
     "invalid a single value where an object or a list"},
    {"a member twice", "case", "'title':'/t'", "'t':'a','t':'b'", "invalid duplicate member"},
    {"a member twice, once null", "case", "'title':'/t'", "'t':null,'t':'b'",
     "invalid duplicate member"},
    {"an unknown member twice", "case", "'title':'/t'", "'x':1,'x':2,'t':'a'", "'title':'a'"},

    {"the first that is there", "case", "'title':['/a','/b',{'text':'c'}]", "'b':'y'",
     "'title':'y'"},
    {"a constant where nothing is there", "case", "'title':['/a','/b',{'text':'c'}]", "'z':0",
     "'title':'c'"},
    {"a text with a path", "case", "'title':{'text':'{{Nr. {/n}}}'}", "'n':7", "'title':'{Nr. 7}'"},
    {"a text whose path is absent", "case", "'title':{'text':'Nr. {/n}'}", "'z':7", "answered"},
    {"a value of the answer as a whole", "case", "'title':'^/h'", "'z':7", "'title':'hele'"},
    {"what means nothing", "case", "'title':{'at':'/t','none':['-','N/A']}", "'t':'N/A'",
     "answered"},

    {"a table", "case", "'status':{'at':'/s','table':{'A':'decided'}}", "'s':'A'",
     "'status':'decided'"},
    {"a table and a number", "case", "'status':{'at':'/s','table':{'3':'decided'}}", "'s':3",
     "'status':'decided'"},
    {"a table and a truth", "case", "'status':{'at':'/s','table':{'true':'closed'}}", "'s':true",
     "'status':'closed'"},
    {"unmapped is unknown", "case", "'status':{'at':'/s','table':{'A':'decided'}}", "'s':'B'",
     "'status':'unknown'"},
    {"unmapped as the table says", "case",
     "'status':{'at':'/s','table':{'A':'decided'},'unmapped':'opened'}", "'s':'B'",
     "'status':'opened'"},
    {"unmapped is refused", "case", "'status':{'at':'/s','table':{'A':'decided'},'strict':true}",
     "'s':'B'", "invalid an unknown code"},
    {"without a table our own code", "case", "'status':'/s'", "'s':'decided'",
     "'status':'decided'"},
    {"without a table another code is unknown", "case", "'status':'/s'", "'s':'Afgjort'",
     "'status':'unknown'"},
    {"an unknown sensitivity is never a guess", "case",
     "'sensitivity':{'at':'/s','table':{'A':'ordinary'}}", "'s':'B'",
     "invalid an unknown code decides who may see"},
    {"an unknown sensitivity without a table", "case", "'sensitivity':'/s'", "'s':'B'",
     "invalid an unknown code decides who may see"},
    {"a table of texts", "benefit", "'frequency':{'at':'/s','table':{'M':'monthly'}}", "'s':'M'",
     "'frequency':'monthly'"},
    {"a frequency that we do not have", "benefit", "'frequency':'/s'", "'s':'hourly'", "answered"},

    {"a date", "document", "'date':'/d'", "'d':'2026-02-28'", "'date':'2026-02-28'"},
    {"a date that does not exist", "document", "'date':'/d'", "'d':'2026-02-30'",
     "invalid expected a date"},
    {"a date with a time", "document", "'date':'/d'", "'d':'2026-02-28T23:30:00Z'",
     "'date':'2026-03-01'"},
    {"a time of a date alone", "case", "'created':'/d'", "'d':'2026-07-01'",
     "'created':'2026-07-01T00:00:00+02:00'"},
    {"a time without a zone is Danish", "case", "'created':'/d'", "'d':'2026-07-01T10:00:00'",
     "'created':'2026-07-01T10:00:00+02:00'"},
    {"a time without a zone, in UTC", "case", "'created':{'at':'/d','zone':'utc'}",
     "'d':'2026-07-01T10:00:00'", "'created':'2026-07-01T12:00:00+02:00'"},
    {"UTC is said, but the text has a zone", "case", "'created':{'at':'/d','zone':'utc'}",
     "'d':'2026-07-01T10:00:00+02:00'", "'created':'2026-07-01T10:00:00+02:00'"},
    {"seconds since 1970", "case", "'created':{'at':'/d','date':'unix'}", "'d':1795254120",
     "'created':'2026-11-21T10:42:00+01:00'"},
    {"milliseconds since 1970", "case", "'created':{'at':'/d','date':'unix_ms'}",
     "'d':'1795254120999'", "'created':'2026-11-21T10:42:00+01:00'"},
    {"seconds before 1970", "document", "'date':{'at':'/d','date':'unix'}", "'d':-86400",
     "'date':'1969-12-31'"},
    {"seconds beyond the calendar", "document", "'date':{'at':'/d','date':'unix'}",
     "'d':99999999999999", "invalid expected a date"},
    {"seconds with a fraction", "document", "'date':{'at':'/d','date':'unix'}", "'d':1.5",
     "invalid expected a date"},
    {"a Danish date", "document", "'date':{'at':'/d','date':'%d.%m.%Y'}", "'d':'03.02.2026'",
     "'date':'2026-02-03'"},
    {"one digit is not two", "document", "'date':{'at':'/d','date':'%d.%m.%Y'}", "'d':'3.2.2026'",
     "invalid expected a date"},
    {"one digit or two", "document", "'date':{'at':'/d','date':'%-d/%-m %Y'}", "'d':'3/12 2026'",
     "'date':'2026-12-03'"},
    {"digits only", "document", "'date':{'at':'/d','date':'%Y%m%d'}", "'d':'20260203'",
     "'date':'2026-02-03'"},
    {"more than the pattern", "document", "'date':{'at':'/d','date':'%Y%m%d'}", "'d':'202602031'",
     "invalid expected a date"},
    {"a pattern's date must exist", "document", "'date':{'at':'/d','date':'%Y%m%d'}",
     "'d':'20260230'", "invalid expected a date"},
    {"a pattern with time and zone", "case",
     "'created':{'at':'/d','date':'%d-%m-%Y %H:%M:%S.%f %z'}", "'d':'03-02-2026 10:20:30.5 +0000'",
     "'created':'2026-02-03T11:20:30+01:00'"},
    {"a pattern's hour must exist", "case", "'created':{'at':'/d','date':'%Y%m%d %H'}",
     "'d':'20260203 25'", "invalid expected a date"},
    {"an open end", "benefit", "'valid_to':{'at':'/d','date':'%Y%m%d','none':['99991231']}",
     "'d':'99991231'", "answered"},

    {"an amount", "payment", "'amount':'/a'", "'a':'1234.5'", "'net':'1234.50'"},
    {"an amount as a number", "payment", "'amount':'/a'", "'a':-0.05", "'net':'-0.05'"},
    {"an amount with an exponent", "payment", "'amount':'/a'", "'a':1e3", "invalid an amount"},
    {"a comma where a point is meant", "payment", "'amount':'/a'", "'a':'1,5'",
     "invalid an amount"},
    {"a Danish amount", "payment", "'amount':{'at':'/a','amount':{'point':',','thousands':'.'}}",
     "'a':'1.234.567,89'", "'net':'1234567.89'"},
    {"thousands left out", "payment", "'amount':{'at':'/a','amount':{'point':',','thousands':'.'}}",
     "'a':'1234567'", "'net':'1234567.00'"},
    {"thousands in twos", "payment", "'amount':{'at':'/a','amount':{'point':',','thousands':'.'}}",
     "'a':'12.34,00'", "invalid an amount"},
    {"a point for a comma is no guess", "payment",
     "'amount':{'at':'/a','amount':{'point':',','thousands':'.'}}", "'a':'12.5'",
     "invalid an amount"},
    {"oere", "payment", "'amount':{'at':'/a','amount':{'unit':'oere'}}", "'a':123450",
     "'net':'1234.50'"},
    {"oere have no decimals", "payment", "'amount':{'at':'/a','amount':{'unit':'oere'}}",
     "'a':12.5", "invalid an amount"},
    {"the sign behind", "payment", "'amount':{'at':'/a','amount':{'sign':'after'}}", "'a':'5.25-'",
     "'net':'-5.25'"},
    {"the sign in the wrong place", "payment", "'amount':{'at':'/a','amount':{'sign':'after'}}",
     "'a':'-5.25'", "invalid an amount"},
    {"reversed", "payment", "'amount':{'at':'/a','amount':{'reversed':true}}", "'a':'-5'",
     "'net':'5.00'"},
    {"only a sign", "payment", "'amount':'/a'", "'a':'-'", "invalid an amount"},
    {"an amount beyond all money", "payment", "'amount':'/a'", "'a':'99999999999999999'",
     "invalid an amount"},

    {"a flag", "case", "'is_exempt':'/f'", "'f':true", "'is_exempt':1"},
    {"a flag of a text", "case", "'is_exempt':'/f'", "'f':'1'", "'is_exempt':1"},
    {"no flag", "case", "'is_exempt':'/f'", "'f':'ja'", "invalid expected true or false"},
    {"whether", "case", "'is_exempt':{'whether':{'at':'/f','in':['J','X']}}", "'f':'X'",
     "'is_exempt':1"},
    {"a UUID, in lower case", "case", "'uuid':'/u'", "'u':'1DA0D0BB-0013-4A11-8E55-33236072DA01'",
     "'uuid':'1da0d0bb-0013-4a11-8e55-33236072da01'"},
    {"no UUID", "case", "'uuid':'/u'", "'u':'1DA0'", "invalid a UUID"},
    {"a masked number", "credential", "'type':{'text':'pas'},'number':'/n'", "'n':'*** 1234'",
     "'number':'*** 1234'"},
    {"a number not masked", "credential", "'type':{'text':'pas'},'number':'/n'", "'n':'12345678'",
     "invalid a number is not masked"},
    {"a credential's type is a word", "credential", "'type':'/t'", "'t':'Pas!'",
     "invalid expected a word"},
    {"a credential without a type", "credential", "'type':'/t'", "'z':1",
     "invalid a credential without a type"},
    {"an authority", "case", "'authority_cvr':'/v','authority_name':'/n'",
     "'v':'99000001','n':'Andet'", "'cvr':'99000001','authority':'Andet'"},
    {"an authority's number is digits", "case", "'authority_cvr':'/v'", "'v':'9900000a'",
     "invalid a number of an authority"},
    {"an authority nobody asked for", "case", "'authority_cvr':'/v'", "'v':'99000009'",
     "invalid an item of an authority that was not asked for"},

    {"a condition: present", "case", "'title':{'text':'x','when':{'at':'/p','present':true}}",
     "'p':{}", "'title':'x'"},
    {"a condition: absent", "case", "'title':{'text':'x','when':{'at':'/p','present':false}}",
     "'p':null", "'title':'x'"},
    {"a condition that fails", "case", "'title':{'text':'x','when':{'at':'/p','present':true}}",
     "'p':null,'q':1", "'id':'1','status'"},
    {"conditions together", "case",
     "'title':{'text':'x','when':{'all':[{'at':'/a','equals':1},{'any':[{'at':'/b','equals':true},"
     "{'at':'/b','equals':'t'}]},{'not':{'at':'/c','in':['x','y']}}]}}",
     "'a':1,'b':'t','c':'z'", "'title':'x'"},

    {"a contact", "case", "'contacts':{'type':{'text':'phone'},'value':'/t'}", "'t':70101010",
     "'contact':2,'contact_value':'70101010'"},
    {"no contact where nothing is", "case",
     "'number':'/n','contacts':{'type':{'text':'phone'},'value':'/t'}", "'n':1",
     "'status':'unknown','cvr':'99000001','authority':'Registret','number'"},
    {"contacts of a list", "case",
     "'contacts':[{'at':'/k/*','type':{'at':'/a','table':{'t':'phone'}},'value':'/v'}]",
     "'k':[{'a':'t','v':'1'},{'a':'fugl','v':'2'},{'a':'t','v':'3'}]",
     "'contact_value':'1','contact':2,'contact_value':'3'"},
    {"contacts that are texts", "case",
     "'contacts':[{'at':'/k/*','type':{'text':'phone'},'value':'.'}]", "'k':['1','2']",
     "'contact_value':'1','contact':2,'contact_value':'2'"},
    {"contacts of members", "case",
     "'contacts':[{'at':'/k/*','type':{'text':'phone'},'value':'.'}]", "'k':{'a':'1','b':'2'}",
     "'contact_value':'1','contact':2,'contact_value':'2'"},
    {"parts by condition", "case",
     "'contacts':[{'at':'/k/*','when':{'at':'/a','equals':'t'},'type':{'text':'phone'},"
     "'value':'/v'}]",
     "'k':[{'a':'x','v':'1'},{'a':'t','v':'2'}]", "'Registret','contact':2,'contact_value':'2'"},
    {"a website is a safe address", "case", "'contacts':{'type':{'text':'website'},'value':'/t'}",
     "'t':'http://x.dk'", "invalid a link is no safe https address"},
    {"a link with a value in it", "case",
     "'links':{'type':{'text':'decision'},'url':{'text':'https://x.dk/sag/{/n}?s={/s}'}}",
     "'n':'a/b c','s':'&æ'", "'link':1,'link_url':'https://x.dk/sag/a%2Fb%20c?s=%26%C3%A6'"},
    {"a link of the source's", "case", "'links':{'url':'/l'}", "'l':'https://x.dk/1'",
     "'link':3,'link_url':'https://x.dk/1'"},
    {"a link that runs", "case", "'links':{'url':'/l'}", "'l':'javascript:alert(1)'",
     "invalid a link is no safe"},
    {"a link with the citizen's number", "case", "'links':{'url':{'text':'https://x.dk/{/n}'}}",
     "'n':'6101709995'", "invalid a link is no safe"},
    {"a segment that leads elsewhere", "case",
     "'links':{'url':{'text':'https://x.dk/a/{/n}/b'}},'number':'/n'", "'n':'..'",
     "'Registret','number':'..'"},
    {"a party", "case",
     "'parties':[{'at':'/p/*','role':{'at':'/r','table':{'x':'primary'}},'cpr':'/c'}]",
     "'p':[{'r':'x','c':'610170-9995'}]", "'party':0,'party_cpr':'6101709995'"},
    {"a party of an unknown role", "case",
     "'parties':[{'at':'/p/*','role':{'at':'/r','table':{'x':'primary'}},'cpr':'/c'}]",
     "'p':[{'r':'y','c':'610170-9995'}]", "invalid an unknown code decides who may see"},
    {"a party whose number is none", "case", "'parties':[{'at':'/p/*','cpr':'/c'}]",
     "'p':[{'c':'1'}]", "invalid a personal number is none"},
    {"history, oldest first", "case", "'history':[{'at':'/h/*','status':'/s','from':'/f'}]",
     "'h':[{'s':'decided','f':'2026-02-01'},{'s':'created','f':'2026-01-01'}]",
     "'step':'created','step_from':'2026-01-01T00:00:00+01:00','step':'decided'"},
    {"a relation", "case", "'relations':[{'at':'/r/*','type':{'text':'parent'},'id':'.'}]",
     "'r':['a']", "'relation':1,'relation_id':'a'"},
    {"without an id", "case", "'title':{'text':'x'}", "'i':null", "invalid duplicate member"},
};

static void test_fields(void)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        char mapping[4096], body[4096];
        snprintf(mapping, sizeof mapping,
                 "{'format':'json'," ASK ",'answer':{'subject':'/c'},'items':[{'at':'/l/*',"
                 "'kind':'%s','fields':{%s,'id':'/i'}}]}",
                 fields[i].kind, fields[i].fields);
        snprintf(body, sizeof body, "{'h':'hele','c':'6101709995','l':[{'i':'1',%s}]}",
                 fields[i].item);
        check(fields[i].name, mapping, 200, body, fields[i].wanted);
    }
}

/* ---- the answer as a whole ---- */

#define WHOLE(answer, more)                                                                        \
    "{'format':'json'," ASK ",'answer':{" answer "},'items':[{'at':'/l/*','kind':'case',"          \
    "'fields':{'id':'/i'}" more "}]}"
#define NAMED "'c':'6101709995'"
#define ONE   "'l':[{'i':'1'}]"
#define OWN_WORDS                                                                                  \
    "'subject':'/c','request_id':'/r','outcomes':[{'when':{'at':'/k','equals':'U'},'is':'empty'}," \
    "{'when':{'at':'/k','present':true},'is':'failed'},{'status':404,'when':{'at':'/k','equals':"  \
    "'U'},'is':'empty'},{'status':418,'is':'busy'},{'status':204,'is':'empty'}]"

static const struct {
    const char *name, *mapping;
    int status;
    const char *body, *wanted;
} wholes[] = {
    {"named", WHOLE("'subject':'/c'", ""), 200, "{" NAMED "," ONE "}",
     "answered {'subject':'6101709995'}"},
    {"echoed", WHOLE("'request_id':'/r'", ""), 200, "{'r':'r-1'," ONE "}",
     "answered {'request_id':'r-1'}"},
    {"another citizen is reported", WHOLE("'subject':'/c'", ""), 200, "{'c':'7502889996'," ONE "}",
     "answered {'subject':'7502889996'}"},
    {"nobody named is reported", WHOLE("'subject':'/c'", ""), 200, "{" ONE "}", "answered {}"},
    {"no number", WHOLE("'subject':'/c'", ""), 200, "{'c':'x'," ONE "}",
     "invalid a personal number is none"},
    {"an empty list is empty", WHOLE("'subject':'/c'", ""), 200, "{" NAMED ",'l':[]}",
     "empty {'subject'"},
    {"a missing list is not", WHOLE("'subject':'/c'", ""), 200, "{" NAMED "}",
     "invalid a list of items is missing"},
    {"nor one that is null", WHOLE("'subject':'/c'", ""), 200, "{" NAMED ",'l':null}",
     "invalid a list of items is missing"},
    {"nor one that is a text", WHOLE("'subject':'/c'", ""), 200, "{" NAMED ",'l':'x'}",
     "invalid a single value"},
    {"the only list is needed, though optional", WHOLE("'subject':'/c'", ",'optional':true"), 200,
     "{" NAMED "}", "invalid a list of items is missing"},
    {"a list twice", WHOLE("'subject':'/c'", ""), 200, "{" NAMED "," ONE "," ONE "}",
     "invalid duplicate member"},
    {"more than an answer may have", WHOLE("'subject':'/c'", ""), 200,
     "{" NAMED ",'l':[{'i':1},{'i':2},{'i':3},{'i':4},{'i':5},{'i':6}]}",
     "invalid more items than an answer may have"},
    {"those that no rule takes do not count",
     WHOLE("'subject':'/c'", ",'when':{'at':'/x','present':true}"), 200,
     "{" NAMED ",'l':[{'i':1},{'i':2},{'i':3},{'i':4},{'i':5},{'i':6,'x':1}]}", "'id':'6'"},
    {"as of, and old by its own word",
     WHOLE("'subject':'/c','as_of':{'at':'/t','date':'unix'},'stale':{'at':'/o','equals':true}",
           ""),
     200, "{" NAMED ",'t':1795254120,'o':true," ONE "}",
     "'as_of':'2026-11-21T10:42:00+01:00','is_stale':1"},
    {"a cursor", WHOLE("'subject':'/c','next':{'cursor':'/n'}", ""), 200,
     "{" NAMED ",'n':'p2'," ONE "}", "'cursor':'p2'"},
    {"no cursor, no page", WHOLE("'subject':'/c','next':{'cursor':'/n'}", ""), 200,
     "{" NAMED ",'n':null," ONE "}", "answered {'subject':'6101709995'}"},
    {"an empty list with a cursor goes on", WHOLE("'subject':'/c','next':{'cursor':'/n'}", ""), 200,
     "{" NAMED ",'n':'p2','l':[]}", "answered"},
    {"a cursor while there is more",
     WHOLE("'subject':'/c','next':{'cursor':'/n','more':{'at':'/m','equals':true}}", ""), 200,
     "{" NAMED ",'n':'p2','m':false," ONE "}", "answered {'subject':'6101709995'}"},
    {"more without a cursor",
     WHOLE("'subject':'/c','next':{'cursor':'/n','more':{'at':'/m','equals':true}}", ""), 200,
     "{" NAMED ",'m':true," ONE "}", "invalid there is more, and nothing says where"},
    {"a link to the next page",
     WHOLE("'subject':'/c','next':{'cursor':'/n','parameter':'side'}", ""), 200,
     "{" NAMED ",'n':'https://evil.example/x?a=1&side=p%202%26#top'," ONE "}", "'cursor':'p 2&'"},
    {"a link without the parameter",
     WHOLE("'subject':'/c','next':{'cursor':'/n','parameter':'side'}", ""), 200,
     "{" NAMED ",'n':'https://x.example/?a=1'," ONE "}",
     "invalid the link to the next page has no such"},
    {"a link with half an escape",
     WHOLE("'subject':'/c','next':{'cursor':'/n','parameter':'side'}", ""), 200,
     "{" NAMED ",'n':'/?side=a%2'," ONE "}", "invalid the link to the next page has no such"},
    {"a page of pages", WHOLE("'subject':'/c','next':{'page':'/p','pages':'/q'}", ""), 200,
     "{" NAMED ",'p':1,'q':'3'," ONE "}", "'cursor':'2'"},
    {"the last page", WHOLE("'subject':'/c','next':{'page':'/p','pages':'/q'}", ""), 200,
     "{" NAMED ",'p':3,'q':3," ONE "}", "answered {'subject':'6101709995'}"},
    {"a page that is none", WHOLE("'subject':'/c','next':{'page':'/p','pages':'/q'}", ""), 200,
     "{" NAMED ",'p':'x','q':3," ONE "}", "invalid the number of a page is none"},
    {"a page without a number", WHOLE("'subject':'/c','next':{'page':'/p','pages':'/q'}", ""), 200,
     "{" NAMED ",'q':3," ONE "}", "invalid the number of a page is none"},

    {"its own word for nothing", WHOLE(OWN_WORDS, ""), 200, "{'k':'U'," NAMED "}",
     "empty {'subject':'6101709995'}"},
    {"says nothing, holds something", WHOLE(OWN_WORDS, ""), 200, "{'k':'U'," NAMED "," ONE "}",
     "invalid it says that it holds nothing, and does"},
    {"its own error", WHOLE(OWN_WORDS, ""), 200, "{'k':'E'," NAMED "," ONE "}",
     "failed the source says that it failed"},
    {"404 for an unknown citizen", WHOLE(OWN_WORDS, ""), 404, "{'k':'U','r':'r-1'}",
     "empty {'request_id':'r-1'}"},
    {"404 for something else", WHOLE(OWN_WORDS, ""), 404, "{'k':'E','r':'r-1'}",
     "failed the source has no such service"},
    {"404 in HTML", WHOLE(OWN_WORDS, ""), 404, "<html>",
     "failed the source has no such service at 0"},
    {"a status by itself", WHOLE(OWN_WORDS, ""), 418, "<html>", "busy"},
    {"empty by its status must still be proven", WHOLE(OWN_WORDS, ""), 204, "",
     "invalid a status that is neither"},
    {"empty by its status", WHOLE(OWN_WORDS, ""), 204, "{'r':'r-1'}", "empty {'request_id':'r-1'}"},
    {"a status nobody speaks of: 403", WHOLE(OWN_WORDS, ""), 403, "{}", "refused"},
    {"a status nobody speaks of: 429", WHOLE(OWN_WORDS, ""), 429, "{}", "busy"},
    {"a status nobody speaks of: 500", WHOLE(OWN_WORDS, ""), 500, "{}", "failed"},
    {"a status nobody speaks of: 302", WHOLE(OWN_WORDS, ""), 302, "{}", "invalid"},

    {"no JSON", WHOLE("'subject':'/c'", ""), 200, "<html>", "invalid expected a value"},
    {"nothing at all", WHOLE("'subject':'/c'", ""), 200, "", "invalid unexpected end"},
    {"a list instead", WHOLE("'subject':'/c'", ""), 200, "[]", "invalid a list where an object"},
    {"a text instead", WHOLE("'subject':'/c'", ""), 200, "'x'", "invalid a single value"},
    {"trailing bytes", WHOLE("'subject':'/c'", ""), 200, "{" NAMED "," ONE "}x", "invalid"},
    {"an item without an id", WHOLE("'subject':'/c'", ""), 200, "{" NAMED ",'l':[{'x':1}]}",
     "invalid an item without an id"},
    {"items that are texts", WHOLE("'subject':'/c'", ""), 200, "{" NAMED ",'l':['x']}",
     "invalid a single value"},
    {"items that are null are none", WHOLE("'subject':'/c'", ""), 200, "{" NAMED ",'l':[null]}",
     "empty"},

    {"items that name their citizen", WHOLE("", ",'subject':'/b'"), 200,
     "{'l':[{'i':1,'b':'610170-9995'}]}", "answered {'subject':'6101709995'}"},
    {"one that does not", WHOLE("", ",'subject':'/b'"), 200,
     "{'l':[{'i':1,'b':'610170-9995'},{'i':2}]}", "invalid an item does not name its citizen"},
    {"one of somebody else, first", WHOLE("", ",'subject':'/b'"), 200,
     "{'l':[{'i':1,'b':'7502889996'},{'i':2,'b':'6101709995'}]}",
     "answered {'subject':'7502889996'}"},
    {"one of somebody else, last", WHOLE("", ",'subject':'/b'"), 200,
     "{'l':[{'i':1,'b':'6101709995'},{'i':2,'b':'7502889996'}]}",
     "answered {'subject':'7502889996'}"},
    {"the answer names one, an item another", WHOLE("'subject':'/c'", ",'subject':'/b'"), 200,
     "{" NAMED ",'l':[{'i':1,'b':'7502889996'}]}", "answered {'subject':'7502889996'}"},

    {"several places",
     "{'format':'json'," ASK ",'answer':{'subject':'/c'},'items':[{'at':['/l/*','/en'],'kind':"
     "'case','fields':{'id':'/i'}}]}",
     200, "{" NAMED ",'en':{'i':'e'}}", "'id':'e'"},
    {"two kinds of one element",
     "{'format':'json'," ASK ",'answer':{'subject':'/c'},'items':[{'at':'/l/*','kind':'case',"
     "'fields':{'id':'/i'}},{'at':'/l/*','kind':'appointment','when':{'at':'/d','present':true},"
     "'fields':{'id':'/i','deadline':'/d'}}]}",
     200, "{" NAMED ",'l':[{'i':'1','d':'2026-12-24'},{'i':'2'}]}",
     "'kind':'appointment','id':'1'"},
    {"a value inside an item's only place",
     "{'format':'json'," ASK ",'answer':{'subject':'/en/c'},'items':[{'at':'/en','kind':"
     "'case','fields':{'id':'/i'}}]}",
     200, "{'en':{'i':'e'," NAMED "}}", "answered {'subject':'6101709995'}"},
    {"the answer is the item, and holds another",
     "{'format':'json'," ASK ",'answer':{'subject':'/c'},'items':[{'at':'.','kind':'benefit',"
     "'fields':{'id':'/i'},'items':[{'at':'.','kind':'payment','fields':{'id':'/p'}}]}]}",
     200, "{'i':'y','p':'1'," NAMED "}", "'kind':'payment','id':'y\\u001f1'"},
    {"the answer is the list",
     "{'format':'json'," ASK ",'answer':{},'items':[{'at':'/*','kind':'case','subject':'/c',"
     "'fields':{'id':'/i'}}]}",
     200, "[{'i':'e'," NAMED "}]", "answered {'subject':'6101709995'}"},
};

static void test_wholes(void)
{
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        check(wholes[i].name, wholes[i].mapping, wholes[i].status, wholes[i].body,
              wholes[i].wanted);

    const char *paged = WHOLE("'subject':'/c','next':{'cursor':'/n'}", "");
    question.cursor = STR("p2");
    check("the next page is this page", paged, 200, "{" NAMED ",'n':'p2'," ONE "}",
          "invalid the next page is this page");
    question.cursor = STR_NONE;

    question.kind = QUESTION_DETAIL;
    question.item_id = STR("2");
    check("without a service for one, the one is kept of the list", WHOLE("'subject':'/c'", ""),
          200, "{" NAMED ",'l':[{'i':1},{'i':2},{'i':3}]}",
          "answered {'subject':'6101709995'}\n{'kind':'case','id':'2'");
    check("and it is empty where the one is gone", WHOLE("'subject':'/c'", ""), 200,
          "{" NAMED ",'l':[{'i':1}]}", "empty");
    check("with one, another than the one asked for is refused",
          "{'format':'json','request':{'list':{'json':'{cpr}'},'detail':{'json':'{cpr}{id}'}},"
          "'answer':{'subject':'/c'},'items':[{'at':'/l/*','kind':'case','fields':{'id':'/i'}}]}",
          200, "{" NAMED ",'l':[{'i':1}]}", "invalid another item than the one asked for");
    question.kind = QUESTION_LIST;
    question.item_id = STR_NONE;
}

/* ---- XML ---- */

#define XML                                                                                        \
    "{'format':'xml','namespaces':{'a':'urn:a'}," ASK ",'answer':{'subject':'/a:S/a:C',"           \
    "'request_id':'/a:S/@ref'},'items':[{'at':'/a:S/a:L/{urn:b}I','kind':'case','fields':"         \
    "{'id':'/@nr','title':'/T','contacts':[{'at':'/K','type':{'text':'phone'},'value':'.'}]}}]}"
#define XML_OPEN "<S xmlns='urn:a' xmlns:b='urn:b'><C>6101709995</C>"

static const struct {
    const char *name, *body, *wanted;
} xmls[] = {
    {"elements by namespace, attributes",
     XML_OPEN "<L><b:I nr='1'><T xmlns=''> Skov \n</T><T/></b:I></L></S>",
     "'id':'1','title':'Skov'"},
    {"the same names of other namespaces are others",
     XML_OPEN "<L><b:I nr='1'><T>x</T></b:I><I nr='2'/></L></S>", "'id':'1','status'"},
    {"a list of elements",
     XML_OPEN "<L><b:I nr='1'><K xmlns=''>1</K><K xmlns=''>2</K></b:I></L></S>",
     "'contact_value':'1','contact':2,'contact_value':'2'"},
    {"an empty list", XML_OPEN "<L/></S>", "empty {'subject':'6101709995'}"},
    {"no list", XML_OPEN "</S>", "invalid a list of items is missing"},
    {"another root", "<X/>", "invalid a list of items is missing"},
    {"nil is absent",
     XML_OPEN "<L><b:I nr='1'><T xmlns='' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' "
              "i:nil='true'>x</T></b:I></L></S>",
     "'id':'1','status'"},
    {"a value twice", XML_OPEN "<C>6101709995</C><L/></S>", "invalid a value comes twice"},
    {"a doubled wrapper brings nothing in",
     XML_OPEN "<L><b:I nr='1'><T xmlns=''>x</T><T xmlns=''>y</T></b:I></L></S>",
     "invalid a value comes twice"},
    {"elements in a text", XML_OPEN "<L><b:I nr='1'><T xmlns=''><B/>x</T></b:I></L></S>",
     "invalid an object or a list"},
    {"a text for elements", XML_OPEN "<L>x</L></S>", "invalid a text where elements are meant"},
    {"a DOCTYPE", "<!DOCTYPE S>" XML_OPEN "<L/></S>", "invalid a DOCTYPE is not allowed"},
    {"an entity", XML_OPEN "<L>&x;</L></S>", "invalid"},
    {"cut", XML_OPEN "<L>", "invalid"},
    {"an unknown element holds whatever it wants",
     XML_OPEN "<Z><C>7502889996</C><L><b:I nr='9'/></L></Z><L/></S>", "empty"},
};

static void test_xml(void)
{
    for (size_t i = 0; i < sizeof xmls / sizeof *xmls; i++)
        check(xmls[i].name, XML, 200, xmls[i].body, xmls[i].wanted);
}

/* ---- hostile ---- */

static void test_hostile(void)
{
    const char *mapping = WHOLE("'subject':'/c'", ",'items':[{'at':'/d/*','kind':'document',"
                                                  "'fields':{'id':'/i'}}]");
    struct buf body;
    buf_init(&body, 64 << 20);

    for (int i = 0; i < 100000; i++)
        buf_add_str(&body, STR("{\"l\":["));
    ok(holds(take(mapping, 200, buf_str(&body)), "invalid nested too deeply"), "lists of lists");
    buf_reset(&body);
    buf_add_str(&body, STR("{\"x\":"));
    for (int i = 0; i < 100000; i++)
        buf_add_byte(&body, '[');
    ok(holds(take(mapping, 200, buf_str(&body)), "invalid nested too deeply"), "deep nesting");
    buf_reset(&body);
    buf_add_str(&body, STR("{\"c\":\"6101709995\",\"l\":["));
    for (int i = 0; i < 500000; i++)
        buf_add_str(&body, STR("{},"));
    ok(holds(take(mapping, 200, buf_str(&body)), "invalid the answer needs more room"),
       "more elements than there is room for");
    buf_reset(&body);
    buf_add_str(&body, STR("{\"c\":\"6101709995\",\"l\":[{\"i\":1,\"d\":["));
    for (int i = 0; i < 6; i++)
        buf_add_str(&body, STR("{\"i\":1},"));
    buf_add_str(&body, STR("{\"i\":1}]}]}"));
    ok(holds(take(mapping, 200, buf_str(&body)), "invalid more items than"),
       "items within an item count");
    buf_reset(&body);
    buf_add_str(&body, STR("{\"c\":\"6101709995\",\"l\":[{\"i\":\""));
    for (int i = 0; i < 801; i++)
        buf_add_byte(&body, 'x');
    buf_add_str(&body, STR("\"}]}"));
    ok(holds(take(mapping, 200, buf_str(&body)), "invalid a text is too long"), "a long id");
    buf_reset(&body);
    buf_add_str(&body, STR("{\"c\":\"6101709995\",\"l\":[{\"i\":1,\"a\":["));
    for (int i = 0; i < UINT16_MAX; i++)
        buf_add_str(&body, STR("0,"));
    buf_add_str(&body, STR("\"y\"]}]}"));
    ok(!holds(take("{'format':'json'," ASK
                   ",'answer':{'subject':'/c'},'items':[{'at':'/l/*','kind':"
                   "'case','fields':{'id':'/i','title':'/a/x','number':'/a/0'}}]}",
                   200, buf_str(&body)),
              "title"),
       "no element of a list has a name, however many there are");
    ok(holds(take(mapping, 200, str_make("{\"c\":\"\0\"}", 9)), "invalid control character"),
       "NUL in a text");
    ok(holds(take(mapping, 200, STR("{\"c\":\"\\u0000\"}")), "invalid"), "NUL as an escape");
    ok(holds(take(mapping, 200, STR("{\"c\":\"\xff\"}")), "invalid invalid UTF-8"), "no UTF-8");
    buf_clear(&body);

    buf_init(&body, 1 << 20);
    buf_add_str(&body, STR("{\"c\":\"6101709995\",\"l\":[{\"i\":1,\"k\":["));
    for (int i = 0; i < 100; i++)
        buf_add_str(&body, STR("\"1\","));
    buf_add_str(&body, STR("\"1\"]}]}"));
    ok(holds(take("{'format':'json'," ASK ",'answer':{'subject':'/c'},'items':[{'at':'/l/*','kind':"
                  "'case','fields':{'id':'/i','contacts':[{'at':'/k/*','type':{'text':'phone'},"
                  "'value':'.'}]}}]}",
                  200, buf_str(&body)),
             "invalid too many parts in one item"),
       "more parts than an item may have");
    buf_clear(&body);
}

/* ---- what one who writes a mapping is told ---- */

struct told {
    struct buf lines;
};

static void on_field(void *ctx, const struct item *item, const struct mapped_origin *origin)
{
    struct told *told = ctx;
    buf_format(&told->lines, "%.*s %.*s %.*s %.*s=%.*s\n", STR_ARG(item_kind_name(item->kind)),
               STR_ARG(origin->field), STR_ARG(origin->rule), STR_ARG(origin->path),
               STR_ARG(origin->text));
}

static void on_unmapped(void *ctx, struct str path)
{
    struct told *told = ctx;
    buf_format(&told->lines, "unmapped %.*s\n", STR_ARG(path));
}

static const char *trace(const char *mapping_text, const char *body_text, struct told *told)
{
    struct config config;
    struct mapping mapping;
    char body[4096];
    struct node root = config_parse(&config, mapping_text);
    struct mapped_trace by = {told, on_field, on_unmapped};
    struct answer_fault fault;
    struct parsed parsed;

    snprintf(body, sizeof body, "%s", body_text);
    struct answer answer = {
        .http_status = 200, .body = str_of(unquote(body)), .items_max = ITEMS_MAX};
    ok(mapping_parse(root, MAPPED_ANY_KIND, config.arena, &mapping, &config.faults),
       "the mapping is good");
    source.mapping = &mapping;
    buf_reset(&told->lines);
    ok(outcome_is_positive(mapped_parse(config.arena, &question, &answer, &by, &parsed, &fault)),
       "the answer is taken");
    buf_add_byte(&told->lines, '\0');
    config_clear(&config);
    return told->lines.at;
}

static void test_trace(void)
{
    struct told told;
    buf_init(&told.lines, 65536);
    is_str(trace("{'format':'json'," ASK ",'answer':{'subject':'/c'},'items':[{'at':'/l/*','kind':"
                 "'case','fields':{'id':'/i','title':['/t',{'text':'x'}],'contacts':[{'at':'/k/*',"
                 "'type':{'text':'phone'},'value':'.'}]}}]}",
                 "{" NAMED ",'x':{'y':1},'n':null,'l':[{'i':7,'k':['70'],'z':[1,2]}]}", &told),
           "unmapped /x\n"
           "unmapped /l/*/z\n"
           "case id /items/0/fields/id /i=7\n"
           "case title /items/0/fields/title/1 =x\n"
           "case contacts.type /items/0/fields/contacts/0/type =phone\n"
           "case contacts.value /items/0/fields/contacts/0/value .=70\n",
           "which rule made each field, and what nobody mapped");
    is_str(trace(XML, XML_OPEN "<Z><Y/></Z><L><b:I nr='1'><U>x</U></b:I></L></S>", &told),
           "unmapped /S/Z\n"
           "unmapped /S/L/I/U\n"
           "case id /items/0/fields/id /@nr=1\n",
           "in XML as well");
    buf_clear(&told.lines);
}

int main(void)
{
    buf_init(&dumped, 1 << 20);
    test_fields();
    test_wholes();
    test_xml();
    test_hostile();
    test_trace();
    buf_clear(&dumped);
    return done_testing();
}
