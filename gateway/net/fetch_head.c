/* SPDX-License-Identifier: MIT */
#include "net/fetch_head.h"

static enum fetch_status refuse(const char **why, const char *text)
{
    *why = text;
    return FETCH_PROTOCOL;
}

static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if ((c < ' ' && c != '\t') || c == 127)
            return true;
    }
    return false;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200 " (libcurl's rendering of HTTP/2's pseudo field). */
static enum fetch_status status_line(struct fetch_head *head, struct str line, const char **why)
{
    struct str rest = line;
    struct str version = str_split(&rest, ' ');
    struct str digits = str_head(rest, 3);
    uint64_t status;
    if (!str_equal(version, STR("HTTP/1.1")) && !str_equal(version, STR("HTTP/1.0")) &&
        !str_equal(version, STR("HTTP/2")))
        return refuse(why, "unknown HTTP version");
    if (digits.len != 3 || !str_to_u64(digits, 599, &status) || status < 100 ||
        (rest.len > 3 && rest.at[3] != ' '))
        return refuse(why, "wrong status code");
    if (status == 101)
        return refuse(why, "another protocol was not asked for");
    *head = (struct fetch_head){
        .status = (int)status,
        .has_status = true,
        .is_framed = str_equal(version, STR("HTTP/2")) || status == 204 || status == 304,
        .bytes = head->bytes,
        .lines = head->lines,
    };
    return FETCH_OK;
}

static enum fetch_status head_end(struct fetch_head *head, const char **why)
{
    if (head->status < 200) {
        head->has_status = false;
        return FETCH_OK;
    }
    head->ended = true;
    head->is_framed = head->is_framed || head->has_length || head->is_chunked;
    if (!head->is_framed && head->status < 300)
        return refuse(why, "a body without a length");
    return FETCH_OK;
}

static void field_keep(struct fetch_field *field, struct str value)
{
    field->len = 0;
    if (!field->seen && value.len <= sizeof field->at) {
        memcpy(field->at, value.at, value.len);
        field->len = value.len;
    }
    field->seen = true;
}

static enum fetch_status content_length(struct fetch_head *head, struct str value,
                                        const struct fetch_head_limits *limits, const char **why)
{
    if (head->has_length)
        return refuse(why, "two Content-Lengths");
    if (head->is_chunked)
        return refuse(why, "Content-Length beside Transfer-Encoding");
    if (!str_to_u64(value, INT64_MAX, &head->length))
        return refuse(why, "wrong Content-Length");
    head->has_length = true;
    if (head->length <= limits->length_max)
        return FETCH_OK;
    *why = "Content-Length above the ceiling";
    return FETCH_TOO_LARGE;
}

static enum fetch_status transfer_encoding(struct fetch_head *head, struct str value,
                                           const char **why)
{
    if (head->has_length)
        return refuse(why, "Content-Length beside Transfer-Encoding");
    if (head->is_chunked || !str_equal_nocase(value, STR("chunked")))
        return refuse(why, "a Transfer-Encoding other than chunked");
    head->is_chunked = true;
    return FETCH_OK;
}

static enum fetch_status field_line(struct fetch_head *head, struct str line,
                                    const struct fetch_head_limits *limits, const char **why)
{
    size_t colon = 0;
    while (colon < line.len && is_token_char(line.at[colon]))
        colon++;
    if (colon == 0 || colon == line.len || line.at[colon] != ':')
        return refuse(why, "a header line that is not name and value");
    struct str name = str_head(line, colon), value = str_trim(str_skip(line, colon + 1));
    if (str_equal_nocase(name, STR("Content-Length")))
        return content_length(head, value, limits, why);
    if (str_equal_nocase(name, STR("Transfer-Encoding")))
        return transfer_encoding(head, value, why);
    if (str_equal_nocase(name, STR("Content-Encoding")))
        return refuse(why, "a Content-Encoding was not asked for");
    if (str_equal_nocase(name, STR("Content-Type")))
        field_keep(&head->content_type, value);
    else if (str_equal_nocase(name, STR("X-Request-Id")))
        field_keep(&head->request_id, value);
    else if (str_equal_nocase(name, STR("Retry-After")))
        field_keep(&head->retry_after, value);
    return FETCH_OK;
}

enum fetch_status fetch_head_line(struct fetch_head *head, struct str line,
                                  const struct fetch_head_limits *limits, const char **why)
{
    if (line.len > limits->bytes_max - head->bytes || head->lines == limits->lines_max) {
        *why = "header lines above the ceiling";
        return FETCH_TOO_LARGE;
    }
    head->bytes += line.len;
    head->lines++;
    if (!str_ends_with(line, STR("\r\n")))
        return refuse(why, "a header line without CRLF");
    line.len -= 2;
    if (has_control(line))
        return refuse(why, "a control character in a header line");
    if (head->ended)
        return FETCH_OK;
    if (!head->has_status)
        return status_line(head, line, why);
    return line.len > 0 ? field_line(head, line, limits, why) : head_end(head, why);
}

/* "Wed, 21 Oct 2015 07:28:00 GMT", the only form of a date that may be sent (RFC 9110, 5.6.7). */
static bool http_date_parse(struct str s, int64_t *unix_s)
{
    static const struct str months = STR_INIT("JanFebMarAprMayJunJulAugSepOctNovDec");
    uint64_t day, year, hour, minute, second;
    if (s.len != 29 || !str_to_u64(str_head(str_skip(s, 5), 2), 31, &day) ||
        !str_to_u64(str_head(str_skip(s, 12), 4), 9999, &year) ||
        !str_to_u64(str_head(str_skip(s, 17), 2), 23, &hour) ||
        !str_to_u64(str_head(str_skip(s, 20), 2), 59, &minute) ||
        !str_to_u64(str_head(str_skip(s, 23), 2), 60, &second) || !str_ends_with(s, STR(" GMT")))
        return false;
    size_t month = str_find(months, str_head(str_skip(s, 8), 3)); /* none: the 13th, invalid */
    struct date date = {(int16_t)year, (uint8_t)(month / 3 + 1), (uint8_t)day};
    if (month % 3 != 0 || !date_is_valid(date))
        return false;
    *unix_s = date_to_days(date) * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
    return true;
}

unsigned fetch_retry_after_s(const struct fetch_field *field, struct wall now)
{
    struct str value = fetch_field_str(field);
    uint64_t seconds;
    int64_t unix_s;
    if (str_is_digits(value))
        return str_to_u64(value, FETCH_RETRY_AFTER_MAX_S, &seconds) ? (unsigned)seconds
                                                                    : FETCH_RETRY_AFTER_MAX_S;
    if (!http_date_parse(value, &unix_s) || unix_s * 1000 <= now.unix_ms)
        return 0;
    int64_t left = unix_s - now.unix_ms / 1000;
    return left < FETCH_RETRY_AFTER_MAX_S ? (unsigned)left : FETCH_RETRY_AFTER_MAX_S;
}
