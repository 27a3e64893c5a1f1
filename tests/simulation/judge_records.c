/* SPDX-License-Identifier: MIT */
/* Takes a stream apart, by the rules of each framing and not by the code that puts it together. */
#include "judge.h"
#include "trace.h"

/* Does `text` begin with `head`? Then it is taken off. */
static bool take(struct str *text, struct str head)
{
    if (!str_starts_with(*text, head))
        return false;
    *text = str_skip(*text, head.len);
    return true;
}

static bool take_number(struct str *text, uint64_t *number)
{
    size_t len = 0;
    while (len < text->len && text->at[len] >= '0' && text->at[len] <= '9')
        len++;
    bool is_number = str_to_u64(str_head(*text, len), UINT32_MAX, number);
    *text = str_skip(*text, len);
    return is_number;
}

/* WHATWG HTML 9.2: fields a line, an empty line ends the event. */
static bool read_event(struct str *text, size_t number, struct str *name, struct str *json)
{
    uint64_t id = 0;
    if (number == 1 && !take(text, STR("retry: 5000\n")))
        return false;
    if (!take(text, STR("id: ")) || !take_number(text, &id) || id != number ||
        !take(text, STR("\nevent: ")))
        return false;
    *name = str_split(text, '\n');
    if (!take(text, STR("data: ")))
        return false;
    *json = str_split(text, '\n');
    return take(text, STR("\n"));
}

static bool read_record(struct str *text, enum format format, size_t number, struct str *name,
                        struct str *json)
{
    *name = STR_NONE;
    if (format == FORMAT_SSE)
        return read_event(text, number, name, json);
    if (format == FORMAT_JSON_SEQ && !take(text, STR("\x1e")))
        return false;
    if (format == FORMAT_JSON) {
        *json = *text;
        *text = STR_NONE;
        return true;
    }
    bool has_end = str_find_byte(*text, '\n') < text->len;
    *json = str_split(text, '\n');
    return has_end;
}

bool records_read(const struct http_exchange *exchange, enum format format, struct records *records)
{
    struct str text = buf_str(&exchange->body);
    const char *start = text.at;

    *records = (struct records){0};
    while (text.len > 0) {
        struct str name, json;
        size_t number = records->count + 1;
        if (number > RECORDS_MAX || !read_record(&text, format, number, &name, &json)) {
            fault("record %zu is framed wrongly", number);
            return false;
        }
        json_t *root = json_loadb(json.at, json.len, JSON_REJECT_DUPLICATES, NULL);
        const char *own = json_string_value(json_object_get(root, "record"));
        records->root[records->count] = root;
        if (format_is_stream(format) && number <= exchange->piece_count) {
            size_t end = text.at ? (size_t)(text.at - start) : exchange->body.len;
            records->at[records->count] = exchange->pieces[number - 1].at;
            if (exchange->pieces[number - 1].end != end)
                fault("record %zu did not leave in one write", number);
        }
        records->count++;
        if (!root || (name.at && !str_equal(name, str_of(own)))) {
            fault("record %zu is no JSON or has the wrong name", number);
            return false;
        }
    }
    return true;
}

void records_free(struct records *records)
{
    for (size_t i = 0; i < records->count; i++)
        json_decref(records->root[i]);
    records->count = 0;
}
