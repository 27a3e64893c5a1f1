/* SPDX-License-Identifier: MIT */
/* Every byte in every place of a request: whatever a source once gave us as a cursor or an id, it
 * stays one value there, and no personal number reaches an address or a header. */
#include "tests/mapping.h"

#include "base/reader.h"
#include "base/xml.h"

enum { ARENA_MAX = 1 << 20, BYTES = 256 };

static struct cpr subject = {"6101709995"};
static struct mapping mapping;
static struct source source = {.path = STR_INIT("/liste"),
                               .detail_path = STR_INIT("/en"),
                               .mapping = &mapping,
                               .adapter = &adapter_mapped};

static struct question asking(struct str cursor)
{
    return (struct question){.source = &source,
                             .subject = &subject,
                             .cursor = cursor,
                             .request_id = STR("r-1"),
                             .now = {INT64_C(1795254120000), true}};
}

static bool build(struct arena *arena, const struct question *question, struct ask *ask,
                  struct buf *body)
{
    buf_reset(body);
    *ask = (struct ask){.body = body};
    return adapter_mapped.build(arena, question, ask);
}

static void prepare(struct arena *arena, const char *request)
{
    char text[2048];
    snprintf(text, sizeof text,
             "{'format':'json','request':{'list':{%s}},'answer':{'subject':'/c'},"
             "'items':[{'at':'/l/*','kind':'case','fields':{'id':'/i'}}]}",
             request);
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    mapping_of(arena, str_of(text), &mapping);
}

/* What a byte becomes in a text that must be UTF-8. */
static bool is_as_sent(struct str got, struct str sent)
{
    return str_is_utf8(sent) ? str_equal(got, sent) : str_is_utf8(got);
}

/* ---- JSON ---- */

static bool json_keeps(struct arena *arena, struct str body, struct str sent)
{
    static const struct str names[] = {STR_INIT("a"), STR_INIT("b"), STR_INIT("c")};
    struct reader r;
    struct str name, values[3] = {STR_NONE, STR_NONE, STR_NONE};
    uint64_t seen = 0;

    reader_init(&r, body, arena);
    if (reader_object(&r)) {
        while (reader_member(&r, &name)) {
            int i = reader_field(&r, name, names, 3, &seen);
            if (i < 0)
                return false;
            values[i] = reader_string(&r);
        }
    }
    /* A NUL is text that our own reader refuses; JSON has it as an escape. */
    if (str_find_byte(sent, '\0') < sent.len)
        return str_find(body, STR("\\u0000")) < body.len;
    return reader_end(&r) && str_equal(values[0], STR("6101709995")) &&
           is_as_sent(values[1], sent) && str_equal(values[2], STR("slut"));
}

/* ---- XML ---- */

struct seen {
    struct buf attribute, text;
    size_t elements;
};

static const char *on_start(void *ctx, struct str uri, struct str name,
                            const struct xml_attribute *attributes, size_t count)
{
    struct seen *seen = ctx;
    (void)uri;
    seen->elements++;
    if (str_equal(name, STR("b")) && count == 1)
        buf_add_str(&seen->attribute, attributes[0].value);
    return NULL;
}

static const char *on_end(void *ctx, struct str uri, struct str name, struct str text)
{
    struct seen *seen = ctx;
    (void)uri;
    if (str_equal(name, STR("b")))
        buf_add_str(&seen->text, text);
    return NULL;
}

static bool xml_keeps(struct str body, struct str sent)
{
    static const struct xml_handler handler = {on_start, on_end};
    struct seen seen = {.elements = 0};
    struct xml_fault fault;

    buf_init(&seen.attribute, 4096);
    buf_init(&seen.text, 4096);
    bool is_read = xml_read(body, &handler, &seen, &fault) && seen.elements == 3;
    unsigned char byte = (unsigned char)sent.at[1];
    bool is_kept = byte >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r';
    bool is_same = !is_kept || (is_as_sent(buf_str(&seen.text), sent) &&
                                is_as_sent(buf_str(&seen.attribute), sent));
    buf_clear(&seen.attribute);
    buf_clear(&seen.text);
    return is_read && is_same;
}

/* ---- percent ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decodes_to(struct str encoded, struct str sent)
{
    size_t at = 0;
    for (size_t i = 0; i < encoded.len; i++, at++) {
        char c = encoded.at[i];
        if (c == '%' && i + 2 < encoded.len) {
            c = (char)(hex(encoded.at[i + 1]) * 16 + hex(encoded.at[i + 2]));
            i += 2;
        } else if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~",
                           c)) {
            return false;
        }
        if (at >= sent.len || sent.at[at] != c)
            return false;
    }
    return at == sent.len;
}

static struct str between(struct str s, struct str before, struct str after)
{
    struct str rest = str_skip(s, str_find(s, before) + before.len);
    return str_head(rest, str_find(rest, after));
}

static void test_every_byte(void)
{
    static const char *const requests[] = {
        "'json':{'a':'{cpr}','b':'{cursor}','c':'slut'}",
        "'xml':'<a><b x=\\'{cursor}\\'>{cursor}</b><c>{cpr}</c></a>'",
        "'form':{'a':'{cpr}','b':'{cursor}','c':'slut'}",
        "'path':'/x/{cursor}/y?z={cursor}&e=1','json':'{cpr}'",
        "'headers':{'X-Side':'<{cursor}>'},'json':'{cpr}'",
    };
    static const char *const places[] = {"JSON", "XML", "form", "path and query", "header"};

    for (int place = 0; place < 5; place++) {
        struct arena *kept = arena_new(ARENA_MAX);
        struct buf body;
        int wrong = -1;

        buf_init(&body, 65536);
        prepare(kept, requests[place]);
        for (int byte = 0; byte < BYTES; byte++) {
            struct arena *arena = arena_new(ARENA_MAX);
            char text[] = {'x', (char)byte, 'y'};
            struct str sent = str_make(text, sizeof text);
            struct question question = asking(sent);
            struct ask ask;
            bool is_right = build(arena, &question, &ask, &body);
            struct str got = buf_str(&body);
            if (place == 0)
                is_right = is_right && json_keeps(arena, got, sent);
            else if (place == 1)
                is_right = is_right && xml_keeps(got, sent);
            else if (place == 2)
                is_right = is_right && str_starts_with(got, STR("a=6101709995&b=")) &&
                           str_ends_with(got, STR("&c=slut")) &&
                           decodes_to(between(got, STR("&b="), STR("&")), sent);
            else if (place == 3)
                is_right = is_right && str_starts_with(ask.path, STR("/x/")) &&
                           str_ends_with(ask.path, STR("&e=1")) &&
                           decodes_to(between(ask.path, STR("/x/"), STR("/")), sent) &&
                           decodes_to(between(ask.path, STR("?z="), STR("&")), sent);
            else {
                struct str line = ask.headers[ask.header_count - 1];
                is_right = is_right && str_starts_with(line, STR("X-Side: <x")) &&
                           str_ends_with(line, STR("y>"));
                for (size_t i = 0; i < line.len; i++)
                    is_right = is_right && line.at[i] >= ' ' && line.at[i] <= '~';
            }
            if (!is_right && wrong < 0)
                wrong = byte;
            arena_free(&arena);
        }
        is_int(wrong, -1, "every byte stays a value in %s", places[place]);
        buf_clear(&body);
        arena_free(&kept);
    }
}

/* ---- numbers, and what is left out ---- */

static void test_numbers_and_absence(void)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct question question;
    struct buf body;
    struct ask ask;

    buf_init(&body, 65536);
    prepare(arena, "'path':'/x/{id}','headers':{'X-Id':'{id}','X-K':'{municipality}'},"
                   "'json':{'c':'{cpr}','m':'{municipality}','f':'{cursor}','t':['{today-1m}',"
                   "'{today+1y}','',null,true,-1.5,{}],'a':'{authorities}','n':'{now}{{}}'}");
    question = asking(STR_NONE);
    question.now.unix_ms = INT64_C(1774954800000); /* 2026-03-31 */
    question.item_id = STR("sag-1");
    ok(build(arena, &question, &ask, &body), "a request is built");
    static const char wanted[] =
        "{\"c\":\"6101709995\",\"t\":[\"2026-02-28\",\"2027-03-31\",\"\",null,true,-1.5,{}],"
        "\"a\":[],\"n\":\"2026-03-31T13:00:00+02:00{}\"}";
    is_bytes(body.at, body.len, wanted, sizeof wanted - 1,
             "what the question does not have is left out");
    is_int((long long)ask.header_count, 3, "a header too");

    question.item_id = STR("sag-6101709995");
    ok(!build(arena, &question, &ask, &body), "an id that holds the citizen's number: no request");
    buf_clear(&body);
    buf_init(&body, 8);
    question.item_id = STR("sag-1");
    ok(!build(arena, &question, &ask, &body), "a body that does not fit: no request");
    buf_clear(&body);
    arena_free(&arena);
}

int main(void)
{
    test_every_byte();
    test_numbers_and_absence();
    return done_testing();
}
