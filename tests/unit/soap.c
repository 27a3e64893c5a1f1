/* SPDX-License-Identifier: MIT */
/* Envelopes: what is taken at its place, what is passed over, what ends the reading. */
#include "tests/unit/municipal.h"

enum { TITLE = 1, LIST, ENTRY, THING };

static const struct soap_element list_children[] = {
    SOAP_MANY(NS_SD, "Entry", ENTRY, NULL),
};
static const struct soap_type list_type = SOAP_TYPE(list_children);
static const struct soap_element thing_children[] = {
    SOAP_ONE(NS_SD, "Title", TITLE, NULL),
    SOAP_ONE(NS_SD, "List", LIST, &list_type),
};
static const struct soap_type thing_type = SOAP_TYPE(thing_children);
static const struct soap_element thing = SOAP_ONE(NS_SD, "Thing", THING, &thing_type);

/* What the callbacks were told: "+1" for enter, "-1=text" for leave. */
struct heard {
    char text[512];
};

static void hear(struct heard *heard, const char *sign, int tag, struct str text)
{
    size_t len = strlen(heard->text);

    snprintf(heard->text + len, sizeof heard->text - len, "%s%d%s%.*s ", sign, tag,
             text.len ? "=" : "", STR_ARG(text));
}

static const char *on_enter(void *ctx, int tag)
{
    hear(ctx, "+", tag, STR(""));
    return NULL;
}

static const char *on_leave(void *ctx, int tag, struct str text)
{
    hear(ctx, "-", tag, text);
    return str_equal(text, STR("objection")) ? "the reader objects" : NULL;
}

static bool read_sample(struct arena *arena, const char *sample, struct heard *heard,
                        struct soap_message *message, struct answer_fault *fault)
{
    static const struct soap_handler handler = {on_enter, on_leave};

    *heard = (struct heard){0};
    return soap_read(arena, expand(arena, str_of(sample)), &thing, &handler, heard, message, fault);
}

#define THING(content) BODY("<sd:Thing>" content "</sd:Thing>")

static void test_taken(void)
{
    static const struct {
        const char *name, *sample, *heard;
    } samples[] = {
        {"nothing in it", THING(""), "+4 -4 "},
        {"a text", THING("<sd:Title>A &amp; B</sd:Title>"), "+4 +1 -1=A & B -4 "},
        {"texts in CDATA", THING("<sd:Title>a<![CDATA[<b>]]>c</sd:Title>"), "+4 +1 -1=a<b>c -4 "},
        {"a comment inside", THING("<sd:Title>a<!-- x -->c</sd:Title>"), "+4 +1 -1=ac -4 "},
        {"an empty text", THING("<sd:Title/>"), "+4 +1 -1 -4 "},
        {"what repeats", THING("<sd:List><sd:Entry>1</sd:Entry><sd:Entry>2</sd:Entry></sd:List>"),
         "+4 +2 +3 -3=1 +3 -3=2 -2 -4 "},
        {"unknown elements and all they hold",
         THING("<sd:New><sd:Title>x</sd:Title><sd:List><sd:Entry>y</sd:Entry></sd:List></sd:New>"
               "<sd:Title>z</sd:Title>"),
         "+4 +1 -1=z -4 "},
        {"a known name at another place", THING("<sd:Entry>1</sd:Entry>"), "+4 -4 "},
        {"a known name in another namespace", THING("<gd:Title>1</gd:Title>"), "+4 -4 "},
        {"a known name in none", THING("<Title>1</Title>"), "+4 -4 "},
        {"another prefix for the same namespace",
         THING("<q:Title xmlns:q=\"urn:oio:sagdok:3.0.0\">1</q:Title>"), "+4 +1 -1=1 -4 "},
        {"attributes do not matter", THING("<sd:Title a=\"1\" sd:b=\"2\">t</sd:Title>"),
         "+4 +1 -1=t -4 "},
        {"no header", ENVELOPE("<soap:Body><sd:Thing/></soap:Body>"), "+4 -4 "},
        {"other headers",
         ENVELOPE("<soap:Header><sd:Security><sd:Thing/></sd:Security></soap:Header>"
                  "<soap:Body><sd:Thing/></soap:Body>"),
         "+4 -4 "},
        {"a fault", BODY("<soap:Fault><faultcode>soap:Server</faultcode></soap:Fault>"), ""},
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct soap_message message;
        struct answer_fault fault = {0};
        struct heard heard;

        ok(read_sample(arena, samples[i].sample, &heard, &message, &fault), "%s: is read",
           samples[i].name);
        is_str(heard.text, samples[i].heard, "%s: what is heard", samples[i].name);
        is_int(message.is_fault, holds(str_of(samples[i].sample), "Fault"), "%s: is it a fault",
               samples[i].name);
        arena_free(&arena);
    }
}

static void test_refused(void)
{
    static const struct ugly samples[] = {
        {"nothing", "", 0, "no element found"},
        {"no SOAP", "<sd:Thing@/>", 0, "not a SOAP 1.1 envelope"},
        {"SOAP 1.2", "<Envelope xmlns=\"http://www.w3.org/2003/05/soap-envelope\"/>", 0,
         "not a SOAP 1.1 envelope"},
        {"an envelope in no namespace", "<Envelope><Body/></Envelope>", 0,
         "not a SOAP 1.1 envelope"},
        {"no Body", ENVELOPE(HEADER), 0, "no Body"},
        {"an empty Body", BODY(""), 0, "an empty Body"},
        {"only text in the Body", BODY("Thing"), 0, "an empty Body"},
        {"two Bodies",
         ENVELOPE("<soap:Body><sd:Thing/></soap:Body><soap:Body><sd:Thing/></soap:Body>"), 0,
         "an element comes twice"},
        {"two Headers", ENVELOPE(HEADER HEADER "<soap:Body><sd:Thing/></soap:Body>"), 0,
         "an element comes twice"},
        {"a Header behind", ENVELOPE("<soap:Body><sd:Thing/></soap:Body>" HEADER), 0,
         "the Header comes after the Body"},
        {"two things", BODY("<sd:Thing/><sd:Thing/>"), 0, "an element comes twice"},
        {"a thing and a fault", BODY("<sd:Thing/><soap:Fault/>"), 0, "the Body holds two elements"},
        {"a fault and a thing", BODY("<soap:Fault/><sd:Thing/>"), 0, "the Body holds two elements"},
        {"another thing", BODY("<sd:Other/>"), 0, "an unknown element in the envelope or its Body"},
        {"a thing in another namespace", BODY("<gd:Thing/>"), 0,
         "an unknown element in the envelope or its Body"},
        {"a wrapped Body", ENVELOPE("<sd:Wrap><soap:Body><sd:Thing/></soap:Body></sd:Wrap>"), 0,
         "an unknown element in the envelope or its Body"},
        {"a wrapped thing", BODY("<sd:Wrap><sd:Thing/></sd:Wrap>"), 0,
         "an unknown element in the envelope or its Body"},
        {"a wrapped envelope", "<sd:Wrap@><soap:Envelope><soap:Body/></soap:Envelope></sd:Wrap>", 0,
         "not a SOAP 1.1 envelope"},
        {"two texts", THING("<sd:Title>a</sd:Title><sd:Title>b</sd:Title>"), 0,
         "an element comes twice"},
        {"two ids",
         ENVELOPE("<soap:Header><rh:RequestHeader><rh:TransactionUUID>1</rh:TransactionUUID>"
                  "<rh:TransactionUUID>2</rh:TransactionUUID></rh:RequestHeader></soap:Header>"
                  "<soap:Body><sd:Thing/></soap:Body>"),
         0, "an element comes twice"},
        {"an endless id",
         ENVELOPE("<soap:Header><rh:RequestHeader><rh:TransactionUUID>"
                  "0123456789012345678901234567890123456789012345678901234567890123456789"
                  "</rh:TransactionUUID></rh:RequestHeader></soap:Header>"
                  "<soap:Body><sd:Thing/></soap:Body>"),
         0, "the transaction's id is too long"},
        {"an element in a text", THING("<sd:Title>a<sd:b/>c</sd:Title>"), 0,
         "an element inside a text"},
        {"what the reader does not want", THING("<sd:Title>objection</sd:Title>"), 0,
         "the reader objects"},
        {"a DOCTYPE", "<!DOCTYPE a><soap:Envelope@/>", 0, "a DOCTYPE is not allowed"},
        {"an instruction", THING("<?php echo 1 ?>"), 0, "a processing instruction is not allowed"},
        {"an unknown entity", THING("<sd:Title>&aring;</sd:Title>"), 0, "undefined entity"},
        {"something behind", THING("") "<a/>", 0, "junk after document element"},
    };

    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct arena *arena = arena_new(ARENA_MAX);
        struct soap_message message;
        struct answer_fault fault = {0};
        struct heard heard;

        ok(!read_sample(arena, samples[i].sample, &heard, &message, &fault), "%s: is refused",
           samples[i].name);
        is_str(fault.why, samples[i].why, "%s: why", samples[i].name);
        arena_free(&arena);
    }
}

static void test_place(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct str sample = expand(arena, STR("<soap:Envelope@>\n<soap:Body>\n<sd:Thing>\n<sd:Title>a"
                                          "</sd:Title><sd:Title>"));
    struct soap_message message;
    struct answer_fault fault = {0};
    struct heard heard = {0};
    static const struct soap_handler handler = {on_enter, on_leave};

    ok(!soap_read(arena, sample, &thing, &handler, &heard, &message, &fault), "a fault far in");
    is_int((long long)fault.offset, (long long)(sample.len - strlen("<sd:Title>")),
           "its byte is told");
    arena_free(&arena);
}

static void test_transaction(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct soap_message message;
    struct answer_fault fault;
    struct heard heard;

    ok(read_sample(arena, THING(""), &heard, &message, &fault) &&
           is(message.transaction, REQUEST_ID),
       "the transaction's id is taken");
    ok(read_sample(arena, ENVELOPE("<soap:Body><sd:Thing/></soap:Body>"), &heard, &message,
                   &fault) &&
           is(message.transaction, NULL),
       "or is absent");
    ok(read_sample(arena,
                   ENVELOPE("<soap:Header><rh:TransactionUUID>x</rh:TransactionUUID></soap:Header>"
                            "<soap:Body><sd:Thing/></soap:Body>"),
                   &heard, &message, &fault) &&
           is(message.transaction, NULL),
       "or stands at the wrong place");
    arena_free(&arena);
}

static void test_written(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct soap_message message;
    struct answer_fault fault;
    struct heard heard = {0};
    static const struct soap_handler handler = {on_enter, on_leave};
    struct buf out;

    buf_init(&out, 1 << 16);
    soap_open(&out, STR("a<b"));
    buf_add_str(&out, STR("<sd:Thing>"));
    soap_text(&out, "sd:Title", STR("<&>\" \xc3\xa6"));
    buf_add_str(&out, STR("</sd:Thing>"));
    soap_close(&out);
    ok(soap_read(arena, buf_str(&out), &thing, &handler, &heard, &message, &fault) &&
           is(message.transaction, "a<b"),
       "what is written is read again");
    is_str(heard.text, "+4 +1 -1=<&>\" \xc3\xa6 -4 ", "with its texts as they were");
    buf_clear(&out);
    arena_free(&arena);
}

int main(void)
{
    test_taken();
    test_refused();
    test_place();
    test_transaction();
    test_written();
    return done_testing();
}
