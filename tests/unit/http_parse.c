/* SPDX-License-Identifier: MIT */
/* The grammar of the door: what is refused, with which status, at which byte; what is taken, and as
 * what; and that no way of cutting the bytes changes any of it. */
#include "tests/http_cases.h"

#include "tests/tap.h"

static const struct str follower = STR_INIT("GET /after HTTP/1.1\r\nHost: a\r\n\r\n");

/* --- what is refused -------------------------------------------------------------------------- */

static void test_malformed(void)
{
    ok(MALFORMED >= 150, "%d malformed requests", MALFORMED);
    for (size_t i = 0; i < MALFORMED; i++) {
        const struct malformed *bad = &malformed[i];
        struct http_head head;
        char stream[1024];
        memcpy(stream, bad->bytes.at, bad->bytes.len);
        memcpy(stream + bad->bytes.len, follower.at, follower.len);
        struct str all = {stream, bad->bytes.len + follower.len};

        struct verdict whole = judge(all, all.len, &head);
        int status = whole.progress == HTTP_WRONG ? problem_status(whole.kind) : 0;
        is_int(status, bad->status, "%s", bad->name);

        bool same = true;
        for (size_t step = 1; step < 4; step++) {
            struct verdict parts = judge(all, step, &head);
            same = same && parts.progress == whole.progress && parts.kind == whole.kind;
            free(parts.body);
        }
        ok(same, "%s: the same however it arrives", bad->name);
        free(whole.body);
    }
}

struct repeated {
    const char *name;
    int status; /* 0: taken */
    const char *before, *again, *after;
    size_t times;
};

static const struct repeated repeated[] = {
    {"a request line of the limit", 0, "GET /", "a", " HTTP/1.1\r\nHost: a\r\n\r\n", 8178},
    {"a request line over the limit", 414, "GET /", "a", " HTTP/1.1\r\nHost: a\r\n\r\n", 8179},
    {"a request line without end", 414, "GET /", "a", "", 8194},
    {"a method without end", 414, "G", "E", "", 8194},
    {"a field of the limit", 0, "GET / HTTP/1.1\r\nHost: a\r\nX:", "y", "\r\n\r\n", 24567},
    {"a field over the limit", 431, "GET / HTTP/1.1\r\nHost: a\r\nX:", "y", "\r\n\r\n", 24568},
    {"a field without end", 431, "GET / HTTP/1.1\r\nX:", "y", "", 24577},
    {"many fields over the limit", 431, "GET / HTTP/1.1\r\n", "X: 0123456789\r\n", "", 2000},
    {"a hundred fields", 0, "GET / HTTP/1.1\r\nHost: a\r\n", "X:\r\n", "\r\n", 99},
    {"a hundred and one", 431, "GET / HTTP/1.1\r\nHost: a\r\n", "X:\r\n", "\r\n", 100},
    {"extensions without end", 431,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;", "x", "", 8193},
    {"extensions of many chunks", 431,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1;01234567\r\na\r\n", "",
     1000},
    {"trailers without end", 431,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n", "", 3000},
    {"the largest body in smallest chunks", 0,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n", "0\r\n\r\n",
     65536},
    {"one byte more than the largest body", 413,
     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n", "0\r\n\r\n",
     65537},
};

static void test_limits(void)
{
    for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) {
        const struct repeated *x = &repeated[i];
        struct buf stream;
        buf_init(&stream, 1 << 20);
        buf_add_str(&stream, str_of(x->before));
        for (size_t k = 0; k < x->times; k++)
            buf_add_str(&stream, str_of(x->again));
        buf_add_str(&stream, str_of(x->after));

        struct http_head head;
        struct verdict whole = judge(buf_str(&stream), stream.len, &head);
        is_int(whole.progress, x->status ? HTTP_WRONG : HTTP_DONE, "%s", x->name);
        if (x->status)
            is_int(problem_status(whole.kind), x->status, "%s: status", x->name);
        struct verdict parts = judge(buf_str(&stream), 997, &head);
        ok(parts.progress == whole.progress && parts.kind == whole.kind &&
               parts.body_len == whole.body_len,
           "%s: the same in parts", x->name);
        free(whole.body);
        free(parts.body);
        buf_clear(&stream);
    }
}

/* --- what is taken ---------------------------------------------------------------------------- */

struct taken {
    const char *name;
    struct str bytes;
    enum http_method method;
    const char *path, *query, *host, *body;
    bool keep_alive, expects_continue;
};

static const struct taken taken[] = {
    {"the least there is", STR_INIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_GET, "/", NULL, "a",
     "", true, false},
    {"an empty line before it", STR_INIT("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_GET, "/",
     NULL, "a", "", true, false},
    {"HEAD", STR_INIT("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_HEAD, "/x", NULL, "a", "", true,
     false},
    {"PUT, PATCH and a length",
     STR_INIT("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"), HTTP_PUT, "/x", NULL,
     "a", "hi", true, false},
    {"PATCH", STR_INIT("PATCH /x HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_PATCH, "/x", NULL, "a", "",
     true, false},
    {"DELETE with a length of nothing",
     STR_INIT("DELETE /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), HTTP_DELETE, "/x",
     NULL, "a", "", true, false},
    {"a method that is not ours", STR_INIT("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n"),
     HTTP_OTHER_METHOD, "/pot", NULL, "a", "", true, false},
    {"a method in small letters is another one", STR_INIT("get / HTTP/1.1\r\nHost: a\r\n\r\n"),
     HTTP_OTHER_METHOD, "/", NULL, "a", "", true, false},
    {"a query", STR_INIT("GET /a?b=c&d=%C3%A6?/ HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_GET, "/a",
     "b=c&d=%C3%A6?/", "a", "", true, false},
    {"an empty query", STR_INIT("GET /a? HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_GET, "/a", "", "a", "",
     true, false},
    {"every character a target may hold",
     STR_INIT("GET /-._~!$&'()*+,;=:@%20//a HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_GET,
     "/-._~!$&'()*+,;=:@%20//a", NULL, "a", "", true, false},
    {"a URL of our own", STR_INIT("GET http://A:80/x?y HTTP/1.1\r\nHost: a:80\r\n\r\n"), HTTP_GET,
     "/x", "y", "A:80", "", true, false},
    {"a URL without a path", STR_INIT("GET HTTPS://a HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_GET, "/",
     NULL, "a", "", true, false},
    {"a URL without a path, with a query", STR_INIT("GET http://a?x HTTP/1.1\r\nHost: a\r\n\r\n"),
     HTTP_GET, "/", "x", "a", "", true, false},
    {"OPTIONS *", STR_INIT("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_OPTIONS, "*", NULL, "a",
     "", true, false},
    {"a host with a port", STR_INIT("GET / HTTP/1.1\r\nHost: xn--a-1_2.dk:65535\r\n\r\n"), HTTP_GET,
     "/", NULL, "xn--a-1_2.dk:65535", "", true, false},
    {"a host with an empty port", STR_INIT("GET / HTTP/1.1\r\nHost: a:\r\n\r\n"), HTTP_GET, "/",
     NULL, "a:", "", true, false},
    {"an IPv6 host", STR_INIT("GET / HTTP/1.1\r\nHost: [::ffff:127.0.0.1]:8080\r\n\r\n"), HTTP_GET,
     "/", NULL, "[::ffff:127.0.0.1]:8080", "", true, false},
    {"white space around a value, names in any letters",
     STR_INIT("GET / HTTP/1.1\r\nhOsT: \t a \t \r\nX:\r\nY: \r\n\r\n"), HTTP_GET, "/", NULL, "a",
     "", true, false},
    {"every tchar in a name, obs-text and a tab in a value",
     STR_INIT("GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~0aZ: \xe6\t\xff \"\r\n\r\n"), HTTP_GET,
     "/", NULL, "a", "", true, false},
    {"close", STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n"), HTTP_GET, "/",
     NULL, "a", "", false, false},
    {"close in a list", STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close ,y\r\n\r\n"),
     HTTP_GET, "/", NULL, "a", "", false, false},
    {"close in a second field",
     STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n"),
     HTTP_GET, "/", NULL, "a", "", false, false},
    {"closed is not close", STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n"),
     HTTP_GET, "/", NULL, "a", "", true, false},
    {"HTTP/1.0 closes", STR_INIT("GET / HTTP/1.0\r\n\r\n"), HTTP_GET, "/", NULL, NULL, "", false,
     false},
    {"HTTP/1.0 with a host", STR_INIT("GET / HTTP/1.0\r\nHost: a\r\n\r\n"), HTTP_GET, "/", NULL,
     "a", "", false, false},
    {"HTTP/1.0 kept alive", STR_INIT("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), HTTP_GET,
     "/", NULL, NULL, "", true, false},
    {"HTTP/1.0 knows no expectation",
     STR_INIT("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx"), HTTP_POST,
     "/", NULL, NULL, "x", false, false},
    {"an expectation",
     STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\nx"),
     HTTP_POST, "/", NULL, "a", "x", true, true},
    {"a body that looks like a request",
     STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
     HTTP_POST, "/", NULL, "a", "GET / HTTP/1.1\r\n\r\n", true, false},
    {"a length with leading zeros",
     STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0000000005\r\n\r\nhello"), HTTP_POST,
     "/", NULL, "a", "hello", true, false},
    {"chunks",
     STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
              "5\r\nhello\r\n00000006\r\n world\r\n0\r\n\r\n"),
     HTTP_POST, "/", NULL, "a", "hello world", true, false},
    {"chunks with everything",
     STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              "a \t;x=\"y\" ; z\r\n0123456789\r\nF;\r\n0123456789abcde\r\n0;x\r\n"
              "Trailer: yes\r\nX:\r\nContent-Length: 99\r\n\r\n"),
     HTTP_POST, "/", NULL, "a", "01234567890123456789abcde", true, false},
    {"no data in chunks",
     STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
              "\r\n00000000\r\n\r\n"),
     HTTP_POST, "/", NULL, "a", "", true, false},
    {"fields as long as those that matter",
     STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nHost2: b\r\nHast: b\r\nAccept: b\r\n"
              "User-Agent: close\r\nAccept-Charset: 5\r\nIf-Modified-Since: chunked\r\n\r\n"),
     HTTP_GET, "/", NULL, "a", "", true, false},
    {"OPTIONS of a URL", STR_INIT("OPTIONS http://a/x HTTP/1.1\r\nHost: a\r\n\r\n"), HTTP_OPTIONS,
     "/x", NULL, "a", "", true, false},
    {"a URL in HTTP/1.0, which has no Host", STR_INIT("GET http://a/x HTTP/1.0\r\n\r\n"), HTTP_GET,
     "/x", NULL, "a", "", false, false},
    {"an upgrade is not taken up",
     STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"), HTTP_GET,
     "/", NULL, "a", "", true, false},
};

static void is_text(struct str got, const char *want, const char *name, const char *what)
{
    is_bytes(got.at, got.len, want, want ? strlen(want) : 0, "%s: %s", name, what);
}

static void test_taken(void)
{
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        const struct taken *x = &taken[i];
        struct http_head head;
        char stream[1024];
        memcpy(stream, x->bytes.at, x->bytes.len);
        memcpy(stream + x->bytes.len, follower.at, follower.len);
        struct str all = {stream, x->bytes.len + follower.len};
        size_t used;
        struct problem problem;

        struct verdict whole = judge(all, all.len, &head);
        is_int(whole.progress, HTTP_DONE, "%s", x->name);
        is_int((long long)whole.used, (long long)x->bytes.len, "%s: ends where it ends", x->name);
        is_text(str_make(whole.body, whole.body_len), x->body, x->name, "body");
        for (size_t step = 1; step < 5; step++) {
            struct verdict parts = judge(all, step, &head);
            ok(parts.progress == HTTP_DONE && parts.used == whole.used &&
                   parts.body_len == whole.body_len &&
                   memcmp(parts.body, whole.body, whole.body_len) == 0,
               "%s: the same, %zu bytes at a time", x->name, step);
            free(parts.body);
        }
        free(whole.body);

        http_head_parse(all, &case_limits, &head, &used, &problem);
        is_int(head.method, x->method, "%s: method", x->name);
        is_text(head.path, x->path, x->name, "path");
        is_text(head.query, x->query, x->name, "query");
        is_text(head.host, x->host, x->name, "host");
        is_int(head.keep_alive, x->keep_alive, "%s: keep-alive", x->name);
        is_int(head.expects_continue, x->expects_continue, "%s: expectation", x->name);
    }
}

static void test_fields(void)
{
    struct http_head head;
    struct problem problem;
    size_t used;
    bool twice;
    struct str bytes = STR("GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nY:\r\nx: 2\r\n\r\n");
    is_int(http_head_parse(bytes, &case_limits, &head, &used, &problem), HTTP_DONE, "a head");
    is_int((long long)head.field_count, 4, "has four fields");
    is_text(http_field_find(&head, STR("HOST"), &twice), "a", "a field", "in any letters");
    ok(!twice, "and once");
    is_text(http_field_find(&head, STR("y"), &twice), "", "an empty field", "is there");
    ok(!http_field_find(&head, STR("Z"), &twice).at && !twice, "an absent field is not");
    http_field_find(&head, STR("X"), &twice);
    ok(twice, "a field that stands twice says so");

    /* A following head must not see the fields of the one before. */
    http_head_parse(STR("GET / HTTP/1.0\r\n\r\n"), &case_limits, &head, &used, &problem);
    ok(!http_field_find(&head, STR("Host"), &twice).at && !head.host.at, "nothing is left behind");

    struct http_limits many = case_limits;
    many.fields_max = 100000;
    struct buf stream;
    buf_init(&stream, 1 << 16);
    buf_add_str(&stream, STR("GET / HTTP/1.1\r\nHost: a\r\n"));
    for (int i = 0; i < HTTP_FIELDS_MAX; i++)
        buf_add_str(&stream, STR("X: y\r\n"));
    is_int(http_head_parse(buf_str(&stream), &many, &head, &used, &problem), HTTP_WRONG,
           "a limit above the array's size does not hold");
    buf_clear(&stream);
}

/* --- targets ---------------------------------------------------------------------------------- */

static void test_percent(void)
{
    static const struct {
        struct str in;
        bool plus;
        const char *out; /* NULL: refused */
    } cases[] = {
        {STR_INIT("abc"), false, "abc"},
        {STR_INIT(""), false, ""},
        {STR_INIT("%41%62"), false, "Ab"},
        {STR_INIT("a+b"), false, "a+b"},
        {STR_INIT("a+b%2B"), true, "a b+"},
        {STR_INIT("%C3%a6"), false, "\xc3\xa6"},
        {STR_INIT("%"), false, NULL},
        {STR_INIT("%4"), false, NULL},
        {STR_INIT("a%4"), false, NULL},
        {STR_INIT("%g1"), false, NULL},
        {STR_INIT("%1g"), false, NULL},
        {STR_INIT("%00"), false, NULL},
        {STR_INIT("a%00b"), false, NULL},
        {STR_INIT("%2541"), false, "%41"},
        {STR_INIT("%ff%FF"), false, "\xff\xff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[64];
        size_t len = 0;
        bool held = http_percent_decode(cases[i].in, cases[i].plus, out, &len);
        is_int(held, cases[i].out != NULL, "decode %s", cases[i].in.at);
        if (held && cases[i].out)
            is_text(str_make(out, len), cases[i].out, cases[i].in.at, "decoded");
    }
}

static void test_cpr(void)
{
    static const struct {
        const char *target;
        bool has;
    } cases[] = {
        {"/v1/overview/6101709995", true},
        {"/v1/overview?cpr=610170-9995", true},
        {"/6101709995/x", true},
        {"/6101709995", true},
        {"/x?a=610170%2D9995&b", true},
        {"/x?%361%3017%309995", true},
        {"/%36%31%30%31%37%30%39%39%39%35", true},
        {"/x-6101709995-y", true},
        {"/x_6101709995_", true},
        {"/1234-6101709995", true},
        {"/x%", false},
        {"/x%3", false},
        {"/x%3g", false},
        {"/x%g3", false},
        {"/0001709995", false}, /* no day 0 */
        {"/6100709995", false}, /* no month 0 */
        {"/61017099:5", false},
        {"/9902709995", false}, /* no day 99 */
        {"/6113709995", false}, /* no month 13 */
        {"/9102709995", false}, /* no 31 February */
        {"/8902709995", true},
        {"/6001709995", false}, /* day 60 is day 0 */
        {"/61017099951", false},
        {"/x6101709995", false},
        {"/6101709995x", false},
        {"/06101709995", false},
        {"/610170--9995", false},
        {"/61017-09995", false},
        {"/610170-999", false},
        {"/610170999", false},
        {"/610170%209995", false},
        {"/6101709995%41", false},
        {"/%416101709995", false},
        {"/%E66101709995", true},
        {"/", false},
        {"", false},
        {"/v1/items/k1.AbC6101709995dEf", false},
        {"/v1/overview?municipality=0710", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = strlen(cases[i].target);
        char *exact = malloc(len + 1) ?: (abort(), NULL);
        memcpy(exact, cases[i].target, len);
        is_int(http_target_has_cpr(str_make(exact, len)), cases[i].has, "\"%s\" %s a number",
               cases[i].target, cases[i].has ? "holds" : "does not hold");
        free(exact);
    }
}

int main(void)
{
    test_malformed();
    test_limits();
    test_taken();
    test_fields();
    test_percent();
    test_cpr();
    return done_testing();
}
