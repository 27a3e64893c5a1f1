/* SPDX-License-Identifier: MIT */
#include "net/http_parse.h"

#include "net/http_chars.h"

/* How many bytes at the start of s are of this class. */
static size_t span(struct str s, unsigned class)
{
    size_t len = 0;
    while (len < s.len && is_class(s.at[len], class))
        len++;
    return len;
}

static bool is_all(struct str s, unsigned class)
{
    return s.len > 0 && span(s, class) == s.len;
}

static enum http_progress wrong(struct problem *problem, enum problem_kind kind, const char *why)
{
    *problem = problem_make(kind, "%s", why);
    return HTTP_WRONG;
}

/* --- lines ---------------------------------------------------------------------------------------
 */

enum line { LINE_MORE, LINE_WHOLE, LINE_TOO_LONG, LINE_BARE_LF };

/* Takes the first line off *rest, given without its CRLF, which does not count in `max`. A part of
 * a line is too long only when the whole would be: the verdict does not depend on how bytes arrive.
 */
static enum line line_take(struct str *rest, size_t max, struct str *line)
{
    size_t len = str_find_byte(*rest, '\n');
    if (len > max + 1)
        return LINE_TOO_LONG;
    if (len == rest->len)
        return LINE_MORE;
    if (len == 0 || rest->at[len - 1] != '\r')
        return LINE_BARE_LF;
    *line = str_make(rest->at, len - 1);
    *rest = str_skip(*rest, len + 1);
    return LINE_WHOLE;
}

/* --- the request line ----------------------------------------------------------------------------
 */

static enum http_method method_of(struct str text)
{
    static const struct str names[] = {
        [HTTP_GET] = STR_INIT("GET"),       [HTTP_HEAD] = STR_INIT("HEAD"),
        [HTTP_POST] = STR_INIT("POST"),     [HTTP_PUT] = STR_INIT("PUT"),
        [HTTP_DELETE] = STR_INIT("DELETE"), [HTTP_OPTIONS] = STR_INIT("OPTIONS"),
        [HTTP_PATCH] = STR_INIT("PATCH"),
    };
    for (int i = 0; i < HTTP_OTHER_METHOD; i++)
        if (str_equal(text, names[i]))
            return (enum http_method)i;
    return HTTP_OTHER_METHOD;
}

static void path_split(struct http_head *head, struct str path_and_query)
{
    head->query = path_and_query;
    head->path = str_split(&head->query, '?');
    if (head->path.len == 0)
        head->path = STR("/");
}

static struct str scheme_skip(struct str target)
{
    static const struct str schemes[] = {STR_INIT("http://"), STR_INIT("https://")};
    for (size_t i = 0; i < 2; i++)
        if (str_equal_nocase(str_head(target, schemes[i].len), schemes[i]))
            return str_skip(target, schemes[i].len);
    return STR_NONE;
}

/* *authority: that of an absolute-form target, else STR_NONE. */
static enum http_progress target_parse(struct http_head *head, struct str *authority,
                                       struct problem *problem)
{
    struct str target = head->target;
    *authority = STR_NONE;
    if (!is_all(target, TARGET) || !http_escapes_are_valid(target))
        return wrong(problem, PROBLEM_BAD_REQUEST,
                     "The request target holds a character that must be percent-encoded.");
    if (target.at[0] == '/') {
        path_split(head, target);
        return HTTP_DONE;
    }
    if (head->method == HTTP_OPTIONS && str_equal(target, STR("*"))) {
        path_split(head, target);
        return HTTP_DONE;
    }
    struct str rest = scheme_skip(target);
    if (!rest.at)
        return wrong(problem, PROBLEM_BAD_REQUEST,
                     "The request target must begin with \"/\", or be a URL of this server.");
    size_t len = 0;
    while (len < rest.len && rest.at[len] != '/' && rest.at[len] != '?')
        len++;
    *authority = str_head(rest, len);
    path_split(head, str_skip(rest, len));
    return HTTP_DONE;
}

static enum http_progress version_parse(struct http_head *head, struct str version,
                                        struct problem *problem)
{
    if (str_equal(version, STR("HTTP/1.1")) || str_equal(version, STR("HTTP/1.0"))) {
        head->minor = version.at[version.len - 1] - '0';
        return HTTP_DONE;
    }
    if (version.len == 8 && str_starts_with(version, STR("HTTP/")) && is_digit(version.at[5]) &&
        version.at[6] == '.' && is_digit(version.at[7]))
        return wrong(problem, PROBLEM_HTTP_VERSION, "This server speaks HTTP/1.1 and HTTP/1.0.");
    return wrong(problem, PROBLEM_BAD_REQUEST,
                 "The request line must be: method, space, target, space, HTTP/1.1.");
}

static enum http_progress request_line_parse(struct http_head *head, struct str line,
                                             struct str *authority, struct problem *problem)
{
    struct str rest = line;
    head->method_text = str_split(&rest, ' ');
    if (!is_all(head->method_text, TCHAR) || !rest.at)
        return wrong(problem, PROBLEM_BAD_REQUEST,
                     "The request line must begin with a method and a space.");
    head->target = str_split(&rest, ' ');
    if (head->target.len == 0 || !rest.at)
        return wrong(problem, PROBLEM_BAD_REQUEST,
                     "The request line must be: method, space, target, space, HTTP/1.1.");
    if (version_parse(head, rest, problem) == HTTP_WRONG)
        return HTTP_WRONG;
    /* What follows a CONNECT need not be HTTP: the connection must not go on. */
    if (str_equal(head->method_text, STR("CONNECT")))
        return wrong(problem, PROBLEM_NOT_IMPLEMENTED, "This server is no tunnel.");
    head->method = method_of(head->method_text);
    return target_parse(head, authority, problem);
}

/* --- fields --------------------------------------------------------------------------------------
 */

static enum http_progress field_parse(struct http_head *head, struct str line,
                                      struct problem *problem)
{
    size_t colon = span(line, TCHAR);
    if (colon == 0 || colon == line.len || line.at[colon] != ':')
        return wrong(problem, PROBLEM_BAD_REQUEST,
                     "A header field must be a name, a colon without space before it, and a value "
                     "on one line.");
    struct str value = str_skip(line, colon + 1);
    if (span(value, VALUE) != value.len)
        return wrong(problem, PROBLEM_BAD_REQUEST, "A header field holds a control character.");
    head->fields[head->field_count++] = (struct http_field){str_head(line, colon), str_trim(value)};
    return HTTP_DONE;
}

static bool port_is_valid(struct str port)
{
    uint64_t number;
    return port.len == 0 || str_to_u64(port, UINT16_MAX, &number);
}

/* uri-host [":" port], where the host is a name, an IPv4 address or one in brackets. */
static bool host_is_valid(struct str host)
{
    size_t len;
    if (host.len > 0 && host.at[0] == '[') {
        len = 1;
        while (len < host.len &&
               (is_class(host.at[len], HEX) || host.at[len] == ':' || host.at[len] == '.'))
            len++;
        if (len < 3 || len == host.len || host.at[len] != ']')
            return false;
        len++;
    } else {
        len = span(host, HOST);
    }
    if (len == 0 || len == host.len)
        return len > 0;
    return host.at[len] == ':' && port_is_valid(str_skip(host, len + 1));
}

static enum http_progress length_parse(struct http_head *head, struct str value,
                                       const struct http_limits *limits, struct problem *problem)
{
    enum { LENGTH_DIGITS_MAX = 10 };
    if (head->has_length)
        return wrong(problem, PROBLEM_BAD_REQUEST, "Content-Length stands more than once.");
    if (!str_is_digits(value))
        return wrong(problem, PROBLEM_BAD_REQUEST, "Content-Length must be decimal digits.");
    head->has_length = true;
    if (value.len > LENGTH_DIGITS_MAX || !str_to_u64(value, limits->body_max, &head->length))
        return wrong(problem, PROBLEM_TOO_LARGE, "The body is larger than this server takes.");
    return HTTP_DONE;
}

/* A list that ends in one `chunked` is well framed but has codings that are not ours: 501. */
static enum http_progress coding_parse(struct http_head *head, struct str value,
                                       struct problem *problem)
{
    unsigned codings = 0, chunked = 0;
    bool last = false, tokens = !head->is_chunked;
    for (struct str rest = value; rest.at;) {
        struct str coding = str_trim(str_split(&rest, ','));
        last = str_equal_nocase(coding, STR("chunked"));
        tokens = tokens && is_all(coding, TCHAR);
        codings++;
        chunked += last;
    }
    if (!tokens || !last || chunked != 1)
        return wrong(problem, PROBLEM_BAD_REQUEST,
                     "Transfer-Encoding must be \"chunked\", and stand once.");
    if (codings > 1)
        return wrong(problem, PROBLEM_NOT_IMPLEMENTED, "The only transfer coding is chunked.");
    head->is_chunked = true;
    return HTTP_DONE;
}

struct options {
    bool close, keep_alive;
};

static void connection_parse(struct options *options, struct str value)
{
    for (struct str rest = value; rest.at;) {
        struct str option = str_trim(str_split(&rest, ','));
        options->close |= str_equal_nocase(option, STR("close"));
        options->keep_alive |= str_equal_nocase(option, STR("keep-alive"));
    }
}

static enum http_progress host_parse(struct http_head *head, struct str value,
                                     struct problem *problem)
{
    if (head->host.at)
        return wrong(problem, PROBLEM_BAD_REQUEST, "Host stands more than once.");
    if (!host_is_valid(value))
        return wrong(problem, PROBLEM_BAD_REQUEST, "Host is not a host name or address.");
    head->host = value;
    return HTTP_DONE;
}

/* An expectation that is repeated or unknown cannot be met; HTTP/1.0 knows none (RFC 9110, 10.1.1).
 */
static enum http_progress expect_parse(struct http_head *head, struct str value,
                                       struct problem *problem)
{
    if (head->expects_continue || !str_equal_nocase(value, STR("100-continue")))
        return wrong(problem, PROBLEM_EXPECTATION, "The only expectation is 100-continue.");
    head->expects_continue = head->minor >= 1;
    return HTTP_DONE;
}

static enum http_progress field_judge(struct http_head *head, const struct http_field *field,
                                      const struct http_limits *limits, struct options *options,
                                      struct problem *problem)
{
    struct str name = field->name, value = field->value;
    switch (name.len) { /* a look at the length spares most comparisons */
    case 4:
        if (str_equal_nocase(name, STR("Host")))
            return host_parse(head, value, problem);
        break;
    case 6:
        if (str_equal_nocase(name, STR("Expect")))
            return expect_parse(head, value, problem);
        break;
    case 10:
        if (str_equal_nocase(name, STR("Connection")))
            connection_parse(options, value);
        break;
    case 14:
        if (str_equal_nocase(name, STR("Content-Length")))
            return length_parse(head, value, limits, problem);
        break;
    case 17:
        if (str_equal_nocase(name, STR("Transfer-Encoding")))
            return coding_parse(head, value, problem);
        break;
    default:
        break;
    }
    return HTTP_DONE;
}

/* What can be said only of all fields together. */
static enum http_progress head_judge(struct http_head *head, struct str authority,
                                     const struct http_limits *limits, struct problem *problem)
{
    struct options options = {false, false};
    for (size_t i = 0; i < head->field_count; i++)
        if (field_judge(head, &head->fields[i], limits, &options, problem) == HTTP_WRONG)
            return HTTP_WRONG;
    if (!head->host.at && head->minor >= 1)
        return wrong(problem, PROBLEM_BAD_REQUEST, "Host is missing.");
    if (authority.at &&
        (head->host.at ? !str_equal_nocase(authority, head->host) : !host_is_valid(authority)))
        return wrong(problem, PROBLEM_BAD_REQUEST, "The request target and Host differ.");
    if (authority.at)
        head->host = authority;
    if (head->is_chunked && head->has_length)
        return wrong(problem, PROBLEM_BAD_REQUEST,
                     "Content-Length and Transfer-Encoding stand together.");
    if (head->is_chunked && head->minor == 0)
        return wrong(problem, PROBLEM_BAD_REQUEST, "HTTP/1.0 has no Transfer-Encoding.");
    bool is_bodiless =
        head->method == HTTP_GET || head->method == HTTP_HEAD || head->method == HTTP_DELETE;
    if (is_bodiless && (head->is_chunked || head->length > 0))
        return wrong(problem, PROBLEM_BAD_REQUEST, "A request of this method has no body here.");
    head->keep_alive = !options.close && (head->minor >= 1 || options.keep_alive);
    return HTTP_DONE;
}

/* --- the head ------------------------------------------------------------------------------------
 */

static void head_clear(struct http_head *head)
{
    /* Not the 3 kB of fields: field_count says how many of them hold. */
    head->method = HTTP_OTHER_METHOD;
    head->method_text = head->target = head->path = head->query = head->host = STR_NONE;
    head->minor = 0;
    head->field_count = 0;
    head->has_length = head->is_chunked = head->expects_continue = head->keep_alive = false;
    head->length = 0;
}

enum http_progress http_head_parse(struct str bytes, const struct http_limits *limits,
                                   struct http_head *head, size_t *used, struct problem *problem)
{
    struct str rest = bytes, line, authority;
    size_t fields_max = limits->fields_max < HTTP_FIELDS_MAX ? limits->fields_max : HTTP_FIELDS_MAX;
    size_t left = limits->header_max;

    head_clear(head);
    if (str_starts_with(rest, STR("\r\n")))
        rest = str_skip(rest, 2);
    else if (str_equal(rest, STR("\r")))
        return HTTP_MORE;
    /* Another protocol, TLS above all, is told so at its first byte. */
    if (rest.len > 0 && !is_class(rest.at[0], TCHAR) && rest.at[0] != '\n')
        return wrong(problem, PROBLEM_BAD_REQUEST, "This is not HTTP.");
    switch (line_take(&rest, limits->request_line_max, &line)) {
    case LINE_MORE:
        return HTTP_MORE;
    case LINE_TOO_LONG:
        return wrong(problem, PROBLEM_URI_TOO_LONG, "The request line is too long.");
    case LINE_BARE_LF:
        return wrong(problem, PROBLEM_BAD_REQUEST, "A line must end in CR LF.");
    case LINE_WHOLE:
        break;
    }
    if (request_line_parse(head, line, &authority, problem) == HTTP_WRONG)
        return HTTP_WRONG;

    for (;;) {
        switch (line_take(&rest, left, &line)) {
        case LINE_MORE:
            return HTTP_MORE;
        case LINE_TOO_LONG:
            return wrong(problem, PROBLEM_HEADERS_TOO_LARGE, "The header fields are too long.");
        case LINE_BARE_LF:
            return wrong(problem, PROBLEM_BAD_REQUEST, "A line must end in CR LF.");
        case LINE_WHOLE:
            break;
        }
        if (line.len == 0)
            break;
        if (head->field_count == fields_max)
            return wrong(problem, PROBLEM_HEADERS_TOO_LARGE, "There are too many header fields.");
        if (field_parse(head, line, problem) == HTTP_WRONG)
            return HTTP_WRONG;
        left -= line.len < left ? line.len : left;
    }
    if (head_judge(head, authority, limits, problem) == HTTP_WRONG)
        return HTTP_WRONG;
    *used = bytes.len - rest.len;
    return HTTP_DONE;
}

struct str http_field_find(const struct http_head *head, struct str name, bool *twice)
{
    struct str value = STR_NONE;
    *twice = false;
    for (size_t i = 0; i < head->field_count; i++) {
        if (!str_equal_nocase(head->fields[i].name, name))
            continue;
        *twice |= value.at != NULL;
        if (!value.at)
            value = head->fields[i].value;
    }
    return value;
}
