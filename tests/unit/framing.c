/* SPDX-License-Identifier: MIT */
#include "serve/framing.h"
#include "tests/tap.h"

enum { NOT_ACCEPTABLE = -1 };

static const struct {
    const char *accept; /* NULL: absent */
    int format;
} accepts[] = {
    {NULL, FORMAT_JSON},
    {"", FORMAT_JSON},
    {"  \t ", FORMAT_JSON},
    {"*/*", FORMAT_JSON},
    {"application/*", FORMAT_JSON},
    {"text/*", FORMAT_SSE},
    {"application/json", FORMAT_JSON},
    {"application/x-ndjson", FORMAT_NDJSON},
    {"application/json-seq", FORMAT_JSON_SEQ},
    {"text/event-stream", FORMAT_SSE},
    {"TEXT/Event-Stream", FORMAT_SSE},
    {" text/event-stream ", FORMAT_SSE},
    /* what browsers and curl send */
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", FORMAT_JSON},
    {"text/html, text/event-stream", FORMAT_SSE},

    {"application/json, text/event-stream", FORMAT_JSON},
    {"text/event-stream, application/json", FORMAT_JSON},
    {"application/json;q=0.5, text/event-stream", FORMAT_SSE},
    {"application/json;q=0.5, text/event-stream;q=0.4", FORMAT_JSON},
    {"application/json;q=0.5,text/event-stream;q=0.501", FORMAT_SSE},
    {"application/json ; q=0.1 , application/x-ndjson ; q=0.2", FORMAT_NDJSON},
    {"application/json;Q=0.1,application/x-ndjson", FORMAT_NDJSON},
    {"application/json;q=1.000,application/x-ndjson;q=0.999", FORMAT_JSON},
    {"application/json;q=1., application/x-ndjson;q=0.9", FORMAT_JSON},

    /* 0 is a refusal, and the most exact range decides */
    {"application/json;q=0", NOT_ACCEPTABLE},
    {"application/json;q=0.0, text/event-stream", FORMAT_SSE},
    {"application/json;q=0.000, */*", FORMAT_NDJSON},
    {"*/*, application/json;q=0", FORMAT_NDJSON},
    {"application/*;q=0, */*", FORMAT_SSE},
    {"application/*;q=0, application/json, */*;q=0", FORMAT_JSON},
    {"*/*;q=0", NOT_ACCEPTABLE},
    {"*/*;q=0, text/event-stream;q=0.1", FORMAT_SSE},
    {"text/*;q=0.9, text/event-stream;q=0.1, application/json;q=0.5", FORMAT_JSON},

    /* parameters of the type are not ours to judge */
    {"application/json;charset=utf-8", FORMAT_JSON},
    {"application/json;charset=utf-8;q=0.1, text/event-stream;q=0.2", FORMAT_SSE},

    {"text/html", NOT_ACCEPTABLE},
    {"image/png, text/html;q=0.3", NOT_ACCEPTABLE},
    {"application/jsonx", NOT_ACCEPTABLE},
    {"application/jso", NOT_ACCEPTABLE},
    {"json", NOT_ACCEPTABLE},
    {"*", NOT_ACCEPTABLE},
    {"/", NOT_ACCEPTABLE},
    {"*/json", NOT_ACCEPTABLE},
    {",,,", NOT_ACCEPTABLE},
    {";q=1", NOT_ACCEPTABLE},
    {",application/json,", FORMAT_JSON},

    /* a weight that is none: the range counts for nothing */
    {"application/json;q=2", NOT_ACCEPTABLE},
    {"application/json;q=1.001", NOT_ACCEPTABLE},
    {"application/json;q=-1", NOT_ACCEPTABLE},
    {"application/json;q=0.1234, text/event-stream", FORMAT_SSE},
    {"application/json;q=, text/event-stream;q=0.1", FORMAT_JSON},
    {"application/json;q=x, text/event-stream;q=0.1", FORMAT_SSE},
    {"application/json;q=0,5", NOT_ACCEPTABLE},
    {"application/json;q=99999999999999999999", NOT_ACCEPTABLE},
};

static void chooses_by_accept(void)
{
    for (size_t i = 0; i < sizeof accepts / sizeof *accepts; i++) {
        enum format format = FORMATS_COUNT;
        bool is_chosen = format_choose(str_of(accepts[i].accept), &format);
        is_int(is_chosen ? (int)format : NOT_ACCEPTABLE, accepts[i].format, "Accept: %s",
               accepts[i].accept ? accepts[i].accept : "(absent)");
    }
    static char huge[8000];
    for (size_t i = 0; i < sizeof huge; i++)
        huge[i] = "*/*,"[i % 4];
    enum format format;
    ok(format_choose(str_make(huge, sizeof huge - 4), &format) && format == FORMAT_JSON,
       "as much as a header may hold");
}

static void frames_each_record(void)
{
    static const struct {
        enum format format;
        unsigned number;
        const char *bytes;
    } examples[] = {
        {FORMAT_NDJSON, 1, "{\"a\":1}\n"},
        {FORMAT_NDJSON, 2, "{\"a\":1}\n"},
        {FORMAT_JSON_SEQ, 1, "\x1e{\"a\":1}\n"},
        {FORMAT_SSE, 1, "retry: 5000\nid: 1\nevent: plan\ndata: {\"a\":1}\n\n"},
        {FORMAT_SSE, 2, "id: 2\nevent: plan\ndata: {\"a\":1}\n\n"},
        {FORMAT_SSE, 4000000000, "id: 4000000000\nevent: plan\ndata: {\"a\":1}\n\n"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct buf out;
        buf_init(&out, 256);
        framing_add(examples[i].format, STR("plan"), examples[i].number, STR("{\"a\":1}"), &out);
        is_bytes(out.at, out.len, examples[i].bytes, strlen(examples[i].bytes), "%s, record %u",
                 format_media_type(examples[i].format).at, examples[i].number);
        buf_clear(&out);
    }
    ok(!format_is_stream(FORMAT_JSON) && format_is_stream(FORMAT_NDJSON) &&
           format_is_stream(FORMAT_JSON_SEQ) && format_is_stream(FORMAT_SSE),
       "all but the document are streams");
}

int main(void)
{
    chooses_by_accept();
    frames_each_record();
    return done_testing();
}
